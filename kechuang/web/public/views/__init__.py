"""Pages that stand open to everybody."""

"""Awards as verifiable credentials: Open Badges 3.0, which anyone can check without asking us first (ADR 0016)."""

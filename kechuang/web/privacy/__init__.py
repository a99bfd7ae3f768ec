"""Personal data: what became of it, taking it out, correcting and deleting it, and proving all that."""

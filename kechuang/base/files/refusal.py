class FileRefused(ValueError):
    """The sentence that says why a file was not taken, and what to do."""

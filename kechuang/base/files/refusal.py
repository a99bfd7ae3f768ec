from kechuang.base.errors import Refused


class FileRefused(Refused):
    """The sentence that says why a file was not taken, and what to do."""

"""Codes that the public types: on a certificate, on the receipt of an objection."""

from kechuang.base.ids import new_public_id

GROUP = 4


def new_code() -> str:
    """Sixteen characters in groups of four: cannot be guessed (79 bits), can be read out on the telephone."""
    return _grouped(new_public_id(16).upper())


def tidy_code(code: str) -> str:
    """A code as people type it: lower case, with spaces, with other dashes or none."""
    return _grouped("".join(c for c in code.upper() if c.isalnum()))


def _grouped(plain: str) -> str:
    return "-".join(plain[i : i + GROUP] for i in range(0, len(plain), GROUP))

"""Public identifiers: random, so that nobody can count or guess rows, and readable aloud (no 0/o, 1/l/i)."""

import secrets

ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"


def new_public_id(length: int = 12) -> str:
    return "".join(secrets.choice(ALPHABET) for _ in range(length))


def new_file_id() -> str:
    """Longer: whoever holds the address of a file has half of what is needed to read it."""
    return new_public_id(24)

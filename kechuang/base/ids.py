"""Public identifiers: random, so that nobody can count or guess rows, and readable aloud (no 0/o, 1/l/i)."""

import secrets

ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"


def drawn(letters: str, length: int) -> str:
    """So many of these letters, each as likely as any other to within one in 2**64."""
    count, number, found = len(letters), secrets.randbits(8 * length + 64), ""
    for _place in range(length):
        found += letters[number % count]
        number //= count
    return found


def new_public_id(length: int = 12) -> str:
    return drawn(ALPHABET, length)


def new_file_id() -> str:
    """Longer: whoever holds the address of a file has half of what is needed to read it."""
    return new_public_id(24)

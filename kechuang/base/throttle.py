"""How often somebody may ask for the same kind of thing. Counted in the cache: one addition an asking, nothing in the database.

Without CACHE_URL each process counts for itself, so that what passes is at most the limit times the processes.
"""

import time
from dataclasses import dataclass
from hashlib import sha256

from django.core.cache import cache

MINUTE = 60


@dataclass(frozen=True)
class Limit:
    """Askings a minute: of one signed-in person, and of one address (a school sends all its pupils through one)."""

    person: int
    address: int

    @classmethod
    def of(cls, text: str) -> "Limit":
        """From a setting: "60/600". Raises ValueError for anything else."""
        person, _slash, address = text.partition("/")
        return cls(int(person), int(address))


def spend(what: str, who: str, most: int) -> int:
    """Count one asking of `who` in this minute; 0 while at most `most` have come, else the seconds until the next minute."""
    now = time.time()
    window = int(now // MINUTE)
    key = f"throttle:{sha256(f'{what}|{who}|{window}'.encode()).hexdigest()}"
    cache.add(key, 0, timeout=2 * MINUTE)
    try:
        count = cache.incr(key)
    except ValueError:  # the cache threw it out between the two lines
        return 0
    return 0 if count <= most else max(1, round((window + 1) * MINUTE - now))

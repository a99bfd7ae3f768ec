"""What two well-made peers did on a machine whose bare server answered about 4,000 requests a second, and the bars.

2 cores, 4 clients on loopback, one event of 5,000 submissions, 200 reviewers, 3 reviews each. pretalx with gunicorn (2 workers) and
PostgreSQL 15; HotCRP 3.4 with php-fpm (4), opcache, nginx and MariaDB.
"""

from dataclasses import dataclass

LIMIT = 4000
"""Requests a second of the bare server on the machine that the bars were set on."""
ENTRIES = 5000
"""Submissions of the event that the peers were measured with."""


@dataclass(frozen=True)
class Bar:
    """Requests (or flows) a second, or seconds of one answer where `is_seconds`."""

    label: str
    pretalx: str
    hotcrp: str
    bar: float
    is_seconds: bool = False

    def scaled(self, limit: float, entries: int = ENTRIES) -> float:
        """The bar on a machine of another limit; an export of all of more `entries` may take as much longer."""
        return self.bar * LIMIT / limit * entries / ENTRIES if self.is_seconds else self.bar * limit / LIMIT

    def is_met(self, value: float, limit: float, entries: int = ENTRIES) -> bool:
        here = self.scaled(limit, entries)
        return value <= here if self.is_seconds else value >= here


BARS = {
    "home": Bar("anonymous home", "244 · 7 (empty)", "1,420 · 1", 300),
    "landing": Bar("call landing", "17 · 113", "–", 300),
    "gallery": Bar("gallery", "–", "–", 300),
    "search": Bar("gallery, searched and filtered", "–", "–", 100),
    "work": Bar("a work", "–", "–", 300),
    "showcase": Bar("showcase of all programmes", "–", "–", 300),
    "find": Bar("search of the showcase", "–", "–", 100),
    "school": Bar("a school's public page", "–", "–", 100),
    "register": Bar("the registers of titles", "–", "–", 300),
    "officer_home": Bar("officer's home", "–", "52 · 33", 100),
    "officer_list": Bar("officer's list (100 a page)", "4.4 · 442", "10 · 178", 100),
    "expert_desk": Bar("expert's desk (75 assigned)", "3.2 · 616", "175 · 8.5", 175),
    "officer_entry": Bar("an entry, as officer", "–", "116 · 11.5", 120),
    "score_form": Bar("score form", "11.5 · 166", "117 · 11.5", 120),
    "own_page": Bar("applicant's own page", "14 · 136", "275 · 5.7", 275),
    "csv": Bar("csv export of all", "12.7 s", ".16 s", 0.3, is_seconds=True),
    "xlsx": Bar("xlsx export of all", "–", "–", 2, is_seconds=True),
    "scoring": Bar("a whole scoring", "6.5 · 292", "22 · 71", 60),
    "submission": Bar("a whole submission", "1.9 · 1,030", "64 · 19", 65),
}
KEPT = ("home", "landing", "gallery", "search", "work", "showcase", "find", "school", "register")
"""Pages that a process keeps for some seconds. A kept page costs the same whatever stands behind it, so what grows is the cost of
making it: these rows are there twice, the second time under addresses that nobody has asked for."""
ANEW = "_anew"
BARS |= {f"{name}{ANEW}": Bar(f"{BARS[name].label}, made anew", "–", "–", 100) for name in KEPT}
"""Gallery, work, showcase and registers have no peer: they are held to what the public pages are held to. A search, and the page of a
school, of which a city has more than a process keeps, may cost three of them, and so may any page that is made anew."""
MEMORY_BAR = 300
"""Megabytes of all web processes. pretalx: 430; HotCRP: 85 to 200 a process."""
GROWTH_BAR = 0.20
"""At ten times the entries no figure may be worse by more than this share."""

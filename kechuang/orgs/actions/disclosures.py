"""Writing down what the public may read of a pupil, at the moment it opens and at the moment it ends."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Q

from kechuang.base import clock
from kechuang.orgs.models import Disclosure


def disclose(rows: Iterable[Disclosure]) -> int:
    """Keep the rows of what has just been opened. Call it in the transaction that publishes."""
    found = list(rows)
    for row in found:
        row.title, row.shown = row.title[:300], row.shown[:300]
    return len(Disclosure.objects.bulk_create(found, batch_size=1000))


def end_disclosures(*, because: str, **which: object) -> int:
    """End what is open now among the rows that `which` (a filter) names; returns how many. Ended rows stay as they are."""
    rows = Disclosure.objects.still_open().filter(Q(**which))
    return rows.update(until_at=clock.now(), ended_because=because[:200])

"""Fill the database of DATABASE_URL: `python -m tests.bench.scene --entries 5000`."""

import argparse
import os
import sys
import time
from datetime import timedelta

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import connection, transaction  # noqa: E402

from kechuang.base import clock  # noqa: E402
from tests.bench.scene import calls, city, entries, past, reviews, words  # noqa: E402

UNDER_REVIEW, OPEN, PAST = "under_review", "open", "past"
ENTRIES_PER_WORK = 8
"""Awarded works of last year for each so many entries of this one."""


def build(count: int) -> None:
    """The whole scene in one transaction: a half-made one is none."""
    writer, now = words.Writer(1), clock.now()
    place = city.build(max(6, count * reviews.PER_ENTRY // reviews.LOAD), writer)
    blobs = entries.make_blobs()
    began = now - timedelta(days=50)
    call = calls.published(place, "第四十届青少年科技创新大赛", began, count, year=now.year)
    entries.Entries(place, call, writer, blobs, entries.ROAD, began, "R").make(count)
    reviews.open_with_scores(call, place.reviewers)
    calls.published(place, "第四十一届青少年科技创新大赛", now - timedelta(days=5), count, year=now.year + 1)
    last = calls.published(place, "第三十九届青少年科技创新大赛", now - timedelta(days=340), count, year=now.year - 1)
    old = entries.Entries(
        place,
        last,
        writer,
        blobs,
        entries.TO_AWARD,
        now - timedelta(days=340),
        "P",
        ("entering", "publicity", "showcase", "media"),
    )
    old.make(max(60, count // ENTRIES_PER_WORK))
    past.award_and_publish(last, place)


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--entries", type=int, required=True)
    options = parser.parse_args()
    start = time.monotonic()
    call_command("migrate", verbosity=0)
    with transaction.atomic():
        build(options.entries)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE" if connection.vendor == "postgresql" else "ANALYZE")
    print(f"{options.entries} entries in {time.monotonic() - start:.0f} s", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())

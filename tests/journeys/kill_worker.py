"""`kechuang work --until-idle` or `kechuang import-roster`, with places to stop at, so that a test can kill it there with -9.

STALL_AT=batch stops inside the transaction that keeps the second batch of certificates; STALL_AT=end when a job's work is
done and its end not yet written; STALL_AT=row inside that of the third row of a roster, STALL_AT=rows inside that of the
second batch of a roster's file. Stopped, it leaves the file STALL_MARK and waits to be killed.
"""

import os
import sys
import time
from datetime import timedelta
from pathlib import Path

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup()

from config.cli import main  # noqa: E402 -- app ready
from kechuang.base import jobs  # noqa: E402 -- app ready
from kechuang.engine.awards import printing  # noqa: E402 -- app ready
from kechuang.orgs.actions.rosters import take  # noqa: E402 -- app ready
from kechuang.orgs.actions.rosters.bulk import run as bulk  # noqa: E402 -- app ready

STALL_AT = os.environ.get("STALL_AT", "")


def stall() -> None:
    Path(os.environ["STALL_MARK"]).touch()
    time.sleep(120)


def stalling(function, call: int):
    """`function`, followed by a stop at its `call`th call."""
    calls = []

    def wrapped(*args, **kwargs):
        result = function(*args, **kwargs)
        calls.append(None)
        if len(calls) == call:
            stall()
        return result

    return wrapped


printing.BATCH, bulk.BATCH = 2, 20
jobs.LEASE, jobs.HEARTBEAT = timedelta(seconds=1.5), 0.4
if STALL_AT == "batch":
    printing._all_stored = stalling(printing._all_stored, 2)
if STALL_AT == "row":
    take._take_locked = stalling(take._take_locked, 3)
if STALL_AT == "rows":
    bulk._keep = stalling(bulk._keep, 2)
if STALL_AT == "end":
    ended = jobs._end

    def stall_before_the_end(*args, **kwargs):
        stall()
        ended(*args, **kwargs)

    jobs._end = stall_before_the_end

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

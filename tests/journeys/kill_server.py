"""The platform as gunicorn runs it, with places to stop at, so that a test can kill it there with -9.

STALL_AT=inside stops in the middle of the transaction of a move; STALL_AT=upload when bytes have come in and are not yet
counted; STALL_AT=answer when all is committed and the answer is ready but not sent. Stopped, it leaves the file STALL_MARK and waits to be killed, or to go on when the file is taken away.
"""

import os
import time
from pathlib import Path

from config.wsgi import application as platform
from kechuang.base.files import tus
from kechuang.engine.applications import perform

STALL_AT = os.environ.get("STALL_AT", "")
stalled: list[bool] = []


def stall() -> None:
    """The first time only: what is tried again goes through."""
    if stalled:
        return
    mark = Path(os.environ["STALL_MARK"])
    mark.touch()
    stalled.append(True)
    until = time.monotonic() + 120
    while mark.exists() and time.monotonic() < until:
        time.sleep(0.05)


def stall_inside(write_trail):
    def wrapped(*args, **kwargs):
        write_trail(*args, **kwargs)
        stall()

    return wrapped


def stall_before(keep):
    def wrapped(*args, **kwargs):
        stall()
        keep(*args, **kwargs)

    return wrapped


if STALL_AT == "inside":
    perform._write_trail = stall_inside(perform._write_trail)
if STALL_AT == "upload":
    tus._keep = stall_before(tus._keep)


def application(environ, start_response):
    answer = platform(environ, start_response)
    if STALL_AT == "answer" and environ["REQUEST_METHOD"] in {"POST", "PATCH"}:
        stall()
    return answer

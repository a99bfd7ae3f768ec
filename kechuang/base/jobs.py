"""Work that outlasts a request: its record, its progress, and the queue itself (docs/adr/0003-job-queue.md).

A job is enqueued by inserting its row in the caller's transaction, so it exists exactly when the caller's work does.
A worker holds a running job by a lease that it renews; a worker that dies stops renewing, and the job is taken up
again. A job function may therefore run twice: it must be safe to repeat, and must not run as one long transaction.
"""

import logging
import secrets
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import DatabaseError, IntegrityError, close_old_connections, connection, transaction
from django.db.models import F, Q
from django.utils import translation
from django.utils.functional import Promise
from django.utils.module_loading import autodiscover_modules
from django.utils.translation import gettext as _

from kechuang.base import audit, clock
from kechuang.base.enums import JobState
from kechuang.base.errors import Refused
from kechuang.base.full import full_words, is_full
from kechuang.base.models import Job
from kechuang.base.prepared import Insert

logger = logging.getLogger("kechuang.jobs")

_QUEUE = Insert(Job)
LEASE = timedelta(seconds=90)
HEARTBEAT = 20.0
WRITE_EVERY = 0.5
FIRST_DELAY = timedelta(seconds=10)
ROOM_DELAY = timedelta(minutes=10)
LONGEST_DELAY = timedelta(hours=1)

JobFunction = Callable[..., dict[str, Any] | None]


class JobFailed(Refused):
    """Raised by a job function with the sentence its owner reads: trying again would not help. Any `Refused` ends a job so."""


class JobStopped(Exception):
    """Its owner asked the job to stop."""


class WorkerLeaves(Exception):
    """The worker is shutting down: the job goes back into the queue as it was."""


class LeaseLost(Exception):
    """Another worker has taken the job over; this one must not write any more."""


@dataclass(frozen=True)
class JobKind:
    name: str
    function: JobFunction
    retries: int
    title: str | Promise


_kinds: dict[str, JobKind] = {}


def job(name: str, *, retries: int = 3, title: str | Promise) -> Callable[[JobFunction], JobFunction]:
    """Register a job function `f(progress, **args)`; apps keep theirs in `jobs.py`, or import it from there."""

    def register(function: JobFunction) -> JobFunction:
        known = _kinds.get(name)
        if known and known.function.__qualname__ != function.__qualname__:
            raise ValueError(f"Two functions claim the job kind {name!r}.")
        _kinds[name] = JobKind(name, function, retries, title)
        return function

    return register


def kind_of(name: str) -> JobKind | None:
    if name not in _kinds:
        autodiscover_modules("jobs")
    return _kinds.get(name)


# --- asking for work ---------------------------------------------------------------------------------------------


def enqueue(
    name: str,
    *,
    args: dict[str, Any] | None = None,
    by: Any = None,
    scope_path: str = "",
    title: str | Promise = "",
    key: str = "",
    after: timedelta = timedelta(),
) -> Job:
    """Queue a job in the caller's transaction, not to begin before `after` from now.

    A live job of the same kind and non-empty key is returned instead.
    """
    kind = kind_of(name)
    if kind is None:
        raise LookupError(f"No job kind {name!r} is registered.")
    user = audit.user_of(by)
    row = Job(kind=name, title=str(title or kind.title)[:200], args=args or {}, key=key, scope_path=scope_path, by=user,
              run_after=clock.now() + after)  # fmt: skip
    return _save_once(row) if key else _saved(row)


def _saved(row: Job) -> Job:
    return _QUEUE([row])[0]


def _live(kind: str, key: str) -> Job | None:
    return Job.objects.filter(kind=kind, key=key, state__in=Job.LIVE).first()


def _save_once(row: Job) -> Job:
    if existing := _live(row.kind, row.key):
        return existing
    try:
        with transaction.atomic():
            return _saved(row)
    except IntegrityError:  # somebody else was quicker
        return _live(row.kind, row.key) or _saved(row)


def stop(job: Job, *, by: Any) -> Job:
    """A waiting job stops at once; a running one at its next step. What it has done stays done."""
    now = clock.now()
    with transaction.atomic():
        waiting = Job.objects.filter(pk=job.pk, state=JobState.QUEUED)
        if not waiting.update(state=JobState.STOPPED, finished_at=now, stop_asked_at=now):
            Job.objects.filter(pk=job.pk, state=JobState.RUNNING).update(stop_asked_at=now)
        audit.record("job.stop", by=by, on=job, scope_path=job.scope_path, detail={"kind": job.kind})
    job.refresh_from_db()
    return job


def retry(job: Job, *, by: Any) -> Job:
    """Queue a failed or stopped job again; if a live one with its key exists by now, that one is returned."""
    if job.key and (live := _live(job.kind, job.key)):
        return live
    ended = Job.objects.filter(pk=job.pk, state__in=(JobState.FAILED, JobState.STOPPED))
    fresh: dict[str, Any] = {
        "attempts": 0,
        "result": None,
        "error": "",
        "note": "",
        "finished_at": None,
        "stop_asked_at": None,
    }
    with transaction.atomic():
        if ended.update(state=JobState.QUEUED, run_after=clock.now(), **fresh):
            audit.record("job.retry", by=by, on=job, scope_path=job.scope_path, detail={"kind": job.kind})
    job.refresh_from_db()
    return job


# --- progress ----------------------------------------------------------------------------------------------------


class Progress:
    """A job's line to its owner: how far it is, and whether it should go on."""

    def __init__(self, job: Job, leaving: threading.Event | None = None) -> None:
        self.job = job
        self.by = job.by
        self._mine = Job.objects.filter(pk=job.pk, lease=job.lease, state=JobState.RUNNING)
        self._leaving = leaving
        self._written = 0.0

    def total(self, n: int) -> None:
        self.job.total = n
        self._write()

    def step(self, done: int, message: str | Promise = "") -> None:
        """Say how many of the total are done. Call it often: it writes twice a second at most, and stops when asked."""
        self.job.done = done
        if message:
            self.job.note = str(message)[:300]
        if done >= self.job.total or time.monotonic() - self._written >= WRITE_EVERY:
            self._write()
            self.check_stopped()

    def check_stopped(self) -> None:
        """Raise when the owner asked to stop, the worker is leaving, or another worker has taken over."""
        if self._leaving and self._leaving.is_set():
            raise WorkerLeaves
        asked = self._mine.values_list("stop_asked_at", flat=True).first()
        if asked is not None:
            raise JobStopped

    def keep(self) -> bool:
        """Renew the lease; False when it is lost."""
        return bool(self._mine.update(lease_until=clock.now() + LEASE))

    def once(self, act: Callable[[], dict[str, Any]]) -> dict[str, Any]:
        """Run `act` and keep its result in one transaction: taken up again, the job gets that result and nothing is done anew."""
        if self.job.result is None:
            with transaction.atomic():
                result = act()
                if not self._mine.update(result=result):
                    raise LeaseLost
            self.job.result = result
        return dict(self.job.result)

    def _write(self) -> None:
        self._written = time.monotonic()
        facts = {"done": self.job.done, "total": self.job.total, "note": self.job.note}
        if not self._mine.update(lease_until=clock.now() + LEASE, **facts):
            raise LeaseLost


# --- doing the work ----------------------------------------------------------------------------------------------


def claim() -> Job | None:
    """Take the next job that is due or whose worker has died; None when there is none."""
    now = clock.now()
    due = Q(state=JobState.QUEUED, run_after__lte=now) | Q(state=JobState.RUNNING, lease_until__lt=now) | _ahead(now)
    waiting = Job.objects.filter(due).order_by("run_after", "id")
    if not waiting.exists():  # an idle worker takes no write lock
        return None
    with transaction.atomic():
        if connection.features.has_select_for_update_skip_locked:
            waiting = waiting.select_for_update(skip_locked=True)
        job = waiting.first()
        return _take(job) if job else None


def _ahead(now: datetime) -> Q:
    """What a clock wrote that has been set back since: leases that nobody gives, and work queued tomorrow for tomorrow."""
    margin = 2 * LEASE  # the clocks of several machines differ by seconds
    queued = Q(state=JobState.QUEUED, created_at__gt=now + margin, run_after__lte=F("created_at") + LONGEST_DELAY)
    return queued | Q(state=JobState.RUNNING, lease_until__gt=now + LEASE + margin)


def _take(job: Job) -> Job:
    now = clock.now()
    job.state, job.attempts = JobState.RUNNING, job.attempts + 1
    job.lease, job.lease_until = secrets.token_hex(16), now + LEASE
    job.started_at = job.started_at or now
    job.save(update_fields=["state", "attempts", "lease", "lease_until", "started_at"])
    return job


def run_job(job: Job, *, leaving: threading.Event | None = None, heartbeat: bool = False) -> Job:
    """Run a claimed job to its end and write down how it ended."""
    kind, progress = kind_of(job.kind), Progress(job, leaving)
    with translation.override(getattr(job.by, "language", "") or translation.get_language()):
        if kind is None:
            _end(job, JobState.FAILED, error=_("系统里没有“%(kind)s”这种任务，无法执行。") % {"kind": job.kind})
        elif job.attempts > kind.retries + 1:
            _end(
                job, JobState.FAILED, error=_("执行这项任务的进程多次意外中断，已停止重试。请联系系统管理员查看日志。")
            )
        else:
            with _beating(progress, heartbeat):
                _attempt(kind, job, progress)
    job.refresh_from_db()
    return job


def _attempt(kind: JobKind, job: Job, progress: Progress) -> None:
    try:
        progress.check_stopped()
        result = kind.function(progress, **job.args)
    except JobStopped:
        _end(job, JobState.STOPPED)
    except WorkerLeaves:
        _requeue(job, clock.now(), attempts=F("attempts") - 1)
    except LeaseLost:
        logger.warning("Job %s was taken over by another worker.", job.public_id)
    except Refused as error:  # what a person must mend is not mended by trying again
        _end(job, JobState.FAILED, error=error.sentence)
    except Exception as error:
        logger.exception("Job %s (%s) failed at attempt %s.", job.public_id, job.kind, job.attempts)
        _failed_once(kind, job, error)
    else:
        _end(job, JobState.SUCCEEDED, result=result, done=job.total or job.done, error="")


def _failed_once(kind: JobKind, job: Job, error: Exception) -> None:
    if is_full(error):  # not the job's fault, and mended by somebody making room
        _requeue(job, clock.now() + ROOM_DELAY, attempts=F("attempts") - 1, error=full_words())
        return
    sentence = _("处理时发生意外错误（%(type)s），任务编号 %(id)s。可以重试；若再次出现，请把编号告诉系统管理员。")
    told = sentence % {"type": type(error).__name__, "id": job.public_id}
    if job.attempts > kind.retries:
        _end(job, JobState.FAILED, error=told)
    else:
        _requeue(job, clock.now() + delay(job.attempts), error=told)


def delay(attempts: int) -> timedelta:
    """10 s, 40 s, 160 s, … up to an hour."""
    return min(LONGEST_DELAY, FIRST_DELAY * 4 ** min(attempts - 1, 8))


def _end(job: Job, state: str, **facts: Any) -> None:
    _release(job, state=state, finished_at=clock.now(), **facts)


def _requeue(job: Job, run_after: Any, **facts: Any) -> None:
    _release(job, state=JobState.QUEUED, run_after=run_after, **facts)


def _release(job: Job, **facts: Any) -> None:
    """Only the holder of the lease may write the end: a worker that was given up for dead changes nothing."""
    mine = Job.objects.filter(pk=job.pk, lease=job.lease, state=JobState.RUNNING)
    if not mine.update(lease="", lease_until=None, **facts):
        logger.warning("Job %s ended after its lease was lost.", job.public_id)


@contextmanager
def _beating(progress: Progress, heartbeat: bool) -> Iterator[None]:
    """Renew the lease from a thread of its own: a solver may think for minutes without a step."""
    if not heartbeat:
        yield
        return
    over = threading.Event()
    thread = threading.Thread(target=_beat, args=(progress, over), name=f"lease-{progress.job.public_id}", daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def _beat(progress: Progress, over: threading.Event) -> None:
    while not over.wait(HEARTBEAT):
        try:
            if not progress.keep():
                break
        except DatabaseError:  # the database is busy or away: the lease outlasts several beats
            logger.warning("Could not renew the lease of job %s.", progress.job.public_id, exc_info=True)
        close_old_connections()
    connection.close()


def run_pending_jobs(limit: int | None = None) -> int:
    """Run what is due now, here, until nothing is due; returns how many attempts that took. Never waits for a retry."""
    count = 0
    while (limit is None or count < limit) and (job := claim()):
        run_job(job)
        count += 1
    return count

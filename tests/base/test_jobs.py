import os
import signal
import subprocess
import sys
import threading
from datetime import timedelta

import pytest
from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import IntegrityError, transaction

from kechuang.base import clock, jobs
from kechuang.base.enums import JobState
from kechuang.base.models import AuditEntry, Job

pytestmark = pytest.mark.django_db
ran: list[str] = []
behaviour: dict[str, object] = {}


@jobs.job("test.count", retries=2, title="数数")
def count(progress: jobs.Progress, upto: int = 3) -> dict[str, int]:
    ran.append("count")
    progress.total(upto)
    for done in range(1, upto + 1):
        if hook := behaviour.get("step"):
            hook(progress, done)
        progress.step(done, f"第 {done} 个")
    return {"counted": upto}


@pytest.fixture(autouse=True)
def fresh():
    ran.clear()
    behaviour.clear()


def fail(progress: jobs.Progress, done: int) -> None:
    raise ZeroDivisionError


def test_a_job_runs_and_tells_its_progress():
    job = jobs.enqueue("test.count", args={"upto": 4}, scope_path="/1/")

    assert jobs.run_pending_jobs() == 1

    job.refresh_from_db()
    assert (job.state, job.done, job.total, job.percent, job.note) == (JobState.SUCCEEDED, 4, 4, 100, "第 4 个")
    assert (job.result, job.attempts, job.title, job.error) == ({"counted": 4}, 1, "数数", "")
    assert job.started_at <= job.finished_at


def test_a_job_exists_exactly_when_its_transaction_holds():
    with transaction.atomic():
        jobs.enqueue("test.count")
        transaction.set_rollback(True)

    assert jobs.run_pending_jobs() == 0


def test_the_same_key_is_the_same_job_while_it_lives():
    first = jobs.enqueue("test.count", key="call-7")
    assert jobs.enqueue("test.count", key="call-7") == first
    assert jobs.enqueue("test.count", key="call-8") != first

    jobs.run_pending_jobs()

    assert jobs.enqueue("test.count", key="call-7") != first


def test_the_database_refuses_a_second_live_job_of_a_key():
    jobs.enqueue("test.count", key="call-7")

    with pytest.raises(IntegrityError), transaction.atomic():
        Job.objects.create(kind="test.count", title="x", key="call-7")


def test_an_unknown_kind_is_refused_at_once():
    with pytest.raises(LookupError, match="no\\.such"):
        jobs.enqueue("no.such")


def test_a_fault_is_tried_again_later_and_then_given_up():
    behaviour["step"] = fail
    job = jobs.enqueue("test.count")
    start = clock.now()

    attempts = []
    for minutes in (0, 1, 10, 60):
        with clock.travel(start + timedelta(minutes=minutes)):
            attempts.append((jobs.run_pending_jobs(), Job.objects.get().state))

    assert attempts == [(1, "queued"), (1, "queued"), (1, "failed"), (0, "failed")]
    job.refresh_from_db()
    assert "ZeroDivisionError" in job.error
    assert job.public_id in job.error


def test_a_fault_that_passes_succeeds_on_the_second_try():
    behaviour["step"] = fail
    job = jobs.enqueue("test.count")
    jobs.run_pending_jobs()
    behaviour.clear()

    with clock.travel(clock.now() + timedelta(minutes=1)):
        jobs.run_pending_jobs()

    job.refresh_from_db()
    assert (job.state, job.attempts, job.error) == (JobState.SUCCEEDED, 2, "")


def test_delays_grow_to_an_hour():
    assert [jobs.delay(n).total_seconds() for n in (1, 2, 3, 50)] == [10, 40, 160, 3600]


def test_a_refusal_is_not_tried_again():
    def refuse(progress: jobs.Progress, done: int) -> None:
        raise jobs.JobFailed("名单里没有人，请先上传名单。")

    behaviour["step"] = refuse
    job = jobs.enqueue("test.count")

    jobs.run_pending_jobs()

    job.refresh_from_db()
    assert (job.state, job.error) == (JobState.FAILED, "名单里没有人，请先上传名单。")


def test_a_job_whose_worker_died_is_taken_up_again():
    job = jobs.enqueue("test.count")
    dead = jobs.claim()
    assert jobs.claim() is None

    with clock.travel(clock.now() + jobs.LEASE + timedelta(seconds=1)):
        assert jobs.run_pending_jobs() == 1

    job.refresh_from_db()
    assert (job.state, job.attempts) == (JobState.SUCCEEDED, 2)
    jobs._end(dead, JobState.FAILED, error="too late")
    job.refresh_from_db()
    assert job.state == JobState.SUCCEEDED


def test_a_worker_given_up_for_dead_notices_and_writes_nothing():
    jobs.enqueue("test.count", args={"upto": 1})

    def taken_over(progress: jobs.Progress, done: int) -> None:
        Job.objects.update(lease="other")

    behaviour["step"] = taken_over

    jobs.run_pending_jobs()

    assert (Job.objects.get().state, Job.objects.get().lease) == (JobState.RUNNING, "other")


def test_a_job_that_kills_its_worker_every_time_is_given_up():
    job = jobs.enqueue("test.count")
    moment = clock.now()
    for _ in range(3):
        with clock.travel(moment):
            assert jobs.claim() == job
        moment += jobs.LEASE * 2

    with clock.travel(moment):
        jobs.run_pending_jobs()

    job.refresh_from_db()
    assert (job.state, ran) == (JobState.FAILED, [])
    assert "多次意外中断" in job.error


def test_a_waiting_job_stops_at_once_and_can_be_started_again():
    user = get_user_model().objects.create(username="officer")
    job = jobs.stop(jobs.enqueue("test.count", by=user), by=user)
    assert (job.state, jobs.run_pending_jobs()) == (JobState.STOPPED, 0)

    jobs.retry(job, by=user)
    jobs.run_pending_jobs()

    job.refresh_from_db()
    assert job.state == JobState.SUCCEEDED
    assert list(AuditEntry.objects.order_by("pk").values_list("action", "by_name")) == [
        ("job.stop", "officer"),
        ("job.retry", "officer"),
    ]


def test_a_running_job_stops_at_its_next_step():
    job = jobs.enqueue("test.count", args={"upto": 5})

    def stop_at_two(progress: jobs.Progress, done: int) -> None:
        if done == 2:
            jobs.stop(progress.job, by=None)
        progress.check_stopped()

    behaviour["step"] = stop_at_two

    jobs.run_pending_jobs()

    job.refresh_from_db()
    assert job.state == JobState.STOPPED
    assert job.done < 5


def test_a_succeeded_job_cannot_be_retried():
    job = jobs.enqueue("test.count")
    jobs.run_pending_jobs()

    assert jobs.retry(job, by=None).state == JobState.SUCCEEDED


def test_a_leaving_worker_puts_the_job_back_uncounted():
    job = jobs.enqueue("test.count")
    leaving = threading.Event()
    leaving.set()

    jobs.run_job(jobs.claim(), leaving=leaving)

    job.refresh_from_db()
    assert (job.state, job.attempts, job.lease) == (JobState.QUEUED, 0, "")
    assert jobs.run_pending_jobs() == 1


def test_the_limit_holds():
    for _ in range(3):
        jobs.enqueue("test.count")

    assert (jobs.run_pending_jobs(limit=2), jobs.run_pending_jobs()) == (2, 1)


def test_jobs_that_jobs_enqueue_run_as_well():
    behaviour["step"] = lambda progress, done: len(ran) == 1 and done == 1 and jobs.enqueue("test.count")
    jobs.enqueue("test.count")

    assert jobs.run_pending_jobs() == 2


def test_two_functions_cannot_claim_one_kind():
    with pytest.raises(ValueError, match=r"test\.count"):
        jobs.job("test.count", title="x")(lambda progress: None)


@pytest.mark.django_db(transaction=True)
def test_several_workers_share_the_queue_without_doing_a_job_twice():
    from django.db import connection, connections

    if connection.vendor == "sqlite" and connection.is_in_memory_db():
        pytest.skip("threads need a database file or a server; test_worker runs processes on a file")
    for _ in range(20):
        jobs.enqueue("test.count", args={"upto": 1})

    def work() -> None:
        jobs.run_pending_jobs()
        connections.close_all()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert set(Job.objects.values_list("state", "attempts")) == {("succeeded", 1)}
    assert len(ran) == 20


WORKER = [sys.executable, "manage.py", "work"]
ENQUEUE = (
    "from kechuang.base.jobs import enqueue; [enqueue('base.send_mail', args={'batch': str(n)}) for n in range(30)]"
)
STATES = (
    "from kechuang.base.models import Job; mails = Job.objects.filter(kind='base.send_mail'); "
    "print(sorted(set(mails.values_list('state', 'attempts'))), mails.count())"
)


@pytest.mark.slow
@pytest.mark.skipif(
    not settings.DATABASES["default"]["ENGINE"].endswith("sqlite3"), reason="makes an SQLite file of its own"
)
def test_worker_processes_on_a_sqlite_file_drain_the_queue_and_leave_on_sigterm(tmp_path):
    env = {**os.environ, "DATABASE_URL": f"sqlite:///{tmp_path}/w.sqlite3", "KECHUANG_VAR": str(tmp_path)}

    def manage(*args: str) -> str:
        return subprocess.run(
            [sys.executable, "manage.py", *args], env=env, check=True, capture_output=True, text=True
        ).stdout

    manage("migrate", "-v0")
    manage("shell", "-v0", "-c", ENQUEUE)
    workers = [
        subprocess.Popen([*WORKER, "--until-idle"], env=env, stderr=subprocess.PIPE, text=True) for _ in range(2)
    ]
    errors = [worker.communicate(timeout=60)[1] for worker in workers]
    idle = subprocess.Popen(WORKER, env=env, stdout=subprocess.PIPE, text=True)
    assert idle.stdout.readline() == "Worker started.\n"
    idle.send_signal(signal.SIGTERM)
    rest, _ = idle.communicate(timeout=20)

    assert errors == ["", ""]
    assert (idle.returncode, rest) == (0, "Worker stopped.\n")
    assert manage("shell", "-v0", "-c", STATES).strip() == "[('succeeded', 1)] 30"

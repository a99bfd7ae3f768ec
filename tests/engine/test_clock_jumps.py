"""The server's clock jumps ahead or is set back: nothing is lost, nothing is done twice, and what waits goes on."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.urls import reverse

from kechuang.base import audit, clock, jobs
from kechuang.base.jobs import Progress, claim, enqueue, run_job, run_pending_jobs
from kechuang.base.messages import notify
from kechuang.base.models import AuditEntry, Job, Mail, Message
from kechuang.engine.applications.models import Application
from kechuang.orgs.actions.retention import retain_by_itself, set_rule
from kechuang.orgs.models import RetentionRun
from tests.factories.engine import a_plan
from tests.factories.orgs import PASSWORD, SYSTEM, a_city, a_person, an_officer
from tests.web.applicant_scene import a_ready, a_scene, signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
AHEAD = timedelta(days=400)


@pytest.fixture
def now():
    moment = clock.now().replace(hour=12)
    with clock.travel(moment):
        yield moment


def submit(client, application):
    client.post(reverse("application_submit", args=[application.public_id]))
    return Application.objects.get(pk=application.pk)


# --- deadlines ---------------------------------------------------------------------------------------------------


def test_a_jump_past_the_deadline_refuses_in_words_and_loses_nothing(now):
    plan = a_plan()
    steps = tuple(replace(step, closes_at=(now + timedelta(days=9)).isoformat()) for step in plan.steps)
    scene = a_scene(plan=replace(plan, steps=steps))
    ready = a_ready(scene)
    answers = ready.answers

    with clock.travel(now + AHEAD):
        client = signed_in(scene.pupil)
        late = submit(client, ready)
        page = client.get(reverse("application", args=[ready.public_id])).content.decode()
    sent = submit(signed_in(scene.pupil), ready)

    assert (late.state, late.receipt_no, late.answers) == ("draft", None, answers)
    assert "截止" in page
    assert (sent.state, sent.movements.filter(move="submit").count()) == ("submitted", 1)
    assert sent.receipt_no


def test_what_was_submitted_ahead_of_time_stays_so_and_is_not_taken_twice(now):
    scene = a_scene()
    ready = a_ready(scene)
    with clock.travel(now + timedelta(hours=1)):
        ahead = submit(signed_in(scene.pupil), ready)

    again = submit(signed_in(scene.pupil), ready)

    assert (again.receipt_no, again.submitted_at) == (ahead.receipt_no, now + timedelta(hours=1))
    assert again.movements.filter(move="submit").count() == 1


# --- jobs --------------------------------------------------------------------------------------------------------


def a_letter():
    letter = Mail.objects.create(address="a@example.cn", language="zh-hans", subject="信", body="文", batch="b")
    return letter, enqueue("base.send_mail", args={"batch": "b"})


def test_a_jump_ahead_gives_a_running_job_to_another_and_the_first_writes_no_more(now, mailoutbox):
    a_letter()
    first = claim()

    with clock.travel(now + AHEAD):
        done = run_job(claim())
    with pytest.raises(jobs.LeaseLost):
        Progress(first).total(5)
    jobs._end(first, "failed", error="too late")

    assert (done.state, len(mailoutbox)) == ("succeeded", 1)
    assert Job.objects.get(pk=first.pk).state == "succeeded"


def test_a_worker_that_died_before_the_clock_was_set_back_is_found_out_at_once(now, mailoutbox):
    with clock.travel(now + AHEAD):
        a_letter()
        dead = claim()

    assert run_pending_jobs() == 1
    assert (Job.objects.get(pk=dead.pk).state, len(mailoutbox)) == ("succeeded", 1)


def test_what_was_queued_before_the_clock_was_set_back_does_not_wait_a_year(now, mailoutbox):
    with clock.travel(now + AHEAD):
        a_letter()
        enqueue("base.send_digests", after=timedelta(days=2))

    run_pending_jobs()

    assert len(mailoutbox) == 1
    assert Job.objects.filter(state="queued").count() == 1  # what was meant for later stays for later


def test_a_lease_of_a_machine_whose_clock_is_a_little_ahead_is_respected(now):
    a_letter()
    with clock.travel(now + timedelta(seconds=30)):
        claim()

    assert claim() is None


def test_reminders_that_a_jump_brought_forward_are_not_sent_again(now):
    user = a_person().user
    for moment in (now + AHEAD, now, now + AHEAD):
        with clock.travel(moment):
            notify([user], "test", title=lambda: "题", body=lambda: "文", once="only-once")

    assert Message.objects.filter(user=user).count() == 1


# --- sessions ----------------------------------------------------------------------------------------------------


def signed_in_staff(client):
    user = an_officer("city_officer", a_city().org, can_sign_in=True).user
    client.post(reverse("account_login"), {"login": user.username, "password": PASSWORD})
    client.get(reverse("me"))
    return client


@pytest.mark.parametrize("jump", [timedelta(hours=3), timedelta(hours=-3)])
def test_staff_are_signed_out_by_a_jump_whichever_way_it_goes(client, now, jump, settings):
    settings.TOTP_ROLES = []
    signed_in_staff(client)
    before = client.get(reverse("me")).status_code

    with clock.travel(now + jump):
        after = client.get(reverse("me"))

    assert (before, after.status_code) == (200, 302)
    assert reverse("account_login") in after.url


def test_a_small_correction_signs_nobody_out_and_counts_from_the_new_time(client, now, settings):
    settings.TOTP_ROLES = []
    signed_in_staff(client)

    with clock.travel(now - timedelta(minutes=10)):
        corrected = client.get(reverse("me")).status_code
    with clock.travel(now + timedelta(minutes=25)):
        later = client.get(reverse("me")).status_code

    assert (corrected, later) == (200, 302)


# --- the ledger, and what is deleted by itself ---------------------------------------------------------------------


def test_the_ledger_keeps_the_order_of_what_happened_and_verifies(now):
    for jump in (timedelta(), AHEAD, -AHEAD, timedelta(minutes=1)):
        with clock.travel(now + jump):
            audit.record("test.jump", by=None, detail={"at": str(jump)})
            audit.seal()

    told = AuditEntry.objects.filter(action="test.jump").order_by("pk").values_list("detail", flat=True)
    assert [row["at"] for row in told] == [str(jump) for jump in (timedelta(), AHEAD, -AHEAD, timedelta(minutes=1))]
    assert audit.verify().ok


def test_a_jump_ahead_deletes_nothing_by_itself(now):
    set_rule("mails", 180, True, by=SYSTEM)
    letter, _job = a_letter()
    night = (now + AHEAD).replace(hour=3)

    with clock.travel(night):
        audit.record("test.sign_in", by=None)  # people go on working under the wrong clock
        retain_by_itself()
    with clock.travel(night + timedelta(days=8)):
        retain_by_itself()
        settled = RetentionRun.objects.count()

    assert Mail.objects.filter(pk=letter.pk).exists()
    assert settled == 1

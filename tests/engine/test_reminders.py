"""Reminders: to whoever can still do the thing, at two distances, once, and no more when it is done."""

from dataclasses import replace
from datetime import timedelta

import pytest

from kechuang.base import clock
from kechuang.base.jobs import run_pending_jobs
from kechuang.base.models import Job, Message
from kechuang.engine.applications.perform import perform
from kechuang.engine.calls.rules import at_the_deadline
from kechuang.engine.reminders import enqueue_reminders
from kechuang.engine.reviews.models import ReviewRound
from kechuang.orgs.actor import Actor
from kechuang.orgs.enums import Role
from tests.factories.engine import a_call, a_ground, a_plan, a_reviewer, a_round, an_application, scored
from tests.factories.orgs import a_guardian, a_pupil, a_teacher, an_officer, has_agreed

pytestmark = pytest.mark.django_db
NOON = clock.start_of(clock.today()) + timedelta(hours=12)


def told(kind: str) -> list[tuple[str, str]]:
    rows = Message.objects.filter(kind=f"reminder.{kind}").order_by("pk")
    return [(message.user.username, message.title) for message in rows.select_related("user")]


def remind_at(moment):
    with clock.travel(moment):
        enqueue_reminders()
        run_pending_jobs()
    assert Job.objects.filter(kind="engine.remind").exclude(state="succeeded").count() == 0


@pytest.fixture
def ground():
    return a_ground()


def a_call_closing(ground, closes_at):
    """Applying closes at `closes_at`, every later step a day later."""
    plan = a_plan()
    steps = tuple(
        replace(step, closes_at=(closes_at + timedelta(days=n)).isoformat()) for n, step in enumerate(plan.steps)
    )
    return a_call(ground, plan=replace(plan, steps=steps), closes_at=closes_at)


def test_a_draft_is_reminded_of_three_days_and_one_day_ahead_and_not_twice(ground):
    call = a_call_closing(ground, NOON + timedelta(days=10))
    teacher, pupil = a_teacher(ground.schools[0]), a_pupil(ground.schools[0], 11)
    has_agreed(pupil, "entering")
    an_application(call, ground.schools[0], state="draft", members=[pupil], advisers=[teacher], title="水质")

    counts = []
    for days in (5, 7.5, 7.6, 9.2, 9.3, 10.1):
        remind_at(NOON + timedelta(days=days - days % 1, hours=1 + days % 1))
        counts.append(len(told("entry")))

    assert counts == [0, 2, 2, 4, 4, 4]
    assert {title for _user, title in told("entry")} == {
        "还有 2 天 截止：“水质”还没有提交",
        "还有 22 小时 截止：“水质”还没有提交",
    }
    letter = Message.objects.filter(kind="reminder.entry").latest("pk").body
    assert all(sentence in letter for sentence in at_the_deadline(call))


def test_reminders_stop_when_the_thing_is_done(ground):
    call = a_call_closing(ground, NOON + timedelta(days=2))
    entry = an_application(call, ground.schools[0], state="draft")
    has_agreed(entry.members.get().person, "entering")
    remind_at(NOON)
    before = len(told("entry"))

    perform(entry, "take_in", by=Actor.system())
    remind_at(NOON + timedelta(days=1, hours=3))

    assert (before, len(told("entry"))) == (1, 1)


def test_a_consent_is_asked_of_the_guardian_until_it_is_answered(ground):
    call = a_call_closing(ground, NOON + timedelta(days=2))
    pupil = a_pupil(ground.schools[0], 5)
    guardian = a_guardian(pupil)
    an_application(call, ground.schools[0], state="draft", stage="primary", discipline="TD", members=[pupil])
    remind_at(NOON)
    first = told("consent")

    has_agreed(pupil, "entering")
    remind_at(NOON + timedelta(days=1, hours=3))

    assert first == [(guardian.user.username, f"还有 2 天 截止：{pupil.name} 的参赛同意还没有答复")]
    assert told("consent") == first


def test_offices_are_told_how_many_wait_each_its_own(ground):
    call = a_call_closing(ground, NOON + timedelta(days=1))
    near, far = ground.schools[0], ground.schools[2]
    officer, other = an_officer(Role.SCHOOL_OFFICER, near), an_officer(Role.SCHOOL_OFFICER, far)
    district = an_officer(Role.DISTRICT_OFFICER, ground.districts[1])
    for _n in range(2):
        an_application(call, near, state="submitted")
    an_application(call, far, state="endorsed")

    remind_at(NOON)

    assert [user for user, _title in told("queue")] == [officer.user.username, district.user.username]
    assert other.user.username not in dict(told("queue"))
    assert dict(told("queue"))[officer.user.username] == "还有 2 天：2 件等您办理（学校审核）"


def test_experts_are_told_what_they_still_owe(ground):
    call = a_call(ground)
    for _n in range(2):
        an_application(call, ground.schools[0])
    experts = [a_reviewer(ground) for _n in range(3)]
    round = a_round(call, experts, assigned=True)
    ReviewRound.objects.filter(pk=round.pk).update(closes_at=NOON + timedelta(hours=20))

    remind_at(NOON)
    remind_at(NOON + timedelta(hours=1))

    assert {title for _user, title in told("review")} == {"还有 20 小时：2 件等您评分"}
    assert len(told("review")) == 3
    scored(round)


def test_nobody_is_woken_at_night(ground):
    a_call_closing(ground, NOON + timedelta(days=1))

    with clock.travel(NOON + timedelta(hours=11)):
        enqueue_reminders()

    assert Job.objects.filter(kind="engine.remind").count() == 0

"""The one writer of application state."""

from datetime import timedelta

import pytest

from kechuang.base import audit, clock
from kechuang.base.models import AuditEntry, Message
from kechuang.engine.applications.batch import MoveRefused
from kechuang.engine.applications.perform import available_moves, perform, perform_many
from kechuang.engine.calls.actions import set_quotas
from kechuang.engine.models import Application, Movement, TeamMember
from kechuang.engine.programme.codec import digest, to_json
from kechuang.orgs.actor import Actor
from tests.factories.engine import a_call, a_ground, an_actor, an_application
from tests.factories.orgs import a_pupil

pytestmark = pytest.mark.django_db


@pytest.fixture
def ground():
    return a_ground()


@pytest.fixture
def call(ground):
    return a_call(ground)


def officer_of(school):
    return an_actor("school_officer", school)


def with_closed_step(call, code):
    plan = call.plan
    declaration = to_json(plan)
    for step in declaration["steps"]:
        if step["code"] == code:
            step["closes_at"] = (clock.now() - timedelta(minutes=1)).isoformat()
    call.declaration, call.declaration_digest = declaration, digest(declaration)
    call.save()
    call.__dict__.pop("plan", None)


def test_perform_writes_state_movement_audit_and_message(ground, call):
    school = ground.schools[0]
    application = an_application(call, school, state="submitted")
    pupil = application.members.get().person
    officer = officer_of(school)

    perform(application, "return", by=officer, reason="请补日志")

    movement = Movement.objects.get(application=application)
    assert (movement.source, movement.target, movement.by, movement.reason) == (
        "submitted",
        "returned",
        officer.user,
        "请补日志",
    )
    entry = AuditEntry.objects.get(action="application.return")
    assert (entry.detail, entry.reason) == ({"from": "submitted", "to": "returned"}, "请补日志")
    assert application.state == Application.objects.get().state == "returned"
    message = Message.objects.get(user=pupil.user)
    assert "请补日志" in message.body
    assert audit.verify().ok


@pytest.mark.parametrize(
    ("state", "move", "sentence"),
    [
        ("endorsed", "endorse", "不能执行“审核通过并报送”"),
        ("submitted", "return", "请写明理由"),
    ],
)
def test_wrong_state_and_missing_reason_are_refused_and_nothing_is_written(ground, call, state, move, sentence):
    application = an_application(call, ground.schools[0], state=state)

    with pytest.raises(MoveRefused, match=sentence):
        perform(application, move, by=officer_of(ground.schools[0]))

    assert Application.objects.get().state == state
    assert not Movement.objects.exists()


def test_officer_of_another_school_may_not_endorse(ground, call):
    application = an_application(call, ground.schools[0], state="submitted")

    with pytest.raises(MoveRefused, match="没有权限"):
        perform(application, "endorse", by=officer_of(ground.schools[1]))


def test_district_officer_may_not_screen_the_citys_call(ground, call):
    application = an_application(call, ground.schools[0], state="recommended")
    district = an_actor("district_officer", ground.districts[0])

    with pytest.raises(MoveRefused, match="没有权限"):
        perform(application, "screen", by=district)

    assert "screen" not in {move.name for move in available_moves(application, district)}


def test_step_that_is_over_is_refused_with_the_rule_and_the_servers_clock(ground, call):
    application = an_application(call, ground.schools[0], state="submitted")
    with_closed_step(call, "endorse")
    officer = officer_of(ground.schools[0])

    with pytest.raises(MoveRefused, match=r"“学校审核”已于 .* 截止（以服务器时间为准"):
        perform(application, "endorse", by=officer)

    assert available_moves(Application.objects.get(), officer) == []


def test_buttons_are_exactly_the_moves_that_would_be_allowed(ground, call):
    application = an_application(call, ground.schools[0], state="submitted")

    assert {m.name for m in available_moves(application, officer_of(ground.schools[0]))} == {
        "return",
        "endorse",
        "decline",
    }
    assert available_moves(application, officer_of(ground.schools[1])) == []
    assert available_moves(application, Actor.anonymous()) == []


def test_undo_leads_back_and_leaves_its_trace(ground, call):
    application = an_application(call, ground.schools[0], state="submitted")
    officer = officer_of(ground.schools[0])

    perform(application, "endorse", by=officer)
    perform(application, "unendorse", by=officer)

    assert [m.move for m in Movement.objects.order_by("pk")] == ["endorse", "unendorse"]
    assert Application.objects.get().state == "submitted"


def test_quota_is_exact_and_says_what_to_do(ground, call):
    applications = [an_application(call, ground.schools[0], state="endorsed") for _n in range(3)]
    set_quotas(call, {(ground.districts[0].pk, ""): 2}, by=Actor.system())
    district = an_actor("district_officer", ground.districts[0])

    outcome = perform_many(applications, "recommend", by=district)

    assert [app.pk for app in outcome.done] == [app.pk for app in applications[:2]]
    [(left, sentence)] = outcome.refused
    assert left.pk == applications[2].pk
    assert "推荐名额已用完（2 个）" in sentence

    perform(applications[0], "unrecommend", by=district)
    perform(applications[2], "recommend", by=district)

    assert Application.objects.filter(state="recommended").count() == 2


def test_quota_of_a_division_counts_only_its_own(ground, call):
    physics = [an_application(call, ground.schools[0], state="endorsed", discipline="PH") for _n in range(2)]
    maths = an_application(call, ground.schools[0], state="endorsed", discipline="MA")
    set_quotas(call, {(ground.districts[0].pk, "senior.PH"): 1}, by=Actor.system())

    outcome = perform_many([*physics, maths], "recommend", by=an_actor("district_officer", ground.districts[0]))

    assert {app.pk for app in outcome.done} == {physics[0].pk, maths.pk}


def test_many_moves_cost_as_many_queries_as_one(ground, call, django_assert_num_queries):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    district = an_actor("district_officer", ground.districts[0])
    one, three = (
        [an_application(call, ground.schools[0], state="endorsed", members=[]) for _n in range(n)] for n in (1, 3)
    )
    with CaptureQueriesContext(
        connection,
    ) as first:
        perform_many(one, "recommend", by=district)

    with django_assert_num_queries(len(first)):
        perform_many(three, "recommend", by=district)


def test_a_pupil_of_another_entry_is_refused_by_name(ground, call):
    pupil = a_pupil(ground.schools[0], grade=11, name="张小满")
    an_application(call, ground.schools[0], state="submitted", members=[pupil])
    declined = an_application(call, ground.schools[0], state="not_endorsed", members=[])
    TeamMember.objects.create(application=declined, call=call, person=pupil, school=ground.schools[0], grade=11)

    with pytest.raises(MoveRefused, match="张小满 在本届已有另一件提交的作品"):
        perform(declined, "reopen", by=officer_of(ground.schools[0]))


def test_withdrawing_frees_the_pupils(ground, call):
    application = an_application(call, ground.schools[0], state="submitted")
    teacher = Actor.of(application.members.get().person.user)

    perform(application, "withdraw", by=teacher)

    assert not TeamMember.objects.get().is_live


def test_a_cancelled_call_moves_nothing(ground, call):
    application = an_application(call, ground.schools[0], state="submitted")
    call.state = "cancelled"
    call.save()

    with pytest.raises(MoveRefused, match="已取消"):
        perform(application, "endorse", by=officer_of(ground.schools[0]))

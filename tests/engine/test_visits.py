"""The pool and its visits on real rows: who is found, who may be invited, never alone, what ends a visit."""

from datetime import datetime, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils import timezone

from kechuang.base import clock
from kechuang.base.errors import Refused
from kechuang.base.models import AuditEntry, Message
from kechuang.engine.applications.batch import MoveRefused
from kechuang.engine.applications.perform import perform
from kechuang.engine.honours.actions import revoke_honour
from kechuang.engine.models import GuestVisit, PoolMember
from kechuang.engine.visits.actions import (
    accept_invitation,
    cancel_visit,
    confirm_visit,
    decline_invitation,
    invite,
    lift_stop,
    rate_visit,
    record_no_show,
    record_vetting,
    stop_person,
    update_card,
)
from kechuang.engine.visits.queries import Wanted, find_members, turns_of, vetting_counts
from kechuang.engine.visits.upkeep import lapse_invitations, remind_of_vettings, remind_of_visits
from kechuang.programmes.guest_engineers.programme import GUEST_ENGINEERS
from tests.factories.engine import a_call, a_ground, an_actor
from tests.factories.orgs import a_partner, a_teacher, actor_for, an_officer
from tests.factories.visits import a_member, an_agreed_visit, an_engineers_application, an_invitation, names

pytestmark = pytest.mark.django_db
CODE = "guest_engineers"
MONDAY = datetime(2026, 9, 7, 9, tzinfo=timezone.get_default_timezone())


class Scene:
    def __init__(self):
        self.ground = a_ground()
        self.call = a_call(self.ground, plan=GUEST_ENGINEERS, programme_code=CODE, closes_at=None)
        self.city = an_actor("city_officer", self.ground.org)
        self.employer = a_partner(self.ground.org, "enterprise")
        self.school = self.ground.schools[0]
        self.clerk, self.teacher = an_officer("school_officer", self.school), a_teacher(self.school)
        self.by = actor_for(self.clerk)

    def member(self, **changes):
        return a_member(self.call, self.employer, by=self.city, **changes)

    def visit(self, member=None, **changes):
        return an_agreed_visit(member or self.member(), self.school, by=self.clerk, teacher=self.teacher, **changes)

    def found(self, name="", **tags):
        return list(find_members(CODE, Wanted(name, tags), clock.today()))


@pytest.fixture
def scene():
    with clock.travel(MONDAY):
        yield Scene()


def test_members_are_found_by_field_language_time_area_and_name(scene):
    robots = scene.member(fields=["机器人"], areas=["南山区"], times=["工作日上午"])
    genes = scene.member(fields=["基因与生物"], languages=["英语"], about="看见基因")

    assert set(names(scene.found())) == {robots.person.name, genes.person.name}
    assert names(scene.found(fields="机器人")) == [robots.person.name]
    assert names(scene.found(languages="英语")) == [genes.person.name]
    assert names(scene.found(times="工作日上午")) == [robots.person.name]
    assert names(scene.found(areas="福田区")) == [genes.person.name], "everywhere stands for each district"
    assert names(scene.found("看见基因")) == [genes.person.name]
    assert scene.found(fields="机器人", languages="英语") == []


def test_search_takes_a_fixed_number_of_queries(scene, django_assert_num_queries):
    scene.member()
    with django_assert_num_queries(2):
        assert [one.words("fields") for one in scene.found(fields="机器人")]
    for _n in range(3):
        scene.member()
    with django_assert_num_queries(2):
        assert len([one.words("fields") for one in scene.found(fields="机器人")]) == 4


def test_nobody_is_found_without_a_fresh_vetting_or_a_held_honour(scene):
    old, revoked, paused = scene.member(), scene.member(), scene.member()
    revoke_honour(revoked.honour, reason="离职", by=scene.city)
    update_card(paused, by=actor_for(paused.person), post="", about="", is_paused=True,
                tags={"fields": ["编程"], "languages": ["普通话"], "times": ["周末和假期"], "areas": ["全市"]})  # fmt: skip
    assert names(scene.found()) == [old.person.name]

    with clock.travel(MONDAY + timedelta(days=366)):
        assert scene.found() == []
        assert vetting_counts(scene.city, clock.today())["over"] == 2, "the revoked one is nobody's concern"
        record_vetting(old.person, "clear", clock.today(), by=scene.city)
        assert names(scene.found()) == [old.person.name]


def test_vetting_keeps_result_date_and_checker_and_needs_its_permission(scene):
    member = scene.member()

    with pytest.raises(PermissionDenied):
        record_vetting(member.person, "clear", clock.today(), by=scene.by)
    with pytest.raises(Refused, match="不能晚于今天"):
        record_vetting(member.person, "clear", clock.today() + timedelta(days=1), by=scene.city)
    row = member.person.vettings.get()
    assert {f.name for f in row._meta.fields} == {"id", "person", "result", "checked_on", "checker", "recorded_at"}


def test_district_cannot_vet_people_of_an_employer_outside_it(scene):
    member = scene.member()
    district = an_actor("district_officer", scene.ground.districts[0])

    with pytest.raises(PermissionDenied):
        record_vetting(member.person, "clear", clock.today(), by=district)


def test_barred_member_loses_the_agreed_visits(scene):
    visit = scene.visit()
    record_vetting(visit.member.person, "barred", clock.today(), by=scene.city)

    visit.refresh_from_db()
    assert visit.state == "cancelled"
    assert scene.found() == []


def test_stopped_person_cannot_apply_be_found_or_be_invited(scene):
    member, stranger = scene.member(), an_officer("engineer", scene.employer)
    visit = scene.visit(member)
    application = an_engineers_application(scene.call, scene.employer, stranger)
    stop_person(member.person, reason="家长投诉，核查中", by=scene.city)
    stop_person(stranger, reason="同上", by=scene.city)

    visit.refresh_from_db()
    assert (visit.state, "投诉" in visit.ended_because, scene.found()) == ("cancelled", False, [])
    with pytest.raises(Refused, match="不能邀请"):
        invite(member, scene.school, an_invitation(scene.teacher, 9), by=scene.by)
    record_vetting(stranger, "clear", clock.today(), by=scene.city)
    with pytest.raises(MoveRefused, match="现在不能申请"):
        perform(application, "grant", by=scene.city)
    told = Message.objects.filter(user=member.person.user, kind="pool.stopped").get()
    assert "投诉" not in told.title + told.body
    assert AuditEntry.objects.filter(action="stop_person").count() == 2
    assert not AuditEntry.objects.filter(reason__contains="投诉").exists(), (
        "the ledger is read by more than the city's officers"
    )

    lift_stop(member.person, reason="核查不实", by=scene.city)
    assert names(scene.found()) == [member.person.name]


def test_stopping_is_the_citys_alone(scene):
    member = scene.member()

    with pytest.raises(PermissionDenied):
        stop_person(member.person, reason="x", by=an_actor("district_officer", scene.ground.districts[0]))
    with pytest.raises(Refused, match="理由"):
        stop_person(member.person, reason=" ", by=scene.city)


# --- never alone ------------------------------------------------------------------------------------------------


def test_no_visit_without_a_named_member_of_the_own_staff(scene):
    member, foreign = scene.member(), a_teacher(scene.ground.schools[1])

    with pytest.raises(Refused, match="全程陪同"):
        invite(member, scene.school, an_invitation(foreign), by=scene.by)
    with pytest.raises(Refused, match="全程陪同"):
        invite(member, scene.school, an_invitation(member.person), by=scene.by)
    with pytest.raises(PermissionDenied):
        invite(member, scene.ground.schools[1], an_invitation(foreign), by=scene.by)
    assert not GuestVisit.objects.exists()


def test_second_adult_confirms_and_the_database_holds_it(scene):
    visit = scene.visit()
    with pytest.raises(Refused, match="还没有开始"):
        confirm_visit(visit, by=scene.by)
    with clock.travel(visit.starts_at + timedelta(hours=1)):
        with pytest.raises(Refused, match="另一位"):
            confirm_visit(visit, by=actor_for(scene.teacher))
        with pytest.raises(PermissionDenied):
            confirm_visit(visit, by=actor_for(visit.member.person))
        with pytest.raises(IntegrityError), transaction.atomic():
            GuestVisit.objects.filter(pk=visit.pk).update(state="done", confirmed_at=clock.now(), second=None)
        with pytest.raises(IntegrityError), transaction.atomic():
            GuestVisit.objects.filter(pk=visit.pk).update(second=visit.teacher)

        done = confirm_visit(visit, by=scene.by, came=41)

    assert (done.state, done.second, done.came) == ("done", scene.clerk, 41)


def test_vetting_must_stand_on_the_day_of_the_visit(scene):
    member = scene.member()

    with clock.travel(MONDAY + timedelta(days=360)):
        with pytest.raises(Refused, match="没有有效的准入查询"):
            invite(member, scene.school, an_invitation(scene.teacher, 10), by=scene.by)
        visit = invite(member, scene.school, an_invitation(scene.teacher, 4), by=scene.by)
    assert visit.state == "invited"


def test_two_schools_do_not_get_the_same_hour(scene):
    member, other = scene.member(), scene.ground.schools[1]
    first = invite(member, scene.school, an_invitation(scene.teacher), by=scene.by)
    second = invite(member, other, an_invitation(a_teacher(other)), by=an_actor("school_officer", other))
    engineer = actor_for(member.person)
    accept_invitation(first, by=engineer)

    with pytest.raises(Refused, match="已经有约"):
        accept_invitation(second, by=engineer)
    assert decline_invitation(second, by=engineer, words="那天已有安排").state == "declined"


# --- the ways a visit ends ---------------------------------------------------------------------------------------


def test_only_the_visitor_answers_and_only_once(scene):
    visit = invite(scene.member(), scene.school, an_invitation(scene.teacher), by=scene.by)
    engineer = actor_for(visit.member.person)

    with pytest.raises(PermissionDenied):
        accept_invitation(visit, by=scene.by)
    with pytest.raises(Refused, match="写一句原因"):
        decline_invitation(visit, by=engineer, words=" ")
    accept_invitation(visit, by=engineer, words="乐意前来")
    with pytest.raises(Refused, match="现在的状态"):
        decline_invitation(visit, by=engineer, words="改主意了")
    told = Message.objects.filter(user=scene.clerk.user, kind="guest_visit.accepted").get()
    assert scene.teacher.name in told.body


def test_either_side_cancels_with_a_reason_before_the_hour(scene):
    mine, theirs, late = (scene.visit(scene.member()) for _n in range(3))

    with pytest.raises(Refused, match="原因"):
        cancel_visit(mine, by=scene.by, reason="")
    assert cancel_visit(mine, by=scene.by, reason="台风停课").state == "cancelled"
    assert cancel_visit(theirs, by=actor_for(theirs.member.person), reason="生病").state == "cancelled"
    assert Message.objects.filter(kind="guest_visit.cancelled", user=theirs.created_by).exists()
    with clock.travel(late.starts_at + timedelta(hours=1)):
        with pytest.raises(Refused, match="记为未到校"):
            cancel_visit(late, by=scene.by, reason="没来")
        assert record_no_show(late, by=scene.by, reason="等了四十分钟没有来").state == "no_show"


def test_rating_is_given_once_and_adds_up_on_the_card(scene):
    visit = scene.visit()
    with clock.travel(visit.starts_at + timedelta(hours=1)):
        confirm_visit(visit, by=scene.by)
        rate_visit(visit, 4, "讲得清楚", by=scene.by)
        with pytest.raises(Refused, match="已经评价"):
            rate_visit(visit, 1, "", by=scene.by)

    member = PoolMember.objects.get(pk=visit.member_id)
    assert (member.visits_done, member.ratings, member.rating_sum) == (1, 1, 4)


def test_desk_says_whose_turn_it_is(scene):
    visit = invite(scene.member(), scene.school, an_invitation(scene.teacher), by=scene.by)
    engineer = actor_for(visit.member.person)
    assert [turn.act for turn in turns_of(engineer)] == ["answer"]
    accept_invitation(visit, by=engineer)
    assert (turns_of(engineer), turns_of(scene.by)) == ([], [])

    with clock.travel(visit.starts_at + timedelta(hours=1)):
        assert [turn.act for turn in turns_of(scene.by)] == ["confirm"]
        confirm_visit(visit, by=scene.by)
        assert [turn.act for turn in turns_of(scene.by)] == ["rate"]
        assert [turn.act for turn in turns_of(engineer)] == ["report"]


def test_worker_lets_unanswered_invitations_lapse_and_reminds_once(scene):
    open_one = invite(scene.member(), scene.school, an_invitation(scene.teacher), by=scene.by)
    agreed = scene.visit()
    with clock.travel(agreed.starts_at - timedelta(hours=20)):
        assert (remind_of_visits(), remind_of_visits()) == (3, 0)
    with clock.travel(agreed.starts_at + timedelta(minutes=1)):
        assert (lapse_invitations(), lapse_invitations()) == (1, 0)
    open_one.refresh_from_db()
    assert open_one.state == "lapsed"
    with clock.travel(MONDAY + timedelta(days=340)):
        told = remind_of_vettings()
        assert (told > 0, remind_of_vettings()) == (True, 0)


def test_school_sees_its_own_visits_and_a_colleague_only_what_was_agreed(scene):
    asked = invite(scene.member(), scene.school, an_invitation(scene.teacher), by=scene.by)
    agreed = scene.visit()
    colleague, stranger = a_teacher(scene.school), an_officer("school_officer", scene.ground.schools[1])

    def seen(person):
        return set(GuestVisit.objects.visible_to(actor_for(person)).values_list("pk", flat=True))

    assert seen(scene.clerk) == seen(scene.teacher) == {asked.pk, agreed.pk}
    assert (seen(colleague), seen(stranger)) == ({agreed.pk}, set())
    assert seen(asked.member.person) == {asked.pk}

"""A pupil changes school on request: who asks, who confirms, what goes along, and the way back."""

from datetime import datetime, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils import timezone

from kechuang.base import clock
from kechuang.base.errors import Refused
from kechuang.base.models import AuditEntry, Message
from kechuang.engine.applications.models import Application, TeamMember
from kechuang.engine.applications.tallies import differences
from kechuang.orgs.actions import grant_membership, invite_guardian, update_pupil
from kechuang.orgs.actions.transfers import (
    ask_transfer,
    confirm_transfer,
    refuse_transfer,
    remind_transfers,
    undo_transfer,
    withdraw_transfer,
)
from kechuang.orgs.actions.years import promote_school, undo_year
from kechuang.orgs.enums import Role
from kechuang.orgs.models import Guardianship, Membership, Person, PupilRecord, SignInCode, Transfer
from kechuang.orgs.queries import consents_of
from tests.factories.engine import a_call, an_application
from tests.factories.orgs import (
    SYSTEM,
    a_city,
    a_guardian,
    a_person,
    a_pupil,
    a_school,
    actor_for,
    an_officer,
    has_agreed,
    with_xueji,
)

pytestmark = pytest.mark.django_db
AUGUST = datetime(2027, 8, 20, 9, tzinfo=timezone.get_default_timezone())


class Move:
    """A pupil of grade 4 at the old school, with a number, and an officer on each side."""

    def __init__(self):
        self.city = a_city()
        self.old, self.new = a_school(self.city.east), a_school(self.city.west)
        self.old_clerk, self.new_clerk = (
            actor_for(an_officer("school_officer", school)) for school in (self.old, self.new)
        )
        self.pupil = a_pupil(self.old, 4, name="李一", class_name="2班")
        self.number = with_xueji(self.pupil)

    def ask(self, **facts):
        given = {"name": "李一", "number": self.number, "grade": 4, "class_name": "5班", "by": self.new_clerk} | facts
        return ask_transfer(self.new, **given)

    def record(self):
        return PupilRecord.objects.select_related("school").get(person=self.pupil)


@pytest.fixture
def move():
    return Move()


def lists(clerk):
    return set(PupilRecord.objects.visible_to(clerk).filter(left_on=None).values_list("person", flat=True))


def test_a_confirmed_transfer_moves_the_pupil_from_one_list_to_the_other(move):
    row = move.ask()
    assert (lists(move.old_clerk), lists(move.new_clerk)) == ({move.pupil.pk}, set())

    confirm_transfer(row, by=move.old_clerk)

    assert (lists(move.old_clerk), lists(move.new_clerk)) == (set(), {move.pupil.pk})
    assert (move.record().grade, move.record().class_name) == (4, "5班")
    assert [m.org for m in Membership.objects.current().filter(person=move.pupil)] == [move.new]
    held = AuditEntry.objects.filter(action__in=["ask_transfer", "confirm_transfer"]).order_by("pk")
    assert [(e.action, e.scope_path) for e in held] == [
        ("ask_transfer", move.new.path), ("confirm_transfer", move.old.path),
    ]  # fmt: skip
    assert Message.objects.filter(user=move.pupil.user, kind="transfer.done").count() == 1


def test_nothing_of_the_pupil_is_lost(move):
    call = a_call(move.city)
    guardian = a_guardian(move.pupil)
    has_agreed(move.pupil, "entering", "showcase")
    draft = an_application(call, move.old, state="draft", members=[move.pupil], created_by=move.pupil.user)
    won = an_application(a_call(move.city), move.old, state="awarded", members=[move.pupil])
    before = consents_of(move.pupil)
    username, password = move.pupil.user.username, move.pupil.user.password

    confirm_transfer(move.ask(), by=move.old_clerk)

    move.pupil.user.refresh_from_db()
    assert (move.pupil.user.username, move.pupil.user.password) == (username, password)
    assert before == {"entering": True, "showcase": True}
    assert consents_of(move.pupil) == before
    assert Guardianship.objects.standing().filter(guardian=guardian, pupil=move.pupil).exists()
    assert {m.org for m in Membership.objects.current().filter(person=guardian)} == {move.new}
    assert Application.objects.get(pk=draft.pk).org == move.new
    assert TeamMember.objects.get(application=draft).school == move.new
    assert Application.objects.get(pk=won.pk).org == move.old
    assert set(Application.objects.own(actor_for(move.pupil)).values_list("pk", flat=True)) == {draft.pk, won.pk}
    assert differences(call) == {}


def test_a_draft_of_a_mixed_team_stays_with_its_school(move):
    mate = a_pupil(move.old, 4)
    draft = an_application(a_call(move.city), move.old, state="draft", members=[move.pupil, mate])

    confirm_transfer(move.ask(), by=move.old_clerk)

    assert Application.objects.get(pk=draft.pk).org == move.old
    assert dict(TeamMember.objects.values_list("person", "school")) == {
        move.pupil.pk: move.new.pk,
        mate.pk: move.old.pk,
    }


def test_a_guardian_with_another_child_there_stays_a_guardian_of_both_schools(move):
    sister = a_pupil(move.old, 2)
    guardian = a_guardian(move.pupil)
    Guardianship.objects.create(guardian=guardian, pupil=sister, relation="mother", confirmed_at=clock.now())

    confirm_transfer(move.ask(), by=move.old_clerk)

    assert {m.org for m in Membership.objects.current().filter(person=guardian)} == {move.old, move.new}


def test_codes_of_the_old_school_no_longer_work(move):
    invite_guardian(move.pupil, "mother", by=SYSTEM)

    confirm_transfer(move.ask(), by=move.old_clerk)

    assert SignInCode.objects.get().revoked_at is not None


@pytest.mark.parametrize("wrong", [{"name": "李二"}, {"number": "G440305201205060011"}, {"number": ""}])
def test_without_name_and_number_nothing_is_told_and_the_attempt_is_recorded(move, wrong):
    with pytest.raises(Refused, match="没有查到姓名和号码都相符的在籍学生"):
        move.ask(**wrong)

    assert not Transfer.objects.exists()
    assert AuditEntry.objects.filter(action="seek_pupil", by_name=move.new_clerk.label).count() == 1


def test_asking_is_refused_in_words(move):
    with pytest.raises(Refused, match="本校没有这个年级"):
        ask_transfer(a_school(move.city.west, kind="senior"), name="李一", number=move.number, grade=4, by=SYSTEM)
    with pytest.raises(Refused, match="已经在本校就读"):
        ask_transfer(move.old, name="李一", number=move.number, grade=4, by=move.old_clerk)
    with pytest.raises(PermissionDenied):
        move.ask(by=move.old_clerk)
    move.ask()
    with pytest.raises(Refused, match="已有一份转学申请"):
        ask_transfer(a_school(move.city.south), name="李一", number=move.number, grade=4, by=SYSTEM)


def test_the_new_school_does_not_confirm_and_nobody_confirms_the_own_request(move):
    row = move.ask()
    with pytest.raises(PermissionDenied):
        confirm_transfer(row, by=move.new_clerk)

    person = a_person()
    for school in (move.old, move.new):
        grant_membership(person, school, Role.SCHOOL_OFFICER, by=SYSTEM)
    withdraw_transfer(row, by=move.new_clerk)
    both = move.ask(by=actor_for(person))
    with pytest.raises(Refused, match="不能确认自己提出的转学"):
        confirm_transfer(both, by=actor_for(person))
    with pytest.raises(IntegrityError), transaction.atomic():
        Transfer.objects.filter(pk=both.pk).update(state="done", decided_by=person.user, decided_at=clock.now())

    assert move.record().school == move.old


def test_the_district_of_the_old_school_may_confirm_and_that_of_the_new_may_not(move):
    row = move.ask()
    east, west = (actor_for(an_officer("district_officer", org)) for org in (move.city.east, move.city.west))
    with pytest.raises(PermissionDenied):
        confirm_transfer(row, by=west)

    confirm_transfer(row, by=east)

    assert move.record().school == move.new


def test_a_refusal_carries_its_reason_and_the_pupil_stays(move):
    row = move.ask()
    with pytest.raises(Refused, match="请写明不同意转出的理由"):
        refuse_transfer(row, "", by=move.old_clerk)

    refuse_transfer(row, "家长没有到校办理手续", by=move.old_clerk)

    row.refresh_from_db()
    assert (row.state, row.reason, move.record().school) == ("refused", "家长没有到校办理手续", move.old)
    told = Message.objects.get(user=move.new_clerk.user, kind="transfer.answered")
    assert told.body == "家长没有到校办理手续"
    with pytest.raises(Refused, match="已经办理过"):
        confirm_transfer(row, by=move.old_clerk)
    assert move.ask().state == "asked"


def test_a_withdrawn_request_can_no_longer_be_confirmed(move):
    row = withdraw_transfer(move.ask(), by=move.new_clerk)

    with pytest.raises(Refused, match="已经办理过"):
        confirm_transfer(row, by=move.old_clerk)


def test_a_pupil_who_left_meanwhile_is_not_moved(move):
    row = move.ask()
    update_pupil(move.pupil, by=SYSTEM, school=a_school(move.city.south))

    with pytest.raises(Refused, match="现在已不在"):
        confirm_transfer(row, by=move.old_clerk)


def test_the_new_school_sends_a_pupil_back_within_thirty_days(move):
    draft = an_application(a_call(move.city), move.old, state="draft", members=[move.pupil])
    guardian = a_guardian(move.pupil)
    row = confirm_transfer(move.ask(), by=move.old_clerk)
    with pytest.raises(PermissionDenied):
        undo_transfer(row, "学生没有来报到", by=move.old_clerk)

    undo_transfer(row, "学生没有来报到", by=move.new_clerk)

    record = move.record()
    assert (record.school, record.grade, record.class_name) == (move.old, 4, "2班")
    assert (lists(move.old_clerk), lists(move.new_clerk)) == ({move.pupil.pk}, set())
    assert Application.objects.get(pk=draft.pk).org == move.old
    assert {m.org for m in Membership.objects.current().filter(person=guardian)} == {move.old}
    with pytest.raises(Refused, match="无需退回"):
        undo_transfer(row, "学生没有来报到", by=move.new_clerk)


def test_after_thirty_days_it_takes_a_new_request(move):
    row = confirm_transfer(move.ask(), by=move.old_clerk)

    with clock.travel(clock.now() + timedelta(days=31)), pytest.raises(Refused, match="转入已超过 30 天"):
        undo_transfer(row, "学生没有来报到", by=move.new_clerk)


def test_a_year_change_between_request_and_answer_counts():
    with clock.travel(AUGUST):
        move = Move()
        row = move.ask()
        with clock.travel(AUGUST + timedelta(days=1)):
            promote_school(move.new, 2027, by=SYSTEM)

            confirm_transfer(row, by=move.old_clerk)

        assert move.record().grade == 5
        with clock.travel(AUGUST + timedelta(days=2)):
            promote_school(move.old, 2027, by=SYSTEM)
            undo_transfer(row, "学生没有来报到", by=move.new_clerk)
        assert (move.record().school, move.record().grade) == (move.old, 5)


def test_a_year_taken_back_leaves_those_who_changed_school_since():
    with clock.travel(AUGUST):
        move = Move()
        stays = a_pupil(move.old, 4)
        promote_school(move.old, 2027, by=SYSTEM)
        confirm_transfer(move.ask(grade=5), by=move.old_clerk)

        undo_year(2027, by=SYSTEM, school=move.old)

        assert (move.record().school, move.record().grade) == (move.new, 5)
        assert PupilRecord.objects.get(person=stays).grade == 4


def test_who_finished_one_school_is_taken_in_by_the_next_without_a_request():
    with clock.travel(AUGUST):
        city = a_city()
        primary, junior = a_school(city.east, kind="primary"), a_school(city.west, kind="junior")
        pupil = a_pupil(primary, 6)
        guardian, number = a_guardian(pupil), with_xueji(pupil)
        promote_school(primary, 2027, by=SYSTEM)
        clerk = actor_for(an_officer("school_officer", junior))
        with pytest.raises(Refused, match="直接把学生列入本校名册"):
            ask_transfer(junior, name=pupil.name, number=number, grade=7, by=clerk)

        update_pupil(Person.objects.get(pk=pupil.pk), by=clerk, school=junior, grade=7, class_name="1班")

        record = PupilRecord.objects.get(person=pupil)
        assert (record.school, record.grade, record.left_on) == (junior, 7, None)
        assert [m.org for m in Membership.objects.current().filter(person=pupil)] == [junior]
        assert [m.org for m in Membership.objects.current().filter(person=guardian)] == [junior]


def test_a_late_answer_is_asked_of_the_office_above_once(move):
    district = an_officer("district_officer", move.city.east)
    row = move.ask()
    with clock.travel(clock.now() + timedelta(days=20)):
        remind_transfers()
        remind_transfers()

    assert Message.objects.filter(user=district.user, kind="reminder.transfer").count() == 1
    assert Message.objects.filter(user=move.old_clerk.user, kind="transfer.asked").count() == 1
    assert row.state == "asked"

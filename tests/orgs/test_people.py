from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection

from kechuang.base import clock
from kechuang.base.errors import Refused
from kechuang.base.ids import ALPHABET
from kechuang.base.models import AppendOnlyError, AuditEntry, Message
from kechuang.orgs.actions import (
    bind_guardian,
    confirm_guardian,
    create_pupil,
    end_guardianship,
    invite_guardian,
    issue_password,
    load_consent_texts,
    look_at_identifiers,
    record_consent,
    record_identifiers,
    refuse_consent,
    reset_pin,
    sign_up_guardian,
    update_pupil,
    use_guardian_code,
    withdraw_consent,
)
from kechuang.orgs.consents import on_withdrawal
from kechuang.orgs.enums import AnsweredAs, ConsentPurpose, Role
from kechuang.orgs.forms import GuardianSignUpForm
from kechuang.orgs.models import Consent, ConsentText, Guardianship, Person, PersonalRecord, SignInCode, User
from kechuang.orgs.queries import children_of, consents_of, guardians_of, has_consent, missing_consents
from kechuang.orgs.rules import age_on, consent_stands
from tests.factories.orgs import (
    SYSTEM,
    a_city,
    a_guardian,
    a_person,
    a_pupil,
    a_resident_id,
    a_school,
    a_teacher,
    actor_for,
    an_officer,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def city():
    return a_city()


@pytest.fixture
def school(city):
    return a_school(city.east)


@pytest.fixture
def officer(school):
    return actor_for(an_officer("school_officer", school))


# --- pupils and identifiers --------------------------------------------------------------------------------------


def test_pupil_gets_a_short_code_without_lookalikes(school):
    codes = {a_pupil(school).user.username for _n in range(20)}

    assert len(codes) == 20
    assert all(len(code) == 8 and set(code) <= set(ALPHABET) for code in codes)
    assert not set("0o1li") & set(ALPHABET)


def test_pin_opens_the_account_and_is_not_logged(school, officer):
    pupil = a_pupil(school)
    assert not pupil.user.has_usable_password()

    pin = reset_pin(pupil, by=officer)

    assert User.objects.get(pk=pupil.user.pk).check_password(pin)
    row = AuditEntry.objects.get(action="reset_pin")
    assert pin not in str(row.detail)
    assert row.on_id == pupil.public_id


def test_grade_must_fit_the_school(city):
    primary = a_school(city.east, kind="primary")

    with pytest.raises(Refused, match="初中"):
        create_pupil(name="张三", school=primary, grade=8, by=SYSTEM)

    assert not Person.objects.filter(name="张三").exists()


def test_only_the_own_school_registers_pupils(city, officer):
    with pytest.raises(PermissionDenied):
        create_pupil(name="张三", school=a_school(city.west), grade=8, by=officer)


def test_birthday_comes_from_the_resident_id(school):
    pupil = a_pupil(school, birth_on=None, document_number=a_resident_id(date(2012, 5, 6)))

    assert pupil.pupil.birth_on == date(2012, 5, 6)


def test_identifiers_are_stored_encrypted(school):
    number = a_resident_id(date(2012, 5, 6))
    pupil = a_pupil(school, document_number=number)

    with connection.cursor() as cursor:
        cursor.execute("SELECT document_number, document_index FROM orgs_personalrecord")
        raw = cursor.fetchone()
    assert not any(number in str(column) for column in raw)
    assert PersonalRecord.objects.get(person=pupil).document_number == number


def test_one_document_belongs_to_one_person(school):
    number = a_resident_id(date(2012, 5, 6))
    a_pupil(school, document_number=number)

    with pytest.raises(Refused):
        a_pupil(school, document_number=number.lower())

    assert Person.objects.pupils().count() == 1


def test_a_look_at_identifiers_needs_right_and_reason_and_is_logged(city, school, officer):
    pupil = a_pupil(school, document_number=a_resident_id(date(2012, 5, 6)))

    with pytest.raises(Refused):
        look_at_identifiers(pupil, reason=" ", by=officer)
    for stranger in (a_teacher(school), an_officer("school_officer", a_school(city.west)), pupil):
        with pytest.raises(PermissionDenied):
            look_at_identifiers(pupil, reason="核对", by=actor_for(stranger))
    assert not AuditEntry.objects.filter(action="look_at_identifiers").exists()

    assert look_at_identifiers(pupil, reason="核对学籍", by=officer).person == pupil
    row = AuditEntry.objects.get(action="look_at_identifiers")
    assert (row.reason, row.on_id, row.scope_path) == ("核对学籍", pupil.public_id, school.path)


def test_change_of_school_moves_the_membership(city, school):
    pupil, target = a_pupil(school), a_school(city.east)
    update_pupil(pupil, school=target, grade=9, by=SYSTEM)

    assert actor_for(pupil).home_org == target
    assert pupil.memberships.count() == 2


def test_password_is_issued_by_who_could_give_the_roles(city, school, officer):
    teacher, admin = a_teacher(school), an_officer("security_admin", city.org)

    password = issue_password(teacher, by=officer, org=school)
    user = User.objects.get(pk=teacher.user.pk)
    assert user.check_password(password)
    assert user.must_change_password
    with pytest.raises(PermissionDenied):
        issue_password(admin, by=actor_for(an_officer("city_officer", city.org)), org=city.org)


# --- guardians ---------------------------------------------------------------------------------------------------


def test_guardian_signs_up_with_the_code_of_the_school(school, officer):
    pupil = a_pupil(school, grade=4)
    code = invite_guardian(pupil, "mother", by=officer)
    assert SignInCode.objects.get().code_index != code

    bound = sign_up_guardian(
        f"{code[:5]}-{code[5:].lower()}", name="王母", username="Mother1", password="Sehr-Gut-2026"
    )

    assert (bound.pupil, bound.relation, bound.confirmed_by) == (pupil, "mother", officer.user)
    assert actor_for(bound.guardian).roles == {Role.GUARDIAN}
    assert list(children_of(bound.guardian)) == [pupil]
    assert list(guardians_of(pupil)) == [bound.guardian]
    with pytest.raises(Refused, match="用过"):
        sign_up_guardian(code, name="别人", username="other", password="Sehr-Gut-2026")


def test_a_bad_code_or_password_leaves_nothing_behind(school, officer):
    pupil = a_pupil(school, grade=4)
    code = invite_guardian(pupil, "father", by=officer)
    people = Person.objects.count()

    with pytest.raises(Refused):
        sign_up_guardian("XXXXXXXXXX", name="甲", username="a1", password="Sehr-Gut-2026")
    with pytest.raises(Refused):
        sign_up_guardian(code, name="甲", username="a1", password="kurz")
    with clock.travel(clock.now() + timedelta(days=61)), pytest.raises(Refused, match="过期"):
        sign_up_guardian(code, name="甲", username="a1", password="Sehr-Gut-2026")

    assert Person.objects.count() == people
    assert SignInCode.objects.get().used_at is None


def test_guardian_counts_once_the_school_confirms(school, officer):
    pupil, person = a_pupil(school, grade=4), a_person()
    bound = bind_guardian(person, pupil, "father", confirmed=False, by=officer)
    with pytest.raises(PermissionDenied):
        record_consent(pupil, "entering", by=actor_for(person))

    confirm_guardian(bound, by=officer)

    assert record_consent(pupil, "entering", by=actor_for(person)).relation == "father"


def test_nobody_confirms_oneself(school):
    pupil, person = a_pupil(school, grade=4), an_officer("school_officer", school)
    bound = bind_guardian(person, pupil, "father", confirmed=False, by=SYSTEM)

    with pytest.raises(Refused):
        confirm_guardian(bound, by=actor_for(person))

    assert Guardianship.objects.get().confirmed_at is None


def test_a_second_child_is_added_by_a_code(school, officer):
    guardian = a_guardian(a_pupil(school, grade=4))
    sibling = a_pupil(school, grade=2)
    code = invite_guardian(sibling, "mother", by=officer)

    use_guardian_code(code, by=actor_for(guardian))

    assert sibling in children_of(guardian)
    with pytest.raises(Refused):
        use_guardian_code(code, by=actor_for(a_person()))


def test_an_officer_does_not_bind_oneself(school):
    officer = an_officer("school_officer", school)

    with pytest.raises(Refused):
        bind_guardian(officer, a_pupil(school), "father", by=actor_for(officer))

    assert not Guardianship.objects.exists()


def test_sign_up_form_shows_the_refusal(school, officer):
    facts = {"code": "XXXXXXXXXX", "name": "王母", "username": "mother", "password": "Sehr-Gut-2026"}
    different = GuardianSignUpForm(facts | {"again": "anders"})
    unknown = GuardianSignUpForm(facts | {"again": "Sehr-Gut-2026"})

    assert list(different.errors) == ["again"]
    assert unknown.is_valid()
    assert unknown.save() is None
    assert "没有这个注册码" in unknown.non_field_errors()[0]


def test_identifiers_of_others_are_not_overwritten(city, school, officer):
    stranger = a_pupil(a_school(city.west))

    with pytest.raises(PermissionDenied):
        record_identifiers(stranger, by=officer, org=school, document_number=a_resident_id(date(2012, 5, 6)))

    assert not PersonalRecord.objects.exists()


def test_ended_guardianship_no_longer_answers(school, officer):
    pupil = a_pupil(school, grade=4)
    guardian = a_guardian(pupil)
    end_guardianship(Guardianship.objects.get(), by=officer, reason="法院判决")

    with pytest.raises(PermissionDenied):
        record_consent(pupil, "entering", by=actor_for(guardian))


# --- consent -----------------------------------------------------------------------------------------------------


def test_seven_texts_of_six_items_are_loaded_once(city):
    assert load_consent_texts() == 0
    assert {text.purpose for text in ConsentText.objects.all()} == set(ConsentPurpose.values)
    assert all(
        len(text.items) == 6 and all(body for _heading, body in text.items) for text in ConsentText.objects.all()
    )


def test_under_14_the_guardian_alone(school):
    pupil = a_pupil(school, grade=4)
    guardian = a_guardian(pupil)

    with pytest.raises(Refused):
        record_consent(pupil, "entering", by=actor_for(pupil))
    assert not has_consent(pupil, "entering")

    record_consent(pupil, "entering", by=actor_for(guardian))
    assert has_consent(pupil, "entering")
    assert not has_consent(pupil, "showcase")


def test_from_14_the_pupil_and_the_guardian_is_told(school):
    pupil = a_pupil(school, grade=8)
    guardian = a_guardian(pupil)

    with pytest.raises(Refused):
        record_consent(pupil, "entering", by=actor_for(guardian))
    record_consent(pupil, "entering", by=actor_for(pupil))

    assert has_consent(pupil, "entering")
    assert [message.user for message in Message.objects.all()] == [guardian.user]


def test_guardian_of_a_14_year_old_may_say_no(school):
    pupil = a_pupil(school, grade=8)
    guardian = a_guardian(pupil)
    record_consent(pupil, "talent", by=actor_for(pupil))

    withdraw_consent(pupil, "talent", by=actor_for(guardian))

    assert not has_consent(pupil, "talent")


def test_unknown_birthday_counts_as_a_child(school):
    pupil = a_pupil(school, grade=8, birth_on=None)

    with pytest.raises(Refused):
        record_consent(pupil, "entering", by=actor_for(pupil))


def test_strangers_and_teachers_answer_for_nobody(school):
    pupil = a_pupil(school, grade=4)

    for person in (a_teacher(school), a_pupil(school), a_person()):
        with pytest.raises(PermissionDenied):
            refuse_consent(pupil, "entering", by=actor_for(person))
    assert not Consent.objects.exists()


def test_withdrawal_runs_hooks_and_keeps_history(school):
    pupil = a_pupil(school, grade=8)
    hidden = []
    hook = on_withdrawal("talent", lambda consent: hidden.append(consent.pupil))
    on_withdrawal("talent", hook)
    actor = actor_for(pupil)

    record_consent(pupil, "talent", by=actor)
    withdraw_consent(pupil, "talent", reason="不想公开", by=actor)

    assert hidden == [pupil]
    assert [c.answer for c in Consent.objects.all()] == ["granted", "withdrawn"]
    assert consents_of(pupil) == {"talent": False}
    assert AuditEntry.objects.filter(action="withdraw_consent").get().reason == "不想公开"


def test_answers_are_never_changed(school):
    pupil = a_pupil(school, grade=8)
    consent = record_consent(pupil, "entering", by=actor_for(pupil))

    consent.answer = "refused"
    with pytest.raises(AppendOnlyError):
        consent.save()
    with pytest.raises(AppendOnlyError):
        Consent.objects.all().delete()


def test_consent_as_of_a_moment(school):
    pupil = a_pupil(school, grade=8)
    before = clock.now()
    with clock.travel(before + timedelta(days=1)):
        record_consent(pupil, "entering", by=actor_for(pupil))

    assert not has_consent(pupil, "entering", at=before)
    assert has_consent(pupil, "entering", at=before + timedelta(days=2))


def test_a_childs_consent_by_the_guardian_outlives_the_14th_birthday(school):
    pupil = a_pupil(school, grade=4)
    record_consent(pupil, "entering", by=actor_for(a_guardian(pupil)))

    with clock.travel(pupil.pupil.birth_on.replace(year=pupil.pupil.birth_on.year + 15)):
        assert has_consent(pupil, "entering")


def test_missing_consents_in_one_query(school, django_assert_num_queries):
    agreed, silent = a_pupil(school, grade=8), a_pupil(school, grade=8)
    record_consent(agreed, "entering", by=actor_for(agreed))

    with django_assert_num_queries(1):
        assert missing_consents([agreed.pk, silent.pk], ["entering"]) == {silent.pk}


P, G = AnsweredAs.PUPIL, AnsweredAs.GUARDIAN
HISTORIES = [
    ([], False),
    ([(G, "granted", 10)], True),
    ([(P, "granted", 10)], False),
    ([(P, "granted", 14)], True),
    ([(G, "granted", 14)], False),
    ([(G, "granted", 10), (P, "refused", 10)], False),
    ([(P, "granted", 15), (G, "withdrawn", 15)], False),
    ([(P, "granted", 15), (G, "withdrawn", 15), (P, "granted", 15)], True),
    ([(P, "granted", 18), (G, "withdrawn", 18)], True),
    ([(G, "granted", None)], True),
    ([(G, "granted", 13), (P, "withdrawn", 14), (G, "granted", 14)], False),
]


@pytest.mark.parametrize(("history", "stands"), HISTORIES)
def test_consent_rule(history, stands):
    assert consent_stands(history) is stands


def test_age_turns_on_the_birthday():
    assert [age_on(date(2012, 3, 15), day) for day in (date(2026, 3, 14), date(2026, 3, 15))] == [13, 14]
    assert age_on(date(2012, 2, 29), date(2026, 2, 28)) == 13

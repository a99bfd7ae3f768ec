"""Pupils: a code and a PIN or five pictures, reset by the class's teacher; guardians: by the school's code, several of both."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse

from kechuang.base import clock
from kechuang.base.errors import Refused
from kechuang.base.models import AuditEntry
from kechuang.orgs.actions import (
    end_guardianship,
    give_class,
    invite_guardian,
    lift_lockout,
    reset_pin,
    revoke_invitations,
    sign_up_guardian,
    take_class,
    use_guardian_code,
)
from kechuang.orgs.enums import Role
from kechuang.orgs.models import Guardianship, Membership, SignInCode, User
from kechuang.orgs.queries import children_of, guardians_of
from kechuang.orgs.signin.pictures import LENGTH, PICTURES, new_pictures
from tests.factories.orgs import (
    PASSWORD,
    PIN,
    SYSTEM,
    a_city,
    a_guardian,
    a_pupil,
    a_school,
    a_teacher,
    actor_for,
    an_officer,
)

pytestmark = [pytest.mark.django_db]

BACKEND = "kechuang.orgs.signin.accounts.Accounts"
PAGE = "picture_sign_in"


@pytest.fixture
def school():
    return a_school(a_city().east)


@pytest.fixture
def pupil(school):
    return a_pupil(school, grade=2, class_name="3班", can_sign_in=True)


@pytest.fixture
def teacher(school, pupil):
    person = a_teacher(school)
    give_class(person, school, 2, "3班", by=SYSTEM)
    return person


def inside(person) -> Client:
    client = Client()
    client.force_login(person.user, backend=BACKEND)
    return client


def is_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


def picks(client: Client, login: str, letters: str):
    """As a child does: one picture after the other, each a form of its own."""
    picked = ""
    for letter in letters:
        answer = client.post(reverse(PAGE), {"login": login, "picked": picked, "pick": letter})
        picked += letter
    return answer


# --- pictures ----------------------------------------------------------------------------------------------------


def test_pupil_signs_in_by_pictures_in_their_order(client, pupil):
    letters = reset_pin(pupil, by=SYSTEM, pictures=True)

    answer = picks(client, f" {pupil.user.username.upper()} ", letters)

    assert (answer.status_code, answer.url) == (302, "/desk/")
    assert is_in(client)


def test_wrong_order_says_so_and_counts_towards_the_lock(client, pupil):
    letters = reset_pin(pupil, by=SYSTEM, pictures=True)

    wrong = picks(client, pupil.user.username, letters[::-1])
    assert wrong.status_code == 422 and "图片的顺序不对" in wrong.content.decode()
    for _n in range(4):
        locked = picks(client, pupil.user.username, letters[::-1])

    assert locked.status_code == 429
    assert picks(client, pupil.user.username, letters).status_code == 429


def test_a_picture_is_taken_back_and_the_code_comes_first(client, pupil):
    one = client.post(reverse(PAGE), {"login": pupil.user.username, "picked": "a", "pick": "b"}).content.decode()
    back = client.post(reverse(PAGE), {"login": pupil.user.username, "picked": "ab", "pick": "back"}).content.decode()
    nobody = client.post(reverse(PAGE), {"login": " ", "pick": "b"})

    assert "已点 2 张" in one and "已点 1 张" in back
    assert nobody.status_code == 422


def test_pictures_are_as_many_orders_as_six_digits():
    assert len({p.letter for p in PICTURES}) ** LENGTH > 1_000_000
    assert all(len(set(new_pictures())) >= LENGTH - 1 for _n in range(50))


def test_new_pictures_end_the_old_pin_and_the_other_way_round(client, pupil):
    letters = reset_pin(pupil, by=SYSTEM, pictures=True)
    assert client.post(reverse("account_login"), {"login": pupil.user.username, "password": PIN}).status_code == 422

    reset_pin(pupil, by=SYSTEM)
    assert picks(client, pupil.user.username, letters).status_code == 422


def test_pupil_with_pictures_is_sent_to_the_teacher_for_new_ones(pupil):
    reset_pin(pupil, by=SYSTEM, pictures=True)
    pupil.user.refresh_from_db()

    assert inside(pupil).get(reverse("account_change_password")).url == reverse("me")


# --- the teacher -------------------------------------------------------------------------------------------------


def test_teacher_in_charge_resets_unlocks_and_invites(pupil, teacher):
    actor = actor_for(teacher)

    assert len(reset_pin(pupil, by=actor)) == 6
    assert lift_lockout(pupil, by=actor) is False
    assert invite_guardian(pupil, "mother", by=actor)
    assert AuditEntry.objects.get(action="reset_pin").by_name == teacher.user.username


def test_other_teachers_of_the_school_may_not(pupil, school):
    colleague = a_teacher(school)
    give_class(colleague, school, a_pupil(school, grade=3, class_name="1班").pupil.grade, "1班", by=SYSTEM)
    actor = actor_for(colleague)

    for act in (lambda: reset_pin(pupil, by=actor), lambda: invite_guardian(pupil, "mother", by=actor)):
        with pytest.raises(PermissionDenied):
            act()
    with pytest.raises(Refused):
        lift_lockout(pupil, by=actor)
    answer = inside(colleague).post(reverse("my_classes"), {"do": "pin", "pupil": pupil.public_id})
    assert answer.status_code == 404


def test_charge_ends_with_the_school_year_or_when_taken(pupil, teacher, school):
    with clock.travel(clock.now() + timedelta(days=366)), pytest.raises(PermissionDenied):
        reset_pin(pupil, by=actor_for(teacher))

    take_class(teacher.charges.get(), by=actor_for(an_officer("school_officer", school)))
    with pytest.raises(PermissionDenied):
        reset_pin(pupil, by=actor_for(teacher))


@pytest.mark.parametrize(("who", "grade"), [("stranger", 2), ("own", 9)])
def test_only_teachers_of_the_school_and_real_classes(pupil, school, who, grade):
    person = a_teacher(school if who == "own" else a_school(school.parent))

    with pytest.raises(Refused):
        give_class(person, school, grade, "3班", by=SYSTEM)


def test_page_of_the_class_gives_what_the_teacher_needs(pupil, teacher, client):
    page = inside(teacher)

    for _n in range(5):
        client.post(reverse("account_login"), {"login": pupil.user.username, "password": "000111"})
    assert "已锁定" in page.get(reverse("my_classes")).content.decode()

    once = page.post(reverse("my_classes"), {"do": "pictures", "pupil": pupil.public_id})
    pictures = once.context["once"]["pictures"]
    assert once["Cache-Control"] == "no-store" and all(str(p.word) in once.content.decode() for p in pictures)
    picks(client, pupil.user.username, "".join(p.letter for p in pictures))
    assert is_in(client)
    assert "已锁定" not in page.get(reverse("my_classes")).content.decode()


@pytest.mark.parametrize("n", [1, 3])
def test_page_of_the_class_costs_a_fixed_number_of_queries(pupil, teacher, school, n, django_assert_num_queries):
    for _n in range(n):
        a_pupil(school, grade=2, class_name="3班")
    client = inside(teacher)
    client.get(reverse("my_classes"))

    with django_assert_num_queries(5):
        client.get(reverse("my_classes"))


@pytest.mark.parametrize("kind", ["pin", "pictures", "guardian", "guardian-two"])
def test_teacher_prints_slips_for_the_own_class_only(pupil, teacher, school, kind):
    other = a_pupil(school, grade=2, class_name="4班")
    client = inside(teacher)
    value = f"{school.pk}|2|3班"

    assert "4班" not in client.get(reverse("slips")).content.decode()
    page = client.post(reverse("slips"), {"class": value, "do": kind}).content.decode()
    assert page.count(f"<strong>{pupil.name}</strong>") == (2 if kind == "guardian-two" else 1)
    refused = client.post(reverse("slips"), {"class": f"{school.pk}|2|4班", "do": kind}, follow=True).content.decode()
    assert f"<strong>{other.name}</strong>" not in refused


# --- guardians ---------------------------------------------------------------------------------------------------


def test_several_children_and_several_guardians(school, pupil, client):
    younger = a_pupil(school, grade=1)
    mother = sign_up_guardian(
        invite_guardian(pupil, "mother", by=SYSTEM), name="母亲", username="mother-1", password=PASSWORD
    )
    second = invite_guardian(younger, "mother", by=SYSTEM)

    answer = inside(mother.guardian).post(reverse("guardian_join"), {"code": second.lower()}, follow=True)
    assert younger.name in answer.content.decode()
    client.post(
        reverse("guardian_join"),
        {"code": invite_guardian(pupil, "father", by=SYSTEM), "name": "父亲", "username": "father-1", "password": PASSWORD, "again": PASSWORD},
    )  # fmt: skip

    assert set(children_of(mother.guardian)) == {pupil, younger}
    assert {person.name for person in guardians_of(pupil)} == {"母亲", "父亲"}


def test_revoked_code_no_longer_works_and_others_do(pupil):
    lost = invite_guardian(pupil, "mother", by=SYSTEM)
    assert revoke_invitations(pupil, by=SYSTEM) == 1
    fresh = invite_guardian(pupil, "mother", by=SYSTEM)

    with pytest.raises(Refused, match="作废"):
        sign_up_guardian(lost, name="甲", username="guardian-1", password=PASSWORD)
    assert sign_up_guardian(fresh, name="甲", username="guardian-1", password=PASSWORD)
    assert User.objects.filter(username="guardian-1").count() == 1
    assert SignInCode.objects.filter(used_at__isnull=False).count() == 1


def test_a_pupil_cannot_bind_to_themself_nor_use_a_code_twice(pupil):
    code = invite_guardian(pupil, "mother", by=SYSTEM)
    with pytest.raises(Refused):
        use_guardian_code(code, by=actor_for(pupil))
    use_guardian_code(code, by=actor_for(a_guardian(a_pupil(pupil.pupil.school))))
    with pytest.raises(Refused, match="已经用过"):
        use_guardian_code(code, by=actor_for(a_guardian(a_pupil(pupil.pupil.school))))


def test_whose_last_child_is_unbound_leaves_the_school(school, pupil):
    guardian = a_guardian(pupil)
    other = a_pupil(school)
    use_guardian_code(invite_guardian(other, "mother", by=SYSTEM), by=actor_for(guardian))

    def is_guardian():
        return Membership.objects.current().filter(person=guardian, role=Role.GUARDIAN).exists()

    end_guardianship(Guardianship.objects.get(guardian=guardian, pupil=pupil), by=SYSTEM, reason="转出")
    assert is_guardian()
    end_guardianship(Guardianship.objects.get(guardian=guardian, pupil=other), by=SYSTEM, reason="转出")
    assert not is_guardian()

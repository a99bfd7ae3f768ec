"""People: who is found, roles given and ended, codes shown once, identifiers only for a reason."""

import pytest
from django.urls import reverse

from kechuang.base.models import AuditEntry
from kechuang.orgs.actions import give_class, record_identifiers
from kechuang.orgs.enums import Role
from kechuang.orgs.models import Guardianship, Membership, Person, SignInCode
from tests.factories.orgs import SYSTEM, a_guardian, a_pupil, a_resident_id, a_teacher, actor_for
from tests.web.officer_scene import Scene, a_scene

pytestmark = pytest.mark.django_db


@pytest.fixture
def scene() -> Scene:
    return a_scene()


@pytest.fixture
def school(scene):
    return scene.client("school")


def act(client, person, do, **data):
    return client.post(reverse("person", args=[person.public_id]), {"do": do, **data})


def found(client, query=""):
    return {person.pk for person in client.get(reverse("people") + query).context["page"].object_list}


def test_each_office_finds_the_people_of_its_subtree(scene, school):
    own, other, far = a_pupil(scene.school), a_pupil(scene.other_school), a_pupil(scene.far_school)

    assert own.pk in found(school)
    assert not {other.pk, far.pk} & found(school)
    assert {own.pk, other.pk} <= found(scene.client("district"))
    assert {own.pk, other.pk, far.pk} <= found(scene.client("city"))


def test_search_by_name_sign_in_name_grade_and_role(scene, school):
    pupil = a_pupil(scene.school, 8, name="欧阳明月", class_name="3班")
    teacher = a_teacher(scene.school)

    assert found(school, "?q=欧阳") == {pupil.pk}
    assert found(school, f"?q={pupil.user.username}") == {pupil.pk}
    assert found(school, "?grade=8&class=3班") == {pupil.pk}
    assert found(school, "?role=teacher") == {teacher.pk}


def test_a_teacher_leafs_through_no_school_and_sees_the_own_classes_alone(scene):
    own, other = a_pupil(scene.school, 8, class_name="1班"), a_pupil(scene.school, 8, class_name="2班")
    for pupil in (own, other):
        a_guardian(pupil)
    teacher = scene.person("teacher")
    give_class(teacher, scene.school, 8, "1班", by=SYSTEM)
    client = scene.client("teacher")

    assert [
        client.get(reverse(name, args=args)).status_code for name, args in (("people", []), ("person", [own.public_id]))
    ] == [403, 403]
    assert own.name in client.get(reverse("my_classes")).content.decode()
    assert other.name not in client.get(reverse("my_classes")).content.decode()
    seen = set(Person.objects.visible_to(actor_for(teacher)).values_list("pk", flat=True))
    assert seen == {teacher.pk, own.pk}
    assert set(Membership.objects.visible_to(actor_for(teacher)).values_list("person", flat=True)) == set()


def test_a_role_is_given_and_ended(scene, school):
    teacher = a_teacher(scene.school)

    act(school, teacher, "grant", org_code=scene.school.code, role=Role.SCHOOL_TEAM_HEAD, title="校长")
    membership = Membership.objects.get(person=teacher, role=Role.SCHOOL_TEAM_HEAD)
    act(school, teacher, "end", membership=membership.pk)

    assert membership.title == "校长"
    assert not Membership.objects.current().filter(pk=membership.pk).exists()


def test_a_role_above_one_s_own_is_refused_in_words(scene, school):
    teacher = a_teacher(scene.school)

    response = act(school, teacher, "grant", org_code=scene.school.code, role=Role.SCHOOL_OFFICER)

    assert response.status_code == 422
    assert "您不能授予“学校管理员”" in response.content.decode()
    assert not Membership.objects.filter(person=teacher, role=Role.SCHOOL_OFFICER).exists()


def test_a_role_needs_a_known_organisation(scene, school):
    response = act(school, a_teacher(scene.school), "grant", org_code="nowhere", role=Role.TEACHER)

    assert response.status_code == 422
    assert "没有代码为“nowhere”的机构" in response.content.decode()


def test_a_new_pin_is_shown_once_and_opens_the_account(scene, school):
    pupil = a_pupil(scene.school)

    response = act(school, pupil, "pin")
    pin = response.context["once"]["text"]
    pupil.user.refresh_from_db()

    assert pupil.user.check_password(pin)
    assert pin in response.content.decode()
    assert pin not in school.get(reverse("person", args=[pupil.public_id])).content.decode()


def test_another_school_s_pupil_is_404(scene):
    pupil = a_pupil(scene.school)

    assert act(scene.client("other_school"), pupil, "pin").status_code == 404


def test_a_head_of_the_team_may_look_but_not_reset(scene):
    pupil = a_pupil(scene.school)

    assert act(scene.client("head"), pupil, "pin").status_code == 403


def test_identifiers_are_shown_for_a_reason_and_logged(scene, school):
    pupil = a_pupil(scene.school)
    number = a_resident_id(pupil.pupil.birth_on)
    record_identifiers(pupil, by=SYSTEM, org=scene.school, document_number=number)

    before = school.get(reverse("person", args=[pupil.public_id])).content.decode()
    silent = act(school, pupil, "look", reason="")
    told = act(school, pupil, "look", reason="核对报名信息")

    assert number not in before
    assert silent.status_code == 302
    assert number in told.content.decode()
    assert (
        AuditEntry.objects.filter(action="look_at_identifiers").values_list("reason", flat=True).get() == "核对报名信息"
    )


def test_a_guardian_is_invited_confirmed_and_unbound(scene, school):
    pupil = a_pupil(scene.school, 4)
    guardian = a_guardian(pupil, confirmed=False)
    bound = Guardianship.objects.get(guardian=guardian, pupil=pupil)

    invited = act(school, pupil, "invite", relation="father")
    act(school, pupil, "confirm", guardianship=bound.pk)
    bound.refresh_from_db()
    confirmed = bound.confirmed_at
    act(school, pupil, "unbind", guardianship=bound.pk, reason="登记错误")
    bound.refresh_from_db()

    assert len(invited.context["once"]["text"]) == 10
    assert SignInCode.objects.filter(pupil=pupil, relation="father").count() == 1
    assert confirmed is not None
    assert bound.ended_at is not None


def test_unconfirmed_guardians_can_be_listed(scene, school):
    waiting, done = a_pupil(scene.school, 4), a_pupil(scene.school, 4)
    a_guardian(waiting, confirmed=False)
    a_guardian(done)

    assert found(school, "?unconfirmed=1") == {waiting.pk}


def test_a_class_is_moved_up(scene, school):
    pupil = a_pupil(scene.school, 8)

    act(school, pupil, "class", grade="9", class_name="初三1班")

    pupil.pupil.refresh_from_db()
    assert (pupil.pupil.grade, pupil.pupil.class_name) == (9, "初三1班")


def test_a_member_of_staff_is_registered_with_an_account(scene, school):
    school.post(
        reverse("person_new"),
        {"kind": "staff", "name": "何老师", "org_code": scene.school.code, "role": "teacher", "username": "hels"},
    )

    person = Person.objects.get(name="何老师")
    assert person.user.must_change_password
    assert [m.role for m in actor_for(person).memberships] == ["teacher"]


def test_a_sign_in_name_in_use_registers_nobody(scene, school):
    taken = a_teacher(scene.school).user.username

    response = school.post(
        reverse("person_new"),
        {"kind": "staff", "name": "何老师", "org_code": scene.school.code, "role": "teacher", "username": taken},
    )

    assert response.status_code == 422
    assert "已被使用" in response.content.decode()
    assert not Person.objects.filter(name="何老师").exists()


def test_a_pupil_needs_a_grade(scene, school):
    response = school.post(
        reverse("person_new"), {"kind": "pupil", "name": "小何", "org_code": scene.school.code, "role": "teacher"}
    )

    assert response.status_code == 422
    assert "请选择学生的年级" in response.content.decode()


def test_slips_cover_one_class_and_no_other(scene, school):
    mine = [a_pupil(scene.school, 8, class_name="3班") for _n in range(2)]
    a_pupil(scene.school, 8, class_name="4班")

    pins = school.post(reverse("slips"), {"class": f"{scene.school.pk}|8|3班", "do": "pin"})
    codes = school.post(reverse("slips"), {"class": f"{scene.school.pk}|8|3班", "do": "guardian"})

    assert {slip["code"] for slip in pins.context["slips"]} == {pupil.user.username for pupil in mine}
    for pupil in mine:
        pupil.user.refresh_from_db()
    assert {
        slip["secret"] for slip in pins.context["slips"] if any(p.user.check_password(slip["secret"]) for p in mine)
    } == {slip["secret"] for slip in pins.context["slips"]}
    assert SignInCode.objects.filter(pupil__in=mine).count() == len(codes.context["slips"]) == 2


def test_slips_of_another_school_are_refused(scene, school):
    a_pupil(scene.other_school, 8, class_name="3班")

    response = school.post(reverse("slips"), {"class": f"{scene.other_school.pk}|8|3班", "do": "pin"})

    assert "请选择一个有学生的班级" in school.get(response["Location"], follow=True).content.decode()


@pytest.mark.parametrize("n", [1, 3])
def test_list_costs_a_fixed_number_of_queries(scene, school, n, django_assert_num_queries):
    for _ in range(n):
        a_pupil(scene.school, 8)

    with django_assert_num_queries(9):
        response = school.get(reverse("people") + "?role=pupil")

    assert len(response.context["page"].object_list) == n

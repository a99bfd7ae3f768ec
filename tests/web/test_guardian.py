"""Consent: who is asked, in which words, what a no does, and the way back; and how a guardian comes in."""

import pytest
from django.urls import reverse

from kechuang.base.models import Message
from kechuang.orgs.actions import invite_guardian, record_consent
from kechuang.orgs.models import Consent, ConsentText, Guardianship, User
from kechuang.orgs.queries import has_consent
from tests.factories.orgs import SYSTEM, a_city, a_guardian, a_pupil, a_school, a_teacher, actor_for, an_officer
from tests.web.applicant_scene import a_draft, a_scene, signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


CHILDREN_PAGE = 7
"""Queries of the page, however many children."""


@pytest.fixture
def school():
    return a_school(a_city().east)


def page_of(pupil, purpose="entering"):
    return reverse("consent", args=[pupil.public_id, purpose])


def test_guardian_of_a_small_child_reads_six_items_and_agrees(school):
    child = a_pupil(school, grade=4)
    client = signed_in(a_guardian(child))

    page = client.get(page_of(child)).content.decode()
    text = ConsentText.objects.in_force("entering")
    assert [heading in page and words[:20] in page for heading, words in text.items] == [True] * 6

    client.post(page_of(child), {"answer": "yes"})
    assert has_consent(child, "entering")


def test_no_is_as_easy_as_yes(school):
    child = a_pupil(school, grade=4)
    client = signed_in(a_guardian(child))

    response = client.post(page_of(child), {"answer": "no"}, follow=True)

    assert "已记录：不同意" in response.content.decode()
    assert [c.answer for c in Consent.objects.filter(pupil=child)] == ["refused"]
    assert not has_consent(child, "entering")


def test_withdrawal_is_kept_with_its_history(school):
    child = a_pupil(school, grade=4)
    client = signed_in(a_guardian(child))
    client.post(page_of(child), {"answer": "yes"})

    page = client.post(page_of(child), {"answer": "withdraw", "reason": "改主意了"}, follow=True)

    assert not has_consent(child, "entering")
    assert [c.answer for c in page.context["history"]] == ["withdrawn", "granted"]
    assert "改主意了" in page.content.decode()


def test_child_under_14_cannot_agree_alone(school):
    child = a_pupil(school, grade=4)

    response = signed_in(child).post(page_of(child), {"answer": "yes"})

    assert response.status_code == 422
    assert "须由监护人" in response.content.decode()
    assert not Consent.objects.exists()


def test_pupil_of_14_answers_alone_and_the_guardian_is_told(school):
    pupil = a_pupil(school, grade=8)
    guardian = a_guardian(pupil)

    signed_in(pupil).post(page_of(pupil), {"answer": "yes"})

    assert has_consent(pupil, "entering")
    assert Message.objects.filter(user=guardian.user, kind="consent.recorded").count() == 1


def test_guardian_cannot_agree_for_a_pupil_of_14_but_can_say_no(school):
    pupil = a_pupil(school, grade=8)
    client = signed_in(a_guardian(pupil))
    record_consent(pupil, "entering", by=actor_for(pupil))

    assert client.post(page_of(pupil, "media"), {"answer": "yes"}).status_code == 422
    client.post(page_of(pupil), {"answer": "withdraw"})

    assert not has_consent(pupil, "entering")


def test_answer_must_be_one_of_the_two(school):
    child = a_pupil(school, grade=4)

    response = signed_in(a_guardian(child)).post(page_of(child), {"answer": "perhaps"})

    assert response.status_code == 422
    assert not Consent.objects.exists()


def test_only_the_child_and_its_confirmed_guardian_see_the_page(school):
    child = a_pupil(school, grade=4)
    people = {
        "anonymous": None,
        "guardian": a_guardian(child),
        "unconfirmed": a_guardian(child, relation="father", confirmed=False),
        "child": child,
        "other_guardian": a_guardian(a_pupil(school, grade=4)),
        "classmate": a_pupil(school, grade=4),
        "teacher": a_teacher(school),
        "school": an_officer("school_officer", school),
    }

    statuses = {who: signed_in(person).get(page_of(child)).status_code for who, person in people.items()}

    assert statuses == {
        "anonymous": 302, "guardian": 200, "unconfirmed": 404, "child": 200, "other_guardian": 404, "classmate": 404,
        "teacher": 403, "school": 403,
    }  # fmt: skip


def test_unknown_purpose_is_not_found(school):
    child = a_pupil(school, grade=4)

    assert signed_in(a_guardian(child)).get(page_of(child, "selling")).status_code == 404


def test_children_page_says_what_is_waiting_and_what_they_take_part_in():
    scene = a_scene()
    draft = a_draft(scene)
    guardian = a_guardian(scene.pupil)
    client = signed_in(guardian)

    child = client.get(reverse("guardian")).context["children"][0]
    assert child.waiting == 1
    assert child.applications == [draft]
    assert client.get(reverse("application", args=[draft.public_id])).status_code == 200

    record_consent(scene.pupil, "entering", by=actor_for(scene.pupil))
    assert client.get(reverse("guardian")).context["children"][0].waiting == 0


def test_children_page_costs_the_same_with_more_children(school, django_assert_num_queries):
    child = a_pupil(school, grade=4)
    guardian = a_guardian(child)
    client = signed_in(guardian)
    client.get(reverse("guardian"))
    with django_assert_num_queries(CHILDREN_PAGE):
        client.get(reverse("guardian"))
    for _n in range(2):
        Guardianship.objects.create(
            guardian=guardian, pupil=a_pupil(school, grade=4), relation="mother", confirmed_at=child.created_at
        )
    with django_assert_num_queries(CHILDREN_PAGE):
        assert len(client.get(reverse("guardian")).context["children"]) == 3


JOIN = {"name": "赵先生", "username": "zhao_xs", "password": "Kechuang-2026-Test", "again": "Kechuang-2026-Test"}


def test_guardian_joins_with_the_code_of_the_school(client, school):
    child = a_pupil(school, grade=4)
    code = invite_guardian(child, "father", by=SYSTEM)

    response = client.post(reverse("guardian_join"), JOIN | {"code": code.lower()})

    assert response.status_code == 302
    user = User.objects.get(username="zhao_xs")
    assert signed_in(user.person).get(page_of(child)).status_code == 200


@pytest.mark.parametrize(
    ("facts", "sentence"),
    [
        ({"code": "NOTACODE22"}, "没有这个注册码"),
        ({"again": "something else"}, "两次写的密码不一样"),
        ({"password": "1234567890", "again": "1234567890"}, "密码"),
        ({"name": ""}, "这个字段是必填项"),
    ],
)
def test_joining_is_refused_in_words(client, school, facts, sentence):
    code = invite_guardian(a_pupil(school, grade=4), "father", by=SYSTEM)
    before = User.objects.count()

    response = client.post(reverse("guardian_join"), JOIN | {"code": code} | facts)

    assert response.status_code == 422
    assert sentence in response.content.decode()
    assert User.objects.count() == before


def test_code_works_once(client, school):
    code = invite_guardian(a_pupil(school, grade=4), "father", by=SYSTEM)
    client.post(reverse("guardian_join"), JOIN | {"code": code})

    response = client.post(reverse("guardian_join"), JOIN | {"code": code, "username": "second_one"})

    assert "已经用过" in response.content.decode()
    assert not User.objects.filter(username="second_one").exists()

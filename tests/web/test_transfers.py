"""The pages of a transfer: asking, answering, sending back, and what each side may read."""

import pytest
from django.core.cache import cache
from django.urls import reverse

from kechuang.orgs.models import PupilRecord, Transfer
from tests.factories.orgs import a_pupil, with_xueji
from tests.web.officer_scene import Scene, a_scene

pytestmark = pytest.mark.django_db


@pytest.fixture
def scene() -> Scene:
    return a_scene()


@pytest.fixture
def pupil(scene):
    return a_pupil(scene.school, 8, name="欧阳明月")


def ask(scene, pupil, who="other_school", **wrong):
    school = scene.other_school
    given = {
        "org_code": school.code,
        "name": pupil.name,
        "number": with_xueji(pupil),
        "grade": "8",
        "class_name": "3班",
    }
    return scene.client(who).post(reverse("transfer_new"), given | wrong)


def test_a_transfer_from_request_to_both_lists(scene, pupil):
    asked = ask(scene, pupil)
    row = Transfer.objects.get()
    address = reverse("transfer", args=[row.public_id])
    before = scene.client("other_school").get(address).content.decode()

    answered = scene.client("school").post(address, {"do": "confirm"})

    assert (asked.status_code, answered.status_code) == (302, 302)
    assert reverse("person", args=[pupil.public_id]) not in before
    assert PupilRecord.objects.get(person=pupil).school == scene.other_school
    assert scene.client("school").get(reverse("person", args=[pupil.public_id])).status_code == 404
    assert reverse("person", args=[pupil.public_id]) in scene.client("other_school").get(address).content.decode()


def test_a_wrong_number_is_told_by_the_form_and_nothing_else(scene, pupil):
    response = ask(scene, pupil, number="G440305201205060011")

    assert response.status_code == 422
    assert "没有查到姓名和号码都相符的在籍学生" in response.content.decode()
    assert scene.school.name not in response.content.decode()


def test_a_refusal_without_a_reason_stands_on_the_page(scene, pupil):
    ask(scene, pupil)
    address = reverse("transfer", args=[Transfer.objects.get().public_id])

    silent = scene.client("school").post(address, {"do": "refuse", "reason": ""})
    told = scene.client("school").post(address, {"do": "refuse", "reason": "手续不全，请家长补交"})

    assert silent.status_code == 422
    assert "请写明不同意转出的理由" in silent.content.decode()
    assert told.status_code == 302
    assert "手续不全，请家长补交" in scene.client("other_school").get(address).content.decode()


def test_a_third_school_reads_nothing_of_it(scene, pupil):
    ask(scene, pupil)
    row = Transfer.objects.get()

    far = scene.client("other_district")

    assert pupil.name in scene.client("district").get(reverse("transfers")).content.decode()
    assert pupil.name not in far.get(reverse("transfers")).content.decode()
    assert far.get(reverse("transfer", args=[row.public_id])).status_code == 404


def test_asking_too_often_waits(scene, pupil, settings, monkeypatch):
    settings.RATE_LIMITS = settings.RATE_LIMITS | {"codes": "2/10"}
    monkeypatch.setattr("kechuang.base.throttle.time.time", lambda: 1_800_000_015.0)
    cache.clear()

    answers = [ask(scene, pupil, name="不对").status_code for _n in range(3)]

    assert answers == [422, 422, 429]


@pytest.mark.parametrize("n", [1, 3])
def test_the_list_costs_the_same_for_one_and_many(scene, django_assert_num_queries, n):
    for _n in range(n):
        ask(scene, a_pupil(scene.school, 8))
    client = scene.client("school")
    client.get(reverse("transfers"))

    with django_assert_num_queries(QUERIES):
        client.get(reverse("transfers"))


QUERIES = 6

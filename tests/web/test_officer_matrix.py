"""Every page of the offices and the operator, tried by everybody."""

import pytest
from django.urls import reverse

from kechuang.base.models import Job
from tests.factories.engine import a_call
from tests.web.matrix import officer, operator
from tests.web.officer_scene import PEOPLE, Scene, a_scene, answers_to

pytestmark = pytest.mark.django_db
DRAFT_PAGES = {"call_preview", "call_publish", "call_edit", "call_item"}
REDIRECTS = {"desk", "office_moved", "office_neighbour", "office_applications"}


@pytest.fixture(autouse=True)
def no_second_factor(settings):
    settings.TOTP_ROLES = []


@pytest.fixture
def scene() -> Scene:
    return a_scene()


def address_of(name: str, scene: Scene) -> str:
    slug = a_call(scene.city, state="draft").slug if name in DRAFT_PAGES else scene.call.slug
    arguments = {
        "call_edit": [slug, "basics"],
        "call_item": [slug, "question", "work", "kind"],
        "office_neighbour": [slug, scene.entry().public_id, "next"] if name == "office_neighbour" else [],
        "person": [scene.person("pupil").public_id],
        "org": [scene.school.code],
        "org_edit": [scene.school.code],
        "org_change": [scene.school.code, "rename"],
        "roster_template": ["pupils"],
        "job": [Job.objects.create(kind="test", title="测试").public_id] if name == "job" else [],
    }
    plain = {
        "desk",
        "office",
        "office_calls",
        "call_new",
        "people",
        "person_new",
        "slips",
        "orgs",
        "org_new",
        "rosters",
        "jobs",
        "audit",
        "holidays",
    }
    return reverse(name, args=[] if name in plain else arguments.get(name, [slug]))


@pytest.mark.parametrize("name", [*officer.MATRIX, *operator.MATRIX])
def test_page_answers_exactly_whom_the_matrix_names(scene, name):
    expected = (officer.MATRIX | operator.MATRIX)[name]

    answers = dict(answers_to(scene, address_of(name, scene)))

    welcome = {200, 302} if name in REDIRECTS else {200}
    assert {who for who in PEOPLE if answers[who] in welcome} == expected
    assert answers["anonymous"] == 401
    assert {answers[who] for who in PEOPLE if who not in expected | {"anonymous"}} <= {403, 404}

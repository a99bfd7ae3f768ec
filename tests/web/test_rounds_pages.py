"""The organiser's review pages: every one opens, for those who run the round and for nobody else."""

import pytest
from django.urls import reverse

from tests.web.review_scenes import a_defence, a_scene

pytestmark = pytest.mark.django_db

POOL = ("experts", "expert_new", "expert_template", "expert_sheet", "expert_upload")
SCORING = ("round", "round_invite", "conflicts", "assignments")
DEFENCE = ("round", "panels", "panel_new", "timetable", "door_lists", "defence_board", "conflicts", "assignments")
POSTED = (
    "round_open", "round_times", "round_find", "round_assign", "round_remind", "round_extra", "round_close", "round_reopen", "round_uninvite",
    "timetable_build",
)  # fmt: skip


@pytest.fixture
def scene(db):
    return a_scene()


@pytest.fixture
def defence(db):
    return a_defence()


@pytest.mark.parametrize("name", POOL)
def test_pages_of_the_pool_open(scene, name):
    assert scene.officer().get(reverse(name)).status_code == 200


@pytest.mark.parametrize("name", SCORING)
def test_pages_of_a_written_round_open(scene, name):
    assert scene.officer().get(reverse(name, args=scene.args)).status_code == 200


@pytest.mark.parametrize("name", DEFENCE)
def test_pages_of_a_defence_open(defence, name):
    assert defence.officer().get(reverse(name, args=defence.args)).status_code == 200


def test_pages_of_one_row_open(scene, defence):
    officer, entry = scene.officer(), scene.round.entries.first()
    slot = defence.round.panels.get().slots.first()

    assert officer.get(reverse("round_entry", args=[*scene.args, entry.alias])).status_code == 200
    assert officer.get(reverse("expert", args=[scene.reviewers[0].pk])).status_code == 200
    assert (
        defence.officer().get(reverse("panel", args=[*defence.args, defence.round.panels.get().pk])).status_code == 200
    )
    assert defence.officer().get(reverse("slot", args=[*defence.args, slot.pk])).status_code == 200

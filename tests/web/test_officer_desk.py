"""The desk: what waits for whom, with its age and deadline, and nothing that waits for somebody else."""

from datetime import date, timedelta

import pytest
from django.urls import reverse

from kechuang.base import clock
from kechuang.base.models import Holiday, Job
from kechuang.base.workdays import load_holidays
from kechuang.engine.applications.models import Application
from kechuang.orgs.actions import grant_membership
from kechuang.orgs.actor import Actor
from kechuang.orgs.enums import Role
from kechuang.web.navigation import items_of
from kechuang.web.officer.desk import tasks_of
from tests.factories.engine import a_call
from tests.factories.orgs import SYSTEM, a_guardian, a_person, a_pupil, actor_for, an_officer
from tests.web.officer_scene import Scene, a_scene

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def no_second_factor(settings):
    settings.TOTP_ROLES = []


@pytest.fixture
def scene() -> Scene:
    load_holidays()
    return a_scene()


def tasks(scene, who):
    with clock.travel(date(2026, 6, 1)):
        return [(task.title, task.n) for task in tasks_of(Actor.of(scene.person(who).user))]


def test_each_office_reads_its_own_queue(scene):
    for state, n in (("submitted", 3), ("endorsed", 2), ("recommended", 1)):
        for _ in range(n):
            scene.entry(state)

    assert tasks(scene, "school") == [("待学校审核", 3)]
    assert tasks(scene, "head") == [("待学校审核", 3)]
    assert tasks(scene, "district") == [("待区级推荐", 2)]
    assert tasks(scene, "city") == [("待资格审查", 1)]
    assert tasks(scene, "other_district") == []
    assert tasks(scene, "inspector") == []


def test_a_task_tells_its_age_and_deadline(scene):
    entry = scene.entry()
    Application.objects.filter(pk=entry.pk).update(state_since=clock.now() - timedelta(days=4, hours=1))

    task = tasks_of(Actor.of(scene.person("school").user))[0]

    assert task.days == 4
    assert task.until.isoformat() == scene.call.plan.step("endorse").closes_at
    assert task.url.endswith("?state=submitted")


def test_drafts_wait_for_the_one_who_builds_them(scene):
    a_call(scene.city, state="draft")

    assert tasks(scene, "city") == [("通知还没有发布", 1)]
    assert tasks(scene, "district") == []


def test_guardians_wait_for_the_school(scene):
    a_guardian(a_pupil(scene.school, 4), confirmed=False)

    assert tasks(scene, "school") == [("监护关系待确认", 1)]
    assert tasks(scene, "other_school") == []


def test_failed_jobs_wait_for_the_operator(scene):
    Job.objects.create(kind="x", title="x", state="failed", finished_at=clock.now())

    assert tasks(scene, "operator") == [("后台任务没有成功", 1)]
    assert tasks(scene, "auditor") == []


@pytest.mark.parametrize(("month", "missing"), [(6, []), (11, ["还没有 2027 年的节假日安排，公示期无法计算"])])
def test_next_year_s_holidays_are_asked_for_in_november(scene, month, missing):
    actor = actor_for(scene.person("operator"))

    with clock.travel(date(2026, month, 15)):
        assert [task.title for task in tasks_of(actor)] == missing


def test_a_missing_present_year_is_said_at_once(scene):
    Holiday.objects.filter(date__year=2026).delete()

    assert tasks(scene, "city") == [("还没有 2026 年的节假日安排，公示期无法计算", 1)]


def test_the_nearest_deadline_stands_first(scene):
    a_call(scene.city, state="draft")
    scene.entry("recommended")

    assert [title for title, _n in tasks(scene, "city")] == ["待资格审查", "通知还没有发布"]


@pytest.mark.parametrize(
    ("who", "name"),
    [
        ("pupil", "applications"),
        ("teacher", "applications"),
        ("guardian", "guardian"),
        ("expert", "reviews"),
        ("city", "office"),
        ("auditor", "office"),
    ],
)
def test_everybody_lands_on_their_own_page(scene, who, name):
    assert scene.client(who).get(reverse("desk"))["Location"] == reverse(name)


def test_an_account_without_a_role_is_told_whom_to_ask(client, scene):
    client.force_login(a_person().user, backend="allauth.account.auth_backends.AuthenticationBackend")

    assert "请联系本校或本单位的管理员" in client.get(reverse("desk")).content.decode()


def test_navigation_names_what_the_person_may_open(scene):
    def labels(who):
        return [item["label"] for item in items_of(Actor.of(scene.person(who).user), "/office/calls/")]

    assert "后台任务" in labels("operator")
    assert "审计" in labels("auditor")
    assert "审计" not in labels("city")
    assert "名册" in labels("school")
    assert "名册" not in labels("teacher")


def test_only_the_longest_fitting_item_is_lit(scene):
    items = items_of(Actor.of(scene.person("city").user), reverse("office_calls") + "x/")

    assert [item["url"] for item in items if item["active"]] == [reverse("office_calls")]


@pytest.mark.parametrize("n", [1, 3])
def test_desk_costs_a_fixed_number_of_queries(scene, n, django_assert_num_queries):
    for _ in range(n):
        scene.entry("endorsed")
    client = scene.client("district")

    with django_assert_num_queries(14):
        response = client.get(reverse("office"))

    assert [task.n for task in response.context["tasks"] if "推荐" in task.title] == [n]


def test_somebody_with_two_hats_finds_both(scene):
    officer = an_officer(Role.SCHOOL_OFFICER, scene.school)

    grant_membership(officer, scene.city.org, Role.EXPERT, by=SYSTEM)
    client = scene.client("anonymous")
    client.force_login(officer.user, backend="allauth.account.auth_backends.AuthenticationBackend")

    assert [link["url"] for link in client.get(reverse("office")).context["own"]] == [reverse("reviews")]

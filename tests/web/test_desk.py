"""The desk: what waits for whom, with its age and deadline, and nothing that waits for somebody else."""

from datetime import date, timedelta

import pytest
from django.urls import reverse

from kechuang.base import clock
from kechuang.base.models import Holiday, Job
from kechuang.base.workdays import load_holidays
from kechuang.engine.applications.models import Application
from kechuang.engine.models import Assignment, QuotaLine
from kechuang.orgs.actions import grant_membership
from kechuang.orgs.actor import Actor
from kechuang.orgs.enums import Role
from kechuang.web.desk.views import tasks_of
from kechuang.web.navigation import items_of
from tests.factories.engine import a_call, an_application
from tests.factories.orgs import SYSTEM, a_guardian, a_person, a_pupil, actor_for, an_officer, has_agreed
from tests.web.officer_scene import Scene, a_scene
from tests.web.review_scenes import a_scene as a_review_scene

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


@pytest.mark.parametrize("who", ["pupil", "teacher", "guardian", "expert", "school", "district", "city", "auditor"])
def test_everybody_has_a_desk_of_their_own(scene, who):
    page = scene.client(who).get(reverse("desk"))

    assert (page.status_code, page.templates[0].name) == (200, "desk/desk.html")
    assert scene.client(who).get(reverse("office"))["Location"] == reverse("desk")


def test_an_account_without_a_role_is_told_whom_to_ask(client, scene):
    client.force_login(a_person().user, backend="kechuang.orgs.signin.accounts.Accounts")

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
@pytest.mark.parametrize(("who", "queries"), [("school", 18), ("district", 19), ("city", 22)])
def test_an_officer_s_desk_costs_a_fixed_number_of_queries(scene, n, who, queries, django_assert_num_queries):
    for _ in range(n):
        for state in ("submitted", "endorsed", "recommended", "draft"):
            scene.entry(state)
    client = scene.client(who)
    client.get(reverse("desk"))

    with django_assert_num_queries(queries):
        response = client.get(reverse("desk"))

    assert [task.n for task in response.context["tasks"] if task.counts] == [n]


@pytest.mark.parametrize("n", [1, 3])
@pytest.mark.parametrize(("who", "queries"), [("teacher", 12), ("guardian", 11), ("pupil", 14)])
def test_one_s_own_desk_costs_a_fixed_number_of_queries(scene, n, who, queries, django_assert_num_queries):
    for _ in range(n):
        for state in ("draft", "endorsed"):
            call = a_call(scene.city, plan=scene.call.plan)
            an_application(
                call, scene.school, state=state, members=[scene.person("pupil")], advisers=[scene.person("teacher")]
            )
    client = scene.client(who)
    client.get(reverse("desk"))

    with django_assert_num_queries(queries):
        response = client.get(reverse("desk"))

    assert len(response.context["lines"]) == (n if who != "guardian" else 2 * n)


def test_somebody_with_two_hats_finds_both_on_one_desk(scene):
    officer = an_officer(Role.SCHOOL_OFFICER, scene.school)
    grant_membership(officer, scene.school, Role.TEACHER, by=SYSTEM)
    scene.entry("submitted")
    scene.entry("draft", title="我带的队", advisers=[officer])

    assert {task.title for task in tasks_of(Actor.of(officer.user))} == {"待学校审核", "我带的队"}


def test_a_guardian_reads_in_plain_words_what_to_answer(scene):
    pupil = a_pupil(scene.school, 5)
    guardian = a_guardian(pupil)
    scene.entry("draft", members=[pupil], stage="primary", discipline="TD")

    task = tasks_of(Actor.of(guardian.user))[0]

    assert task.title == f"请答复：{pupil.name} · 报名参赛"
    assert task.url == reverse("consent", args=[pupil.public_id, "entering"])
    assert "不同意也可以" in task.over
    has_agreed(pupil, "entering")
    assert tasks_of(Actor.of(guardian.user)) == []


def test_a_school_reads_whose_consent_is_missing_in_its_own_entries_only(scene):
    near, far = a_pupil(scene.school, 5), a_pupil(scene.other_school, 5)
    scene.entry("draft", members=[near], stage="primary")
    scene.entry("draft", scene.other_school, members=[far], stage="primary")

    page = scene.client("school").get(reverse("desk"))

    assert page.context["consents"] == {"n": 1, "names": [near.name], "more": 0}
    assert far.name not in page.content.decode()


def test_a_district_s_figures_are_its_own(scene):
    scene.entry("endorsed")
    scene.entry("endorsed", scene.far_school)
    QuotaLine.objects.create(call=scene.call, org=scene.city.east, division="", places=4)
    QuotaLine.objects.create(call=scene.call, org=scene.city.west, division="", places=5)

    figures = {
        who: scene.client(who).get(reverse("desk")).context["calls"][0]
        for who in ("district", "other_district", "city")
    }

    assert {who: one.funnel.series[0].values[0] for who, one in figures.items()} == {
        "district": 1,
        "other_district": 1,
        "city": 2,
    }
    assert [quota.places for quota in figures["district"].quotas] == [4]
    assert [quota.places for quota in figures["city"].quotas] == [4, 5]
    assert [place.name for place in figures["district"].places] == [scene.school.label]
    assert figures["district"].tiles is None
    assert [tile.value for tile in figures["city"].tiles.tiles][:2] == [1, 1]


def test_calls_that_nobody_answered_yet_are_lines_not_pictures(scene):
    quiet = a_call(scene.city, title="还没有人申报的评选")
    scene.entry("endorsed")

    page = scene.client("district").get(reverse("desk"))

    assert [one.call for one in page.context["calls"]] == [scene.call]
    assert [one.call for one in page.context["quiet"]] == [quiet]
    assert "还没有收到申报的通知" in page.content.decode()
    QuotaLine.objects.create(call=quiet, org=scene.city.east, division="", places=4)
    page = scene.client("district").get(reverse("desk"))
    assert {one.call for one in page.context["calls"]} == {scene.call, quiet}


def test_the_expert_goes_on_with_the_begun_sheet():
    scene = a_review_scene(entries=3)
    actor = Actor.of(scene.reviewers[0].person.user)
    mine = Assignment.objects.own(actor).order_by("entry__alias")
    Assignment.objects.filter(pk=mine[1].pk).update(state="draft")

    task = next(task for task in tasks_of(actor) if task.title == "等您评分")

    assert (task.n, task.url) == (mine.count(), reverse("score", args=[mine[1].pk]))

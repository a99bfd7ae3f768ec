"""What people do on a phone: signing in, filling in, consenting, scoring, verifying. Nothing sticks out sideways, nothing breaks."""

import pytest
from playwright.sync_api import expect

from kechuang.base.clock import travel
from kechuang.base.jobs import run_pending_jobs
from kechuang.engine.applications.actions import add_member, begin_application
from kechuang.engine.applications.models import Application
from kechuang.engine.awards.actions import award_call
from kechuang.engine.models import Assignment
from tests.engine.honours import closed_notice, make_competition
from tests.factories.engine import a_call, a_round
from tests.factories.orgs import actor_for
from tests.journeys.contest import STAGE, TITLE, Contest, a_contest, day
from tests.journeys.visitor import PHONE, Open

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]
HELD = {"viewport": PHONE, "has_touch": True, "is_mobile": True, "device_scale_factor": 2}


@pytest.fixture(autouse=True)
def _spring():
    with travel(day(3, 3)):
        yield


@pytest.fixture
def contest() -> Contest:
    found = a_contest()
    a_call(found.city)
    return found


def a_draft(contest: Contest) -> Application:
    teacher = actor_for(contest.teacher)
    draft = begin_application(contest.call, contest.school, by=teacher)
    add_member(draft, contest.pupil, by=teacher)
    return draft


def test_signing_in_and_filling_in(door: Open, contest: Contest, troubles: list[str]):
    draft = a_draft(contest)
    with door(**HELD) as teacher:
        teacher.go("account_login")
        teacher.fits()
        teacher.sign_in(contest.teacher)
        teacher.fits()
        teacher.go("application_edit", draft.public_id)
        teacher.fits()
        teacher.fill({"a-title": TITLE, "a-stage": STAGE})
        expect(teacher.page.locator("[data-save-state]").first).to_contain_text("已保存")
        teacher.page.reload()
        assert teacher.page.locator("[name=a-title]").input_value() == TITLE
        teacher.go("application", draft.public_id)
        teacher.fits()

    draft.refresh_from_db()
    assert (draft.title, draft.stage) == (TITLE, STAGE)
    assert troubles == []


def test_a_guardian_reads_and_agrees(door: Open, contest: Contest, troubles: list[str]):
    a_draft(contest)
    with door(contest.guardian, **HELD) as guardian:
        guardian.go("guardian")
        guardian.sees(contest.pupil.name)
        guardian.fits()
        guardian.go("consent", contest.pupil.public_id, "entering")
        guardian.fits()
        guardian.press("同意")
        guardian.sees("已记录：同意")
        guardian.fits()

    assert troubles == []


def test_an_expert_scores_in_the_drawer(door: Open, contest: Contest, troubles: list[str]):
    contest.others(1)
    a_round(contest.call, contest.reviewers, assigned=True)
    row = Assignment.objects.get(reviewer=contest.reviewers[0])
    with door(contest.reviewers[0].person, **HELD) as expert_:
        expert_.go("reviews")
        expert_.fits()
        expert_.go("score", row.pk)
        expert_.fits()
        expert_.page.locator("details[data-drawer] summary").first.click()
        for field in expert_.page.locator("[data-criterion] input[type=number]").all():
            field.fill("8")
        for gate in expert_.page.locator("input[type=radio][value=yes]").all():
            gate.check()
        expert_.page.fill("#comment", "选题有新意，实验设计合理，数据充分。")
        expert_.press("提交评分，评下一件")
        expert_.page.wait_for_url("**/reviews/?round=*")
        expert_.fits()

    row.refresh_from_db()
    assert row.state == "submitted"
    assert troubles == []


def test_anybody_verifies_a_certificate(door: Open, troubles: list[str]):
    competition = make_competition(pupils=("张小三",), advisers=("赵老师",))
    outcome = award_call(closed_notice(competition), by=competition.officer)
    run_pending_jobs()
    with door(**HELD) as anybody:
        anybody.go("verify")
        anybody.fits()
        anybody.page.fill("[name=number]", outcome.certificates[0].code)
        anybody.press("核验")
        anybody.sees("证书有效")
        anybody.fits()

    assert troubles == []

"""One competition through its pages, from the call to the certificate that everybody can verify: with a mouse, by key alone, on a phone.

Every page on the way is checked (`audit.py`); by key, every place that the focus comes by.
"""

from datetime import timedelta

import pytest
from playwright.sync_api import expect

from kechuang.base.clock import travel
from kechuang.engine.awards.models import Certificate
from kechuang.engine.models import Assignment, Call, PublicNotice, Reviewer, ReviewRound
from tests.journeys.contest import DISCIPLINE, STAGE, TITLE, Contest, a_contest, day, papers
from tests.journeys.entrants import attach, begin, consent, hand_in, sign
from tests.journeys.offices import (
    announce,
    award,
    close_and_rank,
    decide_in_the_list,
    invite_everybody,
    press_next_steps,
    propose_and_finalise,
    score,
    set_up_a_panel,
    to_the_call,
)
from tests.journeys.visitor import Open, Visitor

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]

CONTEST = "第 42 届示范市青少年科技创新大赛"
STEPS = {
    "apply": ((3, 2), (3, 20)), "endorse": ((3, 2), (3, 27)), "recommend": ((3, 2), (4, 3)), "screen": ((3, 2), (4, 10)),
    "review": ((4, 13), (4, 24)), "defence": ((4, 27), (5, 8)), "notice": ((5, 11), (5, 20)), "award": ((5, 21), (6, 5)),
}  # fmt: skip
BASICS = {"a-title": TITLE, "a-stage": STAGE}
ANSWERS = {
    "a-title_en": "Recognising the fauna of mangroves",
    "a-discipline": DISCIPLINE,
    "a-abstract": "我们在三个月里拍摄了两千张照片，训练模型识别招潮蟹和弹涂鱼，准确率为百分之九十一。",
    "a-kind": "科学论文",
    "a-keywords": "红树林、图像识别、招潮蟹",
    "a-origin": "在海边观察时发现人工计数很慢，而且两个人数出来的结果常常不一样。",
    "a-method": "固定样方每周拍摄两次，人工标注一千张，其余用来检验。",
    "a-novelty": "模型可以在手机上离线运行，现场就能得到结果。",
    "a-result": "识别一张照片用时不到一秒，已在两处保护区试用。",
    "a-period_from": "2025-09-01",
    "a-period_to": "2026-02-10",
    "a-lab": "no",
    "a-adult_help": "教师指导了统计方法，家长陪同野外拍摄。",
    "a-living": "no",
    "a-earlier": "no",
}


@pytest.mark.parametrize("hand", ["mouse", "keyboard", "touch"], indirect=True)
def test_a_contest_from_the_call_to_the_certificate(door: Open, troubles: list[str], tmp_path):
    with travel(day(3, 2)):
        contest = a_contest()
        with door(contest.city_officer) as officer:
            publish_a_call(officer)
    with travel(day(3, 3)):
        apply(door, contest, papers(tmp_path))
    with travel(day(3, 23)):
        decide_in_the_list(door, contest.school_officer, CONTEST, TITLE, "审核通过并报送")
    with travel(day(3, 30)):
        decide_in_the_list(door, contest.district_officer, CONTEST, TITLE, "推荐到市")
    with travel(day(4, 7)):
        decide_in_the_list(door, contest.city_officer, CONTEST, TITLE, "审查通过")
        assert contest.entry.state == "screened"
    with travel(day(4, 13)):
        review(door, contest)
    with travel(day(4, 27)):
        defend(door, contest)
    with travel(day(5, 11)):
        announce(door, contest.city_officer, TITLE, hidden=contest.pupil.name)
    with travel(PublicNotice.objects.get().ends_on + timedelta(days=1)):
        award(door, contest.city_officer, CONTEST, contest.pupil.name)
        assert contest.entry.state == "awarded"
        verify(door, contest)
        show(door, contest)
        read_the_result(door, contest)

    assert troubles == []


# --- call ------------------------------------------------------------------------------------------------------------


def publish_a_call(officer: Visitor) -> None:
    """From the programme's defaults: approval and dates are all that must be added."""
    officer.menu("申报")
    officer.follow("新建申报通知")
    officer.fill({"programme": "innovation_contest", "title": CONTEST, "edition": "42", "year": "2026"})
    officer.press("建立草稿")
    officer.fill({"summary": "征集全市中小学生的科技发明和科学论文。"})
    officer.press("保存并继续")
    officer.follow("批准文号")
    officer.fill(
        {"approval_number": "示教函〔2026〕88号", "approval_from": "2026-01-01", "approval_until": "2026-12-31"}
    )
    officer.press("保存并继续")
    officer.follow("步骤与时间")
    for n, (opens, closes) in enumerate(STEPS.values()):
        officer.fill({
            f"rows-{n}-opens_at": f"2026-{opens[0]:02}-{opens[1]:02}T09:00",
            f"rows-{n}-closes_at": f"2026-{closes[0]:02}-{closes[1]:02}T18:00",
        })  # fmt: skip
    officer.press("保存并继续")
    officer.follow("检查并发布")
    officer.press("发布")
    assert Call.objects.get().state == "published"


# --- application -----------------------------------------------------------------------------------------------------


def apply(door: Open, contest: Contest, files: dict) -> None:
    """The pupil begins and asks the teacher along; the teacher completes; the guardian agrees; the teacher hands in."""
    with door(contest.pupil) as pupil:
        begin_with_a_teacher(pupil, contest)
    with door(contest.teacher) as teacher:
        complete(teacher, contest, files)
        with door(contest.guardian) as guardian:
            consent(guardian, "报名参赛")
        hand_in(teacher)
    entry = contest.entry
    assert (entry.state, bool(entry.receipt_no)) == ("submitted", True)


def begin_with_a_teacher(pupil: Visitor, contest: Contest) -> None:
    begin(pupil, CONTEST)
    pupil.fill(BASICS)
    expect(pupil.page.locator(f"[name=a-discipline] option[value={DISCIPLINE}]")).to_have_count(1)
    expect(pupil.page.locator("[data-save-state]").first).to_contain_text("已保存")
    pupil.write("#find_teacher", contest.teacher.name)
    pupil.press("设为指导教师")
    expect(pupil.page.locator("#team")).to_contain_text(contest.teacher.name)
    pupil.menu("我的申报")
    pupil.follow(TITLE)


def complete(teacher: Visitor, contest: Contest, files: dict) -> None:
    teacher.menu("指导的申报")
    teacher.follow(TITLE)
    teacher.follow("修改")
    teacher.fill(ANSWERS)
    for code, path in files.items():
        attach(teacher, code, path)
    expect(teacher.page.locator("#team")).to_contain_text(contest.pupil.name)
    sign(teacher, contest.call.plan.pledges)


# --- review ----------------------------------------------------------------------------------------------------------


def review(door: Open, contest: Contest) -> None:
    others = contest.others(5)
    with door(contest.city_officer) as officer:
        to_the_call(officer, CONTEST)
        officer.follow("初评")
        officer.press("启动评审")
        invite_everybody(officer)
        chair = contest.reviewers[0]
        officer.follow("邀请专家")
        officer.hand.pick(officer.page.locator("select[name=reviewer]"), str(chair.pk))
        officer.press("保存", officer.page.locator("form:has(select[name=reviewer])"))
        officer.follow("进度")
        press_next_steps(officer, until=Assignment.objects.exists)
        assert Assignment.objects.count() == 3 * (1 + len(others))
        score(door, contest.entry, ReviewRound.objects.get(code="preliminary"))
        close_and_rank(officer, CONTEST, "初评", TITLE)
        meet_to_decide(door, officer, chair)
        propose_and_finalise(officer, "入围")
    assert contest.entry.state == "in_defence"


def meet_to_decide(door: Open, officer: Visitor, chair: Reviewer) -> None:
    """What hangs on one judge is on the organiser's sheet, by numbers; who that is, only the jury's chair reads. Then the ranking stands."""
    officer.follow("稳定性分析")
    officer.press("开始分析")
    officer.sees("去掉一位专家，会变什么")
    expect(officer.page.locator("main")).not_to_contain_text(chair.person.name)
    with door(chair.person) as at_the_head:
        at_the_head.menu("工作台")
        at_the_head.follow("评委会主任")
        at_the_head.sees("讨论清单")
        at_the_head.follow("看各位专家")
        at_the_head.follow(chair.person.name)
        at_the_head.sees("去掉这位专家")
    officer.follow("回到排名")
    officer.press("重演核对")
    officer.sees("重演一致")


# --- defence ---------------------------------------------------------------------------------------------------------


def defend(door: Open, contest: Contest) -> None:
    with door(contest.city_officer) as officer:
        to_the_call(officer, CONTEST)
        officer.follow("终评问辩")
        officer.press("启动评审")
        set_up_a_panel(officer, day="2026-04-28", title=TITLE)
        score(door, contest.entry, ReviewRound.objects.get(code="defence"))
        close_and_rank(officer, CONTEST, "终评问辩", TITLE)
        propose_and_finalise(officer, "授奖")
    assert contest.entry.state == "in_publicity"


# --- certificate, gallery ------------------------------------------------------------------------------------------


def verify(door: Open, contest: Contest) -> None:
    certificate = Certificate.objects.get(award__application=contest.entry, person=contest.pupil)
    assert certificate.state == "issued"
    with door() as anybody:
        anybody.go("home")
        anybody.menu("证书核验")
        anybody.write("main [name=number]", certificate.code)
        anybody.press("核验")
        anybody.sees("证书有效")
        anybody.sees(TITLE)
        anybody.sees("不作为中小学招生入学依据")


def show(door: Open, contest: Contest) -> None:
    """Nothing is shown before the guardian agrees."""
    with door(contest.guardian) as guardian:
        consent(guardian, "作品展示", "公示姓名")
    with door(contest.city_officer) as officer:
        to_the_call(officer, CONTEST)
        officer.follow("成果展示")
        officer.confirm("展示 1 件", "publish-works")
    with door() as anybody:
        anybody.go("home")
        anybody.menu("成果展示")
        anybody.follow(TITLE)
        anybody.sees("招潮蟹")


def read_the_result(door: Open, contest: Contest) -> None:
    with door(contest.pupil) as pupil:
        pupil.menu("我的申报")
        pupil.follow(TITLE)
        pupil.sees("证书")

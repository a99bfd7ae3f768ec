"""One competition through its pages: from the call to the certificate that everybody can verify."""

from datetime import timedelta

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from kechuang.base.clock import travel
from kechuang.base.jobs import run_pending_jobs
from kechuang.engine.awards.models import Certificate
from kechuang.engine.models import Assignment, Call, PublicNotice, ReviewRound
from tests.factories.engine import scored
from tests.journeys.contest import DISCIPLINE, STAGE, TITLE, Contest, a_contest, day, papers
from tests.journeys.visitor import Open, Visitor

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]

STEPS = {
    "apply": ((3, 2), (3, 20)), "endorse": ((3, 2), (3, 27)), "recommend": ((3, 2), (4, 3)), "screen": ((3, 2), (4, 10)),
    "review": ((4, 13), (4, 24)), "defence": ((4, 27), (5, 8)), "notice": ((5, 11), (5, 20)), "award": ((5, 21), (6, 5)),
}  # fmt: skip
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
COMMENT = "选题来自生活，数据记录完整，误差分析还可以更深入。"


def test_a_contest_from_the_call_to_the_certificate(door: Open, troubles: list[str], tmp_path):
    with travel(day(3, 2)):
        contest = a_contest()
        with door(contest.city_officer) as officer:
            publish_a_call(officer)
    with travel(day(3, 3)):
        apply(door, contest, papers(tmp_path))
    with travel(day(3, 23)):
        decide_in_the_list(door, contest.school_officer, contest, "审核通过并报送", "endorsed")
    with travel(day(3, 30)):
        decide_in_the_list(door, contest.district_officer, contest, "推荐到市", "recommended")
    with travel(day(4, 7)):
        decide_in_the_list(door, contest.city_officer, contest, "审查通过", "screened")
    with travel(day(4, 13)):
        review(door, contest)
    with travel(day(4, 27)):
        defend(door, contest)
    with travel(day(5, 11)):
        announce(door, contest)
    with travel(PublicNotice.objects.get().ends_on + timedelta(days=1)):
        award(door, contest)
        verify(door, contest)
        show(door, contest)

    assert troubles == []


# --- call ------------------------------------------------------------------------------------------------------------


def publish_a_call(officer: Visitor) -> None:
    """From the programme's defaults: approval and dates are all that must be added."""
    officer.go("call_new")
    officer.fill({"title": "第 42 届示范市青少年科技创新大赛", "edition": "42", "year": "2026"})
    officer.press("建立草稿")
    slug = officer.in_address(r"/office/calls/([\w-]+)/")
    officer.fill({"summary": "征集全市中小学生的科技发明和科学论文。"})
    officer.press("保存并继续")
    officer.go("call_edit", slug, "approval")
    officer.fill(
        {"approval_number": "示教函〔2026〕88号", "approval_from": "2026-01-01", "approval_until": "2026-12-31"}
    )
    officer.press("保存并继续")
    officer.go("call_edit", slug, "steps")
    for n, (opens, closes) in enumerate(STEPS.values()):
        officer.fill({
            f"rows-{n}-opens_at": f"2026-{opens[0]:02}-{opens[1]:02}T09:00",
            f"rows-{n}-closes_at": f"2026-{closes[0]:02}-{closes[1]:02}T18:00",
        })  # fmt: skip
    officer.press("保存并继续")
    officer.go("call_publish", slug)
    officer.press("发布")
    assert Call.objects.get().state == "published"
    looks_at(officer, "call", slug, words="第 42 届示范市青少年科技创新大赛")


def looks_at(visitor: Visitor, name: str, *args: object, words: str) -> None:
    visitor.go(name, *args)
    visitor.sees(words)


# --- application -----------------------------------------------------------------------------------------------------


def apply(door: Open, contest: Contest, files: dict) -> None:
    with door(contest.teacher) as teacher:
        begin_and_fill(teacher, contest, files)
        with door(contest.guardian) as guardian:
            consent(guardian, contest, "entering")
        submit(teacher)
    entry = contest.entry
    assert (entry.state, bool(entry.receipt_no)) == ("submitted", True)


def begin_and_fill(teacher: Visitor, contest: Contest, files: dict) -> None:
    teacher.go("begin", contest.call.slug)
    teacher.press("开始填写")
    teacher.page.wait_for_url("**/edit/")
    page = teacher.page
    teacher.fill({"a-title": TITLE, "a-stage": STAGE})
    expect(page.locator(f"[name=a-discipline] option[value={DISCIPLINE}]")).to_have_count(1)
    expect(page.locator("[data-save-state]").first).to_contain_text("已保存")
    teacher.fill(ANSWERS)
    for code, path in files.items():
        box = page.locator(f"#{anchor(code)}")
        box.locator("input[type=file]").set_input_files(path)
        expect(box).to_contain_text("已通过检查")
    page.locator("#find_pupil").fill(contest.pupil.name)
    teacher.press("加入团队")
    expect(page.locator("#team")).to_contain_text(contest.pupil.name)
    for pledge in contest.call.plan.pledges:
        box = page.locator(f"#pledge-{pledge.code}")
        if pledge.asks_detail:
            box.locator("textarea").fill("没有使用")
        teacher.press("我已阅读并签署", box)
        expect(page.locator(f"#pledge-{pledge.code}")).to_contain_text("已签署")


def anchor(code: str) -> str:
    return f"q-{code}"


def consent(guardian: Visitor, contest: Contest, purpose: str) -> None:
    guardian.go("consent", contest.pupil.public_id, purpose)
    guardian.press("同意")
    guardian.sees("已记录：同意")


def submit(teacher: Visitor) -> None:
    teacher.page.reload()
    teacher.press("检查并提交")
    teacher.press("确认提交")
    teacher.page.wait_for_url("**/receipt/")
    teacher.sees("受理号")


# --- offices ---------------------------------------------------------------------------------------------------------


def decide_in_the_list(door: Open, person, contest: Contest, label: str, state: str) -> None:
    """Tick the entry in the office's list and press the button of the move."""
    with door(person) as officer:
        officer.go("office_applications", contest.call.slug)
        officer.page.get_by_label(TITLE, exact=True).check()
        officer.press(label, officer.page.locator("#queue"))
        officer.page.wait_for_url("**/moved/")
    assert contest.entry.state == state


# --- review ----------------------------------------------------------------------------------------------------------


def review(door: Open, contest: Contest) -> None:
    others = contest.others(5)
    with door(contest.city_officer) as officer:
        officer.go("round", contest.call.slug, "preliminary")
        officer.press("启动评审")
        officer.go("round_invite", contest.call.slug, "preliminary")
        officer.page.locator("[data-select-all]").check()
        officer.press("邀请所选专家")
        officer.go("round", contest.call.slug, "preliminary")
        press_next_steps(officer, until=Assignment.objects.exists)
        assert Assignment.objects.count() == 3 * (1 + len(others))
        score(door, contest, "preliminary")
        close_and_rank(officer, contest, "preliminary")
        propose_and_finalise(officer, contest, "preliminary", "shortlist")
    assert contest.entry.state == "in_defence"


def press_next_steps(officer: Visitor, *, until) -> None:
    """The board says what comes next and brings it: declare conflicts, assign."""
    for _n in range(4):
        if until():
            return
        officer.page.locator(".next-step").locator("xpath=ancestor::div[contains(@class,'line-between')]").get_by_role(
            "button"
        ).click()
        officer.page.wait_for_load_state()
        run_pending_jobs()
        officer.page.reload()


def score(door: Open, contest: Contest, code: str) -> None:
    """One expert scores the entry on the page; the other sheets are handed in beside it."""
    round = ReviewRound.objects.get(code=code)
    assignment = round.assignments.filter(entry__application=contest.entry).select_related("reviewer__person").first()
    with door(assignment.reviewer.person) as expert_:
        fill_in_a_sheet(expert_, assignment)
    scored(
        round,
        lambda row: 0.9 if row.entry.application_id == contest.entry.pk else 0.8 - row.entry.application_id % 7 / 20,
    )


def fill_in_a_sheet(expert_: Visitor, assignment: Assignment) -> None:
    page = expert_.page
    expert_.go("score", assignment.pk)
    for field in page.locator("[data-criterion] input[type=number]").all():
        field.fill(str(float(field.get_attribute("max")) * 0.9))
    for gate in page.locator("input[type=radio][value=yes]").all():
        gate.check()
    page.fill("#comment", COMMENT)
    expect(page.locator("[data-save-state]")).to_have_attribute("data-state", "saved")
    page.fill("#feedback", "数据记录很扎实，可以再比较一种天气。")
    expert_.press("提交评分，评下一件")
    expert_.sees("的评分已提交")


def close_and_rank(officer: Visitor, contest: Contest, code: str) -> None:
    officer.go("round", contest.call.slug, code)
    officer.page.locator("a[data-dialog][href='#close']").first.click()
    with officer.page.expect_navigation():
        officer.page.locator("dialog#close .dialog-actions button").last.click()
    officer.go("ranking", contest.call.slug, code)
    officer.press("开始排名")
    officer.sees(TITLE)


def propose_and_finalise(officer: Visitor, contest: Contest, code: str, kind: str) -> None:
    officer.page.goto(f"{officer.root}{reverse('decision', args=[contest.call.slug, code])}?kind={kind}")
    officer.press("按以上条件拟定")
    officer.confirm("确定结果", "finalise")


# --- defence ---------------------------------------------------------------------------------------------------------


def defend(door: Open, contest: Contest) -> None:
    with door(contest.city_officer) as officer:
        officer.go("round", contest.call.slug, "defence")
        officer.press("启动评审")
        officer.go("panel_new", contest.call.slug, "defence")
        officer.fill({"name": "信息科学组", "room": "B 栋 203 室"})
        for box in officer.page.locator("[name=reviewers]").all():
            box.check()
        officer.press("保存专家组")
        officer.go("timetable", contest.call.slug, "defence")
        officer.fill({"day": "2026-04-28"})
        officer.press("排时间")
        officer.sees(TITLE)
        score(door, contest, "defence")
        close_and_rank(officer, contest, "defence")
        propose_and_finalise(officer, contest, "defence", "award")
    assert contest.entry.state == "in_publicity"


# --- notice, award, gallery ------------------------------------------------------------------------------------------


def announce(door: Open, contest: Contest) -> None:
    with door(contest.city_officer) as officer:
        officer.go("office_notices")
        officer.press("起草公示")
        officer.confirm("发布公示", "publish")
    notice = PublicNotice.objects.get()
    assert notice.state == "open"
    with door() as reader:
        looks_at(reader, "notice", notice.number, words=TITLE)
        expect(reader.page.locator("body")).not_to_contain_text(contest.pupil.name)


def award(door: Open, contest: Contest) -> None:
    notice = PublicNotice.objects.get()
    with door(contest.city_officer) as officer:
        officer.go("office_notice", notice.number)
        officer.confirm("结束公示", "close")
        officer.go("awards", contest.call.slug)
        officer.confirm("授奖并制作证书", notice.number)
        run_pending_jobs()
        officer.go("awards", contest.call.slug)
        officer.sees(contest.pupil.name)
    assert contest.entry.state == "awarded"


def verify(door: Open, contest: Contest) -> None:
    certificate = Certificate.objects.get(award__application=contest.entry, person=contest.pupil)
    assert certificate.state == "issued"
    with door() as anybody:
        anybody.go("verify")
        anybody.page.fill("[name=number]", certificate.code)
        anybody.press("核验")
        anybody.sees("证书有效")
        anybody.sees(TITLE)
        anybody.sees("不作为中小学招生入学依据")


def show(door: Open, contest: Contest) -> None:
    """Nothing is shown before the guardian agrees."""
    with door(contest.guardian) as guardian:
        for purpose in ("showcase", "publicity"):
            consent(guardian, contest, purpose)
    with door(contest.city_officer) as officer:
        officer.go("curate", contest.call.slug)
        officer.confirm("展示", "publish-works")
    with door() as anybody:
        anybody.go("works")
        anybody.page.locator("main").get_by_text(TITLE).first.click()
        anybody.sees("招潮蟹")

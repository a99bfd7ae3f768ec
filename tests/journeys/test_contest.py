"""One competition through its pages, from the call to the certificate that everybody can verify: with a mouse, by key alone, on a phone.

Every page on the way is checked (`audit.py`); by key, every place that the focus comes by.
"""

from datetime import timedelta

import pytest
from playwright.sync_api import expect

from kechuang.base.clock import travel
from kechuang.base.jobs import run_pending_jobs
from kechuang.engine.awards.models import Certificate
from kechuang.engine.models import Assignment, Call, PublicNotice, Reviewer, ReviewRound
from tests.factories.engine import scored
from tests.journeys.contest import DISCIPLINE, STAGE, TITLE, Contest, a_contest, day, papers
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
COMMENT = "选题来自生活，数据记录完整，误差分析还可以更深入。"


@pytest.mark.parametrize("hand", ["mouse", "keyboard", "touch"], indirect=True)
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
        begin(pupil, contest)
    with door(contest.teacher) as teacher:
        complete(teacher, contest, files)
        with door(contest.guardian) as guardian:
            consent(guardian, contest, "报名参赛")
        submit(teacher)
    entry = contest.entry
    assert (entry.state, bool(entry.receipt_no)) == ("submitted", True)


def begin(pupil: Visitor, contest: Contest) -> None:
    pupil.menu("申报通知")
    pupil.follow(CONTEST)
    pupil.follow("开始申报")
    pupil.press("开始填写")
    pupil.page.wait_for_url("**/edit/")
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
    page = teacher.page
    teacher.fill(ANSWERS)
    for code, path in files.items():
        box = page.locator(f"#q-{code}")
        teacher.hand.attach(box.locator("[data-drop-zone] input"), path)
        expect(box).to_contain_text("已通过检查")
    expect(page.locator("#team")).to_contain_text(contest.pupil.name)
    for pledge in contest.call.plan.pledges:
        box = page.locator(f"#pledge-{pledge.code}")
        if pledge.asks_detail:
            teacher.hand.write(box.locator("textarea"), "没有使用")
        teacher.press("我已阅读并签署", box)
        expect(page.locator(f"#pledge-{pledge.code}")).to_contain_text("已签署")


def consent(guardian: Visitor, contest: Contest, *purposes: str) -> None:
    for purpose in purposes:
        guardian.menu("我的孩子")
        guardian.follow(purpose)
        guardian.press("同意")
        guardian.sees("已记录：同意")


def submit(teacher: Visitor) -> None:
    teacher.page.reload()
    teacher.press("检查并提交")
    teacher.press("确认提交")
    teacher.page.wait_for_url("**/receipt/")
    teacher.look()
    teacher.sees("受理号")


# --- offices ---------------------------------------------------------------------------------------------------------


def to_the_call(officer: Visitor) -> None:
    officer.menu("申报")
    officer.follow(CONTEST)


def decide_in_the_list(door: Open, person, contest: Contest, label: str, state: str) -> None:
    """Tick the entry in the office's list and press the button of the move."""
    with door(person) as officer:
        to_the_call(officer)
        officer.follow("办理申报")
        officer.hand.tick(officer.page.get_by_label(TITLE, exact=True))
        officer.press(label)
        officer.page.wait_for_url("**/applications/acts/*/")
        officer.look()
    assert contest.entry.state == state


# --- review ----------------------------------------------------------------------------------------------------------


def review(door: Open, contest: Contest) -> None:
    others = contest.others(5)
    with door(contest.city_officer) as officer:
        to_the_call(officer)
        officer.follow("初评")
        officer.press("启动评审")
        officer.follow("邀请专家")
        officer.hand.tick(officer.page.locator("[data-select-all]"))
        officer.press("邀请所选专家")
        chair = contest.reviewers[0]
        officer.follow("邀请专家")
        officer.hand.pick(officer.page.locator("select[name=reviewer]"), str(chair.pk))
        officer.press("保存", officer.page.locator("form:has(select[name=reviewer])"))
        officer.follow("进度")
        press_next_steps(officer, until=Assignment.objects.exists)
        assert Assignment.objects.count() == 3 * (1 + len(others))
        score(door, contest, "preliminary")
        close_and_rank(officer, "初评")
        meet_to_decide(door, officer, chair)
        propose_and_finalise(officer, "入围")
    assert contest.entry.state == "in_defence"


def press_next_steps(officer: Visitor, *, until) -> None:
    """The board says what comes next and brings it: declare conflicts, assign."""
    for _n in range(4):
        if until():
            return
        card = officer.page.locator(".next-step").locator("xpath=ancestor::div[contains(@class,'line-between')]")
        officer.hand.press(card.get_by_role("button"))
        officer.settle()
        run_pending_jobs()
        officer.page.reload()


def score(door: Open, contest: Contest, code: str) -> None:
    """One expert scores the entry on the page; the other sheets are handed in beside it."""
    round = ReviewRound.objects.get(code=code)
    assignment = round.assignments.filter(entry__application=contest.entry).select_related("reviewer__person").first()
    with door(assignment.reviewer.person) as expert_:
        expert_.menu("评审")
        expert_.follow(TITLE)
        fill_in_a_sheet(expert_)
    scored(
        round,
        lambda row: 0.9 if row.entry.application_id == contest.entry.pk else 0.8 - row.entry.application_id % 7 / 20,
    )


def fill_in_a_sheet(expert_: Visitor) -> None:
    page = expert_.page
    if expert_.on_phone:
        expert_.hand.press(page.locator("details[data-drawer]:not([open]) > summary"))
    for field in page.locator("[data-criterion] input[type=number]").all():
        expert_.hand.write(field, str(float(field.get_attribute("max")) * 0.9))
    for gate in page.locator("input[type=radio][value=yes]").all():
        expert_.hand.tick(gate)
    expert_.write("#comment", COMMENT)
    expect(page.locator("[data-save-state]").first).to_have_attribute("data-state", "saved")
    expert_.write("#feedback", "数据记录很扎实，可以再比较一种天气。")
    expert_.look("open")
    expert_.press("提交评分，评下一件")
    expert_.sees("的评分已提交")


def close_and_rank(officer: Visitor, name: str) -> None:
    to_the_call(officer)
    officer.follow(name)
    officer.confirm("结束", "close")
    to_the_call(officer)
    officer.follow("排名")
    officer.press("开始排名")
    officer.sees(TITLE)


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


def propose_and_finalise(officer: Visitor, kind: str) -> None:
    officer.follow("去拟定结果")
    officer.follow(kind)
    officer.press("按以上条件拟定")
    officer.confirm("确定结果", "finalise")


# --- defence ---------------------------------------------------------------------------------------------------------


def defend(door: Open, contest: Contest) -> None:
    with door(contest.city_officer) as officer:
        to_the_call(officer)
        officer.follow("终评问辩")
        officer.press("启动评审")
        officer.follow("专家组")
        officer.follow("增加专家组")
        officer.fill({"name": "信息科学组", "room": "B 栋 203 室"})
        for box in officer.page.locator("[name=reviewers]").all():
            officer.hand.tick(box)
        officer.press("保存专家组")
        officer.follow("排问辩时间")
        officer.fill({"day": "2026-04-28"})
        officer.press("排时间")
        officer.sees(TITLE)
        score(door, contest, "defence")
        close_and_rank(officer, "终评问辩")
        propose_and_finalise(officer, "授奖")
    assert contest.entry.state == "in_publicity"


# --- notice, award, gallery ------------------------------------------------------------------------------------------


def announce(door: Open, contest: Contest) -> None:
    with door(contest.city_officer) as officer:
        officer.menu("公示")
        officer.press("起草公示")
        officer.confirm("发布公示", "publish")
    notice = PublicNotice.objects.get()
    assert notice.state == "open"
    with door() as reader:
        reader.go("home")
        reader.menu("公示公告")
        reader.follow(notice.title)
        reader.sees(TITLE)
        expect(reader.page.locator("body")).not_to_contain_text(contest.pupil.name)


def award(door: Open, contest: Contest) -> None:
    notice = PublicNotice.objects.get()
    with door(contest.city_officer) as officer:
        officer.menu("公示")
        officer.follow(notice.title)
        officer.confirm("结束公示", "close")
        officer.follow("去授奖")
        officer.confirm("授奖并制作证书", notice.number)
        run_pending_jobs()
        to_the_call(officer)
        officer.follow("奖项与证书")
        officer.sees(contest.pupil.name)
    assert contest.entry.state == "awarded"


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
        consent(guardian, contest, "作品展示", "公示姓名")
    with door(contest.city_officer) as officer:
        to_the_call(officer)
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

"""What offices and experts do with the entries of any call, page by page."""

from collections.abc import Callable

from playwright.sync_api import expect

from kechuang.base.jobs import run_pending_jobs
from kechuang.engine.applications.models import Application
from kechuang.engine.models import PublicNotice, ReviewRound
from kechuang.orgs.models import Person
from tests.factories.engine import scored
from tests.journeys.visitor import Open, Visitor

COMMENT = "选题来自生活，数据记录完整，误差分析还可以更深入。"


def to_the_call(officer: Visitor, call: str) -> None:
    officer.menu("申报")
    officer.follow(call)


def decide_in_the_list(door: Open, person: Person, call: str, title: str, label: str) -> None:
    """Tick the entry in the office's list and press the button of the move."""
    with door(person) as officer:
        to_the_call(officer, call)
        officer.follow("办理申报")
        officer.hand.tick(officer.page.get_by_label(title, exact=True))
        officer.press(label)
        officer.page.wait_for_url("**/applications/acts/*/")
        officer.look()


def invite_everybody(officer: Visitor) -> None:
    officer.follow("邀请专家")
    officer.hand.tick(officer.page.locator("[data-select-all]"))
    officer.press("邀请所选专家")


def press_next_steps(officer: Visitor, *, until: Callable[[], bool]) -> None:
    """The board says what comes next and brings it: declare conflicts, assign."""
    for _n in range(4):
        if until():
            return
        card = officer.page.locator(".next-step").locator("xpath=ancestor::div[contains(@class,'line-between')]")
        officer.hand.press(card.get_by_role("button"))
        officer.settle()
        run_pending_jobs()
        officer.page.reload()


def set_up_a_panel(officer: Visitor, *, day: str, title: str) -> None:
    """All experts in one room, and when each entry is in."""
    officer.follow("专家组")
    officer.follow("增加专家组")
    officer.fill({"name": "第一组", "room": "B 栋 203 室"})
    for box in officer.page.locator("[name=reviewers]").all():
        officer.hand.tick(box)
    officer.press("保存专家组")
    officer.follow("排问辩时间")
    officer.fill({"day": day})
    officer.press("排时间")
    officer.sees(title)


def score(
    door: Open, entry: Application, round: ReviewRound, *, beside: Callable[[Visitor], None] | None = None
) -> None:
    """One expert scores the entry on the page (`beside`: what they do on the sheet first); the other sheets are handed in."""
    rows = round.assignments.filter(entry__application=entry).select_related("reviewer__person")
    with door(rows[0].reviewer.person) as expert_:
        expert_.menu("评审")
        expert_.follow(entry.title)
        if beside:
            beside(expert_)
        fill_in_a_sheet(expert_)
    scored(round, lambda row: 0.95 if row.entry.application_id == entry.pk else 0.8 - row.entry.application_id % 7 / 20)


def fill_in_a_sheet(expert_: Visitor) -> None:
    page = expert_.page
    if expert_.on_phone:
        expert_.hand.press(page.locator("details[data-drawer]:not([open]) > summary"))
    for field in page.locator("[data-criterion] input[type=number]").all():
        expert_.hand.write(field, str(float(field.get_attribute("max") or 0) * 0.9))
    for gate in page.locator("input[type=radio][value=yes]").all():
        expert_.hand.tick(gate)
    expert_.write("#comment", COMMENT)
    expect(page.locator("[data-save-state]").first).to_have_attribute("data-state", "saved")
    expert_.write("#feedback", "数据记录很扎实，可以再比较一种天气。")
    expert_.look("open")
    expert_.press("提交评分，评下一件")
    expert_.sees("的评分已提交")


def close_and_rank(officer: Visitor, call: str, round: str, title: str) -> None:
    to_the_call(officer, call)
    officer.follow(round)
    officer.confirm("结束", "close")
    to_the_call(officer, call)
    officer.follow("排名")
    officer.press("开始排名")
    officer.sees(title)


def propose_and_finalise(officer: Visitor, kind: str) -> None:
    officer.follow("去拟定结果")
    officer.follow(kind)
    officer.press("按以上条件拟定")
    officer.confirm("确定结果", "finalise")


def announce(door: Open, officer_: Person, title: str, *, hidden: str = "") -> PublicNotice:
    """The decision becomes a public notice that anybody reads; `hidden` does not stand in it."""
    with door(officer_) as officer:
        officer.menu("公示")
        officer.press("起草公示")
        officer.confirm("发布公示", "publish")
    notice = PublicNotice.objects.get()
    assert notice.state == "open"
    with door() as reader:
        reader.go("home")
        reader.menu("公示公告")
        reader.follow(notice.title)
        reader.sees(title)
        if hidden:
            expect(reader.page.locator("body")).not_to_contain_text(hidden)
    return notice


def award(door: Open, officer_: Person, call: str, name: str) -> None:
    """After the notice has ended: awards, certificates, and the list in which `name` stands."""
    notice = PublicNotice.objects.get()
    with door(officer_) as officer:
        officer.menu("公示")
        officer.follow(notice.title)
        officer.confirm("结束公示", "close")
        officer.follow("去授奖")
        officer.confirm("授奖并制作证书", notice.number)
        run_pending_jobs()
        to_the_call(officer, call)
        officer.follow("奖项与证书")
        officer.sees(name)

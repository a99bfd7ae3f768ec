"""What those who apply do in any programme, page by page: begin, answer whatever the declaration asks, sign, hand in, agree."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from playwright.sync_api import expect

from kechuang.engine.programme.declaration import Pledge, Programme, Question
from tests.journeys.visitor import Visitor


def begin(visitor: Visitor, call: str, *, nominee: str = "") -> None:
    """From the public call to an empty draft; `nominee` is whom a nomination names."""
    if not nominee and visitor.page.locator("header").get_by_role("link", name="申报通知", exact=True).count():
        visitor.menu("申报通知")
    else:
        visitor.menu("工作台")
        visitor.follow("看正在进行的申报")
    visitor.follow(call)
    visitor.follow("开始申报")
    if nominee:
        visitor.fill({"nominee": nominee})
    visitor.press("开始填写")
    visitor.page.wait_for_url("**/edit/")


def fill_in(visitor: Visitor, plan: Programme, answers: Mapping[str, Any], paper: Path) -> None:
    """Every question of the form that the draft shows: `answers` by code, `paper` where a file must be attached."""
    for question in plan.questions():
        if question.kind in {"file", "files"}:
            if question.required_from:
                attach(visitor, question.code, paper)
        elif question.kind == "table":
            _write_rows(visitor, question, answers[question.code])
        elif question.kind != "statement":
            _answer(visitor, f"a-{question.code}", answers[question.code])


def _answer(visitor: Visitor, name: str, value: Any) -> None:
    for one in value if isinstance(value, list) else [value]:
        visitor.fill({name: str(one)})


def _write_rows(visitor: Visitor, question: Question, rows: list[list[str]]) -> None:
    """Where the blank rows are used up, the button below makes new ones."""
    cells = visitor.page.locator(f"[name='a-{question.code}']")
    for n, row in enumerate(rows):
        if cells.count() < (n + 1) * len(row):
            visitor.press("保存并添加空行", visitor.page.locator(f"#q-{question.code}"))
        for m, text in enumerate(row):
            visitor.hand.write(cells.nth(n * len(row) + m), text)


def ask_partner(visitor: Visitor, name: str, years: int) -> None:
    """Look the organisation up and ask it."""
    visitor.fill({"partner_years": str(years), "partner_purpose": "共建课程，互派人员", "find_partner": name[:4]})
    visitor.press("查找", visitor.page.locator("#partner"))
    visitor.press("请它合作")
    expect(visitor.page.locator("#partner")).to_contain_text("待合作单位确认")


def say_yes(partner: Visitor) -> None:
    """On the partner's own desk."""
    partner.menu("工作台")
    partner.follow("去答复")
    partner.press("同意合作")
    partner.sees("合作单位已确认")


def attach(visitor: Visitor, code: str, path: Path) -> None:
    box = visitor.page.locator(f"#q-{code}")
    visitor.hand.attach(box.locator("[data-drop-zone] input"), path)
    expect(box).to_contain_text("已通过检查")


def sign(visitor: Visitor, pledges: tuple[Pledge, ...]) -> None:
    for pledge in pledges:
        box = visitor.page.locator(f"#pledge-{pledge.code}")
        if pledge.asks_detail:
            visitor.hand.write(box.locator("textarea"), "没有使用")
        visitor.press("我已阅读并签署", box)
        expect(visitor.page.locator(f"#pledge-{pledge.code}")).to_contain_text("已签署")


def hand_in(visitor: Visitor) -> None:
    visitor.page.reload()
    visitor.press("检查并提交")
    visitor.press("确认提交")
    visitor.page.wait_for_url("**/receipt/")
    visitor.look()
    visitor.sees("受理号")


def consent(guardian: Visitor, *purposes: str) -> None:
    for purpose in purposes:
        guardian.menu("我的孩子")
        guardian.follow(purpose)
        guardian.press("同意")
        guardian.sees("已记录：同意")

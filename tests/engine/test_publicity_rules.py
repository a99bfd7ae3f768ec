"""What a notice shows, when it may open and close, what a signed objection needs."""

from datetime import date

import pytest

from kechuang.engine.publicity import rules

GOOD = {
    "name": "李明",
    "document_no": "11010519491231002X",
    "unit": "无",
    "phone": "0755-25921234",
    "statement": "该作品与去年的作品内容相同，附对比材料。",
}
FRIDAY, NEXT_FRIDAY = date(2026, 11, 20), date(2026, 11, 27)


def test_shown_names_are_masked_where_consent_stands():
    assert rules.shown_names(["张小三", "李四"], [True, True]) == "张*三、李*"


def test_shown_names_hide_those_without_consent():
    assert rules.shown_names(["张小三", "李四"], [True, False]) == "张*三、参赛学生"


def test_shown_names_without_any_consent_say_only_that_pupils_took_part():
    assert rules.shown_names(["张小三", "李四"], [False, False]) == "参赛学生"
    assert rules.shown_names([], []) == ""


@pytest.mark.parametrize(
    ("notice", "decision", "chosen", "sentence"),
    [
        ("draft", "final", 3, ""),
        ("open", "final", 3, "已经发布过"),
        ("draft", "proposal", 3, "还没有最终确定"),
        ("draft", "superseded", 3, "还没有最终确定"),
        ("draft", "final", 0, "没有可公示的内容"),
    ],
)
def test_publishing_needs_a_final_decision_with_entries(notice, decision, chosen, sentence):
    found = rules.why_not_publish(notice, decision, chosen)

    assert (sentence in found) if sentence else found == ""


@pytest.mark.parametrize(
    ("state", "open_objections", "today", "sentence"),
    [
        ("open", 0, date(2026, 11, 28), ""),
        ("open", 0, NEXT_FRIDAY, "2026-11-27"),
        ("open", 2, date(2026, 11, 28), "2 件异议"),
        ("closed", 0, date(2026, 11, 28), "不在公示中"),
        ("draft", 0, date(2026, 11, 28), "不在公示中"),
    ],
)
def test_closing_waits_for_the_last_day_and_the_last_answer(state, open_objections, today, sentence):
    found = rules.why_not_close(state, NEXT_FRIDAY, open_objections, today)

    assert (sentence in found) if sentence else found == ""


@pytest.mark.parametrize(
    ("state", "today", "accepted"),
    [
        ("open", FRIDAY, True),
        ("open", NEXT_FRIDAY, True),
        ("open", date(2026, 11, 28), False),
        ("closed", FRIDAY, False),
        ("superseded", FRIDAY, False),
        ("draft", FRIDAY, False),
    ],
)
def test_objections_are_taken_in_during_the_notice_only(state, today, accepted):
    assert (rules.why_not_object(state, FRIDAY, NEXT_FRIDAY, today) == "") is accepted


def test_a_complete_signed_objection_has_no_problems():
    assert rules.objection_problems(GOOD, signed=True) == {}


@pytest.mark.parametrize("field", sorted(GOOD))
def test_each_item_of_an_objection_is_required(field):
    assert list(rules.objection_problems(GOOD | {field: "  "}, signed=True)) == [field]


def test_an_unsigned_objection_is_refused_at_the_signature():
    assert list(rules.objection_problems(GOOD, signed=False)) == ["signed"]


def test_a_short_statement_and_half_a_telephone_number_are_refused():
    assert list(rules.objection_problems(GOOD | {"statement": "不公平", "phone": "123"}, signed=True)) == [
        "phone",
        "statement",
    ]


def test_those_who_decided_first_may_not_reconsider():
    assert "回避" in rules.why_not_reconsider(7, {7, 8})
    assert rules.why_not_reconsider(9, {7, 8}) == ""
    assert "登录" in rules.why_not_reconsider(None, set())


def decide(**changes):
    facts = {
        "state": "in_handling",
        "effect": "keep",
        "new_prize": "",
        "finding": "查证属实。",
        "about_entry": True,
        "prizes": {"first"},
    }
    facts |= changes
    return rules.why_not_decide(facts.pop("state"), facts.pop("effect"), facts.pop("new_prize"), **facts)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({}, ""),
        ({"state": "upheld"}, "已经办结"),
        ({"finding": " "}, "复核意见"),
        ({"effect": "strike", "about_entry": False}, "没有指明作品"),
        ({"effect": "change_prize", "new_prize": "tenth"}, "调整后的奖项"),
        ({"effect": "change_prize", "new_prize": "first"}, ""),
        ({"effect": "strike"}, ""),
    ],
)
def test_an_answer_is_complete_before_it_counts(changes, sentence):
    found = decide(**changes)

    assert (sentence in found) if sentence else found == ""


def test_the_letter_answers_by_number_and_names_no_pupil():
    letter = rules.letter(
        number="YY2026-000001", name="李明", notice="关于大赛拟获奖名单的公示", entry="红树林监测", finding="数据来源清楚。",
        outcome="异议不成立，维持原公示结果。", office="示范市教育局", day=date(2026, 11, 24),
    )  # fmt: skip

    assert letter.splitlines()[0] == "李明："
    assert letter.splitlines()[-2:] == ["示范市教育局", "2026年11月24日"]
    assert "《红树林监测》" in letter
    assert "YY2026-000001" in letter
    assert "数据来源清楚。" in letter

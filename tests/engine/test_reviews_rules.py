"""Pure rules of the review stage: aliases, sheets, totals, the reasons why a round stays open."""

from decimal import Decimal
from itertools import pairwise

import pytest

from kechuang.base.errors import Refused
from kechuang.engine.programme.declaration import Condition, Criterion, Gate, Question, RoundPlan, Rubric
from kechuang.engine.reviews import matching, rules
from kechuang.engine.reviews.rules import ScoreSheet

RUBRIC = Rubric(
    "main",
    "标准",
    ("senior",),
    (Criterion("innovation", "创新性", 35), Criterion("science", "科学性", 65)),
    (Gate("own", "自己选题"),),
)
WRITTEN = RoundPlan("preliminary", "初评")
PANEL = RoundPlan("defence", "终评", kind="panel", blind=False)
FULL = ScoreSheet({"innovation": "30.5", "science": 50}, {"own": True}, "方法可靠，数据完整，结论可信。", "继续努力")


def test_aliases_are_drawn_again_from_the_same_seed():
    assert rules.aliases(50, seed=7) == rules.aliases(50, seed=7)
    assert rules.aliases(50, seed=7) != rules.aliases(50, seed=8)


def test_aliases_are_distinct_and_avoid_the_taken():
    first = rules.aliases(2000, seed=1)
    more = rules.aliases(2000, seed=1, taken=first)

    assert len(set(first + more)) == 4000
    assert all(alias.startswith("E-") and alias[2:].isdigit() for alias in first)


def test_aliases_do_not_tell_the_order():
    drawn = rules.aliases(400, seed=3)

    rising = sum(a < b for a, b in pairwise(drawn))
    assert 150 < rising < 250


def test_sheet_is_stored_in_numbers():
    clean = rules.clean_sheet(RUBRIC, FULL)

    assert clean.marks == {"innovation": 30.5, "science": 50}
    assert clean.gates == {"own": True}


def test_blank_marks_are_no_marks():
    assert rules.clean_sheet(RUBRIC, ScoreSheet({"innovation": "", "science": None})).marks == {}


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ("35.01", "超出范围"),
        (-1, "超出范围"),
        ("NaN", "超出范围"),
        ("Infinity", "超出范围"),
        ("很好", "不是数字"),
        ("1.005", "两位小数"),
    ],
)
def test_wrong_marks_are_refused_by_the_criterion_s_name(value, words):
    with pytest.raises(Refused) as refused:
        rules.clean_sheet(RUBRIC, ScoreSheet({"innovation": value}))

    assert "创新性" in refused.value.sentence
    assert words in refused.value.sentence


def test_mark_of_no_criterion_is_refused():
    with pytest.raises(Refused, match="charm"):
        rules.clean_sheet(RUBRIC, ScoreSheet({"charm": 3}))


def test_overlong_comment_is_refused():
    with pytest.raises(Refused, match="4001"):
        rules.clean_sheet(RUBRIC, ScoreSheet(comment="字" * 4001))


def test_complete_sheet_lacks_nothing():
    assert rules.missing(RUBRIC, WRITTEN, rules.clean_sheet(RUBRIC, FULL)) == []


def test_missing_names_each_gap():
    lacking = rules.missing(RUBRIC, WRITTEN, rules.clean_sheet(RUBRIC, ScoreSheet({"science": 1}, comment="太短")))

    assert lacking == ["“创新性”还没有评分。", "“自己选题”还没有回答。", "评审意见至少写 10 个字，现在是 2 个字。"]


def test_panel_owes_a_comment_only_for_a_failed_gate():
    spoken = ScoreSheet({"innovation": 1, "science": 1}, {"own": True})
    failed = ScoreSheet({"innovation": 1, "science": 1}, {"own": False})

    assert rules.missing(RUBRIC, PANEL, spoken) == []
    assert rules.missing(RUBRIC, PANEL, failed) == ["评审意见至少写 10 个字，现在是 0 个字。"]


def test_total_is_added_as_by_hand():
    assert rules.total({"a": 0.1, "b": 0.2, "c": 30.05}) == Decimal("30.35")


@pytest.mark.parametrize(
    ("question", "blind", "shown"),
    [
        (Question("a", "甲"), True, True),
        (Question("a", "甲", hidden_when_blind=True), True, False),
        (Question("a", "甲", hidden_when_blind=True), False, True),
        (Question("a", "甲", stages=("primary",)), False, False),
        (Question("a", "甲", show_if=Condition("b", ("yes",))), True, True),
        (Question("a", "甲", show_if=Condition("b", ("no",))), True, False),
    ],
)
def test_question_is_shown(question, blind, shown):
    assert rules.is_shown(question, "senior", {"b": ["yes"]}, blind=blind) is shown


def test_open_round_names_what_is_missing_and_how_much():
    sentence = rules.why_not_closed({"E-0002": 1, "E-0001": 2})

    assert "2 件作品" in sentence
    assert "共缺 3 份" in sentence
    assert sentence.index("E-0001 缺 2 份") < sentence.index("E-0002 缺 1 份")
    assert rules.why_not_closed({}) == ""


def test_long_shortfall_names_the_worst_and_says_that_there_are_more():
    sentence = rules.shortfall_sentence({f"E-{n:04d}": 1 for n in range(20)}, 3)

    assert "3 位专家" in sentence
    assert "20 件作品" in sentence
    assert sentence.count("缺 1 份") == 8
    assert " 等" in sentence


def inputs(**changes):
    base = {
        "version": "1",
        "mode": "fair",
        "seed": 1,
        "reviewers": [[n, ["physics"], ["senior"], 2, "teacher", f"school {n}"] for n in (1, 2, 3)],
        "entries": [[n, f"E-{n}", "senior", "physics", 2] for n in (11, 12, 13)],
        "near": {"physics": [], "chemistry": ["physics"]},
        "conflicts": [],
        "fixed": [],
        "forbidden": [],
        "coverage": [],
        "spread": 0,
    }
    return base | changes


def test_matching_gives_every_entry_its_experts():
    found = matching.match(inputs())

    assert found.shortfall == {}
    assert len(set(found.pairs)) == 6
    assert found.total <= found.bound + 1e-6


def test_matching_never_breaks_a_conflict_to_fill_a_gap():
    found = matching.match(inputs(conflicts=[[1, 11], [2, 11]]))

    assert found.shortfall == {"E-11": 1}
    assert not {(1, 11), (2, 11)} & set(found.pairs)


def test_matching_keeps_fixed_pairs_and_avoids_forbidden_ones():
    found = matching.match(inputs(fixed=[[1, 11]], forbidden=[[2, 11]]))

    assert (1, 11) in found.pairs
    assert (2, 11) not in found.pairs


def test_neighbouring_discipline_serves_where_the_exact_one_is_missing():
    near = inputs(entries=[[11, "E-11", "senior", "chemistry", 1]])
    far = inputs(entries=[[11, "E-11", "senior", "chemistry", 1]], near={})

    assert matching.match(near).shortfall == {}
    assert matching.match(far).shortfall == {"E-11": 1}


def test_matching_without_experts_is_all_shortfall():
    assert matching.match(inputs(reviewers=[])).shortfall == {"E-11": 2, "E-12": 2, "E-13": 2}

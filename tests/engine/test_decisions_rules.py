"""Pure rules of the decision stage: caps, ties, gates, several rounds, replays."""

import dataclasses
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kechuang.base.errors import Refused
from kechuang.engine.decisions import rules
from kechuang.engine.programme.registry import PROGRAMMES

TERMS = {
    "rule": rules.RULE_VERSION,
    "kind": "award",
    "group_by": "division",
    "tie_break": ["innovation", "science"],
    "gates_bar": True,
    "weights": {"preliminary": 1},
    "names": {"first": "一等奖", "second": "二等奖", "third": "三等奖"},
    "ratios": [["first", 0.15], ["second", 0.35], ["third", 0.5]],
    "cap": 0.6,
    "border": "down",
}
SHORTLIST = {name: value for name, value in TERMS.items() if name not in ("ratios", "cap", "border")} | {
    "kind": "shortlist",
    "share": 0.5,
}


def record(totals, *, code="preliminary", division="senior.PH", marks=None, failed=None, method="mean", start=1):
    """A stored ranking: `totals` is alias → the totals its experts gave."""
    entries = [[alias, place, division, "senior"] for place, alias in enumerate(sorted(totals), start)]
    scores = [
        [
            alias,
            reviewer,
            f"{total:.2f}",
            (marks or {}).get(alias, {"innovation": 10}),
            list((failed or {}).get(alias, ())),
        ]
        for alias in sorted(totals)
        for reviewer, total in enumerate(totals[alias])
    ]
    inputs = {"rule": "x", "round": code, "method": method, "seed": 1, "entries": entries, "scores": scores}
    return {"inputs": inputs, "outputs": rules.run_ranking(inputs)}


def prizes(proposal):
    return {line.alias: line.prize for line in proposal.lines}


def test_ten_entries_win_one_two_three():
    found = rules.propose([record({f"E{n:02d}": [90 - n] for n in range(10)})], TERMS)

    assert prizes(found) == dict(
        zip(
            [f"E{n:02d}" for n in range(10)],
            ["second", "second", "second", "third", "third", "third", "", "", "", ""],
            strict=True,
        )
    )
    assert found.groups[0].places == 6


@given(
    st.lists(st.integers(40, 60), min_size=1, max_size=60),
    st.floats(0.05, 0.6),
    st.sampled_from(["down", "up"]),
    st.sampled_from(["division", "stage", "all"]),
)
def test_cap_is_never_exceeded(scores, cap, border, group_by):
    one = record({f"E{n:02d}": [score] for n, score in enumerate(scores)})
    found = rules.propose([one], TERMS | {"cap": cap, "border": border, "group_by": group_by})

    given_ = sum(1 for line in found.lines if line.prize)
    assert given_ <= Fraction(str(cap)) * len(scores)
    assert len(found.lines) == len(scores)


def test_cap_counts_the_entries_of_the_first_round():
    first = record({f"E{n:02d}": [90 - n] for n in range(20)})
    last = record({f"E{n:02d}": [90 - n] for n in range(12)}, code="defence")

    found = rules.propose([first, last], TERMS | {"weights": {"preliminary": 0.4, "defence": 0.6}})

    assert len(found.lines) == 12
    assert all(line.prize for line in found.lines)
    assert found.groups[0].entered == 20


def test_rounds_are_weighed():
    first = record({"A": [90], "B": [70], "C": [50]})
    last = record({"A": [60], "B": [80]}, code="defence")

    found = rules.propose([first, last], TERMS | {"weights": {"preliminary": 0.25, "defence": 0.75}})

    estimate = {line.alias: line.estimate for line in found.lines}
    assert estimate == {"A": 67.5, "B": 77.5}
    assert found.lines[0].parts == {"preliminary": 70, "defence": 80}


def test_weight_zero_everywhere_means_the_last_round_alone():
    assert rules.combine({"a": (80, 1), "b": (60, 2)}, {"a": 0, "b": 0}, "b") == (60, 2)


def test_entry_without_a_score_in_the_last_round_is_not_placed():
    assert rules.combine({"a": (80, 1)}, {"a": 1, "b": 1}, "b") == (None, None)


def test_tie_is_told_apart_by_the_criteria_in_their_order():
    marks = {"A": {"innovation": 20, "science": 30}, "B": {"innovation": 30, "science": 20}}
    found = rules.propose([record({"A": [80], "B": [80], "C": [10], "D": [10]}, marks=marks)], TERMS | {"cap": 0.25})

    assert prizes(found) == {"A": "", "B": "third", "C": "", "D": ""}


def test_full_tie_across_the_cap_goes_without():
    found = rules.propose([record({"A": [80], "B": [80], "C": [10]})], TERMS | {"cap": 0.4})

    assert prizes(found) == {"A": "", "B": "", "C": ""}
    assert found.lines[0].note == "与其他 1 件作品并列"
    assert any("三等奖" in message for message in found.messages)


def test_full_tie_across_the_shortlist_goes_in():
    found = rules.propose([record({"A": [80], "B": [80], "C": [80], "D": [10]})], SHORTLIST)

    assert [line.alias for line in found.lines if line.is_chosen] == ["A", "B", "C"]
    assert found.groups[0].places == 2


def test_shortlist_share_is_rounded_up_per_division():
    found = rules.propose([record({"A": [80], "B": [70], "C": [60]})], SHORTLIST)

    assert [line.alias for line in found.lines if line.is_chosen] == ["A", "B"]


def test_entry_that_most_experts_failed_at_a_gate_is_barred():
    failed = {"A": ["own"]}
    totals = {"A": [90], "B": [50], "C": [40]}

    barred = rules.propose([record(totals, failed=failed)], TERMS)
    kept = rules.propose([record(totals, failed=failed)], TERMS | {"gates_bar": False})

    assert prizes(barred)["A"] == ""
    assert next(line for line in barred.lines if line.alias == "A").rank is None
    assert prizes(kept)["A"] != ""


def test_divisions_are_counted_apart_and_together():
    one = record({"A": [90], "B": [80]}, division="senior.PH")
    other = record({"C": [70], "D": [60]}, division="senior.CH", start=3)
    inputs = {**one["inputs"], **{k: one["inputs"][k] + other["inputs"][k] for k in ("entries", "scores")}}
    both = {"inputs": inputs, "outputs": rules.run_ranking(inputs)}

    assert sum(bool(x.prize) for x in rules.propose([both], TERMS).lines) == 2
    assert {x.alias for x in rules.propose([both], TERMS).lines if x.prize} == {"A", "C"}
    assert {x.alias for x in rules.propose([both], TERMS | {"group_by": "all"}).lines if x.prize} == {"A", "B"}


@pytest.mark.parametrize("method", ["mean", "trimmed", "mixed", "median", "zscore", "additive", "auto"])
def test_ranking_runs_to_the_same_bits_again(method):
    one = record({f"E{n}": [60 + n, 70 - n, 65 + n % 3] for n in range(12)}, method=method)

    assert rules.run_ranking(one["inputs"]) == one["outputs"]
    assert len(one["outputs"]["table"]) == 12


def test_proposal_has_the_same_digest_again():
    one = record({f"E{n}": [60 + n, 70 + n] for n in range(12)})

    assert rules.propose([one], TERMS).digest == rules.propose([one], TERMS).digest
    assert rules.propose([one], TERMS).digest != rules.propose([one], TERMS | {"cap": 0.3}).digest


def test_what_changed_between_two_proposals():
    one = record({f"E{n}": [90 - n] for n in range(10)})
    before, after = rules.propose([one], TERMS), rules.propose([one], TERMS | {"cap": 0.5})

    assert [(a.alias, a.prize, b.prize) for a, b in rules.changed(before.lines, after.lines)] == [
        ("E2", "second", "third"),
        ("E5", "third", ""),
    ]


def test_over_cap_names_the_group():
    found = rules.propose([record({"A": [90], "B": [80], "C": [70]})], TERMS)
    generous = [dataclasses.replace(line, prize="third") for line in found.lines]

    assert rules.over_cap(found.lines, {"senior.PH": 3}, TERMS) == {}
    assert rules.over_cap(generous, {"senior.PH": 3}, TERMS) == {"senior.PH": (3, 1)}


def terms(changes, kind="award"):
    return rules.terms_of(PROGRAMMES["innovation_contest"], "defence", kind, changes)


def test_terms_come_from_the_plan():
    found = terms({})

    assert found["weights"] == {"preliminary": 0.4, "defence": 0.6}
    assert found["ratios"] == [["first", 0.15], ["second", 0.35], ["third", 0.5]]
    assert found["cap"] == 0.6
    assert found["tie_break"] == ["innovation", "science"]


def test_ratios_keep_the_order_of_the_tiers():
    given_ = {"third": 0.6, "first": 0.1, "second": 0.3}

    assert terms({"ratios": given_})["ratios"] == [["first", 0.1], ["second", 0.3], ["third", 0.6]]
    assert terms({"ratios": given_}) == terms({"ratios": [["first", 0.1], ["second", 0.3], ["third", 0.6]]})


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"cap": 0.61}, "超出"),
        ({"cap": -0.1}, "超出"),
        ({"ratios": {"first": 1.0}}, "每个奖项"),
        ({"ratios": {"first": 0.5, "second": 0.5, "third": 0.1}}, "合计"),
        ({"ratios": {"first": -0.5, "second": 0.5, "third": 0.1}}, "不能为负"),
        ({"tie_break": ["charm"]}, "同分"),
        ({"group_by": "school"}, "组别"),
        ({"border": "sideways"}, "并列"),
        ({"weights": {"defence": -1}}, "权重"),
        ({"seed": 1}, "seed"),
    ],
)
def test_terms_against_the_published_rules_are_refused(changes, words):
    with pytest.raises(Refused, match=words):
        terms(changes)


def test_unknown_method_is_refused():
    with pytest.raises(Refused, match="dice"):
        rules.check_method("dice")

"""Prizes: never above the cap, ties by the published chain, the same bytes on replay."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kechuang.judging import Ranked, TiePolicy, allot, canonical_json, record, replays, what_if
from kechuang.judging.prizes import as_rows

scores = st.lists(st.integers(0, 12), min_size=1, max_size=60)


@given(
    scores, st.sampled_from([0.3, 0.5, 0.6, 1.0]), st.sampled_from(["down", "up"]), st.sampled_from(["down", "nearest"])
)
def test_the_cap_is_never_passed_and_tiers_follow_the_ranks(values, cap, border, rounding):
    found = allot(
        [Ranked(n, v) for n, v in enumerate(values)], cap=cap, tie_policy=TiePolicy(border=border), rounding=rounding
    )

    tiers = ["一等奖", "二等奖", "三等奖", None]
    places = [tiers.index(p.tier) for p in found.placings]
    assert sum(p.tier is not None for p in found.placings) <= Fraction(str(cap)) * len(values)
    assert places == sorted(places)
    assert all(
        len({p.tier for p in found.placings if p.rank == rank}) == 1 for rank in {p.rank for p in found.placings}
    )


@given(scores)
def test_a_higher_prize_is_never_given_more_often_than_published(values):
    found = allot([Ranked(n, v) for n, v in enumerate(values)])

    winners = found.divisions[""].cap
    first = sum(p.tier == "一等奖" for p in found.placings)
    second = sum(p.tier == "二等奖" for p in found.placings)
    assert first <= Fraction("0.15") * winners
    assert first + second <= Fraction("0.5") * winners


@given(scores, st.randoms(use_true_random=False))
def test_order_of_the_rows_does_not_matter(values, chance):
    rows = [Ranked(n, v, criteria={"创新": n % 3}) for n, v in enumerate(values)]
    moved = list(rows)
    chance.shuffle(moved)

    assert canonical_json(as_rows(allot(rows, tie_policy=TiePolicy(("创新",))))) == canonical_json(
        as_rows(allot(moved, tie_policy=TiePolicy(("创新",))))
    )


def test_without_ties_the_numbers_are_the_published_shares():
    found = allot([Ranked(n, -n) for n in range(100)])

    assert found.divisions[""].cap == 60
    assert dict(found.divisions[""].given) == {"一等奖": 9, "二等奖": 21, "三等奖": 30}


def test_shares_are_exact_decimals():
    assert allot([Ranked(n, -n) for n in range(5)], {"奖": 1.0}, cap=0.6).divisions[""].given == {"奖": 3}
    assert allot([Ranked(n, -n) for n in range(10)], {"奖": 0.7}, cap=1.0).divisions[""].given == {"奖": 7}


def test_ties_are_told_apart_by_the_chain_and_shared_only_after_it():
    rows = [
        Ranked("a", 90, criteria={"创新": 8, "用时": 5}),
        Ranked("b", 90, criteria={"创新": 9, "用时": 5}),
        Ranked("c", 90, criteria={"创新": 8, "用时": 4}),
        Ranked("d", 90, criteria={"创新": 8, "用时": 5}),
    ]

    found = allot(rows, tie_policy=TiePolicy(("创新", "-用时")))

    assert [(p.entry, p.rank, p.tied) for p in found.placings] == [("b", 1, 1), ("c", 2, 1), ("a", 3, 2), ("d", 3, 2)]


def test_a_tied_group_over_a_border_goes_whole_by_the_rule():
    rows = [Ranked(n, v) for n, v in enumerate([9, 9, 8, 7, 7, 6, 5, 4, 3, 2])]
    ratios = {"一": 0.5, "二": 0.5}

    down, up = (allot(rows, ratios, 0.8, TiePolicy(border=border)).tier_of() for border in ("down", "up"))

    assert [down[n] for n in range(5)] == ["一", "一", "一", "二", "二"]
    assert [up[n] for n in range(5)] == ["一", "一", "一", "一", "一"]


def test_a_tied_group_over_the_cap_gets_no_prize_and_says_so():
    found = allot([Ranked(n, 1) for n in range(10)], tie_policy=TiePolicy(border="up"))

    assert not any(p.tier for p in found.placings)
    assert {m.code for m in found.messages} == {"prizes.cap", "prizes.tie_shared", "prizes.tie_over_none"}


def test_divisions_are_counted_apart_and_the_cap_may_refer_to_all_who_entered():
    rows = [Ranked(f"p{n}", n, "小学") for n in range(10)] + [Ranked(f"j{n}", n, "初中") for n in range(5)]

    found = allot(rows, entries_of={"初中": 20})

    assert found.divisions["小学"].cap == 6
    assert found.divisions["初中"].cap == 12
    assert sum(found.divisions["初中"].given.values()) == 5


def test_what_if_names_the_entries_that_change():
    rows = [Ranked(n, -n) for n in range(10)]

    changed = what_if(allot(rows), allot(rows, cap=0.5))

    assert [(c.entry, c.before, c.after) for c in changed] == [(2, "二等奖", "三等奖"), (5, "三等奖", None)]


@pytest.mark.parametrize(
    "arguments", [{"ratios": {"a": 0.7, "b": 0.4}}, {"cap": 1.2}, {"ratios": {}}, {"rounding": "up"}]
)
def test_shares_that_make_no_sense_are_refused(arguments):
    with pytest.raises(ValueError, match="expected"):
        allot([Ranked(1, 1)], **arguments)


def test_a_replay_gives_the_same_bytes_and_notices_a_change():
    def decide(values, cap):
        return as_rows(allot([Ranked(n, v) for n, v in enumerate(values)], cap=cap))

    stored = record("prizes", decide, {"values": [3, 1, 2, 0.1 + 0.2], "cap": 0.6})

    assert replays(stored, decide)
    assert not replays(stored, lambda values, cap: decide(values, cap=0.25))
    assert (
        stored.as_dict()["input_sha256"]
        == record("prizes", decide, {"cap": 0.6, "values": [3, 1, 2, 0.3]}).input_fingerprint
    )

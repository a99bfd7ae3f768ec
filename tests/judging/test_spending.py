"""The next review goes where a prize is least certain, to whom may give it, and tells more than an even spread."""

import numpy as np
import pytest

from kechuang.judging import next_reviews, rank
from kechuang.judging.spending import cleared, doubt_after

RATIOS = {"一等奖": 0.2, "二等奖": 0.3}


def panel(seed, items=40, judges=9, each=3):
    random = np.random.default_rng(seed)
    full = random.normal(70, 6, (items, 1)) + random.normal(0, 2, judges) + random.normal(0, 3, (items, judges))
    chosen = np.array([random.choice(judges, each, replace=False) for _ in range(items)])
    item, judge = np.repeat(np.arange(items), each), chosen.ravel()
    return full, item, judge, full[item, judge]


def test_advice_names_border_entries_with_experts_who_have_not_judged_them():
    _full, item, judge, score = panel(0)
    given = set(zip(item.tolist(), judge.tolist(), strict=True))

    advice = next_reviews(item, judge, score, 10, prize_ratios=RATIOS)

    assert len(advice.reviews) == 10
    assert sum(advice.borders.values()) == len(advice.border)
    assert all((row.entry, expert) not in given for row in advice.reviews for expert in row.experts)
    assert [row.gain for row in advice.reviews] == sorted((row.gain for row in advice.reviews), reverse=True)
    assert 0 < advice.settled <= len(advice.border)
    assert str(len(advice.border)) in advice.message.text


def test_only_candidates_with_room_are_named_and_never_twice_for_one_entry():
    _full, item, judge, score = panel(1)
    candidates = {entry: {"new", 0, 1} for entry in range(40)}

    advice = next_reviews(
        item, judge, score, 12, prize_ratios=RATIOS, candidates=candidates, capacity={"new": 2, 0: 3, 1: 0}
    )

    taken = [(row.entry, row.experts[0]) for row in advice.reviews]
    assert len(set(taken)) == len(taken)
    assert sum(expert == "new" for _entry, expert in taken) <= 2
    assert sum(expert == 0 for _entry, expert in taken) <= 3
    assert all(expert != 1 for _entry, expert in taken)


def test_groups_have_borders_of_their_own():
    _full, item, judge, score = panel(2)
    shifted = score + 30 * (item % 2)

    apart = next_reviews(item, judge, shifted, 40, prize_ratios=RATIOS, groups={n: n % 2 for n in range(40)})

    assert {row.entry % 2 for row in apart.reviews} == {0, 1}


def test_nothing_is_offered_where_everything_is_known():
    full, *_ = panel(3)
    item, judge = np.divmod(np.arange(full.size), full.shape[1])

    advice = next_reviews(item, judge, full.ravel(), 5, prize_ratios=RATIOS)

    assert advice.reviews == ()
    assert advice.message.code == "spend.settled"


def test_expected_doubt_never_rises_and_is_zero_once_all_is_known():
    assert doubt_after(1.0, 2.0, 1.5) < doubt_after(1.0, 2.0, 2.0)
    assert doubt_after(1.0, 2.0, 1e-12) == pytest.approx(0, abs=0.02)
    assert cleared(0.0, 1.0, 1.0) == 0
    assert cleared(9.0, 1.0, 0.5) == pytest.approx(1)


def tiers(values):
    order = np.argsort(np.argsort(-values, kind="stable"), kind="stable")
    return np.searchsorted([int(0.2 * len(values)), int(0.5 * len(values))], order, side="right")


def estimates(item, judge, score):
    found = rank(item, judge, score)
    return np.array([value for _entry, value in sorted(found.estimates().items())])


def test_advised_reviews_settle_more_prizes_than_an_even_spread():
    right = []
    for seed in range(25):
        full, item, judge, score = panel(seed)
        random = np.random.default_rng(seed)
        advised = [(r.entry, r.experts[0]) for r in next_reviews(item, judge, score, 12, prize_ratios=RATIOS).reviews]
        met = {n: set(judge[item == n]) for n in range(40)}
        even = [(n, random.choice([j for j in range(9) if j not in met[n]])) for n in random.permutation(40)[:12]]
        truth = tiers(full.mean(axis=1))
        hits = []
        for pairs in (even, advised):
            more = np.array(pairs)
            rows = (np.r_[item, more[:, 0]], np.r_[judge, more[:, 1]], np.r_[score, full[more[:, 0], more[:, 1]]])
            hits.append(np.mean(tiers(estimates(*rows)) == truth))
        right.append(hits)

    even_hits, advised_hits = np.mean(right, axis=0)
    assert advised_hits > even_hits + 0.01

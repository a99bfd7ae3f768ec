"""What `auto` corrects, and what it leaves alone: each correction only where the scores show that it is needed."""

import numpy as np
import pytest

from kechuang.judging import rank
from kechuang.judging.ranking.evidence import judges_differ, usable_criteria
from kechuang.judging.ranking.gain import Others
from kechuang.judging.ranking.mixed import Variances, fit_at, fit_reml
from kechuang.judging.ranking.table import read_sheet


def scores(seed, *, severity=0.0, gain=0.0, items=60, judges=12, each=4, error=0.6):
    random = np.random.default_rng(seed)
    item = np.repeat(np.arange(items), each)
    judge = np.concatenate([random.choice(judges, each, replace=False) for _ in range(items)])
    level = random.normal(0, 2, items)
    value = random.normal(0, severity, judges)[judge] + random.lognormal(0, gain, judges)[judge] * level[item]
    return item, judge, 70 + value + random.normal(0, error, len(item)), level


def codes(found):
    return [message.code for message in found.reasons]


def agreement(found, level):
    return np.corrcoef([level[row.entry] for row in found.table], [row.estimate for row in found.table])[0, 1]


@pytest.mark.parametrize(
    ("made", "method", "reasons"),
    [
        ({}, "mean", ["rank.auto_mean_even"]),
        ({"severity": 2.0}, "mixed", ["rank.auto_mixed", "rank.auto_no_gain"]),
        ({"severity": 2.0, "gain": 0.5}, "gain", ["rank.auto_mixed", "rank.auto_gain"]),
    ],
)
def test_auto_corrects_what_the_scores_show(made, method, reasons):
    item, judge, score, _ = scores(3, **made)

    found = rank(item, judge, score)

    assert (found.method, codes(found)) == (method, reasons)
    assert all(message.text for message in found.reasons)


def test_correcting_gain_recovers_more_of_the_order_than_severity_alone():
    better = []
    for seed in range(8):
        item, judge, score, level = scores(seed, severity=1.0, gain=0.6, judges=8)
        found, plain = (rank(item, judge, score, method=method) for method in ("auto", "mixed"))
        assert found.method == "gain"
        better.append(agreement(found, level) - agreement(plain, level))

    assert np.mean(better) > 0.005


def test_groups_that_share_nothing_are_not_corrected_without_clear_proof():
    random = np.random.default_rng(1)
    item = np.repeat(np.arange(12), 3)
    judge = np.tile(np.arange(3), 12) + 3 * (item // 6)
    score = random.normal(0, 2, 12)[item] + random.normal(0, 0.5, 6)[judge] + random.normal(0, 0.5, 36)

    found = rank(item, judge, score)

    assert found.components.count == 2
    assert found.method == "mean"


def test_evidence_of_severity_is_the_ratio_of_two_restricted_likelihoods():
    item, judge, score, _ = scores(5, severity=1.0)
    fit = fit_reml(read_sheet(item, judge, score))
    tiny = 1e-9 * float(score.var())
    grid = [
        fit_at(fit.solved.equations, Variances(entry, tiny, error)).minus_two_log_likelihood
        for entry in np.linspace(2, 8, 40)
        for error in np.linspace(0.5, 4, 40)
    ]

    assert judges_differ(fit) == pytest.approx(min(grid) - fit.minus_two_log_likelihood, abs=0.1)


def test_a_gain_of_one_has_no_evidence_on_average():
    found = []
    for seed in range(20):
        item, judge, score, _ = scores(seed, severity=1.0)
        found.append(Others.of(fit_reml(read_sheet(item, judge, score))).evidence)

    assert np.mean(np.array(found) > 4) <= 0.1


def criterion_wise(seed, items=120, judges=10, each=3):
    """Each judge is severe in one criterion and generous in the other, and nobody marks both."""
    random = np.random.default_rng(seed)
    item = np.repeat(np.arange(items), each)
    judge = np.concatenate([random.choice(judges, each, replace=False) for _ in range(items)])
    level = random.normal(0, 2, (items, 2))
    parts = level[item] + random.normal(0, 3, (judges, 2))[judge] * [1, 0] + random.normal(0, 0.5, (len(item), 2))
    return item, judge, parts


def test_criteria_that_do_not_add_up_or_are_incomplete_are_left_out():
    item, judge, parts = criterion_wise(0)
    whole, scaled, holed = parts.sum(axis=1), parts * 2, parts.copy()
    holed[3, 1] = np.nan

    assert usable_criteria(read_sheet(item, judge, whole, parts)) is not None
    assert usable_criteria(read_sheet(item, judge, whole, scaled)) is None
    assert usable_criteria(read_sheet(item, judge, whole, holed)) is None
    assert rank(item, judge, whole, criteria=holed).order() == rank(item, judge, whole).order()


def test_criteria_are_used_where_they_predict_better():
    found = []
    for seed in range(6):
        item, judge, parts = criterion_wise(seed)
        score = parts.sum(axis=1)
        chosen = rank(item, judge, score, criteria={"a": parts[:, 0], "b": parts[:, 1]})
        again = rank(item, judge, score, criteria=parts)
        assert chosen == again
        found.append(chosen.method)

    assert set(found) <= {"criteria", "mixed"}
    assert "criteria" in found


@pytest.mark.parametrize(
    ("entries", "judges", "values"),
    [
        (["a", "b", "c"], ["x", "x", "x"], [1, 2, 3]),
        (["a", "a", "b", "b"], ["x", "y", "x", "y"], [5, 5, 5, 5]),
        (["a"], ["x"], [1]),
        (["a", "b", "c", "d"] * 2, ["x"] * 4 + ["y"] * 4, [1, 1, 1, 1, 2, 2, 2, 2]),
        (["a", "a", "a", "b"], ["x", "x", "x", "y"], [1, 2, None, 3]),
        (list("abcdefgh"), list("xyzwxyzw"), [1, 2, 3, 4, 4, 3, 2, float("nan")]),
    ],
)
@pytest.mark.parametrize("method", ["auto", "mixed", "additive", "zscore", "median", "trimmed", "mean"])
def test_degenerate_scores_still_give_an_order(entries, judges, values, method):
    found = rank(entries, judges, values, method=method, prize_ratios=[0.25, 0.5])

    scored = {entry for entry, value in zip(entries, values, strict=True) if value is not None and value == value}
    assert {row.entry for row in found.table} == scored
    assert all(np.isfinite([row.estimate, row.error, row.low, row.high]).all() for row in found.table)

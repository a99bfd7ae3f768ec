"""Ranking: the mixed model against a dense computation, invariance, honest intervals, warnings."""

import numpy as np
import pytest
from scipy import optimize

from kechuang.judging import rank
from kechuang.judging.ranking.mixed import fit_reml
from kechuang.judging.ranking.table import read_sheet


def made(seed=0, items=25, judges=9, each=3, severity=1.0):
    random = np.random.default_rng(seed)
    item = np.repeat(np.arange(items), each)
    judge = np.concatenate([random.choice(judges, each, replace=False) for _ in range(items)])
    truth, bias = random.normal(0, 2, items), random.normal(0, severity, judges)
    return item, judge, 70 + truth[item] + bias[judge] + random.normal(0, 1, len(item)), truth


def dense_reml(item, judge, score):
    """REML by the book: the full covariance matrix, minimised over three log variances."""
    one, z, w = np.ones((len(score), 1)), np.eye(item.max() + 1)[item], np.eye(judge.max() + 1)[judge]

    def parts(logs):
        a, b, e = np.exp(logs)
        inverse = np.linalg.inv(a * z @ z.T + b * w @ w.T + e * np.eye(len(score)))
        middle = one.T @ inverse @ one
        projector = inverse - inverse @ one @ one.T @ inverse / middle
        return a, b, inverse, middle, projector

    def deviance(logs):
        _, _, inverse, middle, projector = parts(logs)
        return -np.linalg.slogdet(inverse)[1] + np.log(middle[0, 0]) + score @ projector @ score

    found = optimize.minimize(
        deviance, np.zeros(3), method="Nelder-Mead", options={"xatol": 1e-7, "fatol": 1e-10, "maxiter": 4000}
    )
    a, b, inverse, middle, projector = parts(found.x)
    mean = (one.T @ inverse @ score)[0] / middle[0, 0]
    error = np.sqrt(np.diag(a * np.eye(z.shape[1]) - a * z.T @ projector @ z * a))
    judge_error = np.sqrt(np.diag(b * np.eye(w.shape[1]) - b * w.T @ projector @ w * b))
    return np.exp(found.x), mean, a * z.T @ projector @ score, b * w.T @ projector @ score, error, judge_error


@pytest.mark.parametrize(("items", "judges"), [(25, 9), (8, 20)])
def test_mixed_model_equals_the_dense_computation(items, judges):
    item, judge, score, _ = made(3, items, judges, 5 if items < judges else 3)
    _, judge = np.unique(judge, return_inverse=True)

    fit = fit_reml(read_sheet(item, judge, score))
    variances, mean, effects, severity, _, judge_error = dense_reml(item, judge, score)

    assert fit.variances.array() == pytest.approx(variances, rel=1e-3)
    assert fit.mean == pytest.approx(mean, abs=1e-4)
    assert fit.item == pytest.approx(effects, abs=1e-3)
    assert fit.judge == pytest.approx(severity, abs=1e-3)
    assert fit.judge_errors() == pytest.approx(judge_error, rel=1e-3)


def test_severity_is_removed_from_the_ranking():
    item, judge, score, truth = made(1, items=60, judges=12, each=3, severity=4.0)
    order = np.argsort(-truth)

    mixed, mean = (_agreement(rank(item, judge, score, method=m), order) for m in ("auto", "mean"))

    assert mixed > mean + 0.03


def _agreement(found, order):
    place = {entry: at for at, entry in enumerate(found.order())}
    return np.corrcoef([place[entry] for entry in order], np.arange(len(order)))[0, 1]


@pytest.mark.parametrize("method", ["auto", "mean", "median", "trimmed", "zscore", "additive", "mixed"])
def test_row_order_and_labels_do_not_matter(method):
    item, judge, score, _ = made(5)
    shuffled = np.random.default_rng(0).permutation(len(score))
    names = np.array([f"作品{n:02d}" for n in range(25)])
    judges = np.array([f"评委{9 - n}" for n in range(9)])

    plain = rank(item, judge, score, method=method)
    moved = rank(item[shuffled], judge[shuffled], score[shuffled], method=method)
    named = rank(names[item], judges[judge], score, method=method)

    assert moved == plain
    assert [str(names[row.entry]) for row in plain.table] == named.order()
    assert [row.estimate for row in named.table] == pytest.approx([row.estimate for row in plain.table])


def test_full_panels_are_ranked_by_the_mean_and_say_so():
    random = np.random.default_rng(0)
    score = random.normal(size=(6, 4))
    item, judge = np.divmod(np.arange(24), 4)

    found = rank(item, judge, score.ravel())

    assert found.method == "mean"
    assert [m.code for m in found.reasons] == ["rank.auto_mean_full"]
    assert found.order() == np.argsort(-score.mean(axis=1)).tolist()
    assert all(row.error == 0 for row in found.table)


def test_missing_scores_are_left_out_and_named():
    found = rank(["a", "a", "b", "b", "c"], ["x", "y", "x", "y", "x"], [1, 2, 3, 4, None])

    assert found.order() == ["b", "a"]
    assert "rank.no_scores" in [m.code for m in found.alarms]


def test_islands_are_reported_with_what_their_ranks_rest_on():
    found = rank(["a", "a", "b", "b", "c", "d"], ["x", "y", "x", "y", "z", "z"], [1, 2, 3, 4, 5, 6])

    assert found.components.count == 2
    assert found.components.entries == (("a", "b"), ("c", "d"))
    assert "2 个互不相连" in found.components.sentence
    assert "rank.components" in [m.code for m in found.alarms]


def test_harmful_methods_warn():
    item, judge, score, _ = made()

    assert "rank.warn_zscore" in [m.code for m in rank(item, judge, score, method="zscore").reasons]
    assert "rank.warn_trimmed" in [m.code for m in rank(item, judge, score, method="trimmed").reasons]


def test_trimmed_drops_the_highest_and_lowest_of_five():
    found = rank(["a"] * 5, list("vwxyz"), [0, 5, 6, 7, 100], method="trimmed")

    assert found.table[0].estimate == 6


def test_equal_estimates_share_a_rank():
    found = rank(["a", "a", "b", "b", "c", "c"], list("xyxyxy"), [5, 5, 5, 5, 1, 1])

    assert [(row.entry, row.rank) for row in found.table] == [("a", 1), ("b", 1), ("c", 3)]


def test_prize_probabilities_add_up_to_the_number_of_prizes():
    item, judge, score, _ = made(items=40)

    found = rank(item, judge, score, prize_ratios={"一等奖": 0.1, "二等奖": 0.2}, seed=1)

    assert found.tier_names == ("一等奖", "二等奖")
    assert np.sum([row.tiers for row in found.table], axis=0) == pytest.approx([4, 8])
    assert found == rank(item, judge, score, prize_ratios={"一等奖": 0.1, "二等奖": 0.2}, seed=1)
    assert all(row.rank_low <= row.rank <= row.rank_high for row in found.table)


def test_intervals_cover_the_mean_of_all_judges_of_the_round():
    hits = []
    for seed in range(40):
        random = np.random.default_rng(seed)
        panel = random.normal(0, 2, (30, 1)) + random.normal(0, 1, 10) + random.normal(0, 1, (30, 10))
        chosen = np.array([random.choice(10, 4, replace=False) for _ in range(30)])
        item, judge = np.repeat(np.arange(30), 4), chosen.ravel()
        truth = panel.mean(axis=1)
        hits += [row.low <= truth[row.entry] <= row.high for row in rank(item, judge, panel[item, judge]).table]

    assert 0.87 <= np.mean(hits) <= 0.93


def test_the_severe_judge_is_named():
    item, judge, score, _ = made(2, items=60, judges=8, severity=0.3)
    score = np.where(judge == 3, score - 8, score)

    found = rank(item, judge, score)

    named = [m.params["judge"] for m in found.alarms if m.code == "rank.severe_judge"]
    assert named == [3]
    assert min(found.severity, key=lambda row: row.value).judge == 3


def test_one_score_each_falls_back_to_the_score_itself():
    found = rank(["a", "b"], ["x", "y"], [3, 4])

    assert found.method == "mean"
    assert found.order() == ["b", "a"]


def test_bad_input_is_refused():
    with pytest.raises(ValueError, match="do not match"):
        rank(["a"], ["x", "y"], [1])
    with pytest.raises(ValueError, match="no score"):
        rank(["a"], ["x"], [None])
    with pytest.raises(ValueError, match="method"):
        rank(["a"], ["x"], [1], method="best")

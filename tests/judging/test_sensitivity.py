"""The sheet for the deciding meeting and calibration before scoring."""

import numpy as np
import pytest
from scipy import stats

from kechuang.judging import calibration_feedback, calibration_sample, rank, sensitivity
from kechuang.judging.influence import common_block, kendall_w
from kechuang.judging.ranking.table import read_sheet


def full_panel(seed=0, items=12, judges=5):
    random = np.random.default_rng(seed)
    score = random.normal(70, 5, (items, 1)) + random.normal(0, 2, (items, judges))
    item, judge = np.divmod(np.arange(items * judges), judges)
    return item, judge, score.ravel(), score


def test_leaving_one_judge_out_is_the_ranking_without_their_scores():
    item, judge, value, table = full_panel()

    found = sensitivity(item, judge, value, method="mean", prize_ratios={"first": 0.25})

    for row in found.without:
        rest = np.delete(table, row.judge, axis=1).mean(axis=1)
        places = stats.rankdata(-rest, method="min").astype(int)
        before = stats.rankdata(-table.mean(axis=1), method="min").astype(int)
        assert row.scores == 12
        assert {m.entry: (m.rank, m.without) for m in row.changed} == {
            n: (before[n], places[n]) for n in range(12) if before[n] != places[n]
        }
        assert {m.entry for m in row.prizes} == {n for n in range(12) if (before[n] <= 3) != (places[n] <= 3)}


def test_the_judge_on_whom_a_prize_hangs_comes_first():
    value = {"x": [9, 8, 7, 1], "y": [9, 8, 7, 1], "z": [1, 8, 7, 30]}
    rows = [(n, judge, v) for judge, given in value.items() for n, v in enumerate(given)]

    found = sensitivity(*zip(*rows, strict=True), method="mean", prize_ratios=[0.25])

    assert found.without[0].judge == "z"
    assert not found.sure
    assert {(m.entry, m.tier, m.tier_without) for m in found.without[0].prizes} == {(3, "1", ""), (0, "", "1")}


def test_entries_only_one_judge_scored_fall_to_the_end_without_them():
    found = sensitivity(["a", "a", "b", "c"], ["x", "y", "x", "z"], [5, 6, 4, 9], method="mean")

    without = next(row for row in found.without if row.judge == "z")
    assert [(m.entry, m.rank, m.without) for m in without.changed if m.entry == "c"] == [("c", 1, 3)]


def test_profiles_tell_severity_spread_and_agreement():
    random = np.random.default_rng(0)
    item, judge, value, _ = full_panel(items=60, judges=6)
    value = np.where(judge == 2, value - 8, value)
    value = np.where(judge == 4, 70 + 3 * (value - 70), value)
    value = np.where(judge == 5, random.normal(70, 5, len(value)), value)

    found = {row.judge: row for row in sensitivity(item, judge, value).judges}

    assert min(found.values(), key=lambda row: row.severity).judge == 2
    assert found[2].high < 0
    assert max(found.values(), key=lambda row: row.spread).judge == 4
    assert min(found.values(), key=lambda row: row.agreement).judge == 5
    assert all(row.low <= row.severity <= row.high for row in found.values())


def test_kendall_w_is_one_for_the_same_order_and_known_for_a_textbook_table():
    assert kendall_w(np.array([[1.0, 2, 3, 4]] * 3)) == pytest.approx(1)
    assert kendall_w(np.array([[1.0, 2, 3], [3, 2, 1]])) == pytest.approx(0)
    table = np.array([[1.0, 6, 3, 2, 5, 4], [1, 5, 6, 2, 4, 3], [6, 3, 2, 5, 5, 1]])
    assert kendall_w(table) == pytest.approx(stats.friedmanchisquare(*table.T).statistic / (3 * 5))


def test_the_common_block_is_one_in_which_all_scored_all():
    rows = [(n, judge, n + 1.0) for judge in "xyz" for n in range(5)] + [(9, "w", 1.0)]

    block = common_block(read_sheet(*zip(*rows, strict=True)))

    assert block.shape == (3, 5)
    assert not np.isnan(block).any()


def test_the_sheet_does_not_depend_on_row_order():
    item, judge, value, _ = full_panel(3)
    keep = np.random.default_rng(1).permutation(60)[:40]

    assert sensitivity(item[keep], judge[keep], value[keep]) == sensitivity(
        item[keep[::-1]], judge[keep[::-1]], value[keep[::-1]]
    )


def test_agreement_says_how_much_comes_from_the_entries():
    item, judge, value, _ = full_panel(items=200, judges=4)

    found = sensitivity(item, judge, value, method="mean").agreement

    assert found.single == pytest.approx(25 / 29, abs=0.05)
    assert found.average > found.single
    assert found.block == (4, 200)
    assert found.message.code == "agreement.good"
    assert sensitivity(["a"], ["x"], [1]).agreement.message.code == "agreement.unknown"


def test_the_sample_is_spread_over_the_groups_and_the_same_for_the_same_seed():
    entries = [f"E{n}" for n in range(100)]
    groups = {entry: "AAB"[n % 3] for n, entry in enumerate(entries)}

    drawn = calibration_sample(entries, 6, groups=groups, seed=4)

    assert sorted(groups[entry] for entry in drawn) == ["A"] * 4 + ["B"] * 2
    assert drawn == calibration_sample(entries[::-1], 6, groups=groups, seed=4)
    assert drawn != calibration_sample(entries, 6, groups=groups, seed=5)
    assert len(calibration_sample(entries[:3], 9)) == 3


def test_feedback_tells_the_severe_judge_and_leaves_the_others_alone():
    random = np.random.default_rng(2)
    rows = [
        (n, judge, 70 + 3 * n + random.normal(0, 1) - (12 if judge == "strict" else 0))
        for n in range(5)
        for judge in ("a", "b", "c", "d", "strict")
    ]

    found = {row.judge: row for row in calibration_feedback(*zip(*rows, strict=True))}

    assert {judge for judge, row in found.items() if row.clear} == {"strict"}
    assert found["strict"].message.code == "calibration.severe"
    assert found["a"].message.code == "calibration.even"


def test_common_samples_anchor_panels_that_share_no_entry():
    gains = []
    for seed in range(10):
        random = np.random.default_rng(seed)
        level, severity = random.normal(0, 3, 60), random.normal(0, 3, 9)
        item = np.repeat(np.arange(60), 3)
        judge = (item // 20) * 3 + np.tile(np.arange(3), 60)
        sample, everyone = np.repeat(np.arange(100, 106), 9), np.tile(np.arange(9), 6)
        of = np.concatenate([level, np.zeros(40), random.normal(0, 3, 6)])
        score = of[item] + severity[judge] + random.normal(0, 1, 180)
        common = of[sample] + severity[everyone] + random.normal(0, 1, 54)
        apart = rank(item, judge, score)
        linked = rank(np.r_[item, sample], np.r_[judge, everyone], np.r_[score, common])
        assert (apart.components.count, linked.components.count) == (3, 1)
        taus = [stats.kendalltau([found.estimates()[n] for n in range(60)], level)[0] for found in (apart, linked)]
        gains.append(taus[1] - taus[0])

    assert np.mean(gains) > 0.015

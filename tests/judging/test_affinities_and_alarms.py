"""Affinity from field tags, and alarms for scores that lie far apart."""

import numpy as np
import pytest

from kechuang.judging import affinity, spread_alarm, suggest_experts


def test_exact_neighbouring_and_foreign_fields():
    found = affinity([["生物"], ["化学"], ["物理"]], [["生物"]], neighbours=[("生物", "化学")]).tocoo()

    assert dict(zip(found.row.tolist(), found.data.tolist(), strict=True)) == {0: 1.0, 1: 0.5}


def test_the_first_field_of_an_entry_counts_twice_a_further_one():
    found = affinity([["生物"], ["工程"], ["生物", "工程"]], [["生物", "工程"]]).toarray()

    assert found[:, 0] == pytest.approx([2 / 3, 1 / 3, 1])


def test_strength_and_stage_lower_the_fit():
    found = affinity(
        [{"生物": 0.8}, ["生物"], ["生物"]], [["生物"]], expert_stages=[["高中"], ["小学"], []], entry_stages=["高中"]
    ).toarray()

    assert found[:, 0] == pytest.approx([0.8, 0.6, 1.0])


def test_many_tags_stay_sparse():
    random = np.random.default_rng(0)
    experts = [[int(t)] for t in random.integers(0, 100, 800)]
    entries = [[int(t)] for t in random.integers(0, 100, 10_000)]

    found = affinity(experts, entries)

    assert found.shape == (800, 10_000)
    assert found.nnz == sum(e == p for [e] in experts for [p] in entries)


def test_scores_far_apart_raise_an_alarm_widest_first_with_experts_to_ask():
    scores = {"w1": {"a": 60, "b": 90}, "w2": {"a": 70, "b": 75}, "w3": {"a": 40, "b": 95, "c": None}}
    ask = suggest_experts(
        {("a", "w1"): 1.0, ("c", "w1"): 0.5, ("d", "w1"): 0.9, ("e", "w1"): 1.0, ("f", "w1"): 1.0},
        loads={"e": 5},
        load_max=5,
        conflicts=[("f", "w1")],
    )

    found = spread_alarm(scores, 20, suggest=ask)

    assert [(a.entry, a.spread, a.lowest, a.highest, a.add) for a in found] == [
        ("w3", 55, "a", "b", ()),
        ("w1", 30, "a", "b", ("d", "c")),
    ]
    assert [a.message.code for a in found] == ["alarm.nobody", "alarm.spread"]


def test_a_difference_equal_to_the_threshold_is_no_alarm():
    assert spread_alarm([("w", "a", 60), ("w", "b", 80), ("w", "c", float("nan"))], 20) == []

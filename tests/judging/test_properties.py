"""What must hold for any input: against every possibility on small instances, under other labels, and for odd tables."""

import itertools
from string import Formatter

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from scipy import sparse

from kechuang.judging import assign, calibration_sample, next_reviews, rank, reassign, sensitivity
from kechuang.judging.messages import TEXTS, Message, say


@st.composite
def tasks(draw, entries=3, experts=4):
    """A small fair with eligibility, conflicts, limits per expert, kinds and organisations."""
    shape = (draw(st.integers(2, experts)), draw(st.integers(1, entries)))
    cells = st.one_of(st.none(), st.integers(0, 40))
    rows = draw(st.lists(st.lists(cells, min_size=shape[1], max_size=shape[1]), min_size=shape[0], max_size=shape[0]))
    affinity = np.array([[np.nan if cell is None else cell / 10 for cell in row] for row in rows], dtype=float)
    limits = draw(st.lists(st.integers(0, 2), min_size=shape[0], max_size=shape[0]))
    kinds = draw(st.lists(st.integers(0, 1), min_size=shape[0], max_size=shape[0]))
    places = draw(st.lists(st.integers(0, 1), min_size=shape[0], max_size=shape[0]))
    return affinity, draw(st.integers(1, 2)), limits, kinds, places


def every_choice(affinity, demand, limits):
    """All ways to give each entry at most `demand` of its experts within the limits."""
    experts, entries = affinity.shape
    options = [
        [g for size in range(demand + 1) for g in itertools.combinations([e for e in range(experts) if not np.isnan(affinity[e, p])], size)]
        for p in range(entries)
    ]  # fmt: skip
    for picked in itertools.product(*options):
        if all(sum(e in group for group in picked) <= limits[e] for e in range(experts)):
            yield picked


def worth(affinity, picked):
    return sum(affinity[e, p] for p, group in enumerate(picked) for e in group)


@given(tasks())
@settings(max_examples=40, deadline=None)
def test_what_cannot_be_filled_is_as_little_as_possible_and_the_rest_still_optimal(task):
    affinity, demand, limits, *_ = task
    best = max((sum(map(len, p)), round(worth(affinity, p), 9)) for p in every_choice(affinity, demand, limits))

    for mode in ("total", "fair"):
        found = assign(affinity, demand, limits, mode=mode)

        assert (len(found.pairs), round(found.total, 9)) == best
        assert sum(found.shortfall.values()) == demand * affinity.shape[1] - best[0]
        named = {message.params["entry"] for message in found.messages if "entry" in message.params}
        assert set(found.shortfall) <= named


@given(tasks())
@example(
    (np.array([[np.nan] * 3, [0.0] * 3, [np.nan] * 3]), 2, [0, 1, 0], [0, 0, 0], [0, 0, 0])
)  # two parts share an entry
@settings(max_examples=40, deadline=None)
def test_what_is_said_to_mend_a_shortage_mends_it(task):
    affinity, demand, limits, *_ = task
    found = assign(affinity, demand, limits, mode="total")
    tight = [m for m in found.messages if m.code == "assign.tight"]
    hopeless = [m for m in found.messages if m.code == "assign.too_few_experts"]
    if not found.shortfall:
        assert not tight + hopeless
        return
    assert sum(m.params["missing"] for m in tight + hopeless) == sum(found.shortfall.values())

    helped = affinity
    for message in hopeless + tight:  # experts without a conflict for the entries that are named
        size = int(message.params.get("more", 0) + message.params["missing"])
        able = np.full((size, affinity.shape[1]), np.nan)
        able[:, list(message.params["names"])] = 0.0
        helped = np.vstack([helped, able])
    more = [*limits, *[demand * affinity.shape[1]] * (len(helped) - len(affinity))]
    assert not assign(helped, demand, more, mode="total").shortfall


@given(tasks(), st.booleans())
@settings(max_examples=40, deadline=None)
def test_coverage_and_spread_are_exact_whether_groups_overlap_or_not(task, overlap):
    """Overlapping groups go to a program, others through the flow: both find the best of all, in the order of wishes."""
    affinity, demand, limits, kinds, places = task
    wanted = [[e for e, kind in enumerate(kinds) if kind == 1]]
    labels = places if overlap else kinds

    def lacking(picked):
        return sum(bool(sum(kinds[e] for e in group) < 1) for group in picked)

    allowed = [
        p for p in every_choice(affinity, demand, limits)
        if all(sum(labels[e] == label for e in group) <= 1 for group in p for label in (0, 1))
    ]  # fmt: skip
    best = max((sum(map(len, p)), -lacking(p), round(worth(affinity, p), 6)) for p in allowed)

    found = assign(affinity, demand, limits, coverage=[(wanted[0], 1)], spread=(labels, 1), mode="total")

    groups = [tuple(found.pairs[found.pairs[:, 1] == p, 0].tolist()) for p in range(affinity.shape[1])]
    assert all(sum(labels[e] == label for e in group) <= 1 for group in groups for label in (0, 1))
    assert (len(found.pairs), -lacking(groups), round(found.total, 6)) == best
    assert found.gap == pytest.approx(0, abs=1e-6)


@given(tasks(), st.data())
@settings(max_examples=40, deadline=None)
def test_after_a_recusal_no_more_pairs_move_than_must(task, data):
    affinity, demand, limits, *_ = task
    before = assign(affinity, demand, limits, mode="total")
    if not len(before.pairs):
        return
    gone = tuple(data.draw(st.sampled_from(before.pairs.tolist())))
    left = affinity.copy()
    left[gone] = np.nan
    held = set(map(tuple, before.pairs.tolist()))
    best = max(
        (sum(map(len, p)), len(held & {(e, at) for at, group in enumerate(p) for e in group}), round(worth(left, p), 9))
        for p in every_choice(left, demand, limits)
    )

    after = reassign(before.pairs, affinity, demand, limits, forbidden=[gone])

    pairs = set(map(tuple, after.pairs.tolist()))
    assert gone not in pairs
    assert (len(pairs), len(pairs & held), round(after.total, 9)) == best


# --- ranking -----------------------------------------------------------------------------------------------------


@st.composite
def score_sheets(draw):
    entries, judges = draw(st.integers(1, 6)), draw(st.integers(1, 4))
    return draw(
        st.lists(
            st.tuples(
                st.integers(0, entries - 1), st.integers(0, judges - 1), st.one_of(st.none(), st.integers(0, 20))
            ),
            min_size=1,
            max_size=24,
        )
    )


@given(
    score_sheets(),
    st.randoms(use_true_random=False),
    st.sampled_from(["auto", "mixed", "mean", "trimmed", "zscore", "additive"]),
)
@settings(max_examples=20, deadline=None)
def test_any_table_is_ranked_the_same_in_any_order_and_under_any_names(rows, chance, method):
    if all(score is None for _entry, _judge, score in rows):
        with pytest.raises(ValueError, match="no score"):
            rank(*zip(*rows, strict=True), method=method)
        return
    entries, judges, scores = zip(*rows, strict=True)
    plain = rank(entries, judges, scores, method=method)
    mixed = chance.sample(rows, len(rows))
    names = {entry: f"作品{7 * entry % 11:02d}" for entry in set(entries)}

    moved = rank(*zip(*mixed, strict=True), method=method)
    named = rank([names[e] for e in entries], [f"评委{9 - j}" for j in judges], scores, method=method)

    assert moved.table == plain.table
    back = {name: entry for entry, name in names.items()}
    assert {back[row.entry]: row.estimate for row in named.table} == pytest.approx(
        {row.entry: row.estimate for row in plain.table}, abs=1e-6
    )
    assert all(np.isfinite([row.estimate, row.error, row.low, row.high]).all() for row in plain.table)
    assert min(row.rank for row in plain.table) == 1
    assert {row.entry for row in plain.table} == {e for e, _j, s in rows if s is not None}


@pytest.mark.parametrize(
    "rows",
    [
        [("a", "j", 5.0)],
        [("a", "j", 5.0), ("b", "j", 7.0), ("c", "j", 6.0)],
        [("a", "j", 5.0), ("a", "j", 7.0), ("b", "k", 6.0)],
        [(entry, judge, 80.0) for entry in "abcdef" for judge in "jkl"],
        [("a", "j", np.nan), ("a", "k", 3.0), ("b", "j", None)],
        [("a", "j", 0.0), ("b", "j", 1e6), ("a", "k", 1.0), ("b", "k", 1e6 + 1), ("c", "k", 2.0), ("c", "j", 3.0)],
    ],
)
def test_odd_tables_are_ranked_with_the_sheet_and_the_advice(rows):
    entries, judges, scores = zip(*rows, strict=True)

    found = rank(entries, judges, scores, prize_ratios=[0.2, 0.3])
    sheet = sensitivity(entries, judges, scores, prize_ratios=[0.2, 0.3])
    advice = next_reviews(entries, judges, scores, 3, prize_ratios=[0.2, 0.3])

    assert all(np.isfinite(row.estimate) for row in found.table)
    assert found.components.sentence
    assert found.reasons
    assert sheet.agreement.message.text
    assert advice.message.text


@pytest.mark.parametrize("mode", ["total", "fair", "maximin"])
@pytest.mark.parametrize(
    "affinity",
    [
        np.zeros((0, 0)),
        np.zeros((3, 0)),
        np.zeros((0, 3)),
        np.full((3, 2), np.nan),
        np.zeros((1, 1)),
        np.full((4, 3), 0.5),
        np.full((3, 3), -1.0),
        sparse.csr_array((3, 4)),
        np.array([[1e9, 1e-9], [1e-9, 1e9]]),
    ],
    ids=[
        "nothing",
        "no entries",
        "no experts",
        "nobody eligible",
        "one",
        "constant",
        "negative",
        "empty sparse",
        "extremes",
    ],
)
def test_odd_matrices_are_assigned_without_an_error(affinity, mode):
    found = assign(affinity, 2, 2, conflicts=[(0, 0), (0, 0)] if min(affinity.shape) else None, mode=mode)

    wanted = 2 * affinity.shape[1]
    assert len(found.pairs) + sum(found.shortfall.values()) == wanted
    assert len(set(map(tuple, found.pairs.tolist()))) == len(found.pairs)
    assert found.complete or found.messages or not wanted


@pytest.mark.parametrize("mode", ["fair", "maximin"])
def test_negative_affinities_and_overlapping_groups_go_together(mode):
    affinity = np.array([[-0.5, -0.4], [-0.3, 0.2], [-0.9, -0.8]])

    found = assign(affinity, 2, 2, coverage=[([0, 1], 1)], spread=([0, 1, 1], 1), mode=mode)

    assert found.complete
    assert found.worst == pytest.approx(-0.8)


def test_a_sample_larger_than_the_round_is_the_round():
    assert sorted(calibration_sample(["b", "a"], 9)) == ["a", "b"]
    assert calibration_sample([], 3) == []


# --- what is said ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("code", sorted(TEXTS))
def test_every_sentence_survives_being_stored_and_takes_another_language(code):
    fields = {name for _text, name, *_rest in Formatter().parse(TEXTS[code]) if name}
    message = say(code, **{name: 0.5 if name in {"share", "judge_share"} else 3 for name in fields})

    assert Message.read(message.as_dict()).text == message.text
    assert message.said(lambda text: f"[{text}]") == f"[{message.text}]"


def test_parameters_may_be_messages_and_lists_of_them():
    message = say(
        "spend.offer",
        n=2,
        where=(say("spend.where", tier="一等奖", n=1), say("spend.where", tier="二等奖", n=1)),
        reviews=3,
        settled=1,
    )

    told = message.said(
        lambda text: {"、": ", ", "{tier} {n} 件": "{tier}: {n}"}.get(text, text), {"一等奖": "first prize"}
    )

    assert "first prize: 1, 二等奖: 1" in told
    assert Message.read(message.as_dict()) == message

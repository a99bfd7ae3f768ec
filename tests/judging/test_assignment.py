"""Assignment: optimal against brute force, never a conflict, the same under any row order, shortfalls by name."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse

from kechuang.judging import assign, reassign
from kechuang.judging.arrays import tail_mean


def fair(random, experts=30, entries=40, share=0.4):
    """A made fair: affinities with two decimals, some pairs not eligible."""
    affinity = np.round(random.random((experts, entries)), 2)
    affinity[random.random(affinity.shape) > share] = np.nan
    return affinity


def brute_force(affinity, demand, load_max, banned):
    """Best (total) and best (worst, total) over all ways to give each entry exactly `demand` experts."""
    experts, entries = affinity.shape
    choices = []
    for entry in range(entries):
        free = [e for e in range(experts) if not np.isnan(affinity[e, entry]) and (e, entry) not in banned]
        choices.append(list(itertools.combinations(free, demand)))
    best, best_fair = None, None
    for picked in itertools.product(*choices):
        loads = np.bincount([e for group in picked for e in group], minlength=experts)
        if loads.max(initial=0) > load_max:
            continue
        sums = [sum(affinity[e, entry] for e in group) for entry, group in enumerate(picked)]
        best = max(best, sum(sums)) if best is not None else sum(sums)
        worst = (round(min(sums), 9), round(sum(sums), 9))
        best_fair = max(best_fair, worst) if best_fair is not None else worst
    return best, best_fair


@st.composite
def small_tasks(draw):
    experts, entries = draw(st.integers(2, 5)), draw(st.integers(1, 4))
    cells = st.one_of(st.none(), st.integers(-20, 100))
    rows = draw(st.lists(st.lists(cells, min_size=entries, max_size=entries), min_size=experts, max_size=experts))
    affinity = np.array([[np.nan if cell is None else cell / 100 for cell in row] for row in rows], dtype=float)
    banned = draw(st.sets(st.tuples(st.integers(0, experts - 1), st.integers(0, entries - 1)), max_size=4))
    return affinity, draw(st.integers(1, 2)), draw(st.integers(1, 3)), banned


@given(small_tasks())
@settings(max_examples=150, deadline=None)
def test_total_is_the_optimum_found_by_trying_everything(task):
    affinity, demand, load_max, banned = task
    best, _ = brute_force(affinity, demand, load_max, banned)

    found = assign(affinity, demand, load_max, conflicts=banned, mode="total")

    assert not {tuple(pair) for pair in found.pairs.tolist()} & banned
    assert found.loads.max(initial=0) <= load_max
    assert (best is None) == bool(found.shortfall)
    if best is not None:
        assert found.total == pytest.approx(best)
        assert found.bound == pytest.approx(best)


@given(small_tasks())
@settings(max_examples=100, deadline=None)
def test_maximin_worst_lies_between_the_optimum_and_its_bound(task):
    affinity, demand, load_max, banned = task
    _, best_fair = brute_force(affinity, demand, load_max, banned)
    if best_fair is None:
        return

    found = assign(affinity, demand, load_max, conflicts=banned, mode="maximin")
    plain = assign(affinity, demand, load_max, conflicts=banned, mode="total")

    assert found.worst >= plain.worst - 1e-9
    assert found.worst <= best_fair[0] + 1e-9 <= found.worst_bound + 2e-9
    assert found.complete


@pytest.mark.parametrize("seed", range(5))
def test_fair_keeps_the_total_and_never_serves_the_worst_less(seed):
    affinity = np.round(fair(np.random.default_rng(seed)) * 4) / 4

    total, level = (assign(affinity, 3, 6, mode=mode) for mode in ("total", "fair"))

    assert level.total == pytest.approx(total.total)
    assert (level.worst, tail_mean(level.entry_totals)) >= (total.worst, tail_mean(total.entry_totals))


def test_fair_breaks_a_tie_for_the_entry_served_worst():
    affinity = np.array([[0.5, 0.5], [0.5, 0.5], [0.1, 0.1], [0.9, 0.9]])

    found = assign(affinity, 2, 1, mode="fair")

    assert found.total == pytest.approx(2.0)
    assert found.worst == pytest.approx(1.0)


@pytest.mark.parametrize("mode", ["total", "fair", "maximin"])
def test_row_order_and_sparse_form_do_not_matter(mode):
    random = np.random.default_rng(7)
    affinity = np.round(fair(random) * 8) / 8
    conflicts = np.argwhere(random.random(affinity.shape) < 0.1)
    experts, entries = random.permutation(30), random.permutation(40)
    held = np.nonzero(~np.isnan(affinity))

    first = assign(affinity, 3, 7, 1, conflicts, mode=mode, seed=3)
    moved = assign(affinity[np.ix_(experts, entries)], 3, 7, 1, _moved(conflicts, experts, entries), mode=mode, seed=3)
    thin = assign(sparse.coo_array((affinity[held], held), shape=affinity.shape), 3, 7, 1, conflicts, mode=mode, seed=3)

    assert moved.total == pytest.approx(first.total)
    assert moved.worst == pytest.approx(first.worst)
    assert sorted(zip(experts[moved.pairs[:, 0]], entries[moved.pairs[:, 1]], strict=True)) == sorted(
        map(tuple, first.pairs)
    )
    assert np.array_equal(thin.pairs, first.pairs)


def _moved(pairs, experts, entries):
    return np.column_stack([np.argsort(experts)[pairs[:, 0]], np.argsort(entries)[pairs[:, 1]]])


def test_same_seed_gives_the_same_pairs():
    affinity = np.full((10, 10), 0.5)

    first, again = (assign(affinity, 2, 3, seed=5).pairs for _ in range(2))

    assert np.array_equal(first, again)


def test_a_conflict_is_not_broken_to_fill_a_gap():
    affinity = np.ones((3, 2))

    found = assign(affinity, 2, 2, conflicts=[(0, 0), (1, 0)])

    assert found.shortfall == {0: 1}
    assert sorted(map(tuple, found.pairs)) == [(0, 1), (1, 1), (2, 0)] or len(found.pairs) == 3
    assert (0, 0) not in set(map(tuple, found.pairs))
    assert (1, 0) not in set(map(tuple, found.pairs))
    assert found.messages[0].code == "assign.entry_short"
    assert found.messages[0].params == {"entry": 0, "missing": 1, "eligible": 1, "demand": 2}


def test_minimum_loads_are_honoured_or_reported_by_name():
    affinity = np.array([[1.0, 1.0, 1.0], [0.1, 0.1, 0.1], [np.nan, np.nan, 0.2]])

    honoured = assign(affinity, 1, 3, [0, 1, 1])
    short = assign(affinity, 1, 3, [0, 1, 2])

    assert honoured.loads.tolist() == [1, 1, 1]
    assert honoured.complete
    assert short.load_shortfall == {2: 1}
    assert [message.code for message in short.messages] == ["assign.expert_short"]


def test_too_little_capacity_is_said_with_the_number():
    found = assign(np.ones((2, 3)), 1, 1)

    assert sum(found.shortfall.values()) == 1
    assert found.messages[0].code == "assign.capacity_short"
    assert found.messages[0].params["missing"] == 1


def test_a_bottleneck_is_named_with_what_would_mend_it():
    affinity = np.full((5, 6), np.nan)
    affinity[:2, :3], affinity[2:, 3:] = 1.0, 1.0

    found = assign(affinity, 2, 2)

    said = next(message for message in found.messages if message.code == "assign.tight")
    assert said.params == {
        "entries": 3, "names": (0, 1, 2), "demand": 6, "experts": 2, "capacity": 4, "missing": 2, "more": 1, "raise_by": 1,
    }  # fmt: skip
    assert "0、1、2" in said.text
    assert assign(affinity, 2, 3).complete


def test_a_zero_one_matrix_of_conflicts_is_a_mask():
    random = np.random.default_rng(0)
    affinity, banned = random.random((6, 5)), random.random((6, 5)) < 0.3

    found = [
        assign(affinity, 1, 2, conflicts=form).pairs.tolist()
        for form in (banned, banned.astype(int), np.argwhere(banned))
    ]

    assert found[0] == found[1] == found[2]


@st.composite
def fair_tasks(draw):
    """Feasible by construction: each entry may have anybody, and there is room for all."""
    experts, entries = draw(st.integers(3, 5)), draw(st.integers(2, 3))
    cells = st.integers(0, 8)
    rows = draw(st.lists(st.lists(cells, min_size=entries, max_size=entries), min_size=experts, max_size=experts))
    return np.array(rows, dtype=float) / 4, draw(st.integers(1, 2))


@given(fair_tasks())
@settings(max_examples=60, deadline=None)
def test_maximin_is_the_optimum_found_by_trying_everything(task):
    affinity, demand = task
    cap = -(-demand * affinity.shape[1] // affinity.shape[0]) + 1
    _, best = brute_force(affinity, demand, cap, set())

    found = assign(affinity, demand, cap, mode="maximin")

    assert found.worst == pytest.approx(best[0])
    assert found.total == pytest.approx(best[1])


@given(fair_tasks(), st.randoms(use_true_random=False), st.sampled_from(["total", "fair", "maximin"]))
@settings(max_examples=40, deadline=None)
def test_relabelling_moves_the_pairs_and_nothing_else(task, chance, mode):
    affinity, demand = task
    experts, entries = list(range(affinity.shape[0])), list(range(affinity.shape[1]))
    chance.shuffle(experts), chance.shuffle(entries)

    first = assign(affinity, demand, 3, mode=mode)
    moved = assign(affinity[np.ix_(experts, entries)], demand, 3, mode=mode)

    assert (moved.total, moved.worst) == (pytest.approx(first.total), pytest.approx(first.worst))
    assert sorted(moved.loads[np.argsort(experts)].tolist()) == sorted(first.loads.tolist())


def test_fixed_pairs_stay_and_forbidden_ones_do_not_appear():
    affinity = np.array([[0.9, 0.9], [0.5, 0.5], [0.1, 0.1]])

    found = assign(affinity, 1, 1, fixed=[(2, 0)], forbidden=[(0, 1)])

    assert found.pairs.tolist() == [[2, 0], [1, 1]]
    assert found.total == pytest.approx(0.6)


def test_a_fixed_pair_in_conflict_is_refused():
    with pytest.raises(ValueError, match="never broken"):
        assign(np.ones((2, 2)), 1, 2, conflicts=[(0, 0)], fixed=[(0, 0)])


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"demand": -1}, "demand"),
        ({"load_max": [1, 2]}, "load_max"),
        ({"load_min": 9}, "load_min"),
        ({"conflicts": [(7, 0)]}, "conflicts"),
        ({"mode": "best"}, "mode"),
    ],
)
def test_bad_input_is_refused_by_name(change, word):
    arguments = {"affinity": np.ones((3, 3)), "demand": 1, "load_max": 2, **change}

    with pytest.raises(ValueError, match=word):
        assign(**arguments)


def test_nothing_to_assign_is_no_error():
    assert assign(np.zeros((0, 0)), 1, 1).pairs.shape == (0, 2)
    assert assign(np.ones((2, 2)), 0, 1).total == 0


@pytest.mark.parametrize("mode", ["total", "fair", "maximin"])
def test_coverage_and_spread_hold_whether_groups_overlap_or_not(mode):
    random = np.random.default_rng(2)
    affinity = np.round(random.random((16, 10)), 3)
    researchers, engineers = set(range(6)), set(range(5, 12))
    schools = [f"s{expert // 2}" for expert in range(16)]

    apart = assign(affinity, 3, 4, mode=mode, coverage=[(researchers, 1)])
    spread = assign(affinity, 3, 4, mode=mode, spread=(schools, 1))
    overlap = assign(affinity, 3, 4, mode=mode, coverage=[(researchers, 1), (engineers, 1)], spread=(schools, 1))

    for found in (apart, spread, overlap):
        assert found.complete
        assert found.total <= assign(affinity, 3, 4, mode="total").total + 1e-9
    for found in (apart, overlap):
        assert all(researchers & set(_experts(found, entry)) for entry in range(10))
    for found in (spread, overlap):
        assert all(len({schools[e] for e in _experts(found, entry)}) == 3 for entry in range(10))
    assert all(engineers & set(_experts(overlap, entry)) for entry in range(10))


def _experts(found, entry):
    return found.pairs[found.pairs[:, 1] == entry, 0].tolist()


def test_flow_and_program_agree_where_both_apply():
    random = np.random.default_rng(4)
    affinity = np.round(random.random((12, 8)), 3)
    group = set(range(4))

    flow = assign(affinity, 3, 4, mode="total", coverage=[(group, 1)])
    program = assign(affinity, 3, 4, mode="total", coverage=[(group, 1), (group, 1)])

    assert program.total == pytest.approx(flow.total, rel=1e-6)


def test_missing_coverage_is_reported():
    found = assign(np.ones((3, 2)), 1, 2, coverage=[([2], 1)], conflicts=[(2, 0)])

    assert found.coverage_shortfall == {(0, 0): 1}
    assert "assign.coverage_short" in [message.code for message in found.messages]


def test_a_recusal_moves_as_few_pairs_as_possible():
    random = np.random.default_rng(1)
    affinity = np.round(random.random((20, 30)), 3)
    before = assign(affinity, 3, 5)
    gone = tuple(before.pairs[0])

    after = reassign(before.pairs, affinity, 3, 5, conflicts=[gone])

    assert after.complete
    assert len({tuple(p) for p in before.pairs} - {tuple(p) for p in after.pairs}) == 1


def test_importing_the_package_pulls_in_neither_django_nor_a_solver():
    import subprocess
    import sys

    code = "import sys, kechuang.judging; sys.exit(any(m in sys.modules for m in ('django', 'scipy', 'ortools')))"

    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0

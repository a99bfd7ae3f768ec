"""The runner of peers on a checkout of the layout that docs/judging.md describes: one solver that works, one that fails."""

import numpy as np

from tests.judging.bench import peers
from tests.judging.bench.data import Task
from tests.judging.bench.report import Report

SOLVER = """
import numpy as np
from .core import order


class MinMaxSolver:
    def __init__(self, minimums, maximums, demands, encoder):
        self.room, self.demands, self.encoder = list(maximums), demands, encoder

    def solve(self):
        scores, banned = self.encoder.aggregate_score_matrix, self.encoder.constraint_matrix < 0
        flow = np.zeros(scores.shape)
        for entry, wanted in enumerate(self.demands):
            for expert in order(scores[entry]):
                if flow[entry].sum() < wanted and self.room[expert] and not banned[entry, expert]:
                    flow[entry, expert] = 1
                    self.room[expert] -= 1
        return flow
"""
BROKEN = "class FairFlow:\n    def __init__(self, *given):\n        raise RuntimeError('it wants a licence')\n"


def test_a_checkout_is_found_run_and_what_fails_says_so(tmp_path, monkeypatch, capsys):
    solvers = tmp_path / "openreview-matcher" / "matcher" / "solvers"
    solvers.mkdir(parents=True)
    (solvers / "core.py").write_text("def order(row):\n    return sorted(range(len(row)), key=lambda at: -row[at])\n")
    (solvers / "minmax_solver.py").write_text(SOLVER)
    (solvers / "fairflow.py").write_text(BROKEN)
    monkeypatch.setenv("KECHUANG_PEERS", str(tmp_path))
    affinity, conflicts = np.array([[0.9, 0.1], [0.5, 0.8]]), np.array([[True, False], [False, False]])
    report = Report()

    peers.run(report, "tiny", Task(affinity, [1, 1], [1, 2], [0, 0], conflicts))

    told = capsys.readouterr().out
    assert "tiny MinMaxSolver 1.3000 / 0.5000" in told
    assert "conflicts 0" in told
    assert "it wants a licence" in told
    assert "FairSequence" not in told


def test_without_a_checkout_nothing_is_run(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("KECHUANG_PEERS", str(tmp_path / "nothing"))

    peers.run(Report(), "tiny", Task(np.zeros((1, 1)), [1], [1], [0], np.zeros((1, 1))))

    assert peers.checkout() is None
    assert capsys.readouterr().out == ""

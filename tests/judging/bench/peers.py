"""OpenReview's matcher on the same task, where a checkout of it lies under KECHUANG_PEERS; in a process of its own."""

import os
import pickle
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.judging.bench.data import Task
from tests.judging.bench.report import Report

SOLVERS = {"minmax_solver": "MinMaxSolver", "fairflow": "FairFlow", "fairsequence": "FairSequence"}
LIMIT = 300  # seconds a peer may take
CODE = """
import importlib.util, pickle, sys, time, types
from pathlib import Path
import numpy as np
root, module, name, task = sys.argv[1:]
matcher = types.ModuleType("matcher"); matcher.__path__ = [root + "/matcher"]
solvers = types.ModuleType("matcher.solvers"); solvers.__path__ = [root + "/matcher/solvers"]
sys.modules |= {"matcher": matcher, "matcher.solvers": solvers}
scores, banned, demand, low, high = pickle.loads(Path(task).read_bytes())
encoder = types.SimpleNamespace(aggregate_score_matrix=scores, cost_matrix=-scores, constraint_matrix=np.where(banned, -1, 0))
solver = getattr(importlib.import_module(f"matcher.solvers.{module}"), name)
started = time.process_time()
flow = np.asarray(solver(list(low), list(high), list(demand), encoder).solve())
flow = flow if flow.shape == scores.shape else flow.T
sums = (flow * scores).sum(axis=1)
print(f"{sums.sum():.4f} / {sums.min():.4f} cpu {time.process_time() - started:.2f} conflicts {int((flow * banned).sum())}")
"""


def checkout() -> Path | None:
    folder = os.environ.get("KECHUANG_PEERS")
    if not folder:
        return None
    places = [Path(folder), *sorted(Path(folder).iterdir())] if Path(folder).is_dir() else []
    return next((place for place in places if (place / "matcher" / "solvers").is_dir()), None)


def run(report: Report, name: str, task: Task) -> None:
    """One line per peer that runs; one that cannot says so in its own words."""
    root = checkout()
    if root is None:
        return
    with tempfile.NamedTemporaryFile(suffix=".pickle") as stored:
        stored.write(pickle.dumps((*task.dense(), task.demand, task.load_min, task.load_max)))
        stored.flush()
        for module, solver in SOLVERS.items():
            if (root / "matcher" / "solvers" / f"{module}.py").is_file():
                report.line(f"run here: {name} {solver} {_said(root, module, solver, stored.name)}")


def _said(root: Path, module: str, solver: str, task: str) -> str:
    try:
        done = subprocess.run(
            [sys.executable, "-c", CODE, str(root), module, solver, task],
            capture_output=True, text=True, timeout=LIMIT, check=False,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        return f"no end in {LIMIT} s"
    lines = (done.stdout if done.returncode == 0 else done.stderr).strip().splitlines()
    return lines[-1] if lines else "said nothing"

"""`python -m tests.judging.bench`: every bar beside the peers' figures; exit code 1 where one does not hold.

The data come from KECHUANG_BENCHMARKS (default ../shared/benchmarks), the large instance is made by their own generator
into --made; peers are run where KECHUANG_PEERS has a checkout. Seconds are CPU seconds.
"""

import argparse
import os
import sys
from pathlib import Path

from tests.judging.bench import assigning, scoring, spending
from tests.judging.bench.report import Report

PARTS = ("assign", "size", "scores", "spend")
DEFAULT = Path(__file__).resolve().parents[3] / ".." / "shared" / "benchmarks"


def data_folder() -> Path | None:
    folder = Path(os.environ.get("KECHUANG_BENCHMARKS") or DEFAULT)
    return folder if (folder / "assign").is_dir() else None


def main() -> int:
    options = argparse.ArgumentParser(prog="make bench-judging", description=__doc__)
    options.add_argument("--draws", type=int, default=60, help="draws a cell of the scoring protocol (default 60)")
    options.add_argument(
        "--seed", type=int, default=1, help="seed of the large instance (default 1, which the README measured)"
    )
    options.add_argument("--only", choices=PARTS, action="append", help="only this part (may be given several times)")
    options.add_argument("--made", type=Path, default=Path("var/bench"), help="where the large instance is kept")
    chosen = options.parse_args()
    root = data_folder()
    if root is None:
        print("The benchmark data are not here. Set KECHUANG_BENCHMARKS to their folder.", file=sys.stderr)
        return 2
    report = Report()
    parts = {
        "assign": lambda: assigning.run(report, root, chosen.made, chosen.seed),
        "size": lambda: scoring.speed(report, root),
        "scores": lambda: scoring.run(report, root, chosen.draws),
        "spend": lambda: spending.run(report, root, max(4, chosen.draws // 3)),
    }
    for name, run in parts.items():
        if name in (chosen.only or PARTS):
            run()
    return report.finish()


if __name__ == "__main__":
    sys.exit(main())

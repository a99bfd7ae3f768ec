"""`make bench-web`: what the pages that people read cost, beside two peers, their bars and the limit of the machine."""

from __future__ import annotations

import argparse
import json
import os
import platform
import shutil
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from statistics import median

from tests.bench import cost, datasets, flows, runs
from tests.bench.bars import BARS
from tests.bench.cluster import Cluster
from tests.bench.load import Page
from tests.bench.report import Figures, Sample, growth, memory_line, table
from tests.bench.servers import WEB_PROCESSES, Servers, production, python

WARM_UP = 1.0
LIMIT_SECONDS = 2.0
"""The bare server is asked for so long before each run of each row, so that a machine that others use too is held to what it does then."""
FLOWS_PREPARED = 2000
"""Items of each flow; every run has an equal share and ends early where it is used up."""
EXPORT_CLIENTS = 1
"""An export is one officer's; what counts is how long it takes."""


@dataclass
class Run:
    """The figures of one scene, each with the limit that was measured just before it."""

    entries: int
    figures: dict[str, Figures] = field(default_factory=dict)
    memory: cost.Memory = field(default_factory=lambda: cost.Memory(0, 0))

    @property
    def limit(self) -> float:
        return median(sample.limit for figures in self.figures.values() for sample in figures.samples)


def measure(cluster: Cluster, entries: int, options: argparse.Namespace) -> Run:
    run = Run(entries)
    environment = datasets.prepared(cluster, entries, fresh=options.fresh)
    pages = ",".join(name for name in options.only.split(",") if name not in flows.FLOWS)
    found = json.loads(python(environment, "-m", "tests.bench.pages", *([pages] if pages or options.only else [])))
    rows = [(f"/row/{pk}/", "") for pk in found["rows"]]
    with bare_server(cluster, environment, rows) as limit, Servers(environment) as servers:
        for turn in range(options.runs):
            tell(f"{entries:,} entries, run {turn + 1}")
            for name, pages in found["pages"].items():
                clients = EXPORT_CLIENTS if BARS[name].is_seconds else 4
                at = {"port": servers.port, "web": servers.pid, "database": cluster.pid, "clients": clients}
                if turn == 0:
                    runs.of_pages(pages, seconds=WARM_UP, **at)
                at_most = limit()
                sample = replace(runs.of_pages(pages, seconds=options.seconds, **at), limit=at_most)
                run.figures.setdefault(name, Figures(name, queries=found["queries"][name])).samples.append(sample)
                tell(_line(name, sample))
        run.memory = cost.memory(servers.pid)
    measure_flows(cluster, environment, run, options, rows)
    return run


@contextmanager
def bare_server(
    cluster: Cluster, environment: Mapping[str, str], rows: Sequence[Page]
) -> Iterator[Callable[[], float]]:
    """A server that reads one indexed row of the same database; the function says how many such requests it answers a second now."""
    bare = production(cluster.url(environment["DATABASE_URL"].rpartition("/")[2]), "bare")
    with Servers(bare, "tests.bench.bare:application", rows[0][0]) as server:
        at = {"port": server.port, "web": server.pid, "database": cluster.pid}
        runs.of_pages(rows, seconds=WARM_UP, **at)
        yield lambda: runs.of_pages(rows, seconds=LIMIT_SECONDS, **at).rate


def _line(name: str, sample: Sample) -> str:
    return (
        f"  {name:<14}{sample.rate:8.1f}/s  p50 {sample.p50:7.1f}  p95 {sample.p95:7.1f}  p99 {sample.p99:7.1f}"
        f"  CPU {sample.web_ms:6.2f} + {sample.database_ms:5.2f} ms  limit {sample.limit:,.0f}/s"
    )


def measure_flows(
    cluster: Cluster, environment: Mapping[str, str], run: Run, options: argparse.Namespace, rows: Sequence[Page]
) -> None:
    """The rows that write, on a copy of the scene that is thrown away afterwards."""
    wanted = [name for name in flows.FLOWS if not options.only or name in options.only.split(",")]
    if not wanted:
        return
    cluster.create("flows", template=environment["DATABASE_URL"].rpartition("/")[2])
    copy = production(cluster.url("flows"), f"{cluster.name}-flows")
    try:
        datasets.collect_static(copy)
        found = json.loads(python(copy, "-m", "tests.bench.flow_plans", str(FLOWS_PREPARED)))
        with bare_server(cluster, copy, rows) as limit, Servers(copy) as servers:
            for name in wanted:
                figures = run.figures.setdefault(name, Figures(name, queries=found[name]["queries"]))
                share = len(found[name]["items"]) // (options.runs + 1)
                for turn in range(options.runs + 1):
                    seconds = options.seconds if turn else WARM_UP
                    at_most = limit()
                    sample, used = runs.of_flows(name, found[name]["items"][:share], servers, cluster, seconds)
                    del found[name]["items"][:used]
                    if turn:
                        figures.samples.append(replace(sample, limit=at_most))
                        tell(_line(name, figures.samples[-1]))
    finally:
        cluster.drop("flows")
        shutil.rmtree(copy["KECHUANG_VAR"], ignore_errors=True)


def tell(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def machine() -> str:
    model = next(
        (
            line.partition(":")[2].strip()
            for line in Path("/proc/cpuinfo").read_text().splitlines()
            if line.startswith("model name")
        ),
        "",
    )
    return f"{os.cpu_count()} cores ({model or platform.machine()}), Python {platform.python_version()}, load {os.getloadavg()[0]:.1f} at the end"


def show(found: list[Run]) -> None:
    for run in found:
        print(
            f"\n## {run.entries:,} entries\nLimit (bare Django, one indexed read), median of all runs: {run.limit:,.0f} requests a second. {machine()}\n"
        )
        print(table(list(run.figures.values()), run.entries))
        print(f"\n{memory_line(run.memory.rss, run.memory.pss, WEB_PROCESSES)}")
    if len(found) > 1:
        print(f"\n## From {found[0].entries:,} to {found[-1].entries:,} entries\n")
        print(
            growth(
                list(found[0].figures.values()),
                list(found[-1].figures.values()),
                per_entry=found[-1].entries / found[0].entries,
            )
        )


def as_json(found: list[Run]) -> str:
    return json.dumps(
        {
            "machine": machine(),
            "scenes": [
                {"entries": run.entries, "limit": round(run.limit, 1), "memory_mb": {"rss": run.memory.rss, "pss": run.memory.pss},
                 "rows": {name: figures.as_json(run.entries) for name, figures in run.figures.items()}}
                for run in found
            ],
        },
        ensure_ascii=False, indent=1,
    )  # fmt: skip


def main() -> int:
    parser = argparse.ArgumentParser(prog="make bench-web", description=__doc__)
    parser.add_argument("--entries", default="", help="sizes of the scene, comma separated (5000,50000)")
    parser.add_argument("--seconds", type=float, default=4, help="length of one measurement")
    parser.add_argument("--runs", type=int, default=3, help="how often each row is measured; medians are shown")
    parser.add_argument("--only", default="", help="rows, comma separated: " + ", ".join(BARS))
    parser.add_argument("--quick", action="store_true", help="5,000 entries, one short run: to try something out")
    parser.add_argument("--fresh", action="store_true", help="build the scenes anew")
    parser.add_argument("--json", action="store_true", help="one JSON object instead of tables")
    options = parser.parse_args()
    if options.quick:
        options.seconds, options.runs = 1.5, 1
    options.entries = options.entries or ("5000" if options.quick else "5000,50000")
    with Cluster("web") as cluster:
        found = [measure(cluster, int(entries), options) for entries in options.entries.split(",")]
    print(as_json(found)) if options.json else show(found)
    return 0


if __name__ == "__main__":
    sys.exit(main())

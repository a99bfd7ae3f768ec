"""`make bench-web`: what the pages that people read cost, beside two peers, their bars and the limit of the machine."""

from __future__ import annotations

import argparse
import json
import os
import platform
import shutil
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from statistics import median
from typing import Any

from tests.bench import cost, datasets, flows, runs
from tests.bench.bars import BARS
from tests.bench.cluster import Cluster
from tests.bench.load import Page
from tests.bench.report import Figures, Sample, growth, memory_line, table
from tests.bench.servers import WEB_PROCESSES, Servers, production, python

WARM_UP = 1.0
LIMIT_SECONDS = 1.5
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


class Stand:
    """A scene with its servers up, beside the bare server on the same database."""

    def __init__(self, cluster: Cluster, run: Run, servers: Servers, limit: Callable[[], float]) -> None:
        self.cluster, self.run, self.servers, self.limit = cluster, run, servers, limit

    def add(self, name: str, queries: int, measured: Callable[[], Sample], *, counts: bool = True) -> None:
        """One run of one row; the first of flows, which warms up, does not count."""
        at_most = self.limit()
        sample = replace(measured(), limit=at_most)
        if counts:
            self.run.figures.setdefault(name, Figures(name, queries=queries)).samples.append(sample)
            tell(
                f"{self.run.entries:>7,}  {name:<14}{sample.rate:8.1f}/s  p50 {sample.p50:7.1f}  p95 {sample.p95:7.1f}  p99 {sample.p99:7.1f}"
                f"  CPU {sample.web_ms:6.2f} + {sample.database_ms:5.2f} ms  limit {at_most:,.0f}/s"
            )


@contextmanager
def standing(cluster: Cluster, run: Run, environment: Mapping[str, str], rows: Sequence[Page]) -> Iterator[Stand]:
    """`rows`: pages of the bare server, which reads one indexed row for each."""
    bare = production(cluster.url(environment["DATABASE_URL"].rpartition("/")[2]), f"bare-{run.entries}")
    with Servers(bare, "tests.bench.bare:application", rows[0][0]) as server, Servers(environment) as servers:
        at = {"port": server.port, "web": server.pid, "database": cluster.pid}
        runs.of_pages(rows, seconds=WARM_UP, **at)
        yield Stand(cluster, run, servers, lambda: runs.of_pages(rows, seconds=LIMIT_SECONDS, **at).rate)


def measure(cluster: Cluster, sizes: Sequence[int], options: argparse.Namespace) -> list[Run]:
    """All scenes side by side, row after row: what else the machine does meanwhile meets each of them alike."""
    found = [Run(entries) for entries in sizes]
    scenes = [datasets.prepared(cluster, entries, fresh=options.fresh) for entries in sizes]
    wanted = ",".join(name for name in options.only.split(",") if name not in flows.FLOWS)
    asked = [wanted] if wanted or options.only else []
    plans = [json.loads(python(scene, "-m", "tests.bench.pages", *asked)) for scene in scenes]
    rows = [[(f"/row/{pk}/", "") for pk in plan["rows"]] for plan in plans]
    with ExitStack() as stack:
        stands = [stack.enter_context(standing(cluster, *each)) for each in zip(found, scenes, rows, strict=True)]
        for turn in range(options.runs):
            tell(f"run {turn + 1}")
            for name in plans[0]["pages"]:
                for stand, plan in zip(stands, plans, strict=True):
                    measure_pages(stand, name, plan, options.seconds)
        for stand in stands:
            stand.run.memory = cost.memory(stand.servers.pid)
    measure_flows(cluster, list(zip(found, scenes, rows, strict=True)), options)
    return found


def measure_pages(stand: Stand, name: str, plan: Mapping[str, Any], seconds: float) -> None:
    clients = EXPORT_CLIENTS if BARS[name].is_seconds else 4
    at = {"port": stand.servers.port, "web": stand.servers.pid, "database": stand.cluster.pid, "clients": clients}
    pages = plan["pages"][name]
    runs.of_pages(pages, seconds=WARM_UP, **at)  # each time: another scene has had the caches meanwhile
    stand.add(name, plan["queries"][name], lambda: runs.of_pages(pages, seconds=seconds, **at))


def measure_flows(
    cluster: Cluster, scenes: Sequence[tuple[Run, Mapping[str, str], Sequence[Page]]], options: argparse.Namespace
) -> None:
    """The rows that write, on copies of the scenes that are thrown away afterwards."""
    wanted = [name for name in flows.FLOWS if not options.only or name in options.only.split(",")]
    if not wanted:
        return
    with ExitStack() as stack:
        copies = [(run, stack.enter_context(copied(cluster, run, scene)), rows) for run, scene, rows in scenes]
        plans = [
            json.loads(python(copy, "-m", "tests.bench.flow_plans", str(FLOWS_PREPARED))) for _r, copy, _p in copies
        ]
        stands = [stack.enter_context(standing(cluster, *each)) for each in copies]
        for name in wanted:
            for turn in range(options.runs + 1):
                for stand, plan in zip(stands, plans, strict=True):
                    measure_flow(stand, name, plan[name], options, turn)


def measure_flow(stand: Stand, name: str, plan: dict[str, Any], options: argparse.Namespace, turn: int) -> None:
    """Each run has an equal share of the items, and those that it used are gone."""
    share = FLOWS_PREPARED // (options.runs + 1)

    def measured() -> Sample:
        seconds = options.seconds if turn else WARM_UP
        sample, used = runs.of_flows(name, plan["items"][:share], stand.servers, stand.cluster, seconds)
        del plan["items"][:used]
        return sample

    stand.add(name, plan["queries"], measured, counts=turn > 0)


@contextmanager
def copied(cluster: Cluster, run: Run, scene: Mapping[str, str]) -> Iterator[dict[str, str]]:
    """The environment of a copy of the scene, while it lasts."""
    name = f"flows_{run.entries}"
    cluster.create(name, template=scene["DATABASE_URL"].rpartition("/")[2])
    copy = production(cluster.url(name), f"{cluster.name}-{name}")
    try:
        datasets.collect_static(copy)
        yield copy
    finally:
        cluster.drop(name)
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
        found = measure(cluster, [int(entries) for entries in options.entries.split(",")], options)
    print(as_json(found)) if options.json else show(found)
    return 0


if __name__ == "__main__":
    sys.exit(main())

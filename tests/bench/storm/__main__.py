"""`python -m tests.bench.storm [--entries 2000] [--clients 200] [--sqlite]`: see the package's own words."""

from __future__ import annotations

import argparse
import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.bench.cluster import HOME, Cluster
from tests.bench.servers import ROOT, Servers, collect_static, production, python
from tests.bench.storm import report

CROWDS = 2
WARM_UP, WARM_UP_LEAST = 0.05, 20
"""Share of the entries that come before the storm, to learn how fast this machine is and set the deadline by it."""
LATE = 0.05
"""Entries besides, whose clients press the button around the deadline."""
SPARE = 1.6
"""The deadline leaves the storm this much more time than the warm-up says, and REPAIRS seconds for what is broken on purpose."""
REPAIRS = 30
PRESS_BEFORE, PRESS_WITHIN = 1.0, 4.0
LONGEST = 2400


class Storm:
    def __init__(self, entries: int, clients: int, cluster: Cluster | None, servers: Servers, folder: Path) -> None:
        self.entries, self.clients = entries, clients
        self.cluster, self.servers, self.folder = cluster, servers, folder
        self.warm_up, self.late = max(WARM_UP_LEAST, int(entries * WARM_UP)), max(20, int(entries * LATE))
        self.acknowledged = folder / "acknowledged.jsonl"
        self.acknowledged.touch()
        self.began = 0.0
        self.deeds: list[str] = []
        self.call: dict[str, Any] = {}

    def run(self) -> bool:
        """Whether everything adds up."""
        self.call = self._scene("make", self.entries + self.late)
        rate = self._warm_up()
        deadline = self._scene("deadline", (self.entries - self.warm_up) / rate * SPARE + REPAIRS)["at"]
        self.began = time.time()
        tallies, seconds = self._storm(deadline)
        late = self._late(deadline)
        checked = json.loads(python(self.servers.environment, "-m", "tests.bench.storm.check", str(self.acknowledged)))
        return report.show(
            entries=self.entries, warm_up=self.warm_up, late=self.late, clients=self.clients, seconds=seconds, deeds=self.deeds,
            tallies=tallies, late_tallies=late, checked=checked,
        )  # fmt: skip

    def _scene(self, act: str, argument: float) -> dict[str, Any]:
        made: dict[str, Any] = json.loads(
            python(self.servers.environment, "-m", "tests.bench.storm.scene", act, str(argument))
        )
        return made

    # --- the clients -------------------------------------------------------------------------------------------------

    def _crowd(self, numbers: list[int], clients: int, press_from: float = 0) -> subprocess.Popen[str]:
        plan = {
            "port": self.servers.port, "numbers": numbers, "clients": clients, "call": self.call, "acknowledged": str(self.acknowledged),
            "press_from": press_from, "press_within": PRESS_WITHIN,
        }  # fmt: skip
        crowd = subprocess.Popen(
            [sys.executable, "-m", "tests.bench.storm.crowd"],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert crowd.stdin
        crowd.stdin.write(json.dumps(plan))
        crowd.stdin.close()
        crowd.stdin = None
        return crowd

    def _crowds(self, numbers: list[int], clients: int, press_from: float = 0) -> list[subprocess.Popen[str]]:
        return [self._crowd(numbers[n::CROWDS], clients // CROWDS, press_from) for n in range(CROWDS)]

    @staticmethod
    def _tallies(crowds: list[subprocess.Popen[str]]) -> list[dict[str, Any]]:
        return [json.loads(crowd.communicate(timeout=LONGEST)[0]) for crowd in crowds]

    def _count(self) -> int:
        return self.acknowledged.read_bytes().count(b"\n")

    def _warm_up(self) -> float:
        """Entries a second with a few clients."""
        began = time.monotonic()
        wrong = [line for tally in self._tallies(self._crowds(list(range(self.warm_up)), 8)) for line in tally["wrong"]]
        if wrong:
            raise SystemExit("The warm-up failed:\n" + "\n".join(wrong[:5]))
        return self.warm_up / (time.monotonic() - began)

    def _storm(self, deadline: float) -> tuple[list[dict[str, Any]], float]:
        began = time.monotonic()
        crowds = self._crowds(list(range(self.warm_up, self.entries)), self.clients)
        breaker = threading.Thread(target=self._break_things, daemon=True)
        breaker.start()
        tallies = self._tallies(crowds)
        seconds = time.monotonic() - began
        breaker.join(60)
        self._say(f"{self._count()} entries acknowledged, {deadline - time.time():.0f} s before the deadline")
        return tallies, seconds

    def _late(self, deadline: float) -> list[dict[str, Any]]:
        """Some who have everything ready and press the button around the deadline, which is brought to where they are."""
        numbers = list(range(self.entries, self.entries + self.late))
        at = self._scene("deadline", 40 + self.late / 5)["at"] if deadline - time.time() > 60 else deadline
        return self._tallies(self._crowds(numbers, self.late, press_from=at - PRESS_BEFORE))

    # --- what is broken on purpose -----------------------------------------------------------------------------------

    def _break_things(self) -> None:
        if self._reached(1 / 3):
            victim = self.servers.workers()[0]
            os.kill(victim, signal.SIGKILL)
            self._say(f"web process {victim} killed with -9 after {self._count()} entries")
        if self.cluster and self._reached(2 / 3):
            began = time.monotonic()
            self.cluster.stop()
            self.cluster.start()
            self._say(f"PostgreSQL restarted after {self._count()} entries, away for {time.monotonic() - began:.1f} s")

    def _reached(self, share: float) -> bool:
        until = time.monotonic() + LONGEST
        while self._count() < self.entries * share:
            if time.monotonic() > until:
                return False
            time.sleep(0.1)
        return True

    def _say(self, deed: str) -> None:
        self.deeds.append(f"{time.time() - self.began:5.1f} s  {deed}")


@contextmanager
def on_postgresql() -> Iterator[tuple[Cluster | None, Servers, Path]]:
    """A cluster, its servers, and a folder for the files, gone afterwards."""
    with Cluster("storm") as cluster:
        cluster.create("storm")
        try:
            with _serving(cluster.url("storm")) as (servers, folder):
                yield cluster, servers, folder
        finally:
            cluster.drop("storm")


@contextmanager
def on_sqlite() -> Iterator[tuple[Cluster | None, Servers, Path]]:
    """The same on a database file, which nobody can restart."""
    with _serving(f"sqlite:///{HOME / 'var-storm' / 'storm.sqlite3'}") as (servers, folder):
        yield None, servers, folder


@contextmanager
def _serving(database: str) -> Iterator[tuple[Servers, Path]]:
    folder = HOME / "var-storm"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    environment = production(database, "storm")
    try:
        python(environment, "manage.py", "migrate", "--verbosity", "0")
        collect_static(environment)
        with Servers(environment) as servers:
            yield servers, folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def main() -> int:
    parser = argparse.ArgumentParser(prog="make bench-storm")
    parser.add_argument("--entries", type=int, default=2000)
    parser.add_argument("--clients", type=int, default=200, help="how many of them at the same time")
    parser.add_argument(
        "--sqlite", action="store_true", help="on a database file: 110 entries by 110 clients, nobody is restarted"
    )
    options = parser.parse_args()
    ground, entries, clients = on_postgresql, options.entries, options.clients
    if options.sqlite:
        ground, entries, clients = on_sqlite, 110 + WARM_UP_LEAST, 110
    with ground() as (cluster, servers, folder):
        return 0 if Storm(entries, clients, cluster, servers, folder).run() else 1


if __name__ == "__main__":
    sys.exit(main())

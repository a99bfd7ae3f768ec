"""A process of many clients: `python -m tests.bench.storm.crowd` reads its plan from standard input and prints its tally.

Each client takes the next entry when it is done with one. What was acknowledged goes to the file `acknowledged` at once, a line each.
"""

from __future__ import annotations

import json
import sys
import threading
import time
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any

from tests.bench.storm.client import Entry, Late, Tally, WentWrong


class Crowd:
    def __init__(self, plan: dict[str, Any]) -> None:
        self.plan = plan
        self.waiting: SimpleQueue[int] = SimpleQueue()
        for number in plan["numbers"]:
            self.waiting.put(number)
        self.file = Path(plan["acknowledged"]).open("a", encoding="utf-8")  # noqa: SIM115 -- closed with the process
        self.lock = threading.Lock()
        self.tallies: list[Tally] = []
        self.late: list[str] = []

    def run(self) -> dict[str, Any]:
        threads = [threading.Thread(target=self._client, daemon=True) for _n in range(self.plan["clients"])]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return self._summary()

    def _client(self) -> None:
        tally = Tally()
        with self.lock:
            self.tallies.append(tally)
        while True:
            try:
                number = self.waiting.get_nowait()
            except Empty:
                return
            entry = Entry(self.plan["port"], number, self.plan["call"]["entrants"][number], self.plan["call"], tally)
            began = time.monotonic()
            try:
                self._take(entry)
                tally.took.setdefault("whole entry", []).append(time.monotonic() - began)
            except Late as late:
                with self.lock:
                    self.late.append(str(late))
            except (WentWrong, OSError, ValueError, LookupError) as problem:  # the others go on; it is told at the end
                tally.wrong.append(f"entry {number}: {type(problem).__name__}: {problem}"[:600])
            finally:
                tally.retries += entry.sent_again
                tally.retried_entries += bool(entry.sent_again)
                entry.line.close()

    def _take(self, entry: Entry) -> None:
        entry.prepare()
        if self.plan["press_from"]:
            time.sleep(
                max(0.0, self.plan["press_from"] + entry.draw.uniform(0, self.plan["press_within"]) - time.time())
            )
        pressed = time.time()
        receipt = entry.submit()
        line = {"number": entry.number, "id": entry.id, "receipt": receipt, "pressed": pressed, "answered": time.time()}
        with self.lock:
            self.file.write(json.dumps(line) + "\n")
            self.file.flush()

    def _summary(self) -> dict[str, Any]:
        took: dict[str, list[float]] = {}
        told: dict[str, int] = {}
        for tally in self.tallies:
            for step, seconds in tally.took.items():
                took.setdefault(step, []).extend(seconds)
            for kind, count in tally.told.items():
                told[kind] = told.get(kind, 0) + count
        return {
            "took": took, "told": told, "late": self.late, "wrong": [line for tally in self.tallies for line in tally.wrong],
            "retries": sum(tally.retries for tally in self.tallies), "retried_entries": sum(tally.retried_entries for tally in self.tallies),
        }  # fmt: skip


if __name__ == "__main__":
    json.dump(Crowd(json.load(sys.stdin)).run(), sys.stdout, ensure_ascii=False)

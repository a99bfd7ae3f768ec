"""`make bench`: made pupils imported from files into an empty database, a tenth of them first: rows a second, peak memory, growth; then the year change of all.

bench_rosters.py [ROWS] [--json]     ROWS defaults to 200,000; the database is SQLite, or DATABASE_URL's server (scratch)
"""

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from made_rosters import PUPILS_PER_SCHOOL, write_pupils, write_schools

KECHUANG = Path(sys.executable).with_name("kechuang")
YEAR = 2026
DISTRICT = "from kechuang.orgs.actions import create_org; from kechuang.orgs.actor import Actor; from kechuang.orgs.models import Org; create_org(kind='district', code='440399', name='测算区', parent=Org.objects.get(kind='city'), by=Actor.system('bench'))"


def run(env: dict[str, str], *words: str) -> str:
    done = subprocess.run([str(KECHUANG), *words], env=env, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"kechuang {words[0]} failed: {done.stderr.strip()}")
    return done.stdout


def timed(env: dict[str, str], *words: str) -> tuple[dict[str, Any], float, float]:
    """What a command reports with --json, the seconds it took, and those of them that its own process was at work."""
    began, before = time.monotonic(), _cpu()
    report = json.loads(run(env, *words, "--json").splitlines()[-1])
    return report, time.monotonic() - began, _cpu() - before


def _cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def imported(rows: int) -> dict[str, Any]:
    """Import `rows` pupils into a new database and move them all a grade up; returns what import-roster reports, and more."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        env = {**os.environ, "KECHUANG_VAR": folder}
        env, drop = _scratch(env, rows)
        try:
            run(env, "migrate", "--verbosity", "0")
            run(env, "create-admin", "bench", "--name", "测算")
            run(env, "shell", "-c", DISTRICT)
            write_schools(place / "schools.csv", 1 + rows // PUPILS_PER_SCHOOL)
            write_pupils(place / "pupils.csv", rows)
            run(env, "import-roster", "schools", str(place / "schools.csv"), "--school", "440399", "--json")
            report, _seconds, cpu = timed(env, "import-roster", "pupils", str(place / "pupils.csv"))
            year, year_seconds, _cpu_of_year = timed(env, "promote-year", str(YEAR))
            report |= {"cpu": round(cpu, 2), "year_seconds": round(year_seconds, 2)}
            report["moved"] = year["promoted"] + year["graduated"]
        finally:
            drop()
    if report["accepted"] != rows or report["moved"] != rows:
        sys.exit(f"{report['refused']} of {rows} made rows were refused, {report['moved']} moved up")
    return report


def _scratch(env: dict[str, str], rows: int) -> tuple[dict[str, str], Any]:
    """Where the rows go: a file in the folder, or a database of its own beside that of DATABASE_URL."""
    server = env.get("DATABASE_URL", "")
    if not server.startswith("postgres"):
        return env, lambda: None
    import psycopg  # noqa: PLC0415 -- slow import

    name = f"bench_rosters_{rows}"

    def command(text: str) -> None:
        with psycopg.connect(server, autocommit=True) as connection:
            connection.execute(text)

    command(f"DROP DATABASE IF EXISTS {name}")
    command(f"CREATE DATABASE {name}")
    return {**env, "DATABASE_URL": f"{server.rsplit('/', 1)[0]}/{name}"}, lambda: command(f"DROP DATABASE {name}")


def main() -> None:
    words = [word for word in sys.argv[1:] if not word.startswith("--")]
    rows = int(words[0]) if words else 200_000
    small, large = imported(rows // 10), imported(rows)
    growth = {name: round(large[name] / small[name], 1) for name in ("seconds", "cpu", "year_seconds")}
    if "--json" in sys.argv:
        print(json.dumps({"small": small, "large": large, "growth": growth}))
        return
    print("rows      seconds  rows/s  CPU s  peak MB  year change s  pupils/s")
    for report in (small, large):
        rate, moved = report["rows_in"] / report["seconds"], report["moved"] / report["year_seconds"]
        print(
            f"{report['rows_in']:>8,} {report['seconds']:>8.1f} {rate:>7,.0f} {report['cpu']:>6.1f} {report['peak_mb']:>8.0f} "
            f"{report['year_seconds']:>14.1f} {moved:>9,.0f}"
        )
    print(
        f"ten times the rows took {growth['seconds']} times as long, {growth['cpu']} times the CPU of the importing process; "
        f"the year change {growth['year_seconds']} times (10 is linear)"
    )


if __name__ == "__main__":
    main()

"""`make bench`: made certificates of one call, given and then printed by the job in the background: certificates a second.

bench_certificates.py [CERTS] [--runs N] [--json]     CERTS defaults to 2,000; SQLite, or DATABASE_URL's server (scratch)
"""

import json
import os
import resource
import statistics
import sys
import tempfile
import time
from typing import Any

from bench_rosters import _scratch
from made_certificates import made

RUNS = 3


def option(name: str, default: int) -> int:
    return int(sys.argv[sys.argv.index(name) + 1]) if name in sys.argv else default


def given(call: Any, entries: list[Any]) -> float:
    """Seconds to give the prize to all entries, to number the certificates and to freeze their words."""
    from kechuang.engine.awards.actions import give_awards  # noqa: PLC0415 -- app ready
    from kechuang.orgs.actor import Actor  # noqa: PLC0415 -- app ready

    began = time.monotonic()
    give_awards(call, entries, call.plan.prizes.prizes[0].code, by=Actor.system("bench"))
    return time.monotonic() - began


def printed(call: Any) -> float:
    """Seconds of the job that prints them all; afterwards they wait again, as if it had never run."""
    from kechuang.base.enums import JobState  # noqa: PLC0415 -- app ready
    from kechuang.base.jobs import run_pending_jobs  # noqa: PLC0415 -- app ready
    from kechuang.base.models import Job, StoredFile  # noqa: PLC0415 -- app ready
    from kechuang.engine.awards.actions import issue_certificates  # noqa: PLC0415 -- app ready
    from kechuang.engine.models import Certificate  # noqa: PLC0415 -- app ready
    from kechuang.orgs.actor import Actor  # noqa: PLC0415 -- app ready

    began = time.monotonic()
    issue_certificates(call, by=Actor.system("bench"))
    run_pending_jobs()
    seconds = time.monotonic() - began
    job = Job.objects.latest("pk")
    left = Certificate.objects.exclude(state="issued").count()
    if job.state != JobState.SUCCEEDED or left:
        sys.exit(f"{left} certificates were not printed: {job.state} {job.error}")
    Certificate.objects.update(stored=None, state="pending")
    StoredFile.objects.all().delete()
    return seconds


def _cpu() -> float:
    """Seconds of CPU that this process and those it started have used."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


def measured(count: int, runs: int) -> dict[str, Any]:
    import django  # noqa: PLC0415 -- app ready

    django.setup()
    from django.core.management import call_command  # noqa: PLC0415 -- app ready
    from django.db import connections  # noqa: PLC0415 -- app ready

    call_command("migrate", verbosity=0)
    call, entries = made(count)
    seconds = given(call, entries)
    before = _cpu()
    rates = [count / printed(call) for _run in range(runs)]
    spent = _cpu() - before
    connections.close_all()
    return {
        "certificates": count, "given_per_second": round(count / seconds), "runs": [round(rate, 1) for rate in rates],
        "cpu_ms_each": round(1000 * spent / count / runs, 1), "per_second": round(statistics.median(rates), 1), "cores": os.cpu_count(),
    }  # fmt: skip


def main() -> None:
    words = [word for word in sys.argv[1:2] if word.isdigit()]
    count = int(words[0]) if words else 2_000
    with tempfile.TemporaryDirectory() as folder:
        env, drop = _scratch({**os.environ, "KECHUANG_VAR": folder, "MEDIA_ROOT": f"{folder}/files"}, count)
        os.environ.update(env)
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
        try:
            report = measured(count, option("--runs", RUNS))
        finally:
            drop()
    if "--json" in sys.argv:
        print(json.dumps(report))
        return
    spread = f"{min(report['runs']):.0f}–{max(report['runs']):.0f} in {len(report['runs'])} runs"
    spread += f", {report['cpu_ms_each']} ms of CPU each"
    print(
        f"{count:,} certificates printed and kept: {report['per_second']:.0f} a second ({spread}, {report['cores']} cores); "
        f"numbered with their words frozen: {report['given_per_second']:,} a second"
    )


if __name__ == "__main__":
    main()

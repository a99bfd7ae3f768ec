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

RUNS = 3


def option(name: str, default: int) -> int:
    return int(sys.argv[sys.argv.index(name) + 1]) if name in sys.argv else default


def made(count: int) -> Any:
    """A call with `count` entries of one pupil each, and the entries: rows only."""
    from kechuang.base import clock  # noqa: PLC0415 -- app ready
    from kechuang.base.ids import new_public_id  # noqa: PLC0415 -- app ready
    from kechuang.engine.models import Application, Call, TeamMember  # noqa: PLC0415 -- app ready
    from kechuang.engine.programme import codec  # noqa: PLC0415 -- app ready
    from kechuang.orgs.models import Org, Person  # noqa: PLC0415 -- app ready
    from kechuang.programmes.innovation_contest.programme import INNOVATION_CONTEST  # noqa: PLC0415 -- app ready

    city = Org.objects.create(kind="city", code="440300", name="示范市教育局")
    district = Org.objects.create(kind="district", code="440305", name="南海区教育局", parent=city)
    school = Org.objects.create(
        kind="school", code="S1", name="示范第一实验学校", parent=district, school_kind="twelve_year"
    )
    call = Call.objects.create(
        programme_code="innovation_contest", org=city, slug="bench", title="第42届示范市青少年科技创新大赛", year=2026, approval_number="示教函〔2026〕88号",
        declaration=codec.to_json(INNOVATION_CONTEST),
    )  # fmt: skip
    people = Person.objects.bulk_create(
        [
            Person(name=f"{'陈林王李赵欧阳'[n % 7]}{chr(0x4E00 + n % 9000)}{chr(0x5300 + n % 777)}")
            for n in range(count)
        ],
        batch_size=500,
    )
    facts = {
        "call": call,
        "org": school,
        "stage": "junior",
        "discipline": "PH",
        "state": "awarded",
        "submitted_at": clock.now(),
    }
    entries = [
        Application(
            public_id=new_public_id(), title=f"校园雨水花园的水质监测与净化研究（{n}）", receipt_no=f"B{n}", **facts
        )
        for n in range(count)
    ]
    Application.objects.bulk_create(entries, batch_size=500)
    TeamMember.objects.bulk_create(
        [
            TeamMember(call=call, application=e, person=p, school=school, grade=8)
            for e, p in zip(entries, people, strict=True)
        ],
        batch_size=500,
    )
    return call, entries


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

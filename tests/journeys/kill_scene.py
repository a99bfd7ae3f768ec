"""Run as a program on a database of its own: `make` builds something that only wants to be done, `look` tells what became of it."""

import json
import os
import sys
from itertools import count
from pathlib import Path

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup()

from django.conf import settings  # noqa: E402 -- app ready
from django.core.files.base import ContentFile  # noqa: E402 -- app ready

from kechuang.base import audit, clock  # noqa: E402 -- app ready
from kechuang.base.jobs import run_pending_jobs  # noqa: E402 -- app ready
from kechuang.base.models import AuditEntry, Job, Message, NumberSeries, StoredFile, Upload  # noqa: E402 -- app ready
from kechuang.base.tables import Column, write_xlsx  # noqa: E402 -- app ready
from kechuang.engine.applications.models import Application, Movement, TeamMember  # noqa: E402 -- app ready
from kechuang.engine.awards.models import Award, Certificate  # noqa: E402 -- app ready
from kechuang.orgs.actions import take_later, upload_roster  # noqa: E402 -- app ready
from kechuang.orgs.models import Org, PupilRecord, RosterUpload  # noqa: E402 -- app ready
from tests.engine import honours  # noqa: E402 -- app ready
from tests.factories import engine, orgs  # noqa: E402 -- app ready
from tests.web.applicant_scene import a_draft, a_ready, a_scene, signed_in  # noqa: E402 -- app ready


def fresh() -> int:
    """Another process has used the first numbers."""
    n = Org.objects.count()
    orgs._numbers = engine._numbers = honours._numbers = count(1000 * (1 + n))
    return n


def a_new_city():
    n = fresh()
    return orgs.a_city(code=f"K{n:05d}", name=f"示范{n}市教育局")


def make(entries: str = "1") -> list[dict]:
    city = a_new_city()
    scenes = [a_scene(city=city) for _n in range(int(entries))]
    return [{"id": a_ready(one).public_id, "session": session_of(one.pupil)} for one in scenes]


def session_of(person) -> str:
    return signed_in(person).cookies["sessionid"].value


def make_draft() -> dict:
    scene = a_scene(city=a_new_city())
    return {"id": a_draft(scene).public_id, "session": session_of(scene.pupil)}


def look_upload(public_id: str) -> dict:
    papers = Application.objects.get(public_id=public_id).attachments.select_related("stored")
    return {
        "papers": [paper.stored.pages for paper in papers],
        "open": Upload.objects.filter(state="open").count(),
        "parts": len(list(Path(settings.UPLOAD_DIR).glob("*.part"))),
    }


def make_award() -> dict:
    fresh()
    with clock.travel(honours.DAY):
        competition = honours.make_competition(entries=6, prizes=("first",) * 6, pupils=("张小三",))
        notice = honours.closed_notice(competition)
    return {
        "call": competition.call.slug,
        "notice": notice.number,
        "session": session_of(competition.officer.user.person),
    }


def look_award(call: str) -> dict:
    audit.seal()
    certificates = Certificate.objects.filter(award__call__slug=call)
    files = StoredFile.objects.filter(pk__in=certificates.values("stored"))
    return {
        "awards": Award.objects.filter(call__slug=call).count(),
        "moves": Movement.objects.filter(application__call__slug=call, move="award").count(),
        "certificates": certificates.count(),
        "numbers": len(set(certificates.values_list("number", flat=True))),
        "issued": certificates.filter(state="issued").count(),
        "files": files.count(),
        "whole": sum(stored.size == stored.blob.size for stored in files),
        "told": Message.objects.filter(kind__startswith="award").count(),
        "jobs": Job.objects.filter(kind="certificates.issue").count(),
        "ended": Job.objects.filter(kind="certificates.issue", state="succeeded").count(),
        "audit_ok": audit.verify().ok,
    }


def make_roster(rows: str) -> dict:
    school = orgs.a_school(a_new_city().east, kind="junior")
    by = orgs.actor_for(orgs.an_officer("school_officer", school))
    table = [[f"学生{n}", "初一", "1班", f"2013-05-{n + 1:02d}"] for n in range(int(rows))]
    book = write_xlsx([Column(heading, 12) for heading in ("姓名", "年级", "班级", "出生日期")], table, title="名册")
    upload = upload_roster("pupils", school, ContentFile(book, name="名册.xlsx"), by=by)
    run_pending_jobs()
    take_later(RosterUpload.objects.get(pk=upload.pk), by=by)
    return {"school": school.code}


def make_school() -> dict:
    return {"school": orgs.a_school(a_new_city().east, kind="junior").school_code}


def look_roster(school: str) -> dict:
    audit.seal()
    found = Org.objects.filter(code=school) | Org.objects.filter(school_code=school)
    records = PupilRecord.objects.filter(school__in=found)
    return {
        "pupils": records.count(),
        "accounts": records.filter(person__user__isnull=False).count(),
        "memberships": sum(record.person.memberships.count() for record in records),
        "names": len(set(records.values_list("person__name", flat=True))),
        "ended": Job.objects.filter(kind="orgs.take_roster", state="succeeded").count(),
        "audit_ok": audit.verify().ok,
    }


def look(public_id: str) -> dict:
    application = Application.objects.get(public_id=public_id)
    audit.seal()
    return {
        "state": application.state,
        "receipt_no": application.receipt_no,
        "moves": Movement.objects.filter(application=application).count(),
        "audited": AuditEntry.objects.filter(
            action="application.submit", on_id__in=[str(application.pk), application.public_id]
        ).count(),
        "numbers": sum(
            NumberSeries.objects.filter(kind=f"receipt:{application.call_id}").values_list("last", flat=True)
        ),
        "live": TeamMember.objects.filter(application=application, is_live=True).count(),
        "audit_ok": audit.verify().ok,
    }


if __name__ == "__main__":
    acts = (make, look, make_draft, look_upload, make_award, look_award, make_roster, make_school, look_roster)
    print(json.dumps({act.__name__: act for act in acts}[sys.argv[1]](*sys.argv[2:])))

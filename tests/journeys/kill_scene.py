"""Run as a program on a database of its own: `make` builds an application that only wants to be sent, `look` tells what became of it."""

import json
import os
import sys
from itertools import count

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup()

from kechuang.base import audit  # noqa: E402 -- app ready
from kechuang.base.models import AuditEntry, NumberSeries  # noqa: E402 -- app ready
from kechuang.engine.applications.models import Application, Movement, TeamMember  # noqa: E402 -- app ready
from tests.factories import engine, orgs  # noqa: E402 -- app ready
from tests.web.applicant_scene import a_ready, a_scene, signed_in  # noqa: E402 -- app ready


def make() -> dict:
    n = Application.objects.count()
    orgs._numbers = engine._numbers = count(1000 * (1 + n))  # another process has used the first
    scene = a_scene(city=orgs.a_city(code=f"K{n:05d}", name=f"示范{n}市教育局"))
    ready = a_ready(scene)
    return {"id": ready.public_id, "session": signed_in(scene.pupil).cookies["sessionid"].value}


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
    print(json.dumps({"make": make, "look": look}[sys.argv[1]](*sys.argv[2:])))

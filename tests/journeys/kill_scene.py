"""Run as a program on a database of its own: `make` builds an application that only wants to be sent, `look` tells what became of it."""

import json
import os
import sys

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup()

from kechuang.base import audit  # noqa: E402 -- app ready
from kechuang.base.models import AuditEntry, NumberSeries  # noqa: E402 -- app ready
from kechuang.engine.applications.models import Application, Movement, TeamMember  # noqa: E402 -- app ready
from tests.web.applicant_scene import a_ready, a_scene, signed_in  # noqa: E402 -- app ready


def make() -> dict:
    scene = a_scene()
    ready = a_ready(scene)
    return {"id": ready.public_id, "session": signed_in(scene.pupil).cookies["sessionid"].value}


def look() -> dict:
    application = Application.objects.get()
    audit.seal()
    return {
        "state": application.state,
        "receipt_no": application.receipt_no,
        "moves": Movement.objects.count(),
        "audited": AuditEntry.objects.filter(action="application.submit").count(),
        "numbers": sum(NumberSeries.objects.filter(kind__startswith="receipt").values_list("last", flat=True)),
        "live": TeamMember.objects.filter(is_live=True).count(),
        "audit_ok": audit.verify().ok,
    }


if __name__ == "__main__":
    print(json.dumps({"make": make, "look": look}[sys.argv[1]]()))

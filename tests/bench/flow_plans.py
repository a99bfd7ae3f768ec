"""What the flows need, from the scene in DATABASE_URL: `python -m tests.bench.flow_plans COUNT` prints, as JSON, the items of each flow
and how many queries one costs (counted in this process, on items that are used up by it).
"""

from __future__ import annotations

import json
import os
import secrets
import sys
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup()

from django.core.files.uploadedfile import SimpleUploadedFile  # noqa: E402
from django.db import connection  # noqa: E402
from django.http import HttpResponse  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402

from kechuang.engine.models import Application, Assignment, Call  # noqa: E402
from kechuang.orgs.models import User  # noqa: E402
from tests.bench.flows import CSRF, FLOWS, Item  # noqa: E402
from tests.bench.http import File, Response  # noqa: E402
from tests.bench.scene.sign_ins import sign_in  # noqa: E402
from tests.bench.scene.words import COMMENT  # noqa: E402


def scorings(count: int) -> list[Item]:
    """Sheets that nobody has handed in, each with its expert's session and marks for every criterion."""
    rows = Assignment.objects.filter(state="assigned", round__state="open").select_related(
        "round__call", "entry__application", "reviewer__person__user"
    )
    chosen = list(rows.order_by("reviewer", "pk")[: count * 3 : 3]) or list(rows[:count])
    keys = sign_in({row.reviewer.person.user_id: row.reviewer.person.user for row in chosen}.values())
    return [
        {"assignment": row.pk, "session": keys[row.reviewer.person.user_id], "sheet": _sheet(row)}
        for row in chosen[:count]
    ]


def _sheet(row: Assignment) -> dict[str, Any]:
    rubric = row.round.call.plan.rubric_for(row.entry.application.stage)
    marks = {f"mark_{criterion.code}": criterion.points * 0.8 for criterion in rubric.criteria}
    gates = {f"gate_{gate.code}": "yes" for gate in rubric.gates}
    return {**marks, **gates, "comment": COMMENT, "feedback": "继续加油。", "version": 0}


def submissions(count: int) -> list[Item]:
    """Pupils of 14 or more who have consented and have no entry in the open call."""
    call = Call.objects.order_by("-year")[0]
    entries = Application.objects.filter(
        call__year=call.year - 1, stage__in=["junior", "senior"], created_by__isnull=False
    )
    owners = list(entries.select_related("org").order_by("pk").values_list("created_by_id", "org_id", "stage")[:count])
    keys = sign_in(User.objects.filter(pk__in=[owner for owner, _org, _stage in owners]))
    return [
        {
            "begin": f"/calls/{call.slug}/apply/",
            "org": org,
            "token": secrets.token_urlsafe(24),
            "session": keys[owner],
            "answers": _answers(call, stage),
            "pledges": [pledge.code for pledge in call.plan.pledges],
        }
        for owner, org, stage in owners
    ]


def _answers(call: Call, stage: str) -> dict[str, Any]:
    """Of the usual lengths, as the form sends them."""
    like = Application.objects.filter(call__year=call.year - 1, stage=stage).first()
    assert like
    facts = {name: getattr(like, name) for name in ("title", "title_en", "abstract", "stage", "discipline")}
    return {f"a-{name}": value for name, value in {**like.answers, **facts}.items()}


class TestBrowser:
    """Django's test client with the face of the real line."""

    def __init__(self, session: str) -> None:
        self.client = Client(headers={"X-Forwarded-Proto": "https"})
        self.client.cookies["sessionid"], self.client.cookies["csrftoken"] = session, CSRF

    def get(self, path: str) -> Response:
        return self._told(self.client.get(path))

    def post(self, path: str, form: dict[str, Any], files: dict[str, File] | None = None) -> Response:
        sent = {
            name: SimpleUploadedFile(name_, content, kind) for name, (name_, content, kind) in (files or {}).items()
        }
        return self._told(self.client.post(path, {**form, **sent}))

    @staticmethod
    def _told(response: HttpResponse) -> Response:
        return Response(response.status_code, {"location": response.get("Location", "")}, [], response.content)


def queries_of(name: str, items: list[Item]) -> int:
    """Of the second flow: the first fills what processes keep."""
    for item in (items.pop(), items.pop()):
        with CaptureQueriesContext(connection) as found:
            FLOWS[name](TestBrowser(item["session"]), item)
    return len(found)


def main() -> int:
    count = int(sys.argv[1])
    items = {"scoring": scorings(count), "submission": submissions(count)}
    found = {name: {"queries": queries_of(name, each), "items": each} for name, each in items.items()}
    json.dump(found, sys.stdout)
    return 0


if __name__ == "__main__":
    sys.exit(main())

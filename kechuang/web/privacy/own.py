"""For pupils and guardians (and everybody about themselves): who saw what, a copy of everything, correction and deletion."""

import json
import tempfile
import zipfile
from datetime import date
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from kechuang.base import clock
from kechuang.base.errors import Refused
from kechuang.orgs.actions.requests import file_request, may_speak_for
from kechuang.orgs.enums import CorrectedField, ErasedPart, RequestKind
from kechuang.orgs.exposure import exposure
from kechuang.orgs.models import DataRequest, Person
from kechuang.orgs.owndata import Section, plain, sections_of
from kechuang.web.views import SIGNED_IN, Page

BLOCK = 1 << 18


class OwnPage(Page):
    """A page about the actor or a child of the actor; everybody else gets 404."""

    abstract = True

    def person(self, public_id: str) -> Person:
        own = Person.objects.filter(Person.objects.all().own_rows(self.actor)).select_related("pupil__school", "user")
        found: Person = self.find(own, public_id=public_id)
        return found

    def spoken_for(self, public_id: str) -> Person:
        person = self.person(public_id)
        if not may_speak_for(self.actor, person):
            raise PermissionDenied
        return person


class Seen(OwnPage):
    """Who could see what, and when."""

    permission = SIGNED_IN
    template = "privacy/seen.html"

    def get(self, request: HttpRequest, person: str) -> HttpResponse:
        return shown(self, self.person(person), is_own=True)


def shown(page: Page, person: Person, *, is_own: bool) -> HttpResponse:
    """The page of an exposure, for the family and for those who oversee."""
    text = page.request.GET.get("on", "")
    day, problem = clock.today(), ""
    if text:
        try:
            day = date.fromisoformat(text)
        except ValueError:
            problem = _("这个日期看不懂，下面是今天的情况。")
    return page.render(
        "privacy/seen.html", seen=exposure(person, day), person=person, day=day, problem=problem, is_own=is_own
    )


class Copy(OwnPage):
    """Everything in one archive: data.json for machines, data.html for people, and the files."""

    permission = SIGNED_IN
    limit = "export"

    def get(self, request: HttpRequest, person: str) -> HttpResponseBase:
        found = self.spoken_for(person)
        archive = packed(found, sections_of(found, by=self.actor))
        response = FileResponse(
            archive, as_attachment=True, filename=f"kechuang-{found.public_id}.zip", content_type="application/zip"
        )
        response["Cache-Control"] = "private, no-store"
        return response


def packed(person: Person, sections: list[Section]) -> Any:
    """The archive as an open file that vanishes when it is closed; files are copied block by block."""
    out = tempfile.TemporaryFile(prefix="kechuang-")  # noqa: SIM115 -- the response closes it
    made = {"person": person.public_id, "made_at": plain(clock.now())}
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        data = made | {section.name: section.as_dicts() for section in sections}
        archive.writestr("data.json", json.dumps(data, ensure_ascii=False, indent=1))
        tables = [(s, [[plain(cell) for cell in row] for row in s.rows]) for s in sections]
        archive.writestr(
            "data.html", render_to_string("privacy/copy.html", {"person": person, "tables": tables, "at": clock.now()})
        )
        for section in sections:
            for name, stored in section.files:
                with stored.open() as source, archive.open(f"files/{name}", "w", force_zip64=True) as target:
                    while block := source.read(BLOCK):
                        target.write(block)
    out.seek(0)
    return out


class OwnRequests(OwnPage):
    """What was asked about this person, with its answers; and a new request."""

    permission = SIGNED_IN
    template = "privacy/own_requests.html"

    def get(self, request: HttpRequest, person: str) -> HttpResponse:
        return self.shown(self.person(person))

    def post(self, request: HttpRequest, person: str) -> HttpResponse:
        found = self.spoken_for(person)
        told = {name: request.POST.get(name, "") for name in ("field", "wanted", "part", "text")}
        kind = request.POST.get("kind", "")
        if kind not in RequestKind.values:
            return self.shown(found, _("请选择要更正、删除还是了解。"))
        try:
            row = file_request(found, kind, by=self.actor, **told)
        except Refused as refusal:
            return self.shown(found, refusal.sentence)
        messages.success(
            request, _("已收到，受理号 %(number)s，最迟 %(due)s 答复。") % {"number": row.number, "due": row.due_on}
        )
        return redirect("own_requests", found.public_id)

    def shown(self, person: Person, refusal: str = "") -> HttpResponse:
        return self.render(
            person=person, rows=list(DataRequest.objects.filter(person=person).order_by("-pk")), refusal=refusal, told=self.request.POST,
            may_ask=may_speak_for(self.actor, person), fields=CorrectedField.choices, parts=ErasedPart.choices,
            is_pupil=hasattr(person, "pupil"), status=422 if refusal else 200,
        )  # fmt: skip

"""逐项自评与核分: the applicant's own points, the office's and the experts', side by side, with the evidence."""

from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from kechuang.base.errors import Refused
from kechuang.engine.applications.items import Item, has_items, is_verifiable, items_of, may_verify, verify_items
from kechuang.engine.applications.models import Application
from kechuang.engine.applications.queries import read_by
from kechuang.engine.reviews.queries.field import expert_marks
from kechuang.web.applicant.reading import is_inside
from kechuang.web.views import Page


@dataclass(frozen=True)
class Row:
    item: Item
    expert: float | None
    typed: str
    note: str
    met: bool


class ApplicationItems(Page):
    permission = "application.view"
    template = "field/items.html"

    def at(self, public_id: str) -> Application:
        application = read_by(self.actor, public_id)
        if application is None or not has_items(application):
            raise Http404
        return application

    def get(self, request: HttpRequest, public_id: str) -> HttpResponse:
        return self.shown(self.at(public_id))

    def shown(self, application: Application, refusal: str = "") -> HttpResponse:
        call, post = application.call, self.request.POST
        is_open = is_verifiable(application)
        verifies = is_open and may_verify(self.actor, application)
        sees_verified = verifies or not is_inside(application, self.actor) or not is_open
        marks = (
            expert_marks(application)
            if self.actor.can("application.decide", call) or application.state == "awarded"
            else {}
        )
        rows = [
            Row(
                item,
                marks.get(item.code),
                post.get(f"points-{item.code}", _plain(item.verified)),
                post.get(f"note-{item.code}", item.note),
                bool(item.verified),
            )
            for item in items_of(application)
        ]
        totals = {
            "own": sum(row.item.own or 0 for row in rows), "verified": sum(row.item.verified or 0 for row in rows if not row.item.is_gate),
            "expert": sum(marks.values()), "points": sum(row.item.points for row in rows),
        }  # fmt: skip
        return self.render(
            application=application, call=call, rows=rows, totals=totals, may_verify=verifies, sees_verified=sees_verified, has_marks=bool(marks),
            refusal=refusal, least=call.plan.verified_least, status=422 if refusal else 200,
        )  # fmt: skip

    def post(self, request: HttpRequest, public_id: str) -> HttpResponse:
        application = self.at(public_id)
        if not may_verify(self.actor, application):
            raise PermissionDenied
        found = items_of(application)
        try:
            marks = {
                item.code: _number(item, request.POST.get(f"points-{item.code}", ""))
                for item in found
                if not item.is_gate
            }
            gates = {item.code: f"met-{item.code}" in request.POST for item in found if item.is_gate}
            notes = {item.code: request.POST.get(f"note-{item.code}", "") for item in found}
            verify_items(application, marks, gates=gates, notes=notes, by=self.actor)
        except Refused as refusal:
            return self.shown(application, refusal.sentence)
        return self.done(_("核分已保存。"), "application_items", application.public_id)


def _number(item: Item, text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise Refused(_("“%(item)s”的核分应为数字。") % {"item": item.name}) from None


def _plain(value: Any) -> str:
    return "" if value is None else f"{value:g}"

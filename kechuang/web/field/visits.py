"""The record of an on-site visit, on a telephone in a school's corridor: checklist, photographs, two signatures."""

from datetime import date
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from kechuang.base import clock
from kechuang.base.errors import Refused
from kechuang.engine.reviews.actions.visits import add_visit_photo, record_visit, sign_visit
from kechuang.engine.reviews.models import RoundEntry, Visit
from kechuang.engine.reviews.queries.field import is_host, is_visitor, visited_entry
from kechuang.web.views import SIGNED_IN, Page


class VisitPage(Page):
    permission = SIGNED_IN
    template = "field/visit.html"

    def at(self, pk: int) -> RoundEntry:
        entry = visited_entry(self.actor, pk)
        if entry is None:
            raise Http404
        return entry

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        return self.shown(self.at(pk))

    def shown(self, entry: RoundEntry, refusal: str = "") -> HttpResponse:
        visit: Visit | None = getattr(entry, "visit", None)
        found = visit.found if visit else {}
        typed: Any = self.request.POST if refusal else {}
        lines = [
            {
                "code": item.code, "text": item.text, "answer": typed.get(f"answer-{item.code}") or found.get(item.code, {}).get("answer", ""),
                "note": typed.get(f"note-{item.code}") or found.get(item.code, {}).get("note", ""),
            }
            for item in entry.round.plan.checklist
        ]  # fmt: skip
        visitor, host = is_visitor(self.actor, entry), is_host(self.actor, entry)
        is_signed = visit is not None and visit.panel_signed_at is not None
        return self.render(
            entry=entry, application=entry.application, call=entry.round.call, round=entry.round, visit=visit, lines=lines,
            answers=[("yes", _("符合")), ("partly", _("部分符合")), ("no", _("不符合"))], may_write=visitor and not is_signed and entry.round.state == "open",
            may_sign_panel=visitor and visit is not None and not is_signed, may_sign_host=host and is_signed and visit is not None and not visit.is_signed,
            photos=visit.photos.select_related("stored") if visit else [], today=clock.today(), refusal=refusal, status=422 if refusal else 200,
        )  # fmt: skip

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        entry = self.at(pk)
        try:
            sentence = self._act(entry, request.POST.get("do", "record"))
        except Refused as refusal:
            return self.shown(entry, refusal.sentence)
        return self.done(sentence, "visit", str(entry.pk))

    def _act(self, entry: RoundEntry, act: str) -> str:
        if act == "record":
            record_visit(
                entry,
                visited_on=self._day(),
                found=self._found(entry),
                remark=self.request.POST.get("remark", "")[:4000],
                by=self.actor,
            )
            return _("考察记录已保存。")
        visit = Visit.objects.select_related("entry__round__call__org").filter(entry=entry).first()
        if visit is None:
            raise Refused(_("请先填写并保存考察清单。"))
        if act == "photo":
            upload = self.request.FILES.get("photo")
            if upload is None:
                raise Refused(_("请选择一张照片。"))
            add_visit_photo(visit, upload, caption=self.request.POST.get("caption", ""), by=self.actor)
            return _("照片已添加。")
        sign_visit(
            visit,
            "host" if act == "sign_host" else "panel",
            remark=self.request.POST.get("host_remark", "")[:4000],
            by=self.actor,
        )
        return _("已签字。")

    def _day(self) -> date:
        try:
            return date.fromisoformat(self.request.POST.get("visited_on", ""))
        except ValueError:
            raise Refused(_("请填写考察日期。")) from None

    def _found(self, entry: RoundEntry) -> dict[str, dict[str, str]]:
        post = self.request.POST
        return {
            item.code: {"answer": answer, "note": post.get(f"note-{item.code}", "")}
            for item in entry.round.plan.checklist
            if (answer := post.get(f"answer-{item.code}", ""))
        }

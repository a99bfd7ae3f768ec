"""Who holds which title, on any day: what was revoked stays, with the reason."""

from datetime import date
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from kechuang.base import clock
from kechuang.engine.honours.models import Honour
from kechuang.engine.honours.queries import Entry, open_registers, progress_on, public_history, register_on
from kechuang.engine.partnerships.queries import agreements_of, circles
from kechuang.engine.tenure.queries.studio import plan_of, public_members
from kechuang.web.views import PUBLIC, Page

MOST = 1200


class RegisterPage(Page):
    abstract = True
    permission = PUBLIC
    shared = True
    bundle = "public"


class Registers(RegisterPage):
    template = "honours/registers.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        rows = [(code, plan, plan.honour) for code, plan in open_registers().items()]
        return self.render(rows=rows)


class Register(RegisterPage):
    """The register of one programme as it stood at the end of a day, today unless one is named."""

    template = "honours/register.html"

    def get(self, request: HttpRequest, programme: str) -> HttpResponse:
        plan = open_registers().get(programme)
        if plan is None or plan.honour is None:
            raise Http404
        asked = request.GET.get("on", "")
        day, problem = _day(asked)
        entries = register_on(programme, day)
        shown = [one for one in entries if _wanted(one, request.GET)]
        return self.render(
            programme=plan, code=programme, day=day, problem=problem, levels=plan.honour.levels, level=request.GET.get("level", ""),
            text=request.GET.get("q", "")[:60], held=[one for one in shown if one.is_held][:MOST], ended=[one for one in shown if not one.is_held][:MOST],
            targets=progress_on(programme, day, entries), circles=circles(programme, day) if plan.partner else [], status=422 if problem else 200,
        )  # fmt: skip


def _day(asked: str) -> tuple[date, str]:
    if not asked:
        return clock.today(), ""
    try:
        return date.fromisoformat(asked), ""
    except ValueError:
        return clock.today(), _("“%(day)s”不是日期，请按 2024-12-31 的格式填写。") % {"day": asked[:20]}


def _wanted(entry: Entry, asked: Any) -> bool:
    text = asked.get("q", "")[:60].strip()
    level = asked.get("level", "")
    return (not level or entry.level == level) and (
        not text or text in entry.holder or text in entry.work or text in entry.district or text == entry.number
    )


class PublicHonour(RegisterPage):
    """One honour with its public record."""

    template = "honours/honour.html"

    def get(self, request: HttpRequest, programme: str, number: str) -> HttpResponse:
        if programme not in open_registers():
            raise Http404
        honour: Honour = self.find(
            Honour.objects.filter(programme_code=programme).select_related("org", "person", "call__org"), number=number
        )
        entry = next((one for one in register_on(programme, clock.today()) if one.number == number), None)
        if entry is None:
            raise Http404
        agreements = [one for one in agreements_of(honour) if one.ended_on is None and one.until >= clock.today()]
        return self.render(
            honour=honour, entry=entry, programme=open_registers()[programme], code=programme, spine=spine(honour),
            agreements=agreements if entry.is_held else [], members=public_members(honour) if entry.is_held else [],
            studio=plan_of(honour),
        )  # fmt: skip


def spine(honour: Honour) -> list[dict[str, Any]]:
    return [
        {
            "title": f"{event.on:%Y-%m-%d} {event.get_kind_display()}",
            "note": " ".join(part for part in (event.holder.name if event.kind == "passed_on" and event.holder else "", event.document, event.reason) if part),
            "state": "done",
        }
        for event in public_history(honour)
    ]  # fmt: skip

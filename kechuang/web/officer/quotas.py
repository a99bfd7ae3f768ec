"""推荐名额: the grid of districts × divisions, by hand, from Excel, or split evenly by the number of schools."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from kechuang.base.errors import Refused
from kechuang.base.tables import Column, TableRefused, read_table, write_xlsx
from kechuang.engine.applications.guards import used_places
from kechuang.engine.applications.rules import division_name
from kechuang.engine.calls.actions import set_quotas
from kechuang.engine.calls.models import Call, QuotaLine
from kechuang.orgs.enums import OrgKind, Stage
from kechuang.orgs.models import Org
from kechuang.web.officer.builder.views import contents
from kechuang.web.officer.pages import CallPage
from kechuang.web.officer.queue.views import XLSX

Places = dict[tuple[int, str], int]
MOST = 9999
CODE, UNIT = gettext_noop("代码"), gettext_noop("单位")


def units_of(call: Call) -> list[Org]:
    """The reporting units of a city's call: its districts and the line of schools under the city."""
    return list(Org.objects.current().filter(parent=call.org, kind=OrgKind.DISTRICT).order_by("path"))


def places_of(call: Call) -> Places:
    return {(line.org_id, line.division): line.places for line in QuotaLine.objects.filter(call=call)}


def divisions_of(call: Call, stage: str) -> list[str]:
    """The columns of one tab: all together, or the divisions of one stage."""
    return [f"{s}.{code}" for s, code in call.plan.divisions() if s == stage] if stage else [""]


def split_evenly(total: int, weights: dict[int, int]) -> dict[int, int]:
    """`total` places by weight, largest remainders first, so that they add up; no weight at all splits equally."""
    if not any(weights.values()):
        weights = dict.fromkeys(weights, 1)
    whole = sum(weights.values())
    shares = {key: total * weight / whole for key, weight in weights.items()}
    given = {key: int(share) for key, share in shares.items()}
    by_remainder = sorted(shares, key=lambda key: (given[key] - shares[key], key))
    for key in by_remainder[: total - sum(given.values())]:
        given[key] += 1
    return given


class Quotas(CallPage):
    permission = "application.view"
    template = "officer/quotas.html"

    def get(self, request: HttpRequest, slug: str) -> HttpResponse:
        call = self.call_at(slug)
        stage = request.GET.get("stage", "")
        stage = stage if stage in call.plan.stages else ""
        runs = self.actor.can("call.edit", call)
        columns = divisions_of(call, stage)
        return self.render(
            call=call, runs=runs, stage=stage, lines=self.lines(call, columns, runs), contents=[] if call.is_frozen or not runs else contents(call, "quotas"),
            columns=[division_name(call.plan, column).split(" · ")[-1] if column else _("全部组别合计") for column in columns],
            tabs=[{"label": label, "url": f"?stage={code}", "active": code == stage} for code, label in [("", _("合计")), *self.stages(call)]],
        )  # fmt: skip

    def stages(self, call: Call) -> list[tuple[str, Any]]:
        return [(stage, Stage(stage).label) for stage in call.plan.stages]

    def lines(self, call: Call, columns: list[str], runs: bool) -> list[dict[str, Any]]:
        places, used = places_of(call), used_places(call)
        units = units_of(call) if runs else [org for org in units_of(call) if self.actor.can("application.view", org)]
        return [
            {
                "org": org,
                "cells": [
                    {"name": f"q_{org.pk}_{c}", "places": places.get((org.pk, c), ""), "used": used[org.pk, c]}
                    for c in columns
                ],
            }
            for org in units
        ]

    def post(self, request: HttpRequest, slug: str) -> HttpResponse:
        call = self.own_call_at(slug)
        places = places_of(call)
        do = request.POST.get("do", "save")
        if do == "split":
            self.split(call, places)
        elif do == "import":
            places = self.imported(call)
        else:
            self.take_cells(call, places)
        set_quotas(call, places, by=self.actor)
        stage = request.POST.get("stage", "")
        return self.done(_("名额已保存。"), f"{reverse('quotas', args=[slug])}?stage={stage}")

    def take_cells(self, call: Call, places: Places) -> None:
        for org in units_of(call):
            for division in divisions_of(call, self.request.POST.get("stage", "")):
                text = self.request.POST.get(f"q_{org.pk}_{division}")
                if text is not None:
                    put(places, org, division, text)

    def split(self, call: Call, places: Places) -> None:
        total = number(self.request.POST.get("total", ""), _("名额总数"))
        if total is None:
            raise Refused(_("请填写要分配的名额总数。"))
        units = units_of(call)
        schools = Org.objects.current().schools().filter(path__startswith=call.org.path).values_list("path", flat=True)
        paths = list(schools)
        weights = {org.pk: sum(path.startswith(org.path) for path in paths) for org in units}
        places |= {(org, ""): n for org, n in split_evenly(total, weights).items()}

    def imported(self, call: Call) -> Places:
        if "file" not in self.request.FILES:
            raise Refused(_("请选择名额表。可以先导出现在的名额表，填好再导入。"))
        try:
            return read_places(self.request.FILES["file"], call)
        except TableRefused as refusal:
            raise Refused(str(refusal)) from refusal


def put(places: Places, org: Org, division: str, text: str) -> None:
    """A blank cell means no limit and takes the line away."""
    n = number(str(text), org.label)
    if n is None:
        places.pop((org.pk, division), None)
    else:
        places[org.pk, division] = n


def number(text: str, where: str) -> int | None:
    text = text.strip()
    if not text:
        return None
    if not text.isascii() or not text.isdecimal() or int(text) > MOST:
        raise Refused(
            _("“%(where)s”的名额应为 0 到 %(most)s 的整数，现在是“%(text)s”；没有保存。")
            % {"where": where, "most": MOST, "text": text}
        )
    return int(text)


def headings_of(call: Call) -> dict[str, str]:
    """Heading of the sheet in the reader's language → division."""
    return {_("合计"): ""} | {
        division_name(call.plan, f"{s}.{code}"): f"{s}.{code}" for s, code in call.plan.divisions()
    }


def read_places(file: Any, call: Call) -> Places:
    """A whole table of places; what the call does not know is refused, so nothing is lost in silence."""
    table = read_table(file, max_rows=200, required=(CODE,), known=(CODE, UNIT))
    divisions: dict[str, str] = {}
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            divisions |= headings_of(call)
    strange = [heading for heading in table.headings if heading not in divisions and heading not in (CODE, UNIT)]
    if strange:
        raise Refused(_("名额表里有本次申报没有的列“%(columns)s”，没有保存。") % {"columns": "、".join(strange)})
    units = {org.code: org for org in units_of(call)}
    places: Places = {}
    for row in table.rows:
        org = units.get(str(row[CODE]).strip())
        if org is None:
            raise Refused(
                _("第 %(row)s 行的代码“%(code)s”不是本次申报的推荐单位，没有保存。")
                % {"row": row.number, "code": row[CODE]}
            )
        given = {divisions[heading]: str(value) for heading, value in row.items() if heading in divisions}
        for division in headings_of(call).values():
            put(places, org, division, given.get(division, ""))
    return places


class QuotaSheet(CallPage):
    limit = "export"
    permission = "call.edit"

    def get(self, request: HttpRequest, slug: str) -> HttpResponse:
        call = self.own_call_at(slug)
        places, headings = places_of(call), headings_of(call)
        columns = [
            Column(_(CODE), width=12),
            Column(_(UNIT), width=20),
            *(Column(h, width=14, kind="integer") for h in headings),
        ]
        rows = [
            [org.code, org.name, *(places.get((org.pk, division), "") for division in headings.values())]
            for org in units_of(call)
        ]
        notes = [_("空白表示不限；0 表示没有名额。")]
        response = HttpResponse(write_xlsx(columns, rows, title=_("推荐名额"), notes=notes), content_type=XLSX)
        response["Content-Disposition"] = f'attachment; filename="{call.slug}-quotas.xlsx"'
        return response

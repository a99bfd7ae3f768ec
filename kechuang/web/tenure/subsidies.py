"""The proposal list of a year's subsidies: page and Excel."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from kechuang.base import clock
from kechuang.base.tables import Column, write_xlsx
from kechuang.engine.tenure.queries.subsidies import Proposal, proposal, subsidised, years_of
from kechuang.web.views import Page

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class SubsidyPage(Page):
    abstract = True

    def asked(self) -> tuple[dict[str, Any], str, int]:
        """All programmes with a subsidy, the one asked for (the first unless named), and the year."""
        known, get = subsidised(), self.request.GET
        code = get.get("programme") or next(iter(known), "")
        if code and code not in known:
            raise Http404
        year = get.get("year", "")
        return known, code, int(year) if year.isdecimal() and 2000 <= int(year) <= 2100 else clock.today().year


class Subsidies(SubsidyPage):
    permission = "honour.check"
    template = "tenure/subsidies.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        known, code, year = self.asked()
        found = proposal(self.actor, code, year, clock.today()) if code else None
        return self.render(
            known=known, code=code, year=year, proposal=found, years=years_of(code, clock.today()) if code else []
        )


class SubsidySheet(SubsidyPage):
    permission = "honour.check"

    def get(self, request: HttpRequest) -> HttpResponse:
        _known, code, year = self.asked()
        if not code:
            raise Http404
        found = proposal(self.actor, code, year, clock.today())
        response = HttpResponse(subsidy_xlsx(found), content_type=XLSX)
        response["Content-Disposition"] = f'attachment; filename="subsidies-{code}-{year}.xlsx"'
        response["Cache-Control"] = "private, no-store"
        return response


def subsidy_xlsx(found: Proposal) -> bytes:
    """Every holder with its amount or the reason why there is none; people stand in it by the number of their title."""
    columns = [
        Column(_("编号"), 20), Column(_("单位"), 32), Column(_("区"), 14), Column(_("等级"), 34), Column(_("标准（元）"), 14, "integer"),
        Column(_("建议补贴（元）"), 16, "integer"), Column(_("不列入的原因"), 36),
    ]  # fmt: skip
    rows = [
        (line.honour.number, line.honour.org.name, line.district, _(line.level.title), line.level.subsidy, line.amount, line.why_not)
        for line in found.lines
    ]  # fmt: skip
    sums = [f"{_(one.level.title)}：{one.n} × {one.level.subsidy} = {one.amount}" for one in found.sums]
    notes = [*sums, _("合计 %(total)s 元，共 %(n)s 个。") % {"total": found.total, "n": len(found.due)},
             _("截至 %(day)s。年度报告已通过、称号有效的列入。") % {"day": found.day}]  # fmt: skip
    title = _("%(name)s %(year)s 年度补贴建议") % {"name": _(found.programme.name), "year": found.year}
    return write_xlsx(columns, rows, title=title, notes=notes)

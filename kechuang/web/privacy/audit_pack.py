"""The yearly compliance audit of minors' data as a page, as PDF for the file, and as a workbook for whoever checks the sums."""

from pathlib import Path
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _

import kechuang.orgs
from kechuang.base import audit, clock
from kechuang.base.pdf import render
from kechuang.base.tables import Column, write_xlsx
from kechuang.orgs.minors_audit import MinorsAudit, minors_audit
from kechuang.web.officer.pages import OfficePage
from kechuang.web.rounds.pages import download

TEMPLATE = Path(kechuang.orgs.__file__).parent / "templates" / "minors_audit.typ"
FIRST = 2024


class AuditPack(OfficePage):
    """What the law asks about a year, answered from what happened."""

    permission = "privacy.oversee"
    template = "privacy/audit_pack.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        now = clock.today().year
        year = _year(request.GET.get("year", ""))
        tabs = [
            {"label": str(y), "url": f"?year={y}", "active": y == year} for y in range(now, max(FIRST, now - 3) - 1, -1)
        ]
        return self.render(report=minors_audit(year), tabs=tabs)


def _year(text: str) -> int:
    now = clock.today().year
    return int(text) if text.isdecimal() and FIRST <= int(text) <= now else now


class AuditPackFile(OfficePage):
    """The same report to be signed and filed: each making of it is recorded."""

    permission = "privacy.oversee"
    limit = "export"

    def get(self, request: HttpRequest, year: int, kind: str) -> HttpResponse:
        if kind not in {"pdf", "xlsx"} or _year(str(year)) != year:
            raise Http404
        report = minors_audit(year)
        audit.record("make_minors_audit", by=self.actor, on="minors_audit", detail={"year": report.year, "kind": kind})
        name = _("未成年人个人信息合规审计 %(year)s") % {"year": report.year}
        if kind == "xlsx":
            return download(workbook(report, name), f"{name}.xlsx")
        response = HttpResponse(
            render(TEMPLATE, paper(report, name), made_at=report.made_at), content_type="application/pdf"
        )
        response["Content-Disposition"] = f'inline; filename="minors-audit-{report.year}.pdf"'
        return response


def paper(report: MinorsAudit, title: str) -> dict[str, Any]:
    span = _("%(a)s 至 %(b)s，数据截至 %(at)s") % {
        "a": f"{report.since:%Y-%m-%d}", "b": f"{report.until:%Y-%m-%d}", "at": f"{report.made_at:%Y-%m-%d %H:%M}",
    }  # fmt: skip
    parts = [
        {
            "title": p.title,
            "clause": p.clause,
            "said": p.said,
            "columns": list(p.columns),
            "rows": [[str(c) for c in row] for row in p.rows],
        }
        for p in report.parts
    ]
    return {
        "title": title, "span": span, "parts": parts, "footer": _("由平台根据业务记录自动生成；数字可在平台上逐项核对。"),
        "signed_by": _("个人信息保护负责人（签字）："), "signed_on": _("日期："),
    }  # fmt: skip


def workbook(report: MinorsAudit, title: str) -> bytes:
    """One long sheet: part, clause, item, figures side by side."""
    widest = max(len(p.columns) for p in report.parts)
    columns = [
        Column(_("部分"), 20),
        Column(_("依据"), 34),
        *(Column(_("第 %(n)s 栏") % {"n": n}, 26) for n in range(1, widest + 1)),
    ]
    rows: list[list[Any]] = []
    for p in report.parts:
        rows.append([p.title, p.clause, p.said, *[""] * (widest - 1)])
        rows.append(["", "", *p.columns, *[""] * (widest - len(p.columns))])
        rows += [["", "", *map(str, row), *[""] * (widest - len(row))] for row in p.rows]
    return write_xlsx(columns, rows, title=title)

"""The operator's pages: background jobs, the audit ledger, the holiday table."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l

from kechuang.base import audit, clock, jobs
from kechuang.base.enums import HolidayKind, JobState
from kechuang.base.errors import Refused
from kechuang.base.holidays import set_holidays
from kechuang.base.models import AuditEntry, Holiday, Job
from kechuang.base.workdays import years_with_table
from kechuang.orgs.scoping import under
from kechuang.web.acts import name_of, named
from kechuang.web.officer.builder.widgets import DateInput, Rows
from kechuang.web.officer.pages import OfficePage
from kechuang.web.views import SIGNED_IN, Page

PER_PAGE = 50


def jobs_of(actor: Any) -> QuerySet[Job]:
    """One's own jobs, and those of the organisations one looks after; the platform's own have no place in the tree."""
    own = Q(by=actor.user)
    paths = actor.paths("job.view")
    inside = under("scope_path", paths) | Q(scope_path="") if paths else Q(pk__in=[])
    return Job.objects.filter(own | inside).select_related("by")


class Jobs(OfficePage):
    permission = "job.view"
    template = "operator/jobs.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        rows = jobs_of(self.actor)
        counts = dict(rows.order_by().values_list("state").annotate(n=Count("pk")))
        state = request.GET.get("state", "")
        if state in JobState.values:
            rows = rows.filter(state=state)
        pages = Paginator(rows, PER_PAGE)
        page = pages.get_page(request.GET.get("page"))
        live = any(counts.get(name) for name in Job.LIVE)
        return self.render(page=page, total=pages.count, live=live, tabs=self.tabs(counts, state))

    def tabs(self, counts: dict[str, int], state: str) -> list[dict[str, Any]]:
        every = {"label": _("全部"), "url": "?", "count": sum(counts.values()), "active": state not in JobState.values}
        return [
            every,
            *(
                {
                    "label": s.label,
                    "url": f"?state={s.value}",
                    "count": counts.get(s.value, 0),
                    "active": state == s.value,
                }
                for s in JobState
            ),
        ]


class JobPage(Page):
    """One job, live. Its owner may see it too, whatever their office."""

    permission = SIGNED_IN
    template = "operator/job.html"

    def get(self, request: HttpRequest, public_id: str) -> HttpResponse:
        job = self.find(jobs_of(self.actor), public_id=public_id)
        partial = "#progress" if getattr(request, "htmx", False) else ""
        return self.render(
            f"{self.template}{partial}",
            job=job,
            may_act=self.may_act(job),
            seconds=seconds_of(job),
            figures=figures_of(job),
        )

    def may_act(self, job: Job) -> bool:
        return job.by_id == self.actor.user.pk or self.actor.can("job.view")

    def post(self, request: HttpRequest, public_id: str) -> HttpResponse:
        job = self.find(jobs_of(self.actor), public_id=public_id)
        act, sentence = self.act()
        act(job, by=self.actor)
        return self.done(sentence, "job", job.public_id)

    def act(self) -> tuple[Callable[..., Job], str]:
        if self.request.POST.get("do") == "stop":
            return jobs.stop, _("已请求停止；已经做完的部分会保留。")
        return jobs.retry, _("已重新排队。")


FIGURES = {
    "rows": _l("行数"), "refused": _l("没有通过"), "done": _l("已办"), "issued": _l("制作证书"), "papers": _l("附件"),
    "sent": _l("已发出"), "silent": _l("读不出文字的附件"),
}  # fmt: skip
"""The words for what jobs count; what a job keeps for other jobs is not shown."""


def figures_of(job: Job) -> list[tuple[str, int]]:
    counts = (job.result or {}).items()
    return [(FIGURES[name], value) for name, value in counts if name in FIGURES and isinstance(value, int)]


def seconds_of(job: Job) -> int | None:
    if job.started_at is None:
        return None
    return int(((job.finished_at or clock.now()) - job.started_at).total_seconds())


class AuditFilter(forms.Form):
    q = forms.CharField(required=False)
    action = forms.CharField(required=False)
    by = forms.CharField(required=False)
    first = forms.DateField(required=False, widget=DateInput)
    last = forms.DateField(required=False, widget=DateInput)


class Audit(OfficePage):
    """The ledger, newest first. Pages are cut by row number: it only grows, so pages never shift."""

    permission = "audit.view"
    template = "operator/audit.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        form = AuditFilter(request.GET)
        form.is_valid()
        rows = self.filtered(form.cleaned_data)
        before = request.GET.get("before", "")
        if before.isdecimal():
            rows = rows.filter(pk__lt=int(before))
        page = list(rows[: PER_PAGE + 1])
        for row in page:
            row.act = name_of(row.action)
        recorded = AuditEntry.objects.order_by("action").values_list("action", flat=True).distinct()
        return self.render(
            rows=page[:PER_PAGE], form=form, older=page[PER_PAGE - 1].pk if len(page) > PER_PAGE else None,
            actions=named(recorded), is_newest=not before,
        )  # fmt: skip

    def filtered(self, wanted: dict[str, Any]) -> QuerySet[AuditEntry]:
        rows = AuditEntry.objects.filter(under("scope_path", self.actor.paths("audit.view")) | Q(scope_path=""))
        if wanted.get("q"):
            rows = rows.filter(Q(on_id=wanted["q"]) | Q(reason__icontains=wanted["q"]))
        for name, lookup in (("action", "action"), ("by", "by_name__iexact")):
            if wanted.get(name):
                rows = rows.filter(**{lookup: wanted[name]})
        if wanted.get("first"):
            rows = rows.filter(at__gte=clock.start_of(wanted["first"]))
        if wanted.get("last"):
            rows = rows.filter(at__lt=clock.start_of(wanted["last"] + timedelta(days=1)))
        return rows.order_by("-pk")

    def post(self, request: HttpRequest) -> HttpResponse:
        report = audit.verify()
        audit.record("verify_audit", by=self.actor, detail={"ok": report.ok, "rows": report.rows})
        return self.render("operator/audit_report.html", report=report, at=clock.now())


class HolidayRow(forms.Form):
    date = forms.DateField(label=_l("日期"), widget=DateInput)
    kind = forms.ChoiceField(label=_l("安排"), choices=HolidayKind.choices, initial=HolidayKind.HOLIDAY)
    name = forms.CharField(label=_l("节日"), max_length=40)


HolidayRows = forms.formset_factory(HolidayRow, formset=Rows, extra=3, can_delete=True, max_num=200)


class Holidays(OfficePage):
    permission = "holiday.edit"
    template = "operator/holidays.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        year = self.year(request.GET.get("year", ""))
        days = list(Holiday.objects.filter(date__year=year).values("date", "kind", "name", "source"))
        extra = 3 if days else 30
        rows = forms.formset_factory(HolidayRow, formset=Rows, extra=extra, can_delete=True, max_num=200)(
            initial=days, prefix="days"
        )
        return self.show(year, rows, days[0]["source"] if days else "")

    def year(self, text: str) -> int:
        return int(text) if text.isdecimal() and 2000 <= int(text) <= 2100 else clock.today().year

    def show(self, year: int, rows: Any, source: str, status: int = 200, refusal: str = "") -> HttpResponse:
        known = years_with_table()
        now = clock.today().year
        years = sorted({*known, now, now + 1, year})
        tabs = [
            {
                "label": str(y) if y in known else _("%(year)s（缺）") % {"year": y},
                "url": f"?year={y}",
                "active": y == year,
            }
            for y in years
        ]
        return self.render(
            status=status, year=year, rows=rows, source=source, tabs=tabs, is_missing=year not in known, refusal=refusal
        )

    def post(self, request: HttpRequest) -> HttpResponse:
        year = self.year(request.POST.get("year", ""))
        rows = HolidayRows(request.POST, prefix="days")
        source = request.POST.get("source", "").strip()[:200]
        if not rows.is_valid():
            return self.show(year, rows, source, status=422)
        kept = [row.cleaned_data for row in rows if row.cleaned_data and not row.cleaned_data.get("DELETE")]
        days = [(day["date"], day["kind"], day["name"]) for day in kept]
        try:
            n = set_holidays(year, days, by=self.actor, source=source)
        except Refused as refusal:
            return self.show(year, rows, source, status=422, refusal=refusal.sentence)
        sentence = _("已保存 %(year)s 年的 %(n)s 天安排。") % {"year": year, "n": n}
        return self.done(sentence, f"{reverse('holidays')}?year={year}")

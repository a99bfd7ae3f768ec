"""Rosters from Excel: template out, file in, a verdict for each row, the good rows taken, the others back with the reason."""

from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l

from kechuang.base.errors import Refused
from kechuang.orgs.actions.rosters import (
    discard_roster,
    roster_template,
    rows_back,
    take_later,
    undo_later,
    upload_roster,
    why_not_undoable,
)
from kechuang.orgs.actions.rosters.registry import HOMES
from kechuang.orgs.enums import OrgKind, RosterKind, RosterState, Verdict
from kechuang.orgs.models import Org, RosterRow, RosterUpload
from kechuang.web.officer.pages import OfficePage, taken
from kechuang.web.officer.queue.views import XLSX

PER_PAGE = 50
NAMES = ("姓名", "学校名称")
"""The column that names a row on the page; the rest of a row may hold identifiers and stays sealed."""


def kinds_for(home: list[Org]) -> list[RosterKind]:
    """A school sends pupils and teachers; a district or the city may send any, for an organisation below."""
    own = [kind for kind in RosterKind if any(org.kind in HOMES[kind] for org in home)]
    return own if own and all(org.kind in {OrgKind.SCHOOL, OrgKind.CAMPUS} for org in home) else list(RosterKind)


class RosterForm(forms.Form):
    kind = forms.ChoiceField(label=_l("名册"), choices=RosterKind.choices, widget=forms.RadioSelect)
    org_code = forms.CharField(
        label=_l("机构代码"), max_length=32, help_text=_l("学生和教师名册填学校代码，学校名册填区的代码。")
    )

    def __init__(self, actor: Any, data: Any = None) -> None:
        home = actor.orgs_for("roster.upload")
        kinds = kinds_for(home)
        super().__init__(data, initial={"org_code": home[0].code if home else "", "kind": kinds[0]})
        self.fields["kind"].choices = [(kind.value, kind.label) for kind in kinds]
        self.actor = actor

    def clean_org_code(self) -> Org:
        org = (
            Org.objects.visible_to(self.actor, "roster.upload")
            .current()
            .filter(code=self.cleaned_data["org_code"].strip())
            .first()
        )
        if org is None:
            raise forms.ValidationError(
                _("在您的管辖范围内没有代码为“%(code)s”的机构。") % {"code": self.cleaned_data["org_code"]}
            )
        return org


class Rosters(OfficePage):
    permission = "roster.upload"
    template = "officer/rosters.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.show(RosterForm(self.actor))

    def show(self, form: RosterForm, status: int = 200) -> HttpResponse:
        rows = (
            RosterUpload.objects.visible_to(self.actor)
            .select_related("org", "by", "file")
            .annotate(n=Count("rows"))
            .order_by("-pk")
        )
        pages = Paginator(rows, PER_PAGE)
        return self.render(
            status=status,
            form=form,
            page=pages.get_page(self.request.GET.get("page")),
            total=pages.count,
            kinds=form.fields["kind"].choices,
        )

    def post(self, request: HttpRequest) -> HttpResponse:
        form = RosterForm(self.actor, request.POST)
        upload = taken(form, lambda: self.upload(form.cleaned_data))
        if upload is None:
            return self.show(form, status=422)
        return self.done(_("已上传，正在后台逐行检查。"), "roster", upload.public_id)

    def upload(self, given: dict[str, Any]) -> RosterUpload:
        file = self.request.FILES.get("file")
        if file is None:
            raise Refused(_("请选择填好的 Excel 或 CSV 文件。"))
        return upload_roster(given["kind"], given["org_code"], file, by=self.actor, name=file.name)


class RosterTemplate(OfficePage):
    permission = "roster.upload"

    def get(self, request: HttpRequest, kind: str) -> HttpResponse:
        if kind not in RosterKind.values:
            raise Http404
        home = self.actor.orgs_for(self.permission)
        code = request.GET.get("org", "")
        org = self.find(Org.objects.visible_to(self.actor, self.permission), code=code) if code else home[0]
        response = HttpResponse(roster_template(kind, org), content_type=XLSX)
        response["Content-Disposition"] = f'attachment; filename="{kind}.xlsx"'
        return response


class RosterPage(OfficePage):
    """One uploaded roster: how far the check is, what each row says, and the two ways on."""

    permission = "roster.upload"
    template = "officer/roster.html"

    def upload(self, public_id: str) -> RosterUpload:
        rows = RosterUpload.objects.visible_to(self.actor).select_related("org", "job", "file", "by")
        found: RosterUpload = self.find(rows, public_id=public_id)
        return found

    def get(self, request: HttpRequest, public_id: str) -> HttpResponse:
        upload = self.upload(public_id)
        counts = dict(upload.rows.order_by().values_list("verdict").annotate(n=Count("pk")))
        verdict = request.GET.get("verdict", "")
        rows = upload.rows.filter(verdict=verdict) if verdict in Verdict.values else upload.rows.all()
        pages = Paginator(rows.select_related("person").order_by("number"), PER_PAGE)
        page = pages.get_page(request.GET.get("page"))
        good = counts.get(Verdict.GOOD, 0) + counts.get(Verdict.WARNING, 0)
        busy = upload.job is not None and upload.job.is_live
        partial = "#progress" if getattr(request, "htmx", False) and busy else ""
        return self.render(
            f"{self.template}{partial}", upload=upload, job=upload.job, busy=busy, page=page, total=pages.count, good=good,
            refused=counts.get(Verdict.REFUSED, 0), lines=[self.line(row) for row in page.object_list], tabs=self.tabs(counts, verdict),
            may_undo=not busy and not why_not_undoable(upload), may_take=not busy and good and upload.state in {RosterState.CHECKED, RosterState.TAKEN},
        )  # fmt: skip

    def line(self, row: RosterRow) -> dict[str, Any]:
        content = row.content
        name = next((content[heading] for heading in NAMES if content.get(heading)), "") or (
            row.person.name if row.person else ""
        )
        return {"row": row, "name": name}

    def tabs(self, counts: dict[str, int], verdict: str) -> list[dict[str, Any]]:
        every = {"label": _("全部"), "url": "?", "count": sum(counts.values()), "active": verdict not in Verdict.values}
        kinds = [v for v in Verdict if counts.get(v)]
        return [
            every,
            *(
                {"label": v.label, "url": f"?verdict={v.value}", "count": counts[v], "active": verdict == v.value}
                for v in kinds
            ),
        ]

    def post(self, request: HttpRequest, public_id: str) -> HttpResponse:
        upload = self.upload(public_id)
        if request.POST.get("do") == "discard":
            discard_roster(upload, by=self.actor)
            return self.done(_("已删除上传的文件和检查结果；已经导入的人员不受影响。"), "rosters")
        if request.POST.get("do") == "undo":
            undo_later(upload, by=self.actor)
            return self.done(_("正在撤回这份名册。已被使用的人员会保留，并写明原因。"), "roster", upload.public_id)
        take_later(upload, by=self.actor)
        return self.done(_("正在导入可以导入的行。"), "roster", upload.public_id)


class RosterBack(RosterPage):
    """The sender's own file with a column that says why a row was not taken."""

    def get(self, request: HttpRequest, public_id: str) -> HttpResponse:
        upload = self.upload(public_id)
        content = rows_back(upload, by=self.actor)
        is_xlsx = content.startswith(b"PK")
        response = HttpResponse(content, content_type=XLSX if is_xlsx else "text/csv")
        response["Content-Disposition"] = (
            f'attachment; filename="refused-{upload.public_id}.{"xlsx" if is_xlsx else "csv"}"'
        )
        return response

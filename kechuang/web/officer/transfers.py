"""Transfers between schools: what we asked for, what others ask of us, and the answer."""

from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l

from kechuang.base.errors import Refused
from kechuang.orgs.actions.transfers import (
    ask_transfer,
    confirm_transfer,
    refuse_transfer,
    undo_transfer,
    why_not_back,
    withdraw_transfer,
)
from kechuang.orgs.enums import Grade, OrgKind, TransferState
from kechuang.orgs.models import Org, Transfer
from kechuang.orgs.scoping import under
from kechuang.web.officer.pages import OfficePage, taken

PER_PAGE = 50


class TransferForm(forms.Form):
    org_code = forms.CharField(label=_l("转入学校的代码"), max_length=32)
    name = forms.CharField(label=_l("学生姓名"), max_length=60)
    number = forms.CharField(
        label=_l("学籍号或证件号码"), max_length=40, help_text=_l("由家长提供；姓名和号码都相符，才能提出申请。")
    )
    grade = forms.TypedChoiceField(label=_l("转入年级"), choices=[("", _l("请选择")), *Grade.choices], coerce=int)
    class_name = forms.CharField(label=_l("转入班级"), max_length=20, required=False)
    note = forms.CharField(
        label=_l("说明"), max_length=300, required=False, help_text=_l("原学校会看到，例如随迁的原因。")
    )

    def __init__(self, actor: Any, data: Any = None) -> None:
        schools = [org for org in actor.orgs_for("roster.upload") if org.kind in {OrgKind.SCHOOL, OrgKind.CAMPUS}]
        super().__init__(data, initial={"org_code": schools[0].code if schools else ""})
        self.actor = actor

    def clean_org_code(self) -> Org:
        rows = Org.objects.visible_to(self.actor, "roster.upload").current()
        org = rows.filter(code=self.cleaned_data["org_code"].strip()).first()
        if org is None:
            code = self.cleaned_data["org_code"]
            raise forms.ValidationError(_("在您的管辖范围内没有代码为“%(code)s”的学校。") % {"code": code})
        return org


class Transfers(OfficePage):
    permission = "roster.upload"
    template = "officer/transfers.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        paths = self.actor.paths(self.permission)
        out, into = under("from_school__path", paths), under("to_school__path", paths)
        every = self.rows()
        picked = {"out": every.filter(out), "in": every.filter(into)}
        show = request.GET.get("show", "")
        pages = Paginator(picked.get(show, every), PER_PAGE)
        n = Transfer.objects.waiting().filter(out).exclude(asked_by=self.actor.user).count()
        tabs = [
            {"label": _("全部"), "url": request.path, "active": show not in picked},
            {"label": _("转出"), "url": "?show=out", "active": show == "out", "count": n},
            {"label": _("转入"), "url": "?show=in", "active": show == "in"},
        ]
        return self.render(page=pages.get_page(request.GET.get("page")), total=pages.count, tabs=tabs)

    def rows(self) -> QuerySet[Transfer]:
        return Transfer.objects.visible_to(self.actor).select_related("pupil", "from_school", "to_school")


class TransferNew(OfficePage):
    """Asking is counted like the use of secret codes: name and number together could be guessed at."""

    permission = "roster.upload"
    template = "officer/transfer_new.html"

    def limited_by(self, request: HttpRequest) -> str:
        return "codes" if request.method == "POST" else ""

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.render(form=TransferForm(self.actor))

    def post(self, request: HttpRequest) -> HttpResponse:
        form = TransferForm(self.actor, request.POST)
        row = taken(form, lambda: self.ask(dict(form.cleaned_data)))
        if row is None:
            return self.render(form=form, status=422)
        return self.done(_("已提出，等原学校确认；有答复会通知您。"), "transfer", row.public_id)

    def ask(self, given: dict[str, Any]) -> Transfer:
        return ask_transfer(given.pop("org_code"), by=self.actor, **given)


class TransferPage(OfficePage):
    """One transfer, with what either side may do now."""

    permission = "roster.upload"
    template = "officer/transfer.html"

    def transfer(self, public_id: str) -> Transfer:
        rows = Transfer.objects.visible_to(self.actor).select_related(
            "pupil__pupil", "from_school", "to_school", "asked_by__person", "decided_by__person", "undone_by__person"
        )
        found: Transfer = self.find(rows, public_id=public_id)
        return found

    def get(self, request: HttpRequest, public_id: str) -> HttpResponse:
        return self.show(self.transfer(public_id))

    def show(self, row: Transfer, status: int = 200, **extra: Any) -> HttpResponse:
        is_open = row.state == TransferState.ASKED
        is_old, is_new = (self.actor.can(self.permission, school) for school in (row.from_school, row.to_school))
        here = row.from_school if row.state != TransferState.DONE else row.to_school
        return self.render(
            status=status, row=row, may_decide=is_open and is_old and row.asked_by_id != self.actor.user.pk,  # type: ignore[union-attr]
            is_own=is_open and is_old and row.asked_by_id == self.actor.user.pk,  # type: ignore[union-attr]
            may_withdraw=is_open and is_new, may_undo=is_new and not why_not_back(row),
            may_see_pupil=self.actor.can("person.view", here), record=row.pupil.pupil, is_old=is_old,
            **extra,
        )  # fmt: skip

    def post(self, request: HttpRequest, public_id: str) -> HttpResponse:
        row = self.transfer(public_id)
        reason = request.POST.get("reason", "")
        acts = {
            "confirm": lambda: confirm_transfer(row, by=self.actor),
            "refuse": lambda: refuse_transfer(row, reason, by=self.actor),
            "withdraw": lambda: withdraw_transfer(row, by=self.actor),
            "undo": lambda: undo_transfer(row, reason, by=self.actor),
        }
        said = {
            "confirm": _("已确认转出，学籍、草稿和监护关系已转到新学校。"), "refuse": _("已答复，学生仍在本校。"),
            "withdraw": _("已撤回申请。"), "undo": _("已退回原学校。"),
        }  # fmt: skip
        do = request.POST.get("do", "")
        if do not in acts:
            raise Refused(_("没有这项操作，请刷新页面后再试。"))
        try:
            acts[do]()
        except Refused as refusal:
            return self.show(self.transfer(public_id), status=422, refusal=refusal.sentence, reason=reason)
        return self.done(said[do], "transfer", row.public_id)

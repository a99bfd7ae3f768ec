"""For offices: exports that a second person approves, requests with their terms, and looking up who could see a pupil."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l
from django.utils.translation import ngettext

from kechuang.base import clock
from kechuang.base.errors import Refused
from kechuang.base.masking import mask_name
from kechuang.engine.calls.queries import calls_in_office
from kechuang.orgs.actions.exports import (
    OPEN_FOR,
    approve_export,
    ask_export,
    refuse_export,
    take_download,
    why_not_decide,
)
from kechuang.orgs.actions.requests import answer_request
from kechuang.orgs.enums import ExportState, RequestState
from kechuang.orgs.exports import kind_named, kinds_for
from kechuang.orgs.models import DataRequest, ExportRequest, Person
from kechuang.orgs.scoping import under
from kechuang.web.officer.pages import OfficePage
from kechuang.web.privacy.own import shown
from kechuang.web.views import SIGNED_IN, Page

PER_PAGE = 30
DONE = {
    "identifiers": _l("证件信息"), "works": _l("下架的作品"), "media": _l("撤下的图片和视频"), "notice_lines": _l("隐去姓名的公示行"),
    "drafts": _l("删除的草稿"), "files": _l("删除的文件"), "account": _l("注销的账号"), "name": _l("姓名"), "name_en": _l("英文姓名"),
    "birth_on": _l("出生日期"), "class_name": _l("班级"), "phone": _l("联系电话"),
}  # fmt: skip
ARGS = ("org", "call", "state", "prize", "q", "field", "active")


PAGES = (
    ("request.handle", "requests", _l("个人信息申请"), _l("更正、删除和了解的申请，按期限办理")),
    ("export.approve", "exports", _l("导出个人信息"), _l("申请、审批和下载；文件带水印，七天后失效")),
    ("privacy.oversee", "seen_lookup", _l("谁在什么时候能看到"), _l("按学生编号查公开、查看和导出的记录")),
    ("privacy.oversee", "audit_pack", _l("未成年人个人信息合规审计"), _l("每年的合规审计材料，PDF 和 Excel")),
    ("consent.edit", "consent_texts", _l("同意书文本"), _l("每种用途的六项内容和各个版本")),
    ("retention.manage", "retention", _l("到期删除"), _l("每种数据保存多久、现在有多少到期、删除和报告")),
)


class Hub(Page):
    """Everything about personal data that this office may do, with what waits."""

    permission = SIGNED_IN
    template = "privacy/hub.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        items = [
            {"title": title, "text": text, "url": reverse(name)} | self.waiting(name)
            for permission, name, title, text in PAGES
            if self.actor.paths(permission)
        ]
        if not items:
            raise PermissionDenied
        return self.render(items=items)

    def waiting(self, name: str) -> dict[str, str]:
        """How much waits behind a door, in words."""
        if name == "requests":
            rows = DataRequest.objects.waiting().filter(under("scope_path", self.actor.paths("request.handle")))
            n, late = rows.count(), rows.filter(due_on__lt=clock.today()).count()
            return {
                "count": ngettext("%(n)d 件待办理", "%(n)d 件待办理", n) % {"n": n} if n else "",
                "late": ngettext("%(n)d 件已超期", "%(n)d 件已超期", late) % {"n": late} if late else "",
            }
        if name == "exports":
            rows = ExportRequest.objects.filter(
                under("scope_path", self.actor.paths("export.approve")), state=ExportState.ASKED
            )
            n = rows.exclude(asked_by=self.actor.user).count()
            return {"count": ngettext("%(n)d 份等审批", "%(n)d 份等审批", n) % {"n": n} if n else ""}
        return {}


class ExportPage(OfficePage):
    """Both who may ask and who may approve come here; `rows` is what concerns the actor."""

    abstract = True
    permission = "export.approve"

    def rows(self) -> Any:
        mine = Q(asked_by=self.actor.user)
        rows = ExportRequest.objects.filter(mine | under("scope_path", self.actor.paths("export.approve")))
        return rows.select_related("org", "asked_by__person", "decided_by__person", "file")

    def export(self, public_id: str) -> ExportRequest:
        found: ExportRequest = self.find(self.rows(), public_id=public_id)
        return found


class Exports(ExportPage):
    permission = "export.approve"
    template = "privacy/exports.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        show = request.GET.get("show", "")
        rows = self.rows()
        waiting = rows.filter(state=ExportState.ASKED).exclude(asked_by=self.actor.user)
        picked = {"waiting": waiting, "mine": rows.filter(asked_by=self.actor.user)}.get(show, rows)
        pages = Paginator(picked, PER_PAGE)
        tabs = [
            {"label": _("全部"), "url": request.path, "active": show not in {"waiting", "mine"}},
            {"label": _("等我审批"), "url": "?show=waiting", "active": show == "waiting", "count": waiting.count()},
            {"label": _("我的申请"), "url": "?show=mine", "active": show == "mine"},
        ]
        return self.render(
            page=pages.get_page(request.GET.get("page")),
            total=pages.count,
            tabs=tabs,
            may_ask=bool(self.actor.paths("export.make")),
        )


class ExportNew(OfficePage):
    """What, for what, why. The file comes after a second person's yes."""

    permission = "export.make"
    template = "privacy/export_new.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.shown(request.GET)

    def post(self, request: HttpRequest) -> HttpResponse:
        kind = request.POST.get("kind", "")
        args = {name: value for name in ARGS if (value := request.POST.get(name, "").strip()[:200])}
        try:
            row = ask_export(kind, args, reason=request.POST.get("reason", ""), by=self.actor)
        except Refused as refusal:
            return self.shown(request.POST, refusal.sentence)
        return self.done(_("已提交，等另一位有权限的人批准；批准后会通知您下载。"), "export", row.public_id)

    def shown(self, told: Any, refusal: str = "") -> HttpResponse:
        home = self.actor.orgs_for(self.permission)
        chosen = kind_named(told.get("kind", ""))
        hidden = {name: told[name] for name in ("state", "prize", "q", "field", "active") if told.get(name)}
        return self.render(
            kinds=kinds_for(self.actor), chosen=chosen.name if chosen else "", org=told.get("org") or home[0].code, call=told.get("call", ""),
            calls=list(calls_in_office(self.actor).values_list("slug", "title")[:200]), reason=told.get("reason", ""), refusal=refusal,
            hidden=hidden.items(), days=OPEN_FOR.days, status=422 if refusal else 200,
        )  # fmt: skip


class ExportDetail(ExportPage):
    permission = "export.approve"
    template = "privacy/export.html"

    def get(self, request: HttpRequest, public_id: str) -> HttpResponse:
        return self.shown(self.export(public_id))

    def post(self, request: HttpRequest, public_id: str) -> HttpResponse:
        row = self.export(public_id)
        self.demand("export.approve", row)
        try:
            if request.POST.get("do") == "approve":
                approve_export(row, by=self.actor)
                return self.done(_("已批准，文件正在后台生成，申请人会收到通知。"), "export", row.public_id)
            refuse_export(row, because=request.POST.get("because", ""), by=self.actor)
        except Refused as refusal:
            return self.shown(row, refusal.sentence)
        return self.done(_("已退回，申请人会看到原因。"), "export", row.public_id)

    def shown(self, row: ExportRequest, refusal: str = "") -> HttpResponse:
        mine = row.asked_by_id == self.actor.user.pk  # type: ignore[union-attr]
        return self.render(
            row=row, refusal=refusal, is_mine=mine, may_decide=row.state == ExportState.ASKED and self.actor.can("export.approve", row),
            hindrance=why_not_decide(row, self.actor), may_fetch=mine and row.state == ExportState.READY, status=422 if refusal else 200,
        )  # fmt: skip


class ExportFile(ExportPage):
    """The file, for the one who asked; each time it is fetched is recorded."""

    permission = "export.approve"
    limit = "export"

    def get(self, request: HttpRequest, public_id: str) -> HttpResponseBase:
        row = self.export(public_id)
        if row.state != ExportState.READY or row.expires_at is None or row.expires_at <= clock.now():
            return redirect("export", row.public_id)
        row = take_download(row, by=self.actor)
        assert row.file is not None
        response = FileResponse(
            row.file.open(), as_attachment=True, filename=row.file.name, content_type=row.file.content_type
        )
        response["Cache-Control"] = "private, no-store"
        response["X-Content-Type-Options"] = "nosniff"
        return response


# --- requests ----------------------------------------------------------------------------------------------------


class Requests(OfficePage):
    """Nearest term first; what is late stands on top in red."""

    permission = "request.handle"
    template = "privacy/requests.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        rows = DataRequest.objects.filter(under("scope_path", self.actor.paths(self.permission))).select_related(
            "person__pupil__school"
        )
        waiting = rows.filter(state=RequestState.RECEIVED)
        show = request.GET.get("show", "open")
        picked = (
            rows.exclude(state=RequestState.RECEIVED).order_by("-answered_at")
            if show == "done"
            else waiting.order_by("due_on", "pk")
        )
        pages = Paginator(picked, PER_PAGE)
        tabs = [
            {"label": _("待办理"), "url": "?show=open", "active": show != "done", "count": waiting.count()},
            {"label": _("已办结"), "url": "?show=done", "active": show == "done"},
        ]
        late = waiting.filter(due_on__lt=clock.today()).count()
        return self.render(
            page=pages.get_page(request.GET.get("page")),
            total=pages.count,
            tabs=tabs,
            late=late,
            today=clock.today(),
            show=show,
        )


class RequestPage(OfficePage):
    permission = "request.handle"
    template = "privacy/request.html"

    def get(self, request: HttpRequest, number: str) -> HttpResponse:
        return self.shown(self.row(number))

    def post(self, request: HttpRequest, number: str) -> HttpResponse:
        row = self.row(number)
        do = request.POST.get("do", "")
        if do not in {"grant", "refuse"}:
            return self.shown(row, _("请选择办理还是不予办理。"))
        try:
            answer_request(row, do == "grant", request.POST.get("answer", ""), by=self.actor)
        except Refused as refusal:
            return self.shown(row, refusal.sentence)
        return self.done(_("已答复，申请人会收到通知。"), "request", row.number)

    def row(self, number: str) -> DataRequest:
        rows = DataRequest.objects.filter(under("scope_path", self.actor.paths(self.permission)))
        found: DataRequest = self.find(
            rows.select_related("person__pupil__school", "asked_by__person", "answered_by__person"), number=number
        )
        return found

    def shown(self, row: DataRequest, refusal: str = "") -> HttpResponse:
        done = [(str(DONE.get(name, name)), n) for name, n in row.done.items()]
        return self.render(
            row=row, refusal=refusal, is_own=row.asked_by_id == self.actor.user.pk, days_left=(row.due_on - clock.today()).days,  # type: ignore[union-attr]
            is_open=row.state == RequestState.RECEIVED, answer=self.request.POST.get("answer", ""), done=done,
            person_url=reverse("person", args=[row.person.public_id]), status=422 if refusal else 200,
        )  # fmt: skip


# --- who could see a pupil ---------------------------------------------------------------------------------------


class SeenLookup(OfficePage):
    """The auditor's way in: by the pupil's number, never by browsing names."""

    permission = "privacy.oversee"
    template = "privacy/seen_lookup.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        number = request.GET.get("number", "").strip()
        if not number:
            return self.render()
        inside = under("pupil__school__path", self.actor.paths(self.permission))
        person = Person.objects.filter(inside, public_id=number).select_related("pupil__school").first()
        if person is None:
            return self.render(number=number, is_unknown=True)
        person.name = mask_name(person.name)
        return shown(self, person, is_own=False)

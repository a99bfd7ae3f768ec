"""Reports: the list, one report to read and decide on, and the form of its holder."""

import json
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kechuang.base import clock
from kechuang.base.errors import Refused
from kechuang.base.files import accept
from kechuang.engine.enums import ReportState
from kechuang.engine.honours.queries import granting
from kechuang.engine.tenure.actions import reports as actions
from kechuang.engine.tenure.models import Report
from kechuang.engine.tenure.queries.reports import CHECK, reports_seen
from kechuang.web.applicant.forms import PREFIX
from kechuang.web.files.purposes import kinds_of
from kechuang.web.tenure.forms import typed, typed_json
from kechuang.web.tenure.sheet import asked_files, parts, sheet_of
from kechuang.web.views import Page

PER_PAGE = 50
LATE = "late"


class Reports(Page):
    """Everything that the reader may see: the own ones, those of a district's schools, all."""

    permission = "application.view"
    template = "tenure/reports.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        day, asked = clock.today(), request.GET
        rows = reports_seen(self.actor).filter(opens_on__lte=day)
        state = asked.get("state", "")
        if state == LATE:
            rows = rows.late(day)  # type: ignore[attr-defined]
        elif state in ReportState.values:
            rows = rows.filter(state=state)
        if code := asked.get("programme", ""):
            rows = rows.filter(honour__programme_code=code)
        if text := asked.get("q", "")[:60].strip():
            rows = rows.filter(
                Q(honour__org__name__icontains=text) | Q(honour__person__name=text) | Q(honour__number__iexact=text)
            )
        names = {code: _(plan.name) for code, plan in granting().items() if plan.honour and plan.honour.reports}
        return self.render(
            page=Paginator(rows, PER_PAGE).get_page(asked.get("page")), text=text, names=names, state=state, programme=code,
            states=[(LATE, _("已逾期")), *ReportState.choices], is_office=bool(self.actor.paths(CHECK)),
        )  # fmt: skip


class OneReport(Page):
    abstract = True

    def at(self, public_id: str) -> Report:
        report: Report = self.find(reports_seen(self.actor), public_id=public_id)
        return report

    def own(self, public_id: str) -> Report:
        report = self.at(public_id)
        if not report.belongs_to(self.actor):
            raise PermissionDenied(_("只有称号的持有者可以填写报告。"))
        return report

    def back(self) -> str:
        return reverse("report", args=[self.kwargs["public_id"]])


class DecideForm(forms.Form):
    reason = forms.CharField(
        label=gettext_lazy("审核意见"), required=False, max_length=2000, widget=forms.Textarea({"rows": 4}),
        help_text=gettext_lazy("退回时请写明要改什么。"),
    )  # fmt: skip


class ReportPage(OneReport):
    """To read; for the office also to accept it or hand it back."""

    permission = "application.view"
    template = "tenure/report.html"

    def get(self, request: HttpRequest, public_id: str) -> HttpResponse:
        return self.shown(self.at(public_id))

    def shown(self, report: Report, form: forms.Form | None = None) -> HttpResponse:
        may_decide = report.state == ReportState.SUBMITTED and self.actor.can(CHECK, report.office)
        is_holder = report.belongs_to(self.actor)
        return self.render(
            report=report, honour=report.honour, parts=parts(report), steps=_spine(report), may_decide=may_decide,
            may_write=is_holder and report.can_be_written, is_holder=is_holder, form=form or DecideForm(),
            may_check=self.actor.can(CHECK, report.honour), status=422 if form and form.errors else 200,
        )  # fmt: skip

    def post(self, request: HttpRequest, public_id: str) -> HttpResponse:
        report = self.at(public_id)
        form = DecideForm(request.POST)
        if not form.is_valid():
            return self.shown(report, form)
        try:
            decided = actions.decide_report(
                report, accept=request.POST.get("do") == "accept", reason=form.cleaned_data["reason"], by=self.actor
            )
        except Refused as refusal:
            form.add_error("reason", refusal.sentence)
            return self.shown(report, form)
        words = _("报告已通过。") if decided.state == ReportState.ACCEPTED else _("报告已退回，持有者会收到通知。")
        return self.done(words, "report", report.public_id)


def _spine(report: Report) -> list[dict[str, Any]]:
    done = [
        {"title": step.get_state_display(), "at": step.at, "note": step.reason, "state": "done"}
        for step in report.steps.all()
    ]
    first = {"title": _("可以填写"), "at": clock.start_of(report.opens_on), "state": "done"}
    return [first, *done] if report.opens_on <= clock.today() else done


class ReportEdit(OneReport):
    """The holder's form. A button saves what was typed and then does its act."""

    permission = "application.edit"
    template = "tenure/edit.html"

    def get(self, request: HttpRequest, public_id: str) -> HttpResponse:
        report = self.own(public_id)
        if not report.can_be_written:
            return redirect("report", report.public_id)
        return self.shown(report)

    def shown(
        self, report: Report, values: dict[str, Any] | None = None, errors: dict[str, str] | None = None, refused: str = ""
    ) -> HttpResponse:  # fmt: skip
        sheet = sheet_of(report, {**report.answers, **(values or {})}, errors)
        return self.render(
            report=report, honour=report.honour, application=report, sheet=sheet, refused=refused,
            until=clock.end_of(report.due_on), status=422 if errors or refused else 200,
        )  # fmt: skip

    def post(self, request: HttpRequest, public_id: str) -> HttpResponse:
        report = self.own(public_id)
        changes = typed(report.questions, request.POST)
        try:
            saved, errors = actions.save_report(
                report, changes, version=_number(request.POST.get("version")), by=self.actor
            )
            if errors:
                return self.shown(saved, changes, errors)
            actions.caption_report_files(saved, captions(request.POST.dict()), by=self.actor)
            self._take_files(saved)
            return self._go_on(saved)
        except Refused as refusal:
            return self.shown(self.own(public_id), changes, refused=refusal.sentence)

    def _take_files(self, report: Report) -> None:
        """Files that came with the form itself (a browser without script)."""
        for question in report.questions if self.request.FILES else ():
            for upload in self.request.FILES.getlist(f"file-{question.code}"):
                most = question.max_megabytes * 1024 * 1024
                stored = accept(
                    upload, kind=kinds_of(question.file_types), max_bytes=most, by=self.actor, scope_path=report.scope_path
                )  # fmt: skip
                actions.attach_report_file(report, question.code, stored, by=self.actor)

    def _go_on(self, report: Report) -> HttpResponse:
        do, _colon, argument = self.request.POST.get("do", "").partition(":")
        if do == "submit":
            actions.submit_report(report, by=self.actor)
            return self.done(_("报告已提交，审核后会有消息。"), "report", report.public_id)
        if do == "detach":
            actions.detach_report_file(report, _number(argument), by=self.actor)
        messages.success(self.request, _("已保存。"))
        anchor = f"#q-{argument}" if do in {"rows", "attach"} else ""
        return redirect(reverse("report_edit", args=[report.public_id]) + anchor)


class ReportSave(OneReport):
    """Saving as one types: JSON {version, answers} → {version, saved_at, errors}; 409 where somebody saved in between."""

    permission = "application.edit"

    def patch(self, request: HttpRequest, public_id: str) -> HttpResponse:
        report = self.own(public_id)
        try:
            body = json.loads(request.body)
            answers, version = dict(body["answers"]), int(body["version"])
        except (ValueError, TypeError, KeyError):
            raise Refused(_("页面已过期，请刷新后再保存；您填写的内容还在这个页面上。")) from None
        saved, errors = actions.save_report(
            report, typed_json(report.questions, answers), version=version, by=self.actor
        )
        at = clock.local(saved.saved_at).strftime("%H:%M") if saved.saved_at else ""
        told = {f"{PREFIX}-{name}": sentence for name, sentence in errors.items()}
        return JsonResponse({"version": saved.version, "saved_at": at, "errors": told})

    def refuse(self, sentence: str) -> HttpResponse:
        return JsonResponse({"message": sentence}, status=400)


class ReportFiles(OneReport):
    """The files of one question, as they stand now. POST takes one off (`do=detach:<key>`) and keeps the captions."""

    permission = "application.edit"

    def get(self, request: HttpRequest, public_id: str, code: str) -> HttpResponse:
        return self._list(self.own(public_id), code)

    def post(self, request: HttpRequest, public_id: str, code: str) -> HttpResponse:
        report = self.own(public_id)
        actions.caption_report_files(report, captions(request.POST.dict()), by=self.actor)
        do, _colon, argument = request.POST.get("do", "").partition(":")
        if do == "detach":
            actions.detach_report_file(report, _number(argument), by=self.actor)
        return self._list(report, code)

    def _list(self, report: Report, code: str) -> HttpResponse:
        question = actions.file_question(report, code)
        return self.render("tenure/files.html", report=report, asked=asked_files(report, question))


def captions(told: dict[str, Any]) -> dict[int, str]:
    return {
        _number(name.removeprefix("caption-")): str(text) for name, text in told.items() if name.startswith("caption-")
    }


def _number(text: Any) -> int:
    return int(text) if str(text).isascii() and str(text).isdigit() else 0

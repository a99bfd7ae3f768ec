"""Filling in: the form page, saving as one types, conflicts, finding people, lists of files."""

import json
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse, RawPostDataException
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from kechuang.base import clock
from kechuang.base.errors import Refused
from kechuang.engine.applications.actions import EditConflict, say_no_name
from kechuang.engine.applications.filling import Filled, fill_in
from kechuang.engine.applications.journey import next_date
from kechuang.engine.applications.models import Application
from kechuang.engine.applications.papers import keep_frame
from kechuang.engine.calls.rules import at_the_deadline
from kechuang.web.applicant import acts, partner, people
from kechuang.web.applicant.conflicts import differences
from kechuang.web.applicant.forms import PREFIX, EntryForm, changes_of, changes_typed, values_of
from kechuang.web.applicant.reading import last_return
from kechuang.web.applicant.sheet import asked_of, sheet_of, target_of
from kechuang.web.applicant.views.base import TeamPage, edit_url

WAYS_ON = {"review": "application_review", "preview": "application_preview"}


class ApplicationEdit(TeamPage):
    permission = "application.edit"
    template = "applicant/edit.html"

    def get(self, request: HttpRequest, public_id: str) -> HttpResponse:
        application = self.application_at(public_id)
        if not application.is_editable:
            return self.not_editable(application)
        return self._page(application)

    def post(self, request: HttpRequest, public_id: str) -> HttpResponse:
        application = self.application_at(public_id, with_people=False)
        if request.POST.get("do") == "resolve":
            changes = kept_mine(request)
        else:
            changes = changes_of(application.call.plan, request.POST)
        told = request.POST.dict()
        version = _version(request.POST.get("version"))
        papers, refused = acts.papers_of(application, self.actor, request)
        try:
            filled = fill_in(
                application, changes, version=version, by=self.actor, papers=papers,
                shares=acts.shares_of(told), captions=acts.captions_of(told),
            )  # fmt: skip
        except EditConflict as conflict:
            return self._conflict(conflict, changes)
        except Refused as refusal:
            return self._page(application, changes, dict.fromkeys(changes, ""), [refusal.sentence])
        refused += [*filled.papers, *filled.shares.values(), *filled.captions.values()]
        refused += acts.replace_files(application, self.actor, request)
        if filled.errors or refused:
            acts.keep_details(self.request, application)
            return self._page(self.application_at(public_id), changes, filled.errors, refused, is_saved=True)
        return self._go_on(filled.application)

    def _go_on(self, application: Application) -> HttpResponse:
        """Everything typed is saved; now the act of the pressed button."""
        do = self.request.POST.get("do", "")
        acts.keep_details(self.request, application, acts.signed_by(do, application))
        if do in WAYS_ON:
            return redirect(WAYS_ON[do], application.public_id)
        if do == "resolve":
            return self._said(_("已保存，请核对。"), application, "")
        if do in {"find", "find_partner"}:
            return self._page(self.application_at(application.public_id))
        try:
            sentence, anchor = acts.carry_out(application, self.actor, self.request)
        except Refused as refusal:
            acts.keep_details(self.request, application)
            return self._page(self.application_at(application.public_id), refused=[refusal.sentence], is_saved=True)
        return self._said(sentence, application, anchor)

    def _said(self, sentence: str, application: Application, anchor: str) -> HttpResponse:
        if sentence:
            messages.success(self.request, sentence)
        return redirect(edit_url(application, anchor))

    def _page(
        self, application: Application, changes: dict[str, Any] | None = None, errors: dict[str, str] | None = None,
        refused: list[str] | None = None, *, is_saved: bool = False,
    ) -> HttpResponse:  # fmt: skip
        """`changes` that are named in `errors` were not saved and are shown again as typed, with the sentence where there is one."""
        typed = {name: value for name, value in (changes or {}).items() if name in (errors or {})}
        told = {name: text for name, text in (errors or {}).items() if text}
        details = acts.kept_details(self.request, application)
        removed = acts.removed_of(self.request, application)
        sheet = sheet_of(application, self.actor, typed=typed, errors=told, details=details, removed=removed)
        return self.render(
            application=application, call=application.call, plan=application.call.plan, sheet=sheet, refused=refused or [], is_saved=is_saved,
            returned=last_return(application), due=next_date(application), rules=at_the_deadline(application.call, application.state),
            **_found(application, self.actor, self.request.POST), **partner.found(application, self.request.POST),
            status=422 if errors or refused else 200,
        )  # fmt: skip

    def _conflict(self, conflict: EditConflict, changes: dict[str, Any]) -> HttpResponse:
        rows = differences(conflict.current, changes)
        mine = json.dumps({row.name: changes[row.name] for row in rows}, ensure_ascii=False)
        return self.render(
            "applicant/conflict.html",
            status=409,
            application=conflict.current,
            rows=rows,
            mine=mine,
            sentence=conflict.sentence,
        )


def _version(text: Any) -> int:
    try:
        return int(text)
    except (TypeError, ValueError):
        raise Refused(_("页面已过期，请刷新后再保存；您填写的内容还在这个页面上。")) from None


def kept_mine(request: HttpRequest) -> dict[str, Any]:
    """After a conflict: of the values that differ, those the person chose to keep."""
    try:
        mine = json.loads(request.POST.get("mine", "{}"))
    except ValueError:
        mine = {}
    return {name: value for name, value in mine.items() if request.POST.get(f"keep-{name}") == "mine"}


class ApplicationSave(TeamPage):
    """Saving as one types: JSON {version, answers, was: {field: value}} → {version, saved_at, errors}; 409 with both values.

    `was` is what each field held when its writer began, so that two people may write different fields at once: the answer
    then brings what the other wrote (`values`). The same save sent twice (its answer was lost) is taken once and answered twice.
    """

    permission = "application.edit"

    def patch(self, request: HttpRequest, public_id: str) -> HttpResponse:
        application = self.application_at(public_id, with_people=False)
        version, answers, before = _told(request)
        changes = changes_typed(application.call.plan, answers)
        was = None if before is None else changes_typed(application.call.plan, before)
        try:
            filled = fill_in(
                application, changes, version=version, by=self.actor, was=was,
                shares=acts.shares_of(answers), captions=acts.captions_of(answers),
            )  # fmt: skip
        except EditConflict as conflict:
            return _conflict_json(conflict, changes, was)
        fresh = filled.application
        told = {"version": fresh.version, "saved_at": clock_words(fresh), "errors": _errors_of(filled)}
        return JsonResponse(told if fresh.version == version + 1 else told | {"values": _named(values_of(fresh))})

    post = patch

    def refuse(self, sentence: str) -> HttpResponse:
        return JsonResponse({"message": sentence}, status=400)


def _told(request: HttpRequest) -> tuple[int, dict[str, Any], dict[str, Any] | None]:
    try:
        body = json.loads(request.body)
        answers = body["answers"]
        version, was = int(body["version"]), body.get("was")
    except (ValueError, TypeError, KeyError, RawPostDataException):  # a form that was sent as one is no save
        answers, version, was = None, 0, None
    if not isinstance(answers, dict):
        raise Refused(_("页面已过期，请刷新后再保存；您填写的内容还在这个页面上。"))
    return version, answers, was if isinstance(was, dict) else None


def _named(by_field: dict[str, Any]) -> dict[str, Any]:
    return {f"{PREFIX}-{name}": told for name, told in by_field.items()}


def _errors_of(filled: Filled) -> dict[str, str]:
    """By the names of the page's fields."""
    shares = {f"share-{pk}": sentence for pk, sentence in filled.shares.items()}
    return _named(filled.errors) | shares | {f"caption-{pk}": sentence for pk, sentence in filled.captions.items()}


def _conflict_json(conflict: EditConflict, changes: dict[str, Any], was: dict[str, Any] | None) -> JsonResponse:
    rows = differences(conflict.current, changes, was)
    both = {row.name: {"mine": row.mine, "theirs": row.theirs, "words": row.theirs_words} for row in rows}
    told = {"message": conflict.sentence, "version": conflict.current.version, "conflicts": _named(both)}
    return JsonResponse(told | {"values": _named(values_of(conflict.current))}, status=409)


def clock_words(application: Application) -> str:
    return clock.local(application.saved_at).strftime("%H:%M") if application.saved_at else ""


def _found(application: Application, actor: Any, asked: Any) -> dict[str, Any]:
    """The people that were looked for."""
    pupil, teacher = asked.get("find_pupil", "").strip(), asked.get("find_teacher", "").strip()
    return {
        "find_pupil": pupil, "pupils": people.pupils_named(application, actor, pupil),
        "find_teacher": teacher, "teachers": people.teachers_named(application, teacher),
        "may_browse": people.may_browse(actor),
    }  # fmt: skip


class ApplicationNoName(TeamPage):
    """“This is not a name”: the word may stand where it stands."""

    permission = "application.edit"

    def post(self, request: HttpRequest, public_id: str) -> HttpResponse:
        application = self.application_at(public_id)
        say_no_name(application, request.POST.get("place", ""), request.POST.get("word", ""), by=self.actor)
        if getattr(request, "htmx", False):
            sheet = sheet_of(application, self.actor)
            return self.render("applicant/progress.html", application=application, sheet=sheet, is_update=True)
        return self.done(_("已记下：这不是名字。审查人员会看到你们的说明。"), "application_edit", application.public_id)


class ApplicationProgress(TeamPage):
    """What is missing and how far each section is, once more after something was saved."""

    permission = "application.edit"
    template = "applicant/progress.html"

    def get(self, request: HttpRequest, public_id: str) -> HttpResponse:
        application = self.application_at(public_id)
        return self.render(application=application, sheet=sheet_of(application, self.actor), is_update=True)


class ApplicationPeople(TeamPage):
    """The people found, under the search box, as one types."""

    permission = "application.edit"

    def get(self, request: HttpRequest, public_id: str) -> HttpResponse:
        application = self.application_at(public_id)
        found = _found(application, self.actor, request.GET)
        kind = "teacher" if "find_teacher" in request.GET else "pupil"
        rows, words = (
            (found["teachers"], found["find_teacher"]) if kind == "teacher" else (found["pupils"], found["find_pupil"])
        )
        return self.render("applicant/candidates.html", kind=kind, rows=rows, words=words)


class ApplicationFiles(TeamPage):
    """The files of one question, as they stand now. GET asks for them; POST does one act (`do`) on them, with the captions
    that stood beside it. What was refused is said above the list."""

    permission = "application.edit"

    def get(self, request: HttpRequest, public_id: str, code: str) -> HttpResponse:
        return self._list(self.application_at(public_id), code)

    def post(self, request: HttpRequest, public_id: str, code: str) -> HttpResponse:
        application = self.application_at(public_id)
        try:
            acts.keep_captions(application, self.actor, request.POST.dict())
            said = acts.carry_out(application, self.actor, request)[0] if "do" in request.POST else ""
        except Refused as refusal:
            return self._list(application, code, refused=refusal.sentence)
        return self._list(application, code, said=said)

    def _list(self, application: Application, code: str, said: str = "", refused: str = "") -> HttpResponse:
        question = next((q for q in application.call.plan.questions() if q.code == code), None)
        if question is None:
            raise Refused(_("表单里没有这个附件项，请刷新页面。"))
        attachments = list(application.attachments.filter(question=code).select_related("stored"))
        removed = acts.removed_of(self.request, application)
        asked = asked_of(application, question, None, attachments, target_of(application), removed=removed.get(code))
        return self.render("applicant/files.html", application=application, asked=asked, said=said, refused=refused)


class ApplicationPoster(TeamPage):
    """The frame of a video that the team's browser took; nothing on the server decodes video."""

    permission = "application.edit"

    def post(self, request: HttpRequest, public_id: str, pk: int) -> HttpResponse:
        application = self.application_at(public_id, with_people=False)
        frame = request.FILES.get("frame")
        if frame is None:
            raise Refused(_("没有收到封面画面。"))
        keep_frame(application, pk, frame, by=self.actor)
        return HttpResponse(status=204)


class ApplicationDisciplines(TeamPage):
    """The disciplines of the stage that was just chosen."""

    permission = "application.edit"

    def get(self, request: HttpRequest, public_id: str) -> HttpResponse:
        application = self.application_at(public_id)
        chosen = {name: request.GET.get(f"{PREFIX}-{name}", "") for name in ("stage", "discipline")}
        form = EntryForm(application.call.plan, {**values_of(application), **chosen}, target=target_of(application))
        return self.render("applicant/discipline.html", form=form, application=application)

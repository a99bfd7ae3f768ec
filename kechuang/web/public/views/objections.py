"""异议: anybody may object with a name and a signature; the receipt is shown once, the follow code opens the progress."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from kechuang.base import clock
from kechuang.base.errors import Refused
from kechuang.engine.applications.models import Application
from kechuang.engine.publicity import queries, rules
from kechuang.engine.publicity.actions import file_objection, withdraw_objection
from kechuang.engine.publicity.actions.objections import ObjectionRefused
from kechuang.engine.publicity.models import Objection, PublicNotice
from kechuang.web.public.forms import FollowForm, ObjectionForm
from kechuang.web.views import PUBLIC, Page

RECEIPT = "objection_receipt"


class Object(Page):
    permission = PUBLIC
    bundle = "public"
    template = "public/object.html"

    def get(self, request: HttpRequest, number: str) -> HttpResponse:
        notice = _notice(number)
        return self._form(notice, ObjectionForm(notice=notice, initial={"application": request.GET.get("entry", "")}))

    def post(self, request: HttpRequest, number: str) -> HttpResponse:
        notice = _notice(number)
        form = ObjectionForm(request.POST, request.FILES, notice=notice)
        objection = self._file(notice, form) if form.is_valid() else None
        if objection is None:
            return self._form(notice, form, status=422)
        request.session[RECEIPT] = {"number": objection.number, "code": objection.follow_code}
        return redirect("objection_receipt")

    def _file(self, notice: PublicNotice, form: ObjectionForm) -> Objection | None:
        """The filed objection; None where the engine refuses it, with the sentences on the form."""
        words = dict(form.cleaned_data)
        token, entry = words.pop("token"), words.pop("application")
        try:
            return file_objection(
                notice,
                application=Application.objects.filter(pk=entry).first() if entry else None,
                client_token=token or None,
                **words,
            )
        except ObjectionRefused as refusal:
            for field, sentence in refusal.problems.items():
                form.add_error(field, sentence)
        except Refused as refusal:
            form.add_error("evidence" if words["evidence"] else None, refusal.sentence)
        return None

    def _form(self, notice: PublicNotice, form: ObjectionForm, status: int = 200) -> HttpResponse:
        shut = rules.why_not_object(notice.state, notice.starts_on, notice.ends_on, clock.today())
        return self.render(status=status, notice=notice, form=form, shut=shut)


def _notice(number: str) -> PublicNotice:
    notice = queries.published_notice(number)
    if notice is None:
        raise Http404
    return notice


class ObjectionReceipt(Page):
    """Number and follow code, once: reloading the page or going back does not show the code again."""

    permission = PUBLIC
    bundle = "public"
    template = "public/objection_receipt.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        receipt = request.session.pop(RECEIPT, None)
        response = self.render(receipt=receipt)
        response["Cache-Control"] = "no-store"
        return response


class FollowObjection(Page):
    """The progress of an objection. The code travels by POST, so that it stays out of logs and histories."""

    permission = PUBLIC
    bundle = "public"
    limit = "codes"
    template = "public/follow_objection.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.render(form=FollowForm())

    def post(self, request: HttpRequest) -> HttpResponse:
        form = FollowForm(request.POST)
        if not form.is_valid():
            return self.render(form=form, status=422)
        code = form.cleaned_data["code"]
        objection = queries.follow_objection(code)
        if objection is None:
            form.add_error("code", _("没有找到这个查询码。请对照回执检查，注意 0 和 O、1 和 I。"))
            return self.render(form=form, status=422)
        if "withdraw" in request.POST:
            objection = _withdrawn(form, objection, code)
        return self.render(
            form=form,
            objection=objection,
            steps=_progress(objection),
            is_open=objection.state in rules.OPEN_OBJECTIONS,
            code=code,
        )


def _withdrawn(form: FollowForm, objection: Objection, code: str) -> Objection:
    try:
        withdraw_objection(objection, follow_code=code)
    except Refused as refusal:
        form.add_error(None, refusal.sentence)
    return queries.follow_objection(code) or objection


def _progress(objection: Objection) -> list[dict[str, Any]]:
    is_open = objection.state in rules.OPEN_OBJECTIONS
    is_taken = objection.state == "in_handling" or objection.handler_id
    taken = "now" if objection.state == "in_handling" else "done" if is_taken or not is_open else "next"
    waiting = "now" if objection.state == "received" else "done"
    return [
        {"title": _("已收到"), "at": objection.received_at, "state": waiting},
        {"title": _("核查和复核"), "state": taken, "note": _("由没有参与原决定的人员进行")},
        {"title": objection.get_state_display() if not is_open else _("答复"), "at": objection.answered_at,
         "state": "next" if is_open else "done"},
    ]  # fmt: skip

"""Guardians, and pupils who answer for themselves: what is asked, in plain words, with a real no and a way back."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from kechuang.base.errors import Refused
from kechuang.orgs.actions import record_consent, refuse_consent, sign_up_guardian, use_guardian_code, withdraw_consent
from kechuang.orgs.enums import ConsentPurpose
from kechuang.orgs.models import Consent, ConsentText, Person
from kechuang.web.guardian.forms import CodeForm, JoinForm
from kechuang.web.guardian.reading import asked_since, children_seen, place_words, standing, whose_turn
from kechuang.web.views import PUBLIC, Page


class Children(Page):
    permission = "consent.answer"
    template = "guardian/children.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.render(children=children_seen(self.actor))


class ConsentPage(Page):
    """One purpose for one child: the six items, the answer, the history."""

    permission = "consent.answer"
    template = "guardian/consent.html"

    def get(self, request: HttpRequest, person: str, purpose: str) -> HttpResponse:
        return self.shown(self._pupil(person), self._purpose(purpose))

    def post(self, request: HttpRequest, person: str, purpose: str) -> HttpResponse:
        pupil, asked = self._pupil(person), self._purpose(purpose)
        try:
            sentence = self._answered(pupil, asked, request.POST.get("answer", ""))
        except Refused as refusal:
            return self.shown(pupil, asked, refusal.sentence)
        messages.success(request, sentence)
        return redirect("consent", pupil.public_id, asked)

    def _answered(self, pupil: Person, purpose: str, answer: str) -> str:
        if answer == "yes":
            record_consent(pupil, purpose, by=self.actor)
            return _("已记录：同意。您可以随时撤回。")
        if answer == "no":
            refuse_consent(pupil, purpose, by=self.actor)
            return _("已记录：不同意。以后改变主意，可以再来答复。")
        if answer == "withdraw":
            withdraw_consent(pupil, purpose, by=self.actor, reason=self.request.POST.get("reason", "")[:300])
            return _("已撤回同意，依据它公开的内容已经隐藏。")
        raise Refused(_("请选择“同意”或“不同意”。"))

    def shown(self, pupil: Person, purpose: ConsentPurpose, refusal: str = "") -> HttpResponse:
        text = ConsentText.objects.in_force(purpose)
        if text is None:
            raise Http404
        history = list(Consent.objects.filter(pupil=pupil, purpose=purpose).select_related("by", "text").order_by("pk"))
        return self.render(
            pupil=pupil, place=place_words(pupil), text=text, history=history[::-1], refusal=refusal, is_self=self.actor.person == pupil,
            standing=standing(purpose, text.title, history, False, since=asked_since(purpose)), not_mine=whose_turn(pupil, self.actor), status=422 if refusal else 200,
        )  # fmt: skip

    def _pupil(self, public_id: str) -> Person:
        own = Person.objects.filter(Person.objects.all().own_rows(self.actor)).pupils().select_related("pupil__school")
        pupil: Person = self.find(own, public_id=public_id)
        return pupil

    def _purpose(self, purpose: str) -> ConsentPurpose:
        if purpose not in ConsentPurpose.values:
            raise Http404
        return ConsentPurpose(purpose)


class Join(Page):
    """Open to everybody: the code from the school is what lets a guardian in. Who has signed in binds one more child by it."""

    limit = "codes"
    permission = PUBLIC
    template = "guardian/join.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.shown_form(self.form({"code": request.GET.get("code", "")}))

    def form(self, initial: Any = None, data: Any = None) -> forms.Form:
        return (JoinForm if self.actor.user is None else CodeForm)(data, initial=initial)

    def shown_form(self, form: forms.Form, status: int = 200) -> HttpResponse:
        return self.render(form=form, has_account=self.actor.user is not None, status=status)

    def post(self, request: HttpRequest) -> HttpResponse:
        form = self.form(data=request.POST)
        if not form.is_valid():
            return self.shown_form(form, 422)
        try:
            return self.bind(form.cleaned_data)
        except Refused as refusal:
            form.add_error(None, refusal.sentence)
            return self.shown_form(form, 422)

    def bind(self, told: dict[str, str]) -> HttpResponse:
        if self.actor.user is not None:
            bound = use_guardian_code(told["code"], by=self.actor)
            return self.done(_("已绑定 %(name)s。") % {"name": bound.pupil.name}, "guardian")
        sign_up_guardian(told["code"], name=told["name"], username=told["username"], password=told["password"])
        return self.done(_("账号已建好，请用刚才的登录名和密码登录。"), "account_login")

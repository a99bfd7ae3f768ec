"""Guardians, and pupils who answer for themselves: what is asked, in plain words, with a real no and a way back."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from kechuang.base.errors import Refused
from kechuang.orgs.actions import record_consent, refuse_consent, sign_up_guardian, withdraw_consent
from kechuang.orgs.enums import ConsentPurpose
from kechuang.orgs.models import Consent, ConsentText, Person
from kechuang.web.guardian.forms import JoinForm
from kechuang.web.guardian.reading import children_seen, place_words, standing, whose_turn
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
            standing=standing(purpose, text.title, history, False), not_mine=whose_turn(pupil, self.actor), status=422 if refusal else 200,
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
    """Open to everybody: the code from the school is what lets a guardian in."""

    permission = PUBLIC
    template = "guardian/join.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.render(form=JoinForm(initial={"code": request.GET.get("code", "")}))

    def post(self, request: HttpRequest) -> HttpResponse:
        form = JoinForm(request.POST)
        if not form.is_valid():
            return self.render(form=form, status=422)
        told = form.cleaned_data
        try:
            sign_up_guardian(told["code"], name=told["name"], username=told["username"], password=told["password"])
        except Refused as refusal:
            form.add_error(None, refusal.sentence)
            return self.render(form=form, status=422)
        return self.done(_("账号已建好，请用刚才的登录名和密码登录。"), "account_login")

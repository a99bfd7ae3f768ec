"""Technical support sees a person's pages only after that person's office has agreed, read-only and for minutes."""

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l

from kechuang.base.errors import Refused
from kechuang.orgs import looking
from kechuang.orgs.actions import ask_to_look
from kechuang.orgs.models import Look, Person
from kechuang.orgs.rules import LOOK_MINUTES
from kechuang.web.officer.pages import OfficePage, taken

SHOWN = 50


class SupportForm(forms.Form):
    username = forms.CharField(label=_l("登录名"), max_length=64, help_text=_l("请来电的人告诉您登录名。"))
    reason = forms.CharField(
        label=_l("要解决的问题"), max_length=300, help_text=_l("对方单位凭它决定是否批准，并记入审计。")
    )
    minutes = forms.TypedChoiceField(label=_l("时长"), coerce=int, choices=[(n, n) for n in LOOK_MINUTES], initial=30, help_text=_l("分钟，从批准时算起。"))  # fmt: skip

    def clean_username(self) -> Person:
        name = self.cleaned_data["username"].strip().lower()
        person = Person.objects.filter(user__username=name).select_related("user").first()
        if person is None:
            raise forms.ValidationError(_("没有这个登录名，请核对。"))
        return person


class Support(OfficePage):
    permission = "support.ask"
    template = "operator/support.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.show(SupportForm())

    def show(self, form: SupportForm, status: int = 200) -> HttpResponse:
        own = Look.objects.filter(looker=self.actor.user).select_related("person", "org", "decided_by__person")
        return self.render(form=form, looks=own[:SHOWN], status=status)

    def post(self, request: HttpRequest) -> HttpResponse:
        if request.POST.get("do") == "start":
            return self.start(request)
        form = SupportForm(request.POST)
        if taken(form, lambda: self.ask(form)) is None:
            return self.show(form, 422)
        return self.done(_("已申请。对方单位批准后，这里会出现“开始查看”。"), "support")

    def ask(self, form: SupportForm) -> Look:
        asked = form.cleaned_data
        return ask_to_look(asked["username"], reason=asked["reason"], minutes=asked["minutes"], by=self.actor)

    def start(self, request: HttpRequest) -> HttpResponse:
        pk = request.POST.get("look", "")
        own = Look.objects.live().filter(looker=self.actor.user)
        look: Look | None = own.filter(pk=int(pk) if pk.isdecimal() else 0).first()
        if look is None:
            raise Refused(_("这项申请还没有批准，或者时间已过。"))
        request.session[looking.KEY] = look.pk
        return redirect("desk")

"""The first step: from an open call to a draft of one's own."""

import secrets
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kechuang.base import clock
from kechuang.engine.applications.actions import begin_application, entering_paths
from kechuang.engine.applications.models import Application
from kechuang.engine.calls.models import Call
from kechuang.engine.calls.rules import why_step_is_shut
from kechuang.engine.enums import CallState
from kechuang.orgs.actor import Actor
from kechuang.orgs.enums import OrgKind
from kechuang.orgs.models import Org
from kechuang.orgs.rules import covers
from kechuang.web.views import Page


class BeginForm(forms.Form):
    """The school, and a token that makes a double click one draft."""

    org = forms.ModelChoiceField(
        Org.objects.none(), label=gettext_lazy("代表哪所学校申报"), widget=forms.RadioSelect, empty_label=None
    )
    token = forms.CharField(widget=forms.HiddenInput, max_length=64)

    def __init__(self, *args: Any, orgs: list[Org], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["org"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = Org.objects.filter(pk__in=[org.pk for org in orgs])
        field.error_messages["invalid_choice"] = _("请在列出的学校中选择。")
        field.error_messages["required"] = _("请选择代表哪所学校申报。")
        if len(orgs) == 1:
            field.initial = orgs[0].pk

    def clean_token(self) -> str:
        token = str(self.cleaned_data["token"])
        if len(token) < 16:
            raise ValidationError(_("页面已过期，请刷新后再试。"))
        return token


class Begin(Page):
    permission = "application.edit"
    template = "applicant/begin.html"

    def get(self, request: HttpRequest, slug: str) -> HttpResponse:
        return self._shown(self._call(slug))

    def post(self, request: HttpRequest, slug: str) -> HttpResponse:
        call = self._call(slug)
        orgs = schools_of(self.actor, call)
        form = BeginForm(request.POST, orgs=orgs)
        if why_not(self.actor, call, orgs) or not form.is_valid():
            return self._shown(call, form)
        application = begin_application(
            call, form.cleaned_data["org"], by=self.actor, client_token=form.cleaned_data["token"]
        )
        return redirect("application_edit", application.public_id)

    def _call(self, slug: str) -> Call:
        """Also a cancelled one, to say so; a draft is nobody's yet."""
        call: Call = self.find(Call.objects.exclude(state=CallState.DRAFT).select_related("org"), slug=slug)
        return call

    def _shown(self, call: Call, form: BeginForm | None = None) -> HttpResponse:
        orgs = schools_of(self.actor, call)
        form = form or BeginForm(initial={"token": secrets.token_urlsafe(24)}, orgs=orgs)
        mine = Application.objects.own(self.actor).filter(call=call).exclude(state="withdrawn").order_by("-pk")
        return self.render(
            call=call,
            form=form,
            orgs=orgs,
            mine=list(mine),
            shut=why_not(self.actor, call, orgs),
            status=422 if form.errors else 200,
        )


def schools_of(actor: Actor, call: Call) -> list[Org]:
    """The actor's own schools that the call reaches and that still exist."""
    paths = [path for path in entering_paths(actor) if covers(call.org.path, path)]
    schools = Org.objects.filter(path__in=paths, kind__in=(OrgKind.SCHOOL, OrgKind.CAMPUS), closed_on__isnull=True)
    return list(schools.order_by("path"))


def why_not(actor: Actor, call: Call, orgs: list[Org]) -> str:
    """The sentence why the actor cannot begin now ("" = go on). `orgs`: what `schools_of` says."""
    if call.state == CallState.CANCELLED:
        return _("“%(call)s”已经取消，不再接受申报。已有的草稿仍可查看。") % {"call": call}
    if call.state == CallState.CLOSED:
        return _("“%(call)s”已经结束，不再接受申报。可以在成果展示里看看往届的作品，或等下一届的通知。") % {
            "call": call
        }
    if sentence := why_step_is_shut(call, "apply", clock.now()):
        return sentence
    if not orgs:
        return _("您所在的学校不在“%(call)s”的申报范围内，不能从这里申报。如果学校登记有误，请联系学校管理员。") % {
            "call": call
        }
    return _stage_problem(actor, call)


def _stage_problem(actor: Actor, call: Call) -> str:
    record = getattr(actor.person, "pupil", None)
    if record is None or record.stage in call.plan.stages:
        return ""
    return _("“%(call)s”不面向你所在的学段。") % {"call": call}

"""The first step: from an open call to a draft of one's own."""

import secrets
from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kechuang.base import clock
from kechuang.base.prepared import TEXT, Prepared
from kechuang.engine.applications.actions import begin_application
from kechuang.engine.applications.applicants import entering_orgs, names_others, nominees
from kechuang.engine.applications.models import Application
from kechuang.engine.calls.models import Call
from kechuang.engine.calls.rules import at_the_deadline, why_step_is_shut
from kechuang.engine.enums import CallState
from kechuang.orgs.actor import Actor
from kechuang.orgs.models import Org, Person
from kechuang.orgs.queries import record_of
from kechuang.orgs.rules import covers
from kechuang.web.views import Page

_CALL: Prepared[Call] = Prepared(
    lambda slug: (
        Call.objects.exclude(state=CallState.DRAFT)
        .filter(slug=slug)
        .select_related("org")
        .defer("declaration")
        .order_by()
    ),
    TEXT,
)


class BeginForm(forms.Form):
    """The school or organisation, whom a nomination names, and a token that makes a double click one draft."""

    org = forms.ChoiceField(label=gettext_lazy("代表哪所学校申报"), widget=forms.RadioSelect)
    nominee = forms.CharField(label=gettext_lazy("提名谁"), max_length=120)
    token = forms.CharField(widget=forms.HiddenInput, max_length=64)

    def __init__(self, *args: Any, orgs: list[Org], call: Call, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.orgs = {str(org.pk): org for org in orgs}
        self.call, self.actor = call, actor
        self.found: tuple[Org, Person | None] | None = None
        if names_others(actor, call.plan):
            del self.fields["org"]
            is_person = call.plan.applicant == "person"
            self.fields["nominee"].help_text = _("请写姓名全名") if is_person else _("请写单位全称")
            return
        del self.fields["nominee"]
        if call.plan.applicant != "team":
            self.fields["org"].label = _("以哪个单位的名义申报")
        field = self.fields["org"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(key, str(org)) for key, org in self.orgs.items()]
        field.error_messages["invalid_choice"] = _("请在列出的学校中选择。")
        field.error_messages["required"] = _("请选择代表哪所学校申报。")
        if len(orgs) == 1:
            field.initial = orgs[0].pk

    def clean_org(self) -> Org:
        return self.orgs[self.cleaned_data["org"]]

    def clean_nominee(self) -> str:
        """Exactly one in the own charge has this name, or a sentence says what is wrong."""
        found = nominees(self.actor, self.call.plan, self.cleaned_data["nominee"])
        if len(found) != 1:
            raise ValidationError(
                _("找到 %(n)s 个同名的，请联系管理员核对。") % {"n": len(found)}
                if found
                else _("在您负责的范围内没有找到，请写全名。")
            )
        self.found = found[0]
        return str(self.cleaned_data["nominee"])

    @property
    def chosen(self) -> tuple[Org, Person | None]:
        return self.found or (self.cleaned_data["org"], None)

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
        form = BeginForm(request.POST, orgs=orgs, call=call, actor=self.actor)
        if why_not(self.actor, call, orgs) or not form.is_valid():
            return self._shown(call, form)
        org, person = form.chosen
        application = begin_application(
            call, org, by=self.actor, client_token=form.cleaned_data["token"], person=person
        )
        return redirect("application_edit", application.public_id)

    def _call(self, slug: str) -> Call:
        """Also a cancelled one, to say so; a draft is nobody's yet."""
        call = _CALL.first(slug)
        if call is None:
            raise Http404
        if call.plan.applicant == "team" and not self.actor.has_own(self.permission):
            raise PermissionDenied(_("这个项目由学生或指导教师申报。"))
        return call

    def _shown(self, call: Call, form: BeginForm | None = None) -> HttpResponse:
        orgs = schools_of(self.actor, call)
        form = form or BeginForm(initial={"token": secrets.token_urlsafe(24)}, orgs=orgs, call=call, actor=self.actor)
        mine = Application.objects.own(self.actor).filter(call=call).exclude(state="withdrawn").order_by("-pk")
        return self.render(
            call=call,
            form=form,
            orgs=orgs,
            mine=list(mine),
            shut=why_not(self.actor, call, orgs),
            rules=at_the_deadline(call),
            status=422 if form.errors else 200,
        )


def schools_of(actor: Actor, call: Call) -> list[Org]:
    """The actor's own schools or organisations that the call reaches and that still exist."""
    return [org for org in entering_orgs(actor, call.plan) if covers(call.org.path, org.path)]


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
    if not orgs and call.plan.applicant != "team":
        return _("“%(call)s”不由您现在的身份申报：请看通知里“谁可以申报”一节，由本单位的管理员申报。") % {"call": call}
    if not orgs:
        return _("您所在的学校不在“%(call)s”的申报范围内，不能从这里申报。如果学校登记有误，请联系学校管理员。") % {
            "call": call
        }
    return _stage_problem(actor, call)


def _stage_problem(actor: Actor, call: Call) -> str:
    record = record_of(actor.person) if actor.person and call.plan.of_pupils else None
    if record is None or record.stage in call.plan.stages:
        return ""
    return _("“%(call)s”不面向你所在的学段。") % {"call": call}

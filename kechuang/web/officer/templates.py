"""Templates of calls, and recognitions made in the browser: kept, listed, begun from, taken away."""

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l

from kechuang.base import clock
from kechuang.engine.calls.models import Call, CallTemplate
from kechuang.engine.calls.templates import new_recognition, retire_template, save_template, templates_for
from kechuang.engine.programme import codec
from kechuang.web.officer.builder.kinds import APPLICANTS
from kechuang.web.officer.builder.views import address_of
from kechuang.web.officer.pages import CallPage, OfficePage, taken


class RecognitionForm(forms.Form):
    name = forms.CharField(
        label=_l("项目名称"), max_length=60, help_text=_l("例如：科普阅览室星级评定。名册和公开页面用这个名称。")
    )
    name_en = forms.CharField(label=_l("项目英文名"), max_length=120, required=False)
    policy = forms.CharField(label=_l("政策依据"), max_length=120, required=False)
    applicant = forms.ChoiceField(label=_l("谁可以申报"), choices=APPLICANTS, widget=forms.RadioSelect)
    org = forms.TypedChoiceField(label=_l("主办单位"), coerce=int)
    title = forms.CharField(label=_l("第一次申报通知的标题"), max_length=200)
    year = forms.IntegerField(label=_l("年度"), min_value=2000, max_value=2100)

    def __init__(self, actor: Any, data: Any = None) -> None:
        super().__init__(data, initial={"year": clock.today().year})
        self.orgs = {org.pk: org for org in actor.orgs_for("call.edit")}
        self.fields["org"].choices = [(org.pk, org.name) for org in self.orgs.values()]


class RecognitionNew(OfficePage):
    """A recognition that is declared nowhere, from an empty declaration."""

    permission = "call.edit"
    template = "officer/recognition_new.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.render(form=RecognitionForm(self.actor))

    def post(self, request: HttpRequest) -> HttpResponse:
        form = RecognitionForm(self.actor, request.POST)
        call = taken(form, lambda: self.create(form))
        if call is None:
            return self.render(status=422, form=form)
        return self.done(_("已建立新项目的草稿。每一项都可以改，全部完成后发布。"), address_of(call, "kind"))

    def create(self, form: RecognitionForm) -> Call:
        given = dict(form.cleaned_data)
        return new_recognition(form.orgs[given.pop("org")], by=self.actor, **given)


class CallTemplates(OfficePage):
    permission = "call.edit"
    template = "officer/call_templates.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        rows = [
            {"template": one, "plan": codec.from_json(one.declaration), "own": self.actor.can("call.edit", one)}
            for one in templates_for(self.actor)
        ]
        return self.render(rows=rows)


class TemplateForm(forms.Form):
    name = forms.CharField(label=_l("模板名称"), max_length=100)
    note = forms.CharField(
        label=_l("说明"), max_length=300, required=False, widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_l("什么时候用它，和别的模板有什么不同。"),
    )  # fmt: skip


class CallTemplateSave(CallPage):
    """Keep the declaration of a call, changed or not, published or not, as a template."""

    permission = "call.edit"
    template = "officer/call_template_save.html"

    def get(self, request: HttpRequest, slug: str) -> HttpResponse:
        call = self.own_call_at(slug)
        return self.render(call=call, form=TemplateForm(initial={"name": _(call.plan.name)}))

    def post(self, request: HttpRequest, slug: str) -> HttpResponse:
        call = self.own_call_at(slug)
        form = TemplateForm(request.POST)
        kept = taken(
            form,
            lambda: save_template(call, name=form.cleaned_data["name"], note=form.cleaned_data["note"], by=self.actor),
        )
        if kept is None:
            return self.render(status=422, call=call, form=form)
        return self.done(_("已存为模板“%(name)s”。") % {"name": kept.name}, "call_templates")


class CallTemplateRetire(OfficePage):
    permission = "call.edit"

    def post(self, request: HttpRequest, public_id: str) -> HttpResponse:
        template: CallTemplate = self.find(
            CallTemplate.objects.visible_to(self.actor).select_related("org"), public_id=public_id
        )
        retire_template(template, by=self.actor)
        return self.done(_("已撤下模板。已经从它建立的申报不受影响。"), "call_templates")

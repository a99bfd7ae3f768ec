"""The calls of an office: list, overview, beginning, cloning, publishing and what may change afterwards."""

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l

from kechuang.base import clock
from kechuang.base.errors import Refused
from kechuang.base.workdays import MissingHolidayTable, add_working_days
from kechuang.engine.applications.models import Application
from kechuang.engine.applications.queries import counts_by_state, funnel
from kechuang.engine.calls.actions import cancel_call, clone_call, close_call, create_call, extend_step, publish_call
from kechuang.engine.calls.models import Call
from kechuang.engine.calls.queries import calls_in_office
from kechuang.engine.calls.rules import step_times
from kechuang.engine.calls.templates import call_from_template, templates_for
from kechuang.engine.enums import CallState
from kechuang.engine.programme.registry import PROGRAMMES
from kechuang.engine.workflow.states import STATES
from kechuang.web.applicant.forms import EntryForm
from kechuang.web.officer.builder.problems import hindrances
from kechuang.web.officer.builder.views import BuilderPage, address_of, contents, title_of
from kechuang.web.officer.builder.widgets import DateTimeInput
from kechuang.web.officer.pages import CallPage, OfficePage, taken


class OfficeCalls(OfficePage):
    permission = "application.view"
    template = "officer/calls.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        calls = list(calls_in_office(self.actor))
        return self.render(calls=calls, may_create=bool(self.actor.paths("call.edit")), now=clock.now())


KEPT = "template:"
"""What a choice of the form begins with that is a template and no programme of the registry."""


class NewCallForm(forms.Form):
    programme = forms.ChoiceField(label=_l("项目或模板"))
    org = forms.TypedChoiceField(label=_l("主办单位"), coerce=int)
    title = forms.CharField(label=_l("标题"), max_length=200, help_text=_l("例如：第 42 届深圳市青少年科技创新大赛"))
    edition = forms.IntegerField(label=_l("届次"), min_value=1, max_value=999, initial=1)
    year = forms.IntegerField(label=_l("年度"), min_value=2000, max_value=2100)

    def __init__(self, actor: Any, data: Any = None, *, chosen: str = "") -> None:
        super().__init__(data, initial={"year": clock.today().year, "programme": chosen})
        self.orgs = {org.pk: org for org in actor.orgs_for("call.edit")}
        self.templates = {f"{KEPT}{one.public_id}": one for one in templates_for(actor).defer("declaration")}
        kept = [(key, f"{one.name}（{one.org.label}）") for key, one in self.templates.items()]
        declared = [(code, _(plan.name)) for code, plan in PROGRAMMES.items()]
        self.fields["programme"].choices = [(_("模板"), kept), (_("项目"), declared)] if kept else declared
        self.fields["org"].choices = [(org.pk, org.name) for org in self.orgs.values()]


class CallNew(OfficePage):
    """Begin a call from a programme's defaults."""

    permission = "call.edit"
    template = "officer/call_new.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.show(NewCallForm(self.actor, chosen=f"{KEPT}{request.GET.get('from', '')}"))

    def post(self, request: HttpRequest) -> HttpResponse:
        form = NewCallForm(self.actor, request.POST)
        call = taken(form, lambda: self.create(form))
        if call is None:
            return self.show(form, status=422)
        return self.done(_("已建立草稿。请逐项检查设置，全部完成后发布。"), address_of(call, "basics"))

    def create(self, form: NewCallForm) -> Call:
        given = form.cleaned_data
        facts = {name: given[name] for name in ("title", "edition", "year")}
        org, template = form.orgs[given["org"]], form.templates.get(given["programme"])
        if template is not None:
            return call_from_template(template, org, by=self.actor, **facts)
        return create_call(given["programme"], org, by=self.actor, **facts)

    def show(self, form: NewCallForm, status: int = 200) -> HttpResponse:
        earlier = [call for call in calls_in_office(self.actor) if self.actor.can("call.edit", call)]
        return self.render(status=status, form=form, earlier=earlier)


class CallClone(CallPage):
    permission = "call.edit"

    def post(self, request: HttpRequest, slug: str) -> HttpResponse:
        source = self.own_call_at(slug)
        call = clone_call(source, by=self.actor, year=source.year + 1)
        return self.done(
            _("已按“%(call)s”建立草稿：时间和批准文号需要重新填写。") % {"call": source}, address_of(call, "basics")
        )


class OfficeCall(CallPage):
    """One call at a glance: where it stands, what comes next, how many are where."""

    permission = "application.view"
    template = "officer/call.html"

    def get(self, request: HttpRequest, slug: str) -> HttpResponse:
        call = self.call_at(slug)
        runs = self.actor.can("call.edit", call)
        if not call.is_frozen:
            return self.render(
                "officer/call_draft.html", call=call, contents=contents(call), problems=linked(call), runs=runs
            )
        counts = counts_by_state(Application.objects.official(self.actor).filter(call=call))
        return self.render(
            call=call, runs=runs, steps=step_lines(call), total=sum(counts.values()),
            funnel=[{"state": s, "label": label, "n": n} for s, label, n in funnel(call)] if runs else [],
            counts=[{"state": STATES[name], "n": counts[name]} for name in STATES if counts[name]],
            extend=ExtendForm(call), may_publish=self.actor.can("call.publish", call), links=work_links(call, runs),
        )  # fmt: skip


def step_lines(call: Call) -> list[dict[str, Any]]:
    """The dated steps with their place in time: done, now, next."""
    now = clock.now()
    lines = []
    for step in call.plan.steps:
        opens, closes = step_times(call, step.code)
        state = "done" if closes and closes <= now else "now" if (opens and opens <= now) else "next"
        lines.append({"code": step.code, "label": _(step.name), "opens": opens, "closes": closes, "state": state})
    return lines


def work_links(call: Call, runs: bool) -> list[dict[str, Any]]:
    """The other pages of a running call that are there: rounds, ranking, decision, awards, works."""
    wanted: list[tuple[Any, str, list[str]]] = [
        (_("申报"), "office_applications", [call.slug]),
        (_("推荐名额"), "quotas", [call.slug]),
    ]
    if runs:
        wanted += [(_(plan.name), "round", [call.slug, plan.code]) for plan in call.plan.rounds]
        begun = call.rounds.order_by("-number").values_list("code", flat=True).first()
        if begun:
            wanted += [(_("排名"), "ranking", [call.slug, begun]), (_("拟定结果"), "decision", [call.slug, begun])]
        wanted += [
            (_("公示"), "office_notices", []), (_("证书设计"), "certificate_design", [call.slug]),
            (_("奖项与证书"), "awards", [call.slug]), (_("成果展示"), "curate", [call.slug]),
        ]  # fmt: skip
        wanted += [(_("查重"), "similarity", [call.slug])] if call.plan.similarity else []
        wanted += [(_("课程案例"), "office_cases", [call.slug])] if call.plan.catalogue else []
    return [{"label": label, "url": url} for label, name, args in wanted if (url := _address(name, args))]


def _address(name: str, args: list[str]) -> str:
    try:
        return reverse(name, args=args)
    except NoReverseMatch:
        return ""


def linked(call: Call) -> list[dict[str, Any]]:
    return [
        {"sentence": p.sentence, "title": title_of(p.section), "url": address_of(call, p.section)}
        for p in hindrances(call)
    ]


class CallPreview(CallPage):
    """The form as an applicant will see it; nothing can be filled in."""

    permission = "call.edit"
    template = "officer/call_preview.html"

    def get(self, request: HttpRequest, slug: str) -> HttpResponse:
        call = self.own_call_at(slug)
        stage = request.GET.get("stage", "")
        stage = stage if stage in call.plan.stages else (call.plan.stages or ("",))[0]
        form = EntryForm(call.plan, {"stage": stage}, target="submitted")
        return self.render(
            call=call,
            plan=call.plan,
            stage=stage,
            steps=step_lines(call),
            basics=list(form)[:5],
            parts=preview_parts(call, form, stage),
        )


def preview_parts(call: Call, form: EntryForm, stage: str) -> list[dict[str, Any]]:
    """The sections with the questions that this stage is asked, each with its field where it has one."""
    return [
        {
            "part": part,
            "questions": [
                {"question": question, "bound": form[question.code] if question.code in form.fields else None}
                for question in part.questions
                if not question.stages or stage in question.stages
            ],
        }
        for part in call.plan.form
    ]


class CallPublish(BuilderPage):
    """Everything that stands in the way; publishing freezes."""

    permission = "call.publish"
    template = "officer/call_publish.html"

    def get(self, request: HttpRequest, slug: str) -> HttpResponse:
        call = self.draft_at(slug)
        self.demand("call.publish", call)
        return self.render(
            call=call,
            problems=linked(call),
            steps=step_lines(call),
            contents=contents(call),
            calendar=_missing_year(call),
        )

    def post(self, request: HttpRequest, slug: str) -> HttpResponse:
        call = self.own_call_at(slug, "call.publish")
        publish_call(call, by=self.actor)
        return self.done(_("已发布“%(call)s”，设置已冻结。") % {"call": call}, "office_call", call.slug)


def _missing_year(call: Call) -> str:
    """A notice counted in working days needs the holiday table of its year: better to hear it before publishing."""
    last = [closes for step in call.plan.steps if (closes := step_times(call, step.code)[1])]
    try:
        add_working_days(max(last).date() if last else clock.today(), call.plan.notice.working_days)
    except MissingHolidayTable as missing:
        return str(missing)
    return ""


class ExtendForm(forms.Form):
    step = forms.ChoiceField(label=_l("步骤"))
    closes_at = forms.DateTimeField(label=_l("新的截止时间"), widget=DateTimeInput)
    reason = forms.CharField(
        label=_l("延期理由"), max_length=500, widget=forms.Textarea(attrs={"rows": 2}), help_text=_l("会随通知公布。")
    )

    def __init__(self, call: Call, data: Any = None) -> None:
        super().__init__(data)
        self.fields["step"].choices = [(step.code, _(step.name)) for step in call.plan.steps]


class CallExtend(CallPage):
    permission = "call.publish"
    template = "officer/call_extend.html"

    def get(self, request: HttpRequest, slug: str) -> HttpResponse:
        call = self.own_call_at(slug, "call.publish")
        return self.render(call=call, form=ExtendForm(call), steps=step_lines(call))

    def post(self, request: HttpRequest, slug: str) -> HttpResponse:
        call = self.own_call_at(slug, "call.publish")
        form = ExtendForm(call, request.POST)
        if taken(form, lambda: self.extend(call, form.cleaned_data)) is None:
            return self.render(status=422, call=call, form=form, steps=step_lines(call))
        return self.done(_("已延期并记录理由。"), "office_call", call.slug)

    def extend(self, call: Call, given: dict[str, Any]) -> Call:
        return extend_step(call, given["step"], given["closes_at"], by=self.actor, reason=given["reason"])


class CallClose(CallPage):
    permission = "call.publish"

    def post(self, request: HttpRequest, slug: str) -> HttpResponse:
        call = self.own_call_at(slug, "call.publish")
        if call.state != CallState.PUBLISHED:
            raise Refused(_("只有已发布的申报才能结束。"))
        close_call(call, by=self.actor)
        return self.done(_("“%(call)s”已结束，内容仍可查阅。") % {"call": call}, "office_call", call.slug)


class CallCancel(CallPage):
    permission = "call.publish"

    def post(self, request: HttpRequest, slug: str) -> HttpResponse:
        call = self.own_call_at(slug, "call.publish")
        cancel_call(call, by=self.actor, reason=request.POST.get("reason", ""))
        return self.done(_("已取消“%(call)s”，理由已公布。") % {"call": call}, "office_call", call.slug)

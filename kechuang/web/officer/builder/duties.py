"""The builder's section on what stands beside an honour while it lasts: partner, reports, spot checks, studio, and who sees the register."""

from dataclasses import replace
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l

from kechuang.base.errors import Refused
from kechuang.engine.calls.models import Call
from kechuang.engine.programme.declaration import (
    HonourPlan,
    PartnerPlan,
    Programme,
    Question,
    ReportPlan,
    Section,
    SpotCheckPlan,
    StudioPlan,
)
from kechuang.web.officer.builder import edits
from kechuang.web.officer.builder.items import Collection, ItemForm, QuestionForm
from kechuang.web.officer.builder.kinds import CHECKS, ORG_KINDS, ROLES
from kechuang.web.officer.builder.sections import SectionForm, kept_word
from kechuang.web.officer.builder.widgets import Lines, Shares

WHEN = (("yearly", _l("每年")), ("middle", _l("有效期过半时一次")), ("end", _l("期满前一次")))


class DutiesForm(SectionForm):
    name, title = "duties", _l("合作与持有期间")
    intro = _l("申报前要不要合作单位确认；持有称号期间要交什么报告、怎样抽查、要不要成立工作室。")

    partner_label = forms.CharField(
        label=_l("合作单位叫什么"), max_length=30, required=False,
        help_text=_l("例如：合作场馆。填了就要对方确认后才能申报，协议与称号同时开始；留空表示不需要。"),
    )  # fmt: skip
    partner_kinds = forms.MultipleChoiceField(
        label=_l("哪些类型的单位可以合作"), choices=ORG_KINDS, widget=CHECKS, required=False
    )
    partner_years = forms.IntegerField(label=_l("协议至少几年"), min_value=1, max_value=20, required=False)
    public = forms.BooleanField(
        label=_l("名册向公众公开"), required=False, help_text=_l("不公开时只有持有人和主管单位看得到。")
    )
    spot_lines = Lines(label=_l("抽查清单"), required=False, max_lines=40, help_text=_l("每行一项；留空表示不抽查。"))
    spot_share = Shares(label=_l("每年抽查比例（%）"), required=False)
    studio_name = forms.CharField(
        label=_l("工作室名称"), max_length=40, required=False, help_text=_l("只用于个人的称号；留空表示没有工作室。")
    )
    studio_roles = forms.MultipleChoiceField(
        label=_l("哪些身份的人可以加入工作室"), choices=ROLES, widget=CHECKS, required=False
    )
    studio_most = forms.IntegerField(label=_l("工作室最多几人"), min_value=1, max_value=200, required=False)

    HELD = ("public", "spot_lines", "spot_share", "studio_name", "studio_roles", "studio_most")

    def prepare(self, call: Call) -> None:
        """What this kind of applicant cannot have is not asked for."""
        plan = call.plan
        gone = list(self.HELD) if plan.honour is None else []
        if plan.applicant != "person":
            gone += [name for name in self.HELD if name.startswith("studio")]
        if plan.applicant not in {"school", "organisation"}:
            gone += [name for name in self.fields if name.startswith("partner")]
        for name in set(gone):
            del self.fields[name]

    def read(self, call: Call) -> dict[str, Any]:
        partner, honour = call.plan.partner, call.plan.honour
        found: dict[str, Any] = {"partner_years": 3}
        if partner:
            found = {
                "partner_label": _(partner.label),
                "partner_kinds": list(partner.kinds),
                "partner_years": partner.years,
            }
        return found | (_read_honour(honour) if honour else {})

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("partner_label"):
            if not cleaned.get("partner_kinds"):
                self.add_error("partner_kinds", _("合作单位须写明哪些类型的单位可以担任。"))
            if self.call.plan.honour is None:
                self.add_error("partner_label", _("有合作单位的项目须授予称号，协议与称号同时开始。"))
        if cleaned.get("spot_lines") and not cleaned.get("spot_share"):
            self.add_error("spot_share", _("抽查比例应大于 0 且不超过 100%。"))
        if cleaned.get("studio_name") and not cleaned.get("studio_roles"):
            self.add_error("studio_roles", _("工作室须写明哪些身份的人可以加入。"))
        return cleaned

    def new_plan(self, plan: Programme) -> Programme:
        given, partner = self.cleaned_data, None
        if label := given.get("partner_label"):
            old = plan.partner.label if plan.partner else ""
            partner = PartnerPlan(tuple(given["partner_kinds"]), kept_word(old, label), given["partner_years"] or 3)
        return replace(plan, partner=partner, honour=_held(plan.honour, given) if plan.honour else None)


def _read_honour(honour: HonourPlan) -> dict[str, Any]:
    checks, studio = honour.spot_checks, honour.studio or StudioPlan("")
    return {
        "public": honour.public, "spot_lines": [_(item.text) for item in checks.checklist] if checks else [],
        "spot_share": checks.share if checks else 0.2, "studio_name": _(studio.name) if studio.name else "",
        "studio_roles": list(studio.roles), "studio_most": studio.most,
    }  # fmt: skip


def _held(honour: HonourPlan, given: dict[str, Any]) -> HonourPlan:
    old = honour.spot_checks.checklist if honour.spot_checks else ()
    lines = edits.check_items(old, given["spot_lines"])
    checks = SpotCheckPlan(lines, given["spot_share"]) if lines else None
    studio = None
    if name := given.get("studio_name"):
        known = honour.studio.name if honour.studio else ""
        studio = StudioPlan(kept_word(known, name), tuple(given["studio_roles"]), given["studio_most"] or 12)
    return replace(honour, public=given["public"], spot_checks=checks, studio=studio)


class ReportForm(ItemForm):
    name = forms.CharField(label=_l("报告名称"), max_length=60)
    when = forms.ChoiceField(label=_l("什么时候交"), choices=WHEN)
    open_days = forms.IntegerField(label=_l("到期前多少天开放填写"), min_value=1, max_value=365)

    def built(self) -> ReportPlan:
        report: ReportPlan = super().built()
        return replace(report, name=kept_word(self.item.name, report.name) if self.item.name else report.name)

    def read(self, item: ReportPlan) -> dict[str, Any]:
        return {**super().read(item), "name": _(item.name) if item.name else ""}


class ReportQuestionForm(QuestionForm):
    """A question of a report: asked of every holder alike."""

    def prepare(self) -> None:
        super().prepare()
        for name in ("stages", "hidden_when_blind", "asked_after", "asked_when"):
            self.fields.pop(name, None)
        if "required_from" in self.fields:
            self.fields["required_from"].choices = [("submitted", _("提交报告时")), ("", _("选填"))]


def _reports(plan: Programme) -> tuple[ReportPlan, ...]:
    return plan.honour.reports if plan.honour else ()


def _with_reports(plan: Programme, _holder: str, items: tuple[ReportPlan, ...]) -> Programme:
    if plan.honour is None:
        raise Refused(
            _("这个项目的奖项不带称号，没有持有期间的事项。要设置报告和抽查，先在“称号与名册”里让奖项带上称号。")
        )
    return replace(plan, honour=replace(plan.honour, reports=items))


def _places(plan: Programme) -> tuple[Section, ...]:
    """The sections of all reports, each under the code `report-section`."""
    return tuple(replace(part, code=f"{report.code}-{part.code}") for report in _reports(plan) for part in report.form)


def _questions(plan: Programme, holder: str) -> tuple[Question, ...]:
    return next((place.questions for place in _places(plan) if place.code == holder), ())


def _with_questions(plan: Programme, holder: str, questions: tuple[Question, ...]) -> Programme:
    report_code, _dash, part_code = holder.partition("-")

    def put(part: Section) -> Section:
        return replace(part, questions=questions) if part.code == part_code else part

    reports = tuple(
        replace(report, form=tuple(map(put, report.form))) if report.code == report_code else report
        for report in _reports(plan)
    )
    return _with_reports(plan, "", reports)


COLLECTIONS: dict[str, Collection] = {
    "report": Collection(
        "duties", ReportForm, _l("报告"), "report", lambda plan, _h: _reports(plan), _with_reports,
        lambda code, _k: ReportPlan(code, "", (Section("facts", _("填报内容"), ()),)),
    ),
    "report_question": Collection(
        "duties", ReportQuestionForm, _l("报告的题目"), "q", _questions, _with_questions,
        lambda code, kind: Question(code, "", kind or "text"), _places,
    ),
}  # fmt: skip

"""The builder's sections on what kind of recognition this is: who applies and by which course, what its pages call things, its titles."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l

from kechuang.engine.calls.models import Call
from kechuang.engine.programme.blank import steps_for
from kechuang.engine.programme.declaration import HonourLevel, HonourPlan, Programme, Step, Target, Words
from kechuang.engine.workflow.library import LIBRARY
from kechuang.orgs.enums import ConsentPurpose, PartnerKind, Role
from kechuang.web.officer.builder.edits import find
from kechuang.web.officer.builder.sections import SectionForm, kept_word
from kechuang.web.officer.builder.widgets import DateInput, Shares

CHECKS = forms.CheckboxSelectMultiple
APPLICANTS = (
    ("team", _l("学生团队")),
    ("school", _l("学校")),
    ("organisation", _l("单位（学校以外，也可以包括学校）")),
    ("person", _l("个人（学生、教师、专家等）")),
)
ORG_KINDS = (("school", _l("学校")), *PartnerKind.choices)
ROLES = tuple(
    (role.value, role.label)
    for role in (
        Role.PUPIL,
        Role.TEACHER,
        Role.SCHOOL_OFFICER,
        Role.SCHOOL_TEAM_HEAD,
        Role.EXPERT,
        Role.PARTNER_OFFICER,
        Role.ENGINEER,
    )
)
WORKFLOWS = (
    ("two_tier", _l("学校审核 → 区级推荐 → 市级审查、评审、公示、授奖")),
    ("one_tier", _l("学校审核 → 主办单位审查、评审、公示、授奖")),
    ("district_city", _l("区级推荐 → 市级审查、评审、公示、授奖（学校申报）")),
    ("direct", _l("直接由主办单位审查、评审、公示、授奖")),
    ("granted", _l("随到随审：主办单位审查通过即授予，不评审")),
)
CONSENTS = tuple(
    (one.value, one.label)
    for one in (ConsentPurpose.ENTERING, ConsentPurpose.PUBLICITY, ConsentPurpose.SHOWCASE, ConsentPurpose.MEDIA)
)


class KindForm(SectionForm):
    name, title = "kind", _l("申报主体与流程")
    intro = _l("谁来申报、经过哪些环节。改了流程，步骤会跟着增减。")

    programme_name = forms.CharField(label=_l("项目名称"), max_length=60)
    programme_name_en = forms.CharField(label=_l("项目英文名"), max_length=120, required=False)
    policy = forms.CharField(label=_l("政策依据"), max_length=120, required=False)
    applicant = forms.ChoiceField(label=_l("谁可以申报"), choices=APPLICANTS, widget=forms.RadioSelect)
    org_kinds = forms.MultipleChoiceField(
        label=_l("哪些类型的单位"),
        choices=ORG_KINDS,
        widget=CHECKS,
        required=False,
        help_text=_l("只用于面向单位的项目。"),
    )
    roles = forms.MultipleChoiceField(
        label=_l("哪些身份的人"), choices=ROLES, widget=CHECKS, required=False, help_text=_l("只用于面向个人的项目。")
    )
    nominated = forms.BooleanField(label=_l("由别的单位提名填报，不自己申报"), required=False)
    may_nominate = forms.BooleanField(
        label=_l("个人可以自己申报，也可以由所在单位推荐填报"), required=False, help_text=_l("只用于面向个人的项目。")
    )
    names_entry = forms.BooleanField(
        label=_l("申报的东西有自己的名称"), required=False, help_text=_l("不勾选时用申报单位或个人的名称。")
    )
    talent = forms.BooleanField(
        label=_l("获奖写入学生的人才成长档案"), required=False, help_text=_l("只用于学生，并且须监护人和学生另外同意。")
    )
    entries_each = forms.IntegerField(
        label=_l("每个申报主体最多几件"), min_value=0, max_value=1000, help_text=_l("0 表示不限。")
    )
    workflow = forms.ChoiceField(label=_l("市级主办时的流程"), choices=WORKFLOWS)
    district_workflow = forms.ChoiceField(label=_l("区级主办时的流程"), choices=WORKFLOWS)
    rolling = forms.BooleanField(label=_l("长期受理，没有截止时间"), required=False)
    verified_least = forms.FloatField(
        label=_l("推荐前核分的最低分"), min_value=0, max_value=100, required=False,
        help_text=_l("区级对照自评逐项核分，够分才能推荐；留空表示不核分。"),
    )  # fmt: skip
    needs_approval_number = forms.BooleanField(
        label=_l("面向中小学生的竞赛，须有批准文号"), required=False, help_text=_l("学生竞赛必须勾选。")
    )
    consents = forms.MultipleChoiceField(
        label=_l("需要监护人同意的事项"),
        choices=CONSENTS,
        widget=CHECKS,
        required=False,
        help_text=_l("只用于学生申报的项目。"),
    )

    PLAIN = (
        "applicant",
        "nominated",
        "may_nominate",
        "names_entry",
        "talent",
        "entries_each",
        "workflow",
        "district_workflow",
        "rolling",
        "verified_least",
        "needs_approval_number",
    )

    def read(self, call: Call) -> dict[str, Any]:
        plan = call.plan
        plain = {name: getattr(plan, name) for name in self.PLAIN}
        lists = {name: list(getattr(plan, name)) for name in ("org_kinds", "roles", "consents")}
        return {
            **plain, **lists, "programme_name": _(plan.name), "programme_name_en": plan.name_en, "policy": _(plan.policy) if plan.policy else "",
        }  # fmt: skip

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        applicant = cleaned.get("applicant")
        if applicant == "organisation" and not cleaned.get("org_kinds"):
            self.add_error("org_kinds", _("面向单位的项目至少选一种单位。"))
        if applicant == "person" and not cleaned.get("roles"):
            self.add_error("roles", _("面向个人的项目至少选一种身份。"))
        if cleaned.get("verified_least") is not None and not _has_move(cleaned.get("workflow", "direct"), VERIFIED[0]):
            self.add_error("verified_least", _("核分在区级推荐之前进行，这个流程没有区级推荐。"))
        of_pupils = _of_pupils(applicant or "", cleaned.get("roles") or ())
        if cleaned.get("may_nominate") and (applicant != "person" or cleaned.get("nominated")):
            self.add_error("may_nominate", _("“也可以由单位推荐”只用于个人申报的项目。"))
        if cleaned.get("talent") and not of_pupils:
            self.add_error("talent", _("人才成长档案是学生的，这个项目的申报人不是学生。"))
        if applicant == "team" and cleaned.get("nominated"):
            self.add_error("nominated", _("学生团队自己申报，不由别的单位提名。"))
        if of_pupils:
            if not cleaned.get("needs_approval_number") and self.call.plan.needs_approval_number:
                self.add_error(
                    "needs_approval_number", _("面向中小学生的竞赛须先取得批准文号，不能取消（深教规〔2020〕3号）。")
                )
            if "entering" not in (cleaned.get("consents") or ()):
                self.add_error("consents", _("学生参赛须有监护人的报名同意，不能取消。"))
        return cleaned

    def new_plan(self, plan: Programme) -> Programme:
        given, kind = self.cleaned_data, self.cleaned_data["applicant"]
        changed = replace(
            plan, **{name: given[name] for name in self.PLAIN}, name=kept_word(plan.name, given["programme_name"]),
            name_en=given["programme_name_en"], policy=kept_word(plan.policy, given["policy"]),
            org_kinds=tuple(given["org_kinds"]) if kind == "organisation" else (), roles=tuple(given["roles"]) if kind == "person" else (),
            consents=tuple(given["consents"]) if _of_pupils(kind, given["roles"]) else (),
        )  # fmt: skip
        changed = replace(changed, guards=_guards(changed))
        course = self.call.workflow_of(changed)
        return changed if course == self.call.workflow_of(plan) else replace(changed, steps=_steps(plan.steps, course))


def _of_pupils(applicant: str, roles: Iterable[str]) -> bool:
    return applicant == "team" or (applicant == "person" and Role.PUPIL in roles)


VERIFIED = ("recommend", "items_verified")
"""The guard that holds the least verified score."""


def _has_move(workflow: str, name: str) -> bool:
    return any(move.name == name for move in LIBRARY[workflow].moves)


def _guards(plan: Programme) -> tuple[tuple[str, str], ...]:
    """The guards that the new course still has moves for, and that of the verified score exactly where one is asked."""
    kept = [one for one in plan.guards if one != VERIFIED and _has_move(plan.workflow, one[0])]
    asked = plan.verified_least is not None and _has_move(plan.workflow, VERIFIED[0])
    return (*kept, VERIFIED) if asked else tuple(kept)


def _steps(known: tuple[Step, ...], workflow: str) -> tuple[Step, ...]:
    """The steps of a workflow; one that was there before keeps its name and its times. A defence stays where reviewing stays."""
    wanted = [find(known, step.code) or step for step in steps_for(workflow)]
    defence = find(known, "defence")
    places = [at for at, step in enumerate(wanted) if step.code == "review"]
    if defence is not None and places:
        wanted.insert(places[0] + 1, defence)
    return tuple(wanted)


class WordsForm(SectionForm):
    name, title = "words", _l("页面用词")
    intro = _l("申报页面上怎样称呼申报的东西和它的基本信息。")

    entry = forms.CharField(label=_l("申报的东西叫什么"), max_length=20, help_text=_l("例如：作品、基地、社团。"))
    entry_title = forms.CharField(label=_l("它的名称叫什么"), max_length=20, help_text=_l("例如：作品名称、基地名称。"))
    abstract = forms.CharField(label=_l("简介叫什么"), max_length=20, help_text=_l("例如：摘要、概况。"))
    kind = forms.CharField(label=_l("类别叫什么"), max_length=20, help_text=_l("例如：学科、类别。"))

    def read(self, call: Call) -> dict[str, Any]:
        words = call.plan.words
        return {
            "entry": _(words.entry),
            "entry_title": _(words.title),
            "abstract": _(words.abstract),
            "kind": _(words.kind),
        }

    def new_plan(self, plan: Programme) -> Programme:
        old, given = plan.words, self.cleaned_data
        return replace(plan, words=Words(
            kept_word(old.entry, given["entry"]), kept_word(old.title, given["entry_title"]), kept_word(old.abstract, given["abstract"]),
            kept_word(old.kind, given["kind"]),
        ))  # fmt: skip


class LevelRow(forms.Form):
    prize = forms.ChoiceField(label=_l("奖项"))
    title = forms.CharField(label=_l("称号"), max_length=60)
    title_en = forms.CharField(label=_l("英文名"), max_length=80, required=False)
    tier = forms.ChoiceField(label=_l("级别"), choices=(("city", _l("市级")), ("district", _l("区级"))))
    count = forms.IntegerField(label=_l("目标数量"), min_value=0, required=False)
    share = Shares(label=_l("目标占学校（%）"), required=False)
    by = forms.DateField(label=_l("目标日期"), required=False, widget=DateInput)
    subsidy = forms.IntegerField(label=_l("每年补贴（元）"), min_value=0, max_value=100_000_000, required=False)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("count") and cleaned.get("share"):
            self.add_error("share", _("目标只写数量或者只写比例。"))
        if cleaned.get("by") and not (cleaned.get("count") or cleaned.get("share")):
            self.add_error("by", _("写了目标日期，还要写数量或比例。"))
        return cleaned


class HonourForm(SectionForm):
    name, title = "honour", _l("称号与名册")
    intro = _l("奖项带称号时，称号从授奖之日起进入荣誉名册，每年检查，到期复评。由高到低排列。")
    row_form, rows_title, rows_shape = LevelRow, _l("称号等级"), "row-forms-levels"

    grants = forms.BooleanField(label=_l("奖项带称号，进入荣誉名册"), required=False)
    years = forms.IntegerField(
        label=_l("有效期（年）"), min_value=0, max_value=20, required=False, help_text=_l("0 表示长期有效。")
    )
    number_prefix = forms.RegexField(
        label=_l("称号编号前缀"),
        regex=r"^[A-Z0-9]{1,10}$",
        required=False,
        help_text=_l("大写字母和数字，最多 10 位。"),
    )
    plaque = forms.BooleanField(label=_l("授牌"), required=False)
    yearly_check = forms.BooleanField(label=_l("每年检查"), required=False)

    def prepare(self, call: Call) -> None:
        self.prizes = [(prize.code, _(prize.name)) for prize in call.plan.prizes.prizes]

    def _rows(self, call: Call, data: Any) -> Any:
        rows = super()._rows(call, data)
        for row in rows.forms:
            row.fields["prize"].choices = [("", "—"), *self.prizes]
        return rows

    def read(self, call: Call) -> dict[str, Any]:
        honour = call.plan.honour or HonourPlan(())
        plain = {name: getattr(honour, name) for name in ("years", "number_prefix", "plaque", "yearly_check")}
        return {"grants": call.plan.honour is not None, **plain}

    def read_rows(self, call: Call) -> list[dict[str, Any]]:
        honour = call.plan.honour
        return [_level_row(level, honour.targets) for level in honour.levels] if honour else []

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("grants") and self.call.plan.applicant == "team":
            self.add_error("grants", _("称号授予单位或个人，不授予学生团队。"))
        return cleaned

    def is_valid(self) -> bool:
        fine = super().is_valid()
        if fine and self.cleaned_data["grants"]:
            levels = [row["prize"] for row in self.kept_rows()]
            if not levels or len(set(levels)) < len(levels):
                self.add_error("grants", _("称号的每个等级对应一个奖项，每个奖项只对应一个等级。"))
                return False
        return fine

    def new_plan(self, plan: Programme) -> Programme:
        given = self.cleaned_data
        if not given["grants"]:
            return replace(plan, honour=None)
        old, rows = plan.honour or HonourPlan(()), self.kept_rows()
        levels = tuple(_level(plan.honour, row) for row in rows)
        targets = [_target(row, old.targets) for row in rows if row.get("count") or row.get("share")]
        order = [target.level for target in old.targets]
        targets.sort(key=lambda target: order.index(target.level) if target.level in order else len(order))
        return replace(plan, honour=replace(
            old, levels=levels, targets=tuple(targets), years=given["years"] or 0, number_prefix=given["number_prefix"] or old.number_prefix,
            plaque=given["plaque"], yearly_check=given["yearly_check"],
        ))  # fmt: skip


def _level_row(level: HonourLevel, targets: tuple[Target, ...]) -> dict[str, Any]:
    target = next((one for one in targets if one.level == level.prize), Target(level.prize))
    return {
        "prize": level.prize, "title": _(level.title), "title_en": level.title_en, "tier": level.tier, "count": target.count or None,
        "share": target.share or None, "by": date.fromisoformat(target.by) if target.by else None, "subsidy": level.subsidy or None,
    }  # fmt: skip


def _level(honour: HonourPlan | None, row: dict[str, Any]) -> HonourLevel:
    old = honour.level(row["prize"]) if honour else None
    title = kept_word(old.title, row["title"]) if old else row["title"]
    return HonourLevel(row["prize"], title, row["title_en"], row["tier"], row["subsidy"] or 0)


def _target(row: dict[str, Any], known: tuple[Target, ...]) -> Target:
    by = row["by"].isoformat() if row.get("by") else ""
    if row.get("share"):
        old = next((one for one in known if one.level == row["prize"] and one.of), None)
        return Target(row["prize"], share=row["share"], of=old.of if old else "schools", by=by)
    return Target(row["prize"], count=row["count"], by=by)

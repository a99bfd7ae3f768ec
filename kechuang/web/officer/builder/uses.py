"""The builder's sections on what is done with entries beside judging them: texts compared, a catalogue of cases, a pool of people."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l

from kechuang.engine.calls.models import Call
from kechuang.engine.programme.declaration import Programme
from kechuang.engine.programme.pools import PoolPlan, VisitKind
from kechuang.engine.programme.publishing import CC_BY, CC_BY_NC, CITY_ONLY, CataloguePlan, Licence, SimilarityPlan
from kechuang.web.officer.builder.edits import find, free_code
from kechuang.web.officer.builder.sections import SectionForm, kept_word
from kechuang.web.officer.builder.widgets import DateInput, Lines, Shares

CHECKS = forms.CheckboxSelectMultiple
WORDY = frozenset({"text", "long_text", "table"})
PAPERS = frozenset({"file", "files"})
SHOWN = WORDY | {"number", "choice", "choices", "url"}


def asked(plan: Programme, kinds: Iterable[str]) -> list[tuple[str, str]]:
    """The form's questions of these kinds, as choices."""
    wanted = set(kinds)
    return [(question.code, _(question.label)) for question in plan.questions() if question.kind in wanted]


class SimilarityForm(SectionForm):
    name, title = "similarity", _l("查重")
    intro = _l("申报的文字与本届、往届所有申报比较，重合的段落并排给主办单位和专家看。系统只提醒，不作决定。")

    compares = forms.BooleanField(label=_l("比较申报的文字"), required=False)
    questions = forms.MultipleChoiceField(
        label=_l("比较哪些题目"), widget=CHECKS, required=False, help_text=_l("都不选：比较所有长文本和文件。")
    )
    alarm_share = Shares(label=_l("重合多少开始提醒（%）"), required=False)

    def prepare(self, call: Call) -> None:
        self.fields["questions"].choices = asked(call.plan, WORDY | PAPERS)

    def read(self, call: Call) -> dict[str, Any]:
        plan = call.plan.similarity or SimilarityPlan()
        return {
            "compares": call.plan.similarity is not None,
            "questions": list(plan.questions),
            "alarm_share": plan.alarm_share,
        }

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("compares") and not cleaned.get("alarm_share") and "alarm_share" not in self.errors:
            self.add_error("alarm_share", _("查重的提醒比例应大于 0 且不超过 100%。"))
        return cleaned

    def new_plan(self, plan: Programme) -> Programme:
        given = self.cleaned_data
        if not given["compares"]:
            return replace(plan, similarity=None)
        old = plan.similarity.questions if plan.similarity else ()
        return replace(plan, similarity=SimilarityPlan(_in_order(old, given["questions"]), given["alarm_share"]))


def _in_order(old: tuple[str, ...], chosen: list[str]) -> tuple[str, ...]:
    """What was chosen before keeps its order; what is new follows in the form's."""
    return (*(code for code in old if code in chosen), *(code for code in chosen if code not in old))


class CatalogueForm(SectionForm):
    name, title = "catalogue", _l("案例库")
    intro = _l(
        "获选的申报在案例库里公开，其他教师可以采用和评价。授权方式由申报人在表单里选，公开前须有同意公开的声明。"
    )

    published = forms.BooleanField(label=_l("获选后进入案例库"), required=False)
    licence = forms.ChoiceField(
        label=_l("哪道题选授权方式"), required=False, help_text=_l("一道单选题，它的选项就是授权方式。")
    )
    staff_only = Lines(
        label=_l("哪些选项的材料只给本市教师"), required=False, help_text=_l("每行写一个选项，与题目的选项一致。")
    )
    pledge = forms.ChoiceField(label=_l("哪条声明是同意公开"), required=False)
    page = forms.MultipleChoiceField(label=_l("案例页显示哪些题目"), widget=CHECKS, required=False)
    papers = forms.MultipleChoiceField(label=_l("哪些文件可以下载"), widget=CHECKS, required=False)
    pictures = forms.ChoiceField(label=_l("图片来自哪道题"), required=False)
    grades = forms.ChoiceField(label=_l("按年级查找用哪道题"), required=False)
    subjects = forms.ChoiceField(label=_l("按学科查找用哪道题"), required=False)
    authors = forms.ChoiceField(label=_l("合作者来自哪道表格题"), required=False)
    target = forms.IntegerField(label=_l("目标数量"), min_value=0, required=False)
    by = forms.DateField(label=_l("目标日期"), required=False, widget=DateInput)

    ONE = ("licence", "pledge", "pictures", "grades", "subjects", "authors")

    def prepare(self, call: Call) -> None:
        plan, none = call.plan, ("", "—")
        self.fields["page"].choices = asked(plan, SHOWN)
        self.fields["papers"].choices = asked(plan, PAPERS)
        self.fields["pledge"].choices = [none, *((pledge.code, _(pledge.name)) for pledge in plan.pledges)]
        for name, kinds in (
            ("licence", {"choice"}),
            ("pictures", PAPERS),
            ("grades", {"choice", "choices"}),
            ("subjects", {"choice", "choices"}),
            ("authors", {"table"}),
        ):
            self.fields[name].choices = [none, *asked(plan, kinds)]

    def read(self, call: Call) -> dict[str, Any]:
        plan = call.plan.catalogue
        if plan is None:
            return {}
        return {name: getattr(plan, name) for name in self.ONE} | {
            "published": True,
            "staff_only": [_(licence.name) for licence in plan.licences if licence.staff_only],
            "page": list(plan.page),
            "papers": list(plan.papers),
            "target": plan.target or None,
            "by": date.fromisoformat(plan.by) if plan.by else None,
        }

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not cleaned.get("published"):
            return cleaned
        if self.call.plan.applicant == "team":
            self.add_error("published", _("案例库用于教师和单位的申报；学生作品在成果展示中展示。"))
        if not cleaned.get("licence"):
            self.add_error("licence", _("请选择一道单选题，申报人用它选授权方式。"))
        if not cleaned.get("pledge"):
            self.add_error("pledge", _("进入案例库须有同意公开的声明。"))
        names = {_(name) for name in _choices(self.call.plan, cleaned.get("licence", ""))}
        if cleaned.get("licence") and (strange := [one for one in cleaned.get("staff_only") or () if one not in names]):
            self.add_error("staff_only", _("题目没有这些选项：%(names)s。") % {"names": "、".join(strange)})
        return cleaned

    def new_plan(self, plan: Programme) -> Programme:
        given, old = self.cleaned_data, plan.catalogue
        if not given["published"]:
            return replace(plan, catalogue=None)
        known = (*(old.licences if old else ()), CC_BY, CC_BY_NC, CITY_ONLY)
        return replace(plan, catalogue=CataloguePlan(
            _licences(_choices(plan, given["licence"]), known, set(given["staff_only"])),
            **{name: given[name] for name in self.ONE}, page=_in_order(old.page if old else (), given["page"]),
            papers=_in_order(old.papers if old else (), given["papers"]), target=given["target"] or 0,
            by=given["by"].isoformat() if given["by"] else "",
        ))  # fmt: skip


def _choices(plan: Programme, code: str) -> tuple[str, ...]:
    return next((question.choices for question in plan.questions() if question.code == code), ())


def _licences(names: tuple[str, ...], known: tuple[Licence, ...], staff_only: set[str]) -> tuple[Licence, ...]:
    """One for each choice; what everybody knows keeps its words and its address."""
    found: list[Licence] = []
    for name in names:
        old = next((licence for licence in known if licence.name == name), None)
        code = free_code("licence", [licence.code for licence in (*known, *found)])
        found.append(replace(old or Licence(code, name, ""), staff_only=_(name) in staff_only))
    return tuple(found)


class VisitKindRow(forms.Form):
    code = forms.CharField(widget=forms.HiddenInput, required=False)
    name = forms.CharField(label=_l("邀请事项"), max_length=40)


class PoolForm(SectionForm):
    name, title = "pool", _l("人才库与来访")
    intro = _l("授予称号的人进入人才库，准入查询在有效期内时学校可以按条件查找、邀请来校，来访全程有本校教师陪同。")
    row_form, rows_title, rows_shape = VisitKindRow, _l("可以邀请做什么"), "row-forms-kinds"

    pooled = forms.BooleanField(label=_l("授予后进入人才库"), required=False)
    fields_question = forms.ChoiceField(label=_l("按领域查找用哪道题"), required=False)
    languages = forms.ChoiceField(label=_l("按语言查找用哪道题"), required=False)
    times = forms.ChoiceField(label=_l("按时间查找用哪道题"), required=False)
    areas = forms.ChoiceField(label=_l("按区域查找用哪道题"), required=False)
    everywhere = forms.CharField(
        label=_l("区域题里表示“不限”的选项"), max_length=60, required=False, help_text=_l("没有这样的选项就留空。")
    )
    post = forms.ChoiceField(label=_l("名片上的职务来自哪道题"), required=False)
    years = forms.ChoiceField(label=_l("名片上的从业年限来自哪道题"), required=False)
    about = forms.ChoiceField(label=_l("名片上的介绍来自哪道题"), required=False)
    vetting_months = forms.IntegerField(label=_l("准入查询有效几个月"), min_value=1, max_value=36, required=False)
    days_ahead = forms.IntegerField(label=_l("至少提前几天邀请"), min_value=0, max_value=60, required=False)

    FACETS = {"fields_question": "fields", "languages": "languages", "times": "times", "areas": "areas"}
    CARD = ("post", "years", "about")

    def prepare(self, call: Call) -> None:
        for name in self.FACETS:
            self.fields[name].choices = [("", "—"), *asked(call.plan, {"choices"})]
        for name in self.CARD:
            self.fields[name].choices = [("", "—"), *asked(call.plan, SHOWN)]

    def read(self, call: Call) -> dict[str, Any]:
        pool = call.plan.pool
        if pool is None:
            return {"vetting_months": 12, "days_ahead": 3}
        named = {name: getattr(pool, attribute) for name, attribute in self.FACETS.items()}
        card = {name: getattr(pool, name) for name in (*self.CARD, "vetting_months", "days_ahead")}
        return {"pooled": True, **named, **card, "everywhere": _(pool.everywhere) if pool.everywhere else ""}

    def read_rows(self, call: Call) -> list[dict[str, Any]]:
        return [{"code": kind.code, "name": _(kind.name)} for kind in (call.plan.pool.kinds if call.plan.pool else ())]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not cleaned.get("pooled"):
            return cleaned
        if self.call.plan.honour is None or self.call.plan.applicant != "person":
            self.add_error("pooled", _("入库人选须是个人，并且项目要授予称号。"))
        for name in self.FACETS:
            if not cleaned.get(name) and name not in self.errors:
                self.add_error(name, _("请选择一道多选题。"))
        if cleaned.get("vetting_months") is None and "vetting_months" not in self.errors:
            self.add_error("vetting_months", _("准入查询的有效期应为 1 至 36 个月，提前天数不能为负。"))
        return cleaned

    def is_valid(self) -> bool:
        fine = super().is_valid()
        if fine and self.cleaned_data["pooled"] and not self.kept_rows():
            self.add_error("pooled", _("人才库至少有一种邀请事项，代码不能重复。"))
            return False
        return fine

    def new_plan(self, plan: Programme) -> Programme:
        given, old = self.cleaned_data, plan.pool
        if not given["pooled"]:
            kept = tuple(one for one in plan.guards if one not in VETTED)
            return replace(plan, pool=None, guards=kept if old else plan.guards)
        everywhere = next(
            (choice for choice in _choices(plan, given["areas"]) if _(choice) == given["everywhere"]),
            given["everywhere"],
        )
        pool = PoolPlan(
            **{attribute: given[name] for name, attribute in self.FACETS.items()}, **{name: given[name] for name in self.CARD},
            everywhere=everywhere, kinds=self._kinds(old.kinds if old else ()), vetting_months=given["vetting_months"],
            days_ahead=given["days_ahead"] or 0,
        )  # fmt: skip
        return replace(plan, pool=pool, guards=(*plan.guards, *(one for one in VETTED if one not in plan.guards)))

    def _kinds(self, known: tuple[VisitKind, ...]) -> tuple[VisitKind, ...]:
        kept: list[VisitKind] = []
        for row in self.kept_rows():
            old = find(known, row["code"])
            code = old.code if old else free_code("visit", [kind.code for kind in (*known, *kept)])
            kept.append(VisitKind(code, kept_word(old.name, row["name"]) if old else row["name"]))
        return tuple(kept)


VETTED = (("submit", "not_stopped"), ("grant", "not_stopped"), ("grant", "has_clear_vetting"))
"""Who is on the stop-list may not apply, and nobody enters a pool without a clear vetting."""

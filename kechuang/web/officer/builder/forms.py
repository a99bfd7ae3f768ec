"""The builder's sections: each a small form over one part of the frozen declaration."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l

from kechuang.base import clock
from kechuang.engine.calls.models import Call
from kechuang.engine.programme.declaration import Discipline, Prize, Programme, Step
from kechuang.engine.programme.registry import PRIZE_RULES, PROGRAMMES
from kechuang.orgs.enums import Stage
from kechuang.web.officer.builder.duties import DutiesForm
from kechuang.web.officer.builder.edits import find, free_code
from kechuang.web.officer.builder.kinds import HonourForm, KindForm, WordsForm
from kechuang.web.officer.builder.sections import SectionForm, kept_word
from kechuang.web.officer.builder.uses import CatalogueForm, PoolForm, SimilarityForm
from kechuang.web.officer.builder.widgets import DateInput, DateTimeInput, Lines, Shares

STAGES = forms.CheckboxSelectMultiple


class BasicsForm(SectionForm):
    name, title = "basics", _l("基本信息")
    intro = _l("这些内容会出现在申报通知的最前面。")

    call_title = forms.CharField(
        label=_l("标题"), max_length=200, help_text=_l("例如：第 42 届深圳市青少年科技创新大赛")
    )
    title_en = forms.CharField(label=_l("英文标题"), max_length=200, required=False)
    edition = forms.IntegerField(label=_l("届次"), min_value=1, max_value=999)
    year = forms.IntegerField(label=_l("年度"), min_value=2000, max_value=2100)
    summary = forms.CharField(
        label=_l("简介"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_l("两三句话：征集什么、面向谁、为什么值得参加。"),
    )
    indexable = forms.BooleanField(
        label=_l("允许搜索引擎收录成果展示"), required=False, help_text=_l("只影响已取得展示同意的作品。")
    )

    def read(self, call: Call) -> dict[str, Any]:
        plain = {name: getattr(call, name) for name in ("title_en", "edition", "year", "summary", "indexable")}
        return {"call_title": call.title, **plain}

    def new_fields(self) -> dict[str, Any]:
        names = ("title_en", "edition", "year", "summary", "indexable")
        return {"title": self.cleaned_data["call_title"], **{name: self.cleaned_data[name] for name in names}}


class ApprovalForm(SectionForm):
    name, title = "approval", _l("批准文号")
    intro = _l("面向中小学生的竞赛须先取得主管部门批准；没有文号不能发布。竞赛不得收取任何费用，因此这里没有费用项。")

    approval_number = forms.CharField(
        label=_l("批准文号"), max_length=120, required=False, help_text=_l("例如：粤教科函〔2026〕12 号")
    )
    approval_from = forms.DateField(label=_l("有效期起"), required=False, widget=DateInput)
    approval_until = forms.DateField(label=_l("有效期止"), required=False, widget=DateInput)

    def read(self, call: Call) -> dict[str, Any]:
        return {name: getattr(call, name) for name in ("approval_number", "approval_from", "approval_until")}

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        first, last = cleaned.get("approval_from"), cleaned.get("approval_until")
        if first and last and first > last:
            self.add_error("approval_until", _("有效期止不能早于有效期起。"))
        return cleaned

    def new_fields(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in ("approval_number", "approval_from", "approval_until")}


class WhoForm(SectionForm):
    name, title = "who", _l("谁可以申报")
    TEAM = ("max_members", "max_advisers", "one_stage", "entries_per_pupil")

    stages = forms.MultipleChoiceField(label=_l("学段"), choices=Stage.choices, widget=STAGES, required=False)
    who = forms.CharField(label=_l("申报对象说明"), required=False, widget=forms.Textarea(attrs={"rows": 3}))
    max_members = forms.IntegerField(label=_l("每队最多学生数"), min_value=1, max_value=20)
    max_advisers = forms.IntegerField(label=_l("每队最多指导教师数"), min_value=0, max_value=10)
    one_stage = forms.BooleanField(label=_l("团队成员须同属一个学段"), required=False)
    entries_per_pupil = forms.IntegerField(label=_l("每名学生最多参加几件"), min_value=1, max_value=20, required=False)

    def prepare(self, call: Call) -> None:
        if call.plan.applicant != "team":
            for name in self.TEAM:
                del self.fields[name]

    def read(self, call: Call) -> dict[str, Any]:
        team = call.plan.team
        return {
            "stages": list(call.plan.stages), "who": _(call.plan.who) if call.plan.who else "", "max_members": team.max_members,
            "max_advisers": team.max_advisers, "one_stage": team.one_stage, "entries_per_pupil": team.entries_per_pupil,
        }  # fmt: skip

    def new_plan(self, plan: Programme) -> Programme:
        given = self.cleaned_data
        team = replace(plan.team, **{name: given[name] for name in self.TEAM if given.get(name) is not None})
        return replace(plan, stages=tuple(s for s in Stage.values if s in given["stages"]), who=given["who"], team=team)


class DisciplineRow(forms.Form):
    code = forms.CharField(widget=forms.HiddenInput, required=False)
    name = forms.CharField(label=_l("学科"), max_length=60)
    name_en = forms.CharField(label=_l("英文名"), max_length=80, required=False)
    stages = forms.MultipleChoiceField(label=_l("开设学段"), choices=Stage.choices, widget=STAGES, required=False)


class DivisionsForm(SectionForm):
    name, title = "divisions", _l("组别与学科")
    intro = _l("组别 = 学段 × 学科。名额、评审和奖项都按组别计算。")
    row_form, rows_title, rows_shape = DisciplineRow, _l("学科"), "row-forms-divisions"

    def read_rows(self, call: Call) -> list[dict[str, Any]]:
        return [
            {"code": d.code, "name": d.name, "name_en": d.name_en, "stages": list(d.stages)}
            for d in call.plan.disciplines
        ]

    def new_plan(self, plan: Programme) -> Programme:
        kept: list[Discipline] = []
        for row in self.kept_rows():
            old = find(plan.disciplines, row["code"])
            code = old.code if old else free_code(_division_prefix(plan), [d.code for d in (*plan.disciplines, *kept)])
            base = old or Discipline(code, "", "", ())
            kept.append(replace(base, name=row["name"], name_en=row["name_en"], stages=tuple(row["stages"])))
        return replace(plan, disciplines=tuple(kept))


def _division_prefix(plan: Programme) -> str:
    """Experts are found by these codes across all recognitions, so one that no code declares marks its own."""
    return "D" if plan.code in PROGRAMMES else f"{plan.code}_"


class StepRow(forms.Form):
    code = forms.CharField(widget=forms.HiddenInput)
    name = forms.CharField(label=_l("步骤"), max_length=40)
    opens_at = forms.DateTimeField(label=_l("开始"), required=False, widget=DateTimeInput)
    closes_at = forms.DateTimeField(label=_l("截止"), required=False, widget=DateTimeInput)


class StepsForm(SectionForm):
    name, title = "steps", _l("步骤与时间")
    intro = _l("到点自动开放和截止，以服务器时间为准。发布后截止时间只能延后，不能提前。")
    row_form, rows_title, rows_shape, fixed_rows = StepRow, _l("步骤"), "row-forms-steps", True

    def read_rows(self, call: Call) -> list[dict[str, Any]]:
        return [
            {"code": s.code, "name": _(s.name), "opens_at": moment(s.opens_at), "closes_at": moment(s.closes_at)}
            for s in call.plan.steps
        ]

    def new_plan(self, plan: Programme) -> Programme:
        steps: list[Step] = []
        for row in self.kept_rows():
            old = find(plan.steps, row["code"])
            if old is not None:
                steps.append(
                    replace(
                        old,
                        name=kept_word(old.name, row["name"]),
                        opens_at=iso(row["opens_at"]),
                        closes_at=iso(row["closes_at"]),
                    )
                )
        return replace(plan, steps=tuple(steps))


PRIZE_RULE_WORDS = {"lower_title_for_a_year": _l("已持有下一级称号满一年")}


class PrizeRow(forms.Form):
    code = forms.CharField(widget=forms.HiddenInput, required=False)
    name = forms.CharField(label=_l("奖项"), max_length=40)
    name_en = forms.CharField(label=_l("英文名"), max_length=60, required=False)
    share = Shares(label=_l("占获奖数（%）"), required=False)
    least = forms.FloatField(label=_l("最低分"), min_value=0, max_value=100, required=False)
    rule = forms.ChoiceField(label=_l("另外的条件"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["rule"].choices = [
            ("", _("没有")),
            *((name, PRIZE_RULE_WORDS.get(name, name)) for name in PRIZE_RULES),
        ]


class PrizesForm(SectionForm):
    name, title = "prizes", _l("奖项与比例")
    intro = _l(
        "按比例：各奖项比例之和为 100%，获奖总数不超过参评数的上限。按分数：由高到低写每个奖项的最低分，不写比例。"
    )
    row_form, rows_title, rows_shape = PrizeRow, _l("奖项等级"), "row-forms-prizes"

    cap = Shares(label=_l("获奖总比例上限（%）"), help_text=_l("默认 60%，即每 100 件参评作品最多 60 件获奖。"))
    rounding = forms.ChoiceField(
        label=_l("奖项名额取整"), choices=(("nearest", _l("四舍五入")), ("down", _l("只舍不入"))), required=False
    )
    tie_break = forms.MultipleChoiceField(label=_l("同分时依次比较"), required=False, widget=STAGES)

    def prepare(self, call: Call) -> None:
        criteria = {c.code: c.name for rubric in call.plan.rubrics for c in rubric.criteria}
        self.fields["tie_break"].choices = [(code, _(name)) for code, name in criteria.items()]

    def read(self, call: Call) -> dict[str, Any]:
        prizes = call.plan.prizes
        return {"cap": prizes.cap, "rounding": prizes.rounding, "tie_break": list(prizes.tie_break)}

    def read_rows(self, call: Call) -> list[dict[str, Any]]:
        return [
            {"code": p.code, "name": _(p.name), "name_en": p.name_en, "share": p.share or None, "least": p.least, "rule": p.rule}
            for p in call.plan.prizes.prizes
        ]  # fmt: skip

    def new_plan(self, plan: Programme) -> Programme:
        kept: list[Prize] = []
        for row in self.kept_rows():
            old = find(plan.prizes.prizes, row["code"])
            code = old.code if old else free_code("prize", [p.code for p in (*plan.prizes.prizes, *kept)])
            name = kept_word(old.name, row["name"]) if old else row["name"]
            kept.append(Prize(code, name, row["name_en"], row["share"] or 0.0, row["least"], row["rule"]))
        tie_break = tuple(sorted(self.cleaned_data["tie_break"], key=_standing(plan.prizes.tie_break)))
        given = self.cleaned_data
        prizes = replace(
            plan.prizes, prizes=tuple(kept), cap=given["cap"], rounding=given["rounding"] or plan.prizes.rounding, tie_break=tie_break
        )  # fmt: skip
        return replace(plan, prizes=prizes)


class NoticeForm(SectionForm):
    name, title = "notice", _l("公示")
    intro = _l("公示期按工作日计算，依据“节假日安排”。")

    working_days = forms.IntegerField(
        label=_l("公示工作日数"), min_value=1, max_value=60, help_text=_l("不少于 5 个工作日为宜。")
    )
    answer_working_days = forms.IntegerField(label=_l("异议答复工作日数"), min_value=1, max_value=60)

    def read(self, call: Call) -> dict[str, Any]:
        notice = call.plan.notice
        return {"working_days": notice.working_days, "answer_working_days": notice.answer_working_days}

    def new_plan(self, plan: Programme) -> Programme:
        days = {name: self.cleaned_data[name] for name in ("working_days", "answer_working_days")}
        return replace(plan, notice=replace(plan.notice, **days))


PLACEHOLDERS = ("names", "school", "title", "call", "prize", "advisers")


class CertificateForm(SectionForm):
    name, title = "certificate", _l("证书文字")
    intro = _l(
        "可用 {names} {school} {title} {call} {prize} {advisers} 代替具体内容。“不作为中小学招生入学依据”由系统印在每张证书上，不能去掉。"
    )

    heading = forms.CharField(label=_l("证书标题"), max_length=40)
    sentence = forms.CharField(label=_l("正文"), max_length=400, widget=forms.Textarea(attrs={"rows": 3}))
    adviser_sentence = forms.CharField(
        label=_l("指导教师证书正文"), max_length=400, required=False, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_l("留空则不发指导教师证书。"),
    )  # fmt: skip
    issuers = Lines(label=_l("落款单位"), required=False, help_text=_l("每行一个；留空用主办单位名称。"))
    number_prefix = forms.RegexField(
        label=_l("证书编号前缀"), regex=r"^[A-Z0-9]{1,10}$", help_text=_l("大写字母和数字，最多 10 位。")
    )

    def read(self, call: Call) -> dict[str, Any]:
        plan = call.plan.certificate
        return {
            "heading": _(plan.title), "sentence": _(plan.sentence), "adviser_sentence": _(plan.adviser_sentence) if plan.adviser_sentence else "",
            "issuers": list(plan.issuers), "number_prefix": plan.number_prefix,
        }  # fmt: skip

    def clean_sentence(self) -> str:
        return _known_words(self.cleaned_data["sentence"], self._needed("names", self.call.plan.certificate.sentence))

    def clean_adviser_sentence(self) -> str:
        text: str = self.cleaned_data["adviser_sentence"]
        before = self.call.plan.certificate.adviser_sentence
        return _known_words(text, self._needed("advisers", before)) if text.strip() else ""

    def _needed(self, whose: str, before: str) -> tuple[str, ...]:
        """A team's certificate says for which work and which prize; a title speaks for itself. What was left out before may be."""
        words = (whose, "title", "prize") if self.call.plan.applicant == "team" else (whose,)
        return tuple(word for word in words if not before or slot(word) in before)

    def new_plan(self, plan: Programme) -> Programme:
        given = self.cleaned_data
        old = plan.certificate
        certificate = replace(
            old, title=kept_word(old.title, given["heading"]), sentence=kept_word(old.sentence, given["sentence"]),
            adviser_sentence=kept_word(old.adviser_sentence, given["adviser_sentence"]), issuers=tuple(given["issuers"]),
            number_prefix=given["number_prefix"],
        )  # fmt: skip
        return replace(plan, certificate=certificate)


def slot(word: str) -> str:
    """How a word that is filled in stands in the sentence."""
    return "{" + word + "}"


def _known_words(text: str, needed: tuple[str, ...]) -> str:
    """The sentence, if it names what it must and nothing that nobody fills in."""
    bare = text
    for word in PLACEHOLDERS:
        bare = bare.replace(slot(word), "")
    if "{" in bare or "}" in bare:
        raise forms.ValidationError(
            _("花括号里只能用：%(words)s。") % {"words": " ".join(slot(word) for word in PLACEHOLDERS)}
        )
    missing = [word for word in needed if slot(word) not in text]
    if missing:
        raise forms.ValidationError(_("正文里还缺 %(words)s。") % {"words": " ".join(slot(word) for word in missing)})
    return text


def sample_sentence(text: str, call: Call) -> str:
    """The certificate's sentence with sample names, as the builder previews it."""
    prizes = call.plan.prizes.prizes
    sample = {
        "names": _("陈晓晨、林一诺"), "school": _("福田区某某中学"), "title": _("校园雨水花园的水质监测"), "call": call.title,
        "prize": _(prizes[0].name) if prizes else "", "advisers": _("王文博"),
    }  # fmt: skip
    for word, value in sample.items():
        text = text.replace(slot(word), value)
    return text


def moment(text: str) -> datetime | None:
    return clock.local(datetime.fromisoformat(text)) if text else None


def iso(value: datetime | None) -> str:
    return clock.local(value).isoformat() if value else ""


def _standing(order: tuple[str, ...]) -> Any:
    return lambda code: order.index(code) if code in order else len(order)


SECTIONS: tuple[type[SectionForm], ...] = (
    BasicsForm, KindForm, ApprovalForm, WhoForm, DivisionsForm, WordsForm, StepsForm, PrizesForm, HonourForm, DutiesForm, SimilarityForm, CatalogueForm, PoolForm, NoticeForm, CertificateForm,
)  # fmt: skip

"""Forms of the pages from ranking to showcase. What the law or the plan allows is decided by the actions."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from kechuang.engine.decisions import rules
from kechuang.engine.decisions.models import Decision
from kechuang.engine.enums import CertificateState
from kechuang.engine.programme.declaration import Programme
from kechuang.engine.publicity.models import PublicNotice, Reconsideration

METHOD_NAMES = {
    "mean": _("平均分"),
    "median": _("中位数"),
    "trimmed": _("去掉最高最低分后平均"),
    "zscore": _("标准分"),
    "additive": _("校正宽严（加法模型）"),
    "mixed": _("校正宽严（混合模型）"),
    "gain": _("校正宽严和拉开程度"),
    "criteria": _("分项校正宽严"),
    "auto": _("由数据选定"),
}
CHOSEN_BY_DATA = ("gain", "criteria")
"""What only the data may choose: no notice can promise it beforehand."""
TIE_PLACES = 3
GROUP_CHOICES = (("division", _("每个组别（学段与学科）")), ("stage", _("每个学段")), ("all", _("全部作品一起")))


class MethodForm(forms.Form):
    method = forms.ChoiceField(
        label=_("计分方法"),
        choices=tuple((code, name) for code, name in METHOD_NAMES.items() if code not in CHOSEN_BY_DATA),
    )


class Percent(forms.DecimalField):
    """A share, typed as per cent."""

    def __init__(self, **options: Any) -> None:
        super().__init__(min_value=0, max_value=100, decimal_places=2, max_digits=5, **options)
        self.widget.attrs["inputmode"] = "decimal"


class WhatIfForm(forms.Form):
    """The terms of a decision as an officer may try them; `changes()` is what the engine is given."""

    group_by = forms.ChoiceField(label=_("在什么范围内排名次"), choices=GROUP_CHOICES)

    def __init__(
        self, plan: Programme, code: str, kind: str, data: Any = None, terms: Mapping[str, Any] | None = None
    ) -> None:
        self.plan, self.kind = plan, kind
        self.terms = terms or rules.terms_of(plan, code, kind)
        super().__init__(data if data and "group_by" in data else None, initial={"group_by": self.terms["group_by"]})
        self._add_award() if kind == Decision.Kind.AWARD else self._add_shortlist()
        self._add_ties()
        if len(self.terms["weights"]) > 1:
            self._add_weights()

    def _add_shortlist(self) -> None:
        self.fields["share"] = Percent(
            label=_("入围比例（%）"),
            initial=_percent(self.terms["share"]),
            help_text=_("每个范围内向上取整，并列的一并入围。"),
        )

    def _add_award(self) -> None:
        if "least" in self.terms:
            return  # by points: the declaration says all there is to say
        cap = _percent(self.plan.prizes.cap)
        self.fields["cap"] = Percent(
            label=_("获奖总比例上限（%）"),
            initial=_percent(self.terms["cap"]),
            help_text=_("已公布的上限是 %(cap)s%%，只能降低。") % {"cap": cap},
        )
        ratios = dict(self.terms["ratios"])
        for prize in self.plan.prizes.prizes:
            self.fields[f"ratio_{prize.code}"] = Percent(
                label=_("%(prize)s占获奖数（%%）") % {"prize": _(prize.name)}, initial=_percent(ratios[prize.code])
            )
        self.fields["border"] = forms.ChoiceField(
            label=_("并列跨奖项边界时"),
            choices=(("down", _("整组归入较低一档")), ("up", _("整组归入较高一档"))),
            initial=self.terms["border"],
        )

    def _add_ties(self) -> None:
        criteria = {c.code: _(c.name) for rubric in self.plan.rubrics for c in rubric.criteria}
        criteria |= {
            code: _("%(name)s（低者在前）") % {"name": criteria[code[1:]]}
            for code in self.terms["tie_break"]
            if code[0] == "-"
        }
        chain = [*self.terms["tie_break"], *[""] * TIE_PLACES]
        for n in range(TIE_PLACES):
            self.fields[f"tie_{n + 1}"] = forms.ChoiceField(
                label=_("同分时第 %(n)s 比") % {"n": n + 1},
                choices=(("", _("不比")), *criteria.items()),
                initial=chain[n],
                required=False,
            )

    def _add_weights(self) -> None:
        for code, weight in self.terms["weights"].items():
            self.fields[f"weight_{code}"] = forms.DecimalField(
                label=_("“%(round)s”的权重") % {"round": _(self.plan.round(code).name)},
                initial=weight,
                min_value=0,
                max_value=100,
                decimal_places=2,
            )

    def changes(self) -> dict[str, Any]:
        given = self.cleaned_data
        ties = [given[f"tie_{n + 1}"] for n in range(TIE_PLACES) if given[f"tie_{n + 1}"]]
        changes: dict[str, Any] = {"group_by": given["group_by"], "tie_break": list(dict.fromkeys(ties))}
        if len(self.terms["weights"]) > 1:
            changes["weights"] = {code: float(given[f"weight_{code}"]) for code in self.terms["weights"]}
        if self.kind != Decision.Kind.AWARD:
            return changes | {"share": _share(given["share"])}
        if "least" in self.terms:
            return changes
        ratios = {prize.code: _share(given[f"ratio_{prize.code}"]) for prize in self.plan.prizes.prizes}
        return changes | {"cap": _share(given["cap"]), "ratios": ratios, "border": given["border"]}


def _percent(share: float) -> str:
    return f"{share * 100:.2f}".rstrip("0").rstrip(".")


def _share(percent: Decimal) -> float:
    return float(percent / 100)


class NoticeForm(forms.ModelForm):
    working_days = forms.IntegerField(
        label=_("公示工作日"),
        min_value=1,
        max_value=60,
        help_text=_("发布当日不计，从次日起数；周末和法定节假日不计，调休上班日照计。"),
    )

    class Meta:
        model = PublicNotice
        fields = ("title", "body", "contact", "working_days")
        widgets = {"body": forms.Textarea(attrs={"rows": 4}), "contact": forms.Textarea(attrs={"rows": 5})}


class ReconsiderForm(forms.Form):
    """复核意见. `prizes` are those of the call; a shortlist has none to change."""

    finding = forms.CharField(
        label=_("复核意见和理由"), widget=forms.Textarea(attrs={"rows": 8}), help_text=_("会写进答复函，请写明核查了什么、事实如何、依据是什么。"),
        error_messages={"required": _("请写明复核意见和理由，它会写进答复函。")},
    )  # fmt: skip
    effect = forms.ChoiceField(
        label=_("处理结果"),
        widget=forms.RadioSelect,
        error_messages={"required": _("请选择处理结果：维持、调整奖项或取消获奖资格。")},
    )
    new_prize = forms.ChoiceField(label=_("调整为"), required=False, help_text=_("只在选择“调整奖项”时填写。"))

    def __init__(self, plan: Programme, *args: Any, about_entry: bool, has_prizes: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        allowed = {Reconsideration.Effect.KEEP} | ({Reconsideration.Effect.STRIKE} if about_entry else set())
        allowed |= {Reconsideration.Effect.CHANGE_PRIZE} if about_entry and has_prizes else set()
        self.fields["effect"].choices = [choice for choice in Reconsideration.Effect.choices if choice[0] in allowed]
        if Reconsideration.Effect.CHANGE_PRIZE in allowed:
            self.fields["new_prize"].choices = [("", "—"), *((p.code, _(p.name)) for p in plan.prizes.prizes)]
        else:
            del self.fields["new_prize"]

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        if given.get("effect") == Reconsideration.Effect.CHANGE_PRIZE and not given.get("new_prize"):
            self.add_error("new_prize", _("请选择调整后的奖项；要取消获奖资格请选“取消获奖资格”。"))
        return given


class CertificateFilter(forms.Form):
    q = forms.CharField(required=False)
    state = forms.ChoiceField(required=False, choices=(("", _("全部状态")), *CertificateState.choices))


class CorrectionForm(forms.Form):
    """New values for what stands wrong on a certificate; what is left as it was is not a change."""

    names = forms.CharField(
        label=_("参赛者姓名"), max_length=200, help_text=_("多人用顿号分开，证书所给的人排在最前。")
    )
    advisers = forms.CharField(label=_("指导教师姓名"), max_length=200, required=False)
    school = forms.CharField(label=_("学校"), max_length=120)
    title = forms.CharField(label=_("作品名称"), max_length=300)
    reason = forms.CharField(label=_("更正原因"), max_length=300, help_text=_("核验页会显示旧证书因何更正。"))

    def changes(self) -> dict[str, str]:
        return {name: self.cleaned_data[name] for name in self.changed_data if name != "reason"}


class ReasonForm(forms.Form):
    reason = forms.CharField(label=_("原因"), max_length=300, widget=forms.Textarea(attrs={"rows": 3}))

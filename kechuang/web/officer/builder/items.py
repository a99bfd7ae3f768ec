"""The builder's items: a question, a criterion, a round … each on its own small page, put back into the declaration by its code."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l

from kechuang.engine.enums import ExpertKind
from kechuang.engine.programme.declaration import (
    Condition,
    Coverage,
    Criterion,
    Gate,
    Level,
    Pledge,
    Programme,
    Question,
    RoundPlan,
    Rubric,
    Section,
)
from kechuang.orgs.enums import Stage
from kechuang.web.officer.builder import edits
from kechuang.web.officer.builder.widgets import Lines, Shares

QUESTION_KINDS = (
    ("text", _l("单行文字")),
    ("long_text", _l("多行文字")),
    ("number", _l("数字")),
    ("date", _l("日期")),
    ("choice", _l("单选")),
    ("choices", _l("多选")),
    ("yes_no", _l("是或否")),
    ("file", _l("一个文件")),
    ("files", _l("多个文件")),
    ("table", _l("表格")),
    ("url", _l("网址")),
    ("statement", _l("说明文字")),
)
REQUIRED_FROM = (
    ("submitted", _l("提交申报时")),
    ("endorsed", _l("学校报送时")),
    ("recommended", _l("区级推荐时")),
    ("screened", _l("资格审查时")),
    ("", _l("选填")),
)
FILE_TYPES = (
    ("pdf", "PDF"),
    ("jpg", "JPG"),
    ("png", "PNG"),
    ("mp4", "MP4"),
    ("docx", "Word"),
    ("xlsx", "Excel"),
    ("pptx", "PowerPoint"),
)
METHODS = (
    ("mean", _l("平均分")),
    ("median", _l("中位数")),
    ("trimmed", _l("去掉最高和最低后平均")),
    ("zscore", _l("标准分")),
    ("additive", _l("宽严校正（加法模型）")),
    ("mixed", _l("宽严校正（混合模型）")),
    ("auto", _l("自动选择")),
)
ASSIGNMENTS = (
    ("fair", _l("总匹配度最高，其中最不利的作品也尽量好（推荐）")),
    ("total", _l("总匹配度最高")),
    ("maximin", _l("先让最不利的作品最好，再看总匹配度")),
)
SPREADS = (("", _l("不限")), ("org", _l("不同单位")), ("district", _l("不同区")))
CHECKS = forms.CheckboxSelectMultiple
ONLY_FOR = {
    "max_length": ("text", "long_text"),
    "minimum": ("number",),
    "maximum": ("number",),
    "choices": ("choice", "choices"),
    "columns": ("table",),
    "file_types": ("file", "files"),
    "max_megabytes": ("file", "files"),
    "max_files": ("files",),
}
"""Which kinds of question have a setting at all."""


class ItemForm(forms.Form):
    """A form over one item; `built` gives the item back, keeping what the form does not show."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    words: ClassVar[tuple[str, ...]] = ()

    def __init__(self, plan: Programme, holder: str, item: Any, data: Any = None, *, version: int = 0) -> None:
        super().__init__(data, initial={**self.read(item), "version": version})
        self.plan, self.holder, self.item = plan, holder, item
        self.prepare()

    def read(self, item: Any) -> dict[str, Any]:
        return {name: getattr(item, name) for name in self.base_fields if name != "version" and hasattr(item, name)}

    def prepare(self) -> None:
        """Choices that depend on the rest of the declaration."""

    def built(self) -> Any:
        given = {name: value for name, value in self.cleaned_data.items() if name != "version"}
        return replace(self.item, **{name: tuple(v) if isinstance(v, list) else v for name, v in given.items()})


class QuestionForm(ItemForm):
    label = forms.CharField(label=_l("题目"), max_length=200)
    help = forms.CharField(
        label=_l("填写提示"), max_length=400, required=False, help_text=_l("显示在题目下方，说清要写什么、写多少。")
    )
    choices = Lines(label=_l("选项"), required=False, help_text=_l("每行一个。"))
    columns = Lines(label=_l("表格的列"), required=False, max_lines=12, help_text=_l("每行一列的名称。"))
    max_length = forms.IntegerField(
        label=_l("最多字数"), min_value=0, max_value=20000, required=False, help_text=_l("0 表示不限。")
    )
    minimum = forms.FloatField(label=_l("最小值"), required=False)
    maximum = forms.FloatField(label=_l("最大值"), required=False)
    file_types = forms.MultipleChoiceField(label=_l("文件类型"), choices=FILE_TYPES, required=False, widget=CHECKS)
    max_megabytes = forms.IntegerField(label=_l("单个文件上限（MB）"), min_value=1, max_value=500, required=False)
    max_files = forms.IntegerField(label=_l("最多文件数"), min_value=1, max_value=50, required=False)
    required_from = forms.ChoiceField(label=_l("什么时候必须填"), choices=REQUIRED_FROM, required=False)
    stages = forms.MultipleChoiceField(
        label=_l("只问这些学段"),
        choices=Stage.choices,
        required=False,
        widget=CHECKS,
        help_text=_l("都不选表示所有学段。"),
    )
    asked_after = forms.ChoiceField(label=_l("显示条件：前面的题目"), required=False)
    asked_when = Lines(
        label=_l("……回答为其中之一时才显示"),
        required=False,
        rows=2,
        help_text=_l("每行一个选项；“是或否”题写“是”或“否”。"),
    )
    hidden_when_blind = forms.BooleanField(
        label=_l("匿名评审时不给专家看"), required=False, help_text=_l("可能暴露姓名、学校的题目请勾选。")
    )

    def prepare(self) -> None:
        kind = self.item.kind
        for name, kinds in ONLY_FOR.items():
            if kind not in kinds:
                del self.fields[name]
        if kind == "statement":
            del self.fields["required_from"], self.fields["hidden_when_blind"]
            self.fields["label"] = forms.CharField(
                label=_l("说明文字"), max_length=1000, widget=forms.Textarea(attrs={"rows": 4})
            )
        earlier = [(q.code, _(q.label)) for q in self._earlier() if q.kind in {"choice", "choices", "yes_no"}]
        self.fields["asked_after"].choices = [("", _("（总是显示）")), *earlier]

    def _earlier(self) -> Iterator[Question]:
        for question in self.plan.questions():
            if question.code == self.item.code:
                return
            yield question

    def read(self, item: Question) -> dict[str, Any]:
        words = {"label": _(item.label) if item.label else "", "help": _(item.help) if item.help else ""}
        condition: dict[str, Any] = {}
        if item.show_if:
            condition = {
                "asked_after": item.show_if.question,
                "asked_when": [_yes_no_word(v) for v in item.show_if.values],
            }
        return {**super().read(item), **words, **condition, "choices": [_(c) for c in item.choices]}

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("asked_after") and not cleaned.get("asked_when"):
            self.add_error("asked_when", _("请写明回答是什么时显示这一题。"))
        if "choices" in self.fields and "choices" not in self.errors and len(cleaned.get("choices") or []) < 2:
            self.add_error("choices", _("选择题至少要有两个选项。"))
        if "columns" in self.fields and "columns" not in self.errors and not cleaned.get("columns"):
            self.add_error("columns", _("表格题至少要有一列。"))
        low, high = cleaned.get("minimum"), cleaned.get("maximum")
        if low is not None and high is not None and low > high:
            self.add_error("maximum", _("最大值不能小于最小值。"))
        return cleaned

    def built(self) -> Question:
        given = self.cleaned_data
        changes: dict[str, Any] = {
            "label": _declared(self.item.label, given["label"]), "help": _declared(self.item.help, given["help"]),
            "required_from": given.get("required_from", ""), "stages": tuple(given.get("stages") or ()),
            "hidden_when_blind": given.get("hidden_when_blind", False), "show_if": self._condition(),
        }  # fmt: skip
        defaults = {"max_length": 0, "max_megabytes": 15, "max_files": 1}
        for name in ONLY_FOR.keys() & self.fields.keys():
            value = given[name]
            changes[name] = tuple(value) if isinstance(value, list) else defaults.get(name) if value is None else value
        if "choices" in changes:
            changes["choices"] = _declared_all(self.item.choices, changes["choices"])
        return replace(self.item, **changes)

    def _condition(self) -> Condition | None:
        asked = self.cleaned_data.get("asked_after")
        if not asked:
            return None
        question = self.plan.question(asked)
        codes = {_("是"): "yes", _("否"): "no"} if question.kind == "yes_no" else {_(c): c for c in question.choices}
        return Condition(asked, tuple(codes.get(value, value) for value in self.cleaned_data["asked_when"]))


class PartForm(ItemForm):
    """A section of the application form."""

    name = forms.CharField(label=_l("部分名称"), max_length=60)
    help = forms.CharField(label=_l("说明"), max_length=400, required=False)


class RubricForm(ItemForm):
    name = forms.CharField(label=_l("评分标准名称"), max_length=60)
    stages = forms.MultipleChoiceField(
        label=_l("适用学段"),
        choices=Stage.choices,
        widget=CHECKS,
        required=False,
        help_text=_l("每个学段恰好属于一份标准。"),
    )
    gate_lines = Lines(
        label=_l("通过项（不计分，专家逐项确认）"), required=False, help_text=_l("每行一项，例如：自己选题。")
    )

    def read(self, item: Rubric) -> dict[str, Any]:
        return {
            "name": _(item.name) if item.name else "",
            "stages": list(item.stages),
            "gate_lines": [_(gate.label) for gate in item.gates],
        }

    def built(self) -> Rubric:
        known = {_(gate.label): gate for gate in self.item.gates}
        gates: list[Gate] = []
        for line in self.cleaned_data["gate_lines"]:
            code = edits.free_code("gate", [gate.code for gate in (*self.item.gates, *gates)])
            gates.append(known.get(line) or Gate(code, line))
        given = self.cleaned_data
        return replace(
            self.item, name=_declared(self.item.name, given["name"]), stages=tuple(given["stages"]), gates=tuple(gates)
        )


class CriterionForm(ItemForm):
    name = forms.CharField(label=_l("评分项"), max_length=60)
    points = forms.FloatField(label=_l("分值"), min_value=0.5, max_value=100)
    help = forms.CharField(
        label=_l("评分要点"), max_length=400, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    anchors = Lines(
        label=_l("档位说明"),
        required=False,
        max_lines=10,
        rows=5,
        help_text=_l("每行一档：起始分值、空格、说明。例如：28 突出：有充分证据"),
    )

    def read(self, item: Criterion) -> dict[str, Any]:
        return {
            "name": _(item.name) if item.name else "", "points": f"{item.points:g}" if item.points else None, "help": _(item.help) if item.help else "",
            "anchors": [f"{level.points:g} {_(level.text)}" for level in item.levels],
        }  # fmt: skip

    def clean_anchors(self) -> tuple[Level, ...]:
        known = {_(level.text): level.text for level in self.item.levels}
        levels = []
        for line in self.cleaned_data["anchors"]:
            points, _space, text = line.partition(" ")
            try:
                levels.append(Level(float(points), known.get(text.strip(), text.strip())))
            except ValueError as error:
                raise forms.ValidationError(_("“%(line)s”应以分值开头，后面空一格写说明。") % {"line": line}) from error
        return tuple(sorted(levels, key=lambda level: -level.points))

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        points = cleaned.get("points")
        if points and any(not 0 <= level.points <= points for level in cleaned.get("anchors") or ()):
            self.add_error("anchors", _("档位的起始分值应在 0 到 %(points)s 之间。") % {"points": f"{points:g}"})
        return cleaned

    def built(self) -> Criterion:
        given = self.cleaned_data
        return replace(
            self.item, name=_declared(self.item.name, given["name"]), points=given["points"],
            help=_declared(self.item.help, given["help"]), levels=given["anchors"],
        )  # fmt: skip


class RoundForm(ItemForm):
    name = forms.CharField(label=_l("轮次名称"), max_length=40)
    kind = forms.ChoiceField(
        label=_l("形式"),
        choices=(
            ("scoring", _l("专家网上独立评分")),
            ("panel", _l("现场问辩（合议）")),
            ("test", _l("笔试或机试（登记成绩）")),
        ),
    )
    blind = forms.BooleanField(label=_l("匿名评审（隐去姓名和学校）"), required=False)
    reviews_per_entry = forms.IntegerField(label=_l("每件作品的专家数"), min_value=1, max_value=15)
    load_max = forms.IntegerField(label=_l("每位专家最多评审件数"), min_value=1, max_value=500)
    method = forms.ChoiceField(label=_l("计分方法"), choices=METHODS)
    spread_threshold = forms.FloatField(
        label=_l("分差预警（分）"), min_value=0, max_value=100, help_text=_l("专家之间的分差超过它时提示加派一位专家。")
    )
    shortlist_share = Shares(label=_l("进入下一轮的比例（%）"), help_text=_l("每个组别分别计算；100% 表示不淘汰。"))
    weight = forms.FloatField(label=_l("在总成绩中的权重"), min_value=0, max_value=100)
    minutes_per_entry = forms.IntegerField(label=_l("每件作品问辩分钟数"), min_value=1, max_value=180)
    avoid_same_district = forms.BooleanField(label=_l("专家回避本区作品"), required=False)
    assignment = forms.ChoiceField(
        label=_l("分配目标"), choices=ASSIGNMENTS, help_text=_l("三种都保证不违反回避、不超过每位专家的上限。")
    )
    needs = forms.MultipleChoiceField(
        label=_l("每件作品必须有的专家"), choices=ExpertKind.choices, required=False, widget=CHECKS,
        help_text=_l("每类至少一位，按专家库中的“专家类别”。"),
    )  # fmt: skip
    spread = forms.ChoiceField(label=_l("同一作品的专家来自"), choices=SPREADS, required=False)
    spread_most = forms.IntegerField(label=_l("同一单位或区最多几位"), min_value=1, max_value=15)
    samples = forms.IntegerField(
        label=_l("试评作品数"), min_value=0, max_value=20,
        help_text=_l("正式评分前，每位专家先评同样的几件作品，得知自己的宽严；也让不同小组的分数可以比较。0 表示不试评。"),
    )  # fmt: skip

    visit_lines = Lines(
        label=_l("实地考察清单"), required=False, max_lines=40,
        help_text=_l("每行一项。写了清单，专家组就到现场逐项核对、记录，双方签字；只用于现场的轮次。"),
    )  # fmt: skip

    def read(self, item: RoundPlan) -> dict[str, Any]:
        plain: dict[str, Any] = {name: f"{getattr(item, name):g}" for name in ("spread_threshold", "weight")}
        plain["visit_lines"] = [_(line.text) for line in item.checklist]
        plain["needs"] = [need.kind for need in item.coverage]
        return {**super().read(item), **plain, "name": _(item.name) if item.name else ""}

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("visit_lines") and cleaned.get("kind") != "panel":
            self.add_error("visit_lines", _("只有专家组的轮次可以有实地考察清单。"))
        return cleaned

    def built(self) -> RoundPlan:
        given = dict(self.cleaned_data)
        kinds, lines = self.cleaned_data.pop("needs"), self.cleaned_data.pop("visit_lines")
        plan: RoundPlan = super().built()
        self.cleaned_data = given
        plan = replace(plan, checklist=edits.check_items(self.item.checklist, lines))
        known = {need.kind: need for need in self.item.coverage}
        coverage = tuple(known.get(kind, Coverage(kind)) for kind in kinds)
        return replace(plan, name=_declared(self.item.name, plan.name), coverage=coverage)


class PledgeForm(ItemForm):
    name = forms.CharField(label=_l("声明名称"), max_length=60)
    text = forms.CharField(label=_l("声明内容"), max_length=2000, widget=forms.Textarea(attrs={"rows": 5}))
    asks_detail = forms.BooleanField(label=_l("还要写明具体情况"), required=False)
    detail_label = forms.CharField(label=_l("具体情况的提示"), max_length=100, required=False)

    def read(self, item: Pledge) -> dict[str, Any]:
        words = {
            name: _(getattr(item, name)) if getattr(item, name) else "" for name in ("name", "text", "detail_label")
        }
        return {**super().read(item), **words}

    def built(self) -> Pledge:
        pledge: Pledge = super().built()
        return replace(
            pledge,
            **{
                name: _declared(getattr(self.item, name), getattr(pledge, name))
                for name in ("name", "text", "detail_label")
            },
        )


def _declared(old: str, given: str) -> str:
    return old if old and given == _(old) else given


def _declared_all(old: tuple[str, ...], given: tuple[str, ...]) -> tuple[str, ...]:
    known = {_(word): word for word in old}
    return tuple(known.get(word, word) for word in given)


def _yes_no_word(value: str) -> str:
    return {"yes": _("是"), "no": _("否")}.get(value, _(value) if value else "")


@dataclass(frozen=True)
class Collection:
    """Where items of one kind live in the declaration: under a holder (a section, a rubric) or straight in it."""

    section: str
    form: type[ItemForm]
    title: str
    prefix: str
    items: Callable[[Programme, str], tuple[Any, ...]]
    put_back: Callable[[Programme, str, tuple[Any, ...]], Programme]
    blank: Callable[[str, str], Any]
    holders: Callable[[Programme], tuple[Any, ...]] | None = None

    def codes(self, plan: Programme) -> list[str]:
        """All codes in use for items of this kind, whichever holder they have."""
        holders = [holder.code for holder in self.holders(plan)] if self.holders else [""]
        return [item.code for holder in holders for item in self.items(plan, holder)]

    def new_item(self, plan: Programme, kind: str) -> Any:
        return self.blank(edits.free_code(self.prefix, self.codes(plan)), kind)


COLLECTIONS: dict[str, Collection] = {
    "part": Collection(
        "form", PartForm, _l("表单部分"), "part", lambda plan, _h: plan.form, lambda plan, _h, items: replace(plan, form=items),
        lambda code, _k: Section(code, "", ()),
    ),
    "question": Collection(
        "form", QuestionForm, _l("题目"), "q", lambda plan, h: getattr(edits.section_of(plan, h), "questions", ()), edits.with_questions,
        lambda code, kind: Question(code, "", kind or "text"), lambda plan: plan.form,
    ),
    "rubric": Collection(
        "rubrics", RubricForm, _l("评分标准"), "rubric", lambda plan, _h: plan.rubrics, lambda plan, _h, items: replace(plan, rubrics=items),
        lambda code, _k: Rubric(code, "", (), ()),
    ),
    "criterion": Collection(
        "rubrics", CriterionForm, _l("评分项"), "criterion", lambda plan, h: getattr(edits.rubric_of(plan, h), "criteria", ()), edits.with_criteria,
        lambda code, _k: Criterion(code, "", 0), lambda plan: plan.rubrics,
    ),
    "round": Collection(
        "rounds", RoundForm, _l("评审轮次"), "round", lambda plan, _h: plan.rounds, lambda plan, _h, items: replace(plan, rounds=items),
        lambda code, _k: RoundPlan(code, ""),
    ),
    "pledge": Collection(
        "pledges", PledgeForm, _l("声明"), "pledge", lambda plan, _h: plan.pledges, lambda plan, _h, items: replace(plan, pledges=items),
        lambda code, _k: Pledge(code, "", ""),
    ),
}  # fmt: skip

"""The form of a call, built from its frozen declaration. It shows and reads; whether an answer is taken is for the engine to say."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django import forms
from django.forms.utils import ErrorDict, ErrorList
from django.http import QueryDict
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kechuang.engine.applications.rules import is_required
from kechuang.engine.programme.declaration import Programme, Question
from kechuang.orgs.enums import Stage

PREFIX = "a"
"""Names of answers start with `a-`, so that no question code can collide with the page's own fields."""
UNASKED = frozenset({"file", "files", "statement"})
SPARE_ROWS = 2
YES_NO = [("yes", gettext_lazy("是")), ("no", gettext_lazy("否"))]
FEW = 6


class TableWidget(forms.Widget):
    """Rows of text cells under one name, row by row; blank rows at the end are room to go on writing without a script."""

    def __init__(self, columns: Iterable[str]) -> None:
        super().__init__()
        self.columns = list(columns)

    def render(self, name: str, value: Any, attrs: dict[str, Any] | None = None, renderer: Any = None) -> str:
        rows = [list(row) for row in value or [] if len(row) == len(self.columns)]
        rows += [[""] * len(self.columns)] * SPARE_ROWS
        context = {"name": name, "columns": self.columns, "rows": rows, "id": (attrs or {}).get("id", name)}
        return render_to_string("applicant/table_widget.html", context)

    def value_from_datadict(self, data: Any, files: Any, name: str) -> list[list[str]]:
        return self.rows_of(data.getlist(name))

    def rows_of(self, cells: Sequence[Any]) -> list[list[str]]:
        """Flat cells as rows, without the blank ones."""
        width = len(self.columns)
        told = [str(cell).strip() for cell in cells]
        return [row for n in range(0, len(told), width) if any(row := told[n : n + width])]

    def id_for_label(self, id_: str, index: str | None = None) -> str:
        return f"{id_}-0-0"


class EntryForm(forms.Form):
    """The basic facts and every question that is answered in words. Always unbound: values and errors come from the engine."""

    use_required_attribute = False

    def __init__(
        self, plan: Programme, values: Mapping[str, Any], *, target: str, errors: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(initial=dict(values), prefix=PREFIX)
        self.fields.update(basic_fields(plan, str(values.get("stage", ""))))
        for question in plan.questions():
            if question.kind not in UNASKED:
                self.fields[question.code] = question_field(question, required=is_required(question, target))
        self._errors = ErrorDict(
            {name: ErrorList([text]) for name, text in (errors or {}).items() if name in self.fields}
        )


def basic_fields(plan: Programme, stage: str) -> dict[str, forms.Field]:
    """Title, English title, stage (where the programme has stages), kind and abstract, as the programme calls them."""
    stages = [("", _("请选择")), *((stage, Stage(stage).label) for stage in plan.stages)]
    is_blind = any(plan.blind for plan in plan.rounds)
    words, is_team = plan.words, plan.applicant == "team"
    fields: dict[str, forms.Field] = {
        "title": forms.CharField(label=_(words.title), widget=forms.TextInput(_counted(300)), help_text=_("评审时匿名，名称里不要出现姓名和学校") if is_blind else ""),
        "title_en": forms.CharField(label=_("英文名称"), required=False, widget=forms.TextInput(_counted(300))),
        "stage": forms.CharField(label=_("学段"), widget=forms.Select(choices=stages), help_text=_("团队成员须同属一个学段") if is_team else ""),
        "discipline": forms.CharField(label=_(words.kind), widget=discipline_select(plan, stage), help_text=_("可选的学科由学段决定") if is_team else ""),
        "abstract": forms.CharField(label=_(words.abstract), widget=forms.Textarea({"rows": 6, **_counted(3000)}), help_text=_("研究了什么、怎样做的、得到什么结果") if is_team else ""),
    }  # fmt: skip
    if not plan.stages:
        del fields["stage"]
    return fields


def discipline_select(plan: Programme, stage: str) -> forms.Select:
    """The disciplines of the chosen stage; while none is chosen, all of them under their stages."""
    groups: dict[tuple[str, ...], list[tuple[str, str]]] = {}
    for discipline in plan.disciplines:
        if not stage or stage in discipline.stages:
            groups.setdefault(discipline.stages, []).append((discipline.code, _(discipline.name)))
    named: list[Any] = [
        (" / ".join(str(Stage(one).label) for one in stages), options) for stages, options in groups.items()
    ]
    options = next(iter(groups.values()), []) if len(groups) == 1 else named
    return forms.Select(choices=[("", _("请选择")), *options])


def _counted(most: int) -> dict[str, Any]:
    return {"data-max": most} if most else {}


def question_field(question: Question, *, required: bool) -> forms.Field:
    return forms.Field(
        label=_(question.label),
        help_text=_(question.help) if question.help else "",
        required=required,
        widget=_widget(question),
    )


def _widget(question: Question) -> forms.Widget:
    options = [(choice, _(choice)) for choice in question.choices]
    simple: dict[str, Any] = {
        "text": lambda: forms.TextInput(_counted(question.max_length)),
        "long_text": lambda: forms.Textarea({"rows": 5, **_counted(question.max_length)}),
        "number": lambda: forms.TextInput({"inputmode": "decimal", "autocomplete": "off"}),
        "date": lambda: forms.DateInput({"type": "date"}),
        "choice": lambda: forms.RadioSelect(choices=options) if len(options) <= FEW else forms.Select(choices=[("", _("请选择")), *options]),
        "choices": lambda: forms.CheckboxSelectMultiple(choices=options),
        "yes_no": lambda: forms.RadioSelect(choices=YES_NO),
        "url": lambda: forms.URLInput({"placeholder": "https://"}),
        "table": lambda: TableWidget(_(column) for column in question.columns),
    }  # fmt: skip
    widget: forms.Widget = simple[question.kind]()
    return widget


_widgets: dict[int, tuple[Programme, dict[str, forms.Widget]]] = {}
"""By identity of the declaration, which lives as long as it stands here; a process serves few."""
KEPT = 32


def widgets_of(plan: Programme) -> dict[str, forms.Widget]:
    """What reads each question of a declaration, by name. Reading follows neither language nor what was answered."""
    known = _widgets.get(id(plan))
    if known is None:
        fields = EntryForm(plan, {}, target="submitted").fields
        known = plan, {name: field.widget for name, field in fields.items()}
        for oldest in list(_widgets)[: -KEPT + 1]:
            _widgets.pop(oldest, None)
        _widgets[id(plan)] = known
    return known[1]


def changes_of(plan: Programme, data: QueryDict) -> dict[str, Any]:
    """What was typed, by name, from a posted form. A question that the page did not ask (or that was hidden) stays as it is."""
    found = {}
    for name, widget in widgets_of(plan).items():
        key = f"{PREFIX}-{name}"
        if key in data or f"{key}-asked" in data:
            value = widget.value_from_datadict(data, {}, key)
            found[name] = "" if value is None else _lines(value)
    return found


def changes_typed(plan: Programme, answers: Mapping[str, Any]) -> dict[str, Any]:
    """The same from the JSON of a page that saves as one types."""
    found = {}
    for name, widget in widgets_of(plan).items():
        key = f"{PREFIX}-{name}"
        if key in answers:
            value = answers[key]
            if isinstance(widget, TableWidget) and isinstance(value, list):
                value = widget.rows_of(value)
            found[name] = _lines(value)
    return found


def _lines(value: Any) -> Any:
    return value.replace("\r\n", "\n") if isinstance(value, str) else value


def values_of(application: Any) -> dict[str, Any]:
    """What is stored, by the names of the form."""
    return {
        **application.answers,
        **{name: getattr(application, name) for name in ("title", "title_en", "stage", "discipline", "abstract")},
    }

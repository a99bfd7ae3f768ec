"""The form of a report, from its questions; the same fields as those of an application."""

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.forms.utils import ErrorDict, ErrorList
from django.http import QueryDict

from kechuang.engine.programme.declaration import Question
from kechuang.web.applicant.forms import PREFIX, UNASKED, TableWidget, question_field


class QuestionForm(forms.Form):
    """Every question that is answered in words. Always unbound: values and errors come from the engine."""

    use_required_attribute = False

    def __init__(
        self, questions: Iterable[Question], values: Mapping[str, Any], errors: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(initial=dict(values), prefix=PREFIX)
        for question in questions:
            if question.kind not in UNASKED:
                self.fields[question.code] = question_field(question, required=bool(question.required_from))
        self._errors = ErrorDict(
            {name: ErrorList([text]) for name, text in (errors or {}).items() if name in self.fields}
        )


def typed(questions: Iterable[Question], data: QueryDict) -> dict[str, Any]:
    """What was typed, by code, from a posted form; what the page did not ask stays as it is."""
    found = {}
    for code, widget in _widgets(questions).items():
        key = f"{PREFIX}-{code}"
        if key in data or f"{key}-asked" in data:
            found[code] = _plain(widget.value_from_datadict(data, {}, key))
    return found


def typed_json(questions: Iterable[Question], answers: Mapping[str, Any]) -> dict[str, Any]:
    """The same from the JSON of a page that saves as one types."""
    found = {}
    for code, widget in _widgets(questions).items():
        key = f"{PREFIX}-{code}"
        if key in answers:
            value = answers[key]
            is_table = isinstance(widget, TableWidget) and isinstance(value, list)
            found[code] = _plain(widget.rows_of(value) if is_table else value)  # type: ignore[attr-defined]
    return found


def _widgets(questions: Iterable[Question]) -> dict[str, forms.Widget]:
    return {name: field.widget for name, field in QuestionForm(questions, {}).fields.items()}


def _plain(value: Any) -> Any:
    return "" if value is None else value.replace("\r\n", "\n") if isinstance(value, str) else value

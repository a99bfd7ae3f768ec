"""How a form field is shown: the widget gets its class and its ties to help and error here, never in a form class."""

from typing import Any

from django import forms
from django.forms.boundfield import BoundField
from django.template.context import Context

CHOICE_LISTS = (forms.RadioSelect, forms.CheckboxSelectMultiple)


def kind_of(bound: BoundField) -> str:
    widget = bound.field.widget
    if isinstance(widget, CHOICE_LISTS):
        return "choices"
    if isinstance(widget, forms.CheckboxInput):
        return "check"
    return "hidden" if bound.is_hidden else "input"


def css_class(bound: BoundField) -> str:
    widget = bound.field.widget
    if isinstance(widget, (*CHOICE_LISTS, forms.CheckboxInput)):
        return "form-check-input"
    return "form-select" if isinstance(widget, forms.Select) else "form-control"


def field(values: dict[str, Any], context: Context) -> dict[str, Any]:
    bound: BoundField = values["of"]
    kind = kind_of(bound)
    invalid = bool(bound.errors)
    ties = [f"{bound.auto_id}_help"] * bool(values["help"] or bound.help_text) + [f"{bound.auto_id}_error"] * invalid
    attrs = {"class": f"{css_class(bound)}{' is-invalid' * invalid}"}
    if ties:
        attrs["aria-describedby"] = " ".join(ties)
    if invalid:
        attrs["aria-invalid"] = "true"
    if kind == "choices":
        bound.field.widget.attrs.update({"class": attrs["class"]})
    return {
        "kind": kind,
        "field": bound,
        "widget": "" if kind == "choices" else bound.as_widget(attrs=attrs),
        "help": values["help"] or bound.help_text,
        "label": values["label"] or bound.label,
        "ties": " ".join(ties),
    }


def fields(values: dict[str, Any], context: Context) -> dict[str, Any]:
    only = (values["only"] or "").split()
    form: forms.BaseForm = values["of"]
    return {"form": form, "shown": [form[name] for name in only] if only else list(form)}


def error_summary(values: dict[str, Any], context: Context) -> dict[str, Any]:
    """The errors of one form or of several, each tied to the field it belongs to."""
    given = values["of"]
    asked = given if isinstance(given, (list, tuple)) else [given]
    problems = [
        {"label": bound.label, "id": bound.id_for_label or bound.auto_id, "text": text}
        for form in asked
        for bound in form
        for text in bound.errors
    ]
    general = [text for form in asked for text in form.non_field_errors()]
    return {"problems": problems, "general": general, "count": len(problems) + len(general)}

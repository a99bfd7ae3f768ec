"""Fields the builder needs beside Django's: percent for shares, one text per line, the browser's own date pickers."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _


class DateInput(forms.DateInput):
    def __init__(self) -> None:
        super().__init__(attrs={"type": "date"}, format="%Y-%m-%d")


class DateTimeInput(forms.DateTimeInput):
    def __init__(self) -> None:
        super().__init__(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")


class Shares(forms.FloatField):
    """A share between 0 and 1, written by people as a percentage."""

    def __init__(self, **options: Any) -> None:
        super().__init__(min_value=0, max_value=100, widget=forms.NumberInput(attrs={"step": "any"}), **options)

    def prepare_value(self, value: Any) -> Any:
        return f"{value * 100:.6g}" if isinstance(value, float) else value

    def clean(self, value: Any) -> float | None:
        percent = super().clean(value)
        return None if percent is None else round(percent / 100, 8)


class Rows(forms.BaseFormSet):
    """Rows of a table; the box that takes a row out speaks the page's language."""

    def add_fields(self, form: forms.Form, index: int | None) -> None:
        super().add_fields(form, index)
        if "DELETE" in form.fields:
            form.fields["DELETE"].label = _("删除")


class Lines(forms.CharField):
    """A list of texts, one per line."""

    def __init__(self, *, max_lines: int = 100, rows: int = 4, **options: Any) -> None:
        super().__init__(widget=forms.Textarea(attrs={"rows": rows}), **options)
        self.max_lines = max_lines

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(value) if isinstance(value, (list, tuple)) else value

    def clean(self, value: Any) -> list[str]:
        lines = [line.strip() for line in str(super().clean(value) or "").splitlines() if line.strip()]
        if len(lines) > self.max_lines:
            raise forms.ValidationError(
                _("最多 %(max)s 行，现在有 %(now)s 行。") % {"max": self.max_lines, "now": len(lines)}
            )
        if len(set(lines)) < len(lines):
            raise forms.ValidationError(_("有重复的行，请删去重复的。"))
        return lines

"""The form behind every section of the builder: it reads its part of the call and replaces exactly that part."""

from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext as _

from kechuang.engine.calls.actions import edit_call
from kechuang.engine.calls.models import Call
from kechuang.engine.programme.declaration import Programme
from kechuang.orgs.actor import Actor
from kechuang.web.officer.builder.widgets import Rows


class SectionForm(forms.Form):
    """One section: reads its part of the call, and replaces exactly that part."""

    name: ClassVar[str] = ""
    title: ClassVar[str] = ""
    intro: ClassVar[str] = ""
    row_form: ClassVar[type[forms.Form] | None] = None
    rows_title: ClassVar[str] = ""
    rows_shape: ClassVar[str] = ""
    fixed_rows: ClassVar[bool] = False

    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, call: Call, data: Any = None) -> None:
        super().__init__(data, initial={**self.read(call), "version": call.version})
        self.call = call
        self.prepare(call)
        self.rows = self._rows(call, data)

    def _rows(self, call: Call, data: Any) -> Any:
        if self.row_form is None:
            return None
        make = forms.formset_factory(
            self.row_form,
            formset=Rows,
            extra=0 if self.fixed_rows else 2,
            can_delete=not self.fixed_rows,
            can_order=False,
            max_num=200,
        )
        return make(data, initial=self.read_rows(call), prefix="rows")

    def read(self, call: Call) -> dict[str, Any]:
        return {}

    def read_rows(self, call: Call) -> list[dict[str, Any]]:
        return []

    def prepare(self, call: Call) -> None:
        """Choices that depend on the call."""

    def is_valid(self) -> bool:
        fine = super().is_valid()
        return fine if self.rows is None else self.rows.is_valid() and fine

    def kept_rows(self) -> list[dict[str, Any]]:
        """The filled rows that were not struck out, in their order."""
        return [row.cleaned_data for row in self.rows.forms if row.cleaned_data and not row.cleaned_data.get("DELETE")]

    def new_plan(self, plan: Programme) -> Programme | None:
        return None

    def new_fields(self) -> dict[str, Any]:
        return {}

    def save(self, *, by: Actor) -> Call:
        call: Call = edit_call(
            self.call,
            by=by,
            version=self.cleaned_data["version"],
            plan=self.new_plan(self.call.plan),
            **self.new_fields(),
        )
        return call


def kept_word(old: str, given: str) -> str:
    """A word that was shown translated and not changed stays the declared one."""
    return old if given == _(old) else given

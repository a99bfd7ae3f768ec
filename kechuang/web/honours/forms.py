"""What the office writes on an honour."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from kechuang.engine.enums import HonourKind
from kechuang.web.officer.builder.widgets import DateInput

RECORDED = ("check_passed", "check_failed", "warned", "rectify", "rectified", "downgraded")


class DatedForm(forms.Form):
    on = forms.DateField(label=_("生效日期"), required=False, widget=DateInput, help_text=_("不填就是今天。"))
    document = forms.CharField(label=_("文号"), required=False, max_length=120)
    reason = forms.CharField(label=_("依据和理由"), required=False, widget=forms.Textarea({"rows": 3}), max_length=2000)

    def facts(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in ("on", "document", "reason")}


class RecordForm(DatedForm):
    kind = forms.ChoiceField(label=_("办理什么"), choices=[(kind, HonourKind(kind).label) for kind in RECORDED])
    due_on = forms.DateField(
        label=_("整改期限"),
        required=False,
        widget=DateInput,
        help_text=_("只在“限期整改”时填写。"),
    )
    field_order = ("kind", "on", "due_on", "document", "reason")


class RevokeForm(DatedForm):
    reason = forms.CharField(label=_("撤销的依据和理由（会公布）"), widget=forms.Textarea({"rows": 3}), max_length=2000)


class PassOnForm(DatedForm):
    to = forms.CharField(label=_("承接单位全称"), max_length=120)
    field_order = ("to", "on", "document", "reason")


class HandOverForm(forms.Form):
    receiver = forms.CharField(label=_("签收人"), max_length=60)

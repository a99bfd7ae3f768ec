"""Forms of sign-in and sign-up, in the words of schools."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kechuang.base.errors import Refused
from kechuang.orgs.actions import sign_up_guardian
from kechuang.orgs.models import Guardianship


class GuardianSignUpForm(forms.Form):
    code = forms.CharField(
        label=gettext_lazy("注册码"), max_length=20, help_text=gettext_lazy("学校发放的纸条上的 10 位注册码。")
    )
    name = forms.CharField(label=gettext_lazy("您的姓名"), max_length=60)
    username = forms.CharField(label=gettext_lazy("登录名"), max_length=64)
    password = forms.CharField(
        label=gettext_lazy("密码"), widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}), strip=False
    )
    again = forms.CharField(
        label=gettext_lazy("再输一次密码"),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        strip=False,
    )

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        if found.get("password") and found.get("again") and found["password"] != found["again"]:
            self.add_error("again", _("两次输入的密码不一样。"))
        return found

    def save(self) -> Guardianship | None:
        """The new guardianship; None with an error on the form when the code or the password is refused."""
        facts = {key: value for key, value in self.cleaned_data.items() if key != "again"}
        try:
            return sign_up_guardian(facts.pop("code"), **facts)
        except Refused as refusal:
            self.add_error(None, refusal.sentence)
            return None

from django import forms
from django.utils.translation import gettext_lazy as _


class CodeForm(forms.Form):
    """The slip of paper from the school; enough for somebody who has an account already."""

    code = forms.CharField(label=_("注册码"), max_length=20, help_text=_("学校发放的纸条上的 10 位字母和数字，不分大小写"),
                           widget=forms.TextInput({"autocomplete": "one-time-code", "autocapitalize": "characters"}))  # fmt: skip


class JoinForm(CodeForm):
    """A guardian signs up with the slip."""

    name = forms.CharField(label=_("您的姓名"), max_length=60, widget=forms.TextInput({"autocomplete": "name"}))
    username = forms.CharField(label=_("登录名"), min_length=4, max_length=64, help_text=_("可以用手机号或字母；以后用它登录"),
                               widget=forms.TextInput({"autocomplete": "username"}))  # fmt: skip
    password = forms.CharField(
        label=_("密码"),
        help_text=_("至少 10 个字符，包含大写字母、小写字母、数字、符号中的至少 3 类"),
        widget=forms.PasswordInput({"autocomplete": "new-password"}),
    )
    again = forms.CharField(label=_("再写一遍密码"), widget=forms.PasswordInput({"autocomplete": "new-password"}))

    def clean(self) -> dict[str, str]:
        told: dict[str, str] = super().clean() or {}
        if told.get("password") and told.get("again") and told["password"] != told["again"]:
            self.add_error("again", _("两次写的密码不一样。"))
        return told

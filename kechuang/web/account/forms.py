"""The forms of allauth in our words."""

from typing import Any

from allauth.account.forms import ChangePasswordForm, LoginForm, ReauthenticateForm
from allauth.mfa.base.forms import AuthenticateForm
from allauth.mfa.base.forms import ReauthenticateForm as MfaReauthenticateForm
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.webauthn.forms import AddWebAuthnForm
from django import forms
from django.utils.translation import gettext_lazy as _


def _word(form: forms.Form, name: str, label: Any, help_text: Any = "", required: Any = "", **attrs: str) -> None:
    field = form.fields[name]
    field.label, field.help_text = label, help_text
    field.widget.attrs.pop("placeholder", None)
    field.widget.attrs |= attrs
    if required:
        field.error_messages["required"] = required


class SignInForm(LoginForm):
    """One form for everybody: a name or a pupil's code, a password or a PIN."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _word(self, "login", _("登录名或学生代码"), _("学生代码在学校发的口令条上，大小写都可以。"), _("请填写登录名或学生代码。"),
              autocomplete="username", autocapitalize="none", spellcheck="false")  # fmt: skip
        _word(self, "password", _("密码或数字口令"), "", _("请填写密码或数字口令。"), autocomplete="current-password")
        self.fields["login"].widget.attrs.pop("autofocus", None)
        self.use_required_attribute = False

    def clean_login(self) -> str:
        return "".join(self.cleaned_data["login"].split())


class PasswordForm(ChangePasswordForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        has_pin = self.user.has_pin
        rule = (
            _("6 位数字，至少有 3 个不同的数字。")
            if has_pin
            else _(
                "至少 10 个字符（系统、安全、审计管理员 12 个），含小写字母、大写字母、数字、符号中的三种；不能与最近 5 次相同。"
            )
        )
        _word(self, "oldpassword", _("现在的密码或口令"), "", _("请填写现在的密码。"))
        _word(self, "password1", _("新密码"), rule, _("请填写新密码。"))
        _word(self, "password2", _("再输入一次新密码"), "", _("请再输入一次新密码。"))
        self.use_required_attribute = False


class ConfirmPasswordForm(ReauthenticateForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _word(self, "password", _("密码"), "", _("请填写密码。"))


CODE_HELP = _("打开手机上的验证器，输入现在显示的 6 位数字。")


class CodeForm(AuthenticateForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _word(
            self,
            "code",
            _("动态口令或备用码"),
            CODE_HELP,
            _("请填写动态口令。"),
            inputmode="text",
            autocomplete="one-time-code",
        )


class ConfirmCodeForm(MfaReauthenticateForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _word(self, "code", _("动态口令或备用码"), CODE_HELP, _("请填写动态口令。"), autocomplete="one-time-code")


class ActivateForm(ActivateTOTPForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _word(
            self,
            "code",
            _("手机上显示的 6 位数字"),
            "",
            _("请填写手机上显示的 6 位数字。"),
            inputmode="numeric",
            autocomplete="one-time-code",
        )


class PasskeyForm(AddWebAuthnForm):
    """Always one that can sign in by itself: the device asks for finger, face or PIN."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _word(self, "name", _("给它起个名字"), _("例如：办公室电脑、我的手机。以后凭名字认出它。"))
        self.fields["name"].max_length = 60
        self.fields["passwordless"].initial = True
        self.fields["passwordless"].widget = forms.HiddenInput()

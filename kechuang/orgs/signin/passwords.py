"""Password rules: staff and guardians 10 characters of 3 classes, administrators 12, history of 5; pupils have a PIN."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth.hashers import check_password
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from kechuang.base import clock
from kechuang.orgs.models import Membership, PasswordUse, User

CLASSES = (r"[a-z]", r"[A-Z]", r"\d", r"[^A-Za-z0-9]")
PIN = re.compile(r"\d{6}")


def has_pin(user: Any) -> bool:
    return bool(getattr(user, "has_pin", False))


def is_administrator(user: Any) -> bool:
    if not getattr(user, "pk", None):
        return False
    return Membership.objects.current().administrative().filter(person__user=user).exists()


class StrengthValidator:
    """Length and classes of characters, by who the user is."""

    def __init__(self, length: int = 10, administrators: int = 12, classes: int = 3) -> None:
        self.length, self.administrators, self.classes = length, administrators, classes

    def validate(self, password: str, user: Any = None) -> None:
        if has_pin(user):
            self._validate_pin(password)
            return
        length = self.administrators if is_administrator(user) else self.length
        if len(password) < length:
            raise ValidationError(_("密码太短，至少要有 %(n)s 个字符。"), code="too_short", params={"n": length})
        if sum(bool(re.search(pattern, password)) for pattern in CLASSES) < self.classes:
            raise ValidationError(
                _("密码须包含大写字母、小写字母、数字、符号中的至少 %(n)s 类。"),
                code="classes",
                params={"n": self.classes},
            )

    def _validate_pin(self, pin: str) -> None:
        if not PIN.fullmatch(pin) or len(set(pin)) < 3:
            raise ValidationError(_("口令须为 6 位数字，并且至少有 3 个不同的数字。"), code="pin")

    def get_help_text(self) -> str:
        facts = {"length": self.length, "administrators": self.administrators, "classes": self.classes}
        return (
            _(
                "至少 %(length)s 个字符（系统、安全、审计管理员 %(administrators)s 个），包含大写字母、小写字母、数字、符号中的至少 %(classes)s 类。"
            )
            % facts
        )


class HistoryValidator:
    """The last passwords may not come back. Django calls `password_changed` after each save of a new password."""

    def __init__(self, remember: int = 5) -> None:
        self.remember = remember

    def validate(self, password: str, user: Any = None) -> None:
        if not getattr(user, "pk", None) or has_pin(user):
            return
        used = PasswordUse.objects.filter(user=user)[: self.remember].values_list("password", flat=True)
        if any(check_password(password, old) for old in used):
            raise ValidationError(_("最近 %(n)s 次用过的密码不能再用。"), code="used", params={"n": self.remember})

    def password_changed(self, password: str, user: Any = None) -> None:
        if user is None or has_pin(user) or not user.has_usable_password():
            return
        PasswordUse.objects.create(user=user, password=user.password)
        kept = PasswordUse.objects.filter(user=user)[: self.remember].values_list("pk", flat=True)
        PasswordUse.objects.filter(user=user).exclude(pk__in=list(kept)).delete()

    def get_help_text(self) -> str:
        return _("不能与最近 %(n)s 次用过的密码相同。") % {"n": self.remember}


def must_change(user: User, *, is_staff: bool) -> bool:
    """A first password from the school, or a staff password older than 90 days. PINs and city sign-in do not age."""
    if user.has_pin or not user.has_usable_password():
        return False
    oldest = clock.now() - timedelta(days=settings.PASSWORD_MAX_AGE_DAYS)
    return user.must_change_password or (is_staff and user.password_changed_at < oldest)

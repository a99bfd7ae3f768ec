"""The password rules of the platform, in the shape that AUTH_PASSWORD_VALIDATORS wants."""

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from kechuang.orgs import passwords
from kechuang.orgs.actions.passwords import was_used_before
from kechuang.orgs.actor import Actor


class PolicyValidator:
    """Length and classes by role; a pupil's PIN by its own rule."""

    def validate(self, password: str, user: Any = None) -> None:
        roles = Actor.of(user).roles if user and user.pk else frozenset()
        found = passwords.problems(password, roles=roles, has_pin=bool(user and user.has_pin))
        if found:
            raise ValidationError(found)

    def get_help_text(self) -> str:
        return _("至少 10 个字符（管理员 12 个），含小写字母、大写字母、数字、符号中的三种。")


class HistoryValidator:
    def validate(self, password: str, user: Any = None) -> None:
        if user and user.pk and was_used_before(user, password):
            raise ValidationError(_("这个密码最近用过。请换一个与最近 5 次都不同的密码。"))

    def get_help_text(self) -> str:
        return _("不能与最近 5 次用过的相同。")

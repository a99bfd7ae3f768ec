"""Rules of passwords (GB/T 22239-2019; domain.md §4.3): pure. A pupil's account opens with a six-digit PIN from the school."""

from __future__ import annotations

import unicodedata
from collections.abc import Collection
from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from kechuang.orgs.enums import Role
from kechuang.orgs.rules import ADMINISTRATORS, STAFF

MIN_LENGTH = 10
ADMIN_LENGTH = 12
MIN_CLASSES = 3
HISTORY = 5
PIN_LENGTH = 6
PUPIL_LENGTH = 8
LONG_ROLES = ADMINISTRATORS | {Role.CITY_OFFICER, Role.DISTRICT_OFFICER}


def classes_in(password: str) -> int:
    """How many of the four classes occur: lower case, upper case, digits, everything else."""
    kinds = {unicodedata.category(c)[:2] for c in password}
    return ("Ll" in kinds) + ("Lu" in kinds) + ("Nd" in kinds) + bool(kinds - {"Ll", "Lu", "Nd"})


def is_weak_pin(pin: str) -> bool:
    """111111 and 123456 are guessed first."""
    return len(set(pin)) < 4 or pin in "01234567890" or pin in "09876543210"


def problems(password: str, *, roles: Collection[str], has_pin: bool) -> list[str]:
    """Every reason why `password` may not be taken, one sentence each."""
    return _pupil_problems(password) if has_pin else _staff_problems(password, roles)


def _pupil_problems(password: str) -> list[str]:
    if password.isdecimal() and len(password) == PIN_LENGTH:
        return [_("这个口令太容易猜到。请至少用 4 个不同的数字，不要用连号。")] if is_weak_pin(password) else []
    if len(password) < PUPIL_LENGTH:
        return [_("请用 6 位数字口令，或者至少 %(n)s 个字符的密码。") % {"n": PUPIL_LENGTH}]
    return []


def _staff_problems(password: str, roles: Collection[str]) -> list[str]:
    least = ADMIN_LENGTH if set(roles) & LONG_ROLES else MIN_LENGTH
    found = []
    if len(password) < least:
        found.append(_("密码至少 %(n)s 个字符，现在是 %(now)s 个。") % {"n": least, "now": len(password)})
    if classes_in(password) < MIN_CLASSES:
        found.append(_("密码须含小写字母、大写字母、数字、符号中的至少 %(n)s 种。") % {"n": MIN_CLASSES})
    return found


def is_expired(changed_at: datetime, *, roles: Collection[str], max_age_days: int, now: datetime) -> bool:
    """Passwords of staff last `max_age_days` (0 = for ever); pupils and guardians keep theirs."""
    return bool(max_age_days) and bool(set(roles) & STAFF) and now - changed_at > timedelta(days=max_age_days)

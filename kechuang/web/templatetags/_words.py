"""Times, sizes and states in words; every sentence is one translatable whole."""

from datetime import date, datetime
from functools import lru_cache
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as _n

from kechuang.base import clock
from kechuang.engine.workflow.states import STATES

TONES = ("muted", "info", "primary", "success", "warning", "danger")

WEEKDAYS = (_n("周一"), _n("周二"), _n("周三"), _n("周四"), _n("周五"), _n("周六"), _n("周日"))

STATE_TONES = {
    "info": ("submitted", "assigned", "received", "pending", "queued", "in_handling"),
    "primary": ("open", "running", "in_review", "in_publicity"),
    "success": ("published", "final", "valid", "issued", "succeeded", "sent", "finished", "granted", "confirmed"),
    "warning": ("proposal", "upheld", "corrected", "returned", "due"),
    "danger": ("cancelled", "revoked", "failed", "refused", "overdue"),
}
TONE_OF = {state: tone for tone, states in STATE_TONES.items() for state in states}


def state_words(state: Any) -> tuple[str, str]:
    """(label, tone) of an application state by name, of a State, or of a member of a model's choices."""
    known = STATES.get(str(state)) if not hasattr(state, "label") else None
    if known is not None:
        return _(known.label), known.tone
    value = str(getattr(state, "name" if hasattr(state, "holder") else "value", state))
    tone = getattr(state, "tone", None) or TONE_OF.get(value, "muted")
    label = str(getattr(state, "label", value))
    return (_(label) if label else ""), tone


def day_words(value: date | datetime | None) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        value = (clock.local(value) if timezone.is_aware(value) else value).date()
    return _day_in(get_language() or "", value, value.year == clock.today().year)


@lru_cache(maxsize=4096)
def _day_in(language: str, value: date, is_this_year: bool) -> str:
    """Kept by language: a page names the same days again and again."""
    # Translators: a date within this year and in another year; {month_name} and {year} may be used in both
    pattern = _("{month}月{day}日 {weekday}") if is_this_year else _("{year}年{month}月{day}日 {weekday}")
    return pattern.format(
        year=value.year, month=value.month, day=value.day, month_name=_Month(value), weekday=_(WEEKDAYS[value.weekday()])
    )  # fmt: skip


class _Month:
    """Its name, for the languages that want it."""

    def __init__(self, day: date) -> None:
        self.day = day

    def __format__(self, _spec: str) -> str:
        return date_format(self.day, "F")


def date_words(value: date | datetime | None) -> str:
    """A date with its year and without the weekday: of birth, of issue."""
    if value is None:
        return ""
    # Translators: a full date; {month_name} may be used
    pattern = _("{year}年{month}月{day}日")
    return pattern.format(year=value.year, month=value.month, day=value.day, month_name=_Month(value))


def moment_words(value: datetime | None) -> str:
    if value is None:
        return ""
    local = clock.local(value) if timezone.is_aware(value) else value
    return f"{day_words(local.date())} {local.hour:02}:{local.minute:02}"


def iso(value: datetime | None) -> str:
    """A moment as machines read it, in the city's time."""
    if value is None:
        return ""
    return (clock.local(value) if timezone.is_aware(value) else value).isoformat()


def time_left(until: datetime, now: datetime | None = None) -> str:
    seconds = int((until - (now or clock.now())).total_seconds())
    if seconds <= 0:
        return _("已截止")
    days, hours, minutes = seconds // 86_400, seconds // 3_600, seconds // 60
    if days:
        return ngettext("还有 %(n)d 天", "还有 %(n)d 天", days) % {"n": days}
    if hours:
        return ngettext("还有 %(n)d 小时", "还有 %(n)d 小时", hours) % {"n": hours}
    if seconds < 60:
        return _("不到 1 分钟")
    return ngettext("还有 %(n)d 分钟", "还有 %(n)d 分钟", minutes) % {"n": minutes}


def urgency(until: datetime, now: datetime | None = None) -> str:
    seconds = (until - (now or clock.now())).total_seconds()
    if seconds <= 0:
        return "muted"
    return "danger" if seconds < 86_400 else "warning" if seconds < 3 * 86_400 else "muted"


def file_size(size: int | None) -> str:
    amount = float(size or 0)
    for unit in ("B", "KB", "MB"):
        if amount < 1024:
            return f"{amount:.0f} {unit}" if unit == "B" else f"{amount:.1f} {unit}".replace(".0 ", " ")
        amount /= 1024
    return f"{amount:.1f} GB"

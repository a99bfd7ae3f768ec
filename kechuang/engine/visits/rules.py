"""Rules of a pool and of its visits to schools: pure.

- 行动计划 四(三)4: engineers 符合师德要求 stand in the pool, and schools invite them to lectures, teachers' training and other activities.
- Domain §3.7: before anybody works on a campus the 教职员工准入查询 is made; only its result, date and checker are kept.
- Never alone: a named member of the school's staff is present, and a second one confirms who came.
"""

import calendar
from collections.abc import Mapping
from datetime import date, datetime, timedelta

from django.utils.translation import gettext as _

CLEAR = "clear"
INVITED, ACCEPTED, DECLINED, LAPSED = "invited", "accepted", "declined", "lapsed"
CANCELLED, DONE, NO_SHOW = "cancelled", "done", "no_show"
OPEN = (INVITED, ACCEPTED)
SOURCES: Mapping[str, frozenset[str]] = {
    "accept": frozenset({INVITED}),
    "decline": frozenset({INVITED}),
    "cancel": frozenset({INVITED, ACCEPTED}),
    "confirm": frozenset({ACCEPTED}),
    "no_show": frozenset({ACCEPTED}),
    "rate": frozenset({DONE}),
    "report": frozenset({DONE}),
}
"""From which states each act is taken."""
RATINGS = (1, 2, 3, 4, 5)
LEAST_RATINGS = 3
"""A mean of fewer says more about the school than about the visitor."""
WARNED_DAYS = 30
"""So many days before a vetting runs out its office is reminded."""
FIRST_HOUR, LAST_HOUR = 7, 21


def months_after(day: date, months: int) -> date:
    """The same day so many months on (or back), or the last day of that month."""
    number = day.year * 12 + day.month - 1 + months
    year, month = divmod(number, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def clear_until(checked_on: date, months: int) -> date:
    """The last day for which a clear vetting stands."""
    return months_after(checked_on, months)


def oldest_clear(day: date, months: int) -> date:
    """The earliest day of a check that still stands on `day`: `clear_until` turned round, for a query."""
    back = months_after(day, -months)
    while clear_until(back - timedelta(days=1), months) >= day:
        back -= timedelta(days=1)
    while clear_until(back, months) < day:
        back += timedelta(days=1)
    return back


def vetting_stands(result: str, checked_on: date | None, months: int, day: date) -> bool:
    """Clear, made on or before `day`, and of at most so many months."""
    return result == CLEAR and checked_on is not None and checked_on <= day and clear_until(checked_on, months) >= day


def why_not_checked(checked_on: date, today: date) -> str:
    """The sentence why this day cannot be that of a vetting ("" = it can)."""
    if checked_on > today:
        return _("查询日期不能晚于今天。")
    if (today - checked_on).days > 366:
        return _("查询日期超过一年，请重新查询后再登记。")
    return ""


def why_not_at(starts_at: datetime, minutes: int, now: datetime, days_ahead: int) -> str:
    """The sentence why nobody can be invited to this time ("" = they can)."""
    if starts_at.date() < now.date() + timedelta(days=days_ahead):
        return _("请至少提前 %(n)s 天邀请。") % {"n": days_ahead}
    if not FIRST_HOUR <= starts_at.hour <= LAST_HOUR:
        return _("到校时间应在 %(a)s 点到 %(b)s 点之间。") % {"a": FIRST_HOUR, "b": LAST_HOUR}
    if not 20 <= minutes <= 480:
        return _("时长应为 20 到 480 分钟。")
    return ""


def why_not(act: str, state: str) -> str:
    """The sentence why this act cannot be taken in this state ("" = it can)."""
    return "" if state in SOURCES[act] else _("这次到校现在的状态不能办理这一项，请刷新页面。")


def why_not_confirmed(starts_at: datetime, now: datetime, *, is_teacher: bool, is_staff: bool) -> str:
    """Never alone: a second adult of the school, not the one who was present, says that the visitor came and was not left alone."""
    if now < starts_at:
        return _("活动还没有开始，开始之后再确认。")
    if not is_staff:
        return _("须由本校教职工确认到校情况。")
    if is_teacher:
        return _("须由陪同教师之外的另一位本校教职工确认，任何时候都不让来访者单独面对学生。")
    return ""


def mean_rating(total: int, count: int) -> float | None:
    """The mean of the schools' ratings, from so many on."""
    return round(total / count, 1) if count >= LEAST_RATINGS else None

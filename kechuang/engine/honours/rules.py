"""The life of an honour as a fold over its dated rows: pure, so that any past day can be asked.

Plan 四(四)1: titles are granted by selection, not for good. Domain §3.6: valid three years, a yearly report, 限期整改 → 撤销.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date

from django.utils.translation import gettext as _

VALID, FAILED, WARNED, RECTIFYING = "valid", "failed", "warned", "rectifying"
EXPIRED, UNSETTLED, REVOKED = "expired", "unsettled", "revoked"
HELD = frozenset({VALID, FAILED, WARNED, RECTIFYING})
"""Whoever is warned or asked to put things right still holds the title."""
PUBLIC_KINDS = frozenset(
    {"granted", "downgraded", "promoted", "renewed", "passed_on", "revoked", "rectify", "rectified", "check_passed"}
)
"""What the public page of an honour tells. Warnings and failed checks are between the office and the holder."""
PUBLIC_STATES: Mapping[str, str] = {FAILED: VALID, WARNED: VALID}
SOURCES: Mapping[str, frozenset[str]] = {
    "check_passed": frozenset({VALID, FAILED, WARNED}),
    "check_failed": frozenset({VALID, WARNED}),
    "warned": frozenset({VALID, FAILED}),
    "rectify": frozenset({VALID, FAILED, WARNED}),
    "rectified": frozenset({RECTIFYING}),
    "downgraded": HELD,
    "promoted": frozenset({VALID, WARNED, EXPIRED}),
    "renewed": frozenset({VALID, WARNED, EXPIRED}),
    "passed_on": HELD | {UNSETTLED},
    "revoked": HELD | {EXPIRED, UNSETTLED},
}
"""From which states each act is taken. What was revoked stays revoked: whoever wants the title again applies anew."""


@dataclass(frozen=True)
class Row:
    """One dated row, without the database."""

    kind: str
    on: date
    level: str = ""
    org: int | None = None
    until: date | None = None
    due_on: date | None = None
    reason: str = ""


@dataclass(frozen=True)
class Standing:
    """What an honour is on a day. `since`: the day of its first grant; `due_on`: until when things are to be put right."""

    state: str
    level: str
    org: int | None
    since: date
    until: date | None
    due_on: date | None = None
    reason: str = ""
    changed_on: date | None = None

    @property
    def is_held(self) -> bool:
        return self.state in HELD


def standing(rows: Iterable[Row], day: date) -> Standing | None:
    """The honour at the end of `day`; None before it was granted. `rows` in the order in which they took effect."""
    now: Standing | None = None
    for row in rows:
        if row.on > day:
            break
        now = _step(now, row)
    if now is not None and now.state in HELD and now.until is not None and now.until < day:
        return replace(now, state=EXPIRED)
    return now


_STATE_AFTER = {
    "granted": VALID,
    "check_passed": VALID,
    "check_failed": FAILED,
    "warned": WARNED,
    "rectify": RECTIFYING,
    "rectified": VALID,
    "promoted": VALID,
    "renewed": VALID,
    "revoked": REVOKED,
}


def mermaid() -> str:
    """The life of an honour as a state diagram for the docs (compared with the committed page by a test)."""
    lines = ["stateDiagram-v2", f"    [*] --> {VALID}: granted", f"    {VALID} --> {EXPIRED}: its years are over"]
    for kind, sources in SOURCES.items():
        lines += [f"    {source} --> {_STATE_AFTER.get(kind, source)}: {kind}" for source in sorted(sources)]
    return "\n".join([*lines, f"    {REVOKED} --> [*]"]) + "\n"


def _step(now: Standing | None, row: Row) -> Standing:
    if now is None:
        return Standing(VALID, row.level, row.org, row.on, row.until, changed_on=row.on)
    return Standing(
        state=_STATE_AFTER.get(row.kind, now.state),
        level=row.level or now.level,
        org=row.org or now.org,
        since=now.since,
        until=row.until if row.kind in {"renewed", "promoted"} else now.until,
        due_on=row.due_on if row.kind == "rectify" else None if row.kind in {"rectified", "revoked"} else now.due_on,
        reason=row.reason,
        changed_on=row.on,
    )


def why_not(kind: str, now: Standing, last: date, on: date, today: date, reason: str) -> str:
    """The sentence why this act cannot be taken ("" = it can). Rows are written in the order of their days."""
    if now.state not in SOURCES[kind]:
        return _("这个称号现在的状态不能办理这一项。")
    if on > today:
        return _("生效日期不能晚于今天。")
    if on < last:
        return _("生效日期早于上一条记录（%(day)s），请核对。") % {"day": last}
    if kind not in {"check_passed", "rectified", "renewed", "promoted"} and not reason.strip():
        return _("请写明依据和理由；撤销、降级和整改会公布。")
    return ""


def years_later(day: date, years: int) -> date | None:
    """The last day of `years` from `day` on; None for an honour without end."""
    if not years:
        return None
    try:
        end = day.replace(year=day.year + years)
    except ValueError:  # 29 February
        end = day.replace(year=day.year + years, month=3, day=1)
    return date.fromordinal(end.toordinal() - 1)


def honour_number(prefix: str, year: int, n: int) -> str:
    return f"{prefix}{year}-{n:04d}"

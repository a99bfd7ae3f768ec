"""What hangs on the door, lies before the judges, and a pupil takes home; and the same for a calendar (RFC 5545)."""

from collections.abc import Hashable
from datetime import UTC, datetime

from kechuang.judging.timetables.facts import Sitting, Timetable


def by_room(table: Timetable) -> dict[Hashable, list[Sitting]]:
    """Door lists."""
    return {room.key: [s for s in table.sittings if s.room == room.key] for room in table.plan.rooms}


def by_panel(table: Timetable) -> dict[Hashable, list[Sitting]]:
    """Judge sheets."""
    return {panel.key: [s for s in table.sittings if s.panel == panel.key] for panel in table.plan.panels}


def of_person(table: Timetable, person: Hashable) -> list[Sitting]:
    """A pupil's or judge's own slip."""
    entries = {entry.key for entry in table.plan.entries if person in entry.people}
    panels = {panel.key for panel in table.plan.panels if person in panel.judges}
    return [s for s in table.sittings if s.entry in entries or s.panel in panels]


def people_of(table: Timetable) -> list[Hashable]:
    """Everybody who has to be somewhere: pupils and judges, in the order of their names."""
    found = {person for entry in table.plan.entries for person in entry.people}
    found |= {judge for panel in table.plan.panels for judge in panel.judges}
    return sorted(found, key=str)


def icalendar(
    table: Timetable, sittings: list[Sitting], *, title: str, stamp: datetime, domain: str = "kechuang"
) -> str:
    """The sittings as an iCalendar file (RFC 5545); slots need start and end."""
    slots = {slot.key: slot for slot in table.plan.slots}
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//kechuang//timetable//ZH"]
    for sitting in sittings:
        slot = slots[sitting.slot]
        if slot.start is None or slot.end is None:
            raise ValueError(f"slot {sitting.slot!r} has no start and end")
        lines += [
            "BEGIN:VEVENT",
            f"UID:{_escape(f'{sitting.entry}-{sitting.panel}')}@{domain}",
            f"DTSTAMP:{_utc(stamp)}",
        ]
        lines += [f"DTSTART:{_utc(slot.start)}", f"DTEND:{_utc(slot.end)}"]
        lines += [
            f"SUMMARY:{_escape(f'{title} {sitting.entry}')}",
            f"LOCATION:{_escape(str(sitting.room))}",
            "END:VEVENT",
        ]
    return "".join(_folded(line) for line in [*lines, "END:VCALENDAR"])


def _utc(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")


def _escape(text: str) -> str:
    return text.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,").replace("\n", "\\n")


def _folded(line: str) -> str:
    """Lines of at most 75 bytes, continued with a space, never inside a character."""
    parts: list[str] = []
    part = ""
    for character in line:
        if len((part + character).encode()) > (75 if not parts else 74):
            parts.append(part)
            part = ""
        part += character
    return "\r\n ".join([*parts, part]) + "\r\n"

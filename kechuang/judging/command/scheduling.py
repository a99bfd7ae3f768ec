"""`timetable IN.xlsx OUT.csv|OUT.xlsx`.

Sheets of the input: `panels` (panel, judges, room, away), `rooms` (room, closed), `slots` (slot, day, start, end, lunch),
`entries` (entry, people, school, far, panels, away), and if wanted `conflicts` (panel, entry), `fixed` (entry, panel, slot) and
`weights` (rule, weight). Several names in one cell are separated by ; or 、. Names of sheets and headings may be Chinese.

An OUT.xlsx has a sheet for the organiser, for the doors, for the judges, for everybody's own slip, and of what to know. A start
and end of the form 2026-12-05 09:00 make it possible to write calendars (`--calendars FOLDER`, one file a panel and a person).
`--keep OLD.csv|OLD.xlsx --move ENTRY[@PANEL[@SLOT]]` moves one entry of an earlier timetable and nobody else.
"""

import argparse
import re
from collections.abc import Hashable
from datetime import datetime
from pathlib import Path
from typing import Any

from kechuang.judging.command.tables import (
    FileRefused,
    Row,
    column,
    number,
    read_rows,
    read_sheets,
    write_book,
    write_rows,
)
from kechuang.judging.timetables import (
    Defence,
    Panel,
    Plan,
    Room,
    Sitting,
    Slot,
    Timetable,
    Weights,
    by_panel,
    by_room,
    icalendar,
    move_entry,
    of_person,
    people_of,
    resumed,
    timetable,
)

HEADINGS = ("day", "slot", "room", "panel", "entry")
CHINESE = {
    "panel": "评审组", "judges": "评委", "room": "场地", "away": "不能到场", "closed": "不开放", "slot": "时段", "day": "日期",
    "start": "开始", "end": "结束", "lunch": "午休", "entry": "作品", "people": "到场人员", "school": "学校", "far": "路远",
    "panels": "可评评审组", "rule": "规则", "weight": "权重",
}  # fmt: skip
SHEETS = {
    "panels": "评审组",
    "rooms": "场地",
    "slots": "时段",
    "entries": "作品",
    "conflicts": "回避",
    "fixed": "固定",
    "weights": "权重",
}
TITLE = "答辩"


def add_to(commands: Any) -> None:
    found = commands.add_parser("timetable", help="编排答辩日程")
    found.add_argument("source", type=Path)
    found.add_argument("target", type=Path)
    found.add_argument("--seed", type=int, default=0)
    found.add_argument("--keep", type=Path, help="已有的日程（csv 或 xlsx），与 --move 一起用：只动一件，其余不变")
    found.add_argument(
        "--move", metavar="ENTRY[@PANEL[@SLOT]]", help="要调整的作品；不写评审组和时段就放到代价最小的空档"
    )
    found.add_argument("--calendars", type=Path, metavar="FOLDER", help="为每个评审组和每个人各写一份 iCalendar 文件")
    found.add_argument("--json", action="store_true")
    found.set_defaults(run=run)


def run(options: argparse.Namespace) -> tuple[dict[str, Any], bool]:
    facts = _read(options.source)
    if bool(options.keep) != bool(options.move):
        raise FileRefused("--keep 与 --move 要一起给出")
    if options.move:
        found = _moved(facts, options.keep, options.move)
    else:
        found = timetable(
            facts["panels"], facts["rooms"], facts["slots"], facts["entries"],
            conflicts=facts["conflicts"], fixed=facts["fixed"], weights=facts["weights"], seed=options.seed,
        )  # fmt: skip
    _write(options.target, found)
    if options.calendars:
        _write_calendars(options.calendars, found)
    return _report(found), not found.unplaced


def _report(found: Timetable) -> dict[str, Any]:
    return {
        "placed": len(found.sittings),
        "placeable": found.placeable,
        "unplaced": list(found.unplaced),
        "penalty": found.penalty,
        "penalties": found.penalties,
        "proved": found.proved,
        "messages": [message.text for message in found.messages],
    }


# --- reading -----------------------------------------------------------------------------------------------------


def _read(path: Path) -> dict[str, Any]:
    given = dict(read_sheets(path))
    sheets = {
        name: [_renamed(row) for row in given.get(name) or given.get(chinese) or []] for name, chinese in SHEETS.items()
    }
    for name in ("panels", "rooms", "slots", "entries"):
        if not sheets[name]:
            raise FileRefused(f"缺少工作表 {name}（{SHEETS[name]}），或者其中没有内容")
    panels, rooms = [_panel(row) for row in sheets["panels"]], [_room(row) for row in sheets["rooms"]]
    slots, entries = [_slot(row) for row in sheets["slots"]], [_entry(row) for row in sheets["entries"]]
    known = {
        "panel": {p.key for p in panels},
        "room": {r.key for r in rooms},
        "slot": {s.key for s in slots},
        "entry": {e.key for e in entries},
    }
    _check_names(panels, rooms, entries, known)
    conflicts = [
        tuple(_known(row, name, known, "conflicts") for name in ("panel", "entry")) for row in sheets["conflicts"]
    ]
    fixed = {
        _known(row, "entry", known, "fixed"): tuple(_known(row, name, known, "fixed") for name in ("panel", "slot"))
        for row in sheets["fixed"]
    }
    return {
        "panels": panels, "rooms": rooms, "slots": slots, "entries": entries, "conflicts": conflicts, "fixed": fixed,
        "weights": _weights(sheets["weights"]),
    }  # fmt: skip


def _renamed(row: Row) -> Row:
    chinese = {words: name for name, words in CHINESE.items()}
    return {chinese.get(heading, heading): text for heading, text in row.items()}


def _need(row: Row, name: str) -> str:
    if not row.get(name):
        raise FileRefused(f"缺少列 {name}（{CHINESE[name]}），或者其中有空格")
    return row[name]


def _known(row: Row, name: str, known: dict[str, set[Hashable]], sheet: str) -> str:
    """A name that nobody else uses is refused: a mistyped conflict would be a broken one."""
    text = _need(row, name)
    if text not in known[name]:
        raise FileRefused(f"工作表 {sheet} 中的“{text}”在 {name} 中找不到")
    return text


def _check_names(
    panels: list[Panel], rooms: list[Room], entries: list[Defence], known: dict[str, set[Hashable]]
) -> None:
    asked = [("room", panel.room) for panel in panels if panel.room is not None]
    asked += [("panel", key) for entry in entries for key in entry.panels]
    asked += [("slot", key) for panel in panels for key in panel.away]
    asked += [("slot", key) for entry in entries for key in entry.away]
    asked += [("slot", key) for room in rooms for key in room.closed]
    for name, text in asked:
        if text not in known[name]:
            raise FileRefused(f"“{text}”在 {name} 中找不到")


def _panel(row: Row) -> Panel:
    return Panel(
        _need(row, "panel"), judges=_names(row, "judges"), room=row.get("room") or None, away=_names(row, "away")
    )


def _room(row: Row) -> Room:
    return Room(_need(row, "room"), closed=_names(row, "closed"))


def _slot(row: Row) -> Slot:
    return Slot(
        _need(row, "slot"),
        row.get("day", ""),
        start=_moment(row, "start"),
        end=_moment(row, "end"),
        lunch=bool(row.get("lunch")),
    )


def _moment(row: Row, name: str) -> datetime | None:
    text = row.get(name) or ""
    try:
        return datetime.fromisoformat(text.replace("/", "-")).astimezone() if text else None
    except ValueError:
        raise FileRefused(f"“{text}”不是时间，请写成 2026-12-05 09:00") from None


def _entry(row: Row) -> Defence:
    return Defence(
        _need(row, "entry"),
        people=_names(row, "people"),
        school=row.get("school") or None,
        far=number(row.get("far") or "0"),
        panels=_names(row, "panels"),
        away=_names(row, "away"),
    )


def _weights(rows: list[Row]) -> Weights:
    given = {_need(row, "rule"): number(_need(row, "weight")) for row in rows}
    strange = sorted(set(given) - set(Weights.__dataclass_fields__))
    if strange:
        raise FileRefused(f"没有这些软规则：{'、'.join(strange)}；可用 {'、'.join(Weights.__dataclass_fields__)}")
    return Weights(**given)


def _names(row: Row, name: str) -> frozenset[Hashable]:
    return frozenset(filter(None, (part.strip() for part in re.split(r"[;；、,，]", row.get(name) or ""))))


def _moved(facts: dict[str, Any], keep: Path, move: str) -> Timetable:
    rows = [_renamed(row) for row in read_rows(keep)]
    held = [
        Sitting(*row) for row in zip(*(column(rows, name) for name in ("entry", "panel", "room", "slot")), strict=True)
    ]
    plan = Plan(
        tuple(facts["panels"]), tuple(facts["rooms"]), tuple(facts["slots"]), tuple(facts["entries"]),
        frozenset(facts["conflicts"]), facts["weights"],
    )  # fmt: skip
    entry, panel, slot = [*(part or None for part in move.split("@")), None, None][:3]
    try:
        return move_entry(resumed(plan, held), entry, panel, slot)
    except KeyError as strange:
        raise FileRefused(f"“{strange.args[0]}”在输入中找不到") from None


# --- writing -----------------------------------------------------------------------------------------------------


def _write(path: Path, found: Timetable) -> None:
    rows = [tuple(row.values()) for row in found.as_rows()]
    if path.suffix.lower() != ".xlsx":
        write_rows(path, HEADINGS, rows)
        return
    times = {slot.key: _clock(slot) for slot in found.plan.slots}
    sheets = {
        "timetable": (HEADINGS, rows),
        "doors": (("room", "time", "panel", "entry"), [(room, times[s.slot], s.panel, s.entry) for room, here in by_room(found).items() for s in here]),
        "judges": (("panel", "time", "room", "entry", "score"), [(panel, times[s.slot], s.room, s.entry, "") for panel, here in by_panel(found).items() for s in here]),
        "slips": (("person", "time", "room", "panel", "entry"), [(person, times[s.slot], s.room, s.panel, s.entry) for person in people_of(found) for s in of_person(found, person)]),
        "notes": (("note",), [(message.text,) for message in found.messages]),
    }  # fmt: skip
    write_book(path, sheets)


def _clock(slot: Slot) -> str:
    if slot.start is None or slot.end is None:
        return f"{slot.day} {slot.key}".strip()
    return f"{slot.start:%Y-%m-%d %H:%M}–{slot.end:%H:%M}"


def _write_calendars(folder: Path, found: Timetable) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    owners = [*by_panel(found).items(), *((person, of_person(found, person)) for person in people_of(found))]
    stamp = datetime.now().astimezone()
    for owner, sittings in owners:
        name = re.sub(r"[^\w-]+", "_", str(owner)) or "_"
        (folder / f"{name}.ics").write_bytes(icalendar(found, sittings, title=TITLE, stamp=stamp).encode())

"""`timetable IN.xlsx OUT.csv`.

Sheets: `panels` (panel, judges, room), `rooms` (room), `slots` (slot, day, lunch), `entries` (entry, people, school,
far, panels), and if wanted `conflicts` (panel, entry). Several names in one cell are separated by ; or 、.
"""

import argparse
import re
from pathlib import Path
from typing import Any

from kechuang.judging.command.tables import FileRefused, Row, number, read_sheets, write_rows
from kechuang.judging.timetables import Defence, Panel, Room, Slot, timetable


def add_to(commands: Any) -> None:
    found = commands.add_parser("timetable", help="编排答辩日程")
    found.add_argument("source", type=Path)
    found.add_argument("target", type=Path)
    found.add_argument("--seed", type=int, default=0)
    found.add_argument("--json", action="store_true")
    found.set_defaults(run=run)


def run(options: argparse.Namespace) -> tuple[dict[str, Any], bool]:
    sheets = dict(read_sheets(options.source))
    for name in ("panels", "rooms", "slots", "entries"):
        if not sheets.get(name):
            raise FileRefused(f"缺少工作表 {name}，或者其中没有内容")
    found = timetable(
        [_panel(row) for row in sheets["panels"]],
        [Room(row["room"]) for row in sheets["rooms"]],
        [Slot(row["slot"], row.get("day", ""), lunch=bool(row.get("lunch"))) for row in sheets["slots"]],
        [_entry(row) for row in sheets["entries"]],
        conflicts=[(row["panel"], row["entry"]) for row in sheets.get("conflicts") or []],
        seed=options.seed,
    )
    rows = found.as_rows()
    write_rows(options.target, ("day", "slot", "room", "panel", "entry"), (tuple(row.values()) for row in rows))
    report = {
        "placed": len(found.sittings),
        "unplaced": list(found.unplaced),
        "penalties": found.penalties,
        "messages": [message.text for message in found.messages],
    }
    return report, not found.unplaced


def _panel(row: Row) -> Panel:
    return Panel(row["panel"], judges=_names(row.get("judges")), room=row.get("room") or None)


def _entry(row: Row) -> Defence:
    far = number(row.get("far") or "0")
    return Defence(
        row["entry"],
        people=_names(row.get("people")),
        school=row.get("school") or None,
        far=far,
        panels=_names(row.get("panels")),
    )


def _names(text: str | None) -> frozenset[str]:
    return frozenset(filter(None, (part.strip() for part in re.split(r"[;；、,，]", text or ""))))

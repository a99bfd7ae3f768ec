import resource
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from kechuang.base.errors import Refused
from kechuang.console.output import progress_bar, say_json
from kechuang.orgs.actions.rosters.bulk import Report, import_roster
from kechuang.orgs.actions.rosters.oneroster import unpack
from kechuang.orgs.actor import Actor
from kechuang.orgs.enums import RosterKind

ONEROSTER = "oneroster"


class Command(BaseCommand):
    help = (
        "导入学校、教师或学生名册（csv 或 xlsx，行数不限，一个文件可含全市各校），或 OneRoster 1.2 CSV（zip）。未导入的行附原因写入 FILE.refused.xlsx；"
        "重复运行不会重复导入；中断后再次运行，从中断处继续。"
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "kind",
            metavar="KIND",
            choices=[*RosterKind.values, ONEROSTER],
            help="、".join([*RosterKind.values, ONEROSTER]),
        )
        parser.add_argument("file", metavar="FILE", type=Path, help="csv 或 xlsx 文件")
        parser.add_argument(
            "--school", metavar="CODE", default="", help="未写明学校的行属于哪所学校（导入学校名册时：哪个区）"
        )
        parser.add_argument("--dry-run", action="store_true", help="只检查，不写入")
        parser.add_argument("--json", action="store_true", help="输出一个 JSON 对象")

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["file"]
        if not path.is_file():
            raise CommandError(f"找不到文件 {path}。")
        began = time.monotonic()
        try:
            reports = (
                _take_oneroster(path, options)
                if options["kind"] == ONEROSTER
                else [_take(options["kind"], path, options)]
            )
        except Refused as refusal:
            raise CommandError(refusal.sentence) from refusal
        facts = _facts(reports, time.monotonic() - began)
        if options["json"]:
            say_json(facts)
        else:
            self._tell(facts)

    def _tell(self, facts: dict[str, Any]) -> None:
        self.stdout.write(
            "共 {rows_in} 行：接受 {accepted} 行（新增 {added}，更新 {updated}），退回 {refused} 行；"
            "用时 {seconds} 秒，内存峰值 {peak_mb} MB。".format(**facts)
        )
        if facts["refused_file"]:
            self.stdout.write(f"退回的行及原因：{facts['refused_file']}")
        if facts["imports"]:
            numbers = " ".join(str(number) for number in facts["imports"])
            self.stdout.write(f"导入错了？30 天内可以撤回：kechuang undo-import {numbers}")


def _take(kind: str, path: Path, options: dict[str, Any], refused_to: Path | None = None) -> Report:
    with progress_bar("导入") as advance_to:
        return import_roster(
            kind,
            path,
            by=Actor.system("import-roster"),
            school=options["school"],
            dry_run=options["dry_run"],
            refused_to=refused_to,
            step=advance_to,
        )


def _take_oneroster(path: Path, options: dict[str, Any]) -> list[Report]:
    """Schools first, then teachers, then pupils. A dry run of new schools refuses their people: they are not there yet."""
    with tempfile.TemporaryDirectory() as folder:
        found = unpack(path, Path(folder))
        return [
            _take(kind, table, options, path.with_name(f"{path.name}.{kind.value}.refused.xlsx"))
            for kind, table in found.tables
        ]


def _facts(reports: list[Report], seconds: float) -> dict[str, Any]:
    files = [str(report.refused_file) for report in reports if report.refused_file]
    return {
        "rows_in": sum(report.rows_in for report in reports),
        "accepted": sum(report.accepted for report in reports),
        "refused": sum(report.refused for report in reports),
        "seconds": round(seconds, 2),
        "peak_mb": peak_mb(),
        "added": sum(report.added for report in reports),
        "updated": sum(report.updated for report in reports),
        "refused_file": "；".join(files),
        "imports": [report.number for report in reports if report.number],
    }


def peak_mb() -> float:
    """The most memory that this process has held; Linux counts in kB, macOS in bytes."""
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return round(most / (1024 * 1024 if sys.platform == "darwin" else 1024), 1)

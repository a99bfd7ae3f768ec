import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from kechuang.base.errors import Refused
from kechuang.base.tables import read_table
from kechuang.console.output import progress_bar, say_json
from kechuang.engine.applications.importing import ColumnMapping, ImportReport, import_entries
from kechuang.engine.models import Call
from kechuang.orgs.actor import Actor


class Command(BaseCommand):
    help = "把一张表（csv 或 xlsx）里的作品作为已提交的申报导入某次申报通知；每一行或被接受，或附理由退回；重复运行不会重复导入。"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("call", metavar="CALL", help="申报通知的网址名或编号")
        parser.add_argument("file", metavar="FILE", type=Path, help="csv 或 xlsx 文件")
        parser.add_argument(
            "--mapping", type=Path, help='映射文件（JSON：{"columns": {...}, "values": {...}, "defaults": {...}}）'
        )
        parser.add_argument("--json", action="store_true", help="输出一个 JSON 对象")

    def handle(self, *args: Any, **options: Any) -> None:
        call = _call(options["call"])
        mapping = _mapping(options["mapping"])
        if not options["file"].is_file():
            raise CommandError(f"找不到文件 {options['file']}。")
        try:
            table = read_table(options["file"])
            rows = ((row.number, row) for row in table.rows)
            with progress_bar("导入", table.count) as advance_to:
                report = import_entries(
                    call, table.headings, rows, by=Actor.system("import-entries"), mapping=mapping, step=advance_to
                )
        except Refused as refusal:
            raise CommandError(refusal.sentence) from refusal
        if options["json"]:
            say_json(_as_json(report))
        else:
            self._tell(report)

    def _tell(self, report: ImportReport) -> None:
        for row, sentence in report.refused:
            self.stdout.write(f"第 {row} 行：{sentence}")
        self.stdout.write(
            f"共 {report.rows_in} 行：接受 {report.accepted} 行（新增 {report.added}，此前已导入 {report.accepted - report.added}），"
            f"退回 {len(report.refused)} 行。"
        )


def _call(name: str) -> Call:
    found = (
        Call.objects.select_related("org").filter(**({"pk": int(name)} if name.isdigit() else {"slug": name})).first()
    )
    if found is None:
        known = "、".join(Call.objects.order_by("-pk").values_list("slug", flat=True)[:8]) or "（还没有任何申报通知）"
        raise CommandError(f"没有“{name}”这个申报通知。现有：{known}")
    return found


def _mapping(path: Path | None) -> ColumnMapping:
    if path is None:
        return ColumnMapping()
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        return ColumnMapping(**{key: data.get(key, {}) for key in ("columns", "values", "defaults")})
    except (OSError, ValueError, AttributeError) as error:
        raise CommandError(f"映射文件读不懂：{error}") from error


def _as_json(report: ImportReport) -> dict[str, Any]:
    return {
        "rows_in": report.rows_in,
        "accepted": report.accepted,
        "added": report.added,
        "refused": len(report.refused),
        "refusals": [{"row": row, "reason": sentence} for row, sentence in report.refused],
    }

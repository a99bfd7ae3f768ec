from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from kechuang.base.errors import Refused
from kechuang.base.tables import Column, write_xlsx
from kechuang.console.output import progress_bar, say_json
from kechuang.orgs.actions.rosters.bulk import UndoReport, undo_import, why_not_undo_import
from kechuang.orgs.actor import Actor
from kechuang.orgs.models import RosterImport

SHOWN = 20


class Command(BaseCommand):
    help = (
        "撤回 import-roster 的导入（30 天内）：新增的人删除，更改的资料恢复原样；已被使用或此后又有更改的保留，并写明原因。"
        "中断后再次运行，从中断处继续。不带编号时列出可以撤回的导入。"
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("numbers", metavar="NUMBER", type=int, nargs="*", help="导入的编号；多个编号从后往前撤回")
        parser.add_argument("--kept-to", metavar="FILE", type=Path, help="把保留的人（平台编号）和原因写入 xlsx")
        parser.add_argument("--json", action="store_true", help="输出一个 JSON 对象")

    def handle(self, *args: Any, **options: Any) -> None:
        if not options["numbers"]:
            self._list(as_json=options["json"])
            return
        report = UndoReport()
        for number in sorted(options["numbers"], reverse=True):
            one = _undo(number)
            report.removed += one.removed
            report.restored += one.restored
            report.kept |= one.kept
        if options["kept_to"]:
            columns = [Column("平台编号", 20), Column("保留的原因", 60)]
            options["kept_to"].write_bytes(
                write_xlsx(columns, [list(row) for row in report.kept.items()], title="保留的人")
            )
        if options["json"]:
            say_json({"removed": report.removed, "restored": report.restored, "kept": len(report.kept)})
            return
        self.stdout.write(f"删除 {report.removed} 人，恢复 {report.restored} 人的资料，保留 {len(report.kept)} 人。")
        for public_id, reason in list(report.kept.items())[:SHOWN]:
            self.stdout.write(f"  {public_id}  {reason}")

    def _list(self, *, as_json: bool) -> None:
        found = [mark for mark in RosterImport.objects.order_by("-pk")[:500] if not why_not_undo_import(mark)]
        rows = [
            {
                "number": m.pk,
                "kind": m.kind,
                "file": m.file_name,
                "added": m.added,
                "updated": m.updated,
                "at": m.started_at,
            }
            for m in found
        ]
        if as_json:
            say_json({"imports": rows})
            return
        for row in rows or [None]:
            line = "{number:>6}  {at:%Y-%m-%d %H:%M}  {kind}  {file}（新增 {added}，更新 {updated}）"
            self.stdout.write(line.format(**row) if row else "没有可以撤回的导入。")


def _undo(number: int) -> UndoReport:
    mark = RosterImport.objects.select_related("org").filter(pk=number).first()
    if mark is None:
        raise CommandError(f"没有编号为 {number} 的导入。不带编号运行本命令，可以列出它们。")
    try:
        with progress_bar("撤回") as advance_to:
            return undo_import(mark, by=Actor.system("undo-import"), step=advance_to)
    except Refused as refusal:
        raise CommandError(refusal.sentence) from refusal

import time
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from kechuang.base.backups import restore_backup
from kechuang.base.errors import Refused
from kechuang.console.output import progress_bar, say_json


class Command(BaseCommand):
    help = "把 kechuang backup 的备份恢复到空数据库（先运行 kechuang migrate），逐表逐文件比对，并核验审计链。"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("dir", metavar="DIR", type=Path, help="备份文件夹")
        parser.add_argument("--json", action="store_true", help="输出一个 JSON 对象")

    def handle(self, *args: Any, **options: Any) -> None:
        started = time.monotonic()
        try:
            with progress_bar("恢复") as advance_to:
                done = restore_backup(options["dir"].resolve(), step=lambda what, at, total: advance_to(at, total))
        except Refused as refusal:
            raise CommandError(refusal.sentence) from refusal
        facts = {"tables": done.tables, "rows": done.rows, "files": done.files, "audit_ok": done.audit_ok}
        if options["json"]:
            seconds = round(time.monotonic() - started, 2)
            say_json(
                {"ok": done.ok, **facts, "differences": done.differences, "missing": done.missing, "seconds": seconds}
            )
        else:
            self.stdout.write(f"已恢复 {done.tables} 张表、{done.rows} 行、{done.files} 个文件。")
        if not done.ok:
            raise CommandError(f"恢复的内容与备份不一致：{'、'.join(done.differences) or '审计链核验未通过'}")

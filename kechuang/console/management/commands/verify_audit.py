import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from kechuang.base import anchors, audit
from kechuang.base.errors import Refused
from kechuang.console.output import say_json


class Command(BaseCommand):
    help = "逐行核验审计链：任何一行被改动、删除、插入或调换都会被指出；有问题时退出码为 1。"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="输出一个 JSON 对象")
        parser.add_argument(
            "--anchors", type=Path, metavar="FILE", help="另存在别处的锚点文件（AUDIT_ANCHOR_FILE 的副本）"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        report = audit.verify(_witnesses(options["anchors"]))
        if options["json"]:
            say_json({"ok": report.ok, "rows": report.rows, "first_broken": report.first_broken})
        elif report.ok:
            self.stdout.write(self.style.SUCCESS(f"审计链完整，共 {report.rows} 行。"))
        else:
            self.stderr.write(self.style.ERROR(f"审计链已断：{(report.first_broken or {}).get('sentence')}"))
        if not report.ok:
            sys.exit(1)


def _witnesses(path: Path | None) -> dict[int, anchors.Anchor]:
    if path is None:
        return {}
    try:
        return anchors.read_lines(path.read_text(encoding="utf-8").splitlines())
    except Refused as refusal:
        raise CommandError(refusal.sentence) from refusal

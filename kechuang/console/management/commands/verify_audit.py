import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from kechuang.base import audit
from kechuang.console.output import say_json


class Command(BaseCommand):
    help = "逐行核验审计链：任何一行被改动、删除、插入或调换都会被指出；有问题时退出码为 1。"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="输出一个 JSON 对象")

    def handle(self, *args: Any, **options: Any) -> None:
        report = audit.verify()
        if options["json"]:
            say_json({"ok": report.ok, "rows": report.rows, "first_broken": report.first_broken})
        elif report.ok:
            self.stdout.write(self.style.SUCCESS(f"审计链完整，共 {report.rows} 行。"))
        else:
            self.stderr.write(self.style.ERROR(f"审计链已断：{report.first_broken}"))
        if not report.ok:
            sys.exit(1)

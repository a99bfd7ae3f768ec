from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from kechuang.console.output import say_json
from kechuang.engine.catalogue import actions as catalogue
from kechuang.engine.showcase import actions as showcase


class Command(BaseCommand):
    help = "按现在的规则重写作品和课程案例的检索文字；检索规则改变后运行一次，其间照常检索。"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="输出一个 JSON 对象")

    def handle(self, *args: Any, **options: Any) -> None:
        works, cases = showcase.rebuild_search(), catalogue.rebuild_search()
        if options["json"]:
            say_json({"ok": True, "works": works, "cases": cases})
        else:
            self.stdout.write(f"已重写 {works} 件作品、{cases} 个课程案例的检索文字。")

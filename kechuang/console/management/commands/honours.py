from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from kechuang.base import clock
from kechuang.console.output import say_json
from kechuang.engine.honours.queries import granting, progress_on, register_on


class Command(BaseCommand):
    help = "荣誉名册：某一天各单位持有的称号，含更名、合并和撤销的记录。"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("what", choices=["register"], metavar="register", help="列出名册")
        parser.add_argument("programme", metavar="PROGRAMME", help="项目代码，如 feature_schools")
        parser.add_argument("--on", default="", metavar="DATE", help="哪一天，如 2024-12-31；不写就是今天")
        parser.add_argument("--json", action="store_true", help="输出一个 JSON 对象")

    def handle(self, *args: Any, **options: Any) -> None:
        code, known = options["programme"], granting()
        if code not in known:
            raise CommandError(f"没有授予称号的项目 {code}；可以是：{'、'.join(sorted(known))}。")
        try:
            day = date.fromisoformat(options["on"]) if options["on"] else clock.today()
        except ValueError as error:
            raise CommandError(f"“{options['on']}”不是日期，请按 2024-12-31 的格式写。") from error
        entries = register_on(code, day)
        if options["json"]:
            targets = [
                {"level": one.target.level, "held": one.held, "wanted": one.wanted, "share": one.target.share, "percent": one.percent,
                 "denominator": one.denominator.n if one.denominator else None, "day": day.isoformat()}
                for one in progress_on(code, day, entries)
            ]  # fmt: skip
            say_json({"programme": code, "on": day.isoformat(), "held": sum(one.is_held for one in entries), "targets": targets,
                      "entries": [one.as_dict() for one in entries]})  # fmt: skip
            return
        self.stdout.write(f"{known[code].name} {day}：{sum(one.is_held for one in entries)} 个有效称号")
        for one in entries:
            until = f"至 {one.until}" if one.until else "长期"
            self.stdout.write(
                f"{one.number}  {one.holder}  {one.person}  {one.title}  {one.state_label}  {one.since} {until}  {one.reason}"
            )

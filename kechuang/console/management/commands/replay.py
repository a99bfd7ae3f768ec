import sys
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from kechuang.console.output import say_json
from kechuang.engine.models import Call
from kechuang.engine.replaying import replay_call, steps_of


class Command(BaseCommand):
    help = (
        "重演：用存档的输入重新计算一次通知的分配、排名、稳定性分析和结果，逐位比较。"
        "任何一项不一致，或没有可重演的内容时，退出码不为 0。"
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("call", metavar="CALL", help="通知的网址代码，如 innovation-contest-2026")
        parser.add_argument(
            "--step", default="", metavar="STEP", help="只重演一个轮次（如 preliminary）或环节（review、defence）"
        )
        parser.add_argument("--json", action="store_true", help="输出一个 JSON 对象")

    def handle(self, *args: Any, **options: Any) -> None:
        call = Call.objects.select_related("org").filter(slug=options["call"]).first()
        if call is None:
            raise CommandError(f"没有代码为 {options['call']} 的通知。")
        step = options["step"]
        if step and step not in steps_of(call):
            raise CommandError(f"通知里没有 {step} 这一步；可以是：{'、'.join(steps_of(call))}。")
        found = list(replay_call(call, step))
        if not found:
            raise CommandError("还没有存档的分配、排名或结果，无可重演。")
        same = all(row.ok for row in found)
        if options["json"]:
            say_json({"ok": same, "call": call.slug, "step": step, "results": [asdict(row) for row in found]})
        else:
            for row in found:
                line = f"{'✓' if row.ok else '✗'} {row.round} {row.what} {row.digest[:16]}"
                self.stdout.write(self.style.SUCCESS(line) if row.ok else self.style.ERROR(f"{line} 不一致"))
        if not same:
            sys.exit(1)

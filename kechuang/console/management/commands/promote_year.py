from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from kechuang.base.errors import Refused
from kechuang.console.output import progress_bar, say_json
from kechuang.orgs.actions.years import promote_year, undo_year
from kechuang.orgs.actor import Actor
from kechuang.orgs.models import Org


class Command(BaseCommand):
    help = "学年升级：全市（或一所学校）的学生升一个年级，毕业年级离校。重复运行不会重复升级；中断后再次运行，从中断处继续。"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("year", metavar="YEAR", type=int, help="哪一年九月开始的学年，如 2027")
        parser.add_argument("--school", default="", metavar="CODE", help="只办理一所学校（学校标识码或平台代码）")
        parser.add_argument("--undo", action="store_true", help="撤回这一学年的升级")
        parser.add_argument("--json", action="store_true", help="输出一个 JSON 对象")

    def handle(self, *args: Any, **options: Any) -> None:
        school = _school(options["school"]) if options["school"] else None
        by = Actor.system("promote-year")
        try:
            if options["undo"]:
                report = undo_year(options["year"], by=by, school=school)
            else:
                with progress_bar("升级") as advance_to:
                    report = promote_year(options["year"], by=by, school=school, step=advance_to)
        except Refused as refusal:
            raise CommandError(refusal.sentence) from refusal
        if options["json"]:
            say_json(asdict(report))
            return
        done = "撤回" if options["undo"] else "办理"
        self.stdout.write(
            f"{done} {report.schools} 所学校：升级 {report.promoted} 人，毕业离校 {report.graduated} 人，"
            f"已办理过的学校 {report.already} 所。"
        )


def _school(code: str) -> Org:
    found = Org.objects.current().filter(school_code=code).first() or Org.objects.current().filter(code=code).first()
    if found is None:
        raise CommandError(f"没有代码为 {code} 的学校。")
    return found

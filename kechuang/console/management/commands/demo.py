from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from kechuang.base.clock import today
from kechuang.base.pdf import FontsMissing, font_dirs
from kechuang.console.output import say_json
from kechuang.orgs.models import Org


class Command(BaseCommand):
    help = "装入演示城市（虚构的学校和人员，赛事处于每一个阶段），并列出每种角色的登录名；已经装过时只重新列出。"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="输出一个 JSON 对象")

    def handle(self, *args: Any, **options: Any) -> None:
        from kechuang.console.demo import loading  # noqa: PLC0415 -- app ready
        from kechuang.console.demo.personas import open_accounts  # noqa: PLC0415 -- app ready

        if not settings.DEMO:
            raise CommandError("正式环境不装入演示数据：演示账号的密码是公开的。")
        if Org.objects.filter(is_demo=False).exists():
            raise CommandError("这个数据库里已有真实机构，不装入演示数据。请换一个空的数据库。")
        if not Org.objects.exists():
            try:
                font_dirs()
            except FontsMissing as missing:
                raise CommandError(missing.sentence) from missing
            self.stderr.write("正在装入演示城市，约需一两分钟……")
            with transaction.atomic():
                loading.load(today() - timedelta(days=0), tell=self.stderr.write)
        accounts = open_accounts()
        if options["json"]:
            say_json({"accounts": [vars(account) for account in accounts]})
            return
        self.stdout.write("登录名（演示）：")
        for account in accounts:
            self.stdout.write(f"  {account.role:　<10}{account.username:<12}{account.secret:<16}{account.what}")
        self.stdout.write("动态口令：kechuang totp 登录名")

from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from allauth.mfa.utils import decrypt
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser


class Command(BaseCommand):
    help = "显示演示账号此刻的动态口令（正式环境没有这个功能）。"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("username", metavar="登录名")

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.PRODUCTION:
            raise CommandError("正式环境不显示动态口令，请用本人的身份验证器。")
        found = Authenticator.objects.filter(user__username=options["username"], type=Authenticator.Type.TOTP).first()
        if found is None:
            raise CommandError(f"“{options['username']}”没有启用动态口令。")
        counter = next(iter(yield_hotp_counters_from_time()))
        self.stdout.write(format_hotp_value(hotp_value(decrypt(found.data["secret"]), counter)))

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from kechuang.base.errors import Refused
from kechuang.orgs.actions import create_org, create_person, grant_membership, load_consent_texts, open_account
from kechuang.orgs.actor import Actor
from kechuang.orgs.enums import OrgKind, Role
from kechuang.orgs.models import Org, Person
from kechuang.orgs.rules import ADMINISTRATORS


class Command(BaseCommand):
    help = "建立三员之一（系统、安全、审计管理员）的账号并给出首次密码；还没有市级机构时一并建立。其余账号由安全管理员在网页上授权。"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("username", metavar="登录名")
        parser.add_argument("--name", required=True, help="姓名")
        parser.add_argument(
            "--role", choices=sorted(ADMINISTRATORS), default=str(Role.SECURITY_ADMIN), help="三员中的哪一员"
        )
        parser.add_argument("--city", default="市教育局", help="市级机构名称（首次建立时）")
        parser.add_argument("--city-code", default="4403", help="市级机构代码（首次建立时）")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            password = self._create(options)
        except Refused as refusal:
            raise CommandError(refusal.sentence) from refusal
        self.stdout.write(
            f"登录名 {options['username']}，首次密码 {password}（只显示这一次，登录后须修改并绑定动态口令）。"
        )

    @transaction.atomic
    def _create(self, options: dict[str, Any]) -> str:
        by = Actor.system("create-admin")
        load_consent_texts()
        city = Org.objects.filter(kind=OrgKind.CITY).first() or create_org(
            kind=OrgKind.CITY, code=options["city_code"], name=options["city"], by=by
        )
        person: Person = create_person(name=options["name"], by=by)
        password = open_account(person, options["username"], by=by, org=city)
        grant_membership(person, city, options["role"], by=by)
        return password

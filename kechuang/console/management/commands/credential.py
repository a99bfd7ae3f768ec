import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from kechuang.base.errors import Refused
from kechuang.console.output import say_json
from kechuang.engine.credentials.documents import is_named
from kechuang.engine.credentials.exporting import FORMS, export
from kechuang.engine.credentials.issuer import KEY, WEB
from kechuang.engine.credentials.verifying import Verdict, verify_bytes
from kechuang.engine.models import Certificate


class Command(BaseCommand):
    help = "数字凭证（Open Badges 3.0）：按证书编号导出，或核验一个文件。"

    def add_arguments(self, parser: CommandParser) -> None:
        acts = parser.add_subparsers(dest="act", required=True, metavar="export|verify")
        giving = acts.add_parser("export", help="把一张证书导出为凭证、PDF 或徽章图片")
        giving.add_argument("number", metavar="NUMBER", help="证书编号")
        giving.add_argument("out", metavar="OUT", type=Path, help="写到哪个文件")
        giving.add_argument("--form", choices=FORMS, default="data-integrity", help="凭证的形式（默认 data-integrity）")
        giving.add_argument(
            "--did", choices=(WEB, KEY), default=WEB, help="以网址（did:web，默认）或密钥（did:key）署名"
        )
        reading = acts.add_parser("verify", help="核验 PDF、徽章图片或凭证文件；不有效时退出码为 1")
        reading.add_argument("file", metavar="FILE", type=Path)
        reading.add_argument("--name", default="", help="同时核对持有人姓名")
        reading.add_argument("--json", action="store_true", help="输出一个 JSON 对象")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["act"] == "export":
            self._export(options)
        else:
            self._verify(options)

    def _export(self, options: dict[str, Any]) -> None:
        rows = Certificate.objects.select_related("award__call__org", "stored")
        certificate = rows.filter(number__iexact=options["number"].strip()).first()
        if certificate is None:
            raise CommandError(f"没有编号为 {options['number']} 的证书。")
        try:
            data = export(certificate, options["form"], method=options["did"])
            options["out"].write_bytes(data)
        except Refused as refusal:
            raise CommandError(refusal.sentence) from refusal
        except OSError as error:
            raise CommandError(f"不能写入 {options['out']}：{error.strerror}。") from error
        self.stdout.write(
            self.style.SUCCESS(f"证书 {certificate.number} 已导出到 {options['out']}（{len(data)} 字节）。")
        )

    def _verify(self, options: dict[str, Any]) -> None:
        try:
            verdict = verify_bytes(options["file"].read_bytes())
        except OSError as error:
            raise CommandError(f"不能读取 {options['file']}：{error.strerror}。") from error
        named = is_named(verdict.document, options["name"]) if options["name"] else None
        if options["json"]:
            say_json(_facts(verdict) | ({"named": named} if named is not None else {}))
        else:
            paint = self.style.SUCCESS if verdict.is_valid else self.style.ERROR
            self.stdout.write(paint(verdict.sentence))
            if named is not None:
                self.stdout.write("持有人姓名相符。" if named else "持有人姓名不符。")
        if not verdict.is_valid or named is False:
            sys.exit(1)


def _facts(verdict: Verdict) -> dict[str, Any]:
    number = verdict.certificate.number if verdict.certificate else ""
    return {
        "state": verdict.state, "valid": verdict.is_valid, "form": verdict.form, "sentence": verdict.sentence,
        "issuer": verdict.issuer, "name": verdict.name, "number": number, "valid_until": verdict.valid_until,
    }  # fmt: skip

import os
import time
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from kechuang.base.backups import make_backup
from kechuang.base.errors import Refused
from kechuang.console.output import progress_bar, say_json


class Command(BaseCommand):
    help = "把数据库和文件备份到一个新文件夹；平台可以照常运行。密钥不在其中，用 --keys-to 另存到别处。"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("dir", metavar="DIR", type=Path, help="新的或空的文件夹")
        parser.add_argument(
            "--keys-to", type=Path, metavar="FILE", help="把恢复所需的密钥写入这个文件（不能在 DIR 里）"
        )
        parser.add_argument("--json", action="store_true", help="输出一个 JSON 对象")

    def handle(self, *args: Any, **options: Any) -> None:
        started, place = time.monotonic(), options["dir"].resolve()
        keys = options["keys_to"].resolve() if options["keys_to"] else None
        if keys and keys.is_relative_to(place):
            raise CommandError("密钥要与备份分开保存：--keys-to 的文件不能在备份文件夹里。")
        try:
            with progress_bar("备份") as advance_to:
                made = make_backup(place, step=lambda what, done, total: advance_to(done, total))
        except Refused as refusal:
            raise CommandError(refusal.sentence) from refusal
        if keys:
            _write_keys(keys)
        facts = {"rows": made.rows, "tables": len(made.tables), "files": len(made.files), "missing": made.missing}
        if options["json"]:
            say_json({"ok": not made.missing, **facts, "seconds": round(time.monotonic() - started, 2)})
        else:
            self.stdout.write(f"已备份 {made.rows} 行、{len(made.files)} 个文件到 {place}。")
        if made.missing:
            raise CommandError(f"有 {len(made.missing)} 个登记在册的文件不在存储里，见 manifest.json 的 missing。")


def _write_keys(path: Path) -> None:
    """Readable by its owner alone, in the form of an environment file."""
    fields = ",".join(f"{name}={secret}" for name, secret in settings.FIELD_KEYS.items())
    names = {"SECRET_KEY": settings.SECRET_KEY, "AUDIT_KEY": settings.AUDIT_KEY, "INDEX_KEY": settings.INDEX_KEY}
    lines = [*(f"{name}={value}" for name, value in names.items()), f"FIELD_KEYS={fields}"]
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as out:
        out.write("\n".join(lines) + "\n")

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from kechuang.base.crypto import DecryptionError
from kechuang.base.rotation import rotate_keys
from kechuang.console.output import progress_bar, say_json


class Command(BaseCommand):
    help = "把全部加密数据改用 FIELD_KEYS 中最后一个密钥，并按现在的 INDEX_KEY 重算查找用的散列；中断后再运行即可继续。"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="输出一个 JSON 对象")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            with progress_bar("更换密钥") as advance_to:
                done = rotate_keys(step=advance_to)
        except DecryptionError as problem:
            raise CommandError(f"{problem} 此前的数据已换好，补上密钥后再运行一次。") from problem
        if options["json"]:
            facts = {"rows": done.rows, "reencrypted": done.reencrypted, "reindexed": done.reindexed}
            say_json({"ok": True, **facts, "old_keys": done.old_keys})
            return
        self.stdout.write(f"检查 {done.rows} 行：重新加密 {done.reencrypted} 项，重算散列 {done.reindexed} 项。")
        if done.old_keys:
            self.stdout.write("旧密钥在此前的备份里还要用：恢复旧备份之前不要丢弃。")

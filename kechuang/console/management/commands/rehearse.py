import json
import os
import subprocess
import sys
from argparse import SUPPRESS
from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser

from kechuang.base.errors import Refused
from kechuang.base.tables import read_table
from kechuang.console.output import progress_bar, say_json
from kechuang.console.rehearsal.scratch import scratch_environment
from kechuang.engine.applications.importing import ColumnMapping, columns_of

SCRATCH = "KECHUANG_REHEARSAL"
"""Set by the parent for its child alone: a sign that the database is the rehearsal's own."""
WORDS = {
    "city": "建立演练城市", "import": "导入作品", "endorse": "学校审核", "recommend": "区级推荐", "screen": "资格审查",
    "round_preliminary": "初评", "round_defence": "终评问辩", "scores": "评分", "decide": "确定结果", "notice": "公示", "award": "授奖",
    "certificates": "制作证书", "verify": "核验证书", "replay": "重算分配、日程、排名", "compare": "比较计分方法", "audit": "核验审计链",
}  # fmt: skip


class Command(BaseCommand):
    help = (
        "演练：用一张真实的作品表，在独立的临时数据库里走完整届赛事（申报、推荐、评审、公示、授奖、证书核验），并报告每一步是否对得上。"
        "不会触碰真实的申报；有任何一处对不上时退出码不为 0。"
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--entries", required=True, type=Path, metavar="FILE", help="作品表（csv 或 xlsx）")
        parser.add_argument("--experts", type=int, metavar="N", help="专家人数（默认按作品数估算）")
        parser.add_argument("--seed", type=int, default=1, metavar="S", help="随机种子；同一文件和种子得到相同的结果")
        parser.add_argument("--keep", action="store_true", help="保留临时数据库，以便在浏览器里查看")
        parser.add_argument("--json", action="store_true", help="输出一个 JSON 对象")
        parser.add_argument("--inside", action="store_true", help=SUPPRESS)

    def handle(self, *args: Any, **options: Any) -> None:
        if not options["entries"].is_file():
            raise CommandError(f"找不到文件 {options['entries']}。")
        if options["inside"]:
            if not os.environ.get(SCRATCH):
                raise CommandError("演练只在自己的临时数据库里进行，请去掉 --inside。")
            self._inside(options)
        else:
            self._look_at(options["entries"])
            self._in_scratch(options)

    def _look_at(self, path: Path) -> None:
        """Refused before a database is made for it."""
        try:
            columns_of(read_table(path).headings, ColumnMapping())
        except Refused as refusal:
            raise CommandError(refusal.sentence) from refusal

    def _in_scratch(self, options: dict[str, Any]) -> None:
        """Run again in a child process whose database and files are made for this rehearsal."""
        command = [
            sys.executable,
            "-m",
            "django",
            "rehearse",
            "--inside",
            "--json",
            "--entries",
            str(options["entries"].resolve()),
        ]
        command += ["--seed", str(options["seed"])]
        command += ["--experts", str(options["experts"])] if options["experts"] else []
        with scratch_environment(keep=options["keep"]) as variables:
            root = Path(__file__).resolve().parents[4]
            path = os.pathsep.join(filter(None, (str(root), os.environ.get("PYTHONPATH", ""))))
            environment = {
                **os.environ,
                **variables,
                SCRATCH: "1",
                "DJANGO_SETTINGS_MODULE": "config.settings",
                "PYTHONPATH": path,
            }
            child = subprocess.run(command, env=environment, stdout=subprocess.PIPE, text=True, check=False)
            report = self._report(child)
            if options["keep"]:
                self.stderr.write(
                    f"演练数据保留在 DATABASE_URL={variables['DATABASE_URL']} MEDIA_ROOT={variables['MEDIA_ROOT']}"
                )
        say_json(report) if options["json"] else self._tell(report)
        if not report["ok"]:
            sys.exit(1)

    def _report(self, child: subprocess.CompletedProcess[str]) -> dict[str, Any]:
        lines = child.stdout.strip().splitlines()
        try:
            report: dict[str, Any] = json.loads(lines[-1])
        except (IndexError, ValueError) as error:
            raise CommandError("演练中断，没有完成；上面是出错的地方。真实数据没有受到影响。") from error
        return report

    def _inside(self, options: dict[str, Any]) -> None:
        from kechuang.console.rehearsal.edition import Edition  # noqa: PLC0415 -- slow import

        call_command("migrate", verbosity=0)
        with progress_bar("演练") as advance_to:
            edition = Edition(
                options["entries"], experts=options["experts"], seed=options["seed"],
                step=lambda name, done, total: advance_to(done, total),
            )  # fmt: skip
            try:
                report = edition.run()
            except Refused as refusal:
                raise CommandError(f"演练停在半路：{refusal.sentence}") from refusal
        say_json(report.as_json())

    def _tell_methods(self, report: dict[str, Any]) -> None:
        """One table: how near the assignment came to its bound, and how far each method recovers the true order."""
        rounds = list(next(iter(report["methods"].values()), {}))
        self.stdout.write(f"  {'':<30}" + "".join(f"{code:>14}" for code in rounds))
        reached = [f"{report['optimality']:14.4f}" if code == rounds[0] else f"{'—':>14}" for code in rounds]
        self.stdout.write(f"  {'分配：总匹配度 ÷ 理论上限':<21}" + "".join(reached))
        for method, taus in report["methods"].items():
            name = f"还原真实次序（Kendall tau）：{method}"
            self.stdout.write(f"  {name:<{30 - 9}}" + "".join(f"{taus[code]:14.4f}" for code in rounds))

    def _tell(self, report: dict[str, Any]) -> None:
        for step, seconds in report["seconds"].items():
            self.stdout.write(f"  {WORDS.get(step, step):<12}{seconds:8.2f} 秒")
        self.stdout.write(
            f"作品 {report['rows_in']} 行 = 接受 {report['accepted']} + 退回 {report['refused']}；推荐 {report['recommended']}，"
            f"通过审查 {report['screened']}，评审对 {report['assigned_pairs']}，违反回避 {report['conflicts_broken']}，"
            f"评分 {report['scores']}，入围 {report['shortlisted']}。"
        )
        awards = "，".join(f"{name} {count}" for name, count in report["awards"].items())
        self.stdout.write(
            f"获奖 {report['awarded']}（{awards}）；证书 {report['certificates_issued']}，核验通过 {report['certificates_verified']}。"
        )
        self.stdout.write(
            f"与真实获奖的吻合：前列精确率 {report['precision_at_awards']}，Kendall tau {report['kendall_tau']}。"
        )
        self._tell_methods(report)
        for sentence in report["faults"]:
            self.stdout.write(self.style.ERROR(f"✗ {sentence}"))
        if report["ok"]:
            self.stdout.write(
                self.style.SUCCESS(f"✓ 全部对得上，用时 {report['total_seconds']:.1f} 秒（种子 {report['seed']}）。")
            )

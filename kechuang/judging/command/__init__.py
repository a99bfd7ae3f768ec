"""The command line: files in, csv out, `--json` for programs."""

import argparse
import json
import sys
from collections.abc import Sequence
from typing import Any

from kechuang.judging.command import assigning, ranking, scheduling
from kechuang.judging.command.tables import FileRefused
from kechuang.judging.replay import plain


def parser() -> argparse.ArgumentParser:
    found = argparse.ArgumentParser(prog="kechuang judging", description="分配专家、计算排名、编排答辩日程")
    commands = found.add_subparsers(dest="command", required=True)
    for module in (assigning, ranking, scheduling):
        module.add_to(commands)
    return found


def main(arguments: Sequence[str] | None = None) -> int:
    """0: done; 1: done but something is short; 2: the input was refused."""
    options = parser().parse_args(arguments)
    try:
        report, complete = options.run(options)
    except (FileRefused, ValueError, OSError) as error:
        sys.stderr.write(f"无法处理：{error}\n")
        return 2
    sys.stdout.write(_as_json(report) if options.json else _as_text(report))
    return 0 if complete else 1


def _as_json(report: dict[str, Any]) -> str:
    return json.dumps(plain(report), ensure_ascii=False, allow_nan=False) + "\n"


def _as_text(report: dict[str, Any]) -> str:
    return "".join(
        f"{key}: {'; '.join(map(str, value)) if isinstance(value, list) else value}\n" for key, value in report.items()
    )

"""Writes the parts of the documentation that come from the code, between `<!-- generated: NAME -->` and `<!-- end -->`.

`--check` changes nothing and ends with 1 if a page is not what the code says.
"""

import argparse
import os
import re
import sys
from collections.abc import Callable, Iterable
from pathlib import Path

import django

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "scripts")]
BLOCK = re.compile(r"(<!-- generated: (?P<name>[\w-]+) -->\n).*?(<!-- end -->)", re.DOTALL)

PERMISSIONS = {
    "application.edit": "填写申报",
    "application.submit": "提交申报",
    "application.withdraw": "撤回申报",
    "application.view": "查看申报",
    "application.endorse": "学校审核报送",
    "application.recommend": "区级推荐",
    "application.screen": "资格审查",
    "application.decide": "认定结果",
    "call.edit": "编辑通知",
    "call.publish": "发布通知",
    "round.manage": "组织评审",
    "round.chair": "主持评委会",
    "review.score": "评分",
    "honour.check": "检查和警示称号",
    "seal.keep": "保管印章和签名图片",
    "talent.search": "检索英才档案",
    "pool.search": "检索客座教师",
    "pool.stop": "停止客座教师",
    "vetting.record": "登记准入查询",
    "visit.invite": "邀请到校",
    "visit.answer": "答复邀请",
    "visit.view": "查看到校活动",
    "partnership.answer": "答复合作邀请",
    "notice.publish": "发布公示",
    "objection.handle": "受理异议",
    "objection.reconsider": "复核异议",
    "award.issue": "授奖",
    "award.revoke": "撤销奖项",
    "showcase.curate": "编排展示",
    "showcase.edit": "编辑专题",
    "case.adopt": "采用课程案例",
    "showcase.front": "安排首页专题",
    "consent.answer": "回答同意书",
    "person.view": "查看人员",
    "person.see_identifiers": "查看证件号码",
    "membership.grant": "授予角色",
    "roster.upload": "导入名册",
    "pupil.sign_in": "管理学生登录",
    "role.delegate": "委托代办",
    "person.look_as": "以下属视角查看",
    "support.ask": "申请技术支持查看",
    "support.approve": "批准技术支持查看",
    "org.view": "查看机构",
    "org.edit": "编辑机构",
    "report.view": "查看统计",
    "export.make": "导出表格",
    "export.approve": "批准导出",
    "request.handle": "办理个人信息申请",
    "consent.edit": "编辑同意书",
    "privacy.oversee": "监督个人信息处理",
    "retention.manage": "到期删除",
    "job.view": "查看后台任务",
    "holiday.edit": "编辑节假日表",
    "audit.view": "查看审计日志",
    "system.operate": "系统运维",
}
"""What the interface calls a permission; a test holds this list against orgs.rules."""


def table(heading: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    head = list(heading)
    lines = [head, ["---"] * len(head), *(list(row) for row in rows)]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def fenced(text: str) -> str:
    return f"```mermaid\n{text}```\n"


def architecture() -> str:
    from draw_architecture import diagram  # noqa: PLC0415 -- app ready

    return fenced(diagram())


def workflow(name: str) -> str:
    from kechuang.engine.workflow.library import LIBRARY  # noqa: PLC0415 -- app ready
    from kechuang.engine.workflow.workflow import mermaid  # noqa: PLC0415 -- app ready

    return fenced(mermaid(LIBRARY[name]))


def honour() -> str:
    from kechuang.engine.honours.rules import mermaid  # noqa: PLC0415 -- app ready

    return fenced(mermaid())


def routes() -> str:
    """Which programme takes which workflow, by its declaration."""
    from kechuang.engine.programme.registry import PROGRAMMES  # noqa: PLC0415 -- app ready

    rows = (
        (
            f"`{plan.code}`",
            plan.name,
            plan.policy.removeprefix("行动计划 "),
            f"`{plan.workflow}`",
            "、".join(level.title for level in plan.honour.levels) if plan.honour else "",
        )
        for plan in PROGRAMMES.values()
    )
    return table(("programme", "项目", "行动计划", "workflow", "称号"), rows)


def states() -> str:
    from kechuang.engine.workflow.states import STATES  # noqa: PLC0415 -- app ready

    rows = ((f"`{state.name}`", state.label, state.holder, state.then) for state in STATES.values())
    return table(("state", "状态", "现在由谁办理", "下一步"), rows)


def moves() -> str:
    from kechuang.engine.workflow.library import TWO_TIER  # noqa: PLC0415 -- app ready

    return table(("move", "操作", "permission", "held over", "also"), (_move(move) for move in TWO_TIER.moves))


def _move(move) -> tuple[str, ...]:
    also = [f"undoes `{move.undoes}`"] if move.undoes else []
    also += ["with a reason"] if move.needs_reason else []
    also += ["no button: part of a larger act"] if not move.by_hand else []
    also += [f"guards: {', '.join(f'`{guard}`' for guard in move.guards)}"] if move.guards else []
    return f"`{move.name}`", move.label, f"`{move.needs}`", move.authority, "; ".join(also)


def permissions() -> str:
    from kechuang.orgs.enums import Role  # noqa: PLC0415 -- app ready
    from kechuang.orgs.rules import BY_AUTHORITY  # noqa: PLC0415 -- app ready

    heading = ("权限", "code", *(str(role.label) for role in Role))
    rows = (
        (f"{words}{' ▲' if code in BY_AUTHORITY else ''}", f"`{code}`", *(_grant(role, code) for role in Role))
        for code, words in PERMISSIONS.items()
    )
    return table(heading, rows)


def _grant(role, code: str) -> str:
    from kechuang.orgs.rules import GRANTS, PERSONAL  # noqa: PLC0415 -- app ready

    if code not in GRANTS[role]:
        return ""
    return "○" if code in PERSONAL.get(role, ()) else "●"


def roles() -> str:
    from kechuang.orgs.enums import OrgKind, Role  # noqa: PLC0415 -- app ready
    from kechuang.orgs.rules import GRANTABLE, HOMES  # noqa: PLC0415 -- app ready

    def _names(members, wanted) -> str:
        return "、".join(str(member.label) for member in members if member in wanted)

    rows = (
        (str(role.label), f"`{role.value}`", _names(OrgKind, HOMES[role]), _names(Role, GRANTABLE.get(role, ())))
        for role in Role
    )
    return table(("角色", "code", "任职机构", "可以授予的角色"), rows)


def commands() -> str:
    from django.core.management import get_commands  # noqa: PLC0415 -- app ready

    from config.cli import GROUPS  # noqa: PLC0415 -- app ready

    present = {*get_commands(), "serve", "judging"}
    listed = [(name, says) for _title, group in GROUPS for name, says in group]
    rows = ((f"`kechuang {name}`", says) for name, says in listed if name.replace("-", "_") in present)
    return table(("command", "用途"), rows)


def sign_ins() -> str:
    from kechuang.console.demo.personas import PERSONAS  # noqa: PLC0415 -- app ready

    return table(("登录名", "角色", "可以做什么"), ((f"`{name}`", role, what) for name, role, what in PERSONAS))


BLOCKS: dict[str, Callable[[], str]] = {
    "architecture": architecture,
    "workflow-two_tier": lambda: workflow("two_tier"),
    "workflow-one_tier": lambda: workflow("one_tier"),
    "workflow-district_city": lambda: workflow("district_city"),
    "workflow-direct": lambda: workflow("direct"),
    "workflow-granted": lambda: workflow("granted"),
    "honour": honour,
    "routes": routes,
    "states": states,
    "moves": moves,
    "permissions": permissions,
    "roles": roles,
    "commands": commands,
    "sign-ins": sign_ins,
}


def pages() -> list[Path]:
    return [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]


def renewed(text: str) -> str:
    """The page as the code would have it."""
    return BLOCK.sub(lambda found: f"{found[1]}\n{BLOCKS[found['name']]()}\n{found[3]}", text)


def stale() -> dict[Path, str]:
    """Pages that are not what the code says, with what they should be."""
    from django.utils import translation  # noqa: PLC0415 -- app ready

    texts = {page: page.read_text(encoding="utf-8") for page in pages()}
    with translation.override("zh-hans"):
        fresh = {page: renewed(text) for page, text in texts.items()}
    return {page: text for page, text in fresh.items() if text != texts[page]}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="change nothing; end with 1 if a page is out of date")
    options = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    outdated = stale()
    for page, text in outdated.items():
        print(f"{'out of date' if options.check else 'written'}: {page.relative_to(ROOT)}")
        if not options.check:
            page.write_text(text, encoding="utf-8")
    return int(options.check and bool(outdated))


if __name__ == "__main__":
    sys.exit(main())

"""`kechuang`: Django's management commands with a friendly face.

Runs from any directory, says what went wrong in one sentence (`--traceback` shows the whole), and ends with a code other than 0
on failure: 1 when the work could not be done, 2 when the command line itself is wrong.
"""

import difflib
import os
import sys
from collections.abc import Callable, Sequence

OWN_OPTION = "--traceback"


def _(text: str) -> str:
    """Marks a sentence for translation; it is translated when it is shown, after the settings are read."""
    return text


GROUPS: tuple[tuple[str, tuple[tuple[str, str], ...]], ...] = (
    (
        _("运行"),
        (
            ("serve", _("启动网站和后台任务")),
            ("work", _("只启动一个后台任务进程")),
            ("migrate", _("建立或升级数据库")),
            ("demo", _("载入演示城市，并列出每种角色的登录名")),
            ("check", _("检查设置是否正确；加 --deploy 按生产环境检查")),
        ),
    ),
    (
        _("赛事"),
        (
            ("import-entries", _("把表格中的作品导入一次征集")),
            ("rehearse", _("用真实作品演练整届赛事，报告各步数量和用时")),
            ("honours", _("列出某一天的荣誉名册：谁持有哪个称号")),
            ("replay", _("用存档的输入重算分配、排名和结果，逐位比较")),
            ("judging", _("用表格分配专家、排名、排问辩时间，不需要数据库")),
        ),
    ),
    (
        _("账号与审计"),
        (
            ("create-admin", _("建立系统、安全或审计管理员的账号")),
            ("import-roster", _("导入学校、教师、学生名册，不限行数")),
            ("totp", _("显示演示账号此刻的动态口令")),
            ("verify-audit", _("核验审计记录是否被改动")),
            ("rotate-keys", _("更换加密密钥，并重算查找用的散列")),
        ),
    ),
    (
        _("维护"),
        (
            ("backup", _("把数据库和文件备份到一个文件夹，密钥另存")),
            ("restore", _("把备份恢复到空数据库，并逐项比对")),
            ("rebuild-search", _("重写作品和课程案例的检索文字")),
            ("makemigrations", _("模型改动后生成迁移")),
            ("makemessages", _("收集界面文字以便翻译")),
            ("compilemessages", _("编译译文")),
            ("collectstatic", _("收集静态文件（生产环境）")),
            ("shell", _("交互式 Python")),
        ),
    ),
)


def main(argv: Sequence[str] | None = None) -> int:
    """The exit code, for the console script to end with."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    words = list(sys.argv[1:] if argv is None else argv)
    show_all = OWN_OPTION in words
    if not words or (words[0] in {"--help", "-h", "help"} and len(words) == 1):
        return _guarded(_help, show_all)
    name = words[0] if words[0] != "help" else words[1]
    rest = words[1:] if words[0] != "help" else ["--help"]
    if name == "serve":
        from config.serve import serve  # noqa: PLC0415 -- app ready

        return _guarded(lambda: serve(rest), show_all)
    if name == "judging":
        from kechuang.judging.command import main as judge  # noqa: PLC0415 -- slow import

        return _guarded(lambda: judge(rest), show_all)
    return _guarded(lambda: _manage(name, rest), show_all)


def _manage(name: str, rest: list[str]) -> int:
    from django.core.management import ManagementUtility, get_commands  # noqa: PLC0415 -- slow import

    _set_up()
    command = name.replace("-", "_")
    if command not in get_commands():
        return _unknown(name, get_commands())
    ManagementUtility(["kechuang", command, *(word for word in rest if word != OWN_OPTION), OWN_OPTION]).execute()
    return 0


def _unknown(name: str, known: Sequence[str]) -> int:
    from django.utils.translation import gettext  # noqa: PLC0415 -- app ready

    close = difflib.get_close_matches(name.replace("-", "_"), known, n=1)
    if close:
        sentence = gettext("没有“%(name)s”这个命令。是不是 kechuang %(close)s？")
    else:
        sentence = gettext("没有“%(name)s”这个命令。kechuang --help 列出全部命令。")
    print(sentence % {"name": name, "close": "".join(close).replace("_", "-")}, file=sys.stderr)
    return 2


def _help() -> int:
    from django.core.management import get_commands  # noqa: PLC0415 -- slow import
    from django.utils.translation import gettext  # noqa: PLC0415 -- app ready

    _set_up()
    present = {*get_commands(), "serve", "judging"}
    print(gettext("用法：kechuang 命令 [选项]"))
    for title, commands in GROUPS:
        listed = [(name, says) for name, says in commands if name.replace("-", "_") in present]
        if not listed:
            continue
        print(f"\n{gettext(title)}")
        for name, says in listed:
            print(f"  {name:<16}{gettext(says)}")
    print()
    print(gettext("kechuang 命令 --help 说明该命令的选项；--traceback 在出错时显示完整的错误经过。"))
    print(gettext("Django 的其他管理命令也可以用，例如 kechuang dbshell。"))
    return 0


def _set_up() -> None:
    import django  # noqa: PLC0415 -- slow import
    from django.conf import settings  # noqa: PLC0415 -- slow import
    from django.utils import translation  # noqa: PLC0415 -- slow import

    django.setup()
    settings.VAR_DIR.mkdir(parents=True, exist_ok=True)
    translation.activate(os.environ.get("KECHUANG_LANGUAGE", "zh-hans"))


def _guarded(work: Callable[[], int], show_all: bool) -> int:
    """Run it; turn what goes wrong into one sentence on standard error and an exit code."""
    try:
        return work()
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        return 1
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else int(bool(end.code))
    except Exception as problem:
        if show_all:
            raise
        print(_sentence(problem), file=sys.stderr)
        return getattr(problem, "returncode", 1)


def _sentence(problem: Exception) -> str:
    from django.core.exceptions import ImproperlyConfigured  # noqa: PLC0415 -- slow import
    from django.core.management import CommandError  # noqa: PLC0415 -- slow import
    from django.db import OperationalError, ProgrammingError  # noqa: PLC0415 -- slow import

    from kechuang.base.full import is_full  # noqa: PLC0415 -- slow import

    said = getattr(problem, "sentence", None)
    if said or isinstance(problem, CommandError | ImproperlyConfigured):
        return str(said or problem)
    if is_full(problem):
        return "存储空间已满，没有做完；已经保存的都在，做了一半的没有留下。请腾出空间后再运行一次同样的命令。"
    if isinstance(problem, OperationalError | ProgrammingError):
        return f"数据库没有接受这一步：{str(problem).strip().splitlines()[0]}。请检查 DATABASE_URL，并先运行 kechuang migrate。"
    if isinstance(problem, FileNotFoundError):
        return f"找不到文件：{problem.filename}"
    return f"{type(problem).__name__}：{problem}。加 {OWN_OPTION} 可看完整经过。"


if __name__ == "__main__":
    sys.exit(main())

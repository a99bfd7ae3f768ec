import pytest
from django.core.management import CommandError

from config import cli


def test_help_lists_commands_in_groups(capsys) -> None:
    assert cli.main(["--help"]) == 0

    told = capsys.readouterr().out
    assert told.startswith("用法：kechuang 命令 [选项]")
    assert "  serve           启动网站和后台任务\n" in told


def test_unknown_command_says_what_was_meant(capsys) -> None:
    assert cli.main(["import-entrys"]) == 2

    assert capsys.readouterr().err == "没有“import-entrys”这个命令。是不是 kechuang import-entries？\n"


@pytest.mark.parametrize(
    ("problem", "sentence"),
    [
        (CommandError("没有这个征集。"), "没有这个征集。"),
        (FileNotFoundError(2, "no", "作品.csv"), "找不到文件：作品.csv"),
        (KeyError("x"), "KeyError：'x'。加 --traceback 可看完整经过。"),
    ],
)
def test_failure_is_one_sentence_and_a_code(problem: Exception, sentence: str, capsys) -> None:
    def fail() -> int:
        raise problem

    assert cli._guarded(fail, show_all=False) == 1
    assert capsys.readouterr().err == f"{sentence}\n"


def test_traceback_is_shown_when_asked_for() -> None:
    def fail() -> int:
        raise KeyError("x")

    with pytest.raises(KeyError):
        cli._guarded(fail, show_all=True)


def test_wrong_option_ends_with_two(capsys) -> None:
    assert cli.main(["check", "--no-such-option"]) == 2

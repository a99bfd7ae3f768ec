"""The command line on real files of every kind."""

import csv
import json

import numpy as np
import pytest
from openpyxl import Workbook

from kechuang.judging.command import main
from kechuang.judging.command.tables import read_sheets


def written(path):
    with path.open(encoding="utf-8-sig") as file:
        return list(csv.DictReader(file))


def workbook(path, sheets):
    book = Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    book.save(path)


@pytest.mark.parametrize("form", ["dense", "sparse"])
def test_assign_reads_npz(tmp_path, capsys, form):
    weight = np.array([[0.9, 0.1], [0.2, 0.8], [0.5, 0.5]])
    shared = {"demand": np.array([1, 1]), "load_ub": np.array([1, 1, 1]), "load_lb": np.zeros(3, dtype=int)}
    expert, entry = np.nonzero(weight)
    parts = {
        "dense": {"affinity": weight, "conflict": np.eye(3, 2, dtype=bool)},
        "sparse": {
            "expert": expert,
            "entry": entry,
            "w": weight[expert, entry],
            "ce": np.array([0, 1]),
            "cp": np.array([0, 1]),
        },
    }
    np.savez(tmp_path / "in.npz", **shared, **parts[form])

    code = main(["assign", str(tmp_path / "in.npz"), str(tmp_path / "out.csv"), "--json", "--mode", "total"])

    assert code == 0
    assert json.loads(capsys.readouterr().out)["total"] == pytest.approx(0.7)
    assert len(written(tmp_path / "out.csv")) == 2


def test_assign_reads_a_workbook_and_names_who_is_short(tmp_path, capsys):
    pairs = [["专家", "作品", "匹配度"], ["王老师", "甲", 1], ["李老师", "甲", 0.5], ["李老师", "乙", 1]]
    workbook(tmp_path / "in.xlsx", {"affinity": pairs, "conflicts": [["专家", "作品"], ["李老师", "乙"]]})

    code = main(["assign", str(tmp_path / "in.xlsx"), str(tmp_path / "out.csv"), "--demand", "1", "--load-max", "2"])

    assert code == 1
    assert "乙" in capsys.readouterr().out
    assert written(tmp_path / "out.csv") == [{"expert": "王老师", "entry": "甲"}]


def test_a_mistyped_conflict_is_refused(tmp_path, capsys):
    workbook(
        tmp_path / "in.xlsx",
        {"affinity": [["expert", "entry", "affinity"], ["a", "x", 1]], "conflicts": [["expert", "entry"], ["a", "y"]]},
    )

    assert main(["assign", str(tmp_path / "in.xlsx"), str(tmp_path / "o.csv"), "--demand", "1", "--load-max", "2"]) == 2
    assert "a – y" in capsys.readouterr().err
    assert not (tmp_path / "o.csv").exists()


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030"])
def test_rank_reads_csv_and_escapes_formulas(tmp_path, encoding):
    text = "作品,评委,得分\n=甲,a,90\n=甲,b,80\n乙,a,70\n乙,b,\n"
    (tmp_path / "in.csv").write_text(text, encoding=encoding)

    code = main(["rank", str(tmp_path / "in.csv"), str(tmp_path / "out.csv"), "--method", "mean", "--ratios", "0.5"])

    rows = written(tmp_path / "out.csv")
    assert code == 0
    assert [(row["rank"], row["item"], row["estimate"]) for row in rows] == [("1", "'=甲", "85.0"), ("2", "乙", "70.0")]


@pytest.mark.parametrize(
    ("text", "word"), [("item,judge\na,b\n", "score"), ("item,judge,score\na,b,九\n", "九"), ("", "表头")]
)
def test_rank_refuses_what_it_cannot_read(tmp_path, capsys, text, word):
    (tmp_path / "in.csv").write_text(text, encoding="utf-8")

    assert main(["rank", str(tmp_path / "in.csv"), str(tmp_path / "out.csv")]) == 2
    assert word in capsys.readouterr().err


def test_timetable_reads_a_workbook(tmp_path, capsys):
    workbook(
        tmp_path / "in.xlsx",
        {
            "panels": [["panel", "judges"], ["P", "j1、j2"]],
            "rooms": [["room"], ["R"]],
            "slots": [["slot", "day"], ["09:00", "1"], ["09:20", "1"]],
            "entries": [["entry", "people", "school", "far"], ["E1", "a；b", "S", 0.5], ["E2", "c", "S", None]],
        },
    )

    code = main(["timetable", str(tmp_path / "in.xlsx"), str(tmp_path / "out.csv"), "--json"])

    assert code == 0
    assert json.loads(capsys.readouterr().out)["placed"] == 2
    assert [row["slot"] for row in written(tmp_path / "out.csv")] == ["09:00", "09:20"]


def defence_day(path, **sheets):
    workbook(
        path,
        {
            "评审组": [["评审组", "评委", "场地", "不能到场"], ["P", "j1", "R1", None], ["Q", "j2", None, "1"]],
            "场地": [["场地", "不开放"], ["R1", None], ["R2", "3"]],
            "时段": [
                ["时段", "日期", "开始", "结束", "午休"],
                *(
                    [str(n), "12-05", f"2026-12-05 {8 + n:02}:00", f"2026-12-05 {8 + n:02}:30", None]
                    for n in (1, 2, 3, 4)
                ),
            ],
            "作品": [
                ["作品", "到场人员", "学校", "路远", "可评评审组", "不能到场"],
                ["E1", "甲；乙", "S1", 1, None, None],
                ["E2", "乙", "S1", None, "P", "1"],
                ["E3", "丙", "S2", None, None, None],
            ],
            "回避": [["评审组", "作品"], ["P", "E3"]],
            **sheets,
        },
    )


def test_a_timetable_becomes_lists_for_doors_judges_and_slips_and_calendars(tmp_path, capsys):
    defence_day(tmp_path / "in.xlsx")

    asked = [
        "timetable",
        str(tmp_path / "in.xlsx"),
        str(tmp_path / "out.xlsx"),
        "--calendars",
        str(tmp_path / "ics"),
        "--json",
    ]
    assert main(asked) == 0

    told = json.loads(capsys.readouterr().out)
    assert (told["placed"], told["placeable"], told["proved"]) == (3, 3, True)
    sheets = dict(read_sheets(tmp_path / "out.xlsx"))
    assert set(sheets) == {"timetable", "doors", "judges", "slips", "notes"}
    assert {row["panel"] for row in sheets["timetable"] if row["entry"] == "E3"} == {"Q"}
    assert {row["entry"] for row in sheets["slips"] if row["person"] == "乙"} == {"E1", "E2"}
    assert {len({row["slot"] for row in sheets["timetable"] if row["entry"] in ("E1", "E2")})} == {2}
    assert "SUMMARY:答辩 E3" in (tmp_path / "ics" / "Q.ics").read_text()
    assert (tmp_path / "ics" / "丙.ics").read_text().count("BEGIN:VEVENT") == 1


def test_one_entry_of_an_earlier_timetable_moves_and_nobody_else(tmp_path):
    defence_day(tmp_path / "in.xlsx")
    source, old, new = (str(tmp_path / name) for name in ("in.xlsx", "old.csv", "new.csv"))
    assert main(["timetable", source, old]) == 0
    before = {row["entry"]: row for row in written(tmp_path / "old.csv")}

    assert main(["timetable", source, new, "--keep", old, "--move", "E2@P@4"]) == 0

    after = {row["entry"]: row for row in written(tmp_path / "new.csv")}
    assert after["E2"]["slot"] == "4"
    assert {name: row for name, row in after.items() if name != "E2"} == {n: r for n, r in before.items() if n != "E2"}


@pytest.mark.parametrize(
    ("sheets", "options", "word"),
    [
        ({"回避": [["评审组", "作品"], ["P", "E9"]]}, [], "E9"),
        ({"固定": [["作品", "评审组", "时段"], ["E3", "P", "2"]]}, [], "回避"),
        ({"权重": [["规则", "权重"], ["weather", 3]]}, [], "weather"),
        ({"时段": [["时段", "开始"], ["1", "上午"]]}, [], "上午"),
        ({}, ["--move", "E1"], "--keep"),
    ],
)
def test_a_timetable_that_names_what_is_not_there_is_refused(tmp_path, capsys, sheets, options, word):
    defence_day(tmp_path / "in.xlsx", **sheets)

    assert main(["timetable", str(tmp_path / "in.xlsx"), str(tmp_path / "out.csv"), *options]) == 2
    assert word in capsys.readouterr().err


def test_a_fixed_place_and_a_weight_of_the_organiser_are_kept(tmp_path):
    defence_day(
        tmp_path / "in.xlsx",
        固定=[["作品", "评审组", "时段"], ["E2", "P", "3"]],
        权重=[["规则", "权重"], ["same_school", 0]],
    )

    assert main(["timetable", str(tmp_path / "in.xlsx"), str(tmp_path / "out.csv")]) == 0
    assert {row["entry"]: row["slot"] for row in written(tmp_path / "out.csv")}["E2"] == "3"

import io
import zipfile
from datetime import date

import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook
from openpyxl.styles import Font

from kechuang.base.tables import (
    Column,
    TableRefused,
    annotate,
    escape_formula,
    read_table,
    write_csv,
    write_template,
    write_xlsx,
)

COLUMNS = (
    Column("姓名", required=True, sample="张三", note="与学籍一致"),
    Column("年级", kind="integer", sample=5),
    Column("组别", choices=("小学组", "初中组"), sample="小学组"),
    Column("出生日期", kind="date", sample=date(2015, 1, 2)),
)


def xlsx(rows: list[list], *, top: int = 0, password_like: bool = False) -> bytes:
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    sheet = book.add_worksheet("名单")
    for number, row in enumerate(rows):
        sheet.write_row(number + top, 0, row)
    book.close()
    return out.getvalue()


def refusal(data: bytes, **options) -> str:
    with pytest.raises(TableRefused) as caught:
        read_table(data, **options)
    return str(caught.value)


def test_xlsx_rows_carry_their_row_number_in_the_file():
    table = read_table(xlsx([["姓名*", "年级"], [" 张三 ", 5.0], ["", ""], ["李四", "六"]], top=2))

    rows = list(table.rows)

    assert (table.headings, table.sheet, table.count) == (["姓名", "年级"], "名单", 2)
    assert rows == [{"姓名": "张三", "年级": 5}, {"姓名": "李四", "年级": "六"}]
    assert [row.number for row in rows] == [4, 6]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", "\t", ";"])
def test_csv_in_any_usual_encoding(encoding, delimiter):
    text = f"姓名{delimiter}学校\r\n张三{delimiter}第一小学\r\n\r\n李四{delimiter}第二小学\r\n"

    rows = list(read_table(text.encode(encoding)).rows)

    assert [row["学校"] for row in rows] == ["第一小学", "第二小学"]
    assert [row.number for row in rows] == [2, 4]


@pytest.mark.parametrize(
    ("data", "part"),
    [
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\x0d", "这不是表格文件"),
        (b"", "没有任何内容"),
        ("姓名,姓名\n1,2".encode(), "“姓名”出现了两次"),
        (xlsx([["姓名"], *[[str(n)] for n in range(6)]]), "6 行，一次最多 5 行"),
        (xlsx([["姓名"], *[[str(n)] for n in range(300)]]), "300 行，一次最多 5 行"),
        (xlsx([["姓名"]])[:-200], "损坏"),
    ],
)
def test_what_is_not_a_table_is_refused_with_the_reason(data, part):
    assert part in refusal(data, max_rows=5)


def test_missing_required_headings_are_named():
    assert "“学校、年级”" in refusal("姓名\n张三".encode(), required=("姓名", "学校", "年级"))


def test_a_cell_far_away_is_refused_before_the_sheet_is_laid_out():
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out)
    sheet = book.add_worksheet()
    sheet.write("A1", "姓名")
    sheet.write("XFD1048576", "x")
    book.close()

    assert "200 列" in refusal(out.getvalue())


def test_an_xlsx_that_unpacks_to_gigabytes_is_refused():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * 40_000_000)

    assert "解压后过大" in refusal(out.getvalue())


def test_a_file_over_the_limit_is_refused():
    assert "超过 0 MB" in refusal(b"a,b\n" * 100, max_bytes=100)


@given(st.text(st.characters(codec="utf-8", exclude_categories=("C", "Z"))))
def test_no_text_leaves_as_a_formula_and_all_text_comes_back(text):
    written = write_csv([Column("首"), Column("文本")], [["x", text]])

    assert not str(escape_formula(text)).startswith(("=", "+", "-", "@", "\t"))
    assert [row["文本"] for row in read_table(written).rows] == [text]


def test_formulas_stay_text_in_xlsx():
    data = write_xlsx([Column("内容")], [["=1+1"], ["@SUM(A1)"], ["http://example.cn"]], title="导出")

    sheet = load_workbook(io.BytesIO(data)).active

    assert [(cell.value, cell.data_type) for cell in sheet["A"][1:3]] == [("=1+1", "s"), ("@SUM(A1)", "s")]
    assert sheet["A2"].quotePrefix
    assert not sheet["A4"].hyperlink
    assert [row["内容"] for row in read_table(data).rows] == ["=1+1", "@SUM(A1)", "http://example.cn"]


def test_numbers_and_dates_keep_their_kind_and_codes_their_digits():
    columns = [Column("学籍号"), Column("分数", kind="number"), Column("日期", kind="date")]

    data = write_xlsx(columns, [{"学籍号": "012345678901234567", "分数": 9.5, "日期": date(2026, 5, 1)}])

    assert list(read_table(data).rows) == [{"学籍号": "012345678901234567", "分数": 9.5, "日期": date(2026, 5, 1)}]


def test_large_exports_from_a_generator():
    data = write_xlsx([Column("n", kind="integer")], ([n] for n in range(1000)), title="[a]/b", notes=["说明"])

    table = read_table(data)

    assert (table.count, table.sheet) == (1000, "a  b")


def test_the_template_has_lists_stars_and_a_sample_that_is_not_imported():
    data = write_template(COLUMNS, title="报名名单", notes=["一行一人"])

    sheet = load_workbook(io.BytesIO(data))["报名名单"]
    rules = {str(rule.sqref): rule for rule in sheet.data_validations.dataValidation}

    assert [cell.value for cell in sheet[1]] == ["姓名*", "年级", "组别", "出生日期"]
    assert sheet["A2"].value == "（示例，可删）张三"
    assert rules["C2:C5001"].formula1 == '"小学组,初中组"'
    assert {rule.type for rule in rules.values()} == {"list", "whole", "date"}
    assert read_table(data).count == 0


def test_a_long_list_of_choices_stands_on_a_hidden_sheet():
    schools = tuple(f"第{n}小学" for n in range(300))

    book = load_workbook(io.BytesIO(write_template([Column("学校", choices=schools)], title="t")))

    assert book["list0"].sheet_state == "hidden"
    assert book["t"].data_validations.dataValidation[0].formula1 == "list0!$A$1:$A$300"


def test_annotate_gives_the_same_file_back_with_reasons(tmp_path):
    book = Workbook()
    sheet = book.active
    sheet.append(["姓名", "年级"])
    sheet.append(["张三", 5])
    sheet.append(["李四", 13])
    sheet["A2"].font = Font(bold=True)
    sheet.column_dimensions["A"].width = 33
    path = tmp_path / "名单.xlsx"
    book.save(path)

    back = load_workbook(io.BytesIO(annotate(path, {3: "年级应为 1 至 12"}))).active

    assert [cell.value for cell in back["C"]] == ["未导入的原因", None, "年级应为 1 至 12"]
    assert (back["A2"].font.bold, back.column_dimensions["A"].width) == (True, 33)


def test_annotate_csv_keeps_rows_in_place():
    back = annotate("姓名,年级\n张三,5\n李四,13\n".encode("gb18030"), {3: "=年级有误"})

    assert back.decode("utf-8-sig").splitlines() == ["姓名,年级,未导入的原因", "张三,5,", "李四,13,'=年级有误"]

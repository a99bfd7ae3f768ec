import io
import struct
import zipfile

import pikepdf
import pytest
import xlsxwriter
from django.core.files.uploadedfile import SimpleUploadedFile
from openpyxl import load_workbook
from PIL import Image

from kechuang.base.enums import FileKind
from kechuang.base.files import FileRefused, accept, discard
from kechuang.base.files.names import clean_name
from kechuang.base.models import AuditEntry, StoredFile
from tests.base import samples

pytestmark = pytest.mark.django_db
MB = 1024 * 1024
ALL = set(FileKind)


@pytest.fixture(autouse=True)
def own_media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"


def take(data: bytes, name: str = "作品.bin", *, kind=ALL, max_bytes: int = 5 * MB, **options) -> StoredFile:
    return accept(SimpleUploadedFile(name, data, "text/plain"), kind=kind, max_bytes=max_bytes, **options)


def refusal(data: bytes, **options) -> str:
    with pytest.raises(FileRefused) as caught:
        take(data, **options)
    assert not StoredFile.objects.exists()
    return caught.value.sentence


def content(stored: StoredFile) -> bytes:
    with stored.open() as file:
        return file.read()


@pytest.mark.parametrize(("kind", "extension"), [("PNG", "png"), ("JPEG", "jpg"), ("WEBP", "webp")])
def test_an_image_loses_place_camera_and_author(kind, extension):
    data = samples.image(kind)
    assert b"SecretCamera" in data

    stored = take(data, "照片.exe")

    clean = content(stored)
    assert (stored.name, stored.kind, stored.width, stored.height) == (f"照片.{extension}", FileKind.IMAGE, 40, 20)
    assert b"Secret" not in clean
    assert dict(Image.open(io.BytesIO(clean)).getexif()) == {}
    assert stored.size == len(clean)


def test_a_photo_taken_sideways_is_stored_upright():
    stored = take(samples.image("JPEG", orientation=6))

    assert (stored.width, stored.height) == (20, 40)
    assert Image.open(io.BytesIO(content(stored))).size == (20, 40)


def test_an_upright_jpeg_keeps_its_quantisation():
    data = samples.image("JPEG")

    clean = content(take(data))

    assert Image.open(io.BytesIO(clean)).quantization == Image.open(io.BytesIO(data)).quantization


def test_a_pdf_loses_author_history_and_the_place_of_its_photos():
    data = samples.pdf(change=samples.with_photo)
    assert data.count(b"Secret") > 3

    stored = take(data, "论文.pdf")

    clean = content(stored)
    with pikepdf.open(io.BytesIO(clean)) as document:
        assert "/Info" not in document.trailer or "/Author" not in document.docinfo
        assert "/Metadata" not in document.Root
        photo = document.pages[0].Resources.XObject.Im.read_raw_bytes()
    assert (stored.pages, stored.content_type) == (2, "application/pdf")
    assert b"Secret" not in clean + photo
    assert Image.open(io.BytesIO(photo)).size == (40, 20)


@pytest.mark.parametrize(
    ("data", "part"),
    [
        (samples.pdf(change=samples.with_script), "JavaScript"),
        (samples.pdf(change=samples.with_nested_script), "JavaScript"),
        (samples.pdf(change=samples.with_program), "自动运行"),
        (samples.pdf(change=samples.with_attachment), "夹带了附件"),
        (samples.pdf(encryption=pikepdf.Encryption(owner="a", user="b")), "密码"),
        (samples.pdf(encryption=pikepdf.Encryption(owner="a", user="")), "密码"),
        (b"%PDF-1.4\nnothing here", "损坏"),
    ],
)
def test_a_pdf_that_acts_hides_or_is_locked_is_refused(data, part):
    assert part in refusal(data)


def test_a_video_loses_place_times_and_the_log_of_the_camera():
    data = samples.video()
    assert b"SECRET-GPS-LOG" in data

    stored = take(data, "演示.MP4")

    clean = content(stored)
    assert (stored.name, stored.content_type, stored.seconds) == ("演示.mp4", "video/mp4", 12)
    assert b"SECRET" not in clean
    assert struct.pack(">I", 3_900_000_000) not in clean
    assert samples.PICTURE in clean
    assert len(clean) == len(data)


@pytest.mark.parametrize(
    "data",
    [
        samples.video()[:-5],
        samples.video(trailing=b"MZ more"),
        samples.box(b"ftyp", b"isom" + bytes(8)) + samples.box(b"mdat", b"x"),
        samples.box(b"ftyp", b"isom" + bytes(8)) + struct.pack(">I4sQ", 1, b"moov", 2**62),
    ],
)
def test_a_video_with_gaps_or_leftovers_is_refused(data):
    assert "视频" in refusal(data)


@pytest.mark.parametrize(
    "data",
    [
        samples.image("PNG") + samples.archive({"a.txt": "x"}),
        samples.image("JPEG") + b"<script>alert(1)</script>",
        samples.pdf() + samples.archive({"evil.jar": b"x"}),
        samples.image("JPEG")[:2] + b"\xff\xfe\x00\x0a%PDF-1.4" + samples.image("JPEG")[2:],
        b"%PDF-1.4<script>alert(1)</script>" + samples.pdf(),
        samples.video(trailing=samples.archive({"a": b"x"})),
    ],
)
def test_a_file_that_is_two_things_is_refused(data):
    assert "夹带" in refusal(data)


@pytest.mark.parametrize(
    "data",
    [
        b"MZ\x90\x00" + bytes(100),
        b"<html>\n<script>1</script>",
        b"<svg xmlns='x'>\n</svg>",
        samples.archive({"a": "x"}),
        b"\x00\n",
    ],
)
def test_what_is_none_of_our_formats_is_refused(data):
    assert "内容不是" in refusal(data)


def test_the_allowed_kinds_are_named_when_another_comes():
    assert "PNG、JPG、WebP、PDF" in refusal(samples.video(), kind={FileKind.IMAGE, "pdf"})


def test_too_large_and_empty_files_are_refused():
    assert "1 MB" in refusal(bytes(MB + 1), max_bytes=MB)
    assert "空的" in refusal(b"")


def test_a_picture_of_gigapixels_is_refused_before_it_is_decoded():
    out = io.BytesIO()
    Image.new("1", (20_000, 20_000)).save(out, "PNG")

    assert "像素" in refusal(out.getvalue())


def test_a_truncated_picture_is_refused():
    data = samples.image("PNG", size=(300, 300))

    assert "损坏" in refusal(data[: len(data) // 2])


def test_a_docx_loses_author_and_the_place_of_its_photos():
    stored = take(samples.docx(), "报告.docx")

    with zipfile.ZipFile(io.BytesIO(content(stored))) as packed:
        everything = b"".join(packed.read(name) for name in packed.namelist())
        assert packed.read("word/document.xml").decode() == "<document>正文</document>"
    assert (stored.kind, stored.name) == (FileKind.DOCUMENT, "报告.docx")
    assert b"Secret" not in everything


def test_an_xlsx_still_opens_after_cleaning():
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out)
    book.set_properties({"author": "SecretAuthor"})
    book.add_worksheet().write("A1", "姓名")
    book.close()

    stored = take(out.getvalue(), kind="sheet")

    assert load_workbook(io.BytesIO(content(stored))).active["A1"].value == "姓名"
    assert b"SecretAuthor" not in zipfile.ZipFile(io.BytesIO(content(stored))).read("docProps/core.xml")


def test_macros_and_zip_bombs_are_refused():
    assert "宏" in refusal(samples.archive({"word/document.xml": "x", "word/vbaProject.bin": "x"}))
    assert "解压后过大" in refusal(samples.archive({"xl/workbook.xml": "x", "xl/a.xml": bytes(30 * MB)}))


def test_csv_is_taken_as_a_table():
    assert take("姓名,年级\n张三,5\n".encode("gb18030"), "a.csv").content_type == "text/csv"


@pytest.mark.parametrize(
    ("given", "clean"),
    [
        ("../../etc/passwd", "passwd.pdf"),
        ("C:\\Users\\张三\\论文.docx", "论文.pdf"),
        ("报告\u202efdp.exe", "报告fdp.pdf"),
        ('a"b\r\nX: y.pdf', "a bX y.pdf"),
        ("", "file.pdf"),
        ("...", "file.pdf"),
        ("长" * 300 + ".pdf", "长" * 100 + ".pdf"),
    ],
)
def test_names_are_safe_to_download(given, clean):
    assert clean_name(given, "pdf") == clean


def test_the_place_on_disk_tells_nothing():
    stored = take(samples.image("PNG"), "张三的作品.png", scope_path="/1/2/")

    assert stored.blob.name == f"stored/{stored.public_id[:2]}/{stored.public_id}"
    assert stored.scope_path == "/1/2/"


def test_discarding_removes_the_bytes_once_it_holds(django_capture_on_commit_callbacks):
    stored = take(samples.image("PNG"))
    storage, name = stored.blob.storage, stored.blob.name

    with django_capture_on_commit_callbacks(execute=True):
        discard(stored, by=None, reason="重复上传")
        assert storage.exists(name)

    assert not storage.exists(name)
    assert AuditEntry.objects.get().action == "file.discard"

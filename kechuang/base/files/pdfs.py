from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pikepdf
from django.utils.translation import gettext as _

from kechuang.base.files.images import without_metadata
from kechuang.base.files.refusal import FileRefused

MAX_PAGES = 2000
DEPTH = 40
SCRIPTS = {"/JavaScript", "/Launch", "/ImportData", "/SubmitForm"}
PRIVATE_KEYS = ("/Metadata", "/PieceInfo", "/LastModified")


def clean_pdf(path: Path) -> dict[str, Any]:
    """Refuse what acts or hides (password, JavaScript, programs, attachments); drop author, XMP and editing history."""
    try:
        with pikepdf.open(path, allow_overwriting_input=True) as pdf:
            _refuse(pdf)
            pages = len(pdf.pages)
            _strip(pdf)
            pdf.save(path, fix_metadata_version=False, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    except pikepdf.PasswordError as error:
        raise _locked() from error
    except (pikepdf.PdfError, RecursionError) as error:
        raise FileRefused(_("PDF 已损坏，无法打开。请从原来的软件重新导出后再上传。")) from error
    return {"pages": pages}


def _locked() -> FileRefused:
    return FileRefused(_("PDF 设有密码或编辑限制，平台无法检查。请去掉密码后重新导出再上传。"))


def _refuse(pdf: pikepdf.Pdf) -> None:
    if pdf.is_encrypted:
        raise _locked()
    if not 1 <= len(pdf.pages) <= MAX_PAGES:
        sentence = _("PDF 有 %(pages)s 页，应为 1 至 %(limit)s 页。")
        raise FileRefused(sentence % {"pages": len(pdf.pages), "limit": MAX_PAGES})
    for item in _dictionaries(pdf):
        _refuse_act(item)


def _dictionaries(pdf: pikepdf.Pdf) -> Iterator[Any]:
    """Every dictionary of the file, those nested in others too; references are met where they stand."""
    for top in [*pdf.objects, pdf.trailer]:
        yield from _within(top, DEPTH)


def _within(item: Any, depth: int) -> Iterator[Any]:
    if not depth:
        raise FileRefused(_("PDF 的结构异常，平台没有打开它。请从原来的软件重新导出后再上传。"))
    if isinstance(item, pikepdf.Dictionary | pikepdf.Stream):
        yield item
        children = [item[key] for key in item.keys()]  # noqa: SIM118 -- a pikepdf dictionary iterates differently when a stream
    else:
        children = list(item) if isinstance(item, pikepdf.Array) else []
    for child in children:
        if isinstance(child, pikepdf.Object) and not child.is_indirect:
            yield from _within(child, depth - 1)


def _refuse_act(item: Any) -> None:
    if "/JS" in item or str(item.get("/S", "")) in SCRIPTS or "/XFA" in item:
        raise FileRefused(_("PDF 里有会自动运行的程序（JavaScript、表单脚本等）。请用“打印为 PDF”重新导出后再上传。"))
    if "/EF" in item or "/EmbeddedFiles" in item:
        raise FileRefused(_("PDF 里夹带了附件。请删去附件，或把附件作为单独的文件上传。"))


def _strip(pdf: pikepdf.Pdf) -> None:
    if "/Info" in pdf.trailer:
        del pdf.trailer["/Info"]
    for item in list(_dictionaries(pdf)):
        for key in PRIVATE_KEYS:
            if key in item:
                del item[key]
        if isinstance(item, pikepdf.Stream) and item.get("/Filter") == pikepdf.Name.DCTDecode:
            item.write(without_metadata(item.read_raw_bytes()), filter=pikepdf.Name.DCTDecode)

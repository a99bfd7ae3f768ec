"""Zip containers (xlsx, docx, pptx) looked at before anything unpacks them: bombs, passwords, macros, and what acts or fetches.

Objects of the formula editors (oleObject.bin) are let through: pupils' reports are full of them, and nothing here opens one.
"""

import re
import zipfile
import zlib
from typing import BinaryIO

from django.utils.translation import gettext as _

from kechuang.base.errors import Refused

MAX_UNPACKED = 300 * 1024 * 1024
MAX_RATIO = 200
MAX_MEMBERS = 5000
SUSPICIOUS_FROM = 10 * 1024 * 1024
ACTIVE = re.compile(r"(vbaproject[\w.-]*\.bin|vbadata\.xml)$|(^|/)(activex|macrosheets|dialogsheets)/", re.IGNORECASE)
FETCHING = re.compile(rb'(?=[^>]*TargetMode="External")[^>]*/(?:attachedTemplate|oleObject|frame|subDocument)"')
ACTING = re.compile(rb"\bDDE(?:AUTO)?\b[^<]{0,40}(?:cmd|powershell|\\\\|\.exe)|<(?:\w+:)?ddeLink\b", re.IGNORECASE)
DECLARED = re.compile(rb"<!(?:DOCTYPE|ENTITY)", re.IGNORECASE)
LOOKED_AT = 2 * 1024 * 1024
"""So much of each part is looked at: declarations and relations stand at the beginning."""
PARTS = {"xl/workbook.xml": "xlsx", "word/document.xml": "docx", "ppt/presentation.xml": "pptx"}


class ArchiveRefused(Refused):
    """The sentence that says why."""


def check_archive(file: BinaryIO) -> str | None:
    """Return "xlsx", "docx", "pptx", or None for another zip; raise ArchiveRefused for one that is unsafe to open."""
    try:
        with zipfile.ZipFile(file) as archive:
            members = archive.infolist()
            _refuse_bomb(members)
            names = {member.filename for member in members}
            kind = next((kind for part, kind in PARTS.items() if part in names), None)
            _refuse_names(names)
            if kind is not None:
                _refuse_parts(archive, members)
    except ArchiveRefused:
        raise
    except (zipfile.BadZipFile, NotImplementedError, OSError, ValueError, zlib.error) as error:
        raise ArchiveRefused(_("文件已损坏，无法打开。请用原来的软件重新保存后再上传。")) from error
    return kind


def _refuse_names(names: set[str]) -> None:
    if any(name.startswith(("/", "\\")) or ".." in re.split(r"[/\\]", name) for name in names):
        raise ArchiveRefused(_("文件里有指向别处的路径，可能被人动过手脚。请用原来的软件重新保存后再上传。"))
    if any(ACTIVE.search(name) for name in names):
        raise ArchiveRefused(_("文件中含有宏。请另存为不含宏的格式（.xlsx、.docx、.pptx）后再上传。"))


def _refuse_parts(archive: zipfile.ZipFile, members: list[zipfile.ZipInfo]) -> None:
    if any(member.flag_bits & 1 for member in members):
        raise ArchiveRefused(_("文件设有密码，平台无法检查。请取消密码后再上传。"))
    for member in members:
        if member.filename.endswith((".xml", ".rels")):
            with archive.open(member) as part:
                _refuse_part(part.read(LOOKED_AT), is_relations=member.filename.endswith(".rels"))


def _refuse_part(start: bytes, *, is_relations: bool) -> None:
    if DECLARED.search(start[:4096]):
        raise ArchiveRefused(_("文件里有异常的声明，可能被人动过手脚。请用原来的软件重新保存后再上传。"))
    fetches = is_relations and any(FETCHING.match(tag) for tag in re.findall(rb"<Relationship\b[^>]*>", start))
    if fetches or ACTING.search(start):
        raise ArchiveRefused(_("文件打开时会去执行程序或读取别处的内容。请删去这些链接，或导出为 PDF 后再上传。"))


def _refuse_bomb(members: list[zipfile.ZipInfo]) -> None:
    unpacked = sum(member.file_size for member in members)
    packed = sum(member.compress_size for member in members) or 1
    too_dense = unpacked > SUSPICIOUS_FROM and unpacked / packed > MAX_RATIO
    if unpacked > MAX_UNPACKED or too_dense or len(members) > MAX_MEMBERS:
        raise ArchiveRefused(_("文件解压后过大，不像是正常的文档，平台没有打开它。请删去多余内容、重新保存后再上传。"))

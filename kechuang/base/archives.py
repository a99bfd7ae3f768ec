"""Zip containers (xlsx, docx, pptx) looked at before anything unpacks them: bombs, passwords, macros."""

import zipfile
from typing import BinaryIO

from django.utils.translation import gettext as _

from kechuang.base.errors import Refused

MAX_UNPACKED = 300 * 1024 * 1024
MAX_RATIO = 200
MAX_MEMBERS = 5000
SUSPICIOUS_FROM = 10 * 1024 * 1024
PARTS = {"xl/workbook.xml": "xlsx", "word/document.xml": "docx", "ppt/presentation.xml": "pptx"}


class ArchiveRefused(Refused):
    """The sentence that says why."""


def check_archive(file: BinaryIO) -> str | None:
    """Return "xlsx", "docx", "pptx", or None for another zip; raise ArchiveRefused for one that is unsafe to open."""
    try:
        with zipfile.ZipFile(file) as archive:
            members = archive.infolist()
    except (zipfile.BadZipFile, NotImplementedError, OSError) as error:
        raise ArchiveRefused(_("文件已损坏，无法打开。请用原来的软件重新保存后再上传。")) from error
    _refuse_bomb(members)
    names = {member.filename for member in members}
    if any(member.flag_bits & 1 for member in members):
        raise ArchiveRefused(_("文件设有密码，平台无法检查。请取消密码后再上传。"))
    if any(name.lower().endswith("vbaproject.bin") for name in names):
        raise ArchiveRefused(_("文件中含有宏。请另存为不含宏的格式（.xlsx、.docx、.pptx）后再上传。"))
    return next((kind for part, kind in PARTS.items() if part in names), None)


def _refuse_bomb(members: list[zipfile.ZipInfo]) -> None:
    unpacked = sum(member.file_size for member in members)
    packed = sum(member.compress_size for member in members) or 1
    too_dense = unpacked > SUSPICIOUS_FROM and unpacked / packed > MAX_RATIO
    if unpacked > MAX_UNPACKED or too_dense or len(members) > MAX_MEMBERS:
        raise ArchiveRefused(_("文件解压后过大，不像是正常的文档，平台没有打开它。请删去多余内容、重新保存后再上传。"))

import shutil
import zipfile
from pathlib import Path
from typing import Any

from kechuang.base.files.images import without_metadata

CORE = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?><cp:coreProperties '
    'xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties"/>'
)
APP = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
    '<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/extended-properties"/>'
)
CUSTOM = APP.replace("extended-properties", "custom-properties")
EMPTY = {"docProps/core.xml": CORE, "docProps/app.xml": APP, "docProps/custom.xml": CUSTOM}
SAME_DAY = (1980, 1, 1, 0, 0, 0)


def clean_office(path: Path) -> dict[str, Any]:
    """Rewrite a docx, xlsx or pptx without author, company, editing time and the EXIF of the photos in it."""
    clean = path.with_name(f"{path.name}.clean")
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(clean, "w", zipfile.ZIP_DEFLATED) as new:
        for member in old.infolist():
            _copy(old, new, member)
    clean.replace(path)
    return {}


def _copy(old: zipfile.ZipFile, new: zipfile.ZipFile, member: zipfile.ZipInfo) -> None:
    if member.is_dir() or member.filename.startswith("docProps/thumbnail"):
        return
    target = zipfile.ZipInfo(member.filename, SAME_DAY)
    target.compress_type = zipfile.ZIP_DEFLATED
    if member.filename in EMPTY:
        new.writestr(target, EMPTY[member.filename])
    elif member.filename.lower().endswith((".jpg", ".jpeg")):
        new.writestr(target, without_metadata(old.read(member)))
    else:
        with old.open(member) as source, new.open(target, "w", force_zip64=False) as sink:
            shutil.copyfileobj(source, sink)

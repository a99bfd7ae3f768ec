"""A small picture of a stored file, for lists and galleries: the image itself, or the first page of a PDF.

A video's picture is a frame that the browser of its sender takes (nothing here decodes video). It stands in the database beside
its row: it is backed up with it, goes with it, and a list never opens the storage.
"""

import io
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from PIL import Image, ImageOps

from kechuang.base.enums import FileKind
from kechuang.base.files.images import MAX_PIXELS
from kechuang.base.files.reading import PDFIUM
from kechuang.base.files.refusal import FileRefused
from kechuang.base.models import FilePicture, StoredFile

SIDE = 400
"""The longer side in pixels: sharp on a phone at the 180 px that a list gives it, about 8 KB as WebP."""
POSTER_BYTES = 1024 * 1024
DRAWN = frozenset({FileKind.IMAGE, FileKind.PDF})


def draw_picture(stored: StoredFile) -> bool:
    """Draw and keep the picture of an image or a PDF; False where there is none to draw or the file cannot be drawn.

    Safe to repeat. Slow for large files: call it from a job.
    """
    if stored.kind not in DRAWN:
        return False
    try:
        with stored.open() as file:
            picture = _first_page(file.read()) if stored.kind == FileKind.PDF else _reduced(file)
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        return False
    _keep(stored, picture)
    return True


def keep_poster(stored: StoredFile, upload: Any) -> None:
    """Keep a frame of a video that a browser took; decoded and drawn anew, so only the picture survives.

    Raises FileRefused where it is no picture, too large, or `stored` no video.
    """
    if stored.kind != FileKind.VIDEO:
        raise FileRefused(_("只有视频需要封面画面。"))
    data = upload.read(POSTER_BYTES + 1)
    if len(data) > POSTER_BYTES:
        raise FileRefused(_("封面画面太大。"))
    try:
        picture = _reduced(io.BytesIO(data))
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise FileRefused(_("封面画面打不开。")) from error
    _keep(stored, picture)


def picture_of(stored: StoredFile) -> bytes | None:
    """The small picture as WebP, or None."""
    row = FilePicture.objects.filter(stored_id=stored.pk).first()
    return bytes(row.data) if row else None


def _reduced(file: Any) -> Image.Image:
    with Image.open(file, formats=("PNG", "JPEG", "WEBP")) as image:
        if image.width * image.height > MAX_PIXELS:
            raise Image.DecompressionBombError
        image.draft("RGB", (2 * SIDE, 2 * SIDE))
        picture = ImageOps.exif_transpose(image).convert("RGBA")
    picture.thumbnail((SIDE, SIDE))
    ground = Image.new("RGB", picture.size, "white")
    ground.paste(picture, mask=picture.getchannel("A"))
    return ground


def _first_page(data: bytes) -> Image.Image:
    """Raises ValueError where the data is no PDF that can be drawn."""
    import pypdfium2  # noqa: PLC0415 -- slow import

    with PDFIUM:
        try:
            document = pypdfium2.PdfDocument(data)
        except pypdfium2.PdfiumError as error:
            raise ValueError(str(error)) from error
        try:
            page = document[0]
            drawn: Image.Image = page.render(scale=SIDE / max(*page.get_size(), 1)).to_pil().convert("RGB")
            page.close()
        except pypdfium2.PdfiumError as error:
            raise ValueError(str(error)) from error
        finally:
            document.close()
    return drawn


def _keep(stored: StoredFile, picture: Image.Image) -> None:
    out = io.BytesIO()
    picture.save(out, "WEBP", quality=72, method=4)
    with transaction.atomic():
        FilePicture.objects.update_or_create(stored=stored, defaults={"data": out.getvalue()})
        StoredFile.objects.filter(pk=stored.pk).update(has_picture=True)
    stored.has_picture = True

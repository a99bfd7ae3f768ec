import warnings
from io import BytesIO
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _
from PIL import Image, ImageOps

from kechuang.base.files.refusal import FileRefused

MAX_PIXELS = 60_000_000


def clean_image(path: Path, content_type: str) -> dict[str, Any]:
    """Decode the picture fully and write it anew, upright: what is not picture (EXIF, GPS, XMP, comments, anything
    after its end) does not survive."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            content, facts = _rewritten(path)
    except FileRefused:
        raise
    except Image.DecompressionBombError as error:
        raise _too_many_pixels() from error
    except (OSError, ValueError, SyntaxError) as error:
        raise FileRefused(_("图片已损坏，无法打开。请重新拍摄或导出后再上传。")) from error
    path.write_bytes(content)  # a disk without room is no damaged picture
    return facts


def _rewritten(path: Path) -> tuple[bytes, dict[str, Any]]:
    out = BytesIO()
    with Image.open(path, formats=("PNG", "JPEG", "WEBP")) as image:
        _refuse_bomb(image)
        image.load()
        kind, profile = image.format, image.info.get("icc_profile")
        upright = ImageOps.exif_transpose(image)
        turned = upright.size != image.size or image.getexif().get(0x0112, 1) != 1
        picture = upright if turned or kind != "JPEG" else image
        picture.info = {}
        options = _options(str(kind), keep=not turned)
        picture.save(out, format=kind, **options, **({"icc_profile": profile} if profile else {}))
    return out.getvalue(), {"width": upright.width, "height": upright.height}


LEAST_CLEAR = 0.2


def transparent_png(data: bytes, *, most: tuple[int, int], least: int = 100) -> bytes:
    """A seal or a signature: a PNG whose ground is clear, decoded and written anew, cut to what is drawn, no larger than `most`.

    Raises FileRefused where the content is no PNG, is damaged, too small, or has no clear ground.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with Image.open(BytesIO(data), formats=("PNG",)) as image:
                _refuse_bomb(image)
                picture = image.convert("RGBA")
    except Image.DecompressionBombError as error:
        raise _too_many_pixels() from error
    except (OSError, ValueError, SyntaxError) as error:
        raise FileRefused(_("这里只能上传 PNG 图片，而这个文件不是，或者已经损坏。请重新导出后再上传。")) from error
    return _cut(picture, most, least)


def _cut(picture: Image.Image, most: tuple[int, int], least: int) -> bytes:
    clear = picture.getchannel("A")
    drawn = clear.point(lambda value: 255 if value > 16 else 0)
    if drawn.histogram()[0] < LEAST_CLEAR * picture.width * picture.height:
        raise FileRefused(_("图片的底色不透明。请把白底去掉，存成透明背景的 PNG 再上传。"))
    box = drawn.getbbox()
    if box is None or max(box[2] - box[0], box[3] - box[1]) < least:
        raise FileRefused(_("图片上的内容太小，印出来会模糊。长边至少要有 %(least)s 像素。") % {"least": least})
    picture = picture.crop(box)
    picture.thumbnail(most, Image.Resampling.LANCZOS)
    out = BytesIO()
    Image.frombytes("RGBA", picture.size, picture.tobytes()).save(out, format="PNG", optimize=True)
    return out.getvalue()


def _options(kind: str, *, keep: bool) -> dict[str, Any]:
    """An upright JPEG keeps its own quantisation tables, so writing it anew costs no visible quality."""
    if kind == "JPEG":
        return {"quality": "keep"} if keep else {"quality": 92}
    return {"lossless": True} if kind == "WEBP" else {"optimize": False}


def _refuse_bomb(image: Image.Image) -> None:
    if image.width * image.height > MAX_PIXELS:
        raise _too_many_pixels()


def _too_many_pixels() -> FileRefused:
    sentence = _("图片的像素过多。请缩小到 %(limit)s 万像素以内再上传。")
    return FileRefused(sentence % {"limit": MAX_PIXELS // 10_000})


def without_metadata(data: bytes) -> bytes:
    """A JPEG inside a document, without EXIF, XMP and comments, its picture untouched byte for byte."""
    if not data.startswith(b"\xff\xd8"):
        return data
    kept, at = [data[:2]], 2
    while at + 4 <= len(data) and data[at] == 0xFF and data[at + 1] != 0xDA:
        marker, end = data[at + 1], at + 2 + int.from_bytes(data[at + 2 : at + 4], "big")
        if marker not in {0xE1, 0xED, 0xFE}:  # APP1 (EXIF, XMP), APP13 (IPTC), comment
            kept.append(data[at:end])
        at = end
    return b"".join([*kept, data[at:]])

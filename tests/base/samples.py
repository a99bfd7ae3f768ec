"""Real files, made on the spot."""

import io
import struct
import zipfile

import pikepdf
from PIL import Image, ImageDraw
from PIL.PngImagePlugin import PngInfo


def exif_with_place(orientation: int = 1) -> Image.Exif:
    exif = Image.Exif()
    exif[0x0112] = orientation
    exif[0x010F] = "SecretCamera"
    exif.get_ifd(0x8825)[1] = "N"
    exif.get_ifd(0x8825)[2] = (22.0, 32.0, 11.0)
    return exif


def image(kind: str, *, size: tuple[int, int] = (40, 20), orientation: int = 1) -> bytes:
    out = io.BytesIO()
    options: dict = {"exif": exif_with_place(orientation)}
    if kind == "PNG":
        text = PngInfo()
        text.add_text("Author", "SecretAuthor")
        options["pnginfo"] = text
    if kind == "JPEG":
        options["comment"] = b"SecretAuthor"
    picture = Image.new("RGB", size, "red")
    picture.putpixel((0, 0), (0, 0, 255))
    picture.save(out, kind, **options)
    return out.getvalue()


def pdf(*, pages: int = 2, **options) -> bytes:
    out = io.BytesIO()
    document = pikepdf.new()
    for _ in range(pages):
        document.add_blank_page()
    document.docinfo["/Author"] = "SecretAuthor"
    with document.open_metadata() as metadata:
        metadata["dc:creator"] = ["SecretAuthor"]
    document.Root.PieceInfo = pikepdf.Dictionary(Word=pikepdf.Dictionary(Private="SecretAuthor"))
    change = options.pop("change", None)
    if change:
        change(document)
    document.save(out, compress_streams=False, **options)
    return out.getvalue()


def with_photo(document: pikepdf.Pdf) -> None:
    stream = pikepdf.Stream(document, image("JPEG"))
    stream.Filter, stream.Type, stream.Subtype = pikepdf.Name.DCTDecode, pikepdf.Name.XObject, pikepdf.Name.Image
    stream.Width, stream.Height, stream.BitsPerComponent = 40, 20, 8
    stream.ColorSpace = pikepdf.Name.DeviceRGB
    document.pages[0].Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(Im=stream))


def with_script(document: pikepdf.Pdf) -> None:
    document.Root.OpenAction = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS="app.alert(1)")


def with_nested_script(document: pikepdf.Pdf) -> None:
    inner = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS="app.alert(1)")
    document.pages[0].Annots = pikepdf.Array([pikepdf.Dictionary(A=pikepdf.Dictionary(Next=pikepdf.Array([inner])))])


def with_program(document: pikepdf.Pdf) -> None:
    document.Root.OpenAction = pikepdf.Dictionary(S=pikepdf.Name.Launch, F="calc.exe")


def with_attachment(document: pikepdf.Pdf) -> None:
    document.attachments["a.txt"] = b"hidden"


def box(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I4s", 8 + len(body), kind) + body


def _track(handler: bytes, offset: int, size: int) -> bytes:
    table = box(b"stsz", struct.pack(">IIII", 0, 0, 1, size))
    table += box(b"stsc", struct.pack(">IIIII", 0, 1, 1, 1, 1)) + box(b"stco", struct.pack(">III", 0, 1, offset))
    media = box(b"hdlr", struct.pack(">II4s12x", 0, 0, handler)) + box(b"minf", box(b"stbl", table))
    return box(
        b"trak", box(b"tkhd", struct.pack(">III", 0, 3_900_000_000, 3_900_000_000) + bytes(72)) + box(b"mdia", media)
    )


PICTURE, PLACES = b"PICTURE-AND-SOUND", b"SECRET-GPS-LOG"


def video(*, brand: bytes = b"isom", trailing: bytes = b"") -> bytes:
    start = box(b"ftyp", brand + b"\x00\x00\x02\x00isommp41") + box(b"mdat", PICTURE + PLACES)
    first = len(start) - len(PICTURE + PLACES)
    header = struct.pack(">IIIII", 0, 3_900_000_000, 3_900_000_000, 1000, 12_400) + bytes(80)
    place = box(b"udta", box(b"\xa9xyz", b"+22.5311+114.0550/SECRET"))
    tracks = _track(b"vide", first, len(PICTURE)) + _track(b"meta", first + len(PICTURE), len(PLACES))
    return start + box(b"moov", box(b"mvhd", header) + tracks + place) + trailing


def archive(members: dict[str, bytes | str]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in members.items():
            packed.writestr(name, content)
    return out.getvalue()


def docx() -> bytes:
    return archive(
        {
            "[Content_Types].xml": "<Types/>",
            "word/document.xml": "<document>正文</document>",
            "word/media/image1.jpeg": image("JPEG"),
            "docProps/core.xml": "<creator>SecretAuthor</creator>",
        }
    )


def seal_png(*, size: int = 600, ground: tuple[int, int, int, int] = (255, 255, 255, 0)) -> bytes:
    """A ring with a bar, as a scanned seal whose ground was taken out (or was not)."""
    picture = Image.new("RGBA", (size, size), ground)
    draw = ImageDraw.Draw(picture)
    edge = size // 10
    draw.ellipse((edge, edge, size - edge, size - edge), outline=(196, 22, 28, 230), width=size // 20)
    draw.rectangle((size * 3 // 10, size * 9 // 20, size * 7 // 10, size * 11 // 20), fill=(196, 22, 28, 230))
    out = io.BytesIO()
    text = PngInfo()
    text.add_text("Author", "SecretAuthor")
    picture.save(out, "PNG", pnginfo=text)
    return out.getvalue()

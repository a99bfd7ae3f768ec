"""MP4 and MOV without ffmpeg: the boxes are read, and what tells who, where and when is overwritten in place.

Nothing moves (a removed box becomes `free` filled with zeros), so chunk offsets stay right and 100 MB cost no copy.
"""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from django.utils.translation import gettext as _

from kechuang.base.files.refusal import FileRefused

CONTAINERS = {b"moov", b"trak", b"mdia", b"minf", b"stbl", b"moof", b"traf"}
PRIVATE = {b"udta", b"meta", b"uuid", b"ilst", b"free", b"skip", b"wide"}
TIMED = {b"mvhd", b"tkhd", b"mdhd"}
PICTURE_AND_SOUND = {b"vide", b"soun", b"subt", b"sbtl", b"text", b"tmcd"}
MAX_BOXES = 100_000
BLOCK = 1 << 20


@dataclass(frozen=True)
class Box:
    kind: bytes
    start: int
    body: int
    end: int


def clean_video(path: Path) -> dict[str, Any]:
    """Wipe titles, places, times, and tracks that are neither picture nor sound (a camera's GPS log)."""
    with path.open("r+b") as file:
        size = os.fstat(file.fileno()).st_size
        top = list(_boxes(file, 0, size))
        movie = next((box for box in top if box.kind == b"moov"), None)
        if movie is None or not any(box.kind in {b"mdat", b"moof"} for box in top):
            raise _broken()
        seconds = _duration(file, movie)
        _clean(file, top)
    return {"seconds": seconds}


def _broken() -> FileRefused:
    return FileRefused(_("视频不完整或已损坏，无法播放。请重新导出为 MP4 后再上传。"))


def _boxes(file: BinaryIO, start: int, end: int) -> Iterator[Box]:
    """The boxes that fill a range exactly; anything left over is not a video's."""
    count = 0
    while start < end:
        file.seek(start)
        header = file.read(16)
        size, kind, body = int.from_bytes(header[:4], "big"), header[4:8], start + 8
        if size == 1:
            size, body = int.from_bytes(header[8:16], "big"), start + 16
        elif size == 0:
            size = end - start
        count += 1
        if len(header) < 8 or size < body - start or start + size > end or count > MAX_BOXES:
            raise _broken()
        yield Box(kind, start, body, start + size)
        start += size


def _children(file: BinaryIO, box: Box) -> list[Box]:
    return list(_boxes(file, box.body, box.end))


def _read(file: BinaryIO, box: Box, limit: int = 64 * BLOCK) -> bytes:
    if box.end - box.body > limit:
        raise _broken()
    file.seek(box.body)
    return file.read(box.end - box.body)


def _find(file: BinaryIO, box: Box, *kinds: bytes) -> Box | None:
    found: Box | None = box
    for kind in kinds:
        found = next((child for child in _children(file, found) if child.kind == kind), None) if found else None
    return found


def _duration(file: BinaryIO, movie: Box) -> int | None:
    header = _find(file, movie, b"mvhd")
    if header is None:
        raise _broken()
    data = _read(file, header)
    times = 8 if data[:1] == b"\x01" else 4
    at = 4 + 2 * times
    scale = int.from_bytes(data[at : at + 4], "big")
    length = int.from_bytes(data[at + 4 : at + 4 + times], "big")
    return round(length / scale) if scale else None


def _clean(file: BinaryIO, boxes: list[Box]) -> None:
    for box in boxes:
        if box.kind in PRIVATE:
            _wipe(file, box)
        elif box.kind in TIMED:
            _forget_times(file, box)
        elif box.kind == b"trak" and not _is_picture_or_sound(file, box):
            _wipe_samples(file, box)
            _wipe(file, box)
        elif box.kind in CONTAINERS:
            _clean(file, _children(file, box))


def _wipe(file: BinaryIO, box: Box) -> None:
    file.seek(box.start + 4)
    file.write(b"free")
    _zero(file, box.body, box.end)


def _zero(file: BinaryIO, start: int, end: int) -> None:
    file.seek(start)
    file.writelines(bytes(min(BLOCK, end - at)) for at in range(start, end, BLOCK))


def _forget_times(file: BinaryIO, box: Box) -> None:
    version = _read(file, box)[:1]
    _zero(file, box.body + 4, min(box.end, box.body + (20 if version == b"\x01" else 12)))


def _is_picture_or_sound(file: BinaryIO, track: Box) -> bool:
    handler = _find(file, track, b"mdia", b"hdlr")
    return handler is not None and _read(file, handler)[8:12] in PICTURE_AND_SOUND


# --- the samples of a track, by ISO/IEC 14496-12 §8.7 -------------------------------------------------------------


def _numbers(data: bytes, at: int, count: int, size: int) -> list[int]:
    if at + count * size > len(data):
        raise _broken()
    return [int.from_bytes(data[at + i * size : at + (i + 1) * size], "big") for i in range(count)]


def _wipe_samples(file: BinaryIO, track: Box) -> None:
    table = _find(file, track, b"mdia", b"minf", b"stbl")
    boxes = {box.kind: _read(file, box) for box in _children(file, table)} if table else {}
    if not {b"stsz", b"stsc"} <= boxes.keys() or not boxes.keys() & {b"stco", b"co64"}:
        return
    end = os.fstat(file.fileno()).st_size
    for start, length in _chunks(boxes):
        _zero(file, min(start, end), min(start + length, end))


def _chunks(boxes: dict[bytes, bytes]) -> Iterator[tuple[int, int]]:
    """Where each chunk of samples starts in the file, and how long it is."""
    wide = b"co64" in boxes
    places = boxes[b"co64"] if wide else boxes[b"stco"]
    offsets = _numbers(places, 8, int.from_bytes(places[4:8], "big"), 8 if wide else 4)
    sizes = _sample_sizes(boxes[b"stsz"])
    per_chunk = _samples_per_chunk(boxes[b"stsc"], len(offsets))
    first = 0
    for offset, count in zip(offsets, per_chunk, strict=True):
        yield offset, sum(sizes[first : first + count])
        first += count


def _sample_sizes(data: bytes) -> list[int]:
    same, count = int.from_bytes(data[4:8], "big"), int.from_bytes(data[8:12], "big")
    if same:
        return [same] * min(count, 10_000_000)
    return _numbers(data, 12, count, 4)


def _samples_per_chunk(data: bytes, chunks: int) -> list[int]:
    flat = _numbers(data, 8, 3 * int.from_bytes(data[4:8], "big"), 4)
    runs = list(zip(flat[0::3], flat[1::3], strict=True))
    counts: list[int] = []
    for index, (first, count) in enumerate(runs):
        until = runs[index + 1][0] if index + 1 < len(runs) else chunks + 1
        counts += [count] * max(0, min(until, chunks + 1) - first)
    return (counts + [0] * chunks)[:chunks]

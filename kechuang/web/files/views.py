"""Handing out stored files: safe name, no sniffing, nothing private in a cache, and ranges so that a video can be sought in."""

import re
from collections.abc import Iterator
from typing import BinaryIO

from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.utils.http import content_disposition_header

from kechuang.base.enums import FileKind
from kechuang.base.files.pictures import picture_of
from kechuang.base.models import StoredFile
from kechuang.web.files.reading import Reading, readable
from kechuang.web.views import PUBLIC, Page

IN_THE_PAGE = frozenset({FileKind.PDF, FileKind.IMAGE, FileKind.VIDEO})
"""Kinds that are shown where they stand; everything else is a download."""
RANGE = re.compile(r"bytes=(\d*)-(\d*)$")
BLOCK = 1 << 18
POLICY = "default-src 'none'; object-src 'self'; img-src 'self'; media-src 'self'; style-src 'unsafe-inline'; frame-ancestors 'self'"
"""A file is no page: no scripts, no frames of its own; the browser's PDF viewer needs object-src."""


class File(Page):
    """Public because pictures of shown works are; who may read the others is decided by what they belong to."""

    permission = PUBLIC

    def get(self, request: HttpRequest, public_id: str) -> HttpResponseBase:
        reading = readable(self.actor, public_id)
        if reading is None:
            raise Http404
        if reading.is_public and request.headers.get("If-None-Match") == _etag(reading.stored):
            return _headed(HttpResponse(status=304), reading, request)
        return _headed(_body(reading.stored, request.headers.get("Range", "")), reading, request)


class Picture(File):
    """The small picture of a file, for whoever may read the file."""

    permission = PUBLIC

    def get(self, request: HttpRequest, public_id: str) -> HttpResponseBase:
        reading = readable(self.actor, public_id)
        data = picture_of(reading.stored) if reading else None
        if reading is None or data is None:
            raise Http404
        response = HttpResponse(data, content_type="image/webp")
        response["Cache-Control"] = "public, max-age=60" if reading.is_public else "private, no-store"
        response["X-Content-Type-Options"] = "nosniff"
        return response


def _body(stored: StoredFile, wanted: str) -> HttpResponseBase:
    span = byte_range(wanted, stored.size)
    if span is None:
        return FileResponse(stored.open(), content_type=stored.content_type)
    if not span:
        return HttpResponse(status=416, headers={"Content-Range": f"bytes */{stored.size}"})
    first, last = span[0], span[-1]
    response = StreamingHttpResponse(
        _part(stored.open(), first, last - first + 1), status=206, content_type=stored.content_type
    )
    response["Content-Range"] = f"bytes {first}-{last}/{stored.size}"
    response["Content-Length"] = str(last - first + 1)
    return response


def byte_range(wanted: str, size: int) -> range | None:
    """The bytes that a Range header asks for: None = all of them, empty = outside the file. Several spans count as none."""
    found = RANGE.match(wanted.replace(" ", ""))
    if found is None or found.group(0) == "bytes=-":
        return None
    start, end = found.groups()
    if not start:
        return range(max(0, size - int(end)), size) if int(end) else range(0)
    last = min(int(end), size - 1) if end else size - 1
    return range(int(start), last + 1) if not end or int(end) >= int(start) else None


def _part(file: BinaryIO, first: int, length: int) -> Iterator[bytes]:
    with file:
        file.seek(first)
        while length > 0 and (block := file.read(min(BLOCK, length))):
            length -= len(block)
            yield block


def _headed(response: HttpResponseBase, reading: Reading, request: HttpRequest) -> HttpResponseBase:
    stored = reading.stored
    is_download = stored.kind not in IN_THE_PAGE or "download" in request.GET
    response["Content-Disposition"] = content_disposition_header(is_download, stored.name)
    response["X-Content-Type-Options"] = "nosniff"
    response["Accept-Ranges"] = "bytes"
    response["Cache-Control"] = "no-cache" if reading.is_public else "private, no-store"
    if reading.is_public:
        response["ETag"] = _etag(stored)
    response["Content-Security-Policy"] = POLICY
    return response


def _etag(stored: StoredFile) -> str:
    return f'"{stored.sha256[:32]}"'

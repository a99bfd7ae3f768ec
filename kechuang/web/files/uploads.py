"""Resumable upload over HTTP: tus 1.0 core, creation, termination, expiration. The protocol's work is done in base.files.tus."""

from collections.abc import Iterator
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, UnreadablePostError
from django.urls import reverse
from django.utils.http import http_date
from django.utils.translation import gettext as _
from django.views import View

from kechuang.base.errors import Refused
from kechuang.base.files import discard, tus
from kechuang.base.models import StoredFile, Upload
from kechuang.web.files.purposes import Slot, slot_for
from kechuang.web.views import SIGNED_IN, Page

BLOCK = 1 << 18
LARGEST = 2 * 1024**3
TOO_MANY = 429
CONTENT_TYPE = "application/offset+octet-stream"


class TusPage(Page):
    """Speaks the protocol: version header both ways, refusals as a status with a plain sentence."""

    abstract = True

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self.request = request
        try:
            response = self._spoken(request, *args, **kwargs)
        except Refused as error:
            response = _sentence(getattr(error, "status", 422), error.sentence)
            if response.status_code == TOO_MANY:
                response["Retry-After"] = "60"  # others of theirs are on the way and end one by one
        except PermissionDenied as error:
            response = _sentence(403, str(error) or _("您不能在这里上传文件。"))
        except Http404:
            response = _sentence(404, _("这次上传已过期或已取消，请重新上传。"))
        response["Tus-Resumable"] = tus.VERSION
        response["Cache-Control"] = "no-store"
        return response

    def _spoken(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.method == "GET":
            return super().dispatch(request, *args, **kwargs)
        if self.actor.user is None and request.method != "OPTIONS":
            return _sentence(401, _("登录已过期，请重新登录后继续上传；已传的部分不会丢失。"))
        if (
            request.method in {"POST", "HEAD", "PATCH", "DELETE"}
            and request.headers.get("Tus-Resumable") != tus.VERSION
        ):
            response = _sentence(412, _("上传程序的版本不合，请刷新页面后重新上传。"))
            response["Tus-Version"] = tus.VERSION
            return response
        return View.dispatch(self, request, *args, **kwargs)  # type: ignore[return-value]

    def options(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        headers = {"Tus-Version": tus.VERSION, "Tus-Extension": tus.EXTENSIONS, "Tus-Max-Size": str(LARGEST)}
        return HttpResponse(status=204, headers=headers)


class Uploads(TusPage):
    """Creation: POST with the length and what the file is for."""

    permission = SIGNED_IN

    def post(self, request: HttpRequest) -> HttpResponse:
        told = tus.parse_metadata(request.headers.get("Upload-Metadata", ""))
        slot = slot_for(self.actor, told.get("purpose", ""))
        upload = tus.create_upload(
            self.actor, told.get("filename") or told.get("name") or _("文件"), _number(request, "Upload-Length"), told.get("purpose", ""),
            max_bytes=slot.max_bytes, scope_path=slot.scope_path,
        )  # fmt: skip
        return HttpResponse(
            status=201, headers={"Location": reverse("upload", args=[upload.public_id]), **_expiry(upload)}
        )


class UploadPart(TusPage):
    """One upload, its owner only: HEAD asks how far it is, PATCH goes on, DELETE forgets it."""

    permission = SIGNED_IN

    def head(self, request: HttpRequest, public_id: str) -> HttpResponse:
        upload = self._own(public_id)
        offset = tus.current_offset(upload)
        if offset == upload.size:
            self._arrive(upload)
        return HttpResponse(
            headers={"Upload-Offset": str(offset), "Upload-Length": str(upload.size), **_expiry(upload)}
        )

    def patch(self, request: HttpRequest, public_id: str) -> HttpResponse:
        if request.content_type != CONTENT_TYPE:
            return _sentence(415, _("上传请求的格式有误，请刷新页面后重试。"))
        upload = self._own(public_id)
        offset = tus.append(upload, _number(request, "Upload-Offset"), _blocks(request))
        headers = {"Upload-Offset": str(offset), **_expiry(upload)}
        if offset == upload.size:
            headers["Upload-File"] = self._arrive(upload).public_id
        return HttpResponse(status=204, headers=headers)

    def delete(self, request: HttpRequest, public_id: str) -> HttpResponse:
        tus.terminate(self._own(public_id))
        return HttpResponse(status=204)

    def _own(self, public_id: str) -> Upload:
        upload: Upload = self.find(Upload.objects.filter(by=self.actor.user), public_id=public_id)
        return upload

    def _arrive(self, upload: Upload) -> StoredFile:
        """Check the whole file and put it where it belongs; a repetition (the answer was lost) changes nothing."""
        slot = slot_for(self.actor, upload.purpose)
        stored = tus.finish(upload, kind=slot.kinds, max_bytes=slot.max_bytes)
        take_or_discard(slot, stored, by=self.actor)
        return stored


def take_or_discard(slot: Slot, stored: StoredFile, *, by: Any) -> None:
    """Put the file in its place; where there is no place for it any more, no orphan stays behind."""
    try:
        slot.take(stored)
    except Refused:
        discard(stored, by=by)
        raise


def _blocks(request: HttpRequest) -> Iterator[bytes]:
    """The body as it comes in; a line that breaks off ends it, and what has arrived is kept."""
    try:
        while block := request.read(BLOCK):
            yield block
    except UnreadablePostError:
        return


def _number(request: HttpRequest, header: str) -> int:
    text = request.headers.get(header, "")
    if not (text.isascii() and text.isdigit()):
        raise tus.TusError(400, _("上传请求的格式有误，请刷新页面后重试。"))
    return int(text)


def _expiry(upload: Upload) -> dict[str, str]:
    return {"Upload-Expires": http_date(upload.expires_at.timestamp())}


def _sentence(status: int, sentence: str) -> HttpResponse:
    return HttpResponse(sentence, status=status, content_type="text/plain; charset=utf-8")

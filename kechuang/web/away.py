"""What people are told while the database is away or too busy, or the disk is full: nothing that was confirmed is lost, and what to do next.

A page with a button that sends the same again, so that a browser without script keeps what was typed; a sentence for htmx
and for uploads; JSON for saving as one types, which keeps the text in the browser and tries again by itself.
"""

from typing import Any

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.request import UnreadablePostError
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from kechuang.base.full import full_words

RETRY_AFTER = 5
"""Seconds after which it is worth trying again: a restart of PostgreSQL takes about as long."""
AFTER_ROOM_IS_MADE = 60
SQLITE_WRONG_STATEMENT = 1
FORMS = frozenset({"application/x-www-form-urlencoded", "multipart/form-data"})
NEVER_ECHOED = ("password", "pin", "code")


def is_away(error: BaseException | None) -> bool:
    """Whether trying again helps: the server is stopped or starts anew, the line broke, a lock was not had in time."""
    if isinstance(error, InterfaceError):
        return True
    if not isinstance(error, OperationalError):
        return False
    # SQLite calls a missing table an OperationalError too; its codes above 1 are locks, a full disk, a file out of reach.
    return getattr(error.__cause__, "sqlite_errorcode", None) != SQLITE_WRONG_STATEMENT


def away(request: HttpRequest, reference: str, *, full: bool = False) -> HttpResponse:
    """The answer 503, in the form that whoever asked can read. Asks nothing of the database, the session or the actor."""
    seconds = AFTER_ROOM_IS_MADE if full else RETRY_AFTER
    response = _in_their_form(request, reference, full, seconds)
    response["Retry-After"] = str(seconds)
    response["Cache-Control"] = "no-store"
    return response


def _in_their_form(request: HttpRequest, reference: str, full: bool, seconds: int) -> HttpResponse:
    if request.content_type == "application/json" or request.headers.get("X-Requested-With"):
        sentence = _("平台暂时连不上数据库，内容已留在本机，将自动重试。")
        if full:
            sentence = _("服务器的存储空间已满，内容已留在本机，将自动重试。请告诉系统管理员。")
        return JsonResponse({"message": sentence, "retry_after": seconds, "reference": reference}, status=503)
    if request.headers.get("HX-Request") or request.headers.get("Tus-Resumable"):
        sentence = _("平台暂时连不上数据库，这一步没有确认完成。已保存的内容都在，请等几秒再试一次。")
        return HttpResponse(full_words() if full else sentence, status=503, content_type="text/plain; charset=utf-8")
    again: dict[str, Any] = {"reference": reference, "address": request.get_full_path(), "is_full": full}
    again["is_form"] = request.method == "POST"
    return HttpResponse(render_to_string("503.html", again | _sent(request)), status=503)


def _sent(request: HttpRequest) -> dict[str, Any]:
    """The fields of the form that was sent, to be sent again; none where a secret stands in them."""
    if request.method != "POST" or request.content_type not in FORMS:
        return {}
    try:
        fields = [(name, value) for name, values in request.POST.lists() for value in values]
        has_files = bool(request.FILES)
    except (UnreadablePostError, OSError):
        return {"is_secret": True}
    is_secret = any(word in name.lower() for name, _value in fields for word in NEVER_ECHOED)
    return {"fields": [] if is_secret else fields, "is_secret": is_secret, "has_files": has_files}

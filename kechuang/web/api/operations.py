"""The operations. Each reads what its page reads; nothing here writes."""

from typing import Any, Literal

from django.conf import settings
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from ninja import NinjaAPI, Path, Query
from ninja.errors import ValidationError

from kechuang.base import clock
from kechuang.engine.applications.models import Application
from kechuang.engine.awards.models import Award
from kechuang.engine.awards.queries import UNKNOWN, verify
from kechuang.engine.calls.models import Call
from kechuang.engine.showcase.models import Work
from kechuang.engine.showcase.queries import gallery, public_work
from kechuang.web.api.schemas import (
    ApplicationOut,
    AwardOut,
    CallOut,
    CertificateOut,
    Code,
    DeadlineOut,
    Listed,
    Page,
    Problem,
    Size,
    Text,
    WorkOut,
)
from kechuang.web.desk.deadlines import deadlines_of
from kechuang.web.public import story

api = NinjaAPI(
    title="Kechuang", version="1", docs_url=None, openapi_url=None, urls_namespace="api",
    description="Read-only. Signed-in operations use the session of the web pages. At most 120 askings a minute for each person.",
)  # fmt: skip


@api.exception_handler(ValidationError)
def does_not_fit(request: HttpRequest, error: ValidationError) -> HttpResponse:
    """Which parameter does not fit; what was sent is not said back."""
    names = sorted({str(part["loc"][-1]) for part in error.errors})
    return api.create_response(
        request, {"detail": _("参数不对：%(names)s。") % {"names": "、".join(names)}}, status=400
    )


SLOW_DOWN = {429: Problem, 400: Problem}
KNOWN = {404: Problem, **SLOW_DOWN}
OWN = {401: Problem, **SLOW_DOWN}


def listed(rows: QuerySet[Any], page: int, size: int, told: Any) -> dict[str, Any]:
    first = (page - 1) * size
    return {
        "count": rows.count(),
        "page": page,
        "size": size,
        "items": [told(row) for row in rows[first : first + size]],
    }


def address(name: str, *args: Any) -> str:
    return f"{settings.SITE_URL}{reverse(name, args=args)}"


# --- for everybody ---------------------------------------------------------------------------------------------------


@api.get(
    "/calls/", response={200: Listed[CallOut], **SLOW_DOWN}, url_name="calls", summary="Published calls, newest first"
)
def calls(request: HttpRequest, page: Page = 1, size: Size = 50) -> Any:
    rows = Call.objects.published().select_related("org").defer("declaration").order_by("-opens_at", "-pk")
    return listed(rows, page, size, _call)


@api.get("/calls/{slug}/", response={200: CallOut, **KNOWN}, url_name="call", summary="One published call")
def call(request: HttpRequest, slug: Path[Code]) -> Any:
    return _call(_found(Call.objects.published().select_related("org").filter(slug=slug).first()))


def _call(row: Call) -> dict[str, Any]:
    words = {name: getattr(row, name) for name in ("slug", "title", "title_en", "year", "opens_at", "closes_at")}
    return words | {
        "programme": row.programme_code, "organiser": row.org.name, "phase": story.phase(row, clock.now()), "url": address("call", row.slug),
    }  # fmt: skip


Prize = Literal["", "new", "title"]


@api.get(
    "/works/",
    response={200: Listed[WorkOut], **SLOW_DOWN},
    url_name="works",
    summary="The gallery, searched and filtered",
)
def works(
    request: HttpRequest, q: Text = "", year: int | None = Query(None, ge=2000, le=2100), stage: Text = "", discipline: Text = "",
    prize: Text = "", school: Text = "", sort: Prize = "", page: Page = 1, size: Size = 50,
) -> Any:  # fmt: skip
    rows = gallery(q, order=sort, year=year, stage=stage, discipline=discipline, prize=prize, school=school)
    return listed(rows, page, size, _work)


@api.get("/works/{slug}/", response={200: WorkOut, **KNOWN}, url_name="work", summary="One work of the gallery")
def work(request: HttpRequest, slug: Path[Code]) -> Any:
    return _work(_found(public_work(slug)))


def _work(row: Work) -> dict[str, Any]:
    words = {
        name: getattr(row, name)
        for name in ("slug", "title", "title_en", "summary", "school", "names", "stage", "year")
    }
    return words | {"discipline": row.discipline_name, "prize": row.prize_name, "url": address("work", row.slug)}


@api.get(
    "/certificates/{code}/", response={200: CertificateOut, **KNOWN}, url_name="certificate", summary="Whether a certificate is genuine"
)  # fmt: skip
def certificate(request: HttpRequest, code: Path[Code]) -> Any:
    answer = verify(code)
    if answer.state == UNKNOWN:
        raise Http404
    return answer


@api.get("/register/", response={200: Listed[AwardOut], **SLOW_DOWN}, url_name="register", summary="Awards that stand")
def register(
    request: HttpRequest,
    call: Text = "",
    year: int | None = Query(None, ge=2000, le=2100),
    page: Page = 1,
    size: Size = 50,
) -> Any:
    rows = Award.objects.filter(state="valid", call__in=Call.objects.published().values("pk"))
    if call:
        rows = rows.filter(call__slug=call)
    if year:
        rows = rows.filter(call__year=year)
    rows = rows.select_related("call", "application__org").defer("call__declaration", "application__answers")
    return listed(rows.order_by("-awarded_at", "pk"), page, size, _award)


def _award(row: Award) -> dict[str, Any]:
    entry = row.application
    return {
        "call": row.call.title, "call_slug": row.call.slug, "year": row.call.year, "prize": row.prize_name, "work": entry.title,
        "school": entry.org.name, "awarded_on": clock.local(row.awarded_at).date(),
    }  # fmt: skip


def _found(row: Any) -> Any:
    if row is None:
        raise Http404
    return row


# --- for oneself -----------------------------------------------------------------------------------------------------


@api.get(
    "/me/applications/", response={200: Listed[ApplicationOut], **OWN}, url_name="my_applications", summary="Applications that one takes part in"
)  # fmt: skip
def my_applications(request: HttpRequest, page: Page = 1, size: Size = 50) -> Any:
    own = Application.objects.own(request.actor)  # type: ignore[attr-defined]
    return listed(own.select_related("call").order_by("-saved_at", "-pk"), page, size, _application)


def _application(row: Application) -> dict[str, Any]:
    words = {name: getattr(row, name) for name in ("public_id", "title", "state", "receipt_no", "submitted_at")}
    words["receipt_no"] = words["receipt_no"] or ""
    label = _(row.state_info.label)
    return words | {"call": row.call.title, "state_label": label, "url": address("application", row.public_id)}


@api.get(
    "/me/deadlines/",
    response={200: list[DeadlineOut], **OWN},
    url_name="my_deadlines",
    summary="One's own deadlines, next first",
)
def my_deadlines(request: HttpRequest) -> Any:
    found = deadlines_of(request.actor)  # type: ignore[attr-defined]
    return [
        {"title": one.title, "starts_at": one.starts_at, "ends_at": one.ends_at, "place": one.place, "url": f"{settings.SITE_URL}{one.url}"}
        for one in found
    ]  # fmt: skip

"""What machines read: whom search engines may index, where, and whether the platform is well."""

from django.conf import settings
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse

from kechuang.engine.calls.models import Call
from kechuang.engine.showcase.models import Work
from kechuang.web.public.guide import GUIDES
from kechuang.web.views import PUBLIC, Page

CLOSED_TO_ROBOTS = (
    "/notices/",
    "/objections/",
    "/verify/",
    "/account/",
    "/desk/",
    "/office/",
    "/operator/",
    "/applications/",
    "/files/",
)
"""Lists of minors and everything behind a sign-in. A work of a call that is not to be indexed says so on its own page."""


class Robots(Page):
    permission = PUBLIC

    def get(self, request: HttpRequest) -> HttpResponse:
        lines = [
            "User-agent: *",
            *(f"Disallow: {path}" for path in CLOSED_TO_ROBOTS),
            f"Sitemap: {settings.SITE_URL}{reverse('sitemap')}",
        ]
        return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")


class Sitemap(Page):
    """Open calls and the works of calls that allow search engines; nothing else."""

    permission = PUBLIC
    template = "public/sitemap.xml"

    def get(self, request: HttpRequest) -> HttpResponse:
        calls = Call.objects.published().values_list("slug", flat=True)
        works = (
            Work.objects.public()
            .filter(application__call__indexable=True)
            .order_by("pk")
            .values_list("slug", flat=True)[:40_000]
        )
        paths = [reverse("home"), reverse("calls"), reverse("verify"), reverse("help")]
        paths += [reverse("help", args=[page]) for page in (*GUIDES, "privacy", "accessibility")]
        paths += [reverse("call", args=[slug]) for slug in calls] + [reverse("work", args=[slug]) for slug in works]
        response = self.render(addresses=[f"{settings.SITE_URL}{path}" for path in paths])
        response["Content-Type"] = "application/xml; charset=utf-8"
        return response


class Health(Page):
    """For load balancers: 200 while the database answers."""

    permission = PUBLIC

    def get(self, request: HttpRequest) -> HttpResponse:
        try:
            with connection.cursor() as cursor:
                cursor.execute("SELECT 1")
        except DatabaseError:
            return JsonResponse({"status": "database unreachable"}, status=503)
        return JsonResponse({"status": "ok"})

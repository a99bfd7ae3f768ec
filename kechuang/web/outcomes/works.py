"""成果展示 in the office: publish what every member agreed to, see who is missing, take down, put forward."""

from typing import Any

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from kechuang.engine.awards.models import Award
from kechuang.engine.enums import AwardState
from kechuang.engine.showcase.actions import feature_work, hide_work, publish_works, unhide_work
from kechuang.engine.showcase.consents import TeamConsents, team_consents
from kechuang.engine.showcase.models import Work
from kechuang.web.outcomes.pages import OutcomePage, address, crumbs, paged, turning

SHOWS = ("all", "shown", "waiting", "blocked", "hidden")


class CurateBase(OutcomePage):
    abstract = True
    permission = "showcase.curate"

    def work_at(self, slug: str, work: str) -> Work:
        rows = Work.objects.visible_to(self.actor, self.permission).filter(application__call=self.call_at(slug))
        found: Work = self.find(rows.select_related("application__call__org"), slug=work)
        return found


class Curate(CurateBase):
    """Every awarded entry of the call with its consents and its place in the gallery. POST publishes."""

    template = "outcomes/curate.html"

    def get(self, request: HttpRequest, slug: str) -> HttpResponse:
        call = self.call_at(slug)
        awards = list(
            Award.objects.filter(call=call).filter(Q(state=AwardState.VALID) | Q(work__isnull=False))
            .select_related("application__org", "work").order_by("-work__is_featured", "pk")
        )  # fmt: skip
        consents = team_consents(awards)
        rows = [_row(award, consents[award.application_id]) for award in awards]
        counts = {show: sum(row["place"] == show or show == "all" for row in rows) for show in SHOWS}
        wanted = request.GET.get("show", "all")
        sheet = paged(request, [row for row in rows if wanted in {"all", row["place"]}], 40)
        return self.render(
            call=call, sheet=sheet, turning=turning(request, sheet), counts=counts, tabs=_tabs(wanted, counts),
            breadcrumbs=crumbs(call, (_("成果展示"), "")), gallery_url=address("works"),
        )  # fmt: skip

    def post(self, request: HttpRequest, slug: str) -> HttpResponse:
        result = publish_works(self.call_at(slug), by=self.actor)
        words = {"n": len(result.works), "without": result.without_consent}
        return self.done(_("已展示 %(n)s 件作品；%(without)s 件因同意不全没有展示。") % words, "curate", slug)


def _row(award: Award, consents: TeamConsents) -> dict[str, Any]:
    work: Work | None = getattr(award, "work", None)
    unpublished = "waiting" if consents.is_showable else "blocked"
    place = ("hidden" if work.hidden_at else "shown") if work else unpublished
    public = address("work", work.slug) if work and place == "shown" else ""
    return {
        "award": award,
        "application": award.application,
        "work": work,
        "consents": consents,
        "place": place,
        "public_url": public,
    }


def _tabs(wanted: str, counts: dict[str, int]) -> list[dict[str, Any]]:
    labels = {
        "all": _("全部获奖作品"),
        "shown": _("展示中"),
        "waiting": _("可以展示"),
        "blocked": _("缺少同意"),
        "hidden": _("已下架"),
    }
    return [
        {"label": labels[show], "url": f"?show={show}", "active": show == wanted, "count": counts[show]}
        for show in SHOWS
    ]


class WorkHide(CurateBase):
    def post(self, request: HttpRequest, slug: str, work: str) -> HttpResponse:
        hide_work(self.work_at(slug, work), reason=request.POST.get("reason", ""), by=self.actor)
        return self.done(_("作品已下架，公开页面不再显示。"), "curate", slug)


class WorkUnhide(CurateBase):
    def post(self, request: HttpRequest, slug: str, work: str) -> HttpResponse:
        unhide_work(self.work_at(slug, work), by=self.actor)
        return self.done(_("作品已重新展示。"), "curate", slug)


class WorkFeature(CurateBase):
    def post(self, request: HttpRequest, slug: str, work: str) -> HttpResponse:
        found = feature_work(self.work_at(slug, work), request.POST.get("featured") == "yes", by=self.actor)
        return self.done(_("已推荐到首页。") if found.is_featured else _("已取消首页推荐。"), "curate", slug)

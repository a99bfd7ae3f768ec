"""The catalogue of course cases: found by words and filters, one page each with plan, materials, licence and how to cite."""

from typing import Any

from django.conf import settings
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from kechuang.engine.catalogue import rules
from kechuang.engine.catalogue.models import Case, CaseVersion
from kechuang.engine.catalogue.queries import (
    FILTERS,
    adoptions_seen,
    catalogue,
    facets,
    is_author,
    public_case,
    staff_only,
    stories,
    wanted,
)
from kechuang.engine.programme.publishing import CC_BY, CC_BY_NC, CITY_ONLY
from kechuang.orgs.enums import Stage
from kechuang.web.cases.forms import AdoptForm, RateForm, StoryForm
from kechuang.web.public.cards import Card
from kechuang.web.public.views.sharing import card_response, cover_response, share
from kechuang.web.views import PUBLIC, Page

PER_PAGE = 24
STORIES = 6
LICENCES = {one.code: one for one in (CC_BY, CC_BY_NC, CITY_ONLY)}


class Cases(Page):
    """The list: every filter is a link, so a search can be sent to somebody."""

    permission = PUBLIC
    shared = True
    bundle = "public"
    template = "public/cases.html"

    def limited_by(self, request: HttpRequest) -> str:
        return "search" if "q" in request.GET else ""

    def get(self, request: HttpRequest) -> HttpResponse:
        asked = {name: request.GET.get(name, "").strip()[:60] for name in (*FILTERS, "subject", "grade")}
        if not asked["year"].isdecimal():
            asked["year"] = ""
        text, order = request.GET.get("q", "").strip()[:100], request.GET.get("sort", "")
        adopted = request.GET.get("adopted") == "1"
        page = Paginator(catalogue(text, order=order, adopted=adopted, **asked), PER_PAGE).get_page(
            request.GET.get("page")
        )
        have, aim, by = wanted()
        return self.render(
            page=page, text=text, asked=asked, adopted=adopted, order=order, filters=_filters(asked), have=have, aim=aim, by=by[:4],
            orders=[("", _("最新")), ("adopted", _("采用最多")), ("rated", _("评分最高"))], is_narrow=any(asked.values()) or bool(text) or adopted,
        )  # fmt: skip


def licence_name(code: str) -> str:
    return _(LICENCES[code].name) if code in LICENCES else code


def _filters(asked: dict[str, str]) -> list[dict[str, Any]]:
    titles = {"stage": _("全部学段"), "subject": _("全部学科"), "theme": _("全部主题"), "licence": _("全部授权")}
    words = {"stage": lambda c: str(Stage(c.value).label), "licence": lambda c: licence_name(c.value)}
    choices = facets()
    return [
        {"name": name, "title": title, "value": asked[name],
         "choices": [{"value": c.value, "label": words.get(name, lambda c: _(c.label))(c), "count": c.count} for c in choices[name]]}
        for name, title in titles.items()
    ]  # fmt: skip


class CasePage(Page):
    """One case. Signed-in teachers find beside it what they may do: adopt, tell, rate."""

    permission = PUBLIC
    shared = True
    bundle = "public"
    template = "public/case.html"

    def get(self, request: HttpRequest, slug: str) -> HttpResponse:
        case = public_case(slug)
        if case is None:
            raise Http404
        return self.shown(case)

    def shown(self, case: Case, status: int = 200, **given: Any) -> HttpResponse:
        versions = list(case.versions.all())
        version = _version(versions, self.request.GET.get("version", ""))
        plan = case.application.call.plan.catalogue
        licence = rules.licence_named(plan, case.licence) if plan else None
        address = f"{settings.SITE_URL}{reverse('case', args=[case.slug])}"
        facts: dict[str, Any] = self._for_staff(case) if self.actor.is_staff else {"is_staff": False}
        return self.render(
            case=case, version=version, versions=versions, latest=version is versions[0], parts=_parts(version), licence=licence, stage=Stage(case.stage).label if case.stage else "",
            tags=[tag.value for tag in case.tags.all()], pictures=[f for f in version.files.all() if f.is_picture], papers=[f for f in version.files.all() if not f.is_picture],
            may_load=self.actor.is_staff or not staff_only(case), share=share_of_case(case), few=rules.FEW, status=status,
            citation=rules.citation(case.authors, case.title, _(settings.CITY_NAME), case.year, address), **facts | given,
        )  # fmt: skip

    def _for_staff(self, case: Case) -> dict[str, Any]:
        actor = self.actor
        own = list(case.adoptions.filter(person=actor.person)) if actor.person else []
        mine = next((r for r in case.ratings.filter(person=actor.person)), None) if own else None
        author = is_author(case, actor)
        return {
            "is_staff": True, "author": author, "own": own, "mine": mine, "stories": list(stories(case)[:STORIES]),
            "may_adopt": actor.can("case.adopt") and not author, "adopt": AdoptForm(actor), "story": StoryForm(),
            "rate": RateForm(initial={"stars": mine.stars, "words": mine.words} if mine else None),
            "adopters": list(adoptions_seen(case, actor)[:60]) if case.belongs_to(actor) or actor.can("showcase.curate", case) else [],
        }  # fmt: skip


def _version(versions: list[CaseVersion], asked: str) -> CaseVersion:
    return next((one for one in versions if str(one.number) == asked), versions[0])


def _parts(version: CaseVersion) -> list[dict[str, Any]]:
    """The short answers as facts, the long ones as text: what a reader needs at a glance stands first."""
    return [part | {"is_long": part["kind"] in {"long_text", "table"}} for part in version.content]


def share_of_case(case: Case) -> dict[str, str]:
    text = case.summary or f"{case.school} · {case.authors}"
    return share(case.title, text, reverse("case", args=[case.slug]), reverse("case_card", args=[case.slug]))


class CaseCard(Page):
    permission = PUBLIC

    def get(self, request: HttpRequest, slug: str) -> HttpResponse:
        case = public_case(slug)
        if case is None:
            raise Http404
        facts = (f"{case.authors} · {case.school}", f"{Stage(case.stage).label} · {_(case.theme_name)}")
        card = Card(
            _(case.prize_name),
            case.title,
            facts,
            licence_name(case.licence),
            case.cover.public_id if case.cover else "",
        )
        return card_response(card, case.cover)


class CaseCover(Page):
    """The cover as a small picture for lists."""

    permission = PUBLIC

    def get(self, request: HttpRequest, slug: str) -> HttpResponse:
        case: Case = self.find(Case.objects.public().select_related("cover"), slug=slug)
        if case.cover is None:
            raise Http404
        return cover_response(case.cover)

"""What a teacher does with cases: the own ones and those adopted, adopting, telling how it went, rating, a new version."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from kechuang.base.enums import FileKind
from kechuang.base.errors import Refused
from kechuang.base.files import accept
from kechuang.engine.catalogue import actions
from kechuang.engine.catalogue.models import Case, CaseVersion
from kechuang.engine.catalogue.queries import my_adoptions, my_cases, public_case
from kechuang.engine.programme.publishing import CataloguePlan
from kechuang.web.cases.forms import AdoptForm, LicenceForm, RateForm, StoryForm, VersionForm
from kechuang.web.cases.public import CasePage
from kechuang.web.views import SIGNED_IN, Page

KINDS = (FileKind.PDF, FileKind.DOCUMENT, FileKind.SHEET, FileKind.IMAGE)
LARGEST = 30 * 1024 * 1024


class MyCases(Page):
    """What I have published and what I have adopted."""

    permission = "case.adopt"
    template = "cases/mine.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.render(cases=list(my_cases(self.actor)), adoptions=list(my_adoptions(self.actor)))


class CaseAct(CasePage):
    """A form of the case's own page; what is wrong comes back there."""

    abstract = True
    http_method_names = ("post",)

    def case_at(self, slug: str) -> Case:
        case = public_case(slug)
        return case if case is not None else self.find(Case.objects.none())


class Adopt(CaseAct):
    permission = "case.adopt"

    def post(self, request: HttpRequest, slug: str) -> HttpResponse:
        case, form = self.case_at(slug), AdoptForm(self.actor, request.POST)
        if not form.is_valid():
            return self.shown(case, 422, adopt=form, is_adopting=True)
        org = form.orgs[form.cleaned_data.pop("org")]
        actions.adopt_case(case, org, by=self.actor, **form.cleaned_data)
        return self.done(_("已登记采用。上完课以后，请回来写几句，再评个分。"), "case", slug)


class Story(CaseAct):
    permission = "case.adopt"

    def post(self, request: HttpRequest, slug: str) -> HttpResponse:
        case, form = self.case_at(slug), StoryForm(request.POST)
        key = request.POST.get("adoption", "")
        adoption = self.find(my_adoptions(self.actor).filter(case=case), pk=int(key) if key.isdecimal() else 0)
        if not form.is_valid():
            return self.shown(case, 422, story=form)
        actions.tell_story(adoption, form.cleaned_data["story"], by=self.actor)
        return self.done(_("谢谢，同行会看到您的经验。"), "case", slug)


class Rate(CaseAct):
    permission = "case.adopt"

    def post(self, request: HttpRequest, slug: str) -> HttpResponse:
        case, form = self.case_at(slug), RateForm(request.POST)
        if not form.is_valid():
            return self.shown(case, 422, rate=form)
        actions.rate_case(case, form.cleaned_data["stars"], words=form.cleaned_data["words"], by=self.actor)
        return self.done(_("已评分。"), "case", slug)


class OwnCase(Page):
    abstract = True
    permission = SIGNED_IN

    def own_case(self, slug: str) -> Case:
        rows = Case.objects.of(self.actor).select_related("application__call", "award")
        case: Case = self.find(rows, slug=slug)
        return case


class NewVersion(OwnCase):
    """The author writes on: a new version, a wider licence, or takes the case down for a while."""

    permission = SIGNED_IN
    template = "cases/version.html"

    def get(self, request: HttpRequest, slug: str) -> HttpResponse:
        case = self.own_case(slug)
        return self.shown(case, VersionForm(self.last(case)))

    def last(self, case: Case) -> CaseVersion:
        found = case.versions.prefetch_related("files").first()
        assert found
        return found

    def shown(self, case: Case, form: VersionForm, status: int = 200) -> HttpResponse:
        plan = case.application.call.plan.catalogue
        licence = LicenceForm(case, plan) if isinstance(plan, CataloguePlan) else None
        may_widen = licence is not None and bool(licence.fields["licence"].choices)  # type: ignore[attr-defined]
        crumbs = [{"label": _("课程案例"), "url": "/cases/mine/"}, {"label": case.title, "url": ""}]
        facts: dict[str, Any] = {"licence": licence, "may_widen": may_widen, "breadcrumbs": crumbs}
        return self.render(case=case, form=form, status=status, **facts)

    def post(self, request: HttpRequest, slug: str) -> HttpResponse:
        case = self.own_case(slug)
        if request.POST.get("do") == "widen":
            actions.widen_licence(case, request.POST.get("licence", ""), by=self.actor)
            return self.done(_("授权已放宽。"), "case_version", slug)
        form = VersionForm(self.last(case), request.POST, request.FILES)
        if not form.is_valid():
            return self.shown(case, form, 422)
        added = []
        if upload := form.cleaned_data["added"]:
            try:
                added = [accept(upload, kind=KINDS, max_bytes=LARGEST, by=self.actor, scope_path=case.scope_path)]
            except Refused as refusal:
                form.add_error("added", refusal.sentence)
                return self.shown(case, form, 422)
        keep = [int(pk) for pk in form.cleaned_data["keep"]]
        actions.new_version(case, form.texts(), news=form.cleaned_data["news"], keep=keep, add=added, by=self.actor)
        return self.done(_("新版本已发布，旧版本仍然可以查看。"), "case", slug)


class CaseShow(OwnCase):
    """Take the own case down, or show it again."""

    permission = SIGNED_IN

    def post(self, request: HttpRequest, slug: str) -> HttpResponse:
        case = self.own_case(slug)
        if request.POST.get("do") == "hide":
            actions.hide_case(case, reason="", by=self.actor)
            return self.done(_("案例已下架，公开页面马上看不到了。"), "my_cases")
        actions.unhide_case(case, by=self.actor)
        return self.done(_("案例已重新公开。"), "my_cases")

"""The expert pool: who is in it, what they know, where they work; taking people in and letting them go."""

from typing import Any

from django.core.paginator import Paginator
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from kechuang.base.errors import Refused
from kechuang.engine.models import Assignment, Reviewer
from kechuang.engine.reviews import actions, queries
from kechuang.orgs.enums import Stage
from kechuang.orgs.models import Org, Person, PupilRecord
from kechuang.web.rounds.forms import ExpertForm, NewcomerForm, PostFormSet, posts_of
from kechuang.web.rounds.pages import PER_PAGE, OrganiserPage, discipline_names, query_without

FOUND = 12


def wanted_experts(page: OrganiserPage) -> QuerySet[Reviewer]:
    """The pool as the filter bar asks for it."""
    asked = page.request.GET
    active = asked.get("active", "yes")
    rows = queries.pool(
        page.actor, search=asked.get("q", "").strip(), field=asked.get("field", ""), active=active == "yes"
    )
    rows = rows.filter(is_active=False) if active == "no" else rows
    employer, stage = asked.get("employer", "").strip(), asked.get("stage", "")
    if employer:
        rows = rows.filter(pk__in=Reviewer.objects.filter(affiliations__org__name__icontains=employer).values("pk"))
    if stage:
        rows = rows.filter(pk__in=[pk for pk, stages in rows.values_list("pk", "stages") if stage in stages])
    return rows


class Experts(OrganiserPage):
    template = "rounds/experts.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        pages = Paginator(wanted_experts(self), PER_PAGE)
        page, names = pages.get_page(request.GET.get("page")), discipline_names()
        asked = {name: request.GET.get(name, "").strip() for name in ("q", "field", "stage", "employer", "active")}
        rows = [(reviewer, [names.get(code, code) for code in reviewer.fields]) for reviewer in page.object_list]
        return self.render(
            rows=rows, page=page, total=pages.count, asked=asked, disciplines=names.items(), stages=Stage.choices, chips=self.chips(asked, names),
            query=request.GET.urlencode(),
        )  # fmt: skip

    def chips(self, asked: dict[str, str], names: dict[str, str]) -> list[dict[str, str]]:
        words = {
            "q": asked["q"], "field": names.get(asked["field"], ""), "stage": str(dict(Stage.choices).get(asked["stage"], "")),
            "employer": asked["employer"], "active": {"no": _("已移出"), "all": _("在库和已移出")}.get(asked["active"], ""),
        }  # fmt: skip
        return [{"label": label, "url": query_without(self.request, name)} for name, label in words.items() if label]


def candidates(page: OrganiserPage, search: str) -> list[Person]:
    """Grown-ups in scope with that name who are not in the pool."""
    in_pool = Reviewer.objects.filter(person=OuterRef("pk"), is_active=True)
    is_pupil = PupilRecord.objects.filter(person=OuterRef("pk"))
    rows = Person.objects.visible_to(page.actor, "person.view").filter(
        ~Exists(in_pool), ~Exists(is_pupil), name__icontains=search[:50]
    )
    return list(rows.prefetch_related("memberships__org").order_by("name", "pk")[:FOUND])


def host_of(page: OrganiserPage) -> Org:
    """The organisation under which a new expert gets the role: where the actor may hand it out."""
    held = page.actor.orgs_for("membership.grant")
    if not held:
        raise Refused(_("您不能授予专家角色，请联系市级或区级管理员。"))
    return held[0]


class ExpertNew(OrganiserPage):
    """Find the person first, so that nobody is in the pool twice; only who is not found is written anew."""

    template = "rounds/expert_new.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        search = request.GET.get("q", "").strip()
        person = self.person(request.GET.get("person", ""))
        is_new = "new" in request.GET
        found = candidates(self, search) if search and not person else []
        return self.show(
            person,
            is_new,
            search=search,
            found=found,
            newcomer=NewcomerForm(initial={"name": search}),
            form=ExpertForm(),
            posts=PostFormSet(),
        )

    def post(self, request: HttpRequest) -> HttpResponse:
        person = self.person(request.POST.get("person", ""))
        newcomer, form, posts = NewcomerForm(request.POST), ExpertForm(request.POST), PostFormSet(request.POST)
        checked = [form.is_valid(), posts.is_valid(), person is not None or newcomer.is_valid()]
        if not all(checked):
            return self.show(person, person is None, status=422, newcomer=newcomer, form=form, posts=posts)
        who = person or actions.Newcomer(**newcomer.cleaned_data)
        try:
            reviewer = actions.enrol_experts(
                [actions.Enrolment(who, affiliations=tuple(posts_of(posts)), **form.particulars)],
                org=host_of(self),
                by=self.actor,
            )[0]
        except Refused as refused:
            form.add_error(None, refused.sentence)
            return self.show(person, person is None, status=422, newcomer=newcomer, form=form, posts=posts)
        return self.done(_("%(name)s已加入专家库。") % {"name": reviewer.person.name}, "experts")

    def person(self, public_id: str) -> Person | None:
        return (
            self.find(Person.objects.visible_to(self.actor, "person.view"), public_id=public_id) if public_id else None
        )

    def show(self, person: Person | None, is_new: bool, *, status: int = 200, **context: Any) -> HttpResponse:
        return self.render(status=status, person=person, is_new=is_new, breadcrumbs=crumbs(_("增加专家")), **context)


def crumbs(here: str) -> list[dict[str, str]]:
    return [{"label": _("专家库"), "url": reverse("experts")}, {"label": here, "url": ""}]


class ExpertPage(OrganiserPage):
    """One expert: particulars, employers, and the rounds they sat in."""

    template = "rounds/expert.html"

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        reviewer = self.expert(pk)
        facts = {
            "fields_known": reviewer.fields,
            **{n: getattr(reviewer, n) for n in ("stages", "employer_name", "title", "kind", "max_load")},
        }
        held = [
            {"org": row.org.name, "kind": row.kind, "since": row.since, "until": row.until}
            for row in reviewer.affiliations.select_related("org")
        ]
        return self.show(reviewer, ExpertForm(initial=facts), PostFormSet(initial=held))

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        reviewer = self.expert(pk)
        form, posts = ExpertForm(request.POST), PostFormSet(request.POST)
        if not (form.is_valid() and posts.is_valid()):
            return self.show(reviewer, form, posts, status=422)
        actions.update_reviewer(reviewer, by=self.actor, affiliations=posts_of(posts), **form.particulars)
        return self.done(
            _("%(name)s的资料已更新；回避关系会在下次查找时一并更新。") % {"name": reviewer.person.name}, "expert", pk
        )

    def expert(self, pk: int) -> Reviewer:
        reviewer: Reviewer = self.find(queries.pool(self.actor, active=False), pk=pk)
        return reviewer

    def show(self, reviewer: Reviewer, form: ExpertForm, posts: Any, status: int = 200) -> HttpResponse:
        return self.render(
            status=status,
            expert=reviewer,
            form=form,
            posts=posts,
            history=history(self, reviewer),
            breadcrumbs=crumbs(reviewer.person.name),
        )


def history(page: OrganiserPage, reviewer: Reviewer) -> list[dict[str, Any]]:
    """The rounds in the actor's scope in which this expert sat, with how much they did."""
    rows = Assignment.objects.visible_to(page.actor, "round.manage").filter(reviewer=reviewer).standing()
    found: dict[int, dict[str, Any]] = {}
    for row in rows.select_related("round__call").order_by("-round_id"):
        line = found.setdefault(row.round_id, {"round": row.round, "assigned": 0, "submitted": 0})
        line["assigned"] += 1
        line["submitted"] += row.state == "submitted"
    return list(found.values())


class ExpertRetire(OrganiserPage):
    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        reviewer = self.find(queries.pool(self.actor, active=False), pk=pk)
        actions.retire_reviewer(reviewer, reason=request.POST.get("reason", ""), by=self.actor)
        return self.done(
            _("%(name)s已移出专家库，以后不再受邀；已有的评审记录保留。") % {"name": reviewer.person.name}, "experts"
        )

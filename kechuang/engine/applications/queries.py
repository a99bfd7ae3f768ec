"""Reads with a name: the timeline in plain words, completeness, the officer's list and its figures."""

from collections import Counter
from collections.abc import Callable, Sequence
from copy import copy
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Prefetch, Q, QuerySet, prefetch_related_objects
from django.utils.translation import gettext as _

from kechuang.base.prepared import NUMBER, TEXT, Prepared, keep
from kechuang.engine.applications import rules
from kechuang.engine.applications.journey import STEP_OF_STATE, office_of, who_has_it
from kechuang.engine.applications.models import (
    Adviser,
    Application,
    ApplicationQuerySet,
    Movement,
    SignedPledge,
    TeamMember,
)
from kechuang.engine.applications.people import reporting_unit_id
from kechuang.engine.calls.models import Call
from kechuang.engine.calls.rules import step_times
from kechuang.engine.programme.declaration import Step
from kechuang.orgs.actor import Actor
from kechuang.orgs.queries import missing_consents
from kechuang.orgs.scoping import Sight


@dataclass(frozen=True)
class Milestone:
    """One line of the timeline: what happened (or will), when, by whom, and why."""

    label: str
    at: datetime | None
    by: str = ""
    reason: str = ""
    is_now: bool = False
    is_ahead: bool = False


@dataclass(frozen=True)
class Gap:
    """Something that still stands between a draft and its submission, and where to mend it."""

    section: str
    text: str


_UNIT = ("name", "short_name", "name_en", "kind", "path", "is_line")
_MEMBER = ("application", "person__name", "grade", "share", "order")
_CALL = (
    "slug",
    "title",
    "title_en",
    "year",
    "edition",
    "state",
    "opens_at",
    "closes_at",
    "declaration_digest",
    "is_demo",
)
_WHOLE = (
    *(field.name for field in Application._meta.concrete_fields),
    *(f"call__{name}" for name in (*_CALL, "org")),
    *(f"{org}__{name}" for org in ("org", "org__parent", "call__org") for name in _UNIT),
    "org__parent", "org__group", "org__parent__parent", "org__parent__parent__name",
)  # fmt: skip
"""An application with the names and dates of its school and call. The declaration is thirty kilobytes and known by its digest."""


def with_people(rows: QuerySet[Application], *, with_schools: bool = False) -> QuerySet[Application]:
    """School, call and team (and each member's school) in three queries, without the columns that no page shows."""
    members = Prefetch("members", _members(with_schools=with_schools))
    return _with_places(rows).prefetch_related(members, Prefetch("advisers", _advisers()))


def _with_places(rows: QuerySet[Application]) -> QuerySet[Application]:
    return rows.select_related("org__parent__parent", "call__org").only(*_WHOLE)


def _members(*, with_schools: bool) -> QuerySet[TeamMember]:
    members = TeamMember.objects.select_related("person").only(*_MEMBER, "school")
    return members.select_related("school").only(*_MEMBER, "school__name") if with_schools else members


def _advisers() -> QuerySet[Adviser]:
    return Adviser.objects.select_related("person").only("application", "person__name", "order")


_READ: Sight[Application] = Sight(
    "application.view",
    lambda see, code: _with_places(see(Application.objects)).filter(public_id=code).order_by()[:1],
    TEXT,
)
_TEAM: Prepared[TeamMember] = Prepared(lambda pk: _members(with_schools=True).filter(application=pk), NUMBER)
_ADVISERS: Prepared[Adviser] = Prepared(lambda pk: _advisers().filter(application=pk), NUMBER)
_MOVEMENTS: Prepared[Movement] = Prepared(lambda pk: Movement.objects.filter(application=pk).order_by("pk"), NUMBER)
SIGNED: Prepared[tuple[str, str]] = Prepared(
    lambda pk: SignedPledge.objects.filter(application=pk).order_by("pk").values_list("code", "detail"), NUMBER
)
"""Which declarations an application carries, and what each says beyond its text."""


def read_by(actor: Actor, public_id: str) -> Application | None:
    """An application that the actor may see, with school, call, team and each member's school: `with_people`, compiled once."""
    application = _READ.first(actor, public_id)
    if application is not None:
        keep(application, "members", _TEAM(application.pk))
        keep(application, "advisers", _ADVISERS(application.pk))
    return application


def timeline(application: Application, *, for_team: bool) -> list[Milestone]:
    """What happened and what comes next. Names of officials stay inside: the team reads whose office it was."""
    moves = {move.name: move for move in application.call.workflow.moves}
    past = [Milestone(_("开始填写"), application.created_at)]
    for movement in _MOVEMENTS(application.pk):
        move = moves.get(movement.move)
        label = _(move.label) if move else movement.move
        by = office_of(move, application) if move else ""
        if not for_team and (move is None or move.authority != "applicant"):
            by = _("%(unit)s（%(role)s）") % {"unit": by, "role": movement.by_label} if by else movement.by_label
        past.append(Milestone(label, movement.at, by, movement.reason))
    state = _(application.state_info.label)
    now = Milestone(
        _("现在：%(state)s") % {"state": state}, application.state_since, who_has_it(application), is_now=True
    )
    return [*past, now, *_ahead(application)]


def _ahead(application: Application) -> list[Milestone]:
    """The dated steps still to come, only while the application is in the race."""
    if application.state in application.call.workflow.finals:
        return [Milestone(_(application.then), None, is_ahead=True)]
    position = STEP_OF_STATE.get(application.state, "apply")
    steps = list(application.call.plan.steps)
    start = next((n for n, step in enumerate(steps) if step.code == position), 0)
    coming = [_step(application, step) for step in steps[start + 1 :]]
    return [Milestone(_(application.then), None, is_ahead=True), *coming]


def _step(application: Application, step: Step) -> Milestone:
    """A step that is still to come, with the day by which the call says it will be done."""
    until = step_times(application.call, step.code)[1]
    return Milestone(_("%(step)s（最迟）") % {"step": _(step.name)} if until else _(step.name), until, is_ahead=True)


GapFinder = Callable[[Sequence[Application]], dict[int, list[Gap]]]
_finders: list[GapFinder] = []


def gap_finder(function: GapFinder) -> GapFinder:
    """Have `function` say what a later stage wants of applications before they may be submitted: id → gaps."""
    if function not in _finders:
        _finders.append(function)
    return function


def gaps(application: Application) -> list[Gap]:
    """All that is missing before `submit` (or `complete`), from the same rules as its guards."""
    fresh = copy(application)
    vars(fresh)["_prefetched_objects_cache"] = {}  # what somebody read before may be out of date
    return gaps_of([fresh])[application.pk]


def gaps_of(applications: Sequence[Application]) -> dict[int, list[Gap]]:
    """The gaps of several applications in a fixed number of queries."""
    prefetch_related_objects(applications, "members__person", "advisers", "attachments", "pledges")
    found = {application.pk: _own_gaps(application) for application in applications}
    for purposes in {application.call.plan.consents for application in applications}:
        asking = [application for application in applications if application.call.plan.consents == purposes]
        members = [(application.pk, member) for application in asking for member in application.members.all()]
        without = missing_consents({member.person_id for _pk, member in members}, purposes)
        for pk, member in members:
            if member.person_id in without:
                found[pk].append(Gap("consent", _("%(name)s 的参赛同意") % {"name": member.person}))
    for finder in _finders:
        for pk, more in finder(applications).items():
            found[pk] += more
    return found


def _own_gaps(application: Application) -> list[Gap]:
    """The gaps that the application itself shows: answers, team, declarations."""
    plan = application.call.plan
    target = "recommended" if application.state == "incomplete" else "submitted"
    attached = Counter(attachment.question for attachment in application.attachments.all())
    found = [Gap("form", label) for label in rules.missing_answers(plan, application, attached, target)]
    if sentence := rules.team_problem(
        plan, application, list(application.members.all()), list(application.advisers.all())
    ):
        found.append(Gap("team", sentence))
    signed = {pledge.code: pledge.text_digest for pledge in application.pledges.all()}
    found += [
        Gap("pledges", _("签署“%(name)s”") % {"name": _(p.name)})
        for p in plan.pledges
        if signed.get(p.code) != rules.pledge_digest(p)
    ]
    return found


def filtered(rows: ApplicationQuerySet, wanted: dict[str, Any]) -> ApplicationQuerySet:
    """The officer's filters: state (several), division, stage, discipline, district id, school id, words in title or receipt number."""
    if states := wanted.get("state"):
        rows = rows.filter(state__in=states if isinstance(states, list) else [states])
    for name in ("division", "stage", "discipline"):
        if wanted.get(name):
            rows = rows.filter(**{name: wanted[name]})
    if wanted.get("district"):
        rows = rows.filter(org__path__contains=f"/{int(wanted['district'])}/")
    if wanted.get("school"):
        rows = rows.filter(org_id=wanted["school"])
    for word in str(wanted.get("q", "")).split():
        rows = rows.filter(Q(title__icontains=word) | Q(receipt_no__icontains=word) | Q(org__name__icontains=word))
    return rows


def counts_by_state(rows: QuerySet[Application]) -> Counter[str]:
    return Counter(dict(rows.order_by().values_list("state").annotate(n=Count("pk"))))


def counts_by_district(rows: QuerySet[Application]) -> Counter[int]:
    """Applications per id of the organisation right under the city."""
    counts: Counter[int] = Counter()
    for path, n in rows.order_by().values_list("org__path").annotate(n=Count("pk")):
        counts[reporting_unit_id(path)] += n
    return counts


def funnel(call: Call) -> list[tuple[str, str, int]]:
    """报名 → 推荐 → 入围 → 获奖: (state group, label, how many ever reached it)."""
    reached = Counter(
        dict(
            Movement.objects.filter(application__call=call)
            .order_by()
            .values_list("target")
            .annotate(n=Count("application", distinct=True))
        )
    )
    groups = (("submitted", _("报名")), ("endorsed", _("学校报送")), ("recommended", _("区级推荐")), ("screened", _("通过资格审查")),
              ("in_defence", _("入围终评")), ("awarded", _("获奖")))  # fmt: skip
    return [(state, label, reached[state]) for state, label in groups]


def own_applications(actor: Actor) -> QuerySet[Application]:
    return with_people(Application.objects.own(actor)).order_by("-saved_at", "-pk")

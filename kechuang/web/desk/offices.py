"""The queues of offices: what waits in which state of which call, how long, until when; objections, rosters, guardians.

Numbers come from the tallies that the moves keep; no desk scans applications.
"""

from collections import Counter
from datetime import datetime
from typing import Any

from django.db.models import Count, Min, OuterRef, Subquery
from django.utils.translation import gettext as _

from kechuang.base import clock
from kechuang.base.prepared import NUMBER, Prepared, Several
from kechuang.engine.applications import tallies
from kechuang.engine.applications.models import Application, TeamMember
from kechuang.engine.calls.models import Call
from kechuang.engine.calls.queries import calls_on_desk
from kechuang.engine.calls.rules import step_times
from kechuang.engine.decisions.models import Decision
from kechuang.engine.enums import CallState, DecisionState, NoticeState
from kechuang.engine.models import ReviewRound
from kechuang.engine.publicity.models import Objection, PublicNotice
from kechuang.engine.publicity.rules import OPEN_OBJECTIONS
from kechuang.engine.workflow.states import STATES
from kechuang.orgs.actor import Actor
from kechuang.orgs.enums import Role, RosterState
from kechuang.orgs.models import Guardianship, Org, RosterUpload
from kechuang.orgs.queries import missing_consents
from kechuang.orgs.scoping import Sight, under
from kechuang.web.desk.tasks import Task
from kechuang.web.navigation import address
from kechuang.web.officer.queue.filters import DESK_STEPS, holds_somewhere, is_above, own_moves

NAMES_SHOWN = 8
ROSTERS_SHOWN = 5
_OPEN_ROUNDS: Prepared[ReviewRound] = Prepared(
    lambda calls: (
        ReviewRound.objects.filter(call__in=calls, state="open")
        .defer("assignment_record", "timetable_record")
        .order_by("call", "number")
    ),
    Several(NUMBER),
)
_LINES: Prepared[Org] = Prepared(
    lambda cities: Org.objects.filter(parent__in=cities, is_line=True).order_by(), Several(NUMBER)
)
_PROPOSALS: Prepared[Decision] = Prepared(
    lambda calls: (
        Decision.objects.filter(call__in=calls, state=DecisionState.PROPOSAL)
        .select_related("round")
        .defer("round__assignment_record", "round__timetable_record", "terms")
    ),
    Several(NUMBER),
)
_NOTICES: Sight[PublicNotice] = Sight(
    "notice.publish",
    lambda see: see(PublicNotice.objects).filter(state__in=(NoticeState.DRAFT, NoticeState.OPEN)),
)
_OBJECTIONS: Sight[Any] = Sight(
    "objection.handle",
    lambda see: (
        see(Objection.objects)
        .filter(state__in=OPEN_OBJECTIONS)
        .order_by()
        .values("state")
        .annotate(n=Count("pk"), since=Min("received_at"), due=Min("due_on"))
        .values_list("n", "since", "due")
    ),
)
"""Of each state: how many, the oldest, the first that is due."""
_ROSTERS: Sight[RosterUpload] = Sight(
    "roster.upload",
    lambda see, by: (
        see(RosterUpload.objects).filter(state=RosterState.CHECKED, by=by).select_related("org")[:ROSTERS_SHOWN]
    ),
    NUMBER,
)


class Office:
    """What an officer's desk stands on, read once: the calls in reach and the counts of the running ones."""

    def __init__(self, actor: Actor) -> None:
        self.actor = actor
        self.paths = actor.paths("application.view")
        self.calls = calls_on_desk(actor) if self.paths else []
        self.running = [call for call in self.calls if call.state == CallState.PUBLISHED]
        self.units = tallies.by_unit(self.running, self.paths) if self.running else {}
        self.counts = {call.pk: _sum(self.units.get(call.pk, {})) for call in self.running}
        self.rounds = self._rounds()

    @property
    def sees_all(self) -> bool:
        """A city's office: every application of every call lies in its subtree, so no path need be compared."""
        return any(len([part for part in path.split("/") if part]) <= 1 for path in self.paths)

    def _rounds(self) -> list[ReviewRound]:
        """The open rounds of the calls that this office runs."""
        mine = self._own("round.manage")
        if not mine:
            return []
        calls = {call.pk: call for call in mine}
        rounds = _OPEN_ROUNDS(calls)
        for round in rounds:
            round.call = calls[round.call_id]
        return rounds

    def _own(self, permission: str) -> list[Call]:
        """The running calls that the actor's own office runs; what a lower office runs waits on that office's desk."""
        offices = {org.pk for org in self.actor.orgs_for(permission)}
        return [call for call in self.running if call.org_id in offices]

    def tasks(self) -> list[Task]:
        return [
            *self._queues(), *self._drafts(), *self._rounds_tasks(), *self._decisions(), *self._notices(),
            *objections(self.actor), *rosters(self.actor), *guardians(self.actor),
        ]  # fmt: skip

    # --- queues ------------------------------------------------------------------------------------------------------

    def _queues(self) -> list[Task]:
        """Applications in a state from which this office makes a forward move."""
        waiting = {
            (call.pk, state): move.step
            for call in self.running
            for move in own_moves(call, self.actor)
            if not move.undoes
            for state in move.source
            if self.counts[call.pk][state] > 0
        }
        oldest = self._oldest({state for _call, state in waiting})
        calls = {call.pk: call for call in self.running}
        found = [
            Task(
                _(STATES[state].label), f"{address('office_applications', calls[pk].slug)}?state={state}", _button(state),
                self.counts[pk][state], str(calls[pk]), oldest.get((pk, state)), step_times(calls[pk], step)[1],
            )
            for (pk, state), step in waiting.items()
        ]  # fmt: skip
        return found + self._line_tasks()

    def _oldest(self, states: set[str], path: str = "") -> dict[tuple[int, str], datetime]:
        """(call, state) → since when the longest waiting application waits; one query, by the index of each state."""
        if not states:
            return {}
        rows = Application.objects.filter(call=OuterRef("pk"))
        if path or not self.sees_all:
            rows = rows.filter(under("org__path", [path] if path else self.paths))
        first = {
            f"since_{state}": Subquery(rows.filter(state=state).order_by("state_since").values("state_since")[:1])
            for state in sorted(states)
        }
        calls = Call.objects.filter(pk__in=[call.pk for call in self.running]).annotate(**first).order_by()
        return {
            (row["pk"], state): row[f"since_{state}"]
            for row in calls.values("pk", *first)
            for state in states
            if row[f"since_{state}"]
        }

    def _line_tasks(self) -> list[Task]:
        """What the city itself must recommend: the schools of its line."""
        above = [
            call
            for call in self.running
            if any(
                move.authority == "org" and move.step in DESK_STEPS and move.by_hand
                and holds_somewhere(self.actor, move, call) and is_above(call, self.actor, move)
                for move in call.workflow.moves
            )
        ]  # fmt: skip
        if not above:
            return []
        lines = {org.parent_id: org for org in _LINES({call.org_id for call in above})}
        found = []
        for call in above:
            line = lines.get(call.org_id)
            n = self.units.get(call.pk, {}).get(line.pk, Counter())["endorsed"] if line else 0
            if line and n > 0:
                since = self._oldest({"endorsed"}, line.path).get((call.pk, "endorsed"))
                url = f"{address('office_applications', call.slug)}?state=endorsed&district={line.pk}"
                title = _("%(line)s待推荐") % {"line": line.label}
                found.append(
                    Task(title, url, _button("endorsed"), n, str(call), since, step_times(call, "recommend")[1])
                )
        return found

    # --- what the organiser of a call must do ------------------------------------------------------------------------

    def _drafts(self) -> list[Task]:
        mine = [call for call in self.calls if call.state == CallState.DRAFT and self.actor.can("call.edit", call)]
        return [
            Task(
                _("通知还没有发布"), address("office_call", call.slug), _("继续填写"), 1, str(call), call.created_at,
                icon="speakerphone",
            )
            for call in mine
        ]  # fmt: skip

    def _rounds_tasks(self) -> list[Task]:
        found = []
        for round in self.rounds:
            board = address("round", round.call.slug, round.code)
            over = f"{round.call} · {_(round.plan.name)}"
            if n := round.summary.get("alarms", 0):
                found.append(
                    Task(_("专家分差过大"), f"{board}#alarms", _("去处理"), n, over, until=round.closes_at,
                         icon="alert-triangle", tone="warning")
                )  # fmt: skip
            if n := round.summary.get("late", 0):
                found.append(
                    Task(_("专家还没评完"), board, _("去催办"), n, over, until=round.closes_at, icon="hourglass")
                )
        return found

    def _decisions(self) -> list[Task]:
        """Proposals that wait to be made final, and final decisions without their notice."""
        mine = self._own("application.decide")
        if not mine:
            return []
        calls = {call.pk: call for call in mine}
        return [
            Task(
                _("拟定的名单等您确定"), address("decision", calls[row.call_id].slug, row.round.code),
                _("去看名单"), 1, str(calls[row.call_id]), row.made_at, icon="list-check",
            )
            for row in _PROPOSALS(calls)
        ]  # fmt: skip

    def _notices(self) -> list[Task]:
        """Notices whose days are over, or that were drafted and never published."""
        if not self.actor.paths("notice.publish"):
            return []
        found = []
        for row in _NOTICES(self.actor):
            url = address("office_notice", row.number)
            if row.state == NoticeState.DRAFT:
                found.append(Task(_("公示拟好，还没有发布"), url, _("去发布"), 1, row.title, icon="speakerphone"))
            elif row.ends_on and row.ends_on < clock.today():
                since = clock.end_of(row.ends_on)
                found.append(
                    Task(_("公示期满，等您结束公示"), url, _("去办理"), 1, row.title, since, icon="speakerphone")
                )
        return found


def _sum(units: dict[int, Counter[str]]) -> Counter[str]:
    total: Counter[str] = Counter()
    for counts in units.values():
        total.update(counts)
    return total


def _button(state: str) -> str:
    return {"submitted": _("去审核"), "endorsed": _("去推荐"), "recommended": _("去审查")}.get(state, _("去办理"))


def objections(actor: Actor) -> list[Task]:
    if not actor.paths("objection.handle"):
        return []
    seen = _OBJECTIONS(actor)
    if not seen:
        return []
    numbers, since, due = zip(*seen, strict=True)
    return [
        Task(
            _("异议待答复"), address("objections"), _("去办理"), sum(numbers), "", min(since), clock.end_of(min(due)),
            "message-circle", "warning",
        )
    ]  # fmt: skip


def rosters(actor: Actor) -> list[Task]:
    if not actor.paths("roster.upload"):
        return []
    assert actor.user is not None
    return [
        Task(
            _("名册检查完毕，等您导入"), address("roster", row.public_id), _("去导入"), 1, str(row), row.created_at,
            icon="table-import",
        )
        for row in _ROSTERS(actor, actor.user.pk)
    ]  # fmt: skip


def guardians(actor: Actor) -> list[Task]:
    if not actor.has_role(Role.SCHOOL_OFFICER):
        return []
    inside = under("pupil__pupil__school__path", actor.paths("roster.upload"))
    rows = Guardianship.objects.filter(inside, confirmed_at__isnull=True, ended_at__isnull=True)
    seen = rows.aggregate(n=Count("pk"), oldest=Min("created_at"))
    if not seen["n"]:
        return []
    url = f"{address('people')}?unconfirmed=1"
    return [Task(_("监护关系待确认"), url, _("去确认"), seen["n"], "", seen["oldest"], icon="user-check")]


def without_consent(office: Office) -> dict[str, Any] | None:
    """Pupils of the own school whose entry still lacks a consent: the school is who reaches the parents."""
    schools = [m.org for m in office.actor.memberships if m.role in {Role.SCHOOL_OFFICER, Role.SCHOOL_TEAM_HEAD}]
    if not schools or not office.running:
        return None
    rows = TeamMember.objects.filter(
        under("application__org__path", [org.path for org in schools]), call__in=office.running,
        application__state__in=("draft", "returned", "incomplete"),
    )  # fmt: skip
    purposes = {call.pk: call.plan.consents for call in office.running}
    people = {row.person_id: row for row in rows.select_related("person")}
    wanted = {purpose for row in people.values() for purpose in purposes[row.call_id]}
    lacking = missing_consents(people, wanted)
    names = sorted(people[pk].person.name for pk in lacking)
    return {"n": len(names), "names": names[:NAMES_SHOWN], "more": max(0, len(names) - NAMES_SHOWN)} if names else None

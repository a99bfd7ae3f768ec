"""The officer's list as its query string says: filters, order, columns, and the chips that show what is filtered."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kechuang.base import clock
from kechuang.base.prepared import DAY, NUMBER, Prepared
from kechuang.engine.applications import tallies
from kechuang.engine.applications.models import Application, ApplicationQuerySet
from kechuang.engine.applications.paging import SORTS
from kechuang.engine.applications.queries import filtered
from kechuang.engine.applications.rules import division_name
from kechuang.engine.calls.models import Call
from kechuang.engine.workflow.states import STATES
from kechuang.engine.workflow.workflow import Move
from kechuang.orgs.actor import Actor
from kechuang.orgs.enums import OrgKind, Stage
from kechuang.orgs.models import Org
from kechuang.orgs.scoping import Sight

KEYS = ("state", "stage", "discipline", "division", "district", "school", "q")
COLUMNS = {
    "receipt": gettext_lazy("受理号"),
    "school": gettext_lazy("学校"),
    "district": gettext_lazy("区"),
    "division": gettext_lazy("组别"),
    "team": gettext_lazy("学生"),
    "advisers": gettext_lazy("指导教师"),
    "state": gettext_lazy("状态"),
    "received": gettext_lazy("提交时间"),
    "waiting": gettext_lazy("已等待"),
}
DEFAULT_COLUMNS = ("receipt", "school", "division", "team", "state", "waiting")
DESK_STEPS = ("endorse", "recommend", "screen")
"""Steps whose moves an office makes from its list; a disqualification is made on the application's own page."""


_LINE: Prepared[Org] = Prepared(lambda city: Org.objects.filter(parent=city, is_line=True).order_by("pk")[:1], NUMBER)
_DISTRICTS: Sight[Org] = Sight(
    "application.view",
    lambda see, day, city: see(Org.objects).open_on(day).filter(kind=OrgKind.DISTRICT, parent=city),
    DAY,
    NUMBER,
)


@dataclass
class Listing:
    """What one query string asks of one call's list."""

    call: Call
    actor: Actor
    query: QueryDict
    chosen: tuple[str, ...] = ()
    """The columns that the officer keeps for the view that is open."""
    wanted: dict[str, Any] = field(init=False)

    def __post_init__(self) -> None:
        self.wanted = {name: self.query.get(name, "").strip() for name in KEYS if name != "state"}
        self.wanted["state"] = [state for state in self.query.getlist("state") if state in STATES]
        for name in ("district", "school"):
            self.wanted[name] = int(self.wanted[name]) if self.wanted[name].isdecimal() else ""

    @property
    def scope(self) -> ApplicationQuerySet:
        """Everything of this call in the actor's office, whatever the filter says."""
        rows: ApplicationQuerySet = Application.objects.official(self.actor).filter(call=self.call)
        return rows

    @property
    def rows(self) -> ApplicationQuerySet:
        return filtered(self.scope, self.wanted)

    @property
    def sort(self) -> str:
        given = self.query.get("sort", "")
        return given if given in SORTS else "waiting"

    @cached_property
    def columns(self) -> list[str]:
        chosen = [name for name in self.query.getlist("col") if name in COLUMNS]
        return [name for name in COLUMNS if name in (chosen or self.chosen or DEFAULT_COLUMNS)]

    @cached_property
    def counts(self) -> "Counts":
        """How many there are in the office and how many the filter finds, from what the moves have counted."""
        return Counts.of(self)

    @cached_property
    def text(self) -> str:
        """The query string without page: what a saved view, a bulk move over all, or the Excel file stands on."""
        kept = self.query.copy()
        for name in list(kept):
            if name not in {*KEYS, "sort", "col"} or not any(kept.getlist(name)):
                del kept[name]
        return kept.urlencode()

    def without(self, name: str, value: str = "") -> str:
        kept = QueryDict(self.text, mutable=True)
        kept.setlist(name, [other for other in kept.getlist(name) if value and other != value])
        return f"?{kept.urlencode()}"

    def with_(self, **changes: Any) -> str:
        kept = QueryDict(self.text, mutable=True)
        for name, value in changes.items():
            kept.setlist(name, value if isinstance(value, list) else [value])
        return f"?{kept.urlencode()}"

    def chips(self, orgs: dict[int, str]) -> list[dict[str, str]]:
        """One chip per active filter; taking it off keeps the others."""
        plan = self.call.plan
        words: list[tuple[str, str, str]] = [("state", state, _(STATES[state].label)) for state in self.wanted["state"]]
        if self.wanted["stage"] in Stage.values:
            words.append(("stage", "", str(Stage(self.wanted["stage"]).label)))
        if self.wanted["discipline"]:
            known = {d.code: d.name for d in plan.disciplines}
            words.append(("discipline", "", _(known.get(self.wanted["discipline"], self.wanted["discipline"]))))
        if self.wanted["division"]:
            words.append(("division", "", division_name(plan, self.wanted["division"])))
        words += [
            (name, "", orgs.get(self.wanted[name], str(self.wanted[name])))
            for name in ("district", "school")
            if self.wanted[name]
        ]
        if self.wanted["q"]:
            words.append(("q", "", _("含“%(words)s”") % {"words": self.wanted["q"]}))
        return [{"label": label, "url": self.without(name, value)} for name, value, label in words]


COUNTED = {"district": ("unit",), "division": ("division",), "stage": ("division",), "discipline": ("division",)}
"""Which facts of a tally answer a filter; words and schools are counted in the rows."""


@dataclass(frozen=True)
class Counts:
    """Numbers of one list: by state whatever the filter says, and of what it finds."""

    by_state: Counter[str]
    total: int

    @classmethod
    def of(cls, listing: Listing) -> "Counts":
        """One query, and one more where the tallies cannot answer: searched words, one school, entries without a division."""
        active = [name for name in KEYS if name != "state" and listing.wanted[name]]
        facts = ("state", *dict.fromkeys(fact for name in active for fact in COUNTED.get(name, ())))
        found = tallies.by_facts(listing.call, listing.actor.paths("application.view"), facts)
        by_state: Counter[str] = Counter()
        for (state, *_rest), n in found.items():
            by_state[state] += n
        del by_state["draft"]
        if any(name not in COUNTED for name in active):
            return cls(by_state, listing.rows.count())
        asked = set(listing.wanted["state"] or by_state)
        counted = [
            (dict(zip(facts, values, strict=True)), n)
            for values, n in found.items()
            if n and values[0] in asked and values[0] != "draft"
        ]
        if not _answers(counted, listing.wanted, active):
            return cls(by_state, listing.rows.count())
        return cls(by_state, sum(n for row, n in counted if _fits(row, listing.wanted)))


def _answers(counted: list[tuple[dict[str, Any], int]], wanted: dict[str, Any], active: list[str]) -> bool:
    """Whether every entry of these tallies shows what the filter asks: its district is a unit, its division is known."""
    if "district" in active and all(row["unit"] != wanted["district"] for row, _n in counted):
        return False
    return not {"division", "stage", "discipline"}.intersection(active) or all(row["division"] for row, _n in counted)


def _fits(row: dict[str, Any], wanted: dict[str, Any]) -> bool:
    stage, _dot, discipline = row.get("division", "").partition(".")
    return (
        (not wanted["district"] or row["unit"] == wanted["district"])
        and (not wanted["division"] or row["division"] == wanted["division"])
        and (not wanted["stage"] or stage == wanted["stage"])
        and (not wanted["discipline"] or discipline == wanted["discipline"])
    )


def desk_moves(call: Call, actor: Actor) -> list[Move]:
    """The moves that this office may make from the list of this call."""
    return [
        move
        for move in call.workflow.moves
        if move.by_hand and move.step in DESK_STEPS and holds_somewhere(actor, move, call)
    ]


def holds_somewhere(actor: Actor, move: Move, call: Call) -> bool:
    if move.authority == "applicant":
        return False
    return actor.can(move.needs, call) if move.authority == "call" else bool(actor.paths(move.needs))


def own_moves(call: Call, actor: Actor) -> list[Move]:
    """The moves that wait for this office. The city may recommend for any district, but its own are only the schools of its line."""
    return [move for move in desk_moves(call, actor) if move.authority == "call" or not is_above(call, actor, move)]


def is_above(call: Call, actor: Actor, move: Move) -> bool:
    """Whether the actor could make the move only in another office's stead."""
    return all(org.kind == OrgKind.CITY for org in actor.orgs_for(move.needs))


def line_of(call: Call, actor: Actor) -> Org | None:
    """The line of schools directly under the city, for whose recommendation the city itself stands in."""
    if not any(is_above(call, actor, move) for move in desk_moves(call, actor) if move.authority == "org"):
        return None
    return _LINE.first(call.org_id)


def waiting_states(moves: Iterable[Move]) -> list[str]:
    """The states in which an application waits for one of these moves (ways back do not count)."""
    return sorted({state for move in moves if not move.undoes for state in move.source}, key=list(STATES).index)


def districts_in(actor: Actor, call: Call) -> list[Org]:
    """The districts of the call in the actor's scope; one is no choice."""
    found = _DISTRICTS(actor, clock.today(), call.org_id)
    return found if len(found) > 1 else []


def schools_in(listing: Listing, districts: list[Org]) -> list[Org]:
    """The schools with applications, once a district is chosen (or the office has only one)."""
    district = listing.wanted["district"]
    if districts and not district:
        return []
    found = tallies.schools_with(listing.call, listing.actor.paths("application.view"), district or None)
    return list(Org.objects.filter(pk__in=found).order_by("name"))

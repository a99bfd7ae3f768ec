"""What an expert reads. Blind fields are dropped here, in the query: nothing that a template, a search, a sort order or an
error text could leak ever leaves the database (architecture.md, rule 2)."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from functools import cache
from pathlib import PurePath
from typing import Any, NamedTuple

from django.db.models import Count, F, Q, Value
from django.utils.translation import gettext as _

from kechuang.base import clock
from kechuang.base.models import StoredFile
from kechuang.base.names import listed
from kechuang.base.prepared import NUMBER, TEXT, Prepared, Several
from kechuang.engine.applications.models import Application, Attachment, SignedPledge, TeamMember
from kechuang.engine.enums import AssignmentState
from kechuang.engine.programme.declaration import Programme, RoundPlan, Rubric
from kechuang.engine.reviews import rules
from kechuang.engine.reviews.models import GONE, Assignment, AssignmentQuerySet, ReviewRound, RoundReviewer, Score
from kechuang.engine.similarity.queries import alarm
from kechuang.orgs.actor import Actor
from kechuang.orgs.scoping import Seer

_LIST = (
    "pk", "state", "is_extra", "submitted_at", "entry__alias", "entry__application__title", "entry__application__stage",
    "entry__application__discipline", "score__total", "score__saved_at", "entry__slot__starts_at", "entry__slot__panel__room",
)  # fmt: skip
_ENTRY = {
    "alias": F("entry__alias"), "application": F("entry__application_id"), "stage": F("entry__application__stage"), "starts_at": F("entry__slot__starts_at"), "room": F("entry__slot__panel__room"),
}  # fmt: skip
_WORK = ("pk", "title", "stage", "discipline", "abstract", "answers")
_NEVER_SHOWN = frozenset({"file", "files", "statement"})
"""Kinds of question whose answer is no text to read: files are listed on their own."""


@dataclass(frozen=True)
class ExpertRound:
    """A round as its expert sees it on the front page."""

    id: int
    name: str
    call_title: str
    state: str
    blind: bool
    opens_at: datetime | None
    closes_at: datetime | None
    declared_at: datetime | None
    total: int
    submitted: int
    drafts: int
    row: ReviewRound


class AssignmentCard(NamedTuple):
    """One line of an expert's list, in the order of `_LIST`."""

    id: int
    state: str
    is_extra: bool
    submitted_at: datetime | None
    alias: str
    title: str
    stage: str
    discipline: str
    discipline_name: str
    total: Decimal | None
    saved_at: datetime | None
    starts_at: datetime | None
    room: str

    @property
    def is_pending(self) -> bool:
        return self.state in {AssignmentState.ASSIGNED, AssignmentState.DRAFT}


@dataclass(frozen=True)
class BlindAnswer:
    code: str
    section: str
    label: str
    kind: str
    columns: tuple[str, ...]
    value: Any


@dataclass(frozen=True)
class BlindFile:
    """A paper under a neutral name, as a file name may tell who made it; so may a caption, which a blind round does not read."""

    public_id: str
    name: str
    content_type: str
    size: int
    caption: str = ""
    has_picture: bool = False


@dataclass(frozen=True)
class BlindEntry:
    """An entry without school, names, district and receipt number. `school` and `members` are filled only where the round is not blind."""

    alias: str
    title: str
    stage: str
    discipline: str
    discipline_name: str
    abstract: str
    answers: tuple[BlindAnswer, ...]
    files: tuple[BlindFile, ...]
    pledges: tuple[tuple[str, str], ...]
    starts_at: datetime | None = None
    room: str = ""
    school: str = ""
    members: tuple[str, ...] = ()


@dataclass(frozen=True)
class SheetView:
    """All that the scoring page shows. `shut` is the sentence why nothing may be saved ("" = open)."""

    assignment_id: int
    round_id: int
    state: str
    entry: BlindEntry
    rubric: Rubric
    comment_owed: bool
    marks: Mapping[str, Any]
    gates: Mapping[str, bool]
    comment: str
    feedback: str
    total: Decimal | None
    version: int
    shut: str
    closes_at: datetime | None
    trail: "Trail"
    visit_id: int | None = None
    alike: int = 0
    """The share of text found elsewhere in percent, where it reaches the programme's alarm."""
    """Where the round goes to the place: the entry whose visit is recorded."""

    @property
    def answers(self) -> dict[str, str]:
        """The sheet by the names of its fields, as the page would show it."""
        return {
            **{f"mark_{c.code}": str(self.marks.get(c.code, "")) for c in self.rubric.criteria},
            **{f"gate_{g.code}": {True: "yes", False: "no"}.get(self.gates.get(g.code), "") for g in self.rubric.gates},  # type: ignore[arg-type]
            "comment": self.comment, "feedback": self.feedback,
        }  # fmt: skip


@dataclass(frozen=True)
class Trail:
    """Where an entry stands among mine of the round: its neighbours, the next that waits, how many are handed in."""

    previous_id: int | None
    next_id: int | None
    waiting_id: int | None
    done: int
    total: int


def my_rounds(actor: Actor) -> list[ExpertRound]:
    """The rounds `actor` was invited to, newest first."""
    if actor.person is None:
        return []
    counts = _counts(actor.person.pk)
    return [_expert_round(row.round, row.declared_at, counts[row.round_id]) for row in _INVITED(actor.person.pk)]


def _counts(person: int) -> dict[int, Counter[str]]:
    """Round → state → how many of the expert's entries."""
    counts: dict[int, Counter[str]] = defaultdict(Counter)
    for round, state, n in _COUNTS(person):
        counts[round][state] += n
    return counts


def _expert_round(round: ReviewRound, declared_at: datetime | None, counts: Counter[str]) -> ExpertRound:
    return ExpertRound(
        round.pk, round.plan.name, round.call.title, round.state, round.plan.blind, round.opens_at, round.closes_at,
        declared_at, counts.total(), counts["submitted"], counts["draft"], round,
    )  # fmt: skip


def my_assignments(actor: Actor, round: ReviewRound, *, search: str = "", state: str = "") -> list[AssignmentCard]:
    """The entries `actor` judges in `round`, by alias; `search` looks at alias and title only."""
    names = {discipline.code: discipline.name for discipline in round.call.plan.disciplines}
    if actor.person is None:
        return []
    if not search:
        states = [state] if state else AssignmentState.values
        return [_card(row, names) for row in _CARDS(actor.person.pk, round.pk, states)]
    rows = _mine(actor).filter(Q(entry__alias__icontains=search) | Q(entry__application__title__icontains=search))
    rows = rows.filter(round=round, **{"state": state} if state else {})
    return [_card(row, names) for row in rows.order_by("entry__alias").values_list(*_LIST)]


def _mine(actor: Actor) -> AssignmentQuerySet:
    """Only invited experts of an opened round, only what stands."""
    own = Assignment.objects.own(actor).standing().exclude(round__state="planned")
    return own.exclude(entry__application__state__in=GONE)


def _of(person: int) -> AssignmentQuerySet:
    """`_mine` for queries that are compiled once."""
    actor: Any = Seer(person=person)
    return _mine(actor)


def _own(person: int) -> AssignmentQuerySet:
    actor: Any = Seer(person=person)
    return Assignment.objects.own(actor)


_INVITED: Prepared[RoundReviewer] = Prepared(
    lambda person: (
        RoundReviewer.objects.filter(reviewer__person=person)
        .exclude(round__state="planned")
        .select_related("round__call")
        .defer("round__call__declaration", "round__assignment_record", "round__timetable_record")
        .order_by("-round__opened_at", "-round")
    ),
    NUMBER,
)
_COUNTS: Prepared[tuple[int, str, int]] = Prepared(
    lambda person: _own(person).standing().order_by().values_list("round", "state").annotate(n=Count("pk")),
    NUMBER,
)
_CARDS: Prepared[Any] = Prepared(
    lambda person, one, states: (
        _of(person).filter(round=one, state__in=states).order_by("entry__alias").values_list(*_LIST)
    ),
    NUMBER,
    NUMBER,
    Several(TEXT),
)
_TASK: Prepared[Any] = Prepared(
    lambda person, pk: (
        _of(person)
        .filter(pk=pk)
        .select_related("round__call")
        .defer("round__call__declaration", "round__assignment_record", "round__timetable_record")
        .annotate(**_ENTRY)
        .order_by()
    ),
    NUMBER,
    NUMBER,
)
_SCORE: Prepared[Score] = Prepared(lambda pk: Score.objects.filter(assignment=pk).order_by(), NUMBER)
_TRAIL: Prepared[tuple[int, str]] = Prepared(
    lambda person, one: _of(person).filter(round=one).order_by("entry__alias").values_list("pk", "state"),
    NUMBER,
    NUMBER,
)


def _card(row: Sequence[Any], names: Mapping[str, str]) -> AssignmentCard:
    """Of a row of `_LIST`."""
    code, room = row[7], row[-1]
    return AssignmentCard._make((*row[:8], names.get(code, code), *row[8:-1], room or ""))


def my_sheet(actor: Actor, assignment_id: int) -> SheetView:
    """The scoring page of one of `actor`'s assignments; Assignment.DoesNotExist for any other."""
    assignment = my_task(actor, assignment_id)
    round = assignment.round
    entry = _entry(assignment, round)
    score = _SCORE.first(assignment.pk) or Score()
    plan = round.plan
    return SheetView(
        assignment_id=assignment.pk,
        round_id=round.pk,
        state=assignment.state,
        entry=entry,
        rubric=round.call.plan.rubric_for(entry.stage, round.code),
        comment_owed=plan.kind == "scoring",
        marks=score.marks,
        gates=score.gates,
        comment=score.comment,
        feedback=score.feedback,
        total=score.total,
        version=score.version if score.pk else 0,
        shut=rules.why_scoring_is_shut(round.state, round.opens_at, round.closes_at, clock.now()),
        closes_at=round.closes_at,
        trail=trail(actor, assignment),
        visit_id=assignment.entry_id if plan.checklist else None,
        alike=alarm(assignment.application, round.call.plan.similarity),
    )


def my_task(actor: Actor, assignment_id: int) -> Any:
    """One of `actor`'s assignments with its round and call, alias, application and stage; Assignment.DoesNotExist for any other."""
    found = _TASK.first(actor.person.pk, assignment_id) if actor.person else None
    if found is None:
        raise Assignment.DoesNotExist
    return found


def trail(actor: Actor, assignment: Assignment) -> Trail:
    """One query. The next that waits is looked for after this one first, then from the beginning."""
    pk, rows = assignment.pk, _TRAIL(actor.person.pk, assignment.round_id) if actor.person else []
    ids = [row_pk for row_pk, _state in rows]
    place = ids.index(pk)
    waiting = [row_pk for row_pk, state in (*rows[place + 1 :], *rows[:place]) if state in ("assigned", "draft")]
    return Trail(
        previous_id=ids[place - 1] if place else None,
        next_id=ids[place + 1] if place + 1 < len(ids) else None,
        waiting_id=waiting[0] if waiting else None,
        done=sum(state == AssignmentState.SUBMITTED for _pk, state in rows),
        total=len(rows),
    )


@dataclass(frozen=True)
class OwnMarks:
    """One entry in the expert's view of the own marks."""

    id: int
    alias: str
    title: str
    stage: str
    state: str
    marks: Mapping[str, Any]
    gates: Mapping[str, bool]
    comment: str
    feedback: str
    total: Decimal | None
    version: int

    @property
    def is_pending(self) -> bool:
        return self.state in {AssignmentState.ASSIGNED, AssignmentState.DRAFT}


_MARKS = (
    "pk", "entry__alias", "entry__application__title", "entry__application__stage", "state", "score__marks", "score__gates", "score__comment",
    "score__feedback", "score__total", "score__version",
)  # fmt: skip


def my_marks(actor: Actor, round: ReviewRound) -> list[OwnMarks]:
    """All my sheets of a round, the highest total first and what has none last; nobody else's marks. One query."""
    found = [
        OwnMarks(pk, alias, title, stage, state, marks or {}, gates or {}, comment or "", feedback or "", total, version or 0)
        for pk, alias, title, stage, state, marks, gates, comment, feedback, total, version in _mine(actor)
        .filter(round=round)
        .order_by("entry__alias")
        .values_list(*_MARKS)
    ]  # fmt: skip
    return sorted(found, key=lambda row: (row.total is None, -(row.total or 0), row.alias))


def _entry(assignment: Any, round: ReviewRound) -> BlindEntry:
    entry = _work(assignment.application, round.call.plan, assignment.alias, blind=round.plan.blind)
    return replace(entry, starts_at=assignment.starts_at, room=assignment.room or "")


def preview(application: Application, round_code: str = "") -> tuple[RoundPlan, BlindEntry]:
    """What the experts of a round will read of `application`: the page of the team and the page of the expert are fed alike."""
    plan = application.call.plan
    chosen = next((one for one in plan.rounds if one.code == round_code), plan.rounds[0])
    return chosen, _work(application.pk, plan, "", blind=chosen.blind)


_READ: Prepared[dict[str, Any]] = Prepared(
    lambda pk: Application.objects.filter(pk=pk).order_by().values(*_WORK), NUMBER
)


def _work(application: int, plan: Programme, alias: str, *, blind: bool) -> BlindEntry:
    row = _READ(application)[0]
    stage, code, answers = row["stage"], row["discipline"], row["answers"] or {}
    school, members = ("", ()) if blind else _who(application)
    return BlindEntry(
        alias=alias,
        title=row["title"],
        stage=stage,
        discipline=code,
        discipline_name=next((d.name for d in plan.disciplines if d.code == code), code),
        abstract=row["abstract"],
        answers=tuple(_answers(plan, stage, answers, blind)),
        files=_files(plan, application, stage, answers, blind),
        pledges=_pledges(plan, application),
        school=school,
        members=members,
    )


def _answers(plan: Programme, stage: str, answers: Mapping[str, Any], blind: bool) -> Iterable[BlindAnswer]:
    for section in plan.form:
        for q in section.questions:
            value = answers.get(q.code)
            if q.kind in _NEVER_SHOWN or value in (None, "", []) or not rules.is_shown(q, stage, answers, blind=blind):
                continue
            yield BlindAnswer(q.code, section.name, q.label, q.kind, q.columns, value)


def _files(
    plan: Programme, application: int, stage: str, answers: Mapping[str, Any], blind: bool
) -> tuple[BlindFile, ...]:
    shown = _shown_files(plan, stage, answers, blind)
    fields = ("question", *_OF_FILE)
    rows = _papers_of(len(shown), blind)(application, *shown) if shown else []
    seen: Counter[str] = Counter()
    files = []
    for row in sorted(rows, key=lambda row: list(shown).index(row["question"])):
        seen[row["question"]] += 1
        name = _("%(label)s %(n)s") % {"label": _(shown[row["question"]]), "n": seen[row["question"]]}
        files.append(BlindFile(row["stored__public_id"], name, *(row[field] for field in fields[2:])))
    return tuple(files)


_OF_FILE = ("stored__public_id", "stored__content_type", "stored__size", "said", "stored__has_picture")


@cache
def _papers_of(questions: int, blind: bool) -> Prepared[dict[str, Any]]:
    """The papers of so many questions; a caption of a blind round is not even read."""

    def build(application: int, *shown: str) -> Any:
        rows = Attachment.objects.filter(application=application, question__in=shown)
        rows = rows.annotate(said=Value("") if blind else F("caption")).order_by("question", "order", "pk")
        return rows.values("question", *_OF_FILE)

    return Prepared(build, NUMBER, *[TEXT] * questions)


def _shown_files(plan: Programme, stage: str, answers: Mapping[str, Any], blind: bool) -> dict[str, str]:
    return {
        q.code: q.label
        for q in plan.questions()
        if q.kind in {"file", "files"} and rules.is_shown(q, stage, answers, blind=blind)
    }


def _pledges(plan: Programme, application: int) -> tuple[tuple[str, str], ...]:
    """What was declared in words (how AI was used, say): the expert weighs it."""
    names = {pledge.code: pledge.name for pledge in plan.pledges if pledge.asks_detail}
    if not names:
        return ()
    return tuple((names[code], detail) for code, detail in _declared(len(names))(application, *names))


@cache
def _declared(pledges: int) -> Prepared[tuple[str, str]]:
    def build(application: int, *codes: str) -> Any:
        rows = SignedPledge.objects.filter(application=application, code__in=codes).exclude(detail="")
        return rows.order_by("pk").values_list("code", "detail")

    return Prepared(build, NUMBER, *[TEXT] * pledges)


def _who(application: int) -> tuple[str, tuple[str, ...]]:
    rows = list(
        TeamMember.objects.filter(application=application)
        .order_by("order", "pk")
        .values_list("person__name", "school__name")
    )
    schools = dict.fromkeys(school for _name, school in rows)
    return listed(schools), tuple(name for name, _school in rows)


def my_file(actor: Actor, public_id: str) -> StoredFile | None:
    """The paper behind a blind link, if it belongs to an entry `actor` judges and the round lets it be seen."""
    attachment = (
        Attachment.objects.filter(stored__public_id=public_id, application__round_entries__assignments__in=_mine(actor))
        .select_related("stored", "application")
        .first()
    )
    if attachment is None:
        return None
    application = attachment.application
    judged = _mine(actor).filter(entry__application=application).select_related("round__call")
    for assignment in judged:
        plan, blind = assignment.round.call.plan, assignment.round.plan.blind
        labels = _shown_files(plan, application.stage, application.answers, blind)
        if attachment.question in labels:
            return _neutral(attachment.stored, labels[attachment.question])
    return None


def _neutral(stored: StoredFile, label: str) -> StoredFile:
    """The same file under a name that gives nobody away (in memory only; it must not be saved)."""
    stored.name = f"{label}{PurePath(stored.name).suffix.lower()}"
    return stored

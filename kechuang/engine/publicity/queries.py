"""Reads of the publicity stage: what the public sees, what the officers handle, and who decided first."""

from dataclasses import dataclass

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from kechuang.base import clock
from kechuang.engine.applications.models import Movement
from kechuang.engine.calls.models import Call
from kechuang.engine.codes import tidy_code
from kechuang.engine.decisions.models import Decision
from kechuang.engine.enums import NoticeState
from kechuang.engine.publicity.lines import lines_as_of_now
from kechuang.engine.publicity.models import NoticeLine, Objection, PublicNotice, Reconsideration
from kechuang.engine.publicity.rules import OPEN_OBJECTIONS, why_not_object, why_not_reconsider
from kechuang.engine.reviews.models import Assignment, DefenceSlot
from kechuang.orgs.actor import Actor

# --- the public page ---------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class PrizeGroup:
    prize: str
    name: str
    lines: list[NoticeLine]


@dataclass(frozen=True)
class DivisionGroup:
    division: str
    stage: str
    discipline: str
    prizes: list[PrizeGroup]

    @property
    def count(self) -> int:
        return sum(len(group.lines) for group in self.prizes)


@dataclass(frozen=True)
class NoticePage:
    """A published notice as its page shows it. Never for search engines: it lists minors (儿童个人信息网络保护规定)."""

    notice: PublicNotice
    divisions: list[DivisionGroup]
    struck: list[NoticeLine]
    takes_objections: bool
    replaced_by: PublicNotice | None
    shows_names: bool = True
    noindex: bool = True


def published_notices(call: Call | None = None) -> QuerySet[PublicNotice]:
    """What stands open to everybody, newest first."""
    notices = PublicNotice.objects.published().select_related("decision__call__org", "replaced_by")
    return notices.filter(decision__call=call) if call else notices


def current_notices() -> QuerySet[PublicNotice]:
    """The published notices that no newer one replaces: the list on the front page."""
    return published_notices().exclude(state=NoticeState.SUPERSEDED)


def published_notice(number: str) -> PublicNotice | None:
    return published_notices().filter(number=number).first()


def notice_page(notice: PublicNotice, text: str = "") -> NoticePage:
    """The page of a published notice, its lines by division and prize; `text` narrows them to a title or school."""
    if notice.state == NoticeState.DRAFT:
        raise PublicNotice.DoesNotExist
    found = notice.lines.all()
    if text.strip():
        found = found.filter(Q(title__icontains=text.strip()) | Q(school__icontains=text.strip()))
    lines = list(found)
    if not names_stand(notice):
        for line in lines:
            line.names = ""
    standing = [line for line in lines if not line.is_struck]
    return NoticePage(
        notice=notice,
        divisions=_by_division(notice, standing),
        struck=[line for line in lines if line.is_struck],
        takes_objections=not why_not_object(notice.state, notice.starts_on, notice.ends_on, clock.today()),
        replaced_by=getattr(notice, "replaced_by", None),
        shows_names=names_stand(notice),
    )


def names_stand(notice: PublicNotice) -> bool:
    """Names are public while the notice runs, and come down with its last day (what the consent for 公示姓名 promises)."""
    return notice.state == NoticeState.OPEN and notice.ends_on is not None and clock.today() <= notice.ends_on


def preview_page(notice: PublicNotice) -> NoticePage:
    """A draft as its page would be if it were published now; for those who publish it."""
    return NoticePage(
        notice, _by_division(notice, lines_as_of_now(notice)), [], takes_objections=False, replaced_by=None
    )


def _by_division(notice: PublicNotice, lines: list[NoticeLine]) -> list[DivisionGroup]:
    groups: dict[str, dict[tuple[str, str], list[NoticeLine]]] = {}
    for line in lines:
        groups.setdefault(line.division, {}).setdefault((line.prize, line.prize_name), []).append(line)
    return [_division(notice, division, prizes) for division, prizes in groups.items()]


def _division(notice: PublicNotice, division: str, prizes: dict[tuple[str, str], list[NoticeLine]]) -> DivisionGroup:
    stage, _dot, code = division.partition(".")
    names = {d.code: d.name for d in notice.call.plan.disciplines}
    groups = [PrizeGroup(code_, name, lines) for (code_, name), lines in prizes.items()]
    return DivisionGroup(division, stage, _(names.get(code, code)), groups)


# --- versions of a notice ----------------------------------------------------------------------------------------


def versions(notice: PublicNotice) -> list[PublicNotice]:
    """Every version of a notice, oldest first."""
    first = notice
    while first.replaces:
        first = first.replaces
    chain = [first]
    while newer := PublicNotice.objects.filter(replaces=chain[-1]).first():
        chain.append(newer)
    return chain


def current_notice(notice: PublicNotice) -> PublicNotice:
    return versions(notice)[-1]


def open_objections(notice: PublicNotice) -> QuerySet[Objection]:
    """Unanswered objections to this notice or to a version it replaced."""
    return Objection.objects.filter(notice__in=versions(notice), state__in=OPEN_OBJECTIONS)


# --- objections --------------------------------------------------------------------------------------------------


def follow_objection(follow_code: str) -> Objection | None:
    """The objection behind a follow code, with its answer; nothing but the code opens it."""
    query = Objection.objects.select_related("notice__decision__call__org", "reconsideration").prefetch_related(
        "evidence__stored"
    )
    return query.filter(follow_code=tidy_code(follow_code)).first()


def objections_for(actor: Actor) -> QuerySet[Objection]:
    """The desk of those who handle objections: unanswered first, the nearest deadline on top."""
    rows = Objection.objects.visible_to(actor, "objection.handle").select_related(
        "notice__decision__call__org", "application", "handler"
    )
    return rows.order_by("answered_at", "due_on", "id")


def overdue(actor: Actor) -> QuerySet[Objection]:
    return objections_for(actor).filter(state__in=OPEN_OBJECTIONS, due_on__lt=clock.today())


def locked_objection(objection: Objection) -> Objection:
    query = Objection.objects.select_related("notice__decision__call__org", "application__org")
    return query.select_for_update(of=("self",)).get(pk=objection.pk)


def first_deciders(objection: Objection) -> set[int]:
    """Users who took part in what is objected to: they may not reconsider it.

    Those who made or fixed the decision; the experts of the entry; whoever moved the entry forward in office; and
    whoever reconsidered this same entry before. A version that a reconsideration of another entry made does not count.
    """
    decision = objection.notice.decision
    found = _makers(decision) | _experts(objection) | _officers(objection) | _earlier_reconsiderers(objection)
    return found - {None}


def _makers(decision: Decision) -> set[int]:
    amended = Reconsideration.objects.filter(amended__isnull=False).values("amended")
    first = Decision.objects.filter(round=decision.round_id, kind=decision.kind).exclude(pk__in=amended)
    return {user for pair in first.values_list("made_by", "decided_by") for user in pair}


def _experts(objection: Objection) -> set[int]:
    decision = objection.notice.decision
    marks = Assignment.objects.filter(round__call=decision.call_id).exclude(state__in=("void", "recused"))
    slots = DefenceSlot.objects.filter(panel__round__call=decision.call_id)
    if objection.application_id:
        marks = marks.filter(entry__application=objection.application_id)
        slots = slots.filter(entry__application=objection.application_id)
    return {
        *marks.values_list("reviewer__person__user", flat=True),
        *slots.values_list("panel__reviewers__person__user", flat=True),
    }


OFFICIAL_MOVES = ("endorse", "recommend", "screen", "shortlist", "propose", "pass")


def _officers(objection: Objection) -> set[int]:
    moves = Movement.objects.filter(application=objection.application_id, move__in=OFFICIAL_MOVES)
    return set(moves.values_list("by", flat=True)) if objection.application_id else set()


def _earlier_reconsiderers(objection: Objection) -> set[int]:
    earlier = Reconsideration.objects.filter(objection__application=objection.application_id).exclude(
        objection=objection
    )
    return set(earlier.values_list("decided_by", flat=True)) if objection.application_id else set()


def why_may_not_reconsider(objection: Objection, actor: Actor) -> str:
    """Why `actor` may not reconsider this objection, or "": the page says it before the form is filled in."""
    return why_not_reconsider(actor.user.pk if actor.user else None, first_deciders(objection))

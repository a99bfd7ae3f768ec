"""The desk of people: pupils and their team, guardians, experts, chairs of a jury."""

from collections.abc import Iterable

from django.urls import reverse
from django.utils.translation import gettext as _

from kechuang.base import clock
from kechuang.base.names import listed
from kechuang.engine.applications.journey import next_date, who_has_it
from kechuang.engine.applications.models import Application
from kechuang.engine.applications.queries import own_applications
from kechuang.engine.models import DefenceSlot, ReviewRound
from kechuang.engine.reviews.models import Assignment
from kechuang.engine.reviews.queries import expert
from kechuang.engine.reviews.queries.chair import chaired
from kechuang.orgs.actor import Actor
from kechuang.orgs.enums import ConsentPurpose, Role
from kechuang.web.applicant.listing import Row, rows_of
from kechuang.web.desk.tasks import Line, Task
from kechuang.web.guardian.reading import Child, children_seen

LACKS_SHOWN = 3
SHOWN = 30
"""Applications on one desk; the own list has them all."""


class Own:
    """What is the actor's own, read once: applications and children."""

    def __init__(self, actor: Actor) -> None:
        self.actor = actor
        self.rows: list[Row] = []
        self.children: list[Child] = []
        if actor.roles & {Role.PUPIL, Role.TEACHER, Role.PARTNER_OFFICER, Role.GUARDIAN}:
            self.rows = rows_of(own_applications(actor)[:SHOWN], actor)
        if actor.roles & {Role.GUARDIAN, Role.PUPIL}:
            self.children = children_seen(actor)

    def tasks(self) -> list[Task]:
        return [*self._consents(), *(_entry_task(row) for row in self.rows if row.label)]

    def _consents(self) -> Iterable[Task]:
        for child in self.children:
            if child.is_self == child.by_guardian:
                continue  # the answer is somebody else's: the guardian's under 14, the pupil's from 14 on
            for one in child.standings:
                if one.is_asked_now and one.state == "waiting":
                    yield _consent_task(child, one.purpose)

    def lines(self) -> list[Line]:
        return [entry_line(row.application, row.next_step) for row in self.rows if not row.label]


def _entry_task(row: Row) -> Task:
    application = row.application
    return Task(
        title=application.title or _("（还没有名称）"),
        url=row.url,
        label=row.label,
        over=_("%(call)s。%(step)s") % {"call": application.call.named, "step": row.next_step},
        until=row.due,
        icon="clipboard-text",
        counts=False,
        lacks=row.lacks[:LACKS_SHOWN],
        more=max(0, len(row.lacks) - LACKS_SHOWN),
    )


def _consent_task(child: Child, purpose: ConsentPurpose) -> Task:
    names = listed(dict.fromkeys(application.call.named for application in child.applications))
    words = {"name": child.person.name, "calls": names, "what": purpose.label}
    due = [application.call.closes_at for application in child.applications if application.is_editable]
    if child.is_self:
        over = _("你要参加“%(calls)s”，需要你同意“%(what)s”。先读说明，再选同意或不同意。") % words
    else:
        over = _("%(name)s要参加“%(calls)s”，需要您同意“%(what)s”。不同意也可以，只是不能参加。") % words
    return Task(
        title=_("请答复：%(name)s · %(what)s") % words,
        url=reverse("consent", args=[child.person.public_id, purpose]),
        label=_("去阅读和答复"),
        over=over,
        until=min((at for at in due if at), default=None),
        icon="signature",
        tone="warning",
        counts=False,
    )


def entry_line(application: Application, then: str = "") -> Line:
    return Line(
        title=application.title or _("（还没有名称）"),
        url=reverse("application", args=[application.public_id]),
        over=application.call.named,
        state=application.state,
        holder=who_has_it(application),
        then=then,
        until=next_date(application),
    )


# --- experts -----------------------------------------------------------------------------------------------------


class Judging:
    """The rounds an expert was invited to, and those they chair."""

    def __init__(self, actor: Actor) -> None:
        self.actor = actor
        self.is_expert = Role.EXPERT in actor.roles
        self.rounds = expert.my_rounds(actor) if self.is_expert else []
        self.chaired = list(chaired(actor)) if self.is_expert else []

    def tasks(self) -> list[Task]:
        first = first_waiting(self.actor) if self.rounds else {}
        found = [task for round in self.rounds if round.state == "open" for task in _round_tasks(round, first)]
        return [*found, *(task for round in self.chaired for task in _chair_tasks(round))]

    def lines(self) -> list[Line]:
        return [
            Line(
                title=f"{round.call_title} · {_(round.name)}",
                url=f"{reverse('reviews')}?round={round.id}",
                until=round.closes_at,
                done=round.submitted,
                total=round.total,
                unit=_("件"),
            )
            for round in self.rounds
            if round.total
        ] + [_chair_line(round) for round in self.chaired]

    def defences(self) -> list[DefenceSlot]:
        """The next defences that the expert sits in, numbers only."""
        if not self.is_expert or self.actor.person is None:
            return []
        rows = DefenceSlot.objects.filter(
            panel__reviewers__person=self.actor.person, ends_at__gt=clock.now(), finished_at__isnull=True
        )
        return list(rows.select_related("panel", "entry").order_by("starts_at")[:5])


def first_waiting(actor: Actor) -> dict[int, int]:
    """Round id → the assignment to go on with: a begun sheet before an untouched one."""
    rows = Assignment.objects.own(actor).pending().filter(round__state="open").order_by("-state", "entry__alias")
    found: dict[int, int] = {}
    for round, pk, state in rows.values_list("round_id", "pk", "state"):
        if round not in found or state == "draft":
            found.setdefault(round, pk)
    return found


def _round_tasks(round: expert.ExpertRound, first: dict[int, int]) -> Iterable[Task]:
    name = f"{round.call_title} · {_(round.name)}"
    if round.declared_at is None:
        yield Task(
            _("请先申报回避"), reverse("declare", args=[round.id]), _("去申报"), over=name, icon="hand-stop",
            tone="warning", counts=False,
        )  # fmt: skip
    waiting = round.total - round.submitted
    if waiting and round.id in first:
        yield Task(
            _("等您评分"), reverse("score", args=[first[round.id]]), _("评下一件"), waiting, name,
            until=round.closes_at, icon="microscope",
        )  # fmt: skip


def _chair_tasks(round: ReviewRound) -> Iterable[Task]:
    alarms = round.summary.get("alarms", 0)
    if alarms and round.state == "open":
        yield Task(
            _("分差过大，等评委会讨论"), reverse("chair_round", args=[round.pk]), _("看讨论清单"), alarms, str(round),
            until=round.closes_at, icon="alert-triangle", tone="warning",
        )  # fmt: skip


def _chair_line(round: ReviewRound) -> Line:
    done, total = round.summary.get("submitted", 0), round.summary.get("wanted", 0)
    return Line(
        title=_("评委会主任：%(round)s") % {"round": round}, url=reverse("chair_round", args=[round.pk]),
        until=round.closes_at, done=done, total=total, unit=_("份"),
    )  # fmt: skip

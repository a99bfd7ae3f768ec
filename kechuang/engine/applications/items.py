"""Item by item: what the applicant says of itself, what the office found, and how far apart they are."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from kechuang.base import audit, clock
from kechuang.base.errors import Refused
from kechuang.engine.applications.batch import Batch
from kechuang.engine.applications.models import Application, Attachment, ItemScore
from kechuang.engine.applications.perform import may
from kechuang.engine.programme.declaration import Rubric
from kechuang.engine.programme.registry import guard
from kechuang.engine.workflow.workflow import Move
from kechuang.orgs.actor import Actor

APART = 0.1
"""自评与核分相差超过 10% 要说明 (domain §7: difference self vs verified)."""


@dataclass(frozen=True)
class Item:
    """A row of the table: a criterion with its points, or a gate (points 0) that must be met."""

    code: str
    name: str
    points: float
    own: float | None
    own_words: str
    proofs: Sequence[Attachment]
    verified: float | None
    note: str

    @property
    def is_gate(self) -> bool:
        return not self.points

    @property
    def is_apart(self) -> bool:
        return (
            self.own is not None and self.verified is not None and abs(self.own - self.verified) > APART * self.points
        )


def rubric_of(application: Application) -> Rubric:
    return application.call.plan.rubric_for(application.stage)


def has_items(application: Application) -> bool:
    """Whether the form rates the items of the rubric itself."""
    return any(question.criterion for question in application.call.plan.questions())


def verifying_move(application: Application) -> Move:
    """The move before which an office scores the items: the recommendation, or in a call without one what stands in its place."""
    flow = application.call.workflow
    return flow.move(flow.in_place_of("recommend"))


def is_verifiable(application: Application) -> bool:
    """Whether it lies where items are to be scored now."""
    return application.call.plan.verified_least is not None and application.state in verifying_move(application).source


def may_verify(actor: Actor, application: Application) -> bool:
    return may(actor, verifying_move(application), application)


def items_of(application: Application) -> list[Item]:
    """The rubric's items with the self-evaluation, its evidence, and the office's points: two queries."""
    plan, rubric = application.call.plan, rubric_of(application)
    by_kind = {(q.criterion, q.kind): q.code for q in plan.questions() if q.criterion}
    of_question = {q.code: q.criterion for q in plan.questions() if q.criterion}
    proofs: dict[str, list[Attachment]] = defaultdict(list)
    for attachment in application.attachments.select_related("stored"):
        proofs[of_question.get(attachment.question, "")].append(attachment)
    scored = {row.item: row for row in application.item_scores.all()}

    def item(code: str, name: str, points: float) -> Item:
        own = application.answers.get(by_kind.get((code, "number"), ""))
        row = scored.get(code)
        return Item(
            code, _(name), points, float(own) if own not in (None, "") else None,
            str(application.answers.get(by_kind.get((code, "long_text"), ""), "")), proofs[code],
            row.points if row else None, row.note if row else "",
        )  # fmt: skip

    return [item(c.code, c.name, c.points) for c in rubric.criteria] + [item(g.code, g.label, 0) for g in rubric.gates]


@transaction.atomic
def verify_items(
    application: Application, marks: Mapping[str, float], *, by: Actor, gates: Mapping[str, bool] | None = None,
    notes: Mapping[str, str] | None = None,
) -> list[ItemScore]:  # fmt: skip
    """The office's points for every item, before it recommends (or screens, where there is no tier of recommendation).

    Where they are far from the self-evaluation, a note says why. Refused at any other time, and to any other office.
    """
    locked = (
        Application.objects.select_related("call__org", "org").select_for_update(of=("self",)).get(pk=application.pk)
    )
    if not may_verify(by, locked):
        raise PermissionDenied(_("您不能给这份申报核分。"))
    if locked.state not in verifying_move(locked).source:
        raise Refused(_("现在不能核分：请在推荐或审查之前核分。"))
    notes, given = notes or {}, {**marks, **{code: float(met) for code, met in (gates or {}).items()}}
    for item in items_of(locked):
        _check(item, given.get(item.code), notes.get(item.code, ""))
    locked.item_scores.all().delete()
    rows = [
        ItemScore(application=locked, item=code, points=points, note=notes.get(code, "")[:400], scored_at=clock.now(), scored_by=by.user)
        for code, points in given.items()
    ]  # fmt: skip
    ItemScore.objects.bulk_create(rows)
    audit.record("verify_items", by=by, on=locked, scope_path=locked.scope_path, detail={"items": given})
    return rows


def _check(item: Item, points: float | None, note: str) -> None:
    if points is None:
        raise Refused(_("“%(item)s”还没有核分。") % {"item": item.name})
    if not 0 <= points <= (item.points or 1):
        raise Refused(_("“%(item)s”的核分应在 0 至 %(max)s 之间。") % {"item": item.name, "max": f"{item.points:g}"})
    if not item.is_gate and item.own is not None and abs(item.own - points) > APART * item.points and not note.strip():
        raise Refused(_("“%(item)s”的核分与自评相差超过 10%%，请写明核实情况。") % {"item": item.name})


@guard("items_verified")
def items_verified(batch: Batch) -> dict[int, str]:
    """Scored item by item, with the points that the programme asks and every required thing there (veto items)."""
    refused = {}
    least, move = batch.call.plan.verified_least or 0, _(batch.move.label)
    for application in batch.applications:
        rubric = rubric_of(application)
        scored = {row.item: row.points for row in application.item_scores.all()}
        missing = [gate for gate in rubric.gates if not scored.get(gate.code)]
        total = sum(scored.get(criterion.code, 0) for criterion in rubric.criteria)
        if not scored:
            refused[application.pk] = _("“%(title)s”还没有逐项核分，不能办理“%(move)s”。") % {
                "title": application,
                "move": move,
            }
        elif missing:
            refused[application.pk] = _("“%(title)s”没有做到：%(gates)s，不能办理“%(move)s”。") % {
                "title": application,
                "move": move,
                "gates": "、".join(_(gate.label) for gate in missing),
            }
        elif total < least:
            refused[application.pk] = _("“%(title)s”核分 %(total)s 分，不到 %(least)s 分，不能办理“%(move)s”。") % {
                "title": application, "move": move, "total": f"{total:g}", "least": f"{least:g}",
            }  # fmt: skip
    return refused

"""The expert's own acts: save a draft, submit, recuse; and the officer's: reopen, take in sheets from elsewhere."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from kechuang.base import audit, clock
from kechuang.base.errors import Refused
from kechuang.base.messages import notify
from kechuang.base.prepared import MOMENT, NUMBER, TEXT, Insert, Prepared, Update
from kechuang.engine.enums import AssignmentState, ConflictKind
from kechuang.engine.programme.declaration import Rubric
from kechuang.engine.reviews import rules
from kechuang.engine.reviews.actions.conflicts import pin
from kechuang.engine.reviews.actions.pool import BATCH
from kechuang.engine.reviews.actions.rounds import locked, require_open
from kechuang.engine.reviews.models import GONE, Assignment, ReviewRound, Score
from kechuang.engine.reviews.rules import ScoreSheet, Sender
from kechuang.orgs.actor import Actor, require

SCORE_FIELDS = ["marks", "gates", "total", "comment", "feedback", "version", "saved_at"]


NOBODY = Sender()


class ScoreConflict(Refused):
    """Somebody wrote a newer version; nothing was overwritten."""


def _locked(assignment: Assignment) -> Assignment:
    found = _LOCK.first(assignment.pk)
    if found is None:
        raise Assignment.DoesNotExist
    return found


_LOCK: Prepared[Assignment] = Prepared(
    lambda pk: Assignment.objects.select_for_update(of=("self",))
    .filter(pk=pk)
    .select_related("round__call__org", "entry__application", "reviewer")
    .defer("round__call__declaration", "round__assignment_record", "round__timetable_record",
           "entry__application__answers", "entry__application__abstract")
    .order_by(),
    NUMBER,
)  # fmt: skip
_SCORE: Prepared[Score] = Prepared(lambda pk: Score.objects.filter(assignment=pk).order_by(), NUMBER)
_GIVE = Insert(Score)
_STAND = Update(
    lambda pk, state, at: (Assignment.objects.filter(pk=pk).order_by(), {"state": state, "submitted_at": at}),
    NUMBER, TEXT, MOMENT,
)  # fmt: skip


def _require_own(assignment: Assignment, by: Actor) -> None:
    if by.person is None or assignment.reviewer.person_id != by.person.pk:
        raise PermissionDenied(_("这份评审不是分配给您的。"))


def _require_writable(assignment: Assignment, now: datetime) -> None:
    round = assignment.round
    shut = rules.why_scoring_is_shut(round.state, round.opens_at, round.closes_at, now)
    if shut:
        raise Refused(shut)
    if assignment.entry.application.state in GONE:
        raise Refused(_("这件作品已退出评审，不需要再评分。"))
    if assignment.state in (AssignmentState.RECUSED, AssignmentState.VOID):
        raise Refused(_("您已不再评审这件作品（已回避或已撤销），评分没有保存。"))


def _rubric(assignment: Assignment) -> Rubric:
    return assignment.round.call.plan.rubric_for(assignment.entry.application.stage, assignment.round.code)


@transaction.atomic
def save_score(
    assignment: Assignment,
    sheet: ScoreSheet,
    *,
    version: int,
    by: Actor,
    now: datetime | None = None,
    sender: Sender = NOBODY,
) -> Score:
    """Keep a draft as it is typed. `version` is the one the page was loaded with (0 = none yet); an older one is a ScoreConflict,
    unless the page itself wrote the newer one and lost the answer. A message of the page that arrives late changes nothing.

    Only the first draft is written to the ledger: the page saves while one types.
    """
    assignment, now = _locked(assignment), now or clock.now()
    _require_own(assignment, by)
    _require_writable(assignment, now)
    if assignment.state == AssignmentState.SUBMITTED:
        raise Refused(_("这份评分已经提交。如需修改，请联系组委会退回后再改。"))
    score = _current(assignment, version, sender)
    if rules.is_late(sender, _last(score)):
        return score
    _fill(score, rules.clean_sheet(_rubric(assignment), sheet), now, sender)
    if assignment.state == AssignmentState.ASSIGNED:
        assignment.state = AssignmentState.DRAFT
        assignment.save(update_fields=["state"])
        _audit("save_score", assignment, by)
    return score


def _last(score: Score) -> Sender:
    return Sender(score.sender, score.sender_number)


def _current(assignment: Assignment, version: int, sender: Sender) -> Score:
    score = _SCORE.first(assignment.pk) or Score(assignment=assignment, version=0)
    if rules.is_conflict(version, score.version, sender, _last(score)):
        raise ScoreConflict(_("这份评分在另一个窗口或设备上已有更新的内容，为免覆盖，本次没有保存。请刷新页面后再改。"))
    return score


def _fill(score: Score, sheet: ScoreSheet, now: datetime, sender: Sender) -> None:
    score.marks, score.gates = dict(sheet.marks), dict(sheet.gates)
    score.comment, score.feedback = sheet.comment, sheet.feedback
    score.total = rules.total(sheet.marks) if sheet.marks else None
    score.version, score.saved_at = score.version + 1, now
    score.sender, score.sender_number = sender.token, sender.number
    if score.pk is None:
        _GIVE([score])
    else:
        score.save()


def _audit(action: str, assignment: Assignment, by: Actor, reason: str = "", **detail: object) -> None:
    facts = {"entry": assignment.entry.alias, "reviewer": assignment.reviewer_id, **detail}
    scope = assignment.round.scope_path
    audit.record(action, by=by, on=assignment, detail=facts, scope_path=scope, reason=reason)


@transaction.atomic
def submit_score(
    assignment: Assignment,
    sheet: ScoreSheet,
    *,
    version: int,
    by: Actor,
    now: datetime | None = None,
    sender: Sender = NOBODY,
) -> Score:
    """Hand in a complete sheet. The same sheet handed in again (a retry, a double click) changes nothing and is no error."""
    assignment, now = _locked(assignment), now or clock.now()
    _require_own(assignment, by)
    clean = rules.clean_sheet(_rubric(assignment), sheet)
    if assignment.state == AssignmentState.SUBMITTED:
        return _same(assignment, clean)
    _require_writable(assignment, now)
    lacking = rules.missing(_rubric(assignment), assignment.round.plan, clean)
    if lacking:
        raise Refused(" ".join(lacking))
    score = _current(assignment, version, sender)
    _fill(score, clean, now, sender)
    assignment.state, assignment.submitted_at = AssignmentState.SUBMITTED, now
    _STAND(assignment.pk, assignment.state, now)
    _audit("submit_score", assignment, by, total=score.total, marks=score.marks, gates=score.gates)
    return score


def _same(assignment: Assignment, sheet: ScoreSheet) -> Score:
    score = assignment.score
    kept = ScoreSheet(score.marks, score.gates, score.comment, score.feedback)
    if kept != sheet:
        raise Refused(_("这份评分已经提交，内容与本次不同，没有修改。如需修改，请联系组委会退回后再改。"))
    return score


@transaction.atomic
def submit_scores(
    round: ReviewRound, sheets: Mapping[int, ScoreSheet], *, by: Actor, now: datetime | None = None
) -> int:
    """Take in many sheets at once (assignment id → sheet), from paper or a rehearsal: the same checks, all or none.

    Sheets already submitted with the same content are passed over. Returns how many are new.
    """
    require(by, "round.manage", round.call)
    round, now = locked(round), now or clock.now()
    rows = _assignments(round, sheets)
    clean = {row.pk: _complete(round, row, sheets[row.pk], now) for row in rows}
    new = [row for row in rows if row.state != AssignmentState.SUBMITTED]
    _write_many(new, clean, now)
    audit.record_many(
        {
            "action": "submit_score", "by": by, "on": row, "scope_path": round.scope_path,
            "detail": {"entry": row.entry.alias, "reviewer": row.reviewer_id, "marks": dict(clean[row.pk].marks), "taken_in": True},
        }
        for row in new
    )  # fmt: skip
    return len(new)


def _assignments(round: ReviewRound, ids: Iterable[int]) -> list[Assignment]:
    wanted = set(ids)
    query = Assignment.objects.filter(round=round).select_related("entry__application", "reviewer", "score")
    rows = [row for row in query.order_by("pk").select_for_update(of=("self",)) if row.pk in wanted]
    if len(rows) != len(wanted):
        raise Refused(_("评分中有 %(n)s 份不属于本轮评审，没有导入任何一份。") % {"n": len(wanted) - len(rows)})
    for row in rows:
        row.round = round
    return rows


def _complete(round: ReviewRound, row: Assignment, sheet: ScoreSheet, now: datetime) -> ScoreSheet:
    rubric = round.call.plan.rubric_for(row.entry.application.stage, round.code)
    try:
        clean = rules.clean_sheet(rubric, sheet)
        if row.state == AssignmentState.SUBMITTED:
            _same(row, clean)
            return clean
        _require_writable(row, now)
    except Refused as refused:
        raise Refused(_("%(alias)s：%(why)s") % {"alias": row.entry.alias, "why": refused.sentence}) from None
    lacking = rules.missing(rubric, round.plan, clean)
    if lacking:
        raise Refused(_("%(alias)s：%(why)s") % {"alias": row.entry.alias, "why": " ".join(lacking)})
    return clean


def _write_many(rows: list[Assignment], clean: Mapping[int, ScoreSheet], now: datetime) -> None:
    drafts = {score.assignment_id: score for score in Score.objects.filter(assignment__in=[row.pk for row in rows])}
    scores = [drafts.get(row.pk) or Score(assignment=row, version=0) for row in rows]
    for score in scores:
        sheet = clean[score.assignment_id]
        score.marks, score.gates = dict(sheet.marks), dict(sheet.gates)
        score.comment, score.feedback, score.total = sheet.comment, sheet.feedback, rules.total(sheet.marks)
        score.version, score.saved_at = score.version + 1, now
    Score.objects.bulk_create([score for score in scores if score.pk is None], BATCH)
    Score.objects.bulk_update([score for score in scores if score.assignment_id in drafts], SCORE_FIELDS, BATCH)
    ids = [row.pk for row in rows]
    Assignment.objects.filter(pk__in=ids).update(state=AssignmentState.SUBMITTED, submitted_at=now)


@transaction.atomic
def reopen_score(assignment: Assignment, *, reason: str, by: Actor) -> Assignment:
    """The officer gives a submitted score back to its expert while the round is open; the marks stay as a draft."""
    assignment = _locked(assignment)
    require(by, "round.manage", assignment.round.call)
    require_open(assignment.round)
    if assignment.state != AssignmentState.SUBMITTED:
        raise Refused(_("这份评分还没有提交，专家可以直接修改。"))
    if not reason.strip():
        raise Refused(_("请写明退回的理由，专家会看到它。"))
    before = assignment.score.total
    assignment.state, assignment.submitted_at = AssignmentState.DRAFT, None
    assignment.save(update_fields=["state", "submitted_at"])
    _audit("reopen_score", assignment, by, reason, total=before)
    words = {"alias": assignment.entry.alias, "reason": reason.strip()}
    notify(
        assignment.reviewer.person.user,
        "review.reopened",
        title=lambda: _("%(alias)s 的评分已退回，请修改后重新提交") % words,
        body=lambda: _("组委会退回了您对 %(alias)s 的评分。理由：%(reason)s") % words,
        url="/reviews/",
        about=assignment.round,
        by=by,
    )
    return assignment


@transaction.atomic
def recuse(assignment: Assignment, *, reason: str, by: Actor, now: datetime | None = None) -> Assignment:
    """The expert steps back from an entry; the conflict is pinned, so that nobody assigns the pair again."""
    assignment = _locked(assignment)
    _require_own(assignment, by)
    require_open(assignment.round)
    if assignment.state == AssignmentState.RECUSED:
        return assignment
    pin(assignment.round, assignment.reviewer, assignment.entry, ConflictKind.DECLARED, reason, by, now, "recuse")
    assignment.refresh_from_db()
    return assignment

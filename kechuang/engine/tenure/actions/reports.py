"""Reports of holders: planned with the term, written by the holder, accepted or returned by the office."""

from collections import Counter
from collections.abc import Mapping
from datetime import date
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from kechuang.base import audit, clock, files
from kechuang.base.errors import Refused
from kechuang.base.models import StoredFile
from kechuang.engine.applications.actions import full, said_of
from kechuang.engine.applications.rules import answer_problem, plain
from kechuang.engine.calls.models import Call
from kechuang.engine.enums import ReportState
from kechuang.engine.honours.actions import on_event
from kechuang.engine.honours.models import Honour, HonourEvent
from kechuang.engine.honours.rules import HELD
from kechuang.engine.programme.declaration import HonourPlan, Question
from kechuang.engine.tenure import messages, rules
from kechuang.engine.tenure.models import OPEN, Report, ReportFile, ReportStep
from kechuang.orgs.actor import Actor, require
from kechuang.orgs.enums import OrgKind
from kechuang.orgs.models import Org

CAPTION = 200


class ReportChanged(Refused):
    """Somebody else of the office saved a newer version; nothing was overwritten."""

    def __init__(self, current: Report) -> None:
        super().__init__(_("这份报告刚刚在别处被修改过，您的内容没有覆盖它。请刷新后对照再保存。"))
        self.current = current


# --- planning ----------------------------------------------------------------------------------------------------


@on_event
def plan_reports(honour: Honour, event: HonourEvent, by: Actor) -> None:
    """A term brings its reports; what an older term still owed falls away, and with a revocation everything."""
    if event.kind in rules.TERMS:
        _waive(honour, _("称号已延续，由新一轮报告代替。"), by, since=event.on)
        plan_term(honour, event.on, event.until)
    elif event.kind == "revoked":
        _waive(honour, _("称号已撤销。"), by)


def plan_term(honour: Honour, since: date, until: date | None) -> None:
    """Enter the reports of a term. Run again (by the worker, every day) it enters only what is not there yet."""
    plan = honour.call.plan.honour
    if plan is None or not plan.reports:
        return
    office = office_of(honour, plan)
    Report.objects.bulk_create(
        [
            Report(
                honour=honour, call=honour.call, office=office, code=due.code, number=due.number, covers_from=due.covers_from,
                covers_until=due.covers_until, opens_on=due.opens_on, due_on=due.due_on,
            )
            for due in rules.schedule(plan, since, until, clock.today())
        ],
        ignore_conflicts=True,
    )  # fmt: skip


def office_of(honour: Honour, plan: HonourPlan) -> Org:
    """Who reads the reports: a district those of its own titles, whoever gave the title all others."""
    level = plan.level(honour.level)
    if level is not None and level.tier == "district":
        above = Org.objects.filter(pk__in=honour.org.ancestor_ids, kind=OrgKind.DISTRICT, is_line=False).first()
        if above is not None:
            return above
    return honour.call.org


def plan_missing() -> int:
    """The reports that no grant has planned: of titles without end for the coming year, of titles older than their reports.

    Returns for how many titles it looked.
    """
    held = Honour.objects.filter(state__in=HELD)
    calls = [call for call in Call.objects.filter(pk__in=held.values("call")) if _asks_for_reports(call)]
    rows = held.filter(Q(valid_until__isnull=True) | Q(reports__isnull=True), call__in=calls)
    rows = rows.select_related("call__org", "org").prefetch_related("events").distinct()
    found = 0
    for honour in rows.order_by("pk").iterator(500):
        terms = [event for event in honour.events.all() if event.kind in rules.TERMS]
        plan_term(honour, terms[-1].on, terms[-1].until)
        found += 1
    return found


def _asks_for_reports(call: Call) -> bool:
    return call.plan.honour is not None and bool(call.plan.honour.reports)


def _waive(honour: Honour, reason: str, by: Actor, since: date | None = None) -> None:
    rows = Report.objects.select_for_update().filter(honour=honour, state__in=(*OPEN, ReportState.SUBMITTED))
    for report in rows.filter(due_on__gte=since) if since else rows:
        report.state, report.reason = ReportState.WAIVED, reason
        report.save(update_fields=["state", "reason"])
        _step(report, by, reason)


# --- writing -----------------------------------------------------------------------------------------------------


def _writable(report: Report, by: Actor) -> Report:
    """The report, locked; PermissionDenied for others than its holder, Refused where it is not the time."""
    rows = Report.objects.select_related("honour__org", "honour__person", "call__org", "office")
    locked = rows.select_for_update(of=("self",)).get(pk=report.pk)
    if not locked.belongs_to(by):
        raise PermissionDenied(_("只有称号的持有者可以填写报告。"))
    if not locked.is_open:
        raise Refused(
            _("“%(name)s”现在是“%(state)s”，不能再修改。") % {"name": locked.label, "state": locked.get_state_display()}
        )
    if not locked.can_be_written:
        raise Refused(_("“%(name)s”从 %(day)s 起可以填写。") % {"name": locked.label, "day": locked.opens_on})
    return locked


@transaction.atomic
def save_report(
    report: Report, changes: Mapping[str, Any], *, version: int, by: Actor
) -> tuple[Report, dict[str, str]]:
    """Save what was typed; per question, why a value was not taken (the others are saved). Sent twice it saves once.

    Raises ReportChanged when `version` is not the current one and something differs.
    """
    locked = _writable(report, by)
    questions = {question.code: question for question in locked.questions if question.kind not in _UNTYPED}
    errors, wanted = {}, dict(locked.answers)
    for code, value in changes.items():
        question = questions.get(code)
        sentence = answer_problem(question, value) if question else _("表单里没有这一项，请刷新页面。")
        if sentence:
            errors[code] = sentence
        else:
            wanted[code] = value
    if all(plain(wanted[code]) == plain(locked.answers.get(code)) for code in wanted):
        return locked, errors
    if version != locked.version:
        raise ReportChanged(locked)
    locked.answers, locked.version, locked.saved_at = wanted, locked.version + 1, clock.now()
    locked.save(update_fields=["answers", "version", "saved_at"])
    return locked, errors


_UNTYPED = frozenset({"file", "files", "statement"})


@transaction.atomic
def attach_report_file(report: Report, code: str, stored: StoredFile, *, by: Actor) -> ReportFile:
    """Attach an accepted file to a question of files, within its number; the same file twice is there once."""
    locked = _writable(report, by)
    question = file_question(locked, code)
    known = locked.files.filter(stored=stored).first()
    if known is not None:
        return known
    held = list(locked.files.filter(question=code).values_list("order", flat=True))
    if len(held) >= question.max_files:
        raise Refused(full(question))
    row = ReportFile.objects.create(
        report=locked, question=code, stored=stored, order=max(held, default=0) + 1, added_by=by.user
    )
    _saved(locked)
    audit.record("attach_report_file", by=by, on=locked.honour, detail=said_of(stored), scope_path=locked.scope_path)
    return row


def file_question(report: Report, code: str) -> Question:
    found = next((q for q in report.questions if q.code == code and q.kind in {"file", "files"}), None)
    if found is None:
        raise Refused(_("报告里没有这个附件项，请刷新页面。"))
    return found


@transaction.atomic
def detach_report_file(report: Report, pk: int, *, by: Actor) -> None:
    locked = _writable(report, by)
    row = locked.files.filter(pk=pk).select_related("stored").first()
    if row is None:
        return
    stored = row.stored
    row.delete()
    _saved(locked)
    audit.record("detach_report_file", by=by, on=locked.honour, detail=said_of(stored), scope_path=locked.scope_path)
    files.discard(stored, by=by)


@transaction.atomic
def caption_report_files(report: Report, told: Mapping[int, str], *, by: Actor) -> None:
    """Say what each file shows, by its key."""
    locked = _writable(report, by)
    for row in locked.files.filter(pk__in=told):
        row.caption = told[row.pk].strip()[:CAPTION]
        row.save(update_fields=["caption"])


def _saved(report: Report) -> None:
    report.saved_at = clock.now()
    report.save(update_fields=["saved_at"])


# --- handing in and the office's word ----------------------------------------------------------------------------


@transaction.atomic
def submit_report(report: Report, *, by: Actor) -> Report:
    """Hand it in; handed in twice it is handed in once. The office is told."""
    current = Report.objects.select_related("honour__org").get(pk=report.pk)
    if current.state == ReportState.SUBMITTED and current.belongs_to(by):
        return current
    locked = _writable(report, by)
    attached = Counter(locked.files.values_list("question", flat=True))
    if missing := rules.missing(locked.questions, locked.answers, attached):
        words = {"n": len(missing), "names": "、".join(missing[:8])}
        raise Refused(_("还有 %(n)s 项没有填写：%(names)s。") % words)
    locked.state, locked.submitted_at, locked.submitted_by = ReportState.SUBMITTED, clock.now(), by.user
    locked.save(update_fields=["state", "submitted_at", "submitted_by"])
    _step(locked, by)
    _noted("submit_report", locked, by)
    messages.tell_handed_in(locked, by)
    return locked


@transaction.atomic
def decide_report(report: Report, *, accept: bool, by: Actor, reason: str = "") -> Report:
    """Accept it, or hand it back with what is to be changed. The holder is told."""
    rows = Report.objects.select_related("honour__org", "honour__person__user", "call__org", "office")
    locked = rows.select_for_update(of=("self",)).get(pk=report.pk)
    require(by, "honour.check", locked.office)
    if locked.state != ReportState.SUBMITTED:
        raise Refused(_("这份报告现在是“%(state)s”，不能审核。") % {"state": locked.get_state_display()})
    if not accept and not reason.strip():
        raise Refused(_("请写明要改什么，持有者会看到。"))
    locked.state = ReportState.ACCEPTED if accept else ReportState.RETURNED
    locked.reason, locked.decided_at, locked.decided_by = reason.strip(), clock.now(), by.user
    locked.save(update_fields=["state", "reason", "decided_at", "decided_by"])
    _step(locked, by, locked.reason)
    _noted("decide_report", locked, by)
    messages.tell_decided(locked, by)
    return locked


def _step(report: Report, by: Actor, reason: str = "") -> None:
    ReportStep.objects.create(report=report, state=report.state, at=clock.now(), by=by.user, reason=reason)


def _noted(action: str, report: Report, by: Actor) -> None:
    audit.record(
        action, by=by, on=report.honour, scope_path=report.scope_path, reason=report.reason,
        detail={"report": report.public_id, "code": report.code, "state": report.state},
    )  # fmt: skip

"""Drafting, publishing, closing and replacing a public notice."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from kechuang.base import audit, clock, workdays
from kechuang.base.errors import Refused
from kechuang.base.numbers import next_number
from kechuang.engine.applications.models import Application
from kechuang.engine.decisions.models import Decision
from kechuang.engine.enums import NoticeState
from kechuang.engine.publicity import messages, queries, rules
from kechuang.engine.publicity.disclosing import disclose_lines, end_lines
from kechuang.engine.publicity.lines import freeze_lines
from kechuang.engine.publicity.models import PublicNotice
from kechuang.orgs.actor import Actor, require

EDITABLE = frozenset({"title", "body", "contact", "working_days"})


@transaction.atomic
def draft_notice(decision: Decision, *, by: Actor) -> PublicNotice:
    """The draft notice of a decision, with the usual words filled in; asked again, the same draft."""
    require(by, "notice.publish", decision.call)
    if known := decision.notices.filter(state=NoticeState.DRAFT).first():
        return known
    if decision.notices.exists():
        raise Refused(_("这份决定已经公示过，不能重复起草公示。"))
    notice = PublicNotice.objects.create(
        number=_new_number(), decision=decision, working_days=decision.call.plan.notice.working_days, **_words(decision)
    )  # fmt: skip
    audit.record("draft_notice", by=by, on=notice, detail={"decision": decision.pk}, scope_path=notice.scope_path)
    return notice


def _new_number() -> str:
    year = clock.today().year
    return f"GS{year}-{next_number('notice', year):03d}"


def _words(decision: Decision) -> dict[str, str]:
    """A notice is a document: Chinese whatever language the officer reads."""
    with translation.override(settings.LANGUAGE_CODE):
        return rules.notice_words(decision.kind, decision.call.title, decision.call.org.name)


@transaction.atomic
def edit_notice(notice: PublicNotice, *, by: Actor, **fields: Any) -> PublicNotice:
    """Change the words or the length of a draft; what is published stays as it was."""
    notice = _locked(notice)
    require(by, "notice.publish", notice.call)
    if notice.state != NoticeState.DRAFT:
        raise Refused(_("这份公示已经发布，内容不能再改。需要更正请通过异议复核更新公示。"))
    for name in EDITABLE & fields.keys():
        setattr(notice, name, fields[name])
    if not notice.title.strip() or notice.working_days < 1:
        raise Refused(_("公示要有标题，公示期至少为 1 个工作日。"))
    notice.save()
    audit.record("edit_notice", by=by, on=notice, detail={"fields": sorted(fields)}, scope_path=notice.scope_path)
    return notice


@transaction.atomic
def publish_notice(notice: PublicNotice, *, by: Actor) -> PublicNotice:
    """Freeze the lines and open the notice today; its last day is the n-th working day from tomorrow on.

    The day of publication does not count (民法典第二百零一条). A year without a holiday table is refused, not guessed.
    """
    notice = _locked(notice)
    require(by, "notice.publish", notice.call)
    chosen = notice.decision.lines.filter(is_chosen=True).count()
    if sentence := rules.why_not_publish(notice.state, notice.decision.state, chosen):
        raise Refused(sentence)
    _open(notice, by)
    disclose_lines(notice, freeze_lines(notice))
    audit.record("publish_notice", by=by, on=notice, detail=_facts(notice, chosen), scope_path=notice.scope_path)
    messages.tell_published(notice, by)
    return notice


def _open(notice: PublicNotice, by: Actor) -> None:
    notice.starts_on = clock.today()
    notice.ends_on = working_day_after(notice.starts_on, notice.working_days)
    notice.state = NoticeState.OPEN
    notice.published_at, notice.published_by = clock.now(), by.user
    notice.save()


def working_day_after(start: date, days: int) -> date:
    """The n-th working day after `start`, or the sentence that tells which year's table is missing."""
    try:
        return workdays.add_working_days(start, days)
    except workdays.MissingHolidayTable as missing:
        raise Refused(str(missing)) from missing


def _facts(notice: PublicNotice, lines: int) -> dict[str, Any]:
    return {"number": notice.number, "starts_on": notice.starts_on, "ends_on": notice.ends_on, "lines": lines}


@transaction.atomic
def close_notice(notice: PublicNotice, *, by: Actor) -> PublicNotice:
    """End a notice whose days are over and whose objections (of the replaced versions too) are all answered."""
    notice = _locked(notice)
    require(by, "notice.publish", notice.call)
    still_open = queries.open_objections(notice).count()
    if sentence := rules.why_not_close(notice.state, notice.ends_on, still_open, clock.today()):
        raise Refused(sentence)
    notice.state, notice.closed_at = NoticeState.CLOSED, clock.now()
    notice.save(update_fields=["state", "closed_at"])
    end_lines(notice, "公示期满")
    audit.record("close_notice", by=by, on=notice, detail={"number": notice.number}, scope_path=notice.scope_path)
    return notice


@transaction.atomic
def republish_notice(
    notice: PublicNotice, decision: Decision, *, by: Actor, struck: Iterable[Application] = ()
) -> PublicNotice:
    """A new notice of the amended `decision` in the place of `notice`, for a whole period again; the old page links to it.

    Called by a reconsideration; entries once struck stay marked so in every later version.
    """
    old = _locked(notice)
    require(by, "objection.reconsider", old.call)
    if old.state != NoticeState.OPEN:
        raise Refused(_("只有公示中的公示可以更新。"))
    gone = {line.application for line in old.lines.filter(is_struck=True).select_related("application__org")} | set(
        struck
    )
    old.state, old.closed_at = NoticeState.SUPERSEDED, clock.now()
    old.save(update_fields=["state", "closed_at"])
    new = PublicNotice(
        number=_new_number(), decision=decision, replaces=old, title=old.title, body=old.body, contact=old.contact,
        working_days=old.working_days,
    )  # fmt: skip
    _open(new, by)
    lines = freeze_lines(new, sorted(gone, key=lambda application: application.pk))
    end_lines(old, "公示已更新")
    disclose_lines(new, lines)
    audit.record(
        "republish_notice",
        by=by,
        on=new,
        detail=_facts(new, len(lines)) | {"replaces": old.number},
        scope_path=new.scope_path,
    )
    return new


def _locked(notice: PublicNotice) -> PublicNotice:
    query = PublicNotice.objects.select_related("decision__call__org")
    return query.select_for_update(of=("self",)).get(pk=notice.pk)

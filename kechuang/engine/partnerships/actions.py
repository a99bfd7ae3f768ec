"""Asking a partner, its answer, and the agreement that begins with the honour: every write on either."""

from datetime import date
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from kechuang.base import audit, clock
from kechuang.base.errors import Refused
from kechuang.engine.applications.actions import editable
from kechuang.engine.applications.models import Application
from kechuang.engine.enums import PartnershipState
from kechuang.engine.honours.actions import on_event
from kechuang.engine.honours.models import Honour, HonourEvent
from kechuang.engine.honours.rules import HELD
from kechuang.engine.partnerships import messages, rules
from kechuang.engine.partnerships.models import LIVE, Agreement, Partnership
from kechuang.engine.partnerships.queries import ANSWER, answering, of_kinds
from kechuang.engine.programme.declaration import PartnerPlan
from kechuang.orgs.actor import Actor
from kechuang.orgs.models import Org


@transaction.atomic
def ask_partner(application: Application, partner: Org, *, years: int, purpose: str, by: Actor) -> Partnership:
    """Ask `partner` to stand by the application for so many years; one at a time (withdraw to ask another)."""
    locked = editable(application, by)
    plan = locked.call.plan.partner
    if plan is None:
        raise Refused(_("这个项目没有合作单位。"))
    _require_fit(plan, locked.org, partner)
    _require_terms(plan, years, purpose)
    return _ask(by, application=locked, holder=locked.org, partner=partner, years=years, purpose=purpose.strip())


def _require_fit(plan: PartnerPlan, holder: Org, partner: Org) -> None:
    if not Org.objects.current().filter(of_kinds(plan), pk=partner.pk).exclude(pk=holder.pk).exists():
        raise Refused(
            _("“%(org)s”不能担任%(label)s，请在查到的单位里选择。") % {"org": partner, "label": _(plan.label)}
        )
    if not answering().filter(pk=partner.pk).exists():
        raise Refused(_("“%(org)s”还没有能答复的管理员，请联系市级管理员为它开通账号。") % {"org": partner})


def _require_terms(plan: PartnerPlan, years: int, purpose: str) -> None:
    if not plan.years <= years <= rules.LONGEST:
        raise Refused(_("合作年限应为 %(least)s 至 %(most)s 年。") % {"least": plan.years, "most": rules.LONGEST})
    if not purpose.strip():
        raise Refused(_("请写明双方各做什么，合作单位会看到。"))


def _ask(by: Actor, **facts: Any) -> Partnership:
    row = Partnership(asked_at=clock.now(), asked_by=by.user, **facts)
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError as error:
        raise Refused(_("已经请了一个合作单位；要换一个，请先撤回。")) from error
    _noted("ask_partner", row, by)
    messages.tell_asked(row, by)
    return row


@transaction.atomic
def withdraw_partner(application: Application, *, by: Actor) -> Partnership | None:
    """Take the question (or the partner who has said yes) back while the application can still be changed."""
    locked = editable(application, by)
    row = Partnership.objects.select_for_update().filter(application=locked, state__in=LIVE).first()
    if row is None:
        return None
    row.state, row.answered_at, row.answered_by = PartnershipState.WITHDRAWN, clock.now(), by.user
    row.save(update_fields=["state", "answered_at", "answered_by"])
    messages.tell_withdrawn(row, by)
    return _noted("withdraw_partner", row, by)


@transaction.atomic
def answer_partner(row: Partnership, *, yes: bool, by: Actor, reason: str = "") -> Partnership:
    """The partner's yes or no; a no says why. Answering the same twice changes nothing."""
    locked = _locked(row)
    if all(org.pk != locked.partner_id for org in by.orgs_for(ANSWER)):
        raise PermissionDenied(_("只有被邀请的单位可以答复。"))
    wanted = PartnershipState.CONFIRMED if yes else PartnershipState.DECLINED
    if locked.state == wanted:
        return locked
    if locked.state != PartnershipState.ASKED:
        raise Refused(_("这份邀请现在是“%(state)s”，不能再答复。") % {"state": locked.get_state_display()})
    if not yes and not reason.strip():
        raise Refused(_("请写明不能合作的原因，申报单位会看到。"))
    locked.state, locked.reason = wanted, reason.strip()
    locked.answered_at, locked.answered_by = clock.now(), by.user
    locked.save(update_fields=["state", "reason", "answered_at", "answered_by"])
    _noted("answer_partner", locked, by)
    messages.tell_answered(locked, by)
    if yes and locked.renews is not None:
        _follow(locked.renews, locked)
    return locked


def _locked(row: Partnership) -> Partnership:
    rows = Partnership.objects.select_related("holder", "partner", "application__call", "renews__honour__org")
    return rows.select_for_update(of=("self",)).get(pk=row.pk)


# --- agreements --------------------------------------------------------------------------------------------------


@on_event
def keep_agreement(honour: Honour, event: HonourEvent, by: Actor) -> None:
    """With an award begins the agreement with the partner who said yes; with the honour's end it ends."""
    if event.kind == "revoked":
        _end(honour, event.on, event.reason)
    if event.award is None:
        return
    rows = Partnership.objects.filter(application=event.award.application, state=PartnershipState.CONFIRMED)
    row = rows.filter(agreement__isnull=True).first()
    if row is not None:
        _end(honour, event.on, _("由新的协议代替。"))
        _conclude(honour, row, event.on)


def _conclude(honour: Honour, row: Partnership, since: date) -> Agreement:
    number = rules.agreement_number(honour.number, honour.agreements.count() + 1)
    return Agreement.objects.create(
        number=number, honour=honour, partner=row.partner, partnership=row, since=since,
        until=rules.term(since, row.years),
    )  # fmt: skip


def _end(honour: Honour, day: date, reason: str) -> None:
    rows = honour.agreements.filter(until__gte=day, ended_on__isnull=True)
    rows.update(ended_on=day, end_reason=reason or _("称号已撤销。"))


def _follow(agreement: Agreement, row: Partnership) -> Agreement:
    """The next term, from the day after the last one."""
    since = max(date.fromordinal(agreement.until.toordinal() + 1), clock.today())
    return _conclude(agreement.honour, row, since)


@transaction.atomic
def ask_renewal(agreement: Agreement, *, years: int, purpose: str, by: Actor) -> Partnership:
    """The holder asks its partner for another term; the honour must still be held."""
    locked = _agreement(agreement)
    honour = locked.honour
    if all(org.pk != honour.org_id for org in by.orgs_for("application.edit")):
        raise PermissionDenied(_("只有持有称号的单位可以请求续签。"))
    if not rules.ends_soon(locked.until, clock.today()) or locked.ended_on is not None:
        raise Refused(_("协议到期前 90 天内可以请求续签。"))
    if honour.state not in HELD:
        raise Refused(_("称号现在不在有效期内，不能续签。"))
    plan = honour.call.plan.partner
    assert plan is not None
    _require_terms(plan, years, purpose)
    return _ask(by, renews=locked, holder=honour.org, partner=locked.partner, years=years, purpose=purpose.strip())


@transaction.atomic
def end_agreement(agreement: Agreement, *, reason: str, by: Actor) -> Agreement:
    """Either side ends it before its time and says why; whoever may check the honour may do so as well."""
    locked = _agreement(agreement)
    sides = {locked.partner_id, locked.honour.org_id}
    if not by.can("honour.check", locked.honour) and all(org.pk not in sides for org in by.orgs_for(ANSWER)):
        raise PermissionDenied(_("只有协议双方和管理部门可以终止协议。"))
    if not rules.is_running(locked.since, locked.until, locked.ended_on, clock.today()):
        raise Refused(_("这份协议现在不在有效期内。"))
    if not reason.strip():
        raise Refused(_("请写明终止的原因，对方和管理部门会看到。"))
    locked.ended_on, locked.end_reason = clock.today(), reason.strip()
    locked.save(update_fields=["ended_on", "end_reason"])
    audit.record(
        "end_agreement", by=by, on=locked.honour, scope_path=locked.scope_path, reason=locked.end_reason,
        detail={"agreement": locked.number},
    )  # fmt: skip
    messages.tell_ended(locked, by)
    return locked


def _agreement(agreement: Agreement) -> Agreement:
    rows = Agreement.objects.select_related("honour__org", "honour__call", "partner")
    return rows.select_for_update(of=("self",)).get(pk=agreement.pk)


def _noted(action: str, row: Partnership, by: Actor) -> Partnership:
    on = row.application or (row.renews.honour if row.renews else row)
    audit.record(
        action, by=by, on=on, scope_path=row.scope_path, reason=row.reason,
        detail={"partner": row.partner.code, "years": row.years, "state": row.state},
    )  # fmt: skip
    return row

"""Every write on an honour: it begins with an award; whatever happens later is one more dated row."""

from collections.abc import Callable
from datetime import date
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as mark

from kechuang.base import audit, clock
from kechuang.base.errors import Refused
from kechuang.base.messages import notify
from kechuang.base.numbers import next_numbers
from kechuang.engine.applications.actions import begin_application, save_answers
from kechuang.engine.applications.models import Application
from kechuang.engine.awards.actions import on_award, on_revocation, revoke_award
from kechuang.engine.awards.models import Award
from kechuang.engine.calls.models import Call
from kechuang.engine.enums import AwardState, HonourKind, PlaqueState
from kechuang.engine.honours import rules
from kechuang.engine.honours.models import Honour, HonourEvent, Plaque
from kechuang.engine.programme.declaration import HonourPlan
from kechuang.orgs.actor import Actor, require
from kechuang.orgs.models import Membership, Org, OrgEvent
from kechuang.orgs.rules import BY_OFFICE

CHECKS = frozenset({"check_passed", "check_failed", "warned", "rectify", "rectified"})
"""What the office over the holder records; the rest is for whoever runs the call."""
Happened = Callable[[Honour, HonourEvent, Actor], None]
_on_event: list[Happened] = []


def on_event(function: Happened) -> Happened:
    """Have `function` called inside the transaction that writes a row of an honour's life (an agreement begins or ends)."""
    if function not in _on_event:
        _on_event.append(function)
    return function


TOLD = mark("%(title)s：%(kind)s")
TOLD_WHY = mark("“%(name)s”的称号“%(title)s”（%(number)s）：%(kind)s。%(reason)s")


@on_award
def begin_honours(call: Call, awards: list[Award], by: Actor) -> None:
    """An award whose prize carries a title begins an honour, or goes on with the one that the holder has: the old file stays."""
    plan = call.plan.honour
    if plan is None:
        return
    for award in awards:
        if plan.level(award.prize):
            _grant(call, plan, award, by)


def _grant(call: Call, plan: HonourPlan, award: Award, by: Actor) -> Honour:
    today = clock.today()
    until = rules.years_later(today, plan.years)
    old = _held_by(award.application)
    if old is None:
        honour = _new(call, plan, award.application)
        return _append(
            honour,
            "granted",
            today,
            by,
            plan,
            level=award.prize,
            award=award,
            until=until,
            holder=award.application.org,
        )
    higher = plan.height(award.prize) > plan.height(old.level)
    kind = "promoted" if higher else "renewed"
    level = award.prize if higher else old.level
    return _append(old, kind, today, by, plan, level=level, award=award, until=until, call=call)


def _held_by(application: Application) -> Honour | None:
    """The holder's honour of the programme that was not revoked, the caller's alone until the transaction ends."""
    rows = Honour.objects.select_for_update().filter(programme_code=application.call.programme_code)
    rows = rows.exclude(state=rules.REVOKED)
    if application.person_id:
        return rows.filter(person=application.person_id).first()
    return rows.filter(org=application.org_id, person=None, work=_work(application)).first()


def _work(application: Application) -> str:
    """Where an applicant may enter several (clubs, projects), each is an honour of its own."""
    return "" if application.call.plan.entries_each == 1 else application.title


def _new(call: Call, plan: HonourPlan, application: Application) -> Honour:
    year = clock.today().year
    n = next(iter(next_numbers(f"honour:{plan.number_prefix}", year, 1)))
    return Honour(
        programme_code=call.programme_code, call=call, number=rules.honour_number(plan.number_prefix, year, n),
        org=application.org, person=application.person, work=_work(application), created_at=clock.now(),
    )  # fmt: skip


def _append(
    honour: Honour, kind: str, on: date, by: Actor, plan: HonourPlan, call: Call | None = None, **facts: Any
) -> Honour:
    """The one place where an honour changes: the new row, and the columns that repeat it."""
    holder: Org | None = facts.get("holder")
    level = plan.level(facts.get("level") or honour.level)
    if holder is not None:
        honour.org = holder
    if call is not None:
        honour.call = call
    if level is not None:
        honour.level, honour.title, honour.title_en = level.prize, level.title, level.title_en
    honour.save()
    event = HonourEvent.objects.create(
        honour=honour, kind=kind, on=on, recorded_at=clock.now(), recorder=by.user, **facts
    )
    now = rules.standing([*(row.row for row in honour.events.all())], on)
    if now is not None:
        honour.state, honour.valid_until, honour.due_on = now.state, now.until, now.due_on
        honour.save(update_fields=["state", "valid_until", "due_on"])
    audit.record(
        "record_honour", by=by, on=honour, scope_path=honour.scope_path, reason=event.reason,
        detail={"number": honour.number, "kind": kind, "on": on, "level": honour.level},
    )  # fmt: skip
    _tell(honour, event, by)
    for function in _on_event:
        function(honour, event, by)
    return honour


def _tell(honour: Honour, event: HonourEvent, by: Actor) -> None:
    if honour.person is not None:
        users = [honour.person.user] if honour.person.user_id else []
    else:
        offices = [role for role, granted in BY_OFFICE.items() if "application.edit" in granted]
        held = Membership.objects.current().filter(org=honour.org, role__in=offices, person__user__isnull=False)
        users = [membership.person.user for membership in held.select_related("person__user")]
    words = {"name": honour.name, "title": honour.title, "number": honour.number, "reason": event.reason}

    def said(sentence: str) -> Any:
        return lambda: _(sentence) % {**words, "title": _(honour.title), "kind": event.get_kind_display()}

    notify(
        users,
        f"honour.{event.kind}",
        title=said(TOLD),
        body=said(TOLD_WHY),
        url=f"/office/honours/{honour.number}/",
        about=honour,
        by=by,
    )


# --- what happens to it ------------------------------------------------------------------------------------------


@transaction.atomic
def record_honour(
    honour: Honour, kind: str, *, by: Actor, reason: str = "", on: date | None = None, due_on: date | None = None,
    document: str = "",
) -> Honour:  # fmt: skip
    """A yearly check, a warning, a rectification with its deadline or its end, a step down. Revoking has an action of its own."""
    if kind not in CHECKS | {"downgraded"}:
        raise Refused(_("没有这一项。"))
    honour, day = _ready(honour, kind, by, on, reason)
    plan = _plan(honour)
    facts: dict[str, Any] = {"reason": reason.strip(), "document": document.strip()}
    if kind == "rectify":
        if due_on is None or due_on <= day:
            raise Refused(_("请填写整改期限，须晚于生效日期。"))
        facts["due_on"] = due_on
    if kind == "downgraded":
        facts["level"] = _lower(plan, honour.level)
    return _append(honour, kind, day, by, plan, **facts)


def _lower(plan: HonourPlan, level: str) -> str:
    height = plan.height(level)
    lower = [one.prize for one in plan.levels if plan.height(one.prize) == height - 1]
    if not lower:
        raise Refused(_("已经是最低的等级，不能再降级；需要时请撤销。"))
    return lower[0]


@transaction.atomic
def revoke_honour(honour: Honour, *, reason: str, by: Actor, on: date | None = None, document: str = "") -> Honour:
    """Take the title away for good, with the awards it rests on; it stays on the public register with the reason."""
    honour, day = _ready(honour, "revoked", by, on, reason)
    _append(honour, "revoked", day, by, _plan(honour), reason=reason.strip(), document=document.strip())
    resting = Award.objects.filter(honour_events__honour=honour, state=AwardState.VALID).distinct()
    for award in resting.order_by("pk"):
        revoke_award(award, reason=reason, by=by)
    return honour


@on_revocation
def revoke_with_award(award: Award, by: Actor, reason: str) -> None:
    """When an award is revoked, the title that now rests on it falls with it."""
    event = HonourEvent.objects.filter(award=award).select_related("honour__org", "honour__call__org").first()
    if event is None or event.honour.state == rules.REVOKED:
        return
    newest = event.honour.events.filter(award__isnull=False).order_by("on", "pk").last()
    if newest == event:
        day = max(
            clock.today(), event.honour.events.order_by("on").values_list("on", flat=True).last() or clock.today()
        )
        _append(event.honour, "revoked", day, by, _plan(event.honour), reason=reason.strip())


@transaction.atomic
def pass_on_honour(
    honour: Honour, to: Org, *, by: Actor, reason: str, on: date | None = None, document: str = ""
) -> Honour:
    """The successor of a merged or divided school goes on with the title: only one that the tree names as its successor."""
    honour, day = _ready(honour, "passed_on", by, on, reason)
    change = OrgEvent.objects.filter(org=honour.org, successor=to, on__lte=day).order_by("on").last()
    if change is None:
        raise Refused(_("“%(to)s”不是“%(org)s”合并或分立后的承接单位。") % {"to": to, "org": honour.org})
    live = Honour.objects.filter(programme_code=honour.programme_code, org=to, person=None).exclude(state=rules.REVOKED)
    if honour.person_id is None and live.filter(work=honour.work).exists():
        raise Refused(_("“%(to)s”已经有这个项目的称号，不能再承接一个；请撤销或保留其中一个。") % {"to": to})
    return _append(
        honour, "passed_on", day, by, _plan(honour), reason=reason.strip(), document=document.strip(), holder=to
    )


def _ready(honour: Honour, kind: str, by: Actor, on: date | None, reason: str) -> tuple[Honour, date]:
    """Lock, permission, state and day."""
    locked = (
        Honour.objects.select_related("org", "call__org", "person__user")
        .select_for_update(of=("self",))
        .get(pk=honour.pk)
    )
    require(by, "honour.check" if kind in CHECKS else "award.revoke", locked)
    day, today = on or clock.today(), clock.today()
    rows = [event.row for event in locked.events.all()]
    now = rules.standing(rows, max(day, rows[-1].on))
    if now is None:
        raise Refused(_("这个称号还没有授予。"))
    if sentence := rules.why_not(kind, now, rows[-1].on, day, today, reason):
        raise Refused(sentence)
    return locked, day


def _plan(honour: Honour) -> HonourPlan:
    plan = honour.call.plan.honour
    assert plan is not None
    return plan


# --- renewal -----------------------------------------------------------------------------------------------------


@transaction.atomic
def begin_renewal(honour: Honour, call: Call, *, by: Actor, client_token: str | None = None) -> Application:
    """A draft for a later call that starts from the old file: what was answered then stands in it, to be brought up to date."""
    if call.programme_code != honour.programme_code or honour.state == rules.REVOKED:
        raise Refused(_("请选择同一项目的申报通知；已撤销的称号须重新申报。"))
    application = begin_application(call, honour.org, by=by, client_token=client_token, person=honour.person)
    last = Application.objects.filter(award__honour_events__honour=honour).order_by("pk").last()
    if last is None or application.answers:
        return application
    fresh, _errors = save_answers(application, _still_asked(call, last), version=application.version, by=by)
    return fresh


def _still_asked(call: Call, last: Application) -> dict[str, Any]:
    codes = {question.code for question in call.plan.questions() if question.kind not in {"file", "files", "statement"}}
    found = {code: value for code, value in last.answers.items() if code in codes}
    kinds = {kind.code for kind in call.plan.disciplines}
    basics = {"title": last.title, "title_en": last.title_en, "abstract": last.abstract}
    return found | basics | ({"discipline": last.discipline} if last.discipline in kinds else {})


# --- plaques -----------------------------------------------------------------------------------------------------


@transaction.atomic
def make_plaque(honour: Honour, *, by: Actor, on: date | None = None) -> Plaque:
    """Enter a new plaque in the inventory, for the title as it now is; one that is out must come back first."""
    locked = _for_plaque(honour, by)
    if locked.state not in rules.HELD:
        raise Refused(_("称号现在不在有效期内，不能制作牌匾。"))
    if locked.plaques.exclude(state=PlaqueState.RETURNED).exists():
        raise Refused(_("这个称号还有没收回的牌匾，请先收回再制作。"))
    serial = f"{locked.number}-{locked.plaques.count() + 1}"
    plaque = Plaque.objects.create(honour=locked, serial=serial, title=locked.title, made_on=on or clock.today())
    return _noted("make_plaque", plaque, by)


@transaction.atomic
def hand_over_plaque(plaque: Plaque, *, receiver: str, by: Actor, on: date | None = None) -> Plaque:
    locked = _plaque(plaque, by)
    if locked.state != PlaqueState.MADE:
        raise Refused(_("这块牌匾已经授出。"))
    if not receiver.strip():
        raise Refused(_("请填写签收人。"))
    locked.state, locked.receiver, locked.handed_on = PlaqueState.HANDED, receiver.strip()[:60], on or clock.today()
    locked.save(update_fields=["state", "receiver", "handed_on"])
    return _noted("hand_over_plaque", locked, by)


@transaction.atomic
def return_plaque(plaque: Plaque, *, by: Actor, on: date | None = None) -> Plaque:
    locked = _plaque(plaque, by)
    if locked.state == PlaqueState.RETURNED:
        raise Refused(_("这块牌匾已经收回。"))
    locked.state, locked.returned_on = PlaqueState.RETURNED, on or clock.today()
    locked.save(update_fields=["state", "returned_on"])
    return _noted("return_plaque", locked, by)


def _for_plaque(honour: Honour, by: Actor) -> Honour:
    locked = Honour.objects.select_related("org", "call__org").select_for_update(of=("self",)).get(pk=honour.pk)
    require(by, "honour.check", locked)
    return locked


def _plaque(plaque: Plaque, by: Actor) -> Plaque:
    _for_plaque(plaque.honour, by)
    return Plaque.objects.select_related("honour__org").select_for_update(of=("self",)).get(pk=plaque.pk)


def _noted(action: str, plaque: Plaque, by: Actor) -> Plaque:
    honour = plaque.honour
    audit.record(action, by=by, on=honour, scope_path=honour.scope_path, detail={"plaque": plaque.serial})
    return plaque


assert set(rules.SOURCES) | {"granted"} == set(HonourKind.values)

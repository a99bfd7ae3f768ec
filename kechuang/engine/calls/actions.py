"""Building, publishing and closing a call. Publishing freezes it: from then on only quotas and later dates may change, by name."""

from datetime import date, datetime
from typing import Any

from cattrs.errors import BaseValidationError
from django.db import transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _

from kechuang.base import audit, clock
from kechuang.base.errors import Refused
from kechuang.engine.calls.models import Call, QuotaLine
from kechuang.engine.calls.rules import fee_words, why_not_publishable
from kechuang.engine.enums import CallState
from kechuang.engine.programme import codec
from kechuang.engine.programme.declaration import Programme
from kechuang.engine.programme.registry import PROGRAMMES
from kechuang.engine.programme.validation import problems
from kechuang.orgs.actor import Actor, require
from kechuang.orgs.models import Org

PLAIN_FIELDS = frozenset(
    {
        "title",
        "title_en",
        "edition",
        "year",
        "summary",
        "approval_number",
        "approval_from",
        "approval_until",
        "indexable",
        "is_demo",
    }
)


def create_call(programme_code: str, org: Org, *, by: Actor, title: str, year: int, **fields: Any) -> Call:
    """A draft call with its own copy of the programme's declaration."""
    return begin_call(PROGRAMMES[programme_code], programme_code, org, by=by, title=title, year=year, **fields)


@transaction.atomic
def begin_call(
    plan: Programme, programme_code: str, org: Org, *, by: Actor, title: str, year: int, **fields: Any
) -> Call:
    """The same with any declaration: of a template, or an empty one."""
    require(by, "call.edit", org)
    call = Call(
        programme_code=programme_code, org=org, title=title, year=year, slug=_free_slug(programme_code, year, org),
        declaration=codec.to_json(plan), summary=fields.pop("summary", plan.summary), created_by=by.user,
        **{name: value for name, value in fields.items() if name in PLAIN_FIELDS},
    )  # fmt: skip
    _keep_times(call)
    call.save()
    audit.record("create_call", by=by, on=call, detail={"programme": programme_code}, scope_path=org.path)
    return call


def _free_slug(programme_code: str, year: int, org: Org) -> str:
    base = slugify(f"{programme_code}-{year}-{org.code}".replace("_", "-"))
    taken = set(Call.objects.filter(slug__startswith=base).values_list("slug", flat=True))
    return next(slug for n in range(1, len(taken) + 2) if (slug := base if n == 1 else f"{base}-{n}") not in taken)


@transaction.atomic
def clone_call(source: Call, *, by: Actor, year: int) -> Call:
    """Last year's call as a draft of this year: settings and quotas, without dates, approval or entries."""
    require(by, "call.edit", source.org)
    declaration = dict(source.declaration)
    declaration["steps"] = [dict(step, opens_at="", closes_at="") for step in declaration["steps"]]
    call = Call.objects.create(
        programme_code=source.programme_code, org=source.org, year=year, edition=source.edition + 1, summary=source.summary,
        title=source.title.replace(str(source.year), str(year)), title_en=source.title_en.replace(str(source.year), str(year)),
        slug=_free_slug(source.programme_code, year, source.org), declaration=declaration, cloned_from=source, created_by=by.user,
    )  # fmt: skip
    QuotaLine.objects.bulk_create(
        [
            QuotaLine(call=call, org_id=line.org_id, division=line.division, places=line.places)
            for line in source.quota_lines.all()
        ]
    )
    audit.record("clone_call", by=by, on=call, detail={"from": source.slug}, scope_path=call.scope_path)
    return call


@transaction.atomic
def edit_call(
    call: Call, *, by: Actor, version: int | None = None, plan: Programme | None = None, **fields: Any
) -> Call:
    """Change a draft; refused once published, and when somebody else saved a newer version."""
    locked = Call.objects.select_for_update(of=("self",)).select_related("org").get(pk=call.pk)
    require(by, "call.edit", locked.org)
    if locked.is_frozen:
        raise Refused(_("这次申报已经发布，设置已冻结，不能再修改。需要调整请另发补充通知或在下一届修改。"))
    if version is not None and version != locked.version:
        raise Refused(_("这份设置刚刚被别人修改过，请刷新后再改，您的修改没有保存。"))
    for name in PLAIN_FIELDS & fields.keys():
        setattr(locked, name, fields[name])
    if plan is not None:
        locked.declaration = codec.to_json(plan)
        locked.__dict__.pop("plan", None)
    _refuse_fees(locked)
    _keep_times(locked)
    locked.version += 1
    locked.save()
    audit.record(
        "edit_call",
        by=by,
        on=locked,
        detail={"fields": sorted(fields), "plan": plan is not None},
        scope_path=locked.scope_path,
    )
    return locked


def edit_declaration(call: Call, data: dict[str, Any], *, by: Actor, version: int | None = None) -> Call:
    """Take a whole declaration as JSON (the builder's expert view); refuse what makes no sense, with every reason."""
    try:
        plan = codec.from_json(data)
    except (BaseValidationError, ValueError, TypeError, KeyError) as error:
        raise Refused(_("这份设置的结构不正确，没有保存。")) from error
    found = [_(text) % params for text, params in problems(plan)]
    if found:
        raise Refused(" ".join(found))
    return edit_call(call, by=by, version=version, plan=plan)


def _refuse_fees(call: Call) -> None:
    plan = call.plan
    texts = [call.title, call.summary, *(f"{q.label}{q.help}" for q in plan.questions())]
    if words := fee_words(texts):
        raise Refused(
            _("竞赛不得以任何名义收费（教监管厅函〔2022〕4号），请删去“%(words)s”。") % {"words": "、".join(words)}
        )


def _keep_times(call: Call) -> None:
    step = call.plan.step("apply")
    call.opens_at = datetime.fromisoformat(step.opens_at) if step and step.opens_at else None
    call.closes_at = datetime.fromisoformat(step.closes_at) if step and step.closes_at else None


@transaction.atomic
def publish_call(call: Call, *, by: Actor) -> Call:
    """Open the call to the public and freeze it; refused with every reason that stands against it."""
    locked = Call.objects.select_for_update(of=("self",)).select_related("org").get(pk=call.pk)
    require(by, "call.publish", locked.org)
    if locked.is_frozen:
        return locked
    reasons = why_not_publishable(locked, clock.today()) + _once_a_year(locked)
    if reasons:
        raise Refused(" ".join(reasons))
    locked.state = CallState.PUBLISHED
    locked.published_at, locked.published_by = clock.now(), by.user
    locked.declaration_digest = codec.digest(locked.declaration)
    locked.save()
    audit.record(
        "publish_call",
        by=by,
        on=locked,
        detail={"declaration": locked.declaration_digest},
        scope_path=locked.scope_path,
    )
    return locked


def _once_a_year(call: Call) -> list[str]:
    """≤ 1 per school year and host (教监管厅函〔2022〕13号); the year of a call is its school year."""
    others = (
        Call.objects.published()
        .filter(programme_code=call.programme_code, org=call.org, year=call.year)
        .exclude(pk=call.pk)
    )
    return [_("本年度已经发布过“%(other)s”，同一竞赛每年只能举办一次。") % {"other": other} for other in others[:1]]


@transaction.atomic
def extend_step(call: Call, code: str, closes_at: datetime, *, by: Actor, reason: str) -> Call:
    """Move a step's closing time later (never earlier) in a published call; recorded with its reason."""
    locked = Call.objects.select_for_update(of=("self",)).select_related("org").get(pk=call.pk)
    require(by, "call.publish", locked.org)
    step = next((step for step in locked.declaration["steps"] if step["code"] == code), None)
    if step is None or not reason.strip():
        raise Refused(_("请选择步骤并写明延期理由。"))
    if step["closes_at"] and closes_at <= datetime.fromisoformat(step["closes_at"]):
        raise Refused(_("已发布的截止时间只能延后，不能提前。"))
    before, step["closes_at"] = step["closes_at"], closes_at.isoformat()
    locked.declaration_digest = codec.digest(locked.declaration)
    locked.__dict__.pop("plan", None)
    _keep_times(locked)
    locked.save()
    audit.record("extend_step", by=by, on=locked, detail={"step": code, "from": before, "to": step["closes_at"]},
                 scope_path=locked.scope_path, reason=reason)  # fmt: skip
    return locked


@transaction.atomic
def set_quotas(call: Call, places: dict[tuple[int, str], int], *, by: Actor) -> None:
    """Replace the places per (district id, division code or "" for all together)."""
    require(by, "call.edit", call.org)
    allowed = {f"{stage}.{code}" for stage, code in call.plan.divisions()} | {""}
    if any(division not in allowed for _org, division in places):
        raise Refused(_("名额表里有本次申报没有的组别，没有保存。"))
    call.quota_lines.all().delete()
    QuotaLine.objects.bulk_create(
        [QuotaLine(call=call, org_id=org, division=division, places=n) for (org, division), n in sorted(places.items())]
    )
    audit.record("set_quotas", by=by, on=call, detail={"places": {f"{org}:{d}": n for (org, d), n in sorted(places.items())}},
                 scope_path=call.scope_path)  # fmt: skip


@transaction.atomic
def close_call(call: Call, *, by: Actor) -> Call:
    """The edition is over: everything stays readable, nothing moves any more."""
    require(by, "call.publish", call.org)
    call.state = CallState.CLOSED
    call.save(update_fields=["state"])
    audit.record("close_call", by=by, on=call, scope_path=call.scope_path)
    return call


@transaction.atomic
def cancel_call(call: Call, *, by: Actor, reason: str) -> Call:
    require(by, "call.publish", call.org)
    if not reason.strip():
        raise Refused(_("请写明取消的理由，它会公布。"))
    call.state = CallState.CANCELLED
    call.save(update_fields=["state"])
    audit.record("cancel_call", by=by, on=call, scope_path=call.scope_path, reason=reason)
    return call


def approval_expires_soon(call: Call, today: date) -> bool:
    """Whether the approval runs out within thirty days."""
    return call.approval_until is not None and 0 <= (call.approval_until - today).days <= 30

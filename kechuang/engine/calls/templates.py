"""Declarations that officers keep for later, and recognitions that no code declares: begun from a template, or from an empty one."""

from dataclasses import replace
from typing import Any

from django.db import transaction
from django.db.models import Max, QuerySet
from django.utils.translation import gettext as _

from kechuang.base import audit, clock
from kechuang.base.errors import Refused
from kechuang.base.ids import new_public_id
from kechuang.engine.calls.actions import begin_call
from kechuang.engine.calls.models import Call, CallTemplate
from kechuang.engine.calls.queries import paths_above
from kechuang.engine.programme import codec
from kechuang.engine.programme.blank import blank
from kechuang.engine.programme.declaration import APPLICANTS, CertificateDesign, Programme
from kechuang.engine.programme.registry import PROGRAMMES
from kechuang.orgs.actor import Actor, require
from kechuang.orgs.models import Org

OWN = "own_"
"""What the code of a recognition begins with that was made in the browser."""


def known_programmes() -> dict[str, Programme]:
    """Every recognition there is, by code: those of the registry, and those that only calls know, as their newest call says it."""
    found = dict(PROGRAMMES)
    newest = Call.objects.exclude(programme_code__in=PROGRAMMES).order_by().values("programme_code")
    for call in Call.objects.filter(pk__in=newest.annotate(newest=Max("pk")).values("newest")).order_by("pk"):
        found[call.programme_code] = call.plan
    return found


def templates_for(actor: Actor) -> QuerySet[CallTemplate]:
    """The templates that an office may begin a call from: its own, those below it and those of the authorities above it."""
    above = CallTemplate.objects.filter(org__path__in=paths_above(actor.paths("call.edit")))
    rows = (CallTemplate.objects.visible_to(actor) | above).filter(retired_at=None)
    return rows.select_related("org").order_by("org__path", "name", "pk")


@transaction.atomic
def save_template(call: Call, *, name: str, note: str = "", by: Actor) -> CallTemplate:
    """Keep the declaration of a call, as it now is, under a name; without its dates. The same name of the same office is kept anew."""
    require(by, "call.edit", call.org)
    if not name.strip():
        raise Refused(_("请给模板起个名字。"))
    plan = replace(call.plan, steps=tuple(replace(step, opens_at="", closes_at="") for step in call.plan.steps))
    CallTemplate.objects.filter(org=call.org, name=name.strip(), retired_at=None).update(retired_at=clock.now())
    template = CallTemplate.objects.create(
        org=call.org, programme_code=call.programme_code, name=name.strip(), note=note.strip(), declaration=codec.to_json(plan),
        made_at=clock.now(), made_by=by.user,
    )  # fmt: skip
    audit.record(
        "save_template", by=by, on=template, scope_path=call.org.path, detail={"from": call.slug, "name": template.name}
    )
    return template


@transaction.atomic
def retire_template(template: CallTemplate, *, by: Actor) -> None:
    """Take a template from the list; the calls begun from it stay as they are."""
    require(by, "call.edit", template.org)
    CallTemplate.objects.filter(pk=template.pk, retired_at=None).update(retired_at=clock.now())
    audit.record("retire_template", by=by, on=template, scope_path=template.scope_path, detail={"name": template.name})


def call_from_template(template: CallTemplate, org: Org, *, by: Actor, title: str, year: int, **fields: Any) -> Call:
    """A draft with the template's settings. Seal and signatures belong to the office that kept it; another one chooses its own."""
    plan = codec.from_json(template.declaration)
    if template.org_id != org.pk:
        plain = CertificateDesign()
        design = replace(plan.certificate.design, seal=plain.seal, signatures=plain.signatures)
        plan = replace(plan, certificate=replace(plan.certificate, design=design))
    return begin_call(plan, template.programme_code, org, by=by, title=title, year=year, **fields)


def new_recognition(
    org: Org,
    *,
    by: Actor,
    name: str,
    applicant: str,
    title: str,
    year: int,
    name_en: str = "",
    policy: str = "",
    **fields: Any,
) -> Call:
    """A draft of a recognition that is declared nowhere: the least declaration for who applies, under its own name and code."""
    if applicant not in APPLICANTS or not name.strip():
        raise Refused(_("请写明项目名称和谁可以申报。"))
    if any(name.strip() == _(plan.name) or name.strip() == plan.name for plan in known_programmes().values()):
        raise Refused(_("已经有叫“%(name)s”的项目，请从它或它的模板开始。") % {"name": name.strip()})
    code = OWN + new_public_id(6)
    plan = blank(code, name.strip(), applicant, name_en=name_en.strip(), policy=policy.strip())
    return begin_call(plan, code, org, by=by, title=title, year=year, **fields)

"""The design of a call's certificates: free until the first award, then frozen with it."""

from dataclasses import replace

from django.db import transaction
from django.utils.translation import gettext as _

from kechuang.base import audit
from kechuang.base.errors import Refused
from kechuang.engine.awards.models import Award
from kechuang.engine.awards.seals import why_not_designed
from kechuang.engine.calls.models import Call
from kechuang.engine.enums import CallState
from kechuang.engine.programme import codec
from kechuang.engine.programme.declaration import CertificatePlan
from kechuang.engine.programme.validation import certificate_problems
from kechuang.orgs.actor import Actor, require


def why_not_design(call: Call) -> str:
    """Why the design may not be changed any more ("" = it may)."""
    if call.state in {CallState.CLOSED, CallState.CANCELLED}:
        return _("这次申报已经结束，证书设计不再改动。")
    if Award.objects.filter(call=call).exists():
        return _("已经授奖，证书设计已冻结：发出的证书和补印的证书永远一样。")
    return ""


@transaction.atomic
def design_certificates(call: Call, plan: CertificatePlan, *, by: Actor, version: int | None = None) -> Call:
    """Take the looks of `plan` (its design, the English title and sentence) into the call; the Chinese words stay as declared.

    Also where the call is published: how a sheet looks decides nothing. Refused once the first award is given.
    """
    locked = Call.objects.select_for_update(of=("self",)).select_related("org").get(pk=call.pk)
    require(by, "call.edit", locked.org)
    if sentence := why_not_design(locked):
        raise Refused(sentence)
    if version is not None and version != locked.version:
        raise Refused(_("这份设置刚刚被别人修改过，请刷新后再改，您的修改没有保存。"))
    chosen = replace(locked.plan.certificate, design=plan.design, title_en=plan.title_en, sentence_en=plan.sentence_en)
    found = [_(text) % params for text, params in certificate_problems(chosen)]
    if found or (sentence := why_not_designed(locked, chosen.design)):
        raise Refused(" ".join(found) or sentence)
    locked.declaration = codec.to_json(replace(locked.plan, certificate=chosen))
    locked.__dict__.pop("plan", None)
    if locked.is_frozen:
        locked.declaration_digest = codec.digest(locked.declaration)
    locked.version += 1
    locked.save()
    audit.record("design_certificates", by=by, on=locked, scope_path=locked.scope_path,
                 detail={"look": chosen.design.look, "palette": chosen.design.palette, "seal": chosen.design.seal})  # fmt: skip
    return locked

"""The certificates of a call as one zip with a folder per school: what a district hands out. It names people in file names and on
paper, so it leaves as an export that a second person approves (ADR 0018)."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kechuang.base.errors import Refused
from kechuang.engine.awards.models import Certificate
from kechuang.engine.calls.models import Call
from kechuang.engine.calls.queries import calls_in_office
from kechuang.engine.enums import CertificateState, HolderKind
from kechuang.orgs.actor import Actor
from kechuang.orgs.enums import ConsentPurpose
from kechuang.orgs.exports import Archive, ExportKind, Paper, export_kind
from kechuang.orgs.models import Org

UNSAFE = re.compile(r'[\\/:*?"<>|\x00-\x1f]+')


def call_of(actor: Actor, args: Mapping[str, Any]) -> Call:
    call = calls_in_office(actor).filter(slug=str(args.get("call", ""))).first()
    if call is None or not actor.can("award.issue", call):
        raise Refused(_("没有这个申报通知，或它不由您的机构颁发证书。"))
    return call


def school_of(call: Call, args: Mapping[str, Any]) -> Org | None:
    """The one school whose certificates are wanted, where `args` names one with awards of the call."""
    awarded = Org.objects.filter(applications__award__call=call).distinct()
    return awarded.filter(code=str(args.get("org", ""))).first()


def label(args: Mapping[str, Any]) -> str:
    call = Call.objects.filter(slug=str(args.get("call", ""))).first()
    if call is None:
        return ""
    school = school_of(call, args)
    return f"{call.title} · {school.name if school else _('全部学校')}"


def archive(actor: Actor, args: Mapping[str, Any]) -> Archive:
    call = call_of(actor, args)
    rows = Certificate.objects.filter(award__call=call, state=CertificateState.ISSUED)
    if school := school_of(call, args):
        rows = rows.filter(award__application__org=school)
    rows = rows.select_related("award__application__org", "stored").order_by("award__application__org__name", "number")
    return Archive(_papers(rows.iterator(chunk_size=200)))


def _papers(rows: Iterator[Certificate]) -> Iterator[Paper]:
    for certificate in rows:
        stored = certificate.stored
        assert stored is not None  # an issued one has its file
        is_pupil = certificate.holder_kind == HolderKind.TEAM and certificate.person_id
        yield Paper(
            _name(certificate), stored.open, (certificate.person_id,) if is_pupil and certificate.person_id else ()
        )


def _name(certificate: Certificate) -> str:
    school, holder = certificate.award.application.org.name, certificate.words["holder"]
    return "/".join(UNSAFE.sub("_", part) for part in (school, f"{certificate.number} {holder}.pdf"))


export_kind(
    ExportKind(
        name="certificate_files", title=gettext_lazy("证书文件（按学校打包）"), permission="award.issue", make=archive,
        purposes=(ConsentPurpose.ENTERING,), scope=lambda actor, args: call_of(actor, args).org.path, label=label,
    )
)  # fmt: skip

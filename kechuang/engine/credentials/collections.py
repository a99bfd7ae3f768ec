"""A person's own collection: which certificates it holds, who may open it, what others see, and the record one takes along.

The record is a Comprehensive Learner Record 2.0 (1EdTech CLR Standard, 2024): the credentials themselves, signed one by one,
in an envelope that is signed as well, so that a reader can check the whole and each part.
"""

from collections.abc import Collection as Several
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from kechuang.base import audit, clock
from kechuang.base.errors import Refused
from kechuang.base.masking import mask_name
from kechuang.engine.awards.models import Certificate
from kechuang.engine.codes import new_code, tidy_code
from kechuang.engine.credentials import issuer, proofs
from kechuang.engine.credentials.documents import profile
from kechuang.engine.credentials.exporting import data_integrity
from kechuang.engine.credentials.models import Collection
from kechuang.engine.enums import CertificateState
from kechuang.orgs.actions.requests import may_speak_for
from kechuang.orgs.actor import Actor
from kechuang.orgs.enums import AnsweredAs
from kechuang.orgs.models import Person
from kechuang.orgs.queries import has_consent
from kechuang.orgs.rules import ADULT_FROM, may_grant_consent


@dataclass(frozen=True)
class Shown:
    """What others see: the name (masked until its owner is of age) and the certificates that stand, newest first."""

    name: str
    certificates: list[Certificate]


def own_certificates(person: Person) -> QuerySet[Certificate]:
    """Those of a person that stand, newest first."""
    return (
        Certificate.objects.filter(person=person, state=CertificateState.ISSUED)
        .select_related("award__call__org", "award__application", "stored")
        .order_by("-issued_on", "-pk")
    )


def why_not_open(person: Person) -> str:
    """The sentence for whoever may not open the page yet; "" where nothing is in the way.

    Until a pupil is of age the page rests on the consent to show works (个人信息保护法 art. 31):
    where that is refused or withdrawn the page is closed at once, without anybody having to close it.
    """
    if _is_of_age(person) or has_consent(person, "showcase"):
        return ""
    return _("公开前须先同意“作品展示”：未满 14 周岁由监护人同意，已满 14 周岁由学生本人同意。")


def _is_of_age(person: Person) -> bool:
    record = getattr(person, "pupil", None)
    age = record.age_on(clock.today()) if record else None
    return record is None or (age is not None and age >= ADULT_FROM)


@transaction.atomic
def arrange(person: Person, *, numbers: Several[str], is_open: bool, by: Actor) -> Collection:
    """Put the certificates with these numbers into the collection and open or close its page.

    For the person, or the guardian of one who is not of age. A page that is opened gets a new address. Raises Refused with the
    reason where it may not be opened, or would be empty.
    """
    if not may_speak_for(by, person):
        raise PermissionDenied(_("只有本人，或未满 18 周岁学生的监护人，可以整理荣誉集。"))
    chosen = [certificate for certificate in own_certificates(person) if certificate.number in set(numbers)]
    if is_open:
        _check_open(person, chosen, by)
    row = Collection.objects.select_for_update().get_or_create(person=person)[0]
    if is_open and not row.is_open:
        row.code = new_code()
    row.is_open = is_open
    row.save()
    row.certificates.set(chosen)
    detail = {"person": person.public_id, "open": is_open, "certificates": sorted(c.number for c in chosen)}
    audit.record("arrange_collection", by=by, on=row, detail=detail)
    return row


def _check_open(person: Person, chosen: list[Certificate], by: Actor) -> None:
    if not chosen:
        raise Refused(_("请至少选一张证书，再公开荣誉集。"))
    if not _is_of_age(person):
        answers_as = AnsweredAs.PUPIL if by.person == person else AnsweredAs.GUARDIAN
        if not may_grant_consent(answers_as, person.pupil.age_on(clock.today())):
            raise Refused(_("未满 14 周岁由监护人公开，已满 14 周岁由学生本人公开；不再公开，双方都可以。"))
    if sentence := why_not_open(person):
        raise Refused(sentence)


def shown(code: str) -> Shown | None:
    """The open collection at this address; None where there is none, it is closed, or the consent it rests on is gone."""
    row = Collection.objects.select_related("person__pupil").filter(code=tidy_code(code), is_open=True).first()
    if row is None or why_not_open(row.person):
        return None
    standing = list(own_certificates(row.person).filter(pk__in=row.certificates.values("pk")))
    name = row.person.name if _is_of_age(row.person) else mask_name(row.person.name)
    return Shown(name, standing) if standing else None


def learner_record(person: Person, *, by: Actor, method: str = issuer.WEB) -> dict[str, Any]:
    """All standing certificates of a person as one signed CLR 2.0 credential (Data Integrity, eddsa-rdfc-2022).

    Like its parts it names neither person nor school. Raises Refused where there is nothing to record.
    """
    from openbadgeslib.ob3.clr import build_clr_credential  # noqa: PLC0415 -- slow import

    if not may_speak_for(by, person):
        raise PermissionDenied(_("只有本人，或未满 18 周岁学生的监护人，可以下载荣誉记录。"))
    members = [data_integrity(certificate, method) for certificate in own_certificates(person)]
    if not members:
        raise Refused(_("还没有可以导出的证书。"))
    document = build_clr_credential(
        profile(_("科创教育平台"), method), members[0]["credentialSubject"]["identifier"], members,
        credential_id=f"urn:uuid:{uuid4()}", valid_from=clock.now(),
    )  # fmt: skip
    audit.record("export_learner_record", by=by, on=person, detail={"certificates": len(members)})
    return proofs.signed_document(document, method=method)

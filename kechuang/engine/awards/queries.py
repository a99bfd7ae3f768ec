"""Reads of the award stage; above all what the public learns of a certificate."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from django.db.models import Count, F, Q, QuerySet

from kechuang.base.masking import mask_name
from kechuang.engine.awards import rules
from kechuang.engine.awards.models import Award, Certificate
from kechuang.engine.awards.rules import UNNAMED
from kechuang.engine.calls.models import Call
from kechuang.engine.codes import tidy_code
from kechuang.engine.enums import CertificateState
from kechuang.engine.programme.codec import digest
from kechuang.orgs.actor import Actor

VALID, CORRECTED, REVOKED, UNKNOWN = "valid", "corrected", "revoked", "unknown"
_ANSWERS = {
    CertificateState.PENDING: VALID,
    CertificateState.ISSUED: VALID,
    CertificateState.CORRECTED: CORRECTED,
    CertificateState.REVOKED: REVOKED,
}


@dataclass(frozen=True)
class Verification:
    """The public answer about a certificate: names masked, nothing that is not printed on it.

    state: valid | corrected (see `replacement`, its number and address) | revoked (see `reason`, `changed_at`) | unknown.
    """

    state: str
    number: str = ""
    title: str = ""
    call: str = ""
    prize: str = ""
    work: str = ""
    school: str = ""
    holder: str = ""
    issuers: tuple[str, ...] = ()
    approval: str = ""
    disclaimer: str = ""
    issued_on: date | None = None
    reason: str = ""
    changed_at: datetime | None = None
    replacement: Certificate | None = None
    certificate: Certificate | None = field(default=None, repr=False)

    @property
    def approval_number(self) -> str:
        """The number alone; the words printed on the certificate begin with their own label."""
        return self.approval.removeprefix(rules.APPROVAL)

    @property
    def is_valid(self) -> bool:
        return self.state == VALID


def verify(number_or_code: str) -> Verification:
    """What stands about the certificate with this number or code; unknown where there is none, or its row was tampered with.

    Numbers can be counted through, codes cannot: only the code, which is printed on the sheet, shows the (masked) holder.
    """
    text = number_or_code.strip()
    if not text:
        return Verification(UNKNOWN)
    by_code = _with_all().filter(code=tidy_code(text)).first()
    if by_code:
        return _answer(by_code)
    answer = _answer(_with_all().filter(number__iexact="".join(text.split())).first())
    return replace(answer, holder="")


def verify_file(pdf: Any) -> Verification:
    """Whether a PDF (an open binary file, an upload) is, byte for byte, one that was issued here."""
    pdf.seek(0)
    sha256 = hashlib.file_digest(pdf, "sha256").hexdigest()
    return _answer(_with_all().filter(stored__sha256=sha256).first())


def _with_all() -> QuerySet[Certificate]:
    return Certificate.objects.select_related("award__call__org", "award__application", "replaced_by", "stored")


def _answer(certificate: Certificate | None) -> Verification:
    if certificate is None or digest(certificate.words) != certificate.words_digest:
        return Verification(UNKNOWN)
    words, values = certificate.words, certificate.words["values"]
    return Verification(
        state=_ANSWERS[CertificateState(certificate.state)], number=certificate.number, title=words["title"], call=values["call"],
        prize=values["prize"], work=values["title"], school=values["school"], holder=masked_holder(words),
        issuers=tuple(words["issuers"]), approval=words["approval"], disclaimer=words["disclaimer"],
        issued_on=certificate.issued_on, reason=certificate.state_reason, changed_at=certificate.state_changed_at,
        replacement=getattr(certificate, "replaced_by", None), certificate=certificate,
    )  # fmt: skip


def masked_holder(words: dict) -> str:
    """A person's name masked; an organisation's in full."""
    is_open = words["holder"] == UNNAMED or words.get("is_organisation")
    return words["holder"] if is_open else mask_name(words["holder"])


def certificates_of(application_id: int) -> QuerySet[Certificate]:
    """The certificates of an entry for its own page: the standing ones first, the team's before its advisers'."""
    rows = Certificate.objects.filter(award__application=application_id).select_related(
        "person", "stored", "award", "replaced_by"
    )
    return rows.order_by(F("replaced_by").asc(nulls_first=True), "-holder_kind", "id")


def certificates_for(actor: Actor, call: Call) -> QuerySet[Certificate]:
    """The list of a call's certificates for those who issue them."""
    rows = Certificate.objects.visible_to(actor).filter(award__call=call)
    return rows.select_related("award__application__org", "person", "stored").order_by("number")


def certificates_found(
    actor: Actor, call: Call, *, text: str = "", state: str = "", prize: str = ""
) -> QuerySet[Certificate]:
    """The same list as the filters of its page leave it: by words in number, code, name, work or school; by state and prize."""
    rows = certificates_for(actor, call)
    if text:
        rows = rows.filter(
            Q(number__icontains=text) | Q(code__iexact=text) | Q(person__name__icontains=text)
            | Q(award__application__title__icontains=text) | Q(award__application__org__name__icontains=text)
        )  # fmt: skip
    if state in CertificateState.values:
        rows = rows.filter(state=state)
    return rows.filter(award__prize=prize) if prize else rows


def awards_for(actor: Actor, call: Call) -> QuerySet[Award]:
    return Award.objects.visible_to(actor).filter(call=call).select_related("application__org").order_by("id")


def issuing_progress(call: Call) -> Mapping[str, int]:
    """How many certificates of a call stand in each state."""
    rows = Certificate.objects.filter(award__call=call).values_list("state").annotate(n=Count("pk")).order_by("state")
    found = dict(rows)
    return {state: found.get(state, 0) for state in CertificateState.values}


def awards_by_prize(call: Call) -> dict[str, int]:
    """Valid awards per prize, in the order of the declaration."""
    found = dict(
        Award.objects.filter(call=call, state="valid").values_list("prize").annotate(n=Count("pk")).order_by("prize")
    )
    return {prize.code: found.get(prize.code, 0) for prize in call.plan.prizes.prizes}

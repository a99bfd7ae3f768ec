"""Giving prizes, correcting a certificate, taking a prize back. Nothing is ever overwritten."""

from collections.abc import Callable
from dataclasses import dataclass, field

from django.db import transaction
from django.utils.translation import gettext as _

from kechuang.base import audit, clock
from kechuang.base.errors import Refused
from kechuang.base.jobs import enqueue
from kechuang.base.models import Job
from kechuang.engine.applications.models import Application
from kechuang.engine.applications.perform import perform, perform_many
from kechuang.engine.awards import messages, rules
from kechuang.engine.awards.certificates import build_words, make_certificates, new_certificate, new_numbers
from kechuang.engine.awards.models import Award, Certificate
from kechuang.engine.awards.seals import why_not_designed
from kechuang.engine.calls.models import Call
from kechuang.engine.codes import new_code
from kechuang.engine.decisions.models import DecisionLine
from kechuang.engine.enums import AwardState, CertificateState
from kechuang.engine.publicity.models import PublicNotice
from kechuang.orgs.actor import Actor, require


@dataclass
class AwardOutcome:
    """What `award_call` did: new awards and certificates, and the entries that could not be awarded, with the sentence."""

    awards: list[Award] = field(default_factory=list)
    certificates: list[Certificate] = field(default_factory=list)
    refused: list[tuple[Application, str]] = field(default_factory=list)
    job: Job | None = None


AT_ONCE = 500

Granted = Callable[[Call, list[Award], Actor], None]
_on_award: list[Granted] = []


def on_award(function: Granted) -> Granted:
    """Have `function` called inside the transaction that gives awards (an honour begins)."""
    if function not in _on_award:
        _on_award.append(function)
    return function


Revoked = Callable[[Award, Actor, str], None]
_on_revocation: list[Revoked] = []


def on_revocation(function: Revoked) -> Revoked:
    """Have `function` called inside the transaction that revokes an award (the showcase takes the work down)."""
    if function not in _on_revocation:
        _on_revocation.append(function)
    return function


@transaction.atomic
def award_call(notice: PublicNotice, *, by: Actor) -> AwardOutcome:
    """Give the prizes of a closed notice: move, award rows, numbered certificates, and the job that prints them.

    Run again, it awards only what was not awarded yet; entries already awarded keep their certificates.
    """
    notice = (
        PublicNotice.objects.select_related("decision__call__org").select_for_update(of=("self",)).get(pk=notice.pk)
    )
    call = notice.call
    require(by, "award.issue", call)
    if sentence := rules.why_not_award(notice.state, notice.decision.kind):
        raise Refused(sentence)
    lines = _prize_lines(notice)
    outcome = perform_many([line.application for line in lines.values()], "award", by=by)
    awards = _make_awards(call, [_award(call, lines[application.pk], by) for application in outcome.done])
    certificates = _settle(call, awards, by)
    audit.record("award_call", by=by, on=call, scope_path=call.scope_path,
                 detail={"notice": notice.number, "awards": len(awards), "certificates": len(certificates)})  # fmt: skip
    messages.tell_awarded(call, awards, by)
    job = issue_certificates(call, by=by) if certificates else None
    return AwardOutcome(awards, certificates, outcome.refused, job)


def _prize_lines(notice: PublicNotice) -> dict[int, DecisionLine]:
    lines = notice.decision.lines.filter(is_chosen=True, application__award=None).exclude(prize="")
    return {
        line.application_id: line for line in lines.select_related("application").order_by("division", "rank", "id")
    }


def _award(call: Call, line: DecisionLine, by: Actor) -> Award:
    prize = call.plan.prize(line.prize)
    return Award(
        call=call, application_id=line.application_id, decision_id=line.decision_id, prize=line.prize,
        prize_name=prize.name if prize else line.prize, awarded_at=clock.now(), awarded_by=by.user,
    )  # fmt: skip


def _settle(call: Call, awards: list[Award], by: Actor) -> list[Certificate]:
    """What comes with an award: its certificates, and whatever else begins with it."""
    if awards and (sentence := why_not_designed(call, call.plan.certificate.design)):
        raise Refused(sentence)
    certificates = make_certificates(call, awards)
    for function in _on_award:
        function(call, awards, by)
    return certificates


def give_awards(call: Call, applications: list[Application], prize: str, *, by: Actor) -> list[Award]:
    """Awards without a ranking: what a rolling call grants, inside the move that grants it (no decision stands behind them)."""
    named = call.plan.prize(prize)
    rows = [
        Award(call=call, application=one, prize=prize, prize_name=named.name if named else prize, awarded_at=clock.now(), awarded_by=by.user)
        for one in applications
    ]  # fmt: skip
    awards = _make_awards(call, rows)
    certificates = _settle(call, awards, by)
    audit.record("give_awards", by=by, on=call, scope_path=call.scope_path,
                 detail={"prize": prize, "awards": len(awards), "certificates": len(certificates)})  # fmt: skip
    if certificates:
        issue_certificates(call, by=by)
    return awards


def _make_awards(call: Call, rows: list[Award]) -> list[Award]:
    Award.objects.bulk_create(rows, batch_size=500)
    query = Award.objects.filter(pk__in=[award.pk for award in rows])
    query = query.select_related("application__org", "application__person")
    query = query.prefetch_related("application__members__person", "application__advisers__person").order_by("pk")
    awards = list(
        query.iterator(chunk_size=AT_ONCE)
    )  # SQLite reads no more people at once than its expressions are deep
    for award in awards:
        award.call = award.application.call = call  # one parsed declaration for all
    return awards


def issue_certificates(call: Call, *, by: Actor) -> Job:
    """Queue the printing of every certificate of `call` that has no file; while one is under way, that job is returned."""
    require(by, "award.issue", call)
    title = _("制作证书：%(call)s") % {"call": call.title}
    return enqueue(
        "certificates.issue", args={"call": call.pk}, by=by, scope_path=call.scope_path, title=title, key=str(call.pk)
    )


@transaction.atomic
def correct_certificate(certificate: Certificate, changes: dict[str, str], *, reason: str, by: Actor) -> Certificate:
    """A new certificate in the place of one with a mistake; the old one stays verifiable and says that it was corrected.

    `changes`: new values of names, school, title, advisers. The new number comes from the same series.
    """
    old = _locked(certificate)
    call = old.call
    require(by, "award.issue", call)
    newer = getattr(old, "replaced_by", None)
    if sentence := rules.why_not_correct(old.state, changes, reason, newer.number if newer else ""):
        raise Refused(sentence)
    changes = {name: value.strip() for name, value in changes.items()}
    kept = {name: value for name, value in old.words["values"].items() if name in rules.CORRECTABLE}
    today = clock.today()
    words = build_words(
        old.award, old.holder_kind, old.person, number=new_numbers(call, today.year, 1)[0], code=new_code(), day=today,
        changes=kept | changes,
    )  # fmt: skip
    _end(old, CertificateState.CORRECTED, reason)
    new = new_certificate(old.award, old.holder_kind, old.person, words, today)
    new.replaces = old
    new.save()
    audit.record("correct_certificate", by=by, on=new, detail={"number": new.number, "replaces": old.number, "fields": sorted(changes)},
                 scope_path=new.scope_path, reason=reason)  # fmt: skip
    issue_certificates(call, by=by)
    messages.tell_corrected(new, by)
    return new


def _end(certificate: Certificate, state: str, reason: str) -> None:
    certificate.state, certificate.state_reason, certificate.state_changed_at = state, reason.strip(), clock.now()
    certificate.save(update_fields=["state", "state_reason", "state_changed_at"])


def _locked(certificate: Certificate) -> Certificate:
    query = Certificate.objects.select_related("award__call__org", "award__application__org", "person")
    return query.select_for_update(of=("self",)).get(pk=certificate.pk)


@transaction.atomic
def revoke_award(award: Award, *, reason: str, by: Actor) -> Award:
    """Take a prize back: the move, the award, its certificates, and whatever showed it. Verification says so at once."""
    award = (
        Award.objects.select_related("call__org", "application__org").select_for_update(of=("self",)).get(pk=award.pk)
    )
    if award.state == AwardState.REVOKED:
        raise Refused(_("这个奖项已经撤销。"))
    perform(award.application, "revoke", by=by, reason=reason)
    award.state, award.revocation_reason = AwardState.REVOKED, reason.strip()
    award.revoked_at, award.revoked_by = clock.now(), by.user
    award.save()
    standing = award.certificates.filter(state__in=[CertificateState.PENDING, CertificateState.ISSUED])
    count = standing.update(
        state=CertificateState.REVOKED, state_reason=reason.strip(), state_changed_at=award.revoked_at
    )
    for function in _on_revocation:
        function(award, by, reason)
    audit.record("revoke_award", by=by, on=award, detail={"application": award.application.public_id, "certificates": count},
                 scope_path=award.scope_path, reason=reason)  # fmt: skip
    return award

"""Answers to the seven questions of consent. Each answer is a new row; nothing is overwritten."""

from __future__ import annotations

from datetime import date

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from kechuang.base import audit, clock
from kechuang.base.errors import Refused
from kechuang.base.messages import notify
from kechuang.orgs.actions.exports import pull_exports
from kechuang.orgs.actor import Actor, require
from kechuang.orgs.consent_texts import TEXTS
from kechuang.orgs.consents import run_grant_hooks, run_withdrawal_hooks
from kechuang.orgs.enums import AnsweredAs, ConsentAnswer, ConsentPurpose
from kechuang.orgs.models import Consent, ConsentText, Guardianship, Person
from kechuang.orgs.queries import guardians_of
from kechuang.orgs.rules import ADULT_FROM, may_grant_consent, must_tell_guardian


def load_consent_texts() -> int:
    """Put the shipped texts into the database where a version is not there yet; returns how many were added."""
    added = 0
    for facts in TEXTS:
        key = {"purpose": facts["purpose"], "version": facts["version"]}
        added += ConsentText.objects.get_or_create(**key, defaults=facts)[1]
    return added


@transaction.atomic
def publish_text(
    purpose: str, *, title: str, effective_from: date, asks_again: bool, by: Actor, **items: str
) -> ConsentText:
    """The next version of a text, in force from a day to come; older versions and what was answered to them stay as they are.

    `asks_again`: from that day on a yes to an older version does not count (PIPL art. 14: the purpose or the manner changed).
    """
    require(by, "consent.edit")
    empty = [str(heading) for name, heading in _headings() if not items.get(name, "").strip()]
    if empty or not title.strip():
        raise Refused(_("六项内容和标题都要写明：%(empty)s。") % {"empty": "、".join(empty) or _("标题")})
    if effective_from <= clock.today():
        raise Refused(_("新的文本最早从明天起生效，让人有时间看到。"))
    latest = ConsentText.objects.select_for_update().filter(purpose=purpose).order_by("-version").first()
    if latest and latest.effective_from >= effective_from:
        raise Refused(_("已有一个版本在这一天或之后生效，请改在它之后。"))
    text = ConsentText.objects.create(
        purpose=ConsentPurpose(purpose), version=(latest.version if latest else 0) + 1, title=title.strip()[:100],
        effective_from=effective_from, asks_again=asks_again, written_by=by.user, **{n: items[n].strip() for n in ConsentText.ITEMS},
    )  # fmt: skip
    detail = {"purpose": purpose, "version": text.version, "asks_again": asks_again, "from": effective_from}
    audit.record("publish_text", by=by, on=text, detail=detail)
    return text


def _headings() -> list[tuple[str, str]]:
    return [(name, str(ConsentText._meta.get_field(name).verbose_name)) for name in ConsentText.ITEMS]  # type: ignore[union-attr]


@transaction.atomic
def record_consent(pupil: Person, purpose: str, *, by: Actor, application_ref: str = "") -> Consent:
    """Yes: from the guardian under 14, from the pupil at 14 and over (the guardian is told)."""
    answered_as, _relation = _standing(pupil, by)
    age = pupil.pupil.age_on(clock.today())
    if not may_grant_consent(answered_as, age):
        raise Refused(_why_not(answered_as))
    consent = _answer(pupil, purpose, ConsentAnswer.GRANTED, by, application_ref)
    if must_tell_guardian(age):
        _tell_guardians(consent)
    audit.record("record_consent", by=by, on=consent, scope_path=consent.scope_path, detail={"purpose": purpose})
    run_grant_hooks(consent)
    return consent


def _why_not(answered_as: str) -> str:
    if answered_as == AnsweredAs.PUPIL:
        return _("未满 14 周岁（或学校未登记出生日期）须由监护人同意。请让您的监护人登录后办理。")
    return _("学生已满 14 周岁，须由学生本人同意。请让学生登录后办理，您会收到通知。")


@transaction.atomic
def refuse_consent(pupil: Person, purpose: str, *, by: Actor, application_ref: str = "") -> Consent:
    """No, which is as easy as yes (儿童个人信息网络保护规定 art. 9)."""
    consent = _answer(pupil, purpose, ConsentAnswer.REFUSED, by, application_ref)
    audit.record("refuse_consent", by=by, on=consent, scope_path=consent.scope_path, detail={"purpose": purpose})
    run_withdrawal_hooks(consent)
    pull_exports(consent)
    return consent


@transaction.atomic
def withdraw_consent(pupil: Person, purpose: str, *, by: Actor, reason: str = "", application_ref: str = "") -> Consent:
    """No longer: what rested on the consent is hidden by the hooks of upper apps, in this transaction."""
    consent = _answer(pupil, purpose, ConsentAnswer.WITHDRAWN, by, application_ref, reason)
    detail = {"purpose": purpose}
    audit.record("withdraw_consent", by=by, on=consent, scope_path=consent.scope_path, reason=reason, detail=detail)
    run_withdrawal_hooks(consent)
    pull_exports(consent)
    return consent


def _standing(pupil: Person, by: Actor) -> tuple[AnsweredAs, str]:
    """As whom the actor answers for this pupil: nobody else may."""
    if by.person is not None and by.person == pupil:
        return AnsweredAs.PUPIL, ""
    bond = by.person and Guardianship.objects.standing().filter(guardian=by.person, pupil=pupil).first()
    if not bond:
        raise PermissionDenied(_("只有学生本人或经学校确认的监护人可以答复。"))
    return AnsweredAs.GUARDIAN, bond.relation


def _answer(pupil: Person, purpose: str, answer: str, by: Actor, ref: str, reason: str = "") -> Consent:
    answered_as, relation = _standing(pupil, by)
    age = pupil.pupil.age_on(clock.today())
    if answered_as == AnsweredAs.GUARDIAN and age is not None and age >= ADULT_FROM:
        raise Refused(_("学生已满 18 周岁，由本人决定。"))
    assert by.person is not None  # _standing has seen to it
    text = ConsentText.objects.in_force(purpose, clock.today())
    if text is None:
        facts = {"purpose": ConsentPurpose(purpose).label}
        raise Refused(_("“%(purpose)s”还没有生效的同意书文本，请联系市级管理员。") % facts)
    return Consent.objects.create(
        pupil=pupil,
        text=text,
        purpose=purpose,
        application_ref=ref,
        answer=answer,
        by=by.person,
        answered_as=answered_as,
        relation=relation,
        age_then=age,
        reason=reason,
        user=by.user,
    )


def _tell_guardians(consent: Consent) -> None:
    users = [guardian.user for guardian in guardians_of(consent.pupil).select_related("user") if guardian.user]
    facts = {"name": consent.pupil.name, "purpose": ConsentPurpose(consent.purpose).label}
    notify(
        users,
        "consent.recorded",
        title=lambda: _("%(name)s 已同意“%(purpose)s”") % facts,
        body=lambda: _("%(name)s 年满 14 周岁，已自行同意“%(purpose)s”。如有异议，您可以随时登录撤回。") % facts,
        url="/guardian/",
        about=consent,
    )

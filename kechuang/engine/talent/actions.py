"""The talent file writes itself: an award adds a row where the consent stands, a consent collects what there is, its withdrawal
hides everything at once. Nobody types into it."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import asdict

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as mark

from kechuang.base import audit, clock
from kechuang.base.messages import notify
from kechuang.engine.applications.models import TeamMember
from kechuang.engine.awards.actions import on_award, on_revocation
from kechuang.engine.awards.models import Award
from kechuang.engine.calls.models import Call
from kechuang.engine.talent.models import TalentEntry
from kechuang.engine.talent.queries import PURPOSE, File, Sought, awards_for_file, feeds
from kechuang.orgs.actor import Actor
from kechuang.orgs.consents import on_grant, on_withdrawal
from kechuang.orgs.enums import ErasedPart
from kechuang.orgs.erasure import on_erasure
from kechuang.orgs.models import Consent, Person
from kechuang.orgs.queries import guardians_of, missing_consents

ASK = mark("要不要建立英才档案？")
ASK_BODY = mark(
    "%(name)s 在“%(call)s”中获评%(prize)s。同意“英才档案”后，这项荣誉会记入档案，供后续培养使用；不同意也不影响荣誉和证书，以后可以随时改变。"
)


@on_award
def add_to_file(call: Call, awards: list[Award], by: Actor) -> None:
    """A row for each pupil who consented; the others are asked, once, and nothing is written about them."""
    if not feeds(call):
        return
    members = _members(awards)
    missing = missing_consents({member.person_id for team in members.values() for member in team}, [PURPOSE])
    for award in awards:
        for member in members[award.application_id]:
            if member.person_id in missing:
                _ask(member.person, award, by)
            else:
                _enter(member, award)


def _members(awards: Iterable[Award]) -> dict[int, list[TeamMember]]:
    rows = TeamMember.objects.filter(application__in=[award.application_id for award in awards])
    found: dict[int, list[TeamMember]] = defaultdict(list)
    for member in rows.select_related("person__user", "school").order_by("pk"):
        found[member.application_id].append(member)
    return found


def _enter(member: TeamMember, award: Award) -> None:
    facts = {
        "programme_code": award.call.programme_code, "on": clock.local(award.awarded_at).date(), "what": f"{award.call.title} {award.prize_name}"[:300],
        "school_name": member.school.name, "grade": member.grade, "created_at": clock.now(), "hidden_at": None,
    }  # fmt: skip
    entry, is_new = TalentEntry.objects.get_or_create(pupil=member.person, award=award, defaults=facts)
    if not is_new and entry.hidden_at:
        entry.hidden_at = None
        entry.save(update_fields=["hidden_at"])


def _ask(person: Person, award: Award, by: Actor) -> None:
    users = [person.user, *(guardian.user for guardian in guardians_of(person).select_related("user"))]
    words = {"name": person.name, "call": award.call.title, "prize": award.prize_name}
    notify(
        [user for user in users if user], "talent.asked", title=lambda: _(ASK), body=lambda: _(ASK_BODY) % words,
        url=f"/guardian/{person.public_id}/{PURPOSE}/", about=person, by=by, once=f"talent:{person.pk}",
    )  # fmt: skip


def collect(consent: Consent) -> None:
    """Yes: what was awarded so far goes into the file."""
    awards = awards_for_file(consent.pupil)
    members = _members(awards)
    for award in awards:
        for member in members[award.application_id]:
            if member.person_id == consent.pupil_id:
                _enter(member, award)


def hide(consent: Consent) -> None:
    """No, or no longer: nobody sees the file from this moment on."""
    rows = TalentEntry.objects.filter(pupil=consent.pupil, hidden_at__isnull=True)
    n = rows.update(hidden_at=clock.now())
    if n:
        audit.record(
            "hide_talent_file", by=consent.user, on=consent.pupil, scope_path=consent.scope_path, detail={"rows": n}
        )


@on_revocation
def drop_with_award(award: Award, by: Actor, reason: str) -> None:
    TalentEntry.objects.filter(award=award, hidden_at__isnull=True).update(hidden_at=clock.now())


def erase(person: Person, by: Actor) -> dict[str, int]:
    """Asked to be deleted: the rows go, the awards they rest on stay."""
    return {"talent": TalentEntry.objects.filter(pupil=person).delete()[0]}


on_erasure(ErasedPart.PUBLIC, erase)
on_grant(PURPOSE, collect)
on_withdrawal(PURPOSE, hide)


def note_reading(files: Iterable[File], sought: Sought, *, by: Actor) -> None:
    """未成年人网络保护条例 art. 36: whose file was shown to whom, and what had been asked for, one row each."""
    asked = {name: value for name, value in asdict(sought).items() if value}
    audit.record_many(
        {"action": "read_talent_file", "by": by, "on": file.person, "scope_path": file.person.pupil.school.path, "detail": asked}
        for file in files
    )  # fmt: skip

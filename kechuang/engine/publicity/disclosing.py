"""The record of whom a notice names: one row per pupil and notice, ending with the period of the notice."""

from collections.abc import Iterable

from kechuang.base import clock
from kechuang.base.masking import mask_name
from kechuang.engine.applications.models import TeamMember
from kechuang.engine.publicity.models import NoticeLine, PublicNotice
from kechuang.engine.publicity.rules import UNNAMED
from kechuang.orgs.actions.disclosures import disclose, end_disclosures
from kechuang.orgs.enums import DisclosureKind
from kechuang.orgs.models import Disclosure, Person
from kechuang.orgs.queries import missing_consents


def disclose_lines(notice: PublicNotice, lines: Iterable[NoticeLine]) -> int:
    """Write down who stands on the notice, masked or unnamed, until its last day; returns how many rows."""
    standing = {line.application_id: line for line in lines if not line.is_struck}
    members = list(TeamMember.objects.filter(application__in=standing).select_related("person").order_by("pk"))
    purpose = notice.call.plan.notice.consent_purpose
    missing = missing_consents({member.person_id for member in members}, (purpose,))
    assert notice.ends_on is not None  # published
    return disclose(
        Disclosure(
            pupil=member.person,
            kind=DisclosureKind.NOTICE,
            purpose=purpose,
            place=notice.number,
            title=notice.title,
            shown=" · ".join(
                [
                    UNNAMED if member.person_id in missing else mask_name(member.person.name),
                    standing[member.application_id].school,
                    standing[member.application_id].title,
                ]
            ),
            until_at=clock.end_of(notice.ends_on),
        )
        for member in members
    )


def end_lines(notice: PublicNotice, because: str) -> int:
    """The notice names nobody any more."""
    return end_disclosures(because=because, kind=DisclosureKind.NOTICE, place=notice.number)


def unname(pupil: Person, because: str) -> int:
    """From this moment the open notices say of the pupil only that one took part; returns on how many the name stood."""
    named = (
        Disclosure.objects.still_open()
        .filter(pupil=pupil, kind=DisclosureKind.NOTICE)
        .exclude(shown__startswith=UNNAMED)
    )
    now, rows = clock.now(), list(named)
    end_disclosures(because=because, pk__in=[row.pk for row in rows])
    for row in rows:
        row.pk, row.from_at, row.ended_because = None, now, ""
        row.shown = " · ".join([UNNAMED, *row.shown.split(" · ")[1:]])
    disclose(rows)
    return len(rows)

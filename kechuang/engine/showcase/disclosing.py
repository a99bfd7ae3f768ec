"""The record of who stood in the gallery: one row per pupil and work, and one more where pictures and videos are shown."""

from collections import defaultdict
from collections.abc import Iterable, Iterator

from kechuang.base import clock
from kechuang.base.masking import mask_name
from kechuang.engine.applications.models import TeamMember
from kechuang.engine.publicity.rules import UNNAMED
from kechuang.engine.showcase.models import Work, WorkMedia
from kechuang.orgs.actions.disclosures import disclose, end_disclosures
from kechuang.orgs.enums import ConsentPurpose, DisclosureKind
from kechuang.orgs.models import Disclosure, Person
from kechuang.orgs.queries import missing_consents

IN_THE_GALLERY = (DisclosureKind.WORK, DisclosureKind.MEDIA)


def disclose_works(works: Iterable[Work]) -> int:
    """Write down who is shown with these works from now on; returns how many rows."""
    shown = {work.application_id: work for work in works}
    members = list(TeamMember.objects.filter(application__in=shown).select_related("person").order_by("pk"))
    missing = missing_consents({member.person_id for member in members}, (ConsentPurpose.PUBLICITY,))
    files: dict[int, list[str]] = defaultdict(list)
    media = WorkMedia.objects.filter(work__in=shown.values()).order_by("work_id", "order")
    for pk, name in media.values_list("work_id", "stored__name"):
        files[pk].append(name)
    rows: list[Disclosure] = []
    for member in members:
        work = shown[member.application_id]
        rows += _rows(work, member.person, member.person_id not in missing, files[work.pk])
    return disclose(rows)


def _rows(work: Work, pupil: Person, is_named: bool, files: list[str]) -> Iterator[Disclosure]:
    name = mask_name(pupil.name) if is_named else UNNAMED
    yield Disclosure(
        pupil=pupil, kind=DisclosureKind.WORK, purpose=ConsentPurpose.SHOWCASE, place=work.slug, title=work.title,
        shown=f"{name} · {work.school}",
    )  # fmt: skip
    if files:
        yield Disclosure(
            pupil=pupil, kind=DisclosureKind.MEDIA, purpose=ConsentPurpose.MEDIA, place=work.slug, title=work.title,
            shown="、".join(files),
        )  # fmt: skip


def end_works(works: Iterable[Work], because: str) -> int:
    return end_disclosures(because=because, kind__in=IN_THE_GALLERY, place__in=[work.slug for work in works])


def end_media(works: Iterable[Work], because: str) -> int:
    return end_disclosures(because=because, kind=DisclosureKind.MEDIA, place__in=[work.slug for work in works])


def unname(pupil: Person, because: str) -> int:
    """From this moment the gallery says of the pupil only that one took part."""
    named = (
        Disclosure.objects.still_open().filter(pupil=pupil, kind=DisclosureKind.WORK).exclude(shown__startswith=UNNAMED)
    )
    now, rows = clock.now(), list(named)
    end_disclosures(because=because, pk__in=[row.pk for row in rows])
    for row in rows:
        row.pk, row.from_at, row.ended_because = None, now, ""
        row.shown = " · ".join([UNNAMED, *row.shown.split(" · ")[1:]])
    disclose(rows)
    return len(rows)

"""How the engine deletes what it holds of a person: drafts with their files, and whatever is open to the public."""

from collections.abc import Iterable

from django.db import transaction

from kechuang.base import audit, files
from kechuang.base.models import StoredFile
from kechuang.engine.applications import tallies
from kechuang.engine.applications.models import Application, Attachment
from kechuang.engine.awards.models import Award, Certificate
from kechuang.engine.credentials.models import Collection
from kechuang.engine.publicity.actions import withdraw_names as take_names_off_notices
from kechuang.engine.showcase.actions import withdraw_media, withdraw_names, withdraw_showcase
from kechuang.engine.showcase.models import Work, WorkMedia
from kechuang.orgs.actor import Actor
from kechuang.orgs.enums import ErasedPart
from kechuang.orgs.erasure import keeps_name, on_erasure
from kechuang.orgs.models import Person

NEVER_SENT = ("draft",)


def hide_everything(person: Person, by: Actor) -> dict[str, int]:
    """As if every consent to be shown had been withdrawn; the answers themselves stay on record."""
    works = withdraw_showcase(person, by=by.user)
    media = withdraw_media(person, by=by.user)
    lines = take_names_off_notices(person, by=by.user)
    withdraw_names(person)
    Collection.objects.filter(person=person).delete()
    return {"works": works, "media": media, "notice_lines": lines}


def delete_drafts(person: Person, by: Actor) -> dict[str, int]:
    """Entries that were never sent in and that nobody else works on."""
    own = Application.objects.filter(state__in=NEVER_SENT, members__person=person, receipt_no__isnull=True)
    alone = [
        entry
        for entry in own.select_related("org", "call").prefetch_related("members")
        if len(entry.members.all()) == 1
    ]
    in_person = Application.objects.filter(state__in=NEVER_SENT, person=person, filled_by=None, receipt_no__isnull=True)
    alone += list(in_person.select_related("org", "call"))
    return delete_applications(alone, by=by, reason="本人申请删除")


@transaction.atomic
def delete_applications(entries: Iterable[Application], *, by: Actor, reason: str) -> dict[str, int]:
    """Rows, files and what the desks count; returns how many entries and files."""
    done = {"drafts": 0, "files": 0}
    for entry in entries:
        done["files"] += drop_attachments(entry, by=by, reason=reason)
        tallies.gone([entry])
        audit.record("delete_application", by=by, on=entry, scope_path=entry.scope_path, reason=reason)
        entry.delete()
        done["drafts"] += 1
    return done


def drop_attachments(entry: Application, *, by: Actor, reason: str) -> int:
    """Delete the files of an entry; one that another row still needs stays until that goes."""
    stored = list(StoredFile.objects.filter(pk__in=Attachment.objects.filter(application=entry).values("stored")))
    Attachment.objects.filter(application=entry).delete()
    gone = 0
    for file in stored:
        if not _is_needed(file):
            files.discard(file, by=by.user, reason=reason)
            gone += 1
    return gone


def _is_needed(file: StoredFile) -> bool:
    return any(
        rows.exists()
        for rows in (
            Attachment.objects.filter(stored=file),
            WorkMedia.objects.filter(stored=file),
            Work.objects.filter(cover=file),
            Certificate.objects.filter(stored=file),
        )
    )


@keeps_name
def has_award(person: Person) -> bool:
    """Awards and certificates are kept as records; the name on them is the record."""
    return Award.objects.filter(application__members__person=person).exists() or person.certificates.exists()


on_erasure(ErasedPart.PUBLIC, hide_everything)
on_erasure(ErasedPart.DRAFTS, delete_drafts)

"""Who may read a stored file: never by its address alone, always through the thing it belongs to."""

from dataclasses import dataclass

from django.db.models import Q

from kechuang.base.models import StoredFile
from kechuang.engine.applications.models import Application, Attachment
from kechuang.engine.catalogue.queries import readable_file
from kechuang.engine.publicity.models import Objection, ObjectionEvidence
from kechuang.engine.reviews.models import VisitPhoto
from kechuang.engine.reviews.queries.expert import my_file
from kechuang.engine.reviews.queries.field import visited_entry
from kechuang.engine.showcase.models import Work
from kechuang.engine.tenure.models import Report, ReportFile
from kechuang.orgs.actor import Actor


@dataclass(frozen=True)
class Reading:
    """A file that the actor may read, and whether everybody may."""

    stored: StoredFile
    is_public: bool = False


def readable(actor: Actor, public_id: str) -> Reading | None:
    """The file, through the first thing that lets `actor` see it; experts get it under a neutral name."""
    if stored := _of_public_work(public_id):
        return Reading(stored, is_public=True)
    if case := readable_file(public_id, is_staff=actor.is_staff):
        return Reading(case[0], is_public=case[1])
    if actor.user is None:
        return None
    stored = (
        _of_application(actor, public_id)
        or my_file(actor, public_id)
        or _of_objection(actor, public_id)
        or _of_visit(actor, public_id)
        or _of_report(actor, public_id)
        or _own(actor, public_id)
    )
    return Reading(stored) if stored else None


def _of_public_work(public_id: str) -> StoredFile | None:
    works = Work.objects.public()
    shown = works.filter(Q(cover__public_id=public_id) | Q(media__stored__public_id=public_id))
    return StoredFile.objects.filter(public_id=public_id).first() if shown.exists() else None


def _of_application(actor: Actor, public_id: str) -> StoredFile | None:
    seen = Attachment.objects.filter(stored__public_id=public_id, application__in=Application.objects.visible_to(actor))
    attachment = seen.select_related("stored").first()
    return attachment.stored if attachment else None


def _of_objection(actor: Actor, public_id: str) -> StoredFile | None:
    seen = ObjectionEvidence.objects.filter(
        stored__public_id=public_id, objection__in=Objection.objects.visible_to(actor)
    )
    evidence = seen.select_related("stored").first()
    return evidence.stored if evidence else None


def _of_visit(actor: Actor, public_id: str) -> StoredFile | None:
    photo = VisitPhoto.objects.filter(stored__public_id=public_id).select_related("stored", "visit").first()
    return photo.stored if photo and visited_entry(actor, photo.visit.entry_id) else None


def _of_report(actor: Actor, public_id: str) -> StoredFile | None:
    seen = ReportFile.objects.filter(stored__public_id=public_id, report__in=Report.objects.visible_to(actor))
    row = seen.select_related("stored").first()
    return row.stored if row else None


def _own(actor: Actor, public_id: str) -> StoredFile | None:
    """What the actor sent in: the returned table of a roster, say."""
    return StoredFile.objects.filter(public_id=public_id, by=actor.user).first()

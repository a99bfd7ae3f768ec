"""The certificates of a school, or of all schools, as one zip with a folder per school: what a district hands out."""

import hashlib
import re
import zipfile
from io import BufferedRandom
from tempfile import TemporaryFile
from typing import IO

from django.core.files import File
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from kechuang.base import audit, clock
from kechuang.base.enums import FileKind
from kechuang.base.jobs import JobFailed, Progress, enqueue
from kechuang.base.models import Job, StoredFile
from kechuang.engine.awards.models import Certificate
from kechuang.engine.calls.models import Call
from kechuang.engine.enums import CertificateState
from kechuang.orgs.actor import Actor, require
from kechuang.orgs.models import Org

UNSAFE = re.compile(r'[\\/:*?"<>|\x00-\x1f]+')


def bundle_certificates(call: Call, school: Org | None = None, *, by: Actor) -> Job:
    """Queue the zip of a call's printed certificates, of one school or of all; one job at a time for each."""
    require(by, "award.issue", call)
    place = school.name if school else _("全部学校")
    audit.record(
        "bundle_certificates",
        by=by,
        on=call,
        detail={"school": school.pk if school else None},
        scope_path=call.scope_path,
    )
    return enqueue(
        "certificates.bundle", args={"call": call.pk, "school": school.pk if school else None}, by=by, scope_path=call.scope_path,
        title=_("打包证书：%(place)s") % {"place": place}, key=f"{call.pk}:{school.pk if school else 0}",
    )  # fmt: skip


def printed(call: int, school: int | None) -> QuerySet[Certificate]:
    rows = Certificate.objects.filter(award__call=call, state=CertificateState.ISSUED)
    rows = rows.filter(award__application__org=school) if school else rows
    return rows.select_related("award__application__org", "stored").order_by("award__application__org__name", "number")


def bundle(progress: Progress, call: int, school: int | None) -> dict[str, str | int]:
    """Write the zip and keep it as a file of the call's owner; the result names it."""
    rows = printed(call, school)
    total = rows.count()
    if not total:
        raise JobFailed(_("没有制作好的证书可以打包。请先制作证书。"))
    progress.total(total)
    with TemporaryFile() as out:
        _write(out, rows, progress)
        stored = _stored(out, Call.objects.select_related("org").get(pk=call), progress)
    return {"file": stored.public_id, "count": total}


def _write(out: IO[bytes], rows: QuerySet[Certificate], progress: Progress) -> None:
    """PDFs are compressed already, so they are only put together."""
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        for n, certificate in enumerate(rows.iterator(chunk_size=200), 1):
            assert certificate.stored is not None  # an issued one has its file
            with certificate.stored.open() as pdf:
                archive.writestr(_name(certificate), pdf.read())
            progress.step(n, certificate.number)


def _name(certificate: Certificate) -> str:
    school, holder = certificate.award.application.org.name, certificate.words["holder"]
    return "/".join(UNSAFE.sub("_", part) for part in (school, f"{certificate.number} {holder}.pdf"))


def _stored(out: BufferedRandom, call: Call, progress: Progress) -> StoredFile:
    """A file of our own making, like the certificates in it."""
    size = out.tell()
    out.seek(0)
    sha256 = hashlib.file_digest(out, "sha256").hexdigest()
    out.seek(0)
    stored = StoredFile(
        name=UNSAFE.sub("_", _("证书 %(call)s.zip") % {"call": call.title}), kind=FileKind.DOCUMENT, content_type="application/zip", size=size,
        by=progress.by, sha256=sha256, scope_path=call.scope_path, created_at=clock.now(),
    )  # fmt: skip
    stored.blob.save("certificates.zip", File(out), save=False)
    stored.save()
    return stored

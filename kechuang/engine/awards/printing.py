"""Certificates on paper: the page of one, and the batch that prints thousands (the job behind `issue_certificates`)."""

import hashlib
from collections.abc import Iterator, Sequence
from datetime import datetime, time
from itertools import groupby
from pathlib import Path
from typing import Any

import segno
from django.core.files.base import ContentFile
from django.db import transaction
from django.utils import timezone

from kechuang.base import clock
from kechuang.base.enums import FileKind
from kechuang.base.jobs import Progress
from kechuang.base.models import StoredFile
from kechuang.base.pdf import Press, render, render_picture
from kechuang.engine.awards import designs
from kechuang.engine.awards.certificates import english_words_of, verify_address
from kechuang.engine.awards.models import Certificate
from kechuang.engine.awards.pictures import Pictures, drawn
from kechuang.engine.awards.samples import sample_words
from kechuang.engine.calls.models import Call
from kechuang.engine.enums import CertificateState
from kechuang.engine.programme.declaration import CertificatePlan

TEMPLATE = Path(__file__).parent / "templates" / "certificate.typ"
BATCH = 100
INK = "#16233B"


def certificate_page(words: dict[str, Any], pictures: Pictures | None = None) -> dict[str, Any]:
    """What the template is given: the frozen words in the languages of the design, its look, the QR drawn from the code, and
    the registered pictures of seal and signatures (`pictures` keeps them for the rest of a batch)."""
    design, english = words.get("design", {}), words.get("english")
    page = words | (english if english and design["languages"] == "en" else {})
    page["english"] = english if english and design["languages"] == "both" else None
    page |= designs.facts_of(words) | drawn(design, words["issuers"], Pictures() if pictures is None else pictures)
    page["qr"] = qr_svg(verify_address(words["code"])) if designs.has_qr(words) else ""
    page["seal_names"] = words["issuers"]
    page["qr_alt"] = f"核验证书 {words['number']}"
    return {name: value for name, value in page.items() if name not in {"design", "values", "sentence"}}


def qr_svg(address: str) -> str:
    """Every mask is readable; trying all eight to find the prettiest would cost more than the rest of the page."""
    rows = segno.make(address, error="m", micro=False, mask=4).matrix
    runs = [_run(x, y, length) for y, row in enumerate(rows) for x, length in _dark(row)]
    side = len(rows)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{side}" height="{side}" viewBox="0 0 {side} {side}">'
        f'<path fill="{INK}" d="{"".join(runs)}"/></svg>'
    )


def _run(x: int, y: int, length: int) -> str:
    return f"M{x} {y}h{length}v1h-{length}z"


def _dark(row: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Where the dark stretches of a row begin, and how long they are."""
    begin = 0
    for dark, cells in groupby(row):
        length = len(list(cells))
        if dark:
            yield begin, length
        begin += length


def certificate_pdf(certificate: Certificate) -> bytes:
    """The PDF of one certificate; always the same bytes."""
    return render(TEMPLATE, certificate_page(certificate.words), made_at=_made_at(certificate))


def english_pdf(certificate: Certificate) -> bytes:
    """The English rendering, for those who apply abroad: made when asked for, from the frozen words and the English names."""
    return render(TEMPLATE, certificate_page(english_words_of(certificate)), made_at=_made_at(certificate))


def sample_pdf(call: Call, *, adviser: bool = False, plan: CertificatePlan | None = None) -> bytes:
    """How the certificates of a call will look, with invented names and 样张 across the sheet; a draft without approval too.
    `plan`: as they would look if the declaration said this."""
    return render(TEMPLATE, _sample_page(call, plan, adviser=adviser))


def sample_picture(call: Call, *, adviser: bool = False, plan: CertificatePlan | None = None, ppi: int = 96) -> bytes:
    """The same as a PNG, for whoever is designing it."""
    return render_picture(TEMPLATE, _sample_page(call, plan, adviser=adviser), ppi=ppi)


def _sample_page(call: Call, plan: CertificatePlan | None, *, adviser: bool) -> dict[str, Any]:
    return certificate_page(sample_words(call, plan or call.plan.certificate, adviser=adviser)) | {"sample": "样张"}


def _made_at(certificate: Certificate) -> datetime:
    return timezone.make_aware(datetime.combine(certificate.issued_on, time(12)))


def print_pending(call_id: int, progress: Progress) -> int:
    """Print every certificate of a call that has no file yet. Each batch is a transaction of its own, so a crash loses
    one batch at most and a second run goes on from there."""
    ids = list(_pending(call_id).values_list("pk", flat=True))
    progress.total(len(ids))
    done = 0
    with Press(TEMPLATE, expected=len(ids)) as press:
        for certificates, pdfs in _printed(press, ids):
            _store(certificates, pdfs, progress)
            done += len(certificates)
            progress.step(done, certificates[-1].number)
    return done


def _pending(call_id: int):
    return Certificate.objects.filter(award__call=call_id, state=CertificateState.PENDING)


def _printed(press: Press, ids: list[int]) -> Iterator[tuple[list[Certificate], list[bytes]]]:
    """Batches with their pages; the next batch is already being printed while the caller stores this one."""
    waiting: tuple[list[Certificate], Any] | None = None
    pictures = Pictures()
    for start in range(0, len(ids), BATCH):
        batch = list(
            Certificate.objects.filter(pk__in=ids[start : start + BATCH]).select_related("award__application__org")
        )
        run = press.start((certificate_page(c.words, pictures), _made_at(c)) for c in batch)
        if waiting:
            yield waiting[0], waiting[1].pages()
        waiting = batch, run
    if waiting:
        yield waiting[0], waiting[1].pages()


def _store(certificates: list[Certificate], pdfs: list[bytes], progress: Progress) -> None:
    """Keep the files of a batch. A certificate that was revoked or printed meanwhile keeps its state."""
    with transaction.atomic():
        ids = [certificate.pk for certificate in certificates]
        waiting = set(
            Certificate.objects.select_for_update().filter(pk__in=ids, stored=None).values_list("pk", flat=True)
        )
        rows = _all_stored(
            [(c, pdf) for c, pdf in zip(certificates, pdfs, strict=True) if c.pk in waiting], progress.by
        )
        StoredFile.objects.bulk_create([stored for _c, stored in rows])
        states = dict(Certificate.objects.filter(pk__in=ids).values_list("pk", "state"))
        for certificate, stored in rows:
            certificate.stored = stored
            certificate.state = (
                CertificateState.ISSUED if states[certificate.pk] == "pending" else states[certificate.pk]
            )
        Certificate.objects.bulk_update([certificate for certificate, _stored in rows], ["stored", "state"])


def _all_stored(batch: list[tuple[Certificate, bytes]], by: Any) -> list[tuple[Certificate, StoredFile]]:
    """All files of a batch or none: those before the one that found no room go again."""
    rows: list[tuple[Certificate, StoredFile]] = []
    try:
        for certificate, pdf in batch:
            rows.append((certificate, _stored(certificate, pdf, by)))
    except OSError:
        for _certificate, stored in rows:
            stored.blob.storage.delete(str(stored.blob.name))
        raise
    return rows


def _stored(certificate: Certificate, pdf: bytes, by: Any) -> StoredFile:
    """A file of our own making: no need to check it as if a stranger had sent it."""
    stored = StoredFile(
        name=f"{certificate.number}.pdf", kind=FileKind.PDF, content_type="application/pdf", size=len(pdf), pages=1, by=by,
        sha256=hashlib.sha256(pdf).hexdigest(), scope_path=certificate.scope_path, created_at=clock.now(),
    )  # fmt: skip
    stored.blob.save("certificate.pdf", ContentFile(pdf), save=False)
    return stored

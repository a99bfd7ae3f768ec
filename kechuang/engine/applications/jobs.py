"""Background work on applications."""

from typing import Any

from django.db.models import ProtectedError
from django.utils.translation import gettext_lazy
from django.utils.translation import gettext_lazy as _

from kechuang.base import files
from kechuang.base.files.pictures import draw_picture
from kechuang.base.files.reading import words_of
from kechuang.base.jobs import Progress, job
from kechuang.base.models import StoredFile
from kechuang.base.spotting import Word, spot
from kechuang.engine.applications import bulk
from kechuang.engine.applications.blindness import READ_PAPERS, digest_of, telling_words, unread
from kechuang.engine.applications.models import Application, Attachment, BulkAct
from kechuang.engine.applications.papers import DISCARD_PAPER
from kechuang.orgs.actor import Actor

MOST = 50


@job(READ_PAPERS, title=gettext_lazy("查找文件里的姓名和校名，并画小图"))
def read_papers(progress: Progress, application: int) -> dict[str, Any]:
    """Read the papers that were not yet searched for the words of the team as it is now, and draw their small pictures.

    Safe to repeat.
    """
    entry = Application.objects.select_related("org__parent__parent", "org__group").get(pk=application)
    words = telling_words(entry)
    looked_for = digest_of(words)
    papers = unread(entry, looked_for)
    progress.total(len(papers))
    for number, paper in enumerate(papers, 1):
        if not paper.stored.has_picture:
            draw_picture(paper.stored)
        Attachment.objects.filter(pk=paper.pk).update(traces=search(paper, words), words_digest=looked_for)
        progress.step(number)
    return {"papers": len(papers)}


def search(paper: Attachment, words: list[Word]) -> dict[str, Any]:
    """`found`: word, kind and page (0 = no page), each once; `silent`: pages without any text, a scan most likely."""
    found: dict[tuple[int, str], dict[str, Any]] = {}
    silent = 0
    try:
        for part in words_of(paper.stored):
            silent += part.page > 0 and not part.text.strip()
            for one in spot(part.text, words):
                found.setdefault(
                    (part.page, one.word.text), {"page": part.page, "word": one.word.text, "kind": one.word.kind}
                )
    except Exception:  # noqa: BLE001 -- a damaged paper is told, and hinders nothing
        return {"failed": True, "found": [], "silent": 0}
    return {"found": list(found.values())[:MOST], "silent": silent}


@job(DISCARD_PAPER, title=gettext_lazy("清除已删除的附件"))
def discard_paper(progress: Progress, stored: int) -> dict[str, Any]:
    """A day after a paper was taken off, its bytes go, unless it was put back or stands anywhere else. Safe to repeat."""
    found = StoredFile.objects.filter(pk=stored).first()
    if found is None or Attachment.objects.filter(stored=found).exists():
        return {"discarded": False}
    try:
        files.discard(found, by=progress.by, reason="detached")
    except ProtectedError:
        return {"discarded": False}
    return {"discarded": True}


@job("applications.bulk", title=_("批量办理"))
def carry_out_bulk(progress: Progress, *, act: int) -> dict[str, Any]:
    """Carry out a large act of an officer, with the officer's own rights as they are now."""
    found = BulkAct.objects.select_related("call__org").get(pk=act)
    progress.total(len(found.steps))
    bulk.carry_out_bulk(found, by=Actor.of(progress.by), step=lambda done, total: progress.step(done))
    return {"done": len(found.done), "refused": len(found.refused)}

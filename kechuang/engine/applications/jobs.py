"""Background work on applications."""

from typing import Any

from django.utils.translation import gettext_lazy
from django.utils.translation import gettext_lazy as _

from kechuang.base.files.reading import words_of
from kechuang.base.jobs import Progress, job
from kechuang.base.spotting import Word, spot
from kechuang.engine.applications import bulk
from kechuang.engine.applications.blindness import READ_PAPERS, digest_of, telling_words, unread
from kechuang.engine.applications.models import Application, Attachment, BulkAct
from kechuang.orgs.actor import Actor

MOST = 50


@job(READ_PAPERS, title=gettext_lazy("查找文件里的姓名和校名"))
def read_papers(progress: Progress, application: int) -> dict[str, Any]:
    """Read the papers that were not yet searched for the words of the team as it is now. Safe to repeat."""
    entry = Application.objects.select_related("org__parent__parent", "org__group").get(pk=application)
    words = telling_words(entry)
    looked_for = digest_of(words)
    papers = unread(entry, looked_for)
    progress.total(len(papers))
    for number, paper in enumerate(papers, 1):
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


@job("applications.bulk", title=_("批量办理"))
def carry_out_bulk(progress: Progress, *, act: int) -> dict[str, Any]:
    """Carry out a large act of an officer, with the officer's own rights as they are now."""
    found = BulkAct.objects.select_related("call__org").get(pk=act)
    progress.total(len(found.steps))
    bulk.carry_out_bulk(found, by=Actor.of(progress.by), step=lambda done, total: progress.step(done))
    return {"done": len(found.done), "refused": len(found.refused)}

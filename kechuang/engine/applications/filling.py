"""A whole form page at once: answers, what each member did, what each paper shows, and new papers, in one transaction."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from kechuang.base import audit, jobs
from kechuang.base.models import StoredFile
from kechuang.base.prepared import NUMBER, Insert, Prepared
from kechuang.engine.applications.actions import _write_answers, editable, full, said_of
from kechuang.engine.applications.blindness import READ_PAPERS
from kechuang.engine.applications.models import Application, Attachment, TeamMember
from kechuang.engine.applications.papers import CAPTION
from kechuang.engine.programme.declaration import Question
from kechuang.orgs.actor import Actor

SHARE = 400
_STORE, _ATTACH = Insert(StoredFile), Insert(Attachment)
_HELD: Prepared[tuple[str, int]] = Prepared(
    lambda pk: Attachment.objects.filter(application=pk).order_by().values_list("question", "order"), NUMBER
)
Paper = tuple[str, StoredFile]
"""The code of a file question, and a file that was checked and is not saved yet."""


@dataclass
class Filled:
    """What came of a page: the application, and why what was not taken was not. The rest is saved."""

    application: Application
    errors: dict[str, str] = field(default_factory=dict)
    """By name of the answer."""
    shares: dict[int, str] = field(default_factory=dict)
    """By key of the team member."""
    captions: dict[int, str] = field(default_factory=dict)
    """By key of the attachment."""
    papers: list[str] = field(default_factory=list)

    @property
    def is_whole(self) -> bool:
        return not (self.errors or self.shares or self.captions or self.papers)


def fill_in(
    application: Application,
    changes: dict[str, Any],
    *,
    version: int,
    by: Actor,
    was: Mapping[str, Any] | None = None,
    shares: Mapping[int, str] | None = None,
    captions: Mapping[int, str] | None = None,
    papers: Sequence[Paper] = (),
) -> Filled:
    """Save all that a page sends. What cannot be taken is told with its sentence and keeps nothing else from being saved.

    `changes`, `version` and `was` as in `save_answers`, whose EditConflict saves nothing at all: then the bytes of `papers` go.
    """
    with _or_removed([stored for _code, stored in papers]), transaction.atomic():
        locked = editable(application, by)
        filled = Filled(locked, _write_answers(locked, changes, version, was))
        filled.shares = _describe(locked, shares or {})
        filled.captions = _caption(locked, captions or {})
        filled.papers = _attach(locked, papers, by)
    return filled


@contextmanager
def _or_removed(files: Sequence[StoredFile]) -> Iterator[None]:
    try:
        yield
    except BaseException:
        for stored in files:
            _remove(stored)
        raise


def _remove(stored: StoredFile) -> None:
    stored.blob.storage.delete(str(stored.blob.name))


def _describe(locked: Application, told: Mapping[int, str]) -> dict[int, str]:
    """What each member did (CASTIC: the report states each member's share)."""
    errors = {}
    for member in locked.members.all() if told else ():
        share = told.get(member.pk, member.share).strip()
        if len(share) > SHARE:
            errors[member.pk] = _("最多 400 字，现在是 %(now)s 字。") % {"now": len(share)}
        elif share != member.share:
            TeamMember.objects.filter(pk=member.pk).update(share=share)
    return errors


def _caption(locked: Application, told: Mapping[int, str]) -> dict[int, str]:
    errors = {}
    for paper in locked.attachments.all() if told else ():
        caption = told.get(paper.pk, paper.caption).strip()
        if len(caption) > CAPTION:
            words = {"max": CAPTION, "now": len(caption)}
            errors[paper.pk] = _("附件说明最多 %(max)s 字，现在是 %(now)s 字。") % words
        elif caption != paper.caption:
            Attachment.objects.filter(pk=paper.pk).update(caption=caption)
    return errors


def _attach(locked: Application, papers: Sequence[Paper], by: Actor) -> list[str]:
    """Attach what still finds room at its question; the sentences of those that do not."""
    if not papers:
        return []
    questions = {q.code: q for q in locked.call.plan.questions() if q.kind in {"file", "files"}}
    held: dict[str, list[int]] = defaultdict(list)
    for code, order in _HELD(locked.pk):
        held[code].append(order)
    rows, refused = [], []
    for code, stored in papers:
        if sentence := _no_room(questions.get(code), held[code]):
            refused.append(sentence)
            _remove(stored)
            continue
        order = max(held[code], default=0) + 1
        held[code].append(order)
        rows.append(Attachment(application=locked, question=code, stored=stored, order=order, added_by=by.user))
    _write(locked, rows, by)
    return refused


def _no_room(question: Question | None, held: Sequence[int]) -> str:
    if question is None:
        return _("表单里没有这个附件项，请刷新页面。")
    return full(question) if len(held) >= question.max_files else ""


def _write(locked: Application, rows: list[Attachment], by: Actor) -> None:
    if not rows:
        return
    _STORE([row.stored for row in rows])
    for row in rows:
        row.stored = row.stored  # now that it has a key
    _ATTACH(rows)
    jobs.enqueue(READ_PAPERS, args={"application": locked.pk}, by=by, scope_path=locked.scope_path)
    audit.record_many(
        {"action": "attach_file", "by": by, "on": locked, "detail": said_of(row.stored), "scope_path": locked.scope_path}
        for row in rows
    )  # fmt: skip

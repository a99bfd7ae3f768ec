"""What a team does with the papers of its entry once they are there: say what each shows, put them in order, change one,
take one off, and put it back."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from kechuang.base import audit, clock, jobs
from kechuang.base.errors import Refused
from kechuang.base.files.pictures import keep_poster
from kechuang.base.models import StoredFile
from kechuang.engine.applications.actions import attach_file, detach_file, editable
from kechuang.engine.applications.blindness import read_papers
from kechuang.engine.applications.models import Application, Attachment
from kechuang.orgs.actor import Actor

DISCARD_PAPER = "applications.discard_paper"
KEPT_FOR = timedelta(days=1)
"""How long a paper that was taken off can be put back."""
CAPTION = 200


@dataclass(frozen=True)
class Removed:
    """A paper that was taken off, with all that puts it back as it was."""

    stored: str
    question: str
    name: str
    caption: str = ""
    order: int = 1

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def _paper(application: Application, pk: int) -> Attachment:
    found = application.attachments.filter(pk=pk).select_related("stored").first()
    if found is None:
        raise Refused(_("这个附件已经不在了，可能同学刚刚删除或更换了它。请看列表里现在的样子。"))
    return found


def _saved(application: Application) -> None:
    application.saved_at = clock.now()
    application.save(update_fields=["saved_at"])


@transaction.atomic
def caption_files(application: Application, told: Mapping[int, str], *, by: Actor) -> int:
    """Say what papers show, by the key of each; returns how many changed. Too long a caption is refused, the others wait."""
    locked = editable(application, by)
    rows = [row for row in locked.attachments.all() if row.pk in told and told[row.pk].strip() != row.caption]
    for row in rows:
        row.caption = told[row.pk].strip()
        if len(row.caption) > CAPTION:
            raise Refused(_("附件说明最多 %(max)s 字，现在是 %(now)s 字。") % {"max": CAPTION, "now": len(row.caption)})
    if rows:
        Attachment.objects.bulk_update(rows, ["caption"])
        _saved(locked)
    return len(rows)


@transaction.atomic
def order_files(application: Application, question: str, order: Sequence[int], *, by: Actor) -> None:
    """Put the papers of a question in this order; papers that `order` does not name (a mate's new one) follow as they stood."""
    locked = editable(application, by)
    rows = list(locked.attachments.filter(question=question))
    place = {pk: n for n, pk in enumerate(order)}
    rows.sort(key=lambda row: place.get(row.pk, len(place)))
    for n, row in enumerate(rows, 1):
        row.order = n
    Attachment.objects.bulk_update(rows, ["order"])
    _saved(locked)
    audit.record("order_files", by=by, on=locked, detail={"question": question}, scope_path=locked.scope_path)


def move_file(application: Application, pk: int, step: int, *, by: Actor) -> Attachment:
    """Move a paper up (-1) or down (+1) among those of its question; at the end it stays where it is."""
    paper = _paper(application, pk)
    keys = list(application.attachments.filter(question=paper.question).values_list("pk", flat=True))
    at = keys.index(pk)
    to = max(0, min(at + step, len(keys) - 1))
    keys.insert(to, keys.pop(at))
    order_files(application, paper.question, keys, by=by)
    return paper


@transaction.atomic
def replace_file(application: Application, pk: int, stored: StoredFile, *, by: Actor) -> Attachment:
    """Another file in the place of this one: caption and order stay. The same file sent twice changes nothing."""
    locked = editable(application, by)
    paper = _paper(locked, pk)
    if paper.stored_id == stored.pk:
        return paper
    old = paper.stored
    paper.stored, paper.words_digest, paper.traces = stored, "", {}
    paper.added_at, paper.added_by = clock.now(), by.user
    paper.save()
    _saved(locked)
    read_papers(locked, by=by)
    _discard_later(locked, old, by)
    audit.record("replace_file", by=by, on=locked, scope_path=locked.scope_path,
                 detail={"file": stored.public_id, "sha256": stored.sha256, "was": old.sha256})  # fmt: skip
    return paper


@transaction.atomic
def remove_file(application: Application, pk: int, *, by: Actor) -> Removed:
    """Take a paper off; what is returned puts it back within a day (`restore_file`). After that its bytes are deleted,
    unless it was part of a submission."""
    paper = _paper(application, pk)
    detach_file(application, paper, by=by)
    _discard_later(application, paper.stored, by)
    return Removed(paper.stored.public_id, paper.question, paper.stored.name, paper.caption, paper.order)


@transaction.atomic
def restore_file(application: Application, removed: Removed, *, by: Actor) -> Attachment:
    """Put a paper back where it was, with its caption."""
    stored = StoredFile.objects.filter(public_id=removed.stored).first()
    if stored is None:
        raise Refused(_("“%(name)s”删除已超过一天，找不回来了。请重新上传。") % {"name": removed.name})
    back = application.attachments.filter(stored=stored).first()
    if back is not None:
        return back
    paper = attach_file(application, removed.question, stored, by=by, caption=removed.caption)
    keys = [
        pk for pk in application.attachments.filter(question=removed.question).values_list("pk", flat=True)
        if pk != paper.pk
    ]  # fmt: skip
    before = application.attachments.filter(question=removed.question, order__lt=removed.order).exclude(pk=paper.pk)
    keys.insert(before.count(), paper.pk)
    order_files(application, removed.question, keys, by=by)
    return paper


@transaction.atomic
def keep_frame(application: Application, pk: int, upload: Any, *, by: Actor) -> None:
    """Keep the frame that the browser of the team took of a video."""
    locked = editable(application, by)
    keep_poster(_paper(locked, pk).stored, upload)


def _discard_later(application: Application, stored: StoredFile, by: Actor) -> None:
    """What was once submitted stays, as part of what was submitted."""
    if application.submitted_at is None:
        jobs.enqueue(
            DISCARD_PAPER, args={"stored": stored.pk}, by=by, after=KEPT_FOR, scope_path=application.scope_path
        )

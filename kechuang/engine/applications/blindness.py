"""Where an entry still tells who made it: names, schools and districts in what blind experts will read.

Texts are searched whenever they are shown. Papers are read by a job, and what was found stays with the attachment under the
digest of the words that were looked for: another team mate, and the paper is read again.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from kechuang.base import jobs
from kechuang.base.spotting import Word, school_forms, spot
from kechuang.engine.applications.models import Application, Attachment, NotAName
from kechuang.engine.applications.rules import is_shown
from kechuang.engine.programme.codec import digest
from kechuang.engine.programme.declaration import Question
from kechuang.orgs.models import Guardianship, Org

READ_PAPERS = "applications.read_papers"
UNREAD = frozenset({"statement"})


@dataclass(frozen=True)
class Trace:
    """A word that still stands somewhere. `place` names it for good, `label` and `page` for a reader, `anchor` leads there."""

    place: str
    label: str
    word: str
    kind: str
    anchor: str
    page: int = 0
    is_let_stand: bool = False


def telling_words(application: Application) -> list[Word]:
    """What must not stand in what blind experts read: team, advisers, guardians; the school, its group, its district."""
    members = [member.person for member in application.members.all()]
    guardians = Guardianship.objects.standing().filter(pupil__in=members).select_related("guardian")
    words = [Word(person.name, "member") for person in members]
    words += [Word(adviser.person.name, "adviser") for adviser in application.advisers.all()]
    words += [Word(row.guardian.name, "guardian") for row in guardians]
    words += _of_orgs(application.org)
    return sorted({word for word in words if len(word.text.strip()) > 1}, key=lambda word: (-len(word.text), word.text))


def _of_orgs(school: Org) -> Iterator[Word]:
    district, group = school.parent, school.group
    places = [district.name, district.parent.name if district.parent else ""] if district else []
    yield from (Word(form, "school") for form in school_forms(school.name, school.short_name, places))
    yield Word(school.name_en, "school")
    if group:
        yield from (Word(form, "group") for form in (group.name, group.short_name, group.name_en))
    if district and not district.is_line and district.pk != school.pk:
        yield from (Word(form, "district") for form in (district.name, district.name_en))


def digest_of(words: Iterable[Word]) -> str:
    return digest([[word.text, word.kind] for word in words])


def traces(application: Application) -> list[Trace]:
    """All that stands now, texts first; what its team says is no name is marked. Where no round is blind, nothing needs to go."""
    if not any(round.blind for round in application.call.plan.rounds):
        return []
    words = telling_words(application)
    let_stand = set(NotAName.objects.filter(application=application).values_list("place", "word"))
    found = [*_in_texts(application, words), *_in_papers(application, words)]
    return [_marked(trace, let_stand) for trace in dict.fromkeys(found)]


def _marked(trace: Trace, let_stand: set[tuple[str, str]]) -> Trace:
    is_let_stand = (trace.place, trace.word) in let_stand
    return Trace(trace.place, trace.label, trace.word, trace.kind, trace.anchor, trace.page, is_let_stand)


def _in_texts(application: Application, words: Sequence[Word]) -> Iterator[Trace]:
    basics = (("title", _("作品名称")), ("title_en", _("英文名称")), ("abstract", _("摘要")))
    for name, label in basics:
        yield from _standing(name, label, f"id_a-{name}", getattr(application, name), words)
    for question in _read_blind(application):
        text = _text(application.answers.get(question.code))
        yield from _standing(f"q-{question.code}", _(question.label), f"q-{question.code}", text, words)


def _read_blind(application: Application) -> list[Question]:
    """The questions whose answers blind experts read."""
    return [
        question
        for question in application.call.plan.questions()
        if not question.hidden_when_blind
        and question.kind not in UNREAD
        and is_shown(question, application.answers, application.stage)
    ]


def _text(value: Any) -> str:
    if isinstance(value, list):
        return "\n".join(_text(one) for one in value)
    return "" if value is None else str(value)


def _standing(place: str, label: str, anchor: str, text: str, words: Sequence[Word]) -> Iterator[Trace]:
    for found in spot(text, words):
        yield Trace(place, label, found.word.text, found.word.kind, anchor)


def _in_papers(application: Application, words: Sequence[Word]) -> Iterator[Trace]:
    """File names, captions, and what the job has found inside."""
    labels = {question.code: _(question.label) for question in _read_blind(application)}
    for paper in application.attachments.select_related("stored"):
        if paper.question not in labels:
            continue
        anchor, name = f"q-{paper.question}", paper.stored.name
        yield from _standing(f"name-{paper.pk}", _("文件名“%(name)s”") % {"name": name}, anchor, name, words)
        yield from _standing(
            f"caption-{paper.pk}", _("“%(name)s”的说明") % {"name": name}, anchor, paper.caption, words
        )
        for row in paper.traces.get("found", []):
            yield Trace(
                f"file-{paper.pk}", _("文件“%(name)s”") % {"name": name}, row["word"], row["kind"], anchor, row["page"]
            )


def read_papers(application: Application, *, by: Any = None) -> None:
    """Have the papers read that were not, or not for this team, in the caller's transaction."""
    if application.attachments.filter(words_digest="").exists():
        jobs.enqueue(READ_PAPERS, args={"application": application.pk}, by=by, scope_path=application.scope_path)


def read_papers_again(application: Application, *, by: Any = None) -> None:
    """The team has changed: other names are looked for."""
    if application.attachments.update(words_digest=""):
        read_papers(application, by=by)


def unread(application: Application, looked_for: str) -> list[Attachment]:
    return list(application.attachments.exclude(words_digest=looked_for).select_related("stored"))

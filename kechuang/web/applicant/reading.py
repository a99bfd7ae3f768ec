"""An application as it is read: by the team, the guardian, officers, and, blind, as experts will see it."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from kechuang.base.enums import FileKind
from kechuang.base.masking import mask_name
from kechuang.base.prepared import NUMBER, Prepared
from kechuang.engine.applications.models import Application, Attachment, Movement
from kechuang.engine.applications.perform import takes_part
from kechuang.engine.applications.queries import Milestone
from kechuang.engine.applications.rules import division_name, is_blank, is_shown
from kechuang.engine.programme.declaration import Question
from kechuang.orgs.actor import Actor


@dataclass(frozen=True)
class Paper:
    """An attachment with the name it is shown under."""

    attachment: Attachment
    name: str

    @property
    def caption(self) -> str:
        return self.attachment.caption

    @property
    def shape(self) -> str:
        kind = self.attachment.stored.kind
        return kind if kind in {FileKind.PDF, FileKind.IMAGE, FileKind.VIDEO} else "other"


@dataclass(frozen=True)
class Answered:
    """A question with its answer in words; `rows` for tables, `papers` for files."""

    question: Question
    text: str = ""
    rows: Sequence[Sequence[str]] = ()
    papers: Sequence[Paper] = ()

    @property
    def is_blank(self) -> bool:
        return not (self.text or self.rows or self.papers)


@dataclass(frozen=True)
class Part:
    name: str
    answers: list[Answered]


def parts(application: Application, *, blind: bool = False) -> list[Part]:
    """The form as it was answered: only the questions that were asked, and blind without those that tell who it is."""
    papers = _papers(application, blind=blind)
    found = []
    for section in application.call.plan.form:
        shown = [
            q
            for q in section.questions
            if q.kind != "statement" and is_shown(q, application.answers, application.stage)
        ]
        answers = [_answered(q, application, papers[q.code]) for q in shown if not (blind and q.hidden_when_blind)]
        if answers:
            found.append(Part(_(section.name), answers))
    return found


_STORED = tuple(f"stored__{name}" for name in ("public_id", "name", "kind", "size", "content_type", "has_picture"))
"""What a page shows of a paper."""
_PAPERS: Prepared[Attachment] = Prepared(
    lambda pk: Attachment.objects.filter(application=pk).select_related("stored")
    .only("application", "question", "order", "caption", *_STORED).order_by("question", "order", "pk"),
    NUMBER,
)  # fmt: skip


def _papers(application: Application, *, blind: bool) -> dict[str, list[Paper]]:
    labels = {question.code: question.label for question in application.call.plan.questions()}
    found: dict[str, list[Paper]] = defaultdict(list)
    for attachment in _PAPERS(application.pk):
        number = len(found[attachment.question]) + 1
        name = attachment.stored.name
        if blind:
            label = labels.get(attachment.question, "")
            name = _("%(label)s %(n)s") % {"label": _(label) if label else "", "n": number}
        found[attachment.question].append(Paper(attachment, name))
    return found


def _answered(question: Question, application: Application, papers: Sequence[Paper]) -> Answered:
    value = application.answers.get(question.code)
    if question.kind in {"file", "files"}:
        return Answered(question, papers=papers)
    if is_blank(question, value, 0):
        return Answered(question)
    if question.kind == "table":
        return Answered(question, rows=value)
    return Answered(question, text=spoken(question, value))


def spoken(question: Question, value: Any) -> str:
    """An answer as a reader sees it."""
    if question.kind == "yes_no":
        return {"yes": _("是"), "no": _("否")}.get(str(value), "")
    if isinstance(value, list):
        return "、".join(_(str(one)) if question.choices else str(one) for one in value)
    return _(str(value)) if question.choices else str(value)


def division_words(application: Application) -> str:
    return division_name(application.call.plan, application.division) if application.division else ""


@dataclass(frozen=True)
class Who:
    """The people of an application as this reader may see them."""

    members: list[tuple[str, str, str]]
    advisers: list[str]


def who(application: Application, *, is_open: bool) -> Who:
    """Names in full for those who may see them (`sees_names`); masked for the rest."""
    members = [(_name(m.person.name, is_open), m.school.name, m.share) for m in application.members.all()]
    return Who(members, [_name(a.person.name, is_open) for a in application.advisers.all()])


def sees_names(application: Application, actor: Actor, *, inside: bool) -> bool:
    """The team, its guardians, and offices that may see people."""
    return inside or actor.can("person.view", application)


def is_inside(application: Application, actor: Actor) -> bool:
    """The team or one of its guardians, rather than an office."""
    return takes_part(actor, application) or Application.objects.own(actor).filter(pk=application.pk).exists()


def _name(name: str, is_open: bool) -> str:
    return name if is_open else mask_name(name)


def spine(milestones: Iterable[Milestone], application: Application) -> list[dict[str, Any]]:
    """The timeline as the kit draws it; the kit itself marks what is now."""
    return [
        {
            "title": _(application.state_info.label) if milestone.is_now else milestone.label,
            "at": milestone.at,
            "by": milestone.by,
            "note": milestone.reason,
            "state": "now" if milestone.is_now else "next" if milestone.is_ahead else "done",
        }
        for milestone in milestones
    ]


def last_return(application: Application) -> Movement | None:
    """The move that handed the application back, with its reason, while it is back."""
    if application.state not in {"returned", "incomplete"}:
        return None
    return application.movements.filter(target=application.state).order_by("-pk").first()

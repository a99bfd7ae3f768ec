"""The application as its team fills it in: sections with their progress, questions with their fields, and what is still missing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.forms import BoundField, CheckboxSelectMultiple, RadioSelect
from django.urls import reverse
from django.utils.translation import gettext as _

from kechuang.base import clock
from kechuang.engine.applications import rules
from kechuang.engine.applications.blindness import Trace, traces
from kechuang.engine.applications.models import Application, Attachment, SignedPledge, TeamMember
from kechuang.engine.applications.queries import Gap, gaps
from kechuang.engine.programme.declaration import Pledge, Question
from kechuang.orgs.actor import Actor
from kechuang.orgs.queries import missing_consents
from kechuang.orgs.rules import CHILD_UNTIL
from kechuang.web.applicant.forms import PREFIX, EntryForm, values_of
from kechuang.web.applicant.partner import PartnerBox, box_of
from kechuang.web.applicant.people import place_of

TICKS = (RadioSelect, CheckboxSelectMultiple)
BASICS = frozenset({"title", "title_en", "stage", "discipline", "abstract"})


@dataclass(frozen=True)
class Asked:
    """A question on the page. `bound` is its field; files and statements have none."""

    question: Question
    bound: BoundField | None
    is_shown: bool
    is_required: bool
    is_answered: bool
    show_if: str = ""
    show_for: str = ""
    attachments: Sequence[Attachment] = ()
    purpose: str = ""
    removed: Mapping[str, Any] | None = None
    files_url: str = ""
    files_template: str = "applicant/files.html"

    @property
    def anchor(self) -> str:
        return f"q-{self.question.code}"

    @property
    def max_bytes(self) -> int:
        return self.question.max_megabytes * 1024 * 1024

    @property
    def accept(self) -> str:
        return ",".join(f".{ending}" for ending in self.question.file_types)

    @property
    def room(self) -> int:
        return max(0, self.question.max_files - len(self.attachments))

    @property
    def is_full(self) -> bool:
        return self.room == 0

    @property
    def is_many(self) -> bool:
        return self.question.max_files > 1

    @property
    def is_tick(self) -> bool:
        """Whether an empty answer sends nothing, so that a hidden field must say that it was asked."""
        return self.bound is not None and isinstance(self.bound.field.widget, TICKS)

    @property
    def label(self) -> str:
        return _(self.question.label)

    @property
    def help(self) -> str:
        """Help ends as a sentence, because the kit goes on with the size limit."""
        text = _(self.question.help) if self.question.help else ""
        return _("%(help)s。") % {"help": text} if text and text[-1] not in "。.！？" else text

    @property
    def input_name(self) -> str:
        return f"file-{self.question.code}"

    @property
    def length(self) -> int:
        return len(str(self.bound.value() or "")) if self.bound else 0


@dataclass(frozen=True)
class Chapter:
    """A section of the page with its progress: how many of the required are there."""

    anchor: str
    name: str
    done: int
    total: int
    help: str = ""
    questions: Sequence[Asked] = ()
    errors: int = 0

    @property
    def is_done(self) -> bool:
        return self.done >= self.total and not self.errors

    @property
    def owed(self) -> int:
        return max(0, self.total - self.done)


@dataclass(frozen=True)
class Mate:
    """A member as the page shows it: class, whether consent stands, and whose turn it is if not."""

    member: TeamMember
    place: str
    has_consent: bool
    todo: str = ""
    url: str = ""


@dataclass(frozen=True)
class Signing:
    pledge: Pledge
    signed: SignedPledge | None
    is_current: bool
    detail: str = ""


@dataclass(frozen=True)
class Missing:
    """A gap and the place on the page where it is mended."""

    text: str
    anchor: str


@dataclass
class Sheet:
    application: Application
    form: EntryForm
    basics: Chapter
    chapters: list[Chapter]
    team: Chapter
    pledges: Chapter
    consents: Chapter
    mates: list[Mate]
    signings: list[Signing]
    missing: list[Missing]
    traces: list[Trace] = field(default_factory=list)
    partner: PartnerBox | None = None

    @property
    def all_chapters(self) -> list[Chapter]:
        if not self.has_team:
            consents = [self.consents] if self.application.call.plan.of_pupils else []
            return [self.basics, *self.chapters, *consents, *self._partner_chapter(), self.pledges]
        return [self.basics, *self.chapters, self.team, self.consents, self.pledges]

    def _partner_chapter(self) -> list[Chapter]:
        box = self.partner
        return [Chapter("partner", _(box.plan.label), int(box.is_confirmed), 1)] if box else []

    @property
    def has_team(self) -> bool:
        return self.application.call.plan.applicant == "team"

    @property
    def signed(self) -> list[Signing]:
        return [signing for signing in self.signings if signing.is_current]

    @property
    def unsigned(self) -> list[Signing]:
        """What can still be signed together with the submission."""
        return [signing for signing in self.signings if not signing.is_current]

    @property
    def unmet(self) -> list[Missing]:
        """What is missing besides signatures."""
        return [one for one in self.missing if one.anchor != ANCHORS["pledges"]]

    @property
    def done(self) -> int:
        """How many sections are complete."""
        return sum(chapter.is_done for chapter in self.all_chapters)


def target_of(application: Application) -> str:
    """The state that the next submission leads to: its required questions are the marked ones."""
    return "recommended" if application.state == "incomplete" else "submitted"


def sheet_of(
    application: Application,
    actor: Actor,
    *,
    typed: Mapping[str, Any] | None = None,
    errors: Mapping[str, str] | None = None,
    details: Mapping[str, str] | None = None,
    removed: Mapping[str, Any] | None = None,
) -> Sheet:
    """Everything the form page shows; `typed` are values that were not taken, with their `errors`; `removed` are files that
    can be put back, by question."""
    target = target_of(application)
    form = EntryForm(application.call.plan, {**values_of(application), **(typed or {})}, target=target, errors=errors)
    attachments = _by_question(application)
    found = gaps(application)
    mates = mates_of(application, actor)
    signings = _signings(application, details or {})
    return Sheet(
        application, form, _basics(application, form),
        [_chapter(application, form, section, attachments, target, removed or {}) for section in application.call.plan.form],
        team=Chapter("team", _("团队与指导教师"), int(not any(g.section == "team" for g in found)), 1),
        pledges=Chapter("pledges", _("声明与承诺"), sum(s.is_current for s in signings), len(signings)),
        consents=Chapter("consents", _("参赛同意"), sum(m.has_consent for m in mates), len(mates)),
        mates=mates, signings=signings, missing=located(application, found), traces=traces(application), partner=box_of(application),
    )  # fmt: skip


def _by_question(application: Application) -> dict[str, list[Attachment]]:
    found: dict[str, list[Attachment]] = {}
    for attachment in application.attachments.select_related("stored"):
        found.setdefault(attachment.question, []).append(attachment)
    return found


def _basics(application: Application, form: EntryForm) -> Chapter:
    wanted = rules.basics(application.call.plan)
    done = sum(bool(getattr(application, name).strip()) for name in wanted)
    return Chapter("basics", _("基本信息"), done, len(wanted), errors=len(BASICS & form.errors.keys()))


def _chapter(
    application: Application, form: EntryForm, section: Any, attachments: Mapping[str, list[Attachment]], target: str,
    removed: Mapping[str, Any],
) -> Chapter:  # fmt: skip
    asked = [
        asked_of(application, q, form, attachments.get(q.code, []), target, removed=removed.get(q.code))
        for q in section.questions
    ]
    owed = [one for one in asked if one.is_required and one.is_shown]
    return Chapter(
        f"s-{section.code}", _(section.name), sum(one.is_answered for one in owed), len(owed), section.help, asked,
        errors=sum(one.question.code in form.errors for one in asked),
    )  # fmt: skip


def asked_of(
    application: Application, question: Question, form: EntryForm | None, attachments: Sequence[Attachment], target: str,
    *, removed: Mapping[str, Any] | None = None,
) -> Asked:  # fmt: skip
    condition = question.show_if
    return Asked(
        question,
        bound=form[question.code] if form and question.code in form.fields else None,
        is_shown=rules.is_shown(question, application.answers, application.stage),
        is_required=rules.is_required(question, target),
        is_answered=not rules.is_blank(question, application.answers.get(question.code), len(attachments)),
        show_if=f"{PREFIX}-{condition.question}={'|'.join(condition.values)}" if condition else "",
        show_for=f"{PREFIX}-stage={'|'.join(question.stages)}" if question.stages else "",
        attachments=attachments,
        purpose=f"application:{application.public_id}:{question.code}",
        removed=removed,
        files_url=reverse("application_files", args=[application.public_id, question.code]),
    )


def mates_of(application: Application, actor: Actor) -> list[Mate]:
    """The team with what each still has to answer: under 14 the guardian, from 14 the pupil (PIPL art. 31)."""
    members = list(application.members.select_related("person__pupil"))
    purposes = application.call.plan.consents
    without = missing_consents({member.person_id for member in members}, purposes)
    return [_mate(member, member.person_id in without, purposes, actor) for member in members]


def _mate(member: TeamMember, is_missing: bool, purposes: Sequence[str], actor: Actor) -> Mate:
    record = getattr(member.person, "pupil", None)
    place = place_of(record) if record else ""
    if not is_missing:
        return Mate(member, place, has_consent=True)
    age = record.age_on(clock.today()) if record else None
    by_guardian = age is None or age < CHILD_UNTIL
    is_me = actor.person is not None and actor.person.pk == member.person_id
    if by_guardian:
        todo = _("未满 14 周岁，请监护人用学校发放的注册码注册后在线答复。")
    elif is_me:
        todo = _("请你阅读后答复，平台会通知你的监护人。")
    else:
        todo = _("已满 14 周岁，请本人登录后答复。")
    url = (
        reverse("consent", args=[member.person.public_id, purposes[0]])
        if is_me and not by_guardian and purposes
        else ""
    )
    return Mate(member, place, has_consent=False, todo=todo, url=url)


def _signings(application: Application, details: Mapping[str, str]) -> list[Signing]:
    """`details` are explanations that were written and not signed yet."""
    signed = {row.code: row for row in application.pledges.all()}
    return [_signing(p, signed.get(p.code), details.get(f"detail-{p.code}", "")) for p in application.call.plan.pledges]


def _signing(pledge: Pledge, signed: SignedPledge | None, written: str) -> Signing:
    is_current = signed is not None and signed.text_digest == rules.pledge_digest(pledge)
    return Signing(pledge, signed, is_current, written or (signed.detail if signed else ""))


ANCHORS = {"team": "team", "consent": "consents", "pledges": "pledges", "partner": "partner"}


def located(application: Application, found: Sequence[Gap]) -> list[Missing]:
    """Each gap with its place: the field for an answer, the section for the rest."""
    places = {label: f"id_{PREFIX}-{name}" for name, label in rules.basics(application.call.plan).items()}
    places |= {_(question.label): f"q-{question.code}" for question in application.call.plan.questions()}
    return [Missing(_(gap.text), ANCHORS.get(gap.section) or places.get(gap.text, "basics")) for gap in found]

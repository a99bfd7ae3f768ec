"""What a guardian (or a pupil) sees of the consents: each purpose with where it stands, who may answer, and what it rests on."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _

from kechuang.base import clock
from kechuang.engine.applications.models import Application
from kechuang.orgs.actor import Actor
from kechuang.orgs.enums import ConsentPurpose
from kechuang.orgs.models import Consent, ConsentText, Person
from kechuang.orgs.rules import ADULT_FROM, CHILD_UNTIL, consent_stands, may_grant_consent

ENDED = ("withdrawn", "rejected", "not_awarded", "not_endorsed", "not_recommended", "disqualified", "revoked")


@dataclass(frozen=True)
class Standing:
    """One purpose for one pupil: `state` is granted, refused, withdrawn or waiting."""

    purpose: ConsentPurpose
    title: str
    state: str
    is_asked_now: bool
    last: Consent | None = None

    @property
    def label(self) -> str:
        return {"granted": _("已同意"), "refused": _("不同意"), "withdrawn": _("已撤回"), "waiting": _("未答复")}[
            self.state
        ]

    @property
    def tone(self) -> str:
        if self.state == "waiting":
            return "warning" if self.is_asked_now else "muted"
        return {"granted": "success", "refused": "muted", "withdrawn": "muted"}[self.state]


@dataclass(frozen=True)
class Child:
    person: Person
    place: str
    standings: list[Standing]
    applications: list[Application]
    is_self: bool
    by_guardian: bool

    @property
    def waiting(self) -> int:
        return sum(one.is_asked_now and one.state == "waiting" for one in self.standings)


def children_seen(actor: Actor) -> list[Child]:
    """The actor's children, and themselves when they are a pupil; in a fixed number of queries."""
    if actor.person is None:
        return []
    people = list(Person.objects.filter(Person.objects.all().own_rows(actor)).pupils().select_related("pupil__school"))
    history = _history(people)
    texts = _texts()
    entered = _entered(people)
    return [_child(person, actor, history.get(person.pk, []), texts, entered.get(person.pk, [])) for person in people]


def _texts() -> dict[ConsentPurpose, ConsentText | None]:
    """The text in force of every purpose, by one query: the last one that took effect."""
    due = ConsentText.objects.filter(effective_from__lte=clock.today()).order_by("effective_from", "version")
    found: dict[str, ConsentText] = {}
    for text in due:
        before = found.get(text.purpose)
        text.asked_since = text.version if text.asks_again else before.asked_since if before else 0
        found[text.purpose] = text
    return {purpose: found.get(purpose) for purpose in ConsentPurpose}


def _history(people: Iterable[Person]) -> dict[int, list[Consent]]:
    found: dict[int, list[Consent]] = {}
    for consent in Consent.objects.filter(pupil__in=people).select_related("by", "text").order_by("pk"):
        found.setdefault(consent.pupil_id, []).append(consent)
    return found


def _entered(people: Iterable[Person]) -> dict[int, list[Application]]:
    found: dict[int, list[Application]] = {}
    rows = (
        Application.objects.filter(members__person__in=people)
        .exclude(state__in=ENDED)
        .select_related("call__org", "org")
    )
    for application in rows.prefetch_related("members").distinct():
        for member in application.members.all():
            found.setdefault(member.person_id, []).append(application)
    return found


def _child(
    person: Person,
    actor: Actor,
    history: list[Consent],
    texts: dict[ConsentPurpose, ConsentText | None],
    applications: list[Application],
) -> Child:
    asked = {purpose for application in applications for purpose in application.call.plan.consents}
    if applications:
        asked.add(ConsentPurpose.ENTERING)
    standings = [
        standing(
            purpose, text.title, [c for c in history if c.purpose == purpose], purpose in asked, since=text.asked_since
        )
        for purpose, text in texts.items()
        if text is not None
    ]
    age = age_of(person)
    is_self = actor.person == person
    return Child(person, place_words(person), standings, applications, is_self, age is None or age < CHILD_UNTIL)


def standing(
    purpose: ConsentPurpose, title: str, history: list[Consent], is_asked_now: bool, since: int = 0
) -> Standing:
    """Where a purpose stands by its whole history, not by its last row alone (orgs.rules.consent_stands).

    A yes to a text older than the version `since`, which asked everybody again, does not stand any more.
    """
    last = history[-1] if history else None
    counting = [c for c in history if c.answer != "granted" or c.text.version >= since]
    if consent_stands((c.answered_as, c.answer, c.age_then) for c in counting):
        state = "granted"
    elif last is None or last.answer == "granted":
        state = "waiting"
    else:
        state = last.answer
    return Standing(purpose, title, state, is_asked_now, last)


def asked_since(purpose: str) -> int:
    """The version from which on a yes to this purpose counts; 0 = any."""
    newest = ConsentText.objects.asking_again().filter(purpose=purpose).order_by("-version").first()
    return newest.version if newest else 0


def age_of(person: Person) -> int | None:
    record = getattr(person, "pupil", None)
    age: int | None = record.age_on(clock.today()) if record else None
    return age


def place_words(person: Person) -> str:
    record = person.pupil
    return f"{record.school.name} {record.get_grade_display()} {record.class_name}".strip()


def whose_turn(person: Person, actor: Actor) -> str:
    """Why this actor may not say yes here ("" = they may). No and withdrawal are open to both sides."""
    age = age_of(person)
    answered_as = "pupil" if actor.person == person else "guardian"
    if may_grant_consent(answered_as, age):
        return ""
    if answered_as == "pupil":
        return _("你未满 14 周岁（或学校没有登记出生日期），须由监护人答复；你可以不同意或撤回。")
    if age is not None and age >= ADULT_FROM:
        return _("学生已满 18 周岁，由本人决定。")
    return _("学生已满 14 周岁，由本人答复；答复后您会收到通知，您可以不同意或撤回。")

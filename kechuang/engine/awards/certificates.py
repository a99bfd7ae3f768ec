"""From awards to certificate rows: who gets one, and the words frozen in it."""

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext

from kechuang.base import clock
from kechuang.base.names import person_name, place_name
from kechuang.base.numbers import next_numbers
from kechuang.engine.applications.models import Application
from kechuang.engine.awards import designs, rules
from kechuang.engine.awards.models import Award, Certificate
from kechuang.engine.calls.models import Call
from kechuang.engine.codes import new_code
from kechuang.engine.enums import HolderKind
from kechuang.engine.programme.codec import digest
from kechuang.orgs.models import Person

Holder = tuple[Award, HolderKind, Person | None]


def verify_address(code: str = "") -> str:
    """Where a certificate is verified; with its code, the address in the QR."""
    return f"{settings.SITE_URL}/verify/{code}/" if code else f"{settings.SITE_URL}/verify/"


def make_certificates(call: Call, awards: Iterable[Award]) -> list[Certificate]:
    """A certificate for every holder of `awards`, numbered without gaps in the caller's transaction."""
    with_words = bool(call.plan.certificate.adviser_sentence)
    holders = [holder for award in awards for holder in _holders(award, with_words)]
    today = clock.today()
    numbers = new_numbers(call, today.year, len(holders))
    rows = [_certificate(holder, number, today) for holder, number in zip(holders, numbers, strict=True)]
    return Certificate.objects.bulk_create(rows, batch_size=500)


def new_numbers(call: Call, year: int, count: int) -> list[str]:
    """The series belongs to the prefix, so that two calls with one prefix never print the same number."""
    prefix = call.plan.certificate.number_prefix
    numbers = next_numbers(f"certificate:{prefix}", year, count) if count else range(0)
    return [rules.certificate_number(prefix, year, n) for n in numbers]


def _holders(award: Award, with_advisers: bool) -> Iterator[Holder]:
    """Every named member, or the team as one where nobody is named; every adviser if the plan has words for them."""
    members: list[Person | None] = [member.person for member in award.application.members.all()]
    if award.application.person_id:
        members = [award.application.person]
    for person in members or [None]:
        yield award, HolderKind.TEAM, person
    for adviser in award.application.advisers.all() if with_advisers else ():
        yield award, HolderKind.ADVISER, adviser.person


def _certificate(holder: Holder, number: str, day: date) -> Certificate:
    award, kind, person = holder
    words = build_words(award, kind, person, number=number, code=new_code(), day=day)
    return new_certificate(award, kind, person, words, day)


def new_certificate(award: Award, kind: str, person: Person | None, words: dict[str, Any], day: date) -> Certificate:
    return Certificate(
        award=award, holder_kind=kind, person=person, number=words["number"], code=words["code"], words=words,
        words_digest=digest(words), issued_on=day,
    )  # fmt: skip


def build_words(
    award: Award,
    kind: str,
    person: Person | None,
    *,
    number: str,
    code: str,
    day: date,
    changes: dict[str, str] | None = None,
) -> dict[str, Any]:
    """The words of one certificate; `changes` replace single values in a correction."""
    call, application, plan = award.call, award.application, award.call.plan
    values = _values(application, kind, person) | (changes or {})
    facts = rules.Facts(
        call=call.title,
        approval_number=call.approval_number,
        needs_approval_number=plan.needs_approval_number,
        title=plan.certificate.title,
        sentence=plan.certificate.adviser_sentence if kind == HolderKind.ADVISER else plan.certificate.sentence,
        issuers=plan.certificate.issuers or (call.org.name,),
        names=values["names"],
        school=values["school"],
        work=values["title"],
        prize=award.prize_name,
        advisers=values["advisers"],
        holder=_holder(kind, values["names"] if person is None and plan.applicant != "team" else person, changes or {}),
        is_organisation=plan.applicant in {"school", "organisation"},
        issued_on=day,
    )
    words = rules.certificate_words(facts, number=number, code=code, address=verify_address())
    return _designed(words, award, adviser=kind == HolderKind.ADVISER, day=day)


def _designed(words: dict[str, Any], award: Award, *, adviser: bool, day: date) -> dict[str, Any]:
    """With the design of the call frozen in, and the English words where the design shows them."""
    plan = award.call.plan.certificate
    words["design"] = designs.frozen(plan.design)
    if plan.design.languages != "zh":
        words["english"] = rules.english_part(
            _english_words(award, words, adviser=adviser, day=day), plan, adviser=adviser
        )
    return words


def _values(application: Application, kind: str, person: Person | None) -> dict[str, str]:
    pupils = [str(member.person) for member in application.members.all()]
    advisers = [str(adviser.person) for adviser in application.advisers.all()]
    holder = str(person) if person else ""
    if application.call.plan.applicant != "team":
        pupils, holder = [application.holder], application.holder
    return {
        "names": rules.team_names(holder, pupils) if kind == HolderKind.TEAM else "、".join(pupils),
        "advisers": rules.team_names(holder, advisers) if kind == HolderKind.ADVISER else "、".join(advisers),
        "school": application.org.name,
        "title": application.title,
    }


def _holder(kind: str, person: Person | str | None, changes: dict[str, str]) -> str:
    changed = changes.get("advisers" if kind == HolderKind.ADVISER else "names", "")
    return changed.split("、")[0] if changed and person else str(person or rules.UNNAMED)


def english_words_of(certificate: Certificate) -> dict[str, Any]:
    """The words of the English rendering. A name that a correction changed is spelt from the corrected Chinese."""
    adviser = certificate.holder_kind == HolderKind.ADVISER
    words = {name: value for name, value in certificate.words.items() if name != "english"}
    if design := words.get("design"):
        words["design"] = design | {"languages": "zh"}
    return _english_words(certificate.award, words, adviser=adviser, day=certificate.issued_on)


def _english_words(award: Award, words: dict[str, Any], *, adviser: bool, day: date) -> dict[str, Any]:
    application, call, values = award.application, award.call, words["values"]
    prize = call.plan.prize(award.prize)
    known = {str(person): person.name_en for person in _people(application)}
    title = application.title_en if values["title"] == application.title else ""
    school = application.org.name_en if values["school"] == application.org.name else ""
    with translation.override("en"):
        facts = rules.Facts(
            call=call.title_en or call.title, approval_number=call.approval_number, needs_approval_number=False, title="", sentence="",
            issuers=[call.org.name_en if name == call.org.name and call.org.name_en else name for name in words["issuers"]],
            names=_english_names(values["names"], known), school=_english_school(application, school or values["school"]), work=title or values["title"],
            prize=(prize.name_en if prize else "") or gettext(award.prize_name), advisers=_english_names(values["advisers"], known),
            holder=words["holder"], issued_on=day, is_organisation=bool(words.get("is_organisation")),
        )  # fmt: skip
    return rules.english_words(words, facts, adviser=adviser)


def _people(application: Application) -> Iterator[Person]:
    for member in application.members.all():
        yield member.person
    for adviser in application.advisers.all():
        yield adviser.person


def _english_names(names: str, known: dict[str, str]) -> str:
    spelt = [person_name(name, known.get(name, "")) for name in names.split("、") if name]
    return ", ".join(spelt[:-1]) + (" and " if len(spelt) > 1 else "") + spelt[-1] if spelt else ""


def _english_school(application: Application, school: str) -> str:
    """With its district, as an address is written: the smaller first."""
    district = application.org.parent
    place = (district.label, "") if district is not None and not district.is_line else ("", "")
    return place_name((place, (school, "")))

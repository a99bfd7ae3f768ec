"""What a submission must satisfy. Each guard answers for a whole batch: application id → the sentence the applicant reads."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence

from django.db.models import Count
from django.utils.translation import gettext as _

from kechuang.engine.applications import rules, steady, tallies
from kechuang.engine.applications.batch import Batch
from kechuang.engine.applications.models import Application, Attachment, SignedPledge, TeamMember
from kechuang.engine.applications.people import reporting_unit_id
from kechuang.engine.calls.models import Call, QuotaLine
from kechuang.engine.programme.registry import guard
from kechuang.orgs.models import Org, Person
from kechuang.orgs.queries import missing_consents


@guard("is_complete")
def is_complete(batch: Batch) -> dict[int, str]:
    """Every question that the target state insists on is answered."""
    attached = _attached(batch.applications)
    refused = {}
    for application in batch.applications:
        missing = rules.missing_answers(batch.call.plan, application, attached[application.pk], batch.move.target)
        if missing:
            refused[application.pk] = _("还有 %(n)s 项没有填写：%(names)s。") % {
                "n": len(missing),
                "names": "、".join(missing[:8]),
            }
    return refused


def _attached(applications: Sequence[Application]) -> dict[int, Counter[str]]:
    if len(applications) == 1:
        return {applications[0].pk: Counter(steady.PAPERS(applications[0].pk))}
    counts: dict[int, Counter[str]] = defaultdict(Counter)
    for pk, question in Attachment.objects.filter(application__in=applications).values_list(
        "application_id", "question"
    ):
        counts[pk][question] += 1
    return counts


@guard("has_consents")
def has_consents(batch: Batch) -> dict[int, str]:
    """Guardians (under 14) or the pupils have answered yes to what taking part needs (PIPL arts. 29–31)."""
    people = {member.person_id for application in batch.applications for member in application.members.all()}
    missing = missing_consents(people, batch.call.plan.consents)
    refused = {}
    for application in batch.applications:
        names = [str(m.person) for m in application.members.all() if m.person_id in missing]
        if names:
            refused[application.pk] = _(
                "还缺 %(names)s 的参赛同意：未满 14 周岁由监护人在线同意，年满 14 周岁由本人同意。"
            ) % {"names": "、".join(names)}
    return refused


@guard("has_declarations")
def has_declarations(batch: Batch) -> dict[int, str]:
    plan = batch.call.plan
    digests = {pledge.code: rules.pledge_digest(pledge) for pledge in plan.pledges}
    signed: dict[int, set[str]] = defaultdict(set)
    for pk, code, text_digest in _pledges(batch.applications):
        if digests.get(code) == text_digest:
            signed[pk].add(code)
    refused = {}
    for application in batch.applications:
        missing = [_(pledge.name) for pledge in plan.pledges if pledge.code not in signed[application.pk]]
        if missing:
            refused[application.pk] = _("还没有签署：%(names)s。") % {"names": "、".join(missing)}
    return refused


def _pledges(applications: Sequence[Application]) -> Iterable[tuple[int, str, str]]:
    if len(applications) == 1:
        return [(applications[0].pk, *signed) for signed in steady.PLEDGES(applications[0].pk)]
    rows = SignedPledge.objects.filter(application__in=applications)
    return rows.values_list("application_id", "code", "text_digest")


@guard("team_is_lawful")
def team_is_lawful(batch: Batch) -> dict[int, str]:
    """CASTIC entry rules (domain.md §2.3), as the call's team rule says."""
    refused = {}
    for application in batch.applications:
        sentence = rules.team_problem(
            batch.call.plan, application, list(application.members.all()), list(application.advisers.all())
        )
        if sentence:
            refused[application.pk] = sentence
    return refused


@guard("one_entry_per_pupil")
def one_entry_per_pupil(batch: Batch) -> dict[int, str]:
    """One entry per pupil and edition; team membership counts. The database holds it too (`team_member_one_live_entry`)."""
    people: dict[int, int] = {}
    refused: dict[int, str] = {}
    for application in batch.applications:
        for member in application.members.all():
            if people.setdefault(member.person_id, application.pk) != application.pk:
                refused[application.pk] = _taken_sentence(member)
    for other in _elsewhere(batch, people):
        refused[people[other.person_id]] = _taken_sentence(other)
    return refused


def _elsewhere(batch: Batch, people: Iterable[int]) -> Iterable[TeamMember]:
    if len(batch.applications) == 1:
        return steady.TAKEN(batch.call.pk, batch.applications[0].pk)
    others = TeamMember.objects.filter(call=batch.call, is_live=True, person__in=people)
    return others.exclude(application__in=batch.applications).select_related("person")


def _taken_sentence(member: TeamMember) -> str:
    return _("%(name)s 在本届已有另一件提交的作品；每名学生每届只能参加一件（含团队）。") % {"name": member.person}


@guard("entries_within_limit")
def entries_within_limit(batch: Batch) -> dict[int, str]:
    """Live entries of one school, organisation or person in the call, as the programme allows. Two at once take turns."""
    plan = batch.call.plan
    if plan.applicant == "team" or not plan.entries_each:
        return {}
    holder = "person_id" if plan.applicant == "person" else "org_id"
    wanted = {getattr(application, holder) for application in batch.applications}
    list(
        (Person if plan.applicant == "person" else Org).objects.select_for_update().filter(pk__in=wanted).order_by("pk")
    )
    others = Application.objects.in_race().filter(call=batch.call, **{f"{holder}__in": wanted})
    live = Counter(others.exclude(pk__in=[a.pk for a in batch.applications]).values_list(holder, flat=True))
    refused = {}
    for application in batch.applications:
        live[getattr(application, holder)] += 1
        if live[getattr(application, holder)] > plan.entries_each:
            refused[application.pk] = _("“%(holder)s”在本次申报中最多提交 %(n)s 份，已经提交满了。") % {
                "holder": application.holder,
                "n": plan.entries_each,
            }
    return refused


@guard("within_quota")
def within_quota(batch: Batch) -> dict[int, str]:
    """A district recommends within its places, in each division and in all; no quota line means no limit."""
    lines = {(line.org_id, line.division): line.places for line in QuotaLine.objects.filter(call=batch.call)}
    used = used_places(batch.call)
    names = Org.objects.in_bulk({reporting_unit_id(application.org.path) for application in batch.applications})
    refused = {}
    for application in batch.applications:
        district = names[reporting_unit_id(application.org.path)]
        full = [
            division
            for division in (application.division, "")
            if (district.pk, division) in lines and used[district.pk, division] >= lines[district.pk, division]
        ]
        if full:
            refused[application.pk] = _(
                "%(district)s 的推荐名额已用完（%(n)s 个），不能再推荐“%(title)s”。可以先撤销一件推荐。"
            ) % {
                "district": district,
                "n": lines[district.pk, full[0]],
                "title": application,
            }
            continue
        used[district.pk, application.division] += 1
        used[district.pk, ""] += 1
    return refused


RECOMMENDED = (
    "recommended",
    "incomplete",
    "screened",
    "rejected",
    "in_review",
    "in_defence",
    "in_publicity",
    "awarded",
    "not_awarded",
)
"""States that have used a place: a work rejected by the city's check is not replaced."""


def used_places(call: Call) -> Counter[tuple[int, str]]:
    """Places used so far, by (district, division) and (district, "")."""
    rows = Application.objects.filter(call=call, state__in=RECOMMENDED)
    used: Counter[tuple[int, str]] = Counter()
    for application in rows.values("org__path", "division").annotate(n=Count("pk")).order_by():
        district = reporting_unit_id(application["org__path"])
        used[district, application["division"]] += application["n"]
        used[district, ""] += application["n"]
    return used


def counted_places(call: Call) -> Counter[tuple[int, str]]:
    """`used_places` as the moves have counted it: for pages, whose cost must not grow with the entries."""
    found = tallies.by_division([call], RECOMMENDED)
    return Counter({(unit, division): n for (_call, unit, division), n in found.items()})

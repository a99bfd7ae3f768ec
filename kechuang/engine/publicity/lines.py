"""The lines of a notice: what the public may read of each entry, frozen on the day it is published."""

from collections import defaultdict
from collections.abc import Iterable

from kechuang.engine.applications.models import Application, TeamMember
from kechuang.engine.decisions.models import Decision, DecisionLine
from kechuang.engine.programme.declaration import Programme
from kechuang.engine.publicity.models import NoticeLine, PublicNotice
from kechuang.engine.publicity.rules import shown_names
from kechuang.orgs.queries import missing_consents


def chosen_lines(decision: Decision) -> list[DecisionLine]:
    """The lines that are made public, in the order of the list: division, prize, rank."""
    lines = decision.lines.filter(is_chosen=True).select_related("application__org", "application__person")
    plan = decision.call.plan
    divisions = {f"{stage}.{code}": n for n, (stage, code) in enumerate(plan.divisions())}
    prizes = {prize.code: n for n, prize in enumerate(plan.prizes.prizes)}
    return sorted(
        lines,
        key=lambda line: (divisions.get(line.division, 999), prizes.get(line.prize, 999), line.rank or 10**6, line.pk),
    )


def freeze_lines(notice: PublicNotice, struck: Iterable[Application] = ()) -> list[NoticeLine]:
    """Write the lines of `notice`; `struck` entries stand at the end, without names, as taken off the list."""
    return NoticeLine.objects.bulk_create(lines_as_of_now(notice, struck), batch_size=500)


def lines_as_of_now(notice: PublicNotice, struck: Iterable[Application] = ()) -> list[NoticeLine]:
    """The lines as they would be published at this moment; not saved."""
    plan = notice.call.plan
    chosen = chosen_lines(notice.decision)
    gone = [application for application in struck if application.pk not in {line.application_id for line in chosen}]
    if plan.of_pupils:
        names = public_names([line.application_id for line in chosen], plan.notice.consent_purpose)
    else:
        names = {line.application_id: line.application.holder for line in chosen}
    lines = [_line(notice, n, line, plan, names[line.application_id]) for n, line in enumerate(chosen, 1)]
    lines += [_struck_line(notice, len(chosen) + n, application) for n, application in enumerate(gone, 1)]
    return lines


def _line(notice: PublicNotice, order: int, line: DecisionLine, plan: Programme, names: str) -> NoticeLine:
    prize = plan.prize(line.prize)
    return NoticeLine(
        notice=notice,
        application=line.application,
        order=order,
        division=line.division,
        prize=line.prize,
        prize_name=prize.name if prize else "",
        title=line.application.title,
        school=line.application.org.name[:120],
        names=names[:200],
    )


def _struck_line(notice: PublicNotice, order: int, application: Application) -> NoticeLine:
    return NoticeLine(
        notice=notice,
        application=application,
        order=order,
        division=application.division,
        title=application.title,
        school=application.org.name[:120],
        is_struck=True,
    )


def public_names(application_ids: Iterable[int], purpose: str) -> dict[int, str]:
    """Per application the names as the public may read them; empty where nobody of the team is named at all."""
    members: dict[int, list[TeamMember]] = defaultdict(list)
    ids = list(application_ids)
    for member in (
        TeamMember.objects.filter(application__in=ids)
        .select_related("person")
        .order_by("application_id", "order", "id")
    ):
        members[member.application_id].append(member)
    people = {member.person_id for team in members.values() for member in team}
    missing = missing_consents(people, (purpose,)) if people else set()
    return {
        pk: shown_names([str(m.person) for m in members[pk]], [m.person_id not in missing for m in members[pk]])
        for pk in ids
    }

"""Entries of pupils who change school. What is not handed in goes along; what is in the race stays with the school that sent it."""

from collections import defaultdict
from collections.abc import Sequence

from kechuang.base import audit
from kechuang.engine.applications import tallies
from kechuang.engine.applications.models import BEFORE_SUBMISSION, Application, TeamMember
from kechuang.orgs.actor import Actor
from kechuang.orgs.models import Org, PupilRecord
from kechuang.orgs.moves import Moved


def take_along(moves: Sequence[Moved], by: Actor) -> None:
    """Drafts and returned entries whose whole team now learns at the new school are entries of that school; in a mixed team the
    pupil alone is of the new school and the entry stays where it is."""
    new = {move.person: move.new for move in moves if move.old != move.new}
    theirs = TeamMember.objects.filter(person__in=new, application__state__in=BEFORE_SUBMISSION).values("application")
    open_entries = Application.objects.filter(pk__in=theirs).select_related("org").order_by("pk")
    found = list(open_entries.select_for_update(of=("self",))) if new else []
    if not found:
        return
    teams: dict[int, list[TeamMember]] = defaultdict(list)
    for member in TeamMember.objects.filter(application__in=found):
        teams[member.application_id].append(member)
        if member.person_id in new:
            TeamMember.objects.filter(pk=member.pk).update(school=new[member.person_id])
    people = {member.person_id for team in teams.values() for member in team}
    home = dict(PupilRecord.objects.filter(person__in=people).values_list("person", "school"))
    for application in found:
        school = next(new[m.person_id] for m in teams[application.pk] if m.person_id in new)
        if {home.get(member.person_id) for member in teams[application.pk]} == {school.pk}:
            _carry(application, school, by)


def _carry(application: Application, school: Org, by: Actor) -> None:
    detail = {"from": application.org.code, "to": school.code}
    tallies.gone([application])
    application.org = school
    application.save(update_fields=["org"])
    tallies.begun([application])
    audit.record("carry_application", by=by, on=application, scope_path=school.path, detail=detail)

"""Members of a pool and visits for tests, made by the real actions."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from kechuang.base import clock
from kechuang.engine.applications.actions import begin_application, save_answers, submit_application
from kechuang.engine.applications.models import Application
from kechuang.engine.applications.perform import perform
from kechuang.engine.calls.models import Call
from kechuang.engine.models import GuestVisit, PoolMember
from kechuang.engine.visits.actions import Invitation, accept_invitation, invite, record_vetting
from kechuang.orgs.actor import Actor
from kechuang.orgs.models import Org, Person
from tests.factories.engine import an_attachment
from tests.factories.orgs import actor_for, an_officer

USCC = "91440300708461136T"


def answers_of_an_engineer(**changes: Any) -> dict[str, Any]:
    return {
        "abstract": "十年机器人研发", "discipline": "engineer", "employer": "示范机器人公司", "uscc": USCC, "post": "高级工程师", "grade": "高级职称",
        "years": "10", "fields": ["机器人", "人工智能"], "about": "机器人是怎样走路的", "languages": ["普通话"],
        "times": ["工作日下午"], "areas": ["全市"],
    } | changes  # fmt: skip


def an_engineers_application(call: Call, employer: Org, person: Person | None = None, **changes: Any) -> Application:
    """Sent in by the engineer."""
    person = person or an_officer("engineer", employer)
    by = actor_for(person)
    draft = begin_application(call, employer, by=by)
    draft, errors = save_answers(draft, answers_of_an_engineer(**changes), version=draft.version, by=by)
    assert errors == {}
    an_attachment(draft, "proof")
    return submit_application(draft, by=by, signs={"ethics": ""})


def a_member(call: Call, employer: Org, *, by: Actor, person: Person | None = None, **changes: Any) -> PoolMember:
    """Applied, vetted today and granted by `by`."""
    application = an_engineers_application(call, employer, person, **changes)
    assert application.person
    record_vetting(application.person, "clear", clock.today(), by=by)
    perform(application, "grant", by=by)
    return PoolMember.objects.select_related("person", "org", "honour").get(person=application.person)


def an_invitation(teacher: Person, days: int = 7, **changes: Any) -> Invitation:
    at = (clock.now() + timedelta(days=days)).replace(hour=15, minute=0, second=0, microsecond=0)
    facts = {
        "kind": "lecture",
        "topic": "机器人是怎样走路的",
        "audience": "八年级1班",
        "place": "报告厅",
        "starts_at": at,
        "people": 45,
    }
    return Invitation(teacher=teacher, **facts | changes)  # fmt: skip


def an_agreed_visit(member: PoolMember, school: Org, *, by: Person, teacher: Person, **changes: Any) -> GuestVisit:
    visit = invite(member, school, an_invitation(teacher, **changes), by=actor_for(by))
    return accept_invitation(visit, by=actor_for(member.person), words="乐意前来")


def names(members: Iterable[PoolMember]) -> list[str]:
    return [member.person.name for member in members]

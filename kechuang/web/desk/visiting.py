"""Visits to schools on the desk: what waits for an answer, a confirmation, a rating; and whom the office has to vet."""

from django.utils.translation import gettext as _

from kechuang.base import clock
from kechuang.engine.visits.queries import Turn, turns_of, vetting_counts
from kechuang.orgs.actor import Actor
from kechuang.web.desk.tasks import Task
from kechuang.web.navigation import address


def tasks(actor: Actor) -> list[Task]:
    found = [_turn(turn) for turn in turns_of(actor)]
    if not actor.paths("vetting.record"):
        return found
    counts, url = vetting_counts(actor, clock.today()), address("office_pools")
    if counts["waiting"]:
        found.append(Task(_("申请人等候准入查询"), url, _("去登记"), counts["waiting"], icon="shield-check"))
    if counts["over"]:
        found.append(
            Task(_("准入查询到期或即将到期"), url, _("去登记"), counts["over"], icon="shield-check", tone="warning")
        )
    return found


def _turn(turn: Turn) -> Task:
    visit = turn.visit
    title, label = {
        "answer": (_("学校邀请您到校：%(topic)s"), _("去答复")),
        "report": (_("请写下到校的反馈：%(topic)s"), _("去反馈")),
        "confirm": (_("请确认到校情况：%(topic)s"), _("去确认")),
        "rate": (_("请评价到校活动：%(topic)s"), _("去评价")),
    }[turn.act]
    over = _("%(school)s · %(name)s") % {"school": visit.org.name, "name": visit.member.person.name}
    return Task(
        title % {"topic": visit.topic}, address("guest_visit", visit.public_id), label, over=over, since=visit.created_at,
        until=visit.starts_at if turn.act == "answer" else None, icon="presentation", counts=False,
    )  # fmt: skip

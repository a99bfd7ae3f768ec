"""States that nobody comes to on the straight way: returned, passed over, refused, withdrawn, disqualified, revoked."""

import math
from collections import deque
from collections.abc import Iterable, Mapping

from kechuang.console.demo.city import DemoCity
from kechuang.engine.applications.items import verify_items, verifying_move
from kechuang.engine.applications.perform import available_moves, perform
from kechuang.engine.awards.actions import revoke_award
from kechuang.engine.models import Application, Call
from kechuang.engine.workflow.states import STATES
from kechuang.engine.workflow.workflow import Workflow
from kechuang.orgs.actor import Actor
from kechuang.orgs.models import Org

ONWARD = ("endorse", "recommend", "screen")
REASONS = {
    "return": "研究日志或活动记录缺少第二周的原始记录，请补充后重新提交。",
    "send_back": "研究日志或活动记录缺少第二周的原始记录，请补充后重新提交。",
    "decline": "材料不足以说明成效，建议积累一年再申报。",
    "ask_completion": "证明材料的公章看不清，请补充原件照片。",
    "reject": "申报主体不符合通知第二条的范围。",
    "disqualify": "经核实，材料中的两项成果不属于申报者。",
}
NOT_TAKEN = frozenset({"grant"})
"""Moves by hand that end in a prize: whoever tells a story gives those."""


def hands(city: DemoCity, org: Org, call: Call) -> list[Actor]:
    """The offices that an entry of `org` goes through: the school's, its district's, whoever runs the call."""
    schools = {school.org.pk: school.officer for school in city.all_schools()}
    units = {officer.memberships[0].org_id: officer for officer in city.unit_officers.values()}
    found = [schools.get(org.pk), units.get(org.parent_id or 0), units.get(call.org_id, city.officer)]
    return [by for by in found if by is not None]


def verify(entry: Application, by: Actor) -> None:
    """The office scores each item a little below the self-evaluation, where the programme wants that before it goes on."""
    plan = entry.call.plan
    if plan.verified_least is None:
        return
    rubric = plan.rubric_for(entry.stage)
    own = {item.code: float(entry.answers.get(f"{item.code}_points", item.points)) for item in rubric.criteria}
    marks = {code: math.floor(points * 0.98 * 2) / 2 for code, points in own.items()}
    notes = dict.fromkeys(own, "查阅台账后核定")
    verify_items(entry, marks, gates={gate.code: True for gate in rubric.gates}, notes=notes, by=by)


def step(city: DemoCity, entry: Application, names: Iterable[str]) -> bool:
    """The first of the moves that anybody may make now, made by that person; whether there was one."""
    fresh = Application.objects.select_related("call__org", "org", "created_by").get(pk=entry.pk)
    for by in [Actor.of(fresh.created_by), *hands(city, fresh.org, fresh.call)]:
        move = next((one for one in available_moves(fresh, by) if one.name in names), None)
        if move is not None:
            if move.name == verifying_move(fresh).name:
                verify(fresh, by)
            perform(fresh, move.name, by=by, reason=REASONS.get(move.name, ""))
            return True
    return False


def spread(city: DemoCity, entries: Iterable[Application]) -> None:
    """Each entry into another state that people reach by hand, as long as there are any; the entries left over stay."""
    rest = list(entries)
    if not rest:
        return
    paths = by_hand(rest[0].call.workflow, rest[0].state)
    for entry, path in zip(rest, paths.values(), strict=False):
        for name in path:
            if not step(city, entry, (name,)):
                raise LookupError(f"{entry}: nobody may {name}")


def by_hand(workflow: Workflow, start: str) -> Mapping[str, tuple[str, ...]]:
    """The shortest moves by hand from `start` to each other state, never by taking one back; in the order of the states."""
    found: dict[str, tuple[str, ...]] = {start: ()}
    ahead = deque([start])
    while ahead:
        state = ahead.popleft()
        for move in workflow.moves_from(state):
            if move.by_hand and not move.undoes and move.name not in NOT_TAKEN and move.target not in found:
                found[move.target] = (*found[state], move.name)
                ahead.append(move.target)
    return {state: found[state] for state in STATES if state in found and state != start}


def revoke_one(call: Call, *, by: Actor) -> None:
    """The last prize of a call, where it has two or more: taken back with its certificate."""
    awards = list(call.awards.order_by("pk"))
    if len(awards) > 1:
        revoke_award(awards[-1], reason="经核实，申报材料与事实不符。", by=by)

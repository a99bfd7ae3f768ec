"""Who is told of a move, in plain words. Messages leave when the transaction commits."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_noop as _n

from kechuang.base.messages import notify
from kechuang.engine.workflow.states import STATES

if TYPE_CHECKING:
    from kechuang.engine.applications.models import Application
    from kechuang.engine.applications.perform import Batch

QUIET_MOVES = frozenset({"begin_review", "shortlist", "propose", "pass", "award"})
"""Moves of a whole round: the decision, notice and award stages tell the teams in their own words."""


def tell_of_move(batch: Batch) -> None:
    """Tell the team where its application now is; a round's collective moves stay quiet."""
    if batch.move.name in QUIET_MOVES:
        return
    for application in batch.applications:
        tell_team(
            application,
            kind=f"application.{batch.move.name}",
            title=_n("“%(title)s”：%(state)s"),
            body=_n("%(call)s：“%(title)s”现在的状态是“%(state)s”。%(reason)s接下来：%(then)s。"),
            params=_words(application, batch.reason),
            by=batch.actor,
        )


def tell_team(application: Application, *, kind: str, title: str, body: str, params: dict, by=None) -> None:  # noqa: ANN001
    """One inbox message (and e-mail where there is an address) to everyone of the team with an account."""
    users = team_users(application)
    if users:
        notify(users, kind, title=title, body=body, params=params, url=f"/applications/{application.public_id}/", about=application, by=by)


def team_users(application: Application) -> list:
    people = [member.person for member in application.members.select_related("person__user")]
    people += [adviser.person for adviser in application.advisers.select_related("person__user")]
    users = {person.user_id: person.user for person in people if person.user_id}
    if application.created_by_id:
        users[application.created_by_id] = application.created_by
    return list(users.values())


def _words(application: Application, reason: str) -> dict[str, str]:
    state = STATES[application.state]
    return {
        "title": str(application),
        "call": str(application.call),
        "state": state.label,
        "then": state.then,
        "reason": f"理由：{reason}。" if reason else "",
    }

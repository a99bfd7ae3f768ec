"""Who is told of a move, in plain words and in the reader's own language. Messages leave when the transaction commits."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as mark

from kechuang.base.messages import notify
from kechuang.engine.workflow.states import STATES

if TYPE_CHECKING:
    from kechuang.engine.applications.batch import Batch
    from kechuang.engine.applications.models import Application

QUIET_MOVES = frozenset({"begin_review", "shortlist", "propose", "pass", "award", "take_in"})
"""Moves of a whole round: the decision, notice and award stages tell the teams in their own words."""

MOVED = mark("“%(title)s”：%(state)s")
WHAT_NEXT = mark("%(call)s：“%(title)s”现在的状态是“%(state)s”。接下来：%(then)s。")
WHAT_NEXT_WITH_REASON = mark("%(call)s：“%(title)s”现在的状态是“%(state)s”。理由：%(reason)s。接下来：%(then)s。")


def tell_of_move(batch: Batch) -> None:
    """Tell each team where its application now is; a round's collective moves stay quiet."""
    if batch.move.name in QUIET_MOVES:
        return
    for application in batch.applications:
        body = WHAT_NEXT_WITH_REASON if batch.reason else WHAT_NEXT
        words = {"call": application.call.title, "title": str(application), "reason": batch.reason}
        tell_team(
            application, kind=f"application.{batch.move.name}", title=MOVED, body=body, words=words, by=batch.actor
        )


def tell_team(
    application: Application, *, kind: str, title: str, body: str, words: dict[str, Any], by: Any = None
) -> None:
    """One inbox message (and a letter where there is an address) to everyone of the team, and to a nominee, with an account.

    `title` and `body` are marked sentences; besides `words` they may use %(state)s and %(then)s.
    """
    users = list({user.pk: user for user in (*team_users(application), *_nominee(application))}.values())
    if not users:
        return
    state = STATES[application.state]

    def said(sentence: str) -> Any:
        return lambda: _(sentence) % {**words, "state": _(state.label), "then": _(application.then)}

    url = f"/applications/{application.public_id}/"
    notify(users, kind, title=said(title), body=said(body), url=url, about=application, by=by)


def _nominee(application: Application) -> list[Any]:
    """Whom an office nominates: told from the submission on, which is when they may read it."""
    if not application.filled_by_id or application.state == "draft" or application.person is None:
        return []
    return [application.person.user] if application.person.user_id else []


def team_users(application: Application) -> list[Any]:
    """Accounts of members, advisers and of whoever began it; uses what was prefetched."""
    people = [member.person for member in application.members.all()] + [
        adviser.person for adviser in application.advisers.all()
    ]
    users = {person.user_id: person.user for person in people if person.user_id}
    if application.created_by_id:
        users[application.created_by_id] = application.created_by
    return list(users.values())

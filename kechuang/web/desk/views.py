"""One desk for everybody: what needs you now, what is under way, a few figures; by whatever roles you hold."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from kechuang.orgs.actor import Actor
from kechuang.web.desk import administration, commitments, standing_in, visiting
from kechuang.web.desk.figures import figures_of
from kechuang.web.desk.offices import Office, without_consent
from kechuang.web.desk.own import Judging, Own
from kechuang.web.desk.tasks import Task, in_order
from kechuang.web.views import SIGNED_IN, Page


def tasks_of(actor: Actor) -> list[Task]:
    """All that waits for this person."""
    return in_order(
        [
            *Own(actor).tasks(),
            *Judging(actor).tasks(),
            *Office(actor).tasks(),
            *commitments.tasks(actor),
            *administration.tasks(actor),
            *standing_in.tasks(actor),
            *visiting.tasks(actor),
        ]
    )


class Desk(Page):
    """Whoever signs in lands here."""

    permission = SIGNED_IN
    template = "desk/desk.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        actor = self.actor
        if not actor.roles:
            return self.render("desk/no_role.html")
        own, judging, office = Own(actor), Judging(actor), Office(actor)
        found = [
            *own.tasks(),
            *judging.tasks(),
            *office.tasks(),
            *commitments.tasks(actor),
            *administration.tasks(actor),
            *standing_in.tasks(actor),
            *visiting.tasks(actor),
        ]
        tasks, calls = in_order(found), figures_of(office)
        return self.render(
            tasks=tasks, lines=[*own.lines(), *judging.lines()], defences=judging.defences(), office=office,
            calls=[one for one in calls if not one.is_quiet], quiet=[one for one in calls if one.is_quiet], consents=without_consent(office), stats=administration.figures(actor),
            may_begin=actor.has_own("application.edit") or actor.can("application.edit"), children=own.children,
            delegations=standing_in.delegations(actor),
            **_words(actor),
        )  # fmt: skip


def _words(actor: Actor) -> dict[str, Any]:
    return {"is_pupil": "pupil" in actor.roles, "is_office": bool(actor.paths("application.view"))}


class OldDesk(Page):
    """The desk had an address of its own for offices."""

    permission = SIGNED_IN

    def get(self, request: HttpRequest) -> HttpResponse:
        return redirect("desk")

"""The own list, and the one page of an application that team, guardians and officers share."""

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from kechuang.engine.applications.blindness import traces
from kechuang.engine.applications.items import has_items
from kechuang.engine.applications.journey import next_date, who_has_it
from kechuang.engine.applications.models import Application
from kechuang.engine.applications.perform import available_moves, perform
from kechuang.engine.applications.queries import SIGNED, own_applications, read_by, timeline
from kechuang.engine.reviews.queries.field import visits_of
from kechuang.engine.similarity.queries import report_of
from kechuang.engine.workflow.workflow import Move
from kechuang.orgs.actor import Actor
from kechuang.web.applicant.listing import rows_of
from kechuang.web.applicant.outcome import outcome_of
from kechuang.web.applicant.reading import division_words, is_inside, last_return, parts, sees_names, spine, who
from kechuang.web.views import Page

BY_REVIEW = frozenset({"submit", "complete"})
"""Moves that have their own page: they lead over the review page instead of a bare button."""


class OwnApplications(Page):
    permission = "application.view"
    template = "applicant/applications.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.render(
            rows=rows_of(own_applications(self.actor), self.actor), may_begin=self.actor.can("application.edit")
        )


class ApplicationPage(Page):
    """Header, timeline, content, papers, moves. Names of officials are for officials."""

    permission = "application.view"
    template = "applicant/application.html"

    def at(self, public_id: str) -> Application:
        application = read_by(self.actor, public_id)
        if application is None:
            raise Http404
        return application

    def get(self, request: HttpRequest, public_id: str) -> HttpResponse:
        application = self.at(public_id)
        inside = is_inside(application, self.actor)
        is_open = sees_names(application, self.actor, inside=inside)
        moves = available_moves(application, self.actor)
        return self.render(
            application=application, call=application.call, inside=inside, parts=parts(application), who=who(application, is_open=is_open),
            division=division_words(application), spine=spine(timeline(application, for_team=inside), application), returned=last_return(application),
            moves=sorted((move for move in moves if move.name not in BY_REVIEW), key=lambda move: ORDER.index(move.tone) if move.tone in ORDER else 1), may_submit=any(move.name in BY_REVIEW for move in moves),
            may_edit=application.is_editable and any(move.name in BY_REVIEW for move in moves), due=next_date(application), holder=who_has_it(application), outcome=outcome_of(application),
            pledges=_pledges(application), traces=traces(application) if any(move.name == "screen" for move in moves) else [], names_hidden=not is_open,
            has_items=has_items(application), alike=_alike(application, self.actor), visits=visits_of(application),
        )  # fmt: skip


ORDER = ("primary", "muted", "warning", "danger")
"""Of the moves by hand, the one that most entries take stands first, the one that ends an entry last."""


def _alike(application: Application, actor: Actor) -> int | None:
    """The share of text found elsewhere in percent, for whoever runs the call; None where there is nothing to tell."""
    if application.call.plan.similarity is None or not actor.can("application.screen", application):
        return None
    report = report_of(application)
    return round(100 * report.share) if report else None


def _pledges(application: Application) -> list[tuple[str, str]]:
    signed = dict(SIGNED(application.pk))
    return [(_(p.name), signed[p.code] or _("已签署")) for p in application.call.plan.pledges if p.code in signed]


class ApplicationMove(ApplicationPage):
    """Make one of the moves that the page offered. Which ones these are, and whether it may be made, is the engine's to say."""

    permission = "application.view"

    def get(self, request: HttpRequest, public_id: str, move: str) -> HttpResponse:  # type: ignore[override]
        """Ask once more, with the reason where one is needed: also the way for a browser without script."""
        application = self.at(public_id)
        return self.render("applicant/move.html", application=application, move=self._move(application, move))

    def post(self, request: HttpRequest, public_id: str, move: str) -> HttpResponse:
        application = self.at(public_id)
        label = _(self._known(application, move).label)
        fresh = perform(application, move, by=self.actor, reason=request.POST.get("reason", ""))
        sentence = _("已完成“%(move)s”。“%(title)s”现在是“%(state)s”。")
        return self.done(
            sentence % {"move": label, "title": application, "state": _(fresh.state_info.label)},
            "application",
            application.public_id,
        )

    def back(self) -> str:
        """A refused move leads to the application as it now is."""
        return reverse("application", args=[self.kwargs["public_id"]])

    def _move(self, application: Application, name: str) -> Move:
        found = next((move for move in available_moves(application, self.actor) if move.name == name), None)
        if found is None:
            raise Http404
        return found

    def _known(self, application: Application, name: str) -> Move:
        found = next((move for move in application.call.workflow.moves if move.name == name and move.by_hand), None)
        if found is None:
            raise Http404
        return found

"""The defence's panels: who hears what, where."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from kechuang.base.errors import Refused
from kechuang.engine.models import Panel, Reviewer, ReviewRound
from kechuang.engine.reviews import actions, queries
from kechuang.web.rounds.forms import PanelForm, span_words
from kechuang.web.rounds.invitations import wanted_disciplines
from kechuang.web.rounds.pages import RoundPage


class PanelsPage(RoundPage):
    abstract = True

    def panel_at(self, round: ReviewRound, pk: int) -> Panel:
        panel: Panel = self.find(queries.panels_of(round).select_related("round__call__org"), pk=pk)
        return panel


class Panels(PanelsPage):
    template = "rounds/panels.html"

    def get(self, request: HttpRequest, slug: str, code: str) -> HttpResponse:
        round = self.panel_round_at(slug, code)
        names = {d.code: _(d.name) for d in round.call.plan.disciplines}
        panels = list(queries.panels_of(round))
        rows = [(panel, [names.get(code, code) for code in panel.disciplines]) for panel in panels]
        covered = {code for panel in panels for code in panel.disciplines}
        open_to_all = any(not panel.disciplines for panel in panels)
        lacking = [] if open_to_all else [d["name"] for d in wanted_disciplines(round) if d["code"] not in covered]
        return self.page(round, "panels", rows=rows, lacking=lacking)


def panel_form(round: ReviewRound, data: Any = None, **words: Any) -> PanelForm:
    plan = round.call.plan
    reviewers = Reviewer.objects.filter(is_active=True).select_related("person").order_by("person__name", "pk")
    return PanelForm(data, reviewers=reviewers, disciplines=[(d.code, _(d.name)) for d in plan.disciplines], **words)


class PanelNew(PanelsPage):
    template = "rounds/panel.html"

    def get(self, request: HttpRequest, slug: str, code: str) -> HttpResponse:
        round = self.panel_round_at(slug, code)
        return self.page(round, "panels", form=panel_form(round))

    def post(self, request: HttpRequest, slug: str, code: str) -> HttpResponse:
        round = self.panel_round_at(slug, code)
        form = panel_form(round, request.POST)
        if form.is_valid() and written(form, lambda facts: actions.create_panel(round, by=self.actor, **facts)):
            return self.done(
                _("专家组“%(name)s”已设置，专家已收到邀请。") % {"name": form.cleaned_data["name"]},
                "panels",
                slug,
                code,
            )
        return self.page(round, "panels", status=422, form=form)


def written(form: PanelForm, write: Any) -> bool:
    """Whether the action took it; its refusal stands on the form, so that nothing typed is lost."""
    try:
        write(form.cleaned_data)
    except Refused as refused:
        form.add_error(None, refused.sentence)
        return False
    return True


class PanelEdit(PanelsPage):
    template = "rounds/panel.html"

    def get(self, request: HttpRequest, slug: str, code: str, pk: int) -> HttpResponse:
        round = self.panel_round_at(slug, code)
        panel = self.panel_at(round, pk)
        held = {
            "name": panel.name,
            "room": panel.room,
            "disciplines": panel.disciplines,
            "reviewers": [r.pk for r in panel.reviewers.all()],
            "away": span_words(panel.away),
        }
        return self.page(round, "panels", panel=panel, form=panel_form(round, initial=held))

    def post(self, request: HttpRequest, slug: str, code: str, pk: int) -> HttpResponse:
        round = self.panel_round_at(slug, code)
        panel, form = self.panel_at(round, pk), panel_form(round, request.POST)
        if form.is_valid() and written(form, lambda facts: actions.update_panel(panel, by=self.actor, **facts)):
            return self.done(_("专家组“%(name)s”已更新。") % {"name": form.cleaned_data["name"]}, "panels", slug, code)
        return self.page(round, "panels", status=422, panel=panel, form=form)


class PanelDelete(PanelsPage):
    def post(self, request: HttpRequest, slug: str, code: str, pk: int) -> HttpResponse:
        panel = self.panel_at(self.panel_round_at(slug, code), pk)
        name = panel.name
        actions.delete_panel(panel, by=self.actor)
        return self.done(_("专家组“%(name)s”已删除，它的作品需要重新排时间。") % {"name": name}, "panels", slug, code)

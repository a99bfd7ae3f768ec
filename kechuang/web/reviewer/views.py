"""The expert's pages: what is mine to judge, the document beside the rubric, saving as one types, stepping back.

Everything read here comes from `engine.reviews.queries.expert`, which drops blind fields in the query.
"""

import json
from typing import Any

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from kechuang.base import clock
from kechuang.base.errors import Refused
from kechuang.engine.models import Assignment
from kechuang.engine.programme.declaration import Rubric
from kechuang.engine.reviews import rules
from kechuang.engine.reviews.actions.scoring import ScoreConflict, recuse, save_score, submit_score
from kechuang.engine.reviews.queries import expert
from kechuang.engine.reviews.rules import COMMENT_LENGTH, TEXT_LIMIT, ScoreSheet, Sender
from kechuang.web.reviewer.listing import lines_of
from kechuang.web.views import Page


class ReviewerPage(Page):
    abstract = True
    permission = "review.score"

    def sheet(self, pk: int) -> expert.SheetView:
        try:
            return expert.my_sheet(self.actor, pk)
        except Assignment.DoesNotExist:
            raise Http404 from None

    def task(self, pk: int) -> Any:
        """The assignment without what its page shows."""
        try:
            return expert.my_task(self.actor, pk)
        except Assignment.DoesNotExist:
            raise Http404 from None


class Reviews(ReviewerPage):
    """My rounds, and my entries of one of them: what waits first."""

    template = "reviewer/reviews.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        rounds = expert.my_rounds(self.actor)
        chosen = self._chosen(rounds)
        search, state = request.GET.get("q", ""), request.GET.get("state", "")
        cards = []
        if chosen:
            cards = expert.my_assignments(self.actor, chosen.row, search=search, state=state)
        waiting = next((card for card in cards if card.is_pending), None)
        return self.render(
            rounds=self._tabs(rounds, chosen),
            chosen=chosen,
            cards=cards,
            lines=lines_of(cards),
            search=search,
            state=state,
            waiting=waiting,
        )

    def _chosen(self, rounds: list[expert.ExpertRound]) -> expert.ExpertRound | None:
        wanted = self.request.GET.get("round", "")
        named = next((round for round in rounds if str(round.id) == wanted), None)
        return named or next((round for round in rounds if round.state == "open"), None) or next(iter(rounds), None)

    @staticmethod
    def _tabs(rounds: list[expert.ExpertRound], chosen: expert.ExpertRound | None) -> list[dict[str, Any]]:
        return [
            {"label": f"{r.call_title} · {_(r.name)}", "url": f"{reverse('reviews')}?round={r.id}", "active": r is chosen, "count": r.total - r.submitted}
            for r in rounds
            if r is chosen or r.state == "open" or len(rounds) <= TABS
        ]  # fmt: skip


TABS = 6
"""So many rounds stand side by side; of more only those that are open (what is over is reached from the desk and from one's marks)."""


class ScorePage(ReviewerPage):
    """Document left, rubric right. POST hands the sheet in and goes on to the next entry that waits."""

    template = "reviewer/score.html"

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        return self._page(self.sheet(pk))

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        task = self.task(pk)
        rubric = task.round.call.plan.rubric_for(task.stage, task.round.code)
        typed = sheet_of(rubric, request.POST.dict())
        is_script = request.headers.get("accept", "") == "application/json"
        version, sender = _version(request.POST.get("version", "")), Sender.read(request.POST.get("sender", ""))
        try:
            submit_score(task, typed, version=version, by=self.actor, sender=sender)
        except ScoreConflict as conflict:
            view = self.sheet(pk)
            return (
                conflict_answer(view, conflict)
                if is_script
                else self._page(view, typed=typed, refusal=conflict.sentence, status=422)
            )
        except Refused as refusal:
            if is_script:
                return JsonResponse({"message": refusal.sentence}, status=422)
            return self._page(self.sheet(pk), typed=typed, refusal=refusal.sentence, status=422)
        messages.success(request, _("%(alias)s 的评分已提交。") % {"alias": task.alias})
        to = self._onward(task)
        return JsonResponse({"url": to}) if is_script else redirect(to)

    def _onward(self, task: Assignment) -> str:
        following = expert.trail(self.actor, task).waiting_id
        return reverse("score", args=[following]) if following else f"{reverse('reviews')}?round={task.round_id}"

    def _page(
        self, view: expert.SheetView, *, typed: ScoreSheet | None = None, refusal: str = "", status: int = 200
    ) -> HttpResponse:
        marks = typed.marks if typed else view.marks
        gates = typed.gates if typed else {code: "yes" if passed else "no" for code, passed in view.gates.items()}
        return self.render(
            status=status, view=view, entry=view.entry, refusal=refusal, criteria=criteria_rows(view.rubric, marks),
            gates=[{"code": f"gate_{g.code}", "label": g.label, "value": gates.get(g.code, "")} for g in view.rubric.gates],
            comment=typed.comment if typed else view.comment, feedback=typed.feedback if typed else view.feedback,
            is_open=not view.shut and view.state in {"assigned", "draft"}, limit=TEXT_LIMIT, least=COMMENT_LENGTH, trail=view.trail,
        )  # fmt: skip


class SaveScore(ReviewerPage):
    """Autosave of a sheet: JSON {version, answers} → {version, saved_at, errors}; a newer version elsewhere answers 409.

    `sender` ("token.number") says which page sends it: a page whose answer was lost may send again. A mark that cannot be read is told beside its field and keeps nothing else from being saved.
    """

    def patch(self, request: HttpRequest, pk: int) -> JsonResponse:
        view = self.sheet(pk)
        try:
            sent = json.loads(request.body)
            version, answers, sender = _version(sent["version"]), dict(sent["answers"]), Sender.read(sent.get("sender"))
        except (ValueError, KeyError, TypeError):
            return JsonResponse({"message": _("没有收到完整的内容，请重试。")}, status=400)
        errors = unreadable(view.rubric, answers)
        good = {name: value for name, value in answers.items() if name not in errors}
        if not good:
            return JsonResponse({"errors": errors}, status=422)
        try:
            sheet = _merged(view, good)
            score = save_score(Assignment.objects.get(pk=pk), sheet, version=version, by=self.actor, sender=sender)
        except ScoreConflict as conflict:
            return conflict_answer(self.sheet(pk), conflict)
        except Refused as refusal:
            return JsonResponse({"errors": errors, "message": refusal.sentence}, status=422)
        return JsonResponse(
            {"version": score.version, "saved_at": f"{clock.local(score.saved_at):%H:%M}", "errors": errors}
        )


def conflict_answer(view: expert.SheetView, conflict: ScoreConflict) -> JsonResponse:
    """409 with what stands, so that the page can show both."""
    return JsonResponse({"message": conflict.sentence, "version": view.version, "answers": view.answers}, status=409)


def unreadable(rubric: Rubric, answers: dict[str, Any]) -> dict[str, str]:
    """The answers that no sheet could take, each with its sentence."""
    found = {}
    for name, value in answers.items():
        try:
            rules.clean_sheet(rubric, sheet_of(rubric, {name: value}))
        except Refused as refusal:
            found[name] = refusal.sentence
    return found


class Recuse(ReviewerPage):
    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        view = self.sheet(pk)
        recuse(Assignment.objects.get(pk=pk), reason=request.POST.get("reason", ""), by=self.actor)
        return self.done(_("已登记回避，%(alias)s 将由其他专家评审。") % {"alias": view.entry.alias}, "reviews")


class BlindPaper(ReviewerPage):
    """A paper of an entry that is mine to judge, under a name that gives nobody away."""

    def get(self, request: HttpRequest, public_id: str) -> FileResponse:
        stored = expert.my_file(self.actor, public_id)
        if stored is None:
            raise Http404
        response = FileResponse(stored.open(), content_type=stored.content_type, filename=stored.name)
        response["X-Content-Type-Options"] = "nosniff"
        response["Cache-Control"] = "private, no-store"
        return response


def criteria_rows(rubric: Rubric, marks: Any) -> list[dict[str, Any]]:
    """What the rubric component shows, per criterion."""
    return [
        {
            "name": f"mark_{c.code}", "label": _(c.name), "points": f"{c.points:g}", "help": _(c.help) if c.help else "", "value": marks.get(c.code),
            "anchors": [_("%(points)s 分起：%(text)s") % {"points": f"{level.points:g}", "text": _(level.text)} for level in c.levels],
        }
        for c in rubric.criteria
    ]  # fmt: skip


def sheet_of(rubric: Rubric, typed: dict[str, Any]) -> ScoreSheet:
    """The sheet that was typed: `mark_<criterion>`, `gate_<gate>` (yes or no), comment, feedback."""
    marks = {c.code: typed.get(f"mark_{c.code}", "") for c in rubric.criteria}
    gates = {g.code: typed.get(f"gate_{g.code}", "") for g in rubric.gates}
    return ScoreSheet(marks, gates, str(typed.get("comment", "")), str(typed.get("feedback", "")))


def _merged(view: expert.SheetView, answers: dict[str, Any]) -> ScoreSheet:
    """What is stored, with what was just typed laid over it."""
    kept: dict[str, Any] = {f"mark_{code}": value for code, value in view.marks.items()}
    kept |= {f"gate_{code}": "yes" if passed else "no" for code, passed in view.gates.items()}
    kept |= {"comment": view.comment, "feedback": view.feedback}
    return sheet_of(view.rubric, kept | answers)


def _version(text: Any) -> int:
    try:
        return int(text)
    except (TypeError, ValueError):
        return -1

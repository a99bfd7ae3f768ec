"""异议 in the office: the queue by deadline, taking one up, its evidence, and reconsideration by those who did not decide."""

from typing import Any

from django.db.models import Count, Q
from django.http import FileResponse, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from kechuang.base import clock
from kechuang.base.errors import Refused
from kechuang.base.masking import mask_id
from kechuang.engine.decisions.models import Decision
from kechuang.engine.publicity.actions import decide_objection, take_objection
from kechuang.engine.publicity.models import Objection, ObjectionEvidence
from kechuang.engine.publicity.queries import objections_for, why_may_not_reconsider
from kechuang.engine.publicity.rules import OPEN_OBJECTIONS
from kechuang.web.outcomes.forms import ReconsiderForm
from kechuang.web.outcomes.pages import OutcomePage, address, crumbs, division_names, paged, stored_response, turning


class ObjectionPageBase(OutcomePage):
    abstract = True
    permission = "objection.handle"

    def objection_at(self, number: str) -> Objection:
        rows = Objection.objects.visible_to(self.actor, self.permission).select_related(
            "notice__decision__call__org", "notice__decision__round", "application__org", "handler__person",
            "reconsideration__decided_by__person", "reconsideration__amended",
        )  # fmt: skip
        objection: Objection = self.find(rows, number=number)
        return objection


class Objections(ObjectionPageBase):
    """Unanswered ones first, the nearest deadline on top."""

    template = "outcomes/objections.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        every = objections_for(self.actor)
        is_open, late = Q(state__in=OPEN_OBJECTIONS), Q(due_on__lt=clock.today())
        counts = every.order_by().aggregate(
            open=Count("pk", filter=is_open), late=Count("pk", filter=is_open & late), all=Count("pk")
        )
        show = request.GET.get("show", "open")
        rows = every.exclude(is_open) if show == "done" else every.filter(is_open)
        sheet = paged(request, rows.select_related("notice__decision__call__org", "application", "handler__person"), 30)
        today = clock.today()
        return self.render(
            sheet=sheet, turning=turning(request, sheet), counts=counts, show=show, tabs=self._tabs(show, counts),
            rows=[(row, (today - row.received_at.date()).days, (row.due_on - today).days) for row in sheet],
        )  # fmt: skip

    @staticmethod
    def _tabs(show: str, counts: dict[str, int]) -> list[dict[str, Any]]:
        pages = (("open", _("待答复"), counts["open"]), ("done", _("已办结"), counts["all"] - counts["open"]))
        return [
            {"label": label, "url": f"?show={name}", "active": show == name, "count": n} for name, label, n in pages
        ]


class ObjectionPage(ObjectionPageBase):
    """Everything a finding needs on one page. POST is the finding."""

    template = "outcomes/objection.html"

    def get(self, request: HttpRequest, number: str) -> HttpResponse:
        objection = self.objection_at(number)
        return self._page(objection, self._form(objection))

    def post(self, request: HttpRequest, number: str) -> HttpResponse:
        objection = self.objection_at(number)
        self.demand("objection.reconsider", objection.notice.call)
        form = self._form(objection, request.POST)
        if not form.is_valid():
            return self._page(objection, form, status=422)
        given = form.cleaned_data
        try:
            decide_objection(
                objection,
                finding=given["finding"],
                effect=given["effect"],
                new_prize=given.get("new_prize", ""),
                by=self.actor,
            )
        except Refused as refusal:
            form.add_error(None, refusal.sentence)
            return self._page(self.objection_at(number), form, status=422)
        return self.done(_("复核意见已作出，答复函已生成并通知有关各方。"), "objection", number)

    @staticmethod
    def _form(objection: Objection, data: Any = None) -> ReconsiderForm:
        decision = objection.notice.decision
        is_award = decision.kind == Decision.Kind.AWARD
        return ReconsiderForm(
            decision.call.plan, data, about_entry=objection.application_id is not None, has_prizes=is_award
        )

    def _page(self, objection: Objection, form: ReconsiderForm, status: int = 200) -> HttpResponse:
        decision = objection.notice.decision
        line = decision.lines.filter(application=objection.application_id).first() if objection.application_id else None
        return self.render(
            status=status, objection=objection, notice=objection.notice, call=decision.call, form=form, line=line,
            prize=decision.call.plan.prize(line.prize) if line else None,
            division=division_names(decision.call.plan).get(line.division, line.division) if line else "",
            evidence=list(objection.evidence.select_related("stored")), result=getattr(objection, "reconsideration", None),
            is_open=objection.state in OPEN_OBJECTIONS, hindrance=why_may_not_reconsider(objection, self.actor),
            days_left=(objection.due_on - clock.today()).days, document_no=mask_id(objection.document_no), history=history(objection),
            application_url=address("application", objection.application.public_id) if objection.application else "",
            breadcrumbs=crumbs(decision.call, (_("异议"), reverse("objections")), (objection.number, "")),
        )  # fmt: skip


def history(objection: Objection) -> list[dict[str, Any]]:
    """What happened to an objection, as the timeline shows it."""
    result = getattr(objection, "reconsideration", None)
    steps: list[dict[str, Any]] = [{"title": _("收到异议"), "at": objection.received_at, "state": "done"}]
    if objection.handler:
        state = "now" if objection.state == "in_handling" else "done"
        steps.append({"title": _("受理核查"), "by": _name(objection.handler), "state": state})
    elif objection.state == "received":
        steps.append({"title": _("等待受理"), "state": "now"})
    if result:
        steps.append(
            {
                "title": _("作出复核意见"),
                "at": result.decided_at,
                "by": _name(result.decided_by),
                "note": result.get_effect_display(),
                "state": "done",
            }
        )
        steps.append({"title": _("答复异议人"), "at": objection.answered_at, "state": "done"})
    elif objection.answered_at:
        steps.append({"title": _("异议人撤回"), "at": objection.answered_at, "state": "done"})
    else:
        steps.append({"title": _("复核并答复"), "state": "next", "note": _("由没有参与原决定的人员作出")})
    return steps


def _name(user: Any) -> str:
    person = getattr(user, "person", None)
    return str(person or user.username)


class ObjectionTake(ObjectionPageBase):
    def post(self, request: HttpRequest, number: str) -> HttpResponse:
        take_objection(self.objection_at(number), by=self.actor)
        return self.done(_("已由您受理。异议人凭查询码可以看到正在核查。"), "objection", number)


class EvidenceFile(ObjectionPageBase):
    """A file of the evidence, for those who handle this objection and nobody else."""

    def get(self, request: HttpRequest, number: str, public_id: str) -> FileResponse:
        evidence: ObjectionEvidence = self.find(
            self.objection_at(number).evidence.select_related("stored"), stored__public_id=public_id
        )
        return stored_response(evidence.stored, inline=False)


class ObjectionLetter(ObjectionPageBase):
    """The outcome letter on paper."""

    template = "outcomes/objection_letter.html"

    def get(self, request: HttpRequest, number: str) -> HttpResponse:
        objection = self.objection_at(number)
        result = getattr(objection, "reconsideration", None)
        if result is None:
            return self.failed(_("这件异议还没有复核意见，没有答复函。"), reverse("objection", args=[number]))
        salutation, *lines = result.letter_shown.splitlines()
        return self.render(objection=objection, salutation=salutation, lines=lines[:-2], signed=lines[-2:])

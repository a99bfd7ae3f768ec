"""The honours of an office: the list with what waits, and one honour with all that may be done to it."""

from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from kechuang.base import clock
from kechuang.base.errors import Refused
from kechuang.engine.calls.models import Call
from kechuang.engine.enums import HonourState
from kechuang.engine.honours import actions
from kechuang.engine.honours.models import Honour, Plaque
from kechuang.engine.honours.queries import granting, honours_in_office, needing_attention
from kechuang.engine.partnerships.queries import agreements_of
from kechuang.engine.tenure.queries.checks import done_at
from kechuang.engine.tenure.queries.reports import reports_of, with_late
from kechuang.engine.tenure.queries.studio import members_of, plan_of
from kechuang.orgs.models import Org
from kechuang.web.honours.forms import HandOverForm, PassOnForm, RecordForm, RevokeForm
from kechuang.web.views import Page

PER_PAGE = 50


class OfficeHonours(Page):
    """Everything the reader may see: a school its own titles, a district its schools', the city all."""

    permission = "application.view"
    template = "honours/office_list.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        rows = honours_in_office(self.actor)
        waiting = needing_attention(rows, clock.today())
        rows = with_late(rows, clock.today())
        for name in ("programme_code", "state"):
            if wanted := request.GET.get(name, ""):
                rows = rows.filter(**{name: wanted})
        if text := request.GET.get("q", "")[:60].strip():
            rows = rows.filter(
                Q(org__name__icontains=text) | Q(person__name=text) | Q(work__icontains=text) | Q(number__iexact=text)
            )
        page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
        return self.render(
            page=page, waiting=waiting, may_check=bool(self.actor.paths("honour.check")), states=HonourState.choices, text=text, names={code: _(plan.name) for code, plan in granting().items()},
        )  # fmt: skip


class HonourPage(Page):
    abstract = True

    def honour_at(self, number: str) -> Honour:
        """What the reader may see; acts ask for more."""
        honour: Honour = self.find(honours_in_office(self.actor), number=number)
        return honour

    def back(self) -> str:
        return reverse("office_honour", args=[self.kwargs["number"]])

    def shown(self, honour: Honour, **given: forms.Form) -> HttpResponse:
        is_bad = any(form.errors for form in given.values())
        may_check, may_revoke = self.actor.can("honour.check", honour), self.actor.can("award.revoke", honour)
        calls = Call.objects.open_at(clock.now()).filter(programme_code=honour.programme_code).reaching(honour.org.path)
        return self.render(
            "honours/office_honour.html", status=422 if is_bad else 200, honour=honour, programme=granting().get(honour.programme_code),
            events=honour.events.select_related("recorder__person", "holder"), plaques=honour.plaques.all(), may_check=may_check, may_revoke=may_revoke,
            record=given.get("record") or RecordForm(prefix="record", initial=self._suggested()), revoke=given.get("revoke") or RevokeForm(prefix="revoke"),
            passing=given.get("passing") or PassOnForm(prefix="passing"), hand=given.get("hand") or HandOverForm(),
            agreements=agreements_of(honour), reports=reports_of(honour), checks=done_at(honour), today=clock.today(),
            studio=plan_of(honour), members=members_of(honour), leads=self.actor.person is not None and self.actor.person.pk == honour.person_id,
            calls=calls if self._is_holder(honour) and honour.state != HonourState.REVOKED else [],
        )  # fmt: skip

    def _suggested(self) -> dict[str, str]:
        """What the page that led here has to say: a spot check that went badly, a report that never came."""
        get = self.request.GET
        return {"kind": get.get("kind", ""), "reason": get.get("reason", "")[:2000]} if "kind" in get else {}

    def _is_holder(self, honour: Honour) -> bool:
        if honour.person_id:
            return self.actor.person is not None and self.actor.person.pk == honour.person_id
        return any(org.pk == honour.org_id for org in self.actor.orgs_for("application.edit"))

    def acted(self, honour: Honour, sentence: str) -> HttpResponse:
        return self.done(sentence, "office_honour", honour.number)


class OfficeHonour(HonourPage):
    permission = "application.view"

    def get(self, request: HttpRequest, number: str) -> HttpResponse:
        return self.shown(self.honour_at(number))


class HonourRecord(HonourPage):
    permission = "honour.check"

    def post(self, request: HttpRequest, number: str) -> HttpResponse:
        honour = self.honour_at(number)
        form = RecordForm(request.POST, prefix="record")
        if not form.is_valid():
            return self.shown(honour, record=form)
        try:
            actions.record_honour(
                honour, form.cleaned_data["kind"], by=self.actor, due_on=form.cleaned_data["due_on"], **form.facts()
            )
        except Refused as refusal:
            form.add_error(None, refusal.sentence)
            return self.shown(honour, record=form)
        return self.acted(honour, _("已记录。持有单位会收到通知。"))


class HonourRevoke(HonourPage):
    permission = "award.revoke"

    def post(self, request: HttpRequest, number: str) -> HttpResponse:
        honour = self.honour_at(number)
        self.demand(self.permission, honour)
        form = RevokeForm(request.POST, prefix="revoke")
        if not form.is_valid():
            return self.shown(honour, revoke=form)
        try:
            actions.revoke_honour(honour, by=self.actor, **form.facts())
        except Refused as refusal:
            form.add_error(None, refusal.sentence)
            return self.shown(honour, revoke=form)
        return self.acted(honour, _("称号已撤销，公开名册写明原因。请收回牌匾。"))


class HonourPassOn(HonourPage):
    permission = "award.revoke"

    def post(self, request: HttpRequest, number: str) -> HttpResponse:
        honour = self.honour_at(number)
        self.demand(self.permission, honour)
        form = PassOnForm(request.POST, prefix="passing")
        to = Org.objects.filter(origins__org=honour.org, name=request.POST.get("passing-to", "").strip()).first()
        if form.is_valid() and to is None:
            form.add_error("to", _("这不是原单位合并或分立后的单位，请写全称。"))
        if not form.is_valid() or to is None:
            return self.shown(honour, passing=form)
        try:
            actions.pass_on_honour(honour, to, by=self.actor, **form.facts())
        except Refused as refusal:
            form.add_error(None, refusal.sentence)
            return self.shown(honour, passing=form)
        return self.acted(honour, _("已由“%(to)s”承接。") % {"to": to})


class HonourPlaque(HonourPage):
    """Make one, hand one over, take one back: by what the button says."""

    permission = "honour.check"

    def post(self, request: HttpRequest, number: str) -> HttpResponse:
        honour = self.honour_at(number)
        act, _colon, pk = request.POST.get("do", "").partition(":")
        if act == "make":
            actions.make_plaque(honour, by=self.actor)
            return self.acted(honour, _("牌匾已登记。"))
        plaque: Plaque = self.find(honour.plaques.all(), pk=int(pk) if pk.isdecimal() else 0)
        if act == "return":
            actions.return_plaque(plaque, by=self.actor)
            return self.acted(honour, _("牌匾已收回。"))
        form = HandOverForm(request.POST)
        if not form.is_valid():
            return self.shown(honour, hand=form)
        actions.hand_over_plaque(plaque, receiver=form.cleaned_data["receiver"], by=self.actor)
        return self.acted(honour, _("牌匾已授出。"))


class HonourRenew(HonourPage):
    """The holder's draft for a new call, from the old file."""

    permission = "application.edit"

    def post(self, request: HttpRequest, number: str) -> HttpResponse:
        honour = self.honour_at(number)
        now: Any = clock.now()
        call: Call = self.find(Call.objects.open_at(now).select_related("org"), slug=request.POST.get("call", ""))
        application = actions.begin_renewal(
            honour, call, by=self.actor, client_token=f"renew-{honour.number}-{call.pk}"
        )
        return self.done(_("已按原材料建立草稿，请更新后提交。"), "application_edit", application.public_id)

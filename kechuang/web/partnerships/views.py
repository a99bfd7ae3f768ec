"""Working together: the question to a partner, the agreement, and the public page of all that one partner works with."""

from itertools import groupby
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kechuang.base import clock
from kechuang.base.errors import Refused
from kechuang.engine.enums import PartnershipState
from kechuang.engine.honours.queries import granting
from kechuang.engine.honours.rules import HELD
from kechuang.engine.partnerships import actions, rules
from kechuang.engine.partnerships.models import LIVE, Agreement, Partnership
from kechuang.engine.partnerships.queries import ANSWER, agreements_seen, circle_of
from kechuang.orgs.models import Org
from kechuang.web.views import PUBLIC, Page


class AnswerForm(forms.Form):
    reason = forms.CharField(
        label=gettext_lazy("说明"), required=False, max_length=2000, widget=forms.Textarea({"rows": 3}),
        help_text=gettext_lazy("不能合作时请写明原因，对方会看到。"),
    )  # fmt: skip


class PartnershipPage(Page):
    """What a partner is asked, and its answer; the side that asked reads it too."""

    permission = ANSWER
    template = "partnerships/partnership.html"

    def at(self, public_id: str) -> Partnership:
        rows = Partnership.objects.visible_to(self.actor).select_related(
            "holder__parent", "partner", "application__call__org", "renews__honour"
        )
        row: Partnership = self.find(rows, public_id=public_id)
        return row

    def get(self, request: HttpRequest, public_id: str) -> HttpResponse:
        return self.shown(self.at(public_id))

    def shown(self, row: Partnership, form: forms.Form | None = None) -> HttpResponse:
        may_answer = row.state == PartnershipState.ASKED and self._is_partner(row)
        agreement = Agreement.objects.filter(partnership=row).first()
        return self.render(
            row=row, may_answer=may_answer, form=form or AnswerForm(), agreement=agreement,
            status=422 if form and form.errors else 200,
        )  # fmt: skip

    def _is_partner(self, row: Partnership) -> bool:
        return any(org.pk == row.partner_id for org in self.actor.orgs_for(ANSWER))

    def post(self, request: HttpRequest, public_id: str) -> HttpResponse:
        row = self.at(public_id)
        form = AnswerForm(request.POST)
        if not form.is_valid():
            return self.shown(row, form)
        yes = request.POST.get("do") == "yes"
        try:
            fresh = actions.answer_partner(row, yes=yes, reason=form.cleaned_data["reason"], by=self.actor)
        except Refused as refusal:
            form.add_error("reason", refusal.sentence)
            return self.shown(row, form)
        words = (
            _("已同意与“%(org)s”合作。")
            if fresh.state == PartnershipState.CONFIRMED
            else _("已答复“%(org)s”：不能合作。")
        )
        return self.done(words % {"org": fresh.holder}, "partnership", fresh.public_id)


class RenewalForm(forms.Form):
    years = forms.IntegerField(label=gettext_lazy("续签年限"), min_value=1, max_value=rules.LONGEST)
    purpose = forms.CharField(label=gettext_lazy("合作内容"), max_length=4000, widget=forms.Textarea({"rows": 4}))


class EndForm(forms.Form):
    reason = forms.CharField(label=gettext_lazy("终止的原因"), max_length=2000, widget=forms.Textarea({"rows": 3}))


class AgreementPage(Page):
    """An agreement for its two sides and the offices above: going on with it, ending it before its time."""

    permission = "application.view"
    template = "partnerships/agreement.html"

    def at(self, number: str) -> Agreement:
        rows = agreements_seen(self.actor).select_related("honour__call", "partnership")
        agreement: Agreement = self.find(rows, number=number)
        return agreement

    def get(self, request: HttpRequest, number: str) -> HttpResponse:
        return self.shown(self.at(number))

    def shown(self, agreement: Agreement, **given: forms.Form) -> HttpResponse:
        honour, day = agreement.honour, clock.today()
        is_running = rules.is_running(agreement.since, agreement.until, agreement.ended_on, day)
        answers = {org.pk for org in self.actor.orgs_for(ANSWER)}
        is_side = bool(answers & {agreement.partner_id, honour.org_id})
        asked = agreement.renewals.filter(state__in=LIVE).first()
        may_renew = honour.org_id in answers and is_running and rules.ends_soon(agreement.until, day) and not asked
        renewal = RenewalForm(
            prefix="renewal",
            initial={"years": agreement.partnership.years, "purpose": agreement.partnership.purpose},
        )
        return self.render(
            agreement=agreement, honour=honour, is_running=is_running, asked=asked, may_renew=may_renew and honour.state in HELD,
            may_end=is_running and (is_side or self.actor.can("honour.check", honour)), renewal=given.get("renewal") or renewal,
            ending=given.get("ending") or EndForm(prefix="ending"), programme=granting().get(honour.programme_code),
            status=422 if any(form.errors for form in given.values()) else 200,
        )  # fmt: skip

    def post(self, request: HttpRequest, number: str) -> HttpResponse:
        agreement = self.at(number)
        is_renewal = request.POST.get("do") == "renew"
        form: Any = (
            RenewalForm(request.POST, prefix="renewal") if is_renewal else EndForm(request.POST, prefix="ending")
        )
        name = "renewal" if is_renewal else "ending"
        if not form.is_valid():
            return self.shown(agreement, **{name: form})
        try:
            if is_renewal:
                actions.ask_renewal(agreement, by=self.actor, **form.cleaned_data)
                return self.done(_("已请合作单位确认续签。"), "agreement", agreement.number)
            actions.end_agreement(agreement, by=self.actor, **form.cleaned_data)
        except Refused as refusal:
            form.add_error(None, refusal.sentence)
            return self.shown(agreement, **{name: form})
        return self.done(_("协议已终止，对方会收到通知。"), "agreement", agreement.number)

    def back(self) -> str:
        return reverse("agreement", args=[self.kwargs["number"]])


class PartnerCircle(Page):
    """One partner and all whom it works with (“1+N”): for everybody."""

    permission = PUBLIC
    template = "partnerships/circle.html"
    bundle = "public"
    shared = True

    def get(self, request: HttpRequest, code: str) -> HttpResponse:
        partner: Org = self.find(Org.objects.filter(agreements__isnull=False).distinct(), code=code)
        circle = circle_of(partner)
        names = {code: plan.name for code, plan in granting().items()}
        by_programme = groupby(circle.agreements, key=lambda one: one.honour.programme_code)
        groups = [(names[code], list(rows)) for code, rows in by_programme]
        return self.render(circle=circle, partner=partner, groups=groups, day=clock.today())

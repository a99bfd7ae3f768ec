"""Handing one's role to a colleague for a time: what was given and received, and taking it back."""

from datetime import date, timedelta

from django import forms
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l

from kechuang.base import clock
from kechuang.base.errors import Refused
from kechuang.orgs.actions import delegate_role, end_delegation
from kechuang.orgs.actions.delegations import colleagues
from kechuang.orgs.actor import Actor
from kechuang.orgs.models import Membership, Person
from kechuang.orgs.rules import DELEGABLE, DELEGATED_DAYS
from kechuang.web.officer.builder.widgets import DateInput
from kechuang.web.officer.pages import taken
from kechuang.web.views import Page

COLLEAGUES_SHOWN = 500


def of(actor: Actor) -> QuerySet[Membership]:
    """Delegations that stand now, given or received."""
    return delegated(actor.person.pk if actor.person else 0, clock.today())


def delegated(person: int, day: date) -> QuerySet[Membership]:
    """Those of one person; the few that are delegated at all come by their index."""
    rows = Membership.objects.current(day).filter(delegated_from__isnull=False)
    mine = Q(delegated_from__person=person) | Q(person=person)
    return rows.filter(mine).select_related("org", "person", "delegated_from__person")


class DelegationForm(forms.Form):
    to = forms.ChoiceField(label=_l("委托给"), help_text=_l("同一单位的在任人员。"))
    until = forms.DateField(
        label=_l("到哪一天为止"), widget=DateInput, help_text=_l("当天仍有效，之后自动结束；最长 90 天。")
    )
    reason = forms.CharField(label=_l("理由"), max_length=200, help_text=_l("例如出差、休假。双方和审计都能看到。"))

    def __init__(self, people: list[tuple[str, str]], *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.fields["to"].choices = [("", _("请选择")), *people]  # type: ignore[attr-defined]


class Delegations(Page):
    permission = "role.delegate"
    template = "account/delegations.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.show()

    def show(self, status: int = 200, form: DelegationForm | None = None) -> HttpResponse:
        rows = list(of(self.actor))
        own = self.own()
        chosen = self.chosen(own)
        form = form or (DelegationForm(self.people(chosen), initial={"until": self.latest()}) if chosen else None)
        return self.render(
            status=status, own=own, chosen=chosen, form=form, days=DELEGATED_DAYS,
            given=[row for row in rows if row.person != self.actor.person],
            received=[row for row in rows if row.person == self.actor.person],
        )  # fmt: skip

    def own(self) -> list[Membership]:
        """The actor's own roles that may be handed on (what was received may not)."""
        return [m for m in self.actor.memberships if m.role in DELEGABLE and not m.delegated_from_id]

    def chosen(self, own: list[Membership]) -> Membership | None:
        wanted = self.request.POST.get("membership") or self.request.GET.get("role", "")
        return next((m for m in own if str(m.pk) == wanted), own[0] if own else None)

    def people(self, held: Membership) -> list[tuple[str, str]]:
        assert self.actor.person is not None
        found = colleagues(self.actor.person, held.org).order_by("name", "pk")[:COLLEAGUES_SHOWN]
        return [(p.public_id, f"{p.name}（{p.staff_number}）" if p.staff_number else p.name) for p in found]

    def latest(self) -> date:
        return clock.today() + timedelta(days=7)

    def post(self, request: HttpRequest) -> HttpResponse:
        if request.POST.get("do") == "end":
            pk = request.POST.get("delegation", "")
            given: Membership = self.find(of(self.actor), pk=int(pk) if pk.isdecimal() else 0)
            end_delegation(given, by=self.actor)
            return self.done(_("委托已结束，立即生效。"), "delegations")
        held = self.chosen(self.own())
        if held is None:
            raise Refused(_("您没有可以委托的角色。"))
        form = DelegationForm(self.people(held), request.POST)
        if taken(form, lambda: self.give(held, form)) is None:
            return self.show(422, form)
        return self.done(_("已委托。对方收到了通知，到期自动结束；您随时可以收回。"), "delegations")

    def give(self, held: Membership, form: DelegationForm) -> Membership:
        given = form.cleaned_data
        to = Person.objects.get(public_id=given["to"])
        return delegate_role(held, to, given["until"], reason=given["reason"], by=self.actor)

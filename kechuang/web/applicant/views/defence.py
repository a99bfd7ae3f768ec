"""The team's own slip of the defence: to print, and for the calendar. A pupil with two entries has both on it."""

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse

from kechuang.engine.applications.models import Application
from kechuang.engine.reviews.models import DefenceSlot
from kechuang.orgs.actor import Actor
from kechuang.web.desk.deadlines import feed
from kechuang.web.rounds.printing import calendar, event
from kechuang.web.views import Page


def own_slots(application: Application, actor: Actor) -> QuerySet[DefenceSlot]:
    """When the entry is heard, and the reader's own other entries of the call."""
    here = Application.objects.own(actor).filter(call=application.call) | Application.objects.filter(pk=application.pk)
    slots = DefenceSlot.objects.filter(entry__application__in=here.values("pk"))
    return slots.select_related("panel", "entry__application").order_by("starts_at")


class DefencePage(Page):
    abstract = True
    permission = "application.view"

    def heard(self, public_id: str) -> tuple[Application, list[DefenceSlot]]:
        rows = Application.objects.visible_to(self.actor).select_related("call")
        application: Application = self.find(rows, public_id=public_id)
        slots = list(own_slots(application, self.actor))
        if not any(slot.entry.application_id == application.pk for slot in slots):
            raise Http404
        return application, slots


class DefenceSlip(DefencePage):
    template = "applicant/defence.html"

    def get(self, request: HttpRequest, public_id: str) -> HttpResponse:
        application, slots = self.heard(public_id)
        return self.render(application=application, slots=slots)


class DefenceCalendar(DefencePage):
    def get(self, request: HttpRequest, public_id: str) -> HttpResponse:
        application, slots = self.heard(public_id)
        url = reverse("application", args=[public_id])
        events = [
            event(
                slot.entry.alias,
                slot.panel.name,
                slot.panel.room,
                slot.starts_at,
                slot.ends_at,
                f"defence-{slot.entry.application_id}",
                url,
            )
            for slot in slots
        ]
        return calendar(feed(events, application.call.named), application.call.named)

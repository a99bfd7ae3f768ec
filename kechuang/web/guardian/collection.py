"""A person's own collection of honours: put together, opened and closed by its owner, or by the guardian of a child."""

import json

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _

from kechuang.base.errors import Refused
from kechuang.engine.credentials import collections
from kechuang.engine.credentials.exporting import TYPES
from kechuang.engine.credentials.models import Collection
from kechuang.orgs.models import Person
from kechuang.web.privacy.own import OwnPage
from kechuang.web.views import SIGNED_IN


class OwnCollection(OwnPage):
    permission = SIGNED_IN
    template = "guardian/collection.html"

    def get(self, request: HttpRequest, person: str) -> HttpResponse:
        return self.page_of(self.spoken_for(person))

    def post(self, request: HttpRequest, person: str) -> HttpResponse:
        found = self.spoken_for(person)
        numbers, is_open = request.POST.getlist("numbers"), request.POST.get("open") == "yes"
        try:
            collections.arrange(found, numbers=numbers, is_open=is_open, by=self.actor)
        except Refused as refusal:
            return self.page_of(found, refusal.sentence, set(numbers))
        messages.success(request, _("荣誉集已公开，把地址发给要看的人。") if is_open else _("已保存，荣誉集没有公开。"))
        return redirect("own_collection", found.public_id)

    def page_of(self, person: Person, refusal: str = "", chosen: set[str] | None = None) -> HttpResponse:
        row = Collection.objects.filter(person=person).first()
        if chosen is None:
            chosen = set(row.certificates.values_list("number", flat=True)) if row else set()
        hindrance = collections.why_not_open(person)
        return self.render(
            person=person, rows=list(collections.own_certificates(person)), chosen=chosen, refusal=refusal, hindrance=hindrance,
            row=row, is_seen=row is not None and row.is_open and not hindrance, is_own=self.actor.person == person,
            address=self.request.build_absolute_uri(reverse("collection", args=[row.code])) if row else "",
            status=422 if refusal else 200,
        )  # fmt: skip


class LearnerRecord(OwnPage):
    """Everything in one signed file to take along (CLR 2.0)."""

    permission = SIGNED_IN

    def get(self, request: HttpRequest, person: str) -> HttpResponse:
        try:
            record = collections.learner_record(self.spoken_for(person), by=self.actor)
        except Refused as refusal:
            messages.error(request, refusal.sentence)
            return redirect("own_collection", person)
        response = HttpResponse(json.dumps(record, ensure_ascii=False, indent=2), content_type=TYPES["data-integrity"])
        response["Content-Disposition"] = content_disposition_header(True, "learner-record.json")
        response["Cache-Control"] = "private, no-store"
        return response

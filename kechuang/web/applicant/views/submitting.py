"""Looking over, seeing with an expert's eyes, sending in, and the receipt."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from kechuang.base.errors import Refused
from kechuang.engine.applications import steady
from kechuang.engine.applications.actions import submit_application
from kechuang.engine.applications.blindness import traces
from kechuang.engine.applications.journey import next_date
from kechuang.engine.applications.models import Application
from kechuang.engine.applications.receipt import receipt_pdf
from kechuang.engine.calls.rules import at_the_deadline
from kechuang.engine.reviews.queries import expert
from kechuang.web.applicant import acts
from kechuang.web.applicant.reading import division_words, last_return, parts, who
from kechuang.web.applicant.sheet import sheet_of
from kechuang.web.applicant.views.base import TeamPage
from kechuang.web.views import Page


class ApplicationReview(TeamPage):
    """Everything once more before it is sent; what is missing stands on top with its way back."""

    permission = "application.submit"
    template = "applicant/review.html"

    def get(self, request: HttpRequest, public_id: str) -> HttpResponse:
        application = self.application_at(public_id)
        if not application.is_editable:
            return redirect("application", application.public_id)
        return self.shown(application)

    def shown(self, application: Application, refusal: str = "") -> HttpResponse:
        """With what was ticked and written into the declarations, also when it was refused."""
        details = {**acts.kept_details(self.request, application), **acts.details_typed(self.request)}
        return self.render(
            application=application, call=application.call, parts=parts(application), who=who(application, is_open=True),
            division=division_words(application), sheet=sheet_of(application, self.actor, details=details), ticked=self.request.POST.getlist("sign"), returned=last_return(application),
            due=next_date(application), rules=at_the_deadline(application.call, application.state), refusal=refusal, status=422 if refusal else 200,
        )  # fmt: skip


class ApplicationSubmit(ApplicationReview):
    """Sign what was ticked and send in, both or neither. Sent twice, it answers with the same receipt."""

    permission = "application.submit"

    def get(self, request: HttpRequest, public_id: str) -> HttpResponse:
        return redirect("application_review", self.application_at(public_id).public_id)

    def post(self, request: HttpRequest, public_id: str) -> HttpResponse:
        application = self.application_at(public_id, with_people=False)
        if application.receipt_no and not application.is_editable:
            return redirect("application_sent", application.public_id)
        signs = {code: request.POST.get(f"detail-{code}", "") for code in request.POST.getlist("sign")}
        try:
            submit_application(application, by=self.actor, signs=signs)
        except Refused as refusal:
            return self.shown(self.application_at(public_id), refusal.sentence)
        return redirect("application_sent", application.public_id)


class ApplicationPreview(TeamPage):
    """The entry as the experts of a round will read it, from their own query and template, with the names that still stand in it."""

    permission = "application.edit"
    template = "applicant/preview.html"

    def get(self, request: HttpRequest, public_id: str) -> HttpResponse:
        application = self.application_at(public_id)
        chosen, entry = expert.preview(application, request.GET.get("round", ""))
        tabs = [
            {"label": _(one.name), "url": f"?round={one.code}", "active": one == chosen}
            for one in application.call.plan.rounds
        ]
        return self.render(
            application=application,
            call=application.call,
            round=chosen,
            entry=entry,
            tabs=tabs,
            traces=traces(application),
        )


class ReceiptPage(Page):
    """The receipt, for everyone who may see the application; before the first submission there is none."""

    abstract = True

    def sent_application(self, public_id: str) -> Application:
        application = steady.SENT.first(self.actor, public_id)
        if application is None:
            raise Http404
        return steady.with_members(application)


class ApplicationSent(ReceiptPage):
    permission = "application.view"
    template = "applicant/sent.html"

    def get(self, request: HttpRequest, public_id: str) -> HttpResponse:
        application = self.sent_application(public_id)
        return self.render(application=application, call=application.call, division=division_words(application))


class ApplicationReceipt(ReceiptPage):
    permission = "application.view"

    def get(self, request: HttpRequest, public_id: str) -> HttpResponse:
        application = self.sent_application(public_id)
        name = f"{application.receipt_no}.pdf"
        headers = {
            "Content-Disposition": f'inline; filename="{name}"',
            "Cache-Control": "private, no-store",
            "X-Content-Type-Options": "nosniff",
        }
        return HttpResponse(receipt_pdf(application), content_type="application/pdf", headers=headers)

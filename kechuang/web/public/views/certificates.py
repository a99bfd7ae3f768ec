"""Verification for everybody; the PDF only for those it belongs to."""

from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.utils.http import content_disposition_header

from kechuang.engine.awards.models import Certificate
from kechuang.engine.awards.queries import UNKNOWN, Verification, verify, verify_file
from kechuang.engine.codes import tidy_code
from kechuang.orgs.actor import Actor
from kechuang.web.public.forms import VerifyForm
from kechuang.web.views import PUBLIC, SIGNED_IN, Page


class Verify(Page):
    """By number or code (which lead on to the certificate's page), or by the file itself."""

    permission = PUBLIC
    bundle = "public"
    template = "public/verify.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        number = request.GET.get("number", "").strip()
        if number:
            return redirect("certificate", code=number.replace("/", "")[:60])
        return self.render(form=VerifyForm())

    def post(self, request: HttpRequest) -> HttpResponse:
        form = VerifyForm(request.POST, request.FILES)
        if not form.is_valid():
            return self.render(form=form, status=422)
        if pdf := form.cleaned_data["pdf"]:
            return _shown(self, verify_file(pdf), is_file=True)
        return redirect("certificate", code=form.cleaned_data["number"].strip().replace("/", ""))


class CertificatePage(Page):
    """What stands about one certificate, in big clear words; printed as the address in the QR."""

    permission = PUBLIC
    bundle = "public"
    template = "public/certificate.html"

    def get(self, request: HttpRequest, code: str) -> HttpResponse:
        return _shown(self, verify(code), asked=code)


def _shown(page: Page, answer: Verification, *, asked: str = "", is_file: bool = False) -> HttpResponse:
    certificate = answer.certificate
    response = page.render(
        "public/certificate.html", status=404 if answer.state == UNKNOWN and not is_file else 200, answer=answer, asked=asked,
        is_file=is_file, has_pdf=certificate is not None and certificate.stored_id is not None and _may_have(page.actor, certificate),
    )  # fmt: skip
    response["X-Robots-Tag"] = "noindex, nofollow"
    return response


class CertificatePdf(Page):
    """The sheet itself: for its holder, the team, their guardians, the school and the offices above it."""

    permission = SIGNED_IN

    def get(self, request: HttpRequest, code: str) -> HttpResponseBase:
        rows = Certificate.objects.select_related("stored", "award__application__org", "award__application__call__org")
        certificate: Certificate = self.find(rows, code=tidy_code(code))
        if certificate.stored is None or not _may_have(self.actor, certificate):
            raise Http404
        response = FileResponse(certificate.stored.open(), content_type="application/pdf")
        response["Content-Disposition"] = content_disposition_header(
            "download" in request.GET, f"{certificate.number}.pdf"
        )
        response["Cache-Control"] = "private, no-store"
        return response


def _may_have(actor: Actor, certificate: Certificate) -> bool:
    return actor.user is not None and actor.can("application.view", certificate.award.application)

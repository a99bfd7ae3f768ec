"""Verification for everybody; the PDF only for those it belongs to."""

from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.utils.http import content_disposition_header

from kechuang.engine.awards.models import Certificate
from kechuang.engine.awards.printing import english_pdf
from kechuang.engine.awards.queries import UNKNOWN, Verification, verify
from kechuang.engine.codes import tidy_code
from kechuang.engine.credentials.verifying import EXPIRED, LARGEST, Verdict, verify_bytes
from kechuang.web.public.forms import VerifyForm
from kechuang.web.public.views.credentials import may_have
from kechuang.web.views import PUBLIC, SIGNED_IN, Page


class Verify(Page):
    """By number or code (which lead on to the certificate's page), or by the file itself."""

    permission = PUBLIC
    bundle = "public"
    limit = "verify"
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
        if file := form.cleaned_data["file"]:
            return _file_shown(self, verify_bytes(file.read(LARGEST + 1)))
        return redirect("certificate", code=form.cleaned_data["number"].strip().replace("/", ""))


class CertificatePage(Page):
    """What stands about one certificate, in big clear words; printed as the address in the QR."""

    permission = PUBLIC
    bundle = "public"
    limit = "verify"
    template = "public/certificate.html"

    def get(self, request: HttpRequest, code: str) -> HttpResponse:
        return _shown(self, verify(code), asked=code)


def _file_shown(page: Page, verdict: Verdict) -> HttpResponse:
    """The register's answer where the file stands for a certificate of ours and is whole, else the reason why it is not."""
    if verdict.certificate is not None and verdict.state != EXPIRED:
        return _shown(page, verify(verdict.certificate.code), is_file=True)
    return page.render("public/credential.html", verdict=verdict)


def _shown(page: Page, answer: Verification, *, asked: str = "", is_file: bool = False) -> HttpResponse:
    certificate = answer.certificate
    response = page.render(
        "public/certificate.html", status=404 if answer.state == UNKNOWN and not is_file else 200, answer=answer, asked=asked,
        is_file=is_file, may_have=certificate is not None and may_have(page.actor, certificate),
    )  # fmt: skip
    response["X-Robots-Tag"] = "noindex, nofollow"
    return response


class CertificatePdf(Page):
    """The sheet itself, or its English rendering (`form=en`): for its holder, the team, their guardians, the school and the offices above it."""

    permission = SIGNED_IN

    def get(self, request: HttpRequest, code: str) -> HttpResponseBase:
        rows = Certificate.objects.select_related("stored", "award__application__org", "award__application__call__org")
        certificate: Certificate = self.find(rows, code=tidy_code(code))
        if certificate.stored is None or not may_have(self.actor, certificate):
            raise Http404
        name = f"{certificate.number}.pdf"
        if request.GET.get("form") == "en":
            name = f"{certificate.number}-en.pdf"
            response: HttpResponseBase = HttpResponse(english_pdf(certificate), content_type="application/pdf")
        else:
            response = FileResponse(certificate.stored.open(), content_type="application/pdf")
        response["Content-Disposition"] = content_disposition_header("download" in request.GET, name)
        response["Cache-Control"] = "private, no-store"
        return response

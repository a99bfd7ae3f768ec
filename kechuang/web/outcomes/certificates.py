"""One certificate in the office: its page as printed, what replaced what, correcting it, revoking its award."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from kechuang.base.errors import Refused
from kechuang.engine.awards.actions import correct_certificate, revoke_award
from kechuang.engine.awards.models import Certificate
from kechuang.engine.awards.printing import certificate_pdf
from kechuang.engine.awards.queries import certificates_for, certificates_of
from kechuang.engine.enums import AwardState, CertificateState
from kechuang.web.outcomes.awards import AwardPageBase
from kechuang.web.outcomes.forms import CorrectionForm, ReasonForm
from kechuang.web.outcomes.pages import address, crumbs, stored_response

LIVE = (CertificateState.PENDING, CertificateState.ISSUED)


class CertificatePageBase(AwardPageBase):
    abstract = True

    def certificate_at(self, slug: str, pk: int) -> Certificate:
        call = self.call_at(slug)
        rows = certificates_for(self.actor, call).select_related(
            "award__application__org",
            "award__call__org",
            "award__revoked_by__person",
            "person",
            "stored",
            "replaces",
            "replaced_by",
        )
        certificate: Certificate = self.find(rows, pk=pk)
        certificate.award.call = call
        return certificate


class OfficeCertificate(CertificatePageBase):
    template = "outcomes/certificate.html"

    def get(self, request: HttpRequest, slug: str, pk: int) -> HttpResponse:
        certificate = self.certificate_at(slug, pk)
        return self.page(certificate)

    def page(
        self, certificate: Certificate, *, correction: CorrectionForm | None = None, revocation: ReasonForm | None = None, status: int = 200
    ) -> HttpResponse:  # fmt: skip
        award, call = certificate.award, certificate.award.call
        return self.render(
            "outcomes/certificate.html", status=status, certificate=certificate, award=award, call=call, values=certificate.words["values"],
            correction=correction or correction_form(certificate), revocation=revocation or ReasonForm(prefix="revoke"),
            siblings=certificates_of(award.application_id).exclude(pk=certificate.pk), is_live=certificate.state in LIVE,
            may_revoke=award.state == AwardState.VALID and self.actor.can("award.revoke", call),
            public_url=address("certificate", certificate.code), application_url=address("application", award.application.public_id),
            breadcrumbs=crumbs(call, (_("授奖与证书"), reverse("awards", args=[call.slug])), (certificate.number, "")),
        )  # fmt: skip


def correction_form(certificate: Certificate, data: Any = None) -> CorrectionForm:
    values = certificate.words["values"]
    return CorrectionForm(
        data, initial={name: values.get(name, "") for name in ("names", "advisers", "school", "title")}
    )


class CertificateCorrect(OfficeCertificate):
    """A new certificate in the place of one with a mistake."""

    def post(self, request: HttpRequest, slug: str, pk: int) -> HttpResponse:
        certificate = self.certificate_at(slug, pk)
        form = correction_form(certificate, request.POST)
        if not form.is_valid():
            return self.page(certificate, correction=form, status=422)
        try:
            new = correct_certificate(certificate, form.changes(), reason=form.cleaned_data["reason"], by=self.actor)
        except Refused as refusal:
            form.add_error(None, refusal.sentence)
            return self.page(certificate, correction=form, status=422)
        words = {"old": certificate.number, "new": new.number}
        return self.done(
            _("%(old)s 已更正，新证书编号 %(new)s，正在制作。核验旧编号会指向新证书。") % words,
            "office_certificate",
            slug,
            new.pk,
        )


class AwardRevoke(OfficeCertificate):
    """Take the prize back, with all certificates of the entry."""

    def post(self, request: HttpRequest, slug: str, pk: int) -> HttpResponse:
        certificate = self.certificate_at(slug, pk)
        self.demand("award.revoke", certificate.award.call)
        form = ReasonForm(request.POST, prefix="revoke")
        if not form.is_valid():
            return self.page(certificate, revocation=form, status=422)
        revoke_award(certificate.award, reason=form.cleaned_data["reason"], by=self.actor)
        return self.done(_("奖项已撤销，全部证书的核验页已显示撤销，成果展示已下架。"), "office_certificate", slug, pk)


class OfficeCertificatePdf(CertificatePageBase):
    """The sheet as issued; one that is still waiting for the batch is set now and not kept."""

    def get(self, request: HttpRequest, slug: str, pk: int) -> HttpResponse:
        certificate = self.certificate_at(slug, pk)
        if certificate.stored:
            return stored_response(certificate.stored)
        response = HttpResponse(certificate_pdf(certificate), content_type="application/pdf")
        response.headers["Content-Disposition"] = "inline"
        response.headers["Cache-Control"] = "private, no-store"
        return response

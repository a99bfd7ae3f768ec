"""Credentials for machines and their holders: the platform's DID document, the lists of what was revoked, the download."""

import json

from django.core.cache import cache
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.http import content_disposition_header

from kechuang.engine.awards.models import Certificate
from kechuang.engine.codes import tidy_code
from kechuang.engine.credentials import issuer, proofs, status
from kechuang.engine.credentials.exporting import SUFFIXES, TYPES, export
from kechuang.orgs.actor import Actor
from kechuang.web.views import PUBLIC, SIGNED_IN, Page

LIST_SECONDS = 60
DOWNLOADS = ("jwt", "data-integrity", "png")


class DidDocument(Page):
    """did:web resolves here (did:web Method Specification, §2.5.2)."""

    permission = PUBLIC

    def get(self, request: HttpRequest) -> HttpResponse:
        return _for_machines(json.dumps(issuer.did_document()), "application/did+json", seconds=3600)


class StatusList(Page):
    """One list of revocations, signed in the same way as the credentials that point at it. Fresh to a minute."""

    permission = PUBLIC

    def get(self, request: HttpRequest, number: int, form: str) -> HttpResponse:
        newest = Certificate.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
        if form not in (proofs.JWT, proofs.DATA_INTEGRITY) or number > status.place_of(newest)[0]:
            raise Http404
        body = cache.get_or_set(f"status-list:{number}:{form}", lambda: _signed_list(number, form), LIST_SECONDS)
        return _for_machines(str(body), TYPES[form], seconds=LIST_SECONDS)


def _signed_list(number: int, form: str) -> str:
    document = status.list_document(number, form, issuer.did_web())
    return proofs.signed_jwt(document) if form == proofs.JWT else json.dumps(proofs.signed_document(document))


def _for_machines(body: str, content_type: str, *, seconds: int) -> HttpResponse:
    response = HttpResponse(body, content_type=content_type)
    response["Access-Control-Allow-Origin"] = "*"
    response["Cache-Control"] = f"public, max-age={seconds}"
    return response


class CertificateCredential(Page):
    """The credential or badge of one certificate, for those who may have its sheet."""

    permission = SIGNED_IN

    def get(self, request: HttpRequest, code: str, form: str) -> HttpResponse:
        rows = Certificate.objects.select_related("stored", "award__application__org", "award__call__org")
        certificate: Certificate = self.find(rows, code=tidy_code(code))
        if form not in DOWNLOADS or not may_have(self.actor, certificate):
            raise Http404
        response = HttpResponse(export(certificate, form), content_type=TYPES[form])
        name = f"{certificate.number}.{SUFFIXES[form]}"
        response["Content-Disposition"] = content_disposition_header(True, name)
        response["Cache-Control"] = "private, no-store"
        return response


def may_have(actor: Actor, certificate: Certificate) -> bool:
    return actor.user is not None and actor.can("application.view", certificate.award.application)

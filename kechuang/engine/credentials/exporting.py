"""A certificate in the form its holder wants to take along."""

import json
from collections.abc import Callable

from django.utils.translation import gettext as _

from kechuang.base.errors import Refused
from kechuang.engine.awards.models import Certificate
from kechuang.engine.credentials import issuer, proofs
from kechuang.engine.credentials.badges import badge_png, baked
from kechuang.engine.credentials.documents import certificate_document
from kechuang.engine.enums import CertificateState

FORMS = ("jwt", "data-integrity", "pdf", "png")
TYPES = {"jwt": "application/jwt", "data-integrity": "application/vc", "pdf": "application/pdf", "png": "image/png"}
SUFFIXES = {"jwt": "jwt", "data-integrity": "json", "pdf": "pdf", "png": "png"}


def export(certificate: Certificate, form: str, *, method: str = issuer.WEB) -> bytes:
    """The bytes of `certificate` as `form`. One that was revoked or replaced is not given out any more.

    Raises Refused with the sentence for whoever asked.
    """
    if certificate.state in (CertificateState.REVOKED, CertificateState.CORRECTED):
        raise Refused(_("证书 %(number)s 已撤销或更正，不再导出凭证。") % {"number": certificate.number})
    return _MAKERS[form](certificate, method)


def _jwt(certificate: Certificate, method: str) -> bytes:
    return proofs.signed_jwt(certificate_document(certificate, proofs.JWT, method=method), method=method).encode()


def data_integrity(certificate: Certificate, method: str = issuer.WEB) -> dict:
    return proofs.signed_document(
        certificate_document(certificate, proofs.DATA_INTEGRITY, method=method), method=method
    )


def _json(certificate: Certificate, method: str) -> bytes:
    return (json.dumps(data_integrity(certificate, method), ensure_ascii=False, indent=2) + "\n").encode()


def _pdf(certificate: Certificate, method: str) -> bytes:
    if certificate.stored is None:
        raise Refused(_("证书 %(number)s 还没有制作完成，请稍后再试。") % {"number": certificate.number})
    with certificate.stored.open() as file:
        return file.read()


def _png(certificate: Certificate, method: str) -> bytes:
    return baked(badge_png(certificate), _jwt(certificate, method).decode())


_MAKERS: dict[str, Callable[[Certificate, str], bytes]] = {
    "jwt": _jwt,
    "data-integrity": _json,
    "pdf": _pdf,
    "png": _png,
}

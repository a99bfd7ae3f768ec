"""Where a credential's revocation stands: one bit in a list of 131,072 (W3C Bitstring Status List 1.0 §2.2).

A list says nothing about whom it speaks of, and whoever fetches one cannot be told to ask about one certificate: that is
the whole point. A certificate's place follows from its primary key, so nothing needs to be stored; neighbours in the
table are spread over the list.
"""

from datetime import timedelta
from typing import Any

from django.conf import settings

from kechuang.base import clock
from kechuang.engine.awards.models import Certificate
from kechuang.engine.enums import CertificateState

BITS = 131_072
"""The least a list may have (§6.1, herd privacy)."""
SPREAD = 74_093
"""Odd, hence a permutation of the places of a list."""
ENDED = (CertificateState.REVOKED, CertificateState.CORRECTED)
FRESH = timedelta(hours=24)
PURPOSE = "revocation"


def place_of(certificate_id: int) -> tuple[int, int]:
    """The number of the list, and the bit in it."""
    number, rest = divmod(certificate_id, BITS)
    return number, rest * SPREAD % BITS


def list_address(number: int, form: str) -> str:
    return f"{settings.SITE_URL}/credentials/status/{number}/{form}"


def entry_of(certificate_id: int, form: str) -> dict[str, Any]:
    """What a credential says of where its revocation is looked up."""
    from openbadgeslib.ob3.status_list import status_entry  # noqa: PLC0415 -- slow import

    number, index = place_of(certificate_id)
    return status_entry(list_address(number, form), PURPOSE, index)


def ended_in(number: int) -> set[int]:
    """The set bits of a list: certificates that were revoked, or replaced by a corrected one."""
    ids = Certificate.objects.filter(pk__gte=number * BITS, pk__lt=(number + 1) * BITS, state__in=ENDED)
    return {place_of(pk)[1] for pk in ids.values_list("pk", flat=True)}


def list_document(number: int, form: str, issuer: str) -> dict[str, Any]:
    """The unsigned list; good for a day, so that an old copy cannot bring a revoked credential back."""
    from openbadgeslib.ob3.status_list import build_status_list_credential  # noqa: PLC0415 -- slow import

    now = clock.now().replace(microsecond=0)
    return build_status_list_credential(
        issuer, list_address(number, form), PURPOSE, ended_in(number), BITS, issued=now, valid_until=now + FRESH
    )

"""What the practice bases add to the moves of an application."""

from django.utils.translation import gettext as _

from kechuang.engine.applications.batch import Batch
from kechuang.engine.programme.registry import guard
from kechuang.programmes.practice_bases.rules import shortfalls


@guard("reaches_base_thresholds")
def reaches_base_thresholds(batch: Batch) -> dict[int, str]:
    """自主申报 takes the numbers of its kind (rules.THRESHOLDS); the sentence names each that is missing."""
    refused = {}
    for application in batch.applications:
        missing = shortfalls(application.discipline, application.answers)
        if missing:
            words = "；".join(_(text) % {"n": f"{least:g}"} for text, least in missing)
            refused[application.pk] = _("还没有达到基本条件：%(words)s。") % {"words": words}
    return refused

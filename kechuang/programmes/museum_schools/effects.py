"""What the base schools of museum and school add to the moves of an application."""

from django.utils.translation import gettext as _

from kechuang.engine.applications.batch import Batch
from kechuang.engine.programme.registry import guard
from kechuang.programmes.museum_schools.rules import shortfalls


@guard("plans_with_the_museum")
def plans_with_the_museum(batch: Batch) -> dict[int, str]:
    """Enough visits and lessons (rules.WANTED); the sentence names what is missing."""
    refused = {}
    for application in batch.applications:
        if missing := shortfalls(application.answers):
            words = "；".join(_(text) % {"n": least} for text, least in missing)
            refused[application.pk] = _("合作方案还不够：%(words)s。") % {"words": words}
    return refused

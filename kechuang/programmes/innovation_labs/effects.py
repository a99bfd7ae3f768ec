"""What the labs of “1+N” add to the moves of an application."""

from django.utils.translation import gettext as _

from kechuang.engine.applications.batch import Batch
from kechuang.engine.programme.registry import guard
from kechuang.programmes.innovation_labs.rules import shortfalls


@guard("is_a_lab")
def is_a_lab(batch: Batch) -> dict[int, str]:
    """Room, projects and mentors (rules.shortfalls); the sentence names what is missing."""
    refused = {}
    for application in batch.applications:
        if missing := shortfalls(application.answers):
            words = "；".join(_(text) % {"n": least} for text, least in missing)
            refused[application.pk] = _("还没有达到创新实验室的条件：%(words)s。") % {"words": words}
    return refused

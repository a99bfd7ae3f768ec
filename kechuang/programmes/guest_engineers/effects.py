"""What the guest engineers add to the moves of an application."""

from django.utils.translation import gettext as _

from kechuang.engine.applications.batch import Batch
from kechuang.engine.programme.registry import guard
from kechuang.programmes.guest_engineers import rules


@guard("is_a_guest_engineer")
def is_a_guest_engineer(batch: Batch) -> dict[int, str]:
    """Years in the trade and a code of the employer that can be one (rules.py)."""
    refused = {}
    for application in batch.applications:
        answers = application.answers
        if not rules.is_experienced(answers):
            refused[application.pk] = _("从业须满 %(n)s 年。") % {"n": rules.years_needed(answers)}
        elif not rules.is_code_of_an_employer(str(answers.get("uscc") or "")):
            refused[application.pk] = _("单位的统一社会信用代码有误，请核对 18 位代码。")
    return refused

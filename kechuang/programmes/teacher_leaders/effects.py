"""What the teacher leaders add to the moves of an application."""

from django.utils.translation import gettext as _

from kechuang.base import clock
from kechuang.engine.applications.batch import Batch
from kechuang.engine.programme.registry import guard
from kechuang.programmes.teacher_leaders import rules


@guard("two_of_three")
def two_of_three(batch: Batch) -> dict[int, str]:
    """Five years, and two of the three within ten years (rules.kinds_met)."""
    refused, year = {}, clock.today().year
    for application in batch.applications:
        if not rules.is_long_enough(application.answers):
            refused[application.pk] = _("从事科创教育须满 %(n)s 年。") % {"n": rules.YEARS_OF_SERVICE}
        elif len(rules.kinds_met(application.answers, year)) < rules.NEEDED:
            refused[application.pk] = _(
                "近 %(n)s 年内，指导学生获奖、本人获奖或荣誉、课题或论文三项中至少要有两项。"
            ) % {"n": rules.WINDOW}
    return refused

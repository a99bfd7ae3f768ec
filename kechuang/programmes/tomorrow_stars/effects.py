"""What the stars of tomorrow add to the moves of an application."""

from django.utils.translation import gettext as _

from kechuang.base import clock
from kechuang.engine.applications.batch import Batch
from kechuang.engine.programme.registry import guard
from kechuang.programmes.tomorrow_stars import rules


@guard("may_be_a_star")
def may_be_a_star(batch: Batch) -> dict[int, str]:
    """Own practice of the last years and something done for others (rules.is_eligible)."""
    year = clock.today().year
    return {
        application.pk: _("近 %(n)s 年内至少要有一项自己的科技实践，并写明科技志愿服务等社会责任表现。")
        % {"n": rules.WINDOW}
        for application in batch.applications
        if not rules.is_eligible(application.answers, year)
    }

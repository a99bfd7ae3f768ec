"""What the course cases add to the moves of an application."""

from django.utils.translation import gettext as _

from kechuang.engine.applications.batch import Batch
from kechuang.engine.programme.registry import guard
from kechuang.programmes.course_cases import rules


@guard("combines_subjects")
def combines_subjects(batch: Batch) -> dict[int, str]:
    """Two subjects at least, and grades of the own stage (rules)."""
    refused = {}
    for application in batch.applications:
        if not rules.is_combined(application.answers):
            refused[application.pk] = _("典型课程案例要融合至少 %(n)s 门学科，请在“融合的学科”里选全。") % {
                "n": rules.SUBJECTS_NEEDED
            }
        elif not rules.fits_stage(application.answers, application.stage):
            refused[application.pk] = _("“适用年级”与所选学段不一致，请核对。")
    return refused

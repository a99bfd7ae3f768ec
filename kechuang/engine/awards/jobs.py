"""Background work of the award stage."""

from django.utils.translation import gettext_lazy as _

from kechuang.base.jobs import JobFailed, Progress, job
from kechuang.base.pdf import FontsMissing
from kechuang.engine.awards.printing import print_pending


@job("certificates.issue", retries=3, title=_("制作证书"))
def issue(progress: Progress, call: int) -> dict[str, int]:
    """Print what is still to be printed of a call; safe to run again at any time."""
    try:
        return {"issued": print_pending(call, progress)}
    except FontsMissing as missing:
        raise JobFailed(missing.sentence) from missing

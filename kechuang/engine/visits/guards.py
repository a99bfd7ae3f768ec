"""What a pool asks of an application besides its form: nobody who is stopped, and nobody without a clear vetting (domain.md §3.7)."""

from django.utils.translation import gettext as _

from kechuang.base import clock
from kechuang.engine.applications.batch import Batch
from kechuang.engine.programme.registry import guard
from kechuang.engine.visits.queries import Vetted, vetted

MONTHS = 12


@guard("not_stopped")
def not_stopped(batch: Batch) -> dict[int, str]:
    """Stopped people cannot apply; why they were stopped is not said here."""
    return {
        pk: _("现在不能申请。如有疑问，请与市级教育行政部门联系。") for pk, one in _of(batch).items() if one.is_stopped
    }


@guard("has_clear_vetting")
def has_clear_vetting(batch: Batch) -> dict[int, str]:
    """教职员工准入查询 before anybody enters a school: clear, and not older than the pool says."""
    pool = batch.call.plan.pool
    months = pool.vetting_months if pool else MONTHS
    return {
        pk: _("还没有有效的准入查询（%(label)s）：请先查询并登记结果，%(n)s 个月内有效。") % {"label": one.label, "n": months}
        for pk, one in _of(batch, months).items()
        if not one.stands
    }  # fmt: skip


def _of(batch: Batch, months: int = MONTHS) -> dict[int, Vetted]:
    people = [one.person for one in batch.applications if one.person is not None]
    found = vetted(people, months, clock.today())
    return {one.pk: found[one.person_id] for one in batch.applications if one.person_id in found}

"""Charts of a ranking: severity of experts, and the intervals of the entries at a prize border."""

from collections.abc import Sequence

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from kechuang.web.charts import Chart, Series
from kechuang.web.outcomes.standings import DivisionSheet, SeverityRow, StandingRow

AROUND = 7
"""Entries shown on either side of a border."""
Z = 1.645


def severity_chart(rows: Sequence[SeverityRow]) -> Chart | None:
    """Experts from severe to generous; the level line at 0 is the average expert."""
    told = [row for row in rows if row.error is not None]
    if len(told) < 2:
        return None
    clear = sum(abs(row.value) > Z * row.error for row in told)
    says = ngettext(
        "%(all)s 位专家中，%(n)s 位的宽严与平均水平有明显差别。",
        "%(all)s 位专家中，%(n)s 位的宽严与平均水平有明显差别。",
        clear,
    ) % {"all": len(told), "n": clear}
    values = Series(
        _("宽严"),
        [round(row.value, 2) for row in told],
        [round(row.value - Z * row.error, 2) for row in told],
        [round(row.value + Z * row.error, 2) for row in told],
    )
    return Chart("dots", _("专家宽严"), says, [row.name for row in told], [values], unit=_("分"), label_title=_("专家"),
                 line=(0, _("平均水平")))  # fmt: skip


def border_chart(sheet: DivisionSheet, share: float, name: str) -> Chart | None:
    """The entries of a division next to the border of a prize (a share of its entries), with their 90 % intervals."""
    limit = int(share * len(sheet.rows) + 1e-9)
    if not 0 < limit < len(sheet.rows):
        return None
    shown = sheet.rows[max(0, limit - AROUND) : limit + AROUND]
    border = (sheet.rows[limit - 1].estimate + sheet.rows[limit].estimate) / 2
    crossing = sum(row.low < border < row.high for row in sheet.rows)
    says = ngettext(
        "%(n)s 件作品的区间跨过%(name)s的边界：它们之间的先后还不能下定论。",
        "%(n)s 件作品的区间跨过%(name)s的边界：它们之间的先后还不能下定论。",
        crossing,
    ) % {"n": crossing, "name": name}
    return Chart("dots", _("%(name)s边界 · %(division)s") % {"name": name, "division": sheet.name}, says,
                 [_label(row) for row in shown], [_series(shown)], unit=_("分"), label_title=_("作品"),
                 line=(round(border, 2), _("%(name)s边界") % {"name": name}))  # fmt: skip


def _label(row: StandingRow) -> str:
    return f"{row.rank} · {row.alias}"


def _series(rows: Sequence[StandingRow]) -> Series:
    return Series(
        _("估计分"),
        [round(row.estimate, 2) for row in rows],
        [round(row.low, 2) for row in rows],
        [round(row.high, 2) for row in rows],
    )

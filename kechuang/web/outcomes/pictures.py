"""Charts of a ranking: the intervals of the entries at a prize border."""

from collections.abc import Sequence

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from kechuang.web.charts import Chart, Series
from kechuang.web.outcomes.standings import DivisionSheet, StandingRow

AROUND = 7
"""Entries shown on either side of a border."""


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

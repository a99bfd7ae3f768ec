"""The tables of these pages as Excel."""

from collections.abc import Iterable

from django.utils.translation import gettext as _

from kechuang.base.tables import Column, write_xlsx
from kechuang.engine.decisions.models import Decision
from kechuang.engine.decisions.queries import SheetRow, result_sheet
from kechuang.web.outcomes.pages import division_names
from kechuang.web.outcomes.standings import DivisionSheet


def ranking_xlsx(title: str, divisions: Iterable[DivisionSheet], sentences: Iterable[str]) -> bytes:
    columns = [
        Column(_("组别"), 22), Column(_("名次"), 8, "integer"), Column(_("评审编号"), 12), Column(_("作品名称"), 44), Column(_("学校"), 28),
        Column(_("估计分"), 10, "number"), Column(_("标准误"), 10, "number"), Column(_("区间下限"), 10, "number"),
        Column(_("区间上限"), 10, "number"), Column(_("平均分"), 10, "number"), Column(_("评分份数"), 10, "integer"), Column(_("各份评分"), 22),
        Column(_("提示"), 36),
    ]  # fmt: skip
    rows = [
        (d.name, r.rank, r.alias, r.title, r.school, r.estimate, r.error, r.low, r.high, r.mean, len(r.totals),
         "、".join(f"{total:g}" for total in r.totals), "；".join(r.flags))
        for d in divisions for r in d.rows
    ]  # fmt: skip
    return write_xlsx(columns, rows, title=title, notes=list(sentences))


def decision_xlsx(decision: Decision) -> bytes:
    names = division_names(decision.call.plan)
    columns = [
        Column(_("组别"), 22), Column(_("名次"), 8, "integer"), Column(_("评审编号"), 12), Column(_("作品名称"), 44), Column(_("学校"), 28),
        Column(_("综合分"), 10, "number"), Column(_("标准误"), 10, "number"), Column(_("结果"), 12), Column(_("说明"), 36),
    ]  # fmt: skip
    rows = [
        (names.get(r.division, r.division), r.rank, r.alias, r.title, r.school, r.estimate, r.error, outcome_words(r), r.note)
        for r in result_sheet(decision)
    ]  # fmt: skip
    return write_xlsx(
        columns, rows, title=str(decision), notes=[_("结果校验码 %(digest)s") % {"digest": decision.lines_digest}]
    )


def outcome_words(row: SheetRow) -> str:
    if row.prize_name:
        return row.prize_name
    return _("入围") if row.is_chosen else "—"

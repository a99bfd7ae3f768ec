"""The officer's list as Excel, and the same file back with decisions: read, compared with what stands, shown before it is applied."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as _n

from kechuang.base.errors import Refused
from kechuang.base.tables import Column, TableRefused, read_table, write_xlsx
from kechuang.engine.applications.batch import Outcome
from kechuang.engine.applications.models import Application, ApplicationQuerySet
from kechuang.engine.applications.perform import perform_many
from kechuang.engine.calls.models import Call
from kechuang.engine.workflow.workflow import Move
from kechuang.orgs.actor import Actor
from kechuang.orgs.enums import Stage

NUMBER, DECISION, REASON = _n("受理号"), _n("办理意见"), _n("理由")
WORDS: dict[str, tuple[str, ...]] = {
    _n("通过"): ("endorse", "screen"),
    _n("报送"): ("endorse",),
    _n("推荐"): ("recommend",),
    _n("不推荐"): ("pass_over", "decline"),
    _n("退回"): ("return", "send_back", "ask_completion"),
    _n("不通过"): ("reject", "decline"),
}
"""What an officer writes in the decision column; which move it means follows from where the application stands."""
MAX_ROWS = 20_000


def columns_for(moves: Iterable[Move]) -> list[Column]:
    names = {move.name for move in moves}
    choices = tuple(_(word) for word, means in WORDS.items() if names.intersection(means))
    plain = [
        _(NUMBER),
        _("作品名称"),
        _("学校"),
        _("区"),
        _("学段"),
        _("学科"),
        _("人数"),
        _("学生编号"),
        _("状态"),
        _("提交时间"),
    ]
    kinds = {6: "integer", 9: "datetime"}
    widths = {0: 20, 1: 40, 2: 26, 5: 18, 7: 26, 9: 18}
    sheet = [Column(heading, width=widths.get(n, 12), kind=kinds.get(n, "text")) for n, heading in enumerate(plain)]
    return [*sheet, Column(_(DECISION), width=14, choices=choices), Column(_(REASON), width=40)]


def sheet_of(call: Call, rows: ApplicationQuerySet, moves: list[Move]) -> bytes:
    """The list as a workbook. Pupils stand in it by their number: a file travels further than a page."""
    names = {d.code: _(d.name) for d in call.plan.disciplines}
    notes = [
        _("在“%(column)s”一列填写意见，保存后回到列表页上传，系统会先显示将要发生的变化。") % {"column": _(DECISION)},
        _("退回、不推荐和不通过须写理由，申报团队会看到它。留空的行不办理。"),
    ]
    people = rows.select_related("org__parent").prefetch_related("members__person")
    return write_xlsx(columns_for(moves), [_row(app, names) for app in people], title=str(call), notes=notes)


def _row(application: Application, disciplines: dict[str, str]) -> list[Any]:
    parent = application.org.parent
    return [
        application.receipt_no or "", application.title, application.org.name, parent.name if parent else "",
        str(Stage(application.stage).label) if application.stage else "", disciplines.get(application.discipline, application.discipline),
        application.team_size, "、".join(member.person.public_id for member in application.members.all()), _(application.state_info.label),
        application.submitted_at, "", "",
    ]  # fmt: skip


@dataclass
class Change:
    """One row of the file that would move an application."""

    row: int
    application: Application
    move: Move
    reason: str


@dataclass
class Reading:
    """What a file with decisions would do: the changes, the rows that cannot be understood, and the rows left blank."""

    changes: list[Change] = field(default_factory=list)
    problems: list[tuple[int, str]] = field(default_factory=list)
    blank: int = 0

    @property
    def summary(self) -> list[tuple[str, int]]:
        counts = Counter(_(change.move.label) for change in self.changes)
        return counts.most_common()

    def stored(self) -> list[list[Any]]:
        return [
            [change.application.pk, change.application.state, change.move.name, change.reason]
            for change in self.changes
        ]


def read_decisions(file: Any, scope: ApplicationQuerySet, moves: list[Move]) -> Reading:
    """Understand the file against the applications as they stand now; nothing is written."""
    try:
        table = read_table(file, max_rows=MAX_ROWS, required=(_(NUMBER), _(DECISION)))
        rows = list(table.rows)
    except TableRefused as refusal:
        raise Refused(str(refusal)) from refusal
    numbers = [str(row[_(NUMBER)]).strip() for row in rows]
    twice = {number for number, n in Counter(numbers).items() if n > 1 and number}
    known = {app.receipt_no: app for app in scope.filter(receipt_no__in=set(numbers)).select_related("org")}
    reading = Reading()
    for row, number in zip(rows, numbers, strict=True):
        word = str(row[_(DECISION)]).strip()
        if not word:
            reading.blank += 1
            continue
        change = _understood(
            row.number, number in twice, known.get(number), word, str(row.get(_(REASON), "")).strip(), moves
        )
        if isinstance(change, str):
            reading.problems.append((row.number, change))
        else:
            reading.changes.append(change)
    return reading


def _understood(
    row: int, is_twice: bool, application: Application | None, word: str, reason: str, moves: list[Move]
) -> Change | str:
    if application is None:
        return _("找不到这个受理号，或它不在您的管辖范围内。")
    if is_twice:
        return _("同一个受理号出现了多次，请只留一行。")
    wanted = {name for given, means in WORDS.items() if word in {given, _(given)} for name in means}
    fitting = [move for move in moves if move.name in wanted or word == _(move.label)]
    if not fitting:
        return _("看不懂“%(word)s”，请从下拉列表中选择。") % {"word": word}
    move = next((move for move in fitting if application.state in move.source), None)
    if move is None:
        return _("它现在是“%(state)s”，不能办理“%(word)s”。") % {"state": _(application.state_info.label), "word": word}
    if move.needs_reason and not reason:
        return _("“%(word)s”须写理由，申报团队会看到它。") % {"word": word}
    return Change(row, application, move, reason)


@transaction.atomic
def apply_decisions(stored: list[list[Any]], scope: ApplicationQuerySet, *, by: Actor) -> Outcome:
    """Make the changes that were shown; an application that moved in between is refused, not moved again."""
    applications = {app.pk: app for app in scope.filter(pk__in=[pk for pk, *_rest in stored]).select_related("org")}
    groups: dict[tuple[str, str], list[Application]] = {}
    outcome = Outcome()
    for pk, state, move, reason in stored:
        application = applications.get(pk)
        if application is None:
            continue
        if application.state != state:
            outcome.refused.append(
                (
                    application,
                    _("预览之后它的状态已变为“%(state)s”，没有办理。") % {"state": _(application.state_info.label)},
                )
            )
        else:
            groups.setdefault((move, reason), []).append(application)
    for (move, reason), members in groups.items():
        part = perform_many(members, move, by=by, reason=reason)
        outcome.done += part.done
        outcome.refused += part.refused
    return outcome

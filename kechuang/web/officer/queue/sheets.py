"""The officer's list as Excel, and the same file back with decisions: read, compared with what stands, shown before it is applied."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from kechuang.base import clock
from kechuang.base.errors import Refused
from kechuang.base.planning import room_to_sort
from kechuang.base.tables import Column, TableRefused, annotate, in_any_language, read_table, stream_csv, write_xlsx
from kechuang.engine.applications.bulk import Step
from kechuang.engine.applications.models import Application, ApplicationQuerySet, BulkAct
from kechuang.engine.applications.paging import Order
from kechuang.engine.workflow.workflow import Move
from kechuang.web.officer.queue.filters import COLUMNS, Listing
from kechuang.web.officer.queue.rows import PEOPLE, Wording, people_of, values_of

KEY, NUMBER, DECISION, REASON, RESULT = (
    gettext_noop("核对码"),
    gettext_noop("受理号"),
    gettext_noop("办理意见"),
    gettext_noop("理由"),
    gettext_noop("办理结果"),
)
WORDS: dict[str, tuple[str, ...]] = {
    gettext_noop("通过"): ("endorse", "screen"),
    gettext_noop("报送"): ("endorse",),
    gettext_noop("推荐"): ("recommend",),
    gettext_noop("不推荐"): ("pass_over", "decline"),
    gettext_noop("退回"): ("return", "send_back", "ask_completion"),
    gettext_noop("不通过"): ("reject", "decline"),
}
"""What an officer writes in the decision column; which move it means follows from where the application stands."""
MAX_ROWS = 20_000


@dataclass(frozen=True)
class Shown:
    """A column of the list as it stands in the file."""

    value: Callable[[Any, Wording], Any]
    kind: str = "text"
    width: int = 14


SHOWN: dict[str, Shown] = {
    "school": Shown(lambda row, words: row.org__name, width=26),
    "district": Shown(lambda row, words: row.org__parent__name or ""),
    "division": Shown(lambda row, words: words.division(row.division), width=18),
    "team": Shown(lambda row, words: words.people["team"].get(row.pk, ""), width=26),
    "advisers": Shown(lambda row, words: words.people["advisers"].get(row.pk, ""), width=20),
    "state": Shown(lambda row, words: words.state(row.state)),
    "received": Shown(lambda row, words: row.submitted_at, kind="datetime", width=18),
    "waiting": Shown(lambda row, words: (words.now - row.state_since).days, kind="integer"),
}
"""The list's columns in the file. Pupils stand in it by their number: a file travels further than a page."""
CHUNK = 5000
"""Rows whose people are read together."""


def columns_for(columns: Sequence[str], moves: Iterable[Move]) -> list[Column]:
    names = {move.name for move in moves}
    choices = tuple(_(word) for word, means in WORDS.items() if names.intersection(means))
    head = [Column(_(KEY), width=20), Column(_(NUMBER), width=20), Column(_("作品名称"), width=40)]
    chosen = [Column(str(COLUMNS[name]), width=SHOWN[name].width, kind=SHOWN[name].kind) for name in columns]
    return [*head, *chosen, Column(_(DECISION), width=14, choices=choices), Column(_(REASON), width=40)]


def sheet_of(listing: Listing, rows: ApplicationQuerySet, moves: list[Move]) -> bytes:
    """The list as a workbook, with the columns that the officer sees; the key says which application it was, and as of when."""
    notes = [
        _("在“%(column)s”一列填写意见，保存后回到列表页上传，系统会先显示将要发生的变化。") % {"column": _(DECISION)},
        _("退回、不推荐和不通过须写理由，申报者会看到它。留空的行不办理。"),
        _("“%(column)s”用来认出每一行和导出时的状态，请勿改动。") % {"column": _(KEY)},
    ]
    columns = columns_for(_shown_of(listing), moves)
    return write_xlsx(columns, lines_of(listing, rows), title=str(listing.call), notes=notes)


def csv_of(listing: Listing, rows: ApplicationQuerySet, moves: list[Move]) -> Iterator[bytes]:
    """The same table as CSV, in pieces as it is read; it comes back in like the workbook."""
    return stream_csv(columns_for(_shown_of(listing), moves), lines_of(listing, rows))


def lines_of(listing: Listing, rows: ApplicationQuerySet) -> Iterator[list[Any]]:
    """Key, number, title, the chosen columns, and two empty cells for the decision; read in chunks, in the list's order."""
    columns = _shown_of(listing)
    makers = [SHOWN[name].value for name in columns]
    found = Order.named(listing.sort).apply(values_of(rows, columns, listing.sort, "version", "receipt_no"))
    with room_to_sort():
        rest = found.iterator(CHUNK)
        while chunk := list(islice(rest, CHUNK)):
            people = {
                name: people_of(model, chunk, "person__public_id") for name, model in PEOPLE.items() if name in columns
            }
            words = Wording(listing.call.plan, people)
            for row in chunk:
                key = f"{row.public_id}.{row.version}"
                yield [key, row.receipt_no or "", row.title, *[maker(row, words) for maker in makers], "", ""]


def _shown_of(listing: Listing) -> list[str]:
    return [name for name in listing.columns if name in SHOWN]


@dataclass
class Reading:
    """What a file with decisions would do: the steps, the rows that cannot be understood, and the rows left blank."""

    steps: list[Step] = field(default_factory=list)
    problems: list[tuple[int, str]] = field(default_factory=list)
    blank: int = 0


@dataclass(frozen=True)
class Line:
    """One row of the file, cleaned."""

    row: int
    key: str
    number: str
    word: str
    reason: str

    @property
    def public_id(self) -> str:
        return self.key.rpartition(".")[0]

    @property
    def version(self) -> int | None:
        given = self.key.rpartition(".")[2]
        return int(given) if given.isdecimal() else None


def read_decisions(file: Any, scope: ApplicationQuerySet, moves: list[Move]) -> Reading:
    """Understand the file against the applications as they stand now; nothing is written. A file without keys goes by receipt number."""
    try:
        table = read_table(file, max_rows=MAX_ROWS, required=(DECISION,), known=(KEY, NUMBER, DECISION, REASON))
        if KEY not in table.headings and NUMBER not in table.headings:
            raise Refused(_("表格里没有“%(key)s”或“%(number)s”，认不出每一行是哪件申报。请使用从列表导出的文件。") % {"key": _(KEY), "number": _(NUMBER)})  # fmt: skip
        lines = [_line(row) for row in table.rows]
    except TableRefused as refusal:
        raise Refused(str(refusal)) from refusal
    known = _known(lines, scope)
    named = Counter(line.public_id or line.number for line in lines)
    reading, meant = Reading(), meanings(moves)
    for line in lines:
        if not line.word:
            reading.blank += 1
            continue
        application = known.get(line.public_id) if line.key else known.get(line.number)
        found = _understood(line, application, moves, meant, is_twice=named[line.public_id or line.number] > 1)
        if isinstance(found, str):
            reading.problems.append((line.row, found))
        else:
            reading.steps.append(found)
    return reading


def _line(row: Any) -> Line:
    key, number, word, reason = (str(row.get(name, "")).strip() for name in (KEY, NUMBER, DECISION, REASON))
    return Line(row.number, key, number, word, reason)


def _known(lines: Sequence[Line], scope: ApplicationQuerySet) -> dict[str, Application]:
    """By public id and by receipt number; two queries whatever the file's length."""
    slim = scope.defer("answers", "abstract")
    keys = {line.public_id for line in lines if line.key and line.word}
    numbers = {line.number for line in lines if not line.key and line.word}
    found = {app.public_id: app for app in slim.filter(public_id__in=keys)}
    return found | {app.receipt_no: app for app in slim.filter(receipt_no__in=numbers) if app.receipt_no}


def meanings(moves: list[Move]) -> dict[str, set[str]]:
    """What may stand in the decision column, in every language → the names of the moves that it can mean."""
    found: dict[str, set[str]] = {}
    for said, source in in_any_language(WORDS).items():
        found.setdefault(said, set()).update(WORDS[source])
    for move in moves:
        for said in in_any_language([move.label]):
            found.setdefault(said, set()).add(move.name)
    return found


def _understood(
    line: Line, application: Application | None, moves: list[Move], meant: dict[str, set[str]], *, is_twice: bool
) -> Step | str:
    if application is None:
        return _("找不到这件申报，或它不在您的管辖范围内。")
    state = _(application.state_info.label)
    if problem := _mistaken(line, application, state, is_twice=is_twice):
        return problem
    fitting = [move for move in moves if move.name in meant.get(line.word, ())]
    if not fitting:
        return _("看不懂“%(word)s”，请从下拉列表中选择。") % {"word": line.word}
    move = next((move for move in fitting if application.state in move.source), None)
    if move is None:
        return _("它现在是“%(state)s”，不能办理“%(word)s”。") % {"state": state, "word": line.word}
    if move.needs_reason and not line.reason:
        return _("“%(word)s”须写理由，申报者会看到它。") % {"word": line.word}
    return Step(application.pk, application.version, move.name, line.reason, line.row)


def _mistaken(line: Line, application: Application, state: str, *, is_twice: bool) -> str:
    """Why the row does not stand for the application as it is now."""
    if is_twice:
        return _("同一件申报出现了多次，请只留一行。")
    if line.key and line.number and line.number != application.receipt_no:
        return _("核对码与受理号不是同一件申报，可能移动过单元格。请重新导出。")
    if line.key and line.version != application.version:
        at = f"{clock.local(application.state_since):%m-%d %H:%M}"
        sentence = _("导出之后这件申报有过变化，现在是“%(state)s”（%(at)s 起）。请重新导出后再办理。")
        return sentence % {"state": state, "at": at}
    return ""


def with_results(act: BulkAct) -> bytes:
    """The file that was sent in, with a column that says what came of each row."""
    assert act.file is not None
    rows = {step.application: step.row for step in (Step(*stored) for stored in act.steps)}
    labels = {move.name: _(move.label) for move in act.call.workflow.moves}
    said = {rows[pk]: _("已办理：%(move)s") % {"move": labels.get(name, name)} for pk, _version, name in act.done}
    said |= {row: _("没有办理：%(why)s") % {"why": sentence} for _pk, sentence, row in act.refused}
    said |= {row: _("没有办理：%(why)s") % {"why": sentence} for row, sentence in act.problems}
    with act.file.open() as opened:
        return annotate(opened, said, heading=_(RESULT))

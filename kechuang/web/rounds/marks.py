"""A written test: the candidates with their marks, typed on the page or taken in from a sheet by way of a preview."""

import base64
from dataclasses import dataclass
from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, ngettext

from kechuang.base.errors import Refused
from kechuang.base.tables import Column, annotate, read_table, write_xlsx
from kechuang.engine.applications.rules import division_name
from kechuang.engine.models import ReviewRound, RoundEntry
from kechuang.engine.reviews.actions.marks import Mark, read_mark, record_marks
from kechuang.engine.reviews.queries import missing_reviews
from kechuang.web.rounds.pages import RoundPage, download

PER_PAGE = 50
MAX_ROWS, MAX_BYTES = 5000, 2 * 1024 * 1024
KEPT = "mark_upload"
ALIAS, MARK = gettext_noop("准考号"), gettext_noop("成绩")


def columns() -> list[Column]:
    return [
        Column(_(ALIAS), 14, required=True), Column(_("学校"), 28), Column(_("组别"), 20),
        Column(_(MARK), 12, note=_("缺考写“缺考”，留空表示还没有成绩。")),
    ]  # fmt: skip


class MarkPage(RoundPage):
    abstract = True

    def test_at(self, slug: str, code: str) -> ReviewRound:
        round = self.round_at(slug, code)
        if round.plan.kind != "test":
            raise Http404
        return round

    def rows(self, round: ReviewRound) -> Any:
        return round.entries.standing().select_related("application__org", "mark").order_by("alias")


class Marks(MarkPage):
    template = "rounds/marks.html"

    def get(self, request: HttpRequest, slug: str, code: str) -> HttpResponse:
        return self.shown(self.test_at(slug, code))

    def shown(self, round: ReviewRound, problems: dict[str, str] | None = None) -> HttpResponse:
        page = Paginator(self.rows(round), PER_PAGE).get_page(self.request.GET.get("page"))
        problems, typed = problems or {}, self.request.POST
        lines = [
            {
                "entry": entry, "division": division_name(round.call.plan, entry.application.division),
                "value": typed.get(f"points-{entry.alias}", said(entry)), "problem": problems.get(entry.alias, ""),
            }
            for entry in page
        ]  # fmt: skip
        missing = len(missing_reviews(round))
        return self.page(
            round, "round_marks", page=page, lines=lines, missing=missing, total=page.paginator.count, problems=len(problems),
            done=page.paginator.count - missing, status=422 if problems else 200,
        )  # fmt: skip

    def post(self, request: HttpRequest, slug: str, code: str) -> HttpResponse:
        """What was typed on this page: what is right is kept, what is wrong comes back by its row."""
        round = self.test_at(slug, code)
        found: dict[str, Mark] = {}
        problems: dict[str, str] = {}
        for name, text in request.POST.items():
            if not name.startswith("points-"):
                continue
            alias = name.removeprefix("points-")
            try:
                mark = read_mark(round.plan, text)
            except Refused as refusal:
                problems[alias] = refusal.sentence
                continue
            if mark is not None:
                found[alias] = mark
        n = record_marks(round, found, by=self.actor)
        if problems:
            return self.shown(round, problems)
        words = ngettext("已保存 %(n)s 名考生的成绩。", "已保存 %(n)s 名考生的成绩。", n) % {"n": n}
        return self.done(words if n else _("没有变化。"), "round_marks", slug, code)


def said(entry: RoundEntry) -> str:
    mark = getattr(entry, "mark", None)
    if mark is None:
        return ""
    return _("缺考") if mark.is_absent else f"{mark.points.normalize():f}"


class MarkSheet(MarkPage):
    """Numbers, schools and divisions, nobody's name: it leaves at once, and comes back filled in."""

    def get(self, request: HttpRequest, slug: str, code: str) -> HttpResponse:
        round = self.test_at(slug, code)
        plan = round.call.plan
        rows = [
            (entry.alias, entry.application.org.name, division_name(plan, entry.application.division), said(entry))
            for entry in self.rows(round)
        ]
        return download(write_xlsx(columns(), rows, title=_("成绩")), f"{round.call.title} {_(round.plan.name)}.xlsx")


@dataclass
class Line:
    """A row of the upload: the mark it would set, or why it cannot."""

    number: int
    alias: str
    before: str = ""
    after: str = ""
    mark: Mark | None = None
    reason: str = ""


def read_lines(data: bytes, round: ReviewRound) -> list[Line]:
    """Every row, checked for itself and against the candidates; rows without a mark are passed over."""
    table = read_table(data, max_rows=MAX_ROWS, max_bytes=MAX_BYTES, required=(ALIAS, MARK), known=(ALIAS, MARK))
    entries = {entry.alias: entry for entry in round.entries.standing().select_related("mark")}
    seen: set[str] = set()
    lines = []
    for row in table.rows:
        line = Line(row.number, str(row.get(ALIAS) or "").strip())
        try:
            line.mark = _mark_of(row, line.alias, round, entries, seen)
        except Refused as refused:
            line.reason = refused.sentence
        seen.add(line.alias)
        if line.mark is not None:
            line.before = said(entries[line.alias])
            line.after = _("缺考") if line.mark.is_absent else f"{line.mark.points:g}"
        if line.mark is not None or line.reason:
            lines.append(line)
    return lines


def _mark_of(row: Any, alias: str, round: ReviewRound, entries: dict[str, RoundEntry], seen: set[str]) -> Mark | None:
    if alias not in entries:
        raise Refused(_("本轮没有准考号“%(alias)s”。") % {"alias": alias})
    if alias in seen:
        raise Refused(_("准考号“%(alias)s”在前面的行里已经出现过。") % {"alias": alias})
    return read_mark(round.plan, row.get(MARK))


class MarkUpload(MarkPage):
    """Choose a file; then see row by row what it would do. Nothing is written yet."""

    template = "rounds/mark_upload.html"

    def get(self, request: HttpRequest, slug: str, code: str) -> HttpResponse:
        return self.page(self.test_at(slug, code), "round_marks")

    def post(self, request: HttpRequest, slug: str, code: str) -> HttpResponse:
        round, file = self.test_at(slug, code), request.FILES.get("file")
        if file is None:
            raise Refused(_("请先选择填好的 Excel 或 CSV 文件。"))
        if file.size is None or file.size > MAX_BYTES:
            raise Refused(_("文件超过 2 MB。请删去图片等多余内容后再上传。"))
        data = file.read()
        read_lines(data, round)
        kept = {"name": file.name, "data": base64.b64encode(data).decode(), "round": round.pk}
        request.session[KEPT] = kept
        return redirect("round_marks_take", slug, code)


class KeptMarks(MarkPage):
    abstract = True

    def kept(self, round: ReviewRound) -> bytes:
        found = self.request.session.get(KEPT)
        if not found or found["round"] != round.pk:
            raise Refused(_("没有待确认的文件，请重新上传。"))
        return base64.b64decode(found["data"])


class MarkTake(KeptMarks):
    template = "rounds/mark_take.html"

    def get(self, request: HttpRequest, slug: str, code: str) -> HttpResponse:
        round = self.test_at(slug, code)
        if request.session.get(KEPT, {}).get("round") != round.pk:
            return redirect("round_marks_upload", slug, code)
        lines = read_lines(self.kept(round), round)
        good, bad = [line for line in lines if line.mark is not None], [line for line in lines if line.reason]
        changes = [line for line in good if line.before != line.after]
        return self.page(round, "round_marks", good=good, bad=bad, changes=changes, file=request.session[KEPT]["name"])

    def post(self, request: HttpRequest, slug: str, code: str) -> HttpResponse:
        round = self.test_at(slug, code)
        marks = {line.alias: line.mark for line in read_lines(self.kept(round), round) if line.mark is not None}
        if not marks:
            raise Refused(_("没有可以写入的行，请按原因修改后重新上传。"))
        n = record_marks(round, marks, by=self.actor)
        request.session.pop(KEPT, None)
        words = ngettext("已保存 %(n)s 名考生的成绩。", "已保存 %(n)s 名考生的成绩。", n) % {"n": n}
        return self.done(words, "round_marks", slug, code)


class MarksRefused(KeptMarks):
    """The same file with the reason beside each row that cannot be taken."""

    def get(self, request: HttpRequest, slug: str, code: str) -> HttpResponse:
        round = self.test_at(slug, code)
        data = self.kept(round)
        reasons = {line.number: line.reason for line in read_lines(data, round) if line.reason}
        name = request.session[KEPT]["name"]
        return download(annotate(data, reasons), _("有问题的行-%(name)s") % {"name": name})

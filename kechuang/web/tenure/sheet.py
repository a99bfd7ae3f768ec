"""A report as its page shows it: chapters of questions while it is written, answers in words afterwards."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from kechuang.engine.applications.rules import is_blank, is_shown
from kechuang.engine.programme.declaration import Question
from kechuang.engine.tenure import rules
from kechuang.engine.tenure.models import Report, ReportFile
from kechuang.web.applicant.forms import PREFIX
from kechuang.web.applicant.reading import Answered, Paper, Part, spoken
from kechuang.web.applicant.sheet import Asked, Chapter, Missing
from kechuang.web.tenure.forms import QuestionForm

FILES = "tenure/files.html"


@dataclass(frozen=True)
class Sheet:
    form: QuestionForm
    chapters: list[Chapter]
    missing: list[Missing]

    @property
    def all_chapters(self) -> list[Chapter]:
        return self.chapters

    @property
    def done(self) -> int:
        return sum(chapter.is_done for chapter in self.chapters)


def sheet_of(report: Report, values: Mapping[str, Any], errors: Mapping[str, str] | None = None) -> Sheet:
    form, files = QuestionForm(report.questions, values, errors), files_of(report)
    chapters = [
        _chapter(section.code, section.name, section.help, [_asked(report, q, form, files) for q in section.questions], errors or {})
        for section in report.plan.form
    ]  # fmt: skip
    lacking = set(rules.missing(report.questions, report.answers, {code: len(rows) for code, rows in files.items()}))
    missing = [Missing(_(q.label), f"q-{q.code}") for q in report.questions if _(q.label) in lacking]
    return Sheet(form, chapters, missing)


def files_of(report: Report) -> dict[str, list[ReportFile]]:
    found: dict[str, list[ReportFile]] = defaultdict(list)
    for row in report.files.select_related("stored"):
        found[row.question].append(row)
    return found


def _chapter(code: str, name: str, text: str, asked: list[Asked], errors: Mapping[str, str]) -> Chapter:
    owed = [one for one in asked if one.is_required and one.is_shown]
    wrong = sum(one.question.code in errors for one in asked)
    return Chapter(f"s-{code}", _(name), sum(one.is_answered for one in owed), len(owed), text, asked, errors=wrong)


def asked_files(report: Report, question: Question) -> Asked:
    """A question of files, with what hangs on it now."""
    return _asked(report, question, None, files_of(report))


def _asked(report: Report, question: Question, form: QuestionForm | None, files: Mapping[str, Any]) -> Asked:
    condition = question.show_if
    held = files.get(question.code, [])
    return Asked(
        question,
        bound=form[question.code] if form and question.code in form.fields else None,
        is_shown=is_shown(question, report.answers, ""),
        is_required=bool(question.required_from),
        is_answered=not is_blank(question, report.answers.get(question.code), len(held)),
        show_if=f"{PREFIX}-{condition.question}={'|'.join(condition.values)}" if condition else "",
        attachments=held,
        purpose=f"report:{report.public_id}:{question.code}",
        files_url=reverse("report_files", args=[report.public_id, question.code]),
        files_template=FILES,
    )


def parts(report: Report) -> list[Part]:
    """What was answered, section by section, as a reader sees it."""
    files = files_of(report)
    found = []
    for section in report.plan.form:
        shown = [q for q in section.questions if q.kind != "statement" and is_shown(q, report.answers, "")]
        found.append(Part(_(section.name), [_answered(report, q, files.get(q.code, [])) for q in shown]))
    return found


def _answered(report: Report, question: Question, held: list[Any]) -> Answered:
    value = report.answers.get(question.code)
    if question.kind in {"file", "files"}:
        return Answered(question, papers=[Paper(row, row.stored.name) for row in held])
    if is_blank(question, value, 0):
        return Answered(question)
    if question.kind == "table":
        return Answered(question, rows=value)
    return Answered(question, text=spoken(question, value))

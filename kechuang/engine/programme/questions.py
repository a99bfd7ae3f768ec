"""What is wrong with questions, whether an application asks them or a report."""

import re
from collections.abc import Collection, Iterable, Iterator

from kechuang.engine.programme.declaration import QUESTION_KINDS, Question
from kechuang.engine.workflow.states import STATES, _

CODE = re.compile(r"^[A-Za-z][A-Za-z0-9_]{0,39}$")


def of_questions(
    questions: Iterable[Question], criteria: Collection[str] = ()
) -> Iterator[tuple[str, dict[str, object]]]:
    """Each problem as (sentence, parameters); `criteria` are the items of the rubric that a question may belong to."""
    seen: dict[str, Question] = {}
    for question in questions:
        name: dict[str, object] = {"label": question.label or question.code}
        if question.kind not in QUESTION_KINDS:
            yield _("题目“%(label)s”的题型“%(kind)s”不存在。"), name | {"kind": question.kind}
        if not question.label.strip():
            yield _("题目“%(label)s”没有题目文字。"), name
        if question.kind in {"choice", "choices"} and len(question.choices) < 2:
            yield _("题目“%(label)s”是选择题，至少要有两个选项。"), name
        if question.kind == "table" and not question.columns:
            yield _("题目“%(label)s”是表格题，至少要有一列。"), name
        if question.required_from and question.required_from not in STATES:
            yield _("题目“%(label)s”的必填阶段“%(state)s”不存在。"), name | {"state": question.required_from}
        if question.minimum is not None and question.maximum is not None and question.minimum > question.maximum:
            yield _("题目“%(label)s”的最小值大于最大值。"), name
        if question.criterion and question.criterion not in criteria:
            yield _("题目“%(label)s”所属的评分项不存在。"), name
        if question.show_if and question.show_if.question not in seen:
            yield _("题目“%(label)s”的显示条件引用了在它之前不存在的题目。"), name
        seen[question.code] = question

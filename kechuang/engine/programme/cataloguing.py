"""What is wrong with what a programme says of its catalogue and of comparing texts."""

from collections.abc import Iterator

from kechuang.engine.programme.declaration import Programme
from kechuang.engine.workflow.states import _

Found = Iterator[tuple[str, dict[str, object]]]


def problems(programme: Programme) -> Found:
    """Each as (sentence, parameters)."""
    yield from _catalogue(programme)
    yield from _similarity(programme)


def _catalogue(programme: Programme) -> Found:
    plan = programme.catalogue
    if plan is None:
        return
    kinds = {question.code: question.kind for question in programme.questions()}
    papers, choices = {"file", "files"}, {"choice", "choices"}
    wanted: list[tuple[str, set[str]]] = [
        (code, {"text", "long_text", "number", "choice", "choices", "table", "url"}) for code in plan.page
    ]
    wanted += [(code, papers) for code in (*plan.papers, plan.pictures) if code]
    wanted += [(code, choices) for code in (plan.grades, plan.subjects) if code]
    wanted += [(plan.authors, {"table"})] if plan.authors else []
    for code, allowed in wanted:
        if kinds.get(code) not in allowed:
            yield _("案例库引用的题目“%(code)s”不存在，或者题型不合适。"), {"code": code}
    names = next((q.choices for q in programme.questions() if q.code == plan.licence and q.kind == "choice"), ())
    if not plan.licences or sorted(names) != sorted(licence.name for licence in plan.licences):
        yield _("案例库的授权方式应当与授权题目的选项一致。"), {}
    if plan.pledge not in {pledge.code for pledge in programme.pledges}:
        yield _("进入案例库须有同意公开的声明。"), {}
    if programme.applicant == "team":
        yield _("案例库用于教师和单位的申报；学生作品在成果展示中展示。"), {}


def _similarity(programme: Programme) -> Found:
    plan = programme.similarity
    if plan is None:
        return
    kinds = {question.code: question.kind for question in programme.questions()}
    for code in plan.questions:
        if kinds.get(code) not in {"text", "long_text", "table", "file", "files"}:
            yield _("查重引用的题目“%(code)s”不存在，或者没有文字可比。"), {"code": code}
    if not 0 < plan.alarm_share <= 1:
        yield _("查重的提醒比例应大于 0 且不超过 100%%。"), {}

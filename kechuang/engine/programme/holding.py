"""What is wrong with what a holder is to do while the honour lasts: reports, spot checks, studio, subsidy; and with the partner."""

from collections import Counter
from collections.abc import Iterator

from kechuang.engine.programme.declaration import (
    ORG_KINDS,
    PERSON_ROLES,
    REPORT_TIMES,
    HonourPlan,
    Programme,
    ReportPlan,
)
from kechuang.engine.programme.questions import CODE, of_questions
from kechuang.engine.workflow.states import _

Found = Iterator[tuple[str, dict[str, object]]]
LONGEST = 20
"""Years of a title or of an agreement."""


def problems(programme: Programme) -> Found:
    """Each as (sentence, parameters)."""
    yield from _partner(programme)
    plan = programme.honour
    if plan is None:
        return
    yield from _reports(plan)
    if any(level.subsidy < 0 for level in plan.levels):
        yield _("补贴金额不能为负。"), {}
    checks = plan.spot_checks
    if checks is not None:
        codes = [item.code for item in checks.checklist]
        if not codes or len(set(codes)) != len(codes):
            yield _("抽查清单至少要有一项，代码不能重复。"), {}
        if not 0 < checks.share <= 1:
            yield _("抽查比例应大于 0 且不超过 100%%。"), {}
    studio = plan.studio
    if studio is not None:
        if programme.applicant != "person":
            yield _("只有个人的称号才有工作室。"), {}
        if not studio.roles or not PERSON_ROLES.issuperset(studio.roles) or studio.most < 1:
            yield _("工作室须写明哪些身份的人可以加入，人数上限至少为 1。"), {}


def _partner(programme: Programme) -> Found:
    plan = programme.partner
    if plan is None:
        return
    if not plan.kinds or not ORG_KINDS.issuperset(plan.kinds) or not plan.label.strip():
        yield _("合作单位须写明名称和哪些类型的单位可以担任。"), {}
    if not 1 <= plan.years <= LONGEST:
        yield _("合作协议的最短年限应为 1 至 20 年。"), {}
    if programme.applicant not in {"school", "organisation"}:
        yield _("只有学校或单位申报的项目才有合作单位。"), {}
    if programme.honour is None:
        yield _("有合作单位的项目须授予称号，协议与称号同时开始。"), {}


def _reports(plan: HonourPlan) -> Found:
    for code, count in Counter(report.code for report in plan.reports).items():
        if count > 1 or not CODE.match(code):
            yield _("报告代码“%(code)s”只能用字母、数字和下划线，并且不能重复。"), {"code": code}
    for report in plan.reports:
        yield from _report(plan, report)


def _report(plan: HonourPlan, report: ReportPlan) -> Found:
    name: dict[str, object] = {"name": report.name}
    questions = [question for section in report.form for question in section.questions]
    if report.when not in REPORT_TIMES:
        yield _("报告“%(name)s”的提交时间不存在。"), name
    if report.when != "yearly" and not plan.years:
        yield _("长期有效的称号没有中期和期满，报告“%(name)s”只能每年提交。"), name
    if report.when == "middle" and plan.years == 1:
        yield _("一年有效的称号没有中期，报告“%(name)s”不能在中期提交。"), name
    if not 1 <= report.open_days <= 365:
        yield _("报告“%(name)s”应在到期前 1 至 365 天开放填写。"), name
    if not questions:
        yield _("报告“%(name)s”没有题目。"), name
    if len({question.code for question in questions}) != len(questions):
        yield _("报告“%(name)s”里有重复的题目代码。"), name
    yield from of_questions(questions)

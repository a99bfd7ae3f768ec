"""科技创新教育实践基地: schools, enterprises, institutes, museums and youth centres, with grades (行动计划 三(六)、四(五)1、五(三))."""

from kechuang.engine.programme.declaration import (
    CertificatePlan,
    CheckItem,
    Criterion,
    Discipline,
    Gate,
    HonourLevel,
    HonourPlan,
    Level,
    NoticePlan,
    Pledge,
    Prize,
    PrizePlan,
    Programme,
    Question,
    RoundPlan,
    Rubric,
    Section,
    Step,
    Words,
    self_evaluation,
)
from kechuang.engine.programme.registry import register
from kechuang.engine.workflow.states import _
from kechuang.programmes.practice_bases import reports, rules


def _banded(code: str, name: str, points: float, band: rules.Band) -> Criterion:
    """An item whose points follow from a number: the bands are its anchors (domain.md §3.5)."""
    levels = tuple(Level(round(points * share), words) for _least, share, words in band.steps)
    return Criterion(code, name, points, band.help, levels)


RUBRIC = Rubric("standard", _("实践基地建设标准"), (), (
    _banded("area", _("场地面积"), 15, rules.AREA),
    _banded("days", _("开放天数"), 15, rules.DAYS),
    _banded("visitors", _("接待人次"), 15, rules.VISITORS),
    Criterion("courses", _("课程内涵"), 25, _("适合不同学段的课程、手册和评价，与学校课程衔接")),
    Criterion("staff", _("人员与管理"), 15, _("专人负责，讲解和志愿者队伍，制度健全")),
    Criterion("duty", _("社会责任"), 15, _("公益开放、优惠接待、服务薄弱学校")),
), (
    Gate("safe", _("场地、设备和活动的安全有保障")),
    Gate("free", _("对学生的实践课程不以营利为目的，不推销商品")),
))  # fmt: skip

PRACTICE_BASES = register(Programme(
    code="practice_bases",
    name=_("科技创新教育实践基地"),
    name_en="Practice Bases for Science and Technology Education",
    policy="行动计划 三(六)、四(五)1、五(三)",
    summary=_("遴选社会责任感强、课程内涵丰富、具有较强教育实践意义的实践基地，分等级授牌。"),
    who=_("本市学校、企业、高校、科研院所、科技场馆、青少年活动中心等单位自主申报。"),
    workflow="direct",
    district_workflow="direct",
    applicant="organisation",
    org_kinds=("school", "enterprise", "university", "institute", "museum", "youth_centre"),
    stages=(),
    disciplines=(
        Discipline("venue", _("科技场馆"), "Science venue"),
        Discipline("research", _("教育科研"), "Education and research"),
        Discipline("production", _("生产设施"), "Production"),
    ),
    words=Words(entry=_("基地"), title=_("基地名称"), abstract=_("基地概况"), kind=_("基地类别")),
    consents=(),
    form=(
        Section("facts", _("基本数据"), (
            Question("area_m2", _("可用场地面积（平方米）"), "number", minimum=0, criterion="area"),
            Question("open_days", _("上一年开放天数"), "number", minimum=0, maximum=366, criterion="days"),
            Question("pupil_visits", _("上一年接待学生人次"), "number", minimum=0, criterion="visitors"),
            Question("staff_count", _("专职人员人数"), "number", minimum=0),
            Question("volunteers", _("志愿者人数"), "number", minimum=0),
            Question("course_list", _("实践课程"), "table", columns=(_("课程"), _("学段"), _("课时"), _("每场人数"))),
        )),
        self_evaluation(RUBRIC),
    ),
    rubrics=(RUBRIC,),
    rounds=(
        RoundPlan("visit", _("现场评审"), "panel", blind=False, reviews_per_entry=3, load_max=60, method="mean", minutes_per_entry=120, checklist=(
            CheckItem("area", _("场地与申报一致，安全出口和应急预案齐全")),
            CheckItem("record", _("开放和接待记录可以核对")),
            CheckItem("course", _("现场试讲一节实践课程")),
            CheckItem("people", _("讲解人员和志愿者在岗")),
        )),
    ),
    prizes=PrizePlan((
        Prize("grade_a", _("一级"), "Grade A", least=90), Prize("grade_b", _("二级"), "Grade B", least=75), Prize("grade_c", _("三级"), "Grade C", least=60),
    ), cap=1, tie_break=("courses",)),
    notice=NoticePlan(working_days=5, answer_working_days=5),
    certificate=CertificatePlan(title=_("认定证书"), sentence=_("{names}经{call}评选，认定为{prize}实践基地。特发此证。"), number_prefix="KCJD"),
    honour=HonourPlan(
        (HonourLevel("grade_a", _("一级科技创新教育实践基地"), "Practice Base, Grade A", subsidy=reports.SUBSIDIES["grade_a"]),
         HonourLevel("grade_b", _("二级科技创新教育实践基地"), "Practice Base, Grade B", subsidy=reports.SUBSIDIES["grade_b"]),
         HonourLevel("grade_c", _("三级科技创新教育实践基地"), "Practice Base, Grade C", subsidy=reports.SUBSIDIES["grade_c"])),
        years=5, number_prefix="SJJD", reports=(reports.YEARLY,), spot_checks=reports.SPOT_CHECKS,
    ),
    guards=(("submit", "reaches_base_thresholds"),),
    steps=(
        Step("apply", _("自主申报")), Step("screen", _("资格审查")), Step("defence", _("现场评审")), Step("notice", _("公示")), Step("award", _("认定授牌")),
    ),
    pledges=(Pledge("duty", _("公益承诺"), _("数据真实；对学生的活动安全、公益，不借机推销商品和培训。")),),
    needs_approval_number=False,
    rule_version="2026.1",
))  # fmt: skip

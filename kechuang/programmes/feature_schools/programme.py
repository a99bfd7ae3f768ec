"""科技创新教育特色学校: titles of the district and of the city in one call (行动计划 三(五)、四(四)1; domain.md §3.6)."""

from kechuang.engine.programme.declaration import (
    CertificatePlan,
    CheckItem,
    Criterion,
    Discipline,
    Gate,
    HonourLevel,
    HonourPlan,
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
    Target,
    Words,
    self_evaluation,
)
from kechuang.engine.programme.registry import register
from kechuang.engine.workflow.states import _
from kechuang.programmes.feature_schools import reports

RUBRIC = Rubric("standard", _("特色学校评审标准"), (), (
    Criterion("organisation", _("组织与制度"), 10, _("校长任组长的工作小组、规划、年度计划和考核")),
    Criterion("conditions", _("经费与条件"), 15, _("专项经费、创新实验室、设备和安全")),
    Criterion("teachers", _("师资队伍"), 15, _("专职科创教师、兼职教师、培训和教研")),
    Criterion("curriculum", _("课程与课时"), 20, _("课程体系、每周课时、人工智能课程、跨学科项目")),
    Criterion("clubs", _("社团与活动"), 15, _("科技社团、科创活动周、学生参与面")),
    Criterion("results", _("竞赛与成果"), 10, _("学生成果、教师成果、发展性评价")),
    Criterion("partners", _("校企与馆校合作"), 10, _("与企业、高校、科研院所、科技馆的长期合作")),
    Criterion("example", _("示范辐射"), 5, _("对其他学校的带动")),
), (
    Gate("weekly_lesson", _("每个班平均每周至少一节科创课（行动计划 四(二)3）")),
    Gate("club", _("至少有一个科技创新类学生社团（行动计划 三(五)）")),
))  # fmt: skip
"""Shenzhen's own standard is not public: weights are defaults that a call may change. The gates are veto items."""

FEATURE_SCHOOLS = register(Programme(
    code="feature_schools",
    name=_("科技创新教育特色学校"),
    name_en="Feature Schools for Science and Technology Education",
    policy="行动计划 三(五)、四(四)1",
    summary=_("学校对照标准逐项自评，区级逐项核分并推荐，专家实地考察，认定区级和市级特色学校。"),
    who=_("本市普通中小学；申报市级称号的，须已持有区级称号满一年。"),
    workflow="district_city",
    district_workflow="direct",
    applicant="school",
    stages=(),
    disciplines=(
        Discipline("primary", _("小学"), "Primary school"),
        Discipline("middle", _("初级中学、高级中学、完全中学"), "Secondary school"),
        Discipline("through", _("九年一贯制、十二年一贯制学校"), "Nine- or twelve-year school"),
    ),
    words=Words(entry=_("学校"), title=_("学校名称"), abstract=_("特色概述"), kind=_("学校类别")),
    consents=(),
    form=(
        Section("facts", _("基本情况"), (
            Question("classes", _("班级数"), "number", minimum=1),
            Question("full_time", _("专职科创教师人数"), "number", minimum=0),
            Question("clubs_list", _("科技创新类社团"), "table", columns=(_("社团名称"), _("人数"), _("指导教师"))),
            Question("weekly_lessons", _("每班平均每周科创课节数"), "number", _("全学年科创课总节数 ÷ 班级数 ÷ 上课周数"), minimum=0, criterion="curriculum"),
        )),
        self_evaluation(RUBRIC),
    ),
    rubrics=(RUBRIC,),
    rounds=(
        RoundPlan("visit", _("实地考察"), "panel", blind=False, reviews_per_entry=3, load_max=40, method="mean", avoid_same_district=True,
                  minutes_per_entry=120, checklist=(
                      CheckItem("timetable", _("课程表与实际上课一致，每周科创课开足")),
                      CheckItem("lessons", _("随堂听课、与学生交谈，课程内容与申报一致")),
                      CheckItem("rooms", _("创新实验室和设备在用，有安全制度和使用记录")),
                      CheckItem("staff", _("专职科创教师到岗，培训有记录")),
                      CheckItem("clubs", _("社团有名册、有活动记录")),
                      CheckItem("money", _("专项经费列入预算并使用")),
                      CheckItem("papers", _("自评材料与原始档案一致")),
                  )),
    ),
    prizes=PrizePlan((
        Prize("city", _("市级特色学校"), "City Feature School", least=85, rule="lower_title_for_a_year"),
        Prize("district", _("区级特色学校"), "District Feature School", least=75),
    ), cap=1, tie_break=("curriculum", "teachers")),
    notice=NoticePlan(working_days=5, answer_working_days=5),
    certificate=CertificatePlan(
        title=_("认定证书"),
        sentence=_("{names}经{call}评审，认定为{prize}。特发此证。"),
        number_prefix="KCTS",
    ),
    honour=HonourPlan(
        (HonourLevel("city", _("市级科技创新教育特色学校"), "City Feature School for Science and Technology"),
         HonourLevel("district", _("区级科技创新教育特色学校"), "District Feature School for Science and Technology", "district")),
        years=3, number_prefix="TSXX",
        targets=(Target("district", share=0.3, of="schools", by="2025-12-31"), Target("city", share=0.1, of="schools", by="2025-12-31")),
        reports=(reports.YEARLY,), spot_checks=reports.SPOT_CHECKS,
    ),
    verified_least=75,
    guards=(("recommend", "items_verified"),),
    steps=(
        Step("apply", _("学校自评申报")), Step("recommend", _("区级核分和推荐")), Step("screen", _("资格审查")),
        Step("defence", _("实地考察")), Step("notice", _("公示")), Step("award", _("认定授牌")),
    ),
    pledges=(Pledge("truth", _("真实性承诺"), _("自评分数、数据和佐证材料真实，愿意接受核查；如有虚假，同意撤销称号并公布。")),),
    needs_approval_number=False,
    rule_version="2026.1",
))  # fmt: skip

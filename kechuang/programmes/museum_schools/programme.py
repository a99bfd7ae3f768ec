"""馆校结合科技创新教育基地学校: a school and a science museum together (行动计划 四(四)3; target 100)."""

from kechuang.engine.programme.declaration import (
    CertificatePlan,
    CheckItem,
    Criterion,
    Discipline,
    HonourLevel,
    HonourPlan,
    NoticePlan,
    PartnerPlan,
    Pledge,
    Prize,
    PrizePlan,
    Programme,
    Question,
    ReportPlan,
    RoundPlan,
    Rubric,
    Section,
    SpotCheckPlan,
    Step,
    Target,
    Words,
)
from kechuang.engine.programme.registry import register
from kechuang.engine.workflow.states import _

EVIDENCE = ReportPlan("year", _("年度馆校活动报告"), (
    Section("activities", _("活动与课程"), (
        Question("activities", _("馆校活动"), "table", columns=(_("日期"), _("内容"), _("学生人数"), _("场馆人员"))),
        Question("pupils", _("参加活动的学生人次"), "number", minimum=0),
        Question("lessons_given", _("基于馆内资源的课程开设情况"), "long_text", max_length=1500),
        Question("photos", _("活动照片"), "files", _("没有正面特写的学生照片；须家长同意的不要上传"), file_types=("jpg", "png"), max_files=9),
        Question("next", _("问题和下一年的打算"), "long_text", max_length=1000),
    )),
))  # fmt: skip

MUSEUM_SCHOOLS = register(Programme(
    code="museum_schools",
    name=_("馆校结合科技创新教育基地学校"),
    name_en="Museum–School Base Schools",
    policy="行动计划 四(四)3",
    summary=_("学校与科技场馆结成长期合作，把场馆的资源变成课程和活动。全市建设 100 所。"),
    who=_("本市中小学，与一家科技场馆商定合作并得到其确认后申报。"),
    workflow="district_city",
    district_workflow="direct",
    applicant="school",
    stages=(),
    disciplines=(
        Discipline("primary", _("小学"), "Primary school"),
        Discipline("secondary", _("初中、高中和一贯制学校"), "Secondary and combined school"),
    ),
    words=Words(entry=_("学校"), title=_("学校名称"), abstract=_("合作基础"), kind=_("学校类别")),
    consents=(),
    partner=PartnerPlan(("museum",), _("合作场馆"), years=3),
    form=(
        Section("plan", _("合作方案"), (
            Question("visits", _("每学年的馆校活动"), "table", _("每学期至少两次"), columns=(_("学期"), _("内容"), _("年级"), _("人数"))),
            Question("lessons", _("基于馆内资源的课程"), "table", columns=(_("课程"), _("年级"), _("课时"))),
            Question("teachers", _("负责教师"), "table", columns=(_("姓名"), _("学科"), _("分工"))),
            Question("safety", _("外出活动的安全安排"), "long_text", max_length=1000),
        )),
        Section("proof", _("佐证材料"), (Question("papers", _("合作意向和以往活动材料"), "files", required_from="", file_types=("pdf", "jpg", "png"), max_files=6),)),
    ),
    rubrics=(Rubric("standard", _("馆校结合评审标准"), (), (
        Criterion("plan", _("合作方案"), 30, _("目标清楚，双方分工明确，可以检查")),
        Criterion("curriculum", _("课程建设"), 30, _("把场馆资源变成课程，与学科衔接")),
        Criterion("activities", _("活动与学生参与"), 25, _("次数、覆盖面、学生动手和探究")),
        Criterion("conditions", _("师资与保障"), 15, _("负责教师、经费、安全")),
    )),),
    rounds=(RoundPlan("papers", _("材料评审"), "scoring", blind=False, reviews_per_entry=3, method="mean", load_max=40),),
    prizes=PrizePlan((Prize("base", _("基地学校"), "Base school", least=70),), cap=1, tie_break=("curriculum", "plan")),
    notice=NoticePlan(working_days=5, answer_working_days=5),
    certificate=CertificatePlan(title=_("认定证书"), sentence=_("{names}经{call}评审，认定为馆校结合科技创新教育基地学校。特发此证。"), number_prefix="KCGX"),
    honour=HonourPlan(
        (HonourLevel("base", _("馆校结合科技创新教育基地学校"), "Museum–School Base School"),),
        years=3, number_prefix="GXJH",
        targets=(Target("base", count=100, by="2025-12-31"),),
        reports=(EVIDENCE,),
        spot_checks=SpotCheckPlan((
            CheckItem("visits", _("馆校活动按方案开展，有签到和照片")),
            CheckItem("lessons", _("课程排进课表，有教案和学生作品")),
            CheckItem("partner", _("场馆人员参与，双方有沟通记录")),
            CheckItem("safety", _("外出活动有安全预案和审批")),
        )),
    ),
    guards=(("submit", "plans_with_the_museum"),),
    steps=(
        Step("apply", _("学校申报")), Step("recommend", _("区级推荐")), Step("screen", _("资格审查")), Step("review", _("材料评审")),
        Step("notice", _("公示")), Step("award", _("认定授牌")),
    ),
    pledges=(Pledge("truth", _("真实性承诺"), _("方案和材料真实；活动免费、自愿、安全，接受检查。")),),
    needs_approval_number=False,
    rule_version="2026.1",
))  # fmt: skip

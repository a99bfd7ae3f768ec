"""“1+N”创新实验室: one university or firm with many schools, a lab in each (行动计划 四(四)2)."""

from kechuang.engine.programme.declaration import (
    CertificatePlan,
    CheckItem,
    Criterion,
    Discipline,
    Gate,
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
    Words,
)
from kechuang.engine.programme.registry import register
from kechuang.engine.workflow.states import _

EVIDENCE = ReportPlan("year", _("年度实验室报告"), (
    Section("work", _("项目与学生"), (
        Question("projects_done", _("完成的项目"), "table", columns=(_("项目"), _("学生人数"), _("合作单位导师"), _("结果"))),
        Question("pupils", _("参加项目的学生人数"), "number", minimum=0),
        Question("open_days", _("实验室开放天数"), "number", minimum=0, maximum=366),
        Question("photos", _("活动照片"), "files", _("没有正面特写的学生照片；须家长同意的不要上传"), file_types=("jpg", "png"), max_files=9),
    )),
    Section("partner", _("合作与投入"), (
        Question("mentor_hours", _("合作单位导师到校课时"), "number", minimum=0),
        Question("given", _("合作单位提供的设备、课程和经费"), "long_text", max_length=1500),
        Question("safe", _("全年没有安全事故"), "yes_no"),
        Question("next", _("问题和下一年的打算"), "long_text", max_length=1000),
    )),
))  # fmt: skip

INNOVATION_LABS = register(Programme(
    code="innovation_labs",
    name=_("“1+N”创新实验室"),
    name_en="1+N Innovation Labs",
    policy="行动计划 四(四)2",
    summary=_("一所高校、名企或科研院所带动多所学校，在校内建立对应的创新实验室，联合培养创新人才。"),
    who=_("本市中小学，尤其是高中；与一家牵头单位商定合作并得到其确认后申报。"),
    workflow="district_city",
    district_workflow="direct",
    applicant="school",
    stages=(),
    disciplines=(
        Discipline("ai", _("人工智能与机器人"), "AI and robotics"),
        Discipline("life", _("生命科学与医学"), "Life science and medicine"),
        Discipline("making", _("先进制造与新材料"), "Advanced making and materials"),
        Discipline("earth", _("海洋、空天与环境"), "Ocean, space and environment"),
    ),
    words=Words(entry=_("实验室"), title=_("实验室名称"), abstract=_("建设目标"), kind=_("领域")),
    consents=(),
    entries_each=2,
    partner=PartnerPlan(("enterprise", "university", "institute", "school"), _("牵头单位"), years=3),
    form=(
        Section("lab", _("实验室"), (
            Question("room_m2", _("实验室面积（平方米）"), "number", minimum=0),
            Question("equipment", _("主要设备"), "table", columns=(_("设备"), _("数量"), _("来源"))),
            Question("safety", _("安全制度和负责人"), "long_text", max_length=1000),
        )),
        Section("plan", _("联合培养方案"), (
            Question("projects", _("每学年的项目"), "table", _("项目式、探究式学习"), columns=(_("项目"), _("年级"), _("人数"), _("课时"))),
            Question("mentors", _("合作单位的导师"), "table", columns=(_("姓名"), _("专业"), _("每学期到校次数"))),
            Question("pupils_chosen", _("怎样选拔和培养学生"), "long_text", max_length=1500),
            Question("papers", _("合作意向书等材料"), "files", required_from="", file_types=("pdf", "jpg", "png"), max_files=6),
        )),
    ),
    rubrics=(Rubric("standard", _("创新实验室评审标准"), (), (
        Criterion("plan", _("联合培养方案"), 30, _("项目来自真实问题，学生经历完整的研究过程")),
        Criterion("partner", _("合作单位的投入"), 25, _("导师、课程、设备、实习岗位")),
        Criterion("lab", _("实验室条件"), 25, _("场地、设备、开放时间")),
        Criterion("reach", _("学生参与和带动"), 20, _("面向全体与拔尖培养兼顾，向周边学校开放")),
    ), (Gate("safe", _("实验室安全制度健全，有专人负责")),)),),
    rounds=(RoundPlan("papers", _("材料评审"), "scoring", blind=False, reviews_per_entry=3, method="mean", load_max=40),),
    prizes=PrizePlan((Prize("lab", _("创新实验室"), "Innovation lab", least=70),), cap=1, tie_break=("plan", "partner")),
    notice=NoticePlan(working_days=5, answer_working_days=5),
    certificate=CertificatePlan(title=_("认定证书"), sentence=_("{school}“{title}”经{call}评审，认定为“1+N”创新实验室。特发此证。"), number_prefix="KCSY"),
    honour=HonourPlan(
        (HonourLevel("lab", _("“1+N”创新实验室"), "1+N Innovation Lab"),), years=3, number_prefix="CXSY",
        reports=(EVIDENCE,),
        spot_checks=SpotCheckPlan((
            CheckItem("open", _("实验室在用，开放记录可以核对")), CheckItem("mentor", _("合作单位导师按方案到校")),
            CheckItem("projects", _("项目有过程记录和学生成果")), CheckItem("safety", _("设备和药品管理符合安全制度")),
        )),
    ),
    guards=(("submit", "is_a_lab"),),
    steps=(
        Step("apply", _("学校申报")), Step("recommend", _("区级推荐")), Step("screen", _("资格审查")), Step("review", _("材料评审")),
        Step("notice", _("公示")), Step("award", _("认定授牌")),
    ),
    pledges=(Pledge("truth", _("真实性承诺"), _("材料真实；实验室对学生免费开放，不借机推销商品和培训。")),),
    needs_approval_number=False,
    rule_version="2026.1",
))  # fmt: skip

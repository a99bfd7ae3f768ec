"""典型课程案例: model cases of maker education merged with school subjects (行动计划 三(三)、四(二); domain.md §5)."""

from kechuang.engine.programme.declaration import (
    CertificatePlan,
    Criterion,
    Discipline,
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
)
from kechuang.engine.programme.publishing import CC_BY, CC_BY_NC, CITY_ONLY, CataloguePlan, SimilarityPlan
from kechuang.engine.programme.registry import register
from kechuang.engine.workflow.states import _

STAGES = ("primary", "junior", "senior")
LICENCES = (CC_BY, CC_BY_NC, CITY_ONLY)
GRADES = (
    _("一年级"),
    _("二年级"),
    _("三年级"),
    _("四年级"),
    _("五年级"),
    _("六年级"),
    _("初一"),
    _("初二"),
    _("初三"),
    _("高一"),
    _("高二"),
    _("高三"),
)
SUBJECTS = (_("科学"), _("信息科技"), _("数学"), _("物理"), _("化学"), _("生物"), _("地理"), _("语文"), _("英语"), _("道德与法治"), _("历史"), _("艺术"), _("体育"),
            _("劳动"), _("综合实践活动"), _("通用技术"))  # fmt: skip
METHODS = (_("项目式学习"), _("STEM 学习"), _("设计型学习"), _("探究性学习"), _("体验式学习"))
"""四(二)1 names the five ways of learning."""

COURSE_CASES = register(Programme(
    code="course_cases",
    name=_("典型课程案例"),
    name_en="Model Course Cases",
    policy="行动计划 三(三)、四(二)1—4、五(三)",
    summary=_("征集创客教育与学科教育融合的典型课程案例，评选后进入案例库，供全市教师采用。"),
    who=_("本市中小学在职教师，可以有合作者，每人每届最多两个案例；学校审核，区级推荐。"),
    workflow="two_tier",
    district_workflow="one_tier",
    applicant="person",
    roles=("teacher",),
    entries_each=2,
    names_entry=True,
    stages=STAGES,
    disciplines=(
        Discipline("ai", _("人工智能"), "Artificial intelligence", STAGES),
        Discipline("iot", _("物联网与 5G"), "Internet of things and 5G", STAGES),
        Discipline("vr", _("虚拟现实"), "Virtual reality", STAGES),
        Discipline("bio", _("基因工程与生命科学"), "Genetic engineering and life science", STAGES),
        Discipline("robot", _("机器人与编程"), "Robotics and programming", STAGES),
        Discipline("design", _("工程与设计"), "Engineering and design", STAGES),
        Discipline("nature", _("自然与环境"), "Nature and environment", STAGES),
    ),
    words=Words(entry=_("案例"), title=_("案例名称"), abstract=_("一句话介绍（谁、做什么、得到什么）"), kind=_("主题")),
    consents=(),
    form=(
        Section("frame", _("适用范围"), (
            Question("grades", _("适用年级"), "choices", choices=GRADES),
            Question("subjects", _("融合的学科"), "choices", _("至少两门"), choices=SUBJECTS),
            Question("method", _("主要学习方式"), "choice", choices=METHODS),
            Question("lessons", _("课时"), "number", minimum=1, maximum=60),
            Question("coauthors", _("合作者"), "table", required_from="", columns=(_("姓名"), _("学校")), hidden_when_blind=True),
        )),
        Section("plan", _("教学方案"), (
            Question("goals", _("目标与素养"), "long_text", _("学生学完能做什么，怎样知道"), max_length=2000),
            Question("fusion", _("学科怎样融合"), "long_text", max_length=2000),
            Question("process", _("教学过程"), "long_text", _("按课时写：情境、任务、活动、产出"), max_length=6000),
            Question("assessment", _("评价办法"), "long_text", max_length=2000),
            Question("needs", _("器材、场地与安全"), "long_text", max_length=1500),
            Question("results", _("实施效果与推广"), "long_text", _("在哪些班上过，学生有什么变化；请不要写姓名和校名"), max_length=2000),
        )),
        Section("materials", _("材料"), (
            Question("lesson_plan", _("完整教案"), "file", _("PDF，评审时匿名，请不要写姓名和学校"), file_types=("pdf",)),
            Question("materials", _("课件、任务单等"), "files", required_from="", file_types=("pdf", "docx", "pptx", "xlsx"), max_files=8, max_megabytes=30),
            Question("pictures", _("课堂与作品照片"), "files", _("不出现学生正脸"), required_from="", file_types=("jpg", "png"), max_files=8, max_megabytes=10),
        )),
        Section("rights", _("授权"), (
            Question("licence", _("授权方式"), "choice", _("获选后按您选择的方式公开，以后可以改得更宽"), choices=tuple(licence.name for licence in LICENCES)),
            Question("sources", _("引用的他人材料"), "long_text", _("写明出处和许可；没有请写“无”"), max_length=1500),
        )),
    ),
    rubrics=(Rubric("standard", _("典型课程案例评审标准"), STAGES, (
        Criterion("goals", _("目标与素养"), 20, _("目标清楚、可以检验，落在核心素养上")),
        Criterion("fusion", _("融合与创新"), 25, _("创客教育与学科真正融合，有新意")),
        Criterion("process", _("设计与实施"), 25, _("过程完整，别的老师照着能上")),
        Criterion("assessment", _("评价"), 15, _("评价贯穿过程，有证据")),
        Criterion("spread", _("推广"), 15, _("已经上过，条件不同的学校也能用")),
    )),),
    rounds=(RoundPlan("review", _("专家评审"), "scoring", blind=True, reviews_per_entry=3, method="mean", load_max=40),),
    prizes=PrizePlan((
        Prize("model", _("典型课程案例"), "Model Course Case", least=85), Prize("good", _("优秀课程案例"), "Good Course Case", least=75),
    ), cap=1, tie_break=("fusion", "process")),
    notice=NoticePlan(working_days=5, answer_working_days=5),
    certificate=CertificatePlan(title=_("证书"), sentence=_("{names}老师（{school}）的《{title}》在{call}中评为{prize}。"), number_prefix="KCKL"),
    catalogue=CataloguePlan(
        LICENCES, licence="licence", pledge="publishing", page=("method", "lessons", "goals", "fusion", "process", "assessment", "needs", "results", "sources"),
        papers=("lesson_plan", "materials"), pictures="pictures", grades="grades", subjects="subjects", authors="coauthors", target=100, by="2025-12-31",
    ),
    similarity=SimilarityPlan(("goals", "fusion", "process", "assessment", "results", "lesson_plan"), alarm_share=0.3),
    guards=(("submit", "combines_subjects"),),
    steps=(
        Step("apply", _("教师申报")), Step("endorse", _("学校审核")), Step("recommend", _("区级推荐")), Step("screen", _("资格审查")),
        Step("review", _("专家评审")), Step("notice", _("公示")), Step("award", _("授予并公开")),
    ),
    pledges=(
        Pledge("originality", _("原创承诺"), _("案例由申报人和合作者设计并实施，没有抄袭；用到的他人材料都写明了出处。")),
        Pledge("publishing", _("公开承诺"), _("获选后同意按所选授权方式在案例库公开；照片里的学生已经监护人同意。可以随时申请下架。")),
    ),
    needs_approval_number=False,
    rule_version="2026.1",
))  # fmt: skip

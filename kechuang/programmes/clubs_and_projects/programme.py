"""科技社团与项目评比: the best science clubs and feature projects of schools (行动计划 五(三))."""

from kechuang.engine.programme.declaration import (
    CertificatePlan,
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
    Words,
)
from kechuang.engine.programme.registry import register
from kechuang.engine.workflow.states import _

CLUBS_AND_PROJECTS = register(Programme(
    code="clubs_and_projects",
    name=_("科技社团与特色项目评比"),
    name_en="Science Clubs and Feature Projects",
    policy="行动计划 五(三)、四(四)1",
    summary=_("评选活动扎实、学生受益面广的科技社团和科技创新教育特色项目。"),
    who=_("本市中小学以学校名义申报，社团和项目合计不超过三个。"),
    workflow="district_city",
    district_workflow="direct",
    applicant="school",
    stages=("primary", "junior", "senior"),
    disciplines=(
        Discipline("club", _("科技社团"), "Science club", ("primary", "junior", "senior")),
        Discipline("project", _("特色项目"), "Feature project", ("primary", "junior", "senior")),
    ),
    words=Words(entry=_("社团或项目"), title=_("社团或项目名称"), abstract=_("简介"), kind=_("类别")),
    entries_each=3,
    consents=(),
    form=(
        Section("facts", _("基本情况"), (
            Question("founded", _("成立或启动日期"), "date"),
            Question("members", _("参加学生人数"), "number", minimum=1),
            Question("weekly", _("每周活动次数"), "number", minimum=0),
            Question("teacher", _("负责教师"), max_length=60, hidden_when_blind=True),
            Question("activity", _("本年度主要活动"), "long_text", max_length=2000),
            Question("results", _("学生的收获与成果"), "long_text", max_length=1500),
            Question("proof", _("活动记录"), "files", required_from="", file_types=("pdf", "jpg", "png"), max_files=5),
        )),
    ),
    rubrics=(
        Rubric("standard", _("社团与项目评比标准"), ("primary", "junior", "senior"), (
            Criterion("regular", _("活动经常"), 30, _("有计划、有记录、每周活动")),
            Criterion("reach", _("学生受益"), 30, _("参与面、自主性、不同水平的学生都有收获")),
            Criterion("results", _("成果"), 25, _("作品、研究、比赛和展示")),
            Criterion("sharing", _("推广价值"), 15, _("其他学校可以借鉴")),
        ), (Gate("safe", _("活动安全，没有向学生收费")),)),
    ),
    rounds=(RoundPlan("preliminary", _("专家评审"), "scoring", blind=True, reviews_per_entry=3, load_max=60, method="mean"),),
    prizes=PrizePlan((Prize("star", _("星级"), "Star", 0.4), Prize("good", _("优秀"), "Merit", 0.6)), cap=0.5, tie_break=("regular",)),
    notice=NoticePlan(working_days=5, answer_working_days=5),
    certificate=CertificatePlan(title=_("获奖证书"), sentence=_("{names}的“{title}”在{call}中被评为{prize}。特发此证。"), number_prefix="KCST"),
    honour=HonourPlan(
        (HonourLevel("star", _("星级科技社团（项目）"), "Star Club or Project"), HonourLevel("good", _("优秀科技社团（项目）"), "Club or Project of Merit")),
        years=2, number_prefix="STXM", plaque=False,
    ),
    steps=(
        Step("apply", _("学校申报")), Step("recommend", _("区级推荐")), Step("screen", _("资格审查")), Step("review", _("专家评审")),
        Step("notice", _("公示")), Step("award", _("授奖")),
    ),
    pledges=(Pledge("truth", _("真实性承诺"), _("申报内容和活动记录真实，没有向学生收取费用。")),),
    needs_approval_number=False,
    rule_version="2026.1",
))  # fmt: skip

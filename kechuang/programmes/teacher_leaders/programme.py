"""科创教育教师带头人: of the city and of the districts, by portfolio and defence (行动计划 三(四)、四(三)2; domain.md §3.7)."""

from kechuang.engine.programme.declaration import (
    CertificatePlan,
    Criterion,
    Discipline,
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
)
from kechuang.engine.programme.registry import register
from kechuang.engine.workflow.states import _
from kechuang.programmes.teacher_leaders import reports

_ROW = (_("年份"), _("名称与级别"))
STAGES = ("primary", "junior", "senior")

TEACHER_LEADERS = register(Programme(
    code="teacher_leaders",
    name=_("科创教育教师带头人"),
    name_en="Lead Teachers of Science and Technology Education",
    policy="行动计划 三(四)、四(三)2",
    summary=_("评选市、区两级科创教育教师带头人，带动区域内更多教师。"),
    who=_("本市中小学专、兼职科创教师，从事科创教育满五年，本人申报，学校审核，区级推荐。"),
    workflow="two_tier",
    district_workflow="one_tier",
    applicant="person",
    roles=("teacher",),
    stages=STAGES,
    disciplines=(
        Discipline("science", _("科学与综合实践"), "Science and integrated practice", STAGES),
        Discipline("technology", _("信息科技与通用技术"), "Information and general technology", STAGES),
        Discipline("subject", _("学科融合"), "Across subjects", STAGES),
    ),
    words=Words(entry=_("申报"), title=_("姓名"), abstract=_("个人简介"), kind=_("方向")),
    consents=(),
    form=(
        Section("service", _("从教情况"), (
            Question("years", _("从事科创教育年数"), "number", minimum=0, maximum=50),
            Question("post", _("是否专职科创教师"), "yes_no"),
            Question("lessons", _("近三年任课与课程开发"), "long_text", max_length=2000),
            Question("leading", _("带动其他教师的做法"), "long_text", max_length=1500),
        )),
        Section("achievements", _("业绩（近十年，三项中至少两项）"), (
            Question("advised", _("作为第一指导教师，学生获全国或国际奖项"), "table", required_from="", columns=_ROW),
            Question("won", _("本人获全国奖项，或省级优秀科技辅导员等称号"), "table", required_from="", columns=_ROW),
            Question("researched", _("省级以上课题核心成员，或全国刊物第一、二作者"), "table", required_from="", columns=_ROW),
            Question("proof", _("证明材料"), "files", file_types=("pdf", "jpg", "png"), max_files=12),
        )),
        Section("plan", _("三年规划"), (Question("plan", _("任期内的目标、团队和每年的任务"), "long_text", max_length=2000),)),
    ),
    rubrics=(Rubric("standard", _("带头人评审标准"), STAGES, (
        Criterion("teaching", _("教学与课程"), 30, _("课堂、课程开发、学生培养")),
        Criterion("research", _("研究与成果"), 25, _("课题、论文、获奖")),
        Criterion("leading", _("示范引领"), 25, _("培训、教研、带教")),
        Criterion("plan", _("三年规划"), 20, _("目标清楚，可以检查")),
    )),),
    rounds=(
        RoundPlan("portfolio", _("材料评审"), "scoring", blind=False, reviews_per_entry=3, method="mean", shortlist_share=0.6, weight=0.6, load_max=40),
        RoundPlan("defence", _("答辩"), "panel", blind=False, reviews_per_entry=3, method="mean", weight=0.4, load_max=60, minutes_per_entry=20),
    ),
    prizes=PrizePlan((
        Prize("city", _("市级带头人"), "City Lead Teacher", least=90), Prize("district", _("区级带头人"), "District Lead Teacher", least=80),
    ), cap=1, tie_break=("leading", "teaching")),
    notice=NoticePlan(working_days=5, answer_working_days=5),
    certificate=CertificatePlan(title=_("聘书"), sentence=_("{names}老师（{school}）经{call}评选，被评为{prize}。"), number_prefix="KCDT"),
    honour=HonourPlan(
        (HonourLevel("city", _("市级科创教育教师带头人"), "City Lead Teacher of Science and Technology"),
         HonourLevel("district", _("区级科创教育教师带头人"), "District Lead Teacher of Science and Technology", "district")),
        years=3, number_prefix="DTR", plaque=False,
        targets=(Target("city", count=10, by="2025-12-31"), Target("district", count=50, by="2025-12-31")),
        reports=reports.REPORTS, spot_checks=reports.SPOT_CHECKS, studio=reports.STUDIO,
    ),
    guards=(("submit", "two_of_three"),),
    steps=(
        Step("apply", _("本人申报")), Step("endorse", _("学校审核")), Step("recommend", _("区级推荐")), Step("screen", _("资格审查")),
        Step("review", _("材料评审")), Step("defence", _("答辩")), Step("notice", _("公示")), Step("award", _("授予")),
    ),
    pledges=(Pledge("ethics", _("师德承诺"), _("遵守教师职业行为准则，所填业绩真实，没有有偿培训和有偿指导竞赛。")),),
    needs_approval_number=False,
    rule_version="2026.1",
))  # fmt: skip

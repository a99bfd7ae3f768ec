"""明日科创之星: pupils of the year, by portfolio, written test and defence (行动计划 四(七)2; domain.md §3.8)."""

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
    Words,
)
from kechuang.engine.programme.registry import register
from kechuang.engine.workflow.states import _

STAGES = ("primary", "junior", "senior")

TOMORROW_STARS = register(Programme(
    code="tomorrow_stars",
    name=_("明日科创之星"),
    name_en="Stars of Tomorrow in Science and Innovation",
    policy="行动计划 四(七)2",
    summary=_("发现有科技创新潜质、乐于探究、有社会责任感的中小学生，评选年度“明日科创之星”，并提供后续培养。"),
    who=_("本市中小学在籍学生本人申报，分小学、初中、高中三组；监护人或本人同意，学校审核，区级在名额内推荐。"),
    workflow="two_tier",
    district_workflow="one_tier",
    applicant="person",
    roles=("pupil",),
    stages=STAGES,
    disciplines=(Discipline("star", _("明日科创之星"), "Star of Tomorrow", STAGES),),
    words=Words(entry=_("申报"), title=_("代表成果名称"), abstract=_("代表成果简介"), kind=_("类别")),
    consents=("entering",),
    talent=True,
    form=(
        Section("practice", _("我的探究"), (
            Question("practice", _("近三年的科技实践（研究、发明、竞赛、社团）"), "table", _("一行一项，按时间写"), columns=(_("年份"), _("做了什么"), _("我的工作"))),
            Question("process", _("代表成果是怎样做出来的"), "long_text", _("遇到什么困难，试过哪些办法，改了什么"), max_length=2000),
            Question("learning", _("平时怎样学习感兴趣的科学"), "long_text", max_length=1000),
            Question("dream", _("接下来想研究什么，为什么"), "long_text", max_length=1000),
            Question("proof", _("成果与证明材料"), "files", file_types=("pdf", "jpg", "png"), max_files=8),
        )),
        Section("social", _("我的责任"), (
            Question("service", _("科技志愿服务、帮助同学、服务社区"), "long_text", _("写做了什么、多少次、谁受益"), max_length=1000),
            Question("service_proof", _("服务证明"), "files", required_from="", file_types=("pdf", "jpg", "png"), max_files=4),
        )),
    ),
    rubrics=(
        Rubric("materials", _("材料评审标准"), STAGES, (
            Criterion("practice", _("科技实践"), 30, _("自己做的事，有过程、有结果")),
            Criterion("process", _("探究过程"), 30, _("发现问题、反复尝试、讲证据")),
            Criterion("potential", _("兴趣与潜质"), 20, _("持续的兴趣，主动的学习，清楚的打算")),
            Criterion("social", _("社会责任"), 20, _("用科技帮助别人，有可以核对的服务")),
        ), rounds=("portfolio",)),
        Rubric("defence", _("答辩评分标准"), STAGES, (
            Criterion("understanding", _("理解与证据"), 40, _("对自己的研究讲得清、答得准")),
            Criterion("thinking", _("思维与创意"), 40, _("现场问题的分析和新的想法")),
            Criterion("expression", _("表达"), 20, _("表述清楚，乐于倾听")),
        ), rounds=("defence",)),
    ),
    rounds=(
        RoundPlan("portfolio", _("材料评审"), "scoring", blind=False, reviews_per_entry=3, method="mean", shortlist_share=0.6, weight=0.5, load_max=40),
        RoundPlan("test", _("潜质测试"), "test", blind=False, method="mean", shortlist_share=0.6, weight=0.2, full_marks=100),
        RoundPlan("defence", _("答辩"), "panel", blind=False, reviews_per_entry=3, method="mean", weight=0.3, load_max=60, minutes_per_entry=15),
    ),
    prizes=PrizePlan((Prize("star", _("明日科创之星"), "Star of Tomorrow", 1.0),), cap=0.4, tie_break=("understanding", "thinking")),
    notice=NoticePlan(working_days=7, answer_working_days=5),
    certificate=CertificatePlan(title=_("证书"), sentence=_("{names}同学（{school}）在{call}中被评为{prize}。特发此证，以资鼓励。"), number_prefix="KCZX"),
    honour=HonourPlan(
        (HonourLevel("star", _("明日科创之星"), "Star of Tomorrow in Science and Innovation"),),
        years=1, number_prefix="MRZX", plaque=False, yearly_check=False, public=False,
    ),
    guards=(("submit", "may_be_a_star"),),
    steps=(
        Step("apply", _("本人申报")), Step("endorse", _("学校审核")), Step("recommend", _("区级推荐")), Step("screen", _("资格审查")),
        Step("review", _("材料评审")), Step("test", _("潜质测试")), Step("defence", _("答辩")), Step("notice", _("公示")), Step("award", _("授予")),
    ),
    pledges=(Pledge("truth", _("诚信承诺"), _("所写的都是自己做的，得到的帮助如实写明，没有代写代做。")),),
    needs_approval_number=False,
    rule_version="2026.1",
))  # fmt: skip

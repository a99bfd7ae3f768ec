"""青少年科技创新大赛: the city's contest of pupils' inventions and papers (行动计划 三(七), 四(六)1; domain.md §2)."""

from kechuang.engine.programme.declaration import (
    CertificatePlan,
    Condition,
    Criterion,
    Gate,
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
    TeamRule,
)
from kechuang.engine.programme.registry import register
from kechuang.engine.workflow.states import _
from kechuang.programmes.innovation_contest.disciplines import DISCIPLINES

SELF_GATES = (
    Gate("own_topic", _("自己选题：选题由作者本人发现、提出")),
    Gate("own_research", _("自己设计和研究：主要创造性贡献由作者本人完成")),
    Gate("own_making", _("自己制作和撰写：作者本人参与制作并撰写报告")),
)
"""三自 as pass/fail, not points (domain.md §2.6)."""


def _levels(points: float, good: str, fair: str, weak: str) -> tuple[Level, ...]:
    return Level(round(points * 0.8), good), Level(round(points * 0.6), fair), Level(0, weak)


def _criterion(code: str, name: str, points: float, text: str) -> Criterion:
    return Criterion(
        code,
        name,
        points,
        text,
        _levels(points, _("突出：有充分证据"), _("良好：基本达到要求"), _("不足：缺少证据或有明显问题")),
    )


FORM = (
    Section("work", _("作品内容"), (
        Question("kind", _("作品类别"), "choice", choices=(_("科技发明"), _("科学论文"))),
        Question("keywords", _("关键词"), help=_("3 至 5 个，用顿号分开"), max_length=60),
        Question("origin", _("选题从哪里来"), "long_text", _("你是怎样发现这个问题的？"), max_length=800),
        Question("method", _("研究方法与过程"), "long_text", _("做了哪些观察、实验或调查？用了多少样本？"), max_length=2000),
        Question("novelty", _("创新点"), "long_text", _("和已有的做法相比，新在哪里？"), max_length=1000),
        Question("result", _("结果与作用"), "long_text", max_length=1000),
    )),
    Section("process", _("研究过程与诚信"), (
        Question("period_from", _("研究开始日期"), "date"),
        Question("period_to", _("研究完成日期"), "date", _("须在终评当年 7 月 1 日前的两年内完成")),
        Question("lab", _("是否使用校外实验室或设备"), "yes_no"),
        Question("lab_name", _("实验室及负责人"), show_if=Condition("lab", ("yes",)), max_length=200, hidden_when_blind=True),
        Question("adult_help", _("成人提供了哪些帮助"), "long_text", _("如实写明指导、操作、经费、设备等，没有请写“无”"), max_length=800,
                 hidden_when_blind=True),
        Question("living", _("是否涉及人体、脊椎动物、微生物或危险品"), "yes_no"),
        Question("living_detail", _("伦理与安全措施"), "long_text", show_if=Condition("living", ("yes",)), max_length=800),
        Question("earlier", _("是否在往届申报的基础上继续研究"), "yes_no"),
        Question("earlier_detail", _("本年度新增的成果"), "long_text", show_if=Condition("earlier", ("yes",)), max_length=800),
    )),
    Section("files", _("附件材料"), (
        Question("report", _("研究报告"), "file", _("PDF，不超过 15 MB；评审时匿名，请不要写姓名和学校"), file_types=("pdf",), max_megabytes=15),
        Question("log", _("研究日志或原始记录"), "files", _("PDF 或图片"), file_types=("pdf", "jpg", "png"), max_megabytes=15, max_files=5),
        Question("photos", _("作品照片"), "files", required_from="", file_types=("jpg", "png"), max_megabytes=10, max_files=10),
        Question("video", _("作品视频"), "file", _("MP4，3 分钟以内"), required_from="", file_types=("mp4",), max_megabytes=100),
        Question("search_report", _("查新报告"), "file", _("有查新报告的请上传；资格审查时可能要求补充"), required_from="", file_types=("pdf",), stages=("junior", "senior")),
    )),
)  # fmt: skip

INNOVATION_CONTEST = register(Programme(
    code="innovation_contest",
    name=_("青少年科技创新大赛"),
    name_en="Youth Science and Technology Innovation Contest",
    policy="行动计划 三(七)、四(六)1",
    summary=_("面向全市中小学生征集科技发明和科学论文，鼓励自己选题、自己设计和研究、自己制作和撰写。"),
    who=_("本市中小学在籍学生，1 至 3 人组队，团队成员同属一个学段；每名学生每届限报一件。"),
    workflow="two_tier",
    applicant="team",
    stages=("primary", "junior", "senior"),
    disciplines=DISCIPLINES,
    team=TeamRule(max_members=3, max_advisers=2),
    form=FORM,
    rubrics=(
        Rubric("primary", _("小学组评分标准"), ("primary",), (
            _criterion("innovation", _("创新性"), 35, _("新颖程度与先进程度")),
            _criterion("science", _("科学性"), 25, _("选题意义、方案与方法合理，论证可靠")),
            _criterion("practicality", _("实用性"), 20, _("效益与推广范围")),
            _criterion("process", _("过程与自主性"), 20, _("学生自主完成的过程记录")),
        ), SELF_GATES),
        Rubric("secondary", _("中学组评分标准"), ("junior", "senior"), (
            _criterion("innovation", _("创新性"), 35, _("新颖程度与先进程度")),
            _criterion("science", _("科学性"), 30, _("选题意义、方案与方法合理，论证可靠")),
            _criterion("practicality", _("实用性"), 15, _("效益与推广范围")),
            _criterion("process", _("研究过程"), 10, _("记录完整、数据真实")),
            _criterion("expression", _("表达与问辩"), 10, _("表述清楚，回答切题")),
        ), SELF_GATES),
    ),
    rounds=(
        RoundPlan("preliminary", _("初评"), "scoring", blind=True, reviews_per_entry=3, load_max=40, method="mixed",
                  spread_threshold=15, shortlist_share=0.6, weight=0.4),
        RoundPlan("defence", _("终评问辩"), "panel", blind=False, reviews_per_entry=3, load_max=60, method="mean", weight=0.6),
    ),
    prizes=PrizePlan(
        (Prize("first", _("一等奖"), "First Prize", 0.15), Prize("second", _("二等奖"), "Second Prize", 0.35),
         Prize("third", _("三等奖"), "Third Prize", 0.50)),
        cap=0.6, tie_break=("innovation", "science"),
    ),
    notice=NoticePlan(working_days=5, answer_working_days=5),
    certificate=CertificatePlan(
        title=_("获奖证书"),
        sentence=_("{names}同学（{school}）的作品《{title}》在{call}中荣获{prize}。特发此证，以资鼓励。"),
        adviser_sentence=_("{advisers}老师（{school}）指导的作品《{title}》在{call}中荣获{prize}。特发此证，以资鼓励。"),
        number_prefix="KCDS",
    ),
    steps=(
        Step("apply", _("申报")), Step("endorse", _("学校审核")), Step("recommend", _("区级推荐")), Step("screen", _("资格审查")),
        Step("review", _("初评")), Step("defence", _("终评问辩")), Step("notice", _("公示")), Step("award", _("授奖")),
    ),
    pledges=(
        Pledge("originality", _("原创承诺"), _("作品由申报者本人（团队）完成，没有抄袭、代做，也没有在往届以相同内容申报。")),
        Pledge("ai_use", _("人工智能使用说明"), _("如实说明使用了哪些人工智能工具、用在哪里、占多大比重。"), True, _("使用情况（没有使用请写“无”）")),
        Pledge("ethics", _("伦理与安全承诺"), _("研究过程遵守伦理和安全规定，没有伤害人、动物和环境，涉及的审批材料真实。")),
    ),
    consents=("entering",),
    rule_version="2026.1",
))  # fmt: skip

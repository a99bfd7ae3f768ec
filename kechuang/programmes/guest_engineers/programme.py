"""科技创新客座教师库: engineers whom schools invite (行动计划 四(三)4; domain.md §3.7)."""

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
    Rubric,
    Section,
    Step,
    Words,
)
from kechuang.engine.programme.pools import PoolPlan, VisitKind
from kechuang.engine.programme.registry import register
from kechuang.engine.workflow.states import _

FIELDS = (
    _("人工智能"), _("机器人"), _("无人机"), _("编程"), _("虚拟现实"), _("5G 与通信"), _("物联网"), _("芯片与电子"), _("基因与生物"),
    _("新能源"), _("新材料"), _("航空航天"), _("海洋"), _("环境保护"), _("工业设计"),
)  # fmt: skip
"""The new technologies that the plan names (四(二)2, 四(六)2), and what the city's enterprises do."""
EVERYWHERE = _("全市")
AREAS = (
    EVERYWHERE, _("福田区"), _("罗湖区"), _("南山区"), _("盐田区"), _("宝安区"), _("龙岗区"), _("龙华区"), _("坪山区"), _("光明区"),
    _("大鹏新区"), _("深汕特别合作区"),
)  # fmt: skip

GUEST_ENGINEERS = register(Programme(
    code="guest_engineers",
    name=_("科技创新客座教师库"),
    name_en="Pool of Guest Engineers",
    policy="行动计划 四(三)4",
    summary=_("遴选具有专业优势、符合师德要求的工程师，学校可以邀请他们到校开展讲座、教师培训和科技活动。"),
    who=_("高新技术企业、高等院校、科研院所的工程师和科研人员，本人申请或由单位推荐；入校前须通过准入查询。"),
    workflow="granted",
    district_workflow="granted",
    applicant="person",
    roles=("engineer",),
    may_nominate=True,
    rolling=True,
    stages=(),
    disciplines=(Discipline("engineer", _("工程师"), "Engineers"), Discipline("scientist", _("科研人员"), "Scientists")),
    words=Words(entry=_("申请"), title=_("姓名"), abstract=_("个人简介"), kind=_("身份")),
    consents=(),
    form=(
        Section("work", _("工作"), (
            Question("employer", _("工作单位全称"), max_length=120),
            Question("uscc", _("单位统一社会信用代码"), help=_("18 位，营业执照或法人证书上有"), max_length=18),
            Question("post", _("职务或职称"), max_length=60),
            Question("grade", _("职称等级"), "choice", choices=(_("高级职称"), _("中级职称"), _("其他"))),
            Question("years", _("从业年数"), "number", minimum=0, maximum=60),
            Question("proof", _("在职和职称证明"), "files", file_types=("pdf", "jpg", "png"), max_files=4),
        )),
        Section("teaching", _("到校能做什么"), (
            Question("fields", _("专业方向"), "choices", _("可以多选"), choices=FIELDS),
            Question("about", _("能讲什么、带学生做什么"), "long_text", _("写给中小学教师看，举一两个例子"), max_length=1000),
            Question("languages", _("授课语言"), "choices", choices=(_("普通话"), _("粤语"), _("英语"))),
            Question("times", _("可到校时间"), "choices", choices=(_("工作日上午"), _("工作日下午"), _("课后服务时段"), _("周末和假期"))),
            Question("areas", _("可服务区域"), "choices", _("全市都可以的选“全市”"), choices=AREAS),
            Question("before", _("以往到校或科普经历"), "long_text", required_from="", max_length=1000),
        )),
    ),
    rubrics=(Rubric("standard", _("入库审查要点"), (), (
        Criterion("skill", _("专业优势"), 50, _("岗位、成果、从业年数")),
        Criterion("teaching", _("面向中小学生的表达"), 30, _("讲得清楚，能动手")),
        Criterion("conduct", _("师德与责任"), 20, _("承诺、单位意见、以往评价")),
    )),),
    rounds=(),
    prizes=PrizePlan((Prize("guest", _("客座教师"), "Guest Engineer", 1.0),), cap=1),
    notice=NoticePlan(),
    certificate=CertificatePlan(title=_("聘书"), sentence=_("兹聘请{names}为{prize}，聘期三年。"), number_prefix="KCKZ"),
    honour=HonourPlan(
        (HonourLevel("guest", _("科技创新客座教师"), "Guest Engineer of Science and Technology Education"),),
        years=3, number_prefix="KZJS", plaque=False, yearly_check=False, public=False,
    ),
    pool=PoolPlan(
        fields="fields", languages="languages", times="times", areas="areas", everywhere=EVERYWHERE,
        post="post", years="years", about="about", vetting_months=12, days_ahead=3,
        kinds=(VisitKind("lecture", _("讲座")), VisitKind("training", _("教师培训")), VisitKind("activity", _("科技活动"))),
    ),
    guards=(("submit", "not_stopped"), ("submit", "is_a_guest_engineer"), ("grant", "not_stopped"), ("grant", "has_clear_vetting")),
    steps=(Step("apply", _("申请")), Step("screen", _("审查与准入查询")), Step("award", _("聘请入库"))),
    pledges=(Pledge("ethics", _("师德承诺"), _("遵守教师职业行为准则，不向学生推销、不收费；同意教育行政部门进行教职员工准入查询，只保存结果、日期和查询人。")),),
    needs_approval_number=False,
    rule_version="2026.1",
))  # fmt: skip

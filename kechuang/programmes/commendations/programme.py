"""通报表扬: enterprises, schools, teachers and pupils who did outstanding work (行动计划 五(三))."""

from dataclasses import replace

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
    TeamRule,
    Words,
)
from kechuang.engine.programme.registry import register
from kechuang.engine.workflow.states import _

STAGES = ("primary", "junior", "senior")
RUBRIC = Rubric("standard", _("通报表扬评审标准"), (), (
    Criterion("work", _("工作实绩"), 50, _("在科技创新教育中做了什么，有什么可以核对的结果")),
    Criterion("benefit", _("学生受益"), 30, _("多少学生、哪些学校从中受益")),
    Criterion("example", _("示范作用"), 20, _("值得其他单位和个人学习的地方")),
))  # fmt: skip

UNITS = register(Programme(
    code="commended_units",
    name=_("科技创新教育通报表扬（单位）"),
    name_en="Commendation of Organisations",
    policy="行动计划 五(三)",
    summary=_("对在科技创新教育中工作突出、成效显著的企业、学校和其他单位予以通报表扬。"),
    who=_("由区级或市级教育行政部门提名。"),
    workflow="direct",
    district_workflow="direct",
    applicant="organisation",
    org_kinds=("school", "enterprise", "university", "institute", "museum", "youth_centre", "association"),
    nominated=True,
    stages=(),
    disciplines=(Discipline("school", _("学校"), "Schools"), Discipline("partner", _("企业和社会单位"), "Enterprises and others")),
    words=Words(entry=_("提名"), title=_("单位名称"), abstract=_("主要事迹"), kind=_("类别")),
    consents=(),
    form=(
        Section("deeds", _("提名理由"), (
            Question("deeds", _("工作实绩"), "long_text", _("写事实和数字，不写空话"), max_length=2000),
            Question("benefit", _("学生受益情况"), "long_text", max_length=1000),
            Question("proof", _("证明材料"), "files", required_from="", file_types=("pdf", "jpg", "png"), max_files=5),
        )),
    ),
    rubrics=(RUBRIC,),
    rounds=(RoundPlan("preliminary", _("集中评议"), "scoring", blind=False, reviews_per_entry=3, load_max=80, method="mean"),),
    prizes=PrizePlan((Prize("commended", _("通报表扬"), "Commended", 1.0),), cap=0.5, tie_break=("work",)),
    notice=NoticePlan(working_days=5, answer_working_days=5),
    certificate=CertificatePlan(title=_("表扬证书"), sentence=_("{names}在科技创新教育中工作突出、成效显著，在{call}中予以{prize}。"), number_prefix="KCBY"),
    steps=(Step("apply", _("提名")), Step("screen", _("资格审查")), Step("review", _("集中评议")), Step("notice", _("公示")), Step("award", _("通报表扬"))),
    pledges=(Pledge("truth", _("提名承诺"), _("提名单位已核实事迹真实，被提名者知情并同意公示。")),),
    needs_approval_number=False,
    rule_version="2026.1",
))  # fmt: skip

TEACHERS = register(replace(
    UNITS,
    code="commended_teachers",
    name=_("科技创新教育通报表扬（教师）"),
    name_en="Commendation of Teachers",
    summary=_("对在科技创新教育中工作突出、成效显著的教师予以通报表扬。"),
    who=_("由学校或教育行政部门提名。"),
    applicant="person",
    org_kinds=(),
    roles=("teacher",),
    disciplines=(Discipline("teacher", _("教师"), "Teachers"),),
    words=replace(UNITS.words, title=_("教师姓名")),
))  # fmt: skip

PUPILS = register(replace(
    UNITS,
    code="commended_pupils",
    name=_("科技创新教育通报表扬（学生）"),
    name_en="Commendation of Pupils",
    summary=_("对在科技创新活动中表现突出的学生予以通报表扬。"),
    who=_("本市中小学生，经监护人或本人同意，由学校审核报送；姓名公示时遮盖。"),
    workflow="one_tier",
    district_workflow="one_tier",
    applicant="team",
    org_kinds=(),
    nominated=False,
    stages=STAGES,
    disciplines=(Discipline("pupil", _("学生"), "Pupils", STAGES),),
    rubrics=(replace(RUBRIC, stages=STAGES),),
    team=TeamRule(max_members=1, max_advisers=1),
    words=replace(UNITS.words, entry=_("申报"), title=_("事迹名称")),
    form=(replace(UNITS.form[0], name=_("主要事迹")),),
    pledges=(Pledge("truth", _("真实性承诺"), _("所写事迹真实，可以核对；本人和监护人知情并同意公示。")),),
    consents=("entering",),
    steps=(Step("apply", _("申报")), Step("endorse", _("学校审核")), *UNITS.steps[1:]),
))  # fmt: skip

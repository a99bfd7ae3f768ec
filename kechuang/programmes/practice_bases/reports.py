"""What a practice base reports each year, and what is looked at in a spot check (domain.md §3.5: open days, visitors, courses)."""

from kechuang.engine.programme.declaration import CheckItem, Question, ReportPlan, Section, SpotCheckPlan
from kechuang.engine.workflow.states import _

YEARLY = ReportPlan("year", _("年度自评报告"), (
    Section("running", _("开放与接待"), (
        Question("open_days", _("本年度开放天数"), "number", minimum=0, maximum=366),
        Question("pupil_visits", _("本年度接待学生人次"), "number", minimum=0),
        Question("free_visits", _("其中免费或优惠接待的学生人次"), "number", minimum=0),
        Question("schools", _("合作学校"), "table", columns=(_("学校"), _("场次"), _("学生人次"))),
    )),
    Section("courses", _("课程与人员"), (
        Question("courses", _("本年度开设的实践课程"), "table", columns=(_("课程"), _("学段"), _("场次"), _("是否新开发"))),
        Question("staff_count", _("专职人员人数"), "number", minimum=0),
        Question("volunteers", _("志愿者人数"), "number", minimum=0),
        Question("safe", _("全年没有安全事故"), "yes_no"),
        Question("incident", _("事故和处理情况"), "long_text", required_from="", max_length=1000),
    )),
    Section("summary", _("自评与打算"), (
        Question("best", _("做得好的"), "long_text", max_length=1000),
        Question("weak", _("不足和下一年的改进"), "long_text", max_length=1000),
        Question("money", _("上年度补贴的使用情况"), "long_text", required_from="", max_length=1000),
        Question("photos", _("活动照片"), "files", _("没有正面特写的学生照片；须家长同意的不要上传"), file_types=("jpg", "png"), max_files=9),
    )),
))  # fmt: skip

SPOT_CHECKS = SpotCheckPlan((
    CheckItem("open", _("按公布的时间开放，有接待记录")),
    CheckItem("courses", _("实践课程在开，有人讲解和指导")),
    CheckItem("safety", _("安全出口、设备和应急预案齐全")),
    CheckItem("free", _("没有向学生收费或推销商品")),
    CheckItem("plaque", _("牌匾挂在明显位置，等级与名册一致")),
))  # fmt: skip

SUBSIDIES = {"grade_a": 30_000, "grade_b": 20_000, "grade_c": 10_000}
"""Yuan a year by grade: defaults of this platform, which a call may change before it is published; the city's own rates are not public."""

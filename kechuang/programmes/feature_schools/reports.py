"""What a feature school reports each year (domain.md §3.6: 年度报告)."""

from kechuang.engine.programme.declaration import CheckItem, Question, ReportPlan, Section, SpotCheckPlan
from kechuang.engine.workflow.states import _

YEARLY = ReportPlan("year", _("年度报告"), (
    Section("facts", _("本学年情况"), (
        Question("weekly_lessons", _("每班平均每周科创课节数"), "number", _("全学年科创课总节数 ÷ 班级数 ÷ 上课周数"), minimum=0),
        Question("full_time", _("专职科创教师人数"), "number", minimum=0),
        Question("clubs_list", _("科技创新类社团"), "table", columns=(_("社团名称"), _("人数"), _("指导教师"))),
        Question("results", _("学生和教师的成果"), "long_text", max_length=1500),
    )),
    Section("example", _("示范与改进"), (
        Question("spread", _("带动了哪些学校"), "long_text", required_from="", max_length=1000),
        Question("money", _("专项经费的安排和使用"), "long_text", max_length=1000),
        Question("next", _("不足和下一学年的打算"), "long_text", max_length=1000),
        Question("papers", _("佐证材料"), "files", required_from="", file_types=("pdf", "jpg", "png"), max_files=9),
    )),
))  # fmt: skip

SPOT_CHECKS = SpotCheckPlan((
    CheckItem("timetable", _("课程表与实际上课一致，每周科创课开足")),
    CheckItem("clubs", _("社团有名册、有活动记录")),
    CheckItem("staff", _("专职科创教师到岗")),
    CheckItem("rooms", _("创新实验室在用，有安全制度")),
))  # fmt: skip

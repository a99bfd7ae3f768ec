"""What a teacher leader hands in during the three years of the studio: each year's tasks, the mid-term and the final check (domain.md §3.7)."""

from kechuang.engine.programme.declaration import CheckItem, Question, ReportPlan, Section, SpotCheckPlan, StudioPlan
from kechuang.engine.workflow.states import _

_DONE = (_("任务"), _("完成情况"), _("成果"))

YEARLY = ReportPlan("year", _("年度工作报告"), (
    Section("tasks", _("年度任务"), (
        Question("tasks", _("本年度任务和完成情况"), "table", _("按申报时的三年规划逐项填写"), columns=_DONE),
        Question("events", _("组织的教研和培训"), "table", columns=(_("日期"), _("内容"), _("参加教师人数"))),
        Question("visits", _("送教和带教的学校"), "table", required_from="", columns=(_("学校"), _("次数"), _("内容"))),
    )),
    Section("ahead", _("下一年"), (
        Question("plan", _("下一年的任务"), "table", columns=(_("任务"), _("完成时间"), _("负责人"))),
        Question("money", _("经费使用情况"), "long_text", required_from="", max_length=1000),
        Question("papers", _("佐证材料"), "files", required_from="", file_types=("pdf", "jpg", "png"), max_files=9),
    )),
))  # fmt: skip

MID_TERM = ReportPlan("middle", _("中期检查报告"), (
    Section("check", _("三年规划的中期情况"), (
        Question("progress", _("规划目标和目前进度"), "table", columns=(_("目标"), _("进度"), _("还差什么"))),
        Question("members", _("成员的成长"), "long_text", max_length=1500),
        Question("changes", _("规划的调整"), "long_text", required_from="", max_length=1000),
    )),
), when="middle")  # fmt: skip

FINAL = ReportPlan("final", _("期满考核报告"), (
    Section("results", _("三年成果"), (
        Question("goals", _("规划目标的完成情况"), "table", columns=(_("目标"), _("完成情况"), _("证明材料"))),
        Question("courses", _("开发的课程和资源"), "long_text", max_length=1500),
        Question("members", _("成员的成果和荣誉"), "long_text", max_length=1500),
        Question("spread", _("推广到哪些学校、惠及多少教师和学生"), "long_text", max_length=1500),
        Question("papers", _("成果材料"), "files", file_types=("pdf", "jpg", "png"), max_files=12),
    )),
), when="end", open_days=90)  # fmt: skip

REPORTS = (YEARLY, MID_TERM, FINAL)
STUDIO = StudioPlan(_("科创教育教师带头人工作室"), ("teacher",), most=15)
SPOT_CHECKS = SpotCheckPlan((
    CheckItem("meets", _("工作室有固定场地，活动有计划和记录")),
    CheckItem("members", _("成员名单与名册一致，人人有任务")),
    CheckItem("results", _("课程和资源可以查看，已经分享")),
    CheckItem("ethics", _("没有有偿培训和有偿指导竞赛")),
), share=0.1)  # fmt: skip

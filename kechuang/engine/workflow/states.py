"""The one vocabulary of application states, in the words that citizens read.

Plain Python on purpose: `_` only marks a sentence for translation, the face translates it when it shows it.
"""

from dataclasses import dataclass


def _(text: str) -> str:
    return text


@dataclass(frozen=True)
class State:
    """A state and what it means to a person: its name, who has the application now, and what comes next."""

    name: str
    label: str
    holder: str
    then: str
    tone: str = "muted"


STATES: dict[str, State] = {
    state.name: state
    for state in (
        State("draft", _("草稿"), _("申报者"), _("填写完整后提交学校审核"), "muted"),
        State("submitted", _("待学校审核"), _("学校"), _("学校审核后报送区级推荐"), "info"),
        State("returned", _("退回修改"), _("申报者"), _("按意见修改后重新提交"), "warning"),
        State("not_endorsed", _("学校未推荐"), _("无"), _("本届流程到此结束"), "muted"),
        State("endorsed", _("待区级推荐"), _("区级主管部门"), _("区级在名额内择优推荐到市"), "info"),
        State("not_recommended", _("区级未推荐"), _("无"), _("本届流程到此结束"), "muted"),
        State("recommended", _("待资格审查"), _("主办单位"), _("主办单位资格审查后进入专家评审"), "info"),
        State("incomplete", _("待补充材料"), _("申报者"), _("补充材料后继续资格审查"), "warning"),
        State("rejected", _("资格审查未通过"), _("无"), _("本届流程到此结束"), "danger"),
        State("screened", _("资格审查通过"), _("主办单位"), _("分配专家后开始评审"), "info"),
        State("in_review", _("专家评审中"), _("评审专家"), _("评审结束后公布入围或获奖名单"), "primary"),
        State("in_defence", _("入围终评问辩"), _("终评专家组"), _("按通知的时间和地点参加问辩"), "primary"),
        State("in_publicity", _("拟授奖公示中"), _("公众"), _("公示期满无异议后授奖"), "primary"),
        State("not_awarded", _("未获奖"), _("无"), _("本届流程到此结束"), "muted"),
        State("awarded", _("已获奖"), _("申报者"), _("可下载证书，经同意的作品进入成果展示"), "success"),
        State("disqualified", _("取消资格"), _("无"), _("本届流程到此结束"), "danger"),
        State("revoked", _("奖项已撤销"), _("无"), _("证书核验页会显示撤销"), "danger"),
        State("withdrawn", _("已撤回"), _("无"), _("本届流程到此结束"), "muted"),
    )
}
"""Every state that any workflow may use; a workflow naming another one does not start."""

THEN_WITHOUT: dict[str, tuple[str, str]] = {
    "draft": ("endorse", _("填写完整后提交")),
    "submitted": ("recommend", _("学校审核后报送主办单位")),
    "recommended": ("begin_review", _("主办单位审查后授予")),
}
"""What comes next instead in a workflow that has no such move."""

"""The workflows that ship with the engine. A programme takes one and adds its own guards and effects."""

from dataclasses import replace

from kechuang.engine.workflow.states import _
from kechuang.engine.workflow.workflow import Move, Workflow

_LIVE = (
    "submitted",
    "returned",
    "endorsed",
    "recommended",
    "incomplete",
    "screened",
    "in_review",
    "in_defence",
    "in_publicity",
)

TWO_TIER = Workflow(
    name="two_tier",
    start="draft",
    finals=frozenset(
        {
            "not_endorsed",
            "not_recommended",
            "rejected",
            "not_awarded",
            "awarded",
            "disqualified",
            "revoked",
            "withdrawn",
        }
    ),
    moves=(
        Move(
            "submit",
            _("提交"),
            ("draft", "returned"),
            "submitted",
            "application.submit",
            authority="applicant",
            step="apply",
            guards=(
                "is_complete",
                "has_consents",
                "has_declarations",
                "team_is_lawful",
                "one_entry_per_pupil",
                "entries_within_limit",
                "partner_confirmed",
            ),
            effects=("stamp_submission", "claim_members", "issue_receipt"),
        ),
        Move(
            "take_in",
            _("导入"),
            ("draft",),
            "submitted",
            "call.edit",
            authority="call",
            effects=("stamp_submission", "claim_members", "issue_receipt"),
            by_hand=False,
        ),
        Move(
            "withdraw",
            _("撤回申报"),
            ("draft", "submitted", "returned", "endorsed", "recommended", "incomplete", "screened"),
            "withdrawn",
            "application.withdraw",
            authority="applicant",
            effects=("release_members",),
            tone="danger",
        ),
        Move(
            "return",
            _("退回修改"),
            ("submitted",),
            "returned",
            "application.endorse",
            step="endorse",
            needs_reason=True,
            tone="warning",
        ),
        Move("endorse", _("审核通过并报送"), ("submitted",), "endorsed", "application.endorse", step="endorse"),
        Move(
            "decline",
            _("不予推荐"),
            ("submitted",),
            "not_endorsed",
            "application.endorse",
            step="endorse",
            needs_reason=True,
            effects=("release_members",),
            tone="danger",
        ),
        Move(
            "unendorse",
            _("撤销报送"),
            ("endorsed",),
            "submitted",
            "application.endorse",
            step="endorse",
            undoes="endorse",
            tone="muted",
        ),
        Move(
            "reopen",
            _("重新审核"),
            ("not_endorsed",),
            "submitted",
            "application.endorse",
            step="endorse",
            guards=("one_entry_per_pupil",),
            effects=("claim_members",),
            undoes="decline",
            tone="muted",
        ),
        Move(
            "send_back",
            _("退回修改"),
            ("endorsed",),
            "returned",
            "application.recommend",
            step="recommend",
            needs_reason=True,
            tone="warning",
        ),
        Move(
            "recommend",
            _("推荐到市"),
            ("endorsed",),
            "recommended",
            "application.recommend",
            step="recommend",
            guards=("within_quota",),
        ),
        Move(
            "pass_over",
            _("不推荐"),
            ("endorsed",),
            "not_recommended",
            "application.recommend",
            step="recommend",
            tone="muted",
        ),
        Move(
            "unrecommend",
            _("撤销推荐"),
            ("recommended",),
            "endorsed",
            "application.recommend",
            step="recommend",
            undoes="recommend",
            tone="muted",
        ),
        Move(
            "reconsider",
            _("重新考虑"),
            ("not_recommended",),
            "endorsed",
            "application.recommend",
            step="recommend",
            undoes="pass_over",
            tone="muted",
        ),
        Move(
            "screen", _("审查通过"), ("recommended",), "screened", "application.screen", authority="call", step="screen"
        ),
        Move(
            "ask_completion",
            _("退回补充材料"),
            ("recommended",),
            "incomplete",
            "application.screen",
            authority="call",
            step="screen",
            needs_reason=True,
            tone="warning",
        ),
        Move(
            "complete",
            _("提交补充材料"),
            ("incomplete",),
            "recommended",
            "application.submit",
            authority="applicant",
            step="screen",
            guards=("is_complete", "has_consents", "has_declarations", "partner_confirmed"),
        ),
        Move(
            "reject",
            _("审查不通过"),
            ("recommended",),
            "rejected",
            "application.screen",
            authority="call",
            step="screen",
            needs_reason=True,
            tone="danger",
        ),
        Move(
            "rescreen",
            _("撤销审查结论"),
            ("screened", "rejected"),
            "recommended",
            "application.screen",
            authority="call",
            step="screen",
            undoes="screen",
            tone="muted",
        ),
        Move(
            "begin_review", _("进入评审"), ("screened",), "in_review", "round.manage", authority="call", by_hand=False
        ),
        Move(
            "shortlist",
            _("入围终评"),
            ("in_review", "not_awarded"),
            "in_defence",
            "application.decide",
            authority="call",
            by_hand=False,
        ),
        Move(
            "propose",
            _("拟授奖"),
            ("in_review", "in_defence", "not_awarded"),
            "in_publicity",
            "application.decide",
            authority="call",
            by_hand=False,
        ),
        Move(
            "pass",
            _("不授奖"),
            ("in_review", "in_defence", "in_publicity"),
            "not_awarded",
            "application.decide",
            authority="call",
            by_hand=False,
        ),
        Move("award", _("授奖"), ("in_publicity",), "awarded", "award.issue", authority="call", by_hand=False),
        Move(
            "disqualify",
            _("取消资格"),
            _LIVE,
            "disqualified",
            "application.decide",
            authority="call",
            needs_reason=True,
            effects=("release_members",),
            tone="danger",
        ),
        Move(
            "revoke",
            _("撤销奖项"),
            ("awarded",),
            "revoked",
            "award.revoke",
            authority="call",
            needs_reason=True,
            tone="danger",
            by_hand=False,
        ),
    ),
)
"""School endorses, district recommends within its quota, city screens and decides (domain.md §2.7)."""

ONE_TIER = TWO_TIER.without_tier("endorsed", straight_to="recommended", name="one_tier")
"""A district's own competition: the district screens what schools endorse; there is no tier to recommend to."""

DISTRICT_CITY = TWO_TIER.without_tier("submitted", straight_to="endorsed", name="district_city")
"""For schools: nobody stands between the school and its district, which recommends to the city."""

DIRECT = ONE_TIER.without_tier("submitted", straight_to="recommended", name="direct")
"""For organisations outside the school tree, and for a district's own selection of schools: whoever runs the call screens."""

_GRANTED_MOVES = frozenset({"submit", "take_in", "withdraw", "ask_completion", "complete", "reject", "revoke"})
GRANTED = Workflow(
    name="granted",
    start="draft",
    finals=frozenset({"awarded", "rejected", "revoked", "withdrawn"}),
    moves=(
        *(
            replace(move, source=tuple(s for s in move.source if s != "screened"), step="")
            for move in DIRECT.moves
            if move.name in _GRANTED_MOVES
        ),
        Move(
            "grant",
            _("审查通过并授予"),
            ("recommended",),
            "awarded",
            "award.issue",
            authority="call",
            effects=("give_award",),
        ),
        Move(
            "reopen_rejected",
            _("撤销审查结论"),
            ("rejected",),
            "recommended",
            "application.screen",
            authority="call",
            undoes="reject",
            tone="muted",
        ),
    ),
)
"""A rolling call: each application is vetted when it comes and granted or not; there is no ranking and no last day."""

LIBRARY = {workflow.name: workflow for workflow in (TWO_TIER, ONE_TIER, DISTRICT_CITY, DIRECT, GRANTED)}

"""The partner's part of the form: whom the applicant asked, what came of it, and whom else it may ask."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from kechuang.engine.applications.models import Application
from kechuang.engine.enums import PartnershipState
from kechuang.engine.partnerships.models import LIVE, Partnership
from kechuang.engine.partnerships.queries import candidates, told_of
from kechuang.engine.programme.declaration import PartnerPlan


@dataclass(frozen=True)
class PartnerBox:
    """`live`: the question that stands; `past`: those that were declined or taken back."""

    plan: PartnerPlan
    live: Partnership | None
    past: list[Partnership]

    @property
    def is_confirmed(self) -> bool:
        return self.live is not None and self.live.state == PartnershipState.CONFIRMED


def box_of(application: Application) -> PartnerBox | None:
    plan = application.call.plan.partner
    if plan is None:
        return None
    rows = told_of(application)
    return PartnerBox(
        plan,
        next((row for row in rows if row.state in LIVE), None),
        [row for row in rows if row.state not in LIVE],
    )


def found(application: Application, told: Mapping[str, Any]) -> dict[str, Any]:
    """The organisations that were looked for, and what was typed beside."""
    plan = application.call.plan.partner
    if plan is None:
        return {}
    words = str(told.get("find_partner", "")).strip()[:60]
    return {
        "partner_words": words,
        "partner_rows": candidates(plan, application.org, words),
        "partner_years": told.get("partner_years") or plan.years,
        "partner_purpose": told.get("partner_purpose", ""),
    }

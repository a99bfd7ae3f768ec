"""Where an application is, in plain words: who has it (role and unit), until when, and what comes next.

Blind facts stay out: during review it is “the experts”, never who, how many, or which panel.
"""

from datetime import datetime

from django.utils.translation import gettext as _

from kechuang.engine.applications.models import Application
from kechuang.engine.calls.rules import step_times
from kechuang.engine.workflow.workflow import Move
from kechuang.orgs.enums import OrgKind

STEP_OF_STATE = {
    "draft": "apply",
    "returned": "apply",
    "submitted": "endorse",
    "endorsed": "recommend",
    "recommended": "screen",
    "incomplete": "screen",
    "screened": "review",
    "in_review": "review",
    "in_defence": "defence",
    "in_publicity": "notice",
}
"""The dated step that a state waits for."""
SCHOOL, DISTRICT, AUTHORITY = "application.endorse", "application.recommend", "application.screen"
OFFICE_OF_STATE = {"submitted": SCHOOL, "endorsed": DISTRICT, "recommended": AUTHORITY, "screened": AUTHORITY}


def next_date(application: Application) -> datetime | None:
    """When the step that the application waits for closes."""
    step = STEP_OF_STATE.get(application.state)
    if step == "apply":
        return application.call.closes_at
    return step_times(application.call, step)[1] if step else None


def who_has_it(application: Application) -> str:
    """Role and unit: “示范中学（学校）”; without a unit where naming one would tell what is blind."""
    holder = _(application.state_info.holder)
    office = OFFICE_OF_STATE.get(application.state)
    return _("%(unit)s（%(role)s）") % {"unit": unit_of(application, office), "role": holder} if office else holder


def unit_of(application: Application, permission: str) -> str:
    """The name of the office that holds `permission` over the application. Reads `org.parent` and `call.org`."""
    if permission == SCHOOL:
        return application.org.label
    if permission == DISTRICT:
        parent = application.org.parent
        if parent is not None and parent.kind == OrgKind.DISTRICT and not parent.is_line:
            return parent.label
    return application.call.org.label


def office_of(move: Move, application: Application) -> str:
    """Whose office made a move, as the team reads it: never an official's name."""
    if move.authority == "applicant":
        return _("申报者")
    if move.authority == "org" and move.needs in {SCHOOL, DISTRICT}:
        return unit_of(application, move.needs)
    return application.call.org.label

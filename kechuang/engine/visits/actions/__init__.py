"""Every write on pools and visits."""

from kechuang.engine.visits.actions.members import join_pool, update_card
from kechuang.engine.visits.actions.vetting import lift_stop, record_vetting, stop_person
from kechuang.engine.visits.actions.visits import (
    Invitation,
    accept_invitation,
    cancel_visit,
    confirm_visit,
    decline_invitation,
    invite,
    rate_visit,
    record_no_show,
    report_visit,
)

__all__ = [
    "Invitation",
    "accept_invitation",
    "cancel_visit",
    "confirm_visit",
    "decline_invitation",
    "invite",
    "join_pool",
    "lift_stop",
    "rate_visit",
    "record_no_show",
    "record_vetting",
    "report_visit",
    "stop_person",
    "update_card",
]

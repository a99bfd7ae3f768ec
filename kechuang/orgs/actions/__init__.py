"""Every write to organisations, people, memberships, consent and rosters."""

from kechuang.orgs.actions.consents import load_consent_texts, record_consent, refuse_consent, withdraw_consent
from kechuang.orgs.actions.guardians import (
    bind_guardian,
    confirm_guardian,
    end_guardianship,
    invite_guardian,
    sign_up_guardian,
    use_guardian_code,
)
from kechuang.orgs.actions.memberships import end_membership, grant_membership
from kechuang.orgs.actions.organisations import (
    close_org,
    create_org,
    edit_org,
    merge_orgs,
    move_org,
    rename_org,
    split_org,
)
from kechuang.orgs.actions.people import (
    create_person,
    create_pupil,
    declare_relationship,
    issue_password,
    look_at_identifiers,
    open_account,
    record_identifiers,
    reset_pin,
    update_pupil,
)
from kechuang.orgs.actions.rosters import (
    discard_roster,
    roster_template,
    rows_back,
    take_good_rows,
    take_later,
    upload_roster,
)

__all__ = [
    "bind_guardian",
    "close_org",
    "confirm_guardian",
    "create_org",
    "create_person",
    "create_pupil",
    "declare_relationship",
    "discard_roster",
    "edit_org",
    "end_guardianship",
    "end_membership",
    "grant_membership",
    "invite_guardian",
    "issue_password",
    "load_consent_texts",
    "look_at_identifiers",
    "merge_orgs",
    "move_org",
    "open_account",
    "record_consent",
    "record_identifiers",
    "refuse_consent",
    "rename_org",
    "reset_pin",
    "roster_template",
    "rows_back",
    "sign_up_guardian",
    "split_org",
    "take_good_rows",
    "take_later",
    "update_pupil",
    "upload_roster",
    "use_guardian_code",
    "withdraw_consent",
]

"""Organisations, accounts, people, consent and rosters: the tables everything above stands on."""

from kechuang.orgs.models.accounts import PasswordUse, User
from kechuang.orgs.models.consents import Consent, ConsentText
from kechuang.orgs.models.memberships import Membership
from kechuang.orgs.models.organisations import Org, OrgEvent
from kechuang.orgs.models.people import Guardianship, Person, PersonalRecord, PupilRecord, Relationship, SignInCode
from kechuang.orgs.models.rosters import RefusedRow, RosterImport, RosterRow, RosterUpload

__all__ = [
    "Consent",
    "ConsentText",
    "Guardianship",
    "Membership",
    "Org",
    "OrgEvent",
    "PasswordUse",
    "Person",
    "PersonalRecord",
    "PupilRecord",
    "RefusedRow",
    "Relationship",
    "RosterImport",
    "RosterRow",
    "RosterUpload",
    "SignInCode",
    "User",
]

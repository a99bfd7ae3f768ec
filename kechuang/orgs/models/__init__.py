"""Organisations, accounts, people, consent and rosters: the tables everything above stands on."""

from kechuang.orgs.models.access import Look
from kechuang.orgs.models.accounts import Device, PasswordUse, User
from kechuang.orgs.models.consents import Consent, ConsentText
from kechuang.orgs.models.memberships import Membership
from kechuang.orgs.models.organisations import Org, OrgEvent
from kechuang.orgs.models.people import (
    ClassCharge,
    Guardianship,
    LinkCode,
    Person,
    PersonalRecord,
    PupilRecord,
    Relationship,
    SignInCode,
)
from kechuang.orgs.models.privacy import (
    DataRequest,
    Disclosure,
    ExportRequest,
    ExportSubject,
    KeptFigure,
    RetentionRule,
    RetentionRun,
)
from kechuang.orgs.models.rosters import ImportBatch, RefusedRow, RosterImport, RosterRow, RosterUpload, YearChange
from kechuang.orgs.models.transfers import Transfer

__all__ = [
    "ClassCharge",
    "Consent",
    "ConsentText",
    "DataRequest",
    "Device",
    "Disclosure",
    "ExportRequest",
    "ExportSubject",
    "Guardianship",
    "ImportBatch",
    "KeptFigure",
    "LinkCode",
    "Look",
    "Membership",
    "Org",
    "OrgEvent",
    "PasswordUse",
    "Person",
    "PersonalRecord",
    "PupilRecord",
    "RefusedRow",
    "Relationship",
    "RetentionRule",
    "RetentionRun",
    "RosterImport",
    "RosterRow",
    "RosterUpload",
    "SignInCode",
    "Transfer",
    "User",
    "YearChange",
]

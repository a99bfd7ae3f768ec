"""The engine is one Django app with its stages as folders; Django finds their models here."""

from kechuang.engine.applications.models import (
    Adviser,
    Application,
    Attachment,
    BulkAct,
    ItemScore,
    Movement,
    NotAName,
    SignedPledge,
    Tally,
    TeamMember,
)
from kechuang.engine.awards.models import Award, Certificate, SealPicture
from kechuang.engine.calls.models import Call, CallTemplate, QuotaLine
from kechuang.engine.catalogue.models import Adoption, Case, CaseFile, CaseTag, CaseVersion, Rating
from kechuang.engine.credentials.models import Collection
from kechuang.engine.decisions.models import Decision, DecisionLine, RankingRecord
from kechuang.engine.honours.models import Honour, HonourEvent, Plaque
from kechuang.engine.partnerships.models import Agreement, Partnership
from kechuang.engine.publicity.models import NoticeLine, Objection, ObjectionEvidence, PublicNotice, Reconsideration
from kechuang.engine.reviews.models import (
    Affiliation,
    Assignment,
    Conflict,
    DefenceSlot,
    ExamMark,
    Panel,
    Reviewer,
    ReviewRound,
    RoundEntry,
    RoundReviewer,
    Score,
    Visit,
    VisitPhoto,
)
from kechuang.engine.showcase.models import Shelf, ShelfItem, Work, WorkMedia
from kechuang.engine.similarity.models import Fingerprint, SimilarityReport
from kechuang.engine.talent.models import TalentEntry
from kechuang.engine.tenure.models import Draw, Report, ReportFile, ReportStep, SpotCheck, StudioMember
from kechuang.engine.visits.models import GuestVisit, PoolMember, PoolTag, Stop, Vetting

__all__ = [
    "Adoption",
    "Adviser",
    "Affiliation",
    "Agreement",
    "Application",
    "Assignment",
    "Attachment",
    "Award",
    "BulkAct",
    "Call",
    "CallTemplate",
    "Case",
    "CaseFile",
    "CaseTag",
    "CaseVersion",
    "Certificate",
    "Collection",
    "Conflict",
    "Decision",
    "DecisionLine",
    "DefenceSlot",
    "Draw",
    "ExamMark",
    "Fingerprint",
    "GuestVisit",
    "Honour",
    "HonourEvent",
    "ItemScore",
    "Movement",
    "NotAName",
    "NoticeLine",
    "Objection",
    "ObjectionEvidence",
    "Panel",
    "Partnership",
    "Plaque",
    "PoolMember",
    "PoolTag",
    "PublicNotice",
    "QuotaLine",
    "RankingRecord",
    "Rating",
    "Reconsideration",
    "Report",
    "ReportFile",
    "ReportStep",
    "ReviewRound",
    "Reviewer",
    "RoundEntry",
    "RoundReviewer",
    "Score",
    "SealPicture",
    "Shelf",
    "ShelfItem",
    "SignedPledge",
    "SimilarityReport",
    "SpotCheck",
    "Stop",
    "StudioMember",
    "TalentEntry",
    "Tally",
    "TeamMember",
    "Vetting",
    "Visit",
    "VisitPhoto",
    "Work",
    "WorkMedia",
]  # fmt: skip

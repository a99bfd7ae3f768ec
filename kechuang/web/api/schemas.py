"""What goes out. A field that is not named here never leaves, whatever a query brings along."""

from datetime import date, datetime
from typing import Annotated, Generic, Literal, TypeVar

from ninja import Field, Schema

Item = TypeVar("Item")
Page = Annotated[int, Field(ge=1, le=100_000, description="Page, counted from 1; behind the last one it is empty.")]
Size = Annotated[int, Field(ge=1, le=100, description="Items on a page.")]
Text = Annotated[str, Field(max_length=100, pattern=r"^[^\x00]*$")]
Code = Annotated[str, Field(max_length=80, pattern=r"^[-a-zA-Z0-9_]+$")]


class Problem(Schema):
    """Why there is no answer."""

    detail: str


class Listed(Schema, Generic[Item]):
    """One page of a list."""

    count: int
    page: int
    size: int
    items: list[Item]


class CallOut(Schema):
    """A published call."""

    slug: str
    title: str
    title_en: str
    programme: str
    organiser: str
    year: int
    opens_at: datetime | None
    closes_at: datetime | None
    phase: Literal["before", "open", "closed"]
    url: str


class WorkOut(Schema):
    """A work of the gallery. Names are masked, or absent where their publication was not agreed to."""

    slug: str
    title: str
    title_en: str
    summary: str
    school: str
    names: str
    stage: str
    discipline: str
    year: int
    prize: str
    url: str


class CertificateOut(Schema):
    """What the public learns of a certificate. `holder` is masked, and empty when the number was given instead of the code."""

    state: Literal["valid", "corrected", "revoked"]
    number: str
    title: str
    call: str
    prize: str
    work: str
    school: str
    holder: str
    issuers: list[str]
    approval: str
    disclaimer: str
    issued_on: date | None
    reason: str


class AwardOut(Schema):
    """A line of the register: an award that stands. No names."""

    call: str
    call_slug: str
    year: int
    prize: str
    work: str
    school: str
    awarded_on: date


class ApplicationOut(Schema):
    """An application of one's own."""

    public_id: str
    title: str
    call: str
    state: str
    state_label: str
    receipt_no: str
    submitted_at: datetime | None
    url: str


class DeadlineOut(Schema):
    title: str
    starts_at: datetime
    ends_at: datetime
    place: str
    url: str

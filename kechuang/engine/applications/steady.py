"""The questions that every submission asks, compiled once (base/prepared.py): the application of a page, its lock, its team,
and what the guards read. A call comes without its declaration, whose reading is kept by digest (`Call.plan`)."""

from typing import Any

from kechuang.base.prepared import NUMBER, TEXT, Prepared, keep
from kechuang.engine.applications.models import Adviser, Application, Attachment, SignedPledge, TeamMember
from kechuang.orgs.scoping import Sight


def _with_call(rows: Any, *related: str) -> Any:
    return rows.select_related("call__org", "org", *related).defer("call__declaration").order_by()


TO_WRITE: Sight[Application] = Sight(
    "application.view",
    lambda see, public_id: _with_call(see(Application.objects.filter(public_id=public_id)))[:1],
    TEXT,
)
"""The application at an address, for an act on it."""
TO_SHOW: Sight[Application] = Sight(
    "application.view",
    lambda see, public_id: _with_call(
        see(Application.objects.filter(public_id=public_id)), "created_by", "org__parent__parent", "org__group"
    )[:1],
    TEXT,
)
"""The same with the school's place in the tree, for a page."""
SENT: Sight[Application] = Sight(
    "application.view",
    lambda see, public_id: _with_call(see(Application.objects.filter(public_id=public_id, receipt_no__isnull=False)))[
        :1
    ],
    TEXT,
)
"""The application of a receipt."""
BY_TOKEN: Prepared[Application] = Prepared(
    lambda token, user: Application.objects.filter(client_token=token, created_by=user).order_by()[:1], TEXT, NUMBER
)
_LOCK: Prepared[Application] = Prepared(
    lambda pk: _with_call(Application.objects.select_for_update(of=("self",)).filter(pk=pk), "created_by"), NUMBER
)
_MEMBERS: Prepared[TeamMember] = Prepared(
    lambda pk: TeamMember.objects.filter(application=pk).select_related("person__user").order_by("order", "pk"), NUMBER
)
_ADVISERS: Prepared[Adviser] = Prepared(
    lambda pk: Adviser.objects.filter(application=pk).select_related("person__user").order_by("order", "pk"), NUMBER
)
PAPERS: Prepared[str] = Prepared(
    lambda pk: Attachment.objects.filter(application=pk).order_by().values_list("question", flat=True), NUMBER
)
"""The question of each paper."""
PLEDGES: Prepared[tuple[str, str]] = Prepared(
    lambda pk: SignedPledge.objects.filter(application=pk).order_by().values_list("code", "text_digest"), NUMBER
)


TAKEN: Prepared[TeamMember] = Prepared(
    lambda call, pk: (
        TeamMember.objects.filter(call=call, is_live=True, person__team_memberships__application=pk)
        .exclude(application=pk)
        .select_related("person")
        .order_by("pk")
    ),
    NUMBER,
    NUMBER,
)
"""The live entries of the call that members of this application take part in elsewhere."""


def locked(pk: int) -> Application:
    """The application with its call and school, the caller's alone until the transaction ends."""
    found = _LOCK.first(pk)
    if found is None:
        raise Application.DoesNotExist
    return found


def with_members(application: Application) -> Application:
    """Its members with their accounts."""
    keep(application, "members", _MEMBERS(application.pk))
    return application


def with_team(application: Application) -> Application:
    """Its members and advisers with their accounts, in two queries."""
    with_members(application)
    keep(application, "advisers", _ADVISERS(application.pk))
    return application

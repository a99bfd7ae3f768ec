"""The cards of a pool: made from the application that was granted, kept by their owners.

Loaded after the honours (engine/apps.py), so that the honour is there when its card is made.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from kechuang.base import audit, clock
from kechuang.base.errors import Refused
from kechuang.engine.applications.models import Application
from kechuang.engine.awards.actions import on_award
from kechuang.engine.awards.models import Award
from kechuang.engine.calls.models import Call
from kechuang.engine.enums import TagKind, VettingResult
from kechuang.engine.honours.models import HonourEvent
from kechuang.engine.programme.pools import PoolPlan
from kechuang.engine.visits.models import PoolMember, PoolTag, Vetting
from kechuang.engine.visits.queries import choices_of, pools
from kechuang.orgs.actor import Actor


@on_award
def join_pool(call: Call, awards: list[Award], by: Actor) -> None:
    """Whoever is granted the honour of a pool has a card in it, made from the answers; a renewal brings the card up to date."""
    pool = call.plan.pool
    if pool is None:
        return
    events = HonourEvent.objects.filter(award__in=awards).select_related("honour")
    honours = {event.award_id: event.honour for event in events}
    for award in awards:
        application, honour = award.application, honours.get(award.pk)
        if honour is None or application.person_id is None:
            continue
        member, _new = PoolMember.objects.update_or_create(
            programme_code=call.programme_code, person_id=application.person_id,
            defaults={"honour": honour, "org": application.org, "updated_at": clock.now(), "cleared_on": _cleared_on(application),
                      **_facts(pool, application)},
        )  # fmt: skip
        _tag(member, {kind: application.answers.get(getattr(pool, kind)) or [] for kind in TagKind.values})
        audit.record("join_pool", by=by, on=member, scope_path=member.scope_path, detail={"honour": honour.number})


def _cleared_on(application: Application) -> Any:
    newest = Vetting.objects.filter(person=application.person_id).order_by("checked_on", "pk").last()
    return newest.checked_on if newest and newest.result == VettingResult.CLEAR else None


def _facts(pool: PoolPlan, application: Application) -> dict[str, Any]:
    answers = application.answers
    try:
        years = max(0, min(80, int(float(answers.get(pool.years) or 0))))
    except (TypeError, ValueError):
        years = 0
    about = str(answers.get(pool.about) or application.abstract)
    return {"post": str(answers.get(pool.post) or "")[:120], "years": years, "about": about}


def _tag(member: PoolMember, words: Mapping[str, Iterable[str]]) -> None:
    """The words of each kind that is given, in place of those there were."""
    PoolTag.objects.filter(member=member, kind__in=list(words)).delete()
    rows = [PoolTag(member=member, kind=kind, text=text[:80]) for kind, texts in words.items() for text in dict.fromkeys(texts)]  # fmt: skip
    PoolTag.objects.bulk_create(rows)


@transaction.atomic
def update_card(
    member: PoolMember, *, by: Actor, post: str, about: str, is_paused: bool, tags: Mapping[str, Iterable[str]]
) -> PoolMember:
    """The owner brings the own card up to date, or takes no invitations for a time."""
    locked = PoolMember.objects.select_for_update(of=("self",)).select_related("org", "person").get(pk=member.pk)
    if not locked.belongs_to(by) or not by.has_own("visit.answer"):
        raise PermissionDenied(_("只有本人可以修改名片。"))
    known = choices_of(pools()[locked.programme_code])
    chosen = {kind: [text for text in tags.get(kind, ()) if text in known[kind]] for kind in TagKind.values}
    if lacking := [str(TagKind(kind).label) for kind, texts in chosen.items() if not texts]:
        raise Refused(_("每一项至少选一个：%(names)s。") % {"names": "、".join(lacking)})
    locked.post, locked.about, locked.is_paused = post.strip()[:120], about.strip()[:2000], is_paused
    locked.updated_at = clock.now()
    locked.save(update_fields=["post", "about", "is_paused", "updated_at"])
    _tag(locked, chosen)
    audit.record("update_card", by=by, on=locked, scope_path=locked.scope_path, detail={"paused": is_paused})
    return locked

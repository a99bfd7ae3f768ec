"""The expert pool: who is in it, what they know, where they work."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from kechuang.base import audit
from kechuang.base.errors import Refused
from kechuang.engine.programme.validation import STAGES
from kechuang.engine.reviews.models import Affiliation, Reviewer
from kechuang.orgs.actor import Actor, require
from kechuang.orgs.models import Org, Person

BATCH = 500
EDITABLE = frozenset({"fields", "stages", "employer_name", "title", "kind", "max_load"})


@dataclass(frozen=True)
class Post:
    """Where an expert works or worked, or whom their employer sponsors; conflicts are found by it."""

    org: Org
    kind: str = Affiliation.Kind.EMPLOYER
    since: date | None = None
    until: date | None = None


@dataclass(frozen=True)
class NewReviewer:
    person: Person
    fields: tuple[str, ...]
    stages: tuple[str, ...] = ()
    employer_name: str = ""
    title: str = ""
    max_load: int = 40
    affiliations: tuple[Post, ...] = ()
    kind: str = ""


def add_reviewer(
    person: Person,
    *,
    by: Actor,
    fields: Iterable[str],
    stages: Iterable[str] = (),
    affiliations: Iterable[Post] = (),
    **words: Any,
) -> Reviewer:
    """Take a person into the pool; one who retired from it comes back with the new particulars."""
    return add_reviewers(
        [NewReviewer(person, tuple(fields), tuple(stages), affiliations=tuple(affiliations), **words)], by=by
    )[0]


@transaction.atomic
def add_reviewers(rows: Iterable[NewReviewer], *, by: Actor) -> list[Reviewer]:
    """Take many people in at once; refused as a whole where one of them cannot be."""
    require(by, "round.manage")
    rows = list(rows)
    for row in rows:
        _check(row.fields, row.stages, row.max_load)
    old = {
        reviewer.person_id: reviewer for reviewer in Reviewer.objects.filter(person__in=[row.person for row in rows])
    }
    for row in rows:
        if row.person.pk in old and old[row.person.pk].is_active:
            raise Refused(_("%(name)s已在专家库中，请直接修改其资料。") % {"name": row.person})
    Reviewer.objects.filter(pk__in=[reviewer.pk for reviewer in old.values()]).update(is_active=True)
    new = Reviewer.objects.bulk_create([_reviewer(row) for row in rows if row.person.pk not in old], BATCH)
    found = old | {reviewer.person_id: reviewer for reviewer in new}
    for row in rows:
        if row.person.pk in old:
            _write(old[row.person.pk], _words(row))
    Affiliation.objects.filter(reviewer__in=old.values()).delete()
    posts = [(found[row.person.pk], post) for row in rows for post in row.affiliations]
    Affiliation.objects.bulk_create([affiliation(reviewer, post) for reviewer, post in posts], BATCH)
    reviewers = [found[row.person.pk] for row in rows]
    audit.record_many(
        {"action": "add_reviewer", "by": by, "on": reviewer, "detail": {"fields": reviewer.fields}}
        for reviewer in reviewers
    )
    return reviewers


def _check(fields: Iterable[str], stages: Iterable[str], max_load: int) -> None:
    if not list(fields):
        raise Refused(_("请至少选择一个专业领域，否则无法分配作品。"))
    if not STAGES.issuperset(stages):
        raise Refused(_("学段只能选小学、初中、高中。"))
    if max_load < 1:
        raise Refused(_("最大评审量至少为 1 件；暂时不参加评审的专家请移出专家库。"))


def _words(row: NewReviewer) -> dict[str, Any]:
    return {
        "fields": list(row.fields),
        "stages": list(row.stages),
        "employer_name": row.employer_name,
        "title": row.title,
        "max_load": row.max_load,
        "kind": row.kind,
    }


def _reviewer(row: NewReviewer) -> Reviewer:
    return Reviewer(person=row.person, **_words(row))


def affiliation(reviewer: Reviewer, post: Post) -> Affiliation:
    return Affiliation(reviewer=reviewer, org=post.org, kind=post.kind, since=post.since, until=post.until)


def _write(reviewer: Reviewer, words: dict[str, Any]) -> None:
    for name, value in words.items():
        setattr(reviewer, name, value)
    reviewer.is_active = True
    reviewer.save()


@transaction.atomic
def update_reviewer(
    reviewer: Reviewer, *, by: Actor, affiliations: Iterable[Post] | None = None, **words: Any
) -> Reviewer:
    """Change particulars; `affiliations`, if given, replace the old ones. Conflicts are found anew at the next search."""
    require(by, "round.manage")
    unknown = words.keys() - EDITABLE
    if unknown:
        raise TypeError(f"update_reviewer takes no {', '.join(sorted(unknown))}")
    locked = Reviewer.objects.select_for_update().get(pk=reviewer.pk)
    words = {name: list(value) if name in {"fields", "stages"} else value for name, value in words.items()}
    before = {name: getattr(locked, name) for name in words}
    _check(
        words.get("fields", locked.fields), words.get("stages", locked.stages), words.get("max_load", locked.max_load)
    )
    for name, value in words.items():
        setattr(locked, name, value)
    locked.save()
    if affiliations is not None:
        locked.affiliations.all().delete()
        Affiliation.objects.bulk_create([affiliation(locked, post) for post in affiliations], BATCH)
    audit.record("update_reviewer", by=by, on=locked, detail={"from": before, "to": words})
    return locked


@transaction.atomic
def retire_reviewer(reviewer: Reviewer, *, reason: str, by: Actor) -> Reviewer:
    """Out of the pool: no new rounds, no new entries; what stands is not touched."""
    require(by, "round.manage")
    if not reason.strip():
        raise Refused(_("请写明移出专家库的理由。"))
    locked = Reviewer.objects.select_for_update().get(pk=reviewer.pk)
    pending = locked.assignments.pending().filter(round__state="open").count()
    if pending:
        raise Refused(
            _("%(name)s还有 %(n)s 件作品未评，请先为其办理回避或等待评审结束。") % {"name": locked.person, "n": pending}
        )
    locked.is_active = False
    locked.save(update_fields=["is_active"])
    audit.record("retire_reviewer", by=by, on=locked, reason=reason)
    return locked

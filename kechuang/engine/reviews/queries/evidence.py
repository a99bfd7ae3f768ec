"""The fact a conflict rests on, with names instead of numbers, for the officer who has to defend it."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from django.utils.translation import gettext as _

from kechuang.engine.reviews.models import Conflict
from kechuang.orgs.models import Org, Person

ORGS = ("org", "group", "district", "course")
PEOPLE = ("person", "relative")


def evidence_words(conflicts: Iterable[Conflict]) -> dict[int, list[tuple[str, str]]]:
    """Conflict → (what, which) in the reader's language, in two queries whatever their number."""
    rows = list(conflicts)
    orgs = dict(Org.objects.filter(pk__in=_ids(rows, ORGS)).values_list("pk", "name"))
    people = dict(Person.objects.filter(pk__in=_ids(rows, PEOPLE)).values_list("pk", "name"))
    return {row.pk: list(_facts(row.evidence, orgs, people)) for row in rows}


def _ids(rows: Iterable[Conflict], names: Iterable[str]) -> set[int]:
    found = (_id(row.evidence.get(name)) for row in rows for name in names)
    return {pk for pk in found if pk is not None}


def _id(value: Any) -> int | None:
    """A fact is a number, or a mark such as ["serves", 12] where an employer serves a school."""
    last = value[-1] if isinstance(value, list) and value else value
    return last if isinstance(last, int) else None


def _facts(
    evidence: Mapping[str, Any], orgs: Mapping[int, str], people: Mapping[int, str]
) -> Iterator[tuple[str, str]]:
    labels = {
        "org": _("单位"), "group": _("教育集团"), "district": _("区"), "course": _("共同开发课程的学校"), "person": _("人员"),
        "relative": _("亲属"), "since": _("从"), "until": _("到"),
    }  # fmt: skip
    for name, label in labels.items():
        value = evidence.get(name)
        if value is None:
            continue
        known = orgs if name in ORGS else people if name in PEOPLE else {}
        yield label, known.get(_id(value) or 0, str(value)) if known else str(value)

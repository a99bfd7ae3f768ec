"""The catalogue's rules, pure: what of an entry becomes its page, how wide a licence is, how stars are told."""

from collections.abc import Mapping, Sequence
from typing import Any

from kechuang.engine.programme.declaration import Programme
from kechuang.engine.programme.publishing import CataloguePlan, Licence

STARS = (1, 2, 3, 4, 5)
FEW = 3
"""Below so many ratings a mean says little; the number stands beside it always."""


def licence_of(plan: CataloguePlan, answers: Mapping[str, Any]) -> Licence | None:
    """The licence the author chose; None where the answer is none of them."""
    chosen = answers.get(plan.licence)
    return next((licence for licence in plan.licences if licence.name == chosen), None)


def licence_named(plan: CataloguePlan, code: str) -> Licence | None:
    return next((licence for licence in plan.licences if licence.code == code), None)


def is_wider(plan: CataloguePlan, old: str, new: str) -> bool:
    """Licences are declared from the widest to the narrowest; what was given once is not taken back (CC BY 4.0, section 2.a.1)."""
    order = [licence.code for licence in plan.licences]
    return old in order and new in order and order.index(new) < order.index(old)


def page_of(programme: Programme, answers: Mapping[str, Any]) -> list[dict[str, Any]]:
    """What stands on the page of a case: the answers that the declaration names, in its order, empty ones left out."""
    plan = programme.catalogue
    if plan is None:
        return []
    found = []
    for code in plan.page:
        question, value = programme.question(code), answers.get(code)
        if value not in (None, "", []):
            found.append(
                {"code": code, "label": question.label, "kind": question.kind, "columns": list(question.columns), "value": value}
            )  # fmt: skip
    return found


def authors_of(plan: CataloguePlan, name: str, answers: Mapping[str, Any]) -> str:
    """The applicant first, then the co-authors by name."""
    rows: Sequence[Sequence[str]] = (answers.get(plan.authors) or []) if plan.authors else []
    return "、".join(dict.fromkeys([name, *(row[0].strip() for row in rows if row and row[0].strip())]))[:200]


def tags_of(plan: CataloguePlan, answers: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Grades and subjects, as (kind, value)."""
    found = []
    for kind, code in (("grade", plan.grades), ("subject", plan.subjects)):
        values = answers.get(code) if code else None
        found += [(kind, str(value)) for value in ([values] if isinstance(values, str) else values or [])]
    return list(dict.fromkeys(found))


def citation(authors: str, title: str, place: str, year: int, address: str) -> str:
    """How to cite a case, after GB/T 7714—2015 (electronic document, online)."""
    return f"{authors.replace('、', ', ')}. {title}[EB/OL]. {place}, {year}. {address}."

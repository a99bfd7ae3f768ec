"""Changing a frozen declaration: pure functions from tuple to tuple, so that every form replaces exactly its own part."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Protocol, TypeVar

from django.utils.translation import gettext as _

from kechuang.engine.programme.declaration import CheckItem, Criterion, Programme, Question, Rubric, Section


class Coded(Protocol):
    @property
    def code(self) -> str: ...


Item = TypeVar("Item", bound=Coded)


def find(items: Iterable[Item], code: str) -> Item | None:
    return next((item for item in items if item.code == code), None)


def put(items: tuple[Item, ...], item: Item) -> tuple[Item, ...]:
    """`item` in the place of the one with its code, or at the end."""
    if find(items, item.code) is None:
        return (*items, item)
    return tuple(item if known.code == item.code else known for known in items)


def without(items: tuple[Item, ...], code: str) -> tuple[Item, ...]:
    return tuple(item for item in items if item.code != code)


def shifted(items: tuple[Item, ...], code: str, by: int) -> tuple[Item, ...]:
    """The same items with the one of `code` moved up (-1) or down (+1); at the edge nothing moves."""
    codes = [item.code for item in items]
    here = codes.index(code)
    there = here + by
    if not 0 <= there < len(items):
        return items
    order = list(items)
    order[here], order[there] = order[there], order[here]
    return tuple(order)


def free_code(prefix: str, taken: Iterable[str]) -> str:
    """`q1`, `q2`, …: officers name things in Chinese, the declaration needs a code."""
    known = set(taken)
    return next(code for n in range(1, len(known) + 2) if (code := f"{prefix}{n}") not in known)


def with_questions(plan: Programme, section: str, questions: tuple[Question, ...]) -> Programme:
    form = tuple(replace(part, questions=questions) if part.code == section else part for part in plan.form)
    return replace(plan, form=form)


def with_criteria(plan: Programme, rubric: str, criteria: tuple[Criterion, ...]) -> Programme:
    rubrics = tuple(replace(one, criteria=criteria) if one.code == rubric else one for one in plan.rubrics)
    return replace(plan, rubrics=rubrics)


def section_of(plan: Programme, code: str) -> Section | None:
    return find(plan.form, code)


def rubric_of(plan: Programme, code: str) -> Rubric | None:
    return find(plan.rubrics, code)


def check_items(known: tuple[CheckItem, ...], lines: list[str]) -> tuple[CheckItem, ...]:
    """A checklist from its lines; an item that was there before keeps its code."""
    before = {_(item.text): item for item in known}
    kept: list[CheckItem] = []
    for line in lines:
        code = free_code("check", [one.code for one in (*known, *kept)])
        kept.append(before.get(line) or CheckItem(code, line))
    return tuple(kept)

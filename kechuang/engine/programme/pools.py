"""A pool of people whom schools may invite: what a member is found by, and when somebody may come (行动计划 四(三)4)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kechuang.engine.workflow.states import _

if TYPE_CHECKING:
    from kechuang.engine.programme.declaration import Programme

FACETS = ("fields", "languages", "times", "areas")


@dataclass(frozen=True)
class VisitKind:
    """What a school may invite somebody to."""

    code: str
    name: str


@dataclass(frozen=True)
class PoolPlan:
    """Whoever holds the programme's honour stands in the pool, as long as the vetting is clear and not older than `vetting_months`.

    `fields`, `languages`, `times` and `areas` name questions of kind "choices": their answers are what a member is found by.
    `everywhere` is the choice of `areas` that stands for all of them. `post`, `years` and `about` name questions that the card shows.
    `days_ahead`: how many days before the visit an invitation is sent at the latest.
    """

    fields: str
    languages: str
    times: str
    areas: str
    kinds: tuple[VisitKind, ...]
    everywhere: str = ""
    post: str = ""
    years: str = ""
    about: str = ""
    vetting_months: int = 12
    days_ahead: int = 3

    def kind(self, code: str) -> VisitKind | None:
        return next((kind for kind in self.kinds if kind.code == code), None)


def pool_problems(programme: Programme) -> Iterator[tuple[str, dict[str, object]]]:
    """What is wrong with the pool of a declaration, as (sentence, parameters)."""
    pool = programme.pool
    if pool is None:
        return
    if programme.honour is None or programme.applicant != "person":
        yield _("入库人选须是个人，并且项目要授予称号。"), {}
    kinds = {question.code: question for question in programme.questions()}
    for facet in FACETS:
        question = kinds.get(getattr(pool, facet))
        if question is None or question.kind != "choices":
            yield _("人才库的检索条件“%(facet)s”须对应一道多选题。"), {"facet": facet}
    areas = kinds.get(pool.areas)
    if pool.everywhere and (areas is None or pool.everywhere not in areas.choices):
        yield _("人才库的“不限区域”须是区域题的一个选项。"), {}
    if any(code and code not in kinds for code in (pool.post, pool.years, pool.about)):
        yield _("人才库名片引用了不存在的题目。"), {}
    if not pool.kinds or len({kind.code for kind in pool.kinds}) != len(pool.kinds):
        yield _("人才库至少有一种邀请事项，代码不能重复。"), {}
    if not 1 <= pool.vetting_months <= 36 or pool.days_ahead < 0:
        yield _("准入查询的有效期应为 1 至 36 个月，提前天数不能为负。"), {}

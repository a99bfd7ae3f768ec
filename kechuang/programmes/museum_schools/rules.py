"""What a plan of museum and school together must hold, pure.

行动计划 四(四)3: “加强与中国科学技术馆的合作……进一步加强我市中小学科技教育的资源建设和课程建设”. So a plan names visits and lessons made
from the museum's resources. The numbers are defaults of this platform; the national guidance is not public in figures.
"""

from collections.abc import Mapping
from typing import Any

from kechuang.engine.workflow.states import _

VISITS_A_YEAR = 4
"""Two in each term."""
LESSONS = 2
"""Lessons or units that are built on what the museum has."""
WANTED = (
    ("visits", VISITS_A_YEAR, _("每学年馆校活动不少于 %(n)s 次")),
    ("lessons", LESSONS, _("基于馆内资源的课程不少于 %(n)s 门")),
)


def shortfalls(answers: Mapping[str, Any]) -> list[tuple[str, int]]:
    """What the plan lacks, as (sentence, number): rows of the two tables are counted, blank ones not."""
    return [(words, least) for code, least, words in WANTED if _rows(answers.get(code)) < least]


def _rows(table: Any) -> int:
    return sum(any(str(cell).strip() for cell in row) for row in table or [])

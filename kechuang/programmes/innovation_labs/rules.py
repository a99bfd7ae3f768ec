"""What an application for a lab of “1+N” must hold, pure.

行动计划 四(四)2: “采取一所高校或名企带动多所学校的思路，在校内（尤其是高中）建立与相关单位对应的创新实验室，采用项目式、探究式等多种学习方式，联合培养
创新拔尖人才”. So: a room of its own, projects, and mentors of the partner. The numbers are defaults of this platform.
"""

from collections.abc import Mapping
from typing import Any

from kechuang.engine.workflow.states import _

PROJECTS = 2
MENTORS = 1
ROOM_M2 = 60
"""An ordinary classroom's worth."""


def shortfalls(answers: Mapping[str, Any]) -> list[tuple[str, int]]:
    """What the application lacks, as (sentence, number)."""
    found = []
    if _number(answers.get("room_m2")) < ROOM_M2:
        found.append((_("实验室面积不少于 %(n)s 平方米"), ROOM_M2))
    if _rows(answers.get("projects")) < PROJECTS:
        found.append((_("每学年的项目不少于 %(n)s 个"), PROJECTS))
    if _rows(answers.get("mentors")) < MENTORS:
        found.append((_("合作单位的导师不少于 %(n)s 人"), MENTORS))
    return found


def _rows(table: Any) -> int:
    return sum(any(str(cell).strip() for cell in row) for row in table or [])


def _number(value: Any) -> float:
    try:
        return float(value)
    except (TypeError, ValueError):
        return 0.0

"""Numbers of a practice base: bands and thresholds of comparable rules (domain.md §3.5), pure.

- Bands: area ≥ 1000 / 500 / 150 m², open days ≥ 300 / 250 / 200, visitors ≥ 30,000 / 10,000 / 1,000 a year (running check of bases).
- Thresholds (龙岗 2020): education and research ≥ 200 m² and ≥ 20 open days; production ≥ 200 m² and ≥ 30 days; venues ≥ 300 m² and ≥ 80
  days; ≥ 5 volunteers. Shenzhen's own standard is not public: a call may be declared with other numbers.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from kechuang.engine.workflow.states import _


@dataclass(frozen=True)
class Band:
    """`steps`: from so much on, such a share of the points, in these words."""

    help: str
    steps: tuple[tuple[int, float, str], ...]

    def share(self, value: float) -> float:
        return next((share for least, share, _words in self.steps if value >= least), 0.0)


AREA = Band(
    _("可供学生实践活动使用的场地"),
    ((1000, 1.0, _("1000 平方米以上")), (500, 0.8, _("500 平方米以上")), (150, 0.6, _("150 平方米以上"))),
)
DAYS = Band(
    _("上一年向学生开放的天数"), ((300, 1.0, _("300 天以上")), (250, 0.8, _("250 天以上")), (200, 0.6, _("200 天以上")))
)
VISITORS = Band(
    _("上一年接待学生人次"),
    ((30_000, 1.0, _("3 万人次以上")), (10_000, 0.8, _("1 万人次以上")), (1_000, 0.6, _("1000 人次以上"))),
)

THRESHOLDS: Mapping[str, tuple[tuple[str, float, str], ...]] = {
    "venue": (("area_m2", 300, _("场地面积不少于 %(n)s 平方米")), ("open_days", 80, _("每年开放不少于 %(n)s 天"))),
    "research": (("area_m2", 200, _("场地面积不少于 %(n)s 平方米")), ("open_days", 20, _("每年开放不少于 %(n)s 天"))),
    "production": (("area_m2", 200, _("场地面积不少于 %(n)s 平方米")), ("open_days", 30, _("每年开放不少于 %(n)s 天"))),
}
EVERYBODY = (("staff_count", 1, _("专职人员不少于 %(n)s 人")), ("volunteers", 5, _("志愿者不少于 %(n)s 人")))


def shortfalls(kind: str, answers: Mapping[str, Any]) -> list[tuple[str, float]]:
    """What a base of this kind lacks, as (sentence, number)."""
    wanted = (*THRESHOLDS.get(kind, ()), *EVERYBODY)
    return [(words, least) for code, least, words in wanted if _number(answers.get(code)) < least]


def _number(value: Any) -> float:
    try:
        return float(value)
    except (TypeError, ValueError):
        return 0.0

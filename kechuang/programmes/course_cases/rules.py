"""What makes a course case eligible, pure. Plan 三(三): 创客教育与学科教育融合, so at least two subjects meet; the grades belong to
the stage in which the case competes."""

from collections.abc import Mapping
from typing import Any

SUBJECTS_NEEDED = 2
GRADES: Mapping[str, tuple[str, ...]] = {
    "primary": ("一年级", "二年级", "三年级", "四年级", "五年级", "六年级"),
    "junior": ("初一", "初二", "初三"),
    "senior": ("高一", "高二", "高三"),
}


def is_combined(answers: Mapping[str, Any]) -> bool:
    return len(set(answers.get("subjects") or [])) >= SUBJECTS_NEEDED


def fits_stage(answers: Mapping[str, Any], stage: str) -> bool:
    grades = set(answers.get("grades") or [])
    return bool(grades) and grades <= set(GRADES.get(stage, ()))

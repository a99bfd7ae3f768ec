"""What stands in the way of publishing, each sentence with the builder section where it is mended."""

from copy import copy
from dataclasses import dataclass, replace

from django.utils.translation import gettext as _

from kechuang.base import clock
from kechuang.engine.calls.models import Call
from kechuang.engine.calls.rules import why_not_publishable
from kechuang.engine.programme.declaration import Programme
from kechuang.engine.programme.validation import problems

SECTION_OF_WORDS = (
    ("签名", "design"),
    ("证书的%(what)s", "design"),
    ("证书", "certificate"),
    ("合作", "duties"),
    ("报告", "duties"),
    ("抽查", "duties"),
    ("工作室", "duties"),
    ("补贴", "honour"),
    ("案例库", "catalogue"),
    ("查重", "similarity"),
    ("人才库", "pool"),
    ("入库", "pool"),
    ("准入", "pool"),
    ("称号", "honour"),
    ("目标须", "honour"),
    ("定等级", "prizes"),
    ("核分", "kind"),
    ("面向", "kind"),
    ("提名", "kind"),
    ("申报主体", "kind"),
    ("监护人", "kind"),
    ("流程", "kind"),
    ("题目", "form"),
    ("同分", "prizes"),
    ("评分", "rubrics"),
    ("轮次", "rounds"),
    ("评审", "rounds"),
    ("奖", "prizes"),
    ("步骤", "steps"),
    ("学科", "divisions"),
    ("声明", "pledges"),
    ("学段", "who"),
)
"""The first word found in the validator's own sentence (Chinese msgids), so that a translation does not change the link."""


@dataclass(frozen=True)
class Problem:
    sentence: str
    section: str


def problems_of(plan: Programme) -> list[Problem]:
    """What is wrong with the declaration itself."""
    return [Problem(_(text) % params, _section(text, params)) for text, params in problems(plan)]


def _section(text: str, params: dict[str, object]) -> str:
    words = f"{params.get('what', '')}{text}"
    return next((section for word, section in SECTION_OF_WORDS if word in words), "basics")


def hindrances(call: Call) -> list[Problem]:
    """Everything between this draft and its publication: the declaration, then approval and times."""
    known = problems_of(call.plan)
    sentences = {problem.sentence for problem in known}
    approved = copy(call)
    approved.__dict__["plan"] = replace(call.plan, needs_approval_number=False)
    times = set(why_not_publishable(approved, clock.today()))
    rest = [text for text in why_not_publishable(call, clock.today()) if text not in sentences]
    return known + [Problem(text, "steps" if text in times else "approval") for text in rest]

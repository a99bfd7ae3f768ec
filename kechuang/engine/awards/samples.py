"""The words of a sample certificate: invented names in the design of a call, for whoever is choosing it."""

from dataclasses import replace
from typing import Any

from kechuang.base import clock
from kechuang.engine.awards import designs, rules
from kechuang.engine.awards.certificates import verify_address
from kechuang.engine.calls.models import Call
from kechuang.engine.programme.declaration import CertificatePlan


def sample_words(call: Call, plan: CertificatePlan, *, adviser: bool = False) -> dict[str, Any]:
    """The words of a certificate of the call with invented names, in the design of `plan`."""
    facts = rules.Facts(
        call=call.title, approval_number=call.approval_number or "（待填写）", needs_approval_number=True, title=plan.title,
        sentence=(plan.adviser_sentence if adviser else "") or plan.sentence, issuers=plan.issuers or (call.org.name,),
        names="王小明、李小红", school="示范学校", work="一件示范作品", prize=next((p.name for p in call.plan.prizes.prizes), "一等奖"),
        advisers="赵老师", holder="王小明", issued_on=clock.today(),
    )  # fmt: skip
    number = rules.certificate_number(plan.number_prefix, clock.today().year, 0)
    words = rules.certificate_words(facts, number=number, code="0000-0000-0000-0000", address=verify_address())
    words["design"] = designs.frozen(plan.design)
    english = replace(
        facts, call=call.title_en or "the Contest", names="Wang Xiaoming and Li Xiaohong", school="Model School", work="A Model Work",
        prize=next((p.name_en or p.name for p in call.plan.prizes.prizes), "First Prize"), advisers="Zhao Laoshi",
        issuers=[call.org.name_en if name == call.org.name and call.org.name_en else name for name in words["issuers"]],
    )  # fmt: skip
    if plan.design.languages != "zh":
        words["english"] = rules.english_part(
            rules.english_words(words, english, adviser=adviser), plan, adviser=adviser
        )
    return words

"""The words of a certificate. Pure; the sentences stay Chinese whatever language the officer reads, for they are printed.

教基厅〔2018〕9号 and 教监管厅函〔2022〕4号 (domain.md §2.1): a certificate carries the approval number and, in a prominent
place, 不作为中小学招生入学依据. Words without them are not built.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from string import Formatter
from typing import Any

from django.utils.translation import gettext as _

from kechuang.base.errors import Refused
from kechuang.engine.programme.declaration import CERTIFICATE_PLACES, CertificatePlan
from kechuang.engine.publicity.rules import DISCLAIMER

DISCLAIMER_LINE = f"本证书{DISCLAIMER}"
TITLE_EN = "CERTIFICATE OF HONOUR"
UNNAMED = "参赛学生"
APPROVAL = "批准文号："
PLACES = CERTIFICATE_PLACES
EMPHASISED = {"names": "names", "advisers": "names", "prize": "prize", "title": "title"}
CORRECTABLE = frozenset({"names", "school", "title", "advisers"})
_DIGITS = "〇一二三四五六七八九"


class WordsRefused(Refused):
    """A certificate that the law does not allow to be printed like this."""


@dataclass(frozen=True)
class Facts:
    """What a certificate says: about whom, for what, by whom. `holder` is the one it is made out to."""

    call: str
    approval_number: str
    needs_approval_number: bool
    title: str
    sentence: str
    issuers: Sequence[str]
    names: str
    school: str
    work: str
    prize: str
    advisers: str
    holder: str
    issued_on: date
    is_organisation: bool = False


def certificate_words(facts: Facts, *, number: str, code: str, address: str) -> dict[str, Any]:
    """The frozen words of one certificate, as printed and as verified."""
    approval = facts.approval_number.strip()
    if facts.needs_approval_number and not approval:
        raise WordsRefused(_("这次竞赛没有批准文号，不能制作证书：证书上必须写明批准文号（教基厅〔2018〕9号）。"))
    if not facts.issuers or not all(name.strip() for name in facts.issuers):
        raise WordsRefused(_("证书没有颁发单位，请先在申报设置里填写。"))
    values = _values(facts)
    words: dict[str, Any] = {
        "title": facts.title,
        "title_en": TITLE_EN,
        "paragraphs": paragraphs(facts.sentence, values),
        "sentence": facts.sentence.format(**values),
        "issuers": list(facts.issuers),
        "issued_words": chinese_date(facts.issued_on),
        "number": number,
        "number_label": "证书编号",
        "code": code,
        "code_label": "核验码",
        "check_label": "扫码，或在下列网址输入核验码核验",
        "address": address,
        "approval": f"{APPROVAL}{approval}" if approval else "",
        "disclaimer": DISCLAIMER_LINE,
        "holder": facts.holder,
        "values": values,
    }
    if facts.is_organisation:
        words["is_organisation"] = True
    refuse_unlawful(words, needs_approval_number=facts.needs_approval_number)
    return words


def _values(facts: Facts) -> dict[str, str]:
    return {
        "names": facts.names or UNNAMED,
        "school": facts.school,
        "title": facts.work,
        "call": facts.call,
        "prize": facts.prize,
        "advisers": facts.advisers,
    }


def refuse_unlawful(words: dict[str, Any], *, needs_approval_number: bool) -> None:
    """The last look before words are frozen, printed or corrected."""
    if DISCLAIMER not in words.get("disclaimer", ""):
        raise WordsRefused(_("证书上必须写明“%(line)s”，缺少这句话不能制作证书。") % {"line": DISCLAIMER})
    if needs_approval_number and not words.get("approval", "").removeprefix(APPROVAL).strip():
        raise WordsRefused(_("证书上必须写明竞赛的批准文号，缺少文号不能制作证书。"))


def paragraphs(sentence: str, values: dict[str, str]) -> list[list[list[str]]]:
    """The sentence cut into paragraphs of (role, text) runs, so that the page can set names and prize apart."""
    found: list[list[list[str]]] = [[]]
    for literal, place, _spec, _conversion in Formatter().parse(sentence):
        pieces = literal.split("\n")
        found[-1] += [["plain", pieces[0]]] if pieces[0] else []
        found.extend([["plain", piece]] if piece else [] for piece in pieces[1:])
        if place is not None:
            found[-1].append([EMPHASISED.get(place, "plain"), _value(place, values)])
    return [runs for runs in found if runs]


def _value(place: str, values: dict[str, str]) -> str:
    if place not in PLACES:
        raise WordsRefused(
            _("证书文字里有不认识的位置 {%(place)s}，请改用 {names} {school} {title} {call} {prize} {advisers}。")
            % {"place": place}
        )
    return values[place]


def team_names(holder: str, everybody: Sequence[str]) -> str:
    """All of the team, the holder first: nobody's certificate claims the work for one alone."""
    rest = list(everybody)
    if holder in rest:
        rest.remove(holder)
    return "、".join([holder, *rest] if holder else rest)


def certificate_number(prefix: str, year: int, n: int) -> str:
    return f"{prefix}{year}-{n:06d}"


def chinese_date(day: date) -> str:
    """二〇二六年十一月二十四日."""
    year = "".join(_DIGITS[int(digit)] for digit in str(day.year))
    return f"{year}年{_numeral(day.month)}月{_numeral(day.day)}日"


def _numeral(n: int) -> str:
    tens, ones = divmod(n, 10)
    head = "" if tens == 0 else "十" if tens == 1 else f"{_DIGITS[tens]}十"
    return head + (_DIGITS[ones] if ones else "")


def why_not_award(notice_state: str, decision_kind: str) -> str:
    """Prizes are given when the public has had its say (domain.md §2.7)."""
    if decision_kind != "award":
        return _("这是入围公示，入围作品在终评之后才授奖。")
    if notice_state != "closed":
        return _("公示还没有结束，不能授奖。公示期满、异议全部答复并结束公示之后再授奖。")
    return ""


def why_not_correct(state: str, changes: dict[str, str], reason: str, replaced_by: str = "") -> str:
    if state == "corrected":
        return _("这张证书已经更正过，请在新证书 %(number)s 上更正。") % {"number": replaced_by}
    if state == "revoked":
        return _("这张证书已经撤销，不能更正。")
    if unknown := changes.keys() - CORRECTABLE:
        return _("证书上不能更正这些内容：%(names)s。") % {"names": "、".join(sorted(unknown))}
    if not changes or not all(value.strip() for value in changes.values()):
        return _("请填写更正后的内容。")
    if not reason.strip():
        return _("请写明更正的原因，核验页会显示这张证书已经更正。")
    return ""


# --- in English --------------------------------------------------------------------------------------------------

TITLE_ZH = "获奖证书"
NOTE_EN = "English rendering of the certificate with this number. The Chinese certificate prevails."
DISCLAIMER_EN = "This certificate is no basis for admission to primary or secondary schools."


def english_words(words: dict[str, Any], facts: Facts, *, adviser: bool) -> dict[str, Any]:
    """The English rendering of a certificate: `words` as frozen, `facts` with English names where they have one.

    The sentence is ours, for the organiser's own was written in Chinese; law and approval number stand as on the original.
    """
    work = f"the work “{facts.work}”"
    runs = [["plain", "This is to certify that "], ["names", facts.advisers if adviser else facts.names]]
    runs += [["plain", f" of {facts.school}"]] if not facts.is_organisation else []
    if adviser:
        runs += [["plain", f" advised {facts.names or 'the team'}, who won "]]
    else:
        runs += [["plain", " won "]]
    runs += [
        ["prize", facts.prize],
        ["plain", f" in the {facts.call}{'' if facts.is_organisation else f' with {work}'}."],
    ]
    approval = facts.approval_number.strip()
    return {
        **words,
        "language": "en",
        "title": TITLE_EN,
        "title_en": TITLE_ZH,
        "paragraphs": [runs],
        "sentence": "".join(text for _role, text in runs),
        "issuers": list(facts.issuers),
        "issued_words": f"{facts.issued_on.day} {facts.issued_on:%B %Y}",
        "number_label": "Certificate No.",
        "code_label": "Verification code",
        "check_label": "Scan the code or enter it at",
        "approval": f"Approval No. {approval}" if approval else "",
        "disclaimer": f"{DISCLAIMER_EN} {NOTE_EN}",
        "english_values": _values(facts),
    }


ENGLISH_PARTS = (
    "language", "title", "title_en", "paragraphs", "issuers", "issued_words", "number_label", "code_label", "check_label",
)  # fmt: skip


def english_part(english: dict[str, Any], plan: CertificatePlan, *, adviser: bool = False) -> dict[str, Any]:
    """What a sheet that is itself in English, or in both languages, says in English: frozen beside the Chinese words.

    The organiser's own sentence where there is one. The legal lines stand in both languages, whatever the sheet's.
    """
    part = {name: english[name] for name in ENGLISH_PARTS}
    part["title"] = plan.title_en or part["title"]
    if plan.sentence_en and not adviser:
        part["paragraphs"] = paragraphs(plan.sentence_en, english["english_values"])
    part["disclaimer"], part["approval"] = DISCLAIMER_EN, english["approval"]
    if plan.design.languages == "en":
        part["disclaimer"] = f"{DISCLAIMER_LINE} {DISCLAIMER_EN}"
    return part

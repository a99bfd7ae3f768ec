"""Check digits of the codes the platform meets. Each check returns None, or the sentence that says what is wrong."""

import re
from datetime import date

from django.utils.translation import gettext as _

from kechuang.base import clock

RESIDENT_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
RESIDENT_CHECKS = "10X98765432"
# GB/T 2260 provinces; 81–83 are the residence permits of Hong Kong, Macau and Taiwan residents.
PROVINCES = frozenset(
    f"{code}"
    for code in (
        *range(11, 16),
        *range(21, 24),
        *range(31, 38),
        *range(41, 47),
        *range(50, 55),
        *range(61, 66),
        71,
        81,
        82,
        83,
    )
)
USCC_SET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
USCC_WEIGHTS = tuple(pow(3, place, 31) for place in range(17))
ORG_SET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
ORG_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)
SCHOOL_TYPES = {"21", "31", "34", "36", "37", "51"}


def resident_check_digit(first17: str) -> str:
    """GB 11643-1999."""
    return RESIDENT_CHECKS[sum(w * int(c) for w, c in zip(RESIDENT_WEIGHTS, first17, strict=True)) % 11]


def org_check_digit(first8: str) -> str:
    """GB 11714-1997."""
    rest = 11 - sum(w * ORG_SET.index(c) for w, c in zip(ORG_WEIGHTS, first8, strict=True)) % 11
    return {10: "X", 11: "0"}.get(rest, str(rest))


def uscc_check_digit(first17: str) -> str:
    """GB 32100-2015: 31 minus the remainder, and 31 itself counts as 0."""
    total = sum(w * USCC_SET.index(c) for w, c in zip(USCC_WEIGHTS, first17, strict=True))
    return USCC_SET[(31 - total % 31) % 31]


def _is_past_date(digits: str) -> bool:
    try:
        day = date(int(digits[:4]), int(digits[4:6]), int(digits[6:8]))
    except ValueError:
        return False
    return date(1900, 1, 1) <= day <= clock.today()


def _check_body(number: str) -> str | None:
    """The 18 characters shared by the resident ID and the J form of the 学籍号."""
    if number[:2] not in PROVINCES:
        return _("前两位“%(code)s”不是任何省份的代码，请核对。") % {"code": number[:2]}
    if not _is_past_date(number[6:14]):
        return _("第 7 至 14 位“%(digits)s”不是有效的出生日期，请核对。") % {"digits": number[6:14]}
    return None


def check_resident_id(number: str) -> str | None:
    if not re.fullmatch(r"\d{17}[\dX]", number, re.ASCII):
        return _("身份证号应为 18 位：前 17 位是数字，末位是数字或大写 X。")
    if sentence := _check_body(number):
        return sentence
    if number[17] != resident_check_digit(number[:17]):
        return _("身份证号的末位校验码不对，多半是某一位抄错了，请逐位核对。")
    return None


def check_xueji(number: str) -> str | None:
    """学籍号: G + resident ID; J + area, birth, serial, check digit; L + area, birth, 4 random digits, no check."""
    if not re.fullmatch(r"[GJ]\d{17}[\dX]|L\d{18}", number, re.ASCII):
        return _("学籍号应为 19 位：以 G、J 或 L 开头，后接 18 位号码。")
    if sentence := _check_body(number[1:]):
        return sentence
    if number[0] != "L" and number[18] != resident_check_digit(number[1:18]):
        return _("学籍号的末位校验码不对，多半是某一位抄错了，请逐位核对。")
    return None


def check_school_code(code: str) -> str | None:
    """学校标识码: type 2, province 2, serial 6; no check digit."""
    if not re.fullmatch(r"\d{10}", code, re.ASCII):
        return _("学校标识码应为 10 位数字。")
    if code[:2] not in SCHOOL_TYPES:
        return _(
            "学校标识码的前两位“%(code)s”不是中小学的办学类型（小学 21、初中 31、高中 34、中职 36、专门 37、特教 51）。"
        ) % {"code": code[:2]}
    if code[2:4] not in PROVINCES:
        return _("学校标识码的第 3、4 位“%(code)s”不是任何省份的代码，请核对。") % {"code": code[2:4]}
    return None


def check_org_code(code: str) -> str | None:
    if not re.fullmatch(r"[0-9A-Z]{8}[0-9X]", code, re.ASCII):
        return _("组织机构代码应为 9 位：前 8 位是数字或大写字母，末位是数字或 X。")
    if code[8] != org_check_digit(code[:8]):
        return _("组织机构代码的末位校验码不对，请逐位核对。")
    return None


def check_uscc(code: str) -> str | None:
    if not re.fullmatch(f"[{USCC_SET}]{{2}}\\d{{6}}[{USCC_SET}]{{10}}", code, re.ASCII):
        return _("统一社会信用代码应为 18 位数字和大写字母（不含 I、O、S、V、Z），第 3 至 8 位是行政区划代码。")
    if check_org_code(code[8:17]):
        return _("统一社会信用代码第 9 至 17 位（组织机构代码）的校验码不对，请逐位核对。")
    if code[17] != uscc_check_digit(code[:17]):
        return _("统一社会信用代码的末位校验码不对，请逐位核对。")
    return None

from datetime import date

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from kechuang.base import checksums, clock

AREAS = st.sampled_from(["440305", "110105", "810000", "650102"])
BIRTHS = st.dates(date(1990, 1, 1), date(2020, 12, 31)).map(lambda day: day.strftime("%Y%m%d"))


def body(area: str, birth: str, serial: int) -> str:
    first = f"{area}{birth}{serial:03d}"
    return first + checksums.resident_check_digit(first)


RESIDENTS = st.builds(body, AREAS, BIRTHS, st.integers(0, 999))
ORGS = st.text(checksums.ORG_SET, min_size=8, max_size=8).map(lambda first: first + checksums.org_check_digit(first))
USCC_ORGS = st.text(checksums.USCC_SET, min_size=8, max_size=8).map(
    lambda first: first + checksums.org_check_digit(first)
)
USCCS = st.builds(
    lambda head, org: head + org + checksums.uscc_check_digit(head + org),
    st.sampled_from(["12440300", "52440305", "91440300"]),
    USCC_ORGS,
)


def test_published_numbers_are_valid():
    assert checksums.check_resident_id("11010519491231002X") is None
    assert checksums.check_uscc("91350100M000100Y43") is None
    assert checksums.check_uscc("91440300708461136T") is None
    assert checksums.check_school_code("2144000001") is None


@given(RESIDENTS)
def test_any_well_made_number_passes_in_every_form(number):
    assert checksums.check_resident_id(number) is None
    assert checksums.check_xueji(f"G{number}") is None
    assert checksums.check_xueji(f"J{number}") is None


@given(RESIDENTS, st.integers(0, 16), st.integers(1, 9))
def test_one_wrong_digit_is_always_found(number, place, shift):
    wrong = number[:place] + str((int(number[place]) + shift) % 10) + number[place + 1 :]

    assert checksums.check_resident_id(wrong)
    assert checksums.check_xueji(f"G{wrong}")


@given(RESIDENTS, st.integers(14, 15))
def test_two_neighbours_swapped_are_found(number, place):
    assume(number[place] != number[place + 1])
    wrong = number[:place] + number[place + 1] + number[place] + number[place + 2 :]

    assert checksums.check_resident_id(wrong)


@given(ORGS, st.integers(0, 7), st.sampled_from("0123456789"))
def test_organisation_codes(code, place, other):
    assume(code[place] != other)
    wrong = code[:place] + other + code[place + 1 :]

    assert checksums.check_org_code(code) is None
    weight = checksums.ORG_WEIGHTS[place] * (checksums.ORG_SET.index(code[place]) - checksums.ORG_SET.index(other))
    assert (checksums.check_org_code(wrong) is None) == (weight % 11 == 0)


@given(USCCS, st.integers(0, 17), st.sampled_from(checksums.USCC_SET))
def test_credit_codes(code, place, other):
    assume(code[place] != other)

    assert checksums.check_uscc(code) is None
    assert checksums.check_uscc(code[:place] + other + code[place + 1 :])


def test_the_l_form_has_no_check_digit():
    assert checksums.check_xueji("L440305201203040000") is None
    assert checksums.check_xueji("L440305201203049999") is None


@pytest.mark.parametrize(
    ("check", "number", "part"),
    [
        (checksums.check_resident_id, "91350100M000100Y4Z", "18 位"),
        (checksums.check_resident_id, "11010519491231002x", "大写 X"),
        (checksums.check_resident_id, "１1010519491231002X", "18 位"),
        (checksums.check_resident_id, "000105194912310020", "省份"),
        (checksums.check_resident_id, "110105194902310020", "出生日期"),
        (checksums.check_resident_id, "110105194912310021", "校验码"),
        (checksums.check_xueji, "H11010519491231002X", "学籍号应为"),
        (checksums.check_xueji, "G110105194912310021", "校验码"),
        (checksums.check_xueji, "L440305201302300000", "出生日期"),
        (checksums.check_school_code, "214400000", "10 位"),
        (checksums.check_school_code, "9944000001", "办学类型"),
        (checksums.check_school_code, "2199000001", "省份"),
        (checksums.check_uscc, "91350100M000100Y4Z", "不含"),
        (checksums.check_uscc, "91350100M000100Y44", "末位"),
        (checksums.check_uscc, "91350100M000100X43", "9 至 17"),
        (checksums.check_org_code, "1234567", "9 位"),
    ],
)
def test_the_sentence_names_the_fault(check, number, part):
    assert part in check(number)


def test_a_birthday_still_to_come_is_refused():
    number = body("440305", "20260102", 1)

    with clock.travel(date(2026, 1, 1)):
        assert "出生日期" in checksums.check_resident_id(number)
    with clock.travel(date(2026, 1, 2)):
        assert checksums.check_resident_id(number) is None

"""Clock, masking, numbers and identifiers."""

from datetime import UTC, date, datetime

import pytest
from django.db import transaction

from kechuang.base import clock, masking
from kechuang.base.ids import ALPHABET, new_public_id
from kechuang.base.numbers import next_number, next_numbers


def test_the_clock_stands_in_the_citys_timezone():
    with clock.travel(datetime(2026, 1, 1, 20, tzinfo=UTC)):
        assert clock.now().isoformat() == "2026-01-02T04:00:00+08:00"
        assert clock.today() == date(2026, 1, 2)


def test_travelling_nests_and_returns():
    before = clock.now()
    with clock.travel(date(2026, 1, 1)):
        with clock.travel(datetime(2025, 1, 1, 8)):
            assert clock.now().isoformat() == "2025-01-01T08:00:00+08:00"
        assert clock.today() == date(2026, 1, 1)

    assert clock.now() >= before


def test_a_deadline_day_is_included():
    assert clock.start_of(date(2026, 1, 1)).isoformat() == "2026-01-01T00:00:00+08:00"
    assert clock.end_of(date(2026, 1, 1)).isoformat() == "2026-01-01T23:59:59.999999+08:00"


@pytest.mark.parametrize(
    ("name", "masked"), [("张三", "张*"), ("张小三", "张*三"), ("欧阳小三", "欧**三"), ("张", "张*"), ("", "")]
)
def test_names_are_masked(name, masked):
    assert masking.mask_name(name) == masked


@pytest.mark.parametrize(
    ("mask", "text", "masked"),
    [
        (masking.mask_id, "440305201203041234", "4403**********1234"),
        (masking.mask_id, "E1234567", "********"),
        (masking.mask_phone, "13812345678", "138****5678"),
        (masking.mask_phone, "12345", "*****"),
        (masking.mask_email, "lihua@example.cn", "l***@example.cn"),
        (masking.mask_email, "lihua", "*****"),
    ],
)
def test_numbers_are_masked(mask, text, masked):
    assert mask(text) == masked


@pytest.mark.django_db
def test_numbers_follow_one_another_per_kind_and_year():
    assert [next_number("certificate", 2026) for _ in range(3)] == [1, 2, 3]
    assert list(next_numbers("certificate", 2026, 3)) == [4, 5, 6]
    assert (next_number("certificate", 2027), next_number("receipt", 2026)) == (1, 1)


@pytest.mark.django_db
def test_a_failed_transaction_gives_its_number_back():
    next_number("certificate", 2026)
    with transaction.atomic():
        assert next_number("certificate", 2026) == 2
        transaction.set_rollback(True)

    assert next_number("certificate", 2026) == 2


def test_public_ids_are_random_and_readable():
    ids = {new_public_id() for _ in range(1000)}

    assert len(ids) == 1000
    assert set("".join(ids)) <= set(ALPHABET)
    assert not set("0o1li") & set(ALPHABET)

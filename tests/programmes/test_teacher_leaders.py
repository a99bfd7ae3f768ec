"""带头人: two of three within ten years."""

import pytest

from kechuang.programmes.teacher_leaders.rules import is_long_enough, kinds_met


@pytest.mark.parametrize(
    ("answers", "met"),
    [
        ({"advised": [["2026", "全国一等奖"]], "won": [["2017", "省优秀辅导员"]]}, ["advised", "won"]),
        ({"advised": [["2016", "全国一等奖"]], "won": [["2020年", "省优秀辅导员"]]}, ["won"]),
        ({"advised": [["2027", "全国一等奖"]], "researched": [["去年", "课题"]]}, []),
        ({"advised": [["2015", "旧"], ["2025", "新"]], "researched": [["2019", "课题"]]}, ["advised", "researched"]),
        ({}, []),
    ],
)
def test_kinds_are_met_within_ten_years(answers, met):
    assert kinds_met(answers, 2026) == met


def test_service_is_five_years():
    assert [is_long_enough({"years": years}) for years in ("5", "4.5", "", None)] == [True, False, False, False]

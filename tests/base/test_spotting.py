"""Names in a text, however they are written."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kechuang.base.spotting import NUMERALS, Word, fold, school_forms, spot

HAN = st.text(st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5), min_size=2, max_size=4).filter(
    lambda name: not set(name) & set(NUMERALS)
)
OTHER = st.text(st.sampled_from("，。鸟abc12 \n"), max_size=20)


def spotted(text: str, *words: str) -> list[str]:
    return [found.written for found in spot(text, [Word(word, "member") for word in words])]


@given(OTHER, HAN, OTHER, st.sampled_from(["", " ", "\u3000", "\n", "·", "\u200b"]))
def test_a_name_is_found_with_anything_between_its_characters(before: str, name: str, after: str, between: str) -> None:
    written = between.join(name)

    found = spot(before + written + after, [Word(name, "member")])

    assert [(one.start, one.written) for one in found if one.start >= len(before)] == [(len(before), written)]


@given(st.text(max_size=60))
def test_places_lead_back_into_the_text(text: str) -> None:
    folded, places = fold(text)

    assert len(folded) == len(places)
    assert places == sorted(places)
    assert all(0 <= place < len(text) for place in places)


@given(st.text(st.sampled_from("abc鸟。"), max_size=40), HAN.filter(lambda name: "鸟" not in name))
def test_nothing_is_found_where_nothing_stands(text: str, name: str) -> None:
    assert spotted(text, name) == []


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("我们第１中学", "第一中学"),
        ("来自第壹中学", "第一中学"),
        ("ＬＩ　ＬＥＩ did it", "Li Lei"),
        ("张 小 三 同学", "张小三"),
        ("我来自3中", "三中"),
    ],
)
def test_other_ways_of_writing(text: str, word: str) -> None:
    assert len(spotted(text, word)) == 1


@pytest.mark.parametrize("text", ["数据汇总在第三中心", "共23中取样", "Emily Li Leighton"])
def test_what_only_looks_like_a_name_is_let_be(text: str) -> None:
    assert spotted(text, "三中", "3中", "Li Lei") == []


def test_short_forms_of_a_school() -> None:
    forms = school_forms("深圳市罗湖区第三中学", "", ["深圳市", "罗湖区"])

    assert forms == {"深圳市罗湖区第三中学", "第三中学", "三中", "罗湖三中", "深圳三中"}
    assert {"红荔小学", "红荔小"} <= school_forms("红荔小学")
    assert "11中" in school_forms("第十一中学")


def test_the_longest_name_is_told_once() -> None:
    words = [Word(form, "school") for form in school_forms("深圳市第三中学", "", ["深圳市"])]

    assert [found.written for found in spot("我在深圳市第三中学读书，三中，在三中。", words)] == [
        "深圳市第三中学",
        "三中",
        "三中",
    ]

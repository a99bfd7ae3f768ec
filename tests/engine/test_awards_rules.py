"""The words of a certificate: what the law wants in them, and how the sentence is set."""

from dataclasses import replace
from datetime import date

import pytest

from kechuang.engine.awards import rules
from kechuang.engine.awards.rules import Facts, WordsRefused

FACTS = Facts(
    call="第41届示范市青少年科技创新大赛", approval_number="深教函〔2026〕88号", needs_approval_number=True, title="获奖证书",
    sentence="{names}同学：\n{school}的作品《{title}》在{call}中荣获{prize}。", issuers=("示范市教育局",), names="王䶮、李㛃",
    school="示范一中", work="红树林监测", prize="一等奖", advisers="陈鿏", holder="王䶮", issued_on=date(2026, 11, 24),
)  # fmt: skip


def words(**changes):
    return rules.certificate_words(
        replace(FACTS, **changes), number="KC2026-000001", code="ABCD-EFGH", address="http://x/verify/"
    )


def test_words_carry_the_approval_number_and_the_disclaimer():
    built = words()

    assert built["approval"] == "批准文号：深教函〔2026〕88号"
    assert built["disclaimer"] == "本证书不作为中小学招生入学依据"
    assert (
        built["sentence"]
        == "王䶮、李㛃同学：\n示范一中的作品《红树林监测》在第41届示范市青少年科技创新大赛中荣获一等奖。"
    )


def test_words_are_refused_without_an_approval_number():
    with pytest.raises(WordsRefused, match="批准文号"):
        words(approval_number="  ")


def test_words_of_a_programme_that_needs_no_approval_do_without():
    assert words(approval_number="", needs_approval_number=False)["approval"] == ""


def test_words_are_refused_without_an_issuer():
    with pytest.raises(WordsRefused, match="颁发单位"):
        words(issuers=())


@pytest.mark.parametrize("part", ["disclaimer", "approval"])
def test_words_that_lost_a_legal_line_are_not_frozen(part):
    with pytest.raises(WordsRefused):
        rules.refuse_unlawful(words() | {part: "批准文号："}, needs_approval_number=True)


def test_words_name_an_unknown_place_of_the_sentence():
    with pytest.raises(WordsRefused, match=r"\{age\}"):
        words(sentence="{names}{age}")


def test_paragraphs_keep_the_roles_apart():
    assert words()["paragraphs"] == [
        [["names", "王䶮、李㛃"], ["plain", "同学："]],
        [
            ["plain", "示范一中"], ["plain", "的作品《"], ["title", "红树林监测"], ["plain", "》在"],
            ["plain", "第41届示范市青少年科技创新大赛"], ["plain", "中荣获"], ["prize", "一等奖"], ["plain", "。"],
        ],
    ]  # fmt: skip


def test_a_title_with_braces_stays_text():
    assert "《{x} #eval》" in words(work="{x} #eval")["sentence"]


def test_team_names_put_the_holder_first_and_keep_namesakes():
    assert rules.team_names("李四", ["张三", "李四", "李四"]) == "李四、张三、李四"
    assert rules.team_names("", []) == ""


@pytest.mark.parametrize(
    ("day", "text"),
    [
        (date(2026, 11, 24), "二〇二六年十一月二十四日"),
        (date(2026, 10, 10), "二〇二六年十月十日"),
        (date(2030, 1, 31), "二〇三〇年一月三十一日"),
        (date(2025, 12, 20), "二〇二五年十二月二十日"),
    ],
)
def test_dates_in_chinese_numerals(day, text):
    assert rules.chinese_date(day) == text


def test_numbers_are_padded_so_that_they_sort():
    assert rules.certificate_number("深科创赛", 2026, 123) == "深科创赛2026-000123"


@pytest.mark.parametrize(
    ("notice", "kind", "sentence"),
    [
        ("closed", "award", ""),
        ("open", "award", "公示还没有结束"),
        ("superseded", "award", "公示还没有结束"),
        ("closed", "shortlist", "入围公示"),
    ],
)
def test_prizes_are_given_after_the_notice(notice, kind, sentence):
    found = rules.why_not_award(notice, kind)

    assert (sentence in found) if sentence else found == ""


@pytest.mark.parametrize(
    ("state", "changes", "reason", "sentence"),
    [
        ("issued", {"names": "王㛃"}, "姓名写错", ""),
        ("pending", {"names": "王㛃"}, "姓名写错", ""),
        ("corrected", {"names": "王㛃"}, "姓名写错", "KC2026-000009"),
        ("revoked", {"names": "王㛃"}, "姓名写错", "已经撤销"),
        ("issued", {"prize": "特等奖"}, "改", "不能更正"),
        ("issued", {"names": " "}, "改", "更正后的内容"),
        ("issued", {}, "改", "更正后的内容"),
        ("issued", {"names": "王㛃"}, " ", "原因"),
    ],
)
def test_corrections_are_small_and_explained(state, changes, reason, sentence):
    found = rules.why_not_correct(state, changes, reason, "KC2026-000009")

    assert (sentence in found) if sentence else found == ""

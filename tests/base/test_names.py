import pytest
from django.utils import translation

from kechuang.base.names import listed, people_names, person_name, place_name

SHENZHEN = (("深圳市", ""), ("南山区", ""), ("示范小学", "Model Primary School"))


@pytest.mark.parametrize(
    ("name", "english"),
    [
        ("陈小禾", "Xiaohe Chen"),
        ("王安", "An Wang"),
        ("欧阳小禾", "Xiaohe Ouyang"),
        ("曾单", "Dan Zeng"),
        ("单小安", "Xiao'an Shan"),
        ("吕律", "Lyu Lyu"),
        ("王䶮", "Yan Wang"),
        ("林老师", "Lin (teacher)"),
        ("沈教授", "Professor Shen"),
        ("陈*禾", "陈*禾"),
        ("参赛学生甲乙丙", "参赛学生甲乙丙"),
        ("Ada Lovelace", "Ada Lovelace"),
    ],
)
def test_name_stands_given_name_first_in_english(name, english):
    with translation.override("en"):
        assert person_name(name) == english


def test_name_stays_in_chinese_order_in_chinese():
    with translation.override("zh-hans"):
        assert person_name("陈小禾", "Harry Chen") == "陈小禾"
        assert people_names(["陈小禾", "王安"]) == "陈小禾、王安"


@pytest.mark.parametrize(("written", "shown"), [("Chen, Xiaohe", "Xiaohe Chen"), ("Harry Chen", "Harry Chen")])
def test_name_that_its_owner_registered_wins(written, shown):
    with translation.override("en"):
        assert person_name("陈小禾", written) == shown


def test_several_names_are_listed_as_the_language_does():
    with translation.override("en"):
        assert people_names(["陈小禾", "欧阳一"]) == "Xiaohe Chen, Yi Ouyang"


@pytest.mark.parametrize(
    ("language", "address"),
    [("zh-hans", "深圳市南山区示范小学"), ("en", "Model Primary School, Nanshan District, Shenzhen")],
)
def test_address_runs_large_to_small_in_chinese_and_small_to_large_elsewhere(language, address):
    with translation.override(language):
        assert place_name(SHENZHEN) == address


def test_address_keeps_what_has_no_english_form():
    with translation.override("en"):
        assert place_name((("深圳市", ""), ("示范小学", ""))) == "示范小学, Shenzhen"


@pytest.mark.parametrize(
    ("place", "english"),
    [("宝安区", "Bao'an District"), ("大鹏新区", "Dapeng New District"), ("深汕特别合作区", "Shenshan Special Cooperation Zone"), ("市直属学校", "市直属学校")],
)  # fmt: skip
def test_places_are_spelt_and_called_by_their_kind(place, english):
    with translation.override("en"):
        assert place_name(((place, ""),)) == english


@pytest.mark.parametrize(("language", "said"), [("zh-hans", "福田、南山"), ("en", "福田, 南山")])
def test_things_of_a_list_are_separated_as_the_language_does(language, said):
    with translation.override(language):
        assert listed(iter(["福田", "南山"])) == said

"""How text is brought into one form before it is searched."""

import pytest

from kechuang.engine.showcase import rules


@pytest.mark.parametrize(
    ("text", "normal"),
    [
        ("ＡＩ机器人", "ai 机器人"),
        ("基于AI的红树林监测", "基于 ai 的红树林监测"),
        ("Deep   LEARNING\tfor Mangroves", "deep learning for mangroves"),
        ("PM２.５浓度", "pm2.5 浓度"),
        ("䶮㛃鿏", "䶮㛃鿏"),
    ],
)
def test_normalise_makes_alike_what_people_write_alike(text, normal):
    assert rules.normalise(text) == normal


def test_search_words_are_all_wanted_once():
    assert rules.search_words("ＡＩ红树林 监测 ai") == ["ai", "红树林", "监测"]


def test_search_words_drop_bare_punctuation():
    assert rules.search_words("《红树林》") == ["红树林"]
    assert rules.search_words("？？ 。，") == []


def test_search_words_are_limited():
    assert len(rules.search_words(" ".join(f"w{n}" for n in range(40)))) == rules.MAX_WORDS


def test_likeness_ranks_shared_words_above_none():
    assert rules.likeness("红树林底栖动物识别", "红树林鸟类识别") > rules.likeness("红树林底栖动物识别", "Solar cells")
    assert rules.likeness("Solar cells", "Solar panels") > 0
    assert rules.likeness("", "红树林") == 0

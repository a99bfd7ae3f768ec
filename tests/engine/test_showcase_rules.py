"""How text is brought into one form before it is searched."""

import re

import pytest

from kechuang.base import searching
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
    assert searching.normalise(text) == normal


def test_search_words_are_all_wanted_once():
    assert searching.search_words("ＡＩ红树林 监测 ai") == ["ai", "红树林", "监测"]


def test_search_words_drop_bare_punctuation():
    assert searching.search_words("《红树林》") == ["红树林"]
    assert searching.search_words("？？ 。，") == []


def test_search_words_are_limited():
    assert len(searching.search_words(" ".join(f"w{n}" for n in range(40)))) == searching.MAX_WORDS


def test_likeness_ranks_shared_words_above_none():
    assert rules.likeness("红树林底栖动物识别", "红树林鸟类识别") > rules.likeness("红树林底栖动物识别", "Solar cells")
    assert rules.likeness("Solar cells", "Solar panels") > 0
    assert rules.likeness("", "红树林") == 0


@pytest.mark.parametrize(
    ("a", "b", "count"),
    [("mangrove", "mangrove", 0), ("mangorve", "mangrove", 1), ("mngrove", "mangrove", 1), ("mangrofe", "mangrove", 1),
     ("mangrovve", "mangrove", 1), ("mnagrofe", "mangrove", 2), ("birds", "arms", 3), ("abcdefgh", "hgfedcba", 3)],
)  # fmt: skip
def test_slips_between_words(a, b, count):
    assert rules.slips(a, b, 2) == rules.slips(b, a, 2) == count


WORDS = [
    "acoustic",
    "adaptive",
    "agriculture",
    "algorithm",
    "antibiotic",
    "aquarium",
    "artificial",
    "assistant",
    "automatic",
    "bacteria",
    "battery",
    "biodegradable",
    "bluetooth",
    "camera",
    "carbon",
    "classroom",
    "coastal",
    "collector",
    "community",
    "computer",
    "concrete",
    "detection",
    "detector",
    "device",
    "drainage",
    "earthquake",
    "ecology",
    "education",
    "efficient",
    "electricity",
    "electronic",
    "emission",
    "energy",
    "environment",
    "estuary",
    "evaporation",
    "experiment",
    "fermentation",
    "filter",
    "flooding",
    "fluorescence",
    "gesture",
    "greenhouse",
    "humidity",
    "hydrogen",
    "identification",
    "insects",
    "intelligent",
    "irrigation",
    "learning",
    "lighting",
    "machine",
    "magnetic",
    "mangrove",
    "material",
    "measurement",
    "mechanical",
    "microplastic",
    "migration",
    "mobility",
    "monitoring",
    "mosquito",
    "navigation",
    "nutrition",
    "optical",
    "oxygen",
    "photosynthesis",
    "plankton",
    "plastic",
    "pollution",
    "polymer",
    "precipitation",
    "prediction",
    "purification",
    "quality",
    "rainfall",
    "recognition",
    "recycling",
    "renewable",
    "reservoir",
    "resonance",
    "robotic",
    "salinity",
    "satellite",
    "seagrass",
    "sediment",
    "semantic",
    "sensor",
    "shoreline",
    "simulation",
    "solar",
    "spectrum",
    "stability",
    "structure",
    "sunlight",
    "temperature",
    "translation",
    "transparent",
    "typhoon",
    "ultrasonic",
    "underwater",
    "vegetation",
    "ventilation",
    "vibration",
    "visualization",
    "wastewater",
    "wetland",
    "wheelchair",
    "wireless",
]


def two_slips(word):
    """A swap near the front and a wrong letter near the end."""
    return f"{word[0]}{word[2]}{word[1]}{word[3:-2]}{'x' if word[-2] != 'x' else 'z'}{word[-1]}"


def test_two_slips_in_a_long_english_word_are_forgiven_and_little_else_is_found():
    long = [word for word in WORDS if len(word) >= rules.LONG]

    found = {word: rules.meant_words(two_slips(word), WORDS) for word in long}

    assert [word for word in long if word not in found[word]] == []
    assert sum(len(others) - 1 for others in found.values()) <= len(long) // 50


def test_one_slip_in_a_short_word_and_none_in_a_tiny_one():
    assert rules.meant_words("robat", ["robot", "robotic"]) == ["robot"]
    assert rules.meant_words("rabat", ["robot"]) == []
    assert rules.meant_words("rod", ["rob", "rot"]) == []


def test_words_of_their_own_are_not_taken_for_each_other():
    """No two of a hundred real words of seven letters and more lie so near that a correct one is read as another."""
    near = [(a, b) for a in WORDS for b in WORDS if a < b and len(a) >= rules.LONG and rules.slips(a, b, 2) <= 2]

    assert near == [("detection", "detector"), ("migration", "vibration")]


@pytest.mark.parametrize(
    ("typed", "text", "is_meant"),
    [
        ("红树琳监测", "深圳湾红树林监测三年", True),
        ("监红树林测", "红树林监测", False),
        ("红树监林测", "红树林监测", True),
        ("底栖动勿", "底栖动物", True),
        ("机器视决", "机械视觉", False),
        ("候鸟迁徙", "候鸟\n迁徙", False),
    ],
)
def test_wrong_or_swapped_characters_of_a_chinese_word(typed, text, is_meant):
    assert bool(re.search(rules.pattern(rules.meant_forms(typed)), text)) is is_meant


def test_short_and_mixed_words_are_not_guessed():
    assert [rules.meant_forms(word) for word in ("红树林", "pm2.5浓度", "robot")] == [[], [], []]

"""Names of people and places as each language writes them: Chinese in Chinese order, everything else given name first and
the smallest place first. The one formatter of pages, letters and papers.

The spelling follows GB/T 28039—2011 (surname and given name in Pinyin, two characters of a given name written together) in the
order that English readers expect; a name that its owner has registered in English always wins.
"""

import os
import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Any

from django.utils.translation import get_language

HAN = re.compile(r"^[\u3400-\u9fff\U00020000-\U0003ffff]{2,5}$")
DOUBLE = {
    "欧阳": "Ouyang", "上官": "Shangguan", "司马": "Sima", "诸葛": "Zhuge", "东方": "Dongfang", "皇甫": "Huangfu", "尉迟": "Yuchi",
    "公孙": "Gongsun", "慕容": "Murong", "令狐": "Linghu", "司徒": "Situ", "夏侯": "Xiahou", "长孙": "Zhangsun", "宇文": "Yuwen",
    "端木": "Duanmu", "独孤": "Dugu", "南宫": "Nangong", "轩辕": "Xuanyuan", "澹台": "Tantai", "百里": "Baili", "呼延": "Huyan",
    "西门": "Ximen", "申屠": "Shentu", "闻人": "Wenren", "淳于": "Chunyu", "单于": "Chanyu", "钟离": "Zhongli", "鲜于": "Xianyu",
    "万俟": "Moqi", "拓跋": "Tuoba", "公羊": "Gongyang", "太史": "Taishi",
}  # fmt: skip
SPECIAL = {
    "曾": "Zeng", "单": "Shan", "解": "Xie", "仇": "Qiu", "查": "Zha", "区": "Ou", "任": "Ren", "华": "Hua", "盖": "Ge", "朴": "Piao",
    "翟": "Zhai", "乐": "Yue", "尉": "Wei", "缪": "Miao", "覃": "Qin", "种": "Chong", "宓": "Mi", "员": "Yun", "黑": "He", "折": "She",
    "繁": "Po", "秘": "Bi", "冼": "Xian", "逄": "Pang", "那": "Na", "万": "Wan", "沈": "Shen", "石": "Shi", "车": "Che", "曲": "Qu",
    "隗": "Wei", "郗": "Xi", "都": "Du", "柏": "Bai", "贾": "Jia", "强": "Qiang", "洗": "Xian", "晟": "Cheng", "召": "Shao", "藏": "Zang",
}  # fmt: skip
"""Surnames that are read otherwise than the same character elsewhere."""
TITLES = {"老师": "{} (teacher)", "教授": "Professor {}", "女士": "Ms {}", "先生": "Mr {}", "校长": "Head {}", "主任": "Director {}", "督学": "Inspector {}"}  # fmt: skip


def is_chinese() -> bool:
    return (get_language() or "zh").startswith("zh")


def person_name(name: str, name_en: str = "") -> str:
    """A person's name for the reader of now. In: 陈小禾; out: the same in Chinese, Xiaohe Chen in English.

    What is no Chinese name (masked, Latin, longer than five characters) stays as it is.
    """
    if is_chinese():
        return name
    return given_first(name_en) if name_en.strip() else romanised(name)


def given_first(name_en: str) -> str:
    """Chen, Xiaohe → Xiaohe Chen; without a comma its owner has written it as it should stand."""
    family, comma, given = name_en.partition(",")
    return f"{given.strip()} {family.strip()}" if comma and given.strip() else name_en.strip()


@lru_cache(maxsize=4096)
def romanised(name: str) -> str:
    """欧阳小禾 → Xiaohe Ouyang, 林老师 → Lin (teacher)."""
    bare = name.strip().replace(" ", "")
    if not HAN.match(bare):
        return name
    for title, pattern in TITLES.items():
        if bare.endswith(title) and len(bare) > len(title):
            return pattern.format(romanised_family(bare.removesuffix(title)))
    size = 2 if bare[:2] in DOUBLE and len(bare) > 2 else 1
    given = _joined(_syllables(bare[size:]))
    return f"{given} {romanised_family(bare[:size])}".strip()


def romanised_family(family: str) -> str:
    known = DOUBLE.get(family) or SPECIAL.get(family)
    return known or _joined(_syllables(family))


def _joined(syllables: Iterable[str]) -> str:
    """Xi + an → Xi'an: an apostrophe where the joint could be misread."""
    word = ""
    for syllable in syllables:
        word += f"'{syllable}" if word and syllable[0] in "aeo" else syllable
    return word[:1].upper() + word[1:]


def _syllables(text: str) -> list[str]:
    os.environ.setdefault("PYPINYIN_NO_PHRASES", "true")
    os.environ.setdefault("PYPINYIN_NO_DICT_COPY", "true")
    from pypinyin import lazy_pinyin  # noqa: PLC0415 -- slow import: 12 MB that Chinese pages never need

    return [syllable.replace("ü", "yu").replace("v", "yu") for syllable in lazy_pinyin(text)]


def listed(items: Iterable[Any]) -> str:
    """Several things in one line: 、 in Chinese, commas elsewhere."""
    return ("、" if is_chinese() else ", ").join(map(str, items))


def people_names(names: Iterable[str]) -> str:
    """Several people: 、 in Chinese, commas elsewhere."""
    return listed(person_name(name) for name in names)


PLACES = {
    "特别合作区": " Special Cooperation Zone", "新区": " New District", "街道": " Subdistrict", "大道": " Avenue", "区": " District", "县": " County",
    "市": "", "省": " Province", "镇": " Town", "路": " Road", "街": " Street",
}  # fmt: skip
"""How a place of each kind is called, longest first; the name before it is spelt."""


@lru_cache(maxsize=1024)
def romanised_place(name: str) -> str:
    """南山区 → Nanshan District, 宝安区 → Bao'an District; what is no place of a known kind stays as it is."""
    for ending, kind in PLACES.items():
        stem = name.removesuffix(ending)
        if stem != name and HAN.match(stem):
            return _joined(_syllables(stem)) + kind
    return name


def place_name(parts: Iterable[tuple[str, str]]) -> str:
    """An address from its parts, the largest first, each as (Chinese, English or nothing).

    In Chinese: 深圳市南山区示范学校; elsewhere: Model School, Nanshan District, Shenzhen. A school or an office without an
    English name keeps its Chinese one.
    """
    found = [(name, name_en) for name, name_en in parts if name]
    if is_chinese():
        return "".join(name for name, _english in found)
    return ", ".join(name_en or romanised_place(name) for name, name_en in reversed(found))

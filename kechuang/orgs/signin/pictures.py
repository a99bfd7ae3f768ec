"""A secret for those who cannot keep numbers yet: five pictures in an order, out of sixteen. About a million orders, like six digits."""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

LENGTH = 5
MARK = "pictures:"


@dataclass(frozen=True)
class Picture:
    """`letter` is what the form sends, `icon` the drawing, `word` what is read aloud."""

    letter: str
    icon: str
    word: str | Promise


PICTURES = (
    Picture("a", "sun", _("太阳")), Picture("b", "moon", _("月亮")), Picture("c", "star", _("星星")), Picture("d", "heart", _("爱心")),
    Picture("e", "rocket", _("火箭")), Picture("f", "flag", _("小旗")), Picture("g", "key", _("钥匙")), Picture("h", "home", _("房子")),
    Picture("i", "book", _("书本")), Picture("j", "bell", _("铃铛")), Picture("k", "clock", _("钟")), Picture("l", "bulb", _("灯泡")),
    Picture("m", "trophy", _("奖杯")), Picture("n", "door", _("门")), Picture("o", "armchair", _("椅子")), Picture("p", "writing", _("铅笔")),
)  # fmt: skip
BY_LETTER = {picture.letter: picture for picture in PICTURES}


def new_pictures() -> str:
    """Five letters, at least four of them different."""
    while True:
        letters = "".join(secrets.choice(PICTURES).letter for _n in range(LENGTH))
        if len(set(letters)) >= LENGTH - 1:
            return letters


def as_password(letters: str) -> str:
    """The form under which the secret is hashed: no six digits can be the same."""
    return f"{MARK}{letters}"


def shown(letters: str) -> list[Picture]:
    return [BY_LETTER[letter] for letter in letters if letter in BY_LETTER]

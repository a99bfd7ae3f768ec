"""Sentences are looked up once, and answered as Django answers them."""

import gettext as standard

import pytest
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext, override
from django.utils.translation.trans_real import DjangoTranslation, translation

from kechuang.base import sentences


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_answers_are_djangos_own_the_second_time_too(language):
    slow = standard.GNUTranslations.gettext
    with override(language):
        for words in ("公示", "附件材料", "深圳市", "nobody’s sentence", "Enter a valid date."):
            assert gettext(words) == gettext(words) == slow(translation(language), words)


def test_each_language_has_its_own():
    with override("en"):
        english = gettext("公示")
    with override("zh-hans"):
        assert gettext("公示") == "公示" != english


def test_safe_text_leaves_no_mark_on_the_same_words_from_elsewhere():
    words = "<b>never seen before</b>"
    with override("en"):
        assert isinstance(gettext(mark_safe(words)), SafeString)
        assert not isinstance(gettext(words), SafeString)
        assert isinstance(gettext(mark_safe(words)), SafeString)
        assert not isinstance(gettext(words), SafeString)


def test_memory_has_an_end(monkeypatch):
    monkeypatch.setattr(sentences, "MOST", 2)
    catalogue = DjangoTranslation("en")

    assert [catalogue.gettext(f"line {n}") for n in range(4)] == [f"line {n}" for n in range(4)]
    assert len(catalogue.remembered) == 2

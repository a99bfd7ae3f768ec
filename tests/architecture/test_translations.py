"""English is complete, and no translation loses a placeholder."""

import re
from pathlib import Path

import polib
import pytest

import kechuang

PO = Path(kechuang.__file__).parent / "locale" / "en" / "LC_MESSAGES" / "django.po"
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|\{\w+\}")
DATE_WORDS = {"{month}", "{month_name}"}


@pytest.fixture(scope="module")
def catalogue():
    return polib.pofile(str(PO))


def test_every_sentence_has_its_english(catalogue):
    assert len(catalogue) > 2000
    assert [entry.msgid for entry in catalogue.untranslated_entries() + catalogue.fuzzy_entries()] == []


def test_no_translation_loses_or_invents_a_placeholder(catalogue):
    wrong = []
    for entry in catalogue:
        wanted = set(PLACEHOLDER.findall(entry.msgid)) - DATE_WORDS
        for text in [entry.msgstr] if not entry.msgid_plural else entry.msgstr_plural.values():
            found = set(PLACEHOLDER.findall(text)) - DATE_WORDS
            if found - wanted or (wanted - found and not entry.msgid_plural):
                wrong.append((entry.msgid, text))
    assert wrong == []

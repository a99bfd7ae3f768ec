"""Pairs of characters: what holds a word has all of its pairs, and the text decides on either database."""

import pytest
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from kechuang.base.pairs import holds, may_hold, may_hold_one
from kechuang.base.searching import pairs, search_text, search_words
from kechuang.engine.models import Case, Work


def test_pairs_do_not_cross_a_gap():
    assert pairs("红树林 robot\n监测") == ["红树", "红？林", "树林", "ro", "ob", "bo", "ot", "监测"]
    assert pairs("红 a") == []


def test_what_any_hides_is_in_no_pair():
    assert pairs("红？林监测") == ["红？林", "林监", "林？测", "监测"]
    assert set(pairs("红？林监测")) < set(pairs("红树林监测"))


@given(st.text(), st.text(max_size=20), st.text())
def test_a_text_has_every_pair_of_every_word_that_it_holds(before, word, after):
    text = search_text([before + word + after])
    assert all(set(pairs(found)) <= set(pairs(text)) for found in search_words(word) if found in text)


def test_where_there_is_no_pair_every_row_may_hold_it():
    assert not may_hold("林")
    assert not may_hold_one(["红树林", "林"])
    assert may_hold_one(["红树林", "监测"])


@pytest.mark.django_db
@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite reads the texts")
@pytest.mark.parametrize("model", [Work, Case])
def test_postgresql_finds_words_by_the_index(model):
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
    for condition in (holds("红树林"), may_hold_one(["红树林", "wheelchair"])):
        assert f"{model.__name__.lower()}_search_pairs" in model.objects.filter(condition).order_by().explain()

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kechuang.base import crypto

TEXT = st.text(st.characters(codec="utf-8"))


@pytest.fixture(params=["international", "gm"])
def backend(request, settings):
    settings.CRYPTO_BACKEND = request.param
    return request.param


@given(TEXT)
def test_what_is_encrypted_comes_back(text):
    assert crypto.decrypt(crypto.encrypt(text)) == text


def test_both_backends_hide_the_text_and_give_it_back(backend):
    stored = crypto.encrypt("440305201203041234")

    assert stored.startswith({"international": "a.k1.", "gm": "s.k1."}[backend])
    assert "4403" not in stored
    assert crypto.decrypt(stored) == "440305201203041234"
    assert crypto.encrypt("440305201203041234") != stored


def test_what_one_backend_wrote_the_other_reads(settings):
    settings.CRYPTO_BACKEND = "gm"
    stored = crypto.encrypt("张三")

    settings.CRYPTO_BACKEND = "international"

    assert crypto.decrypt(stored) == "张三"


def test_keys_rotate(settings):
    settings.FIELD_KEYS = {"k1": "first"}
    old = crypto.encrypt("张三")

    settings.FIELD_KEYS = {"k1": "first", "k2": "second"}
    new = crypto.encrypt("张三")

    assert new.startswith("a.k2.")
    assert (crypto.decrypt(old), crypto.decrypt(new)) == ("张三", "张三")
    settings.FIELD_KEYS = {"k2": "second"}
    with pytest.raises(crypto.DecryptionError, match="k1"):
        crypto.decrypt(old)


def test_a_changed_ciphertext_or_key_is_noticed(settings, backend):
    stored = crypto.encrypt("张三")
    flipped = stored[:-6] + ("A" if stored[-6] != "A" else "B") + stored[-5:]

    with pytest.raises(crypto.DecryptionError):
        crypto.decrypt(flipped)
    settings.FIELD_KEYS = {"k1": "another"}
    with pytest.raises(crypto.DecryptionError):
        crypto.decrypt(stored)


def test_the_blind_index_meets_equal_texts_and_depends_on_the_key(settings, backend):
    index = crypto.blind_index(" 11010519491231002x ")

    assert index == crypto.blind_index("11010519491231002X")
    assert index != crypto.blind_index("110105194912310021")
    settings.INDEX_KEY = "another"
    assert index != crypto.blind_index("11010519491231002X")


def test_the_two_backends_index_differently(settings):
    first = crypto.blind_index("x")
    settings.CRYPTO_BACKEND = "gm"

    assert crypto.blind_index("x") != first


def test_the_field_stores_ciphertext_and_refuses_to_be_searched():
    field = crypto.EncryptedCharField()
    field.set_attributes_from_name("number")

    stored = field.get_prep_value("张三")

    assert "张三" not in stored
    assert field.from_db_value(stored, None, None) == "张三"
    assert (field.get_prep_value(None), field.get_prep_value(""), field.from_db_value("", None, None)) == (None, "", "")
    assert field.get_lookup("isnull")
    with pytest.raises(TypeError, match="blind index"):
        field.get_lookup("exact")

from kechuang.engine.calls.rules import fee_words


def test_fee_words_finds_a_fee_under_any_name():
    assert fee_words(["参赛免费", "提交时请附证书费缴费凭证"]) == ["缴费", "证书费"]


def test_fee_words_is_silent_about_a_free_contest():
    assert fee_words(["本次活动不收取任何费用"]) == []

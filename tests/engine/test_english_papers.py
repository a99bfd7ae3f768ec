"""Papers in English: the certificate's rendering, the notice, the answer to an objection; the stored Chinese stays as it is."""

import re
from datetime import date

from django.utils import translation

from kechuang.engine.awards import rules as awards
from kechuang.engine.publicity import rules

HAN = re.compile(r"[㐀-鿿]")
FACTS = awards.Facts(
    call="Shenzhen Youth Science and Technology Innovation Contest 2026", approval_number="示教函〔2026〕88号", needs_approval_number=True,
    title="", sentence="", issuers=["Shenzhen Municipal Education Bureau"], names="Xiaohe Chen and Yi Ouyang", school="Model School, Nanshan District",
    work="Telling bird calls apart", prize="First Prize", advisers="Lin (teacher)", holder="陈小禾", issued_on=date(2026, 11, 24),
)  # fmt: skip


def test_english_certificate_says_who_won_what_with_the_law_and_the_note():
    words = awards.english_words({"number": "N1", "code": "C1"}, FACTS, adviser=False)

    assert words["sentence"] == (
        "This is to certify that Xiaohe Chen and Yi Ouyang of Model School, Nanshan District won First Prize in the "
        "Shenzhen Youth Science and Technology Innovation Contest 2026 with the work “Telling bird calls apart”."
    )
    assert words["issued_words"] == "24 November 2026"
    assert words["disclaimer"].startswith("This certificate is no basis for admission")
    assert words["disclaimer"].endswith("The Chinese certificate prevails.")


def test_english_certificate_of_an_adviser_names_the_team():
    words = awards.english_words({}, FACTS, adviser=True)

    assert "that Lin (teacher) of" in words["sentence"]
    assert "advised Xiaohe Chen and Yi Ouyang, who won" in words["sentence"]


def test_letter_and_notice_are_written_in_the_language_of_now():
    facts = {"number": "YY1", "name": "Ms Wang", "notice": "N", "entry": "E", "finding": "F", "office": "O", "day": date(2026, 9, 7)}  # fmt: skip
    with translation.override("en"):
        letter = rules.letter(outcome=rules.outcome("change_prize", "Second Prize"), **facts)
        notice = rules.notice_words("award", "the Contest", "the Bureau")
    with translation.override("zh-hans"):
        chinese = rules.letter(outcome=rules.outcome("keep", ""), **facts)

    assert not HAN.search(letter + "".join(notice.values()))
    assert "changed to Second Prize" in letter
    assert chinese.splitlines()[-1] == "2026年9月7日"

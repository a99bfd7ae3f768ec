"""The designer: colours that can be read, words that fit in every look, pictures that two people put into use, and the freezing."""

import re
from dataclasses import replace
from io import BytesIO

import pikepdf
import pypdfium2
import pytest
import segno
from django.core.exceptions import PermissionDenied
from PIL import Image

from kechuang.base import clock
from kechuang.base.errors import Refused
from kechuang.base.models import AuditEntry
from kechuang.base.pdf import render
from kechuang.engine.awards import designs, printing
from kechuang.engine.awards.actions import award_call
from kechuang.engine.awards.designing import design_certificates
from kechuang.engine.awards.models import Certificate, SealPicture
from kechuang.engine.awards.pictures import png_of
from kechuang.engine.awards.rules import DISCLAIMER
from kechuang.engine.awards.samples import sample_words
from kechuang.engine.awards.seals import approve_picture, end_picture, register_picture
from kechuang.engine.calls.models import Call
from kechuang.engine.programme.declaration import CertificateDesign, Signature
from kechuang.engine.programme.validation import certificate_problems
from tests.base import samples
from tests.engine.honours import DAY, closed_notice, make_actor, make_competition
from tests.engine.test_awards import text_of

pytestmark = pytest.mark.django_db

LONG_NAMES = [
    "阿卜杜热合曼·麦麦提艾力·吐尔逊江",
    "居热提·阿布都热扎克·买买提明",
    "欧阳阿依古丽·艾合买提江",
    "Maximiliana Konstantinopoulou-Featherstonehaugh",
]
END = "特此证明以资鼓励"
LONG_TITLE = "基于多源遥感与群智感知的粤港澳大湾区红树林湿地碳汇潜力评估及其对气候变化响应机制的长期定位观测研究" * 5
ISSUERS = [
    "示范市教育局",
    "示范市科学技术协会",
    "示范市青少年科技创新教育指导中心管理办公室",
    "共青团示范市委员会学校部",
]


@pytest.fixture(autouse=True)
def _monday(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    settings.SITE_URL = "https://kechuang.example.cn"
    with clock.travel(DAY):
        yield


@pytest.fixture
def competition():
    return make_competition(pupils=("张小三", "李四"), advisers=("赵老师",))


def designed(call: Call, **changes):
    return replace(call.plan.certificate, design=CertificateDesign(**changes))


def a_seal(competition, kind: str = "seal", name: str = "示范市教育局", post: str = "") -> SealPicture:
    made = register_picture(competition.city, kind, samples.seal_png(), name=name, post=post, by=competition.officer)
    return approve_picture(made, by=competition.other)


# --- colours and fit ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", designs.PALETTES)
def test_words_stand_out_from_the_paper_in_every_palette(name):
    colours = designs.COLOURS[name]
    grounds = ("#FFFFFF", colours["pale"])

    assert {
        c: round(designs.contrast(colours[c], g), 1)
        for c in designs.WORDED
        for g in grounds
        if designs.contrast(colours[c], g) < 4.5
    } == {}
    assert designs.contrast(colours["accent"], "#FFFFFF") >= 3


def page_with(words: dict):
    document = pypdfium2.PdfDocument(render(printing.TEMPLATE, printing.certificate_page(words)))
    assert len(document) == 1
    return document[0]


def box_of(text, words: str) -> tuple[float, float, float, float]:
    """Left, bottom, right, top of the last place where the words stand."""
    searcher, found = text.search(words, match_case=True), None
    while (next_found := searcher.get_next()) is not None:
        found = next_found
    assert found is not None, words
    boxes = [text.get_charbox(at) for at in range(found[0], found[0] + found[1])]
    lefts, bottoms, rights, tops = zip(*boxes, strict=True)
    return min(lefts), min(bottoms), max(rights), max(tops)


def extreme(call: Call, look: str, orientation: str, languages: str) -> dict:
    plan = designed(call, look=look, palette=designs.OWN_PALETTE[look], orientation=orientation, languages=languages)
    words = sample_words(call, replace(plan, issuers=tuple(ISSUERS)))
    names = "、".join(LONG_NAMES)
    runs = (
        [["names", names], ["plain", "："]],
        [["plain", "的作品《"], ["title", LONG_TITLE], ["plain", "》获"], ["prize", "一等奖"], ["plain", END]],
    )
    words |= {"title": "科技创新教育" * 6 + "荣誉证书", "paragraphs": list(runs)}
    if "english" in words:
        words["english"]["paragraphs"] = [
            [
                ["plain", "This is to certify that "],
                ["names", ", ".join(LONG_NAMES)],
                ["plain", LONG_TITLE[:60] + "Finis."],
            ]
        ]
    return words


@pytest.mark.parametrize("orientation", designs.ORIENTATIONS)
@pytest.mark.parametrize("look", designs.LOOKS)
def test_the_longest_words_fit_in_every_look(competition, look, orientation):
    words = extreme(competition.call, look, orientation, "both")

    page = page_with(words)

    text = page.get_textpage()
    whole = "".join(text.get_text_bounded().split())
    assert [name for name in LONG_NAMES if "".join(name.split()) not in whole] == []
    assert LONG_TITLE in whole
    width, height = page.get_size()
    inside = [text.get_charbox(at) for at in range(text.count_chars()) if text.get_text_range(at, 1).strip()]
    assert min(box[0] for box in inside) > 8
    assert min(box[1] for box in inside) > 8
    assert max(box[2] for box in inside) < width - 8
    assert max(box[3] for box in inside) < height - 8
    body_end = box_of(text, "Finis")[1]
    foot = [box_of(text, "本证书" + DISCLAIMER), box_of(text, "https:")]
    assert body_end > max(box[3] for box in foot)
    assert body_end > box_of(text, "核验码")[3]
    page.close()


@pytest.mark.parametrize("languages", designs.LANGUAGES)
@pytest.mark.parametrize("look", designs.LOOKS)
def test_every_look_says_what_the_law_wants(competition, look, languages):
    words = sample_words(competition.call, designed(competition.call, look=look, languages=languages, qr=False))

    text = text_of(render(printing.TEMPLATE, printing.certificate_page(words)))

    assert DISCLAIMER in text
    assert words["number"] in text
    assert words["code"] in text
    assert words["approval"].split("：")[1] in text
    assert ("basisforadmission" in text) == (languages != "zh")
    assert ("WangXiaoming" in text) == (languages != "zh")
    assert ("王小明" in text) == (languages != "en")


def test_words_frozen_before_there_were_designs_still_print(competition):
    words = sample_words(competition.call, competition.call.plan.certificate)
    del words["design"]

    assert words["number"] in text_of(render(printing.TEMPLATE, printing.certificate_page(words)))


def test_the_qr_darkens_exactly_its_cells():
    address = "https://kechuang.example.cn/verify/ABCD-EFGH-JKLM-1234/"
    matrix = segno.make(address, error="m", micro=False, mask=4).matrix

    runs = re.findall(r"M(\d+) (\d+)h(\d+)v1h-(\d+)z", printing.qr_svg(address))
    dark = {(int(x) + n, int(y)) for x, y, length, _back in runs for n in range(int(length))}

    assert dark == {(x, y) for y, row in enumerate(matrix) for x, cell in enumerate(row) if cell}


# --- seals and signatures ----------------------------------------------------------------------------------------


def test_a_picture_is_written_anew_and_kept_encrypted(competition):
    made = a_seal(competition)

    with Image.open(BytesIO(png_of(made))) as picture:
        assert (picture.format, picture.mode, picture.info) == ("PNG", "RGBA", {})
        assert max(picture.size) == 440
    assert b"SecretAuthor" not in png_of(made)
    raw = SealPicture.objects.extra(select={"raw": "png"}).values_list("raw", flat=True).get()
    assert made.png not in raw


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (samples.seal_png(ground=(255, 255, 255, 255)), "底色不透明"),
        (samples.image("JPEG"), "PNG"),
        (b"\x89PNG\r\n\x1a\n broken", "损坏"),
        (samples.seal_png(size=60), "太小"),
        (b"", "PNG"),
    ],
)
def test_what_is_no_seal_is_refused_in_words(competition, data, why):
    with pytest.raises(Refused, match=why):
        register_picture(competition.city, "seal", data, name="示范市教育局", by=competition.officer)


def test_nobody_approves_what_they_registered(competition):
    made = register_picture(competition.city, "seal", samples.seal_png(), name="示范市教育局", by=competition.officer)

    with pytest.raises(Refused, match="另一位"):
        approve_picture(made, by=competition.officer)
    with pytest.raises(PermissionDenied):
        approve_picture(made, by=make_actor("校办", competition.school, "school_officer"))

    assert approve_picture(made, by=competition.other).state == "approved"
    acts = AuditEntry.objects.filter(on_type__icontains="sealpicture").order_by("id").values_list("action", flat=True)
    assert list(acts) == ["register_picture", "approve_picture"]


def test_only_an_approved_picture_of_the_own_office_is_chosen(competition):
    waiting = register_picture(
        competition.city, "seal", samples.seal_png(), name="示范市教育局", by=competition.officer
    )
    signature = a_seal(competition, "signature", "陈局长", "局长")

    for wrong in (waiting.public_id, signature.public_id, "nothing"):
        with pytest.raises(Refused, match="没有批准"):
            design_certificates(competition.call, designed(competition.call, seal=wrong), by=competition.officer)


def test_a_sheet_bears_the_seal_and_the_signatures(competition):
    seal = a_seal(competition)
    signatures = tuple(
        Signature(a_seal(competition, "signature", name, "局长").public_id, name, "局长") for name in ("陈一", "林二")
    )

    call = design_certificates(
        competition.call, designed(competition.call, seal=seal.public_id, signatures=signatures), by=competition.officer
    )
    pdf = printing.sample_pdf(call)

    with pikepdf.open(BytesIO(pdf)) as document:
        pictures = [
            one
            for one in document.objects
            if isinstance(one, pikepdf.Stream) and one.get("/Subtype") == "/Image" and "/SMask" in one
        ]
        assert len(pictures) >= 1
    assert text_of(pdf).count("局长") == 2


# --- freezing ----------------------------------------------------------------------------------------------------


def test_a_design_is_free_until_the_first_award_and_frozen_with_it(competition):
    seal = a_seal(competition)
    plan = designed(competition.call, look="red_gold", palette="red", languages="both", seal=seal.public_id)
    call = design_certificates(competition.call, plan, by=competition.officer)
    competition.call.refresh_from_db()
    competition.decision.refresh_from_db()

    award_call(closed_notice(competition), by=competition.officer)

    certificate = Certificate.objects.filter(holder_kind="team").first()
    assert certificate.words["design"]["look"] == "red_gold"
    assert certificate.words["english"]["title"]
    before = printing.certificate_pdf(certificate)
    with pytest.raises(Refused, match="已冻结"):
        design_certificates(call, designed(call, look="plaque"), by=competition.officer)
    end_picture(seal, reason="换发新章", by=competition.officer)
    assert printing.certificate_pdf(Certificate.objects.get(pk=certificate.pk)) == before


def test_no_award_is_given_with_a_seal_that_has_ended(competition):
    seal = a_seal(competition)
    design_certificates(competition.call, designed(competition.call, seal=seal.public_id), by=competition.officer)
    end_picture(seal, reason="换发新章", by=competition.officer)

    with pytest.raises(Refused, match="已经停用"):
        award_call(closed_notice(competition), by=competition.officer)

    assert Certificate.objects.count() == 0


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"look": "comic"}, "版式"),
        ({"palette": "pink"}, "配色"),
        ({"orientation": "round"}, "纸张方向"),
        ({"languages": "la"}, "语言"),
        ({"number": "nowhere"}, "编号位置"),
        ({"signatures": (Signature("a", "甲"), Signature("a", "甲"))}, "签名"),
    ],
)
def test_a_design_out_of_the_vocabulary_is_refused_with_its_reason(competition, change, why):
    found = [text % params for text, params in certificate_problems(designed(competition.call, **change))]

    assert len(found) == 1
    assert why in found[0]


def test_a_sentence_with_an_unknown_place_is_refused(competition):
    plan = replace(competition.call.plan.certificate, sentence_en="{names} {age}")

    assert ["{age}" in (text % params) for text, params in certificate_problems(plan)] == [True]

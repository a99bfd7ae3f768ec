"""Verification as the public sees it, and who may have the sheet."""

import hashlib
import json

import pytest
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from kechuang.base import clock
from kechuang.base.enums import FileKind
from kechuang.base.models import StoredFile
from kechuang.engine.awards.actions import award_call, correct_certificate, revoke_award
from kechuang.engine.awards.certificates import english_words_of
from kechuang.engine.awards.models import Certificate
from kechuang.engine.credentials.exporting import export
from tests.engine.honours import DAY, closed_notice, make_competition
from tests.web.public_scene import people_around

pytestmark = [pytest.mark.django_db]

PDF = b"%PDF-1.7 the sheet"


@pytest.fixture(autouse=True)
def _monday(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    with clock.travel(DAY):
        yield


@pytest.fixture
def competition():
    found = make_competition(pupils=("张小三", "李四"), advisers=("赵老师",))
    award_call(closed_notice(found), by=found.officer)
    return found


@pytest.fixture
def certificate(competition):
    row = Certificate.objects.filter(award__application=competition.entries[0], person__name="张小三").get()
    stored = StoredFile(
        name="x.pdf",
        kind=FileKind.PDF,
        content_type="application/pdf",
        size=len(PDF),
        sha256=hashlib.sha256(PDF).hexdigest(),
    )
    stored.blob.save("x", ContentFile(PDF))
    row.stored, row.state = stored, "issued"
    row.save()
    return row


def read(response):
    """To its end, which closes the file."""
    if response.streaming:
        list(response.streaming_content)
    return response


def text(response) -> str:
    return response.content.decode()


def test_code_shows_that_it_is_valid_and_for_whom_masked(client, certificate):
    response = client.get(reverse("certificate", args=[certificate.code]))
    page = text(response)

    for words in (
        "证书有效",
        "张*三",
        certificate.number,
        "一等奖",
        "示教函〔2026〕88号",
        "本证书不作为中小学招生入学依据",
    ):
        assert words in page
    assert "张小三" not in page
    assert response["X-Robots-Tag"] == "noindex, nofollow"


def test_number_alone_tells_no_name(client, certificate):
    page = text(client.get(reverse("certificate", args=[certificate.number])))

    assert "证书有效" in page
    assert "张*三" not in page


def test_form_leads_to_the_page_of_the_number(client, certificate):
    by_post = client.post(reverse("verify"), {"number": f" {certificate.number} "})
    by_get = client.get(reverse("verify"), {"number": certificate.number})

    assert by_post.url == by_get.url == reverse("certificate", args=[certificate.number])


def test_empty_form_says_what_to_fill_in(client):
    response = client.post(reverse("verify"), {"number": " "})

    assert response.status_code == 422
    assert "请填写证书编号或核验码" in text(response)


def test_file_is_recognised_byte_for_byte(client, certificate):
    same = client.post(reverse("verify"), {"file": SimpleUploadedFile("a.pdf", PDF)})
    changed = client.post(reverse("verify"), {"file": SimpleUploadedFile("a.pdf", PDF + b" ")})

    assert "这个文件就是本平台签发的原件" in text(same)
    assert "不是本平台签发的" in text(changed)


def test_dropped_credential_is_checked_and_says_why_not(client, certificate, competition):
    credential = export(certificate, "data-integrity")
    changed = credential.replace("一等奖".encode(), "特等奖".encode())

    whole = client.post(reverse("verify"), {"file": SimpleUploadedFile("a.json", credential)})
    spoilt = client.post(reverse("verify"), {"file": SimpleUploadedFile("a.json", changed)})

    assert "证书有效" in text(whole)
    assert "张*三" in text(whole)
    assert "内容被改动过" in text(spoilt)
    assert "读不出这个文件" in text(client.post(reverse("verify"), {"file": SimpleUploadedFile("a.txt", b"hello")}))

    revoke_award(certificate.award, reason="经核实存在抄袭", by=competition.officer)
    assert "证书已撤销" in text(client.post(reverse("verify"), {"file": SimpleUploadedFile("a.json", credential)}))


def test_holder_takes_badge_and_credential_along_nobody_else(client, certificate, competition):
    address = reverse("certificate_credential", args=[certificate.code, "png"])
    assert client.get(address).status_code == 302

    client.force_login(competition.officer.user)

    assert client.get(address).content.startswith(b"\x89PNG")
    assert client.get(reverse("certificate_credential", args=[certificate.code, "pdf"])).status_code == 404
    assert "数字凭证" in text(client.get(reverse("certificate", args=[certificate.code])))


def test_machines_find_keys_and_revocations(client, certificate):
    document = client.get("/.well-known/did.json").json()
    listed = client.get(reverse("status_list", args=[0, "data-integrity"]))

    assert document["id"] == "did:web:127.0.0.1%3A8000"
    assert json.loads(listed.content)["credentialSubject"]["statusPurpose"] == "revocation"
    assert listed["Access-Control-Allow-Origin"] == "*"
    assert client.get(reverse("status_list", args=[0, "jwt"])).content.count(b".") == 2
    assert client.get(reverse("status_list", args=[7, "jwt"])).status_code == 404
    assert client.get(reverse("status_list", args=[0, "xml"])).status_code == 404


def test_unknown_number_says_so(client):
    response = client.get(reverse("certificate", args=["KCDS2026-999999"]))

    assert response.status_code == 404
    assert "本平台没有签发过“KCDS2026-999999”" in text(response)


def test_corrected_certificate_points_to_the_new_one(client, certificate, competition):
    new = correct_certificate(certificate, {"names": "张晓三"}, reason="姓名有误", by=competition.officer)

    page = text(client.get(reverse("certificate", args=[certificate.code])))

    assert "证书已更正，这一张不再有效" in page
    assert new.number in page


def test_revoked_certificate_says_so_with_the_reason(client, certificate, competition):
    revoke_award(certificate.award, reason="作品被认定抄袭", by=competition.officer)

    page = text(client.get(reverse("certificate", args=[certificate.code])))

    assert "证书已撤销，不再有效" in page
    assert "作品被认定抄袭" in page


def test_sheet_is_for_the_team_and_those_above_it(certificate, competition):
    people = people_around(competition)
    address = reverse("certificate_pdf", args=[certificate.code])

    got = {name: read(client.get(address)).status_code for name, client in people.clients.items()}

    allowed = {"pupil", "teacher", "guardian", "school", "district", "city", "inspector"}
    assert got == {name: 302 if name == "anonymous" else 200 if name in allowed else 404 for name in people.clients}


def test_sheet_is_never_cached(certificate, competition):
    response = people_around(competition)["pupil"].get(reverse("certificate_pdf", args=[certificate.code]))

    assert b"".join(response.streaming_content) == PDF
    assert response["Cache-Control"] == "private, no-store"


def test_page_offers_the_sheet_to_its_holder_only(client, certificate, competition):
    address = reverse("certificate", args=[certificate.code])

    assert "打开证书 PDF" in text(people_around(competition)["pupil"].get(address))
    assert "打开证书 PDF" not in text(client.get(address))


def test_english_rendering_is_made_for_whom_the_sheet_belongs_to(client, certificate, competition):
    address = reverse("certificate_pdf", args=[certificate.code]) + "?form=en"

    sheet = people_around(competition)["pupil"].get(address)

    assert sheet["Content-Type"] == "application/pdf"
    assert f"{certificate.number}-en.pdf" in sheet["Content-Disposition"]
    assert sheet.content.startswith(b"%PDF")
    assert client.get(address).status_code == 302
    sentence = english_words_of(certificate)["sentence"]
    assert "Xiaosan Zhang" in sentence and "First Prize" in sentence


def test_verification_costs_one_query(client, certificate, django_assert_num_queries):
    with django_assert_num_queries(1):
        client.get(reverse("certificate", args=[certificate.code]))

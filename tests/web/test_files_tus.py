"""Resumable upload as the browser speaks it: tus 1.0, in pieces, broken off, resumed, refused."""

import base64

import pytest
from django.urls import reverse

from kechuang.base.files import tus
from kechuang.base.models import StoredFile, Upload
from tests.factories.orgs import a_pupil, an_officer
from tests.web.applicant_scene import a_draft, a_paper, a_pdf_bytes, a_scene, a_submitted, signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

TUS = {"Tus-Resumable": "1.0.0"}


@pytest.fixture(autouse=True)
def upload_dir(tmp_path, settings):
    settings.MEDIA_ROOT = tmp_path
    settings.UPLOAD_DIR = tmp_path / "uploads"


@pytest.fixture
def scene():
    return a_scene()


@pytest.fixture
def draft(scene):
    return a_draft(scene)


@pytest.fixture
def client(scene):
    return signed_in(scene.pupil)


def metadata(**pairs):
    return ",".join(f"{key} {base64.b64encode(value.encode()).decode()}" for key, value in pairs.items())


def create(client, draft, size, code="report", name="报告.pdf"):
    told = metadata(filename=name, purpose=f"application:{draft.public_id}:{code}")
    return client.post(reverse("uploads"), headers={**TUS, "Upload-Length": str(size), "Upload-Metadata": told})


def send(client, url, content, offset=0):
    headers = {**TUS, "Upload-Offset": str(offset)}
    return client.patch(url, content, content_type="application/offset+octet-stream", headers=headers)


def test_options_tell_what_the_server_speaks(client):
    response = client.options(reverse("uploads"))

    assert response.status_code == 204
    assert (response["Tus-Version"], response["Tus-Extension"]) == ("1.0.0", "creation,termination,expiration")


def test_file_goes_up_in_pieces_and_is_attached(client, draft):
    content = a_pdf_bytes()
    half = len(content) // 2

    created = create(client, draft, len(content))
    first = send(client, created["Location"], content[:half])
    second = send(client, created["Location"], content[half:], half)

    assert (created.status_code, first.status_code, second.status_code) == (201, 204, 204)
    assert second["Upload-Offset"] == str(len(content))
    attachment = draft.attachments.get()
    assert (attachment.question, attachment.stored.name) == ("report", "报告.pdf")
    assert second["Upload-File"] == attachment.stored.public_id


def test_broken_upload_is_resumed_where_it_stopped(client, draft):
    content = a_pdf_bytes()
    url = create(client, draft, len(content))["Location"]
    send(client, url, content[:100])

    head = client.head(url, headers=TUS)
    assert (head["Upload-Offset"], head["Upload-Length"], head["Cache-Control"]) == (
        "100",
        str(len(content)),
        "no-store",
    )
    assert send(client, url, content[50:], 50).status_code == 409
    assert send(client, url, content[100:], 100).status_code == 204
    assert draft.attachments.count() == 1


def test_lost_answer_to_the_last_piece_attaches_once(client, draft):
    content = a_pdf_bytes()
    url = create(client, draft, len(content))["Location"]
    send(client, url, content)

    head = client.head(url, headers=TUS)

    assert head["Upload-Offset"] == str(len(content))
    assert draft.attachments.count() == 1


def test_whole_file_that_was_not_attached_is_attached_when_asked_again(client, draft):
    content = a_pdf_bytes()
    url = create(client, draft, len(content))["Location"]
    upload = Upload.objects.get()
    tus.append(upload, 0, content)

    client.head(url, headers=TUS)

    assert draft.attachments.count() == 1


def test_wrong_content_is_refused_with_a_sentence(client, draft):
    content = b"MZ\x90\x00 a program that calls itself a paper"
    url = create(client, draft, len(content))["Location"]

    response = send(client, url, content)

    assert response.status_code == 422
    assert "这里只能上传 PDF 格式的文件" in response.content.decode()
    assert not draft.attachments.exists()
    assert not StoredFile.objects.exists()
    assert client.head(url, headers=TUS).status_code == 410


def test_too_large_a_file_is_refused_before_it_is_sent(client, draft):
    response = create(client, draft, 16 * 1024 * 1024)

    assert response.status_code == 413
    assert "15 MB" in response.content.decode()
    assert not Upload.objects.exists()


def test_one_file_too_many_leaves_no_orphan(client, draft):
    content = a_pdf_bytes()
    a_paper(draft)

    response = send(client, create(client, draft, len(content))["Location"], content)

    assert response.status_code == 422
    assert "最多 1 个文件" in response.content.decode()
    assert StoredFile.objects.count() == 1


def test_upload_can_be_given_up(client, draft):
    url = create(client, draft, 100)["Location"]

    assert client.delete(url, headers=TUS).status_code == 204
    assert client.head(url, headers=TUS).status_code == 410


def test_upload_belongs_to_whoever_began_it(client, scene, draft):
    url = create(client, draft, 100)["Location"]
    other = signed_in(scene.teacher)

    statuses = [
        other.head(url, headers=TUS).status_code,
        send(other, url, b"x").status_code,
        other.delete(url, headers=TUS).status_code,
    ]

    assert statuses == [404, 404, 404]
    assert Upload.objects.get().offset == 0


@pytest.mark.parametrize("who", ["stranger", "officer"])
def test_only_the_team_may_upload(scene, draft, who):
    person = a_pupil(scene.school) if who == "stranger" else an_officer("school_officer", scene.school)

    assert create(signed_in(person), draft, 100).status_code in {403, 404}
    assert not Upload.objects.exists()


def test_signed_out_is_told_so(draft):
    response = create(signed_in(None), draft, 100)

    assert response.status_code == 401
    assert "重新登录" in response.content.decode()


def test_sent_application_takes_no_more_files(scene, client):
    sent = a_submitted(scene)

    response = create(client, sent, 100)

    assert response.status_code == 422
    assert "不能再添加附件" in response.content.decode()


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Upload-Length": "10"}, 412),
        ({**TUS, "Upload-Length": "10", "Upload-Metadata": "purpose !!"}, 400),
        ({**TUS, "Upload-Length": "10", "Upload-Metadata": metadata(purpose="nowhere:1")}, 400),
        ({**TUS, "Upload-Length": "-3"}, 400),
    ],
)
def test_broken_protocol_is_refused(client, headers, status):
    response = client.post(reverse("uploads"), headers=headers)

    assert response.status_code == status
    assert not Upload.objects.exists()


def test_piece_must_say_what_it_is(client, draft):
    url = create(client, draft, 10)["Location"]

    assert client.patch(url, b"x", content_type="text/plain", headers={**TUS, "Upload-Offset": "0"}).status_code == 415


def test_question_that_takes_no_files(client, draft):
    assert create(client, draft, 10, code="keywords").status_code == 400


def test_list_of_files_is_told_again_after_an_upload(client, draft):
    a_paper(draft)

    page = client.post(reverse("application_files", args=[draft.public_id, "report"]))

    assert page.status_code == 200
    assert "报告.pdf" in page.content.decode()

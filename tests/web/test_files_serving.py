"""Stored files are read through what they belong to, under safe headers, whole or in part."""

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image

from kechuang.base.files import accept
from kechuang.base.models import StoredFile
from kechuang.engine.applications.models import Application
from kechuang.web.files.views import byte_range
from tests.factories.engine import a_reviewer, a_round
from tests.factories.orgs import a_guardian, actor_for
from tests.web.applicant_scene import a_draft, a_paper, a_scene, a_submitted, everybody, signed_in


@pytest.fixture(autouse=True)
def media(tmp_path, settings):
    settings.MEDIA_ROOT = tmp_path


def read(person, stored, query="", **extra):
    """The response, read to its end."""
    response = signed_in(person).get(reverse("file", args=[stored.public_id]) + query, **extra)
    response.whole = b"".join(response.streaming_content) if response.streaming else response.content
    return response


@pytest.mark.django_db
@pytest.mark.slow
def test_paper_of_a_draft_is_for_its_team_alone():
    scene = a_scene()
    stored = a_paper(a_draft(scene)).stored
    people = everybody(scene) | {"guardian": a_guardian(scene.pupil)}

    readers = {who for who, person in people.items() if read(person, stored).status_code == 200}

    assert readers == {"pupil", "teacher", "guardian"}


@pytest.mark.django_db
@pytest.mark.slow
def test_paper_of_a_sent_application_is_for_its_offices_too():
    scene = a_scene()
    stored = a_submitted(scene).attachments.first().stored
    people = everybody(scene) | {"guardian": a_guardian(scene.pupil)}

    statuses = {who: read(person, stored).status_code for who, person in people.items()}

    assert {who for who, status in statuses.items() if status == 200} == {
        "pupil", "teacher", "guardian", "school", "district", "city", "inspector",
    }  # fmt: skip
    assert {who: status for who, status in statuses.items() if status not in {200, 404}} == {}


@pytest.mark.django_db
@pytest.mark.slow
def test_expert_reads_an_assigned_paper_under_a_neutral_name():
    scene = a_scene()
    sent = a_submitted(scene)
    StoredFile.objects.update(name=f"{scene.pupil.name}的报告.pdf")
    Application.objects.filter(pk=sent.pk).update(
        state="screened", stage="senior", discipline="PH", division="senior.PH"
    )
    mine = a_reviewer(scene.city)
    idle = a_reviewer(scene.city)
    a_round(scene.call, [mine], assigned=True)
    stored = sent.attachments.get(question="report").stored

    response = read(mine.person, stored)

    assert response.status_code == 200
    assert scene.pupil.name not in response["Content-Disposition"]
    assert read(idle.person, stored).status_code == 404


@pytest.mark.django_db
def test_private_file_has_safe_headers():
    scene = a_scene()
    stored = a_paper(a_draft(scene), name='周报 "1"\r\n.pdf').stored

    response = read(scene.pupil, stored)
    download = read(scene.pupil, stored, "?download")

    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Cache-Control"] == "private, no-store"
    assert response["Content-Security-Policy"].startswith("default-src 'none'")
    assert response["Content-Disposition"].startswith("inline; filename")
    assert download["Content-Disposition"].startswith("attachment; filename")
    assert "\n" not in response["Content-Disposition"]
    assert response.whole.startswith(b"%PDF-")


@pytest.mark.django_db
def test_own_picture_is_served_as_a_picture():
    scene = a_scene()
    out = io.BytesIO()
    Image.new("RGB", (8, 8)).save(out, "PNG")
    stored = accept(
        SimpleUploadedFile("图.png", out.getvalue()), kind={"image"}, max_bytes=10**6, by=actor_for(scene.pupil)
    )

    assert read(scene.pupil, stored)["Content-Type"] == "image/png"
    assert read(scene.teacher, stored).status_code == 404


@pytest.mark.django_db
def test_part_of_a_file_is_sent_on_request():
    scene = a_scene()
    stored = a_paper(a_draft(scene)).stored
    whole = read(scene.pupil, stored).whole

    response = read(scene.pupil, stored, headers={"Range": "bytes=5-9"})

    assert response.status_code == 206
    assert response["Content-Range"] == f"bytes 5-9/{len(whole)}"
    assert response.whole == whole[5:10]


@pytest.mark.django_db
def test_part_outside_the_file_is_refused():
    scene = a_scene()
    stored = a_paper(a_draft(scene)).stored

    response = read(scene.pupil, stored, headers={"Range": f"bytes={stored.size}-"})

    assert (response.status_code, response["Content-Range"]) == (416, f"bytes */{stored.size}")


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ("", None),
        ("bytes=0-", range(100)),
        ("bytes=10-19", range(10, 20)),
        ("bytes=90-500", range(90, 100)),
        ("bytes=-10", range(90, 100)),
        ("bytes=-500", range(100)),
        ("bytes=9-3", None),
        ("bytes=0-1,5-6", None),
        ("lines=1-2", None),
        ("bytes=-", None),
    ],
)
def test_byte_range(wanted, found):
    assert byte_range(wanted, 100) == found


def test_byte_range_outside_is_empty():
    assert list(byte_range("bytes=100-", 100)) == []
    assert list(byte_range("bytes=-0", 100)) == []


@pytest.mark.django_db
def test_unknown_file_is_not_found():
    scene = a_scene()

    assert signed_in(scene.pupil).get(reverse("file", args=["nothing"])).status_code == 404

"""The papers of an entry on its form: captions, order, another file in the place of one, taking off and putting back, pictures."""

import io
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image

from kechuang.base import clock, files
from kechuang.base.files.pictures import picture_of
from kechuang.base.jobs import run_pending_jobs
from kechuang.base.models import AuditEntry, FilePicture, Job, StoredFile
from kechuang.engine.applications import actions
from kechuang.engine.applications.blindness import traces
from kechuang.engine.applications.models import Application
from kechuang.engine.reviews.queries import expert
from tests.base import samples
from tests.factories.orgs import a_pupil, actor_for
from tests.web.applicant_scene import a_draft, a_paper, a_pdf_bytes, a_ready, a_scene, signed_in
from tests.web.test_applicant_editing import edit, type_in
from tests.web.test_files_tus import create, send

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


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


def act(client, draft, do, code="photos", **captions):
    return client.post(reverse("application_files", args=[draft.public_id, code]), {"do": do, **captions})


def a_picture(draft, name="照片.png", code="photos"):
    actor = actor_for(draft.created_by.person)
    stored = files.accept(SimpleUploadedFile(name, samples.image("PNG", size=(900, 300))), kind={"image"}, max_bytes=10**7, by=actor,
                          scope_path=draft.org.path)  # fmt: skip
    return actions.attach_file(draft, code, stored, by=actor)


def names(draft, code="photos"):
    return [row.stored.name for row in draft.attachments.filter(question=code)]


def test_caption_is_saved_as_typed_and_searched_for_names(client, scene, draft):
    paper = a_picture(draft)

    assert type_in(client, draft, **{f"caption-{paper.pk}": f"{scene.pupil.name}在装探头"}).status_code == 200

    paper.refresh_from_db()
    assert paper.caption == f"{scene.pupil.name}在装探头"
    entry = Application.objects.select_related("call__org", "org__parent__parent", "org__group").get(pk=draft.pk)
    assert (f"caption-{paper.pk}", scene.pupil.name) in {(trace.place, trace.word) for trace in traces(entry)}


def test_caption_of_another_entry_is_not_touched(client, scene, draft):
    stranger = a_draft(type(scene)(scene.city, scene.school, scene.call, a_pupil(scene.school, grade=8), scene.teacher))
    paper = a_picture(stranger)

    type_in(client, draft, **{f"caption-{paper.pk}": "甲"})

    paper.refresh_from_db()
    assert paper.caption == ""


def test_order_by_buttons_and_by_dragging(client, draft):
    first, second, third = (a_picture(draft, f"{n}.png") for n in "甲乙丙")

    page = act(client, draft, f"up:{third.pk}")
    assert names(draft) == ["甲.png", "丙.png", "乙.png"]
    assert "“丙.png”现在排第 2，共 3 个。" in page.content.decode()
    act(client, draft, f"up:{first.pk}")
    assert names(draft) == ["甲.png", "丙.png", "乙.png"]
    act(client, draft, f"order:photos:{second.pk},{third.pk}")
    assert names(draft) == ["乙.png", "丙.png", "甲.png"]
    client.post(edit(draft), {"version": draft.version, "do": f"down:{second.pk}"})
    assert names(draft) == ["丙.png", "乙.png", "甲.png"]


def test_file_takes_the_place_of_another_with_caption_and_order(client, draft):
    first, second = a_picture(draft, "甲.png"), a_picture(draft, "乙.png")
    type_in(client, draft, **{f"caption-{first.pk}": "探头"})
    run_pending_jobs()
    content = samples.image("PNG", size=(30, 60))

    for _twice in range(2):  # the answer to the last piece may be lost
        url = create(client, draft, len(content), code=f"photos:{first.pk}", name="新.png")["Location"]
        assert send(client, url, content).status_code == 204

    first.refresh_from_db()
    assert names(draft) == ["新.png", "乙.png"]
    assert (first.caption, first.words_digest) == ("探头", "")
    run_pending_jobs()
    assert Image.open(io.BytesIO(picture_of(StoredFile.objects.get(pk=first.stored_id)))).size == (30, 60)
    gone = create(client, draft, len(content), code="photos:99999", name="新.png")["Location"]
    refused = send(client, gone, content)
    assert (refused.status_code, "已经不在了" in refused.content.decode()) == (422, True)
    assert second.stored.name in names(draft)


def test_replacing_works_without_script_too(client, draft):
    paper = a_paper(draft)
    before = paper.stored_id

    upload = SimpleUploadedFile("第二版.pdf", a_pdf_bytes(), content_type="application/pdf")
    client.post(edit(draft), {"version": draft.version, "do": "save", f"replace-{paper.pk}": upload})

    paper.refresh_from_db()
    assert (paper.stored.name, paper.stored_id != before) == ("第二版.pdf", True)


def test_deleted_file_is_put_back_where_it_was(client, draft):
    first, second, _third = (a_picture(draft, f"{n}.png") for n in "甲乙丙")

    page = act(
        client, draft, f"detach:{second.pk}", **{f"caption-{second.pk}": "第二张", f"caption-{first.pk}": "第一张"}
    )

    assert names(draft) == ["甲.png", "丙.png"]
    assert "撤销删除" in page.content.decode()
    assert "撤销删除" in client.get(edit(draft)).content.decode()
    act(client, draft, "restore:photos")
    assert names(draft) == ["甲.png", "乙.png", "丙.png"]
    assert [row.caption for row in draft.attachments.all()] == ["第一张", "第二张", ""]
    assert "没有可以恢复的附件" in act(client, draft, "restore:photos").content.decode()


def test_undo_belongs_to_whoever_deleted(scene, client, draft):
    paper = a_picture(draft)
    act(client, draft, f"detach:{paper.pk}")

    page = act(signed_in(scene.teacher), draft, "restore:photos")

    assert "没有可以恢复的附件" in page.content.decode()
    assert not draft.attachments.exists()


def test_deleted_bytes_go_after_a_day_unless_put_back(client, draft, django_capture_on_commit_callbacks):
    kept, gone = a_picture(draft, "甲.png"), a_picture(draft, "乙.png")
    act(client, draft, f"detach:{kept.pk}")
    act(client, draft, "restore:photos")
    act(client, draft, f"detach:{gone.pk}")
    run_pending_jobs()
    assert StoredFile.objects.filter(pk=gone.stored_id).exists()

    Job.objects.filter(kind="applications.discard_paper").update(run_after=clock.now() - timedelta(minutes=1))
    with django_capture_on_commit_callbacks(execute=True):
        run_pending_jobs()

    assert StoredFile.objects.filter(pk=kept.stored_id).exists()
    assert not StoredFile.objects.filter(pk=gone.stored_id).exists()
    assert not gone.stored.blob.storage.exists(gone.stored.blob.name)
    assert AuditEntry.objects.filter(action="file.discard").count() == 1
    assert "已超过一天" in act(client, draft, "restore:photos").content.decode()


def test_what_was_submitted_is_kept_when_it_is_replaced_after_a_return(scene, client):
    ready = a_ready(scene)
    actions.submit_application(ready, by=actor_for(scene.pupil))
    Application.objects.filter(pk=ready.pk).update(state="returned")
    paper = ready.attachments.get(question="report")

    act(client, ready, f"detach:{paper.pk}", code="report")

    assert not Job.objects.filter(kind="applications.discard_paper").exists()
    assert StoredFile.objects.filter(pk=paper.stored_id).exists()


def test_worker_draws_pictures_and_first_pages(client, draft):
    paper, photo = a_paper(draft), a_picture(draft)
    assert client.get(reverse("file_picture", args=[photo.stored.public_id])).status_code == 404

    run_pending_jobs()

    for attached in (paper, photo):
        answer = client.get(reverse("file_picture", args=[attached.stored.public_id]))
        assert (answer.status_code, answer["Content-Type"], answer["Cache-Control"]) == (
            200,
            "image/webp",
            "private, no-store",
        )
        assert max(Image.open(io.BytesIO(answer.content)).size) == 400
    assert reverse("file_picture", args=[photo.stored.public_id]) in client.get(edit(draft)).content.decode()
    FilePicture.objects.get(stored=paper.stored)
    stranger = signed_in(a_pupil(draft.org, grade=8))
    assert stranger.get(reverse("file_picture", args=[photo.stored.public_id])).status_code == 404


def test_frame_of_a_video_comes_from_the_browser_of_its_team(client, draft):
    actor = actor_for(draft.created_by.person)
    stored = files.accept(SimpleUploadedFile("演示.mp4", samples.video()), kind={"video"}, max_bytes=10**7, by=actor)
    paper = actions.attach_file(draft, "video", stored, by=actor)
    url = reverse("application_poster", args=[draft.public_id, paper.pk])
    frame = SimpleUploadedFile("frame.jpg", samples.image("JPEG", size=(640, 360)))

    assert client.post(url, {"frame": SimpleUploadedFile("frame.jpg", b"no picture")}).status_code == 302
    assert picture_of(stored) is None
    assert client.post(url, {"frame": frame}).status_code == 204

    picture = Image.open(io.BytesIO(picture_of(stored)))
    assert (picture.size, picture.format) == ((400, 225), "WEBP")
    assert b"SecretAuthor" not in picture_of(stored)
    assert "data-poster" not in client.get(edit(draft)).content.decode()


def test_limits_are_said_before_a_file_is_chosen(client, draft):
    page = client.get(edit(draft)).content.decode()

    before, _zone, _after = page.partition('id="drop-file-report"')
    assert "格式 PDF" in before
    assert "每个最大" in before[before.index("格式 PDF") :]


def test_expert_of_a_blind_round_reads_order_and_picture_and_no_caption(client, draft):
    first, second = a_picture(draft, "甲.png"), a_picture(draft, "乙.png")
    type_in(client, draft, **{f"caption-{second.pk}": "实验装置"})
    act(client, draft, f"up:{second.pk}")
    run_pending_jobs()

    _round, entry = expert.preview(Application.objects.get(pk=draft.pk), "")

    seen = [(file.public_id, file.caption, file.has_picture) for file in entry.files]
    assert seen == [(second.stored.public_id, "", True), (first.stored.public_id, "", True)]
    page = client.get(reverse("application_preview", args=[draft.public_id])).content.decode()
    assert "实验装置" not in page
    assert reverse("file_picture", args=[first.stored.public_id]) in page


def test_list_of_papers_costs_the_same_with_more(client, draft, django_assert_num_queries):
    a_picture(draft)
    url = reverse("application_files", args=[draft.public_id, "photos"])
    client.get(url)

    with django_assert_num_queries(6):
        client.get(url)
    a_picture(draft, "乙.png")
    a_picture(draft, "丙.png")
    with django_assert_num_queries(6):
        client.get(url)

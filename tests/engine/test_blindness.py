"""Names that still stand in an entry: in its texts, its file names, and inside its papers."""

import io
import zipfile

import pytest
import typst
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from kechuang.base.errors import Refused
from kechuang.base.files import accept
from kechuang.base.files.reading import office_words
from kechuang.base.jobs import run_pending_jobs
from kechuang.base.models import Job
from kechuang.engine.applications import actions
from kechuang.engine.applications.blindness import traces
from kechuang.engine.applications.models import Application
from kechuang.engine.applications.perform import perform
from kechuang.orgs.models import Org
from tests.factories.orgs import a_guardian, a_pupil, actor_for, an_officer
from tests.web.applicant_scene import a_draft, a_paper, a_scene, a_submitted, signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


@pytest.fixture
def scene():
    return a_scene()


@pytest.fixture
def draft(scene):
    return a_draft(scene)


def fresh(application):
    return Application.objects.select_related("call__org", "org__parent__parent", "org__group").get(pk=application.pk)


def found(application):
    return {(trace.place, trace.word, trace.page) for trace in traces(fresh(application))}


def write(draft, **answers):
    current = Application.objects.get(pk=draft.pk)
    actions.save_answers(current, answers, version=current.version, by=actor_for(draft.created_by.person))


def a_written_pdf(*pages: str) -> bytes:
    return typst.compile("\n#pagebreak()\n".join(pages).encode())


def attach(draft, pages, code="report", name="报告.pdf"):
    actor = actor_for(draft.created_by.person)
    stored = accept(SimpleUploadedFile(name, a_written_pdf(*pages)), kind={"pdf"}, max_bytes=10**7, by=actor)
    return actions.attach_file(draft, code, stored, by=actor)


def test_every_kind_of_name_is_found_in_texts(scene, draft):
    Org.objects.filter(pk=scene.school.pk).update(name="深圳市福海第一中学", short_name="福海一中")
    guardian = a_guardian(scene.pupil)
    name = scene.pupil.name
    write(
        draft,
        title="福海１中的鸟",
        abstract=f"{' '.join(name)}和{scene.teacher.name}在{scene.city.east.name}；{guardian.name}开车。",
    )

    assert {(place, word) for place, word, _page in found(draft)} == {
        ("title", "福海一中"),
        ("abstract", name),
        ("abstract", scene.teacher.name),
        ("abstract", guardian.name),
        ("abstract", scene.city.east.name),
    }


def test_papers_are_read_by_a_job_page_by_page_and_again_when_the_team_changes(scene, draft):
    mate = a_pupil(scene.school, grade=8)
    paper = attach(draft, ["The birds", f"by {scene.pupil.name}", f"and {mate.name}", ""])
    assert found(draft) == set()

    run_pending_jobs()
    assert found(draft) == {(f"file-{paper.pk}", scene.pupil.name, 2)}
    paper.refresh_from_db()
    assert paper.traces["silent"] == 1

    actions.add_member(draft, mate, by=actor_for(scene.pupil))
    paper.refresh_from_db()
    assert paper.words_digest == ""
    run_pending_jobs()
    assert found(draft) == {(f"file-{paper.pk}", scene.pupil.name, 2), (f"file-{paper.pk}", mate.name, 3)}
    assert not Job.objects.exclude(state="succeeded").exists()


def test_word_that_is_no_name_may_stand_where_it_was_said(scene, draft):
    name = scene.pupil.name
    write(draft, title=f"{name}之声", abstract=f"{name}。")
    client, url = signed_in(scene.pupil), reverse("application_no_name", args=[draft.public_id])

    client.post(url, {"place": "title", "word": name})
    client.post(url, {"place": "title", "word": name})

    assert {trace.place: trace.is_let_stand for trace in traces(fresh(draft))} == {"title": True, "abstract": False}
    with pytest.raises(Refused):
        actions.say_no_name(draft, "title", "另一个词", by=actor_for(scene.pupil))


def test_officer_at_screening_sees_what_still_stands(scene):
    sent = a_submitted(scene)
    Application.objects.filter(pk=sent.pk).update(title=f"{scene.pupil.name}的鸟")
    perform(sent, "endorse", by=actor_for(an_officer("school_officer", scene.school)))
    perform(sent, "recommend", by=actor_for(an_officer("district_officer", scene.city.east)))
    page = reverse("application", args=[sent.public_id])

    told = signed_in(an_officer("city_officer", scene.city.org)).get(page)

    assert [(trace.place, trace.word) for trace in told.context["traces"]] == [("title", scene.pupil.name)]
    assert "这里还看得出是谁" in told.content.decode()
    assert signed_in(scene.pupil).get(page).context["traces"] == []


def test_text_and_editors_of_an_office_file_are_read():
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as package:
        package.writestr("word/document.xml", '<w:p><w:t>张小</w:t><w:t>三</w:t></w:p><w:ins w:author="李老师"/>')

    assert [words.text for words in office_words(file)] == ["张小三\n", "李老师"]


def test_edit_page_asks_as_often_for_one_paper_as_for_three(scene, draft, django_assert_num_queries):
    client, url = signed_in(scene.pupil), reverse("application_edit", args=[draft.public_id])
    a_paper(draft, "report")
    client.get(url)
    with CaptureQueriesContext(connection) as one:
        client.get(url)
    a_paper(draft, "log")
    with django_assert_num_queries(len(one)):
        client.get(url)

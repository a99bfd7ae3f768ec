"""Filling in: saving, conflicts, retries, conditions, the team, papers, declarations."""

import json
from pathlib import Path

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format

from kechuang.base import clock
from kechuang.base.models import AuditEntry, Job, Message, StoredFile
from kechuang.engine.applications.actions import add_member, begin_application, save_answers
from kechuang.engine.applications.models import Application
from kechuang.engine.calls.rules import at_the_deadline
from kechuang.orgs.actions import give_class
from tests.factories.engine import declared
from tests.factories.orgs import SYSTEM, a_guardian, a_pupil, a_school, a_teacher, actor_for
from tests.web.applicant_scene import a_draft, a_paper, a_pdf_bytes, a_ready, a_scene, signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


@pytest.fixture
def scene():
    return a_scene()


@pytest.fixture
def draft(scene):
    return a_draft(scene)


@pytest.fixture
def client(scene):
    return signed_in(scene.pupil)


def edit(draft):
    return reverse("application_edit", args=[draft.public_id])


def type_in(client, draft, version=None, was=None, **answers):
    """What the page sends while one types."""
    body = {"version": str(version or Application.objects.get(pk=draft.pk).version), "answers": answers}
    if was is not None:
        body["was"] = was
    url = reverse("application_save", args=[draft.public_id])
    return client.patch(url, json.dumps(body), content_type="application/json")


def test_plain_form_saves_every_field(client, draft):
    response = client.post(
        edit(draft),
        {
            "version": draft.version,
            "a-title": "声纹",
            "a-abstract": "甲\r\n乙",
            "a-lab-asked": "1",
            "a-lab": "yes",
            "do": "save",
        },
    )

    draft.refresh_from_db()
    assert response.status_code == 302
    assert (draft.title, draft.abstract, draft.answers["lab"]) == ("声纹", "甲\n乙", "yes")


def test_bad_answer_comes_back_with_its_sentence_and_the_rest_is_saved(client, draft):
    response = client.post(edit(draft), {"version": draft.version, "a-title": "声纹", "a-keywords": "字" * 61})

    draft.refresh_from_db()
    page = response.content.decode()
    assert response.status_code == 422
    assert "最多 60 字，现在是 61 字" in page
    assert "字" * 61 in page
    assert draft.title == "声纹"
    assert "keywords" not in draft.answers


def test_date_and_number_are_checked_on_the_server(client, draft):
    response = type_in(client, draft, **{"a-period_from": "2026-13-40"})

    assert response.json()["errors"] == {"a-period_from": "“研究开始日期”应为日期，例如 2026-11-24。"}
    draft.refresh_from_db()
    assert "period_from" not in draft.answers


def test_saving_as_one_types_answers_with_version_and_time(client, draft):
    with clock.travel(clock.now().replace(hour=14, minute=32)):
        response = type_in(client, draft, **{"a-title": "声纹"})

    assert response.json() == {"version": draft.version + 1, "saved_at": "14:32", "errors": {}}


def test_save_whose_answer_was_lost_is_taken_once(client, draft):
    first = type_in(client, draft, version=draft.version, **{"a-title": "声纹 "})
    again = type_in(client, draft, version=draft.version, **{"a-title": "声纹 "})

    draft.refresh_from_db()
    assert first.json()["version"] == again.json()["version"] == draft.version
    assert again.status_code == 200


def test_second_tab_gets_both_values_and_nothing_is_overwritten(client, draft):
    type_in(client, draft, **{"a-title": "第一个标签页", "a-keywords": "同样"})

    response = type_in(client, draft, version=draft.version, **{"a-title": "第二个标签页", "a-keywords": "同样"})

    assert response.status_code == 409
    both = {"mine": "第二个标签页", "theirs": "第一个标签页", "words": "第一个标签页"}
    assert response.json()["conflicts"] == {"a-title": both}
    draft.refresh_from_db()
    assert draft.title == "第一个标签页"


def test_two_people_write_different_fields_at_once(client, draft):
    type_in(client, draft, **{"a-abstract": "同学写的"})

    response = type_in(client, draft, version=draft.version, was={"a-title": ""}, **{"a-title": "我写的"})

    draft.refresh_from_db()
    assert (response.status_code, response.json()["values"]["a-abstract"]) == (200, "同学写的")
    assert (draft.title, draft.abstract) == ("我写的", "同学写的")


def test_same_field_written_twice_is_a_conflict_and_only_that_field(client, draft):
    type_in(client, draft, **{"a-title": "同学写的", "a-abstract": "同学写的"})

    stale = {"version": draft.version, "was": {"a-title": "", "a-keywords": ""}}
    response = type_in(client, draft, **stale, **{"a-title": "我写的", "a-keywords": "鸟"})

    draft.refresh_from_db()
    assert (response.status_code, list(response.json()["conflicts"])) == (409, ["a-title"])
    assert response.json()["values"]["a-abstract"] == "同学写的"
    assert draft.title == "同学写的" and "keywords" not in draft.answers


def test_conflict_page_lets_one_choose_field_by_field(client, draft):
    type_in(client, draft, **{"a-title": "甲", "a-keywords": "子"})

    page = client.post(edit(draft), {"version": draft.version, "a-title": "乙", "a-keywords": "丑"})
    assert page.status_code == 409
    assert {row.name for row in page.context["rows"]} == {"title", "keywords"}

    kept = {"version": page.context["application"].version, "mine": page.context["mine"], "do": "resolve"}
    client.post(edit(draft), kept | {"keep-title": "mine", "keep-keywords": "theirs"})
    draft.refresh_from_db()
    assert (draft.title, draft.answers["keywords"]) == ("乙", "子")


@pytest.mark.parametrize(
    "body", ["", "[]", '{"version": "x", "answers": {}}', '{"version": 1}', '{"version": 1, "answers": 3}']
)
def test_broken_save_is_refused_in_words(client, draft, body):
    response = client.patch(reverse("application_save", args=[draft.public_id]), body, content_type="application/json")

    assert response.status_code == 400
    assert "刷新" in response.json()["message"]


def test_saving_after_the_deadline_keeps_the_typed_text_on_the_page(client, scene, draft):
    late = scene.call.declaration | {
        "steps": [dict(step, closes_at="2026-01-01T00:00:00+08:00") for step in scene.call.declaration["steps"][:1]]
    }
    type(scene.call).objects.filter(pk=scene.call.pk).update(**declared(late))

    response = client.post(edit(draft), {"version": draft.version, "a-title": "来不及了"})

    page = response.content.decode()
    assert response.status_code == 422
    assert "截止" in page and "来不及了" in page
    draft.refresh_from_db()
    assert draft.title == ""


def test_condition_holds_on_the_server(client, draft):
    response = client.post(edit(draft), {"version": draft.version, "a-lab-asked": "1", "a-lab": "yes"}, follow=True)
    asked = {a.question.code: a.is_shown for chapter in response.context["sheet"].chapters for a in chapter.questions}
    assert asked["lab_name"]
    assert not asked["living_detail"]

    missing = {one.text for one in response.context["sheet"].missing}
    assert "实验室及负责人" in missing
    assert "伦理与安全措施" not in missing


def test_missing_links_lead_to_their_fields(client, draft):
    response = client.get(edit(draft))
    page = response.content.decode()

    for one in response.context["sheet"].missing:
        assert f'id="{one.anchor}"' in page


def test_sections_tell_how_far_they_are_and_where_something_is_wrong(client, draft):
    page = client.post(
        edit(draft), {"version": draft.version, "a-title": "声纹", "a-keywords": "长" * 61, "do": "save"}
    )

    sections = {chapter.anchor: chapter for chapter in page.context["sheet"].all_chapters}
    assert (sections["basics"].owed, sections["basics"].errors) == (2, 0)
    wrong = [chapter for chapter in sections.values() if chapter.errors]
    assert [(chapter.errors, chapter.is_done) for chapter in wrong] == [(1, False)]
    assert f'class="form-nav-step is-wrong" href="#{wrong[0].anchor}"' in page.content.decode()


@pytest.mark.parametrize("name", ["application_edit", "application_review"])
def test_what_happens_at_the_deadline_is_said_in_plain_words(client, draft, name):
    page = client.get(reverse(name, args=[draft.public_id])).content.decode()

    for sentence in at_the_deadline(draft.call):
        assert sentence in page
    assert f'data-now="{date_format(timezone.localtime(clock.now()), "Y-m-d")}' in page


def test_disciplines_are_those_of_the_stage(client, draft):
    url = reverse("application_disciplines", args=[draft.public_id])

    primary = client.get(url, {"a-stage": "primary"}).content.decode()

    assert "物质科学" in primary
    assert "生物医学" not in primary


def test_teacher_finds_pupils_by_part_of_the_name_told_apart_by_class(scene, draft):
    first, second = (a_pupil(scene.school, name="李思远", class_name=c) for c in ("2班", "5班"))
    third = a_pupil(scene.school, name="李思远", class_name="6班")
    a_pupil(a_school(scene.city.east), name="李思明")
    for name in ("2班", "5班"):
        give_class(scene.teacher, scene.school, 8, name, by=SYSTEM)
    address = reverse("application_people", args=[draft.public_id])

    own = signed_in(scene.teacher).get(address, {"find_pupil": "思"})
    named = signed_in(scene.teacher).get(address, {"find_pupil": "李思远"})

    assert {(c.name, c.place, c.public_id) for c in own.context["rows"]} == {
        ("李思远", "初二 2班", first.public_id),
        ("李思远", "初二 5班", second.public_id),
    }
    assert {c.public_id for c in named.context["rows"]} == {first.public_id, second.public_id, third.public_id}


def test_pupil_must_name_a_team_mate_in_full(client, scene, draft):
    a_pupil(scene.school, name="李思远")
    url = reverse("application_people", args=[draft.public_id])

    assert client.get(url, {"find_pupil": "思"}).context["rows"] == []
    assert [c.name for c in client.get(url, {"find_pupil": "李思远"}).context["rows"]] == ["李思远"]


def test_team_grows_and_shrinks_and_typed_text_is_saved_on_the_way(client, scene, draft):
    mate = a_pupil(scene.school, grade=8)

    client.post(edit(draft), {"version": draft.version, "a-title": "声纹", "do": f"add_member:{mate.public_id}"})
    draft.refresh_from_db()
    assert draft.title == "声纹"
    member = draft.members.get(person=mate)

    client.post(edit(draft), {"version": draft.version, f"share-{member.pk}": "做实验"})
    member.refresh_from_db()
    assert member.share == "做实验"

    draft.refresh_from_db()
    client.post(edit(draft), {"version": draft.version, "do": f"remove_member:{member.pk}"})
    assert not draft.members.filter(person=mate).exists()


def test_pupil_of_another_school_cannot_be_added(client, scene, draft):
    stranger = a_pupil(a_school(scene.city.east), grade=8)

    response = client.post(edit(draft), {"version": draft.version, "do": f"add_member:{stranger.public_id}"})

    assert response.status_code == 422
    assert "没有找到这名学生" in response.content.decode()
    assert draft.members.count() == 1


def test_fourth_member_is_refused(client, scene, draft):
    mates = [a_pupil(scene.school, grade=8) for _n in range(3)]
    for mate in mates[:2]:
        draft.refresh_from_db()
        client.post(edit(draft), {"version": draft.version, "do": f"add_member:{mate.public_id}"})
    draft.refresh_from_db()

    response = client.post(edit(draft), {"version": draft.version, "do": f"add_member:{mates[2].public_id}"})

    assert "团队最多 3 名学生" in response.content.decode()
    assert draft.members.count() == 3


def test_advisers_are_teachers_of_the_school(client, scene, draft):
    second, stranger = a_teacher(scene.school), a_teacher(a_school(scene.city.east))

    client.post(edit(draft), {"version": draft.version, "do": f"add_adviser:{second.public_id}"})
    draft.refresh_from_db()
    client.post(edit(draft), {"version": draft.version, "do": f"add_adviser:{stranger.public_id}"})

    assert {a.person for a in draft.advisers.all()} == {scene.teacher, second}


def test_pledge_is_signed_with_its_detail(client, draft):
    bare = client.post(edit(draft), {"version": draft.version, "do": "sign:ai_use", "detail-ai_use": " "})
    assert "请在“人工智能使用说明”中写明情况" in bare.content.decode()
    draft.refresh_from_db()

    client.post(edit(draft), {"version": draft.version, "do": "sign:ai_use", "detail-ai_use": "润色摘要"})

    assert draft.pledges.get(code="ai_use").detail == "润色摘要"


def test_file_comes_with_the_form_where_there_is_no_script(client, draft):
    upload = SimpleUploadedFile("报告.pdf", a_pdf_bytes())

    client.post(
        edit(draft), {"version": draft.version, "a-title": "声纹", "file-report": upload, "do": "attach:report"}
    )

    assert [a.stored.name for a in draft.attachments.filter(question="report")] == ["报告.pdf"]


def test_file_of_another_kind_is_refused_and_the_text_is_kept(client, draft):
    upload = SimpleUploadedFile("报告.pdf", b"MZ\x90\x00 not a paper")

    response = client.post(edit(draft), {"version": draft.version, "a-title": "声纹", "file-report": upload})

    draft.refresh_from_db()
    assert "这里只能上传 PDF 格式的文件" in response.content.decode()
    assert draft.title == "声纹"
    assert not draft.attachments.exists()


def test_file_is_removed_by_its_team(client, draft):
    paper = a_paper(draft)

    client.post(edit(draft), {"version": draft.version, "do": f"detach:{paper.pk}"})

    assert not draft.attachments.exists()


def test_unknown_button_is_refused(client, draft):
    response = client.post(edit(draft), {"version": draft.version, "do": "drop_everything"})

    assert response.status_code == 422


def test_team_mate_edits_too_and_the_guardian_does_not(scene, draft):
    mate = a_pupil(scene.school, grade=8)
    signed_in(scene.pupil).post(edit(draft), {"version": draft.version, "do": f"add_member:{mate.public_id}"})
    draft.refresh_from_db()

    assert type_in(signed_in(mate), draft, **{"a-title": "同伴写的"}).status_code == 200
    assert type_in(signed_in(a_pupil(scene.school)), draft, **{"a-title": "外人写的"}).status_code == 404
    draft.refresh_from_db()
    assert draft.title == "同伴写的"


def test_saving_costs_a_fixed_number_of_queries(client, scene, draft, django_assert_max_num_queries):
    type_in(client, draft, **{"a-title": "一"})

    with django_assert_max_num_queries(20):
        type_in(client, draft, **{"a-title": "二", "a-keywords": "三", "a-origin": "四"})


def test_progress_is_told_again_after_saving(client, scene):
    ready = a_ready(scene)
    url = reverse("application_progress", args=[ready.public_id])
    assert "内容已齐全" in client.get(url).content.decode()

    save_answers(ready, {"title": ""}, version=ready.version, by=actor_for(scene.pupil))

    assert "还差 1 项" in client.get(url).content.decode()


def test_unsigned_explanation_survives_another_button(client, draft):
    client.post(edit(draft), {"version": draft.version, "detail-ai_use": "写到一半", "do": "save"})

    assert "写到一半" in client.get(edit(draft)).content.decode()
    assert not draft.pledges.exists()


def test_new_member_and_guardian_are_asked_for_consent(scene, draft):
    child = a_pupil(scene.school, grade=8)

    signed_in(scene.teacher).post(edit(draft), {"version": draft.version, "do": f"add_member:{child.public_id}"})

    asked = Message.objects.get(user=child.user, kind="consent.asked")
    assert asked.url == reverse("consent", args=[child.public_id, "entering"])


def test_guardian_of_a_small_child_is_reminded(scene):
    child = a_pupil(scene.school, grade=4)
    guardian = a_guardian(child)
    draft = begin_application(scene.call, scene.school, by=actor_for(scene.teacher))
    member = add_member(draft, child, by=actor_for(scene.teacher))

    page = signed_in(scene.teacher).post(edit(draft), {"version": draft.version, "do": f"ask:{member.pk}"}, follow=True)

    assert "对方会收到消息" in page.content.decode()
    assert Message.objects.filter(user=guardian.user, kind="consent.asked").count() == 1


def test_nobody_to_ask_is_said_in_words(scene):
    child = a_pupil(scene.school, grade=4)
    draft = begin_application(scene.call, scene.school, by=actor_for(scene.teacher))
    member = add_member(draft, child, by=actor_for(scene.teacher))

    page = signed_in(scene.teacher).post(edit(draft), {"version": draft.version, "do": f"ask:{member.pk}"})

    assert page.status_code == 422
    assert "向监护人发放注册码" in page.content.decode()
    assert not Message.objects.filter(kind="consent.asked").exists()


def test_all_declarations_are_signed_with_one_press_or_none():
    scene = a_scene()
    draft, client = a_draft(scene), signed_in(scene.pupil)
    address = reverse("application_edit", args=[draft.public_id])

    lacking = client.post(address, {"version": draft.version, "do": "sign_all", "detail-ai_use": " "})
    none = draft.pledges.count()
    done = client.post(address, {"version": draft.version, "do": "sign_all", "detail-ai_use": "查资料用了问答工具"})

    assert (lacking.status_code, none) == (422, 0)
    assert "没有使用请写“无”" in lacking.content.decode()
    assert done.status_code == 302
    assert dict(draft.pledges.values_list("code", "detail")) == {
        "originality": "",
        "ai_use": "查资料用了问答工具",
        "ethics": "",
    }


def test_a_share_that_is_refused_is_told_and_keeps_nothing_else_from_being_saved(client, scene, draft):
    """Before, the answers were saved, the page was told that nothing was, and its next save met its own work as a conflict."""
    member = draft.members.get(person=scene.pupil)

    told = type_in(client, draft, **{"a-title": "声纹", f"share-{member.pk}": "长" * 401})

    body = told.json()
    draft.refresh_from_db()
    assert told.status_code == 200
    assert body["errors"] == {f"share-{member.pk}": "最多 400 字，现在是 401 字。"}
    assert (draft.title, draft.version) == ("声纹", body["version"])
    again = type_in(client, draft, **{f"share-{member.pk}": "做实验"})
    member.refresh_from_db()
    assert (again.json()["errors"], member.share) == ({}, "做实验")


def test_a_caption_that_is_refused_is_told_and_the_others_are_saved(client, scene, draft):
    first, second = a_paper(draft, "report"), a_paper(draft, "log")

    told = type_in(client, draft, **{f"caption-{first.pk}": "长" * 201, f"caption-{second.pk}": "日志"})

    first.refresh_from_db()
    second.refresh_from_db()
    assert told.json()["errors"] == {f"caption-{first.pk}": "附件说明最多 200 字，现在是 201 字。"}
    assert (first.caption, second.caption) == ("", "日志")


def test_a_page_with_papers_is_one_transaction(client, draft):
    """Two papers, answers and captions; a paper too many is told and does not hold the rest back."""
    papers = {"file-report": SimpleUploadedFile("报告.pdf", a_pdf_bytes()), "file-log": [
        SimpleUploadedFile(f"{n}.pdf", a_pdf_bytes()) for n in range(12)]}  # fmt: skip

    page = client.post(edit(draft), {"version": draft.version, "a-title": "声纹", **papers})

    draft.refresh_from_db()
    most = next(q.max_files for q in draft.call.plan.questions() if q.code == "log")
    assert page.status_code == 422
    assert f"最多 {most} 个文件" in page.content.decode()
    assert draft.title == "声纹"
    assert [row.question for row in draft.attachments.order_by("question", "order")] == ["log"] * most + ["report"]
    assert StoredFile.objects.count() == most + 1
    assert AuditEntry.objects.filter(action="attach_file", on_id=draft.public_id).count() == most + 1
    assert Job.objects.filter(kind="applications.read_papers").count() == 1


def test_a_conflict_leaves_neither_papers_nor_their_bytes(client, draft):
    type_in(client, draft, **{"a-title": "甲"})
    kept = set(Path(settings.MEDIA_ROOT).rglob("*.*")) if Path(settings.MEDIA_ROOT).exists() else set()

    page = client.post(
        edit(draft),
        {"version": draft.version, "a-title": "乙", "file-report": SimpleUploadedFile("报告.pdf", a_pdf_bytes())},
    )

    assert page.status_code == 409
    assert not StoredFile.objects.exists()
    assert set(Path(settings.MEDIA_ROOT).rglob("*.*")) == kept

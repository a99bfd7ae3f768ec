"""The expert's desk: what is mine, saving as one types, handing in, stepping back; and nothing that tells who made the work."""

import json

import pytest
from django.core.files.base import ContentFile
from django.urls import reverse

from kechuang.base.models import StoredFile
from kechuang.engine.applications.models import Attachment
from kechuang.engine.models import Assignment, Conflict, Score
from kechuang.engine.reviews import actions
from kechuang.orgs.actor import Actor
from kechuang.orgs.enums import Role
from tests.factories.engine import (
    COMMENT,
    a_call,
    a_ground,
    a_plan,
    a_reviewer,
    a_round,
    a_school,
    an_application,
    closed,
    scored,
)
from tests.factories.orgs import a_person, an_officer
from tests.web.review_scenes import Scene, a_defence, a_scene, signed_in
from tests.web.test_rounds_acts import said
from tests.web.test_rounds_pages import queries_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def scene():
    return a_scene(entries=2, experts=3)


def mine(scene, number=0):
    return (
        Assignment.objects.filter(round=scene.round, reviewer=scene.reviewers[number]).order_by("entry__alias").first()
    )


def a_form(scene, row, *, share=0.8, version=0, **changes):
    rubric = scene.call.plan.rubric_for(row.entry.application.stage)
    marks = {f"mark_{c.code}": c.points * share for c in rubric.criteria}
    gates = {f"gate_{g.code}": "yes" for g in rubric.gates}
    return {**marks, **gates, "comment": COMMENT, "feedback": "", "version": version} | changes


def save(client, row, version, **answers):
    body = json.dumps({"version": version, "answers": answers})
    return client.patch(reverse("score_save", args=[row.pk]), body, content_type="application/json")


def first_mark(scene, row):
    return f"mark_{scene.call.plan.rubric_for(row.entry.application.stage).criteria[0].code}"


# --- the list ----------------------------------------------------------------------------------------------------


def test_the_desk_lists_what_is_mine_and_only_that(scene):
    stranger = a_reviewer(scene.city)

    cards = scene.expert().get(reverse("reviews")).context["cards"]

    assert [card.alias for card in cards] == sorted(scene.round.entries.values_list("alias", flat=True))
    page = signed_in(stranger.person).get(reverse("reviews"))
    assert page.context["cards"] == []
    assert "还没有分配给您的评审" in page.content.decode()


def test_another_expert_s_sheet_is_not_there(scene):
    stranger = a_reviewer(scene.city)
    row = mine(scene)

    for url in (reverse("score", args=[row.pk]),):
        assert signed_in(stranger.person).get(url).status_code == 404
    assert save(signed_in(stranger.person), row, 0, comment="x").status_code == 404
    assert signed_in(stranger.person).post(reverse("recuse", args=[row.pk]), {"reason": "x"}).status_code == 404


@pytest.mark.parametrize(("few", "many"), [(1, 3)])
def test_the_list_asks_the_same_number_of_times(few, many):
    small, large = a_scene(entries=few, experts=1), a_scene(entries=many, experts=1)

    assert queries_of(small.expert(), reverse("reviews")) == queries_of(large.expert(), reverse("reviews"))


# --- saving and handing in ---------------------------------------------------------------------------------------


def test_a_draft_is_saved_as_one_types_and_laid_over_what_stands(scene):
    client, row = scene.expert(), mine(scene)
    mark = first_mark(scene, row)

    first = save(client, row, 0, **{mark: "12.5"})
    second = save(client, row, first.json()["version"], comment="有新意")

    assert (first.status_code, second.json()["version"]) == (200, 2)
    score = Score.objects.get(assignment=row)
    assert (score.marks[mark.removeprefix("mark_")], score.comment) == (12.5, "有新意")
    assert 'value="12.5"' in client.get(reverse("score", args=[row.pk])).content.decode()


def test_a_draft_over_a_newer_one_is_refused(scene):
    client, row = scene.expert(), mine(scene)
    save(client, row, 0, comment="第一稿")

    late = save(client, row, 0, comment="旧窗口")

    assert late.status_code == 409
    assert "另一个窗口" in late.json()["message"]
    assert Score.objects.get(assignment=row).comment == "第一稿"


def test_a_mark_out_of_range_is_told_and_the_rest_is_saved(scene):
    client, row = scene.expert(), mine(scene)
    mark = first_mark(scene, row)

    both = save(client, row, 0, **{mark: "999", "comment": "留住我"})
    alone = save(client, row, 1, **{mark: "abc"})

    assert (both.status_code, alone.status_code) == (200, 422)
    assert "超出范围" in both.json()["errors"][mark]
    assert "不是数字" in alone.json()["errors"][mark]
    assert (Score.objects.get(assignment=row).comment, Score.objects.get(assignment=row).marks) == ("留住我", {})


def test_a_page_whose_answer_was_lost_may_send_again_and_nothing_is_taken_twice(scene):
    client, row = scene.expert(), mine(scene)

    def send(number, version=0, token="aaa", **answers):
        body = json.dumps({"version": version, "sender": f"{token}.{number}", "answers": answers})
        return client.patch(reverse("score_save", args=[row.pk]), body, content_type="application/json")

    send(1, comment="第一稿")
    again = send(2, comment="第一稿，改过")
    late = send(1, comment="第一稿")
    other = send(1, token="bbb", comment="别的窗口")

    assert (again.status_code, late.status_code, other.status_code) == (200, 200, 409)
    assert Score.objects.get(assignment=row).comment == "第一稿，改过"
    assert (other.json()["version"], other.json()["answers"]["comment"]) == (2, "第一稿，改过")


def test_a_script_hands_in_once_and_is_told_where_to_go_on(scene):
    client, row = scene.expert(), mine(scene)
    other = Assignment.objects.filter(round=scene.round, reviewer=row.reviewer).exclude(pk=row.pk).get()
    url, form = reverse("score", args=[row.pk]), a_form(scene, row, sender="aaa.3")

    first = client.post(url, form, headers={"accept": "application/json"})
    again = client.post(url, form, headers={"accept": "application/json"})
    changed = client.post(url, form | {"comment": COMMENT + "又想了想"}, headers={"accept": "application/json"})

    assert first.json() == again.json() == {"url": reverse("score", args=[other.pk])}
    assert (changed.status_code, "已经提交" in changed.json()["message"]) == (422, True)
    assert Score.objects.get(assignment=row).version == 1


def test_handing_in_over_a_newer_version_shows_both(scene):
    client, row = scene.expert(), mine(scene)
    save(client, row, 0, comment="别处写的")

    late = client.post(
        reverse("score", args=[row.pk]), a_form(scene, row, sender="zzz.1"), headers={"accept": "application/json"}
    )
    plain = client.post(reverse("score", args=[row.pk]), a_form(scene, row))

    assert (late.status_code, late.json()["answers"]["comment"]) == (409, "别处写的")
    assert (plain.status_code, COMMENT in plain.content.decode()) == (422, True)
    row.refresh_from_db()
    assert row.state == "draft"


def test_progress_and_the_next_that_waits_are_on_the_page(scene):
    client, row = scene.expert(), mine(scene)
    other = Assignment.objects.filter(round=scene.round, reviewer=row.reviewer).exclude(pk=row.pk).get()

    before = client.get(reverse("score", args=[row.pk])).context["trail"]
    client.post(reverse("score", args=[row.pk]), a_form(scene, row))
    after = client.get(reverse("score", args=[other.pk]))

    assert (before.done, before.total, before.waiting_id) == (0, 2, other.pk)
    assert (after.context["trail"].done, after.context["trail"].waiting_id) == (1, None)
    assert "已提交 1 / 2 件" in after.content.decode()


# --- my marks beside each other ----------------------------------------------------------------------------------


def marks_page(scene):
    return reverse("consistency", args=[scene.round.pk])


def test_my_marks_stand_beside_each_other_and_nobody_else_s(scene):
    rows = list(Assignment.objects.filter(round=scene.round, reviewer=scene.reviewers[0]).order_by("entry__alias"))
    for number, row in enumerate(rows):
        save(scene.expert(), row, 0, **{first_mark(scene, row): 10 + number})
    save(scene.expert(1), mine(scene, 1), 0, comment="别人的草稿", **{first_mark(scene, rows[0]): 3})

    page = scene.expert().get(marks_page(scene))

    lines = page.context["lines"]
    assert [line["row"].id for line in lines] == [rows[1].pk, rows[0].pk]
    assert [line["cells"][0]["value"] for line in lines] == ["11", "10"]
    assert (page.context["n"], page.context["means"][0][1]) == (2, 10.5)
    assert "最高 11 分，最低 10 分" in page.context["chart"].says
    assert scene.officer().get(marks_page(scene)).status_code in {403, 404}
    assert signed_in(a_reviewer(scene.city).person).get(marks_page(scene)).status_code == 404


def test_drafts_are_adjusted_in_the_table_and_handed_in_together(scene):
    client, rows = (
        scene.expert(),
        list(Assignment.objects.filter(round=scene.round, reviewer=scene.reviewers[0]).order_by("entry__alias")),
    )
    whole, part = rows
    save(client, whole, 0, **{name: value for name, value in a_form(scene, whole).items() if name != "version"})
    save(client, part, 0, **{first_mark(scene, part): 5})
    code = first_mark(scene, whole).removeprefix("mark_")

    stale = client.post(marks_page(scene), {f"mark_{part.pk}_{code}": "6", f"version_{part.pk}": "0"})
    done = client.post(
        marks_page(scene), {f"mark_{whole.pk}_{code}": "7.5", f"version_{whole.pk}": "1", f"mark_{part.pk}_{code}": "6", f"version_{part.pk}": "1", "hand_in": "1"}, follow=True,
    )  # fmt: skip

    assert (stale.status_code, part.entry.alias in stale.context["problems"][0]) == (422, True)
    assert said(done) == "已提交 1 份评分。"
    whole.refresh_from_db()
    part.refresh_from_db()
    assert (whole.state, whole.score.marks[code]) == ("submitted", 7.5)
    assert (part.state, part.score.marks[code]) == ("draft", 6)


def test_a_closed_round_s_marks_are_only_read(scene):
    closed(scored(scene.round))
    row = mine(scene)

    page = scene.expert().get(marks_page(scene))
    scene.expert().post(
        marks_page(scene), {f"mark_{row.pk}_{first_mark(scene, row)[5:]}": "1", f"version_{row.pk}": "1"}
    )

    assert (page.context["may_save"], page.context["ready"]) == (False, 0)
    assert Score.objects.get(assignment=row).total == row.score.total


@pytest.mark.parametrize(("few", "many"), [(1, 3)])
def test_the_marks_page_asks_the_same_number_of_times(few, many):
    small, large = a_scene(entries=few, experts=1), a_scene(entries=many, experts=1)

    assert queries_of(small.expert(), marks_page(small)) == queries_of(large.expert(), marks_page(large))


@pytest.mark.parametrize("body", ["", "[]", '{"version": 0}', '{"version": 0, "answers": 3}'])
def test_a_broken_message_is_refused_without_harm(scene, body):
    row = mine(scene)

    response = scene.expert().patch(reverse("score_save", args=[row.pk]), body, content_type="application/json")

    assert response.status_code == 400
    assert not Score.objects.filter(assignment=row).exists()


def test_handing_in_goes_on_to_the_next_that_waits(scene):
    client, row = scene.expert(), mine(scene)
    other = Assignment.objects.filter(round=scene.round, reviewer=row.reviewer).exclude(pk=row.pk).get()

    response = client.post(reverse("score", args=[row.pk]), a_form(scene, row), follow=True)

    assert said(response) == f"{row.entry.alias} 的评分已提交。"
    assert response.redirect_chain[-1][0] == reverse("score", args=[other.pk])
    row.refresh_from_db()
    assert (row.state, row.score.total) == ("submitted", 80)
    again = client.post(reverse("score", args=[row.pk]), a_form(scene, row))
    assert again.status_code == 302
    assert Score.objects.filter(assignment=row).count() == 1


def test_an_incomplete_sheet_stays_on_the_page_with_all_that_was_typed(scene):
    client, row = scene.expert(), mine(scene)

    response = client.post(
        reverse("score", args=[row.pk]), a_form(scene, row, **{first_mark(scene, row): "", "feedback": "写得很清楚"})
    )

    assert response.status_code == 422
    text = response.content.decode()
    assert "还没有评分" in text
    assert "写得很清楚" in text
    assert not Score.objects.filter(assignment=row).exists()


def test_a_closed_round_can_be_read_and_not_written(scene):
    closed(scored(scene.round))
    client, row = scene.expert(), mine(scene)

    page = client.get(reverse("score", args=[row.pk])).content.decode()

    assert "本轮评审已经结束" in page
    assert "data-sheet=" not in page
    assert "已经结束" in save(client, row, row.score.version, comment="再改改").json()["message"]


def test_stepping_back_needs_a_reason(scene):
    client, row = scene.expert(), mine(scene)
    url = reverse("recuse", args=[row.pk])

    assert "请写明" in said(client.post(url, {}, follow=True))
    response = client.post(url, {"reason": "认出是我带过的学生"}, follow=True)

    assert row.entry.alias in said(response)
    row.refresh_from_db()
    assert row.state == "recused"
    assert client.get(reverse("score", args=[row.pk])).status_code == 404


# --- declaring ---------------------------------------------------------------------------------------------------


def posts(*names, kind="employer"):
    data = {"form-TOTAL_FORMS": str(len(names)), "form-INITIAL_FORMS": "0"}
    for n, name in enumerate(names):
        data |= {f"form-{n}-org": name, f"form-{n}-kind": kind, f"form-{n}-since": "", f"form-{n}-until": ""}
    return data


def test_employers_are_declared_and_none_is_an_answer_too():
    scene = a_scene(entries=1, assigned=False)
    school, url = scene.city.schools[0], reverse("declare", args=[scene.round.pk])

    assert "请先申报回避" in scene.expert(0).get(reverse("reviews")).content.decode()
    scene.expert(0).post(url, posts(school.name))
    scene.expert(1).post(url, posts(""))

    declared = scene.round.round_reviewers.exclude(declared_at=None)
    assert {row.reviewer for row in declared} == {scene.reviewers[0], scene.reviewers[1]}
    assert scene.reviewers[0].affiliations.get().org == school
    assert "请先申报回避" not in scene.expert(1).get(reverse("reviews")).content.decode()
    actions.find_conflicts(scene.round, by=Actor.system())
    assert Conflict.objects.get().reviewer == scene.reviewers[0]


def test_an_unknown_employer_is_told_and_nothing_is_declared(scene):
    response = scene.expert().post(reverse("declare", args=[scene.round.pk]), posts("火星大学"))

    assert response.status_code == 422
    assert "平台上没有名称含“火星大学”的单位" in response.content.decode()
    assert not scene.round.round_reviewers.exclude(declared_at=None).exists()


def test_an_entry_is_kept_away_from_by_its_number(scene):
    url, row = reverse("declare", args=[scene.round.pk]), mine(scene)

    assert "没有编号为“E-0”的作品" in scene.expert().post(url, {"alias": "E-0", "reason": "认识"}).content.decode()
    scene.expert().post(url, {"alias": row.entry.alias, "reason": "作者是我侄子"})

    assert Conflict.objects.get().reason == "作者是我侄子"
    row.refresh_from_db()
    assert row.state == "recused"


def test_only_the_invited_declare(scene):
    assert signed_in(a_reviewer(scene.city).person).get(reverse("declare", args=[scene.round.pk])).status_code == 404


# --- blindness ---------------------------------------------------------------------------------------------------

SCHOOL, PUPIL, RECEIPT, HINT, FILE = (
    "玄鸟附属学校",
    "欧阳玄素",
    "KC-MARK-77",
    "玄鸟水塔旁的实验室",
    "欧阳玄素的报告.pdf",
)
MARKS = (SCHOOL, PUPIL, RECEIPT, HINT, "欧阳玄素", "玄鸟")


@pytest.fixture
def marked(settings, tmp_path):
    """A blind round whose one entry carries marks in every place that could give its makers away."""
    settings.MEDIA_ROOT = tmp_path
    city = a_ground()
    plan = a_plan()
    hidden = next(
        q for section in plan.form for q in section.questions if q.hidden_when_blind and q.kind not in {"file", "files"}
    )
    question = next(q for q in plan.questions() if q.kind in {"file", "files"} and not q.hidden_when_blind)
    call = a_call(city, plan=plan)
    school = a_school(city.districts[0], name=SCHOOL)
    entry = an_application(
        call, school, members=[a_person(name=PUPIL)], receipt_no=RECEIPT, answers={"lab": "yes", hidden.code: HINT, "adult_help": HINT}, title="一件普通的作品",
    )  # fmt: skip
    stored = StoredFile.objects.create(name=FILE, kind="pdf", content_type="application/pdf", size=4, sha256="0" * 64)
    stored.blob.save("paper.pdf", ContentFile(b"%PDF"))
    Attachment.objects.create(application=entry, question=question.code, stored=stored, caption=FILE)
    experts = [a_reviewer(city) for _ in range(3)]
    round = a_round(call, experts, assigned=True)
    scene = Scene(city, call, experts, round, an_officer(Role.CITY_OFFICER, city.org))
    return scene, stored


def leaks(response):
    text = b"".join(response).decode("utf-8", "replace") if response.streaming else response.content.decode()
    headers = " ".join(f"{name}: {value}" for name, value in response.items())
    return [mark for mark in MARKS if mark in text or mark in headers]


def test_the_officer_sees_the_marks(marked):
    scene, _stored = marked
    entry = scene.round.entries.get()

    page = scene.officer().get(reverse("round_entry", args=[*scene.args, entry.alias])).content.decode()

    assert (SCHOOL in page, RECEIPT in page) == (True, True)
    assert PUPIL in {member.person.name for member in entry.application.members.all()}
    assert HINT in entry.application.answers.values()


def test_no_page_of_a_blind_round_tells_who_made_the_work(marked):
    scene, stored = marked
    client, row = scene.expert(), mine(scene)
    sheet = reverse("score", args=[row.pk])
    responses = [
        client.get(reverse("reviews")),
        client.get(sheet),
        client.post(sheet, {"version": "0"}),
        client.post(sheet, a_form(scene, row, comment="短")),
        save(client, row, 0, mark_x="1", comment="草稿"),
        save(client, row, 9, comment="旧版本"),
        client.post(sheet, a_form(scene, row, version=9), headers={"accept": "application/json"}),
        client.get(marks_page(scene)),
        client.post(marks_page(scene), {f"mark_{row.pk}_{first_mark(scene, row)[5:]}": "x", f"version_{row.pk}": "9"}),
        client.get(reverse("declare", args=[scene.round.pk])),
        client.post(reverse("declare", args=[scene.round.pk]), {"alias": "E-1", "reason": ""}),
        client.get(reverse("review_file", args=[stored.public_id])),
        client.post(reverse("recuse", args=[row.pk]), {}, follow=True),
    ]

    assert [response.status_code for response in responses] == [
        200,
        200,
        422,
        422,
        200,
        409,
        409,
        200,
        422,
        200,
        422,
        200,
        200,
    ]
    assert [leaks(response) for response in responses] == [[]] * len(responses)


@pytest.mark.parametrize("word", MARKS)
def test_a_search_does_not_betray_by_what_it_finds(marked, word):
    scene, _stored = marked

    assert scene.expert().get(reverse("reviews"), {"q": word}).context["cards"] == []
    assert len(scene.expert().get(reverse("reviews"), {"q": "普通"}).context["cards"]) == 1


def test_a_round_that_is_not_blind_names_school_and_team():
    scene = a_defence()
    row = (
        Assignment.objects.filter(round=scene.round)
        .select_related("entry__application__org", "reviewer__person")
        .first()
    )

    page = signed_in(row.reviewer.person).get(reverse("score", args=[row.pk])).content.decode()

    assert row.entry.application.org.name in page


def test_experts_do_not_learn_of_each_other(scene):
    scored(scene.round)
    others = [reviewer.person.name for reviewer in scene.reviewers[1:]]
    for number, row in enumerate(Assignment.objects.filter(round=scene.round).exclude(reviewer=scene.reviewers[0])):
        Score.objects.filter(assignment=row).update(comment=f"别人的意见{number}")

    pages = [scene.expert().get(reverse("reviews")), scene.expert().get(reverse("score", args=[mine(scene).pk]))]

    for page in pages:
        assert not [name for name in others if name in page.content.decode()]
        assert "别人的意见" not in page.content.decode()

"""The form made from a declaration: every kind of question is shown, read and taken."""

from dataclasses import replace

import pytest
from django.http import QueryDict
from django.urls import reverse

from kechuang.engine.applications.models import Application
from kechuang.engine.programme.declaration import QUESTION_KINDS, Condition, Question, Section
from kechuang.web.applicant.forms import changes_of, changes_typed
from tests.factories.engine import a_plan
from tests.web.applicant_scene import a_draft, a_scene, signed_in

QUESTIONS = (
    Question("t", "文字", "text", help="帮助", max_length=10),
    Question("l", "长文字", "long_text"),
    Question("n", "数字", "number", minimum=1, maximum=5),
    Question("d", "日期", "date"),
    Question("c", "单选", "choice", choices=("甲", "乙")),
    Question("many", "多选", "choices", choices=("甲", "乙", "丙")),
    Question("y", "是否", "yes_no"),
    Question("f", "一个文件", "file", file_types=("pdf",)),
    Question("fs", "几个文件", "files", file_types=("jpg", "png"), max_files=3),
    Question("tab", "表格", "table", columns=("日期", "内容")),
    Question("u", "网址", "url"),
    Question("s", "说明", "statement", help="请先读这段说明。"),
    Question("when", "条件题", "text", show_if=Condition("y", ("yes",))),
    Question("senior", "高中才有", "text", stages=("senior",)),
    Question("later", "审查时才要", "text", required_from="screened"),
)  # fmt: skip


@pytest.fixture
def plan():
    return a_plan(form=(Section("all", "各种题型", QUESTIONS, help="这一部分的说明"),))


def test_every_kind_is_tried():
    assert {question.kind for question in QUESTIONS} == QUESTION_KINDS


def test_posted_form_is_read_by_kind(plan):
    data = QueryDict(
        "a-t=%E7%94%B2&a-many=%E7%94%B2&a-many=%E4%B8%99&a-tab=1&a-tab=2&a-tab=&a-tab=&a-tab=3&a-tab=4&a-y-asked=1"
    )

    assert changes_of(plan, data) == {"t": "甲", "many": ["甲", "丙"], "tab": [["1", "2"], ["3", "4"]], "y": ""}


def test_nothing_ticked_clears_and_not_asked_keeps(plan):
    assert changes_of(plan, QueryDict("a-many-asked=1&a-c-asked=1")) == {"many": [], "c": ""}


def test_typed_table_comes_cell_by_cell(plan):
    assert changes_typed(plan, {"a-tab": ["1", "2", "", ""], "a-t": "甲", "find_pupil": "王"}) == {
        "tab": [["1", "2"]],
        "t": "甲",
    }


@pytest.mark.django_db
@pytest.mark.slow
def test_page_shows_every_kind(plan):
    scene = a_scene(plan=plan)
    draft = a_draft(scene)
    Application.objects.filter(pk=draft.pk).update(answers={"tab": [["周一", "观察"]], "many": ["甲"]})

    page = signed_in(scene.pupil).get(reverse("application_edit", args=[draft.public_id]))

    text = page.content.decode()
    asked = {a.question.code: a for chapter in page.context["sheet"].chapters for a in chapter.questions}
    assert list(asked) == [question.code for question in QUESTIONS]
    assert all(question.label in text for question in QUESTIONS)
    assert "请先读这段说明。" in text
    assert 'value="周一"' in text
    assert 'accept=".jpg,.png"' in text
    assert f'data-tus-purpose="application:{draft.public_id}:f"' in text
    assert [code for code, one in asked.items() if not one.is_shown] == ["when", "senior"]
    assert [code for code, one in asked.items() if not one.is_required] == ["s", "later"]


@pytest.mark.django_db
@pytest.mark.slow
def test_answers_of_every_kind_are_read_back(plan):
    scene = a_scene(plan=plan)
    draft = a_draft(scene)
    client = signed_in(scene.pupil)
    typed = {"a-t": "甲", "a-l": "甲\n乙", "a-n": "3", "a-d": "2026-03-01", "a-c": "甲", "a-many": ["甲", "丙"], "a-y": "yes",
             "a-u": "https://example.cn", "a-tab": ["周一", "观察"], "a-when": "有"}  # fmt: skip

    client.post(reverse("application_edit", args=[draft.public_id]), typed | {"version": draft.version})
    page = client.get(reverse("application", args=[draft.public_id]))

    read = {a.question.code: a.text or a.rows for part in page.context["parts"] for a in part.answers if not a.is_blank}
    assert read == {"t": "甲", "l": "甲\n乙", "n": "3", "d": "2026-03-01", "c": "甲", "many": "甲、丙", "y": "是",
                    "u": "https://example.cn", "tab": [["周一", "观察"]], "when": "有"}  # fmt: skip


@pytest.mark.django_db
@pytest.mark.slow
@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("a-t", "字" * 11, "最多 10 字"),
        ("a-n", "9", "不能大于 5"),
        ("a-n", "很多", "应为数字"),
        ("a-d", "昨天", "应为日期"),
        ("a-c", "丁", "选项不在可选范围内"),
        ("a-many", ["甲", "丁"], "选项不在可选范围内"),
        ("a-y", "也许", "请选择“是”或“否”"),
        ("a-u", "javascript:alert(1)", "应为以 https:// 开头的网址"),
    ],
)
def test_wrong_answer_is_refused_in_words(plan, field, value, sentence):
    scene = a_scene(plan=plan)
    draft = a_draft(scene)

    response = signed_in(scene.pupil).post(
        reverse("application_edit", args=[draft.public_id]), {"version": draft.version, field: value}
    )

    draft.refresh_from_db()
    assert response.status_code == 422
    assert sentence in response.content.decode()
    assert draft.answers == {}


def test_more_than_a_few_choices_are_a_list():
    many = replace(QUESTIONS[4], choices=tuple("甲乙丙丁戊己庚辛"))
    plan = a_plan(form=(Section("all", "各种题型", (many,)),))

    assert changes_of(plan, QueryDict("a-c=%E8%BE%9B")) == {"c": "辛"}

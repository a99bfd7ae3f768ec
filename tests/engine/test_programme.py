from dataclasses import replace

import pytest
from django.core.exceptions import ImproperlyConfigured

from kechuang.engine.programme import codec
from kechuang.engine.programme.declaration import Condition, Question, Section, Step
from kechuang.engine.programme.registry import PROGRAMMES, register
from kechuang.engine.programme.validation import problems
from kechuang.programmes.innovation_contest.programme import INNOVATION_CONTEST as CONTEST


def sentences(programme):
    return [text % params for text, params in problems(programme)]


def with_question(question):
    return replace(CONTEST, form=(Section("s", "节", (question,)),))


def test_contest_makes_sense():
    assert sentences(CONTEST) == []


def test_declaration_survives_json_with_one_digest():
    data = codec.to_json(CONTEST)

    assert codec.from_json(data) == CONTEST
    assert codec.digest(codec.to_json(codec.from_json(data))) == codec.digest(data)


def test_unknown_key_in_json_is_refused():
    data = codec.to_json(CONTEST) | {"fee": 100}

    with pytest.raises(Exception, match="Programme"):
        codec.from_json(data)


@pytest.mark.parametrize(
    ("broken", "sentence"),
    [
        (with_question(Question("q", "题", "choice", choices=("一",))), "题目“题”是选择题，至少要有两个选项。"),
        (with_question(Question("q", "题", "hologram")), "题目“题”的题型“hologram”不存在。"),
        (
            with_question(Question("q", "题", show_if=Condition("later", ("yes",)))),
            "题目“题”的显示条件引用了在它之前不存在的题目。",
        ),
        (with_question(Question("1q", "题")), "题目代码“1q”只能用字母、数字和下划线，并以字母开头。"),
        (replace(CONTEST, stages=()), "请至少选择一个学段（小学、初中、高中）。"),
        (replace(CONTEST, rubrics=CONTEST.rubrics[:1]), "学段“junior”应当恰好有一份评分标准，现在有 0 份。"),
        (replace(CONTEST, workflow="spiral"), "流程“spiral”不存在。"),
        (replace(CONTEST, prizes=replace(CONTEST.prizes, cap=1.2)), "获奖总比例应大于 0 且不超过 100%。"),
        (
            replace(CONTEST, prizes=replace(CONTEST.prizes, tie_break=("charm",))),
            "同分排序规则引用了不存在的评分项“charm”。",
        ),
        (
            replace(CONTEST, steps=(Step("apply", "申报", "2026-10-01T09:00:00+08:00", "2026-09-01T09:00:00+08:00"),)),
            "步骤“申报”的开始时间应早于截止时间。",
        ),
    ],
)
def test_what_makes_no_sense_is_told_in_a_sentence(broken, sentence):
    assert sentence in sentences(broken)


def test_rubric_of_another_sum_is_told_with_its_sum():
    rubric = replace(CONTEST.rubrics[0], criteria=CONTEST.rubrics[0].criteria[:2])

    assert sentences(replace(CONTEST, rubrics=(rubric, CONTEST.rubrics[1]))) == [
        "评分标准“小学组评分标准”各项合计 60 分，应为 100 分。"
    ]


def test_register_refuses_a_declaration_that_makes_no_sense():
    with pytest.raises(ImproperlyConfigured, match="至少选择一个学段"):
        register(replace(CONTEST, code="other", stages=()))

    assert "other" not in PROGRAMMES


def test_register_refuses_a_second_declaration_of_one_code():
    with pytest.raises(ImproperlyConfigured, match="declared twice"):
        register(replace(CONTEST, name="别的比赛"))

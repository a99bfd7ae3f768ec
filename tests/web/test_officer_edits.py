"""The pure edits of a declaration, and where each problem is mended."""

from dataclasses import replace

import pytest

from kechuang.engine.programme.declaration import Pledge
from kechuang.web.officer.builder import edits
from kechuang.web.officer.builder.forms import SECTIONS
from kechuang.web.officer.builder.problems import problems_of
from kechuang.web.officer.builder.views import ELSEWHERE, FORMS, LISTS, ORDER
from kechuang.web.officer.quotas import split_evenly
from tests.factories.engine import a_plan

A, B, C = (Pledge(code, code, "") for code in "abc")


def test_put_replaces_in_place_or_appends():
    changed = replace(B, text="new")

    assert edits.put((A, B, C), changed) == (A, changed, C)
    assert edits.put((A,), C) == (A, C)


def test_shifting_stops_at_the_edges():
    assert edits.shifted((A, B, C), "b", -1) == (B, A, C)
    assert edits.shifted((A, B, C), "b", 1) == (A, C, B)
    assert edits.shifted((A, B, C), "a", -1) == (A, B, C)
    assert edits.shifted((A, B, C), "c", 1) == (A, B, C)


def test_free_code_skips_what_is_taken():
    assert edits.free_code("q", []) == "q1"
    assert edits.free_code("q", ["q1", "q3"]) == "q2"


def test_contents_name_every_section_once():
    assert {form.name for form in SECTIONS} == set(FORMS)
    assert sorted(ORDER) == sorted([*FORMS, *LISTS, *ELSEWHERE])


@pytest.mark.parametrize(
    ("change", "section"),
    [
        (lambda plan: replace(plan, stages=()), "who"),
        (lambda plan: replace(plan, disciplines=()), "divisions"),
        (lambda plan: replace(plan, rounds=()), "rounds"),
        (lambda plan: replace(plan, prizes=replace(plan.prizes, cap=2)), "prizes"),
        (lambda plan: replace(plan, prizes=replace(plan.prizes, tie_break=("nothing",))), "prizes"),
        (lambda plan: replace(plan, rubrics=plan.rubrics[:1]), "rubrics"),
        (lambda plan: replace(plan, pledges=(A, A)), "pledges"),
        (lambda plan: edits.with_questions(plan, "work", (replace(plan.form[0].questions[0], choices=()),)), "form"),
        (lambda plan: replace(plan, steps=(replace(plan.steps[0], opens_at="2031-02-01", closes_at="2031-01-01"),)), "steps"),
    ],
)  # fmt: skip
def test_each_problem_leads_to_the_section_that_mends_it(change, section):
    found = problems_of(change(a_plan()))

    assert found
    assert {problem.section for problem in found} == {section}


@pytest.mark.parametrize(
    ("total", "weights", "expected"),
    [
        (10, {1: 1, 2: 1}, {1: 5, 2: 5}),
        (10, {1: 2, 2: 1, 3: 0}, {1: 7, 2: 3, 3: 0}),
        (5, {1: 0, 2: 0}, {1: 3, 2: 2}),
        (0, {1: 3, 2: 4}, {1: 0, 2: 0}),
    ],
)
def test_places_are_split_by_largest_remainder(total, weights, expected):
    assert split_evenly(total, weights) == expected

"""The builder opens every section of every programme's call, changes nothing that was not changed, and makes what code declares."""

from dataclasses import replace

import pytest
from django.urls import reverse

from kechuang.engine.calls.actions import create_call
from kechuang.engine.programme.registry import PROGRAMMES
from kechuang.engine.programme.validation import problems
from kechuang.web.officer.builder.forms import SECTIONS
from tests.factories.engine import a_ground, an_actor
from tests.web.builder_scene import Office

pytestmark = pytest.mark.django_db


@pytest.fixture
def ground():
    return a_ground()


def begun(code, ground):
    by = an_actor("city_officer", ground.org)
    return create_call(code, ground.org, by=by, title=code, year=2026)


@pytest.mark.parametrize("code", sorted(PROGRAMMES))
def test_a_section_saved_as_it_stands_changes_nothing(code, ground):
    call, office = begun(code, ground), Office(ground.org)
    assert office.client.get(reverse("call_preview", args=[call.slug])).status_code == 200
    office.takes(call)

    for section in SECTIONS:
        office.section(section.name)

        assert office.call.plan == call.plan, section.name


def emptied(office, section, field):
    """The section switched off, and on again as code declares it."""
    form = office.client.get(reverse("call_edit", args=[office.call.slug, section])).context["form"]
    before = {bound.html_name: bound.value() for bound in form if bound.value() is not None}
    rows = (
        [{b.name: b.value() for b in row if b.value() is not None} for row in form.rows.initial_forms]
        if form.rows
        else None
    )
    office.section(section, **{field: None})
    gone = office.call.plan
    office.section(section, rows, **{name: value for name, value in before.items() if name != "version"})
    return gone


def test_pool_is_made_in_the_builder(ground):
    call = begun("guest_engineers", ground)
    office = Office(ground.org).takes(call)

    gone = emptied(office, "pool", "pooled")

    assert gone.pool is None
    assert ("grant", "has_clear_vetting") not in gone.guards
    assert [kind.name for kind in office.call.plan.pool.kinds] == [kind.name for kind in call.plan.pool.kinds]
    assert replace(office.call.plan.pool, kinds=()) == replace(call.plan.pool, kinds=())
    assert set(office.call.plan.guards) == set(call.plan.guards)


def test_catalogue_and_comparison_are_made_in_the_builder(ground):
    call = begun("course_cases", ground)
    office = Office(ground.org).takes(call)

    gone = emptied(office, "catalogue", "published"), emptied(office, "similarity", "compares")

    assert (gone[0].catalogue, gone[1].similarity) == (None, None)
    assert set(office.call.plan.similarity.questions) == set(call.plan.similarity.questions)
    made, declared = office.call.plan.catalogue, call.plan.catalogue
    assert {licence.name: licence.staff_only for licence in made.licences} == {
        licence.name: licence.staff_only for licence in declared.licences
    }
    assert set(made.page) == set(declared.page)
    assert (made.licence, made.pledge, made.grades, made.authors, made.target, made.by) == (
        declared.licence, declared.pledge, declared.grades, declared.authors, declared.target, declared.by,
    )  # fmt: skip
    assert list(problems(office.call.plan)) == []


def test_what_makes_no_sense_is_refused_beside_its_field(ground):
    def said(code, section, rows=(), **given):
        call = begun(code, ground)
        address = reverse("call_edit", args=[call.slug, section])
        sent = {"version": call.version, "rows-TOTAL_FORMS": len(rows), "rows-INITIAL_FORMS": 0} | given
        answer = Office(ground.org).client.post(address, sent)
        call.refresh_from_db()
        assert answer.status_code == 422
        return {name: errors[0] for name, errors in answer.context["form"].errors.items()}

    assert said("course_cases", "catalogue", published="on", staff_only="没有") == {
        "licence": "请选择一道单选题，申报人用它选授权方式。", "pledge": "进入案例库须有同意公开的声明。",
    }  # fmt: skip
    assert said("innovation_contest", "similarity", compares="on", alarm_share="0") == {
        "alarm_share": "查重的提醒比例应大于 0 且不超过 100%。"
    }
    assert said("innovation_contest", "pool", pooled="on")["pooled"] == "入库人选须是个人，并且项目要授予称号。"

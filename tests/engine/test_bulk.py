"""Bulk acts: exactly the rows that were written down, once, in parts, with a way back; and pages by keyset."""

import pytest
from django.core.exceptions import PermissionDenied
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kechuang.base.jobs import run_pending_jobs
from kechuang.engine.applications import bulk
from kechuang.engine.applications.models import Application, Movement
from kechuang.engine.applications.paging import SORTS, Order, neighbour, slice_of
from kechuang.engine.applications.perform import perform
from kechuang.engine.applications.queries import filtered
from kechuang.orgs.enums import Role
from tests.factories.engine import a_call, a_ground, an_actor, an_application
from tests.factories.orgs import a_school

pytestmark = pytest.mark.django_db


@pytest.fixture
def city():
    return a_ground()


@pytest.fixture
def call(city):
    return a_call(city)


@pytest.fixture
def officer(city):
    return an_actor(Role.DISTRICT_OFFICER, city.districts[0])


def entries(call, city, n, state="endorsed", **facts):
    return [an_application(call, city.schools[0], state=state, **facts) for _n in range(n)]


def prepared(call, applications, move, by, **more):
    steps = bulk.steps_for([(app.pk, app.version) for app in applications], move)
    return bulk.prepare_bulk(call, steps, by=by, move=move, **more)


def states(applications):
    return [Application.objects.get(pk=app.pk).state for app in applications]


def test_confirmed_twice_it_is_done_once(city, call, officer):
    apps = entries(call, city, 3)
    act = prepared(call, apps, "recommend", officer)

    bulk.confirm_bulk(act, by=officer)
    bulk.confirm_bulk(act, by=officer)
    bulk.carry_out_bulk(act, by=officer)

    assert states(apps) == ["recommended"] * 3
    assert Movement.objects.filter(move="recommend").count() == 3


def test_a_large_act_is_a_job_and_goes_on_where_it_was_broken_off(city, call, officer, monkeypatch):
    monkeypatch.setattr(bulk, "AT_ONCE", 2)
    monkeypatch.setattr(bulk, "PART", 2)
    apps = entries(call, city, 5)
    act = bulk.confirm_bulk(prepared(call, apps, "recommend", officer), by=officer)
    waiting = states(apps)
    bulk._next_part(act, officer)  # a worker that died after its first part

    run_pending_jobs()
    act.refresh_from_db()

    assert waiting == ["endorsed"] * 5
    assert states(apps) == ["recommended"] * 5
    assert (act.taken, len(act.done), act.job.state) == (5, 5, "succeeded")
    assert Movement.objects.filter(move="recommend").count() == 5


def test_what_changed_after_it_was_written_down_is_refused(city, call, officer):
    kept, changed = entries(call, city, 2)
    act = prepared(call, [kept, changed], "recommend", officer)
    perform(changed, "pass_over", by=officer)
    perform(changed, "reconsider", by=officer)

    bulk.confirm_bulk(act, by=officer)

    assert states([kept, changed]) == ["recommended", "endorsed"]
    assert [pk for pk, _sentence, _row in act.refused] == [changed.pk]


def test_taking_back_leaves_what_moved_on(city, call, officer):
    apps = entries(call, city, 3)
    act = bulk.confirm_bulk(prepared(call, apps, "recommend", officer), by=officer)
    perform(apps[2], "unrecommend", by=officer)
    perform(apps[2], "pass_over", by=officer)

    back = bulk.confirm_bulk(bulk.prepare_undo(act, by=officer), by=officer)

    assert states(apps) == ["endorsed", "endorsed", "not_recommended"]
    assert (len(back.done), len(back.refused)) == (2, 1)
    assert bulk.prepare_undo(act, by=officer) == back


def test_an_act_belongs_to_who_prepared_it(city, call, officer):
    act = prepared(call, entries(call, city, 1), "recommend", officer)

    with pytest.raises(PermissionDenied):
        bulk.confirm_bulk(act, by=an_actor(Role.DISTRICT_OFFICER, city.districts[0]))


def test_applications_of_another_call_are_left_out(city, call, officer):
    other = entries(a_call(city), city, 1)
    act = bulk.confirm_bulk(prepared(call, other, "recommend", officer), by=officer)

    assert (states(other), act.done) == (["endorsed"], [])


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    rows=st.lists(
        st.tuples(st.sampled_from(["submitted", "endorsed", "returned"]), st.sampled_from(["junior", "senior"]), st.booleans()),
        min_size=1, max_size=6,
    ),
    wanted=st.fixed_dictionaries({"state": st.lists(st.sampled_from(["submitted", "endorsed"]), max_size=2), "stage": st.sampled_from(["", "junior"])}),
)  # fmt: skip
def test_all_in_the_filter_are_exactly_the_filtered_rows_the_officer_sees(city, officer, rows, wanted):
    call = a_call(city)
    far = a_school(city.districts[2])
    apps = [
        an_application(call, city.schools[0] if near else far, state=state, stage=stage) for state, stage, near in rows
    ]
    seen = filtered(Application.objects.official(officer).filter(call=call), wanted)
    act = bulk.prepare_bulk(
        call, bulk.steps_for(seen.values_list("pk", "version"), "recommend"), by=officer, move="recommend"
    )
    late = an_application(call, city.schools[0], state="endorsed", stage="junior")

    bulk.confirm_bulk(act, by=officer)

    expected = {
        app.pk
        for app, (state, stage, near) in zip(apps, rows, strict=True)
        if near and wanted["stage"] in {"", stage} and (not wanted["state"] or state in wanted["state"])
    }
    movable = {app.pk for app in apps if app.pk in expected and app.state == "endorsed"}
    assert {step[0] for step in act.steps} == expected
    assert {pk for pk, _version, _move in act.done} == movable
    assert {app.pk for app in Application.objects.filter(call=call, state="recommended")} == movable
    assert states([late]) == ["endorsed"]


@pytest.mark.parametrize("sort", SORTS)
def test_pages_hold_every_row_once_in_both_directions(city, call, sort):
    for n in range(7):
        an_application(call, city.schools[n % 2], state="submitted", title=f"作品{n % 3}")
    Application.objects.filter(title="作品0").update(submitted_at=None, state="withdrawn")
    rows = Application.objects.select_related("org").filter(call=call)
    whole = [app.pk for app in Order.named(sort).apply(rows)]

    page, forward = slice_of(rows, sort, size=3), []
    pages = [page]
    while page.after:
        page = slice_of(rows, sort, size=3, after=page.after)
        pages.append(page)
    forward = [app.pk for part in pages for app in part.rows]
    back = slice_of(rows, sort, size=3, before=pages[-1].before)

    assert len(whole) == 7
    assert forward == whole
    assert [app.pk for app in back.rows] == [app.pk for app in pages[1].rows]
    assert pages[0].before == ""


@pytest.mark.parametrize("sort", ["received", "-received", "title"])
def test_neighbours_are_those_of_the_list(city, call, sort):
    for n in range(4):
        an_application(call, city.schools[0], state="submitted", title=f"作品{n % 2}")
    rows = Application.objects.select_related("org").filter(call=call)
    order = list(Order.named(sort).apply(rows))

    assert [neighbour(rows, sort, app, backwards=False) for app in order] == [*order[1:], None]
    assert [neighbour(rows, sort, app, backwards=True) for app in order] == [None, *order[:-1]]


@pytest.mark.parametrize("token", ["x", "W10", "WyJhIiwgImIiXQ", "bnVsbA", "é"])
def test_a_strange_place_gives_the_first_page(city, call, token):
    app = an_application(call, city.schools[0], state="submitted")

    page = slice_of(Application.objects.filter(call=call), "waiting", size=2, after=token)

    assert list(page.rows) == [app]

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

from kechuang.base import clock
from kechuang.base.errors import Refused
from kechuang.base.models import AuditEntry
from kechuang.orgs.actions import close_org, create_org, edit_org, merge_orgs, move_org, rename_org, split_org
from kechuang.orgs.models import Membership, Org, OrgEvent
from kechuang.orgs.queries import (
    district_of,
    heir,
    heirs,
    officers_with,
    predecessors,
    successors,
    tree_as_of,
)
from kechuang.orgs.rules import covers
from tests.factories.orgs import (
    SYSTEM,
    a_campus,
    a_city,
    a_group,
    a_partner,
    a_pupil,
    a_school,
    a_teacher,
    actor_for,
    an_officer,
)

pytestmark = pytest.mark.django_db
LAST_YEAR = date(2025, 9, 1)
CHANGE = date(2026, 8, 1)


@pytest.fixture
def city():
    return a_city()


def test_paths_are_made_of_keys(city):
    school = a_school(city.east)
    campus = a_campus(school)

    assert city.org.path == f"/{city.org.pk}/"
    assert campus.path == f"/{city.org.pk}/{city.east.pk}/{school.pk}/{campus.pk}/"
    assert campus.ancestor_ids == [city.org.pk, city.east.pk, school.pk]


def test_a_prefix_ends_at_a_slash():
    assert covers("/1/4/", "/1/4/57/")
    assert not covers("/1/4/", "/1/44/")
    assert not covers("/1/4", "/1/44/")
    assert not covers("", "/1/")


def test_subtree_holds_no_neighbour_whose_key_begins_alike(city):
    east = city.east
    neighbour = Org(pk=int(f"{east.pk}0"), kind="district", code="NEAR", name="邻区", parent=city.org)
    neighbour.save()

    assert neighbour.path.startswith(east.path[:-1])
    assert list(Org.objects.under(east)) == [east]
    assert not actor_for(an_officer("district_officer", east)).can("org.edit", neighbour)


@pytest.mark.parametrize(
    ("kind", "facts"),
    [
        ("district", {"parent": "school"}),
        ("campus", {"parent": "east"}),
        ("city", {"parent": "org"}),
        ("school", {"parent": "org", "school_kind": ""}),
    ],
)
def test_a_kind_hangs_only_where_it_belongs(city, kind, facts):
    parents = {"school": a_school(city.east), "east": city.east, "org": city.org}
    facts = facts | {"parent": parents[facts["parent"]]}

    with pytest.raises(Refused):
        create_org(kind=kind, code="X1", name="某机构", by=SYSTEM, **facts)

    assert not Org.objects.filter(code="X1").exists()


@pytest.mark.parametrize(
    "facts",
    [
        {"school_code": "9999999999"},
        {"uscc": "91350100M000100Y4Z"},
        {"code": "440300"},
        {"name": "示范老校"},
        {"school_code": "2144000077"},
    ],
)
def test_wrong_or_used_codes_are_refused_in_words(city, facts):
    a_school(city.east, name="示范老校", school_code="2144000077")
    given = {"code": "NEW", "name": "示范新校", "school_kind": "primary"} | facts

    with pytest.raises(Refused) as refusal:
        create_org(kind="school", parent=city.east, by=SYSTEM, **given)

    assert refusal.value.sentence.endswith("。")


def test_only_who_may_edit_here_founds_a_school(city):
    officer = actor_for(an_officer("district_officer", city.east))
    facts = {"kind": "school", "name": "示范新校", "school_kind": "primary"}

    assert create_org(parent=city.east, code="A", by=officer, **facts).path.startswith(city.east.path)
    with pytest.raises(PermissionDenied):
        create_org(parent=city.west, code="B", by=officer, **facts)


def test_stages_follow_from_the_kind_of_school(city):
    school = a_school(city.east, kind="nine_year")
    assert school.stages == ["primary", "junior"]

    edit_org(school, school_kind="complete", stages=[], by=SYSTEM)

    school.refresh_from_db()
    assert school.stages == ["junior", "senior"]


def test_rename_keeps_the_old_name_for_past_days(city):
    school = a_school(city.east, name="示范中学")
    rename_org(school, "示范外国语学校", on=CHANGE, by=SYSTEM, reason="区府〔2026〕1号")

    assert Org.objects.as_of(LAST_YEAR).get(pk=school.pk).name_then == "示范中学"
    assert Org.objects.as_of(CHANGE).get(pk=school.pk).name_then == "示范外国语学校"
    assert tree_as_of(LAST_YEAR)[school.pk].name == "示范中学"
    row = AuditEntry.objects.get(action="rename_org")
    assert row.reason == "区府〔2026〕1号"


def test_two_renames_are_told_apart(city):
    school = a_school(city.east, name="甲校")
    rename_org(school, "乙校", on=date(2025, 3, 1), by=SYSTEM)
    rename_org(school, "丙校", on=date(2026, 3, 1), by=SYSTEM)

    names = [Org.objects.as_of(day).get(pk=school.pk).name_then for day in (date(2025, 1, 1), LAST_YEAR, CHANGE)]
    assert names == ["甲校", "乙校", "丙校"]
    with pytest.raises(Refused):
        rename_org(school, "丁校", on=date(2025, 6, 1), by=SYSTEM)


def test_move_takes_the_whole_subtree(city):
    school, other = a_school(city.east), a_school(city.east)
    campus = a_campus(school)
    move_org(school, city.west, on=CHANGE, by=SYSTEM)

    school.refresh_from_db()
    campus.refresh_from_db()
    other.refresh_from_db()
    assert school.path == f"{city.west.path}{school.pk}/"
    assert campus.path == f"{school.path}{campus.pk}/"
    assert other.path.startswith(city.east.path)
    then = tree_as_of(LAST_YEAR)
    assert then[campus.pk].path == f"{city.east.path}{school.pk}/{campus.pk}/"
    assert then[campus.pk].parent_id == school.pk


def test_merger_carries_people_over_and_adds_figures_up(city):
    old, new = a_school(city.east), a_school(city.east)
    pupil, teacher = a_pupil(old), a_teacher(old)
    campus = a_campus(old)
    figures = {old.pk: 300, new.pk: 500}

    merge_orgs([old], new, on=CHANGE, by=SYSTEM)

    old.refresh_from_db()
    campus.refresh_from_db()
    pupil.pupil.refresh_from_db()
    assert old.closed_on == CHANGE
    assert pupil.pupil.school == new
    assert actor_for(teacher).home_org == new
    assert actor_for(pupil).home_org == new
    assert campus.path.startswith(new.path)
    assert successors(old) == [new]
    assert successors(old, on=LAST_YEAR) == [Org.objects.get(pk=old.pk)]
    assert predecessors(new) == [old]
    now = heirs([old, new])
    totals: dict[int, int] = {}
    for pk, figure in figures.items():
        totals[now[pk].pk] = totals.get(now[pk].pk, 0) + figure
    assert totals == {new.pk: 800}


def test_division_gives_past_figures_to_one_heir(city):
    whole, north, south = a_school(city.east), a_school(city.east), a_school(city.east)
    pupil = a_pupil(whole)

    split_org(whole, [north, south], on=CHANGE, by=SYSTEM)

    pupil.pupil.refresh_from_db()
    assert set(successors(whole)) == {north, south}
    assert heir(whole) == north
    assert heir(whole, on=LAST_YEAR).pk == whole.pk
    assert pupil.pupil.school == north


def test_division_of_a_school_that_goes_on(city):
    whole, part = a_school(city.east), a_school(city.east)

    split_org(whole, [part], on=CHANGE, closes=False, by=SYSTEM)

    assert set(successors(whole)) == {whole, part}
    assert heir(whole) == whole


def test_chain_of_mergers_ends_at_the_last(city):
    first, second, third = a_school(city.east), a_school(city.east), a_school(city.east)
    merge_orgs([first], second, on=date(2025, 8, 1), by=SYSTEM)
    merge_orgs([second], third, on=CHANGE, by=SYSTEM)

    assert heir(first) == third
    assert heir(first, on=LAST_YEAR).pk == second.pk
    assert successors(first) == [third]


def test_a_school_with_pupils_is_not_closed(city):
    school = a_school(city.east)
    a_pupil(school)

    with pytest.raises(Refused):
        close_org(school, by=SYSTEM)

    school.refresh_from_db()
    assert school.is_open


def test_closing_ends_offices_and_hides_from_today(city):
    school = a_school(city.east)
    teacher = a_teacher(school)
    close_org(school, by=SYSTEM)

    assert school not in Org.objects.current()
    assert school in Org.objects.as_of(LAST_YEAR)
    assert actor_for(teacher).roles == frozenset()
    with pytest.raises(Refused):
        rename_org(school, "新名", by=SYSTEM)


def test_a_school_does_not_rename_merge_or_close_itself(city):
    school = a_school(city.east)
    officer = actor_for(an_officer("school_officer", school))

    with pytest.raises(PermissionDenied):
        rename_org(school, "新名", by=officer)
    with pytest.raises(PermissionDenied):
        close_org(school, by=officer)
    with pytest.raises(PermissionDenied):
        move_org(school, city.west, by=actor_for(an_officer("district_officer", city.east)))
    edit_org(school, short_name="新简称", by=officer)
    rename_org(school, "新名", by=actor_for(an_officer("district_officer", city.east)))

    school.refresh_from_db()
    assert (school.name, school.short_name) == ("新名", "新简称")


def test_changes_of_tomorrow_are_not_entered_today(city):
    school = a_school(city.east)

    with clock.travel(date(2026, 11, 24)), pytest.raises(Refused):
        rename_org(school, "新名", on=date(2026, 11, 25), by=SYSTEM)

    assert not OrgEvent.objects.filter(org=school).exists()


@pytest.mark.parametrize(
    "facts",
    [
        {"kind": "school", "school_kind": ""},
        {"kind": "partner", "partner_kind": ""},
        {"kind": "district", "parent": None},
        {"kind": "school", "school_kind": "primary", "is_line": True},
    ],
)
def test_database_repeats_the_invariants(city, facts):
    given = {"parent": city.org, "code": "RAW", "name": "直接写入"} | facts

    with pytest.raises(IntegrityError), transaction.atomic():
        Org.objects.create(**given)


def test_reporting_unit_is_the_district_or_the_line(city):
    assert district_of(a_campus(a_school(city.east))) == city.east
    assert district_of(a_school(city.line)) == city.line
    assert district_of(city.org) == city.org


def test_group_stands_beside_its_schools(city):
    group = a_group(city.east)
    school = a_school(city.east, group=group)

    assert list(group.members.all()) == [school]


def test_officers_with_finds_offices_here_and_above(city):
    school = a_school(city.east)
    here = an_officer("school_officer", school)
    above = an_officer("city_officer", city.org)
    an_officer("school_officer", a_school(city.west))
    an_officer("expert", a_partner(city.org))

    assert set(officers_with("roster.upload", school.path)) == {here.user, above.user}
    assert set(officers_with("application.endorse", school.path)) == {here.user}
    assert Membership.objects.count() == 4

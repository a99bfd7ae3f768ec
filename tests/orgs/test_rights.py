from datetime import date, timedelta
from types import SimpleNamespace

import pytest
from django.core.exceptions import ImproperlyConfigured, PermissionDenied
from django.db import IntegrityError, models, transaction

from kechuang.base import clock
from kechuang.base.errors import Refused
from kechuang.base.models import AuditEntry
from kechuang.orgs.actions import end_membership, give_class, grant_membership, update_pupil
from kechuang.orgs.actor import Actor, require
from kechuang.orgs.enums import Role
from kechuang.orgs.models import Membership, Org, Person, RosterUpload
from kechuang.orgs.rules import ADMINISTRATORS, BY_AUTHORITY, GRANTS, HOMES, PERMISSIONS, PERSONAL
from kechuang.orgs.scoping import ScopedQuerySet
from tests.factories.orgs import (
    SYSTEM,
    a_city,
    a_guardian,
    a_person,
    a_pupil,
    a_school,
    a_teacher,
    actor_for,
    an_officer,
)

ROLES = "pupil guardian teacher school_officer school_team_head district_officer city_officer expert partner_officer engineer inspector auditor security_admin system_admin"
# One column a role, in the order above: "o" by office over a subtree, "p" for the own rows, "." not at all.
MATRIX = {
    "application.edit":        "p.poooo.op....",
    "application.submit":      "p.poooo.op....",
    "application.withdraw":    "p.poooo.op....",
    "application.view":        "pppoooo.opo...",
    "application.endorse":     "...oo.........",
    "application.recommend":   ".....oo.......",
    "application.screen":      ".....oo.......",
    "application.decide":      ".....oo.......",
    "call.edit":               ".....oo.......",
    "call.publish":            ".....oo.......",
    "round.manage":            ".....oo.......",
    "review.score":            ".......p......",
    "round.chair":             ".......p......",
    "honour.check":            ".....oo.......",
    "notice.publish":          ".....oo.......",
    "objection.handle":        ".....oo.......",
    "objection.reconsider":    ".....oo.......",
    "award.issue":             ".....oo.......",
    "award.revoke":            ".....oo.......",
    "showcase.curate":         ".....oo.......",
    "roster.upload":           "...o.oo.......",
    "pupil.sign_in":           "..po.oo.......",
    "role.delegate":           "...oooo.......",
    "person.look_as":          "...o.oo.......",
    "support.approve":         "...o.oo.......",
    "support.ask":             ".............o",
    "person.view":             "pppoooo.o...o.",
    "person.see_identifiers":  "...o..o.......",
    "membership.grant":        "...o.oo.o...o.",
    "org.view":                "..ooooo.o.oooo",
    "org.edit":                "...o.oo.o....o",
    "job.view":                "......o......o",
    "audit.view":              "...........o..",
    "holiday.edit":            "......o......o",
    "export.make":             "...o.oo.......",
    "export.approve":          "...oooo.......",
    "request.handle":          "...o.oo.......",
    "consent.edit":            "......o.......",
    "privacy.oversee":         "......o....o..",
    "retention.manage":        "......o.......",
    "consent.answer":          "pp............",
    "report.view":             "...oooo...o...",
    "system.operate":          ".............o",
    "case.adopt":              "..p...........",
    "seal.keep":               ".....oo.......",
    "showcase.edit":           ".....oo.......",
    "showcase.front":          "......o.......",
    "partnership.answer":      "...oo...o.....",
    "pool.search":             "..poooo.......",
    "visit.view":              "..poooo..p....",
    "visit.invite":            "..poo.........",
    "visit.answer":            ".........p....",
    "vetting.record":          ".....oo.......",
    "talent.search":           "......o.......",
    "pool.stop":               "......o.......",
}  # fmt: skip


def test_roles_and_permissions_are_the_matrix():
    roles = [Role(role) for role in ROLES.split()]

    def mark(role: Role, permission: str) -> str:
        held = permission in GRANTS[role]
        return "." if not held else "p" if permission in PERSONAL.get(role, ()) else "o"

    assert {p: "".join(mark(role, p) for role in roles) for p in PERMISSIONS} == MATRIX
    assert set(roles) == set(Role) == set(GRANTS) == set(HOMES)


def test_personal_grants_are_grants():
    assert all(permissions <= GRANTS[role] for role, permissions in PERSONAL.items())
    assert BY_AUTHORITY <= PERMISSIONS


def test_no_administrator_reads_entries_or_other_ledgers():
    held = [GRANTS[role] for role in ADMINISTRATORS]
    assert not any(permission.startswith("application.") for permissions in held for permission in permissions)
    assert frozenset.intersection(*held) == {"org.view"}


@pytest.fixture
def city(db):
    return a_city()


def a_thing(path: str, **facts):
    return SimpleNamespace(scope_path=path, **facts)


def test_office_reaches_its_subtree_only(city):
    school, other = a_school(city.east), a_school(city.west)
    officer = actor_for(an_officer("district_officer", city.east))

    assert officer.can("application.recommend", a_thing(school.path))
    assert not officer.can("application.recommend", a_thing(other.path))
    assert not officer.can("application.recommend", a_thing(city.org.path))
    assert officer.paths("application.recommend") == [city.east.path]
    assert officer.orgs_for("call.edit") == [city.east]


def test_own_grants_need_the_row_to_agree(city):
    school = a_school(city.east)
    teacher = actor_for(a_teacher(school))

    assert not teacher.can("application.edit", a_thing(school.path))
    assert not teacher.can("application.edit", a_thing(school.path, belongs_to=lambda actor: False))
    assert teacher.can("application.edit", a_thing(school.path, belongs_to=lambda actor: actor is teacher))
    assert teacher.paths("application.edit") == []
    assert teacher.own_paths("application.edit") == [school.path]
    assert not teacher.can("person.view", a_thing(school.path))
    assert teacher.can("org.view", a_thing(school.path))


def test_who_runs_the_call_decides(city):
    """A district officer decides the district's own calls, not the city's entries of schools in the district."""
    school = a_school(city.east)
    district, head = (
        actor_for(an_officer(r, o)) for r, o in (("district_officer", city.east), ("city_officer", city.org))
    )
    of_city = a_thing(school.path, authority_path=city.org.path)
    of_district = a_thing(school.path, authority_path=city.east.path)

    assert not district.can("application.decide", of_city)
    assert district.can("application.decide", of_district)
    assert head.can("application.decide", of_city)
    assert district.can("application.recommend", of_city)
    with pytest.raises(ImproperlyConfigured):
        district.can("application.decide", a_thing(school.path))


def test_nested_offices_give_the_outer_path(city):
    person = an_officer("school_officer", a_school(city.east))
    grant_membership(person, city.east, "district_officer", by=SYSTEM)

    assert actor_for(person).paths("roster.upload") == [city.east.path]


def test_system_and_nobody(city):
    assert Actor.system("seed").can("anything.at_all", city.org)
    assert Actor.system("seed").label == "seed"
    assert Org.objects.visible_to(SYSTEM).count() == 5
    nobody = Actor.anonymous()
    assert (nobody.label, nobody.is_authenticated, nobody.can("org.view")) == ("anonymous", False, False)
    assert not Org.objects.visible_to(nobody).exists()
    assert not Person.objects.visible_to(nobody).exists()


def test_actor_loads_in_one_query(city, django_assert_num_queries):
    person = an_officer("school_officer", a_school(city.east))
    grant_membership(person, city.east, "district_officer", by=SYSTEM)

    with django_assert_num_queries(1):
        actor = Actor.of(person.user)
        assert actor.person == person
        assert actor.home_org
        assert actor.can("roster.upload", city.east)


def test_inactive_account_is_nobody(city):
    person = an_officer("city_officer", city.org)
    person.user.is_active = False
    person.user.save()

    assert actor_for(person).roles == frozenset()


@pytest.mark.parametrize(("shift", "held"), [(-1, False), (0, True), (5, True), (10, True), (11, False)])
def test_memberships_count_from_first_to_last_day(city, shift, held):
    first = date(2026, 9, 1)
    person = an_officer("expert", city.org, since=first, until=first + timedelta(days=10))

    with clock.travel(first + timedelta(days=shift)):
        assert actor_for(person).has_role("expert") is held


def test_require_says_no_in_words(city):
    with pytest.raises(PermissionDenied, match="权限"):
        require(actor_for(an_officer("inspector", city.org)), "org.edit", city.org)


# --- rows --------------------------------------------------------------------------------------------------------


def test_scope_fails_closed():
    class Forgotten(ScopedQuerySet):
        view_permission = "org.view"

    class Unnamed(ScopedQuerySet):
        scope_path = "path"

    for rows in (Forgotten(Org), Unnamed(Org)):
        with pytest.raises(ImproperlyConfigured):
            rows.visible_to(SYSTEM)


def test_people_are_seen_by_place(city):
    school, other, far = a_school(city.east), a_school(city.east), a_school(city.west)
    pupil, mate, stranger, distant = a_pupil(school), a_pupil(school), a_pupil(other), a_pupil(far)
    teacher = a_teacher(school)
    guardian = a_guardian(pupil)
    district, clerk = an_officer("district_officer", city.east), an_officer("school_officer", school)
    mine = pupil.pupil
    give_class(teacher, school, mine.grade, mine.class_name, by=SYSTEM)
    update_pupil(mate, class_name="9班", by=SYSTEM)

    def seen(person: Person) -> set[Person]:
        return set(Person.objects.visible_to(actor_for(person)))

    assert seen(teacher) == {pupil, teacher}
    assert seen(clerk) == {pupil, mate, teacher, guardian, clerk}
    assert seen(district) - {clerk} == {pupil, mate, stranger, teacher, guardian, district}
    assert seen(guardian) == {guardian, pupil}
    assert seen(pupil) == {pupil}
    assert distant in seen(an_officer("city_officer", city.org))
    assert seen(an_officer("expert", city.org)) == set()


def test_unconfirmed_guardian_sees_no_child(city):
    pupil = a_pupil(a_school(city.east))
    guardian = a_guardian(pupil, confirmed=False)

    assert set(Person.objects.visible_to(actor_for(guardian))) == {guardian}


def test_former_pupil_is_no_longer_seen_by_the_old_school(city):
    school = a_school(city.east)
    pupil, clerk = a_pupil(school), an_officer("school_officer", school)
    assert pupil in Person.objects.visible_to(actor_for(clerk))

    end_membership(pupil.memberships.get(), by=SYSTEM)

    assert pupil not in Person.objects.visible_to(actor_for(clerk))


def test_orgs_memberships_and_uploads_are_scoped(city):
    school, far = a_school(city.east), a_school(city.west)
    a_teacher(far)
    officer_person = an_officer("school_officer", school)
    officer = actor_for(officer_person)

    assert list(Org.objects.visible_to(officer)) == [school]
    assert list(Membership.objects.visible_to(officer)) == list(officer_person.memberships.all())
    assert Membership.objects.count() == 2
    assert RosterUpload.objects.all().visible_to(officer).query.is_empty() is False


def test_every_scoped_query_names_its_scope():
    scoped = [m for m in ScopedQuerySet.__subclasses__() if m.__module__.startswith("kechuang.")]

    assert scoped
    assert [q.__name__ for q in scoped if not (q.scope_path and q.view_permission)] == []


def test_default_managers_of_models_with_an_org_are_scoped():
    from django.apps import apps

    unscoped = []
    for model in apps.get_app_config("orgs").get_models():
        fields = [f for f in model._meta.get_fields() if isinstance(f, models.ForeignKey) and f.name == "org"]
        if fields and not issubclass(model._default_manager._queryset_class, ScopedQuerySet):
            unscoped.append(model.__name__)
    assert unscoped == ["OrgEvent"]  # the history of the tree is as open as the tree


# --- giving and ending -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("first", sorted(ADMINISTRATORS))
@pytest.mark.parametrize("second", sorted(ADMINISTRATORS))
def test_administrators_are_never_one_person(city, first, second):
    person = an_officer(first, city.org)

    if first == second:
        assert grant_membership(person, city.org, second, by=SYSTEM) == person.memberships.get()
        return
    with pytest.raises(Refused, match="不同的人"):
        grant_membership(person, city.org, second, by=SYSTEM)
    with pytest.raises(IntegrityError), transaction.atomic():
        Membership.objects.create(person=person, org=city.org, role=second, since=date(2026, 1, 1))
    assert person.memberships.count() == 1


def test_administrator_may_change_office_after_the_first_has_ended(city):
    person = an_officer("auditor", city.org, since=date(2025, 1, 1), until=date(2025, 12, 31))
    grant_membership(person, city.org, "system_admin", by=SYSTEM)

    assert actor_for(person).roles == {Role.SYSTEM_ADMIN}


def test_an_office_that_ends_tomorrow_still_blocks(city):
    person = an_officer("auditor", city.org, until=clock.today() + timedelta(days=1))

    with pytest.raises(Refused):
        grant_membership(person, city.org, "system_admin", by=SYSTEM)


GIVING = [
    ("school_officer", "teacher", True),
    ("school_officer", "school_team_head", True),
    ("school_officer", "school_officer", False),
    ("district_officer", "school_officer", True),
    ("district_officer", "district_officer", False),
    ("city_officer", "district_officer", True),
    ("city_officer", "system_admin", False),
    ("security_admin", "system_admin", True),
    ("teacher", "teacher", False),
]


@pytest.mark.parametrize(("giver", "role", "allowed"), GIVING)
def test_who_gives_which_role(city, giver, role, allowed):
    school = a_school(city.east)
    homes = {"school": school, "district": city.east, "city": city.org}

    def home(of: str) -> Org:
        return next(homes[kind] for kind in ("school", "district", "city") if kind in HOMES[Role(of)])

    actor = actor_for(an_officer(giver, home(giver)))
    person = a_person()

    if allowed:
        membership = grant_membership(person, home(role), role, by=actor)
        row = AuditEntry.objects.filter(action="grant_membership").first()
        assert membership.granted_by == actor.user
        assert row.detail["role"] == role
        return
    with pytest.raises((Refused, PermissionDenied)):
        grant_membership(person, home(role), role, by=actor)
    assert not person.memberships.exists()


def test_nobody_gives_a_role_to_oneself_or_outside(city):
    person = an_officer("district_officer", city.east)
    actor = actor_for(person)

    with pytest.raises(Refused):
        grant_membership(person, city.east, "expert", by=actor)
    with pytest.raises(PermissionDenied):
        grant_membership(a_person(), a_school(city.west), "teacher", by=actor)


def test_a_role_needs_a_fitting_home(city):
    with pytest.raises(Refused):
        grant_membership(a_person(), city.east, "city_officer", by=SYSTEM)


def test_the_same_role_twice_is_one_membership(city):
    person = a_teacher(a_school(city.east))
    school = actor_for(person).home_org
    grant_membership(person, school, "teacher", title="科技教师", by=SYSTEM)

    assert [m.title for m in person.memberships.all()] == ["科技教师"]


def test_ending_is_at_once_and_logged(city):
    person = an_officer("expert", city.org)
    officer = actor_for(an_officer("city_officer", city.org))
    end_membership(person.memberships.get(), by=officer, reason="任期届满")

    assert actor_for(person).roles == frozenset()
    assert AuditEntry.objects.filter(action="end_membership", reason="任期届满").count() == 1


def test_a_lower_office_does_not_end_a_higher_one(city):
    admin = an_officer("system_admin", city.org)
    officer = actor_for(an_officer("city_officer", city.org))

    with pytest.raises(Refused):
        end_membership(admin.memberships.get(), by=officer)

    assert actor_for(admin).has_role("system_admin")

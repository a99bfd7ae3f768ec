"""Queries compiled once: they give what the queryset gives, for other values too, and refuse what cannot be compiled once."""

from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.db.models import F
from django.db.transaction import TransactionManagementError
from django.test.utils import CaptureQueriesContext

from kechuang.base import clock
from kechuang.base.models import Message, NumberSeries
from kechuang.base.prepared import DAY, MOMENT, NUMBER, TEXT, Insert, NotPrepared, Prepared, Several, Update, keep
from kechuang.orgs.models import Membership, Org, Person
from kechuang.orgs.scoping import under
from tests.factories.orgs import a_city, a_pupil, a_school, a_teacher

pytestmark = pytest.mark.django_db


@pytest.fixture
def school():
    return a_school(a_city().east)


def test_instances_come_with_what_is_joined(school):
    pupil, teacher = a_pupil(school), a_teacher(school)
    current = Prepared(
        lambda person, day: Membership.objects.current(day).filter(person=person).select_related("org", "person__user"),
        NUMBER,
        DAY,
    )

    for person in (pupil, teacher):
        with CaptureQueriesContext(connection) as asked:
            (found,) = current(person.pk, clock.today())
            told = (found.org, found.person, found.person.user)
        assert told == (school, person, person.user)
        assert found == Membership.objects.get(person=person)
        assert not found._state.adding
        assert len(asked) == 1
    assert current(pupil.pk, clock.today() - timedelta(days=40_000)) == []


def test_a_missing_joined_row_is_none(school):
    person = Person.objects.create(name="甲")
    found = Prepared(lambda pk: Person.objects.filter(pk=pk).select_related("user"), NUMBER).first(person.pk)

    assert found == person
    assert found.user is None


def test_values_tuples_and_single_columns_read_as_they_are_asked(school):
    pupil = a_pupil(school)
    rows = Person.objects.annotate(account=F("user__username"))

    named = Prepared(lambda pk: rows.filter(pk=pk).values("name", "account", "pk"), NUMBER)
    tuples = Prepared(lambda pk: rows.filter(pk=pk).values_list("account", "pk", "name"), NUMBER)
    single = Prepared(lambda pk: rows.filter(pk=pk).values_list("account", flat=True), NUMBER)
    annotated = Prepared(lambda pk: rows.filter(pk=pk), NUMBER)

    assert named(pupil.pk) == list(rows.filter(pk=pupil.pk).values("name", "account", "pk"))
    assert tuples(pupil.pk) == [(pupil.user.username, pupil.pk, pupil.name)]
    assert single(pupil.pk) == [pupil.user.username]
    assert [row.account for row in annotated(pupil.pk)] == [pupil.user.username]


def test_a_value_inside_a_pattern_is_taken_literally(school):
    below = Prepared(lambda path: Org.objects.filter(path__startswith=path), TEXT)

    assert below(school.path) == [school]
    assert below("/%/") == []
    assert below(school.path.replace("/", "_", 1)) == []


def test_json_and_moments_are_read_as_the_database_keeps_them(school):
    pupil, now = a_pupil(school), clock.now()
    kept = Message.objects.create(user=pupil.user, kind="x", title="甲", created_at=now)
    since = Prepared(lambda moment: Message.objects.filter(created_at__gte=moment), MOMENT)

    assert since(now) == [kept]
    assert since(now)[0].created_at == kept.created_at
    assert since(now + timedelta(microseconds=1)) == []


def test_what_follows_from_a_value_is_refused():
    shapes = [
        Prepared(lambda pk: Org.objects.filter(pk__in=range(pk)), NUMBER),
        Prepared(lambda pk: Org.objects.all(), NUMBER),
        Prepared(lambda pk: Org.objects.filter(pk=pk).prefetch_related("memberships"), NUMBER),
        Prepared(lambda pk: Org.objects.filter(pk=pk + 1), NUMBER),
        Prepared(lambda pk: Membership.objects.current().filter(pk=pk), NUMBER),
        Prepared(lambda pk: Message.objects.filter(pk=pk, created_at__lt=clock.now()), NUMBER),
    ]

    for one in shapes:
        with pytest.raises(NotPrepared):
            one(1)


def test_a_query_that_can_have_no_row_asks_nothing(school, django_assert_num_queries):
    nobody = Prepared(lambda pk: Org.objects.none().filter(pk=pk), NUMBER)

    with django_assert_num_queries(0):
        assert nobody(school.pk) == []


def test_as_many_values_as_places():
    one = Prepared(lambda pk: Org.objects.filter(pk=pk), NUMBER)

    with pytest.raises(ValueError, match="zip"):
        one(1, 2)


@pytest.mark.django_db(transaction=True)
def test_a_lock_needs_a_transaction_each_time():
    locked = Prepared(lambda pk: Org.objects.filter(pk=pk).select_for_update(), NUMBER)
    city = a_city().org

    with transaction.atomic():
        assert locked(city.pk) == [city]
    with pytest.raises(TransactionManagementError):
        locked(city.pk)


@pytest.mark.parametrize("n", [0, 1, 2, 3, 5])
def test_a_list_may_have_any_length(school, n, django_assert_num_queries):
    wanted = Prepared(
        lambda schools, role: Membership.objects.filter(org__in=schools, role=role).order_by("pk"),
        Several(NUMBER),
        TEXT,
    )
    schools = [a_school(school.parent) for _n in range(5)]
    held = [a_pupil(one).memberships.get() for one in schools]
    a_teacher(schools[0])

    assert wanted([one.pk for one in schools[:n]], "pupil") == held[:n]
    with django_assert_num_queries(1 if n else 0):
        assert len(wanted([one.pk for one in schools[:n]], "teacher")) == min(n, 1)


def test_two_lists_and_a_pattern_keep_apart(school):
    found = Prepared(
        lambda paths, kinds: Org.objects.filter(under("path", paths), kind__in=kinds).order_by("pk"),
        Several(TEXT),
        Several(TEXT),
    )
    other = a_school(school.parent)

    assert found([school.parent.path], ["school"]) == [school, other]
    assert found([school.path, other.path, "/0/"], ["school", "district"]) == [school, other]
    assert found([], ["school"]) == []
    assert found([school.path.replace("/", "_")], ["school"]) == []


def test_a_list_that_is_too_long_is_refused(school):
    orgs = Prepared(lambda keys: Org.objects.filter(pk__in=keys).order_by("pk"), Several(NUMBER))

    assert orgs(range(school.pk, school.pk + Several.MOST)) == list(
        Org.objects.filter(pk__gte=school.pk).order_by("pk")
    )
    with pytest.raises(NotPrepared):
        orgs(range(Several.MOST + 1))


def test_kept_rows_stand_for_the_relation_of_their_owner_only(school, django_assert_num_queries):
    other = a_teacher(school)
    teacher = a_teacher(school)
    held = Prepared(lambda person: Membership.objects.filter(person=person), NUMBER)
    keep(teacher, "memberships", held(teacher.pk))

    with django_assert_num_queries(0):
        (row,) = teacher.memberships.all()
        assert row.person is teacher
    assert teacher.memberships.filter(role="teacher").count() == 1
    assert not teacher.memberships.filter(pk=other.memberships.get().pk).exists()


def test_an_update_counts_its_rows_and_gives_a_column_back(school, django_assert_num_queries):
    rename = Update(lambda pk, name: (Org.objects.filter(pk=pk), {"name": name}), NUMBER, TEXT)
    count = Update(
        lambda n, kind: (NumberSeries.objects.filter(kind=kind), {"last": F("last") + n}),
        NUMBER,
        TEXT,
        returning="last",
    )
    NumberSeries.objects.create(kind="x", year=2026, last=3)

    assert rename(school.pk, "新校名") == 1
    assert rename(0, "无") == 0
    school.refresh_from_db()
    assert school.name == "新校名"
    with django_assert_num_queries(1):
        assert count.returned(2, "x") == [5]
    assert count.returned(1, "y") == []


def test_inserted_rows_have_their_keys_and_their_values(school, django_assert_num_queries):
    pupil = a_pupil(school)
    tell = Insert(Message)
    rows = [Message(user=pupil.user, kind="x", title=f"第{n}条", body="", created_at=clock.now()) for n in range(3)]

    with django_assert_num_queries(1):
        assert tell(rows) == rows
    assert tell([]) == []
    assert [Message.objects.get(pk=row.pk).title for row in rows] == ["第0条", "第1条", "第2条"]
    assert not any(row._state.adding for row in rows)
    many = tell([Message(user=pupil.user, kind="x", title="多", created_at=clock.now()) for _n in range(50)])
    assert len({row.pk for row in many}) == 50


def test_a_row_that_is_there_takes_the_new_values():
    series = Insert(NumberSeries, unique=["kind", "year"], update=["last"])

    series([NumberSeries(kind="x", year=2026, last=3)])
    series([NumberSeries(kind="x", year=2026, last=7), NumberSeries(kind="y", year=2026, last=1)])

    assert dict(NumberSeries.objects.filter(year=2026).values_list("kind", "last")) == {"x": 7, "y": 1}


class Loud(str):
    """Text of a kind that only Django knows how to store."""

    __slots__ = ()

    def __str__(self) -> str:
        return self.upper()


def test_inserted_values_are_those_that_django_prepares(school):
    """Also where a field was given a number for text, text for a number, or nothing."""
    teacher = a_teacher(school)
    insert = Insert(Membership)
    plain = Membership(person=teacher, org=school, role="teacher", title="班主任", since=clock.today())
    odd = Membership(person_id=str(teacher.pk), org_id=None, role=Loud("teacher"), title=7, since="2026-09-01")

    for row in (plain, odd):
        told = [field.get_db_prep_save(field.pre_save(row, True), connection) for field in insert._fields]
        assert [repr(value) for value in insert._values(row, connection)] == [repr(value) for value in told]
    assert {kind for _field, _name, kind in insert._columns} == {str, int, None}

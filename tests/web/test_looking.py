"""Looking as another, never acting: read-only, for minutes, with a banner, audited; support only with the office's approval."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from kechuang.base import clock
from kechuang.base.errors import Refused
from kechuang.base.models import AuditEntry, Message
from kechuang.orgs.actions import ask_to_look, decide_look, look_as
from kechuang.orgs.models import Look
from tests.factories.orgs import (
    a_city,
    a_guardian,
    a_pupil,
    a_school,
    a_teacher,
    actor_for,
    an_expert,
    an_officer,
)

pytestmark = [pytest.mark.django_db]

BACKEND = "kechuang.orgs.signin.accounts.Accounts"


@pytest.fixture(autouse=True)
def _no_second_factor(settings):
    settings.TOTP_ROLES = []


@pytest.fixture
def city():
    return a_city()


@pytest.fixture
def school(city):
    return a_school(city.east)


@pytest.fixture
def officer(school):
    return an_officer("school_officer", school)


@pytest.fixture
def teacher(school):
    return a_teacher(school, name="被看老师")


@pytest.fixture
def operator(city):
    return an_officer("system_admin", city.org)


def inside(person) -> Client:
    client = Client()
    client.force_login(person.user, backend=BACKEND)
    return client


def looking(officer, teacher) -> Client:
    client = inside(officer)
    sent = {"do": "look_as", "reason": "老师说看不到申报", "minutes": "30"}
    assert client.post(reverse("person", args=[teacher.public_id]), sent).url == reverse("desk")
    return client


def text(client: Client, name: str = "desk", *args) -> str:
    return client.get(reverse(name, args=args)).content.decode()


def test_the_looker_sees_what_the_other_sees_under_a_banner(officer, teacher):
    page = text(looking(officer, teacher))

    assert "您正以 被看老师 的视角查看" in page and "老师说看不到申报" in page
    assert "指导的申报" in page and "名册" not in page  # the teacher's own navigation
    assert "data-user" not in page  # nothing that this device keeps is taken for the other's


def test_begin_pages_and_end_are_audited_and_the_other_is_told(officer, teacher):
    client = looking(officer, teacher)
    text(client)
    client.post(reverse("look_end"))

    assert list(AuditEntry.objects.filter(action__contains="look").order_by("pk").values_list("action", flat=True)) == [
        "look_as", "look_at_page", "end_look",
    ]  # fmt: skip
    begun = AuditEntry.objects.get(action="look_as")
    assert (begun.reason, begun.detail["person"]) == ("老师说看不到申报", teacher.public_id)
    assert AuditEntry.objects.get(action="look_at_page").detail["path"] == reverse("desk")
    assert Message.objects.get(user=teacher.user).kind == "look.begun"
    assert "视角查看" not in text(client)


def test_nothing_can_be_done_while_looking(officer, teacher):
    client = looking(officer, teacher)
    before = Message.objects.filter(read_at=None).count()

    with CaptureQueriesContext(connection) as queries:
        answers = [
            client.post(reverse("delegations"), {"do": "end"}),
            client.post(reverse("inbox")),
            client.get(reverse("me")),
            client.get(reverse("inbox")),
            client.get(reverse("usersessions_list")),
            client.get(reverse("mfa_index")),
            client.get(reverse("account_change_password")),
        ]

    assert [(answer.status_code, answer.url) for answer in answers] == [(302, reverse("desk"))] * 7
    written = [q["sql"] for q in queries if q["sql"].startswith(("UPDATE", "INSERT", "DELETE"))]
    assert all('"django_session"' in sql or '"base_auditentry"' in sql for sql in written)
    assert Message.objects.filter(read_at=None).count() == before


def test_the_database_itself_takes_no_write_from_a_looker(officer, teacher, monkeypatch):
    from kechuang.web.desk import views

    client = looking(officer, teacher)

    def careless(actor):
        with transaction.atomic():
            actor.user.save()
        return []

    monkeypatch.setattr(views.standing_in, "tasks", careless)

    assert client.get(reverse("desk")).status_code == 302
    assert AuditEntry.objects.filter(action="look_at_page").count() == 1


def test_files_do_not_leave(officer, school):
    colleague = an_officer("school_officer", school)
    superior = an_officer("district_officer", school.parent)
    client = looking(superior, colleague)

    answer = client.get(reverse("roster_template", args=["pupils"]))

    assert (answer.status_code, answer.url) == (302, reverse("desk"))


def test_it_ends_by_itself(officer, teacher):
    client = looking(officer, teacher)
    with clock.travel(clock.now() + timedelta(minutes=29)):
        assert "视角查看" in text(client)
    with clock.travel(clock.now() + timedelta(minutes=31)):
        page = text(client)

    assert "查看的时间到了" in page and "名册" in page


def test_a_look_is_of_one_session_and_one_looker(officer, teacher, school):
    looking(officer, teacher)
    look = Look.objects.get()
    stranger = inside(a_teacher(school))
    session = stranger.session
    session["look"] = look.pk
    session.save()

    assert "视角查看" not in text(stranger)


@pytest.mark.parametrize("who", ["pupil", "guardian", "expert", "auditor", "neighbour", "superior", "self"])
def test_whose_pages_are_never_looked_at(officer, school, city, who):
    pupil = a_pupil(school)
    people = {
        "pupil": lambda: pupil,
        "guardian": lambda: a_guardian(pupil),
        "expert": lambda: an_expert(city.org),
        "auditor": lambda: an_officer("auditor", city.org),
        "neighbour": lambda: a_teacher(a_school(city.east)),
        "superior": lambda: an_officer("city_officer", city.org),
        "self": lambda: officer,
    }
    from django.core.exceptions import PermissionDenied

    with pytest.raises((Refused, PermissionDenied)):
        look_as(people[who](), reason="看看", minutes=30, by=actor_for(officer))
    assert not Look.objects.exists()


@pytest.mark.parametrize(("reason", "minutes"), [("  ", 30), ("看看", 600)])
def test_a_reason_and_an_end_are_demanded(officer, teacher, reason, minutes):
    with pytest.raises(Refused):
        look_as(teacher, reason=reason, minutes=minutes, by=actor_for(officer))


# --- support -----------------------------------------------------------------------------------------------------


def test_support_sees_nothing_before_the_office_agrees_and_for_minutes_after(operator, officer, teacher):
    client, office = inside(operator), inside(officer)
    client.post(reverse("support"), {"username": teacher.user.username, "reason": "表格打不开", "minutes": "15"})
    look = Look.objects.get()
    assert "视角查看" not in text(client)
    client.post(reverse("support"), {"do": "start", "look": look.pk})
    assert "视角查看" not in text(client)

    assert "技术支持申请查看" in text(office) and "表格打不开" in text(office, "support_office")
    office.post(reverse("support_office"), {"do": "allow", "look": look.pk})
    client.post(reverse("support"), {"do": "start", "look": look.pk})
    assert "您正以 被看老师 的视角查看" in text(client)

    office.post(reverse("support_office"), {"do": "end", "look": look.pk})
    assert "您正以" not in text(client)
    actions = AuditEntry.objects.filter(action__contains="look").order_by("pk").values_list("action", flat=True)
    assert list(actions) == ["ask_to_look", "allow_look", "look_at_page", "end_look"]


def test_support_is_told_no(operator, officer, teacher):
    look = ask_to_look(teacher, reason="表格打不开", minutes=15, by=actor_for(operator))

    decide_look(look, False, by=actor_for(officer))

    client = inside(operator)
    client.post(reverse("support"), {"do": "start", "look": look.pk})
    assert "您正以" not in text(client)
    with pytest.raises(Refused):
        decide_look(look, True, by=actor_for(officer))


def test_only_the_own_office_decides_and_never_the_one_who_asks(operator, teacher, city):
    from django.core.exceptions import PermissionDenied

    look = ask_to_look(teacher, reason="表格打不开", minutes=15, by=actor_for(operator))
    neighbour = an_officer("school_officer", a_school(city.east))

    for person in (neighbour, operator):
        with pytest.raises(PermissionDenied):
            decide_look(look, True, by=actor_for(person))
    assert inside(neighbour).post(reverse("support_office"), {"do": "allow", "look": look.pk}).status_code == 404
    with pytest.raises(IntegrityError), transaction.atomic():
        Look.objects.filter(pk=look.pk).update(
            decided_by=look.looker, decided_at=clock.now(), is_allowed=True, ends_at=clock.now()
        )


def test_a_request_that_nobody_answers_is_void(operator, officer, teacher):
    look = ask_to_look(teacher, reason="表格打不开", minutes=15, by=actor_for(operator))

    with clock.travel(clock.now() + timedelta(days=3)), pytest.raises(Refused):
        decide_look(look, True, by=actor_for(officer))


@pytest.mark.parametrize("n", [1, 3])
def test_lists_cost_a_fixed_number_of_queries(operator, officer, school, n, django_assert_num_queries):
    for _n in range(n):
        ask_to_look(a_teacher(school), reason="打不开", minutes=15, by=actor_for(operator))

    for person, page, cost in ((officer, "support_office", 6), (operator, "support", 4)):
        client = inside(person)
        text(client, page)
        with django_assert_num_queries(cost):
            text(client, page)

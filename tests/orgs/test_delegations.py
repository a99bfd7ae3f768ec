"""Handing a role to a colleague for a time; the three administrators and the offices apart."""

from datetime import date, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from kechuang.base import clock
from kechuang.base.errors import Refused
from kechuang.base.models import AuditEntry, Message
from kechuang.orgs.actions import delegate_role, end_delegation, end_membership, grant_membership
from kechuang.orgs.enums import Role
from kechuang.orgs.models import Membership
from kechuang.orgs.rules import ADMINISTRATORS, GRANTS, OFFICES, keep_apart
from tests.factories.orgs import SYSTEM, a_city, a_school, a_teacher, actor_for, an_expert, an_officer

pytestmark = [pytest.mark.django_db]

BACKEND = "kechuang.orgs.signin.accounts.Accounts"


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
def colleague(school):
    return a_teacher(school, name="接手老师")


def inside(person) -> Client:
    client = Client()
    client.force_login(person.user, backend=BACKEND)
    return client


def held(person, role="school_officer") -> Membership:
    return Membership.objects.get(person=person, role=role)


def in_days(n: int) -> date:
    return clock.today() + timedelta(days=n)


def given(officer, colleague, days=7) -> Membership:
    return delegate_role(held(officer), colleague, in_days(days), reason="出差", by=actor_for(officer))


def test_colleague_acts_with_the_role_until_it_ends_by_itself(officer, colleague, school):
    given(officer, colleague)

    assert actor_for(colleague).can("roster.upload", school) and actor_for(officer).can("roster.upload", school)
    with clock.travel(clock.now() + timedelta(days=7)):
        assert actor_for(colleague).can("roster.upload", school)
    with clock.travel(clock.now() + timedelta(days=8)):
        assert actor_for(colleague).roles == {Role.TEACHER}
        assert actor_for(officer).can("roster.upload", school)


def test_it_is_audited_with_its_reason_and_told(officer, colleague):
    given(officer, colleague)

    row = AuditEntry.objects.get(action="delegate_role")
    assert (row.reason, row.detail["role"], row.detail["person"]) == ("出差", "school_officer", colleague.public_id)
    assert officer.name in Message.objects.get(user=colleague.user).title


def test_both_desks_show_it(officer, colleague):
    given(officer, colleague)

    pages = [inside(person).get(reverse("desk")).content.decode() for person in (officer, colleague)]

    assert f"{colleague.name} 代您任学校管理员" in pages[0]
    assert f"您代 {officer.name} 任" in pages[1]


@pytest.mark.parametrize("who", ["officer", "colleague"])
def test_either_side_ends_it_at_once(officer, colleague, who):
    row = given(officer, colleague)

    end_delegation(row, by=actor_for({"officer": officer, "colleague": colleague}[who]))

    assert actor_for(colleague).roles == {Role.TEACHER}
    assert AuditEntry.objects.filter(action="end_delegation").count() == 1


def test_nobody_else_ends_it(officer, colleague, school):
    row = given(officer, colleague)

    with pytest.raises(Refused):
        end_delegation(row, by=actor_for(a_teacher(school)))


def test_it_ends_with_the_role_it_came_from(officer, colleague):
    given(officer, colleague)

    end_membership(held(officer), by=SYSTEM, reason="离任")

    assert actor_for(colleague).roles == {Role.TEACHER}


def test_what_was_handed_on_is_not_handed_further(officer, colleague, school):
    row = given(officer, colleague)

    with pytest.raises(Refused, match="不能再转托"):
        delegate_role(row, a_teacher(school), in_days(1), reason="x", by=actor_for(colleague))


@pytest.mark.parametrize(("days", "reason"), [(-1, "出差"), (91, "出差"), (7, " ")])
def test_time_and_reason_are_demanded(officer, colleague, days, reason):
    with pytest.raises(Refused):
        delegate_role(held(officer), colleague, in_days(days), reason=reason, by=actor_for(officer))


def test_only_colleagues_and_only_ones_own_role(officer, colleague, city, school):
    far, admin = a_teacher(a_school(city.east)), an_officer("system_admin", city.org)
    head = an_officer("city_officer", city.org)

    for person, role, to in ((officer, "school_officer", far), (head, "city_officer", admin)):
        with pytest.raises(Refused):
            delegate_role(held(person, role), to, in_days(7), reason="出差", by=actor_for(person))
    with pytest.raises(Refused, match="自己现任"):
        delegate_role(held(officer), colleague, in_days(7), reason="出差", by=actor_for(head))
    with pytest.raises(Refused, match="可以委托"):
        expert = an_expert(city.org)
        delegate_role(held(expert, "expert"), head, in_days(7), reason="出差", by=actor_for(expert))


def test_page_hands_over_and_takes_back(officer, colleague, school):
    client, page = inside(officer), reverse("delegations")
    form = {
        "membership": held(officer).pk,
        "to": colleague.public_id,
        "until": in_days(7).isoformat(),
        "reason": "休假",
    }

    assert client.post(page, form | {"until": in_days(200).isoformat()}).status_code == 422
    client.post(page, form)
    assert actor_for(colleague).can("roster.upload", school)
    assert colleague.name in client.get(page).content.decode()

    client.post(page, {"do": "end", "delegation": Membership.objects.get(delegated_from__isnull=False).pk})
    assert not actor_for(colleague).can("roster.upload", school)


# --- 三员分立 ----------------------------------------------------------------------------------------------------


def test_the_three_share_no_permission_but_the_names_of_organisations():
    shared = [GRANTS[a] & GRANTS[b] for a in ADMINISTRATORS for b in ADMINISTRATORS if a != b]

    assert set().union(*shared) == {"org.view"}


@pytest.mark.parametrize("office", sorted(OFFICES))
@pytest.mark.parametrize("administrator", sorted(ADMINISTRATORS))
def test_who_keeps_the_platform_holds_no_office(office, administrator):
    assert keep_apart([administrator], office) == administrator
    assert keep_apart([office], administrator) == office


def test_no_person_is_both(city):
    admin, officer = an_officer("auditor", city.org), an_officer("city_officer", city.org)

    with pytest.raises(Refused, match="不能同时办理业务"):
        grant_membership(admin, city.org, "city_officer", by=SYSTEM)
    with pytest.raises(Refused, match="不能同时办理业务"):
        grant_membership(officer, city.org, "security_admin", by=SYSTEM)
    with pytest.raises(Refused, match="必须由不同的人担任"):
        grant_membership(admin, city.org, "system_admin", by=SYSTEM)

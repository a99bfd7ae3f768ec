"""客座教师库: who may be in it, from the call to the register and the first visit."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from kechuang.base import clock
from kechuang.engine.applications.actions import begin_application
from kechuang.engine.applications.batch import MoveRefused
from kechuang.engine.applications.perform import perform
from kechuang.engine.honours.queries import open_registers, register_on
from kechuang.engine.models import PoolMember
from kechuang.engine.visits.actions import confirm_visit, rate_visit, record_vetting, report_visit
from kechuang.programmes.guest_engineers import programme, rules
from kechuang.programmes.guest_engineers.programme import GUEST_ENGINEERS
from tests.factories.engine import a_call, a_ground, an_actor
from tests.factories.orgs import a_partner, a_teacher, actor_for, an_officer
from tests.factories.visits import USCC, a_member, an_agreed_visit, an_engineers_application, names

MONDAY = datetime(2026, 9, 7, 9, tzinfo=timezone.get_default_timezone())


@pytest.mark.parametrize(
    ("answers", "experienced"),
    [
        ({"years": "5", "grade": "中级职称"}, True),
        ({"years": "4", "grade": "中级职称"}, False),
        ({"years": "3", "grade": "高级职称"}, True),
        ({"years": "", "grade": "高级职称"}, False),
        ({}, False),
    ],
)
def test_five_years_or_three_with_a_senior_title(answers, experienced):
    assert rules.is_experienced(answers) is experienced


def test_code_of_the_employer_is_checked():
    assert [rules.is_code_of_an_employer(text) for text in (USCC, USCC.lower(), "91440300708461136X", "")] == [True, True, False, False]  # fmt: skip


@pytest.fixture
def ground():
    with clock.travel(MONDAY):
        yield a_ground()


@pytest.mark.django_db
def test_from_call_to_register_and_visit(ground):
    call = a_call(ground, plan=GUEST_ENGINEERS, programme_code="guest_engineers", closes_at=None)
    city, school, employer = (
        an_actor("city_officer", ground.org),
        ground.schools[0],
        a_partner(ground.org, "enterprise"),
    )
    application = an_engineers_application(call, employer)
    assert application.state == "recommended"
    with pytest.raises(MoveRefused, match="还没有有效的准入查询"):
        perform(application, "grant", by=city)

    record_vetting(application.person, "clear", clock.today(), by=city)
    perform(application, "grant", by=city)

    (entry,) = register_on("guest_engineers", clock.today())
    assert (entry.number, entry.person, entry.until.year) == ("KZJS2026-0001", application.person.name, 2029)
    assert "guest_engineers" not in open_registers()
    member = PoolMember.objects.get()
    assert (member.words("fields"), member.post, member.years) == (["机器人", "人工智能"], "高级工程师", 10)

    clerk, teacher = an_officer("school_officer", school), a_teacher(school)
    visit = an_agreed_visit(member, school, by=clerk, teacher=teacher)
    with clock.travel(MONDAY + timedelta(days=8)):
        visit = confirm_visit(visit, by=actor_for(clerk), came=44)
        rate_visit(visit, 5, "深入浅出", by=actor_for(clerk))
        report_visit(visit, "学生问题很多", by=actor_for(member.person))
    member.refresh_from_db()
    assert (visit.state, visit.second, member.visits_done, member.ratings, member.rating) == ("done", clerk, 1, 1, None)


@pytest.mark.django_db
def test_employer_may_nominate_its_own_people_only(ground):
    call = a_call(ground, plan=GUEST_ENGINEERS, programme_code="guest_engineers", closes_at=None)
    employer, other = a_partner(ground.org, "enterprise"), a_partner(ground.org, "university")
    engineer, foreign = an_officer("engineer", employer), an_officer("engineer", other)
    officer = an_actor("partner_officer", employer)

    draft = begin_application(call, employer, by=officer, person=engineer)

    assert (draft.person, draft.filled_by, draft.title) == (engineer, employer, engineer.name)
    with pytest.raises(Exception, match="在“.*”任职"):
        begin_application(call, employer, by=officer, person=foreign)
    with pytest.raises(Exception, match="在“.*”任职"):
        begin_application(call, employer, by=officer)


@pytest.mark.django_db
def test_renewal_brings_the_card_up_to_date(ground):
    call = a_call(ground, plan=GUEST_ENGINEERS, programme_code="guest_engineers", closes_at=None)
    city, employer = an_actor("city_officer", ground.org), a_partner(ground.org, "enterprise")
    member = a_member(call, employer, by=city)
    with clock.travel(MONDAY + timedelta(days=1000)):
        later = a_call(ground, plan=GUEST_ENGINEERS, programme_code="guest_engineers", closes_at=None)
        again = a_member(later, employer, by=city, person=member.person, fields=["无人机"])

    assert (again.pk, again.honour.number, again.words("fields")) == (member.pk, member.honour.number, ["无人机"])
    assert again.honour.valid_until.year == 2032
    assert names([again]) == names([member])


def test_declaration_is_short():
    assert len(Path(programme.__file__).read_text(encoding="utf-8").splitlines()) <= 120

"""Schools, organisations and people as applicants, nomination, and calls without a last day."""

import pytest
from django.core.exceptions import PermissionDenied

from kechuang.base.errors import Refused
from kechuang.base.models import Message
from kechuang.engine.applications import actions
from kechuang.engine.applications.applicants import entering_orgs, nominees
from kechuang.engine.applications.batch import MoveRefused
from kechuang.engine.applications.models import Application
from kechuang.engine.applications.perform import available_moves, perform
from kechuang.engine.awards.models import Certificate
from kechuang.engine.calls.models import Call
from kechuang.engine.erasure import delete_drafts
from kechuang.engine.owndata import entries
from kechuang.engine.programme import codec
from kechuang.engine.programme.validation import problems
from kechuang.engine.publicity.lines import lines_as_of_now
from kechuang.engine.publicity.models import PublicNotice
from kechuang.orgs.actor import Actor
from tests.engine import honours
from tests.factories.engine import a_call, a_ground, an_actor, plan_for
from tests.factories.orgs import a_partner, a_teacher, actor_for

pytestmark = pytest.mark.django_db


def filled(call, org, by, **words):
    application = actions.begin_application(call, org, by=by, **words)
    application, errors = actions.save_answers(
        application, {"abstract": "概况", "plan": "三年规划"}, version=application.version, by=by
    )
    assert errors == {}
    return application


def moves(application, actor):
    return {move.name for move in available_moves(Application.objects.get(pk=application.pk), actor)}


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"applicant": "ghost"}, "申报主体“ghost”不存在。"),
        ({"applicant": "organisation"}, "面向单位的项目须写明哪些类型的单位可以申报，其他项目不写。"),
        ({"applicant": "person"}, "面向个人的项目须写明哪些身份的人可以申报，其他项目不写。"),
        (
            {"applicant": "school", "consents": ("entering",)},
            "监护人同意只用于学生申报的项目；其他申报主体用声明代替。",
        ),
        ({"applicant": "team", "stages": ()}, "请至少选择一个学段（小学、初中、高中）。"),
        ({"applicant": "team", "nominated": True}, "学生团队自己申报，不由别的单位提名。"),
    ],
)
def test_applicant_that_makes_no_sense_is_told(changes, sentence):
    plan = plan_for(**{"applicant": "school"} | changes)

    assert sentence in [text % params for text, params in problems(plan)]


def test_school_applies_through_its_office_and_the_district_recommends():
    city = a_ground()
    call = a_call(city, plan=plan_for("school"))
    school = city.schools[0]
    officer, teacher = an_actor("school_officer", school), actor_for(a_teacher(school))

    assert entering_orgs(officer, call.plan) == [school]
    assert entering_orgs(teacher, call.plan) == []
    with pytest.raises(PermissionDenied):
        actions.begin_application(call, school, by=teacher)
    application = filled(call, school, officer)

    assert (application.title, application.division, application.filled_by) == (school.name, ".MAIN", school)
    assert moves(application, officer) >= {"submit", "withdraw"}
    assert moves(application, teacher) == moves(application, an_actor("school_officer", city.schools[1])) == set()
    sent = actions.submit_application(application, by=officer)
    assert sent.state == "endorsed"
    assert actions.submit_application(application, by=officer).receipt_no == sent.receipt_no
    district = an_actor("district_officer", city.districts[0])
    assert perform(sent, "recommend", by=district).state == "recommended"


def test_draft_of_a_school_is_seen_by_its_office_alone():
    city = a_ground()
    call, school = a_call(city, plan=plan_for("school")), city.schools[0]
    officer = an_actor("school_officer", school)
    application = filled(call, school, officer)
    colleague, district = an_actor("school_team_head", school), an_actor("district_officer", city.districts[0])

    def sees(actor):
        return Application.objects.visible_to(actor).filter(pk=application.pk).exists()

    assert [sees(who) for who in (officer, colleague, district, actor_for(a_teacher(school)))] == [
        True,
        True,
        False,
        False,
    ]
    assert Application.objects.own(colleague).filter(pk=application.pk).exists()
    actions.submit_application(application, by=colleague)
    assert sees(district)


def test_second_application_of_a_school_is_refused():
    city = a_ground()
    call, school = a_call(city, plan=plan_for("school")), city.schools[0]
    officer = an_actor("school_officer", school)
    actions.submit_application(filled(call, school, officer), by=officer)
    second = filled(call, school, officer)

    with pytest.raises(MoveRefused, match="最多提交 1 份"):
        actions.submit_application(second, by=officer)


def test_organisation_outside_the_school_tree_applies_straight_to_the_city():
    city = a_ground()
    call = a_call(city, plan=plan_for("organisation", org_kinds=("museum", "school"), workflow="direct"))
    museum = a_partner(city.org, "museum", name="示范科技馆")
    officer, university = an_actor("partner_officer", museum), an_actor("partner_officer", city.university)

    assert entering_orgs(university, call.plan) == []
    sent = actions.submit_application(filled(call, museum, officer), by=officer)

    assert sent.state == "recommended"
    assert moves(sent, an_actor("city_officer", city.org)) >= {"screen", "reject"}
    assert moves(sent, an_actor("district_officer", city.districts[0])) == set()


def test_teacher_applies_in_person():
    city = a_ground()
    call = a_call(city, plan=plan_for("person", roles=("teacher",), workflow="two_tier", district_workflow="one_tier"))
    school = city.schools[0]
    teacher = a_teacher(school, name="林晓")
    actor = actor_for(teacher)

    application = filled(call, school, actor)

    assert (application.person, application.title, application.filled_by) == (teacher, "林晓", None)
    assert actions.submit_application(application, by=actor).state == "submitted"
    assert moves(application, an_actor("school_officer", school)) >= {"endorse", "return"}


def test_district_nominates_a_school_of_its_own_and_no_other():
    city = a_ground()
    call = a_call(city, plan=plan_for("school", nominated=True, workflow="direct"))
    district = an_actor("district_officer", city.districts[0])
    school, elsewhere = city.schools[0], city.schools[2]

    assert nominees(district, call.plan, school.name) == [(school, None)]
    assert nominees(district, call.plan, elsewhere.name) == []
    with pytest.raises(PermissionDenied):
        actions.begin_application(call, elsewhere, by=district)
    application = filled(call, school, district)

    assert application.filled_by == city.districts[0]
    assert moves(application, an_actor("school_officer", school)) == set()
    assert actions.submit_application(application, by=district).state == "recommended"


def test_school_nominates_a_teacher_who_serves_there():
    city = a_ground()
    call = a_call(city, plan=plan_for("person", roles=("teacher",), nominated=True, workflow="direct"))
    school = city.schools[0]
    officer, teacher = an_actor("school_officer", school), a_teacher(school, name="周明")
    stranger = a_teacher(city.schools[2])

    with pytest.raises(Refused, match="任职"):
        actions.begin_application(call, school, by=officer, person=stranger)
    application = filled(call, school, officer, person=teacher)

    assert (application.person, application.filled_by) == (teacher, school)


def test_nominee_reads_the_nomination_once_it_is_sent_and_changes_nothing():
    city = a_ground()
    call = a_call(city, plan=plan_for("person", roles=("teacher",), nominated=True, workflow="direct"))
    school = city.schools[0]
    officer, teacher = an_actor("school_officer", school), a_teacher(school, name="周明")
    draft = filled(call, school, officer, person=teacher)
    named, colleague = actor_for(teacher), actor_for(a_teacher(school))

    assert list(Application.objects.visible_to(named)) == []
    sent = actions.submit_application(draft, by=officer)

    assert list(Application.objects.visible_to(named)) == list(Application.objects.own(named)) == [sent]
    (told,) = Message.objects.filter(user=teacher.user)
    assert sent.title in told.title
    assert list(Application.objects.visible_to(colleague)) == []
    assert moves(sent, named) == set()
    with pytest.raises(PermissionDenied):
        actions.save_answers(sent, {"abstract": "改"}, version=sent.version, by=named)


def test_rolling_call_grants_one_by_one_and_makes_certificates_out_to_the_organisation():
    city = a_ground()
    plan = plan_for(
        "organisation", org_kinds=("museum",), workflow="granted", rounds=(), rolling=True, needs_approval_number=False
    )
    call = a_call(city, plan=plan, closes_at=None)
    museum = a_partner(city.org, "museum", name="示范科技馆")
    officer = an_actor("partner_officer", museum)
    sent = actions.submit_application(filled(call, museum, officer), by=officer)

    granted = perform(sent, "grant", by=an_actor("city_officer", city.org))

    certificate = Certificate.objects.get(award__application=granted)
    assert (granted.state, granted.award.decision, certificate.person) == ("awarded", None, None)
    assert (certificate.words["holder"], certificate.words["values"]["names"]) == ("示范科技馆", "示范科技馆")
    assert list(Call.objects.open_at(call.opens_at)) == [call]


def test_notice_names_the_school():
    city, school = honours.make_city()
    call = honours.make_call(city, declaration=codec.to_json(plan_for("school")))
    entry = honours.make_entry(call, school, school.name, pupils=(), stage="", discipline="MAIN", division=".MAIN")
    decision = honours.make_decision(call, [entry], ["first"], Actor.system())
    lines = lines_as_of_now(PublicNotice(decision=decision))

    assert [(line.names, line.school) for line in lines] == [(school.name, school.name)]


def test_teacher_reads_the_own_application_in_the_own_data():
    city = a_ground()
    call = a_call(city, plan=plan_for("person", roles=("teacher",), workflow="two_tier", district_workflow="one_tier"))
    teacher = a_teacher(city.schools[0], name="林晓")
    application = filled(call, city.schools[0], actor_for(teacher))

    mine = next(iter(entries(teacher)))

    assert [row[0] for row in mine.rows] == [application.public_id]
    assert next(iter(entries(a_teacher(city.schools[0])))).rows == []
    assert delete_drafts(teacher, Actor.system()) == {"drafts": 1, "files": 0}
    assert not Application.objects.filter(pk=application.pk).exists()

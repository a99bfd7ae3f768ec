"""Course cases from the call to the catalogue: eligible, published on a licence, adopted, rated, written on, taken down."""

import json
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.core.management import call_command

from kechuang.base import clock
from kechuang.base.errors import Refused
from kechuang.engine.awards.actions import revoke_award
from kechuang.engine.catalogue import actions
from kechuang.engine.catalogue.queries import (
    adoptions_seen,
    catalogue,
    facets,
    public_case,
    readable_file,
    stories,
    wanted,
)
from kechuang.engine.models import Application, Case, SignedPledge
from kechuang.programmes.course_cases import rules
from kechuang.programmes.course_cases.programme import COURSE_CASES
from tests.factories.orgs import a_school, a_teacher, actor_for
from tests.programmes.driver import run
from tests.programmes.test_every_programme import MONDAY

pytestmark = pytest.mark.django_db


@pytest.fixture
def made():
    with clock.travel(MONDAY):
        found, _awards = run(COURSE_CASES)
        with clock.travel(MONDAY + timedelta(days=40)):
            yield found


@pytest.fixture
def cases(made):
    return actions.publish_cases(made.call, by=made.city).cases


@pytest.fixture
def teacher(made):
    return actor_for(a_teacher(made.ground.schools[3]))


def adopted(case, by, class_name="五（2）班"):
    return actions.adopt_case(case, actions.teaching_orgs(by)[0], class_name=class_name, begins_on=clock.today(), by=by)


@pytest.mark.parametrize(
    ("answers", "stage", "fits"),
    [
        ({"subjects": ["科学", "数学"], "grades": ["五年级"]}, "primary", True),
        ({"subjects": ["科学"], "grades": ["五年级"]}, "primary", False),
        ({"subjects": ["科学", "科学"], "grades": ["五年级"]}, "primary", False),
        ({"subjects": ["科学", "数学"], "grades": ["初一"]}, "primary", False),
        ({"subjects": ["科学", "数学"], "grades": []}, "primary", False),
    ],
)
def test_case_combines_two_subjects_for_grades_of_its_stage(answers, stage, fits):
    assert (rules.is_combined(answers) and rules.fits_stage(answers, stage)) is fits


def test_awarded_case_becomes_a_page_with_plan_materials_and_licence(made, cases):
    case = public_case(cases[0].slug)

    version = case.versions.get()
    assert [part["code"] for part in version.content] == list(COURSE_CASES.catalogue.page)
    assert [file.label for file in version.files.all()] == ["报告.pdf"]
    assert (case.licence, case.authors) == ("cc_by", f"{case.application.person.name}、示范")
    assert wanted() == (3, 100, "2025-12-31")
    assert actions.publish_cases(made.call, by=made.city).cases == []


def test_without_pledge_or_licence_nothing_is_published(made):
    first, second, _third = made.call.awards.order_by("pk")
    SignedPledge.objects.filter(application=first.application, code="publishing").delete()
    Application.objects.filter(pk=second.application_id).update(answers={})

    result = actions.publish_cases(made.call, by=made.city)

    assert (len(result.cases), result.without_pledge) == (1, 2)


def test_catalogue_finds_by_words_and_filters(cases):
    case = cases[0]

    assert list(catalogue(case.title[:2], stage=case.stage, theme=case.theme, licence="cc_by", subject="科学"))
    assert list(catalogue("火箭发动机")) == list(catalogue(subject="音乐")) == list(catalogue(adopted=True)) == []
    assert {choice.value: choice.count for choice in facets()["subject"]} == {"科学": 3, "数学": 3}


def test_what_works_and_cases_are_found_by_is_written_again(cases, capsys):
    (case, *_others) = cases
    subject = case.tags.get(kind="subject", value="科学").value
    Case.objects.update(search_title="", search_text="", search_pairs="")
    assert list(catalogue(case.title)) == []

    call_command("rebuild_search", json=True)

    assert json.loads(capsys.readouterr().out) == {"ok": True, "works": 0, "cases": len(cases)}
    assert case in catalogue(case.title)
    assert case in catalogue(subject)


def test_teacher_adopts_tells_and_rates_once_and_only_after_adopting(cases, teacher):
    case = cases[0]
    with pytest.raises(Refused, match="采用过"):
        actions.rate_case(case, 5, by=teacher)
    adoption = adopted(case, teacher)
    assert adopted(case, teacher) == adoption
    adopted(case, teacher, "五（3）班")

    actions.tell_story(adoption, "用了四课时，学生做出了自动浇花器。", by=teacher)
    actions.rate_case(case, 5, by=teacher)
    actions.rate_case(case, 3, by=teacher)

    shown = public_case(case.slug)
    assert (shown.adopted, shown.schools, shown.rated, shown.mean) == (2, 1, 1, 3.0)
    assert [one.story for one in stories(case)] == ["用了四课时，学生做出了自动浇花器。"]
    assert list(catalogue(adopted=True)) == [case]


def test_author_sees_who_adopted_and_cannot_adopt_or_rate_the_own(cases, teacher):
    case = cases[0]
    author = actor_for(case.application.person)
    adoption = adopted(case, teacher)
    other = actor_for(a_teacher(case.application.org))

    assert list(adoptions_seen(case, author)) == [adoption]
    assert list(adoptions_seen(case, other)) == []
    assert list(adoptions_seen(case, teacher)) == [adoption]
    with pytest.raises(Refused, match="自己的案例"):
        adopted(case, author)
    assert author.user.messages.filter(kind="case.adopted").count() == 1


def test_only_teachers_adopt_and_only_for_their_own_school(made, cases, teacher):
    with pytest.raises(PermissionDenied):
        actions.adopt_case(cases[0], made.ground.schools[0], class_name="1班", begins_on=clock.today(), by=made.city)
    with pytest.raises(Refused, match="自己任教的学校"):
        actions.adopt_case(cases[0], a_school(made.ground.org), class_name="1班", begins_on=clock.today(), by=teacher)


def test_new_version_keeps_the_old_one_readable(cases):
    case = cases[0]
    author = actor_for(case.application.person)
    file = case.versions.get().files.get()
    with pytest.raises(Refused, match="改了什么"):
        actions.new_version(case, {"goals": "新的目标"}, news=" ", keep=[], by=author)

    actions.new_version(case, {"goals": "新的目标"}, news="目标写得更清楚", keep=[file.pk], by=author)

    newest, first = public_case(case.slug).versions.all()
    goals = [next(p["value"] for p in version.content if p["code"] == "goals") for version in (newest, first)]
    assert (newest.number, goals[0], goals[1] != "新的目标") == (2, "新的目标", True)
    assert [one.stored for one in newest.files.all()] == [file.stored]


def test_licence_is_widened_and_never_narrowed(cases):
    case = cases[0]
    author = actor_for(case.application.person)
    Case.objects.filter(pk=case.pk).update(licence="city_only")

    actions.widen_licence(case, "cc_by_nc", by=author)

    assert public_case(case.slug).licence == "cc_by_nc"
    with pytest.raises(Refused, match="更宽"):
        actions.widen_licence(case, "city_only", by=author)


def test_materials_for_the_city_alone_are_given_to_staff_alone(cases):
    case = cases[0]
    stored = case.versions.get().files.get().stored
    assert readable_file(stored.public_id, is_staff=False) == (stored, True)

    Case.objects.filter(pk=case.pk).update(licence="city_only")

    assert readable_file(stored.public_id, is_staff=False) is None
    assert readable_file(stored.public_id, is_staff=True) == (stored, False)


def test_author_takes_the_case_down_at_once_and_alone_shows_it_again(made, cases):
    case = cases[0]
    author = actor_for(case.application.person)
    stored = case.versions.get().files.get().stored

    actions.hide_case(case, reason="", by=author)

    assert (public_case(case.slug), readable_file(stored.public_id, is_staff=True)) == (None, None)
    with pytest.raises(Refused, match="由谁重新公开"):
        actions.unhide_case(case, by=made.city)
    actions.unhide_case(case, by=author)
    assert public_case(case.slug) is not None


def test_revoked_award_takes_its_case_down(made, cases):
    revoke_award(cases[0].award, reason="抄袭", by=made.city)

    assert public_case(cases[0].slug) is None
    assert Case.objects.get(pk=cases[0].pk).hidden_reason == "奖项已撤销：抄袭"

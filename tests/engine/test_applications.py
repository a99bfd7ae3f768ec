"""Filling in, signing, attaching, submitting."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied

from kechuang.base import clock
from kechuang.base.errors import Refused
from kechuang.base.models import StoredFile
from kechuang.engine.applications import actions, queries
from kechuang.engine.applications.actions import EditConflict
from kechuang.engine.applications.batch import MoveRefused
from kechuang.engine.models import Application, TeamMember
from kechuang.orgs.actor import Actor
from tests.factories.engine import a_call, a_ground, an_application
from tests.factories.orgs import a_guardian, a_pupil, a_teacher, actor_for, has_agreed

pytestmark = pytest.mark.django_db
ANSWERS = {
    "title": "会提醒喝水的水杯架", "abstract": "称重提醒。", "discipline": "TD", "kind": "科技发明", "keywords": "水、称重", "origin": "观察",
    "method": "实验", "novelty": "便宜", "result": "有效", "period_from": "2026-01-01", "period_to": "2026-03-01", "lab": "no",
    "adult_help": "无", "living": "no", "earlier": "no",
}  # fmt: skip


@pytest.fixture
def call():
    return a_call()


@pytest.fixture
def school(call):
    return call.org.children.get(name__contains="") if call.org.children.count() == 1 else _first_school(call)


def _first_school(call):
    from kechuang.orgs.models import Org

    return Org.objects.schools().filter(path__startswith=call.org.path).first()


@pytest.fixture
def teacher(school):
    return actor_for(a_teacher(school))


@pytest.fixture
def draft(call, school, teacher):
    return actions.begin_application(call, school, by=teacher)


def a_file(kind="pdf"):
    return StoredFile.objects.create(
        name="报告.pdf", kind=kind, content_type="application/pdf", size=10, sha256="0" * 64
    )


def complete(draft, teacher, school, grade=5):
    pupil = a_pupil(school, grade=grade)
    if grade < 8:
        a_guardian(pupil)
    has_agreed(pupil, "entering")
    actions.add_member(draft, pupil, by=teacher)
    fresh = Application.objects.get(pk=draft.pk)
    fresh, errors = actions.save_answers(fresh, ANSWERS, version=fresh.version, by=teacher)
    assert errors == {}
    for question in ("report", "log"):
        actions.attach_file(fresh, question, a_file(), by=teacher)
    for pledge in draft.call.plan.pledges:
        actions.sign_pledge(fresh, pledge.code, by=teacher, detail="无")
    return Application.objects.get(pk=draft.pk), pupil


def test_a_double_click_begins_one_draft(call, school, teacher):
    first, second = (actions.begin_application(call, school, by=teacher, client_token="t-1") for _n in range(2))

    assert first == second
    assert first.advisers.get().person == teacher.person


def test_nobody_begins_for_another_school(call, teacher, school):
    from kechuang.orgs.models import Org

    other = Org.objects.schools().exclude(pk=school.pk).first()

    with pytest.raises(PermissionDenied):
        actions.begin_application(call, other, by=teacher)


def test_nobody_begins_after_the_deadline(call, school, teacher):
    with pytest.raises(Refused, match="截止"), clock.travel(clock.now() + timedelta(days=365)):
        _close_apply(call)
        actions.begin_application(call, school, by=teacher)


def _close_apply(call):
    from kechuang.engine.programme.codec import digest, to_json

    declaration = to_json(call.plan)
    declaration["steps"][0]["closes_at"] = call.closes_at.isoformat()
    call.declaration, call.declaration_digest = declaration, digest(declaration)
    call.save()
    call.__dict__.pop("plan", None)


def test_good_answers_are_kept_and_bad_ones_told(draft, teacher):
    fresh, errors = actions.save_answers(
        draft, {"title": " 桥 ", "lab": "perhaps", "discipline": "XX"}, version=draft.version, by=teacher
    )

    assert fresh.title == "桥"
    assert errors == {"lab": "“是否使用校外实验室或设备”请选择“是”或“否”。", "discipline": "本次申报没有这个学科。"}
    assert "lab" not in Application.objects.get().answers


def test_a_second_tab_overwrites_nothing(draft, teacher):
    actions.save_answers(draft, {"title": "甲"}, version=draft.version, by=teacher)

    with pytest.raises(EditConflict, match="没有覆盖"):
        actions.save_answers(draft, {"title": "乙"}, version=draft.version, by=teacher)

    assert Application.objects.get().title == "甲"


def test_a_stranger_of_the_same_school_may_not_edit(draft, school):
    stranger = actor_for(a_teacher(school))

    with pytest.raises(PermissionDenied):
        actions.save_answers(draft, {"title": "x"}, version=draft.version, by=stranger)


def test_gaps_name_all_that_is_missing_and_vanish_one_by_one(draft, teacher, school):
    before = {gap.section for gap in queries.gaps(draft)}

    fresh, _pupil = complete(draft, teacher, school)

    assert before == {"form", "team", "pledges"}
    assert queries.gaps(fresh) == []


def test_submission_gives_a_receipt_and_a_retry_gives_the_same(draft, teacher, school):
    fresh, _pupil = complete(draft, teacher, school)

    first = actions.submit_application(fresh, by=teacher)
    second = actions.submit_application(fresh, by=teacher)

    assert first.receipt_no == second.receipt_no
    assert Application.objects.get().movements.count() == 1
    assert TeamMember.objects.get().is_live


def test_submission_without_a_guardians_consent_is_refused_by_name(draft, teacher, school):
    pupil = a_pupil(school, grade=5, name="李小果")
    actions.add_member(draft, pupil, by=teacher)
    fresh = Application.objects.get()
    fresh, _errors = actions.save_answers(fresh, ANSWERS, version=fresh.version, by=teacher)
    for question in ("report", "log"):
        actions.attach_file(fresh, question, a_file(), by=teacher)

    with pytest.raises(MoveRefused, match="还缺 李小果 的参赛同意"):
        actions.submit_application(fresh, by=teacher)

    assert Application.objects.get().state == "draft"


def test_a_pledge_whose_text_changed_must_be_signed_anew(draft, teacher, school):
    fresh, _pupil = complete(draft, teacher, school)
    fresh.pledges.filter(code="ethics").update(text_digest="0" * 64)

    with pytest.raises(MoveRefused, match="还没有签署：伦理与安全承诺"):
        actions.submit_application(fresh, by=teacher)


def test_a_pupil_enters_once_an_edition(call, school, draft, teacher):
    fresh, pupil = complete(draft, teacher, school)
    actions.submit_application(fresh, by=teacher)
    second = actions.begin_application(call, school, by=teacher)
    actions.add_member(second, pupil, by=teacher)

    sentences = [gap.text for gap in queries.gaps(second)]

    assert "作品名称" in sentences
    with pytest.raises(MoveRefused):
        actions.submit_application(second, by=teacher)
    assert TeamMember.objects.filter(is_live=True).count() == 1


@pytest.mark.parametrize(("grades", "sentence"), [((5, 8), "须同属一个学段"), ((4, 5, 5, 6), "团队最多 3 名学生")])
def test_a_team_is_of_one_stage_and_at_most_three(draft, teacher, school, grades, sentence):
    with pytest.raises(Refused, match=sentence):
        for grade in grades:
            actions.add_member(draft, a_pupil(school, grade=grade), by=teacher, share="做实验")
        gap = next(gap for gap in queries.gaps(Application.objects.get()) if gap.section == "team")
        raise Refused(gap.text)


def test_file_questions_keep_their_number_of_files(draft, teacher):
    actions.attach_file(draft, "report", a_file(), by=teacher)

    with pytest.raises(Refused, match="最多 1 个文件"):
        actions.attach_file(draft, "report", a_file(), by=teacher)


def test_what_is_submitted_is_no_longer_edited(call, school):
    application = an_application(call, school, state="endorsed")
    pupil = Actor.of(application.members.get().person.user)

    with pytest.raises(Refused, match="不能再修改"):
        actions.save_answers(application, {"title": "x"}, version=application.version, by=pupil)


def test_timeline_keeps_officials_unnamed_before_the_team(call, school):
    from kechuang.engine.applications.perform import perform
    from tests.factories.engine import an_actor

    application = an_application(call, school, state="submitted")
    officer = an_actor("school_officer", school)
    perform(application, "endorse", by=officer)
    application.refresh_from_db()

    inside = [milestone.by for milestone in queries.timeline(application, for_team=False)]
    outside = [milestone.by for milestone in queries.timeline(application, for_team=True)]

    assert f"{school.label}（{officer.label}）" in inside
    assert not any(officer.label in by for by in outside)


def test_visible_to_walls(call, school):
    from tests.factories.engine import an_actor

    ground = a_ground()
    application = an_application(call, school, state="submitted")
    hidden = an_application(call, school, state="draft")
    own, foreign = an_actor("school_officer", school), an_actor("school_officer", ground.schools[0])
    pupil = Actor.of(application.members.get().person.user)

    assert list(Application.objects.visible_to(own)) == [application]
    assert list(Application.objects.visible_to(foreign)) == []
    assert list(Application.objects.visible_to(pupil)) == [application]
    assert hidden not in Application.objects.visible_to(an_actor("city_officer", call.org))
    assert list(Application.objects.visible_to(Actor.anonymous())) == []


def test_own_is_what_one_began_is_in_advises_or_answers_for(call, school):
    pupil, adult, other = a_pupil(school), a_teacher(school), a_pupil(school)
    former = a_guardian(pupil)
    former.wards.update(ended_at=clock.now())
    mother, asked = a_guardian(pupil, can_sign_in=True), a_guardian(pupil, confirmed=False)
    begun = an_application(call, school, state="draft", members=[], created_by=adult.user)
    entered = an_application(call, school, members=[pupil, other], created_by=pupil.user)
    advised = an_application(call, school, members=[], advisers=[adult])
    an_application(call, school)

    def own(person) -> list[Application]:
        return list(Application.objects.own(actor_for(person)).order_by("pk"))

    assert own(pupil) == own(other) == own(mother) == [entered]
    assert own(adult) == [begun, advised]
    assert own(former) == own(asked) == own(a_teacher(school)) == []
    assert list(Application.objects.own(Actor.anonymous())) == []
    assert [entered.belongs_to(actor_for(person)) for person in (pupil, mother, adult, former)] == [
        True,
        True,
        False,
        False,
    ]
    assert list(Application.objects.visible_to(actor_for(adult)).order_by("pk")) == [begun, advised]

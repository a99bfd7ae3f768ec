"""The expert's side: what they see (and must not see), drafts, submission, recusal."""

import dataclasses
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied

from kechuang.base import clock
from kechuang.base.errors import Refused
from kechuang.base.models import AuditEntry, Message
from kechuang.engine.applications.models import Application, SignedPledge
from kechuang.engine.programme.declaration import RoundPlan
from kechuang.engine.reviews import actions, queries
from kechuang.engine.reviews.models import Assignment, Conflict, Score
from kechuang.orgs.actor import Actor
from kechuang.orgs.enums import Role
from tests.factories.engine import (
    a_call,
    a_ground,
    a_plan,
    a_reviewer,
    a_round,
    a_sheet,
    an_actor,
    an_application,
    an_attachment,
    scored,
)
from tests.factories.orgs import a_person, a_school, actor_for

pytestmark = pytest.mark.django_db
SYSTEM = Actor.system()


@pytest.fixture
def city():
    return a_ground()


@pytest.fixture
def call(city):
    return a_call(city)


@pytest.fixture
def row(city, call):
    """One entry with three experts; the first one's assignment."""
    an_application(call, city.schools[0])
    round = a_round(call, [a_reviewer(city) for _ in range(3)], assigned=True)
    return round.assignments.first()


@pytest.fixture
def expert(row):
    return actor_for(row.reviewer.person)


def sheet(row, share=0.8, **words):
    return a_sheet(row.round.call.plan.rubric_for("senior"), share, **words)


# --- blind -------------------------------------------------------------------------------------------------------

SECRETS = (
    "暗号学校",
    "暗号区",
    "暗号学生",
    "暗号教师",
    "暗号受理号",
    "暗号文件",
    "暗号说明",
    "暗号实验室",
    "暗号帮助",
    "SECRETEN",
)


@pytest.fixture
def marked(city, call):
    """An entry in which every field that could tell who it is carries a mark."""
    from kechuang.orgs.models import Org

    Org.objects.filter(pk=city.districts[0].pk).update(name="暗号区")
    school = a_school(city.districts[0], name="暗号学校")
    pupil = a_person(name="暗号学生")
    application = an_application(
        call, school, members=[pupil], advisers=[a_person(name="暗号教师")], title="会唱歌的水杯", title_en="SECRETEN",
        receipt_no="暗号受理号", external_no="暗号受理号", abstract="摘要内容",
        answers={"novelty": "新在哪里", "lab": "yes", "lab_name": "暗号实验室", "adult_help": "暗号帮助", "no_such": "暗号说明"},
    )  # fmt: skip
    attachment = an_attachment(application, "report", "暗号文件.pdf")
    attachment.caption = "暗号说明"
    attachment.save()
    SignedPledge.objects.create(
        application=application,
        code="ai_use",
        text_digest="0",
        detail="没有使用",
        signed_at=clock.now(),
        signed_by=pupil.user,
    )
    return application


def spoken(value):
    """Everything a query result says, to any depth."""
    if dataclasses.is_dataclass(value):
        return spoken([getattr(value, field.name) for field in dataclasses.fields(value)])
    if isinstance(value, dict):
        return spoken(list(value.items()))
    if isinstance(value, list | tuple | set):
        return " ".join(spoken(item) for item in value)
    return str(value)


def official_view(officer, application):
    """What the officer reads of the same entry: every mark stands in it."""
    own = "title", "title_en", "receipt_no", "answers", "abstract"
    joined = "org__name", "org__parent__name", "members__person__name", "advisers__person__name"
    files = "attachments__caption", "attachments__stored__name"
    return list(Application.objects.official(officer).filter(pk=application.pk).values(*own, *joined, *files))


def test_blind_round_leaks_nothing(city, call, marked):
    reviewers = [a_reviewer(city) for _ in range(3)]
    round = a_round(call, reviewers, assigned=True)
    actor = actor_for(reviewers[0].person)
    planted = spoken(official_view(an_actor(Role.CITY_OFFICER, city.org), marked))
    assert all(secret in planted for secret in SECRETS)

    [card] = queries.my_assignments(actor, round)
    view = queries.my_sheet(actor, card.id)
    file = queries.my_file(actor, view.entry.files[0].public_id)
    seen = spoken([queries.my_rounds(actor), card, view, file.name])

    assert [secret for secret in SECRETS if secret in seen] == []
    assert str(marked.public_id) not in seen
    assert all(word in seen for word in ("会唱歌的水杯", "摘要内容", "新在哪里", "没有使用", "研究报告 1", card.alias))


def test_blind_search_and_order_do_not_know_the_school(city, call, marked):
    reviewers = [a_reviewer(city) for _ in range(3)]
    round = a_round(call, reviewers, assigned=True)
    actor = actor_for(reviewers[0].person)

    assert [card.title for card in queries.my_assignments(actor, round, search="唱歌")] == ["会唱歌的水杯"]
    assert all(queries.my_assignments(actor, round, search=secret) == [] for secret in SECRETS)


def test_open_round_shows_school_and_names(city, marked):
    from kechuang.engine.calls.models import Call
    from kechuang.engine.programme import codec

    call = marked.call
    plan = a_plan(rounds=(RoundPlan("preliminary", "初评", blind=False),))
    data = codec.to_json(plan)
    Call.objects.filter(pk=call.pk).update(declaration=data, declaration_digest=codec.digest(data))
    reviewers = [a_reviewer(city) for _ in range(3)]
    round = a_round(Call.objects.get(pk=call.pk), reviewers, assigned=True)
    actor = actor_for(reviewers[0].person)

    entry = queries.my_sheet(actor, queries.my_assignments(actor, round)[0].id).entry

    assert (entry.school, entry.members) == ("暗号学校", ("暗号学生",))
    assert "暗号受理号" not in spoken(entry)


def test_expert_sees_only_their_own_entries(city, call, row, expert):
    other = row.round.assignments.exclude(pk=row.pk).first()

    assert [card.id for card in queries.my_assignments(expert, row.round)] == [row.pk]
    with pytest.raises(Assignment.DoesNotExist):
        queries.my_sheet(expert, other.pk)
    assert queries.my_assignments(actor_for(a_reviewer(city).person), row.round) == []
    assert queries.my_assignments(Actor.anonymous(), row.round) == []


def test_file_opens_only_for_who_judges_it(city, call, row, expert):
    shown = an_attachment(row.entry.application, "report").stored
    stranger = actor_for(a_reviewer(city).person)

    assert queries.my_file(expert, shown.public_id) == shown
    assert queries.my_file(stranger, shown.public_id) is None
    actions.recuse(row, reason="同事的孩子", by=expert)
    assert queries.my_file(expert, shown.public_id) is None


def test_file_of_a_hidden_question_stays_shut(city):
    plan = a_plan()
    section = plan.form[-1]
    hidden = [dataclasses.replace(q, hidden_when_blind=q.code == "log") for q in section.questions]
    plan = dataclasses.replace(plan, form=(*plan.form[:-1], dataclasses.replace(section, questions=tuple(hidden))))
    call = a_call(city, plan=plan)
    application = an_application(call, city.schools[0])
    shown, shut = an_attachment(application, "report").stored, an_attachment(application, "log").stored
    reviewer = a_reviewer(city)
    round = a_round(call, [reviewer], assigned=True)
    actor = actor_for(reviewer.person)

    files = queries.my_sheet(actor, round.assignments.get().pk).entry.files

    assert [file.public_id for file in files] == [shown.public_id]
    assert queries.my_file(actor, shut.public_id) is None


def test_expert_pages_cost_the_same_for_any_number(city, call, django_assert_num_queries):
    for place in range(6):
        an_attachment(an_application(call, city.schools[place % 4]), "report")
    reviewers = [a_reviewer(city) for _ in range(3)]
    round = a_round(call, reviewers, assigned=True)
    actor = actor_for(reviewers[0].person)

    with django_assert_num_queries(1):
        cards = queries.my_assignments(actor, round)
    assert len(cards) == 6
    with django_assert_num_queries(6):
        queries.my_sheet(actor, cards[3].id)


def test_sheet_knows_its_neighbours(city, call):
    for place in range(3):
        an_application(call, city.schools[place])
    reviewers = [a_reviewer(city) for _ in range(3)]
    round = a_round(call, reviewers, assigned=True)
    actor = actor_for(reviewers[0].person)
    first, second, third = [card.id for card in queries.my_assignments(actor, round)]

    views = [queries.my_sheet(actor, pk) for pk in (first, second, third)]

    assert [(view.trail.previous_id, view.trail.next_id) for view in views] == [
        (None, second),
        (first, third),
        (second, None),
    ]
    assert [view.trail.waiting_id for view in views] == [second, third, first]


# --- drafts and submission ---------------------------------------------------------------------------------------


def test_draft_is_kept_and_shown_again(row, expert):
    draft = actions.ScoreSheet({"innovation": "30"}, {}, "先写到这里")

    score = actions.save_score(row, draft, version=0, by=expert)
    score = actions.save_score(
        row, actions.ScoreSheet({"innovation": 31}, {}, "改了一下"), version=score.version, by=expert
    )

    view = queries.my_sheet(expert, row.pk)
    assert (view.state, view.marks, view.comment, view.version) == ("draft", {"innovation": 31}, "改了一下", 2)
    assert AuditEntry.objects.filter(action="save_score").count() == 1


def test_older_version_does_not_overwrite_a_newer_one(row, expert):
    actions.save_score(row, actions.ScoreSheet({"innovation": 30}), version=0, by=expert)

    for stale in (0, 5):
        with pytest.raises(Refused, match="没有保存"):
            actions.save_score(row, actions.ScoreSheet({"innovation": 1}), version=stale, by=expert)
    with pytest.raises(Refused, match="没有保存"):
        actions.submit_score(row, sheet(row), version=0, by=expert)
    assert Score.objects.get().marks == {"innovation": 30}


def test_submission_counts_and_is_audited(row, expert):
    score = actions.submit_score(row, sheet(row), version=0, by=expert)

    row.refresh_from_db()
    assert (row.state, row.submitted_at is not None) == ("submitted", True)
    assert str(score.total) == "80.00"
    assert AuditEntry.objects.get(action="submit_score").detail["entry"] == row.entry.alias


def test_submission_twice_is_one(row, expert):
    first = actions.submit_score(row, sheet(row), version=0, by=expert)

    again = actions.submit_score(row, sheet(row), version=0, by=expert)

    assert (again.pk, again.version, again.saved_at) == (first.pk, 1, first.saved_at)
    assert AuditEntry.objects.filter(action="submit_score").count() == 1
    with pytest.raises(Refused, match="已经提交"):
        actions.submit_score(row, sheet(row, 0.5), version=1, by=expert)
    with pytest.raises(Refused, match="已经提交"):
        actions.save_score(row, sheet(row, 0.5), version=1, by=expert)


def test_incomplete_submission_is_refused_and_nothing_is_half_saved(row, expert):
    with pytest.raises(Refused) as refused:
        actions.submit_score(
            row, actions.ScoreSheet({"innovation": 30}, {"own_topic": True}, "短"), version=0, by=expert
        )

    assert "“科学性”还没有评分" in refused.value.sentence
    assert "至少写 10 个字" in refused.value.sentence
    row.refresh_from_db()
    assert (row.state, Score.objects.count()) == ("assigned", 0)


def test_nobody_scores_for_another(city, row, expert):
    stranger, officer = actor_for(a_reviewer(city).person), an_actor(Role.CITY_OFFICER, city.org)

    for actor in (stranger, officer, Actor.anonymous(), SYSTEM):
        with pytest.raises(PermissionDenied):
            actions.submit_score(row, sheet(row), version=0, by=actor)
    assert Score.objects.count() == 0


def test_scoring_outside_the_round_s_time_is_refused(row, expert):
    actions.set_round_times(row.round, closes_at=clock.now() + timedelta(days=1), by=SYSTEM)

    with pytest.raises(Refused, match="截止"):
        actions.save_score(row, sheet(row), version=0, by=expert, now=clock.now() + timedelta(days=2))
    assert queries.my_sheet(expert, row.pk).shut == ""
    actions.close_round(row.round, by=SYSTEM, force=True, reason="提前结束")
    with pytest.raises(Refused, match="已经结束"):
        actions.submit_score(row, sheet(row), version=0, by=expert)
    assert "已经结束" in queries.my_sheet(expert, row.pk).shut


def test_officer_reopens_a_score_with_a_reason(row, expert):
    actions.submit_score(row, sheet(row), version=0, by=expert)

    with pytest.raises(Refused, match="理由"):
        actions.reopen_score(row, reason="", by=SYSTEM)
    with pytest.raises(PermissionDenied):
        actions.reopen_score(row, reason="想改", by=expert)
    actions.reopen_score(row, reason="漏看了附件", by=SYSTEM)

    assert queries.my_sheet(expert, row.pk).marks == sheet(row).marks
    assert "漏看了附件" in Message.objects.get(user=row.reviewer.person.user, kind="review.reopened").body
    score = actions.submit_score(row, sheet(row, 0.6), version=1, by=expert)
    assert score.version == 2


def test_recusal_ends_the_pair_for_good(row, expert):
    actions.recuse(row, reason="作者是我朋友的孩子", by=expert)

    row.refresh_from_db()
    assert (row.state, row.recusal_reason) == ("recused", "作者是我朋友的孩子")
    assert Conflict.objects.get().pinned
    assert queries.my_assignments(expert, row.round) == []
    assert actions.recuse(row, reason="再点一次", by=expert).state == "recused"
    with pytest.raises(Refused, match="不再评审"):
        actions.save_score(row, sheet(row), version=0, by=expert)


def test_recusal_needs_a_reason(row, expert):
    with pytest.raises(Refused, match="理由"):
        actions.recuse(row, reason=" ", by=expert)
    assert Conflict.objects.count() == 0


# --- many at once ------------------------------------------------------------------------------------------------


def test_many_sheets_are_all_taken_or_none(city, call):
    for place in range(2):
        an_application(call, city.schools[place])
    round = a_round(call, [a_reviewer(city) for _ in range(3)], assigned=True)
    rubric = call.plan.rubric_for("senior")
    sheets = {pk: a_sheet(rubric) for pk in round.assignments.values_list("pk", flat=True)}
    spoilt = sheets | {max(sheets): a_sheet(rubric, comment="短")}

    with pytest.raises(Refused, match=r"E-.*至少写 10 个字"):
        actions.submit_scores(round, spoilt, by=SYSTEM)
    assert Score.objects.count() == 0

    assert actions.submit_scores(round, sheets, by=SYSTEM) == 6
    assert actions.submit_scores(round, sheets, by=SYSTEM) == 0
    assert AuditEntry.objects.filter(action="submit_score").count() == 6


def test_sheets_of_another_round_are_refused(city, call, row):
    foreign = row.pk + 999

    with pytest.raises(Refused, match="不属于本轮"):
        actions.submit_scores(row.round, {foreign: sheet(row)}, by=SYSTEM)


def test_bulk_keeps_a_draft_s_row(row, expert):
    draft = actions.save_score(row, actions.ScoreSheet({"innovation": 3}), version=0, by=expert)

    scored(row.round)

    draft.refresh_from_db()
    assert (draft.version, str(draft.total)) == (2, "80.00")


def test_bulk_costs_the_same_for_any_number(city, call, django_assert_max_num_queries):
    for place in range(12):
        an_application(call, city.schools[place % 4])
    round = a_round(call, [a_reviewer(city) for _ in range(3)], assigned=True)

    with django_assert_max_num_queries(12):
        scored(round)

"""Rounds from opening to closing: entries, experts, conflicts, assignments, progress."""

from collections import Counter
from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied

from kechuang.base import clock
from kechuang.base.errors import Refused
from kechuang.base.models import AuditEntry, Message
from kechuang.engine.programme.declaration import RoundPlan
from kechuang.engine.reviews import actions, queries
from kechuang.engine.reviews.models import Assignment, Conflict
from kechuang.orgs.actor import Actor
from kechuang.orgs.enums import Role
from kechuang.orgs.models import Guardianship, Membership, Org, Relationship
from tests.factories.engine import (
    a_call,
    a_ground,
    a_plan,
    a_reviewer,
    a_round,
    a_sheet,
    an_actor,
    an_application,
    closed,
    scored,
)
from tests.factories.orgs import a_campus, a_group, a_person, a_school, actor_for

pytestmark = pytest.mark.django_db
SYSTEM = Actor.system()


@pytest.fixture
def city():
    return a_ground()


@pytest.fixture
def call(city):
    return a_call(city)


def entries(call, city, number, **facts):
    return [an_application(call, city.schools[n % 4], **facts) for n in range(number)]


# --- opening -----------------------------------------------------------------------------------------------------


def test_open_round_takes_in_screened_entries_and_moves_them(city, call):
    screened = entries(call, city, 3)
    an_application(call, city.schools[0], state="rejected")

    round = a_round(call)

    assert set(round.entries.values_list("application_id", flat=True)) == {app.pk for app in screened}
    assert {app.state for app in call.applications.all()} == {"in_review", "rejected"}
    assert AuditEntry.objects.filter(action="open_round").count() == 1


def test_open_round_again_takes_in_the_late_ones_and_keeps_the_aliases(city, call):
    entries(call, city, 3)
    before = dict(a_round(call).entries.values_list("application_id", "alias"))
    late = an_application(call, city.schools[0])

    after = dict(a_round(call).entries.values_list("application_id", "alias"))

    assert after.keys() == before.keys() | {late.pk}
    assert {pk: after[pk] for pk in before} == before


def test_open_round_without_entries_is_refused(call):
    with pytest.raises(Refused, match="没有资格审查通过的作品"):
        a_round(call)


def test_open_round_of_a_later_round_needs_a_shortlist(city, call):
    entries(call, city, 2)
    a_round(call)

    with pytest.raises(Refused, match="没有入围的作品"):
        actions.open_round(call, "defence", by=SYSTEM)


def test_open_round_of_a_draft_call_is_refused(city):
    with pytest.raises(Refused, match="没有发布"):
        actions.open_round(a_call(city, state="draft"), "preliminary", by=SYSTEM)


def test_only_who_runs_the_call_opens_a_round(city, call):
    entries(call, city, 1)
    district = an_actor(Role.DISTRICT_OFFICER, city.districts[0])

    with pytest.raises(PermissionDenied):
        actions.open_round(call, "preliminary", by=district)
    assert actions.open_round(call, "preliminary", by=an_actor(Role.CITY_OFFICER, city.org)).pk


# --- the pool ----------------------------------------------------------------------------------------------------


def test_reviewer_is_in_the_pool_once(city):
    reviewer = a_reviewer(city)

    with pytest.raises(Refused, match="已在专家库"):
        actions.add_reviewer(reviewer.person, by=SYSTEM, fields=("PH",))


def test_retired_reviewer_comes_back_with_new_particulars(city):
    reviewer = a_reviewer(city)
    actions.retire_reviewer(reviewer, reason="出国", by=SYSTEM)

    back = actions.add_reviewer(reviewer.person, by=SYSTEM, fields=("CH",))

    back.refresh_from_db()
    assert (back.pk, back.is_active, back.fields) == (reviewer.pk, True, ["CH"])


def test_reviewer_without_a_field_is_refused(city):
    with pytest.raises(Refused, match="专业领域"):
        actions.add_reviewer(a_person(), by=SYSTEM, fields=())


def test_update_reviewer_changes_only_what_was_given(city):
    reviewer = a_reviewer(city, fields=("PH", "MA"))

    actions.update_reviewer(reviewer, by=SYSTEM, max_load=5, affiliations=[actions.Post(city.university)])

    reviewer.refresh_from_db()
    assert (reviewer.max_load, reviewer.fields) == (5, ["PH", "MA"])
    assert [post.org for post in reviewer.affiliations.all()] == [city.university]


def test_reviewer_with_open_work_cannot_retire(city, call):
    entries(call, city, 1)
    reviewers = [a_reviewer(city) for _ in range(3)]
    a_round(call, reviewers, assigned=True)

    with pytest.raises(Refused, match="还有 1 件作品未评"):
        actions.retire_reviewer(reviewers[0], reason="出国", by=SYSTEM)


def test_invitation_is_told_once(city, call):
    entries(call, city, 1)
    reviewer = a_reviewer(city)
    round = a_round(call, [reviewer])

    actions.invite_reviewers(round, [reviewer], by=SYSTEM)

    assert round.round_reviewers.count() == 1
    assert Message.objects.filter(user=reviewer.person.user, kind="review.invited").count() == 1


def test_not_yet_invited_are_sorted_by_fit(city, call):
    entries(call, city, 1, discipline="PH")
    near, exact, _other = (
        a_reviewer(city, fields=("MA",)),
        a_reviewer(city, fields=("PH",)),
        a_reviewer(city, fields=("BO",)),
    )

    assert queries.not_yet_invited(a_round(call)) == [exact, near]


# --- conflicts ---------------------------------------------------------------------------------------------------


def conflict_kinds(reviewer, application):
    return set(Conflict.objects.filter(reviewer=reviewer, application=application).values_list("kind", flat=True))


def member_of(reviewer, org, *, role=Role.TEACHER, until=None):
    Membership.objects.create(person=reviewer.person, org=org, role=role, since=date(2020, 9, 1), until=until)


def test_conflicts_are_found_from_the_records(city, call):
    group = a_group(city.districts[0])
    home, sister = city.schools[0], a_school(city.districts[1], group=group)
    Org.objects.filter(pk=home.pk).update(group=group)
    pupil, adviser = a_person(), a_person()
    application = an_application(call, home, members=[pupil], advisers=[adviser])
    at_school, at_sister, left, long_gone, relative, parent, tutor, sponsor, free = [a_reviewer(city) for _ in range(9)]
    member_of(at_school, home)
    member_of(at_sister, sister)
    member_of(left, home, until=clock.today() - timedelta(days=400))
    member_of(long_gone, home, until=clock.today() - timedelta(days=1200))
    Relationship.objects.create(person=adviser, other=relative.person, kind="relative")
    Guardianship.objects.create(guardian=parent.person, pupil=pupil, relation="mother")
    Relationship.objects.create(person=tutor.person, other=pupil, kind="supervisor")
    actions.update_reviewer(sponsor, by=SYSTEM, affiliations=[actions.Post(home, kind="sponsor")])
    round = a_round(call, [at_school, at_sister, left, long_gone, relative, parent, tutor, sponsor, free])

    found = actions.find_conflicts(round, by=SYSTEM)

    assert conflict_kinds(at_school, application) == {"same_school", "same_group"}
    assert conflict_kinds(at_sister, application) == {"same_group"}
    assert conflict_kinds(left, application) == {"past_school"}
    assert conflict_kinds(long_gone, application) == set()
    assert conflict_kinds(relative, application) == {"relative"}
    assert conflict_kinds(parent, application) == {"relative"}
    assert conflict_kinds(tutor, application) == {"declared"}
    assert conflict_kinds(sponsor, application) == {"sponsor"}
    assert conflict_kinds(free, application) == set()
    assert found == Conflict.objects.count() == 8


def test_campus_counts_as_its_school(city, call):
    campus = a_campus(city.schools[0])
    application = an_application(call, campus)
    reviewer = a_reviewer(city)
    member_of(reviewer, city.schools[0])

    actions.find_conflicts(a_round(call, [reviewer]), by=SYSTEM)

    assert conflict_kinds(reviewer, application) == {"same_school"}


def test_same_district_only_where_the_round_says_so(city):
    plan = a_plan(rounds=(RoundPlan("preliminary", "初评", avoid_same_district=True),))
    call = a_call(city, plan=plan)
    application = an_application(call, city.schools[0])
    reviewer = a_reviewer(city)
    member_of(reviewer, city.schools[1])

    actions.find_conflicts(a_round(call, [reviewer]), by=SYSTEM)

    assert conflict_kinds(reviewer, application) == {"same_district"}


def test_search_drops_old_findings_but_keeps_pinned_ones(city, call):
    application = an_application(call, city.schools[0])
    reviewer, other = a_reviewer(city), a_reviewer(city)
    member_of(reviewer, city.schools[0])
    round = a_round(call, [reviewer, other])
    actions.find_conflicts(round, by=SYSTEM)
    actions.add_conflict(round, other, round.entries.get(), reason="师生关系", by=SYSTEM)

    Membership.objects.filter(person=reviewer.person, role=Role.TEACHER).delete()
    actions.find_conflicts(round, by=SYSTEM)

    assert conflict_kinds(reviewer, application) == set()
    assert conflict_kinds(other, application) == {"declared"}


def test_conflict_found_late_ends_the_pair_and_its_score_does_not_count(city, call):
    an_application(call, city.schools[0])
    reviewers = [a_reviewer(city) for _ in range(3)]
    round = scored(a_round(call, reviewers, assigned=True))
    member_of(reviewers[0], city.schools[0])

    actions.find_conflicts(round, by=SYSTEM)

    assert round.assignments.get(reviewer=reviewers[0]).state == "void"
    assert queries.broken_conflicts(round) == []
    assert queries.missing_reviews(round) == {round.entries.get().alias: 1}


def test_find_conflicts_costs_the_same_for_any_number(city, call, django_assert_max_num_queries):
    entries(call, city, 12)
    reviewers = [a_reviewer(city) for _ in range(6)]
    for reviewer in reviewers:
        member_of(reviewer, city.schools[0])
    round = a_round(call, reviewers)

    with django_assert_max_num_queries(31):
        actions.find_conflicts(round, by=SYSTEM)


def test_expert_names_employers_before_assignment(city, call):
    application = an_application(call, city.schools[0])
    reviewer = a_reviewer(city)
    round = a_round(call, [reviewer])

    row = actions.declare_affiliations(round, [actions.Post(city.schools[0])], by=actor_for(reviewer.person))
    actions.find_conflicts(round, by=SYSTEM)

    assert row.declared_at is not None
    assert conflict_kinds(reviewer, application) == {"same_school"}


def test_nobody_declares_for_another(city, call):
    an_application(call, city.schools[0])
    reviewer, other = a_reviewer(city), a_reviewer(city)
    round = a_round(call, [reviewer, other])

    with pytest.raises(PermissionDenied):
        actions.declare_conflict(reviewer, round.entries.get(), reason="亲属", by=actor_for(other.person))


# --- assignment --------------------------------------------------------------------------------------------------


def test_every_entry_gets_its_experts_and_no_conflict_is_assigned(city, call):
    entries(call, city, 8)
    reviewers = [a_reviewer(city) for _ in range(8)]
    for place, reviewer in enumerate(reviewers[:4]):
        member_of(reviewer, city.schools[place])
    round = a_round(call, reviewers)
    actions.find_conflicts(round, by=SYSTEM)
    assert Conflict.objects.count() == 8

    done = actions.assign_reviewers(round, by=SYSTEM)

    assert (done.new, done.shortfall, done.sentence) == (24, {}, "")
    assert done.total == pytest.approx(done.bound)
    assert queries.broken_conflicts(round) == []
    assert {progress.assigned for progress in queries.division_progress(round)} == {24}


def test_load_of_expert_and_round_is_kept(city):
    call = a_call(city, plan=a_plan(rounds=(RoundPlan("preliminary", "初评", reviews_per_entry=2, load_max=3),)))
    entries(call, city, 4)
    strong, weak = [a_reviewer(city) for _ in range(2)], a_reviewer(city, max_load=2)
    round = a_round(call, [*strong, weak], assigned=True)

    loads = [line.assigned for line in queries.reviewer_progress(round)]

    assert max(loads) <= 3
    assert round.assignments.filter(reviewer=weak).count() == 2


def test_shortfall_is_told_in_numbers_and_by_name(city, call):
    entries(call, city, 2)
    round = a_round(call, [a_reviewer(city)])

    done = actions.assign_reviewers(round, by=SYSTEM)

    assert done.new == 2
    assert done.shortfall == dict.fromkeys(round.entries.values_list("alias", flat=True), 2)
    assert "1 位专家不够用：2 件作品共缺 4 份评审" in done.sentence


def test_assignment_is_replayed_from_its_record(city, call):
    entries(call, city, 6)
    round = a_round(call, [a_reviewer(city) for _ in range(5)], assigned=True)
    round.refresh_from_db()

    round.refresh_from_db()
    assert actions.replay_assignment(round)

    round.assignment_record["inputs"]["seed"] = 99
    assert not actions.replay_assignment(round)


def test_reassignment_keeps_what_stands_and_never_returns_to_who_recused(city, call):
    entries(call, city, 4)
    reviewers = [a_reviewer(city) for _ in range(4)]
    round = a_round(call, reviewers, assigned=True)
    before = set(round.assignments.values_list("reviewer_id", "entry_id"))
    gone = round.assignments.first()
    actions.recuse(gone, reason="作者是我的学生", by=actor_for(gone.reviewer.person))

    done = actions.assign_reviewers(round, by=SYSTEM)

    after = set(round.assignments.standing().values_list("reviewer_id", "entry_id"))
    assert done.new == 1
    assert before - after == {(gone.reviewer_id, gone.entry_id)}


def test_assignment_without_experts_is_refused(city, call):
    entries(call, city, 1)

    with pytest.raises(Refused, match="还没有邀请专家"):
        actions.assign_reviewers(a_round(call), by=SYSTEM)


def test_disqualified_entry_asks_for_no_experts(city, call):
    apps = entries(call, city, 2)
    round = a_round(call, [a_reviewer(city) for _ in range(3)])
    type(apps[0]).objects.filter(pk=apps[0].pk).update(state="disqualified")

    assert actions.assign_reviewers(round, by=SYSTEM).new == 3
    assert not Assignment.objects.filter(entry__application=apps[0]).exists()


# --- progress, reminders, extra experts, closing -----------------------------------------------------------------


def test_progress_counts(city, call):
    entries(call, city, 2)
    reviewers = [a_reviewer(city) for _ in range(3)]
    round = a_round(call, reviewers, assigned=True)
    row = round.assignments.filter(reviewer=reviewers[0]).first()
    plan = call.plan
    actions.submit_scores(round, {row.pk: a_sheet(plan.rubric_for("senior"))}, by=SYSTEM)

    board = queries.round_progress(round)

    assert (board.entries, board.wanted, board.assigned, board.submitted, board.complete, board.short) == (
        2,
        6,
        6,
        1,
        0,
        0,
    )
    assert [line.pending for line in queries.reviewer_progress(round)] == [2, 2, 1]
    assert sum(queries.missing_reviews(round).values()) == 5


def test_progress_costs_the_same_for_any_number(city, call, django_assert_num_queries):
    entries(call, city, 6)
    round = a_round(call, [a_reviewer(city) for _ in range(4)], assigned=True)

    with django_assert_num_queries(4):
        queries.round_progress(round)
        queries.division_progress(round)
        queries.missing_reviews(round)
    with django_assert_num_queries(2):
        queries.reviewer_progress(round)


def test_reminder_tells_each_slow_expert_once(city, call):
    entries(call, city, 2)
    reviewers = [a_reviewer(city) for _ in range(3)]
    round = a_round(call, reviewers, assigned=True)

    assert actions.remind_reviewers(round, by=SYSTEM) == 3
    assert actions.remind_reviewers(round, by=SYSTEM) == 0
    assert "还有 2 件作品" in Message.objects.get(user=reviewers[0].person.user, kind="review.reminder").body


def test_spread_calls_for_an_extra_expert(city, call):
    entries(call, city, 2)
    reviewers = [a_reviewer(city) for _ in range(3)]
    round = a_round(call, reviewers, assigned=True)
    torn = round.entries.first()
    harsh = {reviewers[0].pk: 0.3}
    scored(round, lambda row: harsh.get(row.reviewer_id, 0.8) if row.entry_id == torn.pk else 0.8)
    with pytest.raises(Refused, match="没有可以增派"):
        actions.add_extra_reviewer(torn, by=SYSTEM)
    banned, fresh = a_reviewer(city), a_reviewer(city)
    actions.invite_reviewers(round, [banned, fresh], by=SYSTEM)
    actions.add_conflict(round, banned, torn, reason="同事", by=SYSTEM)

    [alarm] = queries.spread_alarms(round)
    extra = actions.add_extra_reviewer(torn, by=SYSTEM)

    assert (alarm.alias, alarm.asked) == (torn.alias, False)
    assert alarm.spread > call.plan.rounds[0].spread_threshold
    assert (extra.reviewer, extra.is_extra, extra.entry) == (fresh, True, torn)
    assert queries.spread_alarms(round)[0].asked
    assert round.assignments.count() == 7


def test_round_with_gaps_closes_only_by_force_with_a_reason(city, call):
    entries(call, city, 1)
    round = a_round(call, [a_reviewer(city) for _ in range(3)], assigned=True)
    alias = round.entries.get().alias

    for words in ({}, {"force": True}, {"reason": "来不及"}):
        with pytest.raises(Refused, match=f"{alias} 缺 3 份"):
            actions.close_round(round, by=SYSTEM, **words)

    shut = actions.close_round(round, by=SYSTEM, force=True, reason="专家生病")
    assert (shut.state, shut.closing_note) == ("closed", "专家生病")
    assert AuditEntry.objects.get(action="close_round").reason == "专家生病"


def test_complete_round_closes_and_reopens(city, call):
    entries(call, city, 2)
    round = closed(scored(a_round(call, [a_reviewer(city) for _ in range(3)], assigned=True)))

    assert round.state == "closed"
    with pytest.raises(Refused, match="理由"):
        actions.reopen_round(round, reason=" ", by=SYSTEM)
    assert actions.reopen_round(round, reason="补评一件", by=SYSTEM).state == "open"


def test_round_times_move_forward_only(city, call):
    entries(call, city, 1)
    round = a_round(call)

    with pytest.raises(Refused, match="晚于"):
        actions.set_round_times(round, closes_at=clock.now() - timedelta(hours=1), by=SYSTEM)
    later = clock.now() + timedelta(days=3)
    assert actions.set_round_times(round, closes_at=later, by=SYSTEM).closes_at == later


def test_equal_experts_share_the_work_evenly():
    ground = a_ground()
    call = a_call(ground)
    for n in range(8):
        an_application(call, ground.schools[n % 4], state="screened")
    experts = [a_reviewer(ground) for _n in range(6)]

    round = a_round(call, experts, assigned=True)

    loads = Counter(round.assignments.values_list("reviewer", flat=True))
    assert sum(loads.values()) == 24
    assert max(loads.values()) == 4
    round.refresh_from_db()
    assert actions.replay_assignment(round)

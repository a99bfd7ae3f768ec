"""Rankings kept for replay, proposals, final decisions, amendments, and what the team is told."""

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from kechuang.base.errors import Refused
from kechuang.base.models import AuditEntry, Message
from kechuang.engine.decisions import actions, queries
from kechuang.engine.decisions.models import Decision, DecisionLine, RankingRecord
from kechuang.engine.programme.declaration import RoundPlan
from kechuang.engine.publicity.models import PublicNotice
from kechuang.engine.reviews import actions as reviews
from kechuang.engine.reviews.models import Score
from kechuang.orgs.actor import Actor
from kechuang.orgs.enums import Role
from tests.factories.engine import (
    a_call,
    a_ground,
    a_plan,
    a_reviewer,
    a_round,
    an_actor,
    an_application,
    closed,
    scored,
)
from tests.factories.orgs import a_person, a_pupil, actor_for

pytestmark = pytest.mark.django_db
SYSTEM = Actor.system()
ONE_ROUND = (RoundPlan("preliminary", "初评", method="mean"),)


@pytest.fixture
def city():
    return a_ground()


@pytest.fixture
def round(city):
    """A closed round of ten entries, 作品0 the best."""
    return a_closed_round(city, plan=a_plan(rounds=ONE_ROUND))


def a_closed_round(city, number=10, *, experts=3, **facts):
    call = a_call(city, **facts)
    for place in range(number):
        school = city.schools[place % 4]
        an_application(call, school, title=f"作品{place}", members=[a_pupil(school, grade=11)])
    round = a_round(call, [a_reviewer(city) for _ in range(experts)], assigned=True)
    return closed(scored(round, lambda row: 0.95 - 0.03 * int(row.entry.application.title[2:])))


def prizes(decision):
    return {line.application.title: line.prize for line in decision.lines.select_related("application")}


# --- ranking -----------------------------------------------------------------------------------------------------


def test_ranking_keeps_complete_inputs(round):
    record = actions.rank_round(round, by=SYSTEM)

    assert len(record.inputs["entries"]) == 10
    assert len(record.inputs["scores"]) == 30
    assert [row["rank"] for row in record.outputs["table"]] == list(range(1, 11))


@pytest.mark.parametrize("method", ["mean", "trimmed", "mixed"])
def test_ranking_replays_to_the_same_bits(round, method):
    record = RankingRecord.objects.get(pk=actions.rank_round(round, by=SYSTEM, method=method).pk)

    assert actions.replay(record).ok
    assert actions.replay(record).digest == record.outputs_digest


def test_replay_finds_a_changed_input_and_a_changed_output(round):
    record = actions.rank_round(round, by=SYSTEM)
    record.inputs["scores"][0][2] = "1.00"
    assert not actions.replay(record).inputs_same

    record = RankingRecord.objects.get(pk=record.pk)
    record.outputs["table"][0]["estimate"] += 1
    assert not actions.replay(record).outputs_same


def test_same_seed_gives_the_same_ranking(round):
    one, other = (actions.rank_round(round, by=SYSTEM, method="mixed", seed=5) for _ in range(2))

    assert (one.inputs_digest, one.outputs_digest) == (other.inputs_digest, other.outputs_digest)


def test_ranking_without_scores_is_refused(city):
    call = a_call(city)
    an_application(call, city.schools[0])

    with pytest.raises(Refused, match="还没有提交的评分"):
        actions.rank_round(a_round(call), by=SYSTEM)


def test_disqualified_entry_leaves_the_ranking(round):
    entry = round.entries.first()
    type(entry.application).objects.filter(pk=entry.application_id).update(state="disqualified")

    record = actions.rank_round(round, by=SYSTEM)

    assert entry.alias not in {row["entry"] for row in record.outputs["table"]}
    assert len(record.inputs["entries"]) == 9


# --- proposal and what-if ----------------------------------------------------------------------------------------


def test_proposal_gives_the_tiers_of_the_plan(round):
    decision = actions.propose_decision(round, "award", by=SYSTEM)

    found = prizes(decision)
    assert [found[f"作品{n}"] for n in range(10)] == ["first"] + ["second"] * 2 + ["third"] * 3 + [""] * 4
    assert queries.decision_counts(decision) == {"first": 1, "second": 2, "third": 3}
    assert {app.state for app in round.call.applications.all()} == {"in_review"}


def test_what_if_writes_nothing(round, django_assert_max_num_queries):
    record = RankingRecord.objects.select_related("round__call__org").get(pk=actions.rank_round(round, by=SYSTEM).pk)
    before = (Decision.objects.count(), DecisionLine.objects.count(), AuditEntry.objects.count())

    with django_assert_max_num_queries(3):
        narrow = queries.what_if(record, {"cap": 0.3})

    assert sum(bool(line.prize) for line in narrow.lines) == 3
    assert (Decision.objects.count(), DecisionLine.objects.count(), AuditEntry.objects.count()) == before


def test_new_proposal_replaces_the_old_one(round):
    actions.propose_decision(round, "award", by=SYSTEM)
    decision = actions.propose_decision(round, "award", {"cap": 0.2}, by=SYSTEM)

    assert list(Decision.objects.all()) == [decision]
    assert decision.lines.filter(is_chosen=True).count() == 2


def test_cap_above_the_published_one_is_refused(round):
    with pytest.raises(Refused, match="超出了已公布的上限 60%"):
        actions.propose_decision(round, "award", {"cap": 0.7}, by=SYSTEM)


def test_open_round_cannot_be_decided(city):
    call = a_call(city)
    an_application(call, city.schools[0])
    round = a_round(call, [a_reviewer(city) for _ in range(3)], assigned=True)

    with pytest.raises(Refused, match="还没有结束"):
        actions.propose_decision(round, "award", by=SYSTEM)


def test_stale_ranking_is_refused_and_made_anew(round):
    record = actions.rank_round(round, by=SYSTEM)
    Score.objects.filter(assignment__round=round).update(total=50)

    with pytest.raises(Refused, match="重新排名"):
        actions.propose_decision(round, "award", by=SYSTEM, record=record)
    assert actions.propose_decision(round, "award", by=SYSTEM).ranking != record


def test_only_who_runs_the_call_decides(city, round):
    school = an_actor(Role.SCHOOL_OFFICER, city.schools[0])

    with pytest.raises(PermissionDenied):
        actions.propose_decision(round, "award", by=school)
    assert actions.propose_decision(round, "award", by=an_actor(Role.CITY_OFFICER, city.org)).pk


def test_result_sheet_costs_the_same_for_any_number(round, django_assert_num_queries):
    decision = actions.propose_decision(round, "award", by=SYSTEM)

    with django_assert_num_queries(3):
        rows = queries.result_sheet(decision)

    best = next(row for row in rows if row.title == "作品0")
    assert (best.rank, best.prize_name, len(best.totals)) == (1, "一等奖", 3)
    assert best.low <= best.estimate <= best.high


def test_decision_replays(round):
    decision = actions.propose_decision(round, "award", by=SYSTEM)

    assert actions.replay_decision(Decision.objects.get(pk=decision.pk)).ok
    line = decision.lines.filter(prize="").first()
    DecisionLine.objects.filter(pk=line.pk).update(prize="first")
    assert not actions.replay_decision(decision).ok


# --- final -------------------------------------------------------------------------------------------------------


def test_final_award_moves_everybody(round):
    decision = actions.finalise_decision(actions.propose_decision(round, "award", by=SYSTEM), by=SYSTEM)

    states = {app.title: app.state for app in round.call.applications.all()}
    assert states == {f"作品{n}": "in_publicity" if n < 6 else "not_awarded" for n in range(10)}
    assert (decision.state, decision.decided_at is not None) == ("final", True)
    with pytest.raises(Refused, match="已经确定"):
        actions.finalise_decision(decision, by=SYSTEM)
    with pytest.raises(Refused, match="复核程序"):
        actions.propose_decision(round, "award", by=SYSTEM)


def test_disqualification_after_the_proposal_calls_for_a_new_one(round):
    decision = actions.propose_decision(round, "award", by=SYSTEM)
    app = round.call.applications.get(title="作品0")
    type(app).objects.filter(pk=app.pk).update(state="disqualified")

    with pytest.raises(Refused, match="作品0"):
        actions.finalise_decision(decision, by=SYSTEM)
    actions.finalise_decision(actions.propose_decision(round, "award", by=SYSTEM), by=SYSTEM)
    assert round.call.applications.filter(state="in_publicity").count() == 5


def test_shortlist_then_defence_then_award(city):
    first = a_closed_round(city)
    shortlist = actions.finalise_decision(actions.propose_decision(first, "shortlist", by=SYSTEM), by=SYSTEM)
    assert first.call.applications.filter(state="in_defence").count() == 6
    assert first.call.applications.filter(state="not_awarded").count() == 4
    assert Message.objects.filter(kind="decision.shortlisted").count() == 6
    assert Message.objects.filter(kind="decision.not_shortlisted").count() == 4

    last = reviews.open_round(first.call, "defence", by=SYSTEM)
    experts = [a_reviewer(city) for _ in range(3)]
    reviews.create_panel(last, name="甲组", room="一楼", reviewers=experts, by=SYSTEM)
    reviews.build_timetable(last, start=timezone.now(), by=SYSTEM)
    closed(scored(last, lambda row: 0.5 + 0.05 * int(row.entry.application.title[2:])))
    award = actions.propose_decision(last, "award", by=SYSTEM)

    line = award.lines.get(application__title="作品5")
    early = shortlist.lines.get(application__title="作品5").estimate
    assert line.estimate == pytest.approx(0.4 * early + 0.6 * line.parts["defence"], abs=1e-5)
    assert line.rank == 1
    assert award.terms["entered"] == {"senior.PH": 10}
    assert award.lines.filter(is_chosen=True).count() == 6
    assert actions.replay_decision(award).ok
    actions.finalise_decision(award, by=SYSTEM)
    assert first.call.applications.filter(state="in_publicity").count() == 6


def test_final_decision_costs_the_same_for_any_number(city, django_assert_max_num_queries):
    round = a_closed_round(city, 16)
    decision = actions.propose_decision(round, "award", by=SYSTEM)

    with django_assert_max_num_queries(45):
        actions.finalise_decision(decision, by=SYSTEM)


# --- amendments --------------------------------------------------------------------------------------------------


@pytest.fixture
def final(round):
    return actions.finalise_decision(actions.propose_decision(round, "award", by=SYSTEM), by=SYSTEM)


def by_title(decision, title):
    return decision.lines.get(application__title=title).application


def test_amendment_supersedes_and_moves_only_who_is_concerned(final):
    down, up = by_title(final, "作品5"), by_title(final, "作品6")

    new = actions.amend_decision(final, {down.pk: "", up.pk: "third"}, reason="异议成立", by=SYSTEM)

    final.refresh_from_db()
    down.refresh_from_db()
    up.refresh_from_db()
    assert (final.state, new.state, new.version, new.supersedes) == ("superseded", "final", 2, final)
    assert (down.state, up.state) == ("not_awarded", "in_publicity")
    assert prizes(new) == prizes(final) | {"作品5": "", "作品6": "third"}
    assert actions.replay_decision(new).ok
    assert actions.replay_decision(final).ok


def test_second_amendment_builds_on_the_first(final):
    new = actions.amend_decision(final, {by_title(final, "作品5").pk: ""}, reason="甲", by=SYSTEM)
    newest = actions.amend_decision(new, {by_title(final, "作品4").pk: ""}, reason="乙", by=SYSTEM)

    assert newest.version == 3
    assert queries.decision_counts(newest) == {"first": 1, "second": 2, "third": 1}
    assert actions.replay_decision(newest).ok
    with pytest.raises(Refused, match="未被替代"):
        actions.amend_decision(final, {by_title(final, "作品3").pk: ""}, reason="丙", by=SYSTEM)


def test_amendment_never_exceeds_the_cap(final):
    with pytest.raises(Refused, match="获奖数为 7 件，超过上限 6 件"):
        actions.amend_decision(final, {by_title(final, "作品6").pk: "third"}, reason="加奖", by=SYSTEM)
    final.refresh_from_db()
    assert final.state == "final"


def test_amended_shortlist_brings_an_entry_into_the_defence(city):
    first = a_closed_round(city)
    shortlist = actions.finalise_decision(actions.propose_decision(first, "shortlist", by=SYSTEM), by=SYSTEM)
    late = by_title(shortlist, "作品9")
    last = reviews.open_round(first.call, "defence", by=SYSTEM)

    actions.amend_decision(shortlist, {late.pk: "in"}, reason="计分有误", by=SYSTEM)
    reviews.open_round(first.call, "defence", by=SYSTEM)

    late.refresh_from_db()
    assert late.state == "in_defence"
    assert last.entries.filter(application=late).exists()
    assert last.entries.count() == 7


@pytest.mark.parametrize(
    ("to", "reason", "words"), [("gold", "因为", "不存在的奖项"), ("", " ", "理由"), (None, "因为", "指明")]
)
def test_amendment_that_makes_no_sense_is_refused(final, to, reason, words):
    changes = {} if to is None else {by_title(final, "作品0").pk: to}

    with pytest.raises(Refused, match=words):
        actions.amend_decision(final, changes, reason=reason, by=SYSTEM)


def test_only_a_proposal_is_thrown_away(round, final):
    with pytest.raises(Refused, match="不能删除"):
        actions.discard_proposal(final, by=SYSTEM)


# --- what the team is told ---------------------------------------------------------------------------------------


def publish(decision):
    now = timezone.now()
    officer = a_person().user
    PublicNotice.objects.create(
        number=f"N{decision.pk}", decision=decision, title="公示", state="open", starts_on=now.date(), ends_on=now.date(),
        published_at=now, published_by=officer,
    )  # fmt: skip


def test_team_and_school_are_told_only_after_publication(city, final):
    app = by_title(final, "作品1")
    pupil, school = actor_for(app.members.get().person), an_actor(Role.SCHOOL_OFFICER, app.org)
    assert queries.explain_result(pupil, app) is None
    publish(final)

    for actor in (pupil, school):
        told = queries.explain_result(actor, app)
        assert (told.prize_name, told.entries) == ("二等奖", 10)
        [result] = told.rounds
        assert (result.reviews, result.feedback) == (3, ("继续加油",) * 3)
        assert [criterion.code for criterion in result.criteria][:2] == ["innovation", "science"]


def test_nobody_else_is_told(city, final):
    publish(final)
    app = by_title(final, "作品1")
    other_school = next(org for org in city.schools if org != app.org)

    assert queries.explain_result(an_actor(Role.SCHOOL_OFFICER, other_school), app) is None
    assert queries.explain_result(actor_for(by_title(final, "作品2").members.get().person), app) is None
    assert queries.explain_result(Actor.anonymous(), app) is None


def test_explanation_names_no_expert_and_keeps_the_jury_s_comments(city, round, final):
    for place, score in enumerate(Score.objects.filter(assignment__round=round)):
        score.comment, score.feedback = "暗号评语", f"反馈{place}"
        score.save()
    reviewers = [row.reviewer for row in round.round_reviewers.select_related("reviewer__person")]
    publish(final)
    app = by_title(final, "作品1")

    told = repr(queries.explain_result(actor_for(app.members.get().person), app))

    assert "反馈" in told
    assert "暗号评语" not in told
    assert not any(reviewer.person.name in told for reviewer in reviewers)


def test_amendment_is_told_once_it_is_published_itself(city, final):
    publish(final)
    app = by_title(final, "作品0")
    pupil = actor_for(app.members.get().person)
    new = actions.amend_decision(final, {app.pk: "third"}, reason="复核", by=SYSTEM)

    assert queries.explain_result(pupil, app).prize == "first"
    publish(new)
    assert queries.explain_result(pupil, app).prize == "third"

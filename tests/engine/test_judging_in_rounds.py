"""What a round asks of `judging`: mode, coverage, spread, samples, the next review, the sensitivity sheet, replay."""

import json
from dataclasses import replace

import pytest
from django.core.management import CommandError, call_command

from kechuang.base.errors import Refused
from kechuang.base.models import AuditEntry
from kechuang.engine.decisions.actions import rank_round
from kechuang.engine.decisions.rules import criteria_columns
from kechuang.engine.decisions.sensitivity import analyse_ranking, replay_sensitivity
from kechuang.engine.models import Adviser, Affiliation, Assignment, Conflict
from kechuang.engine.programme.declaration import Coverage
from kechuang.engine.programme.validation import problems
from kechuang.engine.replaying import replay_call
from kechuang.engine.reviews import actions, queries
from kechuang.orgs.actor import Actor
from tests.factories.engine import a_call, a_ground, a_plan, a_reviewer, a_round, an_application, closed, scored
from tests.factories.orgs import a_teacher

pytestmark = pytest.mark.django_db
SYSTEM = Actor.system()


def plan_with(**changes):
    """The contest with its first round changed."""
    plan = a_plan()
    first, *rest = plan.rounds
    return replace(plan, rounds=(replace(first, **changes), *rest))


def scene(*, entries=6, experts=6, assigned=True, kinds=(), **changes):
    city = a_ground()
    call = a_call(city, plan=plan_with(**changes))
    for number in range(entries):
        an_application(call, city.schools[number % len(city.schools)])
    reviewers = [a_reviewer(city, employer_name=f"研究院{n // 2}") for n in range(experts)]
    for reviewer, kind in zip(reviewers, kinds, strict=False):
        reviewer.kind = kind
        reviewer.save()
    round = a_round(call, reviewers, assigned=assigned)
    round.refresh_from_db()
    return round, reviewers, city


def experts_of(round):
    return {
        entry: set(round.assignments.standing().filter(entry=entry).values_list("reviewer", flat=True))
        for entry in round.entries.values_list("pk", flat=True)
    }


@pytest.mark.parametrize("mode", ["total", "fair", "maximin"])
def test_the_mode_of_the_step_is_the_mode_of_the_record(mode):
    round, *_ = scene(assignment=mode)

    assert round.assignment_record["mode"] == mode
    assert round.assignment_record["gap"] == 0
    assert actions.replay_assignment(round)


def test_each_entry_gets_the_kinds_of_expert_that_the_step_asks_for():
    kinds = ["teaching_adviser", "engineer", "teaching_adviser", "engineer", "teacher", "teacher"]
    round, reviewers, _ = scene(kinds=kinds, coverage=(Coverage("teaching_adviser"), Coverage("engineer")))
    kind_of = {reviewer.pk: kind for reviewer, kind in zip(reviewers, kinds, strict=True)}

    for judges in experts_of(round).values():
        assert {"teaching_adviser", "engineer"} <= {kind_of[judge] for judge in judges}


def test_a_kind_that_nobody_is_of_is_named():
    round, *_ = scene(assigned=False, coverage=(Coverage("engineer"),))

    done = actions.assign_reviewers(round, by=SYSTEM)

    assert "企业工程师" in done.sentence
    assert "6 件作品" in done.sentence


def test_experts_of_one_organisation_are_spread():
    round, reviewers, _ = scene(spread="org")
    place = {reviewer.pk: reviewer.employer_name for reviewer in reviewers}

    for judges in experts_of(round).values():
        assert len({place[judge] for judge in judges}) == 3


def test_a_shortage_says_what_would_mend_it():
    round, *_ = scene(entries=4, experts=2, assigned=False, load_max=4)

    done = actions.assign_reviewers(round, by=SYSTEM)

    assert "再请能评这些作品" in done.sentence


def test_every_expert_first_scores_the_same_samples_and_hears_of_their_severity():
    round, reviewers, _ = scene(entries=12, samples=3)
    samples = Assignment.objects.filter(round=round, is_sample=True)

    assert samples.count() == 3 * len(reviewers)
    assert set(samples.values_list("entry", flat=True)) == set(queries.sample_entries(round))
    assert queries.sample_feedback(round, reviewers[0]) is None

    actions.assign_reviewers(round, by=SYSTEM)
    scored(round, lambda row: 0.4 if row.reviewer_id == reviewers[0].pk else 0.8)

    assert Assignment.objects.filter(round=round, is_sample=True).count() == 3 * len(reviewers)
    assert queries.sample_feedback(round, reviewers[0]).message.code == "calibration.severe"
    assert queries.sample_feedback(round, reviewers[1]).message.code == "calibration.even"


def border_round():
    """Twelve entries close together, two reviews each short of certain."""
    round, reviewers, _city = scene(entries=12, experts=8, reviews_per_entry=2)
    place = {pk: number for number, pk in enumerate(round.entries.order_by("pk").values_list("pk", flat=True))}
    turn = {reviewer.pk: number for number, reviewer in enumerate(reviewers)}
    return scored(round, lambda row: 0.6 + 0.02 * (place[row.entry_id] % 5) + 0.03 * (turn[row.reviewer_id] % 3))


def test_the_next_reviews_go_to_border_entries_and_to_experts_free_of_conflict():
    round = border_round()
    before = set(round.assignments.values_list("reviewer", "entry"))
    advice = queries.next_reviews(round)

    given = actions.give_next_reviews(round, by=SYSTEM)

    assert given == list(advice.pairs)
    assert not set(given) & before
    assert Assignment.objects.filter(round=round, is_extra=True).count() == len(given) > 0
    assert AuditEntry.objects.filter(action="give_next_reviews").count() == 1
    barred = set(Conflict.objects.filter(call=round.call).values_list("reviewer", "application"))
    entry = dict(round.entries.values_list("pk", "application"))
    assert not {(reviewer, entry[pk]) for reviewer, pk in given} & barred


def test_without_scores_nothing_is_offered():
    round, *_ = scene()

    assert queries.next_reviews(round) is None
    with pytest.raises(Refused):
        actions.give_next_reviews(round, by=SYSTEM)


def test_a_co_adviser_and_a_partner_in_a_course_may_not_judge():
    round, reviewers, city = scene(assigned=False)
    entry = round.entries.first().application
    teacher = a_teacher(entry.org)
    other = an_application(round.call, city.schools[1])
    for application, person in ((entry, teacher), (other, teacher), (other, reviewers[0].person)):
        Adviser.objects.create(application=application, person=person)
    Affiliation.objects.create(reviewer=reviewers[1], org=entry.org, kind="course")

    actions.find_conflicts(round, by=SYSTEM)

    found = set(Conflict.objects.filter(application=entry).values_list("reviewer", "kind"))
    assert (reviewers[0].pk, "co_adviser") in found
    assert (reviewers[1].pk, "co_course") in found


def test_the_sheet_is_stored_with_its_digest_and_comes_out_again():
    round = closed(border_round())
    record = analyse_ranking(rank_round(round, by=SYSTEM, method="auto"), by=SYSTEM)

    assert replay_sensitivity(record)
    assert {row["judge"] for row in record.sensitivity["outputs"]["without"]} == set(
        round.assignments.values_list("reviewer", flat=True)
    )

    record.sensitivity["outputs"]["without"] = []
    assert not replay_sensitivity(record)


def test_criteria_are_used_only_where_all_scores_have_the_same():
    same = [["E1", 1, "3.00", {"a": 1, "b": 2}, []], ["E2", 1, "5.00", {"a": 2, "b": 3}, []]]

    assert criteria_columns(same) == {"a": [1.0, 2.0], "b": [2.0, 3.0]}
    assert criteria_columns([*same, ["E3", 1, "1.00", {"c": 1}, []]]) is None


def test_replay_finds_everything_the_same_and_says_when_something_was_changed(capsys):
    round = closed(border_round())
    record = analyse_ranking(rank_round(round, by=SYSTEM), by=SYSTEM)

    call_command("replay", round.call.slug, "--step", "review", "--json")
    told = json.loads(capsys.readouterr().out)
    assert told["ok"]
    assert [row["ok"] for row in told["results"]] == [True, True, True]
    assert [row.ok for row in replay_call(round.call, round.code)] == [True, True, True]

    record.outputs["table"][0]["estimate"] += 1e-6
    record.save()
    with pytest.raises(SystemExit) as stopped:
        call_command("replay", round.call.slug, "--step", round.code)
    assert stopped.value.code == 1


def test_replay_refuses_what_is_not_there():
    round, *_ = scene(assigned=False)

    for arguments in (["nothing"], [round.call.slug, "--step", "apply"], [round.call.slug]):
        with pytest.raises(CommandError):
            call_command("replay", *arguments)


@pytest.mark.parametrize(
    "change",
    [
        {"assignment": "best"},
        {"spread": "planet"},
        {"samples": 99},
        {"coverage": (Coverage("poet"),)},
        {"coverage": tuple(Coverage(kind) for kind in ("teacher", "engineer", "scientist", "teaching_adviser"))},
    ],
)
def test_a_step_that_asks_for_what_cannot_be_is_refused(change):
    assert problems(plan_with()) == []
    assert len(problems(plan_with(**change))) == 1

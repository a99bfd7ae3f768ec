"""Conflicts: each kind from its fact, none without one, and fast for a whole city."""

import time
from datetime import date

import pytest

from kechuang.judging import Declared, EntryFacts, ExpertFacts, Tenure, conflict_pairs, find_conflicts
from kechuang.judging.conflicts import years_between

ROUND = date(2026, 11, 24)
ENTRY = EntryFacts(
    "work",
    schools=frozenset({"school"}),
    groups=frozenset({"group"}),
    districts=frozenset({"district"}),
    advisers=frozenset({"teacher"}),
    members=frozenset({"pupil"}),
    sponsors=frozenset({"firm"}),
    courses=frozenset({"robots"}),
)


def kinds(expert, **options):
    return {conflict.kind.value for conflict in find_conflicts([expert], [ENTRY], on=ROUND, **options)}


@pytest.mark.parametrize(
    ("facts", "kind"),
    [
        ({"employers": frozenset({"school"})}, "same_school"),
        ({"groups": frozenset({"group"})}, "same_group"),
        ({"past": (Tenure("school", until=date(2023, 11, 25)),)}, "past_school"),
        ({"person": "teacher"}, "adviser"),
        ({"person": "pupil"}, "self"),
        ({"relatives": frozenset({"pupil"})}, "relative"),
        ({"relatives": frozenset({"teacher"})}, "relative"),
        ({"employers": frozenset({"firm"})}, "sponsor"),
        ({"co_advisers": frozenset({"teacher"})}, "co_adviser"),
        ({"courses": frozenset({"robots"})}, "co_course"),
    ],
)
def test_each_fact_makes_its_own_conflict(facts, kind):
    assert kinds(ExpertFacts("expert", **facts)) == {kind}


def test_an_unrelated_expert_has_none():
    assert kinds(ExpertFacts("expert", employers=frozenset({"other"}), relatives=frozenset({"nobody"}))) == set()


def test_a_past_school_counts_for_three_years_to_the_day():
    assert kinds(ExpertFacts("expert", past=(Tenure("school", until=date(2023, 11, 24)),))) == set()
    assert years_between(date(2024, 2, 29), date(2027, 2, 28)) == 3
    assert years_between(date(2024, 3, 1), date(2027, 2, 28)) == 2


def test_the_district_counts_only_where_the_round_asks():
    expert = ExpertFacts("expert", districts=frozenset({"district"}))

    assert kinds(expert) == set()
    assert kinds(expert, same_district=True) == {"same_district"}


@pytest.mark.parametrize("about", [{"entry": "work"}, {"person": "pupil"}, {"person": "teacher"}, {"org": "school"}])
def test_a_declaration_reaches_its_entries_with_its_reason(about):
    found = find_conflicts(
        [ExpertFacts("expert")], [ENTRY], declared=[Declared("expert", reason="合作课程", **about)], on=ROUND
    )

    assert [(c.kind.value, c.reason, c.pinned) for c in found] == [("declared", "合作课程", False)]


def test_conflicts_carry_evidence_and_become_pairs():
    found = find_conflicts([ExpertFacts("expert", employers=frozenset({"school"}))], [ENTRY], on=ROUND)

    assert found[0].evidence == {"org": "school"}
    assert found[0].pinned
    assert found[0].message.text == found[0].reason
    assert conflict_pairs(found, ["a", "expert"], ["x", "work"]) == [(1, 1)]


def test_a_city_of_800_experts_and_10000_entries_takes_no_loop_over_pairs():
    experts = [ExpertFacts(e, employers=frozenset({f"s{e % 600}"}), districts=frozenset({e % 60})) for e in range(800)]
    entries = [
        EntryFacts(f"w{p}", schools=frozenset({f"s{p % 600}"}), districts=frozenset({p % 60})) for p in range(10_000)
    ]
    started = time.process_time()

    found = find_conflicts(experts, entries, on=ROUND)

    expected = {(e, f"w{p}") for e in range(800) for p in range(e % 600, 10_000, 600)}
    assert {(c.expert, c.entry) for c in found} == expected
    assert time.process_time() - started < 2

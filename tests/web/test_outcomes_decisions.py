"""Ranking and deciding through the browser: what is shown, what is written, and what is refused without a trace."""

from io import BytesIO

import pytest
from django.urls import reverse

from kechuang.base import clock
from kechuang.base.models import AuditEntry
from kechuang.base.tables import read_table
from kechuang.engine.models import Decision, RankingRecord
from tests.factories.engine import a_call, a_round, an_application, closed, scored
from tests.web.outcome_scenes import DAY, a_judged_round, decided, see, send, signed_in, statuses

pytestmark = pytest.mark.django_db
TERMS = {
    "kind": "award", "group_by": "division", "cap": "60", "ratio_first": "15", "ratio_second": "35", "ratio_third": "50", "border": "down",
    "tie_1": "", "tie_2": "", "tie_3": "",
}  # fmt: skip


@pytest.fixture(autouse=True)
def september():
    with clock.travel(DAY):
        yield


@pytest.fixture
def scene():
    return a_judged_round()


# --- ranking -----------------------------------------------------------------------------------------------------


def test_a_ranking_is_run_kept_and_shown_best_first(scene):
    page = send(scene.office(), "ranking", *scene.args, method="mean")

    record = RankingRecord.objects.get()
    sheet = page.context["divisions"][0]
    assert [row.title for row in sheet.rows] == [entry.title for entry in scene.entries]
    assert [row.rank for row in sheet.rows] == [1, 2, 3, 4, 5]
    assert (record.method, record.made_by) == ("mean", scene.decider.user)
    assert "已按“平均分”排出 5 件作品的名次" in page.content.decode()


def test_an_unknown_method_is_refused_and_nothing_is_kept(scene):
    page = scene.office().post(reverse("ranking", args=scene.args), {"method": "dice"})

    assert (page.status_code, RankingRecord.objects.count()) == (422, 0)


def test_two_rankings_are_compared(scene):
    office = scene.office()
    send(office, "ranking", *scene.args, method="mean")
    send(office, "ranking", *scene.args, method="median")
    newer, older = RankingRecord.objects.all()

    page = see(office, "ranking", *scene.args, record=newer.pk, against=older.pk)

    assert [row.other_rank for row in page.context["divisions"][0].rows] == [1, 2, 3, 4, 5]


def test_replaying_an_untouched_record_agrees_and_a_touched_one_alarms(scene):
    office = scene.office()
    send(office, "ranking", *scene.args, method="mean")
    record = RankingRecord.objects.get()

    same = send(office, "ranking_replay", *scene.args, record.pk)
    record.outputs["table"][0]["estimate"] += 1
    record.save()
    changed = send(office, "ranking_replay", *scene.args, record.pk)

    assert "逐位相同" in same.content.decode()
    assert "重演不一致" in changed.content.decode()


def test_the_ranking_goes_out_as_excel(scene):
    office = scene.office()
    send(office, "ranking", *scene.args, method="mean")

    response = see(office, "ranking_sheet", *scene.args, RankingRecord.objects.get().pk)

    rows = list(read_table(BytesIO(response.content)).rows)
    assert [(row["名次"], row["作品名称"]) for row in rows] == [(n, f"红树林监测 {n}") for n in range(1, 6)]


def test_a_ranking_page_of_a_round_that_is_still_judged_says_so():
    scene = a_judged_round(is_closed=False)

    page = see(scene.office(), "decision", *scene.args)

    assert "评审还没有结束" in page.content.decode()
    assert Decision.objects.count() == 0


@pytest.mark.parametrize(("name", "most"), [("ranking", 20), ("decision", 24)])
def test_the_queries_do_not_grow_with_the_entries(name, most, django_assert_max_num_queries):
    """The same number for three and for five works."""
    asked = []
    for entries in (3, 5):
        scene = a_judged_round(entries)
        office = scene.office()
        send(office, "ranking", *scene.args, method="mean")
        with django_assert_max_num_queries(most) as queries:
            see(office, name, *scene.args)
        asked.append(len(queries))

    assert asked[0] == asked[1]


# --- what-if and proposing ---------------------------------------------------------------------------------------


def test_other_terms_show_their_figures_beside_the_plans_and_write_nothing(scene):
    office = scene.office()
    send(office, "ranking", *scene.args, method="mean")

    page = see(office, "decision", *scene.args, **(TERMS | {"cap": "20"}))

    trial = page.context["trial"]
    assert (trial.total.total.now, trial.total.total.plan) == (1, 3)
    assert sorted(change.title for change in trial.changes)[-2:] == ["红树林监测 2", "红树林监测 3"]
    assert Decision.objects.count() == 0


def test_a_change_of_one_field_brings_only_the_part(scene):
    office = scene.office()
    send(office, "ranking", *scene.args, method="mean")

    page = office.get(reverse("decision", args=scene.args), TERMS, headers={"HX-Request": "true"})

    assert "<html" not in page.content.decode()
    assert "合计" in page.content.decode()


@pytest.mark.parametrize(
    ("change", "sentence"), [({"cap": "70"}, "超出了已公布的上限"), ({"ratio_first": "60"}, "合计不能超过 100%")]
)
def test_terms_that_break_the_published_rules_are_refused_in_words(scene, change, sentence):
    office = scene.office()
    send(office, "ranking", *scene.args, method="mean")

    tried = see(office, "decision", *scene.args, **(TERMS | change))
    proposed = send(office, "decision", *scene.args, **(TERMS | change), do="propose")

    assert sentence in tried.content.decode()
    assert sentence in proposed.content.decode()
    assert Decision.objects.count() == 0


def test_ties_are_named():
    scene = a_judged_round()
    for assignment in scene.round.assignments.filter(entry__application=scene.entries[1]).select_related("score"):
        twin = scene.round.assignments.get(entry__application=scene.entries[0], reviewer=assignment.reviewer).score
        assignment.score.marks, assignment.score.total = twin.marks, twin.total
        assignment.score.save()
    office = scene.office()
    send(office, "ranking", *scene.args, method="mean")

    page = see(office, "decision", *scene.args, kind="award")

    assert [sorted(tie.titles) for tie in page.context["trial"].ties] == [["红树林监测 1", "红树林监测 2"]]
    assert "并列的申报" in page.content.decode()


def test_a_proposal_moves_nothing_and_may_be_thrown_away(scene):
    office = scene.office()
    send(office, "ranking", *scene.args, method="mean")

    send(office, "decision", *scene.args, **TERMS, do="propose")
    states = {entry.state for entry in scene.call.applications.all()}
    decision = Decision.objects.get()
    send(office, "decision_discard", *scene.args, decision.pk)

    assert (decision.state, states) == ("proposal", {"in_review"})
    assert Decision.objects.count() == 0


def test_making_it_final_moves_the_entries_once(scene):
    office = scene.office()
    send(office, "ranking", *scene.args, method="mean")
    send(office, "decision", *scene.args, **TERMS, do="propose")
    decision = Decision.objects.get()

    first = send(office, "decision_finalise", *scene.args, decision.pk)
    again = send(office, "decision_finalise", *scene.args, decision.pk)

    states = list(scene.call.applications.order_by("pk").values_list("state", flat=True))
    assert states == ["in_publicity"] * 3 + ["not_awarded"] * 2
    assert "结果已经确定" in first.content.decode()
    assert "不需要再次确定" in again.content.decode()
    assert AuditEntry.objects.filter(action="finalise_decision").count() == 1


def test_an_entry_that_left_since_the_proposal_stops_it_and_nothing_moves(scene):
    office = scene.office()
    send(office, "ranking", *scene.args, method="mean")
    send(office, "decision", *scene.args, **TERMS, do="propose")
    decision = Decision.objects.get()
    type(scene.entries[0]).objects.filter(pk=scene.entries[0].pk).update(state="withdrawn")

    page = send(office, "decision_finalise", *scene.args, decision.pk)

    decision.refresh_from_db()
    assert "拟定之后有作品退出" in page.content.decode()
    assert decision.state == "proposal"
    assert set(scene.call.applications.values_list("state", flat=True)) == {"withdrawn", "in_review"}


def test_the_decision_has_its_record_sheet_its_excel_and_its_replay(scene):
    decision, office = decided(scene), scene.office()

    record = see(office, "decision_record", *scene.args, decision.pk).content.decode()
    excel = see(office, "decision_sheet", *scene.args, decision.pk)
    replayed = send(office, "decision_replay", *scene.args, decision.pk)

    assert decision.lines_digest in record and "红树林监测 3" in record and "红树林监测 4" not in record
    assert len(list(read_table(BytesIO(excel.content)).rows)) == 5
    assert "名单与存档逐位相同" in replayed.content.decode()


def test_a_decision_of_another_round_is_not_found_under_this_one(scene):
    decision, other = decided(scene), a_judged_round()

    assert see(other.office(), "decision_record", *other.args, decision.pk).status_code == 404


# --- who may -----------------------------------------------------------------------------------------------------

REFUSED = {
    "anonymous": 302, "pupil": 403, "teacher": 403, "other_teacher": 403, "guardian": 403, "school": 403, "other_school": 403,
    "district": 404, "other_district": 404, "expert": 403, "inspector": 403,
}  # fmt: skip


@pytest.mark.parametrize("name", ["ranking", "decision"])
def test_only_the_organiser_ranks_and_decides(scene, name):
    got = statuses(scene, name, *scene.args)
    sent = {
        who: signed_in(person).post(reverse(name, args=scene.args), {"method": "mean", **TERMS, "do": "propose"}).status_code
        for who, person in scene.people.items() if who != "city"
    }  # fmt: skip

    assert got == REFUSED | {"city": 200}
    assert sent == REFUSED
    assert (RankingRecord.objects.count(), Decision.objects.count()) == (0, 0)


def test_a_district_decides_its_own_call(scene):
    """The city looks into it as well; the other district does not."""
    call = a_call(scene.city)
    call.org = scene.city.districts[0]
    call.save()
    an_application(call, scene.city.schools[0])
    round_ = closed(scored(a_round(call, scene.reviewers, assigned=True)))

    got = {
        who: see(signed_in(scene.people[who]), "decision", call.slug, round_.code).status_code
        for who in ("district", "other_district", "city")
    }

    assert got == {"district": 200, "other_district": 404, "city": 200}

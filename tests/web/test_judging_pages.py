"""What the organiser and the jury's chair are offered by the judging engine: acts with real effects, walls, English, queries."""

from dataclasses import replace
from datetime import timedelta
from io import BytesIO

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from kechuang.base import clock
from kechuang.base.jobs import run_pending_jobs
from kechuang.base.models import AuditEntry
from kechuang.engine.decisions.actions import rank_round
from kechuang.engine.decisions.sensitivity import analyse_ranking, replay_sensitivity
from kechuang.engine.models import Adviser, Affiliation, Assignment, Conflict, DefenceSlot, RankingRecord
from kechuang.engine.programme.declaration import Coverage
from kechuang.engine.replaying import replay_call
from kechuang.engine.reviews import actions
from kechuang.engine.reviews.actions.day import set_chair
from kechuang.engine.reviews.queries.chair import severities
from kechuang.orgs.enums import Role
from kechuang.web.rounds import timetable as timetable_pages
from tests.factories.engine import a_call, a_ground, a_plan, a_reviewer, a_round, an_application, closed, scored
from tests.factories.orgs import a_person, a_teacher, an_officer
from tests.web.english import chinese_left, data_pattern
from tests.web.review_scenes import SYSTEM, Scene, a_defence, a_scene, signed_in

pytestmark = pytest.mark.django_db


def a_special_round(*, entries=10, experts=6, **changes):
    """A first round whose plan is changed."""
    plan = a_plan()
    first, *rest = plan.rounds
    city = a_ground()
    call = a_call(city, plan=replace(plan, rounds=(replace(first, **changes), *rest)))
    for number in range(entries):
        an_application(call, city.schools[number % len(city.schools)])
    reviewers = [a_reviewer(city, employer_name=f"研究院{n}") for n in range(experts)]
    round = a_round(call, reviewers, assigned=True)
    return Scene(city, call, reviewers, round, an_officer(Role.CITY_OFFICER, city.org))


def lively(row):
    """Scores close together, with one expert in four clearly severe and a little noise; by place in the round, for numbers of rows go on."""
    entry = row.round.entries.filter(pk__lt=row.entry_id).count()
    expert = row.round.round_reviewers.filter(reviewer__lt=row.reviewer_id).count()
    noise = ((entry * 7 + expert * 13) % 11) / 200
    return 0.6 + 0.02 * (entry % 5) + noise - (0.2 if expert % 4 == 1 else 0)


def a_sheet(**facts):
    """A closed round with a ranking and its sensitivity sheet; the first expert chairs the jury."""
    scene = a_special_round(**facts)
    set_chair(scene.round, scene.reviewers[0].pk, by=SYSTEM)
    closed(scored(scene.round, lively))
    record = analyse_ranking(rank_round(scene.round, by=SYSTEM), by=SYSTEM)
    return scene, record


def queries_of(client, url, status=200):
    with CaptureQueriesContext(connection) as caught:
        assert client.get(url).status_code == status
    return len(caught)


# --- where the next review goes ----------------------------------------------------------------------------------


def test_the_border_button_gives_the_reviews_that_the_board_offers():
    scene = a_special_round(reviews_per_entry=2)
    scored(scene.round, lively)
    officer, url = scene.officer(), reverse("round", args=scene.args)
    border = officer.get(url).context["border"]
    assert border.on_border > 0

    page = officer.post(reverse("round_spend", args=scene.args), follow=True)

    extra = set(Assignment.objects.filter(round=scene.round, is_extra=True).values_list("reviewer", "entry"))
    assert extra == set(border.pairs)
    assert f"增加 {len(extra)} 份评审" in page.content.decode()
    assert AuditEntry.objects.filter(action="give_next_reviews").count() == 1
    scored(scene.round, lively)
    assert officer.post(reverse("round_spend", args=scene.args)).status_code == 302


def test_a_board_in_its_first_days_offers_no_border():
    scene = a_special_round()

    assert scene.officer().get(reverse("round", args=scene.args)).context["border"] is None


def test_every_expert_reads_on_their_own_page_how_their_samples_lie():
    scene = a_special_round(samples=3)
    strict = scene.reviewers[0]
    address = reverse("consistency", args=[scene.round.pk])
    assert scene.expert().get(address).context["samples"] == ""

    scored(scene.round, lambda row: 0.4 if row.reviewer_id == strict.pk else 0.8 + 0.01 * (row.entry_id % 3))

    assert "平均低" in scene.expert().get(address).context["samples"]
    assert "相近" in scene.expert(1).get(address).context["samples"]
    english = scene.expert().get(address, headers={"accept-language": "en"}).context["samples"]
    assert "points less than the other judges" in english


# --- the sheet of the deciding meeting ---------------------------------------------------------------------------


def test_the_sheet_is_computed_by_its_button_and_stored():
    scene = a_special_round()
    closed(scored(scene.round, lively))
    record = rank_round(scene.round, by=SYSTEM)
    officer, url = scene.officer(), reverse("sensitivity", args=[*scene.args, record.pk])
    assert "还没有分析" in officer.get(url).content.decode()

    page = officer.post(url, follow=True)

    record.refresh_from_db()
    assert replay_sensitivity(record)
    assert {row.scores for row in page.context["rows"]}
    assert page.context["agreed"]
    assert AuditEntry.objects.filter(action="analyse_ranking").count() == 1


def test_a_large_sheet_goes_to_a_job(monkeypatch):
    scene = a_special_round(entries=6)
    closed(scored(scene.round, lively))
    record = rank_round(scene.round, by=SYSTEM)
    monkeypatch.setattr("kechuang.web.outcomes.sensitivity.INLINE", 1)

    page = scene.officer().post(reverse("sensitivity", args=[*scene.args, record.pk]), follow=True)

    assert "已交后台" in page.content.decode()
    run_pending_jobs()
    record.refresh_from_db()
    assert record.sensitivity


def test_only_the_chair_learns_how_severe_each_judge_is():
    scene, record = a_sheet()
    name = {reviewer.pk: reviewer.person.name for reviewer in scene.reviewers}
    chair, officer, other = scene.expert(), scene.officer(), scene.expert(1)
    one = scene.reviewers[3].pk
    addresses = [
        reverse("chair_judges", args=[scene.round.pk]),
        reverse("chair_judge", args=[scene.round.pk, one]),
        reverse("chair_round", args=[scene.round.pk]),
    ]

    pages = [chair.get(address) for address in addresses]

    assert [page.status_code for page in pages] == [200, 200, 200]
    assert name[one] in pages[1].content.decode()
    for address in addresses:
        assert officer.get(address).status_code in {403, 404}
        assert other.get(address).status_code == 404
    shown = [
        officer.get(reverse("ranking", args=scene.args)),
        officer.get(reverse("sensitivity", args=[*scene.args, record.pk])),
        officer.get(reverse("decision", args=scene.args)),
    ]
    for page in shown:
        text = page.content.decode()
        assert not [who for who in name.values() if who in text]
        assert "明显偏" not in text
    book = load_workbook(BytesIO(officer.get(reverse("ranking_sheet", args=[*scene.args, record.pk])).content))
    cells = " ".join(str(cell.value) for sheet in book for row in sheet.iter_rows() for cell in row)
    assert not [who for who in name.values() if who in cells]
    assert "明显偏" not in cells


def test_the_chair_s_severity_is_that_of_the_ranking():
    scene, record = a_sheet()
    ranked = {row["judge"]: row["value"] for row in record.outputs["severity"]}
    enough = [row["judge"] for row in record.outputs["severity"] if row["scores"] >= 3]

    shown = severities(scene.round)

    assert [row.mean for row in shown] == sorted(round(ranked[judge], 2) for judge in enough)
    profiles = {row["judge"]: row["severity"] for row in record.sensitivity["outputs"]["judges"]}
    assert all(profiles[pk] == pytest.approx(ranked[pk]) for pk in ranked)


def test_reasons_warnings_and_figures_are_said_in_english():
    scene, record = a_sheet()
    rank_round(scene.round, by=SYSTEM, method="zscore")
    data, english = data_pattern(), {"headers": {"accept-language": "en"}}
    officer, chair = scene.officer(), scene.expert()
    pages = [
        officer.get(f"{reverse('ranking', args=scene.args)}?record={pk}", **english)
        for pk in RankingRecord.objects.values_list("pk", flat=True)
    ]
    pages += [officer.get(reverse("sensitivity", args=[*scene.args, record.pk]), **english)]
    pages += [chair.get(reverse(name, args=[scene.round.pk]), **english) for name in ("chair_round", "chair_judges")]

    assert any("z-scores" in page.content.decode() for page in pages)
    assert {
        text: page.request["PATH_INFO"] for page in pages for text in chinese_left(page.content.decode(), data)
    } == {}


def test_a_shortage_and_its_mending_are_told_in_english():
    scene = a_scene(entries=4, experts=2, assigned=False)
    assert scene.call.plan.rounds[0].reviews_per_entry > 2

    page = scene.officer().post(
        reverse("round_assign", args=scene.args), follow=True, headers={"accept-language": "en"}
    )

    said = " ".join(str(message) for message in page.context["messages"])
    assert "Raising limits does not help" in said
    assert chinese_left(f"<p>{said}</p>", data_pattern()) == []


@pytest.mark.parametrize("name", ["sensitivity", "chair_judges", "chair_judge", "chair_round", "ranking"])
def test_pages_of_the_meeting_ask_no_more_with_more_entries(name):
    asked = []
    for entries, experts in ((5, 4), (8, 6)):
        scene, record = a_sheet(entries=entries, experts=experts)
        arguments = {
            "sensitivity": [*scene.args, record.pk],
            "ranking": scene.args,
            "chair_judge": [scene.round.pk, scene.reviewers[1].pk],
        }.get(name, [scene.round.pk])
        client = scene.expert() if name.startswith("chair") else scene.officer()
        client.get(reverse(name, args=arguments))  # what is kept from page to page is asked for once
        asked.append(queries_of(client, reverse(name, args=arguments)))

    assert asked[1] <= asked[0]  # a page without an alarm asks less


# --- conflicts ---------------------------------------------------------------------------------------------------


def test_the_fact_behind_a_conflict_is_named_and_nobody_else_reads_it():
    scene = a_scene(entries=4, experts=3, assigned=False)
    entry = scene.round.entries.first().application
    teacher = a_teacher(entry.org, name="韩老师")
    Adviser.objects.create(application=entry, person=teacher)
    other = an_application(scene.call, scene.city.schools[1], advisers=[teacher, scene.reviewers[0].person])
    Affiliation.objects.create(reviewer=scene.reviewers[1], org=entry.org, kind="sponsor")
    actions.find_conflicts(scene.round, by=SYSTEM)
    address = reverse("conflicts", args=scene.args)

    text = scene.officer().get(address).content.decode()
    english = scene.officer().get(address, headers={"accept-language": "en"}).content.decode()

    assert other.pk
    assert "韩老师" in text
    assert entry.org.name in text
    assert "have advised another entry together" in english
    assert "employer sponsors or trains" in english
    strangers = [
        scene.expert(),
        signed_in(an_officer(Role.DISTRICT_OFFICER, scene.city.districts[0])),
        signed_in(teacher),
    ]
    for client in strangers:
        assert client.get(address).status_code in {403, 404}
    assert not Conflict.objects.visible_to(SYSTEM).exclude(call=scene.call).exists()


def test_conflicts_with_their_facts_ask_the_same_number_of_times():
    asked = []
    for experts in (1, 3):
        scene = a_scene(entries=experts, experts=experts, assigned=False)
        for reviewer, entry in zip(scene.reviewers, scene.round.entries.all(), strict=True):
            Affiliation.objects.create(reviewer=reviewer, org=entry.application.org, kind="employer")
        actions.find_conflicts(scene.round, by=SYSTEM)
        asked.append(queries_of(scene.officer(), reverse("conflicts", args=scene.args)))

    assert asked[0] == asked[1]


# --- the timetable -----------------------------------------------------------------------------------------------


def hours(**changes):
    day = clock.today() + timedelta(days=3)
    times = {
        "day": f"{day:%Y-%m-%d}",
        "opens": "09:00",
        "closes": "17:30",
        "lunch_from": "12:00",
        "lunch_until": "13:30",
    }
    return times | {"minutes": "20", "buffer": "0"} | changes


def test_the_board_tells_how_good_the_timetable_is_and_remembers_who_comes_from_far():
    scene = a_defence(entries=8, panels=2, built=False)
    far = scene.city.districts[0]
    officer = scene.officer()

    officer.post(reverse("timetable_build", args=scene.args), hours(far_districts=[str(far.pk)]), follow=True)
    page = officer.get(reverse("timetable", args=scene.args))

    scene.round.refresh_from_db()
    record = scene.round.timetable_record
    assert record["inputs"]["far"] == [far.pk]
    assert page.context["form"]["far_districts"].value() == [str(far.pk)]
    assert record["proved"]
    assert "已证明" in page.content.decode()
    assert record["sittings_digest"][:16] in page.content.decode()
    assert [row.what for row in replay_call(scene.call, "defence")] == ["问辩时间"]
    assert all(row.ok for row in replay_call(scene.call, "defence"))
    english = officer.get(reverse("timetable", args=scene.args), headers={"accept-language": "en"})
    assert chinese_left(english.content.decode(), data_pattern()) == []


def test_a_large_timetable_is_built_in_the_background(monkeypatch):
    scene = a_defence(panels=2, built=False)
    monkeypatch.setattr(timetable_pages, "INLINE", 1)

    page = scene.officer().post(reverse("timetable_build", args=scene.args), hours(), follow=True)

    assert "已交后台排定" in page.content.decode()
    assert not DefenceSlot.objects.exists()
    run_pending_jobs()
    assert DefenceSlot.objects.count() == scene.round.entries.count()


def test_a_panel_is_heard_only_when_it_may_sit():
    scene = a_defence(panels=1, built=False)
    panel = scene.round.panels.get()
    day = clock.today() + timedelta(days=3)
    typed = {"name": panel.name, "room": panel.room, "reviewers": [r.pk for r in panel.reviewers.all()]}
    address = reverse("panel", args=[*scene.args, panel.pk])
    officer = scene.officer()

    wrong = officer.post(address, typed | {"away": "上午"})
    officer.post(address, typed | {"away": f"{day} 9:00-9:40"})
    officer.post(reverse("timetable_build", args=scene.args), hours())

    assert wrong.status_code == 422
    panel.refresh_from_db()
    assert len(panel.away) == 1
    assert f"{day} 09:00-09:40" in officer.get(address).content.decode()
    first = DefenceSlot.objects.earliest("starts_at")
    assert f"{timezone.localtime(first.starts_at):%H:%M}" >= "09:40"
    move = officer.post(reverse("slot", args=[*scene.args, first.pk]), {"panel": panel.pk, "starts_at": f"{day}T09:20"})
    assert "不开会" in move.content.decode()


def test_free_places_are_offered_and_one_click_moves_there():
    scene = a_defence(entries=8, panels=2)
    slot = DefenceSlot.objects.earliest("starts_at")
    address = reverse("slot", args=[*scene.args, slot.pk])
    officer = scene.officer()
    place, panel = officer.get(address).context["free"][0]
    rest = set(DefenceSlot.objects.exclude(pk=slot.pk).values_list("entry", "panel", "starts_at"))

    officer.post(address, {"panel": panel, "starts_at": f"{timezone.localtime(place.starts_at):%Y-%m-%dT%H:%M}"})

    slot.refresh_from_db()
    assert (slot.panel_id, slot.starts_at) == (panel, place.starts_at)
    assert set(DefenceSlot.objects.exclude(pk=slot.pk).values_list("entry", "panel", "starts_at")) == rest
    scene.round.refresh_from_db()
    assert [row[0] for row in scene.round.timetable_record["moves"]] == [slot.entry.alias]
    assert actions.replay_timetable(scene.round)


def test_sheets_slips_and_calendars_say_where_to_be_and_when():
    scene = a_defence(entries=8, panels=2, built=False)
    twin = a_person(name="两件作品的人")
    for entry in scene.round.entries.all()[:2]:
        Adviser.objects.create(application=entry.application, person=twin)
    officer = scene.officer()
    officer.post(reverse("timetable_build", args=scene.args), hours())
    slots = list(DefenceSlot.objects.select_related("entry__application", "panel"))

    sheets = officer.get(reverse("judge_sheets", args=scene.args)).content.decode()
    slips = officer.get(reverse("defence_slips", args=scene.args))
    calendar = officer.get(reverse("timetable_calendar", args=scene.args))
    panel = officer.get(reverse("timetable_calendar", args=scene.args), {"panel": slots[0].panel_id})

    assert all(slot.entry.alias in sheets for slot in slots)
    assert scene.call.plan.rubric_for("senior").criteria[0].name in sheets
    both = next(slip for slip in slips.context["slips"] if slip.name == "两件作品的人")
    assert len({slot.starts_at for slot in both.slots}) == 2
    assert calendar.content.count(b"BEGIN:VEVENT") == len(slots)
    assert panel.content.count(b"BEGIN:VEVENT") == sum(slot.panel_id == slots[0].panel_id for slot in slots)
    team = slots[0].entry.application.members.first().person.name
    assert team in slips.content.decode()
    assert team not in sheets
    assert team.encode() not in calendar.content


def test_a_pupil_prints_their_own_slip_and_takes_the_calendar():
    a_defence(entries=5)
    slot = DefenceSlot.objects.select_related("entry__application", "panel").first()
    application = slot.entry.application
    pupil = signed_in(application.members.first().person)
    slip, ics = (
        reverse("defence_slip", args=[application.public_id]),
        reverse("defence_calendar", args=[application.public_id]),
    )

    page, calendar = pupil.get(slip), pupil.get(ics)

    assert slot.panel.room in page.content.decode()
    assert calendar.content.count(b"BEGIN:VEVENT") == 1
    assert "打印问辩通知单" in pupil.get(reverse("application", args=[application.public_id])).content.decode()
    elsewhere = DefenceSlot.objects.exclude(entry__application__org=application.org).first()
    if elsewhere:
        assert pupil.get(reverse("defence_slip", args=[elsewhere.entry.application.public_id])).status_code == 404


@pytest.mark.parametrize("name", ["judge_sheets", "defence_slips", "timetable_calendar", "slot", "timetable"])
def test_pages_of_the_timetable_ask_the_same_number_of_times(name):
    asked = []
    for entries in (2, 8):
        scene = a_defence(entries=entries)
        arguments = [
            *scene.args,
            *([DefenceSlot.objects.filter(panel__round=scene.round).first().pk] if name == "slot" else []),
        ]
        asked.append(queries_of(scene.officer(), reverse(name, args=arguments)))

    assert asked[0] == asked[1]


# --- settings of the step ----------------------------------------------------------------------------------------


def test_what_the_step_asks_for_is_what_the_assignment_did():
    scene = a_special_round(entries=4, assignment="maximin", spread="org", samples=1)
    scene.round.refresh_from_db()
    record = scene.round.assignment_record

    assert (record["mode"], record["inputs"]["spread"]) == ("maximin", 1)
    assert Coverage("engineer").least == 1
    assert Assignment.objects.filter(round=scene.round, is_sample=True).count() == len(scene.reviewers)

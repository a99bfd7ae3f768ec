"""Texts compared: what is shared is found and shown to those who may, what is not is not, and nothing is decided by it."""

import random

import pytest
from django.urls import reverse

from kechuang.base.jobs import run_pending_jobs
from kechuang.base.models import Job
from kechuang.engine.applications import actions as applying
from kechuang.engine.models import Fingerprint, SimilarityReport
from kechuang.engine.programme.declaration import Question, Section
from kechuang.engine.programme.publishing import SimilarityPlan
from kechuang.engine.similarity import rules
from kechuang.engine.similarity.actions import ask_comparison, compare_call, keep_text
from kechuang.engine.similarity.queries import alarm, beside_each_other, report_of, reports_of
from tests.factories.engine import a_call, a_ground, an_actor, an_application, plan_for
from tests.factories.orgs import an_officer
from tests.web.applicant_scene import signed_in

pytestmark = pytest.mark.django_db
COPIED = "学生先用晒干称重的办法标定三个传感器，再连续记录两周的读数，最后用折线图说服后勤老师改变浇水的时间，"
SIGNS = "的一是在不了有和人这中大为上个国我以要他时来用们生到作地于出就分对成会可主发年动同工也能下过子说产种面而方后多定行学法所民得经"


def filler(seed: int, length: int = 600) -> str:
    return "".join(random.Random(seed).choices(SIGNS, k=length))


# --- rules -----------------------------------------------------------------------------------------------------------


def test_letters_are_what_stands_between_punctuation():
    letters = rules.letters_of("Ａ-b，红 树林。")

    assert (letters.text, letters.places) == ("ab红树林", (0, 2, 4, 6, 7))


def test_shared_passage_is_found_whole_whatever_stands_around_it_and_however_it_is_pointed():
    one = rules.letters_of(filler(1) + COPIED + filler(2)).text
    other = rules.letters_of(filler(3, 90) + COPIED.replace("，", " ") + filler(4)).text

    (found,) = rules.passages(one, other)

    copied = rules.letters_of(COPIED).text
    assert one[found.start : found.end] == copied == other[found.other : found.other + len(found)]
    assert rules.share_covered(len(one), [found]) == pytest.approx(len(copied) / len(one))


def test_turns_of_phrase_are_no_passage():
    phrase = "科技创新教育课程体系建设的实践与探索"

    assert len(phrase) < rules.LEAST
    assert rules.passages(filler(1) + phrase + filler(2), filler(3) + phrase + filler(4)) == []


def test_any_passage_of_the_promised_length_leads_to_its_partner():
    least = rules.K + 2 * rules.WINDOW - 1
    for seed in range(40):
        shared = filler(1000 + seed, least)
        texts = [filler(seed) + shared + filler(seed + 100), filler(seed + 200) + shared + filler(seed + 300)]
        assert rules.partners([rules.prints_of(text) for text in texts], [0]) == {0: [1]}


def test_what_stands_everywhere_makes_no_partners():
    texts = [filler(seed) + COPIED for seed in range(rules.COMMON + 1)]

    assert rules.partners([rules.prints_of(text) for text in texts], range(len(texts))) == {}


def test_same_passage_twice_is_counted_once():
    assert rules.share_covered(100, [rules.Passage(0, 40, 7), rules.Passage(20, 60, 0)]) == 0.6


# --- a call ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def ground():
    return a_ground()


def a_compared_plan():
    form = (Section("s", "概况", (Question("plan", "规划", "long_text", max_length=4000),)),)
    return plan_for("school", form=form, similarity=SimilarityPlan(("plan",), alarm_share=0.1))


@pytest.fixture
def call(ground):
    return a_call(ground, plan=a_compared_plan(), programme_code="sample")


def entry(call, school, text, **facts):
    shown = {"stage": "", "discipline": "MAIN", "members": [], "filled_by": school}
    return an_application(call, school, answers={"plan": text}, **shown | facts)


def test_copied_entry_is_told_with_both_passages(ground, call):
    first = entry(call, ground.schools[0], filler(1) + COPIED + filler(2))
    second = entry(call, ground.schools[1], filler(3, 200) + COPIED + filler(4, 100))
    clean = entry(call, ground.schools[2], filler(5))

    done = compare_call(call)

    city = an_actor("city_officer", ground.org)
    assert (done.entries, done.texts, done.alarms) == (3, 3, 1)
    assert [row.application for row in reports_of(call, city)][:2] == [second, first]
    (alike,) = beside_each_other(report_of(second), city)
    (here, there) = alike.excerpts[0]
    assert (alike.application, here.passage, there.passage) == (first, COPIED.rstrip("，"), COPIED.rstrip("，"))
    assert (alarm(second.pk, call.plan.similarity), report_of(clean).share) == (14, 0)


def test_earlier_editions_and_published_versions_are_compared_with_and_other_programmes_are_not(ground, call):
    earlier = a_call(ground, plan=call.plan, programme_code="sample")
    other = a_call(ground, plan=call.plan, programme_code="another")
    old = entry(earlier, ground.schools[0], filler(1) + COPIED, state="not_awarded")
    entry(other, ground.schools[1], filler(2) + COPIED)
    fresh = entry(call, ground.schools[2], filler(3) + COPIED)
    compare_call(earlier)
    compare_call(other)
    keep_text(old, 2, filler(6) + COPIED)

    compare_call(call)

    found = report_of(fresh).found
    assert {Fingerprint.objects.get(pk=row["with"]).edition for row in found} == {0, 2}
    assert {Fingerprint.objects.get(pk=row["with"]).application for row in found} == {old}


def test_drafts_and_what_was_withdrawn_are_nobodys_business(ground, call):
    entry(call, ground.schools[0], filler(1) + COPIED, state="draft")
    entry(call, ground.schools[1], filler(2) + COPIED, state="withdrawn")
    sent = entry(call, ground.schools[2], filler(3) + COPIED)

    compare_call(call)

    assert (SimilarityReport.objects.count(), report_of(sent).share) == (1, 0)


def test_changed_text_is_read_again_and_the_same_is_not(ground, call):
    sent = entry(call, ground.schools[0], filler(1))
    compare_call(call)
    before = Fingerprint.objects.get()

    compare_call(call)
    assert Fingerprint.objects.get().made_at == before.made_at
    sent.answers = {"plan": filler(2)}
    sent.save()
    compare_call(call)

    assert Fingerprint.objects.get().text == filler(2)


def test_submission_asks_for_one_comparison_a_minute_later(ground, call):
    for school in ground.schools[:2]:
        by = an_actor("school_officer", school)
        draft = applying.begin_application(call, school, by=by)
        draft, errors = applying.save_answers(
            draft, {"plan": filler(1), "abstract": "概况"}, version=draft.version, by=by
        )
        assert errors == {}
        applying.submit_application(draft, by=by)

    assert Job.objects.filter(kind="similarity.compare").count() == 1
    ask_comparison(call, by=an_actor("city_officer", ground.org))
    assert Job.objects.filter(kind="similarity.compare").count() == 1
    Job.objects.filter(kind="similarity.compare").update(run_after="2020-01-01T00:00Z")
    run_pending_jobs()
    assert SimilarityReport.objects.count() == 2


def test_only_whoever_runs_the_call_reads_foreign_text(ground, call):
    first = entry(call, ground.schools[0], filler(1) + COPIED)
    entry(call, ground.schools[1], filler(2) + COPIED)
    compare_call(call)
    url = reverse("application_similarity", args=[first.public_id])

    city = signed_in(an_officer("city_officer", ground.org)).get(url)
    district = signed_in(an_officer("district_officer", ground.districts[0])).get(url)
    school = signed_in(an_officer("school_officer", ground.schools[0])).get(url)

    assert COPIED.rstrip("，") in city.content.decode()
    assert (district.status_code, school.status_code) == (404, 403)


def test_list_costs_the_same_however_many_entries(ground, call, django_assert_num_queries):
    client, url = signed_in(an_officer("city_officer", ground.org)), reverse("similarity", args=[call.slug])
    for count in (1, 4):
        for number in range(count):
            entry(call, ground.schools[number % 4], filler(count * 10 + number) + COPIED)
        compare_call(call)
        client.get(url)
        with django_assert_num_queries(7):
            client.get(url)

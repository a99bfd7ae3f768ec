"""明日科创之星: from the call to the title and the talent file; the parts weigh as the rule says; nobody is ranked in public."""

from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from kechuang.base import clock
from kechuang.base.errors import Refused
from kechuang.base.masking import mask_name
from kechuang.base.models import AuditEntry, Message
from kechuang.engine.applications import actions as applying
from kechuang.engine.applications.batch import MoveRefused
from kechuang.engine.awards.actions import revoke_award
from kechuang.engine.decisions.actions import finalise_decision, propose_decision, rank_round, replay_decision
from kechuang.engine.honours.queries import open_registers
from kechuang.engine.models import Award, Decision, ExamMark, Honour, NoticeLine, TalentEntry
from kechuang.engine.reviews import actions as reviews
from kechuang.engine.reviews.actions.marks import ABSENT, Mark, read_mark, record_marks
from kechuang.engine.talent.queries import Sought, files_of, own_file, search_files
from kechuang.orgs.actions.consents import record_consent, withdraw_consent
from kechuang.programmes.tomorrow_stars import programme, rules
from kechuang.programmes.tomorrow_stars.programme import TOMORROW_STARS
from tests.factories.engine import a_call, a_ground, an_actor, an_attachment
from tests.factories.orgs import a_guardian, a_pupil, a_teacher, actor_for
from tests.programmes.driver import ENOUGH, Run, run, sample_answers
from tests.web.applicant_scene import signed_in

MONDAY = datetime(2026, 9, 7, 9, tzinfo=timezone.get_default_timezone())


@pytest.mark.parametrize(
    ("answers", "eligible"),
    [
        ({"practice": [["2026", "水质调查", "采样"]], "service": "讲解员"}, True),
        ({"practice": [["2023", "水质调查", "采样"]], "service": "讲解员"}, False),
        ({"practice": [["2024年", "水质调查", "采样"]], "service": " "}, False),
        ({"service": "讲解员"}, False),
    ],
)
def test_own_practice_of_three_years_and_something_for_others(answers, eligible):
    assert rules.is_eligible(answers, 2026) is eligible


def test_parts_weigh_forty_twenty_thirty_ten():
    """domain.md §3.8, computed from the declaration: weight of the round times the share of the criterion."""
    materials = TOMORROW_STARS.rubric_for("junior", "portfolio")
    weights = {plan.code: plan.weight for plan in TOMORROW_STARS.rounds}
    social = next(item.points for item in materials.criteria if item.code == "social")

    parts = {
        "portfolio": weights["portfolio"] * (materials.total - social), "social": weights["portfolio"] * social,
        "test": weights["test"] * 100, "defence": weights["defence"] * TOMORROW_STARS.rubric_for("junior", "defence").total,
    }  # fmt: skip
    assert parts == pytest.approx(rules.PARTS)
    assert sum(rules.PARTS.values()) == 100


@pytest.fixture
def made():
    with clock.travel(MONDAY):
        yield run(TOMORROW_STARS)


@pytest.mark.django_db
def test_from_call_to_talent_file(made):
    """Three candidates, the best of whom is named (40 % of three, and never more)."""
    _run, (award,) = made
    pupil = award.application.person
    assert award.application.members.get().person == pupil
    decision = Decision.objects.get(kind="award", state="final")
    line = decision.lines.get(application=award.application)
    assert set(line.parts) == {"portfolio", "test", "defence"}
    assert line.estimate == pytest.approx(
        0.5 * line.parts["portfolio"] + 0.2 * 95 + 0.3 * line.parts["defence"], abs=0.01
    )
    assert replay_decision(decision).ok
    with clock.travel(MONDAY + timedelta(days=40)):
        honour = Honour.objects.get()
        assert (honour.person, honour.title, honour.valid_until.year) == (pupil, "明日科创之星", 2027)

        assert own_file(pupil) == []
        told = Message.objects.get(user=pupil.user, kind="talent.asked")
        assert told.url == f"/guardian/{pupil.public_id}/talent/"
        record_consent(pupil, "talent", by=actor_for(pupil))
        (entry,) = own_file(pupil)
        assert (entry.award, entry.school_name, entry.grade) == (award, award.application.org.name, 8)

        withdraw_consent(pupil, "talent", by=actor_for(pupil))
        assert own_file(pupil) == []
        record_consent(pupil, "talent", by=actor_for(pupil))
        assert own_file(pupil) == [entry]
        revoke_award(award, reason="材料不实", by=made[0].city)
        assert own_file(pupil) == []


@pytest.mark.django_db
def test_nothing_of_it_is_public_that_names_or_ranks_a_pupil(made):
    _run, (award,) = made
    pupil = award.application.person
    line = NoticeLine.objects.get()
    assert pupil.name not in line.names + line.title

    client = Client()
    with clock.travel(MONDAY + timedelta(days=40)):
        assert "tomorrow_stars" not in open_registers()
        assert client.get(reverse("register", args=["tomorrow_stars"])).status_code == 404
        number = Honour.objects.get().number
        assert client.get(reverse("honour", args=["tomorrow_stars", number])).status_code == 404
        certificate = award.certificates.get()
        page = client.get(reverse("certificate", args=[certificate.code])).content.decode()
    assert pupil.name not in page
    assert mask_name(pupil.name) in page
    assert "不作为中小学招生入学依据" in str(certificate.words)


@pytest.mark.django_db
def test_only_the_citys_officers_search_and_only_files_with_consent(made):
    made_run, (award,) = made
    pupil = award.application.person
    with clock.travel(MONDAY + timedelta(days=40)):
        assert list(search_files(made_run.city, Sought())) == []
        record_consent(pupil, "talent", by=actor_for(pupil))
        found = list(
            search_files(made_run.city, Sought(name=pupil.name, stage="junior", programme="tomorrow_stars", year=2026))
        )
        assert [file.person for file in files_of(found)] == [pupil]
        assert list(search_files(made_run.city, Sought(stage="senior"))) == []
        district = an_actor("district_officer", made_run.ground.districts[0])
        assert list(search_files(district, Sought())) == []
        client = signed_in(made_run.city.person)
        assert pupil.name in client.get(reverse("talent_search"), {"q": pupil.name}).content.decode()
        row = AuditEntry.objects.get(action="read_talent_file")
        assert (row.by_id, row.on_id, row.detail) == (made_run.city.user.pk, pupil.public_id, {"name": pupil.name})
        assert TalentEntry.objects.count() == 1


@pytest.mark.django_db
def test_pupil_applies_alone_with_the_guardians_consent():
    with clock.travel(MONDAY):
        ground = a_ground()
        call = a_call(ground, plan=TOMORROW_STARS, programme_code="tomorrow_stars")
        pupil = a_pupil(ground.schools[0], grade=5)
        guardian, by = a_guardian(pupil), actor_for(pupil)
        draft = applying.begin_application(call, ground.schools[0], by=by)
        assert (draft.person, draft.stage, draft.title, draft.division) == (pupil, "primary", "", "primary.star")

        answers = sample_answers(TOMORROW_STARS, "star", 0.9) | ENOUGH["tomorrow_stars"] | {"title": "校园雨水花园"}
        draft, errors = applying.save_answers(draft, answers, version=draft.version, by=by)
        an_attachment(draft, "proof")
        assert errors == {}
        with pytest.raises(MoveRefused, match="参赛同意"):
            applying.submit_application(draft, by=by, signs={"truth": ""})
        record_consent(pupil, "entering", by=actor_for(guardian))
        assert applying.submit_application(draft, by=by, signs={"truth": ""}).state == "submitted"
        with pytest.raises(Exception, match="不属于这个单位"):
            applying.begin_application(call, ground.schools[0], by=actor_for(a_teacher(ground.schools[0])))


@pytest.mark.django_db
def test_marks_are_read_and_kept_row_by_row():
    plan = TOMORROW_STARS.round("test")
    assert [read_mark(plan, text) for text in ("88.5", "缺考", "", None)] == [Mark(Decimal("88.5")), ABSENT, None, None]
    for text, says in (
        ("101", "超出范围"),
        ("-1", "超出范围"),
        ("NaN", "超出范围"),
        ("八十", "不是数字"),
        ("88.123", "两位小数"),
    ):
        with pytest.raises(Refused, match=says):
            read_mark(plan, text)


@pytest.mark.django_db
def test_test_closes_when_every_candidate_has_a_mark_or_was_absent():
    with clock.travel(MONDAY):
        made = Run(TOMORROW_STARS, 2)
        made.forward()
        first = made._round(made.plan.rounds[0])
        rank_round(first, by=made.city)
        finalise_decision(propose_decision(first, "shortlist", {"share": 1.0}, by=made.city), by=made.city)
        test = reviews.open_round(made.call, "test", by=made.city, seed=1)
        one, two = test.entries.order_by("alias")

        with pytest.raises(Refused, match="没有这些准考号"):
            record_marks(test, {"E-9999X": ABSENT}, by=made.city)
        assert record_marks(test, {one.alias: Mark(Decimal(80))}, by=made.city) == 1
        assert record_marks(test, {one.alias: Mark(Decimal("80.00"))}, by=made.city) == 0
        with pytest.raises(Refused, match=two.alias):
            reviews.close_round(test, by=made.city)
        record_marks(test, {two.alias: ABSENT}, by=made.city)
        reviews.close_round(test, by=made.city)
        ranked = rank_round(test, by=made.city)
        assert [row["entry"] for row in ranked.outputs["table"]] == [one.alias]
        with pytest.raises(Refused, match="不在评审中"):
            record_marks(test, {two.alias: Mark(Decimal(1))}, by=made.city)
    assert ExamMark.objects.filter(is_absent=True).count() == 1
    assert not Award.objects.exists()


def test_declaration_is_short():
    assert len(Path(programme.__file__).read_text(encoding="utf-8").splitlines()) <= 120

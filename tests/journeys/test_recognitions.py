"""Each recognition through its pages, told from its declaration alone: from the call to the certificate and the register."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from kechuang.base import clock
from kechuang.base.jobs import run_pending_jobs
from kechuang.engine.applications.perform import available_moves
from kechuang.engine.awards.models import Certificate
from kechuang.engine.models import Assignment, PublicNotice, ReviewRound, Visit
from kechuang.engine.programme.declaration import RoundPlan
from kechuang.engine.programme.registry import PROGRAMMES
from kechuang.engine.reviews.actions.visits import record_visit, sign_visit
from kechuang.engine.visits.actions import record_vetting
from kechuang.orgs.enums import Role
from kechuang.orgs.models import Person
from tests.base import samples
from tests.factories.engine import an_actor
from tests.factories.orgs import actor_for
from tests.journeys import offices
from tests.journeys.contest import day
from tests.journeys.entrants import ask_partner, begin, consent, fill_in, hand_in, say_yes, sign
from tests.journeys.selection import SHARE, Selection, a_selection, step_window
from tests.journeys.visitor import Open, Visitor
from tests.programmes.driver import ONWARD

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]
SELECTIONS = sorted(code for code in PROGRAMMES if code != "innovation_contest")
"""The contest's journey is test_contest's."""


@pytest.fixture(scope="module")
def looked() -> set[Any]:
    """Offices and experts see the same pages whatever the recognition: checked once. Each entrant's are checked anew."""
    return set()


@pytest.mark.shared
@pytest.mark.parametrize("code", SELECTIONS)
def test_a_recognition_from_the_call_to_the_register(code: str, door: Open, troubles: list[str], tmp_path: Path):
    with clock.travel(day(9, 7)):
        scene = a_selection(PROGRAMMES[code])
        title = f"{scene.plan.name}评选"
        with door(scene.city_officer) as officer:
            publish(officer, scene, title)
        apply(door, scene, title, tmp_path / "paper.pdf")
        for person in scene.offices:
            decide(door, scene, title, person)
    for plan in scene.plan.rounds:
        with clock.travel(day(10, 8) if plan is scene.plan.rounds[0] else day(10, 20)):
            review(door, scene, title, plan)
    if scene.plan.rounds:
        with clock.travel(day(11, 2)):
            offices.announce(door, scene.city_officer, scene.entry.title)
        with clock.travel(PublicNotice.objects.get().ends_on + timedelta(days=1)):
            offices.award(door, scene.city_officer, title, scene.holder)
    run_pending_jobs()
    with clock.travel(day(11, 23)):
        verify(door, scene)

    assert scene.entry.state == "awarded"
    assert troubles == []


def publish(officer: Visitor, scene: Selection, title: str) -> None:
    officer.menu("申报")
    officer.follow("新建申报通知")
    officer.fill({"programme": scene.plan.code, "title": title, "year": "2026"})
    officer.press("建立草稿")
    officer.follow("步骤与时间")
    for n, step in enumerate(scene.plan.steps):
        opens, closes = (timezone.localtime(at).strftime("%Y-%m-%dT%H:%M") for at in step_window(step.code, n))
        officer.fill({f"rows-{n}-opens_at": opens, f"rows-{n}-closes_at": closes})
    officer.press("保存并继续")
    if scene.plan.needs_approval_number:
        officer.follow("批准文号")
        officer.fill(
            {"approval_number": "示教函〔2026〕88号", "approval_from": "2026-01-01", "approval_until": "2026-12-31"}
        )
        officer.press("保存并继续")
    officer.follow("检查并发布")
    officer.press("发布")
    assert scene.call.state == "published"


def apply(door: Open, scene: Selection, title: str, paper: Path) -> None:
    paper.write_bytes(samples.pdf())
    with door(scene.entrant) as entrant:
        begin(entrant, title, nominee=scene.nominee)
        facts = {"a-discipline": scene.kind, "a-abstract": scene.answers()["abstract"]}
        if entrant.page.locator("[name=a-stage]").count():
            facts = {"a-stage": scene.plan.stages[0]} | facts
        if not scene.entry.title:
            facts = {"a-title": f"{scene.plan.words.entry}一"} | facts
        entrant.fill(facts)
        fill_in(entrant, scene.plan, scene.answers(), paper)
        if scene.plan.partner and scene.partner:
            ask_partner(entrant, "示范合作单位", scene.plan.partner.years)
            with door(scene.partner) as partner:
                say_yes(partner)
        sign(entrant, scene.plan.pledges)
        if scene.guardian:
            with door(scene.guardian) as guardian:
                consent(guardian, "报名参赛")
        hand_in(entrant)


def decide(door: Open, scene: Selection, title: str, person: Person) -> None:
    """The office's move that leads on, if it has one; where items are to be scored, it scores them first."""
    entry = scene.entry
    moves = [move for move in available_moves(entry, actor_for(person)) if move.name in {*ONWARD, "grant"}]
    if not moves:
        return
    if moves[0].name == "recommend" and scene.plan.verified_least is not None:
        with door(person) as officer:
            score_the_items(officer, scene)
    if moves[0].name == "grant":
        grant(door, scene, title, person, str(moves[0].label))
    else:
        offices.decide_in_the_list(door, person, title, entry.title, str(moves[0].label))
    assert scene.entry.state == moves[0].target


def grant(door: Open, scene: Selection, title: str, person: Person, label: str) -> None:
    """One by one, on the application's page; into a pool of people only with a clear vetting."""
    entry = scene.entry
    if scene.plan.pool and entry.person:
        record_vetting(entry.person, "clear", clock.today(), by=actor_for(person))
    with door(person) as officer:
        offices.to_the_call(officer, title)
        officer.follow("办理申报")
        officer.follow(entry.title)
        officer.press(label)


def score_the_items(officer: Visitor, scene: Selection) -> None:
    officer.go("application", scene.entry.public_id)
    officer.follow("逐项自评与核分")
    rubric = scene.plan.rubric_for(scene.entry.stage)
    officer.fill({f"points-{item.code}": f"{item.points * SHARE:g}" for item in rubric.criteria})
    for gate in rubric.gates:
        officer.hand.tick(officer.page.locator(f"[name=met-{gate.code}]"))
    officer.press("保存核分")
    officer.sees("核分已保存")


def review(door: Open, scene: Selection, title: str, plan: RoundPlan) -> None:
    if plan is scene.plan.rounds[0]:
        scene.others()
    with door(scene.city_officer) as officer:
        offices.to_the_call(officer, title)
        officer.follow(plan.name)
        officer.press("启动评审")
        if plan.kind == "test":
            write_the_marks(officer, scene, plan)
        else:
            bring_the_experts(officer, scene, plan)
            judge(door, scene, plan)
        offices.close_and_rank(officer, title, plan.name, scene.entry.title)
        offices.propose_and_finalise(officer, "授奖" if plan is scene.plan.rounds[-1] else "入围")


def write_the_marks(officer: Visitor, scene: Selection, plan: RoundPlan) -> None:
    """Of a written test, by numbers without names."""
    officer.go("round_marks", scene.call.slug, plan.code)
    entries = scene.call.rounds.get(code=plan.code).entries.order_by("alias").values_list("alias", "application_id")
    officer.fill({f"points-{alias}": "95" if pk == scene.entry.pk else f"{60 + pk % 7}" for alias, pk in entries})
    officer.press("保存成绩")


def bring_the_experts(officer: Visitor, scene: Selection, plan: RoundPlan) -> None:
    if plan.kind == "panel":
        offices.set_up_a_panel(officer, day=str(clock.today() + timedelta(days=1)), title=scene.entry.title)
    else:
        offices.invite_everybody(officer)
        officer.follow("进度")
        offices.press_next_steps(officer, until=Assignment.objects.filter(round__code=plan.code).exists)


def judge(door: Open, scene: Selection, plan: RoundPlan) -> None:
    round_ = scene.call.rounds.get(code=plan.code)
    offices.score(door, scene.entry, round_, beside=record_the_visit_then_sign if plan.checklist else None)
    if plan.checklist:
        sign_as_host(door, scene)
        _sign_the_others(scene, round_, plan)


def record_the_visit_then_sign(expert_: Visitor) -> None:
    """On the place: the checklist, then the panel's signature; and back to the sheet."""
    sheet = expert_.page.url
    expert_.follow("实地考察记录")
    for box in expert_.page.locator("input[type=radio][value=yes]").all():
        expert_.hand.tick(box)
    expert_.write("#remark", "现场所见与申报材料一致。")
    expert_.press("保存考察记录")
    expert_.press("代表专家组签字")
    expert_.page.goto(sheet)


def sign_as_host(door: Open, scene: Selection) -> None:
    with door(scene.entrant if not scene.plan.nominated else scene.school_officer) as host:
        host.go("application", scene.entry.public_id)
        host.follow("实地考察记录")
        host.press("核对无误，签字")
        host.sees("双方已签字")
    assert Visit.objects.get(entry__application=scene.entry).is_signed


def _sign_the_others(scene: Selection, round_: ReviewRound, plan: RoundPlan) -> None:
    officer = actor_for(scene.city_officer)
    found = {item.code: {"answer": "yes"} for item in plan.checklist}
    for entry in round_.entries.exclude(application=scene.entry):
        visit = record_visit(entry, visited_on=clock.today(), found=found, by=officer)
        sign_visit(visit, "panel", by=officer)
        role = Role.PARTNER_OFFICER if entry.application.org.partner_kind else Role.SCHOOL_OFFICER
        sign_visit(visit, "host", by=an_actor(role, entry.application.org))


def verify(door: Open, scene: Selection) -> None:
    certificate = Certificate.objects.filter(award__application=scene.entry).first()
    assert certificate is not None and certificate.state == "issued"
    with door() as anybody:
        anybody.go("home")
        anybody.menu("证书核验")
        anybody.write("main [name=number]", certificate.code)
        anybody.press("核验")
        anybody.sees("证书有效")
        if scene.plan.honour and scene.plan.honour.public:
            anybody.menu("荣誉名册")
            anybody.follow(scene.plan.name)
            anybody.sees(scene.holder)

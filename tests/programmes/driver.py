"""Runs any declared programme from the call to the award, each step by whom the declaration says: what no engine change may need."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

from kechuang.base import clock
from kechuang.console.demo.selections import sample_answers
from kechuang.engine.applications import actions as applying
from kechuang.engine.applications.items import verify_items, verifying_move
from kechuang.engine.applications.models import Application
from kechuang.engine.applications.perform import available_moves, perform
from kechuang.engine.awards.actions import award_call
from kechuang.engine.awards.models import Award
from kechuang.engine.decisions.actions import finalise_decision, propose_decision, rank_round
from kechuang.engine.partnerships.actions import answer_partner, ask_partner
from kechuang.engine.partnerships.models import Partnership
from kechuang.engine.programme.declaration import Programme, RoundPlan
from kechuang.engine.publicity.actions import close_notice, draft_notice, publish_notice
from kechuang.engine.reviews import actions as reviews
from kechuang.engine.reviews.actions.marks import Mark, record_marks
from kechuang.engine.reviews.actions.visits import record_visit, sign_visit
from kechuang.engine.visits.actions import record_vetting
from kechuang.orgs.actor import Actor
from kechuang.orgs.models import Org, Person
from tests.factories.engine import a_call, a_ground, a_reviewer, an_actor, an_attachment, scored
from tests.factories.orgs import a_partner, a_pupil, a_school, a_teacher, actor_for, an_officer, has_agreed

ONWARD = ("endorse", "recommend", "screen")
SHARE = 0.9
ENOUGH = {"course_cases": {"subjects": ["科学", "数学"], "grades": ["五年级"]},
          "practice_bases": {"area_m2": "900", "open_days": "260", "staff_count": "3", "volunteers": "20"},
          "teacher_leaders": {"years": "8", "advised": [["2024", "全国二等奖"]], "won": [["2022年", "省优秀科技辅导员"]], "researched": []},
          "tomorrow_stars": {"practice": [["2026", "校园水质调查", "采样和分析"]], "service": "社区科普讲解员"},
          "guest_engineers": {"years": "8", "uscc": "91440300708461136T"},
          "museum_schools": {"visits": [["上", "参观与实验", "五年级", "40"]] * 4, "lessons": [["光学", "六年级", "8"], ["力学", "六年级", "8"]]},
          "innovation_labs": {"room_m2": "90", "projects": [["水下机器人", "高一", "20", "32"], ["语音识别", "高一", "20", "32"]]}}  # fmt: skip
"""What a programme's own guard asks beyond an answer to every question."""


class Run:
    """A city, a call of the programme by its office or by a district's, and entries of `count` holders."""

    def __init__(self, plan: Programme, count: int = 3, *, of_district: bool = False) -> None:
        self.plan, self.ground = plan, a_ground()
        rolling = {"closes_at": None} if plan.rolling else {}
        org = self.ground.districts[0] if of_district else self.ground.org
        self.call = a_call(
            self.ground, plan=plan, programme_code=plan.code, approval_number="示教函〔2026〕1号", org=org, **rolling
        )
        self.schools = [a_school(org) for _n in range(count)] if of_district else self.ground.schools
        self.city = an_actor("district_officer" if of_district else "city_officer", org)
        """Whoever runs the call."""
        self.entries = [self._entry(number) for number in range(count)]

    # --- applying ------------------------------------------------------------------------------------------------

    def _entry(self, number: int) -> Application:
        org, person, by = self._applicant(self.schools[number % len(self.schools)])
        draft = applying.begin_application(self.call, org, by=by, person=person)
        answers = (
            sample_answers(self.plan, self._kind(org), SHARE)
            | ENOUGH.get(self.plan.code, {})
            | ({} if draft.title else {"title": f"第{number}件"})
        )
        if self.plan.stages and not draft.stage:
            answers["stage"] = self.plan.stages[0]
        draft, errors = applying.save_answers(draft, answers, version=draft.version, by=by)
        assert errors == {}
        self._papers(draft)
        if self.plan.partner:
            with_partner(draft, self.ground.org, by)
        return applying.submit_application(draft, by=by, signs={pledge.code: "无" for pledge in self.plan.pledges})

    def _applicant(self, school: Org) -> tuple[Org, Person | None, Actor]:
        plan, city = self.plan, self.city
        if plan.applicant == "team":
            pupil = a_pupil(school, grade=8)
            has_agreed(pupil, *plan.consents)
            return school, None, actor_for(pupil)
        if plan.applicant == "person":
            if plan.of_pupils:
                pupil = a_pupil(school, grade=8)
                has_agreed(pupil, *plan.consents)
                return school, pupil, actor_for(pupil)
            if "engineer" in plan.roles:
                employer = a_partner(self.ground.org, "enterprise")
                engineer = an_officer("engineer", employer)
                return employer, engineer, actor_for(engineer)
            person = a_teacher(school)
            return school, person, city if plan.nominated else actor_for(person)
        is_school = plan.applicant == "school" or (self.call.org != self.ground.org and "school" in plan.org_kinds)
        org = school if is_school else a_partner(self.ground.org, next(k for k in plan.org_kinds if k != "school"))
        return org, None, city if plan.nominated else _office(org)

    def _kind(self, org: Org) -> str:
        return self.plan.disciplines[-1 if org.partner_kind else 0].code

    def _papers(self, draft: Application) -> None:
        for question in self.plan.questions():
            if question.kind in {"file", "files"} and question.required_from:
                an_attachment(draft, question.code)

    # --- onward --------------------------------------------------------------------------------------------------

    def forward(self) -> None:
        """Every office takes the move that leads on, until the city may review (or has granted)."""
        for entry in self.entries:
            self._forward(entry)

    def _forward(self, entry: Application) -> None:
        unit, school = entry.org.parent, entry.org
        officers = [an_actor("school_officer", school)] if school.kind == "school" else []
        officers += [an_actor("district_officer", unit)] if unit and unit.kind == "district" else []
        for by in [*officers, self.city]:
            fresh = Application.objects.get(pk=entry.pk)
            for move in available_moves(fresh, by):
                if move.name in {*ONWARD, "grant"}:
                    self._verify(fresh, by) if move == verifying_move(fresh) else None
                    if move.name == "grant" and self.plan.pool and fresh.person:
                        record_vetting(fresh.person, "clear", clock.today(), by=by)
                    perform(fresh, move.name, by=by)
                    break

    def _verify(self, entry: Application, by: Actor) -> None:
        if self.plan.verified_least is not None:
            rubric = self.plan.rubric_for(entry.stage)
            marks = {item.code: item.points * SHARE for item in rubric.criteria}
            verify_items(entry, marks, gates={gate.code: True for gate in rubric.gates}, by=by)

    def review(self) -> Any:
        """Every round in its order; all but the last choose who goes on."""
        for plan in self.plan.rounds[:-1]:
            round_ = self._round(plan)
            rank_round(round_, by=self.city)
            finalise_decision(propose_decision(round_, "shortlist", {"share": 1.0}, by=self.city), by=self.city)
        return self._round(self.plan.rounds[-1])

    def _round(self, plan: RoundPlan) -> Any:
        kinds = [kind.code for kind in self.plan.disciplines]
        experts = [a_reviewer(self.ground, fields=kinds, stages=[]) for _n in range(3)]
        round_ = reviews.open_round(self.call, plan.code, by=self.city, seed=1)
        if plan.kind == "test":
            self._test(round_)
            return reviews.close_round(round_, by=self.city)
        if plan.kind == "panel":
            reviews.create_panel(round_, name="一组", room="现场", reviewers=experts, by=self.city)
            reviews.build_timetable(round_, start=clock.now() + timedelta(days=1), by=self.city)
        else:
            reviews.invite_reviewers(round_, experts, by=self.city)
            reviews.assign_reviewers(round_, by=self.city)
        order = {entry.pk: 0.95 - 0.05 * number for number, entry in enumerate(self.entries)}
        scored(round_, lambda row: order[row.entry.application_id])
        for entry in round_.entries.all() if plan.checklist else ():
            found = {item.code: {"answer": "yes"} for item in plan.checklist}
            visit = record_visit(entry, visited_on=clock.today(), found=found, by=self.city)
            sign_visit(visit, "panel", by=self.city)
            sign_visit(visit, "host", by=_office(entry.application.org))
        return reviews.close_round(round_, by=self.city)

    def _test(self, round_: Any) -> None:
        aliases = round_.entries.order_by("application").values_list("alias", flat=True)
        record_marks(round_, {alias: Mark(Decimal(95 - 5 * n)) for n, alias in enumerate(aliases)}, by=self.city)

    def award(self, round_: Any) -> list[Award]:
        rank_round(round_, by=self.city)
        terms = {} if any(prize.least is not None for prize in self.plan.prizes.prizes) else {"group_by": "all"}
        decision = finalise_decision(propose_decision(round_, "award", terms, by=self.city), by=self.city)
        notice = publish_notice(draft_notice(decision, by=self.city), by=self.city)
        with clock.travel(clock.now() + timedelta(days=30)):
            return award_call(close_notice(notice, by=self.city), by=self.city).awards


def with_partner(draft: Application, city: Org, by: Actor) -> Partnership:
    """A partner of the first kind that the declaration names is asked, and says yes."""
    plan = draft.call.plan.partner
    assert plan is not None
    partner = a_partner(city, plan.kinds[0])
    officer = an_actor("partner_officer", partner)
    row = ask_partner(draft, partner, years=plan.years, purpose="共建课程", by=by)
    return answer_partner(row, yes=True, by=officer)


def _office(org: Org) -> Actor:
    return an_actor("partner_officer" if org.partner_kind else "school_officer", org)


def run(plan: Programme, *, of_district: bool = False) -> tuple[Run, list[Award]]:
    """From the call to the awards."""
    made = Run(plan, of_district=of_district)
    made.forward()
    if any(move.name == "begin_review" for move in made.call.workflow.moves):
        awards = made.award(made.review())
    else:
        awards = list(Award.objects.filter(call=made.call))
    return made, awards

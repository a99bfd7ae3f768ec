"""Selections whose applicants are schools, organisations or people, in the demo city: told from the declaration alone."""

import math
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any, Self

from django.utils import timezone

from kechuang.base.clock import today, travel
from kechuang.base.jobs import run_pending_jobs
from kechuang.console.demo.city import DemoCity, School
from kechuang.console.demo.corners import verify
from kechuang.console.demo.story import STEP_DAYS
from kechuang.engine.applications import actions
from kechuang.engine.applications.perform import perform, perform_many
from kechuang.engine.awards.actions import award_call
from kechuang.engine.calls.actions import close_call, create_call, edit_call, publish_call
from kechuang.engine.decisions.actions import finalise_decision, propose_decision, rank_round
from kechuang.engine.honours.actions import hand_over_plaque, make_plaque, record_honour, revoke_honour
from kechuang.engine.models import Application, Assignment, Call, Decision, Honour, Reviewer, ReviewRound
from kechuang.engine.programme.declaration import Programme, Question
from kechuang.engine.programme.registry import PROGRAMMES
from kechuang.engine.publicity.actions.notices import close_notice, draft_notice, publish_notice
from kechuang.engine.reviews.actions import build_timetable, create_panel
from kechuang.engine.reviews.actions.conflicts import find_conflicts
from kechuang.engine.reviews.actions.marks import Mark, record_marks
from kechuang.engine.reviews.actions.rounds import close_round, open_round
from kechuang.engine.reviews.actions.scoring import submit_scores
from kechuang.engine.reviews.actions.visits import record_visit, sign_visit
from kechuang.engine.reviews.rules import ScoreSheet
from kechuang.orgs.actor import Actor
from kechuang.orgs.models import Org

FEATURE_SCHOOLS = "中小学科技创新教育特色学校认定"
WORDS = "学校按照年度计划推进，材料齐全，数据可以核对。"
READ = (
    "事实清楚，数字可以核对。",
    "做法扎实，怎样推广还可以写得更具体。",
    "受益的学生多，建议补充不同水平学生的变化。",
)
FOUND = "现场所见与申报材料一致，个别记录还可以更完整。"


def sample_answers(plan: Programme, discipline: str, share: float) -> dict[str, Any]:
    """An answer to everything that the form asks in words; points of a self-evaluation are `share` of what an item is worth."""
    found: dict[str, Any] = {"abstract": WORDS, "discipline": discipline}
    for question in plan.questions():
        if question.kind not in {"file", "files", "statement"}:
            found[question.code] = sample(question, share)
    return found


def sample(question: Question, share: float) -> Any:
    most = question.maximum
    samples: dict[str, Any] = {
        "number": f"{most * share:g}" if most else f"{max(question.minimum or 0, 2):g}",
        "date": today().isoformat(),
        "choice": question.choices[0] if question.choices else "",
        "choices": list(question.choices[:1]),
        "yes_no": "yes",
        "table": [["示范" if n == 0 else "12" for n in range(len(question.columns))]],
        "url": "https://example.org/",
    }
    return samples.get(question.kind, WORDS)


@dataclass
class Selection:
    """One call of a programme, by the city or by a `unit`; `begins` is the first day of applying."""

    city: DemoCity
    programme: str
    title: str
    begins: date
    experts: list[Reviewer] = field(default_factory=list)
    year: int = 0
    """Of the edition, where it is not the year in which it begins."""
    unit: Org | None = None
    group_by: str = ""
    """Among which entries prizes are counted, where the divisions of a small demo city are too small for it."""
    call: Call = field(init=False)

    def at(self, days: float, hour: int = 10) -> datetime:
        return timezone.make_aware(datetime.combine(self.begins, time(hour))) + timedelta(days=days)

    @property
    def officer(self) -> Actor:
        if self.unit is not None:
            units = self.city.unit_officers.values()
            return next(officer for officer in units if officer.memberships[0].org_id == self.org.pk)
        assert self.city.officer
        return self.city.officer

    @property
    def org(self) -> Org:
        return self.unit or self.city.org

    def publish(self) -> Self:
        with travel(self.at(-3)):
            plan = PROGRAMMES[self.programme]
            year = self.year or self.begins.year
            title = f"{self.title}（{year}）"
            call = create_call(self.programme, self.org, by=self.officer, title=title, title_en=f"{plan.name_en} {year}",
                               year=year, is_demo=True)  # fmt: skip
            steps = tuple(
                replace(
                    step, opens_at=self.at(0, 9).isoformat(), closes_at=self.at(STEP_DAYS[step.code], 18).isoformat()
                )
                for step in call.plan.steps
            )
            call = edit_call(call, by=self.officer, plan=replace(call.plan, steps=steps))
            self.call = publish_call(call, by=self.officer)
        return self

    def apply(self, schools: Iterable[School], *, days: float = 10) -> list[Application]:
        """One application each, of a quality of its own, sent in."""
        found = []
        for number, school in enumerate(schools):
            with travel(self.at(days, 9 + number % 9)):
                draft = self.draft(school, 0.82 + 0.015 * (number % 9))
                signs = {pledge.code: WORDS if pledge.asks_detail else "" for pledge in self.call.plan.pledges}
                found.append(actions.submit_application(draft, by=school.officer, signs=signs))
        return found

    def draft(self, school: School, share: float) -> Application:
        plan, by = self.call.plan, school.officer
        application = actions.begin_application(self.call, school.org, by=by)
        kinds = [kind.code for kind in plan.disciplines]
        kind = kinds[school.org.pk % len(kinds)]
        return actions.save_answers(application, sample_answers(plan, kind, share), version=application.version, by=by)[
            0
        ]

    def recommend(self, entries: Iterable[Application], *, days: float = 40) -> None:
        """The district scores each item a little below the self-evaluation, and recommends."""
        officers = {officer.memberships[0].org_id: officer for officer in self.city.unit_officers.values()}
        with travel(self.at(days)):
            for entry in entries:
                by = officers[entry.org.parent_id]
                verify(entry, by)
                perform(entry, "recommend", by=by)

    def review(self) -> ReviewRound:
        """Screen, then one panel of three that goes to the places and scores; every visit signed by both sides."""
        with travel(self.at(50)):
            perform_many(list(self.call.applications.filter(state="recommended")), "screen", by=self.officer)
        with travel(self.at(60)):
            round_ = open_round(
                self.call,
                self.call.plan.rounds[0].code,
                by=self.officer,
                seed=self.begins.year,
                closes_at=self.at(80, 18),
            )
            create_panel(round_, name="考察一组", room="赴校", reviewers=self.experts[:3], by=self.officer)
            find_conflicts(round_, by=self.officer)
            build_timetable(round_, start=self.at(62, 9), by=self.officer, seed=self.begins.year)
        with travel(self.at(70)):
            self._visit(round_)
            self._score(round_)
            close_round(round_, by=self.officer, force=True, reason="演示数据")
        return round_

    def _visit(self, round_: ReviewRound) -> None:
        officers = self.hosts()
        for entry in round_.entries.select_related("application"):
            found = {item.code: {"answer": "yes", "note": ""} for item in round_.plan.checklist}
            visit = record_visit(entry, visited_on=today(), found=found, remark=FOUND, by=self.officer)
            sign_visit(visit, "panel", by=self.officer)
            sign_visit(visit, "host", remark="无异议", by=officers[entry.application.org_id])

    def hosts(self) -> dict[int, Actor]:
        """Who answers for each organisation that is visited."""
        return {school.org.pk: school.officer for school in self.city.all_schools()}

    def _score(self, round_: ReviewRound, *, part: float = 1) -> None:
        """The sheets of a `part` of the assignments, the first ones. The last entry is found too weak."""
        sheets, weak = {}, self.weakest()
        rows = Assignment.objects.filter(round=round_, state="assigned").select_related("entry__application")
        for row in rows.order_by("pk")[: math.ceil(rows.count() * part)]:
            rubric = self.call.plan.rubric_for(row.entry.application.stage, round_.code)
            share = 0.74 + 0.02 * ((row.entry.application_id * 5 + row.reviewer_id) % 11)
            if row.entry.application_id == weak:
                share = 0.5
            marks = {item.code: round(item.points * share * 2) / 2 for item in rubric.criteria}
            words = FOUND if round_.plan.checklist else READ[row.reviewer_id % len(READ)]
            sheets[row.pk] = ScoreSheet(marks, {gate.code: True for gate in rubric.gates}, words, words)
        submit_scores(round_, sheets, by=self.officer)

    def weakest(self) -> int:
        """The key of the last entry, which no prize reaches."""
        return max(self.call.applications.values_list("pk", flat=True), default=0)

    def prizes(self, round_: ReviewRound) -> Decision:
        """The proposal of the awards."""
        terms = {"group_by": self.group_by} if self.group_by else None
        return propose_decision(round_, Decision.Kind.AWARD, terms, by=self.officer)

    def write_marks(self, round_: ReviewRound) -> None:
        """Of a written test, by number."""
        aliases = round_.entries.order_by("alias").values_list("alias", flat=True)
        marks = {alias: Mark(Decimal(70 + (7 * n) % 28)) for n, alias in enumerate(aliases)}
        record_marks(round_, marks, by=self.officer)

    def award(self, round_: ReviewRound) -> None:
        with travel(self.at(77)):
            rank_round(round_, by=self.officer, seed=self.begins.year)
            decision = finalise_decision(self.prizes(round_), by=self.officer)
        with travel(self.at(78)):
            notice = publish_notice(draft_notice(decision, by=self.officer), by=self.officer)
        with travel(timezone.make_aware(datetime.combine(notice.ends_on + timedelta(days=1), time(9)))):
            award_call(close_notice(notice, by=self.officer), by=self.officer)
            run_pending_jobs()
            close_call(self.call, by=self.officer)
            for honour in Honour.objects.filter(call=self.call):
                if self.call.plan.honour and self.call.plan.honour.plaque:
                    hand_over_plaque(make_plaque(honour, by=self.officer), receiver="校长", by=self.officer)


def feature_schools(city: DemoCity, experts: list[Reviewer], day: date, home: School) -> None:
    """An edition that is over, with all that may happen to a title since."""
    others = [school for school in city.all_schools() if school.org != home.org]
    past = Selection(city, "feature_schools", FEATURE_SCHOOLS, day - timedelta(days=420), experts).publish()
    past.recommend(past.apply([home, *others[:11]]))
    past.award(past.review())
    _life(past, day)


def _life(past: Selection, day: date) -> None:
    held = list(Honour.objects.filter(call=past.call).order_by("number"))
    by = past.officer
    with travel(timezone.make_aware(datetime.combine(day - timedelta(days=60), time(10)))):
        for honour in held[:4]:
            record_honour(honour, "check_passed", by=by, reason="年度报告和抽查合格")
        for honour in held[4:5]:
            record_honour(honour, "check_failed", by=by, reason="没有按期提交年度报告")
        for honour in held[5:6]:
            record_honour(honour, "rectify", by=by, reason="每周科创课没有开足", due_on=day + timedelta(days=30))
        for honour in held[6:7]:
            revoke_honour(honour, by=by, reason="自评材料与事实不符，经核实撤销。", document="演示〔1〕号")

"""One edition of the contest in the demo city, told as far as wanted, through the actions that the pages use."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from pathlib import Path

from django.core.files.base import ContentFile
from django.utils import timezone

from kechuang.base.clock import travel
from kechuang.base.enums import FileKind
from kechuang.base.files import accept
from kechuang.base.jobs import run_pending_jobs
from kechuang.base.pdf import render
from kechuang.console.demo.city import DemoCity, School, consent_of_team
from kechuang.console.demo.pictures import pictures
from kechuang.console.demo.works import WORKS, abstract_for, answers_for
from kechuang.console.rehearsal.simulation import Judge, Simulation
from kechuang.engine.applications import actions
from kechuang.engine.applications.perform import perform, perform_many
from kechuang.engine.awards.actions import award_call
from kechuang.engine.calls.actions import close_call, create_call, edit_call, publish_call, set_quotas
from kechuang.engine.decisions.actions import finalise_decision, propose_decision, rank_round
from kechuang.engine.models import Application, Assignment, Call, Decision, PublicNotice, Reviewer, ReviewRound
from kechuang.engine.publicity.actions.notices import close_notice, draft_notice, publish_notice
from kechuang.engine.reviews.actions import build_timetable, create_panel
from kechuang.engine.reviews.actions.assigning import assign_reviewers
from kechuang.engine.reviews.actions.conflicts import find_conflicts
from kechuang.engine.reviews.actions.rounds import close_round, invite_reviewers, open_round
from kechuang.engine.reviews.actions.scoring import submit_scores
from kechuang.engine.reviews.rules import ScoreSheet
from kechuang.engine.showcase.actions import feature_work, publish_works
from kechuang.orgs.actor import Actor
from kechuang.orgs.models import Org, Person

PROGRAMME = "innovation_contest"
Work = tuple[str, str, str, str, str]
PLEDGE_DETAIL = "用语音转写工具整理了访谈记录，约占文字的一成，其余由学生撰写。"
COMMENTS = (
    "选题来自生活，观察细致；对照设置合理。",
    "数据记录完整，误差分析还可以更深入。",
    "结构有新意，安全测试充分。",
    "方法清楚，样本量偏小，建议继续跟踪。",
)
STEP_DAYS = {
    "apply": 32,
    "endorse": 39,
    "recommend": 46,
    "screen": 53,
    "review": 67,
    "test": 74,
    "defence": 81,
    "notice": 95,
    "award": 110,
}
REPORT = Path(__file__).parent / "report.typ"


@dataclass
class Story:
    """`begins` is the first day of applying; every later step follows by STEP_DAYS."""

    city: DemoCity
    org: Org
    officer: Actor
    title: str
    year: int
    edition: int
    begins: date
    schools: list[School]
    closing: str = "18:00"
    call: Call = field(init=False)
    experts: list[Reviewer] = field(default_factory=list)

    def at(self, days: float, hour: int = 10) -> datetime:
        return timezone.make_aware(datetime.combine(self.begins, time(hour))) + timedelta(days=days)

    def publish(self, **fields: object) -> "Story":
        with travel(self.at(-3)):
            call = create_call(
                PROGRAMME,
                self.org,
                by=self.officer,
                title=self.title,
                year=self.year,
                edition=self.edition,
                is_demo=True,
                **fields,
            )
            steps = tuple(
                replace(
                    step, opens_at=self.at(0, 9).isoformat(), closes_at=self.at(STEP_DAYS[step.code], 18).isoformat()
                )
                for step in call.plan.steps
            )
            rounds = tuple(replace(plan, load_max=60) for plan in call.plan.rounds)
            call = edit_call(
                call, by=self.officer, plan=replace(call.plan, steps=steps, rounds=rounds), approval_number=f"演示〔{self.begins.year}〕{self.org.pk} 号",
                approval_from=self.begins - timedelta(days=30), approval_until=self.begins + timedelta(days=330),
            )  # fmt: skip
            self.call = publish_call(call, by=self.officer)
        return self

    # --- applying ----------------------------------------------------------------------------------------------------

    def apply(self, count: int, *, submit: bool = True, start: int = 0) -> list[Application]:
        """`count` works by teams of the story's schools, complete, consented, pledged; submitted unless told otherwise."""
        found: list[Application] = []
        number = start
        while len(found) < count:
            work = WORKS[(number * 5 + self.org.pk) % len(WORKS)]
            school = self._school_with_room(work[1], number)
            number += 1
            if school is None:
                continue
            with travel(self.at(2 + 15 * len(found) / count, 15)):
                team = self._team(school, work[1], 1 + number % 3)
                application = self.enter(school, work, team=team, number=number)
                if submit:
                    application = actions.submit_application(application, by=school.teachers[0])
            found.append(application)
        return found

    def _school_with_room(self, stage: str, number: int) -> School | None:
        """The next school in turn that still has free pupils of the stage."""
        turned = self.schools[number % len(self.schools) :] + self.schools[: number % len(self.schools)]
        return next((school for school in turned if self._free(school, stage)), None)

    def enter(
        self, school: School, work: Work, *, team: list[Person], number: int = 0, consent: bool = True
    ) -> Application:
        """A complete entry of `team`, ready to submit once the consents are there."""
        discipline, stage, title, title_en, about = work
        teacher = school.teachers[0]
        application = actions.begin_application(self.call, school.org, by=teacher)
        for place, pupil in enumerate(team):
            actions.add_member(application, pupil, by=teacher, share=f"负责第 {place + 1} 部分：实验设计、记录与撰写")
        if consent:
            consent_of_team(self.city, team)
        application.refresh_from_db()
        kind = self.call.plan.question("kind").choices[number % 2]
        changes = {
            "title": title,
            "title_en": title_en,
            "abstract": abstract_for(about, number),
            "discipline": discipline,
            "stage": stage,
            **answers_for(about, kind),
        }
        application, errors = actions.save_answers(application, changes, version=application.version, by=teacher)
        assert not errors, errors
        self._attach(application, teacher, work, number)
        for pledge in self.call.plan.pledges:
            actions.sign_pledge(
                application, pledge.code, by=teacher, detail=PLEDGE_DETAIL if pledge.asks_detail else ""
            )
        return application

    def _team(self, school: School, stage: str, size: int) -> list[Person]:
        return self._free(school, stage)[:size]

    def _free(self, school: School, stage: str) -> list[Person]:
        """Pupils who are not yet in this edition."""
        taken = set(self.call.applications.exclude(state="withdrawn").values_list("members__person", flat=True))
        return [pupil for pupil in school.pupils.get(stage, ()) if pupil.pk not in taken]

    def _attach(self, application: Application, teacher: Actor, work: Work, number: int) -> None:
        discipline, _stage, title, _title_en, about = work
        scope = application.scope_path
        for code, label in (("report", "研究报告"), ("log", "研究日志")):
            pdf = render(REPORT, {"title": title, "kind": label, "about": about})
            stored = accept(
                ContentFile(pdf, f"{label}.pdf"), kind=FileKind.PDF, max_bytes=15 * 2**20, by=teacher, scope_path=scope
            )
            actions.attach_file(application, code, stored, by=teacher)
        for caption, png in pictures(title, discipline)[: 2 + number % 2]:
            picture = accept(
                ContentFile(png, f"{caption}.png"),
                kind=FileKind.IMAGE,
                max_bytes=10 * 2**20,
                by=teacher,
                scope_path=scope,
            )
            actions.attach_file(application, "photos", picture, by=teacher, caption=caption)

    # --- endorsing to screening --------------------------------------------------------------------------------------

    def entries(self, *states: str) -> list[Application]:
        return list(Application.objects.filter(call=self.call, state__in=states).select_related("org").order_by("pk"))

    def endorse(self, entries: Sequence[Application] | None = None) -> None:
        officers = {school.org.pk: school.officer for school in self.city.all_schools()}
        with travel(self.at(34)):
            for entry in entries if entries is not None else self.entries("submitted"):
                perform(entry, "endorse", by=officers[entry.org_id])

    def recommend(self, share: float = 0.85, *, places: bool = True) -> None:
        """Districts recommend by quota and pass over the rest."""
        if self.org != self.city.org:
            return
        with travel(self.at(42)):
            by_unit: dict[int, list[Application]] = {}
            for entry in self.entries("endorsed"):
                by_unit.setdefault(entry.org.parent_id, []).append(entry)
            if places:
                set_quotas(
                    self.call,
                    {(unit, ""): math.ceil(share * len(entries)) for unit, entries in by_unit.items()},
                    by=self.officer,
                )
            officers = {officer.memberships[0].org_id: officer for officer in self.city.unit_officers.values()}
            for unit, entries in by_unit.items():
                outcome = perform_many(entries, "recommend", by=officers[unit])
                perform_many([entry for entry, _why in outcome.refused], "pass_over", by=officers[unit])

    def screen(self) -> None:
        with travel(self.at(50)):
            perform_many(self.entries("recommended"), "screen", by=self.officer)

    # --- rounds ------------------------------------------------------------------------------------------------------

    def open_preliminary(self) -> ReviewRound:
        with travel(self.at(54)):
            round = open_round(self.call, "preliminary", by=self.officer, seed=self.year, closes_at=self.at(67, 18))
            invite_reviewers(round, self.experts, by=self.officer)
            find_conflicts(round, by=self.officer)
            assign_reviewers(round, by=self.officer, seed=self.year)
        return round

    def score(self, round: ReviewRound, share: float = 1.0, *, skip: Reviewer | None = None, days: float = 60) -> None:
        waiting = Assignment.objects.filter(round=round, state="assigned").exclude(reviewer=skip)
        rows = list(waiting.select_related("entry__application").order_by("pk"))
        simulation = Simulation(self.year)
        qualities = simulation.qualities([(row.entry.application_id * 7) % 5 for row in rows])
        sheets = {}
        for row, quality in list(zip(rows, qualities, strict=True))[: math.ceil(share * len(rows))]:
            rubric = self.call.plan.rubric_for(row.entry.application.stage, round.code)
            judge = Judge(0.3 * math.sin(row.reviewer_id), 1.0)
            marks = simulation.marks(rubric, float(quality), judge, (row.entry.application_id, row.reviewer_id))
            comment = COMMENTS[row.pk % len(COMMENTS)]
            sheets[row.pk] = ScoreSheet(marks, {gate.code: True for gate in rubric.gates}, comment, comment)
        with travel(self.at(days)):
            submit_scores(round, sheets, by=self.officer)

    def shortlist(self, round: ReviewRound) -> None:
        with travel(self.at(68)):
            close_round(round, by=self.officer, force=True, reason="演示数据")
            record = rank_round(round, by=self.officer, seed=self.year)
            finalise_decision(
                propose_decision(round, Decision.Kind.SHORTLIST, by=self.officer, record=record), by=self.officer
            )

    def open_defence(self, start: datetime | None = None) -> ReviewRound:
        """Two panels of three; the experts of the preliminary round sit on them where no conflict forbids it."""
        with travel(self.at(69)):
            round = open_round(self.call, "defence", by=self.officer, seed=self.year, closes_at=self.at(95, 18))
            half = max(3, len(self.experts) // 2)
            for name, room, members in (
                ("第一组", "301 报告厅", self.experts[:half][:3]),
                ("第二组", "302 会议室", self.experts[half:][:3]),
            ):
                if members:
                    create_panel(round, name=name, room=room, reviewers=members, by=self.officer)
            find_conflicts(round, by=self.officer)
            build_timetable(round, start=start or self.at(75, 9), by=self.officer, seed=self.year)
        return round

    # --- decision to showcase ----------------------------------------------------------------------------------------

    def decide(self, round: ReviewRound) -> Decision:
        with travel(self.at(77)):
            close_round(round, by=self.officer, force=True, reason="演示数据")
            rank_round(round, by=self.officer, seed=self.year)
            terms = {"group_by": "stage"}  # a few entries a discipline: prizes are cut by stage
            return finalise_decision(
                propose_decision(round, Decision.Kind.AWARD, terms, by=self.officer), by=self.officer
            )

    def announce(self, decision: Decision, days: float = 78) -> PublicNotice:
        with travel(self.at(days)):
            return publish_notice(draft_notice(decision, by=self.officer), by=self.officer)

    def award(self, notice: PublicNotice) -> None:
        with travel(timezone.make_aware(datetime.combine(notice.ends_on + timedelta(days=1), time(9)))):
            award_call(close_notice(notice, by=self.officer), by=self.officer)
            run_pending_jobs()
            publish_works(self.call, by=self.officer)
            run_pending_jobs()
            for award in self.call.awards.filter(prize="first", work__isnull=False).select_related("work")[:6]:
                feature_work(award.work, by=self.officer)
            close_call(self.call, by=self.officer)

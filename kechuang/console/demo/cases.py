"""Course cases of the demo city in every state: an edition in the catalogue with adoptions and ratings, one being judged, one open."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from django.core.files.base import ContentFile

from kechuang.base.clock import today, travel
from kechuang.base.enums import FileKind
from kechuang.base.errors import Refused
from kechuang.base.files import accept
from kechuang.base.jobs import run_pending_jobs
from kechuang.base.pdf import render
from kechuang.console.demo.case_texts import ASSESSMENT, CASES, NEEDS, RESULTS, STORIES, Told
from kechuang.console.demo.city import DemoCity, School, staff
from kechuang.console.demo.corners import revoke_one, spread
from kechuang.console.demo.editions import Tell, in_time
from kechuang.console.demo.pictures import cover
from kechuang.console.demo.selections import Selection
from kechuang.engine.applications import actions
from kechuang.engine.applications.perform import perform, perform_many
from kechuang.engine.awards.actions import award_call
from kechuang.engine.calls.actions import close_call
from kechuang.engine.catalogue import actions as catalogue
from kechuang.engine.decisions.actions import finalise_decision, propose_decision, rank_round
from kechuang.engine.models import Application, Assignment, Case, PublicNotice, Reviewer, ReviewRound
from kechuang.engine.publicity.actions.notices import close_notice, draft_notice, publish_notice
from kechuang.engine.reviews.actions.assigning import assign_reviewers
from kechuang.engine.reviews.actions.conflicts import find_conflicts
from kechuang.engine.reviews.actions.pool import Post, add_reviewer
from kechuang.engine.reviews.actions.rounds import close_round, invite_reviewers, open_round
from kechuang.engine.reviews.actions.scoring import submit_scores
from kechuang.engine.reviews.rules import ScoreSheet
from kechuang.engine.similarity.actions import compare_call
from kechuang.orgs.actor import Actor
from kechuang.orgs.enums import Role

LESSON = Path(__file__).parent / "lesson.typ"
PICTURED = {"iot": "LS", "robot": "EN", "ai": "CS", "nature": "EV", "design": "MA", "vr": "BM", "bio": "MI"}
"""The drawn pictures of works, by the theme of a case."""
COMMENT = "融合自然，过程完整，别的学校照着能上；评价可以再具体一些。"
STARS = (5, 4, 5, 3, 4, 5, 4, 5)


@dataclass
class CaseSelection(Selection):
    """A selection whose applicants are teachers."""

    def enter(self, school: School, told: Told, number: int, *, teacher: Actor | None = None) -> Application:
        by, licences = teacher or school.teachers[number % 2], self.call.plan.question("licence").choices
        application = actions.begin_application(self.call, school.org, by=by)
        changes = {
            "title": told.title, "title_en": told.title_en, "abstract": told.summary, "discipline": told.theme, "stage": told.stage,
            "grades": list(told.grades), "subjects": list(told.subjects), "method": told.method, "lessons": str(told.lessons), "coauthors": [],
            "goals": told.goals, "fusion": told.fusion, "process": told.process, "assessment": ASSESSMENT, "needs": NEEDS, "results": RESULTS,
            "licence": licences[number % len(licences)], "sources": "无",
        }  # fmt: skip
        application, errors = actions.save_answers(application, changes, version=application.version, by=by)
        assert not errors, errors
        self._papers(application, told, by)
        return application

    def _papers(self, application: Application, told: Told, by: Actor) -> None:
        scope = application.scope_path
        pdf = render(
            LESSON, {"title": told.title, "goals": told.goals, "process": told.process, "assessment": ASSESSMENT}
        )
        plan = accept(
            ContentFile(pdf, "完整教案.pdf"), kind=FileKind.PDF, max_bytes=15 * 2**20, by=by, scope_path=scope
        )
        actions.attach_file(application, "lesson_plan", plan, by=by)
        photo = ContentFile(cover(told.title, PICTURED[told.theme]), "课堂作品.png")
        picture = accept(photo, kind=FileKind.IMAGE, max_bytes=10 * 2**20, by=by, scope_path=scope)
        actions.attach_file(application, "pictures", picture, by=by, caption="课堂作品")

    def send(
        self,
        schools: Sequence[School],
        *,
        days: float = 10,
        first: Actor | None = None,
        cases: Sequence[Told] = CASES[:8],
    ) -> list[Application]:
        """One case each, sent in by its teacher; `first` takes the first one."""
        found = []
        for number, (school, told) in enumerate(zip(schools, cases, strict=False)):
            with travel(self.at(days, 9 + number % 9)):
                teacher = first if number == 0 and first else school.teachers[number % 2]
                draft = self.enter(school, told, number, teacher=teacher)
                signs = {pledge.code: "" for pledge in self.call.plan.pledges}
                found.append(actions.submit_application(draft, by=teacher, signs=signs))
        return found

    def forward(self, entries: Sequence[Application]) -> None:
        """School, district, city."""
        schools = {school.org.pk: school.officer for school in self.city.all_schools()}
        officers = {officer.memberships[0].org_id: officer for officer in self.city.unit_officers.values()}
        for entry in entries:
            with travel(self.at(36)):
                perform(entry, "endorse", by=schools[entry.org_id])
            with travel(self.at(42)):
                if self.unit is None:
                    perform(entry, "recommend", by=officers[entry.org.parent_id])
        with travel(self.at(50)):
            perform_many(entries, "screen", by=self.officer)

    def judge(self, *, missing: int = 0) -> ReviewRound:
        """Three experts score each case blind; `missing` sheets are left for later."""
        with travel(self.at(55)):
            round_ = open_round(self.call, "review", by=self.officer, seed=self.begins.year, closes_at=self.at(66, 18))
            invite_reviewers(round_, self.experts, by=self.officer)
            find_conflicts(round_, by=self.officer)
            assign_reviewers(round_, by=self.officer)
        with travel(self.at(60)):
            rows = list(Assignment.objects.filter(round=round_, state="assigned").select_related("entry__application"))
            submit_scores(round_, {row.pk: self._sheet(row) for row in rows[: len(rows) - missing]}, by=self.officer)
        return round_

    def _sheet(self, row: Assignment) -> ScoreSheet:
        rubric = self.call.plan.rubric_for(row.entry.application.stage)
        share = 0.80 + 0.02 * ((row.entry.application_id * 3 + row.reviewer_id) % 9)
        if row.entry.application_id == self.weakest():
            share = 0.55
        return ScoreSheet({c.code: round(c.points * share * 2) / 2 for c in rubric.criteria}, {}, COMMENT, COMMENT)

    def announce(self, round_: ReviewRound) -> PublicNotice:
        with travel(self.at(67)):
            close_round(round_, by=self.officer, force=True, reason="演示数据")
            rank_round(round_, by=self.officer, seed=self.begins.year)
            decision = finalise_decision(propose_decision(round_, "award", by=self.officer), by=self.officer)
        with travel(self.at(68)):
            return publish_notice(draft_notice(decision, by=self.officer), by=self.officer)

    def into_catalogue(self, notice: PublicNotice) -> list[Case]:
        with travel(self.at(80)):
            award_call(close_notice(notice, by=self.officer), by=self.officer)
            run_pending_jobs()
            found = catalogue.publish_cases(self.call, by=self.officer).cases
            close_call(self.call, by=self.officer)
        return found


def _judges(city: DemoCity) -> list[Reviewer]:
    """Four who know lessons, from outside the schools that enter."""
    found, by = [], city.officer
    assert by
    for number in range(4):
        account, employer = staff(city, f"lesson-expert{number + 1}", Role.EXPERT, city.org), city.partners[1 + number]
        found.append(
            add_reviewer(account.person, by=by, fields=tuple(PICTURED), affiliations=(Post(employer),), employer_name=employer.name,
                         title="教研员" if number % 2 else "教授", max_load=60)
        )  # fmt: skip
    return found


def course_cases(city: DemoCity, day: date, home: School, *, tell: Tell) -> None:
    """`home` is the school of the named teacher, who has a case in the catalogue and adopts another."""
    others = [school for school in city.all_schools() if school.org != home.org]
    with travel(day - timedelta(days=300)):
        experts = _judges(city)
    past = CaseSelection(
        city, "course_cases", "典型课程案例征集", day - timedelta(days=300), experts, year=day.year - 1
    ).publish()
    past.forward(past.send([home, *others[2::7]], first=home.teachers[0]))
    try:
        cases = past.into_catalogue(past.announce(past.judge()))
    except Refused:  # a notice needs the holiday table of its year
        cases = []
    _use(cases, others, home, day)
    with travel(day - timedelta(days=14)):
        revoke_one(past.call, by=past.officer)
    judged = CaseSelection(
        city, "course_cases", "典型课程案例征集", day - timedelta(days=62), experts, year=day.year
    ).publish()
    judged.forward(judged.send(others[3:5], cases=CASES[8:10]))
    judged.judge(missing=1)
    unit = city.units["440307"]
    shown = CaseSelection(
        city, "course_cases", f"{unit.short_name}课程案例征集", day - timedelta(days=69), experts, unit=unit
    ).publish()
    shown.forward(shown.send(city.schools["440307"][1:4], cases=CASES[11:14]))
    in_time(tell, lambda: shown.announce(shown.judge()))
    _open_now(city, day, others)


def _use(cases: Sequence[Case], schools: Sequence[School], home: School, day: date) -> None:
    """Adopted and rated by some, not by all; one in its second version, one taken down by its author."""
    for number, case in enumerate(cases[:6]):
        with travel_to(day - timedelta(days=120 - 9 * number)):
            for place, school in enumerate(schools[number : number + 6 - number]):
                _adopted(
                    case,
                    school,
                    school.teachers[1],
                    STORIES[(number + place) % 4] if place % 2 == 0 else "",
                    STARS[(number + place) % 8],
                )
    if len(cases) > 3:
        with travel_to(day - timedelta(days=20)):
            _adopted(cases[1], home, home.teachers[0], "", 0)
            _written_on(cases[0])
            catalogue.hide_case(cases[-1], reason="", by=Actor.of_person(cases[-1].application.person))


def travel_to(day: date) -> travel:
    return travel(day)


def _adopted(case: Case, school: School, teacher: Actor, story: str, stars: int) -> None:
    if case.application.person_id == teacher.person.pk:
        return
    adoption = catalogue.adopt_case(
        case, school.org, class_name="五（2）班" if case.stage == "primary" else "2班", begins_on=today(), by=teacher
    )
    if story:
        catalogue.tell_story(adoption, story, by=teacher)
    if stars:
        catalogue.rate_case(case, stars, by=teacher)


def _written_on(case: Case) -> None:
    author = Actor.of_person(case.application.person)
    version = case.versions.prefetch_related("files").first()
    assert version
    goals = next(part["value"] for part in version.content if part["code"] == "goals")
    texts = {"goals": f"{goals}学生还能向没有上过这门课的人讲清楚自己的结论。"}
    catalogue.new_version(
        case, texts, news="补充了目标和没有传感器的做法", keep=[f.pk for f in version.files.all()], by=author
    )


def _open_now(city: DemoCity, day: date, schools: Sequence[School]) -> None:
    """Open: two sent in, one of them with much of a published case in it, and a draft."""
    now = CaseSelection(
        city, "course_cases", "典型课程案例征集", day - timedelta(days=12), [], year=day.year + 1
    ).publish()
    now.send(schools[20:21], days=6, cases=CASES[10:])
    with travel(now.at(8)):
        school = schools[30]
        copied = CASES[9]._replace(
            title="教室外的菜园日记", title_en="A garden diary", stage="primary", grades=("五年级",), goals=CASES[0].goals, process=CASES[0].process,
            summary="五年级学生记录菜园的土壤湿度，弄清什么时候该浇水。",
        )  # fmt: skip
        draft = now.enter(school, copied, 1)
        actions.submit_application(
            draft, by=school.teachers[1], signs={pledge.code: "" for pledge in now.call.plan.pledges}
        )
        now.enter(schools[31], CASES[6], 2)
        spread(city, now.send(schools[32:42], days=7, cases=CASES[14:]))
    compare_call(now.call)

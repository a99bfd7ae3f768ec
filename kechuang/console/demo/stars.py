"""Stars of tomorrow in the demo city: the edition that is over, with talent files."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.core.files.base import ContentFile
from django.utils import timezone

from kechuang.base.clock import today, travel
from kechuang.base.enums import FileKind
from kechuang.base.files import accept
from kechuang.base.jobs import run_pending_jobs
from kechuang.base.pdf import render
from kechuang.console.demo.city import DemoCity, School, consent_of_team
from kechuang.console.demo.corners import revoke_one
from kechuang.console.demo.editions import Applicant
from kechuang.console.demo.selections import FOUND, Selection
from kechuang.console.demo.story import REPORT
from kechuang.engine.applications import actions
from kechuang.engine.applications.models import Attachment
from kechuang.engine.applications.perform import perform_many
from kechuang.engine.awards.actions import award_call
from kechuang.engine.calls.actions import close_call, set_quotas
from kechuang.engine.decisions.actions import finalise_decision, propose_decision, rank_round
from kechuang.engine.models import Application, Assignment, Reviewer, ReviewRound
from kechuang.engine.publicity.actions.notices import close_notice, draft_notice, publish_notice
from kechuang.engine.reviews.actions import assign_reviewers, build_timetable, create_panel, invite_reviewers
from kechuang.engine.reviews.actions.conflicts import find_conflicts
from kechuang.engine.reviews.actions.rounds import close_round, open_round
from kechuang.engine.reviews.actions.scoring import submit_scores
from kechuang.engine.reviews.rules import ScoreSheet
from kechuang.orgs.actor import Actor
from kechuang.orgs.models import Person

STARS = "明日科创之星评选"
WORKS = (
    "校园雨水花园的水质变化", "会提醒坐姿的台灯", "阳台番茄的节水灌溉", "公交站台的遮阳角度", "听得懂方言的点餐机", "河口红树林的幼苗成活率",
    "用旧手机做空气监测站", "盲道障碍物识别小车", "厨余堆肥的升温曲线", "教室二氧化碳与专注力", "会飞的种子与滑翔距离", "社区电动车充电安全调查",
)  # fmt: skip


@dataclass
class Stars(Selection):
    """A call whose applicants are pupils."""

    def enter(self, pupils: Iterable[Person], *, days: float = 10) -> list[Application]:
        """One application each, with the consent; the first is left as a draft where there is a "draft" asked for."""
        found = []
        proof = render(REPORT, {"title": "成果说明", "kind": "证明材料", "about": "示范内容。"})
        for number, pupil in enumerate(pupils):
            with travel(self.at(days, 9 + number % 9)):
                consent_of_team(self.city, [pupil])
                draft = self.begin(pupil, number, proof)
                found.append(actions.submit_application(draft, by=Actor.of(pupil.user), signs={"truth": ""}))
        return found

    def begin(self, pupil: Person, number: int, proof: bytes) -> Application:
        by, school, title = Actor.of(pupil.user), pupil.pupil.school, WORKS[number % len(WORKS)]
        draft = actions.begin_application(self.call, school, by=by)
        draft, errors = actions.save_answers(draft, answers(title, number), version=draft.version, by=by)
        assert not errors, errors
        stored = accept(
            ContentFile(proof, "成果说明.pdf"), kind=FileKind.PDF, max_bytes=2**20, by=by, scope_path=school.path
        )
        Attachment.objects.create(application=draft, question="proof", stored=stored, added_by=by.user)
        return draft

    def upward(self, entries: list[Application], *, places: int = 3) -> None:
        schools = {school.org.pk: school.officer for school in self.city.all_schools()}
        units = {officer.memberships[0].org_id: officer for officer in self.city.unit_officers.values()}
        set_quotas(self.call, {(unit.pk, ""): places for unit in self.city.units.values()}, by=self.officer)
        with travel(self.at(35)):
            for org in {entry.org_id for entry in entries}:
                perform_many([e for e in entries if e.org_id == org], "endorse", by=schools[org])
        with travel(self.at(42)):
            for unit in {entry.org.parent_id for entry in entries}:
                outcome = perform_many([e for e in entries if e.org.parent_id == unit], "recommend", by=units[unit])
                perform_many([entry for entry, _why in outcome.refused], "pass_over", by=units[unit])
        with travel(self.at(50)):
            perform_many(list(self.call.applications.filter(state="recommended")), "screen", by=self.officer)

    # --- the three rounds --------------------------------------------------------------------------------------------

    def portfolio(self) -> None:
        with travel(self.at(54)):
            round_ = open_round(
                self.call, "portfolio", by=self.officer, seed=self.begins.year, closes_at=self.at(67, 18)
            )
            invite_reviewers(round_, self.experts[:6], by=self.officer)
            find_conflicts(round_, by=self.officer)
            assign_reviewers(round_, by=self.officer, seed=self.begins.year)
        self._end(round_, 66)

    def test(self) -> None:
        with travel(self.at(70)):
            round_ = open_round(self.call, "test", by=self.officer, seed=self.begins.year, closes_at=self.at(74, 18))
            self.write_marks(round_)
        with travel(self.at(73)):
            self._shortlist(close_round(round_, by=self.officer))

    def defence(self) -> ReviewRound:
        with travel(self.at(75)):
            round_ = open_round(self.call, "defence", by=self.officer, seed=self.begins.year, closes_at=self.at(81, 18))
            create_panel(round_, name="答辩组", room="302 会议室", reviewers=self.experts[:3], by=self.officer)
            find_conflicts(round_, by=self.officer)
            build_timetable(round_, start=self.at(78, 9), by=self.officer, seed=self.begins.year)
        with travel(self.at(78)):
            self._sheets(round_)
            return close_round(round_, by=self.officer, force=True, reason="演示数据")

    def _sheets(self, round_: ReviewRound) -> None:
        sheets = {}
        for row in Assignment.objects.filter(round=round_, state="assigned").select_related("entry__application"):
            rubric = self.call.plan.rubric_for(row.entry.application.stage, round_.code)
            share = 0.72 + 0.02 * ((row.entry.application_id * 5 + row.reviewer_id) % 12)
            sheets[row.pk] = ScoreSheet(
                {item.code: round(item.points * share * 2) / 2 for item in rubric.criteria}, {}, FOUND, FOUND
            )
        submit_scores(round_, sheets, by=self.officer)

    def _end(self, round_: ReviewRound, days: float) -> None:
        with travel(self.at(days)):
            self._sheets(round_)
            self._shortlist(close_round(round_, by=self.officer, force=True, reason="演示数据"))

    def _shortlist(self, round_: ReviewRound) -> None:
        rank_round(round_, by=self.officer, seed=self.begins.year)
        finalise_decision(
            propose_decision(round_, "shortlist", {"share": 0.8, "group_by": "stage"}, by=self.officer), by=self.officer
        )

    def name_stars(self, round_: ReviewRound) -> list[Person]:
        with travel(self.at(82)):
            rank_round(round_, by=self.officer, seed=self.begins.year)
            decision = finalise_decision(
                propose_decision(round_, "award", {"group_by": "stage"}, by=self.officer), by=self.officer
            )
            notice = publish_notice(draft_notice(decision, by=self.officer), by=self.officer)
        with travel(timezone.make_aware(datetime.combine(notice.ends_on + timedelta(days=1), time(9)))):
            award_call(close_notice(notice, by=self.officer), by=self.officer)
            run_pending_jobs()
            close_call(self.call, by=self.officer)
        rows = Application.objects.filter(call=self.call, state="awarded").select_related(
            "person__user", "person__pupil"
        )
        return [entry.person for entry in rows.order_by("pk") if entry.person]


def stars(city: DemoCity, experts: list[Reviewer], day: date, home: School) -> None:
    pupils = _candidates(city, home, 18, start=5)
    past = Stars(city, "tomorrow_stars", STARS, day - timedelta(days=380), experts[1:])
    past.publish()
    past.upward(past.enter(pupils))
    past.portfolio()
    past.test()
    named = past.name_stars(past.defence())
    with travel(timezone.make_aware(datetime.combine(day - timedelta(days=100), time(10)))):
        for pupil in named[::2]:
            consent_of_team(city, [pupil], ("talent",))
        revoke_one(past.call, by=past.officer)


def answers(title: str, number: int) -> dict[str, object]:
    year = today().year
    return {
        "title": title, "abstract": "从生活里的一个疑问出发，自己设计、反复试验，把结果讲给同学和社区听。", "discipline": "star",
        "practice": [[f"{year}", title, "设计、记录和分析"], [f"{year - 1}", "学校科技社团", "负责器材和分享"]],
        "process": "第一次试验失败了，原因是没有对照组；第二次加了对照，第三次换了更便宜的材料。", "learning": "每周去图书馆，做笔记，周末和家人一起验证。",
        "dream": "想继续跟踪一年，看看结果会不会随季节变化。", "service": f"社区科普讲解员，全年 {8 + number} 次；帮助低年级同学做实验。",
    }  # fmt: skip


def pupils_of(schools: Iterable[School]) -> list[Applicant]:
    """Of each school the last pupil of a stage: contests begin at the other end."""
    found = []
    for number, school in enumerate(schools):
        pupil = list(school.pupils.values())[number % len(school.pupils)][-1]
        title = WORKS[number % len(WORKS)]
        found.append(Applicant(school.org, Actor.of(pupil.user), title, answers=answers(title, number)))
    return found


def _candidates(city: DemoCity, home: School, count: int, *, start: int) -> list[Person]:
    """Pupils of many schools, some of them of the visitor's; the ones at the end of the lists, whom the contests use least."""
    schools = [home, *(school for school in city.all_schools() if school is not home)]
    found: list[Person] = []
    for number, school in enumerate(schools):
        stage = list(school.pupils)[number % len(school.pupils)]
        found.append(school.pupils[stage][start % len(school.pupils[stage])])
    return found[:count]

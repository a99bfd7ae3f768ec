"""Editions of any programme for organisations or people in the demo city, each told as far as wanted: open, in review, on notice, over."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.core.files.base import ContentFile

from kechuang.base.clock import travel
from kechuang.base.enums import FileKind
from kechuang.base.errors import Refused
from kechuang.base.files import accept
from kechuang.base.pdf import render
from kechuang.console.demo.city import DemoCity, School, consent_of_team, staff
from kechuang.console.demo.corners import ONWARD, step
from kechuang.console.demo.pictures import cover
from kechuang.console.demo.selections import WORDS, Selection, sample_answers
from kechuang.console.demo.story import REPORT
from kechuang.engine.applications import actions
from kechuang.engine.decisions.actions import finalise_decision, propose_decision, rank_round
from kechuang.engine.models import Application, Decision, PublicNotice, Reviewer, ReviewRound
from kechuang.engine.partnerships.actions import answer_partner, ask_partner
from kechuang.engine.programme.declaration import Question, RoundPlan
from kechuang.engine.programme.registry import PROGRAMMES
from kechuang.engine.publicity.actions.notices import draft_notice, publish_notice
from kechuang.engine.reviews.actions import build_timetable, create_panel
from kechuang.engine.reviews.actions.assigning import assign_reviewers
from kechuang.engine.reviews.actions.conflicts import find_conflicts
from kechuang.engine.reviews.actions.pool import add_reviewer
from kechuang.engine.reviews.actions.rounds import close_round, invite_reviewers, open_round
from kechuang.orgs.actor import Actor
from kechuang.orgs.enums import Role
from kechuang.orgs.models import Org, Person

Tell = Callable[[str], object]
PURPOSE = "双方每学期商定活动和课程，合作单位派出人员和设备，学校安排课时和教师，学年末一起总结。"
FACTS: dict[str, dict[str, Any]] = {
    "practice_bases": {
        "area_m2": "860", "open_days": "262", "pupil_visits": "18600", "staff_count": "6", "volunteers": "24",
        "course_list": [["水质检测实验", "小学", "4", "40"], ["机器人装配", "初中", "6", "30"]],
    },
    "teacher_leaders": {
        "years": "9", "advised": [["2024", "全国青少年科技创新大赛二等奖"]], "won": [["2023", "省优秀科技辅导员"]], "researched": [],
        "lessons": "开发校本课程三门，每周任课八节，其中人工智能课程在全区推广。", "leading": "每月一次区级教研，带教青年教师六人。",
        "plan": "第一年建好工作室，第二年形成课程，第三年向全市推广；每年都有可以检查的任务。",
    },
    "museum_schools": {
        "visits": [["上学期", "光学展厅探究", "五年级", "120"], ["上学期", "场馆科学之夜", "四年级", "80"], ["下学期", "航天主题研学", "六年级", "110"], ["下学期", "科普剧进校园", "全校", "900"]],
        "lessons": [["身边的光学", "五年级", "8"], ["简单机械", "六年级", "8"]],
        "teachers": [["科学教师", "科学", "课程设计"], ["班主任", "语文", "外出组织"]],
    },
    "innovation_labs": {
        "room_m2": "96", "equipment": [["服务器", "2", "合作单位"], ["机械臂", "4", "学校"]],
        "projects": [["水下机器人", "高一", "24", "32"], ["城市噪声地图", "高二", "20", "32"]],
        "mentors": [["导师一", "机器人", "6"], ["导师二", "数据科学", "4"]],
    },
}  # fmt: skip
"""What each form is answered with where a sample would be too little."""


@dataclass(frozen=True)
class Applicant:
    """Who applies for what; `title` where the entry has a name of its own, `kind` where it has one, `person` whom an office names,
    `answers` what is told of this one only."""

    org: Org
    by: Actor
    title: str = ""
    kind: str = ""
    person: Person | None = None
    answers: Mapping[str, Any] = field(default_factory=dict)


class Edition(Selection):
    """A call whose entries are sent in, taken through the offices, reviewed, announced and awarded as its declaration says."""

    def enter(self, applicants: Iterable[Applicant], *, days: float, send: bool = True) -> list[Application]:
        found = []
        for number, applicant in enumerate(applicants):
            with travel(self.at(days, 9 + number % 9)):
                found.append(self._enter(applicant, 0.84 + 0.02 * (number % 8), send=send))
        return found

    def _enter(self, applicant: Applicant, share: float, *, send: bool) -> Application:
        plan, by = self.call.plan, applicant.by
        if by.person and by.has_role("pupil"):
            consent_of_team(self.city, [by.person])
        draft = actions.begin_application(self.call, applicant.org, by=by, person=applicant.person)
        kinds = [kind.code for kind in plan.disciplines]
        kind = applicant.kind or kinds[applicant.org.pk % len(kinds)]
        answers = sample_answers(plan, kind, share) | FACTS.get(self.programme, {}) | dict(applicant.answers)
        if plan.stages and not draft.stage:
            answers["stage"] = (applicant.org.stages or list(plan.stages))[-1]
        if applicant.title:
            answers["title"] = applicant.title
        draft, errors = actions.save_answers(draft, answers, version=draft.version, by=by)
        assert not errors, errors
        for question in plan.questions():
            if question.kind in {"file", "files"} and question.required_from:
                actions.attach_file(draft, question.code, a_paper(question, draft.title, by, draft.scope_path), by=by)
        if plan.partner:
            self._ask(draft, by)
        if not send:
            return draft
        return actions.submit_application(
            draft, by=by, signs={pledge.code: WORDS if pledge.asks_detail else "" for pledge in plan.pledges}
        )

    def _ask(self, draft: Application, by: Actor) -> None:
        """The first partner of the declared kinds is asked by everybody (“1+N”); whoever hands in has its yes."""
        plan = draft.call.plan.partner
        assert plan is not None
        partner = next(org for org in self.city.partners if org.partner_kind in plan.kinds)
        row = ask_partner(draft, partner, years=plan.years, purpose=PURPOSE, by=by)
        answer_partner(row, yes=True, by=self.city.partner_officers[partner.pk])

    # --- offices -----------------------------------------------------------------------------------------------------

    def forward(self, entries: Iterable[Application], *, days: float, most: int = 3) -> None:
        """Each entry through the offices that its workflow asks, `most` of them."""
        with travel(self.at(days)):
            for entry in entries:
                for _step in range(most):
                    if not step(self.city, entry, ONWARD):
                        break

    # --- rounds ------------------------------------------------------------------------------------------------------

    def judge(self, *, last: bool = True) -> ReviewRound:
        """Every round in its order; without `last`, the last one is left open, and where no meeting is held, half scored."""
        plans = self.call.plan.rounds
        for number, plan in enumerate(plans[:-1]):
            round_ = self._open(plan, 55 + 8 * number)
            with travel(self.at(60 + 8 * number)):
                self._finish(round_, plan)
                rank_round(round_, by=self.officer, seed=self.begins.year)
                proposal = propose_decision(round_, Decision.Kind.SHORTLIST, {"share": 1.0}, by=self.officer)
                finalise_decision(proposal, by=self.officer)
        round_ = self._open(plans[-1], 68)
        if last:
            with travel(self.at(74)):
                self._finish(round_, plans[-1])
        elif plans[-1].kind == "scoring":
            with travel(self.at(70)):
                self._score(round_, part=0.5)
        return round_

    def begin_judging(self) -> None:
        """The first of several rounds, half scored."""
        plan = self.call.plan.rounds[0]
        round_ = self._open(plan, 55)
        if plan.kind == "scoring":
            with travel(self.at(58)):
                self._score(round_, part=0.5)

    def _open(self, plan: RoundPlan, days: float) -> ReviewRound:
        with travel(self.at(days)):
            round_ = open_round(
                self.call, plan.code, by=self.officer, seed=self.begins.year, closes_at=self.at(days + 12, 18)
            )
            if plan.kind == "panel":
                create_panel(round_, name="第一组", room="现场", reviewers=self.experts[:3], by=self.officer)
                find_conflicts(round_, by=self.officer)
                build_timetable(round_, start=self.at(days + 1, 9), by=self.officer, seed=self.begins.year)
            elif plan.kind == "scoring":
                invite_reviewers(round_, self.experts[:5], by=self.officer)
                find_conflicts(round_, by=self.officer)
                assign_reviewers(round_, by=self.officer, seed=self.begins.year)
        return round_

    def _finish(self, round_: ReviewRound, plan: RoundPlan) -> None:
        if plan.checklist:
            self._visit(round_)
        if plan.kind == "test":
            self.write_marks(round_)
        else:
            self._score(round_)
        close_round(round_, by=self.officer, force=True, reason="演示数据")

    def hosts(self) -> dict[int, Actor]:
        return super().hosts() | self.city.partner_officers

    # --- to the notice -----------------------------------------------------------------------------------------------

    def announce(self, round_: ReviewRound) -> PublicNotice:
        with travel(self.at(77)):
            rank_round(round_, by=self.officer, seed=self.begins.year)
            decision = finalise_decision(self.prizes(round_), by=self.officer)
        with travel(self.at(78)):
            return publish_notice(draft_notice(decision, by=self.officer), by=self.officer)


def a_paper(question: Question, title: str, by: Actor, scope: str) -> Any:
    """A file that the question takes."""
    if question.file_types and "pdf" not in question.file_types:
        content, kind = ContentFile(cover(title), "活动照片.png"), FileKind.IMAGE
    else:
        pdf = render(REPORT, {"title": title, "kind": "证明材料", "about": WORDS})
        content, kind = ContentFile(pdf, "证明材料.pdf"), FileKind.PDF
    return accept(content, kind=kind, max_bytes=15 * 2**20, by=by, scope_path=scope)


def schools_as(schools: Iterable[School]) -> list[Applicant]:
    return [Applicant(school.org, school.officer) for school in schools]


def labs_of(schools: Iterable[School]) -> list[Applicant]:
    return [Applicant(school.org, school.officer, "机器人与人工智能创新实验室") for school in schools]


def teachers_of(schools: Iterable[School]) -> list[Applicant]:
    return [Applicant(school.org, school.teachers[0]) for school in schools]


def commission(city: DemoCity, prefix: str, programmes: Iterable[str], *, employer: str, title: str) -> list[Reviewer]:
    """Four experts for all kinds of these programmes, who know schools, bases and teachers, not the works of pupils."""
    kinds = sorted({kind.code for code in programmes for kind in PROGRAMMES[code].disciplines})
    found = []
    for number in range(4):
        account = staff(city, f"{prefix}{number + 1}", Role.EXPERT, city.org)
        assert account.person
        found.append(
            add_reviewer(
                account.person, by=city.officer, fields=kinds, employer_name=employer, title=title, max_load=80
            )
        )
    return found


def in_time(tell: Tell, act: Callable[[], object]) -> None:
    """A notice needs the holidays of its year; where they are not known yet, the city does without this stage."""
    try:
        act()
    except Refused as refused:
        tell(f"  没有装入：{refused.sentence}")


def begin(
    city: DemoCity,
    programme: str,
    title: str,
    begins: date,
    experts: list[Reviewer],
    unit: Org | None = None,
    group_by: str = "",
) -> Edition:
    return Edition(city, programme, title, begins, experts, unit=unit, group_by=group_by).publish()  # type: ignore[return-value]

"""The four recognitions whose holders have duties, in every stage: open, in review, on notice, and over with reports, checks and studios."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.utils import timezone

from kechuang.base.clock import travel
from kechuang.console.demo.city import DemoCity, School, staff
from kechuang.console.demo.corners import revoke_one, spread
from kechuang.console.demo.editions import (
    FACTS,
    Applicant,
    Edition,
    Tell,
    a_paper,
    begin,
    commission,
    in_time,
    labs_of,
    schools_as,
    teachers_of,
)
from kechuang.console.demo.selections import sample
from kechuang.engine.honours.actions import record_honour, revoke_honour
from kechuang.engine.models import Honour, Report, Reviewer, SpotCheck
from kechuang.engine.partnerships.actions import ask_partner
from kechuang.engine.programme.registry import PROGRAMMES
from kechuang.engine.tenure.actions.checks import draw_sample, record_check
from kechuang.engine.tenure.actions.reports import (
    attach_report_file,
    decide_report,
    save_report,
    submit_report,
)
from kechuang.engine.tenure.actions.studio import answer_invitation, invite_member
from kechuang.orgs.actor import Actor
from kechuang.orgs.enums import Role

OVER, NOTICE, REVIEW, FIRST, OPEN = 510, 80, 71, 59, 19
"""Days ago on which the edition of each stage began: the first yearly report of the one that is over fell due two months ago."""
UNTYPED = frozenset({"file", "files", "statement"})
REPORTED = {
    "open_days": "258", "pupil_visits": "17350", "free_visits": "6200", "staff_count": "6", "volunteers": "22", "pupils": "1240",
    "mentor_hours": "64", "safe": "yes", "incident": "无",
    "schools": [["南山示范中学", "12", "560"], ["福田示范第一小学", "9", "410"]],
    "courses": [["水质检测实验", "小学", "26", "否"], ["机器人装配", "初中", "18", "是"]],
    "activities": [["2026-03-14", "光学展厅探究", "120", "2"], ["2026-05-23", "航天主题研学", "110", "3"]],
    "projects_done": [["水下机器人", "24", "导师一", "完成样机，参加全市交流"], ["城市噪声地图", "20", "导师二", "形成报告一份"]],
    "tasks": [["开发人工智能校本课程", "完成两册", "课程包一套"], ["区级教研每月一次", "完成九次", "教研记录"]],
    "events": [["2026-04-10", "项目式学习公开课", "86"], ["2026-06-05", "开源硬件工作坊", "42"]],
    "plan": [["课程向全市推广", "2027-06", "主持人"], ["带教青年教师六人", "2027-07", "全体成员"]],
}  # fmt: skip
"""What the reports say where a sample would be too little."""
RETURNED = 3
"""The place of the holder whose report came back: the visitor's, who then has something to do."""


@dataclass
class Terms:
    """One programme in all its stages: the city's edition that is over and its open one, and those that two districts run now.

    `of` makes applicants of schools.
    """

    city: DemoCity
    programme: str
    title: str
    applicants: Sequence[Applicant]
    experts: list[Reviewer]
    day: date
    of: Callable[[Sequence[School]], list[Applicant]] = schools_as
    group_by: str = ""

    def tell(self, tell: Tell) -> Edition:
        """The edition that is over, with its holders; then notice, review and open call."""
        past = self._edition(OVER)
        entries = past.enter(self._some(0, 8), days=10)
        past.forward(entries, days=34)
        past.award(past.judge())
        self._holders(past)
        self.under_way(tell)
        return past

    def under_way(self, tell: Tell) -> None:
        """On notice, in the first of several rounds, in the last one, and open."""
        in_time(tell, self._on_notice)
        if len(PROGRAMMES[self.programme].rounds) > 1:
            first = self._edition(FIRST, "440304")
            first.forward(first.enter(self.of(self.city.schools["440304"][1:4]), days=10), days=34)
            first.begin_judging()
        review = self._edition(REVIEW, "440306")
        review.forward(review.enter(self.of(self.city.schools["440306"][1:4]), days=10), days=34)
        review.judge(last=False)
        self._open()

    def _edition(self, ago: int, unit: str = "") -> Edition:
        org = self.city.units[unit] if unit else None
        title = f"{org.short_name}{self.title}" if org else self.title
        return begin(self.city, self.programme, title, self.day - timedelta(days=ago), self.experts, org, self.group_by)

    def _some(self, first: int, n: int) -> list[Applicant]:
        turned = [*self.applicants, *self.applicants]
        first %= len(self.applicants)
        return list(turned[first : first + n])

    def _on_notice(self) -> None:
        edition = self._edition(NOTICE, "440307")
        edition.forward(edition.enter(self.of(self.city.schools["440307"][1:4]), days=10), days=34)
        edition.announce(edition.judge())

    def _open(self) -> None:
        edition = self._edition(OPEN)
        sent = edition.enter(self._some(13, 12), days=12)
        with travel(edition.at(15)):
            spread(self.city, sent)
        draft = edition.enter(self._some(25, 1), days=18, send=False)[0]
        self._waiting(draft, edition)

    def _waiting(self, draft, edition: Edition) -> None:  # type: ignore[no-untyped-def]
        """Where a partner must say yes first, another draft still waits for it on the visitor's desk."""
        plan = edition.call.plan.partner
        if plan is None:
            return
        with travel(edition.at(18, 17)):
            for applicant in self._some(26, 2):
                other = edition.draft(School(applicant.org, applicant.by), 0.8)
                partner = next(org for org in self.city.partners if org.partner_kind in plan.kinds)
                ask_partner(
                    other, partner, years=plan.years, purpose="想先从一个年级开始，每学期两次活动。", by=applicant.by
                )

    # --- holders -----------------------------------------------------------------------------------------------------

    def _holders(self, past: Edition) -> None:
        """First reports accepted, handed in, returned and overdue; one holder warned, one revoked."""
        held = list(Honour.objects.filter(call=past.call).select_related("person__user", "org").order_by("number"))
        own = next((honour for honour in held if honour.org_id == self.applicants[0].org.pk), None)
        if own is not None:
            held.remove(own)
            held.insert(RETURNED, own)
        if not held:
            with travel(self._at(12)):
                revoke_one(past.call, by=past.officer)
        with travel(self._at(65)):
            for number, honour in enumerate(held):
                self._report(past, honour, number)
        with travel(self._at(12)):
            for honour in held[-2:-1]:
                record_honour(honour, "warned", by=past.officer, reason="年度报告逾期，经提醒仍未提交。")
            for honour in held[-1:]:
                revoke_honour(honour, by=past.officer, reason="核查发现申报材料与事实不符。", document="演示〔2〕号")

    def _at(self, ago: int) -> datetime:
        return timezone.make_aware(datetime.combine(self.day - timedelta(days=ago), time(10)))

    def _report(self, past: Edition, honour: Honour, number: int) -> None:
        report = Report.objects.filter(honour=honour).order_by("due_on").first()
        if report is None or not report.can_be_written or number > 5:
            return
        by = self._holder(past, honour)
        answers = {q.code: REPORTED.get(q.code) or sample(q, 0.8) for q in report.questions if q.kind not in UNTYPED}
        report, _errors = save_report(report, answers, version=report.version, by=by)
        for question in report.questions:
            if question.kind in {"file", "files"} and question.required_from:
                attach_report_file(report, question.code, a_paper(question, honour.name, by, report.scope_path), by=by)
        if number == 5:
            return
        submit_report(report, by=by)
        if number < 3:
            decide_report(report, accept=True, reason="数据完整。", by=past.officer)
        elif number == RETURNED:
            decide_report(report, accept=False, reason="请补充合作学校的场次和人次。", by=past.officer)

    def _holder(self, past: Edition, honour: Honour) -> Actor:
        if honour.person is not None:
            return Actor.of(honour.person.user)
        return past.hosts()[honour.org_id]


def holders_with_duties(city: DemoCity, experts: list[Reviewer], day: date, home: School, *, tell: Tell) -> None:
    """All four, the visitor's school among the holders of each that schools can hold."""
    others = [school for school in city.all_schools() if school.org != home.org]
    turned = [home, *others[30:], *others[:30]]
    partner_offices(city)
    experts = [*experts[:1], *commission(city, "jury", FACTS, employer="示范教育科学研究院", title="正高级教师")]
    bases = [*(Applicant(org, city.partner_officers[org.pk]) for org in city.partners), *schools_as(others[40:56])]
    for programme, title, applicants in (
        ("practice_bases", "科技创新教育实践基地评选", bases),
        ("museum_schools", "馆校结合基地学校认定", schools_as(turned)),
        ("innovation_labs", "“1+N”创新实验室认定", labs_of(turned)),
    ):
        of = labs_of if programme == "innovation_labs" else schools_as
        past = Terms(city, programme, title, applicants, experts, day, of).tell(tell)
        if programme == "practice_bases":
            _spot_checks(past, day)
    leaders = Terms(
        city, "teacher_leaders", "科创教育教师带头人评选", teachers_of(turned), experts, day, teachers_of
    ).tell(tell)
    _studios(leaders, home, others)


def partner_offices(city: DemoCity) -> None:
    """Every partner organisation has somebody who answers for it; the first one is the visitor's."""
    for number, org in enumerate(city.partners[1:], 2):
        city.partner_officers[org.pk] = staff(city, f"partner{number}", Role.PARTNER_OFFICER, org, title="教育部")


def _spot_checks(past: Edition, day: date) -> None:
    with travel(timezone.make_aware(datetime.combine(day - timedelta(days=9), time(10)))):
        drawn = draw_sample(
            "practice_bases",
            past.city.org,
            share=0.5,
            seed=20260901,
            title=f"{day.year} 年实践基地抽查",
            by=past.officer,
        )
    with travel(timezone.make_aware(datetime.combine(day - timedelta(days=4), time(15)))):
        for number, check in enumerate(SpotCheck.objects.filter(draw=drawn).order_by("honour__number")[:2]):
            is_bad = number == 1
            found = {code: {"answer": "no" if is_bad and code == "open" else "yes"} for code, _text in check.checklist}
            words = "公布的开放日没有开放，现场没有值班人员。" if is_bad else ""
            record_check(
                check, visited_on=day - timedelta(days=4), found=found, result="bad" if is_bad else "good", remark=words, by=past.officer
            )  # fmt: skip


def _studios(past: Edition, home: School, others: Sequence[School]) -> None:
    """Two studios with members; the visitor's teacher leads one and is asked into the other."""
    held = list(Honour.objects.filter(call=past.call).select_related("person__user", "org").order_by("number"))
    with travel(past.at(140)):
        for number, honour in enumerate(held[:2]):
            leader = Actor.of(honour.person.user) if honour.person else None
            if leader is None:
                continue
            for school in others[number * 4 : number * 4 + 4]:
                member = school.teachers[1]
                assert member.person
                row = invite_member(honour, member.person, task="参与课程开发和教研", by=leader)
                if school is not others[number * 4]:
                    answer_invitation(row, yes=True, by=member)
        visitor = home.teachers[0]
        if len(held) > 1 and visitor.person and held[1].person and held[1].person_id != visitor.person.pk:
            invite_member(held[1], visitor.person, task="一起开发人工智能课程", by=Actor.of(held[1].person.user))

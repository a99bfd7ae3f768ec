"""One city with one of everything: the standard object behind every address of the permission matrix.

Every object belongs to the own school or its pupil, and to calls of the city. Three calls stand side by side: one takes
applications, one is in review, one has gone all the way to the gallery.
"""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from django.core.files.base import ContentFile
from django.utils import timezone

from kechuang.base import clock, files
from kechuang.base.enums import FileKind
from kechuang.base.files.pictures import draw_picture
from kechuang.base.jobs import run_pending_jobs
from kechuang.base.messages import notify
from kechuang.base.models import Job, Message
from kechuang.engine.applications.actions import begin_application, save_answers, submit_application
from kechuang.engine.applications.bulk import prepare_bulk, steps_for
from kechuang.engine.applications.models import Application, Attachment
from kechuang.engine.applications.perform import perform
from kechuang.engine.awards.actions import award_call
from kechuang.engine.awards.models import Certificate
from kechuang.engine.awards.seals import register_picture
from kechuang.engine.calls.models import Call
from kechuang.engine.calls.templates import save_template
from kechuang.engine.catalogue.actions import adopt_case, publish_cases
from kechuang.engine.credentials.collections import arrange
from kechuang.engine.decisions.actions import finalise_decision, propose_decision, rank_round
from kechuang.engine.decisions.sensitivity import analyse_ranking
from kechuang.engine.honours.actions import hand_over_plaque, make_plaque
from kechuang.engine.models import Agreement, Award, DefenceSlot, Honour, Report, SignedPledge
from kechuang.engine.partnerships.actions import answer_partner, ask_partner
from kechuang.engine.programme.declaration import PartnerPlan, StudioPlan
from kechuang.engine.programme.publishing import CC_BY_NC
from kechuang.engine.publicity.actions import (
    close_notice,
    decide_objection,
    draft_notice,
    file_objection,
    publish_notice,
    take_objection,
)
from kechuang.engine.reviews import actions as reviews
from kechuang.engine.reviews.actions.day import set_chair
from kechuang.engine.reviews.models import Assignment, ReviewRound, RoundEntry, RoundReviewer
from kechuang.engine.showcase import shelving
from kechuang.engine.showcase.actions import publish_works
from kechuang.engine.showcase.models import Work
from kechuang.engine.similarity.actions import compare_call
from kechuang.engine.tenure.actions.checks import draw_sample
from kechuang.engine.tenure.actions.reports import save_report, submit_report
from kechuang.engine.tenure.actions.studio import invite_member
from kechuang.engine.visits.actions import accept_invitation, invite
from kechuang.orgs.actions import ask_export, give_class
from kechuang.orgs.actions.calendars import renew_calendar
from kechuang.orgs.actions.requests import file_request
from kechuang.orgs.actions.rosters.upload import upload_roster
from kechuang.orgs.actions.transfers import ask_transfer
from kechuang.orgs.actor import Actor
from kechuang.orgs.enums import Role
from kechuang.orgs.models import Person, RetentionRun
from kechuang.programmes.course_cases.programme import COURSE_CASES
from kechuang.programmes.feature_schools.programme import FEATURE_SCHOOLS
from kechuang.programmes.guest_engineers.programme import GUEST_ENGINEERS
from kechuang.programmes.tomorrow_stars.programme import TOMORROW_STARS
from tests.base import samples
from tests.factories.engine import TITLES, YEARLY, a_call, a_round, a_title_plan, an_application, closed, scored
from tests.factories.orgs import (
    a_city,
    a_guardian,
    a_partner,
    a_pupil,
    a_resident_id,
    a_school,
    a_teacher,
    actor_for,
    an_expert,
    an_officer,
    has_agreed,
    with_xueji,
)
from tests.factories.visits import a_member, an_invitation

SYSTEM = Actor.system("matrix")
DAY = datetime(2026, 9, 7, 9, tzinfo=timezone.get_default_timezone())
"""A Monday with working days enough before the next holiday, in a year whose holidays are known."""


ROSTER_NAME = "甲"


class World:
    """Everything is made once, in this order, because later things stand on earlier ones."""

    def __init__(self) -> None:
        self.city = a_city()
        self.school, self.other_school = a_school(self.city.east), a_school(self.city.east)
        self.far_school = a_school(self.city.west)
        self.people = self._people()
        self.pupil, self.teacher = self.people["pupil"], self.people["teacher"]
        self.reviewer = reviews.add_reviewer(self.people["expert"], by=SYSTEM, fields=["PH"], stages=["senior"])
        self.organiser = actor_for(an_officer(Role.CITY_OFFICER, self.city.org))
        self._applying()
        self._judging()
        self._finished()
        self._offices()
        self.calendar_key = renew_calendar(self.pupil.user)
        set_chair(self.round, self.reviewer.pk, by=SYSTEM)
        self.panel.reviewers.add(self.reviewer)

    def _people(self) -> dict[str, Person]:
        """One of each, by the names of the matrix; `other` is of another school or district, which has no part in anything here."""
        city, school = self.city, self.school
        offices = {
            "school": (Role.SCHOOL_OFFICER, school),
            "head": (Role.SCHOOL_TEAM_HEAD, school),
            "other_school": (Role.SCHOOL_OFFICER, self.other_school),
            "district": (Role.DISTRICT_OFFICER, city.east),
            "other_district": (Role.DISTRICT_OFFICER, city.west),
            "city": (Role.CITY_OFFICER, city.org),
            "inspector": (Role.INSPECTOR, city.org),
            "auditor": (Role.AUDITOR, city.org),
            "operator": (Role.SYSTEM_ADMIN, city.org),
            "security": (Role.SECURITY_ADMIN, city.org),
        }
        pupil = a_pupil(school, grade=11)
        people = {"pupil": pupil, "guardian": a_guardian(pupil), "teacher": a_teacher(school)}
        people |= {"other_teacher": a_teacher(self.other_school), "expert": an_expert(city.org)}
        has_agreed(pupil, "entering", "publicity", "showcase", "media")
        return people | {who: an_officer(*office) for who, office in offices.items()}

    # --- applying ----------------------------------------------------------------------------------------------------

    def _applying(self) -> None:
        """A draft and a submitted entry of the pupil, each in a call of its own; a call that is not yet public."""
        self.call, self.open_call = a_call(self.city), a_call(self.city)
        self.hidden_call = a_call(self.city, state="draft")
        self.draft = self._entry(self.open_call, state="draft", created_by=self.pupil.user)
        self.sent = self._entry(self.call, state="submitted")
        self.paper = self._paper(self.sent)

    def _entry(self, call: Call, **facts: Any) -> Application:
        return an_application(call, self.school, members=[self.pupil], advisers=[self.teacher], **facts)

    def _paper(self, application: Application) -> Attachment:
        stored = files.accept(
            ContentFile(samples.pdf(), "报告.pdf"), kind=FileKind.PDF, max_bytes=10**6, by=SYSTEM, scope_path=self.school.path
        )  # fmt: skip
        draw_picture(stored)
        return Attachment.objects.create(application=application, question="report", stored=stored, caption="甲报告")

    # --- review ------------------------------------------------------------------------------------------------------

    def _judging(self) -> None:
        """An open round in which the expert has the pupil's entry."""
        call = a_call(self.city)
        entry = self._entry(call)
        self.blind_paper = self._paper(entry)
        self.round = a_round(call, [self.reviewer], assigned=True)
        self.assignment: Assignment = self.round.assignments.get(reviewer=self.reviewer)
        self.round_entry = self.assignment.entry
        self.invitation = self.round.round_reviewers.get(reviewer=self.reviewer)
        neighbour = an_expert(self.city.org)
        self.spare = reviews.add_reviewer(neighbour, by=SYSTEM, fields=["CS"], stages=["junior"])
        reviews.invite_reviewers(self.round, [self.spare], by=SYSTEM)
        self.conflict = reviews.add_conflict(
            self.round, self.spare, self.round_entry, reason="在同一个课题组", by=SYSTEM
        )

    # --- from the ranking to the gallery -----------------------------------------------------------------------------

    def _finished(self) -> None:
        self.past = a_call(self.city, approval_number="示教函〔2026〕88号")
        self.winner = self._entry(self.past)
        others = [an_application(self.past, school) for school in (self.school, self.other_school, self.far_school)]
        self._best = {entry.pk: 0.95 - 0.1 * n for n, entry in enumerate([self.winner, *others])}
        self._shortlist()
        self._defence()
        self._publicity()
        self._honours()

    def _good(self, row: Assignment) -> float:
        return self._best[row.entry.application_id]

    def _shortlist(self) -> None:
        judges = [
            reviews.add_reviewer(an_expert(self.city.org), by=SYSTEM, fields=["PH"], stages=["senior"])
            for _n in range(3)
        ]
        self.first_round = closed(scored(a_round(self.past, judges, assigned=True), self._good))
        analyse_ranking(rank_round(self.first_round, by=SYSTEM), by=SYSTEM)
        self.judge = judges[0]
        RoundReviewer.objects.create(round=self.first_round, reviewer=self.reviewer, is_chair=True)
        proposal = propose_decision(self.first_round, "shortlist", {"share": 0.8}, by=SYSTEM)
        self.shortlist = finalise_decision(proposal, by=SYSTEM)

    def _defence(self) -> None:
        self.defence = reviews.open_round(self.past, "defence", by=SYSTEM, seed=1)
        judges = [
            reviews.add_reviewer(an_expert(self.city.org), by=SYSTEM, fields=["PH"], stages=["senior"])
            for _n in range(3)
        ]
        self.panel = reviews.create_panel(self.defence, name="第一组", room="301", reviewers=judges, by=SYSTEM)
        reviews.build_timetable(self.defence, start=clock.now() + timedelta(days=1), by=SYSTEM)
        self.slot = DefenceSlot.objects.filter(panel=self.panel).first()
        closed(scored(self.defence, self._good))
        self.ranking = rank_round(self.defence, by=SYSTEM)
        self.decision = finalise_decision(propose_decision(self.defence, "award", by=self.organiser), by=self.organiser)

    def _publicity(self) -> None:
        self.notice = publish_notice(draft_notice(self.decision, by=SYSTEM), by=SYSTEM)
        paper = ContentFile(samples.pdf(), "证据.pdf")
        self.objection = file_objection(
            self.notice, application=self.winner, name="王女士", document_no=a_resident_id(DAY.date().replace(year=1980)), unit="示范研究所",
            phone="13800000000", statement="作品与去年公开发表的论文内容相同，请组委会核查。", signed=True, evidence=[paper],
        )  # fmt: skip
        self.evidence = self.objection.evidence.get()
        other = actor_for(an_officer(Role.CITY_OFFICER, self.city.org))
        decide_objection(take_objection(self.objection, by=other), finding="经查不属实。", effect="keep", by=other)
        with clock.travel(DAY + timedelta(days=30)):
            self.notice = close_notice(self.notice, by=SYSTEM)

    def _honours(self) -> None:
        award_call(self.notice, by=SYSTEM)
        run_pending_jobs()
        publish_works(self.past, by=SYSTEM)
        self.certificate = Certificate.objects.get(award__application=self.winner, person=self.pupil)
        self.work = Work.objects.get(application=self.winner)
        self._shelf()
        self._case()
        self.collection = arrange(self.pupil, numbers=[self.certificate.number], is_open=True, by=actor_for(self.pupil))
        self._title()
        self._bond()
        self._studio()
        self._visit()
        self._guest()
        self._stars()

    def _shelf(self) -> None:
        """Editors have put the work on the front page."""
        facts = {"title": "海洋与湿地", "title_en": "Sea and wetland", "words": "", "theme": "", "year": None}
        self.shelf = shelving.create_shelf(self.city.org, facts, by=SYSTEM)
        shelving.shelve(self.shelf, self.work, by=SYSTEM)
        shelving.place_on_front(shelving.show_shelf(self.shelf, True, by=SYSTEM), 1, by=SYSTEM)

    def _case(self) -> None:
        """A course case of the own teacher, published; the other teacher has adopted it."""
        self.case_call = a_call(self.city, plan=COURSE_CASES, programme_code="course_cases")
        facts = {"stage": "primary", "discipline": "ai", "members": [], "person": self.teacher, "state": "awarded"}
        answers = {
            "goals": "目标", "process": "过程", "method": "项目式学习", "subjects": ["科学", "数学"], "grades": ["五年级"], "licence": CC_BY_NC.name,
        }  # fmt: skip
        entry = an_application(self.case_call, self.school, answers=answers, **facts)
        SignedPledge.objects.create(
            application=entry, code="publishing", text_digest="0", signed_at=clock.now(), signed_by=self.teacher.user
        )
        Award.objects.create(
            call=self.case_call, application=entry, prize="model", prize_name="典型课程案例", awarded_at=clock.now()
        )
        self.case = publish_cases(self.case_call, by=SYSTEM).cases[0]
        self.adoption = adopt_case(
            self.case,
            self.other_school,
            class_name="2班",
            begins_on=DAY.date(),
            by=actor_for(self.people["other_teacher"]),
        )
        compare_call(self.case_call)

    def _bond(self) -> None:
        """Another school stands beside the own one: an agreement that runs, and a question that waits for its answer."""
        written = replace(YEARLY, open_days=365)
        honour = replace(TITLES, reports=(written, replace(written, code="sent")))
        plan = a_title_plan(partner=PartnerPlan(("school",), "牵头学校", years=3), honour=honour)
        call = a_call(self.city, plan=plan, programme_code="museum_schools", closes_at=None)
        clerk, lead = actor_for(self.people["school"]), actor_for(self.people["other_school"])
        first, second = (begin_application(call, self.school, by=clerk) for _n in range(2))
        for draft in (first, second):
            save_answers(draft, {"abstract": "甲校概况", "plan": "规划"}, version=draft.version, by=clerk)
        terms = {"years": 3, "purpose": "共建实验室", "by": clerk}
        answer_partner(ask_partner(first, self.other_school, **terms), yes=True, by=lead)
        perform(submit_application(first, by=clerk), "grant", by=self.organiser, prize="district")
        self.agreement = Agreement.objects.get()
        self.partnership = ask_partner(second, self.other_school, **terms)
        self.report_due, sent = (Report.objects.get(code=code, number=1) for code in ("year", "sent"))
        saved, _errors = save_report(sent, {"visits": "900", "best": "新课程"}, version=1, by=clerk)
        self.report_sent = submit_report(saved, by=clerk)
        self.drawn = draw_sample("museum_schools", self.city.org, share=1, seed=7, title="2026", by=self.organiser)
        self.spot_check = self.drawn.checks.get()

    def _studio(self) -> None:
        """A teacher of the own school leads a studio, one of another school is asked in."""
        honour = replace(TITLES, targets=(), studio=StudioPlan("名师工作室"))
        plan = a_title_plan("person", roles=("teacher",), honour=honour)
        call = a_call(self.city, plan=plan, programme_code="teacher_leaders", closes_at=None)
        leader = actor_for(self.teacher)
        draft = begin_application(call, self.school, by=leader)
        save_answers(draft, {"abstract": "甲校概况", "plan": "规划"}, version=draft.version, by=leader)
        perform(submit_application(draft, by=leader), "grant", by=self.organiser, prize="district")
        self.leading = Honour.objects.get(person=self.teacher)
        self.invitation = invite_member(self.leading, self.people["other_teacher"], by=leader)

    def _visit(self) -> None:
        """A school in a selection whose panel, with the expert in it, goes to the place; another one that its district has to score."""
        call = a_call(self.city, plan=FEATURE_SCHOOLS, programme_code="feature_schools")
        facts = {"stage": "", "discipline": "through", "members": [], "filled_by": self.school}
        self.rated = an_application(call, self.school, state="endorsed", **facts)
        an_application(call, self.school, **facts)
        round_ = reviews.open_round(call, "visit", by=SYSTEM, seed=1)
        reviews.create_panel(round_, name="考察组", room="赴校", reviewers=[self.reviewer], by=SYSTEM)
        reviews.build_timetable(round_, start=clock.now() + timedelta(days=1), by=SYSTEM)
        self.visited = round_.entries.get()

    def _stars(self) -> None:
        """The pupil as a candidate of a written test."""
        call = a_call(self.city, plan=TOMORROW_STARS, programme_code="tomorrow_stars")
        candidate = an_application(
            call, self.school, state="in_defence", discipline="star", members=[self.pupil], person=self.pupil
        )
        self.test = ReviewRound.objects.create(call=call, number=2, code="test", state="open", opened_at=clock.now())
        RoundEntry.objects.create(round=self.test, application=candidate, alias="E-0042")

    def _guest(self) -> None:
        """An engineer of the pool, who comes to the school: the teacher accompanies."""
        call = a_call(self.city, plan=GUEST_ENGINEERS, programme_code="guest_engineers", closes_at=None)
        self.guest = a_member(call, a_partner(self.city.org, "enterprise"), by=self.organiser)
        wanted = an_invitation(self.teacher)
        visit = invite(self.guest, self.school, wanted, by=actor_for(self.people["school"]))
        self.guest_visit = accept_invitation(visit, by=actor_for(self.guest.person), words="好的")
        self.people["engineer"] = self.guest.person

    def _title(self) -> None:
        """A school's title, its plaque handed over, and a call in which it may be renewed."""
        self.title_call = a_call(self.city, plan=a_title_plan(), closes_at=None)
        clerk = actor_for(self.people["school"])
        draft = begin_application(self.title_call, self.school, by=clerk)
        draft, _errors = save_answers(draft, {"abstract": "概况", "plan": "规划"}, version=draft.version, by=clerk)
        perform(submit_application(draft, by=clerk), "grant", by=self.organiser, prize="district")
        self.honour = Honour.objects.get(org=self.school)
        self.plaque = hand_over_plaque(make_plaque(self.honour, by=SYSTEM), receiver="校长", by=SYSTEM)

    # --- offices -----------------------------------------------------------------------------------------------------

    def _offices(self) -> None:
        table = ContentFile(f"姓名,年级,班级\n{ROSTER_NAME},8,1班\n".encode(), "名册.csv")
        self.roster = upload_roster("pupils", self.school, table, by=SYSTEM, name="名册.csv")
        run_pending_jobs()
        record = self.pupil.pupil
        give_class(self.teacher, self.school, record.grade, record.class_name, by=SYSTEM)
        clerk = actor_for(self.people["school"])
        self.bulk_act = prepare_bulk(
            self.call, steps_for([(self.sent.pk, self.sent.version)], "endorse"), by=clerk, file=self.roster.file
        )
        self.export = ask_export("pupils", {"org": self.school.code}, reason="核对参赛名单", by=clerk)
        self.own_request = file_request(
            self.pupil, "correct", by=actor_for(self.pupil), field="class_name", wanted="2班"
        )
        self._transfers()
        self.template = save_template(self.call, name="区级选拔", by=SYSTEM)
        self.seal = register_picture(self.city.org, "seal", samples.seal_png(), name=self.city.org.name, by=SYSTEM)
        self.retention_run = RetentionRun.objects.create(
            kinds=["mails"], due={"mails": 3}, done={"mails": {"mails": 3}}
        )
        self.year = DAY.year
        self.job = Job.objects.create(kind="mail.send", title="发信")
        notify([self.pupil.user], "note", title="已收到申报", mail=False)
        self.message = Message.objects.filter(user=self.pupil.user).latest("pk")

    def _transfers(self) -> None:
        """One pupil whom the own school is asked to let go, and one whom it might ask for."""
        leaver, self.newcomer = a_pupil(self.school), a_pupil(self.far_school)
        number, asker = with_xueji(leaver), actor_for(self.people["other_school"])
        with_xueji(self.newcomer)
        self.transfer = ask_transfer(self.other_school, name=leaver.name, number=number, grade=8, by=asker)

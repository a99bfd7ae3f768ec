"""The world of the permission matrix with marked values in it, and the same objects once more for another school and another district."""

from datetime import timedelta
from typing import Any

from django.core.files.base import ContentFile

from kechuang.base import audit, clock
from kechuang.base.jobs import run_pending_jobs
from kechuang.base.messages import notify
from kechuang.base.models import Job, Message, SavedView
from kechuang.engine.applications.models import Application
from kechuang.engine.applications.perform import perform
from kechuang.engine.decisions.models import Decision, DecisionLine
from kechuang.engine.publicity.models import Objection, Reconsideration
from kechuang.engine.reviews import actions as reviews
from kechuang.engine.reviews.actions.day import set_chair
from kechuang.engine.reviews.models import Assignment, Reviewer, ReviewRound, Score
from kechuang.engine.reviews.rules import ScoreSheet
from kechuang.engine.showcase.actions import hide_work
from kechuang.engine.showcase.models import Work
from kechuang.orgs.actions import withdraw_consent
from kechuang.orgs.actions.people import declare_relationship, record_identifiers
from kechuang.orgs.actions.rosters.upload import upload_roster
from kechuang.orgs.enums import RelationshipKind, Role
from kechuang.orgs.models import Org, Person
from tests.factories.engine import a_call, a_round, a_sheet, an_application
from tests.factories.orgs import a_guardian, a_pupil, a_resident_id, a_teacher, actor_for, an_expert, an_officer
from tests.walls.marks import FAR, NEAR, OWN, SIDES, Marks
from tests.web.matrix.world import DAY, SYSTEM, World


class Other:
    """The same names as the world's, for the objects of another school; what it lacks is the world's."""

    def __init__(self, world: "Planted") -> None:
        self._world = world

    def __getattr__(self, name: str) -> Any:
        return getattr(self._world, name)


class Planted(World):
    def __init__(self) -> None:
        self.marks = Marks()
        self.near, self.far = Other(self), Other(self)
        super().__init__()
        self._entries()
        self._judged()
        self._notes()

    def _side(self, side: str) -> Any:
        return {OWN: self, NEAR: self.near, FAR: self.far}[side]

    # --- people ------------------------------------------------------------------------------------------------------

    def _people(self) -> dict[str, Person]:
        self.near.school, self.far.school = self.other_school, self.far_school
        for side in SIDES:
            self._mark_school(side, self._side(side).school)
        people = super()._people()
        people["chair"] = an_expert(self.city.org)
        self._mark_family(OWN, people["pupil"], people["guardian"], people["teacher"])
        for side, teacher in ((NEAR, people["other_teacher"]), (FAR, a_teacher(self.far_school))):
            place = self._side(side)
            place.pupil = a_pupil(place.school, grade=11)
            place.guardian, place.teacher = a_guardian(place.pupil), teacher
            self._mark_family(side, place.pupil, place.guardian, place.teacher)
        for who in ("expert", "chair", "school", "other_district", "auditor"):
            self._mark_person(OWN, f"{who} officer", people[who])
        people |= {"far_pupil": self.far.pupil, "far_guardian": self.far.guardian}
        people["far_school"] = an_officer(Role.SCHOOL_OFFICER, self.far_school)
        return people

    def _mark_school(self, side: str, school: Org) -> None:
        school.name = f"示范{self.marks.word(side, 'school')}学校"
        Org.objects.filter(pk=school.pk).update(name=school.name)

    def _mark_family(self, side: str, pupil: Person, guardian: Person, teacher: Person) -> None:
        for what, person in (("pupil", pupil), ("guardian", guardian), ("teacher", teacher)):
            self._mark_person(side, what, person)
        number = a_resident_id(DAY.date().replace(year=2010), sequence=100 + SIDES.index(side))
        record_identifiers(
            pupil, by=SYSTEM, org=self._side(side).school, document_number=self.marks.keep(side, "pupil's number", number),
            xueji="L" + self.marks.keep(side, "pupil's xueji", f"44030520100907{7001 + SIDES.index(side)}"),
            phone=self.marks.keep(side, "pupil's phone", f"1391357246{SIDES.index(side)}"),
        )  # fmt: skip

    def _mark_person(self, side: str, what: str, person: Person) -> None:
        """A name whose middle is marked, so that a masked name shows none of it; an address; a number."""
        person.name = f"赵{self.marks.word(side, f'{what} name')}孙"
        Person.objects.filter(pk=person.pk).update(name=person.name)
        assert person.user
        person.user.email = f"{self.marks.word(side, f'{what} mail').lower()}@example.cn"
        self.marks.planted[side, f"{what} mail"] = person.user.email.partition("@")[0]
        person.user.save()

    # --- entries -----------------------------------------------------------------------------------------------------

    def _entries(self) -> None:
        """Each side has a submitted and a returned entry in the call, and a draft in the open one."""
        Application.objects.filter(pk=self.sent.pk).update(**self._words(OWN))
        for side in (NEAR, FAR):
            place = self._side(side)
            place.draft = self._of(side, self.open_call, state="draft", created_by=place.pupil.user)
            place.sent = self._of(side, self.call, state="submitted", **self._words(side))
            place.paper = self._paper(place.sent)
        for side in SIDES:
            returned = self._of(side, a_call(self.city), state="submitted")
            perform(returned, "return", by=SYSTEM, reason=self.marks.word(side, "reason of return"))

    def _words(self, side: str) -> dict[str, Any]:
        return {
            "title": self.marks.word(side, "title"),
            "abstract": self.marks.word(side, "abstract"),
            "answers": {
                "method": self.marks.word(side, "answer"),
                "lab": "yes",
                "lab_name": self.marks.word(side, "lab"),
                "adult_help": self.marks.word(side, "help"),
            },
        }

    def _of(self, side: str, call: Any, **facts: Any) -> Application:
        place = self._side(side)
        return an_application(call, place.school, members=[place.pupil], advisers=[place.teacher], **facts)

    # --- judging -----------------------------------------------------------------------------------------------------

    def _judged(self) -> None:
        """A blind round over an entry of each side: the expert, the chair and a third have them all; the third has handed in."""
        call = a_call(self.city)
        self.judged = [self._of(side, call, **self._blind(side), title=f"作品{side}") for side in SIDES]
        third = an_expert(self.city.org)
        self._mark_person(OWN, "third expert", third)
        self.third, self.chair = (
            reviews.add_reviewer(person, by=SYSTEM, fields=["PH"], stages=["senior"])
            for person in (third, self.people["chair"])
        )
        self.judged_round = a_round(call, [self.reviewer, self.chair, self.third], assigned=True)
        set_chair(self.judged_round, self.chair.pk, by=SYSTEM)
        self._scores()
        fourth = reviews.add_reviewer(an_expert(self.city.org), by=SYSTEM, fields=["CS"], stages=["senior"])
        reviews.invite_reviewers(self.judged_round, [fourth], by=SYSTEM)
        reason = self.marks.word(OWN, "reason of conflict")
        reviews.add_conflict(self.judged_round, fourth, self._entry_of(self.third).entry, reason=reason, by=SYSTEM)

    def _blind(self, side: str) -> dict[str, Any]:
        answers = {
            "lab": "yes",
            "lab_name": self.marks.word(side, "blind lab"),
            "adult_help": self.marks.word(side, "blind help"),
        }
        return {"answers": answers}

    def _entry_of(self, reviewer: Reviewer) -> Assignment:
        row = self.judged_round.assignments.filter(reviewer=reviewer).order_by("pk").first()
        assert row
        return row

    def _scores(self) -> None:
        rubric = self.judged_round.call.plan.rubric_for("senior")
        rows = self.judged_round.assignments.filter(reviewer=self.third)
        reviews.submit_scores(self.judged_round, {row.pk: a_sheet(rubric) for row in rows}, by=SYSTEM)
        words = {"comment": self.marks.word(OWN, "third comment"), "feedback": self.marks.word(OWN, "third feedback")}
        Score.objects.filter(assignment__in=rows).update(**words)
        sheet = ScoreSheet(marks={}, gates={}, comment=self.marks.word(OWN, "expert comment"), feedback="")
        mine = self._entry_of(self.reviewer)
        reviews.save_score(mine, sheet, version=0, by=actor_for(self.people["expert"]))

    # --- notes and the rest ------------------------------------------------------------------------------------------

    def _notes(self) -> None:
        word = self.marks.word
        Score.objects.filter(assignment__round=self.defence).update(comment=word(OWN, "comment of defence"))
        Decision.objects.filter(pk=self.decision.pk).update(note=word(OWN, "note of decision"))
        DecisionLine.objects.filter(decision=self.decision).update(note=word(OWN, "note of line"))
        ReviewRound.objects.filter(pk=self.defence.pk).update(closing_note=word(OWN, "closing note"))
        self._objector()
        far_work = Work.objects.exclude(pk=self.work.pk).first()
        if far_work is not None:
            hide_work(far_work, reason=word(OWN, "reason of hiding"), by=SYSTEM)
        audit.record("note", by=SYSTEM, on="walls", reason=word(OWN, "reason in audit"), scope_path=self.school.path)
        for side in SIDES:
            self._note_side(side)
        run_pending_jobs()
        Job.objects.filter(pk=self.job.pk).update(error=word(OWN, "error of job"))

    def _objector(self) -> None:
        person = Objection.objects.get(pk=self.objection.pk)
        for field in ("name", "unit", "phone"):
            setattr(person, field, self.marks.word(OWN, f"objector's {field}"))
        person.email = "zqobjectormailqz@example.cn"
        self.marks.keep(OWN, "objector's mail", "zqobjectormailqz")
        person.document_no = self.marks.keep(
            OWN, "objector's number", a_resident_id(DAY.date().replace(year=1981), sequence=555)
        )
        person.statement = self.marks.word(OWN, "statement of objection")
        person.save()
        Reconsideration.objects.filter(objection=person).update(finding=self.marks.word(OWN, "finding"))

    def _note_side(self, side: str) -> None:
        place, word = self._side(side), self.marks.word
        table = ContentFile(f"姓名,年级,班级\n{word(side, 'name in roster')},8,1班\n".encode(), "名册.csv")
        place.roster = upload_roster("pupils", place.school, table, by=SYSTEM, name="名册.csv")
        other = a_teacher(place.school)
        note = word(side, "note of relation")
        declare_relationship(place.teacher, other, RelationshipKind.OTHER, by=SYSTEM, note=note)
        reason = word(side, "reason of withdrawal")
        if side != OWN:
            from tests.factories.orgs import has_agreed

            has_agreed(place.pupil, "research")
            withdraw_consent(place.pupil, "research", by=actor_for(place.pupil), reason=reason)
        officer = an_officer(Role.SCHOOL_OFFICER, place.school)
        SavedView.objects.create(
            user=officer.user, page=f"applications:{self.call.slug}", name=word(side, "saved view"), shared_path=place.school.path
        )  # fmt: skip
        notify([place.pupil.user], "note", title=word(side, "message"), body="")
        place.message = Message.objects.filter(user=place.pupil.user).latest("pk")
        self._private_call(side)

    def _private_call(self, side: str) -> None:
        """A call that its district has not yet published."""
        district = {OWN: self.city.east, NEAR: self.city.south, FAR: self.city.west}[side]
        place = self._side(side)
        draft = a_call(self.city, state="draft", title=self.marks.word(side, "unpublished call"))
        draft.org = district
        draft.opens_at = clock.now() + timedelta(days=1)
        draft.save()
        place.district_call = draft

"""Applications in bulk, with all that hangs on one: team, advisers, files, declarations, consents, moves and their audit rows."""

from __future__ import annotations

import io
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from kechuang.base import audit, clock
from kechuang.base.files.accept import accept
from kechuang.base.ids import new_public_id
from kechuang.base.models import Message, StoredFile
from kechuang.engine.applications.models import Adviser, Application, Attachment, Movement, SignedPledge, TeamMember
from kechuang.engine.applications.rules import division_of, pledge_digest
from kechuang.engine.calls.models import Call
from kechuang.orgs.enums import Role
from kechuang.orgs.models import Consent, ConsentText, Guardianship, Org, Person, PupilRecord
from tests.base import samples
from tests.bench.scene.city import City, people
from tests.bench.scene.words import Writer

CHUNK = 2000
STAGES = ("primary", "junior", "senior")
GRADES = {"primary": 5, "junior": 8, "senior": 11}
TEAM_SIZES = (1, 1, 2, 3)
ROAD = (("submit", "draft", "submitted"), ("endorse", "submitted", "endorsed"), ("recommend", "endorsed", "recommended"),
        ("screen", "recommended", "screened"), ("begin_review", "screened", "in_review"))  # fmt: skip
TO_AWARD = (*ROAD, ("shortlist", "in_review", "in_publicity"), ("award", "in_publicity", "awarded"))


@dataclass
class Blobs:
    """The few real files that all rows point to."""

    report: StoredFile
    photo: StoredFile

    def copy_of(self, stored: StoredFile, name: str, scope_path: str) -> StoredFile:
        return StoredFile(
            name=name, kind=stored.kind, content_type=stored.content_type, size=stored.size, sha256=stored.sha256, pages=stored.pages,
            width=stored.width, height=stored.height, blob=stored.blob.name, scope_path=scope_path,
        )  # fmt: skip


@dataclass
class Entries:
    """Makes the applications of one call, chunk by chunk, so that fifty thousand need no more memory than two."""

    city: City
    call: Call
    writer: Writer
    blobs: Blobs
    road: tuple[tuple[str, str, str], ...]
    began: datetime
    prefix: str
    purposes: tuple[str, ...] = ("entering",)
    pupils: int = 0

    def make(self, count: int) -> None:
        self.texts = {purpose: ConsentText.objects.in_force(purpose) for purpose in self.purposes}
        for first in range(0, count, CHUNK):
            self._make(first, min(CHUNK, count - first))

    def _make(self, first: int, count: int) -> None:
        applications = [self._application(number) for number in range(first, first + count)]
        Application.objects.bulk_create(applications, batch_size=500)
        Application.objects.bulk_update(self._stamped(applications), ["created_at", "state_since"], batch_size=500)
        self._teams(applications)
        self._files(applications)
        self._declarations(applications)
        self._trail(applications)

    def _stamped(self, applications: list[Application]) -> list[Application]:
        """Those two are set by the database's insert; the entries were begun earlier."""
        for number, application in enumerate(applications):
            application.created_at = self.began + timedelta(minutes=number % 9000)
            application.state_since = self.began + timedelta(days=25, minutes=number % 9000)
        return applications

    def _application(self, number: int) -> Application:
        stage = STAGES[number % 3]
        choices = [d.code for d in self.call.plan.disciplines if stage in d.stages]
        discipline = choices[(number // 3) % len(choices)]
        school = self.city.schools[number % len(self.city.schools)]
        sent = self.began + timedelta(days=10, minutes=number % 9000)
        return Application(
            public_id=new_public_id(), call=self.call, org=school, state=self.road[-1][2], title=self.writer.title(number),
            title_en=f"A practical study of measurement and reuse, number {number}", abstract=self.writer.text(220), stage=stage,
            discipline=discipline, division=division_of(self.call.plan, stage, discipline), answers=self._answers(), version=14,
            team_size=TEAM_SIZES[number % 4], receipt_no=f"{self.prefix}{number:06d}", saved_at=sent, submitted_at=sent,
        )  # fmt: skip

    def _answers(self) -> dict[str, Any]:
        return {
            "kind": "科技发明", "keywords": "监测、节能、社区", "origin": self.writer.text(300), "method": self.writer.text(900),
            "novelty": self.writer.text(350), "result": self.writer.text(400), "period_from": "2025-09-01", "period_to": "2026-05-20",
            "lab": "no", "adult_help": "指导教师帮助联系场地并检查用电安全，其余由我们自己完成。", "living": "no", "earlier": "no",
        }  # fmt: skip

    def _teams(self, applications: list[Application]) -> None:
        places = [(application, order) for application in applications for order in range(application.team_size)]
        names = [self.writer.name() for _ in places]
        pupils = people(
            f"{self.prefix.lower()}-pupil", names, [(a.org, Role.PUPIL) for a, _o in places], self.pupils, has_pin=True
        )
        self.pupils += len(pupils)
        grades = [GRADES[application.stage] for application, _order in places]
        year = clock.today().year
        PupilRecord.objects.bulk_create(
            [PupilRecord(person=p, school=a.org, grade=g, class_name="3班", birth_on=datetime(year - 6 - g, 3, 15).date())
             for p, (a, _o), g in zip(pupils, places, grades, strict=True)], batch_size=CHUNK,
        )  # fmt: skip
        TeamMember.objects.bulk_create(
            [TeamMember(application=a, call=self.call, person=p, school=a.org, grade=g, order=o + 1, is_live=True, share="设计、实验与记录")
             for p, (a, o), g in zip(pupils, places, grades, strict=True)], batch_size=CHUNK,
        )  # fmt: skip
        leaders = {a.pk: p for p, (a, o) in zip(pupils, places, strict=True) if o == 0}
        for application in applications:
            application.created_by = application.submitted_by = leaders[application.pk].user
        Application.objects.bulk_update(applications, ["created_by", "submitted_by"], batch_size=500)
        self._advisers(applications)
        self._consents(pupils, grades, [a.org for a, _o in places])
        self._messages(applications)

    def _advisers(self, applications: list[Application]) -> None:
        teachers = self.city.teachers
        Adviser.objects.bulk_create(
            [Adviser(application=a, person=teachers[a.org_id][a.pk % len(teachers[a.org_id])]) for a in applications],
            batch_size=CHUNK,
        )

    def _consents(self, pupils: list[Person], grades: list[int], schools: list[Org]) -> None:
        """From 14 the pupil answers; before, the guardian, whom the school has confirmed."""
        young = [pupil for pupil, grade in zip(pupils, grades, strict=True) if grade <= 6]
        guardians = Person.objects.bulk_create([Person(name=self.writer.name()) for _ in young], batch_size=CHUNK)
        now = clock.now()
        Guardianship.objects.bulk_create(
            [
                Guardianship(guardian=g, pupil=p, relation="mother", confirmed_at=now)
                for g, p in zip(guardians, young, strict=True)
            ],
            batch_size=CHUNK,
        )
        guardian_of = {pupil.pk: guardian for pupil, guardian in zip(young, guardians, strict=True)}
        rows = []
        for pupil, grade in zip(pupils, grades, strict=True):
            guardian = guardian_of.get(pupil.pk)
            answer = (
                {"by": guardian, "answered_as": "guardian", "relation": "mother"}
                if guardian
                else {"by": pupil, "answered_as": "pupil"}
            )
            rows += [
                Consent(pupil=pupil, text=text, purpose=purpose, answer="granted", age_then=grade + 6, **answer)
                for purpose, text in self.texts.items()
            ]
        Consent.objects.bulk_create(rows, batch_size=CHUNK)

    def _messages(self, applications: list[Application]) -> None:
        Message.objects.bulk_create(
            [Message(user_id=a.created_by_id, kind="application.moved", title=f"《{a.title}》{word}"[:200], body="请登录查看进展。",
                     url=f"/applications/{a.public_id}/", read_at=clock.now() if n else None)
             for a in applications for n, word in enumerate(("已进入评审", "已通过资格审查", "学校已审核报送"))], batch_size=CHUNK,
        )  # fmt: skip

    def _files(self, applications: list[Application]) -> None:
        wanted = [
            (a, question, order, self.blobs.copy_of(stored, name, a.org.path))
            for a in applications
            for question, order, stored, name in (
                ("report", 1, self.blobs.report, "研究报告.pdf"), ("log", 1, self.blobs.report, "实验记录.pdf"),
                ("photos", 1, self.blobs.photo, "作品照片.png"), ("photos", 2, self.blobs.photo, "实验现场.png"),
            )
        ]  # fmt: skip
        StoredFile.objects.bulk_create([stored for *_rest, stored in wanted], batch_size=CHUNK)
        Attachment.objects.bulk_create(
            [Attachment(application=a, question=question, stored=stored, caption="", order=order, added_by_id=a.created_by_id)
             for a, question, order, stored in wanted], batch_size=CHUNK,
        )  # fmt: skip

    def _declarations(self, applications: list[Application]) -> None:
        pledges = [
            (pledge.code, pledge_digest(pledge), "没有使用" if pledge.asks_detail else "")
            for pledge in self.call.plan.pledges
        ]
        SignedPledge.objects.bulk_create(
            [SignedPledge(application=a, code=code, text_digest=digest, detail=detail, signed_at=a.submitted_at, signed_by_id=a.created_by_id)
             for a in applications for code, digest, detail in pledges], batch_size=CHUNK,
        )  # fmt: skip

    def _trail(self, applications: list[Application]) -> None:
        """Who moved what, by whom it is done in life, each with its audit row."""
        moves, rows = [], []
        for application in applications:
            for day, (move, source, target) in enumerate(self.road):
                by = self._mover(application, move)
                moves.append(Movement(
                    application=application, move=move, source=source, target=target, at=application.submitted_at + timedelta(days=3 * day),
                    by=by.user if by else application.created_by, by_label=by.label if by else "pupil",
                ))  # fmt: skip
                rows.append(
                    {
                        "action": move,
                        "by": by or application.created_by,
                        "on": application,
                        "scope_path": application.org.path,
                    }
                )
        Movement.objects.bulk_create(moves, batch_size=CHUNK)
        audit.record_many(rows)

    def _mover(self, application: Application, move: str) -> Any:
        if move == "submit":
            return None
        if move == "endorse":
            return self.city.school_officers[application.org_id]
        if move == "recommend":
            return self.city.district_officers[application.org.parent_id]
        return self.city.officer


def make_blobs() -> Blobs:
    """Two files, checked and stored as an upload is."""
    report = accept(io.BytesIO(samples.pdf(pages=12)), kind="pdf", max_bytes=20_000_000, name="研究报告.pdf")
    photo = accept(
        io.BytesIO(samples.image("PNG", size=(1200, 900))), kind="image", max_bytes=20_000_000, name="作品照片.png"
    )
    return Blobs(report, photo)

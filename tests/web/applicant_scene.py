"""A school, its people and an application, for the tests of the team's pages."""

import io
from dataclasses import dataclass

import pikepdf
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from kechuang.base.files import accept
from kechuang.engine.applications import actions
from kechuang.engine.applications.models import Application
from kechuang.engine.calls.models import Call
from kechuang.orgs.models import Org, Person
from kechuang.orgs.signin.adapters import factors_of, needs_factor
from tests.factories.engine import a_call
from tests.factories.orgs import City, a_city, a_pupil, a_school, a_teacher, actor_for, an_officer, has_agreed

BACKEND = "kechuang.orgs.signin.accounts.Accounts"


@dataclass
class Scene:
    city: City
    school: Org
    call: Call
    pupil: Person
    teacher: Person


def a_scene(*, city: City | None = None, **call_facts) -> Scene:
    city = city or a_city()
    school = a_school(city.east)
    return Scene(city, school, a_call(city, **call_facts), a_pupil(school, grade=8), a_teacher(school))


def signed_in(person: Person | None) -> Client:
    """A browser in which `person` is signed in, second factor included where the role demands it."""
    client = Client()
    if person is not None:
        if needs_factor(actor_for(person)) and not factors_of(person.user).exists():
            TOTP.activate(person.user, generate_totp_secret())
        client.force_login(person.user, backend=BACKEND)
    return client


def a_draft(scene: Scene) -> Application:
    """A draft of the pupil with the teacher as adviser."""
    application = actions.begin_application(scene.call, scene.school, by=actor_for(scene.pupil))
    actions.add_adviser(application, scene.teacher, by=actor_for(scene.pupil))
    return Application.objects.get(pk=application.pk)


def answers_for(call: Call) -> dict:
    """An answer to every question that is answered in words."""
    by_kind = {
        "text": "甲",
        "long_text": "我们观察了三个月。",
        "date": "2026-03-01",
        "yes_no": "no",
        "number": "3",
        "url": "https://example.cn",
    }
    found = {"title": "红树林鸟类监测", "stage": "junior", "discipline": "EV", "abstract": "录了三个月的声音。"}
    for question in call.plan.questions():
        if question.kind in by_kind:
            found[question.code] = by_kind[question.kind]
        elif question.kind in {"choice", "choices"}:
            found[question.code] = question.choices[0] if question.kind == "choice" else [question.choices[0]]
    return found


def a_pdf_bytes() -> bytes:
    pdf = pikepdf.new()
    pdf.add_blank_page()
    out = io.BytesIO()
    pdf.save(out)
    return out.getvalue()


def a_paper(application: Application, code: str = "report", name: str = "报告.pdf", by: Person | None = None):
    actor = actor_for(by or application.created_by.person)
    upload = SimpleUploadedFile(name, a_pdf_bytes())
    stored = accept(upload, kind={"pdf"}, max_bytes=10**7, by=actor, scope_path=application.org.path)
    return actions.attach_file(application, code, stored, by=actor)


def a_ready(scene: Scene) -> Application:
    """Everything is there; only the submission is missing."""
    draft, actor = a_draft(scene), actor_for(scene.pupil)
    _fresh, errors = actions.save_answers(draft, answers_for(scene.call), version=draft.version, by=actor)
    assert errors == {}
    for code in ("report", "log"):
        a_paper(draft, code)
    for pledge in scene.call.plan.pledges:
        actions.sign_pledge(draft, pledge.code, by=actor, detail="无")
    has_agreed(scene.pupil, "entering")
    return Application.objects.get(pk=draft.pk)


def a_submitted(scene: Scene) -> Application:
    ready = a_ready(scene)
    actions.submit_application(ready, by=actor_for(scene.pupil))
    return Application.objects.get(pk=ready.pk)


def everybody(scene: Scene) -> dict[str, Person | None]:
    """One of each kind of reader, by the names of the permission matrix."""
    other_school = a_school(scene.city.east)
    org = scene.city.org
    return {
        "anonymous": None,
        "pupil": scene.pupil,
        "other_pupil": a_pupil(scene.school, grade=8),
        "teacher": scene.teacher,
        "other_teacher": a_teacher(other_school),
        "school": an_officer("school_officer", scene.school),
        "other_school": an_officer("school_officer", other_school),
        "district": an_officer("district_officer", scene.city.east),
        "other_district": an_officer("district_officer", scene.city.west),
        "city": an_officer("city_officer", org),
        "expert": an_officer("expert", org),
        "inspector": an_officer("inspector", org),
        "auditor": an_officer("auditor", org),
        "operator": an_officer("system_admin", org),
        "security": an_officer("security_admin", org),
    }

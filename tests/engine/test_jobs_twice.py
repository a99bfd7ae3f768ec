"""Every kind of job, run to its end by a worker that dies before writing so, and taken up by another: the second run changes nothing.

The whole database is compared, row by row, and the files and letters with it. A kind without its scene here fails.
"""

from dataclasses import asdict
from datetime import datetime, timedelta

import pytest
from django.apps import apps
from django.core import mail
from django.core.files.base import ContentFile
from django.utils import timezone

from kechuang.base import clock, jobs
from kechuang.base.enums import FileKind
from kechuang.base.files import accept
from kechuang.base.jobs import Progress, claim, enqueue, run_job, run_pending_jobs
from kechuang.base.messages import notify
from kechuang.base.models import Job, Mail
from kechuang.base.tables import Column, write_xlsx
from kechuang.engine.applications.bulk import prepare_bulk, steps_for
from kechuang.engine.awards.actions import award_call
from kechuang.engine.decisions.actions import rank_round
from kechuang.engine.reviews.actions.timetabling import Hours
from kechuang.orgs.actions import take_good_rows, upload_roster
from kechuang.orgs.actions.exports import approve_export, ask_export
from kechuang.orgs.actions.retention import rules_in_force
from kechuang.orgs.models import RetentionRun
from tests.base.samples import pdf
from tests.engine import test_similarity as similarity
from tests.engine.honours import closed_notice, make_competition
from tests.engine.test_reports import DAY, Scene
from tests.factories.engine import a_call, a_ground, an_actor, an_application
from tests.factories.orgs import a_city, a_person, a_pupil, a_school, a_teacher, actor_for, an_officer
from tests.web import outcome_scenes, review_scenes

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

NOON = datetime(2026, 9, 7, 12, tzinfo=timezone.get_default_timezone())


@pytest.fixture(autouse=True)
def _place_and_time(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    with clock.travel(NOON):
        yield


# --- a scene for each kind: its arguments, and by whom it was asked for ---------------------------------------------


def a_letter():
    notify([a_person(email="a@example.cn").user], "test", title=lambda: "题", body=lambda: "文", url="/", mail=True)
    return {"batch": Mail.objects.get().batch}, None


def a_digest():
    user = a_person(email="b@example.cn").user
    with clock.travel(NOON - timedelta(days=1)):
        notify([user], "test", title=lambda: "题", body=lambda: "文", url="/")
    user.messages.update(awaits_digest=True)
    return {}, None


def a_roster():
    school = a_school(a_city().east, kind="junior")
    by = actor_for(an_officer("school_officer", school))
    rows = [["李一", "初一", "1班", "2013-05-06"], ["王二", "初二", "2班", "2012-05-06"], ["赵三", "高三", "2班", "x"]]
    table = write_xlsx([Column(heading, 12) for heading in ("姓名", "年级", "班级", "出生日期")], rows, title="名册")
    return upload_roster("pupils", school, ContentFile(table, name="名册.xlsx"), by=by), by


def a_new_roster():
    upload, by = a_roster()
    return {"upload": upload.pk}, by.user


def a_checked_roster():
    upload, by = a_roster()
    run_pending_jobs()
    return {"upload": upload.pk}, by.user


def a_taken_roster():
    upload, by = a_roster()
    run_pending_jobs()
    upload.refresh_from_db()
    take_good_rows(upload, by=by)
    return {"upload": upload.pk}, by.user


def an_export():
    school = a_school(a_city().east)
    a_pupil(school)
    clerk, head = (an_officer("school_officer", school) for _n in range(2))
    row = ask_export("pupils", {"org": school.code}, reason="核对名单", by=actor_for(clerk))
    approve_export(row, by=actor_for(head))
    return {"export": row.pk}, clerk.user


def a_retention():
    call = a_call(closes_at=NOON - timedelta(days=4000), opens_at=NOON - timedelta(days=4030))
    school = a_school(call.org)
    an_application(call, school, state="draft", created_at=NOON - timedelta(days=4010))
    a_letter()
    Mail.objects.update(created_at=NOON - timedelta(days=4000))
    due = {rule.keeping.code: rule.due for rule in rules_in_force(counted=True) if rule.due}
    assert due
    return {"run": RetentionRun.objects.create(kinds=list(due), due=due).pk}, None


def a_round_to():
    scene = review_scenes.a_scene(assigned=False)
    return {"round": scene.round.pk, "by": scene.organiser.user.pk}, scene.organiser.user


def a_defence():
    scene = review_scenes.a_defence(built=False)
    start = (NOON + timedelta(days=1)).replace(hour=9).isoformat()
    args = {"round": scene.round.pk, "by": scene.organiser.user.pk, "start": start, "minutes": 15, "far": []}
    return args | {"hours": asdict(Hours())}, scene.organiser.user


def a_ranking():
    scene = outcome_scenes.a_judged_round()
    record = rank_round(scene.round, by=actor_for(scene.decider))
    return {"record": record.pk, "by": scene.decider.user.pk}, scene.decider.user


def certificates():
    competition = make_competition(pupils=("张小三", "李四"), advisers=("赵老师",))
    award_call(closed_notice(competition), by=competition.officer)
    return {"call": competition.call.pk}, competition.officer.user


def a_paper():
    ground = a_ground()
    entry = an_application(a_call(ground), ground.schools[0], state="draft", members=[a_pupil(ground.schools[0], 11)])
    stored = accept(ContentFile(pdf(), "报告.pdf"), kind=FileKind.PDF, max_bytes=10**7)
    entry.attachments.create(question="report", stored=stored)
    return entry, stored


def a_new_paper():
    entry, _stored = a_paper()
    return {"application": entry.pk}, None


def a_detached_paper():
    entry, stored = a_paper()
    entry.attachments.all().delete()
    return {"stored": stored.pk}, None


def a_bulk_act():
    ground = a_ground()
    call, by = a_call(ground), an_actor("district_officer", ground.districts[0])
    entries = [an_application(call, ground.schools[0], state="endorsed") for _n in range(3)]
    steps = steps_for([(entry.pk, entry.version) for entry in entries], "recommend")
    act = prepare_bulk(call, steps, by=by, move="recommend")
    type(act).objects.filter(pk=act.pk).update(confirmed_at=NOON)
    return {"act": act.pk}, by.user


def near_deadlines():
    ground = a_ground()
    call = a_call(ground, closes_at=NOON + timedelta(hours=20))
    school = ground.schools[0]
    an_application(call, school, state="draft", members=[a_pupil(school, 11)], advisers=[a_teacher(school)])
    return {}, None


def reports_that_are_late():
    with clock.travel(DAY):
        Scene()
    return {}, None


def a_copied_entry():
    ground = a_ground()
    call = a_call(ground, plan=similarity.a_compared_plan())
    for school, seed in zip(ground.schools, range(2), strict=False):
        similarity.entry(call, school, similarity.filler(seed) + similarity.COPIED)
    return {"call": call.pk}, None


SCENES = {
    "base.send_mail": a_letter,
    "base.send_digests": a_digest,
    "orgs.check_roster": a_new_roster,
    "orgs.take_roster": a_checked_roster,
    "orgs.undo_roster": a_taken_roster,
    "orgs.make_export": an_export,
    "orgs.retain": a_retention,
    "reviews.find_conflicts": a_round_to,
    "reviews.assign": a_round_to,
    "reviews.build_timetable": a_defence,
    "decisions.sensitivity": a_ranking,
    "certificates.issue": certificates,
    "applications.bulk": a_bulk_act,
    "engine.remind": near_deadlines,
    "engine.keep_terms": reports_that_are_late,
    "similarity.compare": a_copied_entry,
}


def scenes():
    from kechuang.engine.applications.blindness import READ_PAPERS
    from kechuang.engine.applications.papers import DISCARD_PAPER

    return SCENES | {READ_PAPERS: a_new_paper, DISCARD_PAPER: a_detached_paper}


LAST_DONE = {"engine.SimilarityReport": "made_at"}
"""What tells when the job was done last: a second run may move it, and nothing else."""


def state_of_everything(tmp_path):
    rows = {
        model._meta.label: [
            {name: value for name, value in row.items() if name != LAST_DONE.get(model._meta.label)}
            for row in model._base_manager.order_by("pk").values()
        ]
        for model in apps.get_models()
        if model._meta.managed and model is not Job
    }
    files = sorted((path.name, path.stat().st_size) for path in tmp_path.rglob("*") if path.is_file())
    return rows | {"files": files, "letters": len(mail.outbox), "jobs": Job.objects.count()}


def changed(before, after):
    return [row for row in after if row not in before] + [row for row in before if row not in after]


def test_every_kind_of_job_has_its_scene_here():
    jobs.kind_of("")

    assert set(scenes()) == {name for name in jobs._kinds if not name.startswith(("test.", "tests."))}


@pytest.mark.parametrize("kind", sorted(scenes()))
def test_a_job_run_twice_has_no_second_effect(kind, tmp_path):
    args, user = scenes()[kind]()
    Job.objects.all().delete()
    enqueue(kind, args=args, by=user)
    before = state_of_everything(tmp_path)

    first = claim()
    jobs.kind_of(kind).function(Progress(first), **args)  # and the worker is gone before it writes how it ended
    once = state_of_everything(tmp_path)
    with clock.travel(NOON + jobs.LEASE + timedelta(seconds=1)):
        second = claim()
        done = run_job(second)

    assert second.pk == first.pk
    assert done.state == "succeeded", done.error
    twice = state_of_everything(tmp_path)
    assert once != before
    assert {name: changed(once[name], rows) for name, rows in twice.items() if rows != once[name]} == {}

"""What is due is really deleted (rows, files, search text, small pictures), the figures stay, a killed run goes on."""

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.core.files.base import ContentFile
from django.urls import reverse

from kechuang.base import audit, clock
from kechuang.base.enums import FileKind
from kechuang.base.files import accept
from kechuang.base.jobs import run_pending_jobs
from kechuang.base.models import Mail, StoredFile
from kechuang.engine.applications.models import Application, Attachment
from kechuang.engine.awards.actions import award_call
from kechuang.engine.calls.models import Call
from kechuang.engine.models import NoticeLine
from kechuang.engine.publicity.actions import draft_notice, publish_notice
from kechuang.engine.showcase.actions import hide_work, publish_works
from kechuang.engine.showcase.models import Work
from kechuang.engine.showcase.queries import gallery
from kechuang.orgs.actions.retention import retain_by_itself, rules_in_force, run_retention, set_rule
from kechuang.orgs.enums import Role
from kechuang.orgs.models import KeptFigure, Person, PersonalRecord, PupilRecord, RetentionRun
from tests.base import samples
from tests.engine.honours import DAY, closed_notice, make_competition, make_entry
from tests.factories.orgs import SYSTEM, a_city, a_guardian, a_pupil, a_school, actor_for, an_officer
from tests.web.applicant_scene import signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


@pytest.fixture(autouse=True)
def _monday(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    with clock.travel(DAY):
        yield


def due() -> dict[str, int]:
    return {rule.keeping.code: rule.due for rule in rules_in_force(counted=True) if rule.due}


def delete(*kinds: str) -> dict:
    run = RetentionRun.objects.create(kinds=list(kinds), due={kind: due().get(kind, 0) for kind in kinds})
    return run_retention(run, by=SYSTEM).done


def with_file(entry: Application, content: bytes, kind: FileKind, name: str) -> StoredFile:
    stored = accept(ContentFile(content, name), kind=kind, max_bytes=10**7)
    Attachment.objects.create(application=entry, question="photos", stored=stored)
    return stored


def ended(call: Call, days: int) -> None:
    call.opens_at, call.closes_at = DAY - timedelta(days=days + 30), DAY - timedelta(days=days)
    call.save()


def is_on_disk(stored: StoredFile) -> bool:
    return stored.blob.storage.exists(str(stored.blob.name))


def test_an_officer_sees_what_is_due_deletes_it_and_reads_the_report():
    city = a_city()
    client = signed_in(an_officer(Role.CITY_OFFICER, city.org))
    for n in range(3):
        Mail.objects.create(
            address=f"a{n}@example.cn",
            language="zh-hans",
            subject="旧信",
            body="内容",
            batch="b",
            created_at=DAY - timedelta(days=181),
        )
    Mail.objects.create(address="new@example.cn", language="zh-hans", subject="新信", body="内容", batch="b")

    page = client.get(reverse("retention"))
    shown = {rule.keeping.code: rule.due for rule in page.context["rules"]}
    response = client.post(reverse("retention"), {"do": "run", "kinds": ["mails"]})
    run_pending_jobs()
    report = client.get(response["Location"])

    assert shown["mails"] == 3
    assert [mail.subject for mail in Mail.objects.all()] == ["新信"]
    assert report.context["lines"][0][1:] == (3, [("邮件", 3)])
    assert client.post(reverse("retention"), {"do": "run", "kinds": ["mails"]}).status_code == 422


def test_a_rule_is_kept_within_its_limits():
    officer = an_officer(Role.CITY_OFFICER, a_city().org)
    client = signed_in(officer)

    short = client.post(reverse("retention"), {"do": "rule", "kind": "mails", "days": "3"})
    client.post(reverse("retention"), {"do": "rule", "kind": "mails", "days": "60", "automatic": "on"})

    rule = next(rule for rule in rules_in_force() if rule.keeping.code == "mails")
    assert short.status_code == 422
    assert (rule.days, rule.is_automatic) == (60, True)


def test_papers_of_entries_without_award_go_and_every_count_of_the_call_stays():
    found = make_competition(entries=3, prizes=("first",))
    lost, won = found.entries[1], found.entries[0]
    lost.abstract, lost.answers = "研究摘要", {"plan": "方案"}
    lost.save()
    gone, kept = (
        with_file(lost, samples.pdf(), FileKind.PDF, "报告.pdf"),
        with_file(won, samples.pdf(), FileKind.PDF, "获奖.pdf"),
    )
    before = sorted(Application.objects.values_list("state", "division", "org"))
    ended(found.call, 3 * 365 + 1)

    done = delete("papers")

    lost.refresh_from_db()
    assert (lost.title, lost.abstract, lost.answers) == ("", "", {})
    assert done == {"papers": {"entries": 2, "files": 1}}
    assert (StoredFile.objects.filter(pk=gone.pk).exists(), StoredFile.objects.filter(pk=kept.pk).exists()) == (
        False,
        True,
    )
    assert sorted(Application.objects.values_list("state", "division", "org")) == before
    assert due().get("papers") is None


def test_drafts_go_with_their_files_and_leave_their_number(django_capture_on_commit_callbacks):
    found = make_competition(entries=1, prizes=("first",))
    draft = make_entry(found.call, found.school, "没写完的", state="draft", receipt_no=None, submitted_at=None)
    stored = with_file(draft, samples.image("PNG"), FileKind.IMAGE, "草图.png")
    ended(found.call, 366)

    with django_capture_on_commit_callbacks(execute=True):
        delete("drafts")

    assert not Application.objects.filter(pk=draft.pk).exists()
    assert not is_on_disk(stored)
    assert [(f.kind, f.about, f.n) for f in KeptFigure.objects.all()] == [("drafts", found.call.slug, 1)]


def test_a_hidden_work_is_gone_from_search_and_its_small_picture_too():
    found = make_competition(entries=1, prizes=("first",), consents=("showcase", "media"))
    stored = with_file(found.entries[0], samples.image("PNG"), FileKind.IMAGE, "封面.png")
    award_call(closed_notice(found), by=found.officer)
    work = publish_works(found.call, by=found.officer).works[0]
    cache.set(f"cover:{stored.public_id}", b"picture")
    hide_work(work, reason="申请下架", by=found.officer)
    with clock.travel(DAY + timedelta(days=366)):
        delete("hidden_works")

    assert not Work.objects.exists()
    assert gallery("红树林").count() == 0
    assert cache.get(f"cover:{stored.public_id}") is None
    assert found.entries[0].award.state == "valid"


def test_names_on_old_notices_go_and_the_lines_stay():
    found = make_competition(entries=2, prizes=("first",), consents=("publicity",))
    publish_notice(draft_notice(found.decision, by=found.officer), by=found.officer)
    names = list(NoticeLine.objects.values_list("names", flat=True))
    with clock.travel(DAY + timedelta(days=800)):  # an inspector asks for the list of two years ago
        assert "notice_names" not in due()
    with clock.travel(DAY + timedelta(days=5 * 365 + 30)):
        delete("notice_names")

    assert names == ["张*三"]
    assert list(NoticeLine.objects.values_list("names", "prize_name")) == [("", "一等奖")]


def test_pupils_who_left_long_ago_become_nobody_with_their_guardians():
    school = a_school(a_city().east)
    pupil = a_pupil(school, grade=9, name="欧阳小三", phone="13800000000")
    guardian, stays = a_guardian(pupil), a_pupil(school, grade=9)
    PupilRecord.objects.filter(person=pupil).update(left_on=DAY.date() - timedelta(days=3 * 365 + 1))

    done = delete("identifiers", "leavers")

    pupil, guardian = Person.objects.get(pk=pupil.pk), Person.objects.get(pk=guardian.pk)
    assert (pupil.name, guardian.name) == ("已注销", "已注销")
    assert (pupil.user.is_active, guardian.user.is_active) == (False, False)
    assert not PersonalRecord.objects.filter(person=pupil).exists()
    assert (done["leavers"]["pupils"], done["leavers"]["guardians"]) == (1, 1)
    assert Person.objects.get(pk=stays.pk).name == stays.name
    assert PupilRecord.objects.count() == 2
    assert {"identifiers", "leavers"}.isdisjoint(due())


def test_the_night_deletes_by_itself_only_what_is_switched_to_automatic():
    officer = actor_for(an_officer(Role.CITY_OFFICER, a_city().org))
    Mail.objects.create(
        address="a@example.cn",
        language="zh-hans",
        subject="旧信",
        body="",
        batch="b",
        created_at=DAY - timedelta(days=200),
    )

    with clock.travel(DAY - timedelta(days=20)):
        audit.record("test.life", by=None)
    retain_by_itself()  # in the morning
    run_pending_jobs()
    still = Mail.objects.count()
    with clock.travel(DAY.replace(hour=3)):
        set_rule("mails", 180, False, by=officer)
        retain_by_itself()
        off = RetentionRun.objects.count()
        set_rule("mails", 180, True, by=officer)
        retain_by_itself()
        run_pending_jobs()

    assert (still, off, Mail.objects.count()) == (1, 0, 0)
    assert RetentionRun.objects.get().done == {"mails": {"mails": 1}}


def test_a_run_that_was_killed_goes_on_where_it_was(monkeypatch):
    monkeypatch.setattr("kechuang.orgs.actions.retention.BATCH", 2)
    for n in range(5):
        Mail.objects.create(
            address=f"a{n}@example.cn",
            language="zh-hans",
            subject="旧信",
            body="",
            batch="b",
            created_at=DAY - timedelta(days=200),
        )
    run = RetentionRun.objects.create(kinds=["mails"], due={"mails": 5})

    def killed(done: int, total: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run_retention(run, by=SYSTEM, step=killed)
    run.refresh_from_db()
    half = (dict(run.done), Mail.objects.count(), run.finished_at)
    run_retention(run, by=SYSTEM)

    assert half == ({"mails": {"mails": 2}}, 3, None)
    assert (run.done, Mail.objects.count()) == ({"mails": {"mails": 5}}, 0)

"""Personal data: withdrawn consents hide everywhere, exports need two, copies are whole, requests are answered in time."""

import io
import json
import time
import zipfile
from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook

from kechuang.base import clock
from kechuang.base.jobs import run_pending_jobs
from kechuang.base.models import AuditEntry, Message, StoredFile
from kechuang.engine.awards.actions import award_call
from kechuang.engine.publicity.actions import draft_notice, publish_notice
from kechuang.engine.showcase.actions import publish_works
from kechuang.engine.showcase.models import Work
from kechuang.orgs.actions import ask_export, expire_exports, record_consent, refuse_consent, withdraw_consent
from kechuang.orgs.actions.requests import due_on, file_request, remind_requests
from kechuang.orgs.enums import Role
from kechuang.orgs.exposure import exposure
from kechuang.orgs.minors_audit import minors_audit
from kechuang.orgs.models import ConsentText, DataRequest, Disclosure, ExportRequest, Person, PersonalRecord
from kechuang.orgs.queries import has_consent
from tests.engine.honours import DAY, closed_notice, make_competition, make_guardian
from tests.factories.engine import a_call, an_application
from tests.factories.orgs import a_city, a_guardian, a_pupil, a_resident_id, a_school, actor_for, an_officer
from tests.web.applicant_scene import signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


@pytest.fixture(autouse=True)
def _monday(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    settings.SITE_URL = "https://kechuang.example.cn"
    with clock.travel(DAY):
        yield


def body(response) -> str:
    return b"".join(response.streaming_content if response.streaming else [response.content]).decode("utf-8", "replace")


# --- withdrawal --------------------------------------------------------------------------------------------------


@pytest.fixture
def shown():
    """An awarded pupil on a running notice and in the gallery, in a call that search engines may read."""
    found = make_competition(
        entries=2, prizes=("first", "second"), pupils=("慕容小三",), consents=("publicity", "showcase", "media")
    )
    found.call.indexable = True
    found.call.save()
    for entry, title in zip(found.entries, ("红树林底栖动物自动识别", "红树林候鸟迁徙"), strict=True):
        entry.title = title
        entry.save()
    found.notice = publish_notice(draft_notice(found.decision, by=found.officer), by=found.officer)
    award_call(closed_notice(found), by=found.officer)
    publish_works(found.call, by=found.officer)
    return found


def public_places(found, work: Work) -> dict[str, str]:
    """Every public address on which a pupil's work or name can stand."""
    other = Work.objects.exclude(pk=work.pk).get()
    return {
        "page": reverse("work", args=[work.slug]),
        "card": reverse("work_card", args=[work.slug]),
        "gallery": reverse("works"),
        "search": f"{reverse('works')}?q=红树林底栖",
        "slip of the pen": f"{reverse('works')}?q=红树琳底栖动物",
        "related": reverse("work", args=[other.slug]),
        "home": reverse("home"),
        "feed": reverse("works_feed"),
        "sitemap": reverse("sitemap"),
        "notice": reverse("notice", args=[found.notice.number]),
    }


def test_withdrawal_hides_everywhere_within_a_minute_the_shared_pages_too(shown, settings, monkeypatch):
    """Pages, search, showcase, feeds, cards, sitemap, the notice, and the copies that each process keeps of public pages."""
    settings.SHARED_SECONDS = 30
    pupil = shown.entries[0].members.get().person
    guardian = make_guardian(pupil, shown.school)
    work = Work.objects.get(application=shown.entries[0])
    places, client = public_places(shown, work), Client()
    client.handler.load_middleware()

    def tells(name: str) -> bool:
        response = client.get(places[name])
        if name == "card":
            return response.status_code == 200
        marks = ("慕**三",) if name == "notice" else (work.slug,)
        return response.status_code == 200 and any(mark in body(response) for mark in marks)

    before = {name: tells(name) for name in places}
    for purpose in ("showcase", "publicity"):
        withdraw_consent(pupil, purpose, by=guardian)
    later = time.monotonic() + 31
    monkeypatch.setattr("kechuang.web.sharing.time", SimpleNamespace(monotonic=lambda: later))
    after = {name: tells(name) for name in places}

    assert before == dict.fromkeys(places, True)
    assert {name: told for name, told in after.items() if name != "notice"} == dict.fromkeys(
        set(places) - {"notice"}, False
    )
    notice = body(client.get(places["notice"]))
    assert notice.count("慕**三") == 1  # the team mate of the other entry has withdrawn nothing
    assert "参赛学生" in notice
    assert settings.SHARED_SECONDS <= 30
    assert client.get(places["card"]).status_code == 404


def test_who_could_see_what_is_answerable_afterwards(shown):
    pupil = shown.entries[0].members.get().person
    guardian = make_guardian(pupil, shown.school)
    with clock.travel(DAY + timedelta(days=2)):
        withdraw_consent(pupil, "showcase", by=guardian, reason="改主意了")
        withdraw_consent(pupil, "publicity", by=guardian)

    then, later = exposure(pupil, DAY.date()), exposure(pupil, DAY.date() + timedelta(days=3))

    assert {(d.kind, d.shown.split(" · ")[0]) for d in then.open_then} == {("notice", "慕**三"), ("work", "慕**三")}
    assert {(d.kind, d.shown.split(" · ")[0]) for d in later.open_then} == {("notice", "参赛学生")}
    ended = Disclosure.objects.get(pupil=pupil, kind="work", shown__startswith="慕")
    assert (ended.until_at, ended.ended_because) == (DAY + timedelta(days=2), "作品展示的同意已撤回")
    page = body(signed_in(guardian.person).get(reverse("own_seen", args=[pupil.public_id]), {"on": f"{DAY:%Y-%m-%d}"}))
    assert "慕**三" in page
    assert "作品展示的同意已撤回" in page


def test_names_come_down_with_the_last_day_of_a_notice(shown, client):
    notice = shown.notice
    during = body(client.get(reverse("notice", args=[notice.number])))
    with clock.travel(clock.end_of(notice.ends_on) + timedelta(hours=1)):
        afterwards = body(client.get(reverse("notice", args=[notice.number])))
        still = Disclosure.objects.still_open().filter(kind="notice").count()

    assert "慕**三" in during
    assert "慕" not in afterwards
    assert still == 0


def test_refusing_blocks_only_what_needs_it():
    """Everything but entering is refused: the entry is judged and awarded; only the pupil is shown nowhere."""
    found = make_competition(entries=1, prizes=("first",), pupils=("慕容小三",))
    pupil = found.entries[0].members.get().person
    guardian = make_guardian(pupil, found.school)
    for purpose in ("publicity", "showcase", "media", "assessment", "talent", "research"):
        refuse_consent(pupil, purpose, by=guardian)

    notice = publish_notice(draft_notice(found.decision, by=found.officer), by=found.officer)
    outcome = award_call(closed_notice(found), by=found.officer)

    assert len(outcome.awards) == 1
    assert notice.lines.get().names == "参赛学生"
    assert publish_works(found.call, by=found.officer).works == []
    assert found.call.plan.consents == ("entering",)


def test_the_two_answers_weigh_the_same():
    child = a_pupil(a_school(a_city().east), grade=4)
    page = body(signed_in(a_guardian(child)).get(reverse("consent", args=[child.public_id, "media"])))

    yes, no = (next(part for part in page.split("<button") if f'value="{value}"' in part) for value in ("yes", "no"))

    assert style(yes) == style(no)


def style(button: str) -> str:
    return button.split('class="')[1].split('"')[0]


# --- exports -----------------------------------------------------------------------------------------------------


@pytest.fixture
def office():
    city = a_city()
    school = a_school(city.east)
    clerk, head = an_officer(Role.SCHOOL_OFFICER, school), an_officer(Role.SCHOOL_TEAM_HEAD, school)
    number = a_resident_id(clock.today().replace(year=2012, month=3, day=1))
    pupil = a_pupil(school, grade=8, name="欧阳小三", document_number=number)
    return {"city": city, "school": school, "clerk": clerk, "head": head, "pupil": pupil, "number": number}


def made(office, kind="identifiers", **args) -> ExportRequest:
    """Asked for by the clerk and approved by the head, through their pages."""
    client = signed_in(office["clerk"])
    client.post(
        reverse("export_new"), {"kind": kind, "org": office["school"].code, "reason": "报送市级比赛名单", **args}
    )
    row = ExportRequest.objects.latest("pk")
    signed_in(office["head"]).post(reverse("export", args=[row.public_id]), {"do": "approve"})
    run_pending_jobs()
    row.refresh_from_db()
    return row


def test_an_export_needs_a_second_person_and_carries_who_when_and_why(office):
    row = made(office)
    client = signed_in(office["clerk"])
    content = b"".join(client.get(reverse("export_file", args=[row.public_id])).streaming_content)

    book = load_workbook(io.BytesIO(content))
    text = " ".join(str(cell.value) for sheet in book for line in sheet.iter_rows() for cell in line)
    assert "欧阳小三" in text
    assert office["number"] in text
    mark = f"{office['clerk'].name}（{office['clerk'].user.username}） {office['school'].label} · {DAY:%Y-%m-%d %H:%M} · 报送市级比赛名单"
    assert mark in text
    assert book.properties.description.startswith(mark)
    assert {p.name: p.value for p in book.custom_doc_props.props}["kechuang-export"] == row.public_id
    assert mark in book.worksheets[0].oddHeader.center.text
    assert "xl/media/image1.png" in zipfile.ZipFile(io.BytesIO(content)).namelist()
    actions = list(AuditEntry.objects.filter(on_id=row.public_id).order_by("pk").values_list("action", flat=True))
    assert actions == ["ask_export", "approve_export", "make_export", "download_export"]
    look = AuditEntry.objects.get(action="look_at_identifiers")
    assert (look.on_id, look.reason) == (office["pupil"].public_id, "报送市级比赛名单")
    row.refresh_from_db()
    assert row.downloads == 1


def test_nobody_approves_their_own_export_not_even_in_the_database(office):
    clerk = actor_for(office["clerk"])
    row = ask_export("pupils", {"org": office["school"].code}, reason="核对名单", by=clerk)

    response = signed_in(office["clerk"]).post(reverse("export", args=[row.public_id]), {"do": "approve"})

    assert response.status_code == 422
    assert "不能批准自己的申请" in body(response)
    with pytest.raises(IntegrityError), transaction.atomic():
        ExportRequest.objects.filter(pk=row.pk).update(decided_by=office["clerk"].user, decided_at=clock.now())


def test_an_export_without_reason_or_outside_the_own_school_is_refused(office):
    client = signed_in(office["clerk"])
    other = a_school(office["city"].west)

    bare = client.post(reverse("export_new"), {"kind": "pupils", "org": office["school"].code, "reason": " "})
    foreign = client.post(reverse("export_new"), {"kind": "pupils", "org": other.code, "reason": "想看看别的学校"})

    assert (bare.status_code, foreign.status_code) == (422, 422)
    assert not ExportRequest.objects.exists()


def test_a_refused_export_says_why_and_makes_no_file(office):
    row = ask_export("pupils", {"org": office["school"].code}, reason="核对名单", by=actor_for(office["clerk"]))

    signed_in(office["head"]).post(
        reverse("export", args=[row.public_id]), {"do": "refuse", "because": "页面上就能核对"}
    )
    run_pending_jobs()

    row.refresh_from_db()
    assert (row.state, row.refusal, row.file) == ("refused", "页面上就能核对", None)
    assert Message.objects.get(user=office["clerk"].user, kind="export.refused")


def test_the_file_is_for_the_asker_alone_and_gone_after_a_week(office):
    row = made(office, "pupils")
    stored, address = row.file, reverse("export_file", args=[row.public_id])
    head, clerk = signed_in(office["head"]), signed_in(office["clerk"])

    assert head.get(address).status_code == 403
    assert clerk.get(reverse("file", args=[stored.public_id])).status_code == 404
    with clock.travel(DAY + timedelta(days=7, minutes=1)):
        assert clerk.get(address).status_code == 302
        assert expire_exports() == 1
    row.refresh_from_db()
    assert (row.state, row.file) == ("expired", None)
    assert not StoredFile.objects.filter(pk=stored.pk).exists()


def test_a_withdrawn_consent_pulls_the_file_back_and_later_files_leave_the_pupil_out(office):
    city, school, pupil = office["city"], office["school"], office["pupil"]
    record_consent(pupil, "entering", by=actor_for(pupil))
    call = a_call(city)
    an_application(call, school, members=[pupil], state="submitted")
    first = made(office, "applications", call=call.slug)

    withdraw_consent(pupil, "entering", by=actor_for(pupil))

    first.refresh_from_db()
    assert (first.rows, first.state, first.file) == (1, "pulled", None)
    assert Message.objects.filter(user=office["clerk"].user, kind="export.pulled").exists()
    again = made(office, "applications", call=call.slug)
    assert (again.rows, again.subjects.count()) == (0, 0)


@pytest.mark.parametrize("count", [1, 3])
def test_lists_ask_the_same_number_of_questions_however_long(office, count, django_assert_num_queries):
    clerk = actor_for(office["clerk"])
    for _n in range(count):
        ask_export("pupils", {"org": office["school"].code}, reason="核对名单", by=clerk)
        pupil = a_pupil(office["school"], grade=8)
        file_request(pupil, "correct", by=actor_for(pupil), field="class_name", wanted="2班")
    client = signed_in(office["clerk"])
    client.get(reverse("privacy"))

    with django_assert_num_queries(EXPORTS_PAGE):
        client.get(reverse("exports"))
    with django_assert_num_queries(REQUESTS_PAGE):
        client.get(reverse("requests"))


EXPORTS_PAGE = 6
REQUESTS_PAGE = 7


# --- one's own data ----------------------------------------------------------------------------------------------


def test_a_guardian_takes_everything_out_in_one_click(office):
    pupil = office["pupil"]
    record_consent(pupil, "entering", by=actor_for(pupil))
    guardian = a_guardian(pupil)

    response = signed_in(guardian).get(reverse("own_copy", args=[pupil.public_id]))

    archive = zipfile.ZipFile(io.BytesIO(b"".join(response.streaming_content)))
    data = json.loads(archive.read("data.json"))
    assert data["person"][0] == {"内容": "姓名", "登记为": "欧阳小三"}
    assert {"内容": "居民身份证", "登记为": office["number"]} in data["identifiers"]
    assert data["consents"][0]["用途"] == "报名参赛"
    assert {"applications", "answers", "certificates", "works", "disclosures", "looks", "requests", "messages"} <= set(
        data
    )
    assert office["number"] in archive.read("data.html").decode()
    assert AuditEntry.objects.get(action="export_own_data").by == guardian.user


def test_files_of_entries_and_the_masked_names_of_team_mates_are_in_the_copy(shown):
    pupil = shown.entries[0].members.get().person

    response = signed_in(make_guardian(pupil, shown.school).person).get(reverse("own_copy", args=[pupil.public_id]))
    archive = zipfile.ZipFile(io.BytesIO(b"".join(response.streaming_content)))

    data = json.loads(archive.read("data.json"))
    assert [row["作品名称"] for row in data["applications"]] == ["红树林底栖动物自动识别"]
    assert {row["公开方式"] for row in data["disclosures"]} == {"公示名单", "作品展示"}


def test_the_grown_up_child_alone_takes_its_data_out(office):
    grown = a_pupil(office["school"], grade=12, birth_on=clock.today().replace(year=2008))
    guardian = a_guardian(grown)

    assert signed_in(guardian).get(reverse("own_copy", args=[grown.public_id])).status_code == 403
    assert body(signed_in(grown).get(reverse("own_copy", args=[grown.public_id]))).startswith("PK")


# --- requests ----------------------------------------------------------------------------------------------------


def test_a_correction_is_asked_done_and_answered(office):
    pupil = office["pupil"]
    guardian = a_guardian(pupil)
    told = {"kind": "correct", "field": "name", "wanted": "欧阳晓三", "text": "户口本上是这个字"}
    signed_in(guardian).post(reverse("own_requests", args=[pupil.public_id]), told)
    row = DataRequest.objects.get()
    assert row.due_on == due_on(DAY.date())
    assert Message.objects.filter(user=office["clerk"].user, kind="request.received").exists()

    signed_in(office["clerk"]).post(
        reverse("request", args=[row.number]), {"do": "grant", "answer": "已按户口本更正。"}
    )

    row.refresh_from_db()
    assert (row.state, row.done) == ("granted", {"name": 1})
    assert Person.objects.get(pk=pupil.pk).name == "欧阳晓三"
    assert "已按户口本更正" in body(signed_in(guardian).get(reverse("own_requests", args=[pupil.public_id])))


def test_a_deletion_really_deletes(shown):
    pupil = shown.entries[0].members.get().person
    PersonalRecord.objects.create(person=pupil, phone="13800000000")
    guardian = make_guardian(pupil, shown.school)
    clerk = an_officer(Role.SCHOOL_OFFICER, shown.school)
    signed_in(guardian.person).post(
        reverse("own_requests", args=[pupil.public_id]), {"kind": "delete", "part": "everything"}
    )
    row = DataRequest.objects.get()

    signed_in(clerk).post(
        reverse("request", args=[row.number]), {"do": "grant", "answer": "已注销账号，获奖记录依法保留。"}
    )

    row.refresh_from_db()
    assert (row.done["identifiers"], row.done["works"], row.done["account"], row.done["name"]) == (1, 1, 1, 0)
    assert not PersonalRecord.objects.filter(person=pupil).exists()
    assert not Work.objects.public().filter(application=shown.entries[0]).exists()
    pupil.user.refresh_from_db()
    assert pupil.user.is_active is False


def test_nobody_else_asks_and_nobody_answers_their_own(office):
    pupil, stranger = office["pupil"], a_guardian(a_pupil(office["school"], grade=4))
    clerk = office["clerk"]
    own = file_request(clerk, "explain", by=actor_for(clerk), text="谁看过我的资料")

    assert (
        signed_in(stranger)
        .post(reverse("own_requests", args=[pupil.public_id]), {"kind": "explain", "text": "给我看看"})
        .status_code
        == 404
    )
    answered = signed_in(clerk).post(reverse("request", args=[own.number]), {"do": "grant", "answer": "没有人看过。"})
    assert answered.status_code == 422
    assert DataRequest.objects.get().state == "received"


def test_a_term_that_nears_or_passes_is_reminded_of_once_each(office):
    row = file_request(office["pupil"], "explain", by=actor_for(office["pupil"]), text="谁看过我的资料")
    district = an_officer(Role.DISTRICT_OFFICER, office["city"].east)

    with clock.travel(clock.end_of(row.due_on - timedelta(days=2))):
        near = [remind_requests(), remind_requests()]
    with clock.travel(clock.end_of(row.due_on + timedelta(days=1))):
        late = [remind_requests(), remind_requests()]

    assert (near, late) == ([1, 0], [2, 0])
    assert Message.objects.filter(user=district.user, kind="reminder.request").count() == 1


def test_the_auditor_finds_by_number_and_reads_no_names(office):
    auditor = an_officer(Role.AUDITOR, office["city"].org)
    client = signed_in(auditor)

    found = body(client.get(reverse("seen_lookup"), {"number": office["pupil"].public_id}))
    missing = body(client.get(reverse("seen_lookup"), {"number": "nobody"}))

    assert "欧**三" in found
    assert "欧阳小三" not in found
    assert "没有编号为" in missing


# --- the yearly audit ---------------------------------------------------------------------------------------------


def test_the_yearly_audit_counts_what_happened(shown):
    pupil = shown.entries[0].members.get().person
    withdraw_consent(pupil, "showcase", by=make_guardian(pupil, shown.school))
    auditor = an_officer(Role.AUDITOR, shown.city)
    with clock.travel(DAY + timedelta(minutes=1)):
        parts = {part.title: part for part in minors_audit(DAY.year).parts}
        client = signed_in(auditor)
        page = body(client.get(reverse("audit_pack")))
        pdf = body(client.get(reverse("audit_pack_file", args=[DAY.year, "pdf"])))
        book = load_workbook(io.BytesIO(client.get(reverse("audit_pack_file", args=[DAY.year, "xlsx"])).content))

    assert ("作品展示", 1, 0.0, 0) in parts["撤回的效果"].rows
    assert ("作品展示", 2, 0, 1) in parts["同意、不同意和撤回"].rows
    assert dict(parts["审计记录"].rows)["审计链完整"] == "是"
    assert dict(parts["加密"].rows)["没有加密（应为 0）"] == 0
    assert len(parts) == 13
    assert "从撤回到下架最长 0.0 秒" in page
    assert pdf.startswith("%PDF")
    assert "撤回的效果" in {cell.value for cell in book.worksheets[0]["A"]}
    assert AuditEntry.objects.filter(action="make_minors_audit").count() == 2


# --- texts -------------------------------------------------------------------------------------------------------


def test_a_new_text_asks_again_from_its_day_on(office):
    pupil, city_officer = office["pupil"], an_officer(Role.CITY_OFFICER, office["city"].org)
    record_consent(pupil, "media", by=actor_for(pupil))
    told = {"title": "照片和视频使用同意书", "effective_from": f"{DAY.date() + timedelta(days=3)}", "asks_again": "on"}
    told |= dict.fromkeys(ConsentText.ITEMS, "写明这一项。")

    client = signed_in(city_officer)
    late = client.post(reverse("consent_text", args=["media"]), told | {"effective_from": f"{DAY.date()}"})
    client.post(reverse("consent_text", args=["media"]), told)

    assert late.status_code == 422
    assert has_consent(pupil, "media") is True
    with clock.travel(DAY + timedelta(days=3)):
        assert has_consent(pupil, "media") is False
        assert "未答复" in body(signed_in(pupil).get(reverse("consent", args=[pupil.public_id, "media"])))
        record_consent(pupil, "media", by=actor_for(pupil))
        assert has_consent(pupil, "media") is True
    assert [text.version for text in ConsentText.objects.filter(purpose="media")] == [2, 1]

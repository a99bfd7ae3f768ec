"""Prizes, certificates, the gallery and the result for the team, through the browser."""

import zipfile
from io import BytesIO
from urllib.parse import parse_qs, urlsplit

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from kechuang.base import clock
from kechuang.base.errors import Refused
from kechuang.base.jobs import run_pending_jobs
from kechuang.base.models import Job
from kechuang.engine.models import Award, Certificate, PublicNotice, Work
from kechuang.engine.publicity.actions import close_notice, draft_notice, publish_notice
from kechuang.orgs.actions import approve_export, ask_export, withdraw_consent
from kechuang.orgs.exports import kind_named
from tests.factories.engine import COMMENT
from tests.factories.orgs import actor_for, an_officer, has_agreed
from tests.web.outcome_scenes import (
    AFTER,
    DAY,
    a_judged_round,
    awarded,
    decided,
    published,
    see,
    send,
    signed_in,
    statuses,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def september(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    with clock.travel(DAY):
        yield


@pytest.fixture
def scene():
    return a_judged_round()


@pytest.fixture
def given(scene):
    awarded(scene)
    return scene


# --- giving prizes -----------------------------------------------------------------------------------------------


def test_a_closed_notice_waits_for_its_prizes_and_gives_them_once(scene):
    notice = published(scene)
    with clock.travel(AFTER):
        close_notice(notice, by=actor_for(scene.decider))
        office = scene.office()
        ready = see(office, "awards", scene.call.slug).context["ready"]
        first = send(office, "award_give", scene.call.slug, notice=notice.number)
        again = send(office, "award_give", scene.call.slug, notice=notice.number)

    assert [(row.number, row.waiting) for row in ready] == [(notice.number, 3)]
    assert "已授奖 3 件，6 张证书正在后台制作" in first.content.decode()
    assert "已授奖 0 件" in again.content.decode()
    assert (Award.objects.count(), Certificate.objects.count()) == (3, 6)
    assert first.context["ready"] == []


def test_prizes_are_not_given_while_the_public_may_still_object(scene):
    notice = published(scene)

    page = send(scene.office(), "award_give", scene.call.slug, notice=notice.number)

    assert "公示还没有结束，不能授奖" in page.content.decode()
    assert (Award.objects.count(), Job.objects.filter(kind="certificates.issue").count()) == (0, 0)


def test_a_notice_of_another_call_is_not_given_here(scene):
    notice, other = published(scene), a_judged_round()

    page = other.office().post(reverse("award_give", args=[other.call.slug]), {"notice": notice.number})

    assert page.status_code == 404


def test_the_printing_shows_its_progress_and_loads_the_page_at_its_end(scene):
    notice = published(scene)
    with clock.travel(AFTER):
        close_notice(notice, by=actor_for(scene.decider))
        office = scene.office()
        before = send(office, "award_give", scene.call.slug, notice=notice.number)
        polled = see(office, "awards_progress", scene.call.slug)
        run_pending_jobs()
        after = see(office, "awards_progress", scene.call.slug)

    assert "正在制作证书" in before.content.decode() and "every 2s" in polled.content.decode()
    assert "HX-Refresh" not in polled.headers
    assert after.headers["HX-Refresh"] == "true"
    assert set(Certificate.objects.values_list("state", flat=True)) == {"issued"}


def test_a_batch_that_failed_is_begun_again_from_the_page(scene):
    notice = published(scene)
    with clock.travel(AFTER):
        close_notice(notice, by=actor_for(scene.decider))
        send(scene.office(), "award_give", scene.call.slug, notice=notice.number)
        Job.objects.filter(kind="certificates.issue").update(
            state="failed", error="磁盘已满。", finished_at=clock.now()
        )
        page = see(scene.office(), "awards", scene.call.slug).content.decode()
        send(scene.office(), "certificates_issue", scene.call.slug)
        run_pending_jobs()

    assert "还有证书没有制作" in page and "磁盘已满。" in page
    assert set(Certificate.objects.values_list("state", flat=True)) == {"issued"}


# --- certificates ------------------------------------------------------------------------------------------------


def test_certificates_are_found_by_name_number_and_prize(given):
    office, one = given.office(), Certificate.objects.get(person=given.pupils[1])

    def found(**query):
        return {row.number for row in see(office, "awards", given.call.slug, **query).context["sheet"]}

    assert found(q=given.pupils[1].name) == {one.number}
    assert found(q=one.number[-3:], prize=one.award.prize, state="issued") >= {one.number}
    assert found(q="没有这个人") == set()
    assert len(found(q="红树林监测")) == 6


def test_the_register_goes_out_as_excel_as_filtered(given):
    office = given.office()
    response = see(office, "certificates_sheet", given.call.slug, q=given.pupils[0].name)
    asked = parse_qs(urlsplit(response["Location"]).query)

    by = actor_for(given.decider)
    row = ask_export("certificates", {k: v[0] for k, v in asked.items()}, reason="寄送证书用", by=by)

    rows = list(kind_named("certificates").make(by, row.args).rows)
    assert [row.values[1] for row in rows] == [given.pupils[0].name]


def test_the_zip_of_a_school_holds_its_sheets_once_a_second_person_agrees(given):
    school, by = given.city.schools[0], actor_for(given.decider)
    response = see(given.office(), "certificates_bundle", given.call.slug, school=school.code)
    asked = {name: values[0] for name, values in parse_qs(urlsplit(response["Location"]).query).items()}
    row = ask_export(asked.pop("kind"), asked, reason="按学校发放证书", by=by)
    with pytest.raises(Refused, match="另一人批准"):
        approve_export(row, by=by)

    approve_export(row, by=actor_for(an_officer("city_officer", given.call.org)))
    run_pending_jobs()
    row.refresh_from_db()

    with row.file.open() as file, zipfile.ZipFile(BytesIO(file.read())) as archive:
        told, *names = archive.namelist()
        mark, first = archive.read(told).decode(), archive.read(names[0])
    assert {name.split("/")[0] for name in names} == {school.name}
    assert (len(names), row.rows) == (6, 6)
    assert first.startswith(b"%PDF")
    assert "按学校发放证书" in mark and row.public_id in mark
    printed = Certificate.objects.filter(award__application__org=school, holder_kind="team")
    assert set(row.subjects.values_list("person", flat=True)) == set(printed.values_list("person", flat=True))


def test_a_pupil_who_withdrew_is_not_in_the_zip_and_a_made_one_is_pulled(given):
    by, second = actor_for(given.decider), actor_for(an_officer("city_officer", given.call.org))
    rows = [
        ask_export("certificate_files", {"call": given.call.slug}, reason="按学校发放证书", by=by) for _n in range(2)
    ]
    approve_export(rows[0], by=second)
    run_pending_jobs()
    rows[0].refresh_from_db()
    assert rows[0].state == "ready"

    withdraw_consent(given.pupils[0], "entering", by=actor_for(given.pupils[0]))
    approve_export(rows[1], by=second)
    run_pending_jobs()
    for row in rows:
        row.refresh_from_db()

    assert (rows[0].state, rows[0].file) == ("pulled", None)
    assert rows[1].rows == rows[0].rows - 1


def test_the_zip_of_another_s_call_cannot_be_asked_for(given):
    school = given.city.schools[0]
    clerk = actor_for(an_officer("school_officer", school))
    district = actor_for(an_officer("district_officer", school.parent))

    with pytest.raises(PermissionDenied):
        ask_export("certificate_files", {"call": given.call.slug}, reason="按学校发放证书", by=clerk)
    with pytest.raises(Refused, match="不由您的机构颁发证书"):
        ask_export("certificate_files", {"call": given.call.slug}, reason="按学校发放证书", by=district)


def test_one_certificate_opens_with_its_pdf(given):
    one = Certificate.objects.first()

    page = see(given.office(), "office_certificate", given.call.slug, one.pk)
    pdf = see(given.office(), "office_certificate_pdf", given.call.slug, one.pk)

    assert one.words["sentence"] in page.content.decode()
    assert (pdf["Content-Type"], pdf.getvalue()[:4]) == ("application/pdf", b"%PDF")


def test_a_correction_makes_a_new_one_and_marks_the_old(given):
    one = Certificate.objects.get(person=given.pupils[0])
    values = one.words["values"]
    fields = {name: values[name] for name in ("names", "advisers", "school", "title")}

    page = send(
        given.office(),
        "certificate_correct",
        given.call.slug,
        one.pk,
        **(fields | {"title": "红树林监测（修订）", "reason": "题目有误"}),
    )

    one.refresh_from_db()
    new = Certificate.objects.get(replaces=one)
    assert (one.state, new.words["values"]["title"], new.words["values"]["school"]) == (
        "corrected",
        "红树林监测（修订）",
        values["school"],
    )
    assert new.number in page.content.decode()


@pytest.mark.parametrize("change", [{"reason": ""}, {"title": ""}, {}])
def test_a_correction_without_a_reason_or_a_change_is_refused(given, change):
    one = Certificate.objects.get(person=given.pupils[0])
    fields = {name: one.words["values"][name] for name in ("names", "advisers", "school", "title")}
    words = fields | ({"reason": "题目有误", "title": "新题目"} | change if change else {"reason": "没有改动"})

    page = given.office().post(reverse("certificate_correct", args=[given.call.slug, one.pk]), words)

    one.refresh_from_db()
    assert (page.status_code, one.state, Certificate.objects.count()) == (422, "issued", 6)


def test_revoking_takes_all_certificates_and_the_work_with_it(given):
    send(given.office(), "curate", given.call.slug)
    one = Certificate.objects.get(person=given.pupils[0])

    refused = given.office().post(reverse("award_revoke", args=[given.call.slug, one.pk]), {"revoke-reason": ""})
    standing = one.award.state
    page = send(given.office(), "award_revoke", given.call.slug, one.pk, **{"revoke-reason": "数据造假"})

    award = Award.objects.get(pk=one.award_id)
    assert (refused.status_code, standing) == (422, "valid")
    assert (award.state, set(award.certificates.values_list("state", flat=True))) == ("revoked", {"revoked"})
    assert Work.objects.get(award=award).hidden_at is not None
    assert "数据造假" in page.content.decode()


# --- the gallery -------------------------------------------------------------------------------------------------


def test_works_without_every_consent_stay_private_and_the_page_says_whose_is_missing(scene):
    has_agreed(scene.pupils[0], "showcase", "publicity", "media")
    has_agreed(scene.pupils[1], "showcase")
    awarded(scene, consented=False)
    office = scene.office()

    page = see(office, "curate", scene.call.slug)
    done = send(office, "curate", scene.call.slug)

    text = page.content.decode()
    assert page.context["counts"] == {"all": 3, "shown": 0, "waiting": 2, "blocked": 1, "hidden": 0}
    assert f"作品展示：缺 {scene.pupils[2].name}" in text and f"公开姓名：缺 {scene.pupils[1].name}" in text
    assert "已展示 2 件作品；1 件因同意不全没有展示" in done.content.decode()
    assert set(Work.objects.values_list("application__title", flat=True)) == {"红树林监测 1", "红树林监测 2"}


def test_a_work_is_hidden_with_a_reason_shown_again_and_put_forward(given):
    office = given.office()
    send(office, "curate", given.call.slug)
    work = Work.objects.first()

    no_reason = send(office, "work_hide", given.call.slug, work.slug, reason=" ")
    shown = Work.objects.public().count()
    send(office, "work_hide", given.call.slug, work.slug, reason="图片有误")
    hidden = Work.objects.public().count()
    send(office, "work_unhide", given.call.slug, work.slug)
    send(office, "work_feature", given.call.slug, work.slug, featured="yes")

    work.refresh_from_db()
    assert "请写明下架的原因" in no_reason.content.decode()
    assert (shown, hidden, Work.objects.public().count(), work.is_featured) == (3, 2, 3, True)


def test_the_lists_ask_the_same_number_of_queries_however_long(django_assert_max_num_queries):
    asked = []
    for entries in (2, 5):
        scene = a_judged_round(entries)
        awarded(scene)
        office = scene.office()
        with django_assert_max_num_queries(24) as awards:
            see(office, "awards", scene.call.slug)
        with django_assert_max_num_queries(16) as works:
            see(office, "curate", scene.call.slug)
        asked.append((Award.objects.filter(call=scene.call).count(), len(awards), len(works)))

    assert [row[0] for row in asked] == [1, 3]
    assert asked[0][1:] == asked[1][1:]


# --- the result for the team -------------------------------------------------------------------------------------


def test_the_result_is_told_only_after_publication(scene):
    decided(scene)
    before = see(signed_in(scene.pupils[0]), "result", scene.entries[0].public_id).content.decode()
    by = actor_for(scene.decider)
    publish_notice(draft_notice(scene.round.decisions.get(), by=by), by=by)
    after = see(signed_in(scene.pupils[0]), "result", scene.entries[0].public_id).content.decode()

    assert "结果还没有公布" in before and "继续加油" not in before
    assert "继续加油" in after and "3 位专家" in after


def test_the_result_names_no_expert_and_keeps_the_jurys_comments_inside(given):
    page = see(signed_in(given.pupils[0]), "result", given.entries[0].public_id).content.decode()

    assert given.round.assignments.filter(score__comment=COMMENT).exists()
    assert "继续加油" in page and "获得" in page
    assert COMMENT not in page
    assert not [reviewer for reviewer in given.reviewers if reviewer.person.name in page and reviewer.person.name not in
                {p.name for p in given.pupils}]  # fmt: skip


def test_the_team_downloads_its_certificate_and_no_other(given):
    own = Certificate.objects.get(person=given.pupils[0])
    other = Certificate.objects.get(person=given.pupils[1])
    pupil = signed_in(given.pupils[0])

    response = see(pupil, "result_certificate", given.entries[0].public_id, own.pk)

    assert response.getvalue()[:4] == b"%PDF"
    assert see(pupil, "result_certificate", given.entries[0].public_id, other.pk).status_code == 404
    assert see(pupil, "result", given.entries[1].public_id).status_code == 404


# --- who may -----------------------------------------------------------------------------------------------------


def test_only_the_organiser_handles_awards_and_works_and_the_result_is_the_teams(given):
    one = Certificate.objects.get(person=given.pupils[0])
    refused = {"anonymous": 302, "pupil": 403, "teacher": 403, "other_teacher": 403, "guardian": 403, "school": 403, "other_school": 403,
               "expert": 403, "inspector": 403}  # fmt: skip
    office = refused | {"district": 404, "other_district": 404, "city": 200}
    team = (
        dict.fromkeys(given.people, 200)
        | {"anonymous": 302}
        | dict.fromkeys(("other_teacher", "other_school", "other_district", "expert"), 404)
    )
    slug = given.call.slug

    pages = {
        ("awards", slug): office, ("curate", slug): office, ("certificates_sheet", slug): office | {"city": 302}, ("office_certificate", slug, one.pk): office,
        ("office_certificate_pdf", slug, one.pk): office, ("result", given.entries[0].public_id): team,
    }  # fmt: skip
    for address, expected in pages.items():
        assert statuses(given, *address) == expected, address


def test_nobody_else_revokes(given):
    one = Certificate.objects.get(person=given.pupils[0])
    address = reverse("award_revoke", args=[given.call.slug, one.pk])

    got = {
        who: signed_in(person).post(address, {"revoke-reason": "试试"}).status_code
        for who, person in given.people.items()
        if who != "city"
    }

    assert set(got.values()) == {302, 403, 404} and got["anonymous"] == 302
    assert set(Award.objects.values_list("state", flat=True)) == {"valid"}
    assert PublicNotice.objects.count() == 1

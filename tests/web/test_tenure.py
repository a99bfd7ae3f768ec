"""What holders and their offices do on the pages: reports, subsidies, spot checks, partners."""

import json
from datetime import date
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from openpyxl import load_workbook

from kechuang.base import clock
from kechuang.engine.honours.models import Honour
from kechuang.engine.tenure.models import Draw, Report
from kechuang.orgs.models import Membership
from kechuang.web.desk.views import tasks_of
from tests.base import samples
from tests.engine import test_partnerships as partnerships
from tests.engine import test_spot_checks as checks
from tests.engine.test_reports import DAY, Scene
from tests.factories.engine import YEARLY, an_actor
from tests.web.applicant_scene import signed_in

pytestmark = pytest.mark.django_db
OPEN = date(2025, 2, 1)


@pytest.fixture(autouse=True)
def no_second_factor(settings, tmp_path):
    settings.TOTP_ROLES = []
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def scene():
    with clock.travel(DAY):
        made = Scene(YEARLY)
    with clock.travel(OPEN):
        yield made


def person_of(actor):
    return actor.person


def test_holder_writes_and_hands_in_on_the_page(scene):
    report, client = scene.first(), signed_in(person_of(scene.clerk))
    url = reverse("report_edit", args=[report.public_id])

    assert [task.title for task in tasks_of(scene.clerk)] == ["请填写年度报告（第 1 年）"]
    assert client.get(url).status_code == 200
    wrong = client.post(url, {"version": "1", "a-visits": "很多", "a-best": "新课程", "do": "save"})
    assert (wrong.status_code, "应为数字" in wrong.content.decode()) == (422, True)
    lacking = client.post(url, {"version": "2", "do": "submit"})
    assert (lacking.status_code, "本年度接待学生人次" in lacking.content.decode()) == (422, True)
    photo = SimpleUploadedFile("活动.png", samples.image("PNG"), content_type="image/png")
    done = client.post(url, {"version": "2", "a-visits": "900", "do": "submit", "file-photos": photo})
    assert done.url == reverse("report", args=[report.public_id])
    report.refresh_from_db()
    assert (report.state, report.answers, report.files.count()) == ("submitted", {"visits": "900", "best": "新课程"}, 1)
    assert client.get(url).url == done.url
    stored = report.files.get().stored.public_id
    assert client.get(reverse("file", args=[stored])).getvalue()
    stranger = signed_in(person_of(an_actor("school_officer", scene.ground.schools[1])))
    assert stranger.get(reverse("file", args=[stored])).status_code == 404


def test_page_saves_as_one_types(scene):
    report, client = scene.first(), signed_in(person_of(scene.clerk))
    url = reverse("report_save", args=[report.public_id])

    def patch(version, **answers):
        told = json.dumps({"version": version, "answers": {f"a-{name}": value for name, value in answers.items()}})
        return client.patch(url, told, content_type="application/json")

    assert patch(1, best="好").json()["version"] == 2
    assert patch(2, visits="x").json()["errors"] == {"a-visits": "“本年度接待学生人次”应为数字。"}
    assert patch(1, best="别的").status_code == 400
    assert client.patch(url, "{", content_type="application/json").status_code == 400
    report.refresh_from_db()
    assert report.answers == {"best": "好"}


def test_office_returns_and_accepts_on_the_page(scene):
    scene.written()
    clerk, office = signed_in(person_of(scene.clerk)), signed_in(person_of(scene.district))
    report = scene.first()
    page, edit = (reverse(name, args=[report.public_id]) for name in ("report", "report_edit"))
    clerk.post(edit, {"version": "2", "do": "submit"})

    assert [(task.title, task.n) for task in tasks_of(scene.district)] == [("报告待审核", 1)]
    assert "请写明要改什么" in office.post(page, {"do": "return"}).content.decode()
    office.post(page, {"do": "return", "reason": "请补充课程"})
    assert "请补充课程" in clerk.get(edit).content.decode()
    clerk.post(edit, {"version": "2", "a-best": "补充了", "do": "submit"})
    office.post(page, {"do": "accept"})
    report.refresh_from_db()
    assert report.state == "accepted"
    assert "已通过" in office.get(reverse("office_honour", args=[scene.honour.number])).content.decode()


def test_late_report_leads_to_a_warning_with_its_reason(scene):
    with clock.travel(date(2025, 4, 1)):
        office = signed_in(person_of(scene.district))
        assert [task.title for task in tasks_of(scene.district)] == ["报告逾期没有提交"]
        assert [task.title for task in tasks_of(scene.clerk)] == ["年度报告（第 1 年）已逾期，请尽快提交"]
        late = office.get(reverse("reports"), {"state": "late"}).context["page"]
        assert [row.pk for row in late] == [scene.first().pk]
        page = office.get(reverse("report", args=[scene.first().public_id])).content.decode()
        address = page.split('href="')[1:]
        link = next(part.split('"')[0] for part in address if "kind=warned" in part).replace("&amp;", "&")
        form = office.get(link).context["record"]
        assert (form.initial["kind"], "逾期没有提交" in form.initial["reason"]) == ("warned", True)


def test_list_of_reports_costs_the_same_with_more_rows(scene, django_assert_num_queries):
    client = signed_in(person_of(scene.city))
    client.get(reverse("reports"))
    with django_assert_num_queries(6):
        client.get(reverse("reports"))
    for school in scene.ground.schools[1:3]:
        scene.school, scene.clerk = school, an_actor("school_officer", school)
        with clock.travel(DAY):
            scene.grant("district")

    with django_assert_num_queries(6):
        page = client.get(reverse("reports"))
    assert len(page.context["page"].object_list) == 3


def test_subsidies_as_page_and_sheet_name_no_person(scene):
    office = signed_in(person_of(scene.city))

    assert "还没有" not in office.get(reverse("subsidies")).content.decode()
    assert office.get(reverse("subsidies"), {"programme": "nothing"}).status_code == 404
    assert office.get(reverse("subsidies"), {"programme": "practice_bases", "year": "abc"}).status_code == 200
    sheet = office.get(reverse("subsidy_sheet"), {"programme": "practice_bases", "year": "2025"})
    book = load_workbook(BytesIO(sheet.content), read_only=True)
    words = " ".join(str(cell) for one in book for row in one.iter_rows(values_only=True) for cell in row)
    assert "建议补贴（元）" in words


def test_office_draws_and_a_bad_result_leads_to_rectification():
    with clock.travel(checks.DAY):
        made = checks.Scene()
        office = signed_in(person_of(made.city))
        facts = {"programme": checks.CODE, "org": made.ground.org.pk, "title": "秋季抽查", "percent": "50", "seed": "7"}
        assert office.post(reverse("spot_checks"), {**facts, "percent": "0"}).status_code == 422
        drawn = office.post(reverse("spot_checks"), facts)
        draw = Draw.objects.get()
        assert drawn.url == reverse("spot_draw", args=[draw.public_id])
        page = office.get(drawn.url)
        assert (page.context["is_same"], len(page.context["checks"])) == (True, 2)
        check = draw.checks.first()
        url = reverse("spot_check", args=[draw.public_id, check.pk])
        told = {"visited_on": checks.DAY.isoformat(), "answer-open": "no", "answer-safe": "yes", "result": "bad"}
        assert office.post(url, told).status_code == 422
        assert office.post(url, {**told, "remark": "没有开放"}).status_code == 302
        page = office.get(url)
        form = office.get(page.context["next_url"]).context["record"]
        assert (form.initial["kind"], "没有开放" in form.initial["reason"]) == ("rectify", True)
        holder = signed_in(Membership.objects.get(org=check.honour.org, role="school_officer").person)
        assert "没有开放" in holder.get(reverse("office_honour", args=[check.honour.number])).content.decode()
        assert holder.get(url).status_code == 403


def test_applicant_finds_and_asks_a_partner_in_the_form():
    with clock.travel(partnerships.DAY):
        made = partnerships.Scene()
        client, url = signed_in(made.clerk.person), reverse("application_edit", args=[made.draft.public_id])
        typed = {"version": made.draft.version, "partner_years": "3", "partner_purpose": "共建课程"}

        found = client.post(url, {**typed, "find_partner": "科技", "do": "find_partner"})
        assert ("示范科技馆" in found.content.decode(), "共建课程" in found.content.decode()) == (True, True)
        short = client.post(url, {**typed, "partner_years": "1", "do": f"ask_partner:{made.museum.code}"})
        assert (short.status_code, "合作年限应为" in short.content.decode()) == (422, True)
        client.post(url, {**typed, "do": f"ask_partner:{made.museum.code}"})
        row = made.draft.partnerships.get()
        assert "待合作单位确认" in client.get(url).content.decode()
        museum = signed_in(made.officer.person)
        page = reverse("partnership", args=[row.public_id])
        assert "请写明不能合作的原因" in museum.post(page, {"do": "no"}).content.decode()
        museum.post(page, {"do": "no", "reason": "名额已满"})
        assert "名额已满" in client.get(url).content.decode()
        client.post(url, {**typed, "do": f"ask_partner:{made.museum.code}"})
        client.post(url, {**typed, "do": "withdraw_partner"})
        assert list(made.draft.partnerships.values_list("state", flat=True)) == ["declined", "withdrawn"]


def test_agreement_is_seen_continued_and_ended_on_its_page():
    with clock.travel(partnerships.DAY):
        made = partnerships.Scene()
        agreement = made.granted().agreements.get()
    url = reverse("agreement", args=[agreement.number])
    with clock.travel(date(2029, 1, 10)):
        clerk, museum = signed_in(made.clerk.person), signed_in(made.officer.person)
        assert "合作协议快到期了" in [task.title for task in tasks_of(made.clerk)]
        clerk.post(url, {"do": "renew", "renewal-years": "3", "renewal-purpose": "继续"})
        assert "续签合作协议" in [task.over for task in tasks_of(made.officer)]
        museum.post(reverse("partnership", args=[agreement.renewals.get().public_id]), {"do": "yes"})
        assert made.museum.agreements.count() == 2
        assert museum.post(url, {"do": "end"}).status_code == 422
        museum.post(url, {"do": "end", "ending-reason": "改造"})
        agreement.refresh_from_db()
        assert agreement.end_reason == "改造"
    public = reverse("partner_circle", args=[made.museum.code])
    with clock.travel(date(2029, 6, 1)):
        page = signed_in(made.officer.person).get(public)
        assert page.context["circle"].holders == 1
    assert Honour.objects.count() == Report.objects.count() + 1

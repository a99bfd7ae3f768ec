"""The expert pool: taken in one by one and by Excel, changed, retired; nothing half-written."""

import io
from urllib.parse import parse_qs, urlsplit

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from openpyxl import load_workbook

from kechuang.base.tables import Column, read_table, write_xlsx
from kechuang.engine.models import Reviewer
from kechuang.orgs.enums import Role
from kechuang.orgs.exports import kind_named
from kechuang.orgs.models import Membership, Person, User
from tests.factories.engine import a_call, a_ground, a_reviewer, a_round, an_application
from tests.factories.orgs import a_person, a_pupil, actor_for, an_officer
from tests.web.review_scenes import a_scene, signed_in
from tests.web.test_rounds_acts import said

pytestmark = pytest.mark.django_db


@pytest.fixture
def city():
    return a_ground()


@pytest.fixture
def officer(city):
    return signed_in(an_officer(Role.CITY_OFFICER, city.org))


def particulars(**changes):
    blank = {
        "form-TOTAL_FORMS": "1",
        "form-INITIAL_FORMS": "0",
        "form-0-org": "",
        "form-0-kind": "employer",
        "form-0-since": "",
        "form-0-until": "",
    }
    return (
        blank
        | {
            "fields_known": ["PH"],
            "stages": ["senior"],
            "employer_name": "示范研究院",
            "title": "教授",
            "max_load": "30",
        }
        | changes
    )


# --- one by one --------------------------------------------------------------------------------------------------


def test_a_person_is_found_first_and_pupils_and_members_are_not_offered(city, officer):
    teacher = an_officer(Role.TEACHER, city.schools[0], name="欧阳明远")
    a_pupil(city.schools[0], grade=11, name="欧阳明远")
    a_reviewer(city, name="欧阳明远")

    page = officer.get(reverse("expert_new"), {"q": "欧阳明"})

    assert page.context["found"] == [teacher]


def test_a_known_person_becomes_an_expert_with_role_and_employer(city, officer):
    teacher = an_officer(Role.TEACHER, city.schools[0])

    response = officer.post(
        reverse("expert_new"),
        particulars(person=teacher.public_id, **{"form-0-org": city.university.name, "form-0-since": "2024-09-01"}),
        follow=True,
    )

    assert said(response) == f"{teacher.name}已加入专家库。"
    reviewer = Reviewer.objects.get(person=teacher)
    assert (reviewer.fields, reviewer.max_load, reviewer.affiliations.get().org) == (["PH"], 30, city.university)
    assert Membership.objects.filter(person=teacher, role=Role.EXPERT, org=city.org).count() == 1


def test_a_newcomer_gets_a_record_and_an_account(city, officer):
    officer.post(reverse("expert_new"), particulars(name="新专家", username="new.expert", email="x@example.cn"))

    assert Reviewer.objects.get().person.name == "新专家"
    assert User.objects.get(username="new.expert").email == "x@example.cn"


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"fields_known": []}, "专业领域"),
        ({"username": ""}, "登录名"),
        ({"max_load": "0"}, "1"),
        ({"form-0-org": "不存在的大学"}, "平台上没有名称含“不存在的大学”的单位"),
        ({"form-0-org": "", "form-0-since": "2024-01-01"}, "请写明是哪个单位"),
        ({"form-0-org": "示范", "form-0-since": "2024-01-01"}, "不止一个"),
    ],
)
def test_what_is_wrong_is_told_and_nobody_is_written(city, officer, changes, sentence):
    people = Person.objects.count()

    response = officer.post(reverse("expert_new"), particulars(name="新专家", username="new.expert") | changes)

    assert response.status_code == 422
    assert sentence in response.content.decode()
    assert (Reviewer.objects.count(), Person.objects.count()) == (0, people)


def test_a_taken_sign_in_name_is_refused_whole(city, officer):
    a_person(username="taken")
    people = Person.objects.count()

    response = officer.post(reverse("expert_new"), particulars(name="新专家", username="TAKEN"))

    assert "已被使用" in response.content.decode()
    assert (Reviewer.objects.count(), Person.objects.count()) == (0, people)


def test_particulars_are_changed_and_employers_replaced(city, officer):
    reviewer = a_reviewer(city)
    url = reverse("expert", args=[reviewer.pk])

    officer.post(
        url, particulars(fields_known=["CH", "MA"], **{"form-0-org": city.schools[0].name, "form-0-kind": "sponsor"})
    )

    reviewer.refresh_from_db()
    assert reviewer.fields == ["CH", "MA"]
    assert reviewer.affiliations.get().kind == "sponsor"
    assert officer.post(url, particulars(fields_known=[])).status_code == 422


def test_retiring_needs_a_reason_and_an_empty_desk():
    scene = a_scene(entries=1)
    busy, idle = scene.reviewers[0], a_reviewer(scene.city)
    officer = scene.officer()

    assert "请写明" in said(officer.post(reverse("expert_retire", args=[idle.pk]), {}, follow=True))
    assert "件作品未评" in said(officer.post(reverse("expert_retire", args=[busy.pk]), {"reason": "退休"}, follow=True))
    officer.post(reverse("expert_retire", args=[idle.pk]), {"reason": "退休"})
    assert set(Reviewer.objects.filter(is_active=True)) == set(scene.reviewers)


def test_the_pool_is_filtered(city, officer):
    chemist = a_reviewer(city, fields=["CH"], stages=["junior"], name="化学家")
    physicist = a_reviewer(city, fields=["PH"], stages=["senior"], name="物理学家", employer_name="示范研究院")

    def found(**asked):
        return [row for row, _fields in officer.get(reverse("experts"), asked).context["rows"]]

    assert found(field="CH") == [chemist]
    assert found(stage="senior") == [physicist]
    assert found(q="研究院") == [physicist]
    assert found(employer="没有") == []
    assert found() == [chemist, physicist]


# --- Excel -------------------------------------------------------------------------------------------------------

HEADINGS = ("姓名", "登录名", "电子邮箱", "专业领域", "学段", "工作单位", "职称", "最大评审量", "任职机构")


def a_sheet(*rows):
    return SimpleUploadedFile("experts.xlsx", write_xlsx([Column(heading) for heading in HEADINGS], list(rows)))


def a_row(name="张研究员", username="zhang", fields="物理与天文学、CH", /, **changes):
    values = dict.fromkeys(HEADINGS, "") | {"姓名": name, "登录名": username, "专业领域": fields} | changes
    return [values[heading] for heading in HEADINGS]


def test_the_template_comes_back_as_a_table(officer):
    response = officer.get(reverse("expert_template"))

    assert read_table(response.content).headings == list(HEADINGS)
    assert response.headers["Content-Disposition"].startswith("attachment")


def test_template_of_one_language_comes_back_in_either(officer):
    officer.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    template = officer.get(reverse("expert_template")).content
    headings = read_table(template).headings
    fields, stages = "Physics and astronomy; Chemistry", "Junior"
    filled = {"Name": "Zhang", "Sign-in name": "zhang", headings[3]: fields, headings[4]: stages}
    table = write_xlsx([Column(heading) for heading in headings], [[filled.get(heading, "") for heading in headings]])

    for language in ("en", "zh-hans"):
        officer.cookies[settings.LANGUAGE_COOKIE_NAME] = language
        sent = SimpleUploadedFile("experts.xlsx", table)
        preview = officer.post(reverse("expert_upload"), {"file": sent}, follow=True)

        assert [(line.name, line.reason) for line in preview.context["good"]] == [("Zhang", "")]
        (line,) = preview.context["good"]
        assert (set(line.enrolment.fields), line.enrolment.stages) == ({"PH", "CH"}, ("junior",))


def test_an_upload_is_shown_before_it_is_written(city, officer):
    good, bad = a_row(任职机构=city.university.name, 最大评审量=25), a_row("李研究员", "li", "占星学")

    preview = officer.post(reverse("expert_upload"), {"file": a_sheet(good, bad)}, follow=True)

    assert [line.name for line in preview.context["good"]] == ["张研究员"]
    assert [line.reason for line in preview.context["bad"]] == ["专业领域“占星学”不在学科表中，请按模板说明填写。"]
    assert not Reviewer.objects.exists()
    response = officer.post(reverse("expert_take"), follow=True)
    assert said(response) == "已把 1 位专家加入专家库。"
    reviewer = Reviewer.objects.get()
    assert (reviewer.person.user.username, set(reviewer.fields), reviewer.max_load) == ("zhang", {"PH", "CH"}, 25)
    assert reviewer.affiliations.get().org == city.university
    assert officer.get(reverse("expert_take")).status_code == 302


def test_refused_rows_come_back_in_the_same_file(officer):
    officer.post(reverse("expert_upload"), {"file": a_sheet(a_row(), a_row("李研究员", "zhang"), a_row("", "wu"))})

    sheet = load_workbook(io.BytesIO(officer.get(reverse("expert_refused")).content)).active

    reasons = [row[-1] for row in sheet.iter_rows(min_row=2, values_only=True)]
    assert reasons == [None, "登录名“zhang”在前面的行里已经出现过，或已被别人使用，请换一个。", "缺姓名或登录名。"]


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"学段": "大学"}, "学段只能填小学、初中、高中。"),
        ({"最大评审量": "很多"}, "最大评审量“很多”应是 1 至 500 的整数。"),
        ({"电子邮箱": "x@"}, "电子邮箱“x@”写法不对。"),
        ({"专业领域": ""}, "不在学科表中"),
    ],
)
def test_each_bad_cell_has_its_reason(officer, changes, reason):
    row = a_row(**changes)

    preview = officer.post(reverse("expert_upload"), {"file": a_sheet(row)}, follow=True)

    assert reason in preview.context["bad"][0].reason


def test_a_file_that_is_no_table_is_refused_in_words(officer):
    for file in (
        SimpleUploadedFile("x.xlsx", b"PK\x03\x04 not a workbook"),
        SimpleUploadedFile("x.csv", b"a,b\n1,2\n"),
    ):
        response = officer.post(reverse("expert_upload"), {"file": file}, follow=True)
        assert said(response)
        assert "expert_upload" not in officer.session
    assert "请先选择" in said(officer.post(reverse("expert_upload"), follow=True))
    assert "没有待确认的文件" in said(officer.post(reverse("expert_take"), follow=True))


def test_somebody_else_s_sign_in_name_does_not_hand_them_the_role(city, officer):
    a_person(username="zhang", name="另一个人")

    preview = officer.post(reverse("expert_upload"), {"file": a_sheet(a_row("张研究员", "ZHANG"))}, follow=True)

    assert "已被别人使用" in preview.context["bad"][0].reason
    officer.post(reverse("expert_take"))
    assert not Reviewer.objects.exists()


def test_the_pool_goes_out_as_it_is_filtered(city, officer):
    a_reviewer(city, fields=["CH"], name="化学家")
    a_reviewer(city, fields=["PH"], name="=1+1")

    asked = officer.get(reverse("expert_sheet"), {"field": "PH"})["Location"]
    args = {name: values[0] for name, values in parse_qs(urlsplit(asked).query).items()}
    rows = list(kind_named("experts").make(actor_for(an_officer("city_officer", city.org)), args).rows)

    assert [row.values[0] for row in rows] == ["=1+1"]
    assert rows[0].values[3] == "物理与天文学"


def test_addresses_of_experts_go_to_the_office_that_runs_their_round_alone(city):
    invited, other = (a_reviewer(city, fields=["PH"], name=name) for name in ("物理学家", "另一位物理学家"))
    for reviewer in (invited, other):
        User.objects.filter(person=reviewer.person).update(email=f"expert{reviewer.pk}@example.org")
    call = a_call(city)
    an_application(call, city.schools[0])
    round_ = a_round(call, [invited])
    host = round_.call.org
    runs, looks_on = (
        actor_for(an_officer("city_officer", host)),
        actor_for(an_officer("district_officer", city.districts[0])),
    )

    def addresses(actor):
        return {row.values[0]: row.values[2] for row in kind_named("experts").make(actor, {}).rows}

    assert addresses(runs) == {"物理学家": f"expert{invited.pk}@example.org", "另一位物理学家": ""}
    assert addresses(looks_on) == {"物理学家": "", "另一位物理学家": ""}

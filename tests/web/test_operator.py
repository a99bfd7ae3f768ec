"""Jobs live, the ledger with its verification, and the holiday table that fails loudly."""

import pytest
from django.db import connection
from django.urls import reverse

from kechuang.base import audit, clock
from kechuang.base.jobs import enqueue, job
from kechuang.base.models import AuditEntry, Holiday, Job
from kechuang.base.workdays import load_holidays
from tests.web.officer_scene import Scene, a_scene

pytestmark = pytest.mark.django_db


@job("tests.operator", title="测试任务")
def nothing(progress, **args):
    return {"done": 1}


@pytest.fixture(autouse=True)
def no_second_factor(settings):
    settings.TOTP_ROLES = []


@pytest.fixture
def scene() -> Scene:
    load_holidays()
    return a_scene()


@pytest.fixture
def operator(scene):
    return scene.client("operator")


@pytest.fixture
def auditor(scene):
    return scene.client("auditor")


def a_job(**facts):
    facts = {"kind": "tests.operator", "title": "制作证书"} | facts
    return Job.objects.create(**facts)


# --- jobs --------------------------------------------------------------------------------------------------------


def test_jobs_are_listed_by_state(operator):
    a_job(state="running")
    failed = a_job(state="failed", finished_at=clock.now(), error="第 3 行有误")

    page = operator.get(reverse("jobs") + "?state=failed")

    assert [row.pk for row in page.context["page"].object_list] == [failed.pk]
    assert [(tab["label"], tab["count"]) for tab in page.context["tabs"] if tab["count"]] == [
        ("全部", 2),
        ("进行中", 1),
        ("未成功", 1),
    ]


def test_a_live_job_is_polled_and_a_finished_one_is_not(operator):
    live, done = a_job(state="running", total=10, done=4), a_job(state="succeeded", finished_at=clock.now())

    assert 'hx-trigger="every 2s"' in operator.get(reverse("job", args=[live.public_id])).content.decode()
    assert "hx-trigger" not in operator.get(reverse("job", args=[done.public_id])).content.decode()


def test_a_poll_brings_the_part_and_not_the_page(operator):
    live = a_job(state="running", total=10, done=4)

    part = operator.get(reverse("job", args=[live.public_id]), headers={"HX-Request": "true"}).content.decode()

    assert "4 / 10" in part
    assert "<html" not in part


def test_a_waiting_job_is_stopped_and_put_back(operator):
    row = enqueue("tests.operator", title="测试")

    operator.post(reverse("job", args=[row.public_id]), {"do": "stop"})
    stopped = Job.objects.get(pk=row.pk).state
    operator.post(reverse("job", args=[row.public_id]), {"do": "retry"})

    assert (stopped, Job.objects.get(pk=row.pk).state) == ("stopped", "queued")


def test_a_job_says_what_it_counted_in_words_and_keeps_the_rest_to_itself(operator):
    row = a_job(
        state="succeeded",
        finished_at=clock.now(),
        result={"rows": 1200, "refused": 3, "found": ["secret"], "discarded": True},
    )

    page = operator.get(reverse("job", args=[row.public_id])).content.decode()

    assert "行数" in page and "1,200" in page and "没有通过" in page
    assert "secret" not in page and "discarded" not in page


def test_the_owner_follows_the_own_job_and_nobody_else_s(scene):
    mine = a_job(by=scene.person("school").user, scope_path=scene.school.path)
    other = a_job(scope_path=scene.school.path)
    client = scene.client("school")

    assert client.get(reverse("job", args=[mine.public_id])).status_code == 200
    assert client.get(reverse("job", args=[other.public_id])).status_code == 404


@pytest.mark.parametrize("n", [1, 3])
def test_list_of_jobs_costs_a_fixed_number_of_queries(operator, n, django_assert_num_queries):
    for _ in range(n):
        a_job()

    with django_assert_num_queries(9):
        operator.get(reverse("jobs"))


# --- the ledger --------------------------------------------------------------------------------------------------


def test_entries_are_filtered(scene, auditor):
    scene.person("city")
    AuditEntry._base_manager.all()._raw_delete("default")
    audit.record("one_thing", by=scene.person("city").user, on="x", reason="核对")
    audit.record("another_thing", by=None)

    def actions(query):
        return [row.action for row in auditor.get(reverse("audit") + query).context["rows"]]

    assert actions("") == ["another_thing", "one_thing"]
    assert actions("?action=one_thing") == ["one_thing"]
    assert actions(f"?by={scene.person('city').user.username}") == ["one_thing"]
    assert actions("?q=核对") == ["one_thing"]
    assert actions("?last=2020-01-01") == []
    assert actions("?first=nonsense") == ["another_thing", "one_thing"]


def test_pages_are_cut_by_row_number(auditor):
    audit.record_many([{"action": "many", "by": None} for _n in range(60)])

    first = auditor.get(reverse("audit") + "?action=many")
    second = auditor.get(reverse("audit") + f"?action=many&before={first.context['older']}")

    assert (len(first.context["rows"]), len(second.context["rows"]), second.context["older"]) == (50, 10, None)


def test_verification_says_that_the_chain_holds(auditor):
    audit.record("one_thing", by=None)

    page = auditor.post(reverse("audit"))

    assert page.context["report"].ok
    assert "审计链完整" in page.content.decode()
    assert AuditEntry.objects.filter(action="verify_audit").count() == 1


def test_verification_finds_a_changed_row(auditor):
    entry = audit.record("one_thing", by=None, reason="真实理由")
    audit.seal()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE base_auditentry SET reason = 'x' WHERE id = %s", [entry.pk])

    page = auditor.post(reverse("audit"))

    assert not page.context["report"].ok
    assert f"审计记录 {entry.pk}" in page.content.decode()


def test_only_the_auditor_verifies(operator):
    assert operator.post(reverse("audit")).status_code == 403


# --- holidays ----------------------------------------------------------------------------------------------------


def days(*lines):
    data = {"days-TOTAL_FORMS": len(lines), "days-INITIAL_FORMS": 0}
    names = ("date", "kind", "name")
    return data | {
        f"days-{n}-{name}": value for n, line in enumerate(lines) for name, value in zip(names, line, strict=False)
    }


def save(client, year, *lines, **more):
    return client.post(reverse("holidays"), {"year": year, "source": "国办发明电〔2026〕1号", **days(*lines), **more})


def table(year):
    return list(Holiday.objects.filter(date__year=year).values_list("date__month", "date__day", "kind", "source"))


def test_a_missing_year_is_shown_loudly(operator):
    page = operator.get(reverse("holidays") + "?year=2027")

    assert page.context["is_missing"]
    assert "还没有 2027 年的节假日安排" in page.content.decode()
    assert "2027（缺）" in [tab["label"] for tab in page.context["tabs"]]


def test_a_year_is_entered_and_recorded(operator):
    save(operator, 2027, ("2027-01-01", "holiday", "元旦"), ("2027-01-03", "workday", "元旦"), ("", "holiday", ""))

    assert table(2027) == [(1, 1, "holiday", "国办发明电〔2026〕1号"), (1, 3, "workday", "国办发明电〔2026〕1号")]
    assert AuditEntry.objects.get(action="set_holidays").detail == {"days": 2, "changed": ["2027-01-01", "2027-01-03"]}


def test_a_struck_row_goes(operator):
    save(
        operator,
        2027,
        ("2027-01-01", "holiday", "元旦"),
        ("2027-05-01", "holiday", "劳动节"),
        **{"days-1-DELETE": "on"},
    )

    assert [day[:2] for day in table(2027)] == [(1, 1)]


@pytest.mark.parametrize(
    ("lines", "complaint"),
    [
        ([("2026-01-01", "holiday", "元旦")], "不在 2027 年"),
        ([("2027-01-01", "holiday", "元旦"), ("2027-01-01", "holiday", "元旦")], "出现了两次"),
        ([("2027-01-04", "workday", "元旦")], "本来就是工作日"),
    ],
)
def test_a_table_that_makes_no_sense_changes_nothing(operator, lines, complaint):
    response = save(operator, 2027, *lines)

    assert response.status_code == 422
    assert complaint in response.content.decode()
    assert table(2027) == []


def test_a_row_that_is_no_date_keeps_what_was_typed(operator):
    response = save(operator, 2027, ("某天", "holiday", "元旦"))

    assert response.status_code == 422
    assert "某天" in response.content.decode()
    assert table(2027) == []

"""Reports of holders: planned with the term, written, handed in, accepted or returned, reminded of."""

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.base import ContentFile
from django.utils import timezone

from kechuang.base import clock, files
from kechuang.base.enums import FileKind
from kechuang.base.errors import Refused
from kechuang.base.jobs import run_pending_jobs
from kechuang.base.models import Job, Message
from kechuang.engine.applications import actions as applying
from kechuang.engine.applications.perform import perform
from kechuang.engine.honours.actions import revoke_honour
from kechuang.engine.honours.models import Honour
from kechuang.engine.programme import codec
from kechuang.engine.programme.declaration import HonourPlan, Question, ReportPlan, Section
from kechuang.engine.programme.validation import problems
from kechuang.engine.tenure import rules
from kechuang.engine.tenure.actions.reports import (
    ReportChanged,
    attach_report_file,
    decide_report,
    detach_report_file,
    plan_missing,
    save_report,
    submit_report,
)
from kechuang.engine.tenure.duties import remind_of_reports
from kechuang.engine.tenure.jobs import enqueue_terms
from kechuang.engine.tenure.models import Report
from kechuang.engine.tenure.queries.reports import owed_by, waiting_in
from tests.base import samples
from tests.factories.engine import TITLES, YEARLY, a_call, a_ground, a_title_plan, an_actor

pytestmark = pytest.mark.django_db
DAY = date(2024, 3, 1)
MIDDLE = replace(YEARLY, code="middle", name="中期报告", when="middle")
FINAL = replace(YEARLY, code="final", name="期满报告", when="end")


class Scene:
    """A school that was granted a district's title on 1 March 2024, with a report of each kind in its declaration."""

    def __init__(self, *reports, years=3):
        self.ground = a_ground()
        self.plan = a_title_plan(honour=replace(TITLES, reports=reports or (YEARLY, MIDDLE, FINAL), years=years))
        self.call = a_call(self.ground, plan=self.plan, closes_at=None)
        self.city = an_actor("city_officer", self.ground.org)
        self.district = an_actor("district_officer", self.ground.districts[0])
        self.school = self.ground.schools[0]
        self.clerk = an_actor("school_officer", self.school)
        self.grant("district")
        self.honour = Honour.objects.get()

    def grant(self, prize):
        draft = applying.begin_application(self.call, self.school, by=self.clerk)
        draft, _e = applying.save_answers(
            draft, {"abstract": "概况", "plan": "规划"}, version=draft.version, by=self.clerk
        )
        return perform(applying.submit_application(draft, by=self.clerk), "grant", by=self.city, prize=prize)

    def first(self):
        return Report.objects.get(code="year", number=1)

    def written(self, **answers):
        report = self.first()
        told = {"visits": "1200", "best": "新课程"} | answers
        return save_report(report, told, version=report.version, by=self.clerk)[0]


@pytest.fixture
def scene():
    with clock.travel(DAY):
        return Scene()


def test_term_plans_each_kind_of_report(scene):
    rows = [(row.code, row.number, row.covers_from, row.due_on) for row in Report.objects.order_by("due_on", "code")]

    assert rows == [
        ("year", 1, date(2024, 3, 1), date(2025, 2, 28)),
        ("middle", 1, date(2024, 3, 1), date(2025, 8, 30)),
        ("year", 2, date(2025, 3, 1), date(2026, 2, 28)),
        ("final", 1, date(2024, 3, 1), date(2027, 2, 28)),
        ("year", 3, date(2026, 3, 1), date(2027, 2, 28)),
    ]
    assert {row.office for row in Report.objects.all()} == {scene.ground.districts[0]}
    assert (plan_missing(), Report.objects.count()) == (0, 5)
    Report.objects.all().delete()
    with clock.travel(DAY):
        assert (plan_missing(), Report.objects.count()) == (1, 5)


def test_title_without_end_gets_its_years_one_after_another():
    with clock.travel(DAY):
        Scene(YEARLY, years=0)
        assert [row.due_on for row in Report.objects.all()] == [date(2025, 2, 28)]
    with clock.travel(date(2026, 2, 1)):
        plan_missing()
        assert [row.due_on for row in Report.objects.all()] == [
            date(2025, 2, 28),
            date(2026, 2, 28),
            date(2027, 2, 28),
        ]


def test_renewal_replaces_what_is_still_to_come_and_revocation_ends_all(scene):
    with clock.travel(date(2026, 6, 1)):
        scene.call = a_call(scene.ground, plan=scene.plan, closes_at=None)
        scene.grant("district")
        open_rows = Report.objects.exclude(state="waived")
        assert [row.due_on for row in open_rows.filter(code="year")] == [
            date(2025, 2, 28), date(2026, 2, 28), date(2027, 5, 31), date(2028, 5, 31), date(2029, 5, 31),
        ]  # fmt: skip
        assert Report.objects.filter(state="waived").count() == 2
        revoke_honour(Honour.objects.get(), reason="造假", by=scene.city)
    assert set(Report.objects.values_list("state", flat=True)) == {"waived"}


def test_holder_writes_from_its_day_on_and_nobody_else(scene):
    report = scene.first()
    with clock.travel(date(2024, 6, 1)):
        with pytest.raises(Refused, match="可以填写"):
            scene.written()
        assert owed_by(scene.clerk, clock.today()) == []
    with clock.travel(date(2025, 1, 10)):
        assert owed_by(scene.clerk, clock.today()) == [report]
        for other in (scene.district, scene.city, an_actor("school_officer", scene.ground.schools[1])):
            with pytest.raises(PermissionDenied):
                save_report(report, {"visits": "1"}, version=1, by=other)
        saved, errors = save_report(report, {"visits": "很多", "best": "好", "x": "1"}, version=1, by=scene.clerk)
        assert (saved.answers, set(errors), saved.version) == ({"best": "好"}, {"visits", "x"}, 2)
        again, _errors = save_report(report, {"best": "好"}, version=1, by=scene.clerk)
        assert again.version == 2
        with pytest.raises(ReportChanged):
            save_report(report, {"best": "别的"}, version=1, by=scene.clerk)


def test_report_is_handed_in_returned_and_accepted(scene):
    with clock.travel(date(2025, 2, 1)):
        with pytest.raises(Refused, match="还有 2 项没有填写：本年度接待学生人次、做得好的"):
            submit_report(scene.first(), by=scene.clerk)
        report = submit_report(scene.written(), by=scene.clerk)
        assert submit_report(report, by=scene.clerk).submitted_at == report.submitted_at
        assert waiting_in(scene.district, clock.today())["submitted"][0] == 1
        assert waiting_in(scene.city, clock.today())["submitted"][0] == 0
        with pytest.raises(Refused, match="不能再修改"):
            scene.written(best="改")
        with pytest.raises(PermissionDenied):
            decide_report(report, accept=True, by=scene.clerk)
        with pytest.raises(Refused, match="请写明要改什么"):
            decide_report(report, accept=False, by=scene.district)
        decide_report(report, accept=False, reason="请补充课程", by=scene.district)
        again = submit_report(scene.written(best="补充了课程"), by=scene.clerk)
        decide_report(again, accept=True, by=scene.city)
        with pytest.raises(Refused, match="不能审核"):
            decide_report(again, accept=True, by=scene.city)

    report.refresh_from_db()
    assert (report.state, report.answers["best"]) == ("accepted", "补充了课程")
    assert [step.state for step in report.steps.all()] == ["submitted", "returned", "submitted", "accepted"]
    assert Message.objects.filter(user=scene.clerk.user, kind="report.returned").get().body.count("请补充课程") == 1


def test_files_hang_on_their_question_within_its_number(scene, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    with clock.travel(date(2025, 2, 1)):
        report = scene.first()

        def picture(n):
            content = ContentFile(samples.image("PNG", size=(20 + n, 20)), f"{n}.png")
            return files.accept(
                content, kind=FileKind.IMAGE, max_bytes=10**6, by=scene.clerk, scope_path=report.scope_path
            )

        row = attach_report_file(report, "photos", picture(1), by=scene.clerk)
        assert attach_report_file(report, "photos", row.stored, by=scene.clerk) == row
        attach_report_file(report, "photos", picture(2), by=scene.clerk)
        with pytest.raises(Refused, match="最多 2 个文件"):
            attach_report_file(report, "photos", picture(3), by=scene.clerk)
        with pytest.raises(Refused, match="没有这个附件项"):
            attach_report_file(report, "best", row.stored, by=scene.clerk)
        detach_report_file(report, row.pk, by=scene.clerk)
        assert report.files.count() == 1


def test_holder_is_reminded_when_it_opens_before_its_day_and_after(scene):
    def told(day):
        with clock.travel(day):
            remind_of_reports()
            return remind_of_reports()

    assert [told(day) for day in (date(2025, 1, 5), date(2025, 2, 25), date(2025, 3, 10))] == [0, 0, 0]
    kinds = Message.objects.filter(user=scene.clerk.user, kind__startswith="report.").order_by("pk")
    assert list(kinds.values_list("kind", flat=True)) == ["report.opened", "report.near", "report.late"]
    assert waiting_in(scene.district, date(2025, 3, 10))["late"] == (1, date(2025, 2, 28))


def test_worker_plans_and_reminds_in_one_job(scene):
    with clock.travel(datetime(2025, 1, 5, 9, tzinfo=timezone.get_default_timezone())):
        enqueue_terms()
        enqueue_terms()
        run_pending_jobs()

    job = Job.objects.get(kind="engine.keep_terms")
    assert job.result == {"planned": 0, "reports": 1, "agreements": 0}


def test_reports_are_read_in_the_own_line_alone(scene):
    seen = {
        who: Report.objects.visible_to(who).count()
        for who in (
            scene.clerk,
            scene.district,
            scene.city,
            an_actor("school_officer", scene.ground.schools[1]),
            an_actor("district_officer", scene.ground.districts[1]),
        )
    }
    assert list(seen.values()) == [5, 5, 5, 0, 0]


def test_declaration_with_a_nonsense_report_is_refused():
    def said(*reports, **changes):
        plan = a_title_plan(honour=replace(TITLES, reports=reports, **changes))
        return [text % params for text, params in problems(plan)]

    empty = ReportPlan("r", "空", (Section("s", "s", ()),))
    assert said(YEARLY, MIDDLE) == []
    assert said(YEARLY, YEARLY) == ["报告代码“year”只能用字母、数字和下划线，并且不能重复。"]
    assert said(empty) == ["报告“空”没有题目。"]
    assert said(replace(YEARLY, when="weekly")) == ["报告“年度报告”的提交时间不存在。"]
    assert said(MIDDLE, years=0) == ["长期有效的称号没有中期和期满，报告“中期报告”只能每年提交。"]
    wrong = ReportPlan("r", "错", (Section("s", "s", (Question("q", "题", "table"),)),))
    assert said(wrong) == ["题目“题”是表格题，至少要有一列。"]
    assert [text for text, _p in problems(a_title_plan(honour=replace(TITLES, levels=(replace(TITLES.levels[0], subsidy=-1),))))].count("补贴金额不能为负。") == 1  # fmt: skip


def test_schedule_is_pure_and_a_plan_goes_through_its_json():
    plan = HonourPlan(TITLES.levels, reports=(YEARLY,), years=2)

    assert [due.opens_on for due in rules.schedule(plan, DAY, date(2026, 2, 28), DAY)] == [
        date(2025, 2, 28) - timedelta(days=60),
        date(2026, 2, 28) - timedelta(days=60),
    ]
    whole = a_title_plan(honour=plan)
    assert codec.from_json(codec.to_json(whole)) == whole

"""A recognition that no code declares: made from nothing in the builder, kept as a template, run from the call to the register."""

from datetime import datetime, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from kechuang.base import clock
from kechuang.engine.calls.models import Call, CallTemplate
from kechuang.engine.calls.templates import known_programmes, new_recognition, templates_for
from kechuang.engine.honours.queries import register_on
from kechuang.engine.programme.registry import PROGRAMMES
from kechuang.engine.programme.validation import problems
from kechuang.web.officer.builder.problems import hindrances
from tests.factories.engine import a_ground, an_actor
from tests.factories.orgs import a_city, an_officer
from tests.programmes.driver import Run
from tests.web.applicant_scene import signed_in
from tests.web.builder_scene import Office

pytestmark = pytest.mark.django_db
MONDAY = datetime(2026, 9, 7, 9, tzinfo=timezone.get_default_timezone())
NAME = "科普阅览室星级评定"


class OwnRun(Run):
    """The driver of every programme, for a call that the builder made."""

    def __init__(self, ground, call, count=3) -> None:
        self.plan, self.ground, self.call = call.plan, ground, call
        self.city, self.schools = an_actor("city_officer", ground.org), ground.schools
        self.entries = [self._entry(number) for number in range(count)]


@pytest.fixture(autouse=True)
def _monday(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    with clock.travel(MONDAY):
        yield


@pytest.fixture
def ground():
    return a_ground()


@pytest.fixture
def office(ground):
    made = Office(ground.org)
    made.begin(name=NAME, name_en="Star Rating of Reading Rooms", policy="示例办法第三条", applicant="organisation", org=ground.org.pk,
               title="2026年科普阅览室星级评定", year=2026)  # fmt: skip
    return made


def built(office):
    """Every section of the declaration, through its page."""
    office.section(
        "kind", org_kinds=["museum", "association"], entries_each=2, workflow="direct", district_workflow="direct"
    )
    office.section("words", entry="阅览室", entry_title="阅览室名称", abstract="概况", kind="类别")
    office.section("divisions", rows=[{"code": "", "name": "阅览室", "name_en": "Reading room"}])
    office.item("question", "facts", "new", "?kind=number", label="藏书册数", minimum="100", required_from="submitted")
    office.item("criterion", "standard", "quality", name="藏书质量", points="70")
    office.item("criterion", "standard", "effect", name="开放成效", points="30")
    office.item(
        "round", "-", "preliminary", name="现场评审", kind="panel", visit_lines="消防通道畅通\n开放记录可查", blind=""
    )
    office.section("prizes", rows=[
        {"code": "", "name": "五星", "name_en": "Five stars", "least": "90"}, {"code": "", "name": "四星", "name_en": "Four stars", "least": "80"},
    ], cap="100")  # fmt: skip
    prizes = [prize.code for prize in office.call.plan.prizes.prizes]
    office.section("honour", rows=[
        {"prize": prizes[0], "title": "五星阅览室", "title_en": "Five-star room", "tier": "city"},
        {"prize": prizes[1], "title": "四星阅览室", "title_en": "Four-star room", "tier": "city", "count": "20", "by": "2027-12-31"},
    ], grants="on", years="5", number_prefix="YLS", plaque="on", yearly_check="on")  # fmt: skip
    office.section("duties", public="on", spot_lines="开放时间属实\n藏书账目清楚", spot_share="20")
    office.item("report", "-", "new", name="年度报告", when="yearly", open_days="60")
    office.item(
        "report_question",
        "report1-facts",
        "new",
        "?kind=number",
        label="本年读者人次",
        minimum="0",
        required_from="submitted",
    )
    office.section("certificate", heading="星级证书", sentence="{names}在{call}中评为{prize}。", number_prefix="KXYL")
    office.section(
        "design", look="plaque", palette="blue", orientation="landscape", languages="both", number="corner", qr="on"
    )
    office.section("steps", rows=[{"code": s.code, "name": s.name, "opens_at": "2026-09-01T08:00" if s.code == "apply" else "",
                                   "closes_at": f"2026-10-{10 + n:02d}T18:00"} for n, s in enumerate(office.call.plan.steps)])  # fmt: skip


def test_an_officer_makes_a_recognition_from_nothing_and_it_runs_to_the_register(ground, office):
    built(office)
    plan = office.call.plan
    assert [p.sentence for p in hindrances(office.call)] == []
    assert plan.code not in PROGRAMMES
    assert plan.org_kinds == ("museum", "association")
    assert [item.text for item in plan.rounds[0].checklist] == ["消防通道畅通", "开放记录可查"]
    assert plan.honour.targets[0].count == 20
    assert [item.text for item in plan.honour.spot_checks.checklist] == ["开放时间属实", "藏书账目清楚"]
    assert [q.label for q in plan.honour.reports[0].form[0].questions] == ["本年读者人次"]

    office.client.post(reverse("call_publish", args=[office.call.slug]))
    call = Call.objects.get(pk=office.call.pk)
    assert call.state == "published"
    run = OwnRun(ground, call)
    run.forward()
    awards = run.award(run.review())

    assert [award.prize_name for award in awards] == ["五星", "五星", "四星"]
    certificate = awards[0].certificates.get()
    assert (certificate.words["title"], certificate.words["design"]["look"]) == ("星级证书", "plaque")
    with clock.travel(MONDAY + timedelta(days=40)):
        assert {one.title for one in register_on(plan.code, clock.today())} == {"五星阅览室", "四星阅览室"}
        for address in (reverse("registers"), reverse("register", args=[plan.code]), reverse("call", args=[call.slug])):
            assert NAME in office.client.get(address).content.decode(), address
    assert known_programmes()[plan.code].name == NAME


@pytest.mark.parametrize("applicant", ["team", "school", "organisation", "person"])
def test_an_empty_declaration_makes_sense_for_every_kind_of_applicant(ground, applicant):
    by = an_actor("city_officer", ground.org)

    call = new_recognition(ground.org, by=by, name=f"示例{applicant}", applicant=applicant, title="示例", year=2026)

    assert [text % params for text, params in problems(call.plan)] == []
    assert {problem.section for problem in hindrances(call)} <= {"steps", "approval"}


@pytest.mark.parametrize(
    ("section", "changes", "why"),
    [
        ("kind", {"org_kinds": []}, "至少选一种单位"),
        ("kind", {"applicant": "team", "nominated": "on"}, "不由别的单位提名"),
        ("kind", {"verified_least": "120"}, "100"),
        ("kind", {"verified_least": "70"}, "没有区级推荐"),
        ("honour", {"grants": "on"}, "每个等级对应一个奖项"),
        ("certificate", {"sentence": "{names}和{age}"}, "花括号里只能用"),
        ("prizes", {"cap": "130"}, "100"),
    ],
)
def test_nonsense_is_refused_with_its_reason(office, section, changes, why):
    address = reverse("call_edit", args=[office.call.slug, section])
    form = office.client.get(address).context["form"]
    data = {bound.html_name: bound.value() for bound in form if bound.value() not in (None, False, "")} | changes
    if form.rows is not None:
        data |= {"rows-TOTAL_FORMS": 0, "rows-INITIAL_FORMS": 0}

    response = office.client.post(address, data)

    assert response.status_code == 422
    assert why in response.content.decode()
    assert Call.objects.get(pk=office.call.pk).version == office.call.version


def test_a_verified_score_is_held_by_its_guard_and_let_go_with_it(ground):
    office = Office(ground.org)
    office.begin(name="示例校评定", applicant="school", org=ground.org.pk, title="2026年示例校评定", year=2026)

    office.section("kind", verified_least="75")
    held, moves = office.call.plan.guards, {m.name: m for m in office.call.workflow.moves}
    office.section("kind", verified_least="")

    assert held == (("recommend", "items_verified"),)
    assert "items_verified" in moves["recommend"].guards
    assert (office.call.plan.verified_least, office.call.plan.guards) == (None, ())


def test_what_remains_wrong_stands_in_the_way_of_publishing(office):
    office.section("prizes", rows=[{"code": "winner", "name": "优秀奖", "share": "40"}], cap="100")

    page = office.client.get(reverse("call_publish", args=[office.call.slug])).content.decode()
    office.client.post(reverse("call_publish", args=[office.call.slug]))

    assert "现在是 40%" in page
    assert Call.objects.get(pk=office.call.pk).state == "draft"


def test_a_template_is_kept_and_begun_from_by_those_below(ground, office):
    built(office)
    office.client.post(reverse("call_template_save", args=[office.call.slug]), {"name": "星级评定", "note": "每年一次"})
    office.client.post(reverse("call_template_save", args=[office.call.slug]), {"name": "星级评定", "note": "改过的"})
    template = CallTemplate.objects.get(retired_at=None)
    district = signed_in(an_officer("district_officer", ground.districts[0]))
    stranger = an_actor("city_officer", a_city(code="449999", name="另一个市教育局").org)

    listed = district.get(reverse("call_templates")).content.decode()
    district.post(reverse("call_new"), {"programme": f"template:{template.public_id}", "org": ground.districts[0].pk, "title": "区级评定",
                                        "edition": 1, "year": 2026})  # fmt: skip

    assert ("改过的" in listed, NAME in listed) == (True, True)
    call = Call.objects.get(title="区级评定")
    assert (call.plan.name, call.plan.honour.number_prefix) == (NAME, "YLS")
    assert {step.closes_at for step in call.plan.steps} == {""}
    assert list(templates_for(stranger)) == []


def test_only_its_own_office_takes_a_template_away(ground, office):
    office.client.post(reverse("call_template_save", args=[office.call.slug]), {"name": "星级评定"})
    template = CallTemplate.objects.get()
    district = signed_in(an_officer("district_officer", ground.districts[0]))

    refused = district.post(reverse("call_template_retire", args=[template.public_id]))
    office.client.post(reverse("call_template_retire", args=[template.public_id]))

    template.refresh_from_db()
    assert (refused.status_code, template.retired_at is not None) == (404, True)


def test_two_recognitions_never_share_a_name(ground, office):
    response = office.client.post(
        reverse("recognition_new"),
        {"name": NAME, "applicant": "school", "org": ground.org.pk, "title": "又一次", "year": 2026},
    )

    assert response.status_code == 422
    assert "已经有叫" in response.content.decode()


HOSTILE = (
    "",
    "-1",
    "9" * 40,
    "1e309",
    "<script>alert(1)</script>",
    "{names.__class__}",
    "深" * 5000,
    "a\nb\na",
    "=1+1",
    "../../etc",
    "\ufeff",
)


@pytest.mark.slow
@pytest.mark.parametrize("section", ["kind", "words", "honour", "duties", "prizes", "who", "certificate", "design"])
def test_no_form_of_the_builder_breaks_on_what_a_hostile_hand_types(office, section):
    address = (
        reverse("certificate_design", args=[office.call.slug])
        if section == "design"
        else reverse("call_edit", args=[office.call.slug, section])
    )
    form = office.client.get(address).context["form"]
    rows = getattr(form, "rows", None)
    names = [bound.html_name for bound in form] + (
        [f"rows-0-{bound.name}" for bound in rows.empty_form] if rows is not None else []
    )

    for value in HOSTILE:
        data = dict.fromkeys(names, value) | {"version": str(office.call.version)}
        if rows is not None:
            data |= {"rows-TOTAL_FORMS": 1, "rows-INITIAL_FORMS": 0}
        response = office.client.post(address, data)
        assert response.status_code in {302, 400, 422}, (section, value)
        assert "<script>alert" not in response.content.decode()
        office.call = Call.objects.get(pk=office.call.pk)
        assert office.client.get(reverse("call_publish", args=[office.call.slug])).status_code == 200

"""The call builder: what its forms take and refuse, what publishing asks for, and what stays frozen after it."""

import pytest
from django.urls import reverse

from kechuang.base.models import AuditEntry
from kechuang.engine.calls.models import Call
from tests.factories.engine import a_call
from tests.web.officer_scene import Scene, a_dated_plan, a_scene

pytestmark = pytest.mark.django_db
SECTIONS = (
    "basics", "kind", "approval", "who", "divisions", "words", "form", "pledges", "steps", "rubrics", "rounds", "prizes", "honour", "notice",
    "certificate",
)  # fmt: skip


@pytest.fixture
def scene() -> Scene:
    return a_scene()


@pytest.fixture
def draft(scene) -> Call:
    return a_call(scene.city, state="draft", year=2031)


@pytest.fixture
def city(scene):
    return scene.client("city")


def fresh(call: Call) -> Call:
    return Call.objects.get(pk=call.pk)


def edit(client, call, section, data):
    return client.post(reverse("call_edit", args=[call.slug, section]), {"version": call.version, **data})


def rows(prefix, lines, initial):
    """The fields of a formset as a browser sends them."""
    data = {f"{prefix}-TOTAL_FORMS": len(lines), f"{prefix}-INITIAL_FORMS": initial}
    return data | {f"{prefix}-{n}-{name}": value for n, line in enumerate(lines) for name, value in line.items()}


@pytest.mark.parametrize("section", SECTIONS)
def test_every_section_opens(city, draft, section):
    assert city.get(reverse("call_edit", args=[draft.slug, section])).status_code == 200


def test_new_call_takes_the_defaults_of_its_programme(city, scene):
    response = city.post(
        reverse("call_new"),
        {"programme": "innovation_contest", "org": scene.city.org.pk, "title": "第 9 届", "edition": 9, "year": 2030},
    )

    call = Call.objects.get(title="第 9 届")
    assert response["Location"] == reverse("call_edit", args=[call.slug, "basics"])
    assert (call.state, call.edition, len(call.plan.form)) == ("draft", 9, 3)


def test_cloned_call_is_a_draft_of_the_next_year_without_approval(city, scene):
    scene.call.approval_number = "A1"
    scene.call.save()

    city.post(reverse("call_clone", args=[scene.call.slug]))

    clone = Call.objects.get(cloned_from=scene.call)
    assert (clone.state, clone.year, clone.approval_number) == ("draft", scene.call.year + 1, "")
    assert {step.closes_at for step in clone.plan.steps} == {""}


def test_basics_are_saved_and_the_next_section_follows(city, draft):
    response = edit(
        city, draft, "basics", {"call_title": "新标题", "edition": 3, "year": 2031, "summary": "征集作品", "next": "1"}
    )

    assert response["Location"] == reverse("call_edit", args=[draft.slug, "kind"])
    assert (fresh(draft).title, fresh(draft).summary) == ("新标题", "征集作品")


def test_a_fee_in_the_summary_is_refused_in_words(city, draft):
    response = edit(
        city, draft, "basics", {"call_title": "新标题", "edition": 3, "year": 2031, "summary": "报名费 50 元"}
    )

    assert response.status_code == 422
    assert "不得以任何名义收费" in response.content.decode()
    assert "报名费 50 元" in response.content.decode()
    assert fresh(draft).summary == draft.summary


def test_an_older_page_does_not_overwrite_a_newer_one(city, draft):
    edit(city, draft, "notice", {"working_days": 7, "answer_working_days": 5})
    response = edit(city, draft, "notice", {"working_days": 9, "answer_working_days": 5})

    assert "刚刚被别人修改过" in response.content.decode()
    assert fresh(draft).plan.notice.working_days == 7


def test_a_wrong_value_comes_back_with_its_sentence(city, draft):
    response = edit(city, draft, "approval", {"approval_from": "2031-05-01", "approval_until": "2031-04-01"})

    assert response.status_code == 422
    assert "有效期止不能早于有效期起" in response.content.decode()
    assert fresh(draft).approval_until is None


def test_disciplines_can_be_renamed_added_and_taken_out(city, draft):
    known = draft.plan.disciplines[:3]
    lines = [{"code": d.code, "name": d.name, "name_en": d.name_en, "stages": list(d.stages)} for d in known]
    lines[0]["name"] = "物质科学与技术"
    lines[1]["DELETE"] = "on"
    lines.append({"code": "", "name": "人工智能", "name_en": "AI", "stages": ["senior"]})

    response = edit(city, draft, "divisions", rows("rows", lines, 3))

    assert response.status_code == 302
    assert [(d.code, d.name) for d in fresh(draft).plan.disciplines] == [
        (known[0].code, "物质科学与技术"), (known[2].code, known[2].name), ("D1", "人工智能"),
    ]  # fmt: skip
    assert fresh(draft).plan.disciplines[0].near == known[0].near


def test_prizes_are_written_as_percentages(city, draft):
    lines = [
        {"code": "first", "name": "一等奖", "name_en": "", "share": "20"},
        {"code": "second", "name": "二等奖", "name_en": "", "share": "80"},
    ]

    edit(city, draft, "prizes", {"cap": "50", "tie_break": ["innovation"], **rows("rows", lines, 2)})

    plan = fresh(draft).plan.prizes
    assert ([prize.share for prize in plan.prizes], plan.cap, plan.tie_break) == ([0.2, 0.8], 0.5, ("innovation",))


def test_prizes_that_do_not_add_up_stand_at_the_top_of_the_page(city, draft):
    edit(
        city,
        draft,
        "prizes",
        {"cap": "50", **rows("rows", [{"code": "first", "name": "一等奖", "name_en": "", "share": "30"}], 1)},
    )

    page = city.get(reverse("call_edit", args=[draft.slug, "prizes"])).content.decode()
    assert "合计应为 100%，现在是 30%" in page


def test_steps_keep_the_city_time(city, draft):
    lines = [{"code": step.code, "name": step.name, "opens_at": "", "closes_at": ""} for step in draft.plan.steps]
    lines[0] |= {"opens_at": "2031-03-01T08:00", "closes_at": "2031-04-01T18:00"}

    edit(city, draft, "steps", rows("rows", lines, len(lines)))

    step = fresh(draft).plan.step("apply")
    assert (step.opens_at, step.closes_at) == ("2031-03-01T08:00:00+08:00", "2031-04-01T18:00:00+08:00")
    assert fresh(draft).closes_at.isoformat() == "2031-04-01T10:00:00+00:00"


@pytest.mark.parametrize(
    ("sentence", "complaint"),
    [("{names}的《{title}》荣获{prize}，{teacher}", "花括号里只能用"), ("{names}荣获{prize}", "正文里还缺 {title}")],
)
def test_certificate_text_names_only_what_is_filled_in(city, draft, sentence, complaint):
    response = edit(city, draft, "certificate", {"heading": "证书", "sentence": sentence, "number_prefix": "KC"})

    assert response.status_code == 422
    assert complaint in response.content.decode()


def test_certificate_preview_fills_in_sample_names(city, draft):
    response = city.post(
        reverse("call_certificate_preview", args=[draft.slug]),
        {"sentence": "{names}荣获{prize}"},
        headers={"HX-Request": "true"},
    )

    assert "陈晓晨、林一诺荣获一等奖" in response.content.decode()


def item(client, call, kind, holder, code, data, query=""):
    address = reverse("call_item", args=[call.slug, kind, holder, code])
    return client.post(f"{address}{query}", {"version": call.version, **data})


def test_a_choice_question_is_added_with_its_condition(city, draft):
    data = {
        "label": "实验室类型", "choices": "高校\n企业", "required_from": "submitted", "asked_after": "lab", "asked_when": "是",
        "stages": ["senior"], "hidden_when_blind": "on",
    }  # fmt: skip

    item(city, draft, "question", "process", "new", data, "?kind=choice")

    question = fresh(draft).plan.form[1].questions[-1]
    assert (question.kind, question.choices, question.show_if.question, question.show_if.values) == (
        "choice",
        ("高校", "企业"),
        "lab",
        ("yes",),
    )
    assert (question.stages, question.hidden_when_blind) == (("senior",), True)


def test_a_choice_question_needs_two_options(city, draft):
    response = item(
        city,
        draft,
        "question",
        "process",
        "new",
        {"label": "类型", "choices": "高校", "required_from": ""},
        "?kind=choice",
    )

    assert response.status_code == 422
    assert "选择题至少要有两个选项" in response.content.decode()
    assert fresh(draft).version == draft.version


def test_editing_a_question_keeps_what_its_form_does_not_show(city, draft):
    report = draft.plan.question("report")

    item(city, draft, "question", "files", "report", {
        "label": "研究报告（终稿）", "help": report.help, "file_types": ["pdf"], "max_megabytes": 20, "required_from": "submitted",
    })  # fmt: skip

    changed = fresh(draft).plan.question("report")
    assert (changed.label, changed.max_megabytes, changed.kind, changed.max_files) == (
        "研究报告（终稿）",
        20,
        "file",
        1,
    )


def test_items_move_and_go(city, draft):
    address = reverse("call_item_order", args=[draft.slug, "question", "work", "keywords"])

    city.post(address, {"do": "up"})
    first = [question.code for question in fresh(draft).plan.form[0].questions]
    city.post(address, {"do": "remove"})

    assert first[:2] == ["keywords", "kind"]
    assert "keywords" not in [question.code for question in fresh(draft).plan.questions()]


def test_anchors_of_a_criterion_are_lines(city, draft):
    data = {"name": "创新性", "points": "35", "help": "", "anchors": "28 突出\n0 不足\n14 一般"}

    item(city, draft, "criterion", "primary", "innovation", data)

    levels = fresh(draft).plan.rubrics[0].criteria[0].levels
    assert [(level.points, level.text) for level in levels] == [(28, "突出"), (14, "一般"), (0, "不足")]


@pytest.mark.parametrize(("anchors", "complaint"), [("很好", "应以分值开头"), ("90 突出", "应在 0 到 35 之间")])
def test_anchors_that_cannot_be_read_are_refused(city, draft, anchors, complaint):
    response = item(
        city, draft, "criterion", "primary", "innovation", {"name": "创新性", "points": "35", "anchors": anchors}
    )

    assert response.status_code == 422
    assert complaint in response.content.decode()


def test_a_round_and_a_pledge_are_added(city, draft):
    item(city, draft, "round", "-", "new", {
        "name": "复评", "kind": "scoring", "blind": "on", "reviews_per_entry": 5, "load_max": 30, "method": "trimmed", "spread_threshold": 12,
        "shortlist_share": 40, "weight": 0.5, "minutes_per_entry": 15, "assignment": "fair", "spread_most": 1, "samples": 0,
    })  # fmt: skip
    item(city, fresh(draft), "pledge", "-", "new", {"name": "肖像承诺", "text": "照片中的人都同意。"})

    plan = fresh(draft).plan
    assert (plan.rounds[-1].code, plan.rounds[-1].shortlist_share) == ("round1", 0.4)
    assert (plan.pledges[-1].name, plan.pledges[-1].asks_detail) == ("肖像承诺", False)


def test_every_kind_of_item_opens(city, draft):
    for kind, holder, code in (
        ("part", "-", "work"), ("question", "work", "origin"), ("rubric", "-", "primary"), ("criterion", "secondary", "process"),
        ("round", "-", "defence"), ("pledge", "-", "ai_use"), ("part", "-", "new"), ("rubric", "-", "new"),
    ):  # fmt: skip
        assert city.get(reverse("call_item", args=[draft.slug, kind, holder, code])).status_code == 200


@pytest.mark.parametrize(
    ("kind", "holder", "code"), [("strange", "-", "x"), ("question", "nowhere", "new"), ("question", "work", "nothing")]
)
def test_items_that_are_not_there_are_404(city, draft, kind, holder, code):
    assert city.get(reverse("call_item", args=[draft.slug, kind, holder, code])).status_code == 404


def test_publishing_without_approval_lists_what_is_missing(city, draft):
    page = city.get(reverse("call_publish", args=[draft.slug])).content.decode()
    response = city.post(reverse("call_publish", args=[draft.slug]))

    assert "没有批准文号，不能发布" in page
    assert reverse("call_edit", args=[draft.slug, "approval"]) in page
    assert response.status_code == 302
    assert fresh(draft).state == "draft"


def test_publishing_freezes_the_builder(city, scene):
    draft = a_call(scene.city, state="draft", year=2031, plan=a_dated_plan(), approval_number="粤教〔2026〕1号",
                   approval_from="2020-01-01", approval_until="2099-01-01")  # fmt: skip

    city.post(reverse("call_publish", args=[draft.slug]))
    response = edit(city, fresh(draft), "notice", {"working_days": 1, "answer_working_days": 1})

    assert fresh(draft).state == "published"
    assert "设置已冻结" in city.get(response["Location"], follow=True).content.decode()
    assert fresh(draft).plan.notice.working_days == 5


def test_a_step_may_only_be_extended_and_says_why(city, scene):
    address = reverse("call_extend", args=[scene.call.slug])

    earlier = city.post(address, {"step": "apply", "closes_at": "2020-01-01T00:00", "reason": "x"})
    silent = city.post(address, {"step": "apply", "closes_at": "2099-01-01T00:00", "reason": ""})
    later = city.post(address, {"step": "apply", "closes_at": "2099-01-01T00:00", "reason": "台风停课"})

    assert "只能延后，不能提前" in earlier.content.decode()
    assert silent.status_code == 422
    assert later["Location"] == reverse("office_call", args=[scene.call.slug])
    assert fresh(scene.call).plan.step("apply").closes_at.startswith("2099-01-01")
    assert AuditEntry.objects.filter(action="extend_step", reason="台风停课").count() == 1


def test_cancelling_asks_for_a_reason(city, scene):
    city.post(reverse("call_cancel", args=[scene.call.slug]), {"reason": ""})
    before = fresh(scene.call).state
    city.post(reverse("call_cancel", args=[scene.call.slug]), {"reason": "上级通知取消"})

    assert (before, fresh(scene.call).state) == ("published", "cancelled")


def test_only_a_published_call_is_closed(city, scene, draft):
    city.post(reverse("call_close", args=[draft.slug]))
    city.post(reverse("call_close", args=[scene.call.slug]))

    assert (fresh(draft).state, fresh(scene.call).state) == ("draft", "closed")


def test_a_district_may_read_but_not_build_the_city_s_call(scene):
    district = scene.client("district")

    response = district.post(reverse("call_cancel", args=[scene.call.slug]), {"reason": "x"})

    assert response.status_code == 403
    assert fresh(scene.call).state == "published"


def test_preview_shows_the_form_disabled_and_by_stage(city, draft):
    primary = city.get(reverse("call_preview", args=[draft.slug]) + "?stage=primary").content.decode()
    senior = city.get(reverse("call_preview", args=[draft.slug]) + "?stage=senior").content.decode()

    assert "<fieldset disabled" in primary
    assert ("查新报告" in primary, "查新报告" in senior) == (False, True)


@pytest.mark.parametrize("n", [1, 3])
def test_list_of_calls_costs_a_fixed_number_of_queries(scene, city, n, django_assert_num_queries):
    for _ in range(n - 1):
        a_call(scene.city, state="draft")

    with django_assert_num_queries(7):
        response = city.get(reverse("office_calls"))

    assert len(response.context["calls"]) == n

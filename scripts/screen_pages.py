"""Which pages `make screens` takes, of which object of the demo city, and what answers GET without being a page.

Every named address that answers GET stands in exactly one of the tables (tests/architecture/test_screens.py compares them with
the URLconf). An address that can be had of several objects is looked at for all of them; the picture is of the fullest.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

from django.urls import reverse

Places = Callable[[], Iterable[str]]
MOST = 4
"""Objects that are tried for one picture."""
OFFICES = ("city", "district", "school")
READERS = ("teacher", "school", "district", "city", "pupil-01", "guardian")


@dataclass(frozen=True)
class Stop:
    """`name` is that of the address; `of` tells pictures of one address apart. The first of `personas` who gets the page is in it."""

    name: str
    personas: tuple[str, ...] = ("city",)
    places: Places | None = None
    of: str = ""

    @property
    def label(self) -> str:
        return f"{self.name}-{self.of}" if self.of else self.name

    def addresses(self) -> list[str]:
        return list(islice(self.places(), MOST)) if self.places else [reverse(self.name)]


def _calls(name: str, query: str = "", **wanted: object) -> Places:
    """Of calls, the ones that have most in them first."""

    def places() -> Iterator[str]:
        from django.db.models import Count  # noqa: PLC0415 -- app ready

        from kechuang.engine.models import Call  # noqa: PLC0415 -- app ready

        for call in Call.objects.filter(**wanted).annotate(n=Count("applications")).order_by("-n"):
            yield reverse(name, args=[call.slug]) + query

    return places


def _rated() -> Iterator[str]:
    """Applications of calls whose form rates the items of the rubric, the ones to be scored first."""
    from kechuang.engine.models import Application  # noqa: PLC0415 -- app ready

    rows = Application.objects.exclude(state="draft").filter(call__programme_code="feature_schools")
    for found in rows.order_by("-state", "pk"):
        yield reverse("application_items", args=[found.public_id])


def _visited() -> Iterator[str]:
    from kechuang.engine.models import RoundEntry  # noqa: PLC0415 -- app ready

    for found in RoundEntry.objects.filter(round__call__programme_code="feature_schools").order_by("pk"):
        yield reverse("visit", args=[found.pk])


def _registers() -> Iterator[str]:
    from kechuang.engine.honours.queries import granting  # noqa: PLC0415 -- app ready

    for code in granting():
        yield reverse("register", args=[code])


def _honours(name: str) -> Places:
    """The ones that most has happened to first."""

    def places() -> Iterator[str]:
        from django.db.models import Count  # noqa: PLC0415 -- app ready

        from kechuang.engine.models import Honour  # noqa: PLC0415 -- app ready

        for found in Honour.objects.annotate(n=Count("events")).order_by("-n", "pk"):
            yield reverse(name, args=[found.programme_code, found.number] if name == "honour" else [found.number])

    return places


def _fullest_schools() -> Iterator[str]:
    from django.db.models import Count  # noqa: PLC0415 -- app ready

    from kechuang.engine.models import Honour  # noqa: PLC0415 -- app ready

    rows = Honour.objects.order_by().values("org__code").annotate(n=Count("pk")).order_by("-n", "org__code")
    for row in rows:
        yield reverse("school", args=[row["org__code"]])


def _rounds(name: str, **wanted: object) -> Places:
    def places() -> Iterator[str]:
        from kechuang.engine.models import ReviewRound  # noqa: PLC0415 -- app ready

        for found in ReviewRound.objects.filter(**wanted).select_related("call").order_by("call__year", "-number"):
            yield reverse(name, args=[found.call.slug, found.code])

    return places


def _rows(name: str, model: str, *fields: str, order: str = "-pk", query: str = "", **wanted: object) -> Places:
    """Of the rows of a model, with these fields as arguments; what begins with "=" stands for itself."""

    def places() -> Iterator[str]:
        from django.apps import apps  # noqa: PLC0415 -- app ready

        read = [field for field in fields if not field.startswith("=")]
        rows = apps.get_model(model)._base_manager.filter(**wanted).order_by(order)
        for row in rows.values_list(*read).distinct():
            values = iter(row)
            yield reverse(name, args=[f[1:] if f.startswith("=") else next(values) for f in fields]) + query

    return places


def _at(name: str, *arguments: str, query: str = "") -> Places:
    return lambda: [reverse(name, args=arguments) + query]


def _compared() -> Iterator[str]:
    from kechuang.engine.models import Application, Call  # noqa: PLC0415 -- app ready

    for call in Call.objects.order_by("year"):
        ids = Application.objects.filter(call=call).exclude(state="draft").values_list("public_id", flat=True)[:3]
        yield reverse("office_compare", args=[call.slug]) + "?" + "&".join(f"id={pk}" for pk in ids)


def _moves(*names: str) -> Places:
    def places() -> Iterator[str]:
        from kechuang.engine.models import Application  # noqa: PLC0415 -- app ready

        for state, move in (("submitted", names[0]), ("endorsed", names[-1])):
            for public_id in Application.objects.filter(state=state).values_list("public_id", flat=True)[:3]:
                yield reverse("application_move", args=[public_id, move])

    return places


APPLICATION = ("engine.Application", "public_id")
CONTEST = {"call__programme_code": "innovation_contest"}
TAUGHT = {"advisers__person__user__username": "teacher"}
AUDIENCES = ("pupil", "guardian", "teacher", "school", "district", "city", "expert", "privacy", "accessibility")
SECTIONS = ("basics", "kind", "approval", "who", "divisions", "words", "form", "pledges", "steps", "rubrics", "rounds", "prizes", "honour", "duties", "notice", "certificate")  # fmt: skip
ITEMS = (("question", "work", "kind"), ("round", "-", "preliminary"), ("pledge", "-", "originality"))

PUBLIC_PAGES = (
    Stop("home", ("",)),
    Stop("home", ("teacher",), of="teacher"),
    Stop("calls", ("",)),
    Stop("call", ("",), _calls("call", state="published"), of="open"),
    Stop("call", ("",), _calls("call", state="closed"), of="over"),
    Stop("application_items", ("district",), _rated),
    Stop("visit", ("city",), _visited),
    Stop("registers", ("",)),
    Stop("register", ("",), _registers),
    Stop("honour", ("",), _honours("honour")),
    Stop("partner_circle", ("",), _rows("partner_circle", "engine.Agreement", "partner__code")),
    Stop("notices", ("",)),
    Stop("notice", ("",), _rows("notice", "engine.PublicNotice", "number")),
    Stop("object", ("",), _rows("object", "engine.PublicNotice", "number")),
    Stop("follow_objection", ("",)),
    Stop("objection_receipt", ("objector",)),
    Stop("works", ("",)),
    Stop("works", ("",), _at("works", query="?q=水质"), of="search"),
    Stop("works", ("",), _at("works", query="?q=火星殖民"), of="nothing"),
    Stop("work", ("",), _rows("work", "engine.Work", "slug", order="pk")),
    Stop("showcase", ("",)),
    Stop("showcase", ("",), _at("showcase", query="?map=works"), of="map"),
    Stop("cases", ("",)),
    Stop("case", ("",), _rows("case", "engine.Case", "slug", order="pk", hidden_at=None)),
    Stop(
        "case",
        ("teacher",),
        _rows("case", "engine.Case", "slug", order="pk", hidden_at=None, adoptions__person__user__username="teacher"),
        of="teacher",
    ),
    Stop("my_cases", ("teacher",)),
    Stop(
        "case_version",
        ("teacher",),
        _rows("case_version", "engine.Case", "slug", application__person__user__username="teacher"),
    ),
    Stop("showcase_search", ("",), _at("showcase_search", query="?q=示范")),
    Stop("shelf", ("",), _rows("shelf", "engine.Shelf", "slug", is_public=True)),
    Stop("embed", ("",), _at("embed", "works")),
    Stop("embed", ("",), _at("embed", "cases"), of="cases"),
    Stop("schools", ("",)),
    Stop("school", ("",), _fullest_schools),
    Stop("verify", ("",)),
    Stop("certificate", ("",), _rows("certificate", "engine.Certificate", "code", order="pk")),
    Stop("help", ("",)),
    *(Stop("help", ("",), _at("help", page), of=page) for page in AUDIENCES),
    Stop("components", ("",)),
)
OWN_PAGES = (
    Stop("account_login", ("",)),
    Stop("picture_sign_in", ("",)),
    Stop("link", ("",)),
    Stop("account_inactive", ("",)),
    Stop("account_change_password", ("teacher",)),
    Stop("account_reauthenticate", ("system+",)),
    Stop("mfa_index", ("system",)),
    Stop("mfa_authenticate", ("system-",)),
    Stop("mfa_reauthenticate", ("system",)),
    Stop("mfa_activate_totp", ("teacher+",)),
    Stop("mfa_deactivate_totp", ("system+",)),
    Stop("mfa_view_recovery_codes", ("system+",)),
    Stop("mfa_generate_recovery_codes", ("system+",)),
    Stop("mfa_add_webauthn", ("teacher+",)),
    Stop("usersessions_list", ("teacher",)),
    Stop("delegations", ("teacher", "school")),
    Stop("me", ("teacher",)),
    Stop("reminders", ("teacher",)),
    Stop("inbox", ("teacher",)),
    Stop("inbox", ("partner",), of="empty"),
)
DESKS = tuple(
    Stop("desk", (who,), of=who)
    for who in ("pupil-01", "guardian", "teacher", "school", "head", "district", "city", "expert", "inspector", "partner", "system", "security", "auditor")
)  # fmt: skip
APPLICANT_PAGES = (
    Stop("begin", ("teacher", "pupil-01"), _calls("begin", state="published")),
    Stop("applications", ("teacher",)),
    Stop("applications", ("guardian",), of="guardian"),
    Stop("application", ("teacher",), _rows("application", *APPLICATION, state="draft", **TAUGHT), of="draft"),
    Stop("application", ("teacher",), _rows("application", *APPLICATION, state="endorsed", **TAUGHT), of="sent"),
    Stop("application", ("city",), _rows("application", *APPLICATION, state="awarded"), of="awarded"),
    Stop("application", ("school",), _rows("application", *APPLICATION, state="submitted", **CONTEST), of="school"),
    Stop("application_edit", ("teacher",), _rows("application_edit", *APPLICATION, state="draft", **TAUGHT)),
    Stop("application_preview", ("teacher",), _rows("application_preview", *APPLICATION, state="draft", **TAUGHT)),
    Stop("application_review", ("teacher",), _rows("application_review", *APPLICATION, state="draft", **TAUGHT)),
    Stop("application_sent", ("teacher",), _rows("application_sent", *APPLICATION, state__in=("submitted", "endorsed"), **TAUGHT)),
    Stop("application_move", ("school", "district"), _moves("return", "recommend")),
    Stop("defence_slip", ("teacher", "bao_an", "city"), _rows("defence_slip", *APPLICATION, state__in=("in_defence", "awarded"), **CONTEST)),
    Stop("result", ("teacher", "city"), _rows("result", *APPLICATION, state="awarded", **CONTEST)),
    Stop("guardian", ("guardian",)),
    Stop("guardian_join", ("",)),
    Stop("own_collection", ("pupil-01",), _rows("own_collection", "orgs.Person", "public_id", user__username="pupil-01")),
    Stop("consent", ("guardian",), _rows("consent", "orgs.Person", "public_id", "=entering", user__username="pupil-01")),
)  # fmt: skip
OFFICE_PAGES = (
    Stop("office_calls"),
    Stop("office_calls", ("school",), of="school"),
    Stop("call_new"),
    *(Stop("office_call", (who,), _calls("office_call"), of=who) for who in OFFICES),
    Stop("office_call", ("city",), _calls("office_call", state="published"), of="open"),
    Stop("call_preview", ("city",), _calls("call_preview", state="draft")),
    Stop("call_publish", ("city",), _calls("call_publish", state="draft")),
    Stop("call_extend", ("city",), _calls("call_extend", state="published")),
    *(
        Stop("call_edit", ("city",), _rows("call_edit", "engine.Call", "slug", f"={part}", state="draft"), of=part)
        for part in SECTIONS
    ),
    *(
        Stop("call_item", ("city",), _rows("call_item", "engine.Call", "slug", *(f"={part}" for part in item), state="draft"), of=item[0])
        for item in ITEMS
    ),
    Stop("quotas", ("city",), _calls("quotas")),
    Stop("certificate_design", ("city",), _calls("certificate_design", state="draft")),
    Stop("certificate_design", ("city",), _calls("certificate_design", state="closed"), of="over"),
    Stop("seals", ("city",)),
    Stop("recognition_new", ("city",)),
    Stop("call_templates", ("city",)),
    Stop("call_template_save", ("city",), _calls("call_template_save", state="published")),
    *(Stop("office_applications", (who,), _calls("office_applications", "?sort=-sent"), of=who) for who in OFFICES),
    Stop("office_applications", ("city",), _calls("office_applications", "?q=没有这样的作品"), of="nothing"),
    Stop("office_acts", ("school", "city"), _calls("office_acts")),
    Stop("office_act", ("school",), _rows("office_act", "engine.BulkAct", "call__slug", "public_id")),
    Stop("office_decisions", OFFICES, _calls("office_decisions")),
    Stop("office_compare", ("city",), _compared),
    Stop("my_classes", ("teacher", "school", "head")),
    Stop("people", ("school",)),
    Stop("person_new", ("school",)),
    Stop("slips", ("school",)),
    Stop("person", ("school",), _rows("person", "orgs.Person", "public_id", user__username__in=("pupil-01", "teacher"))),
    Stop("orgs", ("city",)),
    Stop("org_new", ("city",)),
    Stop("org", ("city",), _rows("org", "orgs.Org", "code", order="pk", kind__in=("district", "school"))),
    Stop("org_edit", ("city",), _rows("org_edit", "orgs.Org", "code", kind="school")),
    *(
        Stop("org_change", ("city",), _rows("org_change", "orgs.Org", "code", f"={change}", kind="school"), of=change)
        for change in ("rename", "merge", "close")
    ),
    Stop("rosters", ("school",)),
    Stop("roster", ("school",), _rows("roster", "orgs.RosterUpload", "public_id")),
)  # fmt: skip
ROUND_PAGES = (
    Stop("experts"),
    Stop("expert_new"),
    Stop("expert_upload"),
    Stop("expert_take", ("importer",)),
    Stop("expert", ("city",), _rows("expert", "engine.Reviewer", "pk", order="pk")),
    Stop("round", ("district",), _rounds("round", state="open"), of="open"),
    Stop("round", ("city", "district"), _rounds("round"), of="over"),
    Stop("round_live", ("district", "city"), _rounds("round_live", state="open")),
    Stop("round_invite", ("district",), _rounds("round_invite", state="open")),
    Stop("conflicts", ("district", "city"), _rounds("conflicts")),
    Stop("assignments", ("city", "district"), _rounds("assignments")),
    Stop("round_entry", ("city",), _rows("round_entry", "engine.RoundEntry", "round__call__slug", "round__code", "alias", order="pk")),
    Stop("panels", ("city", "district"), _rounds("panels", code="defence")),
    Stop("panel_new", ("bao_an", "city"), _rounds("panel_new", code="defence")),
    Stop("panel", ("bao_an", "city"), _rows("panel", "engine.Panel", "round__call__slug", "round__code", "pk")),
    Stop("timetable", ("bao_an", "city"), _rounds("timetable", code="defence")),
    Stop("judge_sheets", ("bao_an", "city"), _rounds("judge_sheets", code="defence")),
    Stop("defence_slips", ("bao_an", "city"), _rounds("defence_slips", code="defence")),
    Stop("door_lists", ("bao_an", "city"), _rounds("door_lists", code="defence")),
    Stop("defence_board", ("bao_an", "city"), _rounds("defence_board", code="defence")),
    Stop("defence_day", ("bao_an", "city"), _rounds("defence_day", code="defence")),
    Stop("slot", ("bao_an", "city"), _rows("slot", "engine.DefenceSlot", "panel__round__call__slug", "panel__round__code", "pk")),
)  # fmt: skip
OUTCOME_PAGES = (
    Stop("ranking", ("city",), _rounds("ranking")),
    Stop("sensitivity", ("city",), _rows("sensitivity", "engine.RankingRecord", "round__call__slug", "round__code", "pk")),
    Stop("decision", ("city",), _rounds("decision")),
    Stop("decision_record", ("city",), _rows("decision_record", "engine.Decision", "round__call__slug", "round__code", "pk")),
    Stop("office_honours", ("city",)),
    Stop("office_honour", ("city",), _honours("office_honour")),
    Stop("partnership", ("partner",), _rows("partnership", "engine.Partnership", "public_id", order="pk", state="asked")),
    Stop("agreement", ("partner", "city"), _rows("agreement", "engine.Agreement", "number")),
    Stop("reports", ("city", "school")),
    Stop("report", ("city",), _rows("report", "engine.Report", "public_id", state="submitted")),
    Stop("report_edit", ("school", "partner"), _rows("report_edit", "engine.Report", "public_id", order="due_on", state__in=("due", "returned"))),
    Stop("subsidies", ("city",)),
    Stop("spot_checks", ("city",)),
    Stop("spot_draw", ("city",), _rows("spot_draw", "engine.Draw", "public_id")),
    Stop("spot_check", ("city",), _rows("spot_check", "engine.SpotCheck", "draw__public_id", "pk", order="result")),
    Stop("studio_invitation", ("teacher",), _rows("studio_invitation", "engine.StudioMember", "public_id", person__user__username="teacher")),
    Stop("office_notices", ("city",)),
    Stop("office_notice", ("city", "long_hua"), _rows("office_notice", "engine.PublicNotice", "number")),
    Stop("notice_preview", ("city", "long_hua"), _rows("notice_preview", "engine.PublicNotice", "number")),
    Stop("objections", ("long_hua", "city2")),
    Stop("objection", ("long_hua", "city2"), _rows("objection", "engine.Objection", "number"), of="new"),
    Stop("objection_letter", ("city2", "city"), _rows("objection_letter", "engine.Objection", "number")),
    Stop("ceremony", ("city",), _calls("ceremony")),
    Stop("awards", ("city",), _calls("awards")),
    *(
        Stop(name, ("city",), _rows(name, "engine.Certificate", "award__call__slug", "pk"))
        for name in ("office_certificate", "certificate_correct", "award_revoke")
    ),
    Stop("curate", ("city",), _calls("curate")),
    Stop("office_cases", ("city",), _calls("office_cases", programme_code="course_cases")),
    Stop("similarity", ("city",), _calls("similarity", programme_code="course_cases")),
    Stop("application_similarity", ("city",), _rows("application_similarity", "engine.SimilarityReport", "application__public_id", order="-share")),
    Stop("shelves", ("city",)),
    Stop("shelf_new", ("city",)),
    Stop("shelf_edit", ("city",), _rows("shelf_edit", "engine.Shelf", "slug", query="?q=示范")),
)  # fmt: skip
GUEST = {"pool_member__programme_code": "guest_engineers"}
VISIT_PAGES = (
    Stop("pool", ("school",), _at("pool", "guest_engineers")),
    Stop("pool_member", ("school",), _rows("pool_member", "engine.Honour", "=guest_engineers", "number", order="pk", state="valid", **GUEST)),
    Stop("pool_card", ("engineer",), _at("pool_card", "guest_engineers")),
    Stop("guest_visits", ("school",)),
    Stop("guest_visits", ("engineer",), of="engineer"),
    Stop("guest_visit", ("engineer",), _rows("guest_visit", "engine.GuestVisit", "public_id", state="invited"), of="asked"),
    Stop("guest_visit", ("school",), _rows("guest_visit", "engine.GuestVisit", "public_id", state="done"), of="done"),
    Stop("office_pool", ("city",), _at("office_pool", "guest_engineers")),
    Stop("office_pool_person", ("city",), _rows("office_pool_person", "engine.PoolMember", "=guest_engineers", "person__public_id", order="pk")),
)  # fmt: skip
STAR_PAGES = (
    Stop("round_marks", ("city",), _rounds("round_marks", code="test")),
    Stop("round_marks_upload", ("city",), _rounds("round_marks_upload", code="test")),
    Stop("talent_file", ("guardian",), _rows("talent_file", "orgs.Person", "public_id", user__username="pupil-01")),
    Stop("talent_search", ("city",)),
)
EXPERT_PAGES = (
    Stop("reviews", ("expert",)),
    Stop("declare", ("expert",), _rows("declare", "engine.ReviewRound", "pk")),
    Stop("chair_round", ("expert",), _rows("chair_round", "engine.ReviewRound", "pk", round_reviewers__is_chair=True, round_reviewers__reviewer__person__user__username="expert")),
    Stop("chair_judges", ("expert",), _rows("chair_judges", "engine.ReviewRound", "pk", order="pk")),
    Stop("chair_judge", ("expert",), _rows("chair_judge", "engine.RoundReviewer", "round", "reviewer", order="pk")),
    Stop("own_room", ("expert",), _rows("own_room", "engine.Panel", "pk")),
    Stop("consistency", ("expert",), _rows("consistency", "engine.ReviewRound", "pk")),
    Stop("score", ("expert",), _rows("score", "engine.Assignment", "pk", reviewer__person__user__username="expert", state="assigned"), of="new"),
    Stop("score", ("expert",), _rows("score", "engine.Assignment", "pk", reviewer__person__user__username="expert", state="submitted"), of="sent"),
)  # fmt: skip
OPERATOR_PAGES = (
    Stop("support", ("system",)),
    Stop("support_office", ("city", "school")),
    Stop("jobs", ("system",)),
    Stop("job", ("system",), _rows("job", "base.Job", "public_id")),
    Stop("audit", ("auditor",)),
    Stop("transfers", ("school", "district", "city")),
    Stop("transfer_new", ("school",)),
    Stop("privacy"),
    Stop("exports"),
    Stop("export_new"),
    Stop("requests"),
    Stop("seen_lookup", ("auditor",)),
    Stop("audit_pack", ("auditor",)),
    Stop("retention"),
    Stop("consent_texts"),
    Stop("holidays", ("system", "city")),
)
STOPS: tuple[Stop, ...] = (
    *PUBLIC_PAGES, *OWN_PAGES, *DESKS, *APPLICANT_PAGES, *OFFICE_PAGES, *ROUND_PAGES, *OUTCOME_PAGES, *VISIT_PAGES, *STAR_PAGES, *EXPERT_PAGES, *OPERATOR_PAGES,
)  # fmt: skip

DOWNLOADS = {
    "own_copy": "ZIP", "learner_record": "a credential", "export_file": "Excel", "audit_pack_file": "PDF or Excel",
    "application_receipt": "PDF", "file": "a file", "review_file": "a file", "objection_evidence": "a file", "certificate_pdf": "PDF",
    "office_certificate_pdf": "PDF", "certificate_sample": "PDF", "seal_image": "picture", "result_certificate": "PDF", "quota_sheet": "Excel", "office_sheet": "Excel",
    "office_act_file": "Excel", "roster_template": "Excel", "roster_back": "Excel", "ranking_sheet": "Excel", "decision_sheet": "Excel", "certificates_sheet": "Excel", "subsidy_sheet": "Excel",
    "expert_template": "Excel", "expert_sheet": "Excel", "expert_refused": "Excel", "mfa_download_recovery_codes": "text", "calendar_feed": "iCalendar",
    "call_dates": "iCalendar", "guest_visit_calendar": "iCalendar", "round_marks_sheet": "Excel", "round_marks_refused": "Excel", "defence_calendar": "iCalendar", "timetable_calendar": "iCalendar", "office_csv": "CSV", "api_document": "JSON",
    "api_calls": "JSON", "api_call": "JSON", "api_works": "JSON", "api_work": "JSON", "api_certificate": "JSON", "api_register": "JSON",
    "api_my_applications": "JSON", "api_my_deadlines": "JSON", "certificate_credential": "a credential", "status_list": "a credential", "did_document": "JSON",
    "file_picture": "picture", "mfa_login_webauthn": "JSON", "call_card": "picture", "work_card": "picture", "work_cover": "picture", "shelf_card": "picture", "school_card": "picture", "case_card": "picture", "case_cover": "picture", "calls_feed": "RSS", "notices_feed": "RSS",
    "works_feed": "RSS", "cases_feed": "RSS", "shelves_feed": "RSS", "city_calendar": "iCalendar", "sitemap": "XML", "robots": "text", "metrics": "text", "healthz": "JSON", "readyz": "JSON", "session": "JSON",
}  # fmt: skip
REDIRECTS = {
    "round_marks_take": "to the upload, while no file waits",
    "office_pools": "to the first pool",
    "pool_stop": "to the person",
    "certificates_bundle": "to asking for an export",
    "application_submit": "to the check before sending",
    "office": "to the desk",
    "message": "to what the message is about",
    "office_neighbour": "to the next entry of a list",
    "account_logout": "to the home page; signing out is a button",
    "openid_connect_callback": "back from the city's identity provider, to the desk or to the sign-in page",
    "cas_callback": "the same for CAS",
    "wecom_callback": "the same for WeCom",
    "dingtalk_callback": "the same for DingTalk",
}
FRAGMENTS = {
    "application_progress": "part of application_edit",
    "application_people": "choices of application_edit",
    "application_disciplines": "choices of application_edit",
    "application_files": "part of application_edit",
    "report_files": "part of report_edit",
    "awards_progress": "part of awards",
}
WITH_A_KEY = {
    "own_seen": "the number of a child",
    "collection": "an address that only its owner knows",
    "own_requests": "the number of a child",
    "export": "the number of an export",
    "request": "the number of a request",
    "transfer": "the number of a transfer",
    "retention_run": "the number of a run",
    "consent_text": "a purpose",
    "mfa_remove_webauthn": "stops a passkey",
    "mfa_reauthenticate_webauthn": "asks for a passkey",
}
"""Pages that only whoever holds a real passkey gets; their tests bring one."""

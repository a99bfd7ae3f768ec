"""What the demo city lacks for some pages: done here by the same actions and forms as on the pages. Also who is signed in how."""

import re
from io import StringIO

from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

ACCOUNTS = "kechuang.orgs.signin.accounts.Accounts"
DISTRICTS = {"bao_an": "440306", "long_hua": "440307"}


def _person(username: str):
    from kechuang.orgs.models import Membership, User  # noqa: PLC0415 -- app ready

    if username in DISTRICTS:
        row = Membership.objects.filter(org__code=DISTRICTS[username], role="district_officer", until=None).first()
        return row.person.user
    return User.objects.get(username=username)


def session_of(persona: str) -> str:
    """The session cookie of a persona. "name+" has just given password and code, "name-" the password alone; some have a story."""
    client = Client(headers={"host": "127.0.0.1"})
    if persona in STORIES:
        STORIES[persona](client)
    elif persona.endswith(("+", "-")):
        _sign_in(client, persona[:-1], with_code=persona.endswith("+"))
    else:
        client.force_login(_person(persona), backend=ACCOUNTS)
    return client.cookies["sessionid"].value


def _sign_in(client: Client, username: str, *, with_code: bool) -> None:
    """By the pages of sign-in; with the code also past the page that asks for the password again."""
    from django.test import override_settings  # noqa: PLC0415 -- app ready

    from kechuang.console.demo.personas import PASSWORD  # noqa: PLC0415 -- app ready

    with override_settings(TOTP_ROLES=["system_admin"]):
        client.post(reverse("account_login"), {"login": username, "password": PASSWORD})
        if with_code and username == "system":
            client.post(reverse("mfa_authenticate"), {"code": _code(username)})
    if with_code:
        client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
        client.post(reverse("mfa_generate_recovery_codes"))


def _code(username: str) -> str:
    from django.core.management import call_command  # noqa: PLC0415 -- app ready

    out = StringIO()
    call_command("totp", username, stdout=out)
    return re.search(r"\d{6}", out.getvalue()).group()


def _object(client: Client) -> None:
    """Somebody who has just objected, with the receipt not yet read."""
    from kechuang.engine.models import PublicNotice  # noqa: PLC0415 -- app ready

    notice = PublicNotice.objects.filter(state="open").latest("pk")
    address = reverse("object", args=[notice.number])
    page = client.get(address).content.decode()
    token = re.search(r'name="token"[^>]*value="([^"]*)"', page)
    client.post(address, {
        "application": notice.lines.exclude(application=None).first().application_id, "name": "演示人", "document_no": "11010519491231002X",
        "unit": "演示单位", "phone": "13800000000", "signed": "on", "statement": "实验数据与公开论文中的表格逐项相同，请核查。",
        "token": token.group(1) if token else "",
    })  # fmt: skip


def _import_experts(client: Client) -> None:
    """An officer who has just sent a table of experts."""
    client.force_login(_person("city"), backend=ACCOUNTS)
    table = "姓名,登录名,专业领域,学段,工作单位,职称\n王研究员,wang.yj,物理学、工程学,小学、初中,示范大学,研究员\n钱工,qian.g,魔法学,高中,示范企业,工程师\n"
    client.post(reverse("expert_upload"), {"file": SimpleUploadedFile("专家.csv", table.encode())})


STORIES = {"objector": _object, "importer": _import_experts}


def prepare() -> None:
    """A call being written, a roster in preview, a bulk act to confirm, an answered objection, a chair with a judge to look at."""
    from kechuang.base.jobs import run_pending_jobs  # noqa: PLC0415 -- app ready
    from kechuang.engine.applications.bulk import prepare_bulk, steps_for  # noqa: PLC0415 -- app ready
    from kechuang.engine.models import Application, RankingRecord, Reviewer, RoundReviewer  # noqa: PLC0415 -- app ready
    from kechuang.orgs.actions.rosters.upload import upload_roster  # noqa: PLC0415 -- app ready
    from kechuang.orgs.actor import Actor  # noqa: PLC0415 -- app ready

    school = Actor.of_person(_person("school").person)
    org = school.memberships[0].org
    table = "姓名,年级,班级,出生日期\n周小舟,7,1班,2013-05-04\n郑一一,8,3班,2012-11-20\n,9,2班,2011-03-01\n"
    upload_roster("pupils", org, ContentFile(table.encode(), "初中名册.csv"), by=school, name="初中名册.csv")
    waiting = Application.objects.filter(org=org, state="submitted").select_related("call")
    prepare_bulk(waiting[0].call, steps_for([(row.pk, row.version) for row in waiting], "endorse"), by=school)
    expert = Reviewer.objects.get(person__user__username="expert")
    from kechuang.engine.decisions.sensitivity import analyse_ranking  # noqa: PLC0415 -- app ready

    for record in RankingRecord.objects.select_related("round__call").order_by("pk")[:2]:
        analyse_ranking(record, by=Actor.of_person(_person("city").person))
        RoundReviewer.objects.filter(round=record.round, is_chair=True).update(is_chair=False)
        RoundReviewer.objects.filter(round=record.round, reviewer=expert).update(is_chair=True)
    run_pending_jobs()
    _draft_call()
    _answer_objection()


def _draft_call() -> None:
    from kechuang.engine.models import Call  # noqa: PLC0415 -- app ready

    client = Client(headers={"host": "127.0.0.1"})
    client.force_login(_person("city"), backend=ACCOUNTS)
    past = Call.objects.filter(org__kind="city").order_by("year").first()
    client.post(reverse("call_clone", args=[past.slug]))


def _answer_objection() -> None:
    """The demo's objection, taken on and answered by the other office."""
    from kechuang.engine.models import Objection  # noqa: PLC0415 -- app ready
    from kechuang.engine.publicity.actions import decide_objection, take_objection  # noqa: PLC0415 -- app ready
    from kechuang.orgs.actor import Actor  # noqa: PLC0415 -- app ready

    found = Objection.objects.order_by("pk").first()
    if found is not None:
        by = Actor.of_person(_person("city2").person)
        decide_objection(
            take_objection(found, by=by),
            finding="经调阅研究日志和原始照片，照片由该队学生于校内拍摄，异议不成立。",
            effect="keep",
            by=by,
        )

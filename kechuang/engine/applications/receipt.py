"""申报回执: what the team sent, when, under which number, with the digest of every file as it was received."""

from pathlib import Path
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from kechuang.base import clock
from kechuang.base.errors import Refused
from kechuang.base.pdf import render
from kechuang.engine.applications.models import Application
from kechuang.engine.programme.codec import digest
from kechuang.orgs.enums import Stage

TEMPLATE = Path(__file__).parent / "templates" / "receipt.typ"


def receipt_pdf(application: Application) -> bytes:
    """The receipt of a submitted application as PDF; the same application gives the same bytes."""
    if not application.receipt_no or application.submitted_at is None:
        raise Refused(_("这份申报还没有提交，没有回执。请先提交。"))
    return render(TEMPLATE, receipt_page(application), made_at=application.submitted_at)


def receipt_page(application: Application) -> dict[str, Any]:
    """The words of the receipt, in the reader's language."""
    assert application.submitted_at, "a receipt is of what was submitted"
    submitted = date_format(clock.local(application.submitted_at), "Y-m-d H:i:s")
    return {
        "heading": _("申报回执"),
        "number_label": _("受理号"),
        "receipt_no": application.receipt_no,
        "intro": _("您的申报已经收到。请保存这份回执；查询和联系时请报受理号。"),
        "facts": [
            [_("申报"), application.call.title],
            [_("作品名称"), application.title],
            [_("学校"), application.org.name],
            [_("学段与学科"), _division(application)],
            [_("提交时间"), submitted],
            [_("内容校验码"), digest(application.answers)[:32]],
        ],
        "people_label": _("团队"),
        "people": _people(application),
        "files_label": _("附件（名称、大小、SHA-256 校验码）"),
        "files": _files(application),
        "next": _("接下来：%(then)s。进展会通知到您的账号，也可随时在“我的申报”里查看。")
        % {"then": _(application.then)},
        "footer": _("本回执由平台自动生成，仅证明已收到申报材料，不代表通过资格审查或获奖。"),
    }


def _division(application: Application) -> str:
    stage = Stage(application.stage).label if application.stage in Stage.values else application.stage
    names = {discipline.code: discipline.name for discipline in application.call.plan.disciplines}
    return " · ".join(
        str(part) for part in (stage, _(names.get(application.discipline, application.discipline))) if part
    )


def _people(application: Application) -> list[list[str]]:
    members = application.members.select_related("person", "school").order_by("order", "id")
    advisers = application.advisers.select_related("person").order_by("order", "id")
    rows = [[_("学生"), str(member.person), member.school.name] for member in members]
    return rows + [[_("指导教师"), str(adviser.person), ""] for adviser in advisers]


def _files(application: Application) -> list[list[str]]:
    attached = application.attachments.select_related("stored").order_by("question", "order", "id")
    return [[a.stored.name, f"{a.stored.size / 1024 / 1024:.2f} MB", a.stored.sha256] for a in attached]

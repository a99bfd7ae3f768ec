"""The own list: where each application stands, what is missing, and the one next step."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from kechuang.base import clock
from kechuang.engine.applications.models import Application
from kechuang.engine.applications.perform import takes_part
from kechuang.engine.applications.queries import Gap, gaps_of
from kechuang.engine.calls.rules import why_step_is_shut
from kechuang.orgs.actor import Actor


@dataclass(frozen=True)
class Row:
    application: Application
    missing: int
    next_step: str
    url: str
    label: str = ""
    due: datetime | None = None
    is_urgent: bool = False
    lacks: tuple[str, ...] = ()


def rows_of(applications: Any, actor: Actor) -> list[Row]:
    rows = list(applications)
    mine = [row for row in rows if row.is_editable and takes_part(actor, row)]
    missing = gaps_of(mine) if mine else {}
    found = [_row(row, missing.get(row.pk)) for row in rows]
    return [replace(row, lacks=tuple(gap.text for gap in missing.get(row.application.pk, []))) for row in found]


def _row(application: Application, missing: list[Gap] | None) -> Row:
    """`missing` is None where there is nothing for this person to fill in."""
    detail = reverse("application", args=[application.public_id])
    if missing is None:
        return Row(application, 0, _(application.then), detail)
    step = "screen" if application.state == "incomplete" else "apply"
    if shut := why_step_is_shut(application.call, step, clock.now()):
        return Row(application, 0, shut, detail)
    due = application.call.closes_at if step == "apply" else None
    if application.state in {"returned", "incomplete"}:
        words = _("已退回：请看理由，修改后重新提交。")
        return Row(
            application,
            len(missing),
            words,
            reverse("application_edit", args=[application.public_id]),
            _("看理由并修改"),
            due,
            True,
        )
    if missing and all(gap.section == "consent" for gap in missing):
        words = _("内容已填好，还差 %(n)s 份同意：请提醒监护人（或本人）登录同意，然后提交。") % {"n": len(missing)}
        url = reverse("application_review", args=[application.public_id])
        return Row(application, len(missing), words, url, _("看还差谁的同意"), due, True)
    if missing:
        words = _("还差 %(n)s 项，填好后提交。") % {"n": len(missing)}
        return Row(
            application,
            len(missing),
            words,
            reverse("application_edit", args=[application.public_id]),
            _("继续填写"),
            due,
            True,
        )
    url = reverse("application_review", args=[application.public_id])
    return Row(application, 0, _("内容已齐全，检查后提交。"), url, _("检查并提交"), due, True)

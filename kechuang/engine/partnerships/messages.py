"""Who is told of a question to a partner, of its answer, and of the end of an agreement."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as mark

from kechuang.base.messages import notify
from kechuang.orgs.models import Membership, Org
from kechuang.orgs.rules import roles_by_office

if TYPE_CHECKING:
    from kechuang.engine.partnerships.models import Agreement, Partnership
    from kechuang.orgs.actor import Actor

ASKED = mark("请答复：%(holder)s 请贵单位担任合作单位")
ASKED_WHY = mark(
    "“%(holder)s”请“%(partner)s”一起合作，期限 %(years)s 年：\n%(purpose)s\n\n请同意或说明不能合作的原因；对方在您同意之后才能提交申报。"
)
CONFIRMED = mark("%(partner)s 同意合作")
CONFIRMED_THEN = mark("“%(partner)s”同意与“%(holder)s”合作 %(years)s 年。现在可以提交申报。")
RENEWED_THEN = mark("“%(partner)s”同意与“%(holder)s”续签 %(years)s 年，新的协议接着上一份生效。")
DECLINED = mark("%(partner)s 不能合作")
DECLINED_WHY = mark("“%(partner)s”不能与“%(holder)s”合作：%(reason)s\n可以另请一个单位。")
WITHDRAWN = mark("%(holder)s 撤回了合作邀请")
ENDED = mark("合作协议 %(number)s 已提前终止")
ENDED_WHY = mark("“%(holder)s”与“%(partner)s”的合作协议 %(number)s 已提前终止：%(reason)s")
ENDING = mark("合作协议 %(number)s 将于 %(until)s 到期")
ENDING_WHAT = mark("“%(holder)s”与“%(partner)s”的合作协议 %(number)s 将于 %(until)s 到期。要继续合作，请由持有称号的单位请求续签，合作单位同意后接着生效。")  # fmt: skip


def office_users(org: Org) -> list[Any]:
    """The accounts of those who answer for an organisation."""
    held = Membership.objects.current().filter(
        org=org, role__in=roles_by_office("partnership.answer"), person__user__isnull=False
    )
    return [membership.person.user for membership in held.select_related("person__user")]


def _words(row: Partnership) -> dict[str, Any]:
    return {
        "holder": row.holder.name, "partner": row.partner.name, "years": row.years, "purpose": row.purpose, "reason": row.reason,
    }  # fmt: skip


def _said(sentence: str, words: dict[str, Any]) -> Any:
    return lambda: _(sentence) % words


def _tell(users: list[Any], kind: str, title: str, body: str, row: Partnership, by: Actor) -> None:
    words = _words(row)
    notify(
        users, f"partnership.{kind}", title=_said(title, words), body=_said(body, words),
        url=f"/partnerships/{row.public_id}/", about=row, by=by,
    )  # fmt: skip


def tell_asked(row: Partnership, by: Actor) -> None:
    _tell(office_users(row.partner), "asked", ASKED, ASKED_WHY, row, by)


def tell_answered(row: Partnership, by: Actor) -> None:
    title, body = (
        (DECLINED, DECLINED_WHY)
        if row.state == "declined"
        else (CONFIRMED, RENEWED_THEN if row.renews_id else CONFIRMED_THEN)
    )
    _tell(office_users(row.holder), row.state, title, body, row, by)


def tell_withdrawn(row: Partnership, by: Actor) -> None:
    _tell(office_users(row.partner), "withdrawn", WITHDRAWN, WITHDRAWN, row, by)


def _both(agreement: Agreement) -> list[Any]:
    return [*office_users(agreement.partner), *office_users(agreement.honour.org)]


def _facts(agreement: Agreement) -> dict[str, Any]:
    return {
        "holder": agreement.honour.name, "partner": agreement.partner.name, "number": agreement.number,
        "until": agreement.until.isoformat(), "reason": agreement.end_reason,
    }  # fmt: skip


def tell_ended(agreement: Agreement, by: Actor) -> None:
    words = _facts(agreement)
    notify(
        _both(agreement), "agreement.ended", title=_said(ENDED, words), body=_said(ENDED_WHY, words),
        url=f"/agreements/{agreement.number}/", about=agreement.honour, by=by,
    )  # fmt: skip


def tell_ending(agreement: Agreement) -> int:
    """Once for each agreement and each of its last days."""
    words = _facts(agreement)
    return notify(
        _both(agreement), "agreement.ending", title=_said(ENDING, words), body=_said(ENDING_WHAT, words),
        url=f"/agreements/{agreement.number}/", about=agreement.honour, once=f"agreement:{agreement.pk}:{agreement.until}",
    )  # fmt: skip

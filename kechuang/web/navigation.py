"""What stands at the top of every page: where this person works, their unread messages, their account."""

from functools import cache
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch, get_script_prefix, reverse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as _n

from kechuang.base.messages import unread_count
from kechuang.orgs.actor import Actor
from kechuang.orgs.enums import Role

PUBLIC_ITEMS = (
    ("calls", _n("申报通知")),
    ("notices", _n("公示公告")),
    ("works", _n("成果展示")),
    ("verify", _n("证书核验")),
    ("help", _n("帮助")),
)
OFFICE_ITEMS = (
    ("application.view", "office_calls", _n("申报"), "clipboard-list"),
    ("round.manage", "experts", _n("专家"), "users-group"),
    ("notice.publish", "office_notices", _n("公示"), "speakerphone"),
    ("objection.handle", "objections", _n("异议"), "message-circle"),
    ("roster.upload", "rosters", _n("名册"), "table-import"),
    ("person.view", "people", _n("人员"), "users"),
    ("org.view", "orgs", _n("机构"), "building-community"),
    ("job.view", "jobs", _n("后台任务"), "list-check"),
    ("audit.view", "audit", _n("审计"), "shield-check"),
    ("holiday.edit", "holidays", _n("节假日"), "calendar"),
)
"""Pages of an office: shown where the permission is held over some organisation."""
OWN_ITEMS = (
    (Role.PUPIL, "applications", _n("我的申报"), "clipboard-text"),
    (Role.TEACHER, "applications", _n("指导的申报"), "clipboard-text"),
    (Role.PARTNER_OFFICER, "applications", _n("我的申报"), "clipboard-text"),
    (Role.GUARDIAN, "guardian", _n("我的孩子"), "user-check"),
    (Role.EXPERT, "reviews", _n("评审"), "microscope"),
)
ACCOUNT_ITEMS = (
    ("me", _n("个人信息与登录"), "settings"),
    ("inbox", _n("消息"), "bell"),
    ("reminders", _n("提醒和日历"), "calendar"),
    ("help", _n("帮助"), "help"),
)


def address(name: str, *args: str) -> str:
    """The address of a page, or nothing while that face is not there. Each page asks for two dozen, so they are kept."""
    return _address(settings.ROOT_URLCONF, get_script_prefix(), name, args)


@cache
def _address(urlconf: str, prefix: str, name: str, args: tuple[str, ...]) -> str:
    try:
        return reverse(name, args=args)
    except NoReverseMatch:
        return ""


def nav(request: HttpRequest) -> dict[str, Any]:
    """Lazy, because a page that refuses early has no actor yet and error pages have none at all."""
    actor = getattr(request, "actor", None)
    if actor is None or actor.user is None:
        return {"nav": items_for_everybody(request), "sign_in_url": address("account_login"), "footer_links": footer()}
    return {
        "nav": items_of(actor, request.path),
        "inbox": {"url": address("inbox"), "unread": SimpleLazyObject(lambda: unread_count(actor.user))}
        if address("inbox")
        else None,
        "account": account(actor),
        "footer_links": footer(),
    }


def items_for_everybody(request: HttpRequest) -> list[dict[str, Any]]:
    wanted = [{"label": _(label), "url": address(name)} for name, label in PUBLIC_ITEMS]
    return [item | {"active": request.path.startswith(item["url"])} for item in wanted if item["url"]]


def items_of(actor: Actor, path: str) -> list[dict[str, Any]]:
    """The desk first, then what is one's own, then the pages of one's offices."""
    wanted = [("desk", _n("工作台"), "layout-dashboard")]
    wanted += [(name, label, icon) for role, name, label, icon in OWN_ITEMS if role in actor.roles]
    wanted += [(name, label, icon) for permission, name, label, icon in OFFICE_ITEMS if actor.paths(permission)]
    if len(wanted) < 4:
        wanted += [("calls", _n("申报通知"), "speakerphone"), ("works", _n("成果展示"), "photo")]
    found: dict[str, dict[str, Any]] = {}
    for name, label, icon in wanted:
        if url := address(name):
            found.setdefault(url, {"label": _(label), "url": url, "icon": icon, "active": path.startswith(url)})
    return _longest_active(list(found.values()))


def _longest_active(items: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """/office/ must not shine while one stands in /office/calls/."""
    lit = [item for item in items if item["active"]]
    longest = max((len(item["url"]) for item in lit), default=0)
    return [item | {"active": item["active"] and len(item["url"]) == longest} for item in items]


def account(actor: Actor) -> dict[str, Any]:
    offices = [m for m in actor.memberships if m.role not in {Role.PUPIL, Role.GUARDIAN}] or actor.memberships
    place = f"{offices[0].org.label} · {offices[0].get_role_display()}" if offices else ""
    links = [
        {"label": _(label), "url": url, "icon": icon} for name, label, icon in ACCOUNT_ITEMS if (url := address(name))
    ]
    return {"name": actor.name, "role": place, "links": links, "sign_out_url": address("account_logout")}


def footer() -> list[dict[str, str]]:
    wanted = (
        (address("help"), _("帮助")),
        (address("help", "privacy"), _("个人信息保护")),
        (address("help", "accessibility"), _("无障碍")),
        (address("follow_objection"), _("查询异议办理")),
    )
    return [{"url": url, "label": label} for url, label in wanted if url]

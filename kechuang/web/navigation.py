"""What stands at the top of every page: where this person works, their unread messages, their account."""

from collections.abc import Callable
from functools import cache, lru_cache
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch, get_script_prefix, reverse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as _n

from kechuang.base.messages import unread_count
from kechuang.orgs.actor import Actor
from kechuang.orgs.enums import Role
from kechuang.orgs.rules import BY_OFFICE

PUBLIC_ITEMS = (
    ("calls", _n("申报通知")),
    ("notices", _n("公示公告")),
    ("showcase", _n("成果展示")),
    ("registers", _n("荣誉名册")),
    ("verify", _n("证书核验")),
    ("help", _n("帮助")),
)
OFFICE_ITEMS = (
    ("application.view", "office_calls", _n("申报"), "clipboard-list"),
    ("round.manage", "experts", _n("专家"), "users-group"),
    ("showcase.edit", "shelves", _n("专题"), "layout-grid"),
    ("notice.publish", "office_notices", _n("公示"), "speakerphone"),
    ("objection.handle", "objections", _n("异议"), "message-circle"),
    ("talent.search", "talent_search", _n("英才档案"), "star"),
    ("vetting.record", "office_pools", _n("客座教师"), "presentation"),
    ("roster.upload", "rosters", _n("名册"), "table-import"),
    ("person.view", "people", _n("人员"), "users"),
    ("org.view", "orgs", _n("机构"), "building-community"),
    ("job.view", "jobs", _n("后台任务"), "list-check"),
    ("export.approve", "privacy", _n("个人信息"), "lock"),
    ("privacy.oversee", "privacy", _n("个人信息"), "lock"),
    ("audit.view", "audit", _n("审计"), "shield-check"),
    ("support.ask", "support", _n("技术支持"), "eye"),
    ("holiday.edit", "holidays", _n("节假日"), "calendar"),
)
"""Pages of an office: shown where the permission is held over some organisation."""
OWN_ITEMS = (
    (Role.PUPIL, "applications", _n("我的申报"), "clipboard-text"),
    (Role.TEACHER, "applications", _n("指导的申报"), "clipboard-text"),
    (Role.TEACHER, "my_classes", _n("我的班级"), "school"),
    (Role.TEACHER, "my_cases", _n("课程案例"), "book"),
    (Role.TEACHER, "guest_visits", _n("到校活动"), "presentation"),
    (Role.SCHOOL_OFFICER, "applications", _n("本校的申报"), "clipboard-text"),
    (Role.SCHOOL_OFFICER, "guest_visits", _n("到校活动"), "presentation"),
    (Role.SCHOOL_TEAM_HEAD, "applications", _n("本校的申报"), "clipboard-text"),
    (Role.SCHOOL_TEAM_HEAD, "guest_visits", _n("到校活动"), "presentation"),
    (Role.PARTNER_OFFICER, "applications", _n("我的申报"), "clipboard-text"),
    (Role.ENGINEER, "applications", _n("我的申报"), "clipboard-text"),
    (Role.ENGINEER, "guest_visits", _n("到校活动"), "presentation"),
    (Role.GUARDIAN, "guardian", _n("我的孩子"), "user-check"),
    (Role.EXPERT, "reviews", _n("评审"), "microscope"),
)
ACCOUNT_ITEMS = (
    ("me", _n("个人信息与登录"), "settings"),
    ("inbox", _n("消息"), "bell"),
    ("reminders", _n("提醒和日历"), "calendar"),
    ("help", _n("帮助"), "help"),
)


DELEGATION_ITEM = ("delegations", _n("委托代办"), "users")


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
    language, here = get_language() or "", (settings.ROOT_URLCONF, get_script_prefix())
    if actor is None or actor.user is None:
        items = _lit(_for_everybody(language, here), request.path, _is_within)
        return {
            "nav": items, "nav_key": ("public", here, _active(items)), "sign_in_url": address("account_login"),
            "footer_links": _footer(language, here), "footer_key": here, "city_name": _(settings.CITY_NAME),
        }  # fmt: skip
    items = items_of(actor, request.path)
    return {
        "nav": items,
        "nav_key": (actor.roles, here, _active(items)),
        "inbox": {"url": address("inbox"), "unread": SimpleLazyObject(lambda: unread_count(actor.user))}
        if address("inbox")
        else None,
        "account": account(actor),
        "footer_links": _footer(language, here),
        "footer_key": here,
        "city_name": _(settings.CITY_NAME),
    }


def items_of(actor: Actor, path: str) -> list[dict[str, Any]]:
    """The menu of this person at this address."""
    menu = _menu(actor.roles, get_language() or "", (settings.ROOT_URLCONF, get_script_prefix()))
    return _lit(menu, path, _is_longest)


Item = dict[str, Any]
Here = tuple[str, str]


def _lit(items: tuple[Item, ...], path: str, is_active: Callable[[Item, list[Item]], bool]) -> list[Item]:
    """The items with the one marked where the reader stands."""
    within = [item for item in items if path.startswith(item["url"])]
    return [item | {"active": is_active(item, within)} for item in items]


def _is_within(item: Item, within: list[Item]) -> bool:
    return item in within


def _is_longest(item: Item, within: list[Item]) -> bool:
    """/office/ must not shine while one stands in /office/calls/."""
    return item in within and len(item["url"]) == max(len(other["url"]) for other in within)


def _active(items: list[Item]) -> tuple[str, ...]:
    return tuple(item["url"] for item in items if item["active"])


@lru_cache(maxsize=64)
def _for_everybody(language: str, here: Here) -> tuple[Item, ...]:
    wanted = [{"label": _(label), "url": address(name)} for name, label in PUBLIC_ITEMS]
    return tuple(item for item in wanted if item["url"])


@lru_cache(maxsize=256)
def _menu(roles: frozenset[Role], language: str, here: Here) -> tuple[Item, ...]:
    """The desk first, then what is one's own, then the pages of one's offices. Which these are follows from the roles."""
    granted = frozenset[str]().union(*(BY_OFFICE[role] for role in roles))
    wanted = [("desk", _n("工作台"), "layout-dashboard")]
    wanted += [(name, label, icon) for role, name, label, icon in OWN_ITEMS if role in roles]
    wanted += [(name, label, icon) for permission, name, label, icon in OFFICE_ITEMS if permission in granted]
    if len(wanted) < 4:
        wanted += [("calls", _n("申报通知"), "speakerphone"), ("works", _n("成果展示"), "photo")]
    found: dict[str, Item] = {}
    for name, label, icon in wanted:
        if url := address(name):
            found.setdefault(url, {"label": _(label), "url": url, "icon": icon})
    return tuple(found.values())


def account(actor: Actor) -> dict[str, Any]:
    offices = [m for m in actor.memberships if m.role not in {Role.PUPIL, Role.GUARDIAN}] or actor.memberships
    place = f"{offices[0].org.label} · {Role(offices[0].role).label}" if offices else ""
    here = (settings.ROOT_URLCONF, get_script_prefix())
    links = _account_links(actor.can("role.delegate"), get_language() or "", here)
    return {"name": actor.name, "role": place, "links": links, "sign_out_url": address("account_logout")}


@lru_cache(maxsize=64)
def _account_links(may_delegate: bool, language: str, here: Here) -> tuple[Item, ...]:
    items = (*ACCOUNT_ITEMS[:1], DELEGATION_ITEM, *ACCOUNT_ITEMS[1:]) if may_delegate else ACCOUNT_ITEMS
    return tuple({"label": _(label), "url": url, "icon": icon} for name, label, icon in items if (url := address(name)))


@lru_cache(maxsize=64)
def _footer(language: str, here: Here) -> tuple[dict[str, str], ...]:
    wanted = (
        (address("help"), _("帮助")),
        (address("help", "privacy"), _("个人信息保护")),
        (address("help", "accessibility"), _("无障碍")),
        (address("follow_objection"), _("查询异议办理")),
    )
    return tuple({"url": url, "label": label} for url, label in wanted if url)

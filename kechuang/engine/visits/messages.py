"""What people are told about vettings, stops and visits. Nobody is told why somebody else was stopped."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as mark

from kechuang.base import clock
from kechuang.base.messages import notify
from kechuang.engine.visits.models import GuestVisit, PoolMember
from kechuang.orgs.actor import Actor
from kechuang.orgs.models import Person

INVITED = mark("%(school)s 邀请您到校：%(topic)s"), mark("%(school)s 邀请您于 %(at)s 到校（%(place)s），主题“%(topic)s”，对象：%(audience)s。请答复能不能来。")  # fmt: skip
ACCEPTED = mark("%(name)s 接受了邀请：%(topic)s"), mark("%(name)s 将于 %(at)s 到校。陪同教师：%(teacher)s。%(answer)s")
DECLINED = mark("%(name)s 不能来：%(topic)s"), mark("%(name)s 婉拒了 %(at)s 的邀请。%(answer)s")
LAPSED = (
    mark("邀请到期没有答复：%(topic)s"),
    mark("邀请 %(name)s 于 %(at)s 到校，到期没有答复，邀请已失效。可以改邀别人。"),
)
CANCELLED = mark("到校活动已取消：%(topic)s"), mark("原定 %(at)s 在 %(school)s 的活动已取消。原因：%(why)s")
NO_SHOW = (
    mark("记为未到校：%(topic)s"),
    mark("%(school)s 记录您 %(at)s 没有到校。说明：%(why)s。如有出入，请与学校联系。"),
)
DONE = mark("感谢您到校：%(topic)s"), mark("%(school)s 已确认 %(at)s 的活动。欢迎写下您的反馈。")
RATED = mark("学校给了评价：%(topic)s"), mark("%(school)s 评价了 %(at)s 的活动：%(rating)s 分。%(words)s")
TOMORROW = mark("明天到校：%(topic)s"), mark("%(at)s，%(school)s，%(place)s。陪同教师：%(teacher)s。")


def tell(
    users: Any, kind: str, sentences: tuple[str, str], visit: GuestVisit, by: Actor | None = None, **more: Any
) -> int:
    """One message about a visit, in each reader's language."""
    once = more.pop("once", "")
    at = clock.local(visit.starts_at)
    words = {
        "school": visit.org.name, "topic": visit.topic, "at": f"{at:%Y-%m-%d %H:%M}", "place": visit.place, "audience": visit.audience,
        "name": visit.member.person.name, "teacher": visit.teacher.name, "answer": visit.answer, "why": visit.ended_because,
        "rating": visit.rating, "words": visit.rating_words,
    } | more  # fmt: skip
    title, body = sentences
    return notify(
        [user for user in users if user is not None], f"guest_visit.{kind}", title=lambda: _(title) % words, body=lambda: _(body) % words,
        url=f"/guest-visits/{visit.public_id}/", about=visit, by=by, once=once,
    )  # fmt: skip


def school_side(visit: GuestVisit) -> list[Any]:
    """Whoever invited, and the teacher who accompanies."""
    return [visit.created_by, visit.teacher.user]


def visitor_side(visit: GuestVisit) -> list[Any]:
    return [visit.member.person.user]


def tell_stopped(person: Person, by: Actor) -> None:
    notify(
        [person.user] if person.user else [], "pool.stopped", title=lambda: _("您已暂停参加到校活动"),
        body=lambda: _("市级教育行政部门已暂停您参加到校活动，已约定的活动一并取消。如有疑问，请与市级教育行政部门联系。"), about=person, by=by,
    )  # fmt: skip


def tell_vetting_over(member: PoolMember, users: Any, until: str) -> int:
    words = {"name": member.person.name, "until": until}
    return notify(
        users, "pool.vetting_over", title=lambda: _("准入查询即将到期：%(name)s") % words,
        body=lambda: _("%(name)s 的准入查询 %(until)s 到期，到期后学校查不到也不能邀请。请重新查询并登记结果。") % words,
        url=f"/office/pools/{member.programme_code}/people/{member.person.public_id}/", about=member, once=f"vetting:{member.pk}:{until}",
    )  # fmt: skip

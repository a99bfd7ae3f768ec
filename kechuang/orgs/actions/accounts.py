"""What an office does to somebody's account when its owner cannot: second factors, devices, lockouts."""

from __future__ import annotations

from allauth.mfa.models import Authenticator
from axes.models import AccessAttempt
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kechuang.base import audit
from kechuang.base.errors import Refused
from kechuang.base.messages import notify
from kechuang.orgs.actions.people import require_reach
from kechuang.orgs.actor import Actor
from kechuang.orgs.models import Org, Person, User
from kechuang.orgs.signin import devices


@transaction.atomic
def reset_second_factor(person: Person, *, by: Actor, org: Org, reason: str) -> int:
    """The phone is lost: all second factors go, all sessions end; at the next sign-in the role asks for a new one."""
    user = _account_in_reach(person, org, by)
    if not reason.strip():
        raise Refused(_("请写明重置的理由，例如本人当面申请、手机遗失。"))
    n, _kinds = Authenticator.objects.filter(user=user).delete()
    if not n:
        raise Refused(_("%(name)s 没有启用两步验证，不用重置。") % {"name": person.name})
    devices.sign_out(user, by=by)
    audit.record("reset_second_factor", by=by, on=person, scope_path=org.path, reason=reason.strip())
    notify(
        [user], "security.factor_reset", title=gettext_lazy("您的两步验证已被重置"),
        body=gettext_lazy("本单位管理员重置了您的动态口令和通行密钥，所有设备已退出登录。请登录后重新设置；如果不是您本人申请的，请马上联系管理员。"),
        url=reverse("mfa_index"), must_read=True,
    )  # fmt: skip
    return n


@transaction.atomic
def sign_out_everywhere(person: Person, *, by: Actor, org: Org) -> int:
    """End all sessions of somebody whose phone was lost or who left; returns how many."""
    return devices.sign_out(_account_in_reach(person, org, by), by=by)


@transaction.atomic
def lift_lockout(person: Person, *, by: Actor) -> bool:
    """Let somebody try again before the quarter of an hour is over: a pupil by the class's teacher, staff by their office."""
    record = getattr(person, "pupil", None)
    user = person.user
    if user is None:
        raise Refused(_("%(name)s 还没有账号。") % {"name": person.name})
    if record is None:
        require_reach(person, by)
    elif not (by.can("pupil.sign_in", record)):
        raise Refused(_("您不能管理这名学生的登录。"))
    n, _kinds = AccessAttempt.objects.filter(username=user.username).delete()
    if n:
        audit.record("lift_lockout", by=by, on=person, scope_path=record.scope_path if record else "")
    return bool(n)


def _account_in_reach(person: Person, org: Org, by: Actor) -> User:
    require_reach(person, by, org)
    if person.user is None:
        raise Refused(_("%(name)s 还没有账号。") % {"name": person.name})
    return person.user

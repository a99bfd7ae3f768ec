"""What changes the keys of an account is audited and told to its owner, in the inbox and by letter."""

from __future__ import annotations

from typing import Any

from allauth.mfa.models import Authenticator
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext_lazy

from kechuang.base import audit
from kechuang.base.messages import notify
from kechuang.orgs.signin import devices


def factor_added(sender: Any, user: Any, authenticator: Authenticator, **_facts: Any) -> None:
    if authenticator.type == Authenticator.Type.RECOVERY_CODES:
        return
    audit.record("add_second_factor", by=user, on=user, detail={"kind": authenticator.type})
    body = gettext_lazy("您的账号添加了一种两步验证。如果不是您本人操作，请马上修改密码并联系本单位管理员。")
    _tell(user, "security.factor_added", gettext_lazy("两步验证已添加"), body, "mfa_index")


def factor_removed(sender: Any, user: Any, authenticator: Authenticator, **_facts: Any) -> None:
    if authenticator.type == Authenticator.Type.RECOVERY_CODES:
        return
    audit.record("remove_second_factor", by=user, on=user, detail={"kind": authenticator.type})
    body = gettext_lazy("您的账号停用了一种两步验证。如果不是您本人操作，请马上修改密码并联系本单位管理员。")
    _tell(user, "security.factor_removed", gettext_lazy("两步验证已停用"), body, "mfa_index")


def password_changed(sender: Any, request: Any, user: Any, **_facts: Any) -> None:
    """Whoever else was signed in with the old password is out; the one who changed it stays."""
    audit.record("change_password", by=user, on=user)
    devices.sign_out(user, by=user, but=request.session.session_key)
    if not user.has_pin:
        body = gettext_lazy("您的账号刚刚修改了密码，其他设备已退出登录。如果不是您本人操作，请马上联系本单位管理员。")
        _tell(user, "security.password_changed", gettext_lazy("密码已修改"), body, "usersessions_list")


def _tell(user: Any, kind: str, title: Any, body: Any, page: str) -> None:
    try:
        url = reverse(page)
    except NoReverseMatch:
        url = ""
    notify([user], kind, title=title, body=body, url=url, must_read=True)

"""How an account of the city's identity provider comes to a person: by a one-time code of the office, never by name or e-mail."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from allauth.socialaccount.models import SocialAccount
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kechuang.base import audit, clock, ids
from kechuang.base.crypto import blind_index
from kechuang.base.errors import Refused
from kechuang.base.messages import notify
from kechuang.orgs.actions.people import require_reach
from kechuang.orgs.actor import Actor
from kechuang.orgs.models import LinkCode, Org, Person, User

CODE_LENGTH = 10
VALID_FOR = timedelta(days=14)


@transaction.atomic
def invite_link(person: Person, *, by: Actor, org: Org) -> str:
    """A one-time code, returned once; codes given before no longer work."""
    require_reach(person, by, org)
    if person.user is None:
        raise Refused(_("%(name)s 还没有账号，请先开通。") % {"name": person.name})
    LinkCode.objects.filter(person=person, used_at__isnull=True).delete()
    code = ids.new_public_id(CODE_LENGTH).upper()
    LinkCode.objects.create(
        person=person, code_index=blind_index(code), issued_by=by.user, expires_at=clock.now() + VALID_FOR
    )
    audit.record("invite_link", by=by, on=person, scope_path=org.path)
    return code


def usable_link(code: str) -> LinkCode:
    """The code as it was typed → its row. Errors: unknown, used and old codes are refused in the same words."""
    index = blind_index(code.replace(" ", "").replace("-", "").upper())
    row = LinkCode.objects.filter(code_index=index, used_at__isnull=True, expires_at__gt=clock.now()).first()
    if row is None:
        raise Refused(_("这个绑定码不对、已用过或已过期。请向本单位管理员要一个新的。"))
    return row


@transaction.atomic
def link_identity(code_pk: int, login: Any, request: Any, *, staff_number: str = "") -> User:
    """Spend the code: the identity that the provider vouches for opens the person's account from now on. Rights do not change.

    In: `login`, the provider's answer (allauth's SocialLogin); `staff_number` where the provider names one.
    """
    rows = LinkCode.objects.select_for_update(of=("self",)).select_related("person__user")
    row = rows.filter(pk=code_pk, used_at__isnull=True, expires_at__gt=clock.now()).first()
    if row is None or row.person.user is None or not row.person.user.is_active:
        raise Refused(_("这个绑定码不对、已用过或已过期。请向本单位管理员要一个新的。"))
    user, provider = row.person.user, login.account.provider
    if staff_number and staff_number != row.person.staff_number:
        raise Refused(_("统一身份认证登记的工号与您在平台的工号不一致，没有绑定。请联系本单位管理员核对。"))
    if SocialAccount.objects.filter(user=user, provider=provider).exists():
        raise Refused(_("您的账号已绑定过一个身份，请先在“登录的设备”里解除。"))
    login.connect(request, user)
    row.used_at = clock.now()
    row.save(update_fields=["used_at"])
    audit.record("link_identity", by=user, on=row.person, detail={"provider": provider})
    body = gettext_lazy("以后可以用它登录平台。如果不是您本人操作，请马上在“登录的设备”里解除，并联系本单位管理员。")
    notify([user], "security.identity_linked", title=gettext_lazy("您的账号绑定了统一身份认证"), body=body,
           url=reverse("usersessions_list"), must_read=True)  # fmt: skip
    return user


@transaction.atomic
def unlink_identity(user: User, pk: int, *, by: Actor) -> None:
    """The owner takes an identity off the account; whoever has no other way in must first get a password."""
    account = SocialAccount.objects.filter(user=user, pk=pk).first()
    if account is None:
        return
    if not user.has_usable_password():
        raise Refused(_("这是您唯一的登录方式。请先请本单位管理员重置一个密码，再解除。"))
    provider = account.provider
    account.delete()
    audit.record("unlink_identity", by=by, on=user, detail={"provider": provider})

"""Asking whoever must consent: the guardian of a child under 14, from 14 the pupil (PIPL art. 31)."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as mark

from kechuang.base import audit, clock
from kechuang.base.errors import Refused
from kechuang.base.messages import notify
from kechuang.engine.applications.models import Application, TeamMember
from kechuang.engine.applications.perform import takes_part
from kechuang.orgs.actor import Actor
from kechuang.orgs.queries import guardians_of, missing_consents
from kechuang.orgs.rules import CHILD_UNTIL

TITLE = mark("请答复：%(name)s 的参赛同意")
BODY = mark("%(name)s 正在参加“%(call)s”。请阅读同意书后选择同意或不同意；不同意也完全可以，只是不能参赛。")


@transaction.atomic
def ask_consent(application: Application, member: TeamMember, *, by: Actor) -> int:
    """Send the question to whoever may answer it; returns how many people were asked (none where it is answered already)."""
    if not takes_part(by, application):
        raise PermissionDenied(_("只有申报者可以请人答复。"))
    person, plan = member.person, application.call.plan
    missing = [purpose for purpose in plan.consents if missing_consents([person.pk], [purpose])]
    users = answerers(member)
    if missing and not users:
        raise Refused(
            _("%(name)s 还没有可以答复的账号：请班主任向监护人发放注册码，或为学生开通登录。") % {"name": person}
        )
    for purpose in missing:
        words = {"name": person.name, "call": application.call.title}
        notify(users, "consent.asked", title=_said(TITLE, words), body=_said(BODY, words), about=application, by=by,
               url=f"/guardian/{person.public_id}/{purpose}/")  # fmt: skip
    if missing:
        audit.record(
            "ask_consent", by=by, on=application, scope_path=application.scope_path, detail={"person": person.public_id}
        )
    return len(users) if missing else 0


def _said(sentence: str, words: dict[str, Any]) -> Any:
    return lambda: _(sentence) % words


def answerers(member: TeamMember) -> list[Any]:
    """The accounts of those who may say yes for this member today."""
    record = getattr(member.person, "pupil", None)
    age = record.age_on(clock.today()) if record else None
    if age is not None and age >= CHILD_UNTIL:
        return [member.person.user] if member.person.user_id else []
    return [guardian.user for guardian in guardians_of(member.person).select_related("user") if guardian.user_id]

"""What authors are told."""

from collections.abc import Sequence

from django.utils.translation import gettext as _

from kechuang.base.messages import notify
from kechuang.engine.catalogue.models import Adoption, Case
from kechuang.orgs.actor import Actor


def tell_published(cases: Sequence[Case], by: Actor) -> None:
    for case in cases:
        if case.application.person and case.application.person.user:
            facts = {"title": case.title}
            notify(
                [case.application.person.user], "case.published", title=lambda: _("您的案例已进入案例库"),
                body=lambda facts=facts: _("《%(title)s》已公开。谁采用了它、怎样评价，都在“我的案例”里。") % facts,  # type: ignore[misc]
                url="/cases/mine/", about=case, by=by,
            )  # fmt: skip


def tell_adopted(adoption: Adoption, by: Actor) -> None:
    case, author = adoption.case, adoption.case.application.person
    if author is not None and author.user is not None:
        facts = {"title": case.title, "school": adoption.org.name}
        notify(
            [author.user], "case.adopted", title=lambda: _("有老师采用了您的案例"),
            body=lambda: _("%(school)s 的老师采用了《%(title)s》。") % facts, url=f"/cases/{case.slug}/", about=case, by=by, mail=False,
        )  # fmt: skip

"""Who is told of prizes and certificates."""

from django.utils.translation import gettext as _

from kechuang.base.messages import notify
from kechuang.engine.awards.models import Award, Certificate
from kechuang.engine.calls.models import Call
from kechuang.engine.publicity.messages import team_users
from kechuang.orgs.actor import Actor


def tell_awarded(call: Call, awards: list[Award], by: Actor) -> None:
    """One text for all teams of a call, so that a list of thousands costs a few queries."""
    facts = {"call": call.title}
    notify(
        team_users(award.application_id for award in awards),
        "award.given",
        title=lambda: _("祝贺！%(call)s授奖") % facts,
        body=lambda: _("%(call)s已经授奖，您的申报在名单中。证书正在制作，制作好后可在申报页面下载；扫描证书上的二维码可以核验。") % facts,
        url="/applications/", about=call, by=by,
    )  # fmt: skip


def tell_corrected(certificate: Certificate, by: Actor) -> None:
    assert certificate.replaces is not None
    facts = {"number": certificate.number, "old": certificate.replaces.number}
    notify(
        team_users([certificate.award.application_id]),
        "certificate.corrected",
        title=lambda: _("证书已更正"),
        body=lambda: _("证书 %(old)s 已更正，新证书编号为 %(number)s，可在申报页面下载；旧证书不再有效。") % facts,
        url=f"/applications/{certificate.award.application.public_id}/", about=certificate, by=by,
    )  # fmt: skip

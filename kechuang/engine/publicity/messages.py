"""Who is told what in the publicity stage. One text per audience, so that a list of thousands costs a few queries."""

from collections.abc import Callable, Iterable
from typing import Any

from django.conf import settings
from django.db.models import Q
from django.utils import translation
from django.utils.translation import gettext as _

from kechuang.base.ids import new_public_id
from kechuang.base.jobs import enqueue
from kechuang.base.messages import notify
from kechuang.base.models import Mail
from kechuang.engine.applications.models import Application
from kechuang.engine.publicity.models import Objection, PublicNotice, Reconsideration
from kechuang.orgs.actor import Actor
from kechuang.orgs.models import User
from kechuang.orgs.queries import officers_with


def notice_url(notice: PublicNotice) -> str:
    return f"/notices/{notice.number}/"


def team_users(applications: Iterable[Any]) -> list[User]:
    """Everybody of the teams with an account: pupils, advisers, who began the entry, whom it is about."""
    ids = list(applications)
    mine = (
        Q(person__team_memberships__application__in=ids)
        | Q(person__advised__application__in=ids)
        | Q(applications__in=ids)
        | Q(person__applied_for__in=ids)
    )
    return list(User.objects.filter(mine).distinct())


def tell_published(notice: PublicNotice, by: Actor) -> None:
    """The teams on the list learn that it is public, until when, and where to object."""
    ids = notice.lines.filter(is_struck=False).values_list("application", flat=True)
    facts = {"title": notice.title, "until": f"{notice.ends_on:%Y-%m-%d}"}
    notify(
        team_users(ids),
        "notice.published",
        title=lambda: _("你们的作品已列入公示名单"),
        body=lambda: _("《%(title)s》已发布，公示到 %(until)s。请核对作品名称和学校；有异议可在公示期内实名提出。") % facts,
        url=notice_url(notice), about=notice, by=by,
    )  # fmt: skip


def tell_filed(objection: Objection) -> None:
    """Those who handle objections of the call learn of a new one and its deadline."""
    facts = {"number": objection.number, "notice": objection.notice.title, "due": f"{objection.due_on:%Y-%m-%d}"}
    notify(
        officers_with("objection.handle", objection.scope_path),
        "objection.filed",
        title=lambda: _("收到异议 %(number)s") % facts,
        body=lambda: _("“%(notice)s”收到一件异议，应在 %(due)s 前复核并答复。") % facts,
        url=f"/office/objections/{objection.number}/", about=objection, must_read=True,
    )  # fmt: skip
    if objection.email:
        facts = {
            "number": objection.number,
            "code": objection.follow_code,
            "day": f"{objection.due_on}",
            "url": f"{settings.SITE_URL}/objections/",
        }
        _write(
            objection.email,
            subject=lambda: _("异议受理回执 %(number)s") % facts,
            body=lambda: (
                _("您的异议已收到，受理号 %(number)s，查询码 %(code)s，将在 %(day)s 前答复。查询进展：%(url)s") % facts
            ),
        )


def _write(address: str, *, subject: Callable[[], str], body: Callable[[], str]) -> None:
    """A letter to somebody without an account, whose language nobody knows: in Chinese, then in English."""
    words = []
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            words.append((subject(), body()))
    batch = new_public_id()
    Mail.objects.create(
        address=address, language=settings.LANGUAGE_CODE, subject=" / ".join(one for one, _body in words),
        body="\n\n----\n\n".join(text for _subject, text in words), batch=batch,
    )  # fmt: skip
    enqueue("base.send_mail", args={"batch": batch})


def tell_answered(objection: Objection, result: Reconsideration, by: Actor) -> None:
    """The objector gets the letter; team and school learn of it where the objection named their entry."""
    if objection.email:
        facts = {"number": objection.number}
        _write(objection.email, subject=lambda: _("异议答复函 %(number)s") % facts, body=lambda: result.letter_shown)
    if objection.application is not None:
        _tell_team(objection.application, objection, result, by)


def _tell_team(application: Application, objection: Objection, result: Reconsideration, by: Actor) -> None:
    facts = {"title": application.title, "notice": objection.notice.title}
    outcomes = {
        Reconsideration.Effect.KEEP: lambda: (
            _("有人对作品“%(title)s”提出异议，经复核异议不成立，公示结果不变。") % facts
        ),
        Reconsideration.Effect.CHANGE_PRIZE: lambda: (
            _("有人对作品“%(title)s”提出异议，经复核调整了奖项，名单已重新公示。") % facts
        ),
        Reconsideration.Effect.STRIKE: lambda: (
            _("有人对作品“%(title)s”提出异议，经复核取消了资格，名单已重新公示。") % facts
        ),
    }
    readers = team_users([application.pk]) + list(officers_with("application.endorse", application.scope_path))
    notify(
        readers,
        "objection.answered",
        title=lambda: _("关于“%(title)s”的异议已有复核结果") % facts,
        body=outcomes[Reconsideration.Effect(result.effect)],
        url=notice_url(objection.notice), about=application, by=by,
    )  # fmt: skip

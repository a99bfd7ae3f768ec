"""The inbox of every user, and the letters that repeat it to those who gave an address.

Texts are made in the reader's language: pass lazy strings (`gettext_lazy`), or a function without arguments when the
sentence carries values: `title=lambda: gettext("“%(name)s”已提交") % {"name": name}`.
"""

import re
from collections.abc import Callable, Iterable
from datetime import datetime, time
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.db import models, transaction
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from kechuang.base import audit, clock
from kechuang.base.enums import MailRhythm, MailState
from kechuang.base.ids import new_public_id
from kechuang.base.jobs import Progress, enqueue, job
from kechuang.base.models import Mail, Message
from kechuang.base.prepared import NUMBER, Insert, Prepared

Text = str | Promise | Callable[[], str]
BATCH = 1000
_TELL = Insert(Message)
_UNREAD: Prepared[int] = Prepared(
    lambda user: (
        Message.objects.filter(user=user, read_at=None)
        .order_by()
        .values("user")
        .annotate(n=models.Count("pk"))
        .values_list("n", flat=True)
    ),
    NUMBER,
)
ADDRESS = re.compile(r"(https?://[^\s，。；）]+)")
"""Splits a line so that every second part is an address."""
DIGEST_AT = time(7)
REMINDERS_PAGE = "/me/reminders/"
"""Where everybody chooses how often letters come."""


class MailNotSent(RuntimeError):
    """Some letters of a batch did not leave; the job tries those again."""


def _language(user: Any) -> str:
    known = dict(settings.LANGUAGES)
    language = getattr(user, "language", "")
    return language if language in known else settings.LANGUAGE_CODE


def _text(text: Text) -> str:
    return str(text()) if callable(text) and not isinstance(text, Promise) else str(text)


def _readers(users: Any) -> list[Any]:
    """Each active user once; a single user or an actor is accepted as well."""
    several = users if isinstance(users, Iterable) else [users]
    found = [user for user in map(audit.user_of, several) if user and user.is_active]
    return list({user.pk: user for user in found}.values())


def notify(
    users: Any,
    kind: str,
    *,
    title: Text,
    body: Text = "",
    url: str = "",
    about: Any = None,
    by: Any = None,
    mail: bool = True,
    must_read: bool = False,
    once: str = "",
) -> int:
    """Put a message into each user's inbox and, with `mail`, queue a letter to those who have an address; returns to how many.

    The letter goes out at once, waits for the morning's digest, or is left out, as its reader chose; `must_read` always goes
    out at once. `once` names the occasion: whoever was told of it is not told again.
    """
    readers = _readers(users)
    if once and readers:
        told = Message.objects.filter(user__in=readers, once=once).values_list("user", flat=True)
        readers = [user for user in readers if user.pk not in set(told)]
    about_type, about_id = audit.object_key(about)
    facts = {
        "kind": kind,
        "url": url,
        "about_type": about_type,
        "about_id": about_id,
        "by": audit.user_of(by),
        "once": once,
    }
    rhythms = {user.pk: _rhythm(user, mail, must_read) for user in readers}
    with transaction.atomic(savepoint=False):
        rows = [_message(user, title, body, facts) for user in readers]
        for row in rows:
            row.awaits_digest = rhythms[row.user_id] == MailRhythm.DAILY
        inbox = _TELL(rows)
        _queue([_letter(message) for message in inbox if rhythms[message.user_id] == MailRhythm.AT_ONCE])
    return len(rows)


def _rhythm(user: Any, mail: bool, must_read: bool) -> str:
    if not mail or not user.email:
        return MailRhythm.NONE
    return MailRhythm.AT_ONCE if must_read else getattr(user, "mail_rhythm", MailRhythm.AT_ONCE)


def _message(user: Any, title: Text, body: Text, facts: dict[str, Any]) -> Message:
    with translation.override(_language(user)):
        return Message(user=user, title=_text(title)[:200], body=_text(body), created_at=clock.now(), **facts)


def _letter(message: Message) -> Mail:
    user = message.user
    with translation.override(_language(user)):
        return Mail(
            message=message,
            address=user.email,
            language=_language(user),
            subject=" ".join(message.title.split()),
            body=_letter_text(message),
        )


def _letter_text(message: Message) -> str:
    parts = [message.body or message.title]
    if message.url:
        parts.append(_("查看详情：%(link)s") % {"link": _link(message.url)})
    return "\n\n".join([*parts, *_foot()])


def _foot() -> list[str]:
    where = _("想改成每天一封，或不再收这类邮件：%(link)s") % {"link": f"{settings.SITE_URL}{REMINDERS_PAGE}"}
    return [_("这封邮件由平台自动发出，请勿直接回复。"), where]


def _queue(letters: list[Mail]) -> None:
    for start in range(0, len(letters), BATCH):
        part, batch = letters[start : start + BATCH], new_public_id()
        for letter in part:
            letter.batch = batch
        Mail.objects.bulk_create(part)
        enqueue("base.send_mail", args={"batch": batch})


@job("base.send_mail", retries=6, title=gettext_lazy("发送邮件"))
def send_mail(progress: Progress, batch: str) -> dict[str, int]:
    """Send what is left of a batch. A letter counts as sent once the mail server took it, so a retry sends none twice."""
    waiting = list(Mail.objects.filter(batch=batch).exclude(state=MailState.SENT).order_by("pk"))
    progress.total(len(waiting))
    with get_connection() as server:
        failed = [letter for done, letter in enumerate(waiting, 1) if not _send(letter, server, progress, done)]
    if failed:
        raise MailNotSent(f"{len(failed)} letters of batch {batch} were not sent.")
    return {"sent": len(waiting)}


def _send(letter: Mail, server: Any, progress: Progress, done: int) -> bool:
    try:
        made(letter, server).send()
    except OSError as error:  # smtplib's errors are OSErrors
        letter.state, letter.error = MailState.FAILED, str(error)
    else:
        letter.state, letter.error, letter.sent_at = MailState.SENT, "", clock.now()
    letter.save(update_fields=["state", "error", "sent_at"])
    progress.step(done)
    return letter.state == MailState.SENT


def made(letter: Mail, server: Any = None) -> EmailMultiAlternatives:
    """The letter as it goes out: plain text, and the same as simple HTML."""
    mail = EmailMultiAlternatives(letter.subject, letter.body, to=[letter.address], connection=server)
    paragraphs = [[ADDRESS.split(line) for line in part.split("\n")] for part in letter.body.split("\n\n")]
    facts = {"subject": letter.subject, "paragraphs": paragraphs, "language": letter.language}
    with translation.override(letter.language):
        mail.attach_alternative(render_to_string("base/letter.html", facts), "text/html")
    return mail


# --- the morning's digest ----------------------------------------------------------------------------------------


def enqueue_digests() -> None:
    """Once the morning has come and somebody waits for it."""
    if _waiting().exists():
        enqueue("base.send_digests", key="base.send_digests")


def _waiting() -> models.QuerySet[Message]:
    """What came in before this morning; until then, before yesterday's."""
    now = clock.now()
    morning = timezone.make_aware(datetime.combine(now.date(), DIGEST_AT))
    return (
        Message.objects.filter(awaits_digest=True, created_at__lt=morning) if now >= morning else Message.objects.none()
    )


@job("base.send_digests", title=gettext_lazy("发送每日汇总邮件"))
def send_digests(progress: Progress) -> dict[str, int]:
    """One letter per reader, of what is still unread. Each in its own transaction, so a repeat sends none twice."""
    users = list(_waiting().order_by("user").values_list("user", flat=True).distinct())
    progress.total(len(users))
    sent = 0
    for done, user in enumerate(users, 1):
        sent += _send_digest(user)
        progress.step(done)
    return {"sent": sent}


@transaction.atomic
def _send_digest(user: int) -> bool:
    rows = list(_waiting().filter(user=user).select_for_update(of=("self",)).select_related("user").order_by("pk"))
    Message.objects.filter(pk__in=[row.pk for row in rows]).update(awaits_digest=False)
    unread = [row for row in rows if row.read_at is None]
    if not unread or not unread[0].user.email or not unread[0].user.is_active:
        return False
    _queue([_digest(unread[0].user, unread)])
    return True


def _digest(user: Any, rows: list[Message]) -> Mail:
    with translation.override(_language(user)):
        n = len(rows)
        subject = ngettext("您有 %(n)s 条新消息", "您有 %(n)s 条新消息", n) % {"n": n}
        parts = [_("到今天早上，有这些消息您还没有看：")]
        parts += [f"{place}. {row.title}\n{_link(row.url or '/inbox/')}" for place, row in enumerate(rows, 1)]
        body = "\n\n".join([*parts, *_foot()])
        return Mail(address=user.email, language=_language(user), subject=subject, body=body)


def _link(url: str) -> str:
    return url if "://" in url else f"{settings.SITE_URL}{url}"


# --- reading -----------------------------------------------------------------------------------------------------


def inbox(user: Any) -> models.QuerySet[Message]:
    return Message.objects.filter(user=user).order_by("-id")


def unread_count(user: Any) -> int:
    return _UNREAD.first(user.pk) or 0


def mark_read(user: Any, messages: models.QuerySet[Message] | None = None) -> int:
    """Mark the user's own messages (all, or those given) as read; returns how many were unread."""
    chosen = Message.objects.all() if messages is None else messages
    return chosen.filter(user=user, read_at=None).update(read_at=clock.now())

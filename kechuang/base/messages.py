"""The inbox of every user, and the letters that repeat it to those who gave an address.

Texts are made in the reader's language: pass lazy strings (`gettext_lazy`), or a function without arguments when the
sentence carries values: `title=lambda: gettext("“%(name)s”已提交") % {"name": name}`.
"""

from collections.abc import Callable, Iterable
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.db import models, transaction
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kechuang.base import audit, clock
from kechuang.base.enums import MailState
from kechuang.base.ids import new_public_id
from kechuang.base.jobs import Progress, enqueue, job
from kechuang.base.models import Mail, Message

Text = str | Promise | Callable[[], str]
BATCH = 1000


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
) -> None:
    """Put a message into each user's inbox and, with `mail`, queue a letter to those who have an address."""
    readers = _readers(users)
    about_type, about_id = audit.object_key(about)
    facts = {"kind": kind, "url": url, "about_type": about_type, "about_id": about_id, "by": audit.user_of(by)}
    with transaction.atomic(savepoint=False):
        inbox = Message.objects.bulk_create([_message(user, title, body, facts) for user in readers], BATCH)
        letters = [_letter(message) for message in inbox if message.user.email] if mail else []
        _queue(letters)


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
        link = message.url if "://" in message.url else f"{settings.SITE_URL}{message.url}"
        parts.append(_("查看详情：%(link)s") % {"link": link})
    parts.append(_("这封邮件由平台自动发出，请勿直接回复。"))
    return "\n\n".join(parts)


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
        EmailMessage(letter.subject, letter.body, to=[letter.address], connection=server).send()
    except OSError as error:  # smtplib's errors are OSErrors
        letter.state, letter.error = MailState.FAILED, str(error)
    else:
        letter.state, letter.error, letter.sent_at = MailState.SENT, "", clock.now()
    letter.save(update_fields=["state", "error", "sent_at"])
    progress.step(done)
    return letter.state == MailState.SENT


# --- reading -----------------------------------------------------------------------------------------------------


def inbox(user: Any) -> models.QuerySet[Message]:
    return Message.objects.filter(user=user).order_by("-id")


def unread_count(user: Any) -> int:
    return Message.objects.filter(user=user, read_at=None).count()


def mark_read(user: Any, messages: models.QuerySet[Message] | None = None) -> int:
    """Mark the user's own messages (all, or those given) as read; returns how many were unread."""
    chosen = Message.objects.all() if messages is None else messages
    return chosen.filter(user=user, read_at=None).update(read_at=clock.now())

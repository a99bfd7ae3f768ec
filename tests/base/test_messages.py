import smtplib
from datetime import timedelta

import pytest
from django.contrib.auth import get_user_model
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.utils.translation import get_language

from kechuang.base import clock
from kechuang.base.enums import MailState
from kechuang.base.jobs import run_pending_jobs
from kechuang.base.messages import inbox, mark_read, notify, unread_count
from kechuang.base.models import Holiday, Job, Mail, Message

pytestmark = pytest.mark.django_db


def person(username: str, email: str = "", language: str = "zh-hans", **facts):
    user = get_user_model().objects.create(username=username, email=email, **facts)
    user.language = language
    return user


def test_everybody_gets_a_message_and_those_with_an_address_a_letter(settings):
    settings.SITE_URL = "https://example.cn"
    pupil, teacher = person("pupil"), person("teacher", "t@example.cn")
    about = Holiday.objects.first()

    notify([pupil, teacher, teacher], "call.published", title="新通知", body="请查收", url="/calls/1/", about=about)
    run_pending_jobs()

    assert [message.user for message in Message.objects.order_by("pk")] == [pupil, teacher]
    assert (inbox(pupil).get().about_type, inbox(pupil).get().about_id) == ("base.holiday", str(about.pk))
    assert [(letter.to, letter.subject) for letter in mail.outbox] == [(["t@example.cn"], "新通知")]
    assert "请查收" in mail.outbox[0].body
    assert "https://example.cn/calls/1/" in mail.outbox[0].body
    assert Mail.objects.get().state == MailState.SENT


def test_the_text_is_made_in_the_readers_language():
    notify([person("a"), person("b", language="en")], "k", title=lambda: f"in {get_language()}")

    assert list(Message.objects.order_by("pk").values_list("title", flat=True)) == ["in zh-hans", "in en"]


def test_inactive_users_and_nobody_get_nothing():
    notify([person("a", "a@example.cn", is_active=False), None], "k", title="x")

    assert (Message.objects.count(), Job.objects.count()) == (0, 0)


def test_without_mail_no_letter_is_queued():
    notify(person("a", "a@example.cn"), "k", title="x", mail=False)

    assert (Message.objects.count(), Mail.objects.count()) == (1, 0)


def test_a_title_with_a_line_break_cannot_add_headers():
    notify(person("a", "a@example.cn"), "k", title="x\r\nBcc: b@example.cn")
    run_pending_jobs()

    assert mail.outbox[0].subject == "x Bcc: b@example.cn"


class Moody(EmailBackend):
    refused: frozenset[str] = frozenset()

    def send_messages(self, messages):
        if messages[0].to[0] in self.refused:
            raise smtplib.SMTPRecipientsRefused({})
        return super().send_messages(messages)


def test_a_letter_that_fails_is_sent_later_and_the_others_only_once(settings, monkeypatch):
    settings.EMAIL_BACKEND = f"{__name__}.Moody"
    monkeypatch.setattr(Moody, "refused", frozenset({"b@example.cn"}))
    notify([person(name, f"{name}@example.cn") for name in "abc"], "k", title="x")

    run_pending_jobs()
    assert sorted(Mail.objects.values_list("address", "state")) == [
        ("a@example.cn", "sent"),
        ("b@example.cn", "failed"),
        ("c@example.cn", "sent"),
    ]
    monkeypatch.setattr(Moody, "refused", frozenset())
    with clock.travel(clock.now() + timedelta(minutes=1)):
        run_pending_jobs()

    assert sorted(letter.to[0] for letter in mail.outbox) == ["a@example.cn", "b@example.cn", "c@example.cn"]
    assert set(Mail.objects.values_list("state", flat=True)) == {"sent"}


def test_reading():
    me, other = person("a"), person("b")
    notify([me, other], "k", title="x")
    notify(me, "k", title="y")
    assert (unread_count(me), unread_count(other)) == (2, 1)

    assert mark_read(me, Message.objects.filter(title="x")) == 1

    assert (unread_count(me), unread_count(other), mark_read(me), unread_count(me)) == (1, 1, 1, 0)

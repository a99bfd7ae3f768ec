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
from kechuang.base.messages import enqueue_digests, inbox, mark_read, notify, unread_count
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


def letters():
    return [(letter.to[0], letter.subject) for letter in mail.outbox]


@pytest.mark.parametrize(
    ("rhythm", "must_read", "sent"), [("at_once", False, 1), ("none", False, 0), ("none", True, 1)]
)
def test_letters_come_as_their_reader_chose_but_never_without_what_must_be_known(rhythm, must_read, sent):
    notify(person("a", "a@example.cn", mail_rhythm=rhythm), "k", title="x", must_read=must_read)
    run_pending_jobs()

    assert (len(mail.outbox), Message.objects.count()) == (sent, 1)


def test_an_occasion_is_told_once():
    me, other = person("a", "a@example.cn"), person("b")

    told = [notify(users, "k", title="x", once="draft:1") for users in ([me], [me, other], [me, other])]

    assert (told, Message.objects.count(), Mail.objects.count()) == ([1, 1, 0], 2, 1)


def test_a_letter_is_text_and_simple_html_in_the_reader_s_language(settings):
    settings.SITE_URL = "https://example.cn"
    notify(person("a", "a@example.cn", language="en"), "k", title="A <b>title</b>", body="Read this.", url="/calls/1/")
    run_pending_jobs()

    letter = mail.outbox[0]
    html, kind = letter.alternatives[0]
    assert kind == "text/html"
    assert "https://example.cn/calls/1/" in letter.body
    assert '<html lang="en">' in html
    assert '<a href="https://example.cn/calls/1/">' in html
    assert "A &lt;b&gt;title&lt;/b&gt;" in html
    assert "https://example.cn/me/reminders/" in letter.body


def test_the_morning_s_digest_lists_what_is_still_unread_once(settings):
    settings.SITE_URL = "https://example.cn"
    me = person("a", "a@example.cn", mail_rhythm="daily")
    monday = clock.start_of(clock.today())
    with clock.travel(monday + timedelta(hours=10)):
        for title in ("一", "二", "三"):
            notify(me, "k", title=title, url=f"/{title}/")
        mark_read(me, Message.objects.filter(title="二"))
        enqueue_digests()
        run_pending_jobs()
    assert letters() == []

    with clock.travel(monday + timedelta(days=1, hours=6)):
        enqueue_digests()
        run_pending_jobs()
    assert letters() == []
    for hour in (7, 8):
        with clock.travel(monday + timedelta(days=1, hours=hour, minutes=1)):
            enqueue_digests()
            run_pending_jobs()

    assert letters() == [("a@example.cn", "您有 2 条新消息")]
    assert "1. 一\nhttps://example.cn/一/" in mail.outbox[0].body
    assert "二" not in mail.outbox[0].body
    assert Message.objects.filter(awaits_digest=True).count() == 0


def test_a_digest_of_what_was_read_meanwhile_is_not_sent():
    me = person("a", "a@example.cn", mail_rhythm="daily")
    monday = clock.start_of(clock.today())
    with clock.travel(monday + timedelta(hours=10)):
        notify(me, "k", title="x")
        mark_read(me)

    with clock.travel(monday + timedelta(days=1, hours=9)):
        enqueue_digests()
        run_pending_jobs()

    assert (letters(), Message.objects.filter(awaits_digest=True).count()) == ([], 0)

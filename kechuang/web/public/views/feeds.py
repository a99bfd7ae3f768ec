"""What others subscribe to: RSS of calls, notices and works, and the dates of a call for one's own calendar.

The feed of works holds only those of calls that allow search engines, as the sitemap does; notices are named, never quoted.
"""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import NamedTuple
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.feedgenerator import Rss201rev2Feed
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from kechuang.base import clock
from kechuang.engine.calls.models import Call
from kechuang.engine.calls.rules import step_times
from kechuang.engine.catalogue.queries import catalogue
from kechuang.engine.publicity.queries import current_notices
from kechuang.engine.showcase.models import Shelf, Work
from kechuang.engine.showcase.shelves import public_shelves
from kechuang.web.templatetags._words import moment_words
from kechuang.web.views import PUBLIC, Page

MOST = 50


class Item(NamedTuple):
    title: str
    path: str
    text: str
    at: datetime | None


class Feed(Page):
    abstract = True
    permission = PUBLIC
    page = ""

    def get(self, request: HttpRequest) -> HttpResponse:
        feed = Rss201rev2Feed(
            title=self.title(), link=f"{settings.SITE_URL}{reverse(self.page)}", description=self.title(), language=get_language(),
            feed_url=f"{settings.SITE_URL}{request.path}",
        )  # fmt: skip
        for item in self.items():
            address = f"{settings.SITE_URL}{item.path}"
            feed.add_item(item.title, address, item.text, pubdate=item.at, unique_id=address)
        response = HttpResponse(content_type="application/rss+xml; charset=utf-8")
        response["Cache-Control"] = "no-cache"
        feed.write(response, "utf-8")
        return response

    def title(self) -> str:
        raise NotImplementedError

    def items(self) -> Iterable[Item]:
        raise NotImplementedError


class CallsFeed(Feed):
    permission = PUBLIC
    page = "calls"

    def title(self) -> str:
        return _("申报通知")

    def items(self) -> Iterable[Item]:
        for call in Call.objects.published().select_related("org").order_by("-opens_at", "-pk")[:MOST]:
            times = {"a": moment_words(call.opens_at), "b": moment_words(call.closes_at) if call.closes_at else ""}
            until = _("%(a)s 至 %(b)s") % times if call.closes_at else _("长期申报")
            yield Item(call.named, reverse("call", args=[call.slug]), f"{call.org.name} · {until}", call.opens_at)


class NoticesFeed(Feed):
    permission = PUBLIC
    page = "notices"

    def title(self) -> str:
        return _("公示公告")

    def items(self) -> Iterable[Item]:
        for notice in current_notices()[:MOST]:
            text = _("公示到 %(day)s") % {"day": notice.ends_on}
            yield Item(notice.title, reverse("notice", args=[notice.number]), text, notice.published_at)


class WorksFeed(Feed):
    permission = PUBLIC
    page = "works"

    def title(self) -> str:
        return _("成果展示")

    def items(self) -> Iterable[Item]:
        works = Work.objects.public().filter(application__call__indexable=True).order_by("-published_at", "-pk")
        for work in works[:MOST]:
            text = " · ".join([work.prize_name, work.school, work.summary[:200]])
            yield Item(work.title, reverse("work", args=[work.slug]), text, work.published_at)


class CasesFeed(Feed):
    permission = PUBLIC
    page = "cases"

    def title(self) -> str:
        return _("课程案例")

    def items(self) -> Iterable[Item]:
        for case in catalogue()[:MOST]:
            text = " · ".join([case.school, case.authors, case.summary[:200]])
            yield Item(case.title, reverse("case", args=[case.slug]), text, case.published_at)


class ShelvesFeed(Feed):
    """Collections are named with their introduction; works in them are read on their page."""

    permission = PUBLIC
    page = "showcase"

    def title(self) -> str:
        return _("专题")

    def items(self) -> Iterable[Item]:
        for shelf in public_shelves()[:MOST]:
            yield Item(shelf.title, reverse("shelf", args=[shelf.slug]), shelf.words, shelf.created_at)


class CityCalendar(Page):
    """The dates of all running calls, and until when collections stand on the front page: for subscribing to."""

    permission = PUBLIC

    def get(self, request: HttpRequest) -> HttpResponse:
        calls = Call.objects.published().order_by("-opens_at", "-pk")[:MOST]
        lines = [line for call in calls for line in events(call)]
        lines += [line for shelf in Shelf.objects.on_front(clock.today())[:MOST] for line in exhibition(shelf)]
        return calendar([*head(_("科创教育")), *lines, "END:VCALENDAR"], "kechuang")


class CallDates(Page):
    """The dates of a call as iCalendar (RFC 5545); importing it again updates them."""

    permission = PUBLIC

    def get(self, request: HttpRequest, slug: str) -> HttpResponse:
        call: Call = self.find(Call.objects.published(), slug=slug)
        return calendar(calendar_lines(call), call.slug)


def calendar(lines: Iterable[str], name: str) -> HttpResponse:
    response = HttpResponse("\r\n".join(map(fold, lines)) + "\r\n", content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = f'inline; filename="{name}.ics"'
    return response


def head(name: str) -> list[str]:
    host = urlsplit(settings.SITE_URL).netloc
    first = ["BEGIN:VCALENDAR", "VERSION:2.0", f"PRODID:-//{host}//Kechuang//ZH", "METHOD:PUBLISH"]
    return [*first, f"X-WR-CALNAME:{escape(name)}"]


def calendar_lines(call: Call) -> Iterable[str]:
    return [*head(call.named), *events(call), "END:VCALENDAR"]


def exhibition(shelf: Shelf) -> Iterable[str]:
    """A collection on the front page, as days from its making to its last day there."""
    if shelf.front_until is None:
        return
    host, address = urlsplit(settings.SITE_URL).netloc, f"{settings.SITE_URL}{reverse('shelf', args=[shelf.slug])}"
    title = _("专题展示：%(title)s") % {"title": shelf.title}
    begins, after = timezone.localdate(shelf.created_at), shelf.front_until + timedelta(days=1)
    yield from (
        "BEGIN:VEVENT", f"UID:shelf-{shelf.slug}@{host}", f"DTSTAMP:{_utc(clock.now())}", f"DTSTART;VALUE=DATE:{begins:%Y%m%d}",
        f"DTEND;VALUE=DATE:{after:%Y%m%d}", f"SUMMARY:{escape(title)}", f"URL:{address}", "END:VEVENT",
    )  # fmt: skip


def events(call: Call) -> Iterable[str]:
    host, address = urlsplit(settings.SITE_URL).netloc, f"{settings.SITE_URL}{reverse('call', args=[call.slug])}"
    for step in call.plan.steps:
        _opens, closes = step_times(call, step.code)
        if closes is not None:
            name = _("%(step)s截止") % {"step": _(step.name)}
            yield from (
                "BEGIN:VEVENT", f"UID:{call.slug}-{step.code}@{host}", f"DTSTAMP:{_utc(clock.now())}", f"DTSTART:{_utc(closes)}", f"DTEND:{_utc(closes)}",
                f"SUMMARY:{escape(f'{name} · {call.named}')}", f"URL:{address}", "END:VEVENT",
            )  # fmt: skip


def _utc(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def escape(text: str) -> str:
    return text.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,").replace("\n", "\\n")


def fold(line: str) -> str:
    """No line longer than 75 octets, and no character cut in two."""
    parts, part = [], ""
    for character in line:
        if len((part + character).encode()) > 73:
            parts.append(part)
            part = ""
        part += character
    return "\r\n ".join([*parts, part])

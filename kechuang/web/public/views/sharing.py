"""The picture and the words that a link shows when it is sent on. A work that is hidden has neither."""

import io
from typing import BinaryIO

from django.conf import settings
from django.core.cache import cache
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from PIL import Image, ImageOps

from kechuang.engine.calls.models import Call
from kechuang.engine.showcase.models import Work
from kechuang.engine.showcase.queries import public_work
from kechuang.orgs.enums import Stage
from kechuang.web.public.cards import KEPT_FOR, Card, png
from kechuang.web.templatetags._words import moment_words
from kechuang.web.views import PUBLIC, Page


def share_of_call(call: Call) -> dict[str, str]:
    """What the page of a call says of itself to those who send its link on."""
    text = call.summary or _(call.plan.summary)
    return _share(call.title, text, reverse("call", args=[call.slug]), reverse("call_card", args=[call.slug]))


def share_of_work(work: Work) -> dict[str, str]:
    text = work.summary or f"{work.school} · {work.prize_name}"
    return _share(work.title, text, reverse("work", args=[work.slug]), reverse("work_card", args=[work.slug]))


def _share(title: str, text: str, page: str, picture: str) -> dict[str, str]:
    short = text if len(text) <= 120 else f"{text[:119]}…"
    return {
        "title": title,
        "text": short,
        "url": f"{settings.SITE_URL}{page}",
        "image": f"{settings.SITE_URL}{picture}",
    }


class CallCard(Page):
    permission = PUBLIC

    def get(self, request: HttpRequest, slug: str) -> HttpResponse:
        call: Call = self.find(Call.objects.published().select_related("org"), slug=slug)
        until = [_("申报截止 %(at)s") % {"at": moment_words(call.closes_at)}] if call.closes_at else []
        return _picture(png(Card(_("申报通知"), call.title, (call.org.name, *until), _("全程不收费"))))


class WorkCard(Page):
    permission = PUBLIC

    def get(self, request: HttpRequest, slug: str) -> HttpResponse:
        work = public_work(slug)
        if work is None:
            raise Http404
        facts = (work.school, f"{Stage(work.stage).label} · {_(work.discipline_name)}")
        card = Card(_(work.prize_name), work.title, facts, _("%(year)s 年获奖作品") % {"year": work.year},
                    work.cover.public_id if work.cover else "")  # fmt: skip
        if work.cover is None:
            return _picture(png(card))
        with work.cover.open() as cover:
            return _picture(png(card, cover))


class WorkCover(Page):
    """The cover as a small picture for lists, so that a phone does not fetch the original."""

    permission = PUBLIC

    def get(self, request: HttpRequest, slug: str) -> HttpResponse:
        work = public_work(slug)
        if work is None or work.cover is None:
            raise Http404
        key = f"cover:{work.cover.public_id}"
        found: bytes | None = cache.get(key)
        if found is None:
            with work.cover.open() as cover:
                found = small(cover)
            cache.set(key, found, KEPT_FOR)
        return _picture(found, "image/webp")


def small(cover: BinaryIO) -> bytes:
    """A WebP of 480 by 360 pixels."""
    stored = io.BytesIO()
    with Image.open(cover) as picture:
        ImageOps.fit(picture.convert("RGB"), (480, 360)).save(stored, "WEBP", quality=78)
    return stored.getvalue()


def _picture(content: bytes, kind: str = "image/png") -> HttpResponse:
    """Nobody may keep it longer than a minute: a withdrawn consent hides it."""
    response = HttpResponse(content, content_type=kind)
    response["Cache-Control"] = "public, max-age=60"
    return response

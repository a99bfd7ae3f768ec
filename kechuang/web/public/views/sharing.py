"""The picture and the words that a link shows when it is sent on. A work that is hidden has neither."""

import io
from typing import BinaryIO

from django.conf import settings
from django.core.cache import cache
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from PIL import Image, ImageOps

from kechuang.base.models import StoredFile
from kechuang.engine.calls.models import Call
from kechuang.engine.showcase.models import Work
from kechuang.engine.showcase.places import Place, place
from kechuang.engine.showcase.queries import public_work
from kechuang.engine.showcase.shelves import Filled, public_shelf
from kechuang.orgs.enums import Stage
from kechuang.web.public.cards import KEPT_FOR, Card, png
from kechuang.web.templatetags._words import moment_words
from kechuang.web.views import PUBLIC, Page


def share_of_call(call: Call) -> dict[str, str]:
    """What the page of a call says of itself to those who send its link on."""
    text = call.summary or _(call.plan.summary)
    return share(call.named, text, reverse("call", args=[call.slug]), reverse("call_card", args=[call.slug]))


def share_of_work(work: Work) -> dict[str, str]:
    text = work.summary or f"{work.school} · {work.prize_name}"
    return share(work.title, text, reverse("work", args=[work.slug]), reverse("work_card", args=[work.slug]))


def share_of_shelf(found: Filled) -> dict[str, str]:
    shelf = found.shelf
    text = shelf.words or _("%(n)s 件作品和学校") % {"n": len(found.items)}
    return share(shelf.title, text, reverse("shelf", args=[shelf.slug]), reverse("shelf_card", args=[shelf.slug]))


def share_of_place(found: Place) -> dict[str, str]:
    code = found.org.code
    return share(found.org.name, _facts_of(found), reverse("school", args=[code]), reverse("school_card", args=[code]))


def _facts_of(found: Place) -> str:
    return _("科创教育称号 %(titles)s 项，展示作品 %(works)s 件") % {
        "titles": found.held_count,
        "works": found.works_count,
    }


def share(title: str, text: str, page: str, picture: str) -> dict[str, str]:
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
        return picture_response(png(Card(_("申报通知"), call.named, (call.org.name, *until), _("全程不收费"))))


class WorkCard(Page):
    permission = PUBLIC

    def get(self, request: HttpRequest, slug: str) -> HttpResponse:
        work = public_work(slug)
        if work is None:
            raise Http404
        facts = (work.school, f"{Stage(work.stage).label} · {_(work.discipline_name)}")
        card = Card(_(work.prize_name), work.title, facts, _("%(year)s 年获奖作品") % {"year": work.year},
                    work.cover.public_id if work.cover else "")  # fmt: skip
        return card_response(card, work.cover)


class ShelfCard(Page):
    permission = PUBLIC

    def get(self, request: HttpRequest, slug: str) -> HttpResponse:
        found = public_shelf(slug)
        if found is None:
            raise Http404
        facts = (found.shelf.theme, _("%(n)s 件作品和学校") % {"n": len(found.items)})
        foot = _("%(year)s 年") % {"year": found.shelf.year} if found.shelf.year else found.shelf.org.name
        return picture_response(png(Card(_("专题"), found.shelf.title, tuple(filter(None, facts)), foot)))


class SchoolCard(Page):
    permission = PUBLIC

    def get(self, request: HttpRequest, code: str) -> HttpResponse:
        found = place(code)
        if found is None:
            raise Http404
        best = next((_(title.name) for title in found.titles if title.is_held), "")
        unit = found.org.parent.label if found.org.parent else ""
        return picture_response(
            png(Card(_("科创教育"), found.org.name, tuple(filter(None, (best, _facts_of(found)))), unit))
        )


class WorkCover(Page):
    """The cover as a small picture for lists, so that a phone does not fetch the original."""

    permission = PUBLIC

    def get(self, request: HttpRequest, slug: str) -> HttpResponse:
        work = public_work(slug)
        if work is None or work.cover is None:
            raise Http404
        return cover_response(work.cover)


def card_response(card: Card, cover: StoredFile | None) -> HttpResponse:
    if cover is None:
        return picture_response(png(card))
    with cover.open() as picture:
        return picture_response(png(card, picture))


def cover_response(cover: StoredFile) -> HttpResponse:
    """The cover as a small picture for lists, made once and kept for an hour."""
    key = f"cover:{cover.public_id}"
    found: bytes | None = cache.get(key)
    if found is None:
        with cover.open() as picture:
            found = small(picture)
        cache.set(key, found, KEPT_FOR)
    return picture_response(found, "image/webp")


def small(cover: BinaryIO) -> bytes:
    """A WebP of 480 by 360 pixels."""
    stored = io.BytesIO()
    with Image.open(cover) as picture:
        ImageOps.fit(picture.convert("RGB"), (480, 360)).save(stored, "WEBP", quality=78)
    return stored.getvalue()


def picture_response(content: bytes, kind: str = "image/png") -> HttpResponse:
    """Nobody may keep it longer than a minute: a withdrawn consent hides it."""
    response = HttpResponse(content, content_type=kind)
    response["Cache-Control"] = "public, max-age=60"
    return response

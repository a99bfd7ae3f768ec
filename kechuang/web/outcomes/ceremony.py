"""The ceremony: results on a big screen, prize by prize from the last to the first, one key press at a time.

Only what has been through its public notice is shown, with the names as they stood there.
"""

from dataclasses import dataclass, field
from itertools import groupby

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from kechuang.engine.decisions.models import Decision
from kechuang.engine.enums import NoticeState
from kechuang.engine.models import Call, NoticeLine, PublicNotice
from kechuang.web.outcomes.pages import OutcomePage

PER_SLIDE = 8


@dataclass(frozen=True)
class Slide:
    title: str
    count: int = 0
    lines: list[NoticeLine] = field(default_factory=list)


class Ceremony(OutcomePage):
    permission = "award.issue"
    template = "outcomes/ceremony.html"

    def get(self, request: HttpRequest, slug: str) -> HttpResponse:
        call = self.call_at(slug)
        notice = final_notice(call)
        if notice is None:
            messages.info(request, _("公示期满、没有未答复的异议之后，才能在这里宣布结果。"))
            return redirect("office_call", call.slug)
        slides = slides_of(call, notice)
        asked = request.GET.get("step", "")
        step = min(int(asked), len(slides)) if asked.isdecimal() else 0
        return self.render(
            call=call, step=step, slide=slides[step - 1] if step else None, last=len(slides),
            before=step - 1 if step else None, after=step + 1 if step < len(slides) else None,
        )  # fmt: skip


def final_notice(call: Call) -> PublicNotice | None:
    """The notice of the awards whose days are over: before that nobody announces anything."""
    closed = PublicNotice.objects.filter(
        decision__call=call, decision__kind=Decision.Kind.AWARD, state=NoticeState.CLOSED
    )
    return closed.order_by("-pk").first()


def slides_of(call: Call, notice: PublicNotice) -> list[Slide]:
    """Per prize, the last first: its name, then its works in portions that can be read from the back row."""
    order = {prize.code: n for n, prize in enumerate(call.plan.prizes.prizes)}
    lines = list(notice.lines.filter(is_struck=False).order_by("order"))
    lines.sort(key=lambda line: -order.get(line.prize, 0))
    slides = []
    for _prize, part in groupby(lines, key=lambda line: line.prize):
        works = list(part)
        slides.append(Slide(_(works[0].prize_name), len(works)))
        slides += [
            Slide(_(works[0].prize_name), lines=works[start : start + PER_SLIDE])
            for start in range(0, len(works), PER_SLIDE)
        ]
    return slides

"""The lines of an expert's list: a hundred on a desk."""

from collections.abc import Iterable

from django.urls import reverse
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from kechuang.engine.reviews.queries.expert import AssignmentCard
from kechuang.web.lines import badge, escaped
from kechuang.web.templatetags._words import moment_words


def lines_of(cards: Iterable[AssignmentCard]) -> SafeString:
    """One `<tr>` for each entry, in the columns of `reviewer/reviews.html`."""
    badges = {"submitted": badge(_("已提交"), "success"), "draft": badge(_("已存草稿"), "warning")}
    waiting, extra, score = badge(_("待评"), "info"), f" {badge(_('增评'), 'muted')}", escape(_("得分"))
    prefix, suffix = reverse("score", args=[0]).rsplit("0", 1)
    words: dict[str, str] = {}

    def line(card: AssignmentCard) -> str:
        discipline = words.get(card.discipline_name) or words.setdefault(
            card.discipline_name, escape(_(card.discipline_name))
        )
        state = f"{badges.get(card.state, waiting)}{extra if card.is_extra else ''}"
        return (
            f'<tr><td class="strong"><a href="{prefix}{card.id}{suffix}">{escaped(card.title)}</a>{_slot(card)}</td>'
            f'<td class="fact">{escaped(card.alias)}</td><td class="fact">{discipline}</td><td class="state">{state}</td>'
            f'<td class="num fact" data-label="{score}">{"—" if card.total is None else escaped(str(card.total))}</td></tr>\n'
        )

    return mark_safe("".join([line(card) for card in cards]))


def _slot(card: AssignmentCard) -> str:
    """When and where it is defended, where that is known."""
    if card.starts_at is None:
        return ""
    return f'<br><span class="muted">{escape(moment_words(card.starts_at))} · {escape(card.room)}</span>'

"""What is one's own: roles and data, messages, language."""

from functools import reduce
from operator import or_
from typing import ClassVar

from django.conf import settings
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as _n
from django.utils.translation import ngettext

from kechuang.base.messages import inbox, mark_read, unread_count
from kechuang.base.models import Message
from kechuang.orgs.enums import ConsentPurpose
from kechuang.orgs.models import Person, PersonalRecord, PupilRecord, User
from kechuang.orgs.queries import children_of, consents_of, guardians_of
from kechuang.orgs.signin.adapters import factors_of, needs_factor
from kechuang.web.account.choices import LARGE, PRINT_COOKIE, PRINTS, keep
from kechuang.web.views import PUBLIC, SIGNED_IN, Page

PER_PAGE = 30
MESSAGE_KINDS = (
    ("reminders", _n("提醒"), ("reminder.",)),
    ("applications", _n("申报"), ("application.", "consent.")),
    ("reviews", _n("评审"), ("review.",)),
    ("results", _n("公示和结果"), ("notice.", "objection.", "decision.", "award.", "certificate.")),
)
"""What the inbox can be narrowed to, by how the kind of a message begins."""


class Me(Page):
    """Own roles and own data, as the law lets everybody see them (PIPL art. 45)."""

    permission = SIGNED_IN
    template = "account/me.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        person, user = self.actor.person, self.actor.user
        pupil = PupilRecord.objects.select_related("school").filter(person=person).first() if person else None
        return self.render(
            person=person, user=user, memberships=self.actor.memberships, pupil=pupil,
            identifiers=PersonalRecord.objects.filter(person=person).exists() if person else False,
            children=list(children_of(person)) if person else [], guardians=list(guardians_of(person)) if pupil else [],
            consents=_consents(person) if pupil else [], has_factor=factors_of(user).exists(), needs_factor=needs_factor(self.actor),
        )  # fmt: skip


def _consents(person: Person) -> list[tuple[str, bool]]:
    answers = consents_of(person)
    return [(str(ConsentPurpose(purpose).label), stands) for purpose, stands in answers.items()]


class Inbox(Page):
    permission = SIGNED_IN
    template = "account/inbox.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        unread = unread_count(self.actor.user)
        rows = inbox(self.actor.user)
        show = request.GET.get("show", "")
        kinds = {name: prefixes for name, _label, prefixes in MESSAGE_KINDS}
        if show == "unread":
            rows = rows.filter(read_at=None)
        elif show in kinds:
            rows = rows.filter(reduce(or_, (Q(kind__startswith=prefix) for prefix in kinds[show])))
        page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
        tabs = [
            {"label": label, "url": f"{request.path}?show={name}" if name else request.path, "active": show == name, "count": count}
            for name, label, count in (
                ("", _("全部"), None), ("unread", _("未读"), unread), *((name, _(label), None) for name, label, _p in MESSAGE_KINDS),
            )
        ]  # fmt: skip
        return self.render(page=page, unread=unread, tabs=tabs)

    def post(self, request: HttpRequest) -> HttpResponse:
        n = mark_read(self.actor.user)
        return self.done(ngettext("已把 %(n)d 条消息标为已读。", "已把 %(n)d 条消息标为已读。", n) % {"n": n}, "inbox")


class OpenMessage(Page):
    """Reading a message marks it; then on to what it is about."""

    permission = SIGNED_IN

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        message: Message = self.find(inbox(self.actor.user), pk=pk)
        mark_read(self.actor.user, Message.objects.filter(pk=message.pk))
        if message.url and url_has_allowed_host_and_scheme(message.url, {request.get_host()}):
            return redirect(message.url)
        return redirect("inbox")


class Choice(Page):
    """Something that a cookie carries through the visit and the account remembers for the next."""

    abstract = True
    permission = PUBLIC
    cookie: ClassVar[str]

    def wanted(self) -> str:
        """The value of the cookie, or nothing if the form sent something else."""
        raise NotImplementedError

    def remember(self, user: User, value: str) -> None:
        raise NotImplementedError

    def post(self, request: HttpRequest) -> HttpResponse:
        value, target = self.wanted(), request.POST.get("next", "")
        if not target.startswith("/") or not url_has_allowed_host_and_scheme(target, {request.get_host()}):
            target = self.back()
        response = HttpResponseRedirect(target)  # an address; the name of a page, or what looks like one, leads nowhere
        if value:
            keep(response, self.cookie, value)
            if self.actor.user is not None:
                self.remember(self.actor.user, value)
        return response


class SetLanguage(Choice):
    """The language of the pages, and of the letters to this account."""

    permission = PUBLIC
    cookie = settings.LANGUAGE_COOKIE_NAME

    def wanted(self) -> str:
        language = self.request.POST.get("language", "")
        return language if language in dict(settings.LANGUAGES) else ""

    def remember(self, user: User, value: str) -> None:
        user.language = value
        user.save(update_fields=["language"])


class SetPrint(Choice):
    """Large print or the usual size."""

    permission = PUBLIC
    cookie = PRINT_COOKIE

    def wanted(self) -> str:
        size = self.request.POST.get("print", "")
        return size if size in PRINTS else ""

    def remember(self, user: User, value: str) -> None:
        user.large_print = value == LARGE
        user.save(update_fields=["large_print"])

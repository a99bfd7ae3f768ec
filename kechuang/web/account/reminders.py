"""How one is reminded: the rhythm of letters, and the calendar feed with its secret address."""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from kechuang.base.enums import MailRhythm
from kechuang.base.errors import Refused
from kechuang.orgs.actions.calendars import renew_calendar, revoke_calendar
from kechuang.orgs.actor import Actor
from kechuang.orgs.models import User
from kechuang.web.desk.deadlines import deadlines_of, feed
from kechuang.web.views import PUBLIC, SIGNED_IN, Page

SHOWN = 8


class Reminders(Page):
    permission = SIGNED_IN
    template = "account/reminders.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        user = self.user
        address = (
            f"{settings.SITE_URL}{reverse('calendar_feed', args=[user.calendar_key])}" if user.calendar_key else ""
        )
        return self.render(
            user=user, address=address, rhythms=MailRhythm.choices, deadlines=deadlines_of(self.actor)[:SHOWN]
        )

    def post(self, request: HttpRequest) -> HttpResponse:
        act = request.POST.get("act", "")
        if act == "rhythm":
            return self.done(self._choose(request.POST.get("rhythm", "")), "reminders")
        if act == "calendar":
            renew_calendar(self.user)
            return self.done(_("日历地址已生成。旧的地址（如果有）已失效。"), "reminders")
        if act == "revoke":
            revoke_calendar(self.user)
            return self.done(_("日历地址已停用，订阅它的日历不再更新。"), "reminders")
        raise Refused(_("没有这项操作，请刷新页面后再试。"))

    def _choose(self, rhythm: str) -> str:
        if rhythm not in MailRhythm.values:
            raise Refused(_("请选择一种邮件方式。"))
        self.user.mail_rhythm = rhythm
        self.user.save(update_fields=["mail_rhythm"])
        return _("已保存：%(rhythm)s。") % {"rhythm": MailRhythm(rhythm).label}

    @property
    def user(self) -> User:
        user = self.actor.user
        if user is None:
            raise Http404
        return user


class CalendarFeed(Page):
    """For calendar programs, which cannot sign in: the secret key in the address is what opens it."""

    permission = PUBLIC

    def get(self, request: HttpRequest, key: str) -> HttpResponse:
        user = User.objects.filter(calendar_key=key, is_active=True).first()
        if user is None:
            raise Http404
        with translation.override(user.language):
            body = feed(deadlines_of(Actor.of(user)), _("科创平台：我的期限"))
        response = HttpResponse(body, content_type="text/calendar; charset=utf-8")
        response["Cache-Control"] = "private, max-age=900"
        response["X-Robots-Tag"] = "noindex"
        return response

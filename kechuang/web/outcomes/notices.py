"""公示 in the office: drafting from a decision, publishing, closing, and what replaced what."""

from typing import Any

from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from kechuang.base import clock
from kechuang.base.errors import Refused
from kechuang.engine.decisions.models import Decision
from kechuang.engine.enums import DecisionState, NoticeState
from kechuang.engine.publicity.actions import close_notice, draft_notice, edit_notice, publish_notice
from kechuang.engine.publicity.actions.notices import working_day_after
from kechuang.engine.publicity.models import PublicNotice
from kechuang.engine.publicity.queries import open_objections, preview_page, versions
from kechuang.engine.publicity.rules import OPEN_OBJECTIONS, why_not_close, why_not_publish
from kechuang.web.outcomes.forms import NoticeForm
from kechuang.web.outcomes.pages import OutcomePage, address, crumbs, division_names, paged, turning


class NoticePageBase(OutcomePage):
    abstract = True
    permission = "notice.publish"

    def notice_at(self, number: str) -> PublicNotice:
        rows = PublicNotice.objects.visible_to(self.actor, self.permission)
        notice: PublicNotice = self.find(
            rows.select_related("decision__call__org", "decision__round", "published_by__person"), number=number
        )
        return notice


class OfficeNotices(NoticePageBase):
    """Every notice of the office's calls, and the decisions that still wait for one."""

    template = "outcomes/notices.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        is_open = Q(objections__state__in=OPEN_OBJECTIONS)
        rows = PublicNotice.objects.visible_to(self.actor, self.permission).select_related("decision__call__org")
        rows = rows.annotate(
            n=Count("lines", distinct=True), waiting=Count("objections", filter=is_open, distinct=True)
        )
        sheet = paged(request, rows.order_by("-pk"), 30)
        return self.render(
            sheet=sheet, turning=turning(request, sheet), undrafted=self._undrafted(), today=clock.today()
        )

    def _undrafted(self) -> list[Decision]:
        rows = Decision.objects.visible_to(self.actor, self.permission).filter(state=DecisionState.FINAL, notices=None)
        return list(rows.select_related("call", "round").order_by("-pk"))


class NoticeDraft(NoticePageBase):
    def post(self, request: HttpRequest) -> HttpResponse:
        pk = request.POST.get("decision", "")
        rows = Decision.objects.visible_to(self.actor, self.permission).select_related("call__org")
        decision = self.find(rows, pk=int(pk) if pk.isdigit() else 0)
        notice = draft_notice(decision, by=self.actor)
        return self.done(
            _("已起草公示 %(number)s。请核对文字和天数，预览后发布。") % {"number": notice.number},
            "office_notice",
            notice.number,
        )


class OfficeNotice(NoticePageBase):
    """One notice: a form while it is a draft, its dates and lines once it is public."""

    template = "outcomes/notice.html"

    def get(self, request: HttpRequest, number: str) -> HttpResponse:
        notice = self.notice_at(number)
        return self._page(notice, NoticeForm(instance=notice))

    def post(self, request: HttpRequest, number: str) -> HttpResponse:
        notice = self.notice_at(number)
        form = NoticeForm(request.POST, instance=self.notice_at(number))
        if not form.is_valid():
            return self._page(notice, form, status=422)
        edit_notice(notice, by=self.actor, **form.cleaned_data)
        return self.done(_("公示草稿已保存。"), "office_notice", number)

    def _page(self, notice: PublicNotice, form: NoticeForm, status: int = 200) -> HttpResponse:
        is_draft = notice.state == NoticeState.DRAFT
        return self.render(
            status=status, notice=notice, call=notice.call, decision=notice.decision, form=form, versions=versions(notice),
            breadcrumbs=crumbs(notice.call, (_("公示"), reverse("office_notices")), (notice.number, "")),
            public_url=address("notice", notice.number), holidays_url=address("holidays"),
            **(self._draft(notice) if is_draft else self._public(notice)),
        )  # fmt: skip

    @staticmethod
    def _draft(notice: PublicNotice) -> dict[str, Any]:
        chosen = notice.decision.lines.filter(is_chosen=True).count()
        words: dict[str, Any] = {
            "chosen": chosen,
            "hindrance": why_not_publish(notice.state, notice.decision.state, chosen),
        }
        try:
            return words | {"would_end": working_day_after(clock.today(), notice.working_days), "today": clock.today()}
        except Refused as refusal:
            return words | {"missing_table": refusal.sentence}

    def _public(self, notice: PublicNotice) -> dict[str, Any]:
        sheet = paged(self.request, notice.lines.select_related("application"), 100)
        waiting = open_objections(notice).count()
        names = division_names(notice.call.plan)
        return {
            "sheet": sheet, "turning": turning(self.request, sheet), "objections": notice.objections.order_by("-pk"),
            "rows": [(names.get(line.division, line.division), line) for line in sheet], "today": clock.today(), "waiting": waiting,
            "why_open": why_not_close(notice.state, notice.ends_on, waiting, clock.today()) if notice.state == NoticeState.OPEN else "",
        }  # fmt: skip


class NoticePreview(NoticePageBase):
    """The draft as the public will read it; names are masked and consents asked as on the day of publication."""

    template = "outcomes/notice_preview.html"

    def get(self, request: HttpRequest, number: str) -> HttpResponse:
        notice = self.notice_at(number)
        return self.render(notice=notice, page=preview_page(notice), call=notice.call)


class NoticePublish(NoticePageBase):
    def post(self, request: HttpRequest, number: str) -> HttpResponse:
        notice = publish_notice(self.notice_at(number), by=self.actor)
        return self.done(_("公示已发布，团队已收到通知。"), "office_notice", notice.number)


class NoticeClose(NoticePageBase):
    def post(self, request: HttpRequest, number: str) -> HttpResponse:
        close_notice(self.notice_at(number), by=self.actor)
        return self.done(_("公示已结束。授奖决定的公示结束后可以授奖。"), "office_notice", number)

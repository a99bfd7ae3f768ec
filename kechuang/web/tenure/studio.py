"""The studio: its leader invites and takes out, a colleague answers and leaves."""

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from kechuang.base.errors import Refused
from kechuang.engine.honours.models import Honour
from kechuang.engine.honours.queries import honours_in_office
from kechuang.engine.tenure.actions import studio as actions
from kechuang.engine.tenure.models import StudioMember
from kechuang.engine.tenure.queries.studio import colleagues, own_invitations, plan_of
from kechuang.web.views import SIGNED_IN, Page


class HonourStudio(Page):
    """What the leader does: invite (`do=invite:<person>`), take out (`do=remove:<member>`)."""

    permission = "application.view"

    def post(self, request: HttpRequest, number: str) -> HttpResponse:
        honour: Honour = self.find(honours_in_office(self.actor), number=number)
        do, _colon, argument = request.POST.get("do", "").partition(":")
        if do == "remove":
            row: StudioMember = self.find(honour.members.all(), public_id=argument)
            actions.leave_studio(row, by=self.actor)
            return self.done(_("已移出工作室。"), "office_honour", honour.number)
        person = self._named(honour, request.POST.get("name", "")[:60], argument)
        actions.invite_member(honour, person, task=request.POST.get("task", ""), by=self.actor)
        return self.done(_("已邀请“%(name)s”，等本人答复。") % {"name": person}, "office_honour", honour.number)

    def _named(self, honour: Honour, name: str, public_id: str):  # type: ignore[no-untyped-def]
        """The one colleague of this full name; of several the one whose number the button says."""
        plan = plan_of(honour)
        rows = [row.person for row in colleagues(honour, plan, name)] if plan else []
        chosen = [person for person in rows if person.public_id == public_id] if public_id else rows
        if len(chosen) != 1:
            sentence = _("没有找到这位教师，请写全名。") if not rows else _("有同名的教师，请联系学校管理员核对。")
            raise Refused(sentence)
        return chosen[0]


class StudioInvitation(Page):
    """A colleague's own answer, and the way out."""

    permission = SIGNED_IN
    template = "tenure/invitation.html"

    def at(self, public_id: str) -> StudioMember:
        row: StudioMember = self.find(own_invitations(self.actor), public_id=public_id)
        return row

    def get(self, request: HttpRequest, public_id: str) -> HttpResponse:
        row = self.at(public_id)
        return self.render(row=row, honour=row.honour)

    def post(self, request: HttpRequest, public_id: str) -> HttpResponse:
        row, do = self.at(public_id), request.POST.get("do", "")
        if do == "leave":
            actions.leave_studio(row, by=self.actor)
            return self.done(_("您已离开工作室。"), "studio_invitation", row.public_id)
        actions.answer_invitation(row, yes=do == "yes", by=self.actor)
        words = _("您已加入工作室。") if do == "yes" else _("已答复：不加入。")
        return self.done(words, "studio_invitation", row.public_id)

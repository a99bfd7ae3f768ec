"""What the pages of a team share: the application, scoped, and the door back to it."""

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from kechuang.engine.applications import steady
from kechuang.engine.applications.models import Application
from kechuang.engine.applications.perform import takes_part
from kechuang.web.views import Page


class TeamPage(Page):
    """A page for those who fill the application in: 404 to strangers, 403 to those who may only read it."""

    abstract = True

    def application_at(self, public_id: str, *, with_people: bool = True) -> Application:
        """The application of the page, with its team where the page shows one."""
        application = (steady.TO_SHOW if with_people else steady.TO_WRITE).first(self.actor, public_id)
        if application is None:
            raise Http404
        if with_people:
            steady.with_team(application)
        if not takes_part(self.actor, application):
            raise PermissionDenied(_("只有申报者可以修改这份申报。"))
        return application

    def back(self) -> str:
        return reverse("application", args=[self.kwargs["public_id"]])

    def not_editable(self, application: Application) -> HttpResponse:
        sentence = _("这份申报现在是“%(state)s”，不能再修改。") % {"state": _(application.state_info.label)}
        return self.done(sentence, "application", application.public_id)


def edit_url(application: Application, anchor: str = "") -> str:
    url = reverse("application_edit", args=[application.public_id])
    return f"{url}#{anchor}" if anchor else url

"""Where an upload for an application goes: to its question, within the question's types, size and number."""

from collections.abc import Sequence

from django.http import Http404
from django.utils.translation import gettext as _

from kechuang.base.errors import Refused
from kechuang.base.files.tus import TusError
from kechuang.base.models import StoredFile
from kechuang.engine.applications.actions import attach_file
from kechuang.engine.applications.models import Application
from kechuang.engine.applications.papers import replace_file
from kechuang.engine.programme.declaration import Question
from kechuang.orgs.actor import Actor
from kechuang.web.files.purposes import Slot, kinds_of, purpose


@purpose("application")
def application_slot(actor: Actor, rest: Sequence[str]) -> Slot:
    """`application:<public id>:<question>[:<attachment to replace>]`, for the team only, while the application is theirs to edit."""
    public_id, code, replaced = (*rest, "", "", "")[:3]
    application = Application.objects.own(actor).select_related("call__org", "org").filter(public_id=public_id).first()
    if application is None:
        raise Http404
    if not application.is_editable:
        raise Refused(_("这份申报现在是“%(state)s”，不能再添加附件。") % {"state": _(application.state_info.label)})
    question = _file_question(application, code)

    def take(stored: StoredFile) -> None:
        if application.attachments.filter(stored=stored).exists():
            return
        if replaced:
            replace_file(application, int(replaced) if replaced.isdecimal() else 0, stored, by=actor)
        else:
            attach_file(application, code, stored, by=actor)

    return Slot(kinds_of(question.file_types), question.max_megabytes * 1024 * 1024, application.scope_path, take)


def _file_question(application: Application, code: str) -> Question:
    found = next((q for q in application.call.plan.questions() if q.code == code and q.kind in {"file", "files"}), None)
    if found is None:
        raise TusError(400, _("表单里没有这个附件项，请刷新页面。"))
    return found

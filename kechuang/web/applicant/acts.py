"""What the buttons of the form page do. A button posts the whole form: what was typed is saved first, then its act is done."""

from collections.abc import Callable
from dataclasses import dataclass

from django.http import HttpRequest
from django.utils.translation import gettext as _

from kechuang.base.errors import Refused
from kechuang.base.files import accept, discard
from kechuang.engine.applications import actions
from kechuang.engine.applications.asking import ask_consent
from kechuang.engine.applications.models import Application, TeamMember
from kechuang.orgs.actor import Actor
from kechuang.web.applicant import people
from kechuang.web.files.purposes import kinds_of


@dataclass(frozen=True)
class Act:
    """One press of a button: `do` is `name` or `name:argument`."""

    application: Application
    actor: Actor
    request: HttpRequest
    argument: str = ""


Result = tuple[str, str]
"""The sentence that says what was done, and the place on the page to go on at."""


def save(act: Act) -> Result:
    return _("已保存。"), ""


def find_people(act: Act) -> Result:
    return "", "team"


def add_member(act: Act) -> Result:
    person = people.pupil(act.application, act.actor, act.argument)
    if person is None:
        raise Refused(_("没有找到这名学生，可能已在团队里或已转学。请重新查找。"))
    member = actions.add_member(act.application, person, by=act.actor)
    if _asked(act, member):
        return _("已把 %(name)s 加入团队，并请其本人或监护人答复参赛同意。") % {"name": person}, "team"
    return _("已把 %(name)s 加入团队。") % {"name": person}, "team"


def _asked(act: Act, member: TeamMember) -> int:
    """Ask at once; where nobody has an account yet, the consents section says what to do."""
    try:
        return ask_consent(act.application, member, by=act.actor)
    except Refused:
        return 0


def ask(act: Act) -> Result:
    member = (
        act.application.members.filter(pk=_number(act.argument)).select_related("person__pupil", "person__user").first()
    )
    if member is None or not ask_consent(act.application, member, by=act.actor):
        return _("不用再请了：已经答复。"), "consents"
    return _("已请 %(name)s 的本人或监护人答复，对方会收到消息。") % {"name": member.person}, "consents"


def remove_member(act: Act) -> Result:
    member = act.application.members.filter(pk=_number(act.argument)).select_related("person").first()
    if member is None:
        return "", "team"
    actions.remove_member(act.application, member, by=act.actor)
    return _("已把 %(name)s 移出团队。") % {"name": member.person}, "team"


def add_adviser(act: Act) -> Result:
    person = people.teacher(act.application, act.argument)
    if person is None:
        raise Refused(_("没有找到这名教师，可能已是指导教师或已离职。请重新查找。"))
    actions.add_adviser(act.application, person, by=act.actor)
    return _("已添加指导教师 %(name)s。") % {"name": person}, "team"


def remove_adviser(act: Act) -> Result:
    adviser = act.application.advisers.filter(pk=_number(act.argument)).select_related("person").first()
    if adviser is None:
        return "", "team"
    actions.remove_adviser(act.application, adviser, by=act.actor)
    return _("已移除指导教师 %(name)s。") % {"name": adviser.person}, "team"


def detach(act: Act) -> Result:
    attachment = act.application.attachments.filter(pk=_number(act.argument)).select_related("stored").first()
    if attachment is None:
        return "", ""
    actions.detach_file(act.application, attachment, by=act.actor)
    return _("已删除附件“%(name)s”。") % {"name": attachment.stored.name}, f"q-{attachment.question}"


def sign(act: Act) -> Result:
    detail = act.request.POST.get(f"detail-{act.argument}", "")
    actions.sign_pledge(act.application, act.argument, by=act.actor, detail=detail)
    return _("已签署。"), "pledges"


def sign_all(act: Act) -> Result:
    """Every declaration at once, with what was written into them."""
    codes = [pledge.code for pledge in act.application.call.plan.pledges]
    details = {code: act.request.POST.get(f"detail-{code}", "") for code in codes}
    actions.sign_pledges(act.application, details, by=act.actor)
    return _("已全部签署。"), "pledges"


def signed_by(do: str, application: Application) -> frozenset[str]:
    """The declarations that the pressed button signs."""
    name, _colon, argument = do.partition(":")
    if name == "sign_all":
        return frozenset(pledge.code for pledge in application.call.plan.pledges)
    return frozenset({argument} if name == "sign" else ())


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() else 0


ACTS: dict[str, Callable[[Act], Result]] = {
    "": save,
    "save": save,
    "rows": lambda act: (_("已保存，表格下方又有了空行。"), f"q-{act.argument}"),
    "attach": lambda act: (_("已保存。"), f"q-{act.argument}"),
    "find": find_people,
    "add_member": add_member,
    "remove_member": remove_member,
    "add_adviser": add_adviser,
    "remove_adviser": remove_adviser,
    "detach": detach,
    "sign": sign,
    "sign_all": sign_all,
    "ask": ask,
}


def carry_out(application: Application, actor: Actor, request: HttpRequest) -> Result:
    """Do what the pressed button says."""
    name, _colon, argument = request.POST.get("do", "").partition(":")
    chosen = ACTS.get(name)
    if chosen is None:
        raise Refused(_("页面可能不是最新的，请刷新后再试。"))
    return chosen(Act(application, actor, request, argument))


def keep_shares(application: Application, actor: Actor, told: dict[str, str]) -> None:
    """Save what each member did, where it changed; `told` by field name `share-<member>`."""
    if not any(name.startswith("share-") for name in told):
        return
    for member in application.members.all():
        share = told.get(f"share-{member.pk}")
        if share is not None and share.strip() != member.share:
            actions.describe_share(application, member, share.strip(), by=actor)


def take_files(application: Application, actor: Actor, request: HttpRequest) -> list[str]:
    """Attach the files that came with the form itself (a browser without script); the sentences of those that were refused."""
    refused = []
    for question in application.call.plan.questions():
        for upload in request.FILES.getlist(f"file-{question.code}"):
            try:
                _take_file(application, question.code, upload, actor)
            except Refused as error:
                refused.append(error.sentence)
    return refused


def _take_file(application: Application, code: str, upload: object, actor: Actor) -> None:
    question = application.call.plan.question(code)
    stored = accept(upload, kind=kinds_of(question.file_types), max_bytes=question.max_megabytes * 1024 * 1024,
                    by=actor, scope_path=application.scope_path)  # fmt: skip
    try:
        actions.attach_file(application, code, stored, by=actor)
    except Refused:
        discard(stored, by=actor)
        raise

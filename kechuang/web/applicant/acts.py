"""What the buttons of the form page do. A button posts the whole form: what was typed is saved first, then its act is done."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _

from kechuang.base.errors import Refused
from kechuang.base.files import accept, checked, discard
from kechuang.engine.applications import actions
from kechuang.engine.applications.asking import ask_consent
from kechuang.engine.applications.filling import Paper
from kechuang.engine.applications.models import Application, TeamMember
from kechuang.engine.applications.papers import (
    Removed,
    caption_files,
    move_file,
    order_files,
    remove_file,
    replace_file,
    restore_file,
)
from kechuang.engine.partnerships import actions as partnerships
from kechuang.orgs.actor import Actor
from kechuang.orgs.models import Org
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
    """Take a file off; the session keeps what puts it back, one per question."""
    pk = _number(act.argument)
    if not act.application.attachments.filter(pk=pk).exists():
        return "", ""
    removed = remove_file(act.application, pk, by=act.actor)
    kept = removed_of(act.request, act.application)
    act.request.session[_removed_key(act.application)] = {**kept, removed.question: removed.as_json()}
    return _("已删除附件“%(name)s”。") % {"name": removed.name}, f"q-{removed.question}"


def restore(act: Act) -> Result:
    """Put back the file that was taken off last from the question that `argument` names."""
    kept = removed_of(act.request, act.application)
    told = kept.pop(act.argument, None)
    if told is None:
        raise Refused(_("没有可以恢复的附件，请重新上传。"))
    act.request.session[_removed_key(act.application)] = kept
    removed = Removed(**told)
    restore_file(act.application, removed, by=act.actor)
    return _("已恢复附件“%(name)s”。") % {"name": removed.name}, f"q-{removed.question}"


def removed_of(request: HttpRequest, application: Application) -> dict[str, Any]:
    """By question: the file that this person took off last and may put back."""
    return dict(request.session.get(_removed_key(application), {}))


def _removed_key(application: Application) -> str:
    return f"removed:{application.public_id}"


def move_up(act: Act) -> Result:
    return _moved(act, -1)


def move_down(act: Act) -> Result:
    return _moved(act, 1)


def _moved(act: Act, step: int) -> Result:
    paper = move_file(act.application, _number(act.argument), step, by=act.actor)
    keys = list(act.application.attachments.filter(question=paper.question).values_list("pk", flat=True))
    place = {"name": paper.stored.name, "n": keys.index(paper.pk) + 1, "all": len(keys)}
    return _("“%(name)s”现在排第 %(n)s，共 %(all)s 个。") % place, f"q-{paper.question}"


def put_in_order(act: Act) -> Result:
    """`argument`: the question, then its files in the wished order."""
    question, _colon, keys = act.argument.partition(":")
    order_files(act.application, question, [_number(key) for key in keys.split(",")], by=act.actor)
    return _("顺序已保存。"), f"q-{question}"


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


def kept_details(request: HttpRequest, application: Application) -> dict[str, str]:
    """What was written into declarations and not signed yet, as the session keeps it."""
    return dict(request.session.get(_details_key(application), {}))


def keep_details(request: HttpRequest, application: Application, signed: frozenset[str] = frozenset()) -> None:
    """So that no button loses what was written into a declaration that is not signed yet."""
    told = {key: text for key, text in details_typed(request).items() if key.removeprefix("detail-") not in signed}
    if told != kept_details(request, application):
        request.session[_details_key(application)] = told


def details_typed(request: HttpRequest) -> dict[str, str]:
    return {key: text for key, text in request.POST.items() if key.startswith("detail-") and text.strip()}


def _details_key(application: Application) -> str:
    return f"details:{application.public_id}"


def signed_by(do: str, application: Application) -> frozenset[str]:
    """The declarations that the pressed button signs."""
    name, _colon, argument = do.partition(":")
    if name == "sign_all":
        return frozenset(pledge.code for pledge in application.call.plan.pledges)
    return frozenset({argument} if name == "sign" else ())


def ask_partner(act: Act) -> Result:
    """`argument`: the code of the organisation."""
    partner = Org.objects.current().filter(code=act.argument).first()
    if partner is None:
        raise Refused(_("没有找到这个单位，请重新查找。"))
    post = act.request.POST
    partnerships.ask_partner(
        act.application, partner, years=_number(post.get("partner_years", "")), purpose=post.get("partner_purpose", "")[:4000], by=act.actor
    )  # fmt: skip
    return _("已请“%(org)s”合作，对方确认后就可以提交。") % {"org": partner}, "partner"


def withdraw_partner(act: Act) -> Result:
    row = partnerships.withdraw_partner(act.application, by=act.actor)
    return (_("已撤回对“%(org)s”的邀请。") % {"org": row.partner} if row else ""), "partner"


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
    "restore": restore,
    "up": move_up,
    "down": move_down,
    "order": put_in_order,
    "sign": sign,
    "sign_all": sign_all,
    "ask": ask,
    "ask_partner": ask_partner,
    "withdraw_partner": withdraw_partner,
}


def carry_out(application: Application, actor: Actor, request: HttpRequest) -> Result:
    """Do what the pressed button says."""
    name, _colon, argument = request.POST.get("do", "").partition(":")
    chosen = ACTS.get(name)
    if chosen is None:
        raise Refused(_("页面可能不是最新的，请刷新后再试。"))
    return chosen(Act(application, actor, request, argument))


def shares_of(told: Mapping[str, Any]) -> dict[int, str]:
    """What each member did, by key; `told` by field name `share-<member>`."""
    return _by_key("share-", told)


def captions_of(told: Mapping[str, Any]) -> dict[int, str]:
    """What each file shows, by key; `told` by field name `caption-<attachment>`."""
    return _by_key("caption-", told)


def _by_key(prefix: str, told: Mapping[str, Any]) -> dict[int, str]:
    found = {name.removeprefix(prefix): text for name, text in told.items() if name.startswith(prefix)}
    return {_number(key): text for key, text in found.items() if isinstance(text, str)}


def keep_captions(application: Application, actor: Actor, told: Mapping[str, Any]) -> None:
    """Save what each file shows; `told` by field name `caption-<attachment>`."""
    if captions := captions_of(told):
        caption_files(application, captions, by=actor)


def papers_of(application: Application, actor: Actor, request: HttpRequest) -> tuple[list[Paper], list[str]]:
    """The files that came with the form itself (a browser without script), checked and not attached yet; and the sentences of
    those that were refused."""
    papers, refused = [], []
    for question in application.call.plan.questions() if request.FILES else ():
        for upload in request.FILES.getlist(f"file-{question.code}"):
            try:
                papers.append((question.code, checked(upload, **_rules_for(application, question.code, actor))))
            except Refused as error:
                refused.append(error.sentence)
    return papers, refused


def replace_files(application: Application, actor: Actor, request: HttpRequest) -> list[str]:
    """Put the files that came with the form in the place of others; the sentences of those that were refused."""
    refused = []
    for name, upload in request.FILES.items():
        if name.startswith("replace-"):
            try:
                _replace_file(application, _number(name.removeprefix("replace-")), upload, actor)
            except Refused as error:
                refused.append(error.sentence)
    return refused


def _replace_file(application: Application, pk: int, upload: object, actor: Actor) -> None:
    paper = application.attachments.filter(pk=pk).first()
    stored = accept(upload, **_rules_for(application, paper.question if paper else "", actor))
    try:
        replace_file(application, pk, stored, by=actor)
    except Refused:
        discard(stored, by=actor)
        raise


def _rules_for(application: Application, code: str, actor: Actor) -> dict[str, Any]:
    """What a file must satisfy at its question, and whose it is."""
    question = next((q for q in application.call.plan.questions() if q.code == code), None)
    if question is None:
        raise Refused(_("表单里没有这个附件项，请刷新页面。"))
    most = question.max_megabytes * 1024 * 1024
    return {
        "kind": kinds_of(question.file_types),
        "max_bytes": most,
        "by": actor,
        "scope_path": application.scope_path,
    }

"""Everything that is written about an application, apart from its state (perform.py)."""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from kechuang.base import audit, clock
from kechuang.base.errors import Refused
from kechuang.base.ids import drawn
from kechuang.base.models import StoredFile
from kechuang.base.prepared import Insert
from kechuang.engine.applications import applicants, rules, steady, tallies
from kechuang.engine.applications.blindness import read_papers, read_papers_again, traces
from kechuang.engine.applications.models import (
    Adviser,
    Application,
    Attachment,
    NotAName,
    SignedPledge,
    TeamMember,
)
from kechuang.engine.applications.perform import acts_for, lock, move_locked, only_one, takes_part
from kechuang.engine.calls.models import Call
from kechuang.engine.calls.rules import why_step_is_shut
from kechuang.engine.enums import CallState
from kechuang.engine.programme.declaration import Question
from kechuang.orgs.actor import Actor
from kechuang.orgs.models import Org, Person, PupilRecord, User
from kechuang.orgs.queries import record_of

ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
BASIC_FIELDS = frozenset({"title", "title_en", "abstract", "stage", "discipline"})
_BEGIN, _JOIN, _GUIDE = Insert(Application), Insert(TeamMember), Insert(Adviser)
_SIGN = Insert(SignedPledge, unique=["application", "code"], update=["text_digest", "detail", "signed_at", "signed_by"])


class EditConflict(Refused):
    """Somebody saved a newer version; nothing was overwritten."""

    def __init__(self, current: Application) -> None:
        super().__init__(_("这份申报刚刚在别处被修改过，您的内容没有覆盖它。请对照后再保存。"))
        self.current = current


def new_public_id() -> str:
    """Ten characters that are not mistaken for one another (about 49 bits)."""
    return drawn(ALPHABET, 10)


@transaction.atomic
def begin_application(
    call: Call, org: Org, *, by: Actor, client_token: str | None = None, person: Person | None = None
) -> Application:
    """A draft of `org` for `call`; the same client token gives the same draft (a double click makes one).

    `person` is whom a nomination for a person names; without a nomination it is the actor.
    """
    if client_token and by.user and (known := steady.BY_TOKEN.first(client_token, by.user.pk)):
        return known
    _require_open(call)
    filling = applicants.filling_org(call.plan, org, person, by)
    application = Application(
        public_id=new_public_id(),
        call=call,
        org=org,
        created_by=by.user,
        client_token=client_token,
        saved_at=clock.now(),
        filled_by=filling,
    )
    if call.plan.applicant != "team":
        holder = person or by.person
        _hold(application, holder)
        record = _record_of(holder) if call.plan.of_pupils and holder else None
        if record is not None:
            _place(application, record.grade)
        _BEGIN([application])
        if record is not None and holder is not None:
            _JOIN([_member(application, holder, record, 1)])
    elif by.person and by.has_role("pupil"):
        record = _record_of(by.person)
        _place(application, record.grade)
        _BEGIN([application])
        _JOIN([_member(application, by.person, record, 1)])
    else:
        _BEGIN([application])
        if by.person:
            _GUIDE([Adviser(application=application, person=by.person)])
    tallies.begun([application])
    audit.record("begin_application", by=by, on=application, scope_path=org.path)
    return application


def _hold(application: Application, person: Person | None) -> None:
    """Whom it is about; what it is called until somebody says otherwise; its kind where there is only one."""
    plan = application.call.plan
    application.person = person if plan.applicant == "person" else None
    is_named = plan.names_entry or plan.of_pupils  # a title is public, a pupil's name is not
    application.title = "" if is_named else application.holder[:300]
    if len(plan.disciplines) == 1:
        application.discipline = plan.disciplines[0].code
    if len(plan.stages) == 1:
        application.stage = plan.stages[0]
    application.division = rules.division_of(plan, application.stage, application.discipline)


def _require_open(call: Call) -> None:
    if call.state != CallState.PUBLISHED:
        raise Refused(_("“%(call)s”现在不接受申报。") % {"call": call})
    if sentence := why_step_is_shut(call, "apply", clock.now()):
        raise Refused(sentence)


def editable(application: Application, by: Actor) -> Application:
    """The application, locked; PermissionDenied for outsiders, Refused when it is no longer the team's to edit."""
    locked = steady.locked(application.pk)
    if not _is_theirs(locked, by):
        raise PermissionDenied(_("只有申报者可以修改这份申报。"))
    if not locked.is_editable:
        raise Refused(_("这份申报现在是“%(state)s”，不能再修改。") % {"state": _(locked.state_info.label)})
    if sentence := _shut(locked):
        raise Refused(sentence)
    return locked


def _is_theirs(application: Application, by: Actor) -> bool:
    return acts_for(by, application, "application.edit")


def _shut(application: Application) -> str:
    """The sentence why the team may not work on it at this time ("" = it may)."""
    return why_step_is_shut(application.call, "screen" if application.state == "incomplete" else "apply", clock.now())


@transaction.atomic
def save_answers(
    application: Application, changes: dict[str, Any], *, version: int, by: Actor, was: Mapping[str, Any] | None = None
) -> tuple[Application, dict[str, str]]:
    """Save what was typed. Returns the fresh application and, per field, why a value was not taken (the others are saved).

    Raises EditConflict when `version` is not the current one: a second tab or a team mate saved in between. A save whose
    answer was lost may be sent again: where everything already stands as sent, there is nothing to conflict about.
    `was` says what each field held when its writer began: a field that still holds it is nobody else's work, and is saved.
    """
    locked = editable(application, by)
    return locked, _write_answers(locked, changes, version, was)


def _write_answers(
    locked: Application, changes: dict[str, Any], version: int, was: Mapping[str, Any] | None = None
) -> dict[str, str]:
    """`save_answers` of an application that is locked; per field, why a value was not taken."""
    before = _content(locked)
    errors = {name: sentence for name, value in changes.items() if (sentence := _take(locked, name, value))}
    if version != locked.version and _content(locked) == before:
        return errors
    if rules.written_elsewhere(before, _content(locked), was) if was is not None else version != locked.version:
        raise EditConflict(Application.objects.select_related("call__org", "org").get(pk=locked.pk))
    stood = tallies.place_of(locked)
    locked.division = rules.division_of(locked.call.plan, locked.stage, locked.discipline)
    locked.version += 1
    locked.saved_at = clock.now()
    locked.save(update_fields=[*BASIC_FIELDS, "answers", "division", "version", "saved_at"])
    tallies.moved([locked], {locked.pk: stood})
    return errors


def _content(application: Application) -> dict[str, Any]:
    return {**application.answers, **{name: getattr(application, name) for name in BASIC_FIELDS}}


def _take(application: Application, name: str, value: Any) -> str:
    if name in BASIC_FIELDS:
        return _take_basic(application, name, value)
    question = next((q for q in application.call.plan.questions() if q.code == name), None)
    if question is None or question.kind in {"file", "files", "statement"}:
        return _("表单里没有“%(name)s”这一项，可能通知刚刚更新过，请刷新页面。") % {"name": name}
    sentence = rules.answer_problem(question, value)
    if not sentence:
        application.answers[name] = value
    return sentence


def _take_basic(application: Application, name: str, value: Any) -> str:
    plan = application.call.plan
    if not isinstance(value, str):
        return _("请填写文字。")
    if name == "stage" and value and value not in plan.stages:
        return _("本次申报不接受这个学段。")
    if name == "discipline" and value and value not in {d.code for d in plan.disciplines}:
        return _("本次申报没有这个学科。")
    limit = {"title": 300, "title_en": 300, "abstract": 3000}.get(name, 40)
    if len(value) > limit:
        return _("最多 %(max)s 字，现在是 %(now)s 字。") % {"max": limit, "now": len(value)}
    setattr(application, name, value.strip() if name != "abstract" else value)
    return ""


@transaction.atomic
def add_member(application: Application, person: Person, *, by: Actor, share: str = "") -> TeamMember:
    """Add a pupil to the team (one to three, of this school's stage and city)."""
    locked = editable(application, by)
    if locked.call.plan.applicant != "team":
        raise Refused(_("这个项目不由学生团队申报，不能添加学生。"))
    if locked.members.count() >= locked.call.plan.team.max_members:
        raise Refused(_("团队最多 %(max)s 名学生。") % {"max": locked.call.plan.team.max_members})
    stood = tallies.place_of(locked)
    member = _add_pupil(locked, person, locked.members.count() + 1, share)
    _touch(locked)
    read_papers_again(locked, by=by)
    tallies.moved([locked], {locked.pk: stood})
    audit.record("add_member", by=by, on=locked, detail={"person": person.public_id}, scope_path=locked.scope_path)
    return member


def _add_pupil(application: Application, person: Person, order: int, share: str = "") -> TeamMember:
    record = _record_of(person)
    member = _member(application, person, record, order, share)
    try:
        with transaction.atomic():
            member.save(force_insert=True)
    except IntegrityError as error:
        raise Refused(_("%(name)s 已经在团队里了。") % {"name": person}) from error
    if not application.stage:
        _place(application, record.grade)
    return member


def _record_of(person: Person) -> PupilRecord:
    record = record_of(person)
    if record is None:
        raise Refused(_("%(name)s 不是在册学生，不能加入团队。") % {"name": person})
    return record


def _member(application: Application, person: Person, record: PupilRecord, order: int, share: str = "") -> TeamMember:
    return TeamMember(
        application=application, call=application.call, person=person, school_id=record.school_id, grade=record.grade,
        order=order, share=share,
    )  # fmt: skip


def _place(application: Application, grade: int) -> None:
    """Stage and division by the first pupil's grade."""
    application.stage = rules.stage_of_grade(grade)
    application.division = rules.division_of(application.call.plan, application.stage, application.discipline)


@transaction.atomic
def remove_member(application: Application, member: TeamMember, *, by: Actor) -> None:
    locked = editable(application, by)
    locked.members.filter(pk=member.pk).delete()
    _touch(locked)
    read_papers_again(locked, by=by)
    audit.record(
        "remove_member", by=by, on=locked, detail={"person": member.person.public_id}, scope_path=locked.scope_path
    )


@transaction.atomic
def add_adviser(application: Application, person: Person, *, by: Actor) -> Adviser:
    locked = editable(application, by)
    if locked.advisers.count() >= locked.call.plan.team.max_advisers:
        raise Refused(_("指导教师最多 %(max)s 名。") % {"max": locked.call.plan.team.max_advisers})
    adviser, is_new = Adviser.objects.get_or_create(
        application=locked, person=person, defaults={"order": locked.advisers.count() + 1}
    )
    if is_new:
        _touch(locked)
        read_papers_again(locked, by=by)
        audit.record("add_adviser", by=by, on=locked, detail={"person": person.public_id}, scope_path=locked.scope_path)
    return adviser


@transaction.atomic
def remove_adviser(application: Application, adviser: Adviser, *, by: Actor) -> None:
    locked = editable(application, by)
    locked.advisers.filter(pk=adviser.pk).delete()
    _touch(locked)
    read_papers_again(locked, by=by)
    audit.record(
        "remove_adviser", by=by, on=locked, detail={"person": adviser.person.public_id}, scope_path=locked.scope_path
    )


def _touch(application: Application) -> None:
    application.team_size = max(1, application.members.count())
    application.saved_at = clock.now()
    application.save()


@transaction.atomic
def attach_file(
    application: Application, question_code: str, stored: StoredFile, *, by: Actor, caption: str = ""
) -> Attachment:
    """Attach an accepted file to a file question, within its number of files."""
    locked = editable(application, by)
    question = next(
        (q for q in locked.call.plan.questions() if q.code == question_code and q.kind in {"file", "files"}), None
    )
    if question is None:
        raise Refused(_("表单里没有这个附件项，请刷新页面。"))
    held = list(locked.attachments.filter(question=question_code).values_list("order", flat=True))
    if len(held) >= question.max_files:
        raise Refused(full(question))
    attachment = Attachment.objects.create(
        application=locked, question=question_code, stored=stored, caption=caption[:200], added_by=by.user,
        order=max(held, default=0) + 1,
    )  # fmt: skip
    locked.saved_at = clock.now()
    locked.save(update_fields=["saved_at"])
    read_papers(locked, by=by)
    audit.record("attach_file", by=by, on=locked, detail=said_of(stored), scope_path=locked.scope_path)
    return attachment


def full(question: Question) -> str:
    return _("“%(label)s”最多 %(max)s 个文件，请先删除一个。") % {
        "label": _(question.label),
        "max": question.max_files,
    }


def said_of(stored: StoredFile) -> dict[str, str]:
    """What the ledger keeps of a file."""
    return {"file": stored.public_id, "sha256": stored.sha256}


@transaction.atomic
def detach_file(application: Application, attachment: Attachment, *, by: Actor) -> None:
    locked = editable(application, by)
    locked.attachments.filter(pk=attachment.pk).delete()
    _touch(locked)
    audit.record(
        "detach_file", by=by, on=locked, detail={"file": attachment.stored.public_id}, scope_path=locked.scope_path
    )


@transaction.atomic
def say_no_name(application: Application, place: str, word: str, *, by: Actor) -> None:
    """A word that looks like a name is none where it stands (a plant called 马兰, say). Saying it twice says it once."""
    locked = editable(application, by)
    if by.user is None or not any(trace.place == place and trace.word == word for trace in traces(locked)):
        raise Refused(_("这里已经没有“%(word)s”了，请刷新页面。") % {"word": word})
    NotAName.objects.get_or_create(
        application=locked, place=place, word=word, defaults={"said_at": clock.now(), "said_by": by.user}
    )
    audit.record("say_no_name", by=by, on=locked, detail={"place": place}, scope_path=locked.scope_path)


@transaction.atomic
def sign_pledge(application: Application, code: str, *, by: Actor, detail: str = "") -> SignedPledge:
    """Sign a declaration as its text stands now; signing again replaces the detail."""
    return sign_pledges(application, {code: detail}, by=by)[0]


@transaction.atomic
def sign_pledges(application: Application, details: Mapping[str, str], *, by: Actor) -> list[SignedPledge]:
    """Sign several declarations at once (code → detail): all or none. One audit row each, as if they were signed one by one."""
    return _sign(editable(application, by), details, by)


def _sign(locked: Application, details: Mapping[str, str], by: Actor) -> list[SignedPledge]:
    if by.user is None:
        raise PermissionDenied
    signed = [_signed(locked, code, detail.strip(), by.user) for code, detail in details.items()]
    _SIGN(signed)
    audit.record_many(
        {"action": "sign_pledge", "by": by, "on": locked, "detail": {"code": one.code, "text": one.text_digest}, "scope_path": locked.scope_path}
        for one in signed
    )  # fmt: skip
    return signed


def _signed(application: Application, code: str, detail: str, user: User) -> SignedPledge:
    pledge = next((pledge for pledge in application.call.plan.pledges if pledge.code == code), None)
    if pledge is None:
        raise Refused(_("没有这项声明，请刷新页面。"))
    if pledge.asks_detail and not detail:
        raise Refused(_("请在“%(name)s”中写明情况；没有使用请写“无”。") % {"name": _(pledge.name)})
    text = rules.pledge_digest(pledge)
    return SignedPledge(
        application=application, code=code, text_digest=text, detail=detail, signed_at=clock.now(), signed_by=user
    )


@transaction.atomic
def submit_application(application: Application, *, by: Actor, signs: Mapping[str, str] | None = None) -> Application:
    """Submit, or give the receipt of the submission that already happened: a retry makes no second one.

    `signs` are declarations that are signed in the same act (code → detail), as by `sign_pledges`: with a refused submission no
    signature remains either.
    """
    current = lock([application.pk])[0]
    if current.receipt_no and not current.is_editable and takes_part(by, current):
        return current
    if signs and current.is_editable and _is_theirs(current, by) and not _shut(current):
        _sign(current, signs, by)
    return only_one(move_locked([current], "complete" if current.state == "incomplete" else "submit", by=by))

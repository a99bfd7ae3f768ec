"""Filing an objection (anybody, without an account), taking it up, withdrawing it."""

from collections.abc import Iterable
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from kechuang.base import audit, clock, files
from kechuang.base.enums import FileKind
from kechuang.base.errors import Refused
from kechuang.base.numbers import next_number
from kechuang.engine.applications.models import Application
from kechuang.engine.codes import new_code, tidy_code
from kechuang.engine.enums import ObjectionState
from kechuang.engine.publicity import messages, queries, rules
from kechuang.engine.publicity.actions.notices import working_day_after
from kechuang.engine.publicity.models import Objection, ObjectionEvidence, PublicNotice
from kechuang.orgs.actor import Actor, require

EVIDENCE_KINDS = frozenset({FileKind.PDF, FileKind.IMAGE, FileKind.VIDEO})
MAX_EVIDENCE = 5
EVIDENCE_BYTES = 20 * 1024 * 1024


class ObjectionRefused(Refused):
    """An objection that lacks something: `problems` names the field and what is missing."""

    def __init__(self, problems: dict[str, str]) -> None:
        super().__init__(" ".join(problems.values()))
        self.problems = problems


def file_objection(
    notice: PublicNotice, *, name: str, document_no: str, unit: str, phone: str, statement: str, signed: bool,
    email: str = "", application: Application | None = None, evidence: Iterable[Any] = (), client_token: str | None = None,
) -> Objection:  # fmt: skip
    """Take in a signed objection and give it a receipt number and a follow code; the same token gives the same objection."""
    if known := _known(notice, client_token):
        return known
    fields = {
        "name": name,
        "document_no": document_no,
        "unit": unit,
        "phone": phone,
        "statement": statement,
        "email": email,
    }
    fields = {field: value.strip() for field, value in fields.items()}
    if problems := rules.objection_problems(fields, signed=signed):
        raise ObjectionRefused(problems)
    try:
        return _file(notice, fields, application, list(evidence), client_token)
    except IntegrityError:  # the same form sent twice at the same moment
        if known := _known(notice, client_token):
            return known
        raise


def _known(notice: PublicNotice, client_token: str | None) -> Objection | None:
    return Objection.objects.filter(notice=notice, client_token=client_token).first() if client_token else None


@transaction.atomic
def _file(
    notice: PublicNotice,
    fields: dict[str, str],
    application: Application | None,
    evidence: list[Any],
    client_token: str | None,
) -> Objection:
    notice = (
        PublicNotice.objects.select_related("decision__call__org").select_for_update(of=("self",)).get(pk=notice.pk)
    )
    now, today = clock.now(), clock.today()
    if sentence := rules.why_not_object(notice.state, notice.starts_on, notice.ends_on, today):
        raise Refused(sentence)
    objection = Objection.objects.create(
        notice=notice, application=application, title=_title(notice, application), client_token=client_token, **fields,
        number=f"YY{today.year}-{next_number('objection', today.year):06d}", follow_code=new_code(), signed_at=now, received_at=now,
        due_on=working_day_after(today, notice.call.plan.notice.answer_working_days),
    )  # fmt: skip
    _keep_evidence(objection, evidence)
    audit.record("file_objection", by=None, on=objection, detail={"number": objection.number, "evidence": len(evidence)},
                 scope_path=notice.scope_path)  # fmt: skip
    messages.tell_filed(objection)
    return objection


def _title(notice: PublicNotice, application: Application | None) -> str:
    """The entry objected to must have been decided with this notice: on its list, or left off it."""
    if application is None:
        return ""
    if not notice.decision.lines.filter(application=application).exists():
        raise ObjectionRefused({"application": _("这件作品不在这份公示所依据的决定中，请重新选择。")})
    return application.title


def _keep_evidence(objection: Objection, evidence: list[Any]) -> None:
    if len(evidence) > MAX_EVIDENCE:
        raise ObjectionRefused({"evidence": _("证据材料最多 %(n)s 个文件，请合并后再提交。") % {"n": MAX_EVIDENCE}})
    for upload in evidence:
        stored = files.accept(
            upload, kind=EVIDENCE_KINDS, max_bytes=EVIDENCE_BYTES, by=None, scope_path=objection.notice.scope_path
        )
        ObjectionEvidence.objects.create(objection=objection, stored=stored)


@transaction.atomic
def take_objection(objection: Objection, *, by: Actor) -> Objection:
    """Take an objection up: from now on its follow page shows that it is being looked into."""
    objection = queries.locked_objection(objection)
    require(by, "objection.handle", objection.notice.call)
    if objection.state == ObjectionState.IN_HANDLING and objection.handler == by.user:
        return objection
    if objection.state not in rules.OPEN_OBJECTIONS:
        raise Refused(_("这件异议已经办结。"))
    objection.state, objection.handler = ObjectionState.IN_HANDLING, by.user
    objection.save(update_fields=["state", "handler"])
    audit.record(
        "take_objection", by=by, on=objection, detail={"number": objection.number}, scope_path=objection.scope_path
    )
    return objection


@transaction.atomic
def withdraw_objection(objection: Objection, *, follow_code: str) -> Objection:
    """The objector takes it back, knowing the follow code; what is answered stays answered."""
    objection = queries.locked_objection(objection)
    if tidy_code(follow_code) != objection.follow_code:
        raise Refused(_("查询码不对，请检查回执上的查询码。"))
    if objection.state not in rules.OPEN_OBJECTIONS:
        raise Refused(_("这件异议已经办结，不能再撤回。"))
    objection.state, objection.answered_at = ObjectionState.WITHDRAWN, clock.now()
    objection.save(update_fields=["state", "answered_at"])
    audit.record(
        "withdraw_objection",
        by=None,
        on=objection,
        detail={"number": objection.number},
        scope_path=objection.scope_path,
    )
    return objection

"""The files of people that calls give rise to: entries with the names of their teams, the list of certificates, the experts."""

from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kechuang.base.errors import Refused
from kechuang.base.tables import Column
from kechuang.engine.applications.models import Application
from kechuang.engine.awards.models import Certificate
from kechuang.engine.awards.queries import certificates_found
from kechuang.engine.calls.models import Call
from kechuang.engine.calls.queries import calls_in_office
from kechuang.engine.calls.templates import known_programmes
from kechuang.engine.enums import HolderKind
from kechuang.engine.reviews.models import Reviewer
from kechuang.engine.reviews.queries.pool import pool, reached_by
from kechuang.orgs.actor import Actor
from kechuang.orgs.enums import ConsentPurpose, Stage
from kechuang.orgs.exports import ExportKind, Row, Sheet, export_kind

CHUNK = 500


def call_in_reach(actor: Actor, args: Mapping[str, Any]) -> Call:
    call = calls_in_office(actor).filter(slug=str(args.get("call", ""))).first()
    if call is None:
        raise Refused(_("没有这个申报通知，或它不在您的管辖范围内。"))
    return call


def _office_path(actor: Actor, args: Mapping[str, Any]) -> str:
    """Entries of one's own schools are approved in one's own office."""
    call_in_reach(actor, args)
    return actor.orgs_for("export.make")[0].path


def _host_path(actor: Actor, args: Mapping[str, Any]) -> str:
    return call_in_reach(actor, args).org.path


def _call_title(args: Mapping[str, Any]) -> str:
    return Call.objects.filter(slug=str(args.get("call", ""))).values_list("title", flat=True).first() or ""


def _applications(actor: Actor, args: Mapping[str, Any]) -> Sheet:
    """One line a pupil, so that a line goes with its pupil's consent."""
    call = call_in_reach(actor, args)
    divisions = {discipline.code: discipline.name for discipline in call.plan.disciplines}
    columns = [
        Column(_("受理号"), 20), Column(_("作品名称"), 40), Column(_("学生"), 12), Column(_("学校"), 28), Column(_("年级"), 8, "integer"),
        Column(_("学科"), 18), Column(_("指导教师"), 18), Column(_("状态"), 12), Column(_("提交时间"), 18, "datetime"),
    ]  # fmt: skip

    def rows() -> Iterator[Row]:
        found = Application.objects.official(actor).filter(call=call).order_by("pk").select_related("org")
        found = found.defer("answers", "abstract").prefetch_related(
            "members__person", "members__school", "advisers__person"
        )
        for entry in found.iterator(CHUNK):
            advisers = "、".join(adviser.person.name for adviser in entry.advisers.all())
            for member in entry.members.all():
                yield Row(
                    [entry.receipt_no or "", entry.title, member.person.name, member.school.name, member.grade,
                     _(divisions.get(entry.discipline, entry.discipline)), advisers, _(entry.state_info.label), entry.submitted_at],
                    (member.person_id,),
                )  # fmt: skip

    return Sheet(columns, rows())


def _certificates(actor: Actor, args: Mapping[str, Any]) -> Sheet:
    call = call_in_reach(actor, args)
    columns = [
        Column(_("证书编号"), 24), Column(_("获得者"), 14), Column(_("身份"), 12), Column(_("作品名称"), 44), Column(_("学校"), 28),
        Column(_("奖项"), 12), Column(_("颁发日期"), 14, "date"), Column(_("状态"), 12), Column(_("核验码"), 24),
    ]  # fmt: skip
    text, state, prize = (str(args.get(name, "")) for name in ("q", "state", "prize"))
    found = certificates_found(actor, call, text=text, state=state, prize=prize)
    return Sheet(columns, (_certificate(c) for c in found.iterator(CHUNK)))


def _certificate(c: Certificate) -> Row:
    is_pupil = c.holder_kind == HolderKind.TEAM and c.person_id
    return Row(
        [c.number, c.words["holder"], str(c.get_holder_kind_display()), c.words["values"]["title"], c.words["values"]["school"],
         c.award.prize_name, c.issued_on, str(c.get_state_display()), c.code],
        (c.person_id,) if is_pupil and c.person_id else (),
    )  # fmt: skip


def _experts(actor: Actor, args: Mapping[str, Any]) -> Sheet:
    columns = [
        Column(_("姓名"), 12), Column(_("登录名"), 16), Column(_("电子邮箱"), 24), Column(_("专业领域"), 30), Column(_("学段"), 14),
        Column(_("工作单位"), 26), Column(_("职称"), 12), Column(_("最大评审量"), 12, "integer"), Column(_("在库"), 8),
    ]  # fmt: skip
    names = {d.code: _(d.name) for programme in known_programmes().values() for d in programme.disciplines}
    active = {"yes": True, "no": False}.get(str(args.get("active", "yes")))
    found = pool(actor, search=str(args.get("q", "")), field=str(args.get("field", "")), active=False)
    found = found if active is None else found.filter(is_active=active)
    invited = set(reached_by(actor).values_list("reviewer", flat=True))
    return Sheet(columns, (_expert(r, names, r.pk in invited) for r in found.select_related("person__user")))


def _expert(r: Reviewer, names: Mapping[str, str], is_reached: bool) -> Row:
    """Sign-in name and address only of those whom the asker's office has in a round of its own."""
    stages = dict(Stage.choices)
    user = r.person.user if is_reached else None
    return Row(
        [r.person.name, user.username if user else "", user.email if user else "", "、".join(names.get(code, code) for code in r.fields),
         "、".join(str(stages.get(s, s)) for s in r.stages), r.employer_name, r.title, r.max_load, r.is_active]
    )  # fmt: skip


def _own_path(actor: Actor, args: Mapping[str, Any]) -> str:
    return actor.orgs_for("round.manage")[0].path


export_kind(
    ExportKind(
        name="applications", title=gettext_lazy("申报名册（含姓名）"), permission="application.view", make=_applications,
        purposes=(ConsentPurpose.ENTERING,), scope=_office_path, label=_call_title,
    )
)  # fmt: skip
export_kind(
    ExportKind(
        name="certificates", title=gettext_lazy("证书名册"), permission="award.issue", purposes=(ConsentPurpose.ENTERING,),
        scope=_host_path, make=_certificates, label=_call_title,
    )
)  # fmt: skip
export_kind(
    ExportKind(
        name="experts", title=gettext_lazy("专家名册"), permission="round.manage", purposes=(), scope=_own_path, make=_experts
    )
)  # fmt: skip

"""What the engine holds of a person: entries with their papers, advising, awards with certificates, works in the gallery."""

import json
from collections.abc import Iterator

from django.db.models import Q
from django.utils.translation import gettext as _

from kechuang.base.masking import mask_name
from kechuang.base.models import StoredFile
from kechuang.engine.applications.models import Adviser, Application
from kechuang.engine.awards.models import Certificate
from kechuang.engine.credentials.models import Collection
from kechuang.engine.honours.models import Honour
from kechuang.engine.showcase.models import Work
from kechuang.engine.talent.queries import own_file
from kechuang.engine.tenure.models import Report, StudioMember
from kechuang.engine.visits.models import GuestVisit, PoolMember
from kechuang.orgs.models import Person
from kechuang.orgs.owndata import Section, own_data


@own_data
def entries(person: Person) -> Iterator[Section]:
    """Team mates are masked: their data are theirs."""
    mine = Q(pk__in=Application.objects.filter(members__person=person).values("pk")) | Q(person=person)
    found = Application.objects.filter(mine).select_related("call", "org").order_by("pk")
    rows, answers, files = [], [], []
    for entry in found.prefetch_related("members__person", "attachments__stored"):
        team = "、".join(
            m.person.name if m.person_id == person.pk else mask_name(m.person.name) for m in entry.members.all()
        )
        share = next((m.share for m in entry.members.all() if m.person_id == person.pk), "")
        state = _(entry.state_info.label)
        rows.append(
            (
                entry.public_id,
                entry.receipt_no,
                entry.call.title,
                entry.title,
                entry.abstract,
                team,
                share,
                state,
                entry.submitted_at,
            )
        )
        answers += [(entry.title, name, _text(value)) for name, value in entry.answers.items()]
        files += [
            (f"{entry.public_id}/{n:02d}-{a.stored.name}", a.stored) for n, a in enumerate(entry.attachments.all(), 1)
        ]
    heads = [
        _("编号"),
        _("受理号"),
        _("申报"),
        _("作品名称"),
        _("摘要"),
        _("团队"),
        _("本人承担的工作"),
        _("状态"),
        _("提交时间"),
    ]
    yield Section("applications", _("申报"), heads, rows, files)
    yield Section("answers", _("填报内容"), [_("作品名称"), _("项目"), _("内容")], answers)


def _text(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


@own_data
def advising(person: Person) -> Iterator[Section]:
    rows = Adviser.objects.filter(person=person).select_related("application__call")
    yield Section(
        "advising",
        _("指导的申报"),
        [_("申报"), _("作品名称")],
        [(a.application.call.title, a.application.title) for a in rows],
    )


@own_data
def honours(person: Person) -> Iterator[Section]:
    certificates = Certificate.objects.filter(person=person).select_related("stored", "award__call").order_by("pk")
    files: list[tuple[str, StoredFile]] = [(f"certificates/{c.number}.pdf", c.stored) for c in certificates if c.stored]
    rows = [
        (c.number, c.award.call.title, c.award.prize_name, str(c.get_state_display()), c.issued_on, c.code)
        for c in certificates
    ]
    yield Section(
        "certificates",
        _("证书"),
        [_("证书编号"), _("活动"), _("奖项"), _("状态"), _("颁发日期"), _("核验码")],
        rows,
        files,
    )


@own_data
def titles(person: Person) -> Iterator[Section]:
    rows = Honour.objects.filter(person=person).order_by("pk")
    yield Section(
        "titles",
        _("称号"),
        [_("编号"), _("称号"), _("状态"), _("有效期至")],
        [(row.number, row.title, str(row.get_state_display()), row.valid_until) for row in rows],
    )


@own_data
def duties(person: Person) -> Iterator[Section]:
    """Reports on the own titles, and the studios that the person is in or was asked into."""
    reports = (
        Report.objects.filter(honour__person=person).select_related("call__org", "honour").order_by("due_on", "pk")
    )
    rows = list(reports.prefetch_related("files__stored"))
    files = [(f"reports/{one.public_id}/{row.stored.name}", row.stored) for one in rows for row in one.files.all()]
    yield Section(
        "reports", _("报告"), [_("称号"), _("报告"), _("截止日期"), _("状态"), _("内容")],
        [(one.honour.title, one.label, one.due_on, str(one.get_state_display()), _text(one.answers)) for one in rows], files,
    )  # fmt: skip
    studios = StudioMember.objects.filter(person=person).select_related("honour__person", "honour__org").order_by("pk")
    yield Section(
        "studios", _("工作室"), [_("工作室主持人"), _("分工"), _("状态"), _("邀请时间")],
        [(row.honour.name, row.task, str(row.get_state_display()), row.invited_at) for row in studios],
    )  # fmt: skip


@own_data
def collection(person: Person) -> Iterator[Section]:
    rows = Collection.objects.filter(person=person).prefetch_related("certificates")
    yield Section(
        "collection", _("荣誉集"), [_("地址码"), _("是否公开"), _("证书")],
        [(row.code, _("是") if row.is_open else _("否"), "、".join(c.number for c in row.certificates.all())) for row in rows],
    )  # fmt: skip


@own_data
def works(person: Person) -> Iterator[Section]:
    rows = Work.objects.filter(application__members__person=person)
    yield Section(
        "works", _("展示的作品"), [_("名称"), _("作者"), _("公开时间"), _("下架时间"), _("下架原因")],
        [(w.title, w.names, w.published_at, w.hidden_at, w.hidden_reason) for w in rows],
    )  # fmt: skip


@own_data
def pool(person: Person) -> Iterator[Section]:
    """The own card, vettings and visits; why somebody was stopped is the city's (policy: reasons stay with its officers)."""
    cards = PoolMember.objects.filter(person=person).prefetch_related("tags").order_by("pk")
    yield Section(
        "pool_card", _("客座教师名片"), [_("工作单位"), _("职务或职称"), _("能讲什么、做过什么"), _("检索词")],
        [(card.org.name, card.post, card.about, "、".join(tag.text for tag in card.tags.all())) for card in cards.select_related("org")],
    )  # fmt: skip
    yield Section(
        "vettings", _("准入查询"), [_("查询日期"), _("结果")],
        [(row.checked_on, str(row.get_result_display())) for row in person.vettings.all()],
    )  # fmt: skip
    part = Q(member__person=person) | Q(teacher=person) | Q(second=person)
    rows = GuestVisit.objects.filter(part).select_related("org", "member__person").order_by("starts_at", "pk")
    yield Section(
        "guest_visits", _("到校活动"), [_("时间"), _("学校"), _("主题"), _("状态"), _("答复"), _("学校的评价"), _("工程师的反馈")],
        [(v.starts_at, v.org.name, v.topic, str(v.get_state_display()), v.answer, v.rating_words, v.report) for v in rows],
    )  # fmt: skip


@own_data
def talent(person: Person) -> Iterator[Section]:
    yield Section(
        "talent", _("英才档案"), [_("日期"), _("内容"), _("当时的学校")],
        [(entry.on, entry.what, entry.school_name) for entry in own_file(person)],
    )  # fmt: skip

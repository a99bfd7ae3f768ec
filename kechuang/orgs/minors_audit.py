"""未成年人个人信息合规审计: the figures of one year that the yearly audit asks for (未成年人网络保护条例 art. 37), from what really happened."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import Count, F, Min, Q
from django.utils.translation import gettext as _

from kechuang.base import audit, clock
from kechuang.base.crypto import is_current, provider, sealed
from kechuang.base.models import AuditAnchor, AuditEntry
from kechuang.orgs.enums import AnsweredAs, ConsentAnswer, ConsentPurpose, ExportState, RequestKind, RequestState, Role
from kechuang.orgs.models import (
    Consent,
    ConsentText,
    DataRequest,
    Disclosure,
    ExportRequest,
    Guardianship,
    KeptFigure,
    Membership,
    PersonalRecord,
    PupilRecord,
    RetentionRun,
)
from kechuang.orgs.retention import keeping_named
from kechuang.orgs.rules import ADULT_FROM, CHILD_UNTIL, roles_by_office

SAMPLE = 2000


@dataclass(frozen=True)
class Part:
    """A table of the report under its heading, with the clause it answers to and a sentence that sums it up."""

    title: str
    clause: str
    said: str
    columns: Sequence[str]
    rows: Sequence[Sequence[Any]]

    @property
    def labelled(self) -> list[list[tuple[str, Any]]]:
        """Each cell with the name of its column: on a phone a row stands without the head of the table."""
        return [list(zip(self.columns, row, strict=True)) for row in self.rows]


@dataclass(frozen=True)
class MinorsAudit:
    year: int
    made_at: datetime
    since: datetime
    until: datetime
    parts: list[Part]


def minors_audit(year: int) -> MinorsAudit:
    """The report of a calendar year; of the running year, up to now."""
    since = clock.start_of(date(year, 1, 1))
    until = min(clock.start_of(date(year + 1, 1, 1)), clock.now())
    span = Q(at__gte=since, at__lt=until)
    parts = [
        _people(until), _texts(until), _consents(span), _by_whom(span), _withdrawals(since, until), _public(since, until),
        _looks(span), _exports(since, until), _requests(since, until), _deletions(since, until), _encryption(), _rights(), _ledger(),
    ]  # fmt: skip
    return MinorsAudit(year, clock.now(), since, until, parts)


def _years_before(day: date, years: int) -> date:
    try:
        return day.replace(year=day.year - years)
    except ValueError:
        return day.replace(year=day.year - years, day=28)


def _people(until: datetime) -> Part:
    day = until.date()
    child, adult = _years_before(day, CHILD_UNTIL), _years_before(day, ADULT_FROM)
    here = PupilRecord.objects.filter(left_on__isnull=True)
    n = here.aggregate(
        all=Count("pk"), children=Count("pk", filter=Q(birth_on__gt=child)), teens=Count("pk", filter=Q(birth_on__lte=child, birth_on__gt=adult)),
        adults=Count("pk", filter=Q(birth_on__lte=adult)), unknown=Count("pk", filter=Q(birth_on__isnull=True)),
    )  # fmt: skip
    bound = Guardianship.objects.standing().values("pupil").distinct().count()
    rows = [
        (_("不满 14 周岁"), n["children"]), (_("14 至 17 周岁"), n["teens"]), (_("18 周岁及以上"), n["adults"]),
        (_("没有登记出生日期（按不满 14 周岁对待）"), n["unknown"]), (_("合计"), n["all"]), (_("有经学校确认的监护人"), bound),
    ]  # fmt: skip
    said = _("在校学生 %(all)s 人，其中不满 14 周岁或年龄不明的 %(children)s 人，由监护人决定。") % {
        "all": n["all"], "children": n["children"] + n["unknown"],
    }  # fmt: skip
    return Part(_("处理的未成年人"), _("个人信息保护法第二十八、三十一条"), said, [_("年龄"), _("人数")], rows)


def _texts(until: datetime) -> Part:
    due = {
        text.purpose: text for text in ConsentText.objects.filter(effective_from__lte=until.date()).order_by("version")
    }
    rows = [
        (str(purpose.label), due[purpose].version, due[purpose].effective_from.isoformat(), sum(bool(words) for _h, words in due[purpose].items))
        for purpose in ConsentPurpose
        if purpose in due
    ]  # fmt: skip
    said = _("%(n)s 项用途各有同意书，均写明六项内容，并可以拒绝。") % {"n": len(rows)}
    return Part(
        _("规则和告知"),
        _("儿童个人信息网络保护规定第八、十条"),
        said,
        [_("用途"), _("版本"), _("生效日期"), _("六项内容")],
        rows,
    )


def _consents(span: Q) -> Part:
    found = {
        (purpose, answer): n
        for purpose, answer, n in Consent.objects.filter(span)
        .order_by()
        .values_list("purpose", "answer")
        .annotate(n=Count("pk"))
    }
    rows = [(str(p.label), *(found.get((p, a), 0) for a in ConsentAnswer)) for p in ConsentPurpose]
    said = _("本年度答复 %(n)s 次，其中不同意和撤回 %(no)s 次。") % {
        "n": sum(found.values()), "no": sum(n for (_p, a), n in found.items() if a != ConsentAnswer.GRANTED),
    }  # fmt: skip
    return Part(
        _("同意、不同意和撤回"),
        _("个人信息保护法第十四至十六、二十九条"),
        said,
        [_("用途"), *(str(a.label) for a in ConsentAnswer)],
        rows,
    )


def _by_whom(span: Q) -> Part:
    granted = Consent.objects.filter(span, answer=ConsentAnswer.GRANTED)
    young = Q(age_then__lt=CHILD_UNTIL) | Q(age_then__isnull=True)
    n = granted.aggregate(
        young_guardian=Count("pk", filter=young & Q(answered_as=AnsweredAs.GUARDIAN)), young_self=Count("pk", filter=young & Q(answered_as=AnsweredAs.PUPIL)),
        old_self=Count("pk", filter=Q(age_then__gte=CHILD_UNTIL, answered_as=AnsweredAs.PUPIL)),
        old_guardian=Count("pk", filter=Q(age_then__gte=CHILD_UNTIL, answered_as=AnsweredAs.GUARDIAN)),
    )  # fmt: skip
    rows = [
        (_("不满 14 周岁，监护人同意"), n["young_guardian"]), (_("不满 14 周岁，没有监护人（应为 0）"), n["young_self"]),
        (_("14 周岁及以上，本人同意（已告知监护人）"), n["old_self"]), (_("14 周岁及以上，他人代为同意（应为 0）"), n["old_guardian"]),
    ]  # fmt: skip
    wrong = n["young_self"] + n["old_guardian"]
    said = _("没有不合规的同意。") if not wrong else _("有 %(n)s 次同意的身份与年龄不符，请逐条核查。") % {"n": wrong}
    return Part(_("由谁同意"), _("个人信息保护法第三十一条"), said, [_("情形"), _("次数")], rows)


def _withdrawals(since: datetime, until: datetime) -> Part:
    """From each withdrawal to the end of what was public on the ground of it: the longest time."""
    rows = []
    worst = timedelta()
    for purpose in (ConsentPurpose.PUBLICITY, ConsentPurpose.SHOWCASE, ConsentPurpose.MEDIA):
        taken = Consent.objects.filter(purpose=purpose, answer=ConsentAnswer.WITHDRAWN, at__gte=since, at__lt=until)
        n, slowest, still = 0, timedelta(), 0
        for pupil, at in taken.values_list("pupil", "at"):
            n += 1
            held = Disclosure.objects.filter(pupil=pupil, purpose=purpose, from_at__lte=at).filter(
                Q(until_at__isnull=True) | Q(until_at__gt=at)
            )
            for until_at in held.filter(ended_because__contains="撤回").values_list("until_at", flat=True):
                slowest = max(slowest, (until_at or at) - at)
            if purpose != ConsentPurpose.PUBLICITY:
                again = Consent.objects.filter(
                    pupil=pupil, purpose=purpose, answer=ConsentAnswer.GRANTED, at__gt=at
                ).exists()
                still += (
                    0
                    if again
                    else Disclosure.objects.still_open().filter(pupil=pupil, purpose=purpose, from_at__lte=at).count()
                )
        worst = max(worst, slowest)
        rows.append((str(purpose.label), n, round(slowest.total_seconds(), 1), still))
    said = _("从撤回到下架最长 %(s)s 秒；公开页面的缓存另加不超过 %(cache)s 秒。") % {
        "s": round(worst.total_seconds(), 1), "cache": settings.SHARED_SECONDS,
    }  # fmt: skip
    return Part(
        _("撤回的效果"),
        _("个人信息保护法第十五、四十七条"),
        said,
        [_("用途"), _("撤回次数"), _("最长用时（秒）"), _("撤回后仍公开（应为 0）")],
        rows,
    )


def _public(since: datetime, until: datetime) -> Part:
    rows = Disclosure.objects.filter(from_at__lt=until).filter(Q(until_at__isnull=True) | Q(until_at__gte=since))
    found = rows.order_by().values_list("kind", "purpose").annotate(n=Count("pk"), people=Count("pupil", distinct=True))
    labels = {str(kind): str(Disclosure(kind=kind).get_kind_display()) for kind, _p, _n, _m in found}
    table = [(labels[kind], str(ConsentPurpose(purpose).label), n, people) for kind, purpose, n, people in found]
    said = _("公开时姓名一律遮盖；没有同意公示姓名的，只写“参赛学生”。")
    return Part(
        _("对外公开"),
        _("个人信息保护法第二十五条"),
        said,
        [_("公开方式"), _("依据的同意"), _("次数"), _("学生人数")],
        table,
    )


def _looks(span: Q) -> Part:
    looks = AuditEntry.objects.filter(span, action="look_at_identifiers")
    bare = looks.filter(reason="").count()
    by = list(looks.order_by().values_list("by").annotate(n=Count("pk"), first=Min("at")).order_by("-n")[:50])
    offices = {
        m.person.user_id: f"{m.get_role_display()} · {m.org.label}"
        for m in Membership.objects.filter(person__user__in=[user for user, _n, _f in by]).select_related(
            "org", "person"
        )
    }
    rows = [(offices.get(user, _("系统")), n) for user, n, _first in by]
    said = _("查看证件号码 %(n)s 次，没有写理由的 %(bare)s 次（应为 0）。") % {"n": looks.count(), "bare": bare}
    return Part(_("查看敏感信息"), _("未成年人网络保护条例第三十六条"), said, [_("岗位"), _("次数")], rows)


def _exports(since: datetime, until: datetime) -> Part:
    rows = ExportRequest.objects.filter(asked_at__gte=since, asked_at__lt=until)
    found = dict(rows.order_by().values_list("state").annotate(n=Count("pk")))
    alone = rows.filter(decided_by=F("asked_by")).count()
    table = [(str(state.label), found.get(state, 0)) for state in ExportState]
    fetched = AuditEntry.objects.filter(action="download_export", at__gte=since, at__lt=until).count()
    said = _("申请 %(n)s 份，下载 %(fetched)s 次，自己批准自己的 %(alone)s 份（应为 0）。") % {
        "n": sum(found.values()), "fetched": fetched, "alone": alone,
    }  # fmt: skip
    return Part(_("导出"), _("个人信息保护法第五十一条"), said, [_("状态"), _("份数")], table)


def _requests(since: datetime, until: datetime) -> Part:
    rows = DataRequest.objects.filter(asked_at__gte=since, asked_at__lt=until)
    table = []
    for kind in RequestKind:
        n = rows.filter(kind=kind).aggregate(
            all=Count("pk"), granted=Count("pk", filter=Q(state=RequestState.GRANTED)), refused=Count("pk", filter=Q(state=RequestState.REFUSED)),
            late=Count("pk", filter=Q(state=RequestState.RECEIVED, due_on__lt=clock.today()) | Q(answered_at__date__gt=F("due_on"))),
        )  # fmt: skip
        table.append((str(kind.label), n["all"], n["granted"], n["refused"], n["late"]))
    copies = AuditEntry.objects.filter(action="export_own_data", at__gte=since, at__lt=until).count()
    said = _("超过期限的 %(late)s 件；学生和监护人自行下载全部资料 %(copies)s 次。") % {
        "late": sum(r[4] for r in table),
        "copies": copies,
    }
    heads = [_("事项"), _("收到"), _("已办理"), _("未予办理"), _("超过期限")]
    return Part(_("更正、删除和查阅"), _("个人信息保护法第四十四至五十条"), said, heads, table)


def _deletions(since: datetime, until: datetime) -> Part:
    runs = list(RetentionRun.objects.filter(started_at__gte=since, started_at__lt=until))
    gone: dict[str, int] = {}
    for run in runs:
        for code, done in run.done.items():
            gone[code] = gone.get(code, 0) + max(done.values(), default=0)
    rows = [(str(one.title) if (one := keeping_named(code)) else code, n) for code, n in sorted(gone.items())]
    kept = KeptFigure.objects.filter(at__gte=since, at__lt=until).count()
    said = _("到期删除 %(runs)s 次；保留统计数 %(kept)s 条。") % {"runs": len(runs), "kept": kept}
    return Part(_("到期删除"), _("个人信息保护法第四十七条"), said, [_("数据种类"), _("删除数量")], rows)


def _encryption() -> Part:
    """Of the newest records, how many stand under the key and the method in use."""
    with sealed():
        stored = [
            value
            for row in PersonalRecord.objects.order_by("-pk").values_list("document_number", "xueji", "phone")[:SAMPLE]
            for value in row
            if value
        ]
    plain = sum(value.count(".") < 2 for value in stored)
    current = sum(is_current(value) for value in stored if value.count(".") >= 2)
    name = {"a": "AES-256-GCM / HMAC-SHA-256", "s": "SM4-GCM / HMAC-SM3"}[provider().mark]
    rows = [(_("加密方式"), name), (_("现用密钥"), list(settings.FIELD_KEYS)[-1]), (_("抽查的证件信息"), len(stored)),
            (_("其中用现用密钥加密"), current), (_("没有加密（应为 0）"), plain)]  # fmt: skip
    said = _("证件号码、学籍号和电话单独存放并加密，查找用带密钥的散列。")
    return Part(_("加密"), _("个人信息保护法第五十一条；GB/T 39786-2021"), said, [_("内容"), _("结果")], rows)


def _rights() -> Part:
    held = Membership.objects.current().order_by().values_list("role").annotate(n=Count("pk"))
    may = roles_by_office("person.see_identifiers")
    rows = [(str(Role(role).label), n, _("是") if role in may else _("否")) for role, n in held]
    said = _("可以查看证件号码的有 %(n)s 人。") % {"n": sum(n for role, n in held if role in may)}
    return Part(
        _("最小授权"), _("未成年人网络保护条例第三十六条"), said, [_("角色"), _("人数"), _("可查看证件号码")], rows
    )


def _ledger() -> Part:
    report = audit.verify()
    last = AuditAnchor.objects.order_by("-seq").first()
    rows = [
        (_("审计记录"), report.rows),
        (_("审计链完整"), _("是") if report.ok else _("否")),
        (_("最近一次签名锚点"), f"{last.at:%Y-%m-%d %H:%M}" if last else "—"),
    ]
    said = _("审计链完整，没有被改动的记录。") if report.ok else str((report.first_broken or {}).get("sentence", ""))
    return Part(_("审计记录"), _("网络安全法第二十一条；GB/T 22239-2019"), said, [_("内容"), _("结果")], rows)

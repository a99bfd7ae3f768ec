"""The retention rules that ship for calls: drafts, papers of entries without an award, names on old notices, objectors, hidden works."""

from datetime import datetime
from typing import Any

from django.core.cache import cache
from django.utils.translation import gettext_lazy as _

from kechuang.base import files
from kechuang.engine.applications.models import Application, NotAName, SignedPledge
from kechuang.engine.erasure import delete_applications, drop_attachments
from kechuang.engine.publicity.models import NoticeLine, Objection, ObjectionEvidence
from kechuang.engine.showcase.models import Work
from kechuang.engine.talent.models import TalentEntry
from kechuang.orgs.actions.retention import BATCH, keep_figure
from kechuang.orgs.actor import Actor
from kechuang.orgs.retention import EXPIRED, Keeping, keeping

YEAR = 365
WITHOUT_AWARD = ("withdrawn", "rejected", "not_awarded", "not_endorsed", "not_recommended", "disqualified")
NO_LONGER = _("目的已实现，应当删除（个人信息保护法第四十七条）")
PROMISED = _("同意书：公示期满后撤下（儿童个人信息网络保护规定第十条）")


def drafts(before: datetime) -> Any:
    return Application.objects.filter(state="draft", receipt_no__isnull=True, call__closes_at__lt=before).order_by("pk")


def erase_drafts(before: datetime, by: Actor) -> dict[str, int]:
    entries = list(drafts(before).select_related("call", "org")[:BATCH])
    for entry in entries:
        keep_figure("drafts", entry.call.slug, 1, entry.org.path)
    return delete_applications(entries, by=by, reason=EXPIRED)


def papers(before: datetime) -> Any:
    """Entries that won nothing and still carry what was written and sent with them."""
    rows = Application.objects.filter(state__in=WITHOUT_AWARD, call__closes_at__lt=before)
    return rows.exclude(title="", abstract="", answers={}, attachments__isnull=True).distinct().order_by("pk")


def erase_papers(before: datetime, by: Actor) -> dict[str, int]:
    """Text and files go; school, division, state and dates stay, so that every count of the call stays what it was."""
    done = {"entries": 0, "files": 0}
    for entry in papers(before)[:BATCH]:
        done["files"] += drop_attachments(entry, by=by, reason=EXPIRED)
        NotAName.objects.filter(application=entry).delete()
        SignedPledge.objects.filter(application=entry).update(detail="")
        entry.members.update(share="")
        Application.objects.filter(pk=entry.pk).update(title="", title_en="", abstract="", answers={})
        done["entries"] += 1
    return done


def notice_names(before: datetime) -> Any:
    """The public does not see them after the notice has ended; offices and inspectors need the list for years."""
    return NoticeLine.objects.filter(notice__ends_on__lt=before.date()).exclude(names="").order_by("pk")


def erase_notice_names(before: datetime, by: Actor) -> dict[str, int]:
    ids = list(notice_names(before).values_list("pk", flat=True)[:BATCH])
    return {"notice_lines": NoticeLine.objects.filter(pk__in=ids).update(names="")}


def objectors(before: datetime) -> Any:
    return Objection.objects.filter(answered_at__lt=before).exclude(statement="").order_by("pk")


def erase_objectors(before: datetime, by: Actor) -> dict[str, int]:
    """Who objected and with what; that there was an objection, when, and what came of it stays."""
    done = {"objections": 0, "files": 0}
    for row in objectors(before)[:BATCH]:
        evidence = list(ObjectionEvidence.objects.filter(objection=row).select_related("stored"))
        ObjectionEvidence.objects.filter(objection=row).delete()
        for one in evidence:
            files.discard(one.stored, by=by.user, reason=EXPIRED)
        blank = dict.fromkeys(("name", "document_no", "unit", "phone", "email", "statement"), "")
        Objection.objects.filter(pk=row.pk).update(**blank)
        done["objections"] += 1
        done["files"] += len(evidence)
    return done


def hidden_works(before: datetime) -> Any:
    return Work.objects.filter(hidden_at__lt=before).order_by("pk")


def erase_hidden_works(before: datetime, by: Actor) -> dict[str, int]:
    """The copy for the gallery with its search text, its media rows and the small pictures made of it."""
    works = list(hidden_works(before).select_related("cover", "application__call", "application__org")[:BATCH])
    for work in works:
        keep_figure("hidden_works", work.application.call.slug, 1, work.application.org.path)
        if work.cover:
            cache.delete(f"cover:{work.cover.public_id}")
        work.delete()
    return {"works": len(works)}


def talent_rows(before: datetime) -> Any:
    """The consent text promises: until three years after the pupil has left school."""
    return TalentEntry.objects.filter(pupil__pupil__left_on__lt=before.date()).order_by("pk")


def erase_talent_rows(before: datetime, by: Actor) -> dict[str, int]:
    ids = list(talent_rows(before).values_list("pk", flat=True)[:BATCH])
    return {"talent": TalentEntry.objects.filter(pk__in=ids).delete()[0]}


for kind in (
    Keeping("drafts", _("没有提交的申报草稿和附件"), NO_LONGER, YEAR, 30, True, drafts, erase_drafts),
    Keeping("papers", _("未获奖申报的内容和附件"), NO_LONGER, 3 * YEAR, YEAR, False, papers, erase_papers),
    Keeping(
        "notice_names", _("公示名单中的姓名"), PROMISED, 5 * YEAR, 3 * YEAR, False, notice_names, erase_notice_names
    ),
    Keeping("objectors", _("异议人的身份、陈述和证据"), NO_LONGER, 3 * YEAR, YEAR, False, objectors, erase_objectors),
    Keeping("talent", _("已离校学生的英才档案"), NO_LONGER, 3 * YEAR, YEAR, True, talent_rows, erase_talent_rows),
    Keeping("hidden_works", _("已下架的展示作品"), NO_LONGER, YEAR, 30, True, hidden_works, erase_hidden_works),
):
    keeping(kind)

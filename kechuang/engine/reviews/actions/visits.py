"""On-site visits of a panel: recorded line by line, photographed, signed by the panel and then by the host."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from kechuang.base import audit, clock, files
from kechuang.base.enums import FileKind
from kechuang.base.errors import Refused
from kechuang.engine.reviews.models import ReviewRound, RoundEntry, Visit, VisitPhoto
from kechuang.engine.reviews.queries.field import is_host, is_visitor
from kechuang.orgs.actor import Actor

ANSWERS = ("yes", "partly", "no")
PHOTOS = 12
PHOTO_BYTES = 15 * 1024 * 1024


@transaction.atomic
def record_visit(
    entry: RoundEntry, *, visited_on: date, found: Mapping[str, Any], by: Actor, remark: str = ""
) -> Visit:
    """What the panel found: for each line of the checklist yes, partly or no, and a note. Until it has signed, it may correct it."""
    entry = _locked(entry)
    _require_visitor(entry, by)
    lines = {item.code for item in entry.round.plan.checklist}
    if not lines:
        raise Refused(_("这一轮没有实地考察。"))
    if visited_on > clock.today():
        raise Refused(_("考察日期不能晚于今天。"))
    if any(code not in lines or line.get("answer") not in ANSWERS for code, line in found.items()):
        raise Refused(_("考察清单填写有误，请刷新页面。"))
    old = Visit.objects.filter(entry=entry).first()
    if old is not None and old.panel_signed_at:
        raise Refused(_("专家组已经签字，不能再修改考察记录。"))
    kept = {
        code: {"answer": line["answer"], "note": str(line.get("note", ""))[:400]}
        for code, line in sorted(found.items())
    }
    visit, _new = Visit.objects.update_or_create(
        entry=entry, defaults={"visited_on": visited_on, "found": kept, "remark": remark.strip()}
    )
    return _noted("record_visit", visit, by)


@transaction.atomic
def add_visit_photo(visit: Visit, upload: Any, *, by: Actor, caption: str = "") -> VisitPhoto:
    entry = _locked(visit.entry)
    _require_visitor(entry, by)
    visit = Visit.objects.select_for_update().get(pk=visit.pk)
    if visit.panel_signed_at:
        raise Refused(_("专家组已经签字，不能再添加照片。"))
    if visit.photos.count() >= PHOTOS:
        raise Refused(_("照片最多 %(n)s 张。") % {"n": PHOTOS})
    stored = files.accept(
        upload, kind=FileKind.IMAGE, max_bytes=PHOTO_BYTES, by=by, scope_path=entry.application.scope_path
    )
    photo = VisitPhoto.objects.create(visit=visit, stored=stored, caption=caption.strip()[:200])
    _noted("add_visit_photo", visit, by)
    return photo


@transaction.atomic
def sign_visit(visit: Visit, side: str, *, by: Actor, remark: str = "") -> Visit:
    """The panel signs once every line is answered; then the host, who may add what it has to say."""
    entry = _locked(visit.entry)
    visit = Visit.objects.select_for_update().get(pk=visit.pk)
    visit.entry = entry
    if by.user is None or not (is_visitor(by, entry) if side == "panel" else is_host(by, entry)):
        raise PermissionDenied(_("只有参加考察的双方可以签字。"))
    if side == "panel":
        _panel_signs(visit, by)
    else:
        _host_signs(visit, by, remark)
    visit.save()
    return _noted("sign_visit", visit, by)


def _panel_signs(visit: Visit, by: Actor) -> None:
    open_lines = [item.text for item in visit.entry.round.plan.checklist if item.code not in visit.found]
    if open_lines:
        raise Refused(_("考察清单还有 %(n)s 项没有填写。") % {"n": len(open_lines)})
    if visit.panel_signed_at:
        raise Refused(_("专家组已经签字。"))
    visit.panel_signed_at, visit.panel_signed_by = clock.now(), by.user


def _host_signs(visit: Visit, by: Actor, remark: str) -> None:
    if not visit.panel_signed_at:
        raise Refused(_("请等专家组签字之后再签。"))
    if visit.host_signed_at:
        raise Refused(_("本单位已经签字。"))
    visit.host_signed_at, visit.host_signed_by, visit.host_remark = clock.now(), by.user, remark.strip()


def unsigned_visits(round: ReviewRound) -> list[str]:
    """The entries of a round with a checklist whose visit is not signed by both sides."""
    if not round.plan.checklist:
        return []
    rows = round.entries.standing().exclude(visit__host_signed_at__isnull=False).select_related("application")
    return [str(entry.application) for entry in rows]


def _require_visitor(entry: RoundEntry, by: Actor) -> None:
    if not is_visitor(by, entry):
        raise PermissionDenied(_("只有参加考察的专家和组织者可以填写考察记录。"))
    if entry.round.state != "open":
        raise Refused(_("这一轮已经结束，不能再修改考察记录。"))


def _locked(entry: RoundEntry) -> RoundEntry:
    rows = RoundEntry.objects.select_related("round__call__org", "application__org", "application__call")
    return rows.select_for_update(of=("self",)).get(pk=entry.pk)


def _noted(action: str, visit: Visit, by: Actor) -> Visit:
    entry = visit.entry
    audit.record(
        action, by=by, on=entry.application, scope_path=entry.application.scope_path, detail={"visit": visit.pk}
    )
    return visit

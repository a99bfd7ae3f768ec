"""Publishing works with consent, taking them down, putting them forward; `rebuild_search` keeps what they are found by."""

from collections import defaultdict
from dataclasses import dataclass, field

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from kechuang.base import audit, clock
from kechuang.base.enums import FileKind
from kechuang.base.errors import Refused
from kechuang.base.ids import new_public_id
from kechuang.base.pairs import write_again
from kechuang.engine.applications.models import Attachment
from kechuang.engine.awards.actions import on_revocation
from kechuang.engine.awards.models import Award
from kechuang.engine.calls.models import Call
from kechuang.engine.enums import AwardState
from kechuang.engine.publicity.lines import public_names
from kechuang.engine.showcase.disclosing import disclose_works, end_media, end_works, unname
from kechuang.engine.showcase.models import Work, WorkMedia
from kechuang.engine.showcase.queries import works_of
from kechuang.orgs.actor import Actor, require
from kechuang.orgs.models import Person, User
from kechuang.orgs.queries import missing_consents

SHOWN = (FileKind.IMAGE, FileKind.VIDEO)


@dataclass
class Publication:
    """What `publish_works` did; `without_consent` counts awarded entries that stay private."""

    works: list[Work] = field(default_factory=list)
    without_consent: int = 0
    already: int = 0


@transaction.atomic
def publish_works(call: Call, *, by: Actor) -> Publication:
    """Put the awarded works of a call in the gallery whose every member consents; run again, it adds the newly consented.

    A work that was hidden by a person or by a withdrawn consent is not brought back by this.
    """
    require(by, "showcase.curate", call)
    awards = list(_awards(call))
    new = [award for award in awards if not hasattr(award, "work")]
    allowed = _allowed(new, "showcase")
    result = Publication(already=len(awards) - len(new), without_consent=len(new) - len(allowed))
    result.works = _make_works(call, allowed)
    audit.record("publish_works", by=by, on=call, scope_path=call.scope_path,
                 detail={"works": len(result.works), "without_consent": result.without_consent})  # fmt: skip
    return result


def _awards(call: Call) -> QuerySet[Award]:
    awards = Award.objects.filter(call=call, state=AwardState.VALID, application__state="awarded")
    return awards.select_related("application__org", "work").prefetch_related("application__members").order_by("pk")


def _allowed(awards: list[Award], purpose: str) -> list[Award]:
    """The awards of which every member's consent for `purpose` stands; nobody named, nobody asked, nothing shown."""
    teams = {award.pk: [member.person_id for member in award.application.members.all()] for award in awards}
    people = {person for team in teams.values() for person in team}
    missing = missing_consents(people, (purpose,)) if people else set()
    return [award for award in awards if teams[award.pk] and missing.isdisjoint(teams[award.pk])]


def _make_works(call: Call, awards: list[Award]) -> list[Work]:
    names = public_names([award.application_id for award in awards], "publicity")
    works = [_work(call, award, names[award.application_id]) for award in awards]
    Work.objects.bulk_create(works, batch_size=500)
    _add_media(works, {award.pk for award in _allowed(awards, "media")})
    disclose_works(works)
    return works


def _work(call: Call, award: Award, names: str) -> Work:
    application = award.application
    discipline = next(
        (d.name for d in call.plan.disciplines if d.code == application.discipline), application.discipline
    )
    work = Work(
        slug=new_public_id(), application=application, award=award, title=application.title, title_en=application.title_en,
        summary=application.abstract, school=application.org.name, names=names, stage=application.stage,
        discipline=application.discipline, discipline_name=discipline, year=call.year, prize_name=award.prize_name,
        published_at=clock.now(),
    )  # fmt: skip
    _index(work)
    return work


def _index(work: Work) -> None:
    others = [work.summary, work.school, work.discipline_name, work.prize_name, str(work.year)]
    work.find_by([work.title, work.title_en], others)


def _add_media(works: list[Work], with_media: set[int]) -> None:
    """Pictures and videos of the entry, in its own order; the first picture is the cover."""
    chosen = {work.application_id: work for work in works if work.award_id in with_media}
    files: dict[int, list[Attachment]] = defaultdict(list)
    attached = Attachment.objects.filter(application__in=chosen, stored__kind__in=SHOWN).select_related("stored")
    for attachment in attached.order_by("application_id", "question", "order", "id"):
        files[attachment.application_id].append(attachment)
    rows = [
        WorkMedia(work=chosen[pk], stored=attachment.stored, caption=attachment.caption, order=n)
        for pk, found in files.items()
        for n, attachment in enumerate(found, 1)
    ]
    WorkMedia.objects.bulk_create(rows, batch_size=500)
    for pk, found in files.items():
        chosen[pk].cover = next((a.stored for a in found if a.stored.kind == FileKind.IMAGE), None)
    Work.objects.bulk_update([chosen[pk] for pk in files], ["cover"])


def _locked(work: Work) -> Work:
    return (
        Work.objects.select_related("application__call__org", "award").select_for_update(of=("self",)).get(pk=work.pk)
    )


@transaction.atomic
def hide_work(work: Work, *, reason: str, by: Actor) -> Work:
    """Take a work out of the gallery at once; its page answers 404."""
    work = _locked(work)
    require(by, "showcase.curate", work.application.call)
    if not reason.strip():
        raise Refused(_("请写明下架的原因，它会留在记录里。"))
    work.hidden_at, work.hidden_reason = clock.now(), reason.strip()[:200]
    work.save(update_fields=["hidden_at", "hidden_reason"])
    end_works([work], work.hidden_reason)
    audit.record("hide_work", by=by, on=work, scope_path=work.scope_path, reason=reason)
    return work


@transaction.atomic
def unhide_work(work: Work, *, by: Actor) -> Work:
    """Show a work again, if the award and every consent stand."""
    work = _locked(work)
    require(by, "showcase.curate", work.application.call)
    if work.award.state != AwardState.VALID:
        raise Refused(_("这件作品的奖项已经撤销，不能再展示。"))
    if not _allowed([work.award], "showcase"):
        raise Refused(_("团队中有成员没有同意或已经撤回同意作品展示，不能展示这件作品。"))
    work.names = public_names([work.application_id], "publicity")[work.application_id]
    work.hidden_at, work.hidden_reason = None, ""
    work.save(update_fields=["names", "hidden_at", "hidden_reason"])
    disclose_works([work])
    audit.record("unhide_work", by=by, on=work, scope_path=work.scope_path)
    return work


@transaction.atomic
def feature_work(work: Work, is_featured: bool = True, *, by: Actor) -> Work:
    """Put a work forward on the front page, or no longer."""
    work = _locked(work)
    require(by, "showcase.curate", work.application.call)
    work.is_featured = is_featured
    work.save(update_fields=["is_featured"])
    audit.record("feature_work", by=by, on=work, detail={"featured": is_featured}, scope_path=work.scope_path)
    return work


@transaction.atomic
def rebuild_search() -> int:
    """Write again what works are found by, after their text or the rules changed; returns how many."""
    return write_again(Work.objects.order_by("pk"), _index)


# --- what consent and awards do to the gallery -------------------------------------------------------------------


@transaction.atomic
def withdraw_showcase(person: Person, *, by: User | None = None) -> int:
    """The moment a consent for 作品展示 is withdrawn, every work of that pupil is gone from the gallery."""
    works = list(works_of(person).filter(hidden_at=None).select_related("application__call__org"))
    Work.objects.filter(pk__in=[work.pk for work in works]).update(
        hidden_at=clock.now(), hidden_reason="作品展示的同意已撤回"
    )
    end_works(works, "作品展示的同意已撤回")
    audit.record_many(
        [{"action": "withdraw_showcase", "by": by, "on": work, "scope_path": work.scope_path} for work in works]
    )
    return len(works)


@transaction.atomic
def withdraw_media(person: Person, *, by: User | None = None) -> int:
    """Without the consent for 照片和视频 the text stays, pictures and videos go."""
    works = list(works_of(person).select_related("application__call__org"))
    gone, _rows = WorkMedia.objects.filter(work__in=works).delete()
    Work.objects.filter(pk__in=[work.pk for work in works]).update(cover=None)
    end_media(works, "照片和视频的同意已撤回")
    audit.record_many(
        [{"action": "withdraw_media", "by": by, "on": work, "scope_path": work.scope_path} for work in works]
    )
    return gone


@transaction.atomic
def withdraw_names(person: Person) -> int:
    """Without the consent for 公示姓名 the gallery says only that pupils took part."""
    works = list(works_of(person).select_related("application__call__org"))
    names = public_names([work.application_id for work in works], "publicity")
    for work in works:
        work.names = names[work.application_id]
    Work.objects.bulk_update(works, ["names"])
    unname(person, "公示姓名的同意已撤回")
    return len(works)


@on_revocation
def take_down(award: Award, by: Actor, reason: str) -> None:
    """The work of a revoked award is hidden, with the revocation as its reason."""
    hidden = {"hidden_at": clock.now(), "hidden_reason": _("奖项已撤销：%(reason)s") % {"reason": reason}}
    hidden["hidden_reason"] = str(hidden["hidden_reason"])[:200]
    works = Work.objects.filter(award=award)
    end_works(works, str(hidden["hidden_reason"]))
    works.update(is_featured=False, **hidden)

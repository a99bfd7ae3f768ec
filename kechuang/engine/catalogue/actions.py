"""Publishing awarded cases, new versions, adopting, telling how it went, rating; and taking down, at once."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from kechuang.base import audit, clock
from kechuang.base.enums import FileKind
from kechuang.base.errors import Refused
from kechuang.base.ids import new_public_id
from kechuang.base.models import StoredFile
from kechuang.base.pairs import write_again
from kechuang.engine.applications.models import Attachment, SignedPledge
from kechuang.engine.awards.actions import on_revocation
from kechuang.engine.awards.models import Award
from kechuang.engine.calls.models import Call
from kechuang.engine.catalogue import rules
from kechuang.engine.catalogue.messages import tell_adopted, tell_published
from kechuang.engine.catalogue.models import Adoption, Case, CaseFile, CaseTag, CaseVersion, Rating
from kechuang.engine.catalogue.queries import is_author, publishable
from kechuang.engine.enums import AwardState
from kechuang.engine.programme.publishing import CataloguePlan
from kechuang.engine.similarity.actions import keep_text
from kechuang.orgs.actor import Actor, require
from kechuang.orgs.enums import Role
from kechuang.orgs.models import Org

BY_AUTHOR = gettext_noop("作者申请下架")


@dataclass
class Publication:
    """What `publish_cases` did; `without_pledge` counts awarded entries whose author has not agreed or named no licence."""

    cases: list[Case] = field(default_factory=list)
    without_pledge: int = 0


def _plan(call: Call) -> CataloguePlan:
    plan = call.plan.catalogue
    if plan is None:
        raise Refused(_("这个项目没有案例库。"))
    return plan


@transaction.atomic
def publish_cases(call: Call, *, by: Actor) -> Publication:
    """Put the awarded entries of a call into the catalogue whose author has signed the pledge and named a licence; run again,
    it adds only what is new."""
    require(by, "showcase.curate", call)
    plan = _plan(call)
    awards = list(
        Award.objects.filter(publishable(call.pk)).select_related("application__org", "application__person").order_by("pk")
    )  # fmt: skip
    signed = set(
        SignedPledge.objects.filter(application__in=[a.application_id for a in awards], code=plan.pledge)
        .values_list("application", flat=True)
    )  # fmt: skip
    ready = [a for a in awards if a.application_id in signed and rules.licence_of(plan, a.application.answers)]
    result = Publication(without_pledge=len(awards) - len(ready))
    result.cases = [_case(call, plan, award) for award in ready]
    Case.objects.bulk_create(result.cases)
    _fill(call, plan, result.cases, by)
    tell_published(result.cases, by)
    audit.record("publish_cases", by=by, on=call, scope_path=call.scope_path, detail={"cases": len(result.cases)})
    return result


def _case(call: Call, plan: CataloguePlan, award: Award) -> Case:
    entry = award.application
    theme = next((d.name for d in call.plan.disciplines if d.code == entry.discipline), entry.discipline)
    licence = rules.licence_of(plan, entry.answers)
    assert licence
    case = Case(
        slug=new_public_id(), application=entry, award=award, title=entry.title, title_en=entry.title_en, summary=entry.abstract,
        school=entry.org.name, authors=rules.authors_of(plan, entry.holder, entry.answers), stage=entry.stage, theme=entry.discipline,
        theme_name=theme, licence=licence.code, year=call.year, prize_name=award.prize_name, published_at=clock.now(),
    )  # fmt: skip
    _index(case, [value for _kind, value in rules.tags_of(plan, entry.answers)])
    return case


def _index(case: Case, tags: Sequence[str]) -> None:
    case.find_by([case.title, case.title_en], [case.summary, case.school, case.authors, case.theme_name, *tags])


@transaction.atomic
def rebuild_search() -> int:
    """Write again what cases are found by, after the rules changed; returns how many."""
    cases = Case.objects.order_by("pk").prefetch_related("tags")
    return write_again(cases, lambda case: _index(case, [tag.value for tag in case.tags.all()]))


def _fill(call: Call, plan: CataloguePlan, cases: Sequence[Case], by: Actor) -> None:
    """First versions, tags, materials and pictures; the first picture is the cover."""
    chosen = {case.application_id: case for case in cases}
    CaseTag.objects.bulk_create(
        CaseTag(case=case, kind=kind, value=value)
        for case in cases
        for kind, value in rules.tags_of(plan, case.application.answers)
    )
    versions = CaseVersion.objects.bulk_create(
        CaseVersion(case=case, content=rules.page_of(call.plan, case.application.answers), author=by.user, published_at=clock.now())
        for case in cases
    )  # fmt: skip
    of_case = {version.case_id: version for version in versions}
    codes = [code for code in (*plan.papers, plan.pictures) if code]
    labels = {code: call.plan.question(code).label for code in codes}
    papers = Attachment.objects.filter(application__in=chosen, question__in=codes).select_related("stored")
    rows: dict[int, list[CaseFile]] = defaultdict(list)
    for paper in sorted(papers, key=lambda one: (codes.index(one.question), one.order, one.pk)):
        case = chosen[paper.application_id]
        is_picture = paper.question == plan.pictures and paper.stored.kind == FileKind.IMAGE
        rows[case.pk].append(
            CaseFile(version=of_case[case.pk], stored=paper.stored, label=paper.caption[:120] or labels[paper.question],
                     is_picture=is_picture, order=len(rows[case.pk]) + 1)
        )  # fmt: skip
        case.cover = case.cover or (paper.stored if is_picture else None)
    CaseFile.objects.bulk_create(file for files in rows.values() for file in files)
    Case.objects.bulk_update([chosen[c.application_id] for c in cases if c.cover_id], ["cover"])


def _locked(case: Case) -> Case:
    rows = Case.objects.select_related("application__call__org", "application__org", "award")
    return rows.select_for_update(of=("self",)).get(pk=case.pk)


@transaction.atomic
def hide_case(case: Case, *, reason: str, by: Actor) -> Case:
    """Take a case out of the catalogue at once: its author whenever they like, or whoever curates, with the reason."""
    case = _locked(case)
    own = case.belongs_to(by)
    if not own:
        require(by, "showcase.curate", case.application.call)
    if not own and not reason.strip():
        raise Refused(_("请写明下架的原因，它会留在记录里。"))
    case.hidden_at, case.hidden_reason = clock.now(), BY_AUTHOR if own else reason.strip()[:200]
    case.save(update_fields=["hidden_at", "hidden_reason"])
    audit.record("hide_case", by=by, on=case, scope_path=case.scope_path, reason=case.hidden_reason)
    return case


@transaction.atomic
def unhide_case(case: Case, *, by: Actor) -> Case:
    """Show it again: what its author took down, only the author."""
    case = _locked(case)
    own = case.belongs_to(by)
    if case.award.state != AwardState.VALID:
        raise Refused(_("这个案例的奖项已经撤销，不能再公开。"))
    if own != (case.hidden_reason == BY_AUTHOR):
        raise Refused(_("谁下架的，由谁重新公开。"))
    if not own:
        require(by, "showcase.curate", case.application.call)
    case.hidden_at, case.hidden_reason = None, ""
    case.save(update_fields=["hidden_at", "hidden_reason"])
    audit.record("unhide_case", by=by, on=case, scope_path=case.scope_path)
    return case


def _author(case: Case, by: Actor) -> Case:
    case = _locked(case)
    if not case.belongs_to(by):
        raise Refused(_("只有作者可以修改自己的案例。"))
    return case


@transaction.atomic
def widen_licence(case: Case, licence: str, *, by: Actor) -> Case:
    """A licence once given is not narrowed: whoever has taken the case relies on it."""
    case = _author(case, by)
    if not rules.is_wider(_plan(case.application.call), case.licence, licence):
        raise Refused(_("授权只能改得更宽，已经给出的授权不能收回。"))
    case.licence = licence
    case.save(update_fields=["licence"])
    audit.record("widen_licence", by=by, on=case, scope_path=case.scope_path, detail={"licence": licence})
    return case


@transaction.atomic
def new_version(
    case: Case, texts: Mapping[str, str], *, news: str, keep: Sequence[int], add: Sequence[StoredFile] = (), by: Actor
) -> CaseVersion:
    """Publish the case anew; earlier versions stay. `texts` by code of the question, `keep` names files of the last version."""
    case = _author(case, by)
    if not news.strip():
        raise Refused(_("请写明这一版改了什么，采用过的老师会看到。"))
    last = case.versions.prefetch_related("files").first()
    assert last
    content = [part | {"value": texts.get(part["code"], part["value"])} for part in last.content]
    version = CaseVersion.objects.create(
        case=case, number=last.number + 1, news=news.strip()[:300], content=content, author=by.user
    )
    files = [
        CaseFile(version=version, stored=f.stored, label=f.label, is_picture=f.is_picture)
        for f in last.files.all()
        if f.pk in keep
    ]
    files += [
        CaseFile(version=version, stored=one, label=one.name[:120], is_picture=one.kind == FileKind.IMAGE)
        for one in add
    ]
    for order, file in enumerate(files, 1):
        file.order = order
    CaseFile.objects.bulk_create(files)
    keep_text(case.application, version.number, "\n".join(str(part["value"]) for part in content))
    case.cover = next((file.stored for file in files if file.is_picture), None)
    case.save(update_fields=["cover"])
    audit.record("new_case_version", by=by, on=case, scope_path=case.scope_path, detail={"number": version.number})
    return version


# --- what teachers do with a case ----------------------------------------------------------------------------------


def teaching_orgs(by: Actor) -> list[Org]:
    """Where the actor teaches: the schools a class can be of."""
    return [m.org for m in by.memberships if m.role == Role.TEACHER]


@transaction.atomic
def adopt_case(case: Case, org: Org, *, class_name: str, begins_on: date, by: Actor) -> Adoption:
    """Use the case with a class of the own school; the same class again gives the same row."""
    require(by, "case.adopt")
    if by.person is None or org.pk not in {one.pk for one in teaching_orgs(by)}:
        raise Refused(_("请选择自己任教的学校。"))
    if is_author(case, by):
        raise Refused(_("这是您自己的案例，不用登记采用。"))
    adoption, is_new = Adoption.objects.get_or_create(
        case=case, person=by.person, class_name=class_name.strip()[:60], defaults={"org": org, "begins_on": begins_on}
    )
    if is_new:
        tell_adopted(adoption, by)
        audit.record("adopt_case", by=by, on=case, scope_path=org.path)
    return adoption


@transaction.atomic
def tell_story(adoption: Adoption, story: str, *, by: Actor) -> Adoption:
    """How it went, for colleagues and the author."""
    if by.person is None or adoption.person_id != by.person.pk:
        raise Refused(_("只能写自己采用的案例。"))
    adoption.story, adoption.told_at = story.strip()[:2000], clock.now()
    adoption.save(update_fields=["story", "told_at"])
    audit.record("tell_story", by=by, on=adoption.case, scope_path=adoption.scope_path)
    return adoption


@transaction.atomic
def rate_case(case: Case, stars: int, *, words: str = "", by: Actor) -> Rating:
    """One rating a teacher, only by whoever has adopted the case; a second one replaces the first."""
    if stars not in rules.STARS:
        raise Refused(_("请给 1 到 5 颗星。"))
    if by.person is None or not case.adoptions.filter(person=by.person).exists():
        raise Refused(_("采用过这个案例的老师才能评分。"))
    facts = {"stars": stars, "words": words.strip()[:300], "rated_at": clock.now()}
    rating, _new = Rating.objects.update_or_create(case=case, person=by.person, defaults=facts)
    audit.record("rate_case", by=by, on=case, scope_path=case.scope_path, detail={"stars": stars})
    return rating


@on_revocation
def take_case_down(award: Award, by: Actor, reason: str) -> None:
    """The case of a revoked award leaves the catalogue, with the revocation as its reason."""
    sentence = str(_("奖项已撤销：%(reason)s") % {"reason": reason})[:200]
    Case.objects.filter(award=award).update(hidden_at=clock.now(), hidden_reason=sentence)

"""Who was vetted, who is stopped, who stands in a pool, and their visits to schools."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from kechuang.base.ids import new_public_id
from kechuang.engine.enums import TagKind, VettingResult, VisitState
from kechuang.engine.honours.models import Honour
from kechuang.engine.honours.rules import HELD
from kechuang.engine.visits import rules
from kechuang.orgs.enums import Role
from kechuang.orgs.rules import GRANTS
from kechuang.orgs.scoping import ScopedQuerySet

if TYPE_CHECKING:
    from kechuang.orgs.actor import Actor


class Vetting(models.Model):
    """One 教职员工准入查询: its result, its day and who made it. Rows only grow; the newest counts."""

    person = models.ForeignKey("orgs.Person", models.PROTECT, related_name="vettings")
    result = models.CharField(_("结果"), max_length=10, choices=VettingResult)
    checked_on = models.DateField(_("查询日期"))
    checker = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    recorded_at = models.DateTimeField()

    class Meta:
        ordering = ["checked_on", "id"]

    def __str__(self) -> str:
        return f"{self.checked_on} {self.get_result_display()}"


class Stop(models.Model):
    """Somebody who may not apply, be found or be invited. The reason is for the city's officers alone."""

    person = models.ForeignKey("orgs.Person", models.PROTECT, related_name="stops")
    reason = models.TextField(_("理由"))
    stopped_at = models.DateTimeField()
    stopped_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    lifted_at = models.DateTimeField(null=True, blank=True)
    lifted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    lift_reason = models.TextField(blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["person"], condition=Q(lifted_at__isnull=True), name="stop_one_at_a_time"),
            models.CheckConstraint(
                condition=Q(lifted_at__isnull=True, lifted_by__isnull=True, lift_reason="")
                | Q(lifted_at__isnull=False),
                name="stop_lifted_at_and_by",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} {self.stopped_at:%Y-%m-%d}"


class PoolMemberQuerySet(ScopedQuerySet):
    """Offices read the members of the employers in their charge; a school finds members by `findable` alone."""

    scope_path = "org__path"
    view_permission = "vetting.record"

    def own_rows(self, actor: Actor) -> Q:
        return Q(person=actor.person) if actor.person else Q(pk__in=[])

    def standing(self, day: date) -> PoolMemberQuerySet:
        """Whose honour is held on `day`."""
        still = Q(honour__valid_until__isnull=True) | Q(honour__valid_until__gte=day)
        return self.filter(still, honour__state__in=HELD)

    def findable(self, months: int, day: date) -> PoolMemberQuerySet:
        """Who may be found and invited: standing, not stopped, not paused, and with a clear vetting of at most so many months."""
        stopped = Stop.objects.filter(person=OuterRef("person"), lifted_at__isnull=True)
        fresh = self.standing(day).filter(is_paused=False, cleared_on__gte=rules.oldest_clear(day, months))
        return fresh.exclude(Exists(stopped))

    def tagged(self, kind: str, *texts: str) -> PoolMemberQuerySet:
        """Those with one of these words of a kind."""
        return self.filter(Exists(PoolTag.objects.filter(member=OuterRef("pk"), kind=kind, text__in=texts)))


class PoolMember(models.Model):
    """The card of whoever holds a pool's honour. `cleared_on` repeats the day of the newest vetting where that is clear."""

    honour = models.OneToOneField(Honour, models.PROTECT, related_name="pool_member")
    programme_code = models.CharField(max_length=60, db_index=True)
    person = models.ForeignKey("orgs.Person", models.PROTECT, related_name="pools")
    org = models.ForeignKey("orgs.Org", models.PROTECT, related_name="+", verbose_name=_("工作单位"))
    post = models.CharField(_("职务或职称"), max_length=120, blank=True)
    years = models.PositiveSmallIntegerField(_("从业年数"), default=0)
    about = models.TextField(_("能讲什么、做过什么"), blank=True)
    is_paused = models.BooleanField(_("暂不接受邀请"), default=False)
    cleared_on = models.DateField(null=True, blank=True)
    visits_done = models.PositiveIntegerField(default=0)
    ratings = models.PositiveIntegerField(default=0)
    rating_sum = models.PositiveIntegerField(default=0)
    updated_at = models.DateTimeField()

    objects = PoolMemberQuerySet.as_manager()

    class Meta:
        ordering = ["-visits_done", "id"]
        constraints = [
            models.UniqueConstraint(fields=["programme_code", "person"], name="pool_member_once"),
            models.CheckConstraint(condition=Q(rating_sum__lte=F("ratings") * 5), name="pool_member_ratings_add_up"),
        ]

    def __str__(self) -> str:
        return self.person.name

    @property
    def scope_path(self) -> str:
        return self.org.path

    def belongs_to(self, actor: Actor) -> bool:
        return actor.person is not None and actor.person.pk == self.person_id

    @property
    def rating(self) -> float | None:
        return rules.mean_rating(self.rating_sum, self.ratings)

    def words(self, kind: str) -> list[str]:
        """The tags of a kind, from what was read along."""
        return [tag.text for tag in self.tags.all() if tag.kind == kind]


class PoolTag(models.Model):
    """One word that a member is found by: a choice of the programme's form, as it stands there."""

    member = models.ForeignKey(PoolMember, models.CASCADE, related_name="tags")
    kind = models.CharField(max_length=12, choices=TagKind)
    text = models.CharField(max_length=80)

    class Meta:
        ordering = ["id"]
        indexes = [models.Index(fields=["kind", "text"], name="pool_tag_by_word")]
        constraints = [models.UniqueConstraint(fields=["member", "kind", "text"], name="pool_tag_once")]

    def __str__(self) -> str:
        return self.text


class GuestVisitQuerySet(ScopedQuerySet):
    """Read by the school and the offices over it; by the visitor, the teacher who is named, and whoever invited."""

    scope_path = "org__path"
    view_permission = "visit.view"

    def own_rows(self, actor: Actor) -> Q:
        if actor.user is None:
            return Q(pk__in=[])
        mine = Q(created_by=actor.user)
        if actor.person is not None:
            mine |= Q(member__person=actor.person) | Q(teacher=actor.person) | Q(second=actor.person)
        schools = [m.org_id for m in actor.memberships if "visit.invite" in GRANTS[Role(m.role)] and m.org.is_school]
        return mine | Q(org__in=schools, state__in=[VisitState.ACCEPTED, VisitState.DONE, VisitState.NO_SHOW])


class GuestVisit(models.Model):
    """An invitation of a school and what became of it. `teacher` is the member of staff who is present, `second` the other one
    of the school who confirms it."""

    public_id = models.CharField(max_length=16, unique=True, editable=False, default=new_public_id)
    programme_code = models.CharField(max_length=60, db_index=True)
    member = models.ForeignKey(PoolMember, models.PROTECT, related_name="visits")
    org = models.ForeignKey("orgs.Org", models.PROTECT, related_name="+", verbose_name=_("学校"))
    kind = models.CharField(_("邀请事项"), max_length=40)
    topic = models.CharField(_("主题"), max_length=120)
    audience = models.CharField(_("班级或对象"), max_length=120)
    people = models.PositiveSmallIntegerField(_("预计人数"), default=0)
    place = models.CharField(_("地点"), max_length=120)
    starts_at = models.DateTimeField(_("开始时间"))
    minutes = models.PositiveSmallIntegerField(_("时长（分钟）"), default=40)
    message = models.TextField(_("邀请的话"), blank=True)
    teacher = models.ForeignKey(
        "orgs.Person", models.PROTECT, related_name="visits_accompanied", verbose_name=_("全程陪同的教职工")
    )
    second = models.ForeignKey("orgs.Person", models.PROTECT, null=True, blank=True, related_name="visits_confirmed")
    state = models.CharField(_("状态"), max_length=12, choices=VisitState, default=VisitState.INVITED)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    answer = models.TextField(_("答复"), blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    ended_because = models.TextField(_("取消或未到校的原因"), blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    came = models.PositiveSmallIntegerField(_("实到人数"), default=0)
    confirmed_at = models.DateTimeField(null=True, blank=True)
    rating = models.PositiveSmallIntegerField(_("评分"), null=True, blank=True)
    rating_words = models.TextField(_("学校的评价"), blank=True)
    rated_at = models.DateTimeField(null=True, blank=True)
    report = models.TextField(_("工程师的反馈"), blank=True)
    reported_at = models.DateTimeField(null=True, blank=True)

    objects = GuestVisitQuerySet.as_manager()

    class Meta:
        ordering = ["-starts_at", "-id"]
        indexes = [
            models.Index(fields=["org", "-starts_at"], name="guest_visit_by_school"),
            models.Index(fields=["member", "-starts_at"], name="guest_visit_by_member"),
            models.Index(fields=["state", "starts_at"], name="guest_visit_due"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=~Q(state="done") | Q(second__isnull=False, confirmed_at__isnull=False),
                name="guest_visit_done_was_confirmed",
            ),
            models.CheckConstraint(
                condition=Q(second__isnull=True) | ~Q(second=F("teacher")), name="guest_visit_second_is_another"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["cancelled", "no_show"]) | Q(ended_at__isnull=False) & ~Q(ended_because=""),
                name="guest_visit_ended_at_for_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(rating__isnull=True) | Q(rating__gte=1, rating__lte=5, state="done"),
                name="guest_visit_rating_of_one_that_took_place",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.topic} {self.starts_at:%Y-%m-%d}"

    @property
    def scope_path(self) -> str:
        return self.org.path

    def belongs_to(self, actor: Actor) -> bool:
        return GuestVisit.objects.filter(pk=self.pk).filter(GuestVisit.objects.all().own_rows(actor)).exists()

    @property
    def ends_at(self) -> datetime:
        return self.starts_at + timedelta(minutes=self.minutes)

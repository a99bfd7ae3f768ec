"""What became of personal data: who could read it and when, what was taken out in files, and what people asked to have done."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from kechuang.base import clock
from kechuang.base.crypto import EncryptedCharField
from kechuang.base.ids import new_public_id
from kechuang.base.models import StoredFile
from kechuang.orgs.enums import (
    ConsentPurpose,
    CorrectedField,
    DisclosureKind,
    ErasedPart,
    ExportState,
    RequestKind,
    RequestState,
)
from kechuang.orgs.models.organisations import Org
from kechuang.orgs.models.people import Person
from kechuang.orgs.scoping import ScopedQuerySet, under

if TYPE_CHECKING:
    from kechuang.orgs.actor import Actor


class DisclosureQuerySet(ScopedQuerySet):
    scope_path = "pupil__pupil__school__path"
    view_permission = "privacy.oversee"

    def own_rows(self, actor: Actor) -> Q:
        return Q(pupil__in=Person.objects.filter(Person.objects.all().own_rows(actor)).values("pk"))

    def open_at(self, moment: datetime) -> DisclosureQuerySet:
        """What could be read at that moment."""
        return self.filter(Q(until_at__isnull=True) | Q(until_at__gt=moment), from_at__lte=moment)

    def still_open(self) -> DisclosureQuerySet:
        return self.open_at(clock.now())


class Disclosure(models.Model):
    """One public place where one pupil stood: what was shown there, on the ground of which consent, from when, until when.

    `until_at` in the future is the day on which it comes down by itself (the end of a notice); a withdrawal brings it forward.
    """

    pupil = models.ForeignKey(Person, models.PROTECT, related_name="disclosures")
    kind = models.CharField(_("公开方式"), max_length=8, choices=DisclosureKind)
    purpose = models.CharField(_("用途"), max_length=12, choices=ConsentPurpose)
    place = models.CharField(_("编号"), max_length=60)
    title = models.CharField(_("名称"), max_length=300)
    shown = models.CharField(_("公开的内容"), max_length=300)
    from_at = models.DateTimeField(_("开始时间"), default=clock.now)
    until_at = models.DateTimeField(_("结束时间"), null=True, blank=True)
    ended_because = models.CharField(_("结束原因"), max_length=200, blank=True)

    objects = DisclosureQuerySet.as_manager()

    class Meta:
        verbose_name = _("公开记录")
        verbose_name_plural = _("公开记录")
        ordering = ["-from_at", "-pk"]
        indexes = [
            models.Index(fields=["pupil", "from_at"], name="disclosure_pupil"),
            models.Index(fields=["kind", "place"], name="disclosure_place"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(until_at__isnull=True) | Q(until_at__gte=F("from_at")), name="disclosure_until_after_from"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.place}"

    @property
    def scope_path(self) -> str:
        return self.pupil.pupil.school.path

    @property
    def is_open(self) -> bool:
        now = clock.now()
        return self.from_at <= now and (self.until_at is None or self.until_at > now)


class ExportRequestQuerySet(ScopedQuerySet):
    scope_path = "scope_path"
    view_permission = "export.make"


class ExportRequest(models.Model):
    """A file of personal data that somebody wants: asked for with a reason, approved by a second person, made with a mark
    of who, when and why, open for some days, each download recorded."""

    public_id = models.CharField(max_length=32, unique=True, default=new_public_id, editable=False)
    kind = models.CharField(_("内容"), max_length=40)
    title = models.CharField(_("名称"), max_length=200)
    args = models.JSONField(default=dict, blank=True)
    reason = models.CharField(_("用途和理由"), max_length=300)
    org = models.ForeignKey(Org, models.PROTECT, related_name="+", verbose_name=_("申请单位"))
    scope_path = models.CharField(max_length=255, db_index=True)
    state = models.CharField(_("状态"), max_length=10, choices=ExportState, default=ExportState.ASKED)
    asked_at = models.DateTimeField(_("申请时间"), default=clock.now)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(_("审批时间"), null=True, blank=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    refusal = models.CharField(_("不批准的原因"), max_length=300, blank=True)
    file = models.ForeignKey(StoredFile, models.SET_NULL, null=True, blank=True, related_name="+")
    rows = models.PositiveIntegerField(_("行数"), default=0)
    made_at = models.DateTimeField(_("生成时间"), null=True, blank=True)
    expires_at = models.DateTimeField(_("失效时间"), null=True, blank=True)
    downloads = models.PositiveIntegerField(_("下载次数"), default=0)

    objects = ExportRequestQuerySet.as_manager()

    class Meta:
        verbose_name = _("导出申请")
        verbose_name_plural = _("导出申请")
        ordering = ["-pk"]
        indexes = [models.Index(fields=["state", "expires_at"], name="exportrequest_expiry")]
        constraints = [
            models.CheckConstraint(
                condition=Q(decided_at__isnull=True, decided_by__isnull=True)
                | Q(decided_at__isnull=False, decided_by__isnull=False),
                name="exportrequest_decided_by_and_at",
            ),
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True) | ~Q(decided_by=F("asked_by")),
                name="exportrequest_by_a_second_person",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["approved", "ready"]) | Q(decided_at__isnull=False),
                name="exportrequest_nothing_without_approval",
            ),
        ]

    def __str__(self) -> str:
        return self.title


class ExportSubject(models.Model):
    """Who stands in an export: by this a person learns of it, and a withdrawn consent finds the file."""

    export = models.ForeignKey(ExportRequest, models.CASCADE, related_name="subjects")
    person = models.ForeignKey(Person, models.CASCADE, related_name="+")

    class Meta:
        verbose_name = _("导出涉及的人")
        verbose_name_plural = _("导出涉及的人")
        constraints = [models.UniqueConstraint(fields=["export", "person"], name="exportsubject_once")]

    def __str__(self) -> str:
        return str(self.person_id)


class DataRequestQuerySet(ScopedQuerySet):
    scope_path = "scope_path"
    view_permission = "request.handle"

    def visible_to(self, actor: Actor, permission: str = "") -> DataRequestQuerySet:
        permission = permission or self.view_permission
        inside = under("scope_path", actor.paths(permission))
        return self.filter(inside | self._own(actor, permission))

    def own(self, actor: Actor) -> DataRequestQuerySet:
        """What the actor asked, or what was asked about the actor or a child."""
        people = Person.objects.filter(Person.objects.all().own_rows(actor)).values("pk")
        return self.filter(Q(person__in=people) | Q(asked_by=actor.user))

    def waiting(self) -> DataRequestQuerySet:
        return self.filter(state=RequestState.RECEIVED)


class DataRequest(models.Model):
    """Somebody asks that their data, or their child's, be corrected, deleted or explained (PIPL arts. 44–50)."""

    number = models.CharField(_("受理号"), max_length=40, unique=True)
    kind = models.CharField(_("事项"), max_length=10, choices=RequestKind)
    person = models.ForeignKey(Person, models.PROTECT, related_name="data_requests")
    scope_path = models.CharField(max_length=255, db_index=True)
    field = models.CharField(_("要更正的内容"), max_length=20, choices=CorrectedField, blank=True)
    wanted = EncryptedCharField(_("应当是"), blank=True)
    part = models.CharField(_("要删除的内容"), max_length=12, choices=ErasedPart, blank=True)
    text = models.TextField(_("说明"), blank=True)
    state = models.CharField(_("状态"), max_length=10, choices=RequestState, default=RequestState.RECEIVED)
    asked_at = models.DateTimeField(_("收到时间"), default=clock.now)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    due_on = models.DateField(_("答复期限"))
    answer = models.TextField(_("答复"), blank=True)
    done = models.JSONField(default=dict, blank=True)
    answered_at = models.DateTimeField(_("答复时间"), null=True, blank=True)
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")

    objects = DataRequestQuerySet.as_manager()

    class Meta:
        verbose_name = _("个人信息申请")
        verbose_name_plural = _("个人信息申请")
        ordering = ["due_on", "pk"]
        indexes = [models.Index(fields=["state", "due_on"], name="datarequest_due")]
        constraints = [
            models.CheckConstraint(
                condition=Q(state="received", answered_at__isnull=True, answered_by__isnull=True)
                | Q(state__in=["granted", "refused"], answered_at__isnull=False, answered_by__isnull=False),
                name="datarequest_answered_by_and_at",
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def is_late(self) -> bool:
        return self.state == RequestState.RECEIVED and self.due_on < clock.today()


class RetentionRule(models.Model):
    """How long an installation keeps one kind of data, where it differs from the shipped rule."""

    kind = models.CharField(_("数据种类"), max_length=30, unique=True)
    days = models.PositiveIntegerField(_("保存天数"))
    is_automatic = models.BooleanField(_("到期自动删除"), default=False)
    set_at = models.DateTimeField(default=clock.now)
    set_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")

    class Meta:
        verbose_name = _("保存期限")
        verbose_name_plural = _("保存期限")

    def __str__(self) -> str:
        return f"{self.kind} {self.days}"


class RetentionRun(models.Model):
    """One run of deleting: what was due, what went, what it left in the figures."""

    started_at = models.DateTimeField(_("开始时间"), default=clock.now)
    started_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    kinds = models.JSONField(default=list)
    due = models.JSONField(default=dict)
    done = models.JSONField(default=dict)
    finished_at = models.DateTimeField(_("完成时间"), null=True, blank=True)

    class Meta:
        verbose_name = _("到期删除")
        verbose_name_plural = _("到期删除")
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"{self.started_at:%Y-%m-%d %H:%M}"


class KeptFigure(models.Model):
    """A count of what was deleted, by what it belonged to: figures stay when the rows behind them go."""

    kind = models.CharField(_("数据种类"), max_length=30)
    about = models.CharField(_("归属"), max_length=80, blank=True)
    scope_path = models.CharField(max_length=255, blank=True)
    n = models.PositiveIntegerField(_("数量"))
    at = models.DateTimeField(_("时间"), default=clock.now)

    class Meta:
        verbose_name = _("保留的统计数")
        verbose_name_plural = _("保留的统计数")
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.kind} {self.about} {self.n}"

"""The organisation tree, and the record of how it changed."""

from __future__ import annotations

from datetime import date
from typing import Any, Self
from uuid import uuid4

from django.conf import settings
from django.db import models
from django.db.models import F, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from kechuang.base import clock
from kechuang.orgs.enums import OrgEventKind, OrgKind, Ownership, PartnerKind, SchoolKind
from kechuang.orgs.scoping import ScopedQuerySet


class OrgQuerySet(ScopedQuerySet):
    scope_path = "path"
    view_permission = "org.view"

    def open_on(self, day: date) -> Self:
        began = Q(opened_on__isnull=True) | Q(opened_on__lte=day)
        return self.filter(began, Q(closed_on__isnull=True) | Q(closed_on__gt=day))

    def current(self) -> Self:
        return self.open_on(clock.today())

    def under(self, org: Org) -> Self:
        """The whole subtree, its root included."""
        return self.filter(path__startswith=org.path)

    def schools(self) -> Self:
        return self.filter(kind=OrgKind.SCHOOL)

    def districts(self) -> Self:
        return self.filter(kind=OrgKind.DISTRICT)

    def as_of(self, day: date) -> Self:
        """Organisations open on a past day, each with `name_then` and `parent_then` (an id).

        The first rename after the day still knows the name of the day; the same holds for moves.
        """
        later = OrgEvent.objects.filter(org=OuterRef("pk"), on__gt=day).order_by("on", "pk")
        renamed = later.filter(kind=OrgEventKind.RENAME).values("old_name")[:1]
        moved = later.filter(kind=OrgEventKind.MOVE).values("old_parent")[:1]
        return self.open_on(day).annotate(
            name_then=Coalesce(Subquery(renamed), F("name")),
            parent_then=Coalesce(Subquery(moved), F("parent_id"), output_field=models.BigIntegerField()),
        )


class Org(models.Model):
    kind = models.CharField(_("机构类型"), max_length=16, choices=OrgKind)
    code = models.CharField(_("平台代码"), max_length=32, unique=True)
    name = models.CharField(_("名称"), max_length=120)
    name_en = models.CharField(_("英文名称"), max_length=200, blank=True)
    short_name = models.CharField(_("简称"), max_length=40, blank=True)
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children")
    path = models.CharField(max_length=255, unique=True, editable=False)
    is_line = models.BooleanField(_("市直属学校条线"), default=False)
    gb2260 = models.CharField(_("行政区划代码"), max_length=6, blank=True)
    school_code = models.CharField(_("学校标识码"), max_length=10, blank=True)
    uscc = models.CharField(_("统一社会信用代码"), max_length=18, blank=True)
    school_kind = models.CharField(_("学校类型"), max_length=16, choices=SchoolKind, blank=True)
    stages = models.JSONField(_("学段"), default=list, blank=True)
    ownership = models.CharField(_("办学性质"), max_length=8, choices=Ownership, blank=True)
    group = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="members")
    partner_kind = models.CharField(_("合作单位类型"), max_length=16, choices=PartnerKind, blank=True)
    opened_on = models.DateField(_("设立日期"), null=True, blank=True)
    closed_on = models.DateField(_("撤销日期"), null=True, blank=True)
    is_demo = models.BooleanField(_("演示数据"), default=False)

    objects = OrgQuerySet.as_manager()

    class Meta:
        verbose_name = _("机构")
        verbose_name_plural = _("机构")
        ordering = ["path"]
        indexes = [models.Index(fields=["name"], name="org_name")]
        constraints = [
            models.CheckConstraint(
                condition=Q(path__startswith="/") & Q(path__endswith="/"), name="org_path_between_slashes"
            ),
            models.CheckConstraint(
                condition=Q(kind=OrgKind.CITY, parent__isnull=True) | ~Q(kind=OrgKind.CITY) & Q(parent__isnull=False),
                name="org_only_a_city_is_a_root",
            ),
            models.CheckConstraint(
                condition=Q(is_line=False) | Q(kind=OrgKind.DISTRICT), name="org_line_is_a_district"
            ),
            models.CheckConstraint(
                condition=Q(kind=OrgKind.PARTNER) & ~Q(partner_kind="") | ~Q(kind=OrgKind.PARTNER) & Q(partner_kind=""),
                name="org_partner_kind_iff_partner",
            ),
            models.CheckConstraint(
                condition=~Q(kind=OrgKind.SCHOOL) | ~Q(school_kind=""), name="org_school_has_a_kind"
            ),
            models.CheckConstraint(
                condition=Q(closed_on__isnull=True) | Q(opened_on__isnull=True) | Q(closed_on__gte=F("opened_on")),
                name="org_closed_after_opened",
            ),
            models.UniqueConstraint(
                fields=["school_code"], condition=~Q(school_code=""), name="org_one_per_school_code"
            ),
            models.UniqueConstraint(
                fields=["parent", "name"], condition=Q(closed_on__isnull=True), name="org_one_live_name_per_parent"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        """A path is made of primary keys, so a new row gets it right after its insert."""
        if not self._state.adding:
            super().save(*args, **kwargs)
            return
        self.path = f"/{uuid4().hex}/"
        super().save(*args, **kwargs)
        self.path = self.path_under(self.parent)
        type(self).objects.filter(pk=self.pk).update(path=self.path)

    def path_under(self, parent: Org | None) -> str:
        return f"{parent.path if parent else '/'}{self.pk}/"

    @property
    def scope_path(self) -> str:
        return self.path

    @property
    def label(self) -> str:
        return self.short_name or self.name

    @property
    def ancestor_ids(self) -> list[int]:
        """From the root down, the organisation itself left out."""
        return [int(part) for part in self.path.strip("/").split("/")[:-1]]

    @property
    def is_open(self) -> bool:
        return self.closed_on is None or self.closed_on > clock.today()

    @property
    def is_school(self) -> bool:
        return self.kind in (OrgKind.SCHOOL, OrgKind.CAMPUS)


class OrgEvent(models.Model):
    """A change of the tree. A merge or split is one row for each pair of old `org` and `successor`."""

    kind = models.CharField(_("变更"), max_length=8, choices=OrgEventKind)
    on = models.DateField(_("生效日期"))
    org = models.ForeignKey(Org, models.PROTECT, related_name="events")
    successor = models.ForeignKey(Org, models.PROTECT, null=True, blank=True, related_name="origins")
    is_heir = models.BooleanField(_("承接历史数据"), default=False)
    old_name = models.CharField(_("原名称"), max_length=120, blank=True)
    new_name = models.CharField(_("新名称"), max_length=120, blank=True)
    old_parent = models.ForeignKey(Org, models.PROTECT, null=True, blank=True, related_name="+")
    new_parent = models.ForeignKey(Org, models.PROTECT, null=True, blank=True, related_name="+")
    reason = models.TextField(_("依据"), blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    at = models.DateTimeField(_("登记时间"), default=clock.now)

    class Meta:
        verbose_name = _("机构变更")
        verbose_name_plural = _("机构变更")
        ordering = ["on", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=["merge", "split"], successor__isnull=False)
                | ~Q(kind__in=["merge", "split"]) & Q(successor__isnull=True),
                name="orgevent_successor_iff_merge_or_split",
            ),
            models.CheckConstraint(
                condition=Q(successor__isnull=True) | ~Q(successor=F("org")), name="orgevent_successor_is_another"
            ),
            models.UniqueConstraint(fields=["org"], condition=Q(is_heir=True), name="orgevent_one_heir_per_org"),
        ]
        indexes = [models.Index(fields=["org", "on"], name="orgevent_org_on")]

    def __str__(self) -> str:
        return f"{self.on} {self.get_kind_display()} {self.org}"

"""Looking as somebody else: who may see whose pages, read-only, why and ends_at when."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from kechuang.base import clock
from kechuang.orgs.enums import LookKind
from kechuang.orgs.models.organisations import Org
from kechuang.orgs.models.people import Person
from kechuang.orgs.scoping import ScopedQuerySet


class LookQuerySet(ScopedQuerySet):
    scope_path = "org__path"
    view_permission = "support.approve"

    def live(self) -> Self:
        return self.filter(is_allowed=True, ends_at__gt=clock.now(), ended_at__isnull=True)

    def waiting(self, since: datetime | None = None) -> Self:
        """Asked for and not decided; a request that nobody answers in two days is void."""
        return self.filter(decided_at__isnull=True, asked_at__gt=since or clock.now() - Look.PATIENCE)


class Look(models.Model):
    """`ends_at` is set when it is allowed. `org` is the office of the person looked at, which decides about support."""

    PATIENCE = timedelta(days=2)

    kind = models.CharField(_("方式"), max_length=8, choices=LookKind)
    looker = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="looks", verbose_name=_("查看人"))
    person = models.ForeignKey(Person, models.PROTECT, related_name="looked_at", verbose_name=_("被查看人"))
    org = models.ForeignKey(Org, models.PROTECT, related_name="+")
    reason = models.CharField(_("理由"), max_length=300)
    minutes = models.PositiveSmallIntegerField(_("分钟"))
    asked_at = models.DateTimeField(default=clock.now)
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    is_allowed = models.BooleanField(null=True, blank=True)
    ends_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = LookQuerySet.as_manager()

    class Meta:
        verbose_name = _("查看记录")
        verbose_name_plural = _("查看记录")
        ordering = ["-pk"]
        indexes = [models.Index(fields=["org", "decided_at"], name="look_org_decided")]
        constraints = [
            models.CheckConstraint(
                condition=Q(decided_at__isnull=True, decided_by__isnull=True, is_allowed__isnull=True)
                | Q(decided_at__isnull=False, decided_by__isnull=False, is_allowed__isnull=False),
                name="look_decided_by_and_at",
            ),
            models.CheckConstraint(
                condition=Q(is_allowed=True, ends_at__isnull=False) | ~Q(is_allowed=True),
                name="look_allowed_has_an_end",
            ),
            models.CheckConstraint(
                condition=~Q(kind=LookKind.SUPPORT, decided_by=F("looker")), name="look_support_allowed_by_another"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.looker} → {self.person}"

    @property
    def scope_path(self) -> str:
        return self.org.path

    @property
    def is_live(self) -> bool:
        return bool(self.is_allowed and self.ends_at and self.ends_at > clock.now() and self.ended_at is None)

    @property
    def is_waiting(self) -> bool:
        return self.decided_at is None and self.asked_at > clock.now() - self.PATIENCE

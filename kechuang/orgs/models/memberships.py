"""Person × organisation × role × time: the only source of roles."""

from __future__ import annotations

from datetime import date
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from kechuang.base import clock
from kechuang.orgs.enums import Role
from kechuang.orgs.models.organisations import Org
from kechuang.orgs.rules import ADMINISTRATORS
from kechuang.orgs.scoping import ScopedQuerySet


class MembershipQuerySet(ScopedQuerySet):
    scope_path = "org__path"
    view_permission = "person.view"

    def current(self, day: date | None = None) -> Self:
        day = day or clock.today()
        return self.filter(Q(until__isnull=True) | Q(until__gte=day), since__lte=day, ended_at__isnull=True)

    def administrative(self) -> Self:
        return self.filter(role__in=ADMINISTRATORS)


class Membership(models.Model):
    """`until` is the last day. Whoever ends a membership early sets `ended_at`, which takes effect at once."""

    person = models.ForeignKey("orgs.Person", models.CASCADE, related_name="memberships")
    org = models.ForeignKey(Org, models.PROTECT, related_name="memberships")
    role = models.CharField(_("角色"), max_length=20, choices=Role)
    title = models.CharField(_("职务"), max_length=60, blank=True)
    since = models.DateField(_("开始日期"))
    until = models.DateField(_("截止日期"), null=True, blank=True)
    granted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    granted_at = models.DateTimeField(default=clock.now)
    delegated_from = models.ForeignKey(
        "self", models.CASCADE, null=True, blank=True, related_name="delegations", verbose_name=_("委托自")
    )
    reason = models.CharField(_("委托理由"), max_length=200, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")

    objects = MembershipQuerySet.as_manager()

    class Meta:
        verbose_name = _("任职")
        verbose_name_plural = _("任职")
        ordering = ["pk"]
        indexes = [models.Index(fields=["org", "role"], name="membership_org_role")]
        constraints = [
            models.UniqueConstraint(
                fields=["person", "org", "role"],
                condition=Q(ended_at__isnull=True, until__isnull=True),
                name="membership_one_open_per_role",
            ),
            models.UniqueConstraint(
                fields=["person"],
                condition=Q(role__in=["system_admin", "security_admin", "auditor"], ended_at__isnull=True),
                name="membership_administrators_are_separate",
            ),
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gte=F("since")), name="membership_until_after_since"
            ),
            models.CheckConstraint(
                condition=Q(delegated_from__isnull=True) | Q(until__isnull=False),
                name="membership_delegated_has_an_end",
            ),
            models.CheckConstraint(
                condition=Q(delegated_from__isnull=True) | ~Q(role__in=["system_admin", "security_admin", "auditor"]),
                name="membership_administrators_never_delegated",
            ),
            models.CheckConstraint(
                condition=Q(ended_by__isnull=True) | Q(ended_at__isnull=False), name="membership_ended_by_and_at"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person} {self.get_role_display()} {self.org}"

    @property
    def scope_path(self) -> str:
        return self.org.path

    @property
    def is_current(self) -> bool:
        today = clock.today()
        return self.ended_at is None and self.since <= today and (self.until is None or self.until >= today)

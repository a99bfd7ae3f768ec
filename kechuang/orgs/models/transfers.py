"""A pupil moves from one school to another: the new school asks, the old one (or an office above it) confirms."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from kechuang.base import clock
from kechuang.base.ids import new_public_id
from kechuang.orgs.enums import Grade, TransferState
from kechuang.orgs.models.organisations import Org
from kechuang.orgs.models.people import Person
from kechuang.orgs.scoping import ScopedQuerySet, under

if TYPE_CHECKING:
    from kechuang.orgs.actor import Actor

_ANSWERED = (TransferState.DONE, TransferState.REFUSED, TransferState.UNDONE)


class TransferQuerySet(ScopedQuerySet):
    """Both sides read it; each act asks for the right on its own side."""

    scope_path = "to_school__path"
    view_permission = "roster.upload"

    def visible_to(self, actor: Actor, permission: str = "") -> TransferQuerySet:
        paths = actor.paths(permission or self.view_permission)
        return self.filter(under("to_school__path", paths) | under("from_school__path", paths))

    def waiting(self) -> TransferQuerySet:
        return self.filter(state=TransferState.ASKED)


class Transfer(models.Model):
    """`before` is what stood on file at the old school, so that the move can be taken back."""

    public_id = models.CharField(max_length=32, unique=True, default=new_public_id, editable=False)
    pupil = models.ForeignKey(Person, models.PROTECT, related_name="transfers", verbose_name=_("学生"))
    from_school = models.ForeignKey(Org, models.PROTECT, related_name="+", verbose_name=_("原学校"))
    to_school = models.ForeignKey(Org, models.PROTECT, related_name="+", verbose_name=_("新学校"))
    grade = models.PositiveSmallIntegerField(_("转入年级"), choices=Grade)
    class_name = models.CharField(_("转入班级"), max_length=20, blank=True)
    note = models.CharField(_("说明"), max_length=300, blank=True)
    state = models.CharField(_("状态"), max_length=10, choices=TransferState, default=TransferState.ASKED)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(_("提出时间"), default=clock.now)
    due_on = models.DateField(_("答复期限"))
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField(_("答复时间"), null=True, blank=True)
    reason = models.CharField(_("理由"), max_length=300, blank=True)
    before = models.JSONField(default=dict, blank=True)
    undone_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    undone_at = models.DateTimeField(_("退回时间"), null=True, blank=True)

    objects = TransferQuerySet.as_manager()

    class Meta:
        verbose_name = _("转学")
        verbose_name_plural = _("转学")
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["pupil"], condition=Q(state=TransferState.ASKED), name="transfer_one_waiting_per_pupil"
            ),
            models.CheckConstraint(condition=~Q(from_school=F("to_school")), name="transfer_between_two_schools"),
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True) | ~Q(decided_by=F("asked_by")), name="transfer_second_person"
            ),
            models.CheckConstraint(
                condition=Q(state__in=_ANSWERED, decided_by__isnull=False, decided_at__isnull=False)
                | Q(~Q(state__in=_ANSWERED), decided_by__isnull=True, decided_at__isnull=True),
                name="transfer_decided_by_and_at",
            ),
            models.CheckConstraint(
                condition=Q(state=TransferState.UNDONE, undone_by__isnull=False, undone_at__isnull=False)
                | Q(~Q(state=TransferState.UNDONE), undone_by__isnull=True, undone_at__isnull=True),
                name="transfer_undone_by_and_at",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.pupil_id} {self.from_school} → {self.to_school}"

    @property
    def scope_path(self) -> str:
        return self.to_school.path

    @property
    def is_late(self) -> bool:
        return self.state == TransferState.ASKED and self.due_on < clock.today()

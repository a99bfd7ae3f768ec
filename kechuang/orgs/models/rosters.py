"""A roster that somebody sent as a table: every row keeps its verdict until the good ones are taken."""

from __future__ import annotations

import json
from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from kechuang.base import clock
from kechuang.base.crypto import EncryptedCharField
from kechuang.base.ids import new_public_id
from kechuang.base.models import Job, StoredFile
from kechuang.orgs.enums import RosterKind, RosterState, Verdict
from kechuang.orgs.models.organisations import Org
from kechuang.orgs.models.people import Person
from kechuang.orgs.scoping import ScopedQuerySet


class RosterUploadQuerySet(ScopedQuerySet):
    scope_path = "org__path"
    view_permission = "roster.upload"


class RosterUpload(models.Model):
    public_id = models.CharField(max_length=32, unique=True, default=new_public_id, editable=False)
    kind = models.CharField(_("名册"), max_length=10, choices=RosterKind)
    org = models.ForeignKey(Org, models.PROTECT, related_name="roster_uploads")
    file = models.ForeignKey(StoredFile, models.PROTECT, related_name="+")
    state = models.CharField(_("状态"), max_length=10, choices=RosterState, default=RosterState.CHECKING)
    error = models.TextField(_("错误"), blank=True)
    job = models.ForeignKey(Job, models.SET_NULL, null=True, blank=True, related_name="+")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(_("上传时间"), default=clock.now)
    taken_at = models.DateTimeField(_("导入时间"), null=True, blank=True)

    objects = RosterUploadQuerySet.as_manager()

    class Meta:
        verbose_name = _("名册上传")
        verbose_name_plural = _("名册上传")
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.org} {self.created_at:%Y-%m-%d}"

    @property
    def scope_path(self) -> str:
        return self.org.path


class RosterRow(models.Model):
    """`sealed` is the row as sent, `before` what stood on file until it was taken; encrypted, for both may hold identifiers."""

    upload = models.ForeignKey(RosterUpload, models.CASCADE, related_name="rows")
    number = models.PositiveIntegerField(_("行号"))
    sealed = EncryptedCharField()
    verdict = models.CharField(_("检查结果"), max_length=8, choices=Verdict)
    reasons = models.JSONField(_("说明"), default=list, blank=True)
    is_update = models.BooleanField(_("更新已有人员"), default=False)
    before = EncryptedCharField(blank=True)
    person = models.ForeignKey(Person, models.SET_NULL, null=True, blank=True, related_name="+")

    class Meta:
        verbose_name = _("名册行")
        verbose_name_plural = _("名册行")
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["upload", "number"], name="rosterrow_one_per_number")]

    def __str__(self) -> str:
        return f"{self.number} {self.get_verdict_display()}"

    @property
    def content(self) -> dict[str, Any]:
        return json.loads(self.sealed) if self.sealed else {}

    @property
    def reason(self) -> str:
        return "".join(self.reasons)


class YearChangeQuerySet(ScopedQuerySet):
    scope_path = "school__path"
    view_permission = "roster.upload"


class YearChange(models.Model):
    """The year change of one school: the records that went up a grade and those that left, so that it can be taken back."""

    school = models.ForeignKey(Org, models.PROTECT, related_name="year_changes")
    year = models.PositiveSmallIntegerField(_("学年"))
    promoted = models.JSONField(default=list)
    graduated = models.JSONField(default=list)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    at = models.DateTimeField(_("办理时间"), default=clock.now)
    undone_at = models.DateTimeField(null=True, blank=True)

    objects = YearChangeQuerySet.as_manager()

    class Meta:
        verbose_name = _("学年升级")
        verbose_name_plural = _("学年升级")
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["school", "year"],
                condition=models.Q(undone_at__isnull=True),
                name="yearchange_once_per_school_and_year",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.school} {self.year}"

    @property
    def scope_path(self) -> str:
        return self.school.path


class RosterImportQuerySet(ScopedQuerySet):
    scope_path = "org__path"
    view_permission = "roster.upload"


class RosterImport(models.Model):
    """A file of any length taken by a command, in batches; `through` is the last row of the last batch that is in."""

    kind = models.CharField(_("名册"), max_length=10, choices=RosterKind)
    org = models.ForeignKey(Org, models.PROTECT, related_name="roster_imports")
    file_name = models.CharField(_("文件名"), max_length=255)
    digest = models.CharField(max_length=64)
    through = models.PositiveIntegerField(_("已处理到的行"), default=0)
    rows_in = models.PositiveIntegerField(_("行数"), default=0)
    added = models.PositiveIntegerField(_("新增"), default=0)
    updated = models.PositiveIntegerField(_("更新"), default=0)
    refused = models.PositiveIntegerField(_("退回"), default=0)
    started_at = models.DateTimeField(_("开始时间"), default=clock.now)
    finished_at = models.DateTimeField(_("完成时间"), null=True, blank=True)
    undone_at = models.DateTimeField(_("撤回时间"), null=True, blank=True)

    objects = RosterImportQuerySet.as_manager()

    class Meta:
        verbose_name = _("名册批量导入")
        verbose_name_plural = _("名册批量导入")
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "org", "digest"],
                condition=models.Q(finished_at__isnull=True),
                name="rosterimport_one_running_per_file",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.file_name}"

    @property
    def scope_path(self) -> str:
        return self.org.path


class RefusedRow(models.Model):
    """A row that an import did not take, until the file of refused rows is written. `sealed` may hold identifiers."""

    of = models.ForeignKey(RosterImport, models.CASCADE, related_name="refused_rows")
    number = models.PositiveIntegerField(_("行号"))
    sealed = EncryptedCharField()
    reason = models.TextField(_("原因"))

    class Meta:
        verbose_name = _("退回的行")
        verbose_name_plural = _("退回的行")
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["of", "number"], name="refusedrow_one_per_number")]

    def __str__(self) -> str:
        return f"{self.of} {self.number}"

    @property
    def content(self) -> dict[str, Any]:
        return json.loads(self.sealed)


class ImportBatch(models.Model):
    """What one batch of an import did, so that it can be taken back: whom it added, and what it changed of whom."""

    of = models.ForeignKey(RosterImport, models.CASCADE, related_name="batches")
    added = models.JSONField(default=list)
    sealed = EncryptedCharField(blank=True)
    kept = EncryptedCharField(blank=True)
    undone_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("导入的一批")
        verbose_name_plural = _("导入的各批")
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.of} {self.pk}"

    @property
    def changes(self) -> dict[str, dict[str, Any]]:
        """Id of a person → what stood before and what the batch wrote."""
        return json.loads(self.sealed) if self.sealed else {}

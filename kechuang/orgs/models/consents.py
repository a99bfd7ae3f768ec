"""Consent per purpose, with the text that was read. Answers are rows that only grow."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from kechuang.base import clock
from kechuang.base.models import AppendOnlyModel, AppendOnlyQuerySet
from kechuang.orgs.enums import AnsweredAs, ConsentAnswer, ConsentPurpose, GuardianRelation
from kechuang.orgs.models.people import Person
from kechuang.orgs.scoping import ScopedQuerySet

if TYPE_CHECKING:
    from kechuang.orgs.actor import Actor


class ConsentTextQuerySet(models.QuerySet["ConsentText"]):
    def asking_again(self, day: date | None = None) -> ConsentTextQuerySet:
        """Versions in force that changed so much that what was agreed to before no longer stands (PIPL art. 14)."""
        return self.filter(asks_again=True, effective_from__lte=day or clock.today())

    def in_force(self, purpose: str, day: date | None = None) -> ConsentText | None:
        due = self.filter(purpose=purpose, effective_from__lte=day or clock.today())
        return due.order_by("-version").first()


class ConsentText(models.Model):
    """The six items that 儿童个人信息网络保护规定 art. 10 wants on the page, one field each."""

    ITEMS = ("purpose_and_scope", "storage", "security", "refusal", "complaints", "correction")

    purpose = models.CharField(_("用途"), max_length=12, choices=ConsentPurpose)
    version = models.PositiveSmallIntegerField(_("版本"), default=1)
    title = models.CharField(_("标题"), max_length=100)
    purpose_and_scope = models.TextField(_("收集使用的目的、方式和范围"))
    storage = models.TextField(_("存储地点、期限和到期后的处理"))
    security = models.TextField(_("安全保障措施"))
    refusal = models.TextField(_("拒绝的后果"))
    complaints = models.TextField(_("投诉举报的渠道和方式"))
    correction = models.TextField(_("更正、删除的途径和方法"))
    effective_from = models.DateField(_("生效日期"))
    asks_again = models.BooleanField(_("须重新征得同意"), default=False)
    written_at = models.DateTimeField(default=clock.now)
    written_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")

    asked_since: int = 0
    """Set by whoever reads several versions: the version from which on a yes counts."""

    objects = ConsentTextQuerySet.as_manager()

    class Meta:
        verbose_name = _("同意书文本")
        verbose_name_plural = _("同意书文本")
        ordering = ["purpose", "-version"]
        constraints = [
            models.UniqueConstraint(fields=["purpose", "version"], name="consenttext_one_per_version"),
        ]

    def __str__(self) -> str:
        return self.title

    def _heading(self, name: str) -> Any:
        return getattr(self._meta.get_field(name), "verbose_name")  # noqa: B009 -- relations have none

    @property
    def items(self) -> list[tuple[str, str]]:
        """Heading and text of the six items, in the order of the law."""
        return [(str(self._heading(name)), getattr(self, name)) for name in self.ITEMS]


class ConsentQuerySet(AppendOnlyQuerySet, ScopedQuerySet):  # type: ignore[override]
    scope_path = "pupil__pupil__school__path"
    view_permission = "person.view"

    def own_rows(self, actor: Actor) -> Q:
        return Q(pupil__in=Person.objects.filter(Person.objects.all().own_rows(actor)).values("pk"))


class Consent(AppendOnlyModel):
    pupil = models.ForeignKey(Person, models.PROTECT, related_name="consents")
    text = models.ForeignKey(ConsentText, models.PROTECT, related_name="+")
    purpose = models.CharField(_("用途"), max_length=12, choices=ConsentPurpose)
    application_ref = models.CharField(_("申报编号"), max_length=64, blank=True)
    answer = models.CharField(_("答复"), max_length=10, choices=ConsentAnswer)
    by = models.ForeignKey(Person, models.PROTECT, related_name="consents_given")
    answered_as = models.CharField(_("答复人身份"), max_length=10, choices=AnsweredAs)
    relation = models.CharField(_("与学生的关系"), max_length=12, choices=GuardianRelation, blank=True)
    age_then = models.PositiveSmallIntegerField(_("当时年龄"), null=True, blank=True)
    reason = models.CharField(_("说明"), max_length=300, blank=True)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    at = models.DateTimeField(_("时间"), default=clock.now)

    objects: ClassVar[Any] = ConsentQuerySet.as_manager()

    class Meta:
        verbose_name = _("同意记录")
        verbose_name_plural = _("同意记录")
        ordering = ["pk"]
        indexes = [models.Index(fields=["pupil", "purpose"], name="consent_pupil_purpose")]
        constraints = [
            models.CheckConstraint(
                condition=Q(answered_as="pupil", relation="") | Q(answered_as="guardian") & ~Q(relation=""),
                name="consent_relation_iff_guardian",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.pupil} {self.get_purpose_display()} {self.get_answer_display()}"

    @property
    def scope_path(self) -> str:
        return self.pupil.pupil.school.path

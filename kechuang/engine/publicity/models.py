"""公示: the notice as it was published, objections to it, and their reconsideration by other people."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy as _

from kechuang.base.crypto import EncryptedCharField
from kechuang.base.names import is_chinese, person_name
from kechuang.engine.applications.models import Application
from kechuang.engine.decisions.models import Decision
from kechuang.engine.enums import NoticeState, ObjectionState
from kechuang.engine.publicity import rules
from kechuang.orgs.scoping import ScopedQuerySet


class NoticeQuerySet(ScopedQuerySet):
    scope_path = "decision__call__org__path"
    view_permission = "notice.publish"

    def published(self) -> "NoticeQuerySet":
        return self.exclude(state=NoticeState.DRAFT)


class PublicNotice(models.Model):
    number = models.CharField(_("公示编号"), max_length=40, unique=True)
    decision = models.ForeignKey(Decision, models.PROTECT, related_name="notices")
    replaces = models.OneToOneField("self", models.PROTECT, null=True, blank=True, related_name="replaced_by")
    title = models.CharField(_("标题"), max_length=200)
    body = models.TextField(_("正文"), blank=True)
    contact = models.TextField(_("异议受理方式"), blank=True)
    state = models.CharField(max_length=20, choices=NoticeState, default=NoticeState.DRAFT)
    starts_on = models.DateField(_("公示开始"), null=True, blank=True)
    ends_on = models.DateField(_("公示结束"), null=True, blank=True)
    working_days = models.PositiveSmallIntegerField(_("公示工作日"), default=5)
    published_at = models.DateTimeField(null=True, blank=True)
    published_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    closed_at = models.DateTimeField(null=True, blank=True)

    objects = NoticeQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state="draft")
                | Q(
                    published_at__isnull=False,
                    starts_on__isnull=False,
                    ends_on__isnull=False,
                ),
                name="notice_published_has_dates",
            )
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def call(self):
        return self.decision.call

    @property
    def scope_path(self) -> str:
        return self.decision.call.org.path

    @property
    def has_disclaimer(self) -> bool:
        """Whether its own words already say that a result is no basis for admission to a school."""
        return rules.DISCLAIMER in self.body

    @property
    def shown(self) -> dict[str, str]:
        """Title, body and contact for the reader of now: the usual words in English, what an officer wrote as it stands."""
        stored = {"title": self.title, "body": self.body, "contact": self.contact}
        if is_chinese():
            return stored
        call = self.call
        with translation.override(settings.LANGUAGE_CODE):
            usual = rules.notice_words(self.decision.kind, call.title, call.org.name)
        english = rules.notice_words(self.decision.kind, call.title_en or call.title, call.org.name_en or call.org.name)
        return {name: english[name] if stored[name] == usual[name] else stored[name] for name in stored}


class NoticeLine(models.Model):
    """A frozen line of the published list: masked names as they stood there."""

    notice = models.ForeignKey(PublicNotice, models.CASCADE, related_name="lines")
    application = models.ForeignKey(Application, models.PROTECT, related_name="notice_lines")
    order = models.PositiveIntegerField()
    division = models.CharField(max_length=60)
    prize = models.CharField(max_length=40)
    prize_name = models.CharField(max_length=80)
    title = models.CharField(max_length=300)
    school = models.CharField(max_length=120)
    names = models.CharField(max_length=200, blank=True)
    is_struck = models.BooleanField(default=False)
    note = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["notice_id", "order"]
        constraints = [models.UniqueConstraint(fields=["notice", "application"], name="notice_line_once")]

    def __str__(self) -> str:
        return self.title


class ObjectionQuerySet(ScopedQuerySet):
    scope_path = "notice__decision__call__org__path"
    view_permission = "objection.handle"


class Objection(models.Model):
    """异议: signed, with the objector's name, unit and phone (domain.md §2.7), seen only by those who handle it."""

    number = models.CharField(_("受理号"), max_length=40, unique=True)
    follow_code = models.CharField(max_length=40, unique=True)
    title = models.CharField(_("涉及作品"), max_length=300, blank=True)
    client_token = models.CharField(max_length=64, null=True, blank=True, unique=True)
    notice = models.ForeignKey(PublicNotice, models.PROTECT, related_name="objections")
    application = models.ForeignKey(Application, models.PROTECT, null=True, blank=True, related_name="objections")
    name = EncryptedCharField(_("姓名"))
    document_no = EncryptedCharField(_("证件号码"), blank=True)
    unit = EncryptedCharField(_("单位"), blank=True)
    phone = EncryptedCharField(_("联系电话"))
    email = EncryptedCharField(_("电子邮箱"), blank=True)
    statement = models.TextField(_("异议内容与依据"))
    signed_at = models.DateTimeField()
    state = models.CharField(max_length=20, choices=ObjectionState, default=ObjectionState.RECEIVED)
    received_at = models.DateTimeField()
    due_on = models.DateField(_("答复期限"))
    handler = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    answered_at = models.DateTimeField(null=True, blank=True)

    objects = ObjectionQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return self.number

    @property
    def scope_path(self) -> str:
        return self.notice.scope_path


class ObjectionEvidence(models.Model):
    objection = models.ForeignKey(Objection, models.CASCADE, related_name="evidence")
    stored = models.ForeignKey("base.StoredFile", models.PROTECT, related_name="+")

    def __str__(self) -> str:
        return str(self.stored_id)


class Reconsideration(models.Model):
    """复核: the finding of people other than the first deciders, and what it does to the application."""

    class Effect(models.TextChoices):
        KEEP = "keep", _("维持原结果")
        CHANGE_PRIZE = "change_prize", _("调整奖项")
        STRIKE = "strike", _("取消获奖资格")

    objection = models.OneToOneField(Objection, models.CASCADE, related_name="reconsideration")
    finding = models.TextField(_("复核意见"))
    effect = models.CharField(max_length=20, choices=Effect)
    new_prize = models.CharField(max_length=40, blank=True)
    letter = models.TextField(_("答复函"))
    amended = models.ForeignKey(Decision, models.PROTECT, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField()
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    def __str__(self) -> str:
        return f"{self.objection_id}: {self.effect}"

    @property
    def letter_shown(self) -> str:
        """The letter for the reader of now; the finding stays in the words in which it was found."""
        if is_chinese():
            return self.letter
        objection, call = self.objection, self.objection.notice.call
        prize = call.plan.prize(self.new_prize)
        return rules.letter(
            number=objection.number, name=person_name(objection.name), notice=objection.notice.shown["title"], entry=objection.title,
            finding=self.finding, outcome=rules.outcome(self.effect, prize.name_en or prize.name if prize else ""),
            office=call.org.name_en or call.org.name, day=timezone.localdate(self.decided_at),
        )  # fmt: skip

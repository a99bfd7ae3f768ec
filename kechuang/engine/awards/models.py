"""Prizes given and certificates anyone can verify; a mistake is a correction or a revocation, never an overwrite."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from kechuang.base.crypto import EncryptedCharField
from kechuang.base.ids import new_file_id
from kechuang.engine.applications.models import Application
from kechuang.engine.calls.models import Call
from kechuang.engine.decisions.models import Decision
from kechuang.engine.enums import AwardState, CertificateState, HolderKind, PictureKind, PictureState
from kechuang.orgs.scoping import ScopedQuerySet


class AwardQuerySet(ScopedQuerySet):
    scope_path = "application__org__path"
    view_permission = "application.view"


class Award(models.Model):
    call = models.ForeignKey(Call, models.PROTECT, related_name="awards")
    application = models.OneToOneField(Application, models.PROTECT, related_name="award")
    decision = models.ForeignKey(Decision, models.PROTECT, null=True, blank=True, related_name="awards")
    prize = models.CharField(max_length=40)
    prize_name = models.CharField(max_length=80)
    state = models.CharField(max_length=20, choices=AwardState, default=AwardState.VALID)
    awarded_at = models.DateTimeField()
    awarded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    revoked_at = models.DateTimeField(null=True, blank=True)
    revoked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    revocation_reason = models.TextField(blank=True)

    objects = AwardQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state="valid", revoked_at__isnull=True) | Q(state="revoked", revoked_at__isnull=False),
                name="award_revoked_has_time",
            )
        ]

    def __str__(self) -> str:
        return f"{self.application} {self.prize_name}"

    @property
    def scope_path(self) -> str:
        return self.application.org.path


class CertificateQuerySet(ScopedQuerySet):
    scope_path = "award__application__org__path"
    view_permission = "application.view"


class Certificate(models.Model):
    """One sheet for one holder. `words` is the frozen text that was printed; `number` is public, `code` cannot be guessed."""

    award = models.ForeignKey(Award, models.PROTECT, related_name="certificates")
    holder_kind = models.CharField(max_length=20, choices=HolderKind, default=HolderKind.TEAM)
    person = models.ForeignKey("orgs.Person", models.PROTECT, null=True, blank=True, related_name="certificates")
    number = models.CharField(_("证书编号"), max_length=60, unique=True)
    code = models.CharField(_("核验码"), max_length=40, unique=True)
    words = models.JSONField(default=dict)
    words_digest = models.CharField(max_length=64)
    stored = models.ForeignKey("base.StoredFile", models.PROTECT, null=True, blank=True, related_name="+")
    state = models.CharField(max_length=20, choices=CertificateState, default=CertificateState.PENDING)
    issued_on = models.DateField()
    replaces = models.OneToOneField("self", models.PROTECT, null=True, blank=True, related_name="replaced_by")
    state_reason = models.TextField(blank=True)
    state_changed_at = models.DateTimeField(null=True, blank=True)

    objects = CertificateQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        indexes = [models.Index(fields=["award"], condition=Q(state="pending"), name="certificate_pending")]
        constraints = [
            models.UniqueConstraint(
                fields=["award", "holder_kind", "person"],
                condition=Q(state__in=["pending", "issued"]),
                name="certificate_one_live_per_person",
            ),
            models.UniqueConstraint(
                fields=["award", "holder_kind"],
                condition=Q(state__in=["pending", "issued"], person__isnull=True),
                name="certificate_one_live_per_team",
            ),
            models.CheckConstraint(
                condition=~Q(state="issued") | Q(stored__isnull=False), name="certificate_issued_has_file"
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def call(self) -> Call:
        return self.award.call

    @property
    def scope_path(self) -> str:
        return self.award.application.org.path


class SealPictureQuerySet(ScopedQuerySet):
    scope_path = "org__path"
    view_permission = "seal.keep"


class SealPicture(models.Model):
    """The registered picture of a seal or a signature, kept encrypted. It never changes: what was printed can be printed again.

    Whoever registers it is not who approves it. One that has ended goes on no further sheet.
    """

    public_id = models.CharField(max_length=32, unique=True, default=new_file_id, editable=False)
    org = models.ForeignKey("orgs.Org", models.PROTECT, related_name="+", verbose_name=_("所属机构"))
    kind = models.CharField(_("类型"), max_length=12, choices=PictureKind)
    name = models.CharField(_("单位或姓名"), max_length=60)
    post = models.CharField(_("职务"), max_length=30, blank=True)
    png = EncryptedCharField()
    width = models.PositiveSmallIntegerField()
    height = models.PositiveSmallIntegerField()
    state = models.CharField(_("状态"), max_length=12, choices=PictureState, default=PictureState.WAITING)
    registered_at = models.DateTimeField()
    registered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    approved_at = models.DateTimeField(null=True, blank=True)
    approved_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    end_reason = models.CharField(max_length=200, blank=True)

    objects = SealPictureQuerySet.as_manager()

    class Meta:
        ordering = ["kind", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(state="approved") | Q(approved_at__isnull=False), name="seal_picture_approved_has_time"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.post}".strip()

    @property
    def scope_path(self) -> str:
        return self.org.path

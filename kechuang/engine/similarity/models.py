"""What of an entry is compared, and what was found. A report decides nothing; it is shown to those who may read both texts."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from kechuang.base import clock
from kechuang.engine.applications.models import Application
from kechuang.orgs.scoping import ScopedQuerySet


class Fingerprint(models.Model):
    """The compared text of an entry (`edition` 0) or of a later published version, with the kept hashes of rules.prints_of."""

    application = models.ForeignKey(Application, models.CASCADE, related_name="fingerprints")
    edition = models.PositiveSmallIntegerField(default=0)
    programme_code = models.CharField(max_length=60, db_index=True)
    digest = models.CharField(max_length=64)
    text = models.TextField(blank=True)
    prints = models.BinaryField(default=bytes)
    letters = models.PositiveIntegerField(default=0)
    made_at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["application", "edition"], name="fingerprint_once")]

    def __str__(self) -> str:
        return f"{self.application_id}.{self.edition}"


class SimilarityReportQuerySet(ScopedQuerySet):
    scope_path = "application__org__path"
    authority_path = "application__call__org__path"
    view_permission = "application.screen"


class SimilarityReport(models.Model):
    """How much of an entry's text stands elsewhere. `found`: [{with: fingerprint, share, spans: [[start, end, start there, end there]]}],
    places in the texts of both fingerprints, the most alike first."""

    application = models.OneToOneField(Application, models.CASCADE, related_name="similarity")
    share = models.FloatField(_("重合比例"), default=0)
    found = models.JSONField(default=list)
    compared = models.PositiveIntegerField(default=0)
    digest = models.CharField(max_length=64)
    made_at = models.DateTimeField(default=clock.now)

    objects = SimilarityReportQuerySet.as_manager()

    class Meta:
        ordering = ["-share", "application_id"]
        indexes = [models.Index(fields=["-share"], name="similarity_share")]

    def __str__(self) -> str:
        return f"{self.application_id} {self.share:.0%}"

    @property
    def scope_path(self) -> str:
        return self.application.org.path

    @property
    def authority_path(self) -> str:
        return self.application.call.org.path

"""The talent file of a pupil: dated rows, each with the award it stands on, for as long as the consent stands."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from kechuang.engine.awards.models import Award


class TalentEntryQuerySet(models.QuerySet["TalentEntry"]):
    def standing(self) -> "TalentEntryQuerySet":
        """What may be shown: neither withdrawn nor resting on an award that was taken back."""
        return self.filter(hidden_at__isnull=True)


class TalentEntry(models.Model):
    """What a pupil was found by, and when. School and grade are those of the day."""

    pupil = models.ForeignKey("orgs.Person", models.PROTECT, related_name="talent_entries")
    award = models.ForeignKey(Award, models.PROTECT, related_name="talent_entries")
    programme_code = models.CharField(max_length=60, db_index=True)
    on = models.DateField(_("日期"))
    what = models.CharField(_("内容"), max_length=300)
    school_name = models.CharField(_("当时的学校"), max_length=120)
    grade = models.PositiveSmallIntegerField(_("当时的年级"))
    created_at = models.DateTimeField()
    hidden_at = models.DateTimeField(null=True, blank=True)

    objects = TalentEntryQuerySet.as_manager()

    class Meta:
        ordering = ["-on", "-id"]
        constraints = [models.UniqueConstraint(fields=["pupil", "award"], name="talent_entry_once_per_award")]

    def __str__(self) -> str:
        return f"{self.on} {self.what}"

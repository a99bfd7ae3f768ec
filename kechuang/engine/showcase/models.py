"""Works shown to the public: only what was consented to, and gone the moment consent is."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from kechuang.engine.applications.models import Application
from kechuang.engine.awards.models import Award
from kechuang.orgs.scoping import ScopedQuerySet


class WorkQuerySet(ScopedQuerySet):
    scope_path = "application__call__org__path"
    view_permission = "showcase.curate"

    def public(self) -> "WorkQuerySet":
        return self.filter(published_at__isnull=False, hidden_at__isnull=True, award__state="valid")


class Work(models.Model):
    """A work in the gallery; its text is a copy, so that what the public reads does not change with the file."""

    slug = models.CharField(max_length=16, unique=True)
    application = models.OneToOneField(Application, models.PROTECT, related_name="work")
    award = models.OneToOneField(Award, models.PROTECT, related_name="work")
    title = models.CharField(_("名称"), max_length=300)
    title_en = models.CharField(_("英文名称"), max_length=300, blank=True)
    summary = models.TextField(_("简介"), blank=True)
    school = models.CharField(_("学校"), max_length=120)
    names = models.CharField(_("作者"), max_length=200, blank=True)
    stage = models.CharField(max_length=10)
    discipline = models.CharField(max_length=40)
    discipline_name = models.CharField(max_length=80)
    year = models.PositiveSmallIntegerField()
    prize_name = models.CharField(max_length=80)
    cover = models.ForeignKey("base.StoredFile", models.SET_NULL, null=True, blank=True, related_name="+")
    search_title = models.TextField(blank=True)
    search_text = models.TextField(blank=True)
    is_featured = models.BooleanField(default=False)
    published_at = models.DateTimeField(null=True, blank=True)
    hidden_at = models.DateTimeField(null=True, blank=True)
    hidden_reason = models.CharField(max_length=200, blank=True)

    objects = WorkQuerySet.as_manager()

    class Meta:
        ordering = ["-is_featured", "-year", "id"]
        indexes = [
            models.Index(fields=["published_at"], condition=Q(hidden_at__isnull=True), name="work_public"),
            models.Index(
                fields=["discipline", "stage", "-is_featured", "-year", "id"],
                condition=Q(hidden_at__isnull=True, published_at__isnull=False),
                name="work_kindred",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def scope_path(self) -> str:
        return self.application.call.org.path


class WorkMedia(models.Model):
    work = models.ForeignKey(Work, models.CASCADE, related_name="media")
    stored = models.ForeignKey("base.StoredFile", models.PROTECT, related_name="+")
    caption = models.CharField(max_length=200, blank=True)
    order = models.PositiveSmallIntegerField(default=1)

    class Meta:
        ordering = ["work_id", "order", "id"]

    def __str__(self) -> str:
        return self.caption

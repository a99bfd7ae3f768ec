"""Works shown to the public: only what was consented to, and gone the moment consent is."""

from datetime import date

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from kechuang.base import clock
from kechuang.base.names import is_chinese
from kechuang.base.pairs import Searchable
from kechuang.engine.applications.models import Application
from kechuang.engine.awards.models import Award
from kechuang.engine.catalogue.models import Case
from kechuang.orgs.scoping import ScopedQuerySet


class WorkQuerySet(ScopedQuerySet):
    scope_path = "application__call__org__path"
    view_permission = "showcase.curate"

    def public(self) -> "WorkQuerySet":
        return self.filter(published_at__isnull=False, hidden_at__isnull=True, award__state="valid")


class Work(Searchable):
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
    is_featured = models.BooleanField(default=False)
    published_at = models.DateTimeField(null=True, blank=True)
    hidden_at = models.DateTimeField(null=True, blank=True)
    hidden_reason = models.CharField(max_length=200, blank=True)

    objects = WorkQuerySet.as_manager()

    class Meta(Searchable.Meta):
        ordering = ["-is_featured", "-year", "id"]
        indexes = [
            *Searchable.Meta.indexes,
            models.Index(fields=["published_at"], condition=Q(hidden_at__isnull=True), name="work_public"),
            models.Index(
                fields=["discipline", "stage", "-is_featured", "-year", "id"],
                condition=Q(hidden_at__isnull=True, published_at__isnull=False),
                name="work_kindred",
            ),
            models.Index(
                fields=["-is_featured", "-year", "id"],
                condition=Q(hidden_at__isnull=True, published_at__isnull=False),
                name="work_best_first",
            ),
            models.Index(
                fields=["-year", "-published_at", "id"],
                condition=Q(hidden_at__isnull=True, published_at__isnull=False),
                name="work_newest_first",
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


class ShelfQuerySet(ScopedQuerySet):
    scope_path = "org__path"
    view_permission = "showcase.edit"

    def public(self) -> "ShelfQuerySet":
        return self.filter(is_public=True)

    def on_front(self, day: date) -> "ShelfQuerySet":
        """What editors have put on the front page, in their order, until the last day they named."""
        until = Q(front_until__isnull=True) | Q(front_until__gte=day)
        return self.public().filter(until, front_order__isnull=False).order_by("front_order", "pk")


class Shelf(models.Model):
    """A collection that editors make by theme and year: works, course cases and schools in their order, each with a few words."""

    slug = models.CharField(max_length=16, unique=True)
    org = models.ForeignKey("orgs.Org", models.PROTECT, related_name="+")
    title = models.CharField(_("专题名称"), max_length=80)
    title_en = models.CharField(_("英文名称"), max_length=160, blank=True)
    words = models.TextField(_("导语"), blank=True)
    theme = models.CharField(_("主题"), max_length=40, blank=True)
    year = models.PositiveSmallIntegerField(_("年度"), null=True, blank=True)
    is_public = models.BooleanField(_("已公开"), default=False)
    front_order = models.PositiveSmallIntegerField(_("首页次序"), null=True, blank=True)
    front_until = models.DateField(_("在首页到哪一天"), null=True, blank=True)
    created_at = models.DateTimeField(default=clock.now, editable=False)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    objects = ShelfQuerySet.as_manager()

    class Meta:
        ordering = ["-year", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(front_until__isnull=True) | Q(front_order__isnull=False), name="shelf_until_only_on_front"
            )
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def named(self) -> str:
        """Its name for the reader of now."""
        return self.title if is_chinese() else self.title_en or self.title

    @property
    def scope_path(self) -> str:
        return self.org.path


class ShelfItem(models.Model):
    """One thing on a shelf. What it points to may be hidden at any time; then it is left out where the shelf is read."""

    shelf = models.ForeignKey(Shelf, models.CASCADE, related_name="items")
    order = models.PositiveSmallIntegerField(default=1)
    work = models.ForeignKey(Work, models.CASCADE, null=True, blank=True, related_name="+")
    case = models.ForeignKey(Case, models.CASCADE, null=True, blank=True, related_name="+")
    school = models.ForeignKey("orgs.Org", models.CASCADE, null=True, blank=True, related_name="+")
    words = models.CharField(_("推荐语"), max_length=200, blank=True)

    class Meta:
        ordering = ["shelf_id", "order", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(work__isnull=False, case__isnull=True, school__isnull=True)
                | Q(work__isnull=True, case__isnull=False, school__isnull=True)
                | Q(work__isnull=True, case__isnull=True, school__isnull=False),
                name="shelf_item_is_one_thing",
            ),
            models.UniqueConstraint(fields=["shelf", "work"], name="shelf_holds_a_work_once"),
            models.UniqueConstraint(fields=["shelf", "case"], name="shelf_holds_a_case_once"),
            models.UniqueConstraint(fields=["shelf", "school"], name="shelf_holds_a_school_once"),
        ]

    def __str__(self) -> str:
        return str(self.work or self.case or self.school)

"""The catalogue: awarded cases as pages that teachers use, in versions, with who adopted them and how they found them."""

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from kechuang.base import clock
from kechuang.base.pairs import Searchable
from kechuang.engine.applications.models import Application
from kechuang.engine.awards.models import Award
from kechuang.engine.enums import CaseTagKind
from kechuang.orgs.actor import Actor
from kechuang.orgs.scoping import ScopedQuerySet


class CaseQuerySet(ScopedQuerySet):
    scope_path = "application__call__org__path"
    view_permission = "showcase.curate"

    def public(self) -> "CaseQuerySet":
        return self.filter(hidden_at__isnull=True, award__state="valid")

    def of(self, actor: Actor) -> "CaseQuerySet":
        """Whose author the actor is, hidden ones included."""
        return self.filter(application__person=actor.person) if actor.person else self.none()


class Case(Searchable):
    """A published case. Its text stands in versions; `licence` may only be widened by its author."""

    slug = models.CharField(max_length=16, unique=True)
    application = models.OneToOneField(Application, models.PROTECT, related_name="case")
    award = models.OneToOneField(Award, models.PROTECT, related_name="case")
    title = models.CharField(_("名称"), max_length=300)
    title_en = models.CharField(_("英文名称"), max_length=300, blank=True)
    summary = models.TextField(_("简介"), blank=True)
    school = models.CharField(_("学校"), max_length=120)
    authors = models.CharField(_("作者"), max_length=200)
    stage = models.CharField(max_length=10, blank=True)
    theme = models.CharField(max_length=40)
    theme_name = models.CharField(max_length=80)
    licence = models.CharField(max_length=20)
    year = models.PositiveSmallIntegerField()
    prize_name = models.CharField(max_length=80)
    cover = models.ForeignKey("base.StoredFile", models.SET_NULL, null=True, blank=True, related_name="+")
    published_at = models.DateTimeField(default=clock.now)
    hidden_at = models.DateTimeField(null=True, blank=True)
    hidden_reason = models.CharField(max_length=200, blank=True)

    objects = CaseQuerySet.as_manager()

    class Meta(Searchable.Meta):
        ordering = ["-year", "id"]
        indexes = [
            *Searchable.Meta.indexes,
            models.Index(fields=["-published_at"], condition=Q(hidden_at__isnull=True), name="case_public"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def scope_path(self) -> str:
        return self.application.call.org.path

    def belongs_to(self, actor: Actor) -> bool:
        return actor.person is not None and self.application.person_id == actor.person.pk


class CaseTag(models.Model):
    """What a case is filtered by besides stage, theme and licence: its grades and the subjects it combines."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="tags")
    kind = models.CharField(max_length=10, choices=CaseTagKind)
    value = models.CharField(max_length=40)

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["case", "kind", "value"], name="case_tag_once")]
        indexes = [models.Index(fields=["kind", "value"], name="case_tag_value")]

    def __str__(self) -> str:
        return self.value


class CaseVersion(models.Model):
    """The text of a case as it was at one time: [{code, label, kind, columns, value}]. Published versions never change."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="versions")
    number = models.PositiveSmallIntegerField(default=1)
    news = models.CharField(_("这一版改了什么"), max_length=300, blank=True)
    content = models.JSONField(default=list)
    published_at = models.DateTimeField(default=clock.now)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["case_id", "-number"]
        constraints = [models.UniqueConstraint(fields=["case", "number"], name="case_version_once")]

    def __str__(self) -> str:
        return f"{self.case} {self.number}"


class CaseFile(models.Model):
    version = models.ForeignKey(CaseVersion, models.CASCADE, related_name="files")
    stored = models.ForeignKey("base.StoredFile", models.PROTECT, related_name="+")
    label = models.CharField(max_length=120)
    is_picture = models.BooleanField(default=False)
    order = models.PositiveSmallIntegerField(default=1)

    class Meta:
        ordering = ["version_id", "order", "id"]

    def __str__(self) -> str:
        return self.stored.name


class AdoptionQuerySet(ScopedQuerySet):
    """Read by the school of the class, the offices above it, whoever adopted, and the author of the case."""

    scope_path = "org__path"
    view_permission = "org.view"

    def own_rows(self, actor: Actor) -> Q:
        return Q(person=actor.person) if actor.person else Q(pk__in=[])


class Adoption(models.Model):
    """A teacher uses a case with a class; afterwards the teacher tells how it went."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="adoptions")
    org = models.ForeignKey("orgs.Org", models.PROTECT, related_name="+", verbose_name=_("学校"))
    person = models.ForeignKey("orgs.Person", models.PROTECT, related_name="+")
    class_name = models.CharField(_("班级"), max_length=60)
    begins_on = models.DateField(_("开课日期"))
    adopted_at = models.DateTimeField(default=clock.now)
    story = models.TextField(_("上得怎么样"), blank=True)
    told_at = models.DateTimeField(null=True, blank=True)

    objects = AdoptionQuerySet.as_manager()

    class Meta:
        ordering = ["-begins_on", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["case", "person", "class_name"], name="case_adopted_once_per_class")
        ]

    def __str__(self) -> str:
        return f"{self.org} {self.class_name}"

    @property
    def scope_path(self) -> str:
        return self.org.path


class Rating(models.Model):
    """One to five stars by one teacher who has adopted the case; a second rating replaces the first."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="ratings")
    person = models.ForeignKey("orgs.Person", models.PROTECT, related_name="+")
    stars = models.PositiveSmallIntegerField(validators=[MinValueValidator(1), MaxValueValidator(5)])
    words = models.CharField(_("评语"), max_length=300, blank=True)
    rated_at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["-rated_at", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["case", "person"], name="case_rated_once_per_teacher"),
            models.CheckConstraint(condition=Q(stars__gte=1, stars__lte=5), name="case_rating_one_to_five"),
        ]

    def __str__(self) -> str:
        return f"{self.stars}"

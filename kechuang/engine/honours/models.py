"""Honours that last, the dated rows of their life, and their plaques."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from kechuang.engine.awards.models import Award
from kechuang.engine.calls.models import Call
from kechuang.engine.enums import HonourKind, HonourState, PlaqueState
from kechuang.engine.honours.rules import Row
from kechuang.orgs.actor import Actor
from kechuang.orgs.scoping import ScopedQuerySet


class HonourQuerySet(ScopedQuerySet):
    """Read by whoever may read the holder's applications; taken back and passed on by whoever runs the call."""

    scope_path = "org__path"
    authority_path = "call__org__path"
    view_permission = "application.view"

    def own_rows(self, actor: Actor) -> Q:
        return Q(person=actor.person) if actor.person else Q(pk__in=[])


class Honour(models.Model):
    """A title held by an organisation, or by a person who serves at one. `level`, `state`, `org` and `valid_until` repeat what
    the newest row says; whatever is asked of a day is folded from the rows (rules.standing)."""

    programme_code = models.CharField(_("项目"), max_length=60, db_index=True)
    call = models.ForeignKey(Call, models.PROTECT, related_name="honours")
    number = models.CharField(_("编号"), max_length=40, unique=True)
    org = models.ForeignKey("orgs.Org", models.PROTECT, related_name="honours", verbose_name=_("单位"))
    person = models.ForeignKey("orgs.Person", models.PROTECT, null=True, blank=True, related_name="honours")
    work = models.CharField(_("社团或项目"), max_length=300, blank=True)
    level = models.CharField(_("等级"), max_length=40)
    title = models.CharField(_("称号"), max_length=120)
    title_en = models.CharField(max_length=200, blank=True)
    state = models.CharField(_("状态"), max_length=20, choices=HonourState, default=HonourState.VALID)
    valid_until = models.DateField(_("有效期至"), null=True, blank=True)
    due_on = models.DateField(_("整改期限"), null=True, blank=True)
    created_at = models.DateTimeField()

    objects = HonourQuerySet.as_manager()

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(
                fields=["programme_code", "org", "work"],
                condition=Q(person__isnull=True) & ~Q(state="revoked"),
                name="honour_one_live_per_organisation",
            ),
            models.UniqueConstraint(
                fields=["programme_code", "person"],
                condition=Q(person__isnull=False) & ~Q(state="revoked"),
                name="honour_one_live_per_person",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.title}"

    @property
    def name(self) -> str:
        """Who holds it, by today's name, with what it is for where a holder may have several."""
        holder = self.person.name if self.person_id and self.person else self.org.name
        return f"{holder} · {self.work}" if self.work else holder

    @property
    def scope_path(self) -> str:
        return self.org.path

    @property
    def authority_path(self) -> str:
        return self.call.org.path


class HonourEvent(models.Model):
    """One row of an honour's life; rows only grow. `org` is the holder from then on, `award` what a grant rests on."""

    honour = models.ForeignKey(Honour, models.PROTECT, related_name="events")
    kind = models.CharField(max_length=20, choices=HonourKind)
    on = models.DateField(_("生效日期"))
    level = models.CharField(max_length=40, blank=True)
    holder = models.ForeignKey("orgs.Org", models.PROTECT, null=True, blank=True, related_name="+")
    award = models.ForeignKey(Award, models.PROTECT, null=True, blank=True, related_name="honour_events")
    until = models.DateField(_("有效期至"), null=True, blank=True)
    due_on = models.DateField(_("整改期限"), null=True, blank=True)
    reason = models.TextField(_("依据和理由"), blank=True)
    document = models.CharField(_("文号"), max_length=120, blank=True)
    recorded_at = models.DateTimeField()
    recorder = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["on", "id"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(kind="rectify") | Q(due_on__isnull=False), name="honour_rectification_has_deadline"
            ),
            models.CheckConstraint(
                condition=~Q(kind="passed_on") | Q(holder__isnull=False), name="honour_passed_on_to_somebody"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.on} {self.get_kind_display()}"

    @property
    def row(self) -> Row:
        return Row(self.kind, self.on, self.level, self.holder_id, self.until, self.due_on, self.reason)


class Plaque(models.Model):
    """A plaque of an honour: made, handed over, returned; each with its day."""

    honour = models.ForeignKey(Honour, models.PROTECT, related_name="plaques")
    serial = models.CharField(_("牌匾编号"), max_length=60, unique=True)
    title = models.CharField(_("牌匾文字"), max_length=120)
    state = models.CharField(max_length=12, choices=PlaqueState, default=PlaqueState.MADE)
    made_on = models.DateField()
    handed_on = models.DateField(null=True, blank=True)
    receiver = models.CharField(_("签收人"), max_length=60, blank=True)
    returned_on = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state="made", handed_on__isnull=True, returned_on__isnull=True)
                | Q(state="handed", handed_on__isnull=False, returned_on__isnull=True)
                | Q(state="returned", returned_on__isnull=False),
                name="plaque_state_has_its_days",
            )
        ]

    def __str__(self) -> str:
        return self.serial

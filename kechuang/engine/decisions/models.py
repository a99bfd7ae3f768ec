"""What the scores said (a replayable record) and what was decided on them."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from kechuang.engine.applications.models import Application
from kechuang.engine.calls.models import Call
from kechuang.engine.enums import DecisionState
from kechuang.engine.reviews.models import ReviewRound
from kechuang.orgs.scoping import ScopedQuerySet


class RankingQuerySet(ScopedQuerySet):
    scope_path = "round__call__org__path"
    view_permission = "round.manage"


class RankingRecord(models.Model):
    """One run of the ranking with its inputs, so that it can be replayed to the same digest bit for bit."""

    round = models.ForeignKey(ReviewRound, models.CASCADE, related_name="rankings")
    method = models.CharField(max_length=20)
    seed = models.BigIntegerField(default=0)
    inputs = models.JSONField()
    inputs_digest = models.CharField(max_length=64)
    outputs = models.JSONField()
    outputs_digest = models.CharField(max_length=64)
    sensitivity = models.JSONField(default=dict, blank=True)
    rule_version = models.CharField(max_length=40)
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    objects = RankingQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.round_id} {self.method} {self.outputs_digest[:8]}"


class DecisionQuerySet(ScopedQuerySet):
    scope_path = "call__org__path"
    view_permission = "application.decide"


class Decision(models.Model):
    """认定决定 of a round: who goes on (shortlist) or who gets which prize (award)."""

    class Kind(models.TextChoices):
        SHORTLIST = "shortlist", _("入围")
        AWARD = "award", _("授奖")

    call = models.ForeignKey(Call, models.CASCADE, related_name="decisions")
    round = models.ForeignKey(ReviewRound, models.PROTECT, related_name="decisions")
    ranking = models.ForeignKey(RankingRecord, models.PROTECT, related_name="decisions")
    kind = models.CharField(max_length=20, choices=Kind)
    state = models.CharField(max_length=20, choices=DecisionState, default=DecisionState.PROPOSAL)
    terms = models.JSONField(default=dict)
    lines_digest = models.CharField(max_length=64, blank=True)
    supersedes = models.OneToOneField("self", models.PROTECT, null=True, blank=True, related_name="superseded_by")
    note = models.TextField(_("说明"), blank=True)
    version = models.PositiveSmallIntegerField(default=1)
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")

    objects = DecisionQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state="proposal", decided_at__isnull=True)
                | (~Q(state="proposal") & Q(decided_at__isnull=False)),
                name="decision_final_has_time",
            ),
            models.UniqueConstraint(
                fields=["round", "kind"], condition=Q(state="final"), name="decision_one_final_per_round_and_kind"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.call} · {self.get_kind_display()}"

    @property
    def scope_path(self) -> str:
        return self.call.org.path


class DecisionLine(models.Model):
    decision = models.ForeignKey(Decision, models.CASCADE, related_name="lines")
    application = models.ForeignKey(Application, models.PROTECT, related_name="decision_lines")
    division = models.CharField(max_length=60)
    rank = models.PositiveIntegerField(null=True)
    estimate = models.FloatField(null=True)
    error = models.FloatField(null=True)
    prize = models.CharField(max_length=40, blank=True)
    is_chosen = models.BooleanField(default=False)
    parts = models.JSONField(_("各轮得分"), default=dict, blank=True)
    note = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["decision_id", "division", "rank"]
        constraints = [models.UniqueConstraint(fields=["decision", "application"], name="decision_line_once")]

    def __str__(self) -> str:
        return f"{self.application_id}: {self.prize or '-'}"

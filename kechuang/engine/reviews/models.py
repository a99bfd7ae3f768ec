"""Rounds, experts, who may not judge what, who judges what, and what they gave."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from kechuang.engine.applications.models import Application
from kechuang.engine.calls.models import Call
from kechuang.engine.enums import AssignmentState, ConflictKind, ExpertKind, RoundState
from kechuang.engine.programme.declaration import RoundPlan
from kechuang.engine.wording import words
from kechuang.judging import Message
from kechuang.orgs.actor import Actor
from kechuang.orgs.scoping import ScopedQuerySet

GONE = ("withdrawn", "disqualified")


class RoundScoped(ScopedQuerySet):
    """Rows of a round are read by those who run it."""

    scope_path = "round__call__org__path"
    view_permission = "round.manage"


class Reviewer(models.Model):
    """A person of the expert pool: fields (discipline codes), stages, employers now and before."""

    person = models.OneToOneField("orgs.Person", models.PROTECT, related_name="reviewer")
    fields = models.JSONField(_("专业领域"), default=list)
    stages = models.JSONField(_("学段"), default=list)
    employer_name = models.CharField(_("工作单位"), max_length=200, blank=True)
    title = models.CharField(_("职称"), max_length=80, blank=True)
    kind = models.CharField(_("专家类别"), max_length=20, choices=ExpertKind, blank=True)
    max_load = models.PositiveSmallIntegerField(_("最大评审量"), default=40)
    is_active = models.BooleanField(_("在库"), default=True)
    joined_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return str(self.person)


class Affiliation(models.Model):
    """Where an expert works, worked, or whom they serve: the facts that conflicts are found by."""

    class Kind(models.TextChoices):
        EMPLOYER = "employer", _("任职")
        SPONSOR = "sponsor", _("资助或培训")
        COURSE = "course", _("共同开发课程")

    reviewer = models.ForeignKey(Reviewer, models.CASCADE, related_name="affiliations")
    org = models.ForeignKey("orgs.Org", models.PROTECT, related_name="+")
    kind = models.CharField(max_length=20, choices=Kind, default="employer")
    since = models.DateField(null=True, blank=True)
    until = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.reviewer_id}→{self.org_id}"


class RoundQuerySet(ScopedQuerySet):
    scope_path = "call__org__path"
    view_permission = "round.manage"


class ReviewRound(models.Model):
    call = models.ForeignKey(Call, models.CASCADE, related_name="rounds")
    number = models.PositiveSmallIntegerField()
    code = models.CharField(max_length=40)
    state = models.CharField(max_length=20, choices=RoundState, default=RoundState.PLANNED)
    opens_at = models.DateTimeField(null=True, blank=True)
    closes_at = models.DateTimeField(null=True, blank=True)
    seed = models.BigIntegerField(default=0)
    assignment_record = models.JSONField(default=dict, blank=True)
    timetable_record = models.JSONField(default=dict, blank=True)
    """The last timetable built: inputs, seed, digest, what it cost, and the moves made since."""
    opened_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    closing_note = models.TextField(_("提前结束的理由"), blank=True)
    summary = models.JSONField(default=dict, blank=True)
    """Figures for desks and boards with their time `at`, made by the worker (queries/summary.py)."""

    objects = RoundQuerySet.as_manager()

    class Meta:
        ordering = ["call_id", "number"]
        constraints = [
            models.UniqueConstraint(fields=["call", "number"], name="round_number_once"),
            models.UniqueConstraint(fields=["call", "code"], name="round_code_once"),
        ]

    def __str__(self) -> str:
        return f"{self.call} · {gettext(self.plan.name)}"

    @property
    def plan(self) -> RoundPlan:
        return next(plan for plan in self.call.plan.rounds if plan.code == self.code)

    @property
    def scope_path(self) -> str:
        return self.call.org.path


class RoundReviewer(models.Model):
    round = models.ForeignKey(ReviewRound, models.CASCADE, related_name="round_reviewers")
    reviewer = models.ForeignKey(Reviewer, models.PROTECT, related_name="round_reviewers")
    load_max = models.PositiveSmallIntegerField(null=True, blank=True)
    declared_at = models.DateTimeField(_("回避申报时间"), null=True, blank=True)
    reminded_at = models.DateTimeField(null=True, blank=True)
    is_chair = models.BooleanField(_("评委会主任"), default=False)

    objects = RoundScoped.as_manager()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["round", "reviewer"], name="round_reviewer_once"),
            models.UniqueConstraint(fields=["round"], condition=Q(is_chair=True), name="round_one_chair"),
        ]

    def __str__(self) -> str:
        return f"{self.round_id}:{self.reviewer_id}"


class RoundEntryQuerySet(RoundScoped):
    def standing(self) -> "RoundEntryQuerySet":
        """Those still judged: an entry withdrawn or disqualified under way asks for no more reviews."""
        return self.exclude(application__state__in=GONE)


class RoundEntry(models.Model):
    """An application in a round, under the number that experts know it by."""

    round = models.ForeignKey(ReviewRound, models.CASCADE, related_name="entries")
    application = models.ForeignKey(Application, models.PROTECT, related_name="round_entries")
    alias = models.CharField(_("评审编号"), max_length=20)

    objects = RoundEntryQuerySet.as_manager()

    class Meta:
        ordering = ["round_id", "alias"]
        constraints = [
            models.UniqueConstraint(fields=["round", "application"], name="round_entry_once"),
            models.UniqueConstraint(fields=["round", "alias"], name="round_alias_once"),
        ]

    def __str__(self) -> str:
        return self.alias


class ConflictQuerySet(ScopedQuerySet):
    scope_path = "call__org__path"
    view_permission = "round.manage"


class Conflict(models.Model):
    """回避: why an expert may not judge an application. Pinned ones stay even if the facts change."""

    call = models.ForeignKey(Call, models.CASCADE, related_name="conflicts")
    reviewer = models.ForeignKey(Reviewer, models.CASCADE, related_name="conflicts")
    application = models.ForeignKey(Application, models.CASCADE, related_name="conflicts")
    kind = models.CharField(max_length=20, choices=ConflictKind)
    reason = models.CharField(max_length=400)
    evidence = models.JSONField(default=dict, blank=True)
    pinned = models.BooleanField(default=False)
    found_at = models.DateTimeField()
    declared_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")

    objects = ConflictQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["call", "reviewer", "application", "kind"], name="conflict_once")
        ]

    def __str__(self) -> str:
        return f"{self.reviewer_id}×{self.application_id} {self.kind}"

    @property
    def why(self) -> str:
        """The reason as somebody gave it; of what the records show, as the reader's language says it."""
        found = not self.pinned and self.kind != ConflictKind.DECLARED
        return words(Message(f"conflict.{self.kind}")) if found else gettext(self.reason)


class AssignmentQuerySet(RoundScoped):
    """Experts read their own; those who run the round read all of it."""

    def own_rows(self, actor: Actor) -> Q:
        return Q(reviewer__person=actor.person) if actor.person is not None else Q(pk__in=[])

    def own(self, actor: Actor) -> "AssignmentQuerySet":
        return self.filter(self.own_rows(actor))

    def standing(self) -> "AssignmentQuerySet":
        """Those that count: neither recused nor void."""
        return self.exclude(state__in=(AssignmentState.RECUSED, AssignmentState.VOID))

    def pending(self) -> "AssignmentQuerySet":
        return self.filter(state__in=(AssignmentState.ASSIGNED, AssignmentState.DRAFT))

    def submitted(self) -> "AssignmentQuerySet":
        return self.filter(state=AssignmentState.SUBMITTED)


class Assignment(models.Model):
    round = models.ForeignKey(ReviewRound, models.CASCADE, related_name="assignments")
    entry = models.ForeignKey(RoundEntry, models.CASCADE, related_name="assignments")
    reviewer = models.ForeignKey(Reviewer, models.PROTECT, related_name="assignments")
    state = models.CharField(max_length=20, choices=AssignmentState, default=AssignmentState.ASSIGNED)
    is_extra = models.BooleanField(_("增评"), default=False)
    is_sample = models.BooleanField(_("试评"), default=False)
    assigned_at = models.DateTimeField()
    submitted_at = models.DateTimeField(null=True, blank=True)
    recusal_reason = models.TextField(blank=True)

    objects = AssignmentQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        indexes = [models.Index(fields=["reviewer", "state"]), models.Index(fields=["round", "state"])]
        constraints = [
            models.UniqueConstraint(fields=["entry", "reviewer"], name="assignment_once"),
            models.CheckConstraint(
                condition=Q(state="submitted", submitted_at__isnull=False)
                | (~Q(state="submitted") & Q(submitted_at__isnull=True)),
                name="assignment_submitted_has_time",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.entry} · {self.reviewer_id}"

    @property
    def scope_path(self) -> str:
        return self.round.scope_path


class Score(models.Model):
    """What an expert gave: marks by criterion code, gates by code, and two comments (for the jury, for the pupils)."""

    assignment = models.OneToOneField(Assignment, models.CASCADE, related_name="score")
    marks = models.JSONField(default=dict)
    gates = models.JSONField(default=dict)
    total = models.DecimalField(max_digits=6, decimal_places=2, null=True, blank=True)
    comment = models.TextField(_("评审意见"), blank=True)
    feedback = models.TextField(_("给学生的反馈"), blank=True)
    version = models.PositiveIntegerField(default=1)
    saved_at = models.DateTimeField()
    sender = models.CharField(max_length=40, blank=True)
    sender_number = models.PositiveIntegerField(default=0)
    """The page that wrote last, and the number of its message: a page may write over what it wrote itself."""

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(total__isnull=True) | Q(total__gte=0, total__lte=100), name="score_total_in_range"
            )
        ]

    def __str__(self) -> str:
        return f"{self.assignment_id}: {self.total}"


class ExamMark(models.Model):
    """What a candidate wrote in a test: points, or absent. The office enters it."""

    entry = models.OneToOneField(RoundEntry, models.CASCADE, related_name="mark")
    points = models.DecimalField(_("成绩"), max_digits=6, decimal_places=2, null=True, blank=True)
    is_absent = models.BooleanField(_("缺考"), default=False)
    entered_at = models.DateTimeField()
    entered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(is_absent=True, points__isnull=True) | Q(is_absent=False, points__gte=0),
                name="exam_mark_points_or_absent",
            )
        ]

    def __str__(self) -> str:
        return f"{self.entry_id}: {self.points}"


class Panel(models.Model):
    """A panel of the defence: its room and its experts."""

    round = models.ForeignKey(ReviewRound, models.CASCADE, related_name="panels")
    name = models.CharField(_("专家组"), max_length=80)
    room = models.CharField(_("地点"), max_length=120)
    disciplines = models.JSONField(default=list, blank=True)
    away = models.JSONField(_("不能开会的时段"), default=list, blank=True)
    reviewers = models.ManyToManyField(Reviewer, related_name="panels", blank=True)

    objects = RoundScoped.as_manager()

    class Meta:
        ordering = ["round_id", "id"]
        constraints = [models.UniqueConstraint(fields=["round", "name"], name="panel_name_once")]

    def __str__(self) -> str:
        return self.name


class DefenceSlot(models.Model):
    panel = models.ForeignKey(Panel, models.CASCADE, related_name="slots")
    entry = models.OneToOneField(RoundEntry, models.CASCADE, related_name="slot")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    started_at = models.DateTimeField(_("实际开始"), null=True, blank=True)
    finished_at = models.DateTimeField(_("实际结束"), null=True, blank=True)
    delay_minutes = models.PositiveSmallIntegerField(_("推迟分钟数"), default=0)

    class Meta:
        ordering = ["starts_at", "panel_id"]
        constraints = [
            models.UniqueConstraint(fields=["panel", "starts_at"], name="slot_one_entry_per_panel_and_time"),
            models.CheckConstraint(condition=Q(starts_at__lt=F("ends_at")), name="slot_starts_before_it_ends"),
            models.CheckConstraint(
                condition=Q(finished_at__isnull=True) | Q(started_at__isnull=False), name="slot_finished_was_started"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.panel} {self.starts_at:%m-%d %H:%M}"


class Visit(models.Model):
    """An on-site visit: what was found line by line, its photographs, and the signatures of both sides (the panel first)."""

    entry = models.OneToOneField(RoundEntry, models.PROTECT, related_name="visit")
    visited_on = models.DateField(_("考察日期"))
    found = models.JSONField(default=dict)
    remark = models.TextField(_("考察意见"), blank=True)
    host_remark = models.TextField(_("被考察单位意见"), blank=True)
    panel_signed_at = models.DateTimeField(null=True, blank=True)
    panel_signed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    host_signed_at = models.DateTimeField(null=True, blank=True)
    host_signed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(panel_signed_at__isnull=True, panel_signed_by__isnull=True)
                | Q(panel_signed_at__isnull=False, panel_signed_by__isnull=False),
                name="visit_panel_signed_at_and_by",
            ),
            models.CheckConstraint(
                condition=Q(host_signed_at__isnull=True, host_signed_by__isnull=True)
                | Q(host_signed_at__isnull=False, host_signed_by__isnull=False, panel_signed_at__isnull=False),
                name="visit_host_signs_after_the_panel",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.entry_id} {self.visited_on}"

    @property
    def is_signed(self) -> bool:
        return self.host_signed_at is not None


class VisitPhoto(models.Model):
    visit = models.ForeignKey(Visit, models.CASCADE, related_name="photos")
    stored = models.ForeignKey("base.StoredFile", models.PROTECT, related_name="+")
    caption = models.CharField(_("说明"), max_length=200, blank=True)

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return self.stored.name

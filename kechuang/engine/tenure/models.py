"""What holders of an honour owe and do: reports, spot checks, the members of a studio."""

from datetime import date
from functools import cached_property

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from kechuang.base import clock
from kechuang.base.ids import new_public_id
from kechuang.engine.calls.models import Call
from kechuang.engine.enums import CheckResult, MemberState, ReportState
from kechuang.engine.honours.models import Honour
from kechuang.engine.programme.declaration import Question, ReportPlan
from kechuang.engine.tenure.rules import Holder, draw
from kechuang.orgs.actor import Actor
from kechuang.orgs.scoping import ScopedQuerySet

OPEN = (ReportState.DUE, ReportState.RETURNED)
"""With the holder."""


class ReportQuerySet(ScopedQuerySet):
    """Read by the holder and by whoever may read the holder's papers."""

    scope_path = "honour__org__path"
    view_permission = "application.view"

    def own_rows(self, actor: Actor) -> Q:
        return Q(honour__person=actor.person) if actor.person else Q(pk__in=[])

    def late(self, day: date) -> "ReportQuerySet":
        return self.filter(state__in=OPEN, due_on__lt=day)


class Report(models.Model):
    """One report that is due, from the day on which it was planned to the word of the office. `call` holds its questions."""

    public_id = models.CharField(max_length=16, unique=True, editable=False, default=new_public_id)
    honour = models.ForeignKey(Honour, models.PROTECT, related_name="reports")
    call = models.ForeignKey(Call, models.PROTECT, related_name="+")
    office = models.ForeignKey("orgs.Org", models.PROTECT, related_name="+", verbose_name=_("审核单位"))
    code = models.CharField(max_length=40)
    number = models.PositiveSmallIntegerField(_("第几次"), default=1)
    covers_from = models.DateField(_("报告期起"))
    covers_until = models.DateField(_("报告期止"))
    opens_on = models.DateField(_("开放填写"))
    due_on = models.DateField(_("截止日期"))
    state = models.CharField(_("状态"), max_length=12, choices=ReportState, default=ReportState.DUE)
    answers = models.JSONField(default=dict, blank=True)
    version = models.PositiveIntegerField(default=1)
    saved_at = models.DateTimeField(null=True, blank=True)
    submitted_at = models.DateTimeField(null=True, blank=True)
    submitted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    reason = models.TextField(_("审核意见"), blank=True)

    objects = ReportQuerySet.as_manager()

    class Meta:
        ordering = ["due_on", "id"]
        indexes = [models.Index(fields=["office", "state", "due_on"], name="report_of_office")]
        constraints = [
            models.UniqueConstraint(fields=["honour", "code", "covers_from"], name="report_once_in_a_period"),
            models.CheckConstraint(condition=Q(covers_from__lte=F("covers_until")), name="report_period_in_order"),
            models.CheckConstraint(
                condition=~Q(state__in=["submitted", "accepted", "returned"]) | Q(submitted_at__isnull=False),
                name="report_handed_in_has_submitted_at",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["accepted", "returned"]) | Q(decided_at__isnull=False),
                name="report_decided_has_decided_at",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.honour} {self.label}"

    @property
    def scope_path(self) -> str:
        return self.honour.org.path

    @property
    def stage(self) -> str:
        """A report knows no school stage; its questions ask for none."""
        return ""

    @cached_property
    def plan(self) -> ReportPlan:
        honour = self.call.plan.honour
        found = honour.report(self.code) if honour else None
        assert found is not None
        return found

    @property
    def questions(self) -> tuple[Question, ...]:
        return tuple(question for section in self.plan.form for question in section.questions)

    @property
    def label(self) -> str:
        """“年度报告（第 2 年）”; the name alone where there is only one in a term."""
        name = gettext(self.plan.name)
        if self.plan.when != "yearly":
            return name
        return gettext("%(name)s（第 %(n)s 年）") % {"name": name, "n": self.number}

    @property
    def is_open(self) -> bool:
        return self.state in OPEN

    @property
    def can_be_written(self) -> bool:
        return self.is_open and self.opens_on <= clock.today()

    @property
    def is_late(self) -> bool:
        return self.is_open and self.due_on < clock.today()

    def belongs_to(self, actor: Actor) -> bool:
        """Whether the actor holds the honour: the person, or the office of the organisation."""
        if self.honour.person_id:
            return actor.person is not None and actor.person.pk == self.honour.person_id
        return any(org.pk == self.honour.org_id for org in actor.orgs_for("application.edit"))


class ReportFile(models.Model):
    report = models.ForeignKey(Report, models.CASCADE, related_name="files")
    question = models.CharField(max_length=40)
    stored = models.ForeignKey("base.StoredFile", models.PROTECT, related_name="+")
    caption = models.CharField(_("说明"), max_length=200, blank=True)
    order = models.PositiveSmallIntegerField(default=1)
    added_at = models.DateTimeField(auto_now_add=True)
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["report_id", "question", "order", "id"]
        constraints = [models.UniqueConstraint(fields=["report", "stored"], name="report_file_once")]

    def __str__(self) -> str:
        return self.stored.name


class ReportStep(models.Model):
    """Handed in, returned, accepted, waived: rows only grow."""

    report = models.ForeignKey(Report, models.CASCADE, related_name="steps")
    state = models.CharField(max_length=12, choices=ReportState)
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    reason = models.TextField(blank=True)

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d} {self.get_state_display()}"


class DrawQuerySet(ScopedQuerySet):
    """Read by the offices that check: the own draws and those below."""

    scope_path = "org__path"
    view_permission = "honour.check"


class Draw(models.Model):
    """A sample of holders, drawn by chance: pool, share and seed stay, so that anybody can draw it again."""

    public_id = models.CharField(max_length=16, unique=True, editable=False, default=new_public_id)
    programme_code = models.CharField(_("项目"), max_length=60)
    org = models.ForeignKey("orgs.Org", models.PROTECT, related_name="+", verbose_name=_("抽查单位"))
    title = models.CharField(_("名称"), max_length=120)
    share = models.FloatField(_("抽查比例"))
    seed = models.BigIntegerField(_("随机种子"))
    pool = models.JSONField(default=list)
    drawn_at = models.DateTimeField()
    drawn_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    objects = DrawQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return self.title

    @property
    def scope_path(self) -> str:
        return self.org.path

    @property
    def holders(self) -> list[Holder]:
        return [Holder(number, layer) for number, layer in self.pool]

    @property
    def again(self) -> list[str]:
        """The numbers as they are drawn now from what was kept."""
        return draw(self.holders, self.share, self.seed)


class SpotCheckQuerySet(ScopedQuerySet):
    """Read by the offices that check, and by the holder once it is recorded (queries.checks)."""

    scope_path = "honour__org__path"
    view_permission = "honour.check"


class SpotCheck(models.Model):
    """What was found at one holder. Its lines are those of the declaration at the time of the draw."""

    draw = models.ForeignKey(Draw, models.PROTECT, related_name="checks")
    honour = models.ForeignKey(Honour, models.PROTECT, related_name="spot_checks")
    checklist = models.JSONField(default=list)
    visited_on = models.DateField(_("检查日期"), null=True, blank=True)
    found = models.JSONField(default=dict, blank=True)
    remark = models.TextField(_("检查情况"), blank=True)
    result = models.CharField(_("结论"), max_length=12, choices=CheckResult, blank=True)
    recorded_at = models.DateTimeField(null=True, blank=True)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")

    objects = SpotCheckQuerySet.as_manager()

    class Meta:
        ordering = ["draw_id", "honour__number"]
        constraints = [
            models.UniqueConstraint(fields=["draw", "honour"], name="spot_check_once_in_a_draw"),
            models.CheckConstraint(
                condition=Q(result="", recorded_at__isnull=True) | ~Q(result="") & Q(recorded_at__isnull=False, visited_on__isnull=False),
                name="spot_check_with_a_result_has_recorded_at",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.draw} {self.honour}"

    @property
    def scope_path(self) -> str:
        return self.honour.org.path

    @property
    def is_done(self) -> bool:
        return bool(self.result)


class StudioMember(models.Model):
    """A colleague in somebody's studio: invited, and in it only by the own yes."""

    public_id = models.CharField(max_length=16, unique=True, editable=False, default=new_public_id)
    honour = models.ForeignKey(Honour, models.PROTECT, related_name="members")
    person = models.ForeignKey("orgs.Person", models.PROTECT, related_name="studios")
    task = models.CharField(_("分工"), max_length=200, blank=True)
    state = models.CharField(max_length=12, choices=MemberState, default=MemberState.INVITED)
    invited_at = models.DateTimeField()
    invited_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    answered_at = models.DateTimeField(null=True, blank=True)
    left_on = models.DateField(_("离开日期"), null=True, blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["honour", "person"],
                condition=Q(state__in=["invited", "joined"]),
                name="studio_member_once",
            ),
            models.CheckConstraint(
                condition=Q(state="left", left_on__isnull=False) | ~Q(state="left") & Q(left_on__isnull=True),
                name="studio_member_left_has_its_day",
            ),
        ]

    def __str__(self) -> str:
        return str(self.person)

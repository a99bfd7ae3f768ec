"""An application, its team, its papers, and every move it made."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from kechuang.base import clock
from kechuang.base.ids import new_public_id
from kechuang.engine.calls.models import Call
from kechuang.engine.workflow.states import STATES, State
from kechuang.orgs.actor import Actor
from kechuang.orgs.models import Guardianship
from kechuang.orgs.scoping import ScopedQuerySet, under

BEFORE_SUBMISSION = ("draft", "returned")
IN_THE_RACE = (
    "submitted",
    "endorsed",
    "recommended",
    "incomplete",
    "screened",
    "in_review",
    "in_defence",
    "in_publicity",
    "awarded",
)


class ApplicationQuerySet(ScopedQuerySet):
    """Officers read their subtree (never drafts); applicants, advisers and guardians read their own."""

    scope_path = "org__path"
    authority_path = "call__org__path"
    view_permission = "application.view"

    def visible_to(self, actor: Actor, permission: str = "") -> "ApplicationQuerySet":
        permission = permission or self.view_permission
        office = self._office(actor, permission)
        filled_here = Application._base_manager.order_by().filter(filled_by__path__in=actor.paths(permission))
        return self.filter(
            (office & ~Q(state="draft")) | Q(pk__in=filled_here.values("pk")) | self._own(actor, permission)
        )

    def official(self, actor: Actor, permission: str = "") -> "ApplicationQuerySet":
        """What `actor` handles in office: the submitted ones of the subtree."""
        return self.filter(self._office(actor, permission or self.view_permission)).exclude(state="draft")

    def own(self, actor: Actor) -> "ApplicationQuerySet":
        """What `actor` takes part in: as member, adviser, guardian, because they began it, or as the office that fills it in."""
        if actor.user is None:
            return self.none()
        offices = [org.pk for org in actor.orgs_for("application.edit")]
        here = [Application._base_manager.order_by().filter(filled_by__in=offices).values("pk")] if offices else []
        return self.filter(pk__in=_taking_part(actor, *here))

    def own_rows(self, actor: Actor) -> Q:
        return Q(pk__in=_taking_part(actor)) if actor.user is not None else Q(pk__in=[])

    def in_race(self) -> "ApplicationQuerySet":
        return self.filter(state__in=IN_THE_RACE)

    def _office(self, actor: Actor, permission: str) -> Q:
        return under(self._lookup(permission), actor.paths(permission))


def _taking_part(actor: Actor, *others: models.QuerySet) -> models.QuerySet:
    """Keys of what the actor began, is a member of, advises, is a guardian in or applied with: one look into each index.

    Whom an office nominates reads it from its submission on. One condition with "or" over the five would read all of them.
    """
    begun = Application._base_manager.order_by().filter(created_by=actor.user, filled_by=None).values("pk")
    if actor.person is None:
        return begun.union(*others, all=True) if others else begun
    children = Guardianship.objects.standing().filter(guardian=actor.person).values("pupil")
    members = TeamMember.objects.order_by().values("application")
    return begun.union(
        members.filter(person=actor.person),
        members.filter(person__in=children),
        Adviser.objects.order_by().filter(person=actor.person).values("application"),
        Application._base_manager.order_by().filter(person=actor.person).exclude(state="draft").values("pk"),
        *others,
        all=True,
    )


class Application(models.Model):
    public_id = models.CharField(max_length=16, unique=True, editable=False)
    call = models.ForeignKey(Call, models.PROTECT, related_name="applications", db_index=False)
    org = models.ForeignKey(
        "orgs.Org", models.PROTECT, related_name="applications", verbose_name=_("学校"), db_index=False
    )
    person = models.ForeignKey("orgs.Person", models.PROTECT, null=True, blank=True, related_name="applied_for")
    filled_by = models.ForeignKey("orgs.Org", models.PROTECT, null=True, blank=True, related_name="+")
    state = models.CharField(_("状态"), max_length=20, default="draft")
    title = models.CharField(_("作品名称"), max_length=300, blank=True)
    title_en = models.CharField(_("英文名称"), max_length=300, blank=True)
    abstract = models.TextField(_("摘要"), blank=True)
    stage = models.CharField(_("学段"), max_length=10, blank=True)
    discipline = models.CharField(_("学科"), max_length=40, blank=True)
    division = models.CharField(_("组别"), max_length=60, blank=True)
    answers = models.JSONField(default=dict, blank=True)
    version = models.PositiveIntegerField(default=1)
    team_size = models.PositiveSmallIntegerField(_("人数"), default=1)
    receipt_no = models.CharField(_("受理号"), max_length=40, null=True, blank=True, unique=True)
    external_no = models.CharField(_("外部编号"), max_length=80, blank=True)
    client_token = models.CharField(max_length=64, null=True, blank=True, unique=True)
    imported = models.BooleanField(default=False)
    created_at = models.DateTimeField(default=clock.now, editable=False)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="applications")
    saved_at = models.DateTimeField(null=True, blank=True)
    submitted_at = models.DateTimeField(null=True, blank=True)
    submitted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    state_since = models.DateTimeField(default=clock.now, editable=False)

    objects = ApplicationQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        indexes = [
            models.Index(fields=["call", "division", "stage", "discipline", "state"], name="application_by_division"),
            models.Index(fields=["org", "call", "state", "discipline"], name="application_by_org"),
            models.Index(fields=["call", "-submitted_at"]),
            models.Index(fields=["call", "state", "state_since"], name="application_oldest"),
            models.Index(fields=["call", "state_since"], name="application_waiting"),
            models.Index(fields=["call", "title"], name="application_by_title"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["draft", "withdrawn"]) | Q(submitted_at__isnull=False, receipt_no__isnull=False),
                name="application_submitted_has_receipt",
            ),
            models.UniqueConstraint(
                fields=["call", "external_no"], condition=~Q(external_no=""), name="application_one_per_external_no"
            ),
            models.CheckConstraint(condition=Q(state__in=sorted(STATES)), name="application_state_in_vocabulary"),
        ]

    def __str__(self) -> str:
        return self.title or self.public_id

    @property
    def scope_path(self) -> str:
        return self.org.path

    @property
    def authority_path(self) -> str:
        """The organisation that runs the call: whose officers screen and decide."""
        return self.call.org.path

    def belongs_to(self, actor: Actor) -> bool:
        """Member, adviser, guardian of a member, or the one who began it."""
        return Application.objects.own(actor).filter(pk=self.pk).exists()

    @property
    def holder(self) -> str:
        """Whom an honour of it goes to: the person, or the organisation."""
        return self.person.name if self.person_id and self.person else self.org.name

    @property
    def state_info(self) -> State:
        return STATES[self.state]

    @property
    def then(self) -> str:
        """What comes next, as the course of its call has it; to be translated by whoever shows it. Reads `call.org`."""
        return self.call.workflow.then(self.state)

    @property
    def is_editable(self) -> bool:
        return self.state in {"draft", "returned", "incomplete"}


class TeamMember(models.Model):
    """A pupil of the team. `is_live` is kept by the moves: it lets the database hold 'one entry per pupil and edition'."""

    application = models.ForeignKey(Application, models.CASCADE, related_name="members")
    call = models.ForeignKey(Call, models.PROTECT, related_name="+")
    person = models.ForeignKey("orgs.Person", models.PROTECT, related_name="team_memberships")
    school = models.ForeignKey("orgs.Org", models.PROTECT, related_name="+")
    grade = models.PositiveSmallIntegerField(_("年级"))
    share = models.CharField(_("本人承担的工作"), max_length=400, blank=True)
    order = models.PositiveSmallIntegerField(default=1)
    is_live = models.BooleanField(default=False)

    class Meta:
        ordering = ["application_id", "order", "id"]
        constraints = [
            models.UniqueConstraint(fields=["application", "person"], name="team_member_once"),
            models.UniqueConstraint(
                fields=["call", "person"], condition=Q(is_live=True), name="team_member_one_live_entry"
            ),
        ]

    def __str__(self) -> str:
        return str(self.person)


class Adviser(models.Model):
    application = models.ForeignKey(Application, models.CASCADE, related_name="advisers")
    person = models.ForeignKey("orgs.Person", models.PROTECT, related_name="advised")
    order = models.PositiveSmallIntegerField(default=1)

    class Meta:
        ordering = ["application_id", "order", "id"]
        constraints = [models.UniqueConstraint(fields=["application", "person"], name="adviser_once")]

    def __str__(self) -> str:
        return str(self.person)


class Attachment(models.Model):
    application = models.ForeignKey(Application, models.CASCADE, related_name="attachments")
    question = models.CharField(max_length=40)
    stored = models.ForeignKey("base.StoredFile", models.PROTECT, related_name="+")
    caption = models.CharField(_("说明"), max_length=200, blank=True)
    order = models.PositiveSmallIntegerField(default=1)
    added_at = models.DateTimeField(auto_now_add=True)
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    words_digest = models.CharField(max_length=64, blank=True)
    traces = models.JSONField(default=dict, blank=True)

    class Meta:
        ordering = ["application_id", "question", "order", "id"]

    def __str__(self) -> str:
        return self.stored.name


class NotAName(models.Model):
    """The team says that a word which looks like a name is none: where it stands, and who said so."""

    application = models.ForeignKey(Application, models.CASCADE, related_name="+")
    place = models.CharField(max_length=60)
    word = models.CharField(max_length=120)
    said_at = models.DateTimeField()
    said_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["application", "place", "word"], name="not_a_name_said_once")]

    def __str__(self) -> str:
        return self.word


class SignedPledge(models.Model):
    """A declaration as it was signed: code, the digest of its text, and the detail given (how AI was used, say)."""

    application = models.ForeignKey(Application, models.CASCADE, related_name="pledges")
    code = models.CharField(max_length=40)
    text_digest = models.CharField(max_length=64)
    detail = models.TextField(blank=True)
    signed_at = models.DateTimeField()
    signed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["application", "code"], name="pledge_signed_once")]

    def __str__(self) -> str:
        return self.code


class ItemScore(models.Model):
    """What an office gives for one item of the rubric (or whether a required thing is there: 1 or 0), beside the self-evaluation."""

    application = models.ForeignKey(Application, models.CASCADE, related_name="item_scores")
    item = models.CharField(max_length=40)
    points = models.FloatField(_("核分"))
    note = models.CharField(_("核实情况"), max_length=400, blank=True)
    scored_at = models.DateTimeField()
    scored_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["application", "item"], name="item_scored_once")]

    def __str__(self) -> str:
        return f"{self.item} {self.points:g}"


class Movement(models.Model):
    """One move of an application; rows only grow."""

    application = models.ForeignKey(Application, models.CASCADE, related_name="movements")
    move = models.CharField(max_length=40)
    source = models.CharField(max_length=20)
    target = models.CharField(max_length=20)
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    by_label = models.CharField(max_length=120)
    reason = models.TextField(blank=True)

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.source} → {self.target}"


class BulkAct(models.Model):
    """What one officer does to many applications at once: the rows exactly as they were confirmed, and what came of each.

    `steps` are [application, version, move, reason, row of the file]; the first `taken` of them were carried out and stand in
    `done` ([application, version since, move]) or in `refused` ([application, sentence, row]). `problems` are rows of a file
    that could not be understood ([row, sentence]).
    """

    public_id = models.CharField(max_length=16, unique=True, editable=False, default=new_public_id)
    call = models.ForeignKey(Call, models.PROTECT, related_name="bulk_acts")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    move = models.CharField(max_length=40, blank=True)
    reason = models.TextField(blank=True)
    query = models.CharField(max_length=1000, blank=True)
    steps = models.JSONField(default=list)
    done = models.JSONField(default=list)
    refused = models.JSONField(default=list)
    problems = models.JSONField(default=list)
    taken = models.PositiveIntegerField(default=0)
    undoes = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="undone_through")
    file = models.ForeignKey("base.StoredFile", models.PROTECT, null=True, blank=True, related_name="+")
    job = models.ForeignKey("base.Job", models.SET_NULL, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(default=clock.now)
    confirmed_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["by", "call", "-id"])]

    def __str__(self) -> str:
        return self.public_id

    @property
    def scope_path(self) -> str:
        return self.call.org.path


class Tally(models.Model):
    """A count of applications that the moves keep, so that no desk scans applications (see tallies.py).

    A change is a new row with +1 and -1, never an update: nobody waits for anybody in the deadline storm. The sum is the
    count; the worker folds rows together. Rows of a unit carry the division, rows of a school do not.
    """

    call = models.ForeignKey(Call, models.CASCADE, related_name="tallies")
    unit = models.ForeignKey("orgs.Org", models.CASCADE, related_name="+")
    school = models.ForeignKey("orgs.Org", models.CASCADE, null=True, related_name="+")
    division = models.CharField(max_length=60, blank=True)
    state = models.CharField(max_length=20)
    n = models.IntegerField()
    is_folded = models.BooleanField(default=False)

    class Meta:
        ordering = ["id"]
        indexes = [
            models.Index(fields=["call", "unit", "school"], name="tally_place"),
            models.Index(fields=["call"], condition=Q(is_folded=False), name="tally_loose"),
        ]

    def __str__(self) -> str:
        return f"{self.call_id} {self.unit_id}/{self.school_id or ''} {self.division} {self.state} {self.n:+d}"

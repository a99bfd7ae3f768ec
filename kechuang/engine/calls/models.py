"""A call: one edition of a programme, with its own frozen copy of the declaration."""

from datetime import datetime
from functools import cached_property, lru_cache

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from kechuang.base.ids import new_public_id
from kechuang.base.names import is_chinese
from kechuang.engine.enums import CallState
from kechuang.engine.programme import codec
from kechuang.engine.programme.declaration import Programme
from kechuang.engine.workflow.library import LIBRARY
from kechuang.engine.workflow.workflow import Workflow
from kechuang.orgs.enums import OrgKind
from kechuang.orgs.scoping import ScopedQuerySet


@lru_cache(maxsize=64)
def _workflow(name: str, guards: tuple[tuple[str, str], ...], effects: tuple[tuple[str, str], ...]) -> Workflow:
    flow = LIBRARY[name]
    for move, guard in guards:
        flow = flow.with_guards(flow.in_place_of(move), guard)
    for move, effect in effects:
        flow = flow.with_effects(flow.in_place_of(move), effect)
    return flow


class CallQuerySet(ScopedQuerySet):
    """Officers read the calls of their subtree; what is published stands open to everybody through `published()`."""

    scope_path = "org__path"
    view_permission = "call.edit"

    def published(self) -> "CallQuerySet":
        return self.filter(state__in=(CallState.PUBLISHED, CallState.CLOSED))

    def open_at(self, now) -> "CallQuerySet":
        not_over = Q(closes_at__isnull=True) | Q(closes_at__gt=now)
        return self.filter(not_over, state=CallState.PUBLISHED, opens_at__lte=now)

    def reaching(self, path: str) -> "CallQuerySet":
        """Calls whose owner stands above `path`: the ones an organisation there may answer."""
        prefixes = ["/" + "/".join(parts) + "/" for parts in _prefixes(path)]
        return self.filter(org__path__in=prefixes)


def _prefixes(path: str) -> list[list[str]]:
    parts = [part for part in path.split("/") if part]
    return [parts[: n + 1] for n in range(len(parts))]


class Call(models.Model):
    programme_code = models.CharField(_("项目"), max_length=60)
    org = models.ForeignKey("orgs.Org", models.PROTECT, related_name="calls", verbose_name=_("主办单位"))
    slug = models.SlugField(_("网址名"), max_length=80, unique=True)
    title = models.CharField(_("标题"), max_length=200)
    title_en = models.CharField(_("英文标题"), max_length=200, blank=True)
    edition = models.PositiveSmallIntegerField(_("届次"), default=1)
    year = models.PositiveSmallIntegerField(_("年度"))
    summary = models.TextField(_("简介"), blank=True)
    approval_number = models.CharField(_("批准文号"), max_length=120, blank=True)
    approval_from = models.DateField(_("批准有效期起"), null=True, blank=True)
    approval_until = models.DateField(_("批准有效期止"), null=True, blank=True)
    declaration = models.JSONField(_("项目设置"))
    declaration_digest = models.CharField(max_length=64, blank=True)
    state = models.CharField(_("状态"), max_length=20, choices=CallState, default=CallState.DRAFT)
    opens_at = models.DateTimeField(_("申报开始"), null=True, blank=True)
    closes_at = models.DateTimeField(_("申报截止"), null=True, blank=True)
    indexable = models.BooleanField(_("允许搜索引擎收录成果展示"), default=False)
    is_demo = models.BooleanField(default=False)
    cloned_from = models.ForeignKey("self", models.SET_NULL, null=True, blank=True, related_name="clones")
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    published_at = models.DateTimeField(null=True, blank=True)
    published_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")

    objects = CallQuerySet.as_manager()

    class Meta:
        ordering = ["-year", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(state__in=["published", "closed"]) | Q(published_at__isnull=False, opens_at__isnull=False),
                name="call_published_has_times",
            ),
            models.CheckConstraint(
                condition=Q(published_at__isnull=True, published_by__isnull=True)
                | Q(published_at__isnull=False, published_by__isnull=False),
                name="call_published_at_by_paired",
            ),
            models.CheckConstraint(
                condition=Q(opens_at__isnull=True) | Q(closes_at__isnull=True) | Q(opens_at__lt=F("closes_at")),
                name="call_opens_before_it_closes",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def named(self) -> str:
        """Its title for the reader of now: the English one, where there is one, for whoever reads English."""
        return self.title if is_chinese() else self.title_en or self.title

    @property
    def also_named(self) -> str:
        """Its title in the other language; empty where it has one title only."""
        return self.title_en if is_chinese() else self.title if self.title_en else ""

    @cached_property
    def plan(self) -> Programme:
        """The call's own copy of the declaration; what a running call is judged by.

        A frozen call's copy is known by its digest: where a query deferred `declaration`, it is not read again in each request.
        """
        if "declaration" not in self.__dict__ and self.is_frozen and self.declaration_digest:
            return codec.of_digest(self.declaration_digest, lambda: self.declaration)
        return codec.from_json(self.declaration)

    @property
    def workflow(self) -> Workflow:
        return _workflow(self.workflow_of(self.plan), self.plan.guards, self.plan.effects)

    def workflow_of(self, plan: Programme) -> str:
        """Which of a declaration's two courses this office's call takes."""
        return plan.workflow if self.org.kind == OrgKind.CITY else plan.district_workflow

    @property
    def scope_path(self) -> str:
        return self.org.path

    @property
    def authority_path(self) -> str:
        return self.org.path

    def is_open_at(self, now: datetime) -> bool:
        """Whether applications are taken; a rolling call has no last moment."""
        begun = self.state == CallState.PUBLISHED and self.opens_at is not None and self.opens_at <= now
        return begun and (self.closes_at is None or now < self.closes_at)

    @property
    def is_frozen(self) -> bool:
        return self.state != CallState.DRAFT


class CallTemplateQuerySet(ScopedQuerySet):
    scope_path = "org__path"
    view_permission = "call.edit"


class CallTemplate(models.Model):
    """A declaration that an office keeps to begin calls from. It never changes; kept anew under its name, the older one retires."""

    public_id = models.CharField(max_length=16, unique=True, default=new_public_id, editable=False)
    org = models.ForeignKey("orgs.Org", models.PROTECT, related_name="+", verbose_name=_("所属机构"))
    programme_code = models.CharField(_("项目"), max_length=60)
    name = models.CharField(_("模板名称"), max_length=100)
    note = models.CharField(_("说明"), max_length=300, blank=True)
    declaration = models.JSONField(_("项目设置"))
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    retired_at = models.DateTimeField(null=True, blank=True)

    objects = CallTemplateQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["org", "name"], condition=Q(retired_at__isnull=True), name="call_template_one_of_a_name"
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def scope_path(self) -> str:
        return self.org.path


class QuotaLine(models.Model):
    """推荐名额: how many a district may recommend, in one division or ("" = all) together."""

    call = models.ForeignKey(Call, models.CASCADE, related_name="quota_lines")
    org = models.ForeignKey("orgs.Org", models.PROTECT, related_name="+")
    division = models.CharField(_("组别"), max_length=60, blank=True)
    places = models.PositiveIntegerField(_("名额"))

    class Meta:
        ordering = ["org_id", "division"]
        constraints = [models.UniqueConstraint(fields=["call", "org", "division"], name="quota_one_line_per_division")]

    def __str__(self) -> str:
        return f"{self.call_id}:{self.org_id}:{self.division}={self.places}"

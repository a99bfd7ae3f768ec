"""Who is asked to stand by an applicant, and the agreements that begin with the honour."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from kechuang.base.ids import new_public_id
from kechuang.engine.applications.models import Application
from kechuang.engine.enums import PartnershipState
from kechuang.engine.honours.models import Honour
from kechuang.orgs.actor import Actor
from kechuang.orgs.scoping import ScopedQuerySet, under

LIVE = (PartnershipState.ASKED, PartnershipState.CONFIRMED)


class PartnershipQuerySet(ScopedQuerySet):
    """Read from both sides, by their own offices alone: it may stand beside a draft."""

    scope_path = "partner__path"
    view_permission = "partnership.answer"
    other_side = "holder__path"

    def visible_to(self, actor: Actor, permission: str = "") -> "PartnershipQuerySet":
        paths = actor.paths(permission or self.view_permission)
        return self.filter(under(self.scope_path, paths) | under(self.other_side, paths))


class Partnership(models.Model):
    """The question to a partner and its answer: beside an application, or to go on with an agreement that ends (`renews`)."""

    public_id = models.CharField(max_length=16, unique=True, editable=False, default=new_public_id)
    application = models.ForeignKey(
        Application, models.CASCADE, null=True, blank=True, related_name="partnerships", verbose_name=_("申报")
    )
    renews = models.ForeignKey("Agreement", models.PROTECT, null=True, blank=True, related_name="renewals")
    holder = models.ForeignKey("orgs.Org", models.PROTECT, related_name="+", verbose_name=_("申报单位"))
    partner = models.ForeignKey("orgs.Org", models.PROTECT, related_name="+", verbose_name=_("合作单位"))
    years = models.PositiveSmallIntegerField(_("合作年限"))
    purpose = models.TextField(_("合作内容"))
    state = models.CharField(max_length=12, choices=PartnershipState, default=PartnershipState.ASKED)
    asked_at = models.DateTimeField()
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    reason = models.TextField(_("说明"), blank=True)

    objects = PartnershipQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["application"],
                condition=Q(state__in=LIVE, application__isnull=False),
                name="partnership_one_live_per_application",
            ),
            models.UniqueConstraint(
                fields=["renews"],
                condition=Q(state__in=LIVE, renews__isnull=False),
                name="partnership_one_live_per_agreement",
            ),
            models.CheckConstraint(
                condition=Q(application__isnull=False, renews__isnull=True)
                | Q(application__isnull=True, renews__isnull=False),
                name="partnership_for_an_application_or_an_agreement",
            ),
            models.CheckConstraint(
                condition=Q(state="asked", answered_at__isnull=True) | ~Q(state="asked") & Q(answered_at__isnull=False),
                name="partnership_answered_has_answered_at",
            ),
            models.CheckConstraint(condition=~Q(holder=F("partner")), name="partnership_of_two"),
        ]

    def __str__(self) -> str:
        return f"{self.holder} – {self.partner}"

    @property
    def scope_path(self) -> str:
        return self.holder.path


class AgreementQuerySet(PartnershipQuerySet):
    """Read by the partner's office, and by whoever may read the holder's papers."""

    view_permission = "application.view"
    other_side = "honour__org__path"


class Agreement(models.Model):
    """A term of working together; it begins with the honour. `ended_on` is set where it ended before its time."""

    number = models.CharField(_("协议编号"), max_length=60, unique=True)
    honour = models.ForeignKey(Honour, models.PROTECT, related_name="agreements")
    partner = models.ForeignKey("orgs.Org", models.PROTECT, related_name="agreements", verbose_name=_("合作单位"))
    partnership = models.OneToOneField(Partnership, models.PROTECT, related_name="agreement")
    since = models.DateField(_("起始日期"))
    until = models.DateField(_("终止日期"))
    ended_on = models.DateField(_("提前终止日期"), null=True, blank=True)
    end_reason = models.TextField(_("提前终止的原因"), blank=True)

    objects = AgreementQuerySet.as_manager()

    class Meta:
        ordering = ["since", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(since__lte=F("until")), name="agreement_begins_before_it_ends"),
            models.CheckConstraint(
                condition=Q(ended_on__isnull=True) | ~Q(end_reason=""), name="agreement_ended_early_has_a_reason"
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def scope_path(self) -> str:
        return self.honour.org.path

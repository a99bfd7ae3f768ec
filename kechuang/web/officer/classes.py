"""The classes in a teacher's charge: who is locked out, who needs a new PIN or new pictures, slips for the whole class."""

from typing import Any

from axes.models import AccessAttempt
from django.conf import settings
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from kechuang.base.errors import Refused
from kechuang.orgs.actions import invite_guardian, lift_lockout, reset_pin, revoke_invitations
from kechuang.orgs.enums import GuardianRelation
from kechuang.orgs.models import ClassCharge, PupilRecord
from kechuang.orgs.signin.pictures import shown
from kechuang.web.views import Page


class MyClasses(Page):
    """Only the own classes, only sign-in: the secret is shown once and the pupil's page keeps nothing of it."""

    permission = "pupil.sign_in"
    template = "officer/my_classes.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.show()

    def charges(self) -> list[ClassCharge]:
        return list(ClassCharge.objects.current().filter(teacher=self.actor.person).select_related("org"))

    def pupils(self, charges: list[ClassCharge]) -> QuerySet[PupilRecord]:
        """Of all classes in charge, each marked where sign-in is locked."""
        since = timezone.now() - settings.AXES_COOLOFF_TIME
        locked = AccessAttempt.objects.filter(
            username=OuterRef("person__user__username"), failures_since_start__gte=settings.AXES_FAILURE_LIMIT, attempt_time__gt=since
        )  # fmt: skip
        mine = ClassCharge.objects.filter(
            pk__in=[c.pk for c in charges], org=OuterRef("school"), grade=OuterRef("grade")
        )
        rows = PupilRecord.objects.filter(Exists(mine.filter(class_name=OuterRef("class_name"))), left_on__isnull=True)
        return rows.select_related("person__user", "school").annotate(is_locked=Exists(locked)).order_by("person__name")

    def show(self, **extra: Any) -> HttpResponse:
        charges = self.charges()
        by_class: dict[tuple[int, int, str], list[PupilRecord]] = {}
        for record in self.pupils(charges):
            by_class.setdefault((record.school_id, record.grade, record.class_name), []).append(record)
        classes = [(charge, by_class.get((charge.org_id, charge.grade, charge.class_name), [])) for charge in charges]
        return self.render(classes=classes, **extra)

    def post(self, request: HttpRequest) -> HttpResponse:
        rows = self.pupils(self.charges())
        record: PupilRecord = self.find(rows, person__public_id=request.POST.get("pupil", ""))
        act, pupil = request.POST.get("do", ""), record.person
        if act == "pin":
            return self.once(record, secret=reset_pin(pupil, by=self.actor))
        if act == "pictures":
            return self.once(record, pictures=shown(reset_pin(pupil, by=self.actor, pictures=True)))
        if act == "guardian":
            return self.once(record, guardian=invite_guardian(pupil, GuardianRelation.OTHER, by=self.actor))
        if act == "revoke":
            n = revoke_invitations(pupil, by=self.actor)
            return self.done(_("没用过的监护人注册码已作废。") if n else _("没有还能用的注册码。"), "my_classes")
        if act == "unlock":
            lift_lockout(pupil, by=self.actor)
            return self.done(_("已解除锁定，现在就可以再登录。"), "my_classes")
        raise Refused(_("没有这项操作，请刷新页面后再试。"))

    def once(self, record: PupilRecord, **secret: Any) -> HttpResponse:
        response = self.show(once={"record": record} | secret)
        response["Cache-Control"] = "no-store"
        return response

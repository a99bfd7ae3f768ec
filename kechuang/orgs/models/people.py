"""People. What a person is (pupil, teacher, …) follows from memberships; what is sensitive stands in its own table."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from kechuang.base import clock
from kechuang.base.crypto import EncryptedCharField
from kechuang.base.ids import new_public_id
from kechuang.orgs.enums import (
    CodePurpose,
    DocumentType,
    Grade,
    GuardianRelation,
    RelationshipKind,
    Role,
    stage_of_grade,
)
from kechuang.orgs.models.memberships import Membership
from kechuang.orgs.models.organisations import Org
from kechuang.orgs.rules import age_on
from kechuang.orgs.scoping import ScopedQuerySet, under

if TYPE_CHECKING:
    from kechuang.orgs.actor import Actor


class PersonQuerySet(ScopedQuerySet):
    """A person belongs to the organisations of the current memberships, so the scope is a subquery."""

    scope_path = "memberships__org__path"
    view_permission = "person.view"

    def visible_to(self, actor: Actor, permission: str = "") -> PersonQuerySet:
        permission = permission or self.view_permission
        paths = actor.paths(permission)
        held = Membership.objects.current().filter(under("org__path", paths), person=OuterRef("pk"))
        inside = Q(pk__isnull=False) if "/" in paths else Q(Exists(held)) if paths else Q(pk__in=[])
        return self.filter(inside | self._own(actor, permission))

    def own_rows(self, actor: Actor) -> Q:
        if actor.person is None:
            return Q(pk__in=[])
        children = Guardianship.objects.standing().filter(guardian=actor.person).values("pupil")
        return Q(pk=actor.person.pk) | Q(pk__in=children)

    def _own(self, actor: Actor, permission: str) -> Q:
        """Oneself and one's children; a teacher also sees the pupils of the classes in their charge, but does not speak for them."""
        own = super()._own(actor, permission)
        if actor.person is None or Role.TEACHER not in actor.roles or not actor.has_own(permission):
            return own
        return own | Q(pk__in=_in_charge_of(actor.person).values("person"))

    def pupils(self) -> PersonQuerySet:
        return self.filter(pupil__isnull=False)


class Person(models.Model):
    public_id = models.CharField(max_length=32, unique=True, default=new_public_id, editable=False)
    name = models.CharField(_("姓名"), max_length=60)
    name_en = models.CharField(_("英文姓名"), max_length=120, blank=True)
    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="person")
    staff_number = models.CharField(_("工号"), max_length=32, blank=True)
    is_demo = models.BooleanField(_("演示数据"), default=False)
    created_at = models.DateTimeField(default=clock.now)

    objects = PersonQuerySet.as_manager()

    class Meta:
        verbose_name = _("人员")
        verbose_name_plural = _("人员")
        ordering = ["name", "pk"]
        indexes = [models.Index(fields=["name"], name="person_name")]
        constraints = [
            models.UniqueConstraint(
                fields=["staff_number"], condition=~Q(staff_number=""), name="person_one_per_staff_number"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class PupilRecordQuerySet(ScopedQuerySet):
    scope_path = "school__path"
    view_permission = "person.view"

    def own_rows(self, actor: Actor) -> Q:
        return Q(person__in=Person.objects.filter(PersonQuerySet(Person).own_rows(actor)))

    def _own(self, actor: Actor, permission: str) -> Q:
        """A pupil's sign-in is for the teachers in charge of the class, not for everybody who sees the pupil."""
        if actor.person is None or not actor.has_own(permission):
            return Q(pk__in=[])
        if permission == "pupil.sign_in":
            return Q(Exists(_charge_of(actor.person)))
        own = super()._own(actor, permission)
        return own | Q(pk__in=_in_charge_of(actor.person)) if Role.TEACHER in actor.roles else own


def _charge_of(teacher: Person) -> QuerySet[ClassCharge]:
    """The charge of the class in which the outer pupil learns."""
    return ClassCharge.objects.current().filter(
        teacher=teacher, org=OuterRef("school"), grade=OuterRef("grade"), class_name=OuterRef("class_name")
    )


def _in_charge_of(teacher: Person) -> QuerySet[PupilRecord]:
    """The pupils of the classes in this teacher's charge."""
    return PupilRecord.objects.filter(Exists(_charge_of(teacher)), left_on__isnull=True)


class PupilRecord(models.Model):
    person = models.OneToOneField(Person, models.CASCADE, related_name="pupil")
    school = models.ForeignKey(Org, models.PROTECT, related_name="pupils", verbose_name=_("学校"))
    grade = models.PositiveSmallIntegerField(_("年级"), choices=Grade)
    class_name = models.CharField(_("班级"), max_length=20, blank=True)
    enrol_year = models.PositiveSmallIntegerField(_("入学年份"), null=True, blank=True)
    birth_on = models.DateField(_("出生日期"), null=True, blank=True)
    left_on = models.DateField(_("离校日期"), null=True, blank=True)

    objects = PupilRecordQuerySet.as_manager()

    class Meta:
        verbose_name = _("学生信息")
        verbose_name_plural = _("学生信息")
        indexes = [
            models.Index(fields=["school", "grade", "class_name"], name="pupil_school_class"),
            models.Index(fields=["school", "birth_on"], name="pupil_school_birth"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(grade__gte=1, grade__lte=12), name="pupilrecord_grade_1_to_12"),
        ]

    def __str__(self) -> str:
        return f"{self.person} {self.get_grade_display()} {self.class_name}"

    @property
    def scope_path(self) -> str:
        return self.school.path

    @property
    def stage(self) -> str:
        return stage_of_grade(self.grade)

    def belongs_to(self, actor: Actor) -> bool:
        """To the teachers in charge of the class; `Actor.can` asks this for permissions of one's own."""
        mine = ClassCharge.objects.current().filter(teacher=actor.person, org=self.school, grade=self.grade)
        return mine.filter(class_name=self.class_name).exists()

    def age_on(self, day: date) -> int | None:
        return age_on(self.birth_on, day) if self.birth_on else None


class ClassChargeQuerySet(ScopedQuerySet):
    scope_path = "org__path"
    view_permission = "person.view"

    def current(self) -> ClassChargeQuerySet:
        return self.filter(until__gte=clock.today())


class ClassCharge(models.Model):
    """A teacher in charge of a class (班主任) until the school year ends: hands out and resets its pupils' sign-in."""

    teacher = models.ForeignKey(Person, models.CASCADE, related_name="charges", verbose_name=_("教师"))
    org = models.ForeignKey(Org, models.PROTECT, related_name="+", verbose_name=_("学校"))
    grade = models.PositiveSmallIntegerField(_("年级"), choices=Grade)
    class_name = models.CharField(_("班级"), max_length=20, blank=True)
    until = models.DateField(_("截止日期"))
    given_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(default=clock.now)

    objects = ClassChargeQuerySet.as_manager()

    class Meta:
        verbose_name = _("班级负责人")
        verbose_name_plural = _("班级负责人")
        ordering = ["grade", "class_name", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["teacher", "org", "grade", "class_name"], name="classcharge_once_per_teacher_and_class"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_grade_display()} {self.class_name}"

    @property
    def scope_path(self) -> str:
        return self.org.path


class PersonalRecordQuerySet(ScopedQuerySet):
    """Never listed through a page: `actions.look_at_identifiers` opens one record, for a reason, and logs it."""

    scope_path = "person__memberships__org__path"
    view_permission = "person.see_identifiers"

    def visible_to(self, actor: Actor, permission: str = "") -> PersonalRecordQuerySet:
        permission = permission or self.view_permission
        return self.filter(person__in=Person.objects.visible_to(actor, permission).values("pk"))


class PersonalRecord(models.Model):
    """Identifiers, encrypted; each with a keyed hash by which the same person is found again."""

    person = models.OneToOneField(Person, models.CASCADE, related_name="personal")
    document_type = models.CharField(
        _("证件类型"), max_length=20, choices=DocumentType, default=DocumentType.RESIDENT_ID
    )
    document_number = EncryptedCharField(_("证件号码"), blank=True, index="document_index")
    document_index = models.CharField(max_length=64, blank=True, editable=False)
    xueji = EncryptedCharField(_("学籍号"), blank=True, index="xueji_index")
    xueji_index = models.CharField(max_length=64, blank=True, editable=False)
    phone = EncryptedCharField(_("联系电话"), blank=True)

    objects = PersonalRecordQuerySet.as_manager()

    class Meta:
        verbose_name = _("敏感信息")
        verbose_name_plural = _("敏感信息")
        # The unique indexes below are partial, and a look-up by many values does not use them.
        indexes = [
            models.Index(fields=["document_index"], name="personalrecord_document"),
            models.Index(fields=["xueji_index"], name="personalrecord_xueji"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["document_index"], condition=~Q(document_index=""), name="personalrecord_one_per_document"
            ),
            models.UniqueConstraint(
                fields=["xueji_index"], condition=~Q(xueji_index=""), name="personalrecord_one_per_xueji"
            ),
        ]

    def __str__(self) -> str:
        return str(self.person_id)


class GuardianshipQuerySet(models.QuerySet):
    def standing(self) -> GuardianshipQuerySet:
        """Confirmed by the school and not ended."""
        return self.filter(confirmed_at__isnull=False, ended_at__isnull=True)


class Guardianship(models.Model):
    guardian = models.ForeignKey(Person, models.CASCADE, related_name="wards")
    pupil = models.ForeignKey(Person, models.CASCADE, related_name="guardianships")
    relation = models.CharField(_("关系"), max_length=12, choices=GuardianRelation)
    created_at = models.DateTimeField(default=clock.now)
    confirmed_at = models.DateTimeField(_("确认时间"), null=True, blank=True)
    confirmed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = GuardianshipQuerySet.as_manager()

    class Meta:
        verbose_name = _("监护关系")
        verbose_name_plural = _("监护关系")
        constraints = [
            models.UniqueConstraint(fields=["guardian", "pupil"], name="guardianship_once_per_pair"),
            models.CheckConstraint(condition=~Q(guardian=F("pupil")), name="guardianship_not_of_oneself"),
            models.CheckConstraint(
                condition=Q(confirmed_by__isnull=True) | Q(confirmed_at__isnull=False),
                name="guardianship_confirmed_by_and_at",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.guardian} → {self.pupil}"


class Relationship(models.Model):
    """A declared relation between two people, for conflicts of interest. It holds in both directions."""

    person = models.ForeignKey(Person, models.CASCADE, related_name="relationships")
    other = models.ForeignKey(Person, models.CASCADE, related_name="+")
    kind = models.CharField(_("关系"), max_length=12, choices=RelationshipKind)
    note = models.CharField(_("说明"), max_length=200, blank=True)
    declared_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    declared_at = models.DateTimeField(default=clock.now)

    class Meta:
        verbose_name = _("利害关系")
        verbose_name_plural = _("利害关系")
        constraints = [
            models.UniqueConstraint(fields=["person", "other", "kind"], name="relationship_once_per_kind"),
            models.CheckConstraint(condition=~Q(person=F("other")), name="relationship_with_another"),
        ]

    def __str__(self) -> str:
        return f"{self.person} – {self.other}"


class SignInCode(models.Model):
    """A one-time code on paper, with which a guardian signs up. Only its keyed hash is kept."""

    purpose = models.CharField(max_length=12, choices=CodePurpose, default=CodePurpose.GUARDIAN)
    pupil = models.ForeignKey(Person, models.CASCADE, related_name="sign_in_codes")
    relation = models.CharField(_("关系"), max_length=12, choices=GuardianRelation, default=GuardianRelation.OTHER)
    code_index = models.CharField(max_length=64, unique=True, editable=False)
    issued_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    issued_at = models.DateTimeField(default=clock.now)
    expires_at = models.DateTimeField(_("有效期至"))
    revoked_at = models.DateTimeField(null=True, blank=True)
    used_at = models.DateTimeField(null=True, blank=True)
    used_by = models.ForeignKey(Person, models.SET_NULL, null=True, blank=True, related_name="+")

    class Meta:
        verbose_name = _("注册码")
        verbose_name_plural = _("注册码")

    def __str__(self) -> str:
        return f"{self.get_purpose_display()} {self.issued_at:%Y-%m-%d}"


class LinkCode(models.Model):
    """A one-time code of the office with which a person's account is tied to the city's identity provider. Only its keyed hash is kept."""

    person = models.ForeignKey(Person, models.CASCADE, related_name="link_codes")
    code_index = models.CharField(max_length=64, unique=True, editable=False)
    issued_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(default=clock.now)
    expires_at = models.DateTimeField(_("有效期至"))
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("绑定码")
        verbose_name_plural = _("绑定码")

    def __str__(self) -> str:
        return f"{self.person_id} {self.created_at:%Y-%m-%d}"

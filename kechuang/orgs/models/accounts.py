"""Sign-in accounts. A pupil's user name is the code that the school issued: no e-mail, no phone."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from kechuang.base import clock
from kechuang.base.enums import MailRhythm


class UserManager(BaseUserManager["User"]):
    def create_user(self, username: str, password: str | None = None, **facts: Any) -> User:
        user = self.model(username=self.model.normalize_username(username).strip().lower(), **facts)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(username=(username or "").strip().lower())


class User(AbstractBaseUser, PermissionsMixin):
    """User names are kept in lower case, so that they are found by the index whatever was typed."""

    username = models.CharField(_("登录名"), max_length=64, unique=True)
    email = models.EmailField(_("电子邮箱"), blank=True)
    language = models.CharField(_("语言"), max_length=8, default="zh-hans")
    large_print = models.BooleanField(_("大字版"), default=False)
    is_active = models.BooleanField(_("启用"), default=True)
    has_pin = models.BooleanField(_("使用学校发放的数字口令"), default=False)
    has_pictures = models.BooleanField(_("使用图片口令"), default=False)
    must_change_password = models.BooleanField(_("首次登录须改密码"), default=False)
    password_changed_at = models.DateTimeField(_("密码修改时间"), default=clock.now)
    created_at = models.DateTimeField(_("建立时间"), default=clock.now)
    mail_rhythm = models.CharField(_("邮件"), max_length=8, choices=MailRhythm, default=MailRhythm.AT_ONCE)
    calendar_key = models.CharField(max_length=64, null=True, blank=True, unique=True, editable=False)

    objects = UserManager()

    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []
    held: list[Any] | None = None
    """Memberships that were read together with the account behind a session, until the request's actor takes them."""

    class Meta:
        verbose_name = _("账号")
        verbose_name_plural = _("账号")
        constraints = [
            models.CheckConstraint(condition=models.Q(username=Lower("username")), name="user_username_lower_case"),
        ]

    def __str__(self) -> str:
        return self.username

    def set_password(self, raw_password: str | None) -> None:
        super().set_password(raw_password)
        self.password_changed_at, self.must_change_password = clock.now(), False

    def get_full_name(self) -> str:
        person = getattr(self, "person", None)
        return person.name if person else self.username

    def get_short_name(self) -> str:
        return self.get_full_name()


class Device(models.Model):
    """A browser in which somebody has signed in before: it holds the key in a cookie, we keep the keyed hash."""

    user = models.ForeignKey(User, models.CASCADE, related_name="devices")
    key_index = models.CharField(max_length=64, editable=False)
    agent = models.CharField(max_length=300, blank=True)
    first_at = models.DateTimeField(default=clock.now)
    last_at = models.DateTimeField(default=clock.now)

    class Meta:
        verbose_name = _("登录过的设备")
        verbose_name_plural = _("登录过的设备")
        constraints = [models.UniqueConstraint(fields=["user", "key_index"], name="device_once_per_user")]

    def __str__(self) -> str:
        return f"{self.user} {self.first_at:%Y-%m-%d}"


class PasswordUse(models.Model):
    """A password that was used before (its hash): the last five may not come back (GB/T 22239-2019)."""

    user = models.ForeignKey(User, models.CASCADE, related_name="password_uses")
    password = models.CharField(max_length=128)
    at = models.DateTimeField(default=clock.now)

    class Meta:
        verbose_name = _("用过的密码")
        verbose_name_plural = _("用过的密码")
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"{self.user} {self.at:%Y-%m-%d}"

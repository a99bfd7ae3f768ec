"""Rows every other part stands on. Nothing here knows an organisation or a person: the user is AUTH_USER_MODEL,
the place in the organisation tree is a plain `scope_path`."""

from typing import Any, NoReturn

from django.conf import settings
from django.core.files import File
from django.db import models
from django.utils.translation import gettext_lazy as _

from kechuang.base import clock
from kechuang.base.enums import FileKind, HolidayKind, JobState, MailState, UploadState
from kechuang.base.ids import new_file_id, new_public_id


class AppendOnlyError(RuntimeError):
    """Somebody tried to change or delete a row of a ledger that only grows."""


class AppendOnlyQuerySet(models.QuerySet):
    def _refuse(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise AppendOnlyError(f"{self.model._meta.label} only grows: rows are never updated or deleted.")

    update = delete = bulk_update = update_or_create = _refuse


class AppendOnlyModel(models.Model):
    objects = AppendOnlyQuerySet.as_manager()

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise AppendOnlyError(f"{self._meta.label} only grows: rows are never updated.")
        kwargs["force_insert"] = True
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise AppendOnlyError(f"{self._meta.label} only grows: rows are never deleted.")


def _user_key(**options: Any) -> models.ForeignKey:
    return models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, related_name="+", **options)


class AuditEntry(AppendOnlyModel):
    """One thing somebody did. Written without any lock; `AuditSeal` chains the rows afterwards."""

    at = models.DateTimeField(_("时间"), default=clock.now, db_index=True)
    action = models.CharField(_("操作"), max_length=80, db_index=True)
    # No database constraint: the account may go, the row must stay as it was written.
    by = _user_key(verbose_name=_("操作人"), on_delete=models.DO_NOTHING, db_constraint=False)
    by_name = models.CharField(_("操作人账号"), max_length=150, blank=True)
    on_type = models.CharField(_("对象类型"), max_length=80, blank=True)
    on_id = models.CharField(_("对象编号"), max_length=64, blank=True)
    scope_path = models.CharField(_("机构路径"), max_length=255, blank=True, db_index=True)
    reason = models.TextField(_("理由"), blank=True)
    detail = models.JSONField(_("详情"), default=dict, blank=True)
    token = models.CharField(max_length=32, unique=True, editable=False)
    mac = models.CharField(max_length=64, editable=False)

    class Meta:
        verbose_name = _("审计记录")
        verbose_name_plural = _("审计记录")
        ordering = ["-id"]
        indexes = [models.Index(fields=["on_type", "on_id"], name="audit_entry_object")]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M:%S} {self.by_name} {self.action}"


class AuditSeal(AppendOnlyModel):
    """A link of the hash chain. `entry_id` is a plain number: the link must survive the loss of its row, to tell of it."""

    seq = models.BigIntegerField(primary_key=True)
    entry_id = models.BigIntegerField(unique=True)
    entry_mac = models.CharField(max_length=64)
    previous_hash = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)
    sealed_at = models.DateTimeField(default=clock.now)

    class Meta:
        verbose_name = _("审计链")
        verbose_name_plural = _("审计链")
        ordering = ["seq"]

    def __str__(self) -> str:
        return f"{self.seq}: {self.hash[:12]}"


class AuditHead(models.Model):
    """The end of the chain, one row: locked while sealing, and the witness against cutting off the tail."""

    seq = models.BigIntegerField(default=0)
    hash = models.CharField(max_length=64, blank=True)
    mac = models.CharField(max_length=64, blank=True)

    class Meta:
        verbose_name = _("审计链末端")
        verbose_name_plural = _("审计链末端")

    def __str__(self) -> str:
        return f"{self.seq}: {self.hash[:12]}"


class AuditAnchor(AppendOnlyModel):
    """A signed statement of where the chain stood: see `anchors.py`."""

    seq = models.BigIntegerField(unique=True)
    hash = models.CharField(max_length=64)
    at = models.DateTimeField(_("时间"))
    signature = models.CharField(max_length=128)

    class Meta:
        verbose_name = _("审计锚点")
        verbose_name_plural = _("审计锚点")
        ordering = ["seq"]

    def __str__(self) -> str:
        return f"{self.seq}: {self.hash[:12]}"


class Heartbeat(models.Model):
    """When a kind of process was last seen alive."""

    name = models.CharField(max_length=40, unique=True)
    at = models.DateTimeField(_("时间"))

    class Meta:
        verbose_name = _("心跳")
        verbose_name_plural = _("心跳")

    def __str__(self) -> str:
        return f"{self.name} {self.at:%Y-%m-%d %H:%M:%S}"


class Holiday(models.Model):
    """A day that differs from its weekday, by the State Council's yearly notice: free, or worked at a weekend."""

    date = models.DateField(_("日期"), unique=True)
    kind = models.CharField(_("类型"), max_length=10, choices=HolidayKind)
    name = models.CharField(_("节日"), max_length=40)
    source = models.CharField(_("依据"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("节假日安排")
        verbose_name_plural = _("节假日安排")
        ordering = ["date"]

    def __str__(self) -> str:
        return f"{self.date} {self.name} {self.get_kind_display()}"


class NumberSeries(models.Model):
    """The last number given out: the row is locked until the transaction that took a number ends, so no gaps."""

    kind = models.CharField(max_length=60)
    year = models.PositiveSmallIntegerField()
    last = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("编号")
        verbose_name_plural = _("编号")
        constraints = [models.UniqueConstraint(fields=["kind", "year"], name="number_series_one_per_kind_and_year")]

    def __str__(self) -> str:
        return f"{self.kind} {self.year}: {self.last}"


def stored_file_path(stored: "StoredFile", filename: str) -> str:
    """The name on disk says nothing about the owner or the content."""
    return f"stored/{stored.public_id[:2]}/{stored.public_id}"


class StoredFile(models.Model):
    """A file that passed all checks, without its metadata. The bytes never change once the row exists."""

    public_id = models.CharField(max_length=32, unique=True, default=new_file_id, editable=False)
    name = models.CharField(_("文件名"), max_length=200)
    kind = models.CharField(_("类型"), max_length=10, choices=FileKind)
    content_type = models.CharField(max_length=100)
    size = models.PositiveBigIntegerField(_("大小"))
    sha256 = models.CharField(max_length=64, db_index=True)
    blob = models.FileField(upload_to=stored_file_path, max_length=120)
    pages = models.PositiveIntegerField(_("页数"), null=True, blank=True)
    width = models.PositiveIntegerField(null=True, blank=True)
    height = models.PositiveIntegerField(null=True, blank=True)
    seconds = models.PositiveIntegerField(_("时长（秒）"), null=True, blank=True)
    by = _user_key(verbose_name=_("上传人"), on_delete=models.SET_NULL)
    scope_path = models.CharField(max_length=255, blank=True, db_index=True)
    created_at = models.DateTimeField(default=clock.now)
    has_picture = models.BooleanField(default=False, editable=False)

    class Meta:
        verbose_name = _("文件")
        verbose_name_plural = _("文件")
        ordering = ["-id"]

    def __str__(self) -> str:
        return self.name

    def open(self) -> File:
        return self.blob.storage.open(str(self.blob.name), "rb")


class FilePicture(models.Model):
    """The small picture of a file (files/pictures.py), WebP; `StoredFile.has_picture` says whether there is one."""

    stored = models.OneToOneField(StoredFile, models.CASCADE, related_name="picture")
    data = models.BinaryField()

    class Meta:
        verbose_name = _("小图")
        verbose_name_plural = _("小图")

    def __str__(self) -> str:
        return str(self.stored_id)


class Upload(models.Model):
    """A resumable upload under way. `offset` follows the part file, which is the truth about what has arrived."""

    public_id = models.CharField(max_length=32, unique=True, default=new_file_id, editable=False)
    name = models.CharField(max_length=200)
    size = models.PositiveBigIntegerField()
    offset = models.PositiveBigIntegerField(default=0)
    purpose = models.CharField(max_length=100, blank=True)
    state = models.CharField(max_length=12, choices=UploadState, default=UploadState.OPEN)
    error = models.TextField(blank=True)
    file = models.ForeignKey(StoredFile, null=True, blank=True, related_name="+", on_delete=models.SET_NULL)
    by = _user_key(on_delete=models.CASCADE)
    scope_path = models.CharField(max_length=255, blank=True)
    created_at = models.DateTimeField(default=clock.now)
    expires_at = models.DateTimeField(db_index=True)

    class Meta:
        verbose_name = _("断点续传")
        verbose_name_plural = _("断点续传")
        constraints = [
            models.CheckConstraint(condition=models.Q(offset__lte=models.F("size")), name="upload_offset_within_size"),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.offset}/{self.size}"

    @property
    def is_complete(self) -> bool:
        return self.offset == self.size


class Job(models.Model):
    """Work done behind the page, and the queue itself: see docs/adr/0003-job-queue.md."""

    LIVE = (JobState.QUEUED, JobState.RUNNING)

    public_id = models.CharField(max_length=32, unique=True, default=new_public_id, editable=False)
    kind = models.CharField(_("类型"), max_length=80, db_index=True)
    title = models.CharField(_("任务"), max_length=200)
    args = models.JSONField(default=dict, blank=True)
    key = models.CharField(max_length=120, blank=True)
    state = models.CharField(_("状态"), max_length=10, choices=JobState, default=JobState.QUEUED)
    done = models.PositiveIntegerField(_("已处理"), default=0)
    total = models.PositiveIntegerField(_("总数"), default=0)
    note = models.CharField(_("进展"), max_length=300, blank=True)
    attempts = models.PositiveSmallIntegerField(_("尝试次数"), default=0)
    error = models.TextField(_("错误"), blank=True)
    result = models.JSONField(null=True, blank=True)
    by = _user_key(verbose_name=_("发起人"), on_delete=models.SET_NULL)
    scope_path = models.CharField(max_length=255, blank=True, db_index=True)
    run_after = models.DateTimeField(default=clock.now)
    lease = models.CharField(max_length=32, blank=True, editable=False)
    lease_until = models.DateTimeField(null=True, blank=True, editable=False)
    stop_asked_at = models.DateTimeField(null=True, blank=True, editable=False)
    created_at = models.DateTimeField(default=clock.now)
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("后台任务")
        verbose_name_plural = _("后台任务")
        ordering = ["-id"]
        indexes = [
            models.Index(
                fields=["run_after", "id"], name="job_waiting", condition=models.Q(state__in=["queued", "running"])
            )
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "key"],
                condition=models.Q(state__in=["queued", "running"]) & ~models.Q(key=""),
                name="job_one_live_per_key",
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=["queued", "running"], finished_at=None)
                | models.Q(state__in=["succeeded", "failed", "stopped"], finished_at__isnull=False),
                name="job_finished_at_follows_state",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title} ({self.get_state_display()})"

    @property
    def is_live(self) -> bool:
        return self.state in self.LIVE

    @property
    def percent(self) -> int:
        return min(100, self.done * 100 // self.total) if self.total else 0


class Message(models.Model):
    """A line in somebody's inbox, in the language they read."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, related_name="messages", on_delete=models.CASCADE)
    kind = models.CharField(max_length=80, db_index=True)
    title = models.CharField(_("标题"), max_length=200)
    body = models.TextField(_("内容"), blank=True)
    url = models.CharField(max_length=300, blank=True)
    about_type = models.CharField(max_length=80, blank=True)
    about_id = models.CharField(max_length=64, blank=True)
    by = _user_key(on_delete=models.SET_NULL)
    once = models.CharField(max_length=120, blank=True)
    awaits_digest = models.BooleanField(default=False)
    created_at = models.DateTimeField(default=clock.now)
    read_at = models.DateTimeField(_("阅读时间"), null=True, blank=True)

    class Meta:
        verbose_name = _("消息")
        verbose_name_plural = _("消息")
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["user", "read_at"], name="message_inbox"),
            models.Index(fields=["user"], condition=models.Q(awaits_digest=True), name="message_digest"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["user", "once"], condition=~models.Q(once=""), name="message_only_once"),
        ]

    def __str__(self) -> str:
        return self.title


class Mail(models.Model):
    """A letter on its way: what was sent, to which address, whether it left."""

    message = models.ForeignKey(Message, null=True, blank=True, related_name="mails", on_delete=models.SET_NULL)
    address = models.EmailField(_("收件地址"))
    language = models.CharField(max_length=10)
    subject = models.CharField(_("主题"), max_length=200)
    body = models.TextField(_("正文"))
    batch = models.CharField(max_length=32, db_index=True)
    state = models.CharField(max_length=10, choices=MailState, default=MailState.QUEUED)
    error = models.TextField(blank=True)
    created_at = models.DateTimeField(default=clock.now)
    sent_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("邮件")
        verbose_name_plural = _("邮件")
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.subject} → {self.address}"


class SavedView(models.Model):
    """A list as somebody wants to see it again: a page and its query string under a name.

    `shared_path` is the path of the unit whose officers see it as well; empty: only its owner does.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, related_name="+", on_delete=models.CASCADE)
    page = models.CharField(max_length=60)
    name = models.CharField(_("名称"), max_length=40)
    query = models.CharField(max_length=1000, blank=True)
    shared_path = models.CharField(max_length=120, blank=True, db_index=True)

    class Meta:
        verbose_name = _("保存的视图")
        verbose_name_plural = _("保存的视图")
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["user", "page", "name"], name="saved_view_one_per_name")]

    def __str__(self) -> str:
        return self.name


class ListChoice(models.Model):
    """How somebody wants one list: its columns, and whether it opens with this view. Without a view: the list's own tabs."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, related_name="+", on_delete=models.CASCADE)
    page = models.CharField(max_length=60)
    view = models.ForeignKey(SavedView, null=True, blank=True, related_name="choices", on_delete=models.CASCADE)
    columns = models.JSONField(default=list, blank=True)
    opens = models.BooleanField(default=False)

    class Meta:
        verbose_name = _("列表设置")
        verbose_name_plural = _("列表设置")
        constraints = [
            models.UniqueConstraint(fields=["user", "page", "view"], name="list_choice_one_per_view"),
            models.UniqueConstraint(
                fields=["user", "page"], condition=models.Q(view__isnull=True), name="list_choice_one_without_view"
            ),
            models.UniqueConstraint(
                fields=["user", "page"], condition=models.Q(opens=True), name="list_choice_opens_with_one"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.page}: {self.view or '—'}"

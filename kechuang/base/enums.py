from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class HolidayKind(TextChoices):
    HOLIDAY = "holiday", _("放假")
    WORKDAY = "workday", _("调休上班")


class FileKind(TextChoices):
    IMAGE = "image", _("图片")
    PDF = "pdf", _("PDF 文档")
    VIDEO = "video", _("视频")
    SHEET = "sheet", _("表格")
    DOCUMENT = "document", _("Word 或 PPT 文档")


class UploadState(TextChoices):
    OPEN = "open", _("上传中")
    FINISHED = "finished", _("已完成")
    REFUSED = "refused", _("未通过检查")
    TERMINATED = "terminated", _("已取消")


class JobState(TextChoices):
    QUEUED = "queued", _("排队中")
    RUNNING = "running", _("进行中")
    SUCCEEDED = "succeeded", _("已完成")
    FAILED = "failed", _("未成功")
    STOPPED = "stopped", _("已停止")


class MailState(TextChoices):
    QUEUED = "queued", _("待发送")
    SENT = "sent", _("已发送")
    FAILED = "failed", _("发送失败")


class MailRhythm(TextChoices):
    AT_ONCE = "at_once", _("随时发送")
    DAILY = "daily", _("每天早上汇总一封")
    NONE = "none", _("只发必须知道的事")

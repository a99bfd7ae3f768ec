from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class WebConfig(AppConfig):
    name = "kechuang.web"
    label = "web"
    verbose_name = _("网页")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from axes.signals import user_locked_out  # noqa: PLC0415 -- app ready

        from kechuang.web.account.lockout import note_lockout  # noqa: PLC0415 -- app ready

        user_locked_out.connect(note_lockout, dispatch_uid="web.note_lockout")

from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


def _load_holidays(**kwargs: Any) -> None:
    from kechuang.base.workdays import load_holidays  # noqa: PLC0415 -- app ready

    load_holidays()


class BaseConfig(AppConfig):
    name = "kechuang.base"
    label = "base"
    verbose_name = _("基础设施")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from kechuang.base import columns, messages, sentences, upkeep  # noqa: F401, PLC0415 -- app ready

        columns.install()
        sentences.install()
        post_migrate.connect(_load_holidays, sender=self, dispatch_uid="base.load_holidays")

from importlib import import_module
from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


def _load_consent_texts(**kwargs: Any) -> None:
    from kechuang.orgs.actions import load_consent_texts  # noqa: PLC0415 -- app ready

    load_consent_texts()


class OrgsConfig(AppConfig):
    name = "kechuang.orgs"
    label = "orgs"
    verbose_name = _("机构与人员")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from allauth.account import signals as account  # noqa: PLC0415 -- app ready
        from allauth.mfa import signals as factors  # noqa: PLC0415 -- app ready
        from django.contrib.auth import signals  # noqa: PLC0415 -- app ready

        import_module("kechuang.orgs.export_kinds")
        import_module("kechuang.orgs.keepings")
        from kechuang.orgs.signin import lockout, notices  # noqa: PLC0415 -- app ready

        post_migrate.connect(_load_consent_texts, sender=self, dispatch_uid="orgs.load_consent_texts")
        signals.user_logged_in.connect(lockout.record_sign_in, dispatch_uid="orgs.sign_in")
        signals.user_logged_out.connect(lockout.record_sign_out, dispatch_uid="orgs.sign_out")
        signals.user_login_failed.connect(lockout.record_failure, dispatch_uid="orgs.sign_in_failed")
        account.password_changed.connect(notices.password_changed, dispatch_uid="orgs.password_changed")
        factors.authenticator_added.connect(notices.factor_added, dispatch_uid="orgs.factor_added")
        factors.authenticator_removed.connect(notices.factor_removed, dispatch_uid="orgs.factor_removed")

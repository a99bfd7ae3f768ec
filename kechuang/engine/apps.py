from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class EngineConfig(AppConfig):
    name = "kechuang.engine"
    label = "engine"
    verbose_name = _("申报评审引擎")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        import_module("kechuang.engine.hooks")
        import_module("kechuang.engine.export_kinds")
        import_module("kechuang.engine.awards.bundles")
        import_module("kechuang.engine.erasure")
        import_module("kechuang.engine.keepings")
        import_module("kechuang.engine.owndata")
        import_module("kechuang.engine.honours.actions")
        import_module("kechuang.engine.honours.prizes")
        import_module("kechuang.engine.catalogue.actions")
        import_module("kechuang.engine.similarity.actions")
        import_module("kechuang.engine.visits.actions")
        import_module("kechuang.engine.talent.actions")
        import_module("kechuang.engine.partnerships.actions")
        import_module("kechuang.engine.partnerships.guards")
        import_module("kechuang.engine.tenure.actions.reports")

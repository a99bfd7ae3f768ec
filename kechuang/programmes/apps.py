from importlib import import_module
from importlib.util import find_spec
from pkgutil import iter_modules

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ProgrammesConfig(AppConfig):
    """Loads the guards and effects of the engine, then every declaration; a declaration that makes no sense stops the start-up."""

    name = "kechuang.programmes"
    label = "programmes"
    verbose_name = _("项目")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        import_module("kechuang.engine.applications.guards")
        import_module("kechuang.engine.applications.effects")
        import_module("kechuang.engine.applications.items")
        import_module("kechuang.engine.awards.effects")
        import_module("kechuang.engine.visits.guards")
        for package in iter_modules(import_module("kechuang.programmes").__path__):
            if package.ispkg:
                if find_spec(f"kechuang.programmes.{package.name}.effects"):
                    import_module(f"kechuang.programmes.{package.name}.effects")
                import_module(f"kechuang.programmes.{package.name}.programme")

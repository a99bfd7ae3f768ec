"""Folds the initial migrations of the project into as few operations as can be: each model is created whole, after the models it
refers to; only what goes in a circle is added afterwards. Before the first release tag alone: `kechuang makemigrations` writes what
a change needs, this makes one clean beginning of it again.

Django's own order adds every foreign key and constraint by itself, and each time draws all models anew: 40 s for an empty database.

Usage: python scripts/initial_migrations.py [--check]
"""

import os
import re
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

import django  # noqa: E402

django.setup()

from django.apps import apps  # noqa: E402
from django.conf import settings  # noqa: E402
from django.db import migrations  # noqa: E402
from django.db.migrations.loader import MigrationLoader  # noqa: E402
from django.db.migrations.state import ModelState, ProjectState  # noqa: E402
from django.db.migrations.writer import MigrationWriter  # noqa: E402
from django.utils import translation  # noqa: E402

Key = tuple[str, str]
STEPS: tuple[tuple[str, str], ...] = (
    ("base", "0001_initial"),
    ("orgs", "0001_initial"),
    ("base", "0002_initial"),
    ("engine", "0001_initial"),
)
"""The order in which the apps come into being. Base begins, because organisations refer to files and jobs; what of it refers to people follows."""
LISTS = {"indexes": migrations.AddIndex, "constraints": migrations.AddConstraint}


class Model:
    """A model as it stands, and what of it has been put off."""

    def __init__(self, app: str, state: ModelState) -> None:
        self.app, self.state = app, state
        self.key: Key = (app, state.name.lower())
        self.needs = {name: set(_referred(field, app)) - {self.key} for name, field in state.fields.items()}
        self.bases = {_key(base, app) for base in state.bases if isinstance(base, str)}

    def unmet(self, there: set[Key]) -> dict[str, set[Key]]:
        return {name: keys - there for name, keys in self.needs.items() if keys - there}

    def create(self, late: Iterable[str]) -> tuple[Any, list[Any]]:
        """The operation that creates it, and those that add the fields of `late` with whatever rests on them."""
        late = set(late)
        options = {key: value for key, value in self.state.options.items() if key not in LISTS}
        together = options.get("unique_together") or ()
        after: list[Any] = [
            migrations.AddField(self.state.name, name, self.state.fields[name]) for name in sorted(late)
        ]
        for kind, operation in LISTS.items():
            held, put_off = [], []
            for one in self.state.options.get(kind, []):
                (put_off if late & _mentioned(one) else held).append(one)
            if held:
                options[kind] = held
            after += [operation(self.state.name, one) for one in put_off]
        assert not any(late & set(names) for names in together), self.key
        fields = [(name, field) for name, field in self.state.fields.items() if name not in late]
        return migrations.CreateModel(self.state.name, fields, options, self.state.bases, self.state.managers), after


def _key(name: str, app: str) -> Key:
    label, _dot, model = name.rpartition(".")
    return (label or app).lower(), model.lower()


def _referred(field: Any, app: str) -> set[Key]:
    remote = getattr(field, "remote_field", None)
    if remote is None:
        return set()
    found = set()
    for model in (remote.model, getattr(remote, "through", None)):
        name = model if isinstance(model, str) else model._meta.label if model is not None else ""
        if name and name != "self":
            name = settings.AUTH_USER_MODEL if name == "settings.AUTH_USER_MODEL" else name
            found.add(_key(name, app))
    return found


def _mentioned(one: Any) -> set[str]:
    """Every word in the deconstructed index or constraint; a name of a field among them is enough to put it off."""
    return set(re.findall(r"[a-z_]+", repr(one.deconstruct()).lower())) - {"models", "fields", "name", "condition"}


def _wanted() -> dict[Key, Model]:
    state = ProjectState.from_apps(apps)
    ours = {app for app, _name in STEPS}
    return {key: Model(key[0], one) for key, one in state.models.items() if key[0] in ours}


def _needed_by(app: str, found: dict[Key, Model], of: str) -> set[Key]:
    """The models of `of` that those of `app` cannot do without."""
    queue = [key for key in found if key[0] == app]
    seen: set[Key] = set()
    while queue:
        for keys in (*found[queue.pop()].needs.values(),):
            new = {key for key in keys if key[0] == of and key in found} - seen
            seen |= new
            queue += new
    return seen


def _ordered(wanted: list[Model], there: set[Key], found: dict[Key, Model]) -> tuple[list[Any], dict[str, list[Any]]]:
    """Operations that create the models, and by app of the missing what must be added later."""
    operations: list[Any] = []
    later: dict[str, list[Any]] = {}
    waiting = sorted(wanted, key=lambda model: model.key)
    while waiting:
        inside = {model.key for model in waiting}

        def cost(model: Model, inside: set[Key] = inside) -> tuple[Any, ...]:
            blocked = {name for name, keys in model.unmet(there).items() if keys & inside}
            return bool(model.bases & inside), len(blocked), model.key

        model = min(waiting, key=cost)
        waiting.remove(model)
        unmet = model.unmet(there)
        create, after = model.create(unmet)
        operations.append(create)
        if after:
            outside = {key[0] for keys in unmet.values() for key in keys if key not in inside}
            later.setdefault(next(iter(sorted(outside)), ""), []).append((model, unmet, after))
        there.add(model.key)
    for _model, unmet, after in later.pop("", []):
        assert all(keys <= there for keys in unmet.values())
        operations += after
    return operations, {app: [one for _m, _u, after in parts for one in after] for app, parts in later.items()}


def folded() -> dict[tuple[str, str], list[Any]]:
    """Operations by migration."""
    found = _wanted()
    first = _needed_by("orgs", found, "base")
    theirs = {key for key in ProjectState.from_apps(apps).models if key[0] not in {app for app, _name in STEPS}}
    there, done, put_off = set(theirs), {}, {}
    for step in STEPS:
        app, name = step
        models_ = [
            model for key, model in found.items()
            if key[0] == app and key not in there and (step != STEPS[0] or key in first or not _leaves(model, found))
        ]  # fmt: skip
        operations, later = _ordered(models_, there, found)
        done[step] = operations + (put_off.pop(app, []) if name != STEPS[0][1] or app != STEPS[0][0] else [])
        for parts in later.values():
            put_off.setdefault(app, []).extend(parts)
    assert not put_off, put_off
    return done


def _leaves(model: Model, found: dict[Key, Model]) -> bool:
    """Whether the model refers to another app of ours."""
    return any(key[0] != model.app and key in found for keys in model.needs.values() for key in keys)


def _dependencies(step: tuple[str, str], operations: list[Any]) -> list[Any]:
    app, _name = step
    before = STEPS[: STEPS.index(step)]
    depends: list[Any] = []
    latest = dict(before)
    loader = MigrationLoader(None)
    referred = {key[0] for operation in operations for field in _fields(operation) for key in _referred(field, app)}
    for label in sorted(referred | ({app} if app in latest else set())):
        if label in latest:
            depends.append((label, latest[label]))
        elif label not in {name for name, _n in STEPS}:
            depends.append((label, loader.graph.leaf_nodes(label)[0][1]))
    if any(
        "AUTH_USER" in repr(getattr(f, "swappable", "")) or _is_user(f) for o in operations for f in _fields(o)
    ) and step != ("orgs", "0001_initial"):
        depends.append(migrations.swappable_dependency(settings.AUTH_USER_MODEL))
    return depends


def _is_user(field: Any) -> bool:
    remote = getattr(field, "remote_field", None)
    model = getattr(remote, "model", None)
    label = model if isinstance(model, str) else getattr(getattr(model, "_meta", None), "label", "")
    return str(label).lower() == settings.AUTH_USER_MODEL.lower()


def _fields(operation: Any) -> list[Any]:
    if isinstance(operation, migrations.CreateModel):
        return [field for _name, field in operation.fields]
    return [operation.field] if isinstance(operation, migrations.AddField) else []


def write() -> list[Path]:
    translation.deactivate_all()  # labels of Django's own fields stay in their language
    written = []
    for step, operations in folded().items():
        app, name = step
        body = {"operations": operations, "dependencies": _dependencies(step, operations), "initial": True}
        migration = type("Migration", (migrations.Migration,), body)(name, app)
        path = ROOT / "kechuang" / app / "migrations" / f"{name}.py"
        path.write_text(MigrationWriter(migration, include_header=False).as_string(), encoding="utf-8")
        written.append(path)
    kept = set(written)
    for app in {path.parent for path in written}:
        for path in app.glob("0*.py"):
            if path not in kept:
                path.unlink()
    subprocess.run([sys.executable, "-m", "ruff", "check", "--quiet", "--fix", *map(str, written)], check=False)
    subprocess.run([sys.executable, "-m", "ruff", "format", "--quiet", *map(str, written)], check=True)
    return written


if __name__ == "__main__":
    for path in write():
        print(path.relative_to(ROOT))

"""What must hold of every model of ours, whichever app brings it."""

import re
from collections.abc import Iterator

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import models
from django.urls import URLPattern, URLResolver, get_resolver

OURS = "kechuang."
READ_OTHERWISE = {
    "Membership": "read through the person it belongs to, by the Actor that it makes",
    "OrgEvent": "the history of the tree, read through its organisation",
    "Affiliation": "read through its reviewer",
    "QuotaLine": "read with its call, by whoever may see that",
}
"""Models with an organisation whose rows are not read by subtree, each with its reason."""


LOOSE_PAIRS = {
    "SignInCode.used": "used_by is emptied when the person is deleted; used_at alone says that the code is spent",
}
"""Pairs of `_at` and `_by` without a constraint, each with its reason."""


def our_models() -> list[type[models.Model]]:
    return [model for model in apps.get_models() if model.__module__.startswith(OURS)]


def has_org(model: type[models.Model]) -> bool:
    if not apps.is_installed("kechuang.orgs"):
        return False
    org = apps.get_model("orgs", "Org")
    return any(
        field.name == "org" and field.related_model is org for field in model._meta.get_fields() if field.is_relation
    )


def test_models_with_an_organisation_are_scoped() -> None:
    from kechuang.orgs.scoping import ScopedQuerySet

    found = [model for model in our_models() if has_org(model)]
    bare = [
        model.__name__
        for model in found
        if model.__name__ not in READ_OTHERWISE
        and not (isinstance(queryset := model._default_manager.all(), ScopedQuerySet) and queryset.scope_path)
    ]

    assert bare == []


def test_scope_paths_lead_to_a_path() -> None:
    from kechuang.orgs.scoping import ScopedQuerySet

    for model in our_models():
        queryset = model._default_manager.all()
        if isinstance(queryset, ScopedQuerySet) and queryset.scope_path:
            queryset.filter(**{f"{queryset.scope_path}__startswith": "/1/"}).exists  # noqa: B018 -- building it resolves the lookup


def pairs(model: type[models.Model]) -> Iterator[str]:
    names = {field.name for field in model._meta.get_fields()}
    for name in sorted(names):
        if name.endswith("_at") and f"{name[:-3]}_by" in names and model._meta.get_field(name).null:
            yield name[:-3]


def test_decided_at_and_decided_by_stand_together() -> None:
    """A pair that is filled later (both may be empty) has a constraint that names both."""
    loose = []
    for model in our_models():
        for stem in pairs(model):
            constrained = [
                constraint
                for constraint in model._meta.constraints
                if isinstance(constraint, models.CheckConstraint) and f"{stem}_at" in str(constraint.condition)
            ]
            if not constrained and f"{model.__name__}.{stem}" not in LOOSE_PAIRS:
                loose.append(f"{model.__name__}.{stem}_at/_by")

    assert loose == []


@pytest.mark.django_db
def test_migrations_are_up_to_date() -> None:
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


def routes(patterns: list, before: str = "") -> Iterator[tuple[str, URLPattern]]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from routes(pattern.url_patterns, before + str(pattern.pattern))
        else:
            yield before + str(pattern.pattern), pattern


def test_every_page_declares_its_permission() -> None:
    bare = []
    for route, pattern in routes(get_resolver().url_patterns):
        view = getattr(pattern.callback, "view_class", pattern.callback)
        if view.__module__.startswith(OURS) and not getattr(view, "permission", ""):
            bare.append(f"{route} → {view.__module__}.{view.__name__}")

    assert bare == []


def test_every_permission_of_a_page_is_granted_to_someone() -> None:
    rules = pytest.importorskip("kechuang.orgs.rules")
    known = {permission for granted in rules.GRANTS.values() for permission in granted} | {"public", "signed-in"}
    asked = {
        getattr(getattr(pattern.callback, "view_class", None), "permission", "public")
        for _, pattern in routes(get_resolver().url_patterns)
    }

    assert asked <= known


def test_every_timestamp_is_named_for_its_kind() -> None:
    wrong = [
        f"{model.__name__}.{field.name}"
        for model in our_models()
        for field in model._meta.get_fields()
        if (
            isinstance(field, models.DateTimeField)
            and not re.search(r"(^at|_at|_after|_since|_until|last_login)$", field.name)
        )
        or (type(field) is models.DateField and not re.search(r"(^on|_on|^date|_from|since|until)$", field.name))
    ]

    assert wrong == []

"""Programmes, guards, effects and quota rules by name: declarations are data, code stays here where tests reach it."""

from collections.abc import Callable
from typing import Any

from django.core.exceptions import ImproperlyConfigured

from kechuang.engine.programme.declaration import Programme
from kechuang.engine.programme.validation import problems

PROGRAMMES: dict[str, Programme] = {}
GUARDS: dict[str, Callable[..., Any]] = {}
EFFECTS: dict[str, Callable[..., Any]] = {}
PRIZE_RULES: dict[str, Callable[..., Any]] = {}
QUOTA_RULES: dict[str, Callable[..., Any]] = {}


def register(programme: Programme) -> Programme:
    """Take `programme` into the registry; a declaration that makes no sense stops the start-up with every reason at once."""
    found = problems(programme)
    if found:
        raise ImproperlyConfigured(f"programme {programme.code}: " + " ".join(text % params for text, params in found))
    if unknown := {prize.rule for prize in programme.prizes.prizes if prize.rule} - PRIZE_RULES.keys():
        raise ImproperlyConfigured(f"programme {programme.code}: no prize rule {sorted(unknown)}")
    if PROGRAMMES.get(programme.code, programme) != programme:
        raise ImproperlyConfigured(f"programme {programme.code} is declared twice")
    PROGRAMMES[programme.code] = programme
    return programme


def _named(table: dict[str, Callable[..., Any]], kind: str) -> Callable[[str], Callable[..., Any]]:
    def naming(name: str) -> Callable[..., Any]:
        def keep(function: Callable[..., Any]) -> Callable[..., Any]:
            if table.get(name, function) is not function:
                raise ImproperlyConfigured(f"{kind} {name!r} is registered twice")
            table[name] = function
            return function

        return keep

    return naming


guard = _named(GUARDS, "guard")
"""`@guard("is_complete") def …(batch: Batch) -> dict[int, str]`: application id → the sentence the applicant reads."""
effect = _named(EFFECTS, "effect")
"""`@effect("claim_members") def …(batch: Batch) -> None`: inside the transaction of the move, after the state was written."""
prize_rule = _named(PRIZE_RULES, "prize rule")
"""`@prize_rule("held_lower") def …(call: Call, prize: str, ids: list[int]) -> set[int]`: the entries that may not have this prize now."""
quota_rule = _named(QUOTA_RULES, "quota rule")

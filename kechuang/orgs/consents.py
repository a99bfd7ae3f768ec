"""Upper apps register here what must happen when somebody withdraws a consent (hide a work, take down a photo) or gives one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable

from kechuang.orgs.models import Consent

OnWithdrawal = Callable[[Consent], None]
_hooks: dict[str, list[OnWithdrawal]] = defaultdict(list)
_granted: dict[str, list[OnWithdrawal]] = defaultdict(list)


def on_withdrawal(purpose: str, function: OnWithdrawal) -> OnWithdrawal:
    """`function(consent)` runs inside the withdrawal's transaction; registering it twice changes nothing."""
    if function not in _hooks[purpose]:
        _hooks[purpose].append(function)
    return function


def on_grant(purpose: str, function: OnWithdrawal) -> OnWithdrawal:
    """`function(consent)` runs inside the transaction of a yes, for what may begin only then."""
    if function not in _granted[purpose]:
        _granted[purpose].append(function)
    return function


def run_grant_hooks(consent: Consent) -> None:
    for function in _granted[consent.purpose]:
        function(consent)


def run_withdrawal_hooks(consent: Consent) -> None:
    for function in _hooks[consent.purpose]:
        function(consent)

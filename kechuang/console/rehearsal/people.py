"""Accounts for scratch and demo cities."""

from typing import Any

from kechuang.orgs.actions import create_person, grant_membership
from kechuang.orgs.actor import Actor
from kechuang.orgs.enums import Role
from kechuang.orgs.models import Org


def an_account(username: str, name: str, role: Role, org: Org, **facts: Any) -> Actor:
    """A person with an account (without a usable password) who holds `role` at `org`."""
    builder = Actor.system("rehearse")
    person = create_person(name=name, username=username, by=builder, **facts)
    grant_membership(person, org, role, by=builder)
    return Actor.of(person.user)

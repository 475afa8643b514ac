"""Roles as pages show them: what they are called, and how many people have each."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode

from django.urls import reverse

from customobjects.web.filter_sets import ACTIVE
from salesos.accounts.actor import Actor
from salesos.accounts.administration import people_by_role
from salesos.accounts.models import User
from salesos.accounts.viewing import RANKED


@dataclass(frozen=True)
class ShownRole:
    """A role with the number of active people who have it, and where they are listed."""

    role: User.Role
    people: int
    address: str
    is_own: bool


def roles_shown(actor: Actor) -> list[ShownRole]:
    """All roles, from all rights to the fewest. One query. Raises ``PermissionDenied``."""
    counts, people = people_by_role(actor), reverse("web:setup-people")
    return [
        ShownRole(
            role, counts[role], f"{people}?{urlencode({'role': role.value, 'state': ACTIVE})}", actor.role == role
        )
        for role in RANKED
    ]

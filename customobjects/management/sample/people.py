"""The people of the sample company."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count

from django.db.models import QuerySet

from salesos.accounts.models import User
from salesos.accounts.services import note_user

# Name and role of those who work beside the administrator.
COLLEAGUES = [
    ("Mira Novak", User.Role.MANAGER),
    ("Sam Okafor", User.Role.REP),
    ("Jo Lindqvist", User.Role.REP),
]


def colleagues_of(admin: User) -> QuerySet[User]:
    """The colleagues of an administrator who are there already."""
    names = [name for name, _role in COLLEAGUES]
    return User.objects.filter(organization=admin.organization_id, name__in=names, is_active=True)


def make_colleagues(admin: User) -> list[User]:
    """Make the colleagues of an administrator, who sign in with the same password; those who are there are taken."""
    return [_colleague(admin, name, role) for name, role in COLLEAGUES]


def _colleague(admin: User, name: str, role: str) -> User:
    for email in _addresses(name, admin.email.rpartition("@")[2]):
        there = User.objects.filter(email=email).first()
        if there is None:
            break
        if there.organization_id == admin.organization_id and there.name == name:
            return there
    # The password's hash is the administrator's: nobody tells this command what the password is.
    colleague = User.objects.create(
        email=email, name=name, role=role, organization_id=admin.organization_id, password=admin.password
    )
    note_user(None, colleague)
    return colleague


def _addresses(name: str, domain: str) -> Iterator[str]:
    """The addresses that somebody may have: others may have the first ones."""
    given = name.partition(" ")[0].lower()
    yield f"{given}@{domain}"
    for number in count(2):
        yield f"{given}{number}@{domain}"

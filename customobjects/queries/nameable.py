"""The people that fields of users name: those of the organization, and those who are invited and have not joined yet.

Who is invited becomes the user with the invitation's id. So what names them before they join names them afterwards.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple, TypeVar
from uuid import UUID

from django.db.models import BooleanField, CharField, Model, QuerySet, Value

from customobjects import access
from salesos.accounts.actor import Actor
from salesos.accounts.models import Invitation, User

M = TypeVar("M", bound=Model)


class Person(NamedTuple):
    """Somebody by what people know of them. Who is only invited has no name yet."""

    id: UUID
    name: str
    email: str
    is_invited: bool

    def __str__(self) -> str:
        return self.name or self.email


def with_invited(users: QuerySet[User], invited: QuerySet[Invitation]) -> QuerySet[User, Any]:
    """Some users and some who are invited, as what makes a ``Person``: one query, which can be ordered and cut."""
    no_name = Value("", output_field=CharField())
    named = invited.annotate(name=no_name, is_invited=Value(True, output_field=BooleanField()))
    rows = _as_people(users.annotate(is_invited=Value(False, output_field=BooleanField())))
    return rows.union(_as_people(named), all=True)


def _as_people(rows: QuerySet[M]) -> QuerySet[M, Any]:
    return rows.order_by().values_list(*Person._fields)


def people_with_ids(actor: Actor, ids: Iterable[UUID | str]) -> list[Person]:
    """Those of the organization's people with some ids, also of those who have left. No query for none."""
    wanted = set(ids)
    found = with_invited(access.users_of(actor).filter(id__in=wanted), access.invited(actor).filter(id__in=wanted))
    return list(map(Person._make, found))


def people_with_emails(actor: Actor, emails: Iterable[str]) -> list[Person]:
    """Those with some addresses, in the form that ``normalized_email`` gives, whom fields can name now."""
    wanted = set(emails)
    users = access.visible_users(actor).filter(email__in=wanted)
    return list(map(Person._make, with_invited(users, access.invited(actor).filter(email__in=wanted))))


def known_to_fields(actor: Actor, ids: Iterable[UUID]) -> set[UUID]:
    """Those of some ids that are of people whom fields can name now. At most one query."""
    wanted = set(ids)
    users = access.visible_users(actor).filter(id__in=wanted)
    return {row[0] for row in with_invited(users, access.invited(actor).filter(id__in=wanted))}

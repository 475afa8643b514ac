"""The people of an organization, as somebody looks for one of them."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.db.models import Q

from customobjects import access
from customobjects.fieldtypes.folding import composed
from customobjects.queries.nameable import Person, with_invited
from customobjects.queries.records import names_of_users
from salesos.accounts.actor import Actor

# Who did something, where nobody did, and where it is not known who.
SERVER, SOMEBODY = "the server", "somebody"
# Stands behind who has not joined yet, where people choose.
INVITED = " (invited)"


def people_to_choose(actor: Actor, search: str, limit: int, *, with_invitations: bool = False) -> list[tuple[str, str]]:
    """Active people: pairs of id and display name, the first by e-mail.

    Of those who have each word of ``search`` in their name or e-mail. ``with_invitations`` are also people who have not
    joined yet, which only fields can name. One query. Raises ``PermissionDenied``.
    """
    access.require_read(actor)
    users = access.visible_users(actor)
    invited = access.invited(actor) if with_invitations else access.invited(actor).none()
    for word in composed(search).split():
        users = users.filter(Q(name__icontains=word) | Q(email__icontains=word))
        invited = invited.filter(email__icontains=word)
    people = map(Person._make, with_invited(users, invited).order_by("email")[:limit])
    return [(str(person.id), f"{person}{INVITED}" if person.is_invited else str(person)) for person in people]


def who_defines(actor: Actor, limit: int) -> list[tuple[str, str]]:
    """Who defines objects: pairs of display name and e-mail address, the first by e-mail. One query."""
    access.require_read(actor)
    return [(str(person), person.email) for person in access.who_defines(actor).order_by("email")[:limit]]


def names_of_doers(actor: Actor, ids: Iterable[UUID | None]) -> dict[UUID | None, str]:
    """Who did some things, in words, by the users' ids: None stands for the server. One query, or none for none."""
    known = set(ids) - {None}
    names = names_of_users(actor, map(str, known)) if known else {}
    return {None: SERVER, **{id_: names.get(str(id_), SOMEBODY) for id_ in known}}

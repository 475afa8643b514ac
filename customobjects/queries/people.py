"""The people of an organization, as somebody looks for one of them."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.db.models import Q

from customobjects import access
from customobjects.fieldtypes.folding import composed
from customobjects.queries.records import names_of_users
from salesos.accounts.actor import Actor

# Who did something, where nobody did, and where it is not known who.
SERVER, SOMEBODY = "the server", "somebody"


def people_to_choose(actor: Actor, search: str, limit: int) -> list[tuple[str, str]]:
    """People whom records can name: pairs of id and display name, the first by e-mail.

    Of those who have each word of ``search`` in their name or e-mail. Raises ``PermissionDenied``.
    """
    access.require_read(actor)
    people = access.visible_users(actor).order_by("email")
    for word in composed(search).split():
        people = people.filter(Q(name__icontains=word) | Q(email__icontains=word))
    return [(str(person.id), str(person)) for person in people[:limit]]


def who_defines(actor: Actor, limit: int) -> list[tuple[str, str]]:
    """Who defines objects: pairs of display name and e-mail address, the first by e-mail. One query."""
    access.require_read(actor)
    return [(str(person), person.email) for person in access.who_defines(actor).order_by("email")[:limit]]


def names_of_doers(actor: Actor, ids: Iterable[UUID | None]) -> dict[UUID | None, str]:
    """Who did some things, in words, by the users' ids: None stands for the server. One query, or none for none."""
    known = set(ids) - {None}
    names = names_of_users(actor, map(str, known)) if known else {}
    return {None: SERVER, **{id_: names.get(str(id_), SOMEBODY) for id_ in known}}

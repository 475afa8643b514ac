"""The people of an organization, as somebody looks for one of them."""

from __future__ import annotations

from django.db.models import Q

from customobjects import access
from customobjects.fieldtypes.folding import composed
from salesos.accounts.actor import Actor


def people_to_choose(actor: Actor, search: str, limit: int) -> list[tuple[str, str]]:
    """People whom records can name: pairs of id and display name, the first by e-mail.

    Of those who have each word of ``search`` in their name or e-mail. Raises ``PermissionDenied``.
    """
    access.require_read(actor)
    people = access.visible_users(actor).order_by("email")
    for word in composed(search).split():
        people = people.filter(Q(name__icontains=word) | Q(email__icontains=word))
    return [(str(person.id), str(person)) for person in people[:limit]]

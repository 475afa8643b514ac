"""What the control of a filter's value offers, where values are records or people."""

from __future__ import annotations

from collections.abc import Sequence

from customobjects.fieldtypes import ReferenceKind
from customobjects.queries import records as queries
from customobjects.queries.objects import as_uuid, get_schema
from customobjects.queries.people import people_to_choose
from customobjects.queries.subjects import Subject
from salesos.accounts.actor import Actor
from salesos.errors import NotFound

MAX_CHOICES = 100


def choices_to_compare_with(actor: Actor, subject: Subject, held: Sequence[str]) -> list[tuple[str, str]]:
    """Those that are ``held``, by their ids, and the first records or people to choose from beside them."""
    ids = [str(id_) for id_ in map(as_uuid, held) if id_ is not None]
    if subject.type.reference_kind is ReferenceKind.USER:
        found = people_to_choose(actor, "", MAX_CHOICES, with_invitations=subject.field is not None)
        names = queries.names_of_users
    else:
        try:
            target = get_schema(actor, str(subject.field.target_id if subject.field else ""))
        except NotFound:
            return []
        found, names = queries.choices_of(actor, target, MAX_CHOICES), queries.names_of_records
    there = {id_ for id_, _name in found}
    chosen = names(actor, ids) if ids else {}
    return [*((id_, name) for id_, name in chosen.items() if id_ not in there), *found]

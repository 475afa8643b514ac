"""Mentions of people in texts: as they are written, and as they are stored.

People write ``@kim@example.com``, programs ``@[Kim Lee](<user id>)`` or ``@{<user id>}``, which is what is stored. Only
people of the organization are mentioned so; everything else stays the text that it is.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from uuid import UUID

from django.db.models import Q

from customobjects import access
from customobjects.models import Activity, Note
from customobjects.queries.attached import mentioned_ids
from customobjects.queries.objects import as_uuid
from salesos.accounts.actor import Actor
from salesos.accounts.models import User, normalized_email
from salesos.errors import ValidationError

# How many people one text mentions at most.
MOST = 50
# What ends a sentence, or a bracket, behind an address is none of it.
_PUNCTUATION = ".,;:!?)]}>'\"…”’»"
# An @ within a word, as in an address, mentions nobody.
_WRITTEN = re.compile(
    r"(?<!\w)@(?:\{(?P<id>[0-9A-Fa-f-]{36})\}"
    r"|\[[^\[\]\n]{0,200}\]\((?P<named>[0-9A-Fa-f-]{36})\)"
    r"|(?P<address>[^\s@]+@[^\s@]+))"
)


def canonical(actor: Actor, text: str) -> str:
    """A text as it is stored, with each mention of somebody of the organization as ``@{<user id>}``.

    At most one query. Raises ``ValidationError`` where it mentions too many people.
    """
    written = list(_WRITTEN.finditer(text))
    if not written:
        return text
    find = _people(actor, written)
    found = {user.id for one in written if (user := find(one))}
    if len(found) > MOST:
        message = f"text mentions {len(found)} people, and {MOST} are the most"
        raise ValidationError.of(message, field="text", code="too_many")
    return _WRITTEN.sub(lambda one: _stored(one, find(one)), text)


def _people(actor: Actor, written: Iterable[re.Match[str]]) -> Callable[[re.Match[str]], User | None]:
    """What finds the person of the organization whom a mention is of. One query."""
    ids = {id_ for one in written if (id_ := _id(one))}
    addresses = {_address(one) for one in written if one["address"]}
    users = list(access.users_of(actor).filter(Q(id__in=ids) | Q(email__in=addresses)).only("id", "email"))
    by_id = {user.id: user for user in users}
    by_address = {user.email: user for user in users}

    def find(one: re.Match[str]) -> User | None:
        if one["address"]:
            return by_address.get(_address(one))
        id_ = _id(one)
        return by_id.get(id_) if id_ else None

    return find


def _id(one: re.Match[str]) -> UUID | None:
    return as_uuid(one["id"] or one["named"] or "")


def _address(one: re.Match[str]) -> str:
    return normalized_email(one["address"].rstrip(_PUNCTUATION))


def _stored(one: re.Match[str], user: User | None) -> str:
    if user is None:
        return one[0]
    behind = one["address"][len(one["address"].rstrip(_PUNCTUATION)) :] if one["address"] else ""
    return f"@{{{user.id}}}{behind}"


def keep(actor: Actor, attached: Note | Activity) -> None:
    """Keep whom a stored text mentions, by which such texts are found, and no others."""
    ids = mentioned_ids(attached.text)
    attached.mentioned.set(access.users_of(actor).filter(id__in=ids) if ids else [])

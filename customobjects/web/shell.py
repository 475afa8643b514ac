"""What surrounds every page: the sidebar, and what was just done, with the way back."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any, cast

from django.contrib.messages import get_messages
from django.contrib.messages.storage.base import Message
from django.http import HttpRequest

from customobjects import access
from customobjects.models import CustomObject
from customobjects.queries.objects import list_objects
from customobjects.queries.preferences import as_liked
from salesos import errors
from salesos.accounts.actor import Actor, actor_of
from salesos.accounts.models import User
from salesos.accounts.viewing import lesser_roles

# What the tag of a message begins with that tells which change it speaks of.
CHANGE = "change-"
# The cookie in which the browser keeps whether the sidebar shows icons alone.
NARROW_COOKIE = "sidebar"
# So many objects stand in the sidebar; search leads to the others.
MAX_OBJECTS = 100
# What scripts say that they want a page for when they show it over another one.
DRAWER = "drawer"
# What the tag of a message begins with that tells the address by which it is taken back.
UNDO = "undo-"


@dataclass(frozen=True)
class Toast:
    """Something that was done or went wrong.

    ``change`` is the reference of the change that can be taken back; of what is no change, ``undo`` is the address.
    """

    text: str
    level: str
    change: str = ""
    undo: str = ""


class Shell:
    """What the templates of the shell show. Each part is read where it is shown."""

    def __init__(self, request: HttpRequest) -> None:
        self._request = request

    @cached_property
    def _actor(self) -> Actor:
        return actor_of(self._request)

    @cached_property
    def objects(self) -> list[CustomObject]:
        """The active objects, in the person's own order. One query."""
        try:
            return as_liked(self._actor, list_objects(self._actor).filter(is_active=True), MAX_OBJECTS)
        except errors.PermissionDenied:
            return []

    @property
    def current(self) -> str:
        """How the path names the object that the page is about."""
        match = self._request.resolver_match
        return str(match.kwargs.get("object_reference", "")) if match else ""

    @property
    def base(self) -> str:
        """The template around a page: nothing but toasts, where a script shows it in a drawer."""
        return "components/bare.html" if in_drawer(self._request) else "base.html"

    @property
    def can_define(self) -> bool:
        return access.can_define(self._actor)

    @property
    def can_administer(self) -> bool:
        return access.can_administer(self._actor)

    @property
    def viewed_as(self) -> str:
        """What the lesser role is called whose pages the person looks at; empty where it is their own."""
        role = User.Role(self._actor.role)
        return "" if role == self._own_role else role.label

    @property
    def lesser_roles(self) -> list[User.Role]:
        """The roles whose pages the person may look at."""
        return lesser_roles(self._own_role)

    @property
    def _own_role(self) -> str:
        return cast(User, self._request.user).role

    @property
    def is_narrow(self) -> bool:
        return self._request.COOKIES.get(NARROW_COOKIE) == "narrow"

    def toasts(self) -> list[Toast]:
        """What the pages before have noted to be told; once."""
        return [_toast(message) for message in get_messages(self._request)]


def _toast(message: Message) -> Toast:
    tag, text = message.extra_tags or "", str(message)
    if tag.startswith(UNDO):
        return Toast(text, message.level_tag, undo=tag.removeprefix(UNDO))
    return Toast(text, message.level_tag, tag.removeprefix(CHANGE))


def in_drawer(request: HttpRequest) -> bool:
    """Whether a script asks for a page to show it in a drawer."""
    return request.headers.get("HX-Target") == DRAWER


def shell(request: HttpRequest) -> dict[str, Any]:
    """Django's context processor."""
    return {"shell": Shell(request)}

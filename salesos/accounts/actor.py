"""The actor: who is asking, for whom, and how far their credentials reach."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING
from uuid import UUID

from salesos.accounts.addresses import address_of
from salesos.accounts.models import ApiKey, User
from salesos.accounts.viewing import role_in_session

if TYPE_CHECKING:
    from django.http import HttpRequest
    from rest_framework.request import Request

ALL_SCOPES = frozenset(ApiKey.Scope.values)


class Via(StrEnum):
    """What somebody acts through."""

    API = "api"
    KEY = "key"
    PAGE = "page"
    ADMIN = "admin"
    SYSTEM = "system"


@dataclass(frozen=True, slots=True)
class Actor:
    """Everything that decides what a request may see and do. Passed to every service and query."""

    organization_id: UUID
    user_id: UUID
    role: str
    scopes: frozenset[str] = ALL_SCOPES
    via: Via = Via.SYSTEM
    # Where the request comes from, for the audit log; it decides nothing.
    address: str = field(default="", compare=False)

    @classmethod
    def of_user(cls, user: User) -> Actor:
        """A person with all that the role allows."""
        return cls(user.organization_id, user.id, user.role)

    @classmethod
    def of_texts(cls, organization_id: str, user_id: str, role: str, via: str) -> Actor:
        """The actor whose ``texts`` these are."""
        return cls(UUID(organization_id), UUID(user_id), role, via=Via(via))

    def texts(self) -> tuple[str, str, str, str]:
        """The actor as background work keeps it, which is done with all that the role allows."""
        return str(self.organization_id), str(self.user_id), self.role, str(self.via)

    @classmethod
    def of_operator(cls, request: HttpRequest, organization_id: UUID) -> Actor:
        """The operator of the whole installation who asks, acting within one organization."""
        assert isinstance(request.user, User), "the admin's pages are for operators"
        return cls(organization_id, request.user.id, User.Role.ADMIN, via=Via.ADMIN, address=address_of(request))

    @classmethod
    def reader_in(cls, organization_id: UUID) -> Actor:
        """Nobody in particular, reading within one organization: for showing names to operators."""
        return cls(organization_id, UUID(int=0), User.Role.REP, frozenset({ApiKey.Scope.READ}))


def actor_of(request: Request | HttpRequest) -> Actor:
    """The actor of an authenticated request, whichever way it was authenticated.

    By a session it has the role whose pages the person looks at, which is never more than their own.
    """
    user = request.user
    assert isinstance(user, User), "the permission IsAuthenticated comes first"
    auth = getattr(request, "auth", None)
    address = address_of(request)
    if isinstance(auth, ApiKey):
        return Actor(user.organization_id, user.id, user.role, frozenset(auth.scopes), Via.KEY, address)
    if auth is not None:
        return Actor(user.organization_id, user.id, user.role, via=Via.API, address=address)
    return Actor(user.organization_id, user.id, role_in_session(request, user.role), via=Via.PAGE, address=address)

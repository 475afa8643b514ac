"""Who may administer an organization: its people, its keys, its name and look.

``customobjects.access`` says everything else; what accounts own, their own services ask here.
"""

from __future__ import annotations

from salesos.accounts.actor import Actor, Via
from salesos.accounts.models import ApiKey, User
from salesos.errors import PermissionDenied

Scope = ApiKey.Scope


def require_scope(actor: Actor, scope: Scope) -> None:
    """Raises ``PermissionDenied`` where the actor goes by a key that lacks a scope."""
    if scope not in actor.scopes:
        raise PermissionDenied.of(f"this API key lacks the scope '{scope.value}'", code="scope")


def can_administer(actor: Actor) -> bool:
    """Whether the actor sees the setup of the organization, and, signed in, changes it."""
    return actor.role == User.Role.ADMIN and {Scope.READ, Scope.ADMIN} <= actor.scopes


def require_administer(actor: Actor) -> None:
    """Raises ``PermissionDenied`` unless the actor may see who is in the organization, and its keys and limits."""
    for scope in (Scope.READ, Scope.ADMIN):
        require_scope(actor, scope)
    if actor.role != User.Role.ADMIN:
        raise PermissionDenied.of("only administrators may see and change the setup of the organization", code="role")


def require_change(actor: Actor) -> None:
    """Raises ``PermissionDenied`` unless the actor may change who is in the organization, and its keys.

    An API key may not: with a new person, or a new key, it would reach beyond its own scopes.
    """
    require_administer(actor)
    if actor.via == Via.KEY:
        message = "an API key cannot change people, keys or the organization: sign in for that"
        raise PermissionDenied.of(message, code="key")

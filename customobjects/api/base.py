"""What the ViewSets of one object share."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from customobjects.queries.objects import get_schema, read_user_and_state
from customobjects.schema import Schema, State
from salesos.accounts.actor import actor_of
from salesos.accounts.models import User


class ObjectMixin:
    """The object that the path names is read along with the user who asks for it, in one statement."""

    kwargs: dict[str, Any]
    request: Any
    object_state: State | None = None

    def read_user(self, user_id: UUID) -> User | None:
        """The user who asks (see ``salesos.accounts.authentication``)."""
        user, self.object_state = read_user_and_state(user_id, self.kwargs["object_reference"])
        return user

    def object_schema(self) -> Schema:
        """The schema of the object, which the user may read. Raises ``PermissionDenied``, ``NotFound``."""
        return get_schema(actor_of(self.request), self.kwargs["object_reference"], state=self.object_state)

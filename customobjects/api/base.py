"""What the ViewSets of one object's records share."""

from __future__ import annotations

from functools import cached_property
from uuid import UUID

from customobjects.queries.objects import get_schema, read_user_and_state
from customobjects.schema import Schema, State
from salesos.accounts.actor import Actor, actor_of
from salesos.accounts.models import User
from salesos.rest.viewsets import ApiViewSet


class ObjectViewSet(ApiViewSet):
    """A ViewSet below an object's path: one statement reads who asks, and the version of the object."""

    object_state: State | None = None

    def read_user(self, user_id: UUID) -> User | None:
        """The user with that id (see ``salesos.accounts.authentication``)."""
        user, self.object_state = read_user_and_state(user_id, self.kwargs["object_reference"])
        return user

    @cached_property
    def actor(self) -> Actor:
        """Who asks."""
        return actor_of(self.request)

    def object_schema(self) -> Schema:
        """The schema of the object, which the user may read. Raises ``PermissionDenied``, ``NotFound``."""
        return get_schema(self.actor, self.kwargs["object_reference"], state=self.object_state)

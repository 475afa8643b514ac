"""What the resources of notes and of activities have in common."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import QuerySet
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from customobjects import access
from customobjects.api.filters import ListFilterSet
from customobjects.api.parameters import CursorQuerySerializer
from customobjects.api.versions import versioned
from customobjects.queries.activities import ActivityRow
from customobjects.queries.notes import NoteRow
from salesos.accounts.actor import Actor, actor_of
from salesos.rest.renderers import RenderedResponse
from salesos.rest.serializers import StrictSerializer, json_of, outer_names

ME = "me"
MENTION_HELP = "Mention people as `@kim@example.com` or `@[Kim Lee](<user id>)`; it is kept as `@{<user id>}`."


class PersonSerializer(StrictSerializer):
    """A user, as others see them."""

    id = serializers.UUIDField(read_only=True)
    name = serializers.CharField(read_only=True)


class PersonField(forms.UUIDField):
    """The id of a user, or ``me``."""

    def to_python(self, value: Any) -> Any:
        return value if value == ME else super().to_python(value)


@extend_schema_field({"type": "string", "anyOf": [{"enum": [ME]}, {"format": "uuid"}]})
class PersonFilter(filters.UUIDFilter):
    """A person: who asks, as ``me``, or the id of a user."""

    field_class = PersonField

    def filter(self, queryset: QuerySet[Any], value: Any) -> QuerySet[Any]:
        return super().filter(queryset, actor_of(self.parent.request).user_id if value == ME else value)


class AttachedFilterSet(ListFilterSet):
    """The filters that lists of notes and of activities share."""

    beside = outer_names(CursorQuerySerializer)
    may_be_empty = frozenset({"cursor"})

    author = PersonFilter(field_name="author", help_text="`me`, or the id of who wrote it.")
    mentioning = PersonFilter(field_name="mentioned", help_text="`me`, or the id of who is mentioned in the text.")


def location(row: NoteRow | ActivityRow | None, name: str) -> str:
    """The address of what was made, among the ``name`` (notes, activities) of its record."""
    assert row is not None
    return f"/v1/custom-objects/{row.custom_object_id}/records/{row.record_id}/{name}/{row.id}"


def attached_response(
    actor: Actor, row: NoteRow | ActivityRow | None, serializer: type[StrictSerializer], *, status: int = 200
) -> RenderedResponse:
    """The response of a note or an activity, with its ``ETag``; who may not read is told the id alone."""
    assert row is not None
    if not access.can_read(actor):
        return RenderedResponse({"id": row.id}, status=status)
    return versioned(json_of(row, serializer), row.version, status=status)

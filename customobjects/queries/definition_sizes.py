"""How many bytes the definitions of objects take, which is asked before they are read."""

from __future__ import annotations

from uuid import UUID

from django.conf import settings
from django.db.models import Expression, OuterRef, QuerySet, Subquery, Sum, TextField, Value
from django.db.models.functions import Cast, Coalesce, Length

from customobjects.models import CustomObject, Field, SchemaRevision
from salesos.errors import ValidationError

# About what a field takes beside its options and its default.
FIELD_BYTES = 700


def _field_bytes() -> Expression:
    """About how many bytes a field takes."""
    default = Coalesce(Length(Cast("default_value", TextField())), Value(0))
    return Value(FIELD_BYTES) + Length(Cast("options", TextField())) + default


def definition_bytes(object_id: UUID) -> int:
    """About how many bytes an object takes with its fields, those not deleted. One query."""
    fields = Field.objects.filter(custom_object_id=object_id, deleted_at=None)
    return fields.aggregate(size=Sum(_field_bytes()))["size"] or 0


def with_sizes(objects: QuerySet[CustomObject]) -> QuerySet[CustomObject]:
    """The same objects, each with about how many bytes it takes with its fields as ``definition_bytes``."""
    fields = Field.objects.filter(custom_object=OuterRef("pk"), deleted_at=None).order_by().values("custom_object")
    size = fields.annotate(size=Sum(_field_bytes())).values("size")
    return objects.annotate(definition_bytes=Coalesce(Subquery(size), Value(0)))


def with_change_sizes(revisions: QuerySet[SchemaRevision]) -> QuerySet[SchemaRevision]:
    """The same revisions without their changes, each with how many characters these take (``changes_size``)."""
    return revisions.defer("changes").annotate(changes_size=Length(Cast("changes", TextField())))


def require_room(sizes: list[int], of: str = "the definitions of these objects") -> None:
    """Raises ``ValidationError`` where things of these sizes make an answer larger than the setting MAX_ANSWER_KB.

    ``of`` says what they are. One alone never does, so that everything can be read.
    """
    if len(sizes) > 1 and sum(sizes) > settings.MAX_ANSWER_BYTES:
        limit = settings.MAX_ANSWER_BYTES // 1024
        message = f"limit is too high: {of} take more than {limit:,} KB; ask for fewer"
        raise ValidationError.of(message, field="limit", code="max_size")

"""Steps: from records through a lookup to those it points at, as far as an actor sees them.

Filters (``account__industry=Retail``), orders (``sort=account.name``) and groups (``groupBy=account.industry``) take
them. Who may not see a record, or a field of it, learns nothing of it through a record that points there.
"""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from typing import Any, TypeVar
from uuid import UUID

from django.db.models import Exists, Expression, F, FilteredRelation, OuterRef, Q, QuerySet, Subquery
from django.utils.functional import cached_property

from customobjects import access
from customobjects.models import Record, RecordLink
from customobjects.queries.objects import find_schema
from customobjects.schema import Schema, SchemaField
from customobjects.storage.dialect import found_by_id
from salesos.accounts.actor import Actor
from salesos.errors import NotFound

R = TypeVar("R", bound=QuerySet[Record, Any])


@dataclass(frozen=True, eq=False)
class Step:
    """A lookup, and the schema at its other end, as the actor sees it."""

    lookup: SchemaField
    schema: Schema
    actor: Actor

    @classmethod
    def through(cls, actor: Actor, lookup: SchemaField) -> Step | None:
        """The step that an actor takes through a lookup, or None where nothing there exists for them. One query."""
        try:
            schema = find_schema(actor, str(lookup.target_id))
        except NotFound:
            return None
        return cls(lookup, schema, actor) if access.can_read(actor, schema) else None

    @cached_property
    def cache_key(self) -> Hashable:
        """What tells steps apart, in this process: where it leads, and who sees what there."""
        return self.lookup.id, self.schema.cache_key, access.rights(self.actor, self.schema)

    @cached_property
    def _sees(self) -> Actor:
        return access.with_parameters(self.actor)

    def leads_to(self, found: Q) -> Q:
        """The records whose lookup points at a record, or at one of several, that fits."""
        targets = access.visible_records(self._sees, self.schema).filter(found)
        links = RecordLink.objects.filter(field_id=self.lookup.id, target_id__in=targets.values("id"))
        return Q(id__in=links.values("source_id"))

    def has(self, found: Q) -> Exists:
        """Whether the lookup of the record that a query is at points at a record that fits."""
        return Exists(self._targets().filter(found))

    def value(self, expression: Any, field: Any) -> Subquery:
        """What an expression is for the record that a lookup to one points at: asked for each record by itself."""
        found = self._targets().annotate(found=expression).values("found")
        return Subquery(found[:1], output_field=field)

    def _targets(self) -> QuerySet[Record]:
        links = {"links_in__field_id": self.lookup.id, "links_in__source_id": OuterRef("id")}
        return found_by_id(access.visible_records(self._sees, self.schema)).filter(**links)

    # Joined, so that a query can begin at the other end ----------------------------------------------------------

    def joined(self, records: R, name: str) -> R:
        """Records with what their lookup points at, or without, under a name for ``reached`` and ``is_reached``."""
        links = FilteredRelation("links_out", condition=Q(links_out__field_id=self.lookup.id))
        return records.annotate(**{name: links})  # type: ignore[return-value]

    def is_reached(self, name: str) -> Q:
        """The condition that there is such a record for the actor."""
        return access.are_visible(self._sees, self.schema, f"{name}__target")

    @staticmethod
    def reached(expression: Any, name: str) -> Any:
        """An expression of a record's columns, as one of the columns of the record that is joined."""
        return _moved(expression, f"{name}__target")


def _moved(expression: Any, relation: str) -> Any:
    if isinstance(expression, F):
        return F(f"{relation}__{expression.name}")  # type: ignore[attr-defined]
    if not isinstance(expression, Expression):
        return expression
    moved = expression.copy()
    moved.set_source_expressions([_moved(part, relation) for part in expression.get_source_expressions()])
    return moved


class Steps:
    """The steps that an actor takes within one request: what a lookup leads to is looked for once."""

    def __init__(self, actor: Actor) -> None:
        self._actor = actor
        self._found: dict[UUID, Step | None] = {}

    def through(self, lookup: SchemaField) -> Step | None:
        """As ``Step.through``. One query, the first time."""
        if lookup.id not in self._found:
            self._found[lookup.id] = Step.through(self._actor, lookup)
        return self._found[lookup.id]

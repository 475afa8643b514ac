"""An object's own records by id, in words that keep PostgreSQL in the object's own index."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models.sql.compiler import SQLCompiler

# What an object's records are sorted by, where it is by id: what the object's own index begins with.
BY_ID: Sequence[str] = ("custom_object_id", "id")


class OfObject(models.Func):
    """The condition for the records of an object, where they are sorted by ``BY_ID``.

    To PostgreSQL, all records that equal one object are in the order of the primary key, too. It does not know that an
    object's records lie together in time, and would walk through those of all others to find the first. An array of one
    is no equality to it: who sorts by the object first, then, as ``BY_ID`` does, gets an index that begins with it.
    Planning that takes longer, so where the index of a column has the order, its records are those that equal.
    """

    output_field = models.BooleanField()
    arg_joiner = " = "
    template = "%(expressions)s"

    def __init__(self, object_id: UUID) -> None:
        super().__init__(models.F("custom_object_id"), models.Value(object_id, models.UUIDField()))

    def as_postgresql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **context: Any) -> Any:
        return self.as_sql(compiler, connection, template="%(expressions)s])", arg_joiner=" = ANY(ARRAY[", **context)

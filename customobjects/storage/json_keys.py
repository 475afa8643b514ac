"""The names in a JSON object, of which the database sends no value."""

from __future__ import annotations

from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Func, JSONField
from django.db.models.sql.compiler import SQLCompiler


class JSONKeys(Func):
    """A list of the names in a JSON object; None or an empty list, where there is none."""

    output_field = JSONField()

    def as_postgresql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **context: Any) -> Any:
        template = "(SELECT jsonb_agg(name) FROM jsonb_object_keys(%(expressions)s) AS name)"
        return self.as_sql(compiler, connection, template=template, **context)

    def as_sqlite(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **context: Any) -> Any:
        template = "(SELECT json_group_array(key) FROM json_each(%(expressions)s))"
        return self.as_sql(compiler, connection, template=template, **context)

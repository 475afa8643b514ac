"""Typed columns: the columns of the record table that mirror fields' values for filtering and sorting.

This is the one place that knows how the databases differ in what a column holds: PostgreSQL compares texts by bytes
when it is told to and has exact decimals; SQLite compares texts by bytes anyway and gets its decimals as texts of
fixed length that sort as the numbers do.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper

from customobjects.fieldtypes import ColumnKind
from customobjects.fieldtypes.folding import MAX_KEY_LENGTH
from customobjects.fieldtypes.keys import DECIMAL_PLACES, INTEGER_DIGITS, number_text, text_number


class TextColumn(models.CharField):
    """A folded text, compared by bytes: the same order in every database, and an index that serves prefixes."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"max_length": MAX_KEY_LENGTH, "null": True, "editable": False, **options})

    def db_parameters(self, connection: BaseDatabaseWrapper) -> dict[str, Any]:
        collation = "C" if connection.vendor == "postgresql" else None
        return {**super().db_parameters(connection), "collation": collation}


class NumberColumn(models.DecimalField):
    """An exact decimal."""

    def __init__(self, **options: Any) -> None:
        sizes = {"max_digits": INTEGER_DIGITS + DECIMAL_PLACES, "decimal_places": DECIMAL_PLACES}
        super().__init__(**{**sizes, "null": True, "editable": False, **options})

    def get_internal_type(self) -> str:
        # Not Django's DecimalField, whose values SQLite's backend converts through floats.
        return "NumberColumn"

    def db_type(self, connection: BaseDatabaseWrapper) -> str:
        return "text" if connection.vendor == "sqlite" else f"numeric({self.max_digits}, {self.decimal_places})"

    def get_db_prep_value(self, value: Any, connection: BaseDatabaseWrapper, prepared: bool = False) -> Any:
        if connection.vendor == "sqlite" and isinstance(value, int | Decimal):
            return number_text(Decimal(value))
        return value

    def get_db_prep_save(self, value: Any, connection: BaseDatabaseWrapper) -> Any:
        return value if hasattr(value, "as_sql") else self.get_db_prep_value(value, connection)

    def from_db_value(self, value: Any, expression: object, connection: BaseDatabaseWrapper) -> Decimal | None:
        return text_number(value) if isinstance(value, str) else value


class MomentColumn(models.DateTimeField):
    """A moment in UTC."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"null": True, "editable": False, **options})


COLUMN_CLASSES: dict[ColumnKind, type[models.Field]] = {
    ColumnKind.TEXT: TextColumn,
    ColumnKind.NUMBER: NumberColumn,
    ColumnKind.MOMENT: MomentColumn,
}
COLUMN_COUNTS = {ColumnKind.TEXT: 12, ColumnKind.NUMBER: 8, ColumnKind.MOMENT: 6}
COLUMNS: dict[ColumnKind, tuple[str, ...]] = {
    kind: tuple(f"{kind}_{place}" for place in range(1, count + 1)) for kind, count in COLUMN_COUNTS.items()
}
ALL_COLUMNS: tuple[str, ...] = tuple(name for names in COLUMNS.values() for name in names)


class TypedColumns(models.Model):
    """The columns themselves: ``text_1`` … ``moment_6``."""

    class Meta:
        abstract = True


for _kind, _names in COLUMNS.items():
    for _name in _names:
        TypedColumns.add_to_class(_name, COLUMN_CLASSES[_kind]())


def column_indexes() -> list[models.Index]:
    """One static index for each column, over the records in which it is set: others cost it nothing."""
    return [
        models.Index(
            fields=["custom_object", name, "id"],
            condition=models.Q(deleted_at__isnull=True, **{f"{name}__isnull": False}),
            name=f"record_{name}",
        )
        for name in ALL_COLUMNS
    ]

"""What every check of the doctor is: it finds damage, and mends what can be mended without a person."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar, Generic, TypeVar
from uuid import UUID

from django.db.models import QuerySet

from customobjects.models import CustomObject, Field, Record
from customobjects.models.columns import ALL_COLUMNS
from customobjects.schema import Schema


@dataclass(frozen=True)
class Damage:
    """One thing that is wrong.

    ``what`` says what it is, in the same words for all of its kind; ``where`` names the one, such as by a record's id.
    ``key`` tells it from others with the same ``what`` and ``where``. ``record_id`` is the record to look at again.
    """

    what: str
    where: str = ""
    record_id: UUID | None = None
    can_be_mended: bool = True
    key: Any = None

    @classmethod
    def of_record(cls, what: str, record_id: UUID, *, can_be_mended: bool = True, key: Any = None) -> Damage:
        """Damage of one record, which its id names."""
        return cls(what, str(record_id), record_id, can_be_mended, key)


class Definition:
    """An object, and what it says of its records, as they are now in the database."""

    def __init__(self, custom_object: CustomObject) -> None:
        self.custom_object = custom_object

    @property
    def id(self) -> UUID:
        """The object's id."""
        return self.custom_object.id

    @cached_property
    def fields(self) -> list[Field]:
        """All rows of fields, deleted ones among them. One query."""
        return list(self.custom_object.fields.order_by("order", "number"))

    @cached_property
    def deleted_fields(self) -> list[Field]:
        """The fields that are deleted and not purged yet: records may still hold what they had of them."""
        return [field for field in self.fields if field.deleted_at is not None]

    @cached_property
    def schema(self) -> Schema:
        """The compiled schema, of the same fields."""
        return Schema.compile(self.custom_object, self.fields)


# Stands for a key of a typed column that is none, which SQLite lets be there.
UNREADABLE: Any = object()


def read_records(records: QuerySet[Record], ids: Collection[UUID]) -> list[Record]:
    """Some records by id. One query, and one more for each where one has a typed column that cannot be read."""
    found = records.filter(id__in=ids, deleted_at=None).order_by("id")
    try:
        return list(found)
    except (ValueError, ArithmeticError):
        return [record for id_ in sorted(ids) for record in _read_one(found.filter(id=id_))]


def _read_one(record: QuerySet[Record]) -> list[Record]:
    try:
        return list(record)
    except (ValueError, ArithmeticError):
        found = list(record.defer(*ALL_COLUMNS))
        for read in found:
            for name in ALL_COLUMNS:
                setattr(read, name, UNREADABLE)
        return found


@dataclass(frozen=True)
class Batch:
    """Some records of an object that are not deleted, by id. Where they are locked, they stay as they are."""

    definition: Definition
    records: Sequence[Record]

    @property
    def schema(self) -> Schema:
        """The compiled schema of the object."""
        return self.definition.schema

    @cached_property
    def sound(self) -> list[Record]:
        """Those whose ``data`` is an object of JSON; the others only ``values`` tells of."""
        return [record for record in self.records if isinstance(record.data, dict)]


S = TypeVar("S")


class Check(ABC, Generic[S]):
    """One kind of check. Its ``key`` is what ``--only`` calls it.

    What it looks at is given to ``find`` twice: first unlocked, as others write meanwhile; and, where it found
    something, again and locked. Only what it finds then counts, and is given to ``mend`` in the same transaction.
    ``find`` takes a number of statements that does not hang on how much it is given.
    """

    key: ClassVar[str]

    @abstractmethod
    def find(self, subject: S) -> Iterable[Damage]:
        """What is wrong with the subject."""

    def mend(self, subject: S, found: Sequence[Damage]) -> None:
        """Mend what was found and can be mended."""
        raise NotImplementedError


class ServerCheck(Check[None]):
    """A check of what all objects share."""


class ObjectCheck(Check[Definition]):
    """A check of an object's own rows."""


class RecordCheck(Check[Batch]):
    """A check of records, batch by batch."""

    # Whether it can say nothing while all keys are made anew (``services.rederivation``).
    needs_derived: ClassVar[bool] = True

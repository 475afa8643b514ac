"""What people write into cells, as inputs: in their own language, and with names in the place of ids."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any
from uuid import UUID

from customobjects.fieldtypes import ReferenceKind, ValueProblem
from customobjects.fieldtypes.lists import split_text
from customobjects.queries.named import Called, Read, records_called, users_called
from customobjects.queries.objects import as_uuid, find_schema
from customobjects.schema import Schema, SchemaField
from salesos.accounts.actor import Actor
from salesos.errors import quoted
from salesos.spreadsheets import unescaped


class Writing:
    """Reads what an actor wrote into cells of one object's fields; what all of them name is looked for together.

    Two queries or three for each object that lookups point at, and one for people, however many cells there are.
    """

    def __init__(
        self, actor: Actor, schema: Schema, read: Read, rows: Iterable[Iterable[tuple[SchemaField, str]]]
    ) -> None:
        """``rows`` have all cells that ``input`` will be asked for. ``read`` is as ``services.paste`` takes it."""
        self._read = read
        names: dict[UUID, set[str]] = defaultdict(set)
        people: set[str] = set()
        for row in rows:
            for field, text in row:
                if field.type.reference_kind is ReferenceKind.USER:
                    people.update(_called(field, text))
                elif field.type.reference_kind is ReferenceKind.RECORD and field.target_id is not None:
                    names[field.target_id].update(_called(field, text))
        self._records: dict[UUID, Called] = {}
        self._targets: dict[UUID, Schema] = {}
        for target_id, texts in names.items():
            if texts:
                target = self._targets[target_id] = find_schema(actor, str(target_id))
                self._records[target_id] = records_called(actor, target, texts, read)
        self._people = users_called(actor, people)

    def input(self, field: SchemaField, cell: str, current: Any) -> Any:
        """The input that a cell stands for, or None where it is empty, whose record holds ``current``.

        Raises ``ValueProblem``, whose message completes a sentence that begins with the field's name.
        """
        text = unescaped(cell)
        if not text.strip():
            return None
        if field.type.reference_kind is not None:
            ids = [self._id(field, part) for part in _parts(field, text)]
            return ids if field.type.multiple else ids[0]
        try:
            value = field.type.from_cell(self._read(field, text))
        except ValueProblem:
            raise
        except ValueError as error:
            raise ValueProblem("type", str(error)) from error
        # Told at the cell, and before anything is tried.
        return field.type.clean(value, current)

    def _id(self, field: SchemaField, text: str) -> Any:
        if _is_told(text):
            return field.type.from_text(text)
        is_user = field.type.reference_kind is ReferenceKind.USER
        found = (self._people if is_user else self._records.get(field.target_id, {})).get(text, [])  # type: ignore[arg-type]
        if len(found) == 1:
            return str(found[0])
        what = "active users" if is_user else "records"
        if found:
            better = "an e-mail address" if is_user else "a unique value"
            raise ValueProblem("ambiguous", f"names one of several {what} called {quoted(text)}; use {better}")
        if is_user:
            raise ValueProblem("not_found", nobody_called(text))
        raise ValueProblem("not_found", f"names none of the {what} there are: nothing is called {quoted(text)}")


def nobody_called(text: str) -> str:
    """That nobody has a name or an e-mail address, as what completes a sentence that begins with a field's name."""
    if "@" in text:
        return f"names nobody: nobody here has the address {quoted(text)}, and nobody is invited by it"
    return f"names nobody: nobody here is called {quoted(text)}; who is invited has only an address yet"


def _parts(field: SchemaField, text: str) -> list[str]:
    return split_text(text) if field.type.multiple else [text.strip()]


def _called(field: SchemaField, cell: str) -> list[str]:
    """What of a cell is looked for."""
    return [part for part in _parts(field, unescaped(cell)) if part and not _is_told(part)]


def _is_told(text: str) -> bool:
    """Whether a text is an id, or says in JSON what it is, so that services find it by themselves."""
    return as_uuid(text) is not None or text.startswith("{")

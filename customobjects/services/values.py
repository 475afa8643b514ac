"""From what a caller sends to the values that a record holds."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.utils import timezone

from customobjects.fieldtypes import ValueProblem
from customobjects.schema import Schema, SchemaField
from salesos import json
from salesos.accounts.actor import Actor
from salesos.errors import MAX_QUOTED, Problem, ValidationError, alternatives, first_problems, quoted


def starting_values(actor: Actor, schema: Schema) -> dict[str, Any]:
    """What a new record that the actor makes now starts with, by ``data_key``: the fields' defaults."""
    start = dict(schema.defaults)
    for field in schema.dynamic_defaults:
        start[field.data_key] = field.type.dynamic_value(timezone.now(), str(actor.user_id))
    return start


def merge(
    actor: Actor, schema: Schema, current: Mapping[str, Any] | None, incoming: Mapping[str, Any]
) -> dict[str, Any]:
    """The values that a record holds after a change, by ``data_key``.

    ``current`` is what it holds now, or None for a new record, which starts with the fields' defaults; ``incoming``
    has any input by apiName, or the ``ValueProblem`` that came of it. What ``incoming`` does not name stays; null and
    empty inputs clear.
    Raises ``ValidationError`` with every problem there is, at ``data.<apiName>``.
    """
    problems: list[Problem] = []
    if not incoming.keys() <= schema.by_name.keys():
        problems = first_problems(_unknown(schema, name) for name in incoming if name not in schema.by_name)
    merged = starting_values(actor, schema) if current is None else dict(current)
    for field in schema.fields:
        if field.api_name not in incoming:
            continue
        held = (current or {}).get(field.data_key)
        try:
            value = cleaned(field, incoming[field.api_name], held)
        except ValueProblem as problem:
            problems.append(at(field, problem.code, problem.message))
            continue
        if value is None:
            merged.pop(field.data_key, None)
        elif held is None or not field.type.is_same(value, held):
            merged[field.data_key] = value
    refused = {problem.field for problem in problems}
    for field in schema.required:
        if _is_blank(merged.get(field.data_key)) and f"data.{field.api_name}" not in refused:
            problems.append(at(field, "required", "is required"))
    if problems:
        raise ValidationError(problems)
    _require_size(merged)
    return merged


def _require_size(values: Mapping[str, Any]) -> None:
    if len(json.dumps_bytes(values)) > settings.MAX_RECORD_BYTES:
        limit = settings.MAX_RECORD_BYTES // 1024
        raise ValidationError.of(f"data must not be larger than {limit} KB in all", field="data", code="max_size")


def at(field: SchemaField, code: str, message: str) -> Problem:
    """A problem with a field's value; ``message`` completes a sentence that begins with the field's name."""
    return Problem(f"data.{field.api_name}", code, f"{field.api_name} {message}")


def cleaned(field: SchemaField, value: Any, current: Any = None) -> Any:
    """The canonical value of an input, or of the problem that came of it. Raises ``ValueProblem``."""
    if isinstance(value, ValueProblem):
        raise value
    if not field.type.writable and field.type.is_empty(value):
        return current
    return field.type.clean(value, current)


def _is_blank(value: Any) -> bool:
    return value is None or (isinstance(value, str) and not value.strip())


def _unknown(schema: Schema, name: object) -> Problem:
    message = f"{schema.api_name} has no field {quoted(name)}; it has {alternatives(schema.by_name)}"
    return Problem(f"data.{str(name)[:MAX_QUOTED]}", "unknown", message)

"""Writing many records of an object in one request."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from types import NoneType
from typing import Any
from uuid import UUID

import orjson
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request

from customobjects.api.base import ObjectViewSet, RecordSerializer
from customobjects.api.parameters import MAX_SEARCH_CHARACTERS
from customobjects.queries.objects import as_uuid
from customobjects.queries.selection import RecordRequest
from customobjects.services.bulk import MAX_OPERATIONS, run_operations
from customobjects.services.bulk_by_filter import Outcome, change_all, delete_all
from customobjects.services.descriptions import REF
from customobjects.services.naming import MAX_LENGTH as API_NAME_LENGTH
from customobjects.services.operations import Kind, Operation
from salesos.errors import MAX_PROBLEMS, MAX_QUOTED, MORE_PROBLEMS, DomainError, alternatives
from salesos.rest import exceptions
from salesos.rest.renderers import RenderedResponse
from salesos.rest.serializers import Boolean, JSONObject, StrictSerializer, Text, body_of

TEXT_SCHEMA = {"type": "string"}
MAX_REF_CHARACTERS = 100
# The properties that operations have beside ``op``: what JSON each is, and its schema.
OPERATION_PROPERTIES: dict[str, tuple[type | tuple[type, ...], dict[str, Any]]] = {
    "id": (str, {"type": "string", "format": "uuid"}),
    "data": (dict, {"type": "object", "additionalProperties": True}),
    "by": ((str, list), {"oneOf": [TEXT_SCHEMA, {"type": "array", "items": TEXT_SCHEMA, "minItems": 1}]}),
    "ownerId": ((str, NoneType), {"type": ["string", "null"], "format": "uuid"}),
    "version": (int, {"type": "integer", "minimum": 0}),
    "createdAt": (str, {"type": "string", "format": "date-time"}),
    "createdBy": ((str, NoneType), {"type": ["string", "null"], "format": "uuid"}),
    REF: (str, {"type": "string", "minLength": 1, "maxLength": MAX_REF_CHARACTERS}),
}
# What each kind of operation may have of them, and what it must.
PROPERTIES_OF_KIND = {
    Kind.CREATE: ({"data", "ownerId", "createdAt", "createdBy", REF}, {"data"}),
    Kind.UPDATE: ({"id", "data", "ownerId", "version", REF}, {"id"}),
    Kind.UPSERT: ({"id", "by", "data", "ownerId", "version", "createdAt", "createdBy", REF}, {"data"}),
    Kind.DELETE: ({"id", "version"}, {"id"}),
}


def _operation_schema(kind: Kind) -> dict[str, Any]:
    allowed, required = PROPERTIES_OF_KIND[kind]
    properties = {name: OPERATION_PROPERTIES[name][1] for name in sorted(allowed)}
    return {
        "type": "object",
        "properties": {"op": {"type": "string", "enum": [kind.value]}, **properties},
        "required": ["op", *sorted(required)],
        "additionalProperties": False,
    }


OPERATION_SCHEMA = {"oneOf": [_operation_schema(kind) for kind in Kind]}


@extend_schema_field({"type": "array", "items": OPERATION_SCHEMA, "minItems": 1, "maxItems": MAX_OPERATIONS})
class Operations(serializers.Field):
    """The list of operations. A serializer for each of a thousand would take longer than storing them."""

    default_error_messages = {
        "list": f"Must be a list of 1 to {MAX_OPERATIONS} operations.",
        "op": "Operation {place}: op must be one of create, update, upsert, delete.",
        "unknown": "Operation {place}: {op} has no property {name!r}; it has {there}.",
        "missing": "Operation {place}: {op} needs {name}.",
        "type": "Operation {place}: {name} is malformed.",
        "one": "Operation {place}: upsert finds its record by id or by a unique key, not by both.",
    }

    def to_internal_value(self, data: Any) -> list[Operation]:
        if not isinstance(data, list) or not 0 < len(data) <= MAX_OPERATIONS:
            self.fail("list")
        return [self._operation(place, raw) for place, raw in enumerate(data)]

    def _operation(self, place: int, raw: Any) -> Operation:
        op = raw.get("op") if isinstance(raw, dict) else None
        if not isinstance(op, str) or op not in PROPERTIES_OF_KIND:
            self.fail("op", place=place)
        kind = Kind(op)
        self._check(place, kind, raw)
        data, record_id, version = raw.get("data", {}), raw.get("id"), raw.get("version")
        operation = Operation(kind, data, record_id, self._by(place, raw), if_version=version)
        if "ownerId" in raw:
            operation.owner_id = self._user_id(place, "ownerId", raw["ownerId"])
        if "createdBy" in raw:
            operation.created_by = self._user_id(place, "createdBy", raw["createdBy"])
        operation.created_at = raw.get("createdAt")
        if REF in raw:
            operation.ref = raw[REF]
            if not 0 < len(raw[REF]) <= MAX_REF_CHARACTERS:
                self.fail("type", place=place, name=REF)
        return operation

    def _check(self, place: int, kind: Kind, raw: dict[str, Any]) -> None:
        """Hold an operation's properties against those that its kind has."""
        allowed, required = PROPERTIES_OF_KIND[kind]
        for name, value in raw.items():
            if name == "op":
                continue
            if name not in allowed:
                self.fail(
                    "unknown", place=place, op=kind, name=str(name)[:MAX_QUOTED], there=alternatives(sorted(allowed))
                )
            json_type, _schema = OPERATION_PROPERTIES[name]
            if not isinstance(value, json_type) or isinstance(value, bool):
                self.fail("type", place=place, name=name)
        for name in required:
            if name not in raw:
                self.fail("missing", place=place, op=kind, name=name)

    def _by(self, place: int, raw: dict[str, Any]) -> list[str]:
        """The names of a unique key's fields: a list of texts, or one text with commas."""
        if "by" not in raw:
            return []
        names = raw["by"].split(",") if isinstance(raw["by"], str) else raw["by"]
        if not names or not all(isinstance(name, str) and 0 < len(name) <= API_NAME_LENGTH for name in names):
            self.fail("type", place=place, name="by")
        if "id" in raw:
            self.fail("one", place=place)
        return [name.strip() for name in names]

    def _user_id(self, place: int, name: str, raw: str | None) -> UUID | None:
        id_ = None if raw is None else as_uuid(raw)
        if id_ is None and raw is not None:
            self.fail("type", place=place, name=name)
        return id_


class BulkSerializer(StrictSerializer):
    operations = Operations()
    atomic = Boolean(required=False, default=True, help_text="All or nothing.")


@extend_schema_field({"$ref": "#/components/schemas/Error"})
class ErrorBody(serializers.Field):
    """An error in the one error shape."""


class OperationResultSerializer(StrictSerializer):
    """What came of one operation: the record, or the error. A deleted or unchanged one has its id only.

    So has each where the scope `read` is missing.
    """

    left_out = frozenset({"id", "record", "error"})

    index = serializers.IntegerField(read_only=True)
    status = serializers.IntegerField(read_only=True)
    id = serializers.UUIDField(read_only=True)
    record = RecordSerializer(read_only=True)
    error = ErrorBody(read_only=True)


class BulkMetaSerializer(StrictSerializer):
    succeeded = serializers.IntegerField(read_only=True)
    failed = serializers.IntegerField(read_only=True)


class BulkResultSerializer(StrictSerializer):
    data = OperationResultSerializer(many=True, read_only=True)  # type: ignore[assignment]
    meta = BulkMetaSerializer(read_only=True)


class BulkDeleteSerializer(StrictSerializer):
    """All records that fit. An empty filter is all of the object's."""

    filter = JSONObject(help_text='`{"status": "retired"}`; `{}` is every record')
    search = Text(max_length=MAX_SEARCH_CHARACTERS, required=False, allow_blank=True, default="")
    dry_run = Boolean(required=False, default=False)


class BulkChangeSerializer(BulkDeleteSerializer):
    data = JSONObject()  # type: ignore[assignment]


class FailureSerializer(StrictSerializer):
    id = serializers.UUIDField(read_only=True)
    status = serializers.IntegerField(read_only=True)
    error = ErrorBody(read_only=True)


class OutcomeSerializer(StrictSerializer):
    """What came, or with ``dryRun`` would come, of it; ``failures`` are the first records that it does not fit."""

    matched = serializers.IntegerField(read_only=True)
    changed = serializers.IntegerField(read_only=True)
    dry_run = serializers.BooleanField(read_only=True)
    failures = FailureSerializer(many=True, read_only=True)


STATUS_BY_KIND = {Kind.CREATE: 201, Kind.UPDATE: 200, Kind.UPSERT: 200, Kind.DELETE: 204}


class BulkActions(ObjectViewSet):
    """The actions on a list of records that write many of them."""

    @extend_schema("bulkRecords", tags=["Bulk"], request=BulkSerializer, responses=BulkResultSerializer)
    @action(detail=False, methods=["post"])
    def bulk(self, request: Request, object_reference: str) -> RenderedResponse:
        """Create, update, upsert and delete up to 1,000 records.

        Operations are done in their order. With `atomic` (the default) all of them or none; without, each
        answers for itself, in the same order, errors in the one error shape; when these have listed 50 problems
        together, each of the others lists its first.
        """
        given = body_of(request, BulkSerializer)
        operations: list[Operation] = given["operations"]
        run_operations(self.actor, object_reference, operations, atomic=given["atomic"])
        failed = sum(operation.error is not None for operation in operations)
        return RenderedResponse(
            {
                "data": list(_results_json(operations)),
                "meta": {"succeeded": len(operations) - failed, "failed": failed},
            }
        )

    @extend_schema("bulkChangeRecords", tags=["Bulk"], request=BulkChangeSerializer, responses=OutcomeSerializer)
    @action(detail=False, methods=["post"], url_path="bulk-update")
    def bulk_update(self, request: Request, object_reference: str) -> RenderedResponse:
        """Change all records that a filter finds.

        All or nothing, at most 10,000. With `dryRun` it is judged and counted, and nothing is changed.
        """
        given = body_of(request, BulkChangeSerializer)
        asked = RecordRequest(tree=given["filter"], search=given["search"])
        done = change_all(self.actor, object_reference, asked, given["data"], dry_run=given["dry_run"])
        return RenderedResponse(_outcome_json(done, dry_run=given["dry_run"]))

    @extend_schema("bulkDeleteRecords", tags=["Bulk"], request=BulkDeleteSerializer, responses=OutcomeSerializer)
    @action(detail=False, methods=["post"], url_path="bulk-delete")
    def bulk_delete(self, request: Request, object_reference: str) -> RenderedResponse:
        """Delete all records that a filter finds.

        All or nothing, at most 10,000. With `dryRun` it is judged and counted, and nothing is deleted.
        """
        given = body_of(request, BulkDeleteSerializer)
        asked = RecordRequest(tree=given["filter"], search=given["search"])
        done = delete_all(self.actor, object_reference, asked, dry_run=given["dry_run"])
        return RenderedResponse(_outcome_json(done, dry_run=given["dry_run"]))


def _results_json(operations: Iterable[Operation]) -> Iterator[dict[str, Any]]:
    room = MAX_PROBLEMS
    for place, operation in enumerate(operations):
        if operation.error is not None:
            yield {"index": place, **_failure_json(operation.error, room)}
            room -= len(operation.error.problems)
            continue
        status = 201 if operation.is_new else STATUS_BY_KIND[operation.kind]
        done: dict[str, Any] = {"index": place, "status": status, "id": operation.id}
        if operation.document:
            done["record"] = orjson.Fragment(operation.document)
        yield done


def _outcome_json(done: Outcome, *, dry_run: bool) -> dict[str, Any]:
    failures, room = [], MAX_PROBLEMS
    for id_, error in done.failures:
        failures.append({"id": id_, **_failure_json(error, room)})
        room -= len(error.problems)
    return {"matched": done.matched, "changed": done.changed, "dryRun": dry_run, "failures": failures}


def _failure_json(error: DomainError, room: int) -> dict[str, Any]:
    """An error with as many of its problems as there is room for, and the first in any case."""
    status = int(exceptions.STATUS_OF[type(error)])
    listed = error.problems[: max(room, 1)]
    more = () if len(listed) == len(error.problems) else (MORE_PROBLEMS,)
    return {"status": status, "error": exceptions.body(status, (*listed, *more))}

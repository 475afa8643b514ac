"""The OpenAPI document of one object: the paths of its records, with its fields as they are.

It is made of the document of everything: what that says of any object's records is said of this one's.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from copy import deepcopy
from functools import cache
from typing import Any

from customobjects.queries.operators import operators_of
from customobjects.schema import Schema, SchemaField
from salesos import json
from salesos.views import openapi_document

OBJECT_PATH = "/v1/custom-objects/{id}"
RECORDS_PATH = f"{OBJECT_PATH}/records"
REFERENCE = "#/components/schemas/"
# What is sent to make a record must have the required fields; what changes one need not.
NEW, CHANGED, READ = "RecordCreateRequest", "PatchedRecordChangeRequest", "Record"
# The path on which lists take a filter for each field, as parameters of the query.
FILTERED = (RECORDS_PATH, "get")


def document_of(schema: Schema) -> dict[str, Any]:
    """The OpenAPI document of an object's records."""
    whole = _whole()
    paths = {
        path.replace("{id}", schema.api_name, 1): {
            method: _operation(schema, path, method, operation) for method, operation in operations.items()
        }
        for path, operations in whole["paths"].items()
        if path.startswith(RECORDS_PATH)
    }
    schemas = {
        name: deepcopy(whole["components"]["schemas"][name]) for name in sorted(_named_in(paths, whole["components"]))
    }
    for name, is_new in ((NEW, True), (CHANGED, False), (READ, False)):
        schemas[name]["properties"]["data"] = _data(schema, is_new=is_new, is_read=name == READ)
    return {
        **{name: part for name, part in whole.items() if name not in ("paths", "components", "tags")},
        "info": {**whole["info"], "title": schema.plural_name, "version": str(schema.version)},
        "paths": paths,
        "components": {**whole["components"], "schemas": schemas},
    }


@cache
def _whole() -> dict[str, Any]:
    document: dict[str, Any] = json.loads(openapi_document().decode())
    return document


def _operation(schema: Schema, path: str, method: str, operation: Mapping[str, Any]) -> dict[str, Any]:
    """An operation without the parameter for the object, which its path names."""
    done = deepcopy(dict(operation))
    kept = [one for one in done.get("parameters", ()) if (one["in"], one["name"]) != ("path", "id")]
    if (path, method) == FILTERED:
        kept += [parameter for field in schema.fields for parameter in _filters(field)]
    if kept or "parameters" in done:
        done["parameters"] = kept
    return done


def _filters(field: SchemaField) -> Iterator[dict[str, Any]]:
    """The parameters by which a list is filtered by a field: one for each operator that its type has."""
    for operator in operators_of(field.type):
        name = field.api_name if operator == "exact" else f"{field.api_name}__{operator}"
        yield {"in": "query", "name": name, "schema": {"type": "string"}, "description": f"Filter: {field.label}."}


def _data(schema: Schema, *, is_new: bool, is_read: bool) -> dict[str, Any]:
    """The JSON Schema of a record's values, by apiName."""
    fields = [field for field in schema.fields if is_read or field.type.writable]
    described: dict[str, Any] = {
        "type": "object",
        "properties": {field.api_name: _value(field) for field in fields},
        "additionalProperties": False,
    }
    required = [field.api_name for field in fields if field.is_required and field.default is None and is_new]
    return {**described, "required": required} if required else described


def _value(field: SchemaField) -> dict[str, Any]:
    value = {"title": field.label, **field.type.json_schema()}
    if field.help_text:
        value["description"] = field.help_text
    if not field.type.writable:
        value["readOnly"] = True
    if field.is_required:
        return value
    if isinstance(value.get("type"), str) and "enum" not in value:
        return {**value, "type": [value["type"], "null"]}
    return {"anyOf": [value, {"type": "null"}]}


def _named_in(part: Any, components: Mapping[str, Any]) -> set[str]:
    """The names of all schemas that a part of the document refers to, and those that these refer to."""
    found: set[str] = set()
    open_ = [part, {name: those for name, those in components.items() if name != "schemas"}]
    while open_:
        one = open_.pop()
        if isinstance(one, list):
            open_ += one
        elif isinstance(one, Mapping):
            reference = one.get("$ref")
            if isinstance(reference, str) and reference.startswith(REFERENCE):
                name = reference.removeprefix(REFERENCE)
                if name not in found:
                    found.add(name)
                    open_.append(components["schemas"][name])
            open_ += one.values()
            if isinstance(mapping := one.get("mapping"), Mapping):
                open_ += [{"$ref": target} for target in mapping.values()]
    return found

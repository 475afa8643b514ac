"""What the OpenAPI document says of fields: which options and properties each type has."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

from customobjects.fieldtypes import TYPES, FieldType


def describe_fields(result: dict[str, Any], generator: Any, request: Any, public: bool) -> dict[str, Any]:
    """Postprocessing hook of drf-spectacular: a new field is one of as many shapes as there are types."""
    schemas = result["components"]["schemas"]
    common = schemas["FieldCreateRequest"]
    shapes = {}
    for key, type_ in TYPES.items():
        name = f"Field{key.title().replace('_', '')}Request"
        shapes[key] = f"#/components/schemas/{name}"
        schemas[name] = _shape(common, type_)
    schemas["FieldCreateRequest"] = {
        "description": "A new field; its type decides which options there are.",
        "oneOf": [{"$ref": reference} for reference in shapes.values()],
        "discriminator": {"propertyName": "type", "mapping": shapes},
    }
    result["components"]["schemas"] = dict(sorted(schemas.items()))
    return result


def _shape(common: dict[str, Any], type_: type[FieldType]) -> dict[str, Any]:
    shape = deepcopy(common)
    shape["description"] = type_.description
    properties = shape["properties"]
    properties["type"] = {"type": "string", "enum": [type_.key]}
    properties["options"] = type_.options_schema()
    if not type_.can_be_unique:
        properties["isUnique"] = {"type": "boolean", "enum": [False]}
    if not type_.can_have_default:
        properties["defaultValue"] = {"type": "null"}
    shape["required"] = sorted({*common["required"], *(["options"] if "required" in properties["options"] else [])})
    return shape

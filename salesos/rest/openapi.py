"""The OpenAPI document: what drf-spectacular finds, and what every operation of ours has beside it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from drf_spectacular.openapi import AutoSchema
from drf_spectacular.plumbing import get_doc
from drf_spectacular.utils import OpenApiParameter

from salesos.idempotency import keys
from salesos.idempotency.retries import METHODS

ERROR_SCHEMA = {
    "type": "object",
    "description": "The one shape of every error.",
    "properties": {
        "statusCode": {"type": "integer"},
        "error": {"type": "string"},
        "message": {"type": "array", "items": {"type": "string"}},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {
                    "field": {"type": "string", "description": "The property's path, empty where none is to blame."},
                    "code": {"type": "string", "description": "Stable, for programs."},
                    "message": {"type": "string", "description": "A sentence for people."},
                },
                "required": ["field", "code", "message"],
                "additionalProperties": False,
            },
        },
    },
    "required": ["statusCode", "error", "message", "errors"],
    "additionalProperties": False,
}

ERROR_CONTENT = {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}}
STATUS_DESCRIPTIONS = {
    "400": "Malformed, or against a rule; `errors` names each property.",
    "401": "Not authenticated.",
    "403": "Authenticated, and not allowed.",
    "404": "There is no such thing for you.",
    "409": "A duplicate, or a state that does not allow it; or the first request with this key is still at work.",
    "412": "Your copy is stale: `If-Match` names another version.",
    "413": "The body is too large.",
    "415": "The body is not application/json.",
    "422": "Another request was sent with this `Idempotency-Key`.",
    "429": "Too many requests; `Retry-After` says when to come back.",
    "503": "The database is busy; nothing was changed.",
}

# Every text that we take: NUL cannot be stored in PostgreSQL, and is refused everywhere alike.
WITHOUT_NUL = r"^[^\u0000]*$"
# One of several that are separated by commas: quotes stand around all of it, or nowhere.
ONE_OF_LIST = r'^([^"\u0000]+|"([^"\u0000]|"")+")$'

# What paths name, as the API's documentation calls it.
PATH_PARAMETERS = {
    "object_reference": ("id", "The object's id or apiName."),
    "field_reference": ("fieldId", "The field's id or apiName."),
    "record_reference": ("recordId", "The record's id."),
    "note_reference": ("noteId", "The note's id."),
    "activity_reference": ("activityId", "The activity's id."),
    "view_reference": ("viewId", "The view's id."),
    "user_reference": ("userId", "The person's id."),
    "invitation_reference": ("invitationId", "The invitation's id."),
    "hand_over_reference": ("handOverId", "The hand over's id."),
    "key_reference": ("keyId", "The key's id."),
    "change_reference": ("changeId", "What an answer's `X-Change-Id` said."),
    "related_reference": ("objectApiName", "The id or apiName of the object whose records point here."),
}

IDEMPOTENCY_KEY = OpenApiParameter(
    keys.HEADER,
    keys.SCHEMA,
    OpenApiParameter.HEADER,
    description="Of your own choice, for one request: sent again with it, it is done once, and answered as at first.",
)

Endpoint = tuple[str, str, str, Callable[..., Any]]


class OperationSchema(AutoSchema):
    """An operation is described by its action's docstring: the first line is the summary, the others say more."""

    def get_summary(self) -> str:
        return self._docstring().partition("\n")[0].removesuffix(".")

    def get_description(self) -> str:  # type: ignore[override]
        return " ".join(self._docstring().partition("\n")[2].split())

    def get_override_parameters(self) -> list[Any]:
        takes_key = getattr(self.view, "takes_idempotency_key", False) and self.method.lower() in METHODS
        return [*super().get_override_parameters(), *([IDEMPOTENCY_KEY] if takes_key else [])]

    def _map_basic_serializer(self, serializer: Any, direction: Any) -> dict[str, Any]:
        # All that is read only is called required; a property that is sometimes left out is none of these.
        schema: dict[str, Any] = super()._map_basic_serializer(serializer, direction)
        left_out: frozenset[str] = getattr(serializer, "left_out", frozenset())
        if left_out and "required" in schema:
            schema["required"] = [name for name in schema["required"] if name not in left_out]
        return schema

    def _docstring(self) -> str:
        action = getattr(self.view, "action", "")
        return str(get_doc(getattr(self.view, action, None)))


def only_api(endpoints: Iterable[Endpoint]) -> list[Endpoint]:
    """Preprocessing hook: the routes of the API, without the trailing slash that each may have."""
    return [(path.rstrip("/"), *rest) for path, *rest in endpoints if path.startswith("/v1/")]  # type: ignore[misc]


def finish(result: dict[str, Any], generator: Any, request: Any, public: bool) -> dict[str, Any]:
    """Postprocessing hook: the error answers of every operation, and bodies that refuse unknown properties."""
    for path, operations in result["paths"].items():
        for method, operation in operations.items():
            _finish_operation(path, method, operation)
    result["paths"] = {_renamed(path): operations for path, operations in result["paths"].items()}
    schemas = result["components"]["schemas"]
    for name, schema in schemas.items():
        _finish_schema(schema, is_request=name.endswith("Request"))
    schemas["Error"] = ERROR_SCHEMA
    return result


def _finish_operation(path: str, method: str, operation: dict[str, Any]) -> None:
    for status in _statuses(path, method, operation):
        described = {"description": STATUS_DESCRIPTIONS[status], "content": ERROR_CONTENT}
        operation["responses"].setdefault(status, described)
    for parameter in operation.get("parameters", []):
        if parameter["in"] == "query":
            _finish_query_parameter(parameter)
        if parameter["name"] in PATH_PARAMETERS:
            parameter["name"], parameter["description"] = PATH_PARAMETERS[parameter["name"]]
            parameter["schema"] = {"type": "string"}


def _finish_query_parameter(parameter: dict[str, Any]) -> None:
    schema = parameter["schema"]
    _refuse_nul(schema.get("items", schema))
    if schema.get("type") == "array":
        if schema["items"].get("pattern") == WITHOUT_NUL and "anyOf" not in schema["items"]:
            schema["items"]["pattern"] = ONE_OF_LIST
        # An empty list would be an empty text, which is refused.
        schema |= {"minItems": 2, "maxItems": 2} if parameter["name"].endswith("__range") else {"minItems": 1}
    if "description" in parameter:
        parameter["description"] = parameter["description"].strip()


def _finish_schema(schema: dict[str, Any], *, is_request: bool) -> None:
    properties = schema.get("properties", {})
    if is_request and schema.get("type") == "object":
        schema["additionalProperties"] = False
        for described in properties.values():
            _refuse_nul(described)
    for name, described in properties.items():
        # "Anything, or null" is anything; as alternatives, null would match both.
        if described.get("oneOf") == [{}, {"type": "null"}]:
            properties[name] = {key: value for key, value in described.items() if key != "oneOf"}


def _refuse_nul(schema: dict[str, Any]) -> None:
    """Say of a free text that it has no NUL."""
    if schema.get("type") == "string" and not {"pattern", "format", "enum"} & set(schema):
        schema["pattern"] = WITHOUT_NUL


def _renamed(path: str) -> str:
    for ours, (name, _description) in PATH_PARAMETERS.items():
        path = path.replace(f"{{{ours}}}", f"{{{name}}}")
    return path


def _statuses(path: str, method: str, operation: dict[str, Any]) -> list[str]:
    headers = {parameter["name"] for parameter in operation.get("parameters", []) if parameter["in"] == "header"}
    is_public = path in ("/v1/auth/login", "/v1/auth/refresh", "/v1/auth/logout")
    may_come = {
        "403": not is_public,
        "404": "{" in path,
        "409": not is_public and method != "get",
        "412": "If-Match" in headers,
        "413": "requestBody" in operation,
        "415": "requestBody" in operation,
        "422": keys.HEADER in headers,
        "429": path == "/v1/auth/login",
    }
    return [status for status in STATUS_DESCRIPTIONS if may_come.get(status, True)]

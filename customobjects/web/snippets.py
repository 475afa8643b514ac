"""Programs for the API of one object, to be copied: for a shell, in Python and in JavaScript.

They use the object's own names, and values that its fields take; each works by itself, with nothing but what a computer
has anyway (curl), Python's standard library, and what browsers and Node know.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from secrets import token_hex
from shlex import quote
from typing import Any
from urllib.parse import urlencode

from customobjects.queries.operators import Exact, operators_of
from customobjects.schema import Schema, SchemaField

# What stands for the key until somebody makes one.
NO_KEY = "YOUR_API_KEY"
# What stands for a record where there is none.
NO_RECORD = "RECORD_ID"
MAX_FIELDS = 4
# Values by type; a picklist's are its own.
EXAMPLES: Mapping[str, Any] = {
    "TEXT": "Example",
    "TEXTAREA": "Several\nlines",
    "CHECKBOX": True,
    "EMAIL": "ada@example.com",
    "PHONE": "+16502530000",
    "URL": "https://example.com",
    "JSON": {"key": "value"},
    "DATE": "2026-12-31",
    "DATETIME": "2026-12-31T14:30:00Z",
}
NUMBERS = frozenset({"NUMBER", "CURRENCY", "PERCENT"})


@dataclass(frozen=True)
class Unique:
    """A unique field, and the value by which a record is found."""

    field: SchemaField
    value: Any


@dataclass(frozen=True)
class Call:
    """One request: what it is for, and the request; ``acts_on`` says that it is about a record which is there.

    ``remark`` stands above it in each program: what it does to whose data, where that is to be known before it runs.
    """

    title: str
    method: str
    path: str
    body: Any = None
    acts_on: bool = False
    remark: str = ""

    @property
    def does(self) -> str:
        """What it does to the record that it acts on: ``deletes``."""
        return {"PATCH": "changes", "DELETE": "deletes"}.get(self.method, "is about")

    def curl(self, base: str, key: str) -> str:
        """For a shell."""
        lines = [f"curl -X {self.method} {quote(base + self.path)}", f"  -H {quote(f'X-API-Key: {key}')}"]
        if self.body is not None:
            lines += ["  -H 'Content-Type: application/json'", f"  -d {quote(_pretty(self.body))}"]
        return _above("#", self.remark) + " \\\n".join(lines)

    def python(self, base: str, key: str) -> str:
        """For Python 3, without any library."""
        body = "" if self.body is None else f"\n    data=json.dumps({self.body!r}).encode(),"
        kind = "" if self.body is None else ', "Content-Type": "application/json"'
        return (
            f"{_above('#', self.remark)}import json\nfrom urllib.request import Request, urlopen\n\n"
            f"request = Request(\n    {json.dumps(base + self.path)},{body}\n    method={json.dumps(self.method)},\n"
            f'    headers={{"X-API-Key": {json.dumps(key)}{kind}}},\n)\n'
            "with urlopen(request) as answer:\n    print(answer.read().decode())"
        )

    def javascript(self, base: str, key: str) -> str:
        """For browsers and Node, as a module."""
        kind = "" if self.body is None else ', "Content-Type": "application/json"'
        body = "" if self.body is None else f"\n  body: JSON.stringify({json.dumps(self.body, ensure_ascii=False)}),"
        return (
            f"{_above('//', self.remark)}"
            f"const answer = await fetch({json.dumps(base + self.path)}, {{\n  method: {json.dumps(self.method)},\n"
            f'  headers: {{ "X-API-Key": {json.dumps(key)}{kind} }},{body}\n}});\n'
            "console.log(await answer.text());"
        )


def first_call(scopes: Collection[str]) -> Call:
    """The request with which one sees that a key works: it changes nothing, and a key of any scopes may make it."""
    if "read" in scopes:
        return Call("List the objects", "GET", "/v1/custom-objects?limit=10")
    return Call("See who the key acts for", "GET", "/v1/auth/me")


def _pretty(body: Any) -> str:
    return json.dumps(body, ensure_ascii=False)


def _above(mark: str, remark: str) -> str:
    """A remark as a line of its own, whatever is in it."""
    return f"{mark} {' '.join(remark.split())}\n" if remark else ""


def calls(schema: Schema, record: Mapping[str, Any] | None, unique: Unique | None = None) -> list[Call]:
    """The requests that most programs make of an object's records.

    ``record`` is one that some are about, where there is any; ``unique`` is what one is found by.
    """
    records = f"/v1/custom-objects/{schema.api_name}/records"
    one = f"{records}/{record['id'] if record else NO_RECORD}"
    made = {"data": values(schema)}
    # What is unique is another one in each program, and is not changed.
    changed = {"data": {name: value for name, value in made["data"].items() if not schema.by_name[name].is_unique}}
    another = {"op": "create", "data": values(schema)}
    return [
        Call("List records", "GET", f"{records}?limit=10"),
        Call("Filter and sort", "GET", f"{records}?{urlencode(_filter(schema))}"),
        Call("Get a record", "GET", one, acts_on=True),
        *([_found_by(records, unique)] if unique else []),
        Call("Make a record", "POST", records, made),
        Call("Change a record", "PATCH", one, changed, acts_on=True, remark=_remark("changes", record)),
        Call("Make and change many", "POST", f"{records}/bulk", {"operations": [another]}),
        Call("Delete a record", "DELETE", one, acts_on=True, remark=_remark("deletes", record)),
    ]


def _remark(does: str, record: Mapping[str, Any] | None) -> str:
    return f"This {does} your newest record, {record['name'] or 'which has no name'}." if record else ""


def _found_by(records: str, unique: Unique) -> Call:
    value = unique.value if isinstance(unique.value, str) else json.dumps(unique.value)
    path = f"{records}?{urlencode({unique.field.api_name: value})}"
    return Call(f"Find a record by its {unique.field.label}", "GET", path)


def unique_fields(schema: Schema) -> list[SchemaField]:
    """The fields by whose values a record is found: no two records have the same, and lists are filtered by it."""
    return [field for field in schema.fields if field.is_unique and Exact.key in operators_of(field.type)]


def unique_of(fields: Sequence[SchemaField], record: Mapping[str, Any] | None) -> Unique | None:
    """The first of some unique fields that a record has a value of; without a record, the first with an example."""
    found = (Unique(field, record["data"].get(field.api_name) if record else _example(field)) for field in fields)
    return next((one for one in found if one.value is not None), None)


def values(schema: Schema) -> dict[str, Any]:
    """Values for a new record: of all required fields, of the one that names it, and of the first others."""
    writable = [field for field in schema.fields if field.type.writable and _example(field) is not None]
    needed = [field for field in writable if field.is_required or field == schema.primary]
    others = [field for field in writable if field not in needed and not field.is_unique]
    chosen = [*needed, *others[: max(0, MAX_FIELDS - len(needed))]]
    return {field.api_name: _new_value(field) for field in chosen}


def _new_value(field: SchemaField) -> Any:
    """A value that the field takes; of a unique text, one that is not there."""
    example = _example(field)
    return f"{example} {token_hex(3)}" if field.is_unique and field.type.key == "TEXT" else example


def _filter(schema: Schema) -> Sequence[tuple[str, Any]]:
    """Parameters of a list: a filter by the first field that has an example, and an order."""
    named = schema.fields[0]
    chosen = next((field for field in schema.fields if field.type.key in {"PICKLIST", *NUMBERS}), None)
    filters = [] if chosen is None else [(_filter_name(chosen), _example(chosen))]
    return [*filters, ("sort", named.api_name if named.type.sortable else "-createdAt"), ("limit", 10)]


def _filter_name(field: SchemaField) -> str:
    return f"{field.api_name}__gte" if field.type.key in NUMBERS else field.api_name


def _example(field: SchemaField) -> Any:
    """A value that the field takes; None where nothing can be known to be one."""
    key, options = field.type.key, field.type.options
    if key in NUMBERS:
        example = field.type.form_control().example
        return json.loads(example)
    if key in ("PICKLIST", "MULTI_PICKLIST"):
        active = [choice["value"] for choice in options["values"] if choice["isActive"]]
        return None if not active else active[0] if key == "PICKLIST" else active[:1]
    return None if options.get("pattern") else EXAMPLES.get(key)

"""The OpenAPI document and the pages that show it."""

from __future__ import annotations

import json
from typing import Any

import jsonschema
import pytest
from django.core.management import call_command
from django.test import Client
from drf_spectacular.generators import SchemaGenerator

from salesos.accounts.models import ApiKey, User
from salesos.accounts.services import create_api_key
from tests.conftest import Api

NOWHERE = "00000000-0000-7000-8000-000000000000"

THIRTEEN = {
    ("get", "/v1/custom-objects"),
    ("post", "/v1/custom-objects"),
    ("get", "/v1/custom-objects/stats"),
    ("get", "/v1/custom-objects/{id}"),
    ("patch", "/v1/custom-objects/{id}"),
    ("delete", "/v1/custom-objects/{id}"),
    ("post", "/v1/custom-objects/{id}/fields"),
    ("patch", "/v1/custom-objects/{id}/fields/{fieldId}"),
    ("delete", "/v1/custom-objects/{id}/fields/{fieldId}"),
    ("get", "/v1/custom-objects/{id}/records"),
    ("post", "/v1/custom-objects/{id}/records"),
    ("patch", "/v1/custom-objects/{id}/records/{recordId}"),
    ("delete", "/v1/custom-objects/{id}/records/{recordId}"),
}


@pytest.fixture
def document(db: None) -> dict[str, Any]:
    response = Client().get("/v1/schema")
    assert response.status_code == 200
    return dict(json.loads(response.content))


def test_it_has_the_thirteen_calls(document: dict[str, Any]) -> None:
    calls = {(method, path) for path, methods in document["paths"].items() for method in methods}
    assert calls >= THIRTEEN
    assert document["openapi"] == "3.1.0"


def test_every_operation_documents_its_errors(document: dict[str, Any]) -> None:
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            assert {"400", "401"} <= set(operation["responses"]), (method, path)
            for status, response in operation["responses"].items():
                if status >= "400":
                    schema = response["content"]["application/json"]["schema"]
                    assert schema == {"$ref": "#/components/schemas/Error"}


def test_answers_are_as_it_says(document: dict[str, Any], api: Api, admin: User) -> None:
    """Answers of each shape that has properties that are left out in some of them."""
    api.make_object("Thing", {"label": "Size", "type": "NUMBER"}, {"label": "Code", "type": "TEXT", "isUnique": True})
    api.make_object("Part", {"label": "Thing", "type": "LOOKUP", "options": {"target": "thing"}})
    thing = api.make_record("thing", size=1, code="A")["id"]
    api.make_record("part", thing=thing)
    operations = [
        {"op": "create", "data": {"name": "x"}},
        {"op": "create", "data": {"name": "x", "code": "A"}},
        {"op": "update", "id": thing, "data": {"size": 2}},
        {"op": "update", "id": thing, "data": {"size": 2}},
        {"op": "delete", "id": NOWHERE},
    ]
    metrics = ("count", "sum:size", "avg:size", "min:size", "max:size", "count,max:size")
    asked: list[tuple[str, str, str, Any]] = [
        *(("get", "aggregate", f"aggregate?metrics={metric}&groupBy=name", None) for metric in metrics),
        *(("post", "aggregate", "aggregate", {"metrics": metric}) for metric in metrics),
        ("post", "bulk", "bulk", {"operations": operations, "atomic": False}),
        ("post", "bulk-update", "bulk-update", {"filter": {}, "data": {"code": "B"}, "dryRun": True}),
        ("post", "bulk-delete", "bulk-delete", {"filter": {}, "dryRun": True}),
        ("get", "", "?expand=ownerId", None),
        ("get", "", "?limit=1", None),
        ("post", "search", "search", {"expand": ["ownerId"]}),
        ("get", "{recordId}", thing, None),
        ("get", "{recordId}", f"{thing}?expand=ownerId,createdBy", None),
        ("get", "{recordId}/related/{objectApiName}", f"{thing}/related/part?expand=thing", None),
        ("post", "", "", {"data": {"name": "y"}}),
        ("patch", "{recordId}", thing, {"data": {"size": 5}}),
    ]
    # A program without the scope ``read`` is told the id alone.
    _row, key = create_api_key(admin, "a program", [ApiKey.Scope.WRITE])
    for who in (api, Api(None, x_api_key=key)):
        for method, path, address, body in asked:
            answer = who.send(method.upper(), f"thing/records/{address}".replace("records/?", "records?"), body)
            operation = document["paths"][f"/v1/custom-objects/{{id}}/records/{path}".rstrip("/")][method]
            schema = operation["responses"][str(answer.status)]["content"]["application/json"]["schema"]
            jsonschema.validate(json.loads(answer.text), {**schema, "components": document["components"]})


def test_generating_it_warns_of_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("spectacular", "--validate", "--fail-on-warn")
    assert "/v1/custom-objects" in capsys.readouterr().out


@pytest.mark.parametrize("page", ["swagger", "redoc"])
def test_pages_need_no_other_host(db: None, page: str) -> None:
    response = Client().get(f"/v1/schema/{page}/")
    assert response.status_code == 200
    html = response.content.decode()
    assert "/static/drf_spectacular_sidecar/" in html
    assert "https://" not in html


def test_it_is_made_once(document: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    # That it is not made again shows where it cannot be.
    monkeypatch.setattr(SchemaGenerator, "get_schema", lambda *args, **kwargs: 1 / 0)
    for path in ("/v1/schema", "/v1/schema/"):
        response = Client().get(path)
        assert response.headers["Content-Type"] == "application/vnd.oai.openapi+json"
        assert json.loads(response.content) == document

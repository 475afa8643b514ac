"""The OpenAPI document and the pages that show it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client

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

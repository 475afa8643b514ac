"""The OpenAPI document of one object."""

from __future__ import annotations

from typing import Any

import jsonschema
import pytest
from drf_spectacular.validation import validate_schema

from salesos import json
from salesos.accounts.models import User
from tests.conftest import Api

PATH = "/v1/custom-objects/machine/records"


@pytest.fixture
def document(api: Api) -> dict[str, Any]:
    api.make_object("Site")
    api.make_object(
        "Machine",
        {"label": "Maker", "type": "TEXT", "isRequired": True, "helpText": "Who made it."},
        {"label": "Number", "type": "AUTO_NUMBER"},
        {"label": "Status", "type": "PICKLIST", "options": {"values": ["On", "Off"]}},
        {"label": "Price", "type": "CURRENCY", "options": {"min": 0}},
        {"label": "Site", "type": "LOOKUP", "options": {"target": "site"}},
        {"label": "Tags", "type": "MULTI_PICKLIST", "options": {"values": ["a", "b"]}},
        {"label": "Hidden", "type": "TEXT", "isActive": False},
    )
    answer = api.get("machine/openapi.json")
    assert answer.status == 200, answer
    return json.loads(json.dumps(answer.json))


def test_it_is_an_openapi_document_of_the_objects_own_paths(document: dict[str, Any]) -> None:
    validate_schema(document)
    assert document["info"]["title"] == "Machines"
    assert PATH in document["paths"]
    assert all(path.startswith(PATH) for path in document["paths"])
    names = {parameter["name"] for parameter in document["paths"][PATH]["get"]["parameters"]}
    assert {"status", "status__in", "price__gte", "site__isnull", "limit", "sort"} <= names
    assert "id" not in names


def test_its_schemas_take_what_the_api_takes_and_gives(document: dict[str, Any], api: Api) -> None:
    schemas = document["components"]["schemas"]
    new = schemas["RecordCreateRequest"]["properties"]["data"]
    assert new["required"] == ["name", "maker"]
    assert new["properties"]["maker"] == {
        "title": "Maker",
        "type": "string",
        "minLength": 1,
        "maxLength": new["properties"]["maker"]["maxLength"],
        "description": "Who made it.",
    }
    assert "number" not in new["properties"]
    assert "hidden" not in new["properties"]
    assert "required" not in schemas["PatchedRecordChangeRequest"]["properties"]["data"]
    sent = {"name": "Pump", "maker": "Ada", "status": "On", "price": 5, "tags": ["a"], "site": None}
    jsonschema.validate(sent, new)
    with pytest.raises(jsonschema.ValidationError, match="Broken"):
        jsonschema.validate({**sent, "status": "Broken"}, new)
    made = api.make_record("machine", **sent)
    jsonschema.validate(json.loads(json.dumps(made["data"])), schemas["Record"]["properties"]["data"])


def test_it_is_for_who_may_read_the_object(api: Api, document: dict[str, Any], stranger: User) -> None:
    assert Api(stranger).get("machine/openapi.json").status == 404
    assert Api().get("machine/openapi.json").status == 401

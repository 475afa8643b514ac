"""Every error in the one shape, whoever raises it; and hostile input."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import OperationalError
from django.test import Client

from customobjects.queries import objects as object_queries
from tests.conftest import OBJECTS, Api


@pytest.mark.parametrize("path", ["/v1", "/v1/", "/v1/nothing", "/v1/nothing/at/all/", "/v1/custom-objects/a/b/c/d"])
@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "DELETE", "OPTIONS"])
def test_unknown_paths(db: None, path: str, method: str) -> None:
    answer = Api().send(method, path)
    assert answer.status == 404
    assert answer.problem() == "not_found"


@pytest.mark.parametrize(
    ("method", "path"),
    [("PUT", OBJECTS), ("POST", f"{OBJECTS}/stats"), ("DELETE", "box/records"), ("PUT", "box")],
)
def test_methods(api: Api, method: str, path: str) -> None:
    answer = api.send(method, path)
    assert answer.status == 405
    assert answer.problem() == "method_not_allowed"
    assert "GET" in answer.headers["Allow"]


@pytest.mark.parametrize(
    "body",
    [
        "{",
        "nonsense",
        '{"name": NaN}',
        '{"name": Infinity}',
        '{"name": 1e999999999}',
        '{"name": ' + "9" * 5000 + "}",
        "[" * 100_000,
        '{"a":' * 50_000 + "1" + "}" * 50_000,
        "[" * 120 + "]" * 120,
        b'{"name": "\xff"}',
        '{"name": "a"} trailing',
        "'single'",
    ],
    ids=range(12),
)
def test_broken_json(api: Api, body: str | bytes) -> None:
    for path in (OBJECTS, "/v1/auth/login"):
        answer = api.send("POST", path, body)
        assert answer.status == 400, answer
        assert answer.problem() == "parse_error"


def test_no_body_is_an_empty_object(api: Api) -> None:
    for path, field in ((OBJECTS, "name"), ("/v1/auth/login", "email")):
        answer = api.send("POST", path, "")
        assert answer.status == 400, answer
        assert answer.problem(field) == "required"


@pytest.mark.parametrize("content_type", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", ""])
def test_media_types(api: Api, content_type: str) -> None:
    answer = api.send("POST", OBJECTS, "name=Box", content_type=content_type)
    assert answer.status == 415
    assert answer.problem() == "unsupported_media_type"


def test_large_bodies(api: Api, settings: Any) -> None:
    answer = api.post(OBJECTS, {"name": "x" * 10_000_000})
    assert answer.status == 413
    assert answer.problem() == "too_large"


def test_any_accept_header_gets_json(api: Api) -> None:
    answer = api.send("GET", OBJECTS, **{"Accept": "text/html, image/*"})
    assert answer.status == 200
    assert answer.headers["Content-Type"] == "application/json"


def test_defects_are_answered_in_the_shape(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    # The only way to see the answer to a defect is to make one.
    monkeypatch.setattr(object_queries, "find_object", lambda *args: 1 / 0)
    answer = api.get("box")
    assert answer.status == 500
    assert answer.problem() == "defect"
    assert "division" not in answer.text


def test_a_busy_database_is_told_apart(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    def locked(*args: object) -> None:
        raise OperationalError("database is locked")

    monkeypatch.setattr(object_queries, "find_object", locked)
    answer = api.get("box")
    assert answer.status == 503
    assert answer.problem() == "busy"
    assert answer.headers["Retry-After"] == "1"


def test_wrong_hosts(db: None) -> None:
    response = Client(raise_request_exception=False).get("/v1/custom-objects", headers={"host": "evil.example"})
    assert response.status_code == 400
    assert response.json()["statusCode"] == 400


def test_pages_of_people_get_html(db: None) -> None:
    response = Client().get("/nothing-here")
    assert response.status_code == 404
    assert "There is nothing here" in response.content.decode()


NAUGHTY = [
    "",
    "undefined",
    "<script>alert(1)</script>",
    "'; DROP TABLE customobjects_record; --",
    "%s%d{0}${x}{{7*7}}",
    "../../etc/passwd\x00",
    "\u202etest\u202c",
    "田中さんにあげて下さい",
    "👾 🙇 💁🏽‍♀️",
    "Ṱ̺̺̕o͞ ̷i̲̬͇̪͙n̝̗͕v̟̜̘̦͟o̶̙̰̠kè͚̮̺̪̹̱̤",
    "ﷺ" * 40,
    "\ufeff\u200b\u00a0",
    "\x1b[31m\x7f\x01",
    "ß" * 255,
    "\U000f0001\ue000",
    "1e309",
    "%00%ff",
    "\\" * 50,
]


@pytest.mark.parametrize("text", NAUGHTY)
def test_texts_that_break_software(api: Api, text: str) -> None:
    """Everywhere a text can go it is kept as it is, or clearly refused."""
    api.make_object("Box", {"label": "Note", "type": "TEXT"}, {"label": "Long", "type": "TEXTAREA"})
    answer = api.post("box/records", {"data": {"name": "x", "note": text, "long": text}})
    if "\x00" not in text:
        assert answer.status == 201, answer
        assert (answer.json["data"]["note"] or "") == text
        assert (answer.json["data"]["long"] or "") == text
        if text:
            assert api.names("box", note=text) == ["x"]
            assert api.get("box/records", search=text).status in (200, 400)
            assert api.get("box/records", note__icontains=text).status in (200, 400)
    else:
        assert answer.status == 400
        assert answer.problem("data.note") == "characters"
    for body in ({"name": text}, {"name": "Crate", "description": text}, {"name": "C", "apiName": text}):
        assert api.post(OBJECTS, body).status in (201, 400, 409)
    assert api.post("box/fields", {"label": text, "type": "TEXT", "helpText": text}).status in (201, 400, 409)
    choice = {"label": "Pick", "type": "PICKLIST", "options": {"values": [{"value": text, "label": text}]}}
    assert api.post("box/fields", choice).status in (201, 400)
    assert api.get("box/records", sortBy=text).status in (200, 400)
    assert api.get(OBJECTS, search=text).status in (200, 400)


def test_lone_surrogates(api: Api) -> None:
    api.make_object("Box", {"label": "Json", "type": "JSON"})
    option = '{"label": "a", "type": "TEXT", "options": {"\\ud800": 1}}'
    regex = '{"label": "a", "type": "TEXT", "options": {"pattern": "\\ud800"}}'
    for path, body, field, code in (
        ("box/records", '{"data": {"name": "\\ud800"}}', "data.name", "characters"),
        ("box/records", '{"data": {"name": "x", "json": {"\\ud800": 1}}}', "data.json", "characters"),
        ("box/records", '{"data": {"\\ud800": 1}}', "data.?", "unknown"),
        (OBJECTS, '{"name": "\\ud800"}', "name", "surrogate_characters_not_allowed"),
        (OBJECTS, '{"\\ud800": 1}', "?", "unknown"),
        ("box/fields", option, "options.?", "unknown"),
        ("box/fields", regex, "options.pattern", "invalid"),
    ):
        answer = api.send("POST", path, body)
        assert answer.status == 400
        assert answer.problem(field) == code


def test_probes(db: None) -> None:
    for path in ("/healthz", "/healthz/", "/readyz", "/readyz/"):
        assert Client().get(path).status_code == 200

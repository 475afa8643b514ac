"""Every error in the one shape, whoever raises it; and hostile input."""

from __future__ import annotations

import sqlite3
import tempfile
from decimal import Decimal
from typing import Any

import psycopg
import pytest
from django.db import InterfaceError, OperationalError
from django.test import Client

from customobjects.queries import objects as object_queries
from salesos.accounts.limits import LimitedBackend
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


# Numbers that no decimal has, or that no database stores.
NUMBERS = [
    "1e1000000000000000000",
    "-1e-1000000000000000000",
    "0e1000000000000000000",
    "1e999999999999",
    "0." + "1" * 100_000,
    "0." + "0" * 100_000,
    "1" * 100_000,
]


@pytest.mark.parametrize(
    "body",
    [
        "{",
        "nonsense",
        '{"name": NaN}',
        '{"name": Infinity}',
        '{"name": 1e999999999}',
        '{"name": ' + "9" * 5000 + "}",
        *('{"name": ' + number + "}" for number in NUMBERS),
        "[" * 100_000,
        '{"a":' * 50_000 + "1" + "}" * 50_000,
        "[" * 120 + "]" * 120,
        b'{"name": "\xff"}',
        '{"name": "a"} trailing',
        "'single'",
    ],
    ids=range(12 + len(NUMBERS)),
)
def test_broken_json(api: Api, body: str | bytes) -> None:
    for path in (OBJECTS, "/v1/auth/login"):
        answer = api.send("POST", path, body)
        assert answer.status == 400, answer
        assert answer.problem() == "parse_error"


@pytest.mark.parametrize("number", NUMBERS, ids=range(len(NUMBERS)))
def test_numbers_that_nobody_means(api: Api, number: str) -> None:
    """Refused wherever one may be sent, in JSON and as text."""
    api.make_object("Box", {"label": "Cost", "type": "NUMBER"}, {"label": "Payload", "type": "JSON"})
    quoted = f'"{number}"'
    for path, body, field in (
        ("/v1/auth/login", f'{{"email": {number}, "password": "x"}}', ""),
        ("box/records", f'{{"data": {{"name": "x", "cost": {number}}}}}', ""),
        ("box/records", f'{{"data": {{"name": "x", "cost": {quoted}}}}}', "data.cost"),
        ("box/records", f'{{"data": {{"name": "x", "payload": [{number}]}}}}', ""),
        ("box/records/bulk", f'{{"operations": [{{"op": "create", "data": {{"name": {number}}}}}]}}', ""),
        ("box/records/search", f'{{"filter": {{"cost__gte": {number}}}}}', ""),
        ("box/records/search", f'{{"filter": {{"cost__in": [{quoted}]}}}}', "filter.cost__in"),
        ("box/records/search", f'{{"limit": {number}}}', ""),
        ("box/fields", f'{{"label": "A", "type": "NUMBER", "options": {{"min": {number}}}}}', ""),
        ("box/fields", f'{{"label": "A", "type": "NUMBER", "options": {{"min": {quoted}}}}}', "options.min"),
        (
            "box/fields",
            f'{{"label": "A", "type": "NUMBER", "options": {{"precision": {quoted}}}}}',
            "options.precision",
        ),
        ("box/fields", f'{{"label": "A", "type": "NUMBER", "defaultValue": {quoted}}}', "defaultValue"),
    ):
        answer = api.send("POST", path, body)
        assert answer.status == 400, (path, answer)
        assert answer.problem(field)
    for asked in ({"cost": number}, {"cost__range": f"1,{number}"}, {"cost__in": f"1,{number}"}, {"limit": number}):
        if len(number) < 1_000:
            assert api.get("box/records", **asked).status == 400, asked
    assert api.get("box/records").json["data"] == []


def test_numbers_that_people_mean(api: Api) -> None:
    """As large, as small and as long as databases hold them, they come back digit for digit."""
    api.make_object("Box", {"label": "Payload", "type": "JSON"})
    for number in ("1e400", "1e-400", "0." + "123456789" * 100, "9" * 401, "-0.10"):
        answer = api.send("POST", "box/records", f'{{"data": {{"name": "x", "payload": [{number}]}}}}')
        assert answer.status == 201, answer
        assert Decimal(str(answer.json["data"]["payload"][0])) == Decimal(number)


def test_a_byte_order_mark_is_passed_over(api: Api) -> None:
    answer = api.send("POST", OBJECTS, "\ufeff".encode() + b'{"name": "Box"}')
    assert answer.status == 201, answer
    assert answer.json["name"] == "Box"
    assert api.send("POST", OBJECTS, "\ufeff\ufeff{}".encode()).problem() == "parse_error"


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


def sqlite_error(kind: str) -> sqlite3.Error:
    """What SQLite's driver raises."""
    with tempfile.TemporaryDirectory() as folder:
        path = f"{folder}/db"
        one, other = (sqlite3.connect(path, timeout=0, isolation_level=None) for _ in range(2))
        one.execute("CREATE TABLE t (x)")
        one.execute("PRAGMA max_page_count=3")
        try:
            if kind == "locked":
                other.execute("BEGIN IMMEDIATE")
            one.execute("INSERT INTO t VALUES (zeroblob(100000))")
        except sqlite3.Error as error:
            return error
        finally:
            one.close()
            other.close()
    raise AssertionError(kind)


@pytest.mark.parametrize(
    ("cause", "code", "retry_after"),
    [
        (sqlite_error("locked"), "busy", "1"),
        (psycopg.errors.LockNotAvailable(), "busy", "1"),
        (psycopg.errors.DeadlockDetected(), "busy", "1"),
        (psycopg.errors.QueryCanceled(), "too_slow", "5"),
        (sqlite_error("full"), "disk_full", None),
        (psycopg.errors.DiskFull(), "disk_full", None),
        (psycopg.errors.AdminShutdown(), "database", "2"),
        (psycopg.errors.CannotConnectNow(), "database", "2"),
        (psycopg.errors.IdleInTransactionSessionTimeout(), "database", "2"),
        (psycopg.OperationalError("the connection is closed"), "database", "2"),
        (psycopg.InterfaceError("the connection is closed"), "database", "2"),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Exception) else "",
)
def test_how_the_database_failed(
    cause: Exception,
    code: str,
    retry_after: str | None,
    api: Api,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """In the API's shape, and on a page in words; an operator reads of a full disk in the log."""

    def fail(*args: object, **more: object) -> None:
        kind = InterfaceError if isinstance(cause, psycopg.InterfaceError) else OperationalError
        raise kind(str(cause)) from cause

    monkeypatch.setattr(object_queries, "find_object", fail)
    answer = api.get("box")
    assert (answer.status, answer.problem(), answer.headers.get("Retry-After")) == (503, code, retry_after)
    monkeypatch.setattr(LimitedBackend, "get_user", fail)
    assert api.user is not None
    client = Client(raise_request_exception=False)
    client.force_login(api.user)
    page = client.get("/")
    assert (page.status_code, page.headers.get("Retry-After")) == (503, retry_after)
    assert answer.json["message"][0][1:] in page.content.decode()
    assert ("The disk of the database is full" in caplog.text) == (code == "disk_full")


def test_the_page_of_a_defect_asks_the_database_nothing(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*args: object, **more: object) -> None:
        raise RuntimeError

    monkeypatch.setattr(LimitedBackend, "get_user", fail)
    assert api.user is not None
    client = Client(raise_request_exception=False)
    client.force_login(api.user)
    page = client.get("/")
    assert page.status_code == 500
    assert "Something went wrong on our side" in page.content.decode()


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

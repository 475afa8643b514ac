"""Records as a CSV file: what is in it, what it is called, who may, and what is noted."""

from __future__ import annotations

import csv
import gzip
import io
import tracemalloc
from datetime import UTC, datetime
from itertools import islice
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

import pytest
from django.db import OperationalError, connection
from django.test.utils import CaptureQueriesContext

from customobjects.queries import export as exports
from customobjects.queries.objects import get_schema
from customobjects.queries.selection import RecordRequest
from salesos.accounts.actor import Actor
from salesos.accounts.models import ApiKey, AuditEntry, User
from salesos.accounts.services import create_api_key
from tests.conftest import OBJECTS, Answer, Api


class File:
    """A file that the API answered: its rows, and the response."""

    def __init__(self, response: Any) -> None:
        self.status = response.status_code
        self.headers = response.headers
        self.bytes = b"".join(response.streaming_content)
        self.text = self.bytes.decode("utf-8-sig")
        self.rows = list(csv.reader(io.StringIO(self.text, newline="")))


def export(api: Api, object_name: str, body: Any = None, **params: Any) -> File:
    path = f"{OBJECTS}/{object_name}/records/export?{urlencode(params, doseq=True)}"
    if body is None:
        response = api.client.get(path, headers=api.headers)
    else:
        response = api.client.post(path, body, format="json", headers=api.headers)
    assert response.status_code == 200, Answer(response)
    return File(response)


@pytest.fixture
def cases(api: Api, admin: User) -> dict[str, Any]:
    """Two accounts, and three cases that point at them and at a person."""
    api.make_object("Account", {"label": "Code", "type": "TEXT", "isUnique": True})
    acme = api.make_record("account", name="Acme", code="A-1")
    globex = api.make_record("account", name="Globex", code="G-1")
    api.make_object(
        "Case",
        {"label": "Cost, net", "type": "CURRENCY", "apiName": "cost", "options": {"currency": "EUR"}},
        {"label": "Account", "type": "LOOKUP", "options": {"target": "account"}},
        {"label": "Others", "type": "LOOKUP", "options": {"target": "account", "multiple": True}},
        {"label": "Who", "type": "USER"},
        {"label": "Tags", "type": "MULTI_PICKLIST", "options": {"values": ["a", "b"]}},
        {"label": "Notes", "type": "TEXTAREA"},
        pluralName="Cases / claims",
    )
    first = api.make_record(
        "case",
        name="First",
        cost="1234.50",
        account=acme["id"],
        others=[acme["id"], globex["id"]],
        who=str(admin.id),
        tags=["b", "a"],
        notes='two\nlines, and "quotes"',
    )
    second = api.make_record("case", name="Zwölf", cost=-7)
    third = api.make_record("case", name="Third", cost="20")
    return {"acme": acme, "globex": globex, "first": first, "second": second, "third": third}


def test_what_is_in_it(api: Api, cases: dict[str, Any], admin: User) -> None:
    file = export(api, "case", format="csv", sort="name")
    assert file.bytes.startswith(b"\xef\xbb\xbf")
    assert b"\r\n" in file.bytes
    assert file.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert file.headers["Cache-Control"] == "private, no-cache"
    assert "ETag" not in file.headers
    today = datetime.now(UTC).date().isoformat()
    assert file.headers["Content-Disposition"] == f'attachment; filename="Cases - claims {today}.csv"'
    assert file.rows == [
        ["Name", "Cost, net", "Account", "Others", "Who", "Tags", "Notes"],
        ["First", "1234.50", "Acme", "Acme;Globex", str(admin), "a;b", 'two\nlines, and "quotes"'],
        ["Third", "20", "", "", "", "", ""],
        ["Zwölf", "-7", "", "", "", "", ""],
    ]


def test_columns_header_and_lookups(api: Api, cases: dict[str, Any], admin: User) -> None:
    shape = {"columns": "account,others,who,id,ownerId,createdAt", "header": "apiName", "name": "First"}
    first, acme, globex = cases["first"], cases["acme"], cases["globex"]
    own = [first["id"], first["ownerId"], first["createdAt"]]
    header = shape["columns"].split(",")
    keys = export(api, "case", lookups="key", **shape)
    assert keys.rows == [header, ["A-1", "A-1;G-1", admin.email, own[0], admin.email, own[2]]]
    ids = export(api, "case", lookups="id", **shape)
    assert ids.rows == [header, [acme["id"], f"{acme['id']};{globex['id']}", str(admin.id), *own]]
    assert export(api, "case", columns="id,createdBy").rows[0] == ["Id", "Created by"]


def test_filters_search_sort_and_what_was_picked(api: Api, cases: dict[str, Any]) -> None:
    def names(**params: Any) -> list[str]:
        return [row[0] for row in export(api, "case", columns="name", **params).rows[1:]]

    assert names() == api.names("case")
    assert names(sort="-cost") == ["First", "Third", "Zwölf"]
    assert names(sortBy="cost", sortOrder="asc") == ["Zwölf", "Third", "First"]
    assert names(cost__gte=0, sort="name") == ["First", "Third"]
    assert names(account__code="A-1") == ["First"]
    assert names(search="zwö") == ["Zwölf"]
    assert names(search="nothing") == []
    some = [cases["third"]["id"], cases["first"]["id"], str(uuid4()), cases["acme"]["id"]]
    assert names(ids=",".join(some), sort="name") == ["First", "Third"]
    assert names(ids=",".join(some), cost__gt=100) == ["First"]
    body = {"filter": {"or": [{"name": "Third"}, {"cost__lt": 0}]}, "sort": ["name"], "columns": ["name"]}
    assert [row[0] for row in export(api, "case", body).rows[1:]] == ["Third", "Zwölf"]
    assert [row[0] for row in export(api, "case", {**body, "ids": some}).rows[1:]] == ["Third"]


@pytest.mark.parametrize(
    ("params", "field", "code"),
    [
        ({"format": "xlsx"}, "format", "invalid_choice"),
        ({"header": "x"}, "header", "invalid_choice"),
        ({"lookups": "x"}, "lookups", "invalid_choice"),
        ({"columns": "nothing"}, "columns", "unknown"),
        ({"columns": ""}, "columns", "required"),
        ({"ids": "x"}, "ids", "invalid"),
        ({"ids": "%00"}, "ids", "invalid"),
        ({"ids": ""}, "ids", "required"),
        ({"limit": "5"}, "limit", "unknown"),
        ({"page": "2"}, "page", "unknown"),
        ({"colour": "red"}, "colour", "unknown"),
        ({"cost__x": "1"}, "cost__x", "operator"),
        ({"name": "a\x00b"}, "name", "characters"),
        ({"sort": "nothing"}, "sort", "choice"),
    ],
)
def test_what_is_refused(api: Api, cases: dict[str, Any], params: dict[str, str], field: str, code: str) -> None:
    answer = api.get("case/records/export", **params)
    assert answer.status == 400, answer
    assert answer.problem(field) == code
    assert not AuditEntry.objects.filter(kind="records_exported").exists()


@pytest.mark.parametrize(
    ("body", "field", "code"),
    [
        ({"ids": ["x"] * 10_001}, "ids", "max_length"),
        ('{"ids": ["\\ud800"]}', "ids.0", "surrogate_characters_not_allowed"),
        ({"ids": ["x" * 37]}, "ids.0", "max_length"),
        ({"ids": [["x"]]}, "ids.0", "invalid"),
        ({"ids": []}, "ids", "required"),
        ({"columns": [1]}, "columns", "invalid"),
        ({"limit": 5}, "limit", "unknown"),
        ({"filter": {"x": 1}}, "filter.x", "unknown"),
    ],
)
def test_bodies_that_are_refused(api: Api, cases: dict[str, Any], body: Any, field: str, code: str) -> None:
    answer = api.post("case/records/export", body)
    assert answer.status == 400, answer
    assert answer.problem(field) == code


def test_a_lookup_to_what_has_no_unique_field_has_no_key(api: Api) -> None:
    api.make_object("Place")
    api.make_object("Thing", {"label": "Place", "type": "LOOKUP", "options": {"target": "place"}})
    answer = api.get("thing/records/export", lookups="key")
    assert (answer.status, answer.problem("lookups")) == (400, "choice")
    assert export(api, "thing", lookups="key", columns="name").rows == [["Name"]]


def test_what_a_program_would_take_for_a_formula(api: Api) -> None:
    texts = ["=1+1", "+49 30", "-x", "@sum", "-5", "-5.25", "'=x", "'x", "a=b", "＝1", "--1"]
    api.make_object(
        "Note", {"label": "=Label", "type": "TEXT", "apiName": "label"}, {"label": "Phone", "type": "PHONE"}
    )
    for text in texts:
        api.make_record("note", label=text, phone="+16502530000")
    rows = export(api, "note", columns="label,phone", sort="id").rows
    assert rows[0] == ["'=Label", "Phone"]
    assert [row[0] for row in rows[1:]] == [
        "'=1+1", "'+49 30", "'-x", "'@sum", "-5", "-5.25", "''=x", "'x", "a=b", "'＝1", "'--1"
    ]  # fmt: skip
    assert {row[1] for row in rows[1:]} == {"'+16502530000"}


def test_it_is_noted(api: Api, cases: dict[str, Any], rep: User) -> None:
    export(api, "case", cost__gte=0, name__icontains="ir", search="t")
    export(Api(rep), "case", {"filter": {"cost__gte": 0}, "ids": [cases["first"]["id"]]})
    tree, filters = api.get("/v1/audit", kind="records_exported").json["data"]
    assert filters["details"] == {
        "objectId": cases["first"]["customObjectId"],
        "objectApiName": "case",
        "count": 2,
        "filters": "cost__gte=0&name__icontains=ir",
        "search": "t",
    }
    assert tree["userId"] == str(rep.id)
    assert tree["details"]["filters"] == '{"cost__gte":0}'
    assert (tree["details"]["picked"], tree["details"]["count"]) == (1, 1)


def test_a_head_reads_and_notes_nothing(api: Api, cases: dict[str, Any]) -> None:
    response = api.client.head(f"{OBJECTS}/case/records/export", headers=api.headers)
    assert (response.status_code, b"".join(response.streaming_content)) == (200, b"")
    assert "filename=" in response.headers["Content-Disposition"]
    assert not AuditEntry.objects.filter(kind="records_exported").exists()


def test_who_may(api: Api, cases: dict[str, Any], admin: User, rep: User) -> None:
    assert len(export(Api(rep), "case").rows) == 4
    _row, key = create_api_key(admin, "a program", [ApiKey.Scope.WRITE])
    answer = Api(None, x_api_key=key).get("case/records/export")
    assert (answer.status, answer.problem()) == (403, "scope")
    assert Api(None).get("case/records/export").status == 401


def test_pages_of_it_are_read_with_cursors(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    api.make_object(
        "Row", {"label": "Size", "type": "NUMBER"}, {"label": "Up", "type": "LOOKUP", "options": {"target": "row"}}
    )
    operations = [
        {"op": "create", "data": {"name": f"r{n:03}", **({"size": n % 7} if n % 3 else {})}} for n in range(90)
    ]
    made = api.post("row/records/bulk", {"operations": operations}).json["data"]
    ups = [{"op": "update", "id": one["id"], "data": {"up": made[0]["id"]}} for one in made]
    assert api.post("row/records/bulk", {"operations": ups}).status == 200
    monkeypatch.setattr(exports, "PAGE", 20)
    for sort in ("name", "-size", "size,-name", ""):
        listed = [name for page in range(1, 6) for name in api.names("row", sort=sort, limit=20, page=page)]
        assert [row[0] for row in export(api, "row", sort=sort).rows[1:]] == listed
    with CaptureQueriesContext(connection) as caught:
        export(api, "row", sort="name")
    # 1. Who asks, with the object.
    # 2. The first page.
    # 3. How many there are in all.
    # 4. The entry of the audit log.
    # 5. to 13. The names of what each page's lookups point at, and the next page.
    # 14. Behind the records with a name, those without one.
    assert len(caught) == 14
    monkeypatch.setattr(exports, "LARGE_PAGE_BYTES", 1)
    monkeypatch.setattr(exports, "SMALL_PAGE", 7)
    assert len(export(api, "row", sort="name").rows) == 91


def test_memory_holds_a_page_however_many_records_there_are(api: Api, admin: User) -> None:
    api.make_object("Row", {"label": "Notes", "type": "TEXTAREA"})
    for start in range(0, 20_000, 1_000):
        data = [{"name": f"r{start + place:05}", "notes": "word " * 100} for place in range(1_000)]
        operations = [{"op": "create", "data": one} for one in data]
        assert api.post("row/records/bulk", {"operations": operations}).status == 200
    actor = Actor.of_user(admin)
    schema = get_schema(actor, "row")
    asked = exports.ExportRequest(RecordRequest(sort="name"))

    def peak(most: int) -> tuple[int, int]:
        """The most memory that was held at a time while so many parts were taken, and how many bytes these had."""
        tracemalloc.start()
        size = sum(map(len, islice(exports.export_records(actor, schema, asked).parts, most)))
        _now, most_held = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return most_held, size

    # What is made once, such as compiled queries, is there already.
    peak(5)
    few, size_of_few = peak(5)
    all_, size = peak(1_000)
    assert size > 10_000_000 > 10 * size_of_few
    assert all_ < 2 * few, (few, all_)
    assert all_ < size // 4


def test_a_file_that_breaks_off_says_so(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its head has been sent then."""
    api.make_object("Row")
    for number in range(3):
        api.make_record("row", name=f"r{number}")
    monkeypatch.setattr(exports, "PAGE", 2)
    response = api.client.get(f"{OBJECTS}/row/records/export?sort=name", headers=api.headers)

    def fail(*_arguments: object) -> None:
        raise OperationalError("the database is gone")

    monkeypatch.setattr(exports, "list_records", fail)
    assert File(response).rows == [["Name"], ["r0"], ["r1"], [exports.BROKEN_OFF]]


def test_it_is_compressed_as_it_is_made(api: Api, cases: dict[str, Any]) -> None:
    response = api.client.get(f"{OBJECTS}/case/records/export", headers={**api.headers, "accept-encoding": "gzip"})
    assert response.streaming
    assert response.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(b"".join(response.streaming_content)).decode("utf-8-sig").startswith("Name,")

"""References by what people know: a record by its unique values, a user by the e-mail address."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test import Client

from customobjects.models import CustomObject, Record
from salesos import json
from salesos.accounts.models import User
from salesos.accounts.services import create_api_key
from tests.conftest import OBJECTS, Api

JFK, ORD = {"faa": "JFK"}, {"faa": "ORD"}


@pytest.fixture
def airports(api: Api) -> Api:
    """Airports with a code and a key of two fields, and planes that have a home, some stops and a pilot."""
    code = {"label": "FAA", "type": "TEXT", "isUnique": True}
    site = [{"label": "City", "type": "TEXT"}, {"label": "Number", "type": "NUMBER"}]
    api.make_object("Airport", code, *site, uniqueKeys=[{"fields": ["city", "number"]}])
    for faa, city, number in (("JFK", "New York", 1), ("LGA", "New York", 2), ("ORD", "Chicago", 1)):
        api.make_record("airport", name=faa.lower(), faa=faa, city=city, number=number)
    api.make_object(
        "Plane",
        {"label": "Tail", "type": "TEXT", "isUnique": True},
        {"label": "Home", "type": "LOOKUP", "options": {"target": "airport"}},
        {"label": "Stops", "type": "LOOKUP", "options": {"target": "airport", "multiple": True}},
        {"label": "Pilot", "type": "USER"},
    )
    return api


def ids(api: Api) -> dict[str, str]:
    rows = api.get("airport/records", fields="faa").json["data"]
    return {row["data"]["faa"]: row["id"] for row in rows}


def make(api: Api, **data: Any) -> Any:
    return api.post("plane/records", {"data": {"name": "p", **data}})


def test_a_lookup_takes_what_people_know(airports: Api) -> None:
    id_of = ids(airports)
    for described, code in (
        (JFK, "JFK"),
        ({"faa": "jfk"}, "JFK"),  # as unique values are the same whatever their case
        ({"number": 2, "city": "NEW YORK"}, "LGA"),
        ({"city": "Chicago", "number": "1.0"}, "ORD"),
    ):
        made = make(airports, home=described)
        assert (made.status, made.json["data"]["home"]) == (201, id_of[code]), described
    field = next(field for field in airports.get("airport").json["fields"] if field["apiName"] == "faa")
    assert make(airports, home={field["id"]: "ORD"}).json["data"]["home"] == id_of["ORD"]
    made = make(airports, stops=[ORD, id_of["JFK"], {"city": "new york", "number": 2}, JFK])
    assert made.json["data"]["stops"] == [id_of["ORD"], id_of["JFK"], id_of["LGA"]]
    changed = airports.patch(f"plane/records/{made.json['id']}", {"data": {"home": ORD, "stops": [JFK]}})
    assert (changed.json["data"]["home"], changed.json["data"]["stops"]) == (id_of["ORD"], [id_of["JFK"]])
    related = airports.get(f"airport/records/{id_of['ORD']}/related/plane", via="home").json["data"]
    assert made.json["id"] in [record["id"] for record in related]


def test_a_user_is_known_by_the_address(airports: Api, rep: User, stranger: User) -> None:
    made = make(airports, pilot="REP@acme.example ")
    assert (made.status, made.json["data"]["pilot"]) == (201, str(rep.id))
    refused = make(airports, pilot=stranger.email)
    assert refused.problem("data.pilot") == "not_found", "another organization's"
    assert stranger.email in refused.json["message"][0]
    User.objects.filter(id=rep.id).update(is_active=False)
    assert make(airports, pilot=rep.email).problem("data.pilot") == "not_found"


@pytest.mark.parametrize(
    ("home", "code", "says"),
    [
        ({"faa": "XXX"}, "not_found", "home must be a record of Airport, and none has the FAA XXX"),
        ({"city": "Paris", "number": 1}, "not_found", "none has the City Paris and the Number 1"),
        ({"name": "jfk"}, "choice", "unique field or unique key of airport: there is faa; city and number"),
        ({"city": "New York"}, "choice", "there is faa; city and number"),
        ({"faa": "JFK", "city": "New York"}, "choice", "there is faa; city and number"),
        ({}, "choice", "there is faa; city and number"),
        ({"faa": None}, "required", "home is found by faa, which must have a value"),
        ({"faa": 5}, "type", "home is found by faa, which must be a text"),
        ({"faa": {"a": 1}}, "type", "home is found by faa, which must be a text"),
        ({"city": "Chicago", "number": "x"}, "type", "home is found by number, which must be a number"),
        ({"ref": "a"}, "ref", "only a bulk has operations"),
        ([JFK], "type", "must be an id"),
        ("JFK", "type", "must be an id"),
    ],
)
def test_what_is_not_found_is_said(airports: Api, home: Any, code: str, says: str) -> None:
    refused = make(airports, home=home, tail=7)
    assert (refused.status, refused.problem("data.home")) == (400, code), refused
    assert says in " ".join(refused.json["message"])
    assert refused.problem("data.tail") == "type", "and all else that is wrong"
    assert not Record.objects.filter(custom_object__api_name="plane").exists()


def test_a_deleted_record_is_known_no_more(airports: Api) -> None:
    airports.delete(f"airport/records/{ids(airports)['JFK']}")
    assert make(airports, home=JFK).problem("data.home") == "not_found"


def test_others_records_are_not_found(airports: Api, stranger: User) -> None:
    globex = Api(stranger)
    globex.make_object("Airport", {"label": "FAA", "type": "TEXT", "isUnique": True})
    globex.make_record("airport", faa="CDG")
    assert make(airports, home={"faa": "CDG"}).problem("data.home") == "not_found"


def test_keys_that_are_being_made_find_nothing_yet(airports: Api) -> None:
    field = next(field for field in airports.get("airport").json["fields"] if field["apiName"] == "faa")
    CustomObject.objects.filter(api_name="airport").update(
        key_fillings={field["id"]: {"filledTo": None, "recordsDone": 0}}, schema_version=90
    )
    assert make(airports, home=JFK).problem("data.home") == "busy"


@pytest.mark.parametrize("known", ["home", "pilot"])
def test_who_may_not_read_finds_nothing_by_what_it_holds(airports: Api, admin: User, known: str) -> None:
    _row, key = create_api_key(admin, "writer", ["write"])
    program = Api(None, **{"X-API-Key": key})
    given = {"home": JFK, "pilot": admin.email}[known]
    assert make(program, **{known: given}).problem() == "scope"
    assert make(program, home=ids(airports)["JFK"]).status == 201


def test_bulks_upserts_and_changes_by_filter(airports: Api, rep: User) -> None:
    id_of = ids(airports)
    operations = [
        {"op": "create", "data": {"name": "a", "tail": "A", "home": JFK, "pilot": rep.email}},
        {"op": "upsert", "by": "tail", "data": {"name": "b", "tail": "B", "home": ORD}},
        {"op": "upsert", "by": "tail", "data": {"tail": "A", "home": ORD, "stops": [JFK, ORD]}},
        {"op": "create", "data": {"name": "c", "home": {"faa": "XXX"}}},
    ]
    done = airports.post("plane/records/bulk", {"operations": operations, "atomic": False}).json["data"]
    assert [one["status"] for one in done] == [201, 201, 200, 400]
    assert done[3]["error"]["errors"][0]["field"] == "data.home"
    assert done[2]["record"]["data"] == {
        **done[0]["record"]["data"],
        "home": id_of["ORD"],
        "stops": [id_of["JFK"], id_of["ORD"]],
    }
    assert done[0]["record"]["data"]["pilot"] == str(rep.id)
    refused = airports.post("plane/records/bulk", {"operations": operations})
    assert refused.problem("operations.3.data.home") == "not_found"
    changed = airports.post("plane/records/bulk-update", {"filter": {}, "data": {"home": {"faa": "LGA"}}})
    assert changed.json["changed"] == 2
    assert len(airports.names("plane", home=id_of["LGA"])) == 2
    refused = airports.post("plane/records/bulk-update", {"filter": {}, "data": {"home": {"faa": "XXX"}}})
    assert {problem["code"] for problem in refused.json["errors"]} == {"not_found"}


def test_an_upsert_finds_its_record_by_a_described_part(airports: Api) -> None:
    """A unique key may have a lookup in it."""
    airports.patch("plane", {"uniqueKeys": [{"fields": ["home", "name"]}]})
    upsert = {"op": "upsert", "by": ["home", "name"], "data": {"name": "One", "home": JFK, "tail": "T1"}}
    for status in (201, 200):
        [done] = airports.post("plane/records/bulk", {"operations": [upsert]}).json["data"]
        assert done["status"] == status
    assert airports.get("plane/records").json["meta"]["total"] == 1
    wrong = {**upsert, "data": {**upsert["data"], "home": {"faa": "XXX"}}}
    refused = airports.post("plane/records/bulk", {"operations": [wrong]})
    assert refused.problem("operations.0.data.home") == "not_found"


@pytest.mark.parametrize("records", [1, 40])
def test_a_bulk_finds_all_together(airports: Api, rep: User, records: int, django_assert_num_queries: Any) -> None:
    def operations(start: str) -> dict[str, Any]:
        codes = ("JFK", "LGA", "ORD")
        rows = [{"tail": f"{start}{n}", "home": {"faa": codes[n % 3]}, "pilot": rep.email} for n in range(records)]
        return {"operations": [{"op": "create", "data": {"name": "x", **row}} for row in rows]}

    assert airports.post("plane/records/bulk", operations("warm")).status == 200
    # 1. Who asks, and the object. 2. and 14. The beginning and the end of the transaction, within the test's.
    # 3. The object, held.
    # 4. The object that the lookup points at. 5. The users, by their addresses. 6. The airports, by their keys.
    # 7. and 13. The beginning and the end of the batch.
    # 8. The users that are referred to. 9. The airports that are, held.
    # 10. The unique keys. 11. The records. 12. The links.
    # In SQLite, before several records, the number of the transaction.
    with django_assert_num_queries(14 + (connection.vendor == "sqlite" and records > 1)):
        assert airports.post("plane/records/bulk", operations("cold")).status == 200


def test_a_file_points_at_itself(api: Api) -> None:
    """Rows that name rows before them, as people's managers in a list of people."""
    api.make_object(
        "Person",
        {"label": "Mail", "type": "EMAIL", "isUnique": True},
        {"label": "Boss", "type": "LOOKUP", "options": {"target": "person"}},
    )
    rows = [("a@x.example", None), ("b@x.example", "A@x.example"), ("c@x.example", "b@x.example")]
    operations = [
        {"op": "upsert", "by": "mail", "data": {"name": mail[0], "mail": mail, "boss": boss and {"mail": boss}}}
        for mail, boss in rows
    ]
    for status in (201, 200):
        done = api.post("person/records/bulk", {"operations": operations}).json["data"]
        assert [one["status"] for one in done] == [status] * 3
    page = api.get("person/records", expand="boss", sort="name").json["data"]
    assert [(row["expanded"]["boss"] or {}).get("name") for row in page] == [None, "a", "b"]
    # What an earlier row gave up is not found any more; what is further down is not yet.
    moved = [
        {"op": "update", "id": page[0]["id"], "data": {"mail": "z@x.example"}},
        {"op": "create", "data": {"name": "d", "boss": {"mail": "a@x.example"}}},
        {"op": "create", "data": {"name": "e", "boss": {"mail": "z@x.example"}}},
        {"op": "create", "data": {"name": "f", "boss": {"mail": "g@x.example"}}},
        {"op": "create", "data": {"name": "g", "mail": "g@x.example"}},
    ]
    done = api.post("person/records/bulk", {"operations": moved, "atomic": False}).json["data"]
    assert [one["status"] for one in done] == [200, 400, 201, 400, 201]
    assert done[2]["record"]["data"]["boss"] == page[0]["id"]


def test_forms_take_it_too(airports: Api, rep: User) -> None:
    browser = Client()
    browser.force_login(airports.user)
    page = browser.get("/o/plane/new/", follow=True)
    form = page.context["form"]
    sent = {name: form.initial[name] for name in ("shown", "token")}
    sent |= {"data-name": "formed", "data-home": json.dumps(JFK), "data-pilot": rep.email}
    address = page.request["PATH_INFO"] + "?" + page.request["QUERY_STRING"]
    wrong = browser.post(address, {**sent, "data-home": '{"faa": "XXX"}'})
    assert wrong.status_code == 422
    assert "none has the FAA XXX" in wrong.content.decode()
    unread = browser.post(address, {**sent, "data-home": "{faa"})
    assert unread.context["form"].errors.keys() == {"data-home"}
    assert browser.post(address, sent).status_code == 302
    [made] = airports.get("plane/records", name="formed").json["data"]
    assert (made["data"]["home"], made["data"]["pilot"]) == (ids(airports)["JFK"], str(rep.id))


def test_airports_and_planes_load_in_one_pass_each(airports: Api) -> None:
    """As in docs/api.md: the planes' home by its code, whatever it is."""
    codes = [f"Z{number:02}" for number in range(60)]
    rows = [{"name": code, "faa": code} for code in codes]
    upsert = [{"op": "upsert", "by": "faa", "data": row} for row in rows]
    assert airports.post("airport/records/bulk", {"operations": upsert}).json["meta"] == {"succeeded": 60, "failed": 0}
    planes = [{"name": f"N{n}", "tail": f"N{n}", "home": {"faa": codes[n % 60]}} for n in range(200)]
    upsert = [{"op": "upsert", "by": "tail", "data": row} for row in planes]
    assert airports.post("plane/records/bulk", {"operations": upsert}).json["meta"] == {"succeeded": 200, "failed": 0}
    page = airports.get("plane/records", home__faa="Z07", fields="tail", sort="tail").json["data"]
    assert [row["data"]["tail"] for row in page] == ["N127", "N187", "N67", "N7"]


def test_ref_is_no_name_of_a_field(api: Api) -> None:
    made = api.post(OBJECTS, {"name": "Thing", "fields": [{"label": "Ref", "type": "TEXT"}]})
    assert made.json["fields"][0]["apiName"] == "ref_value"


@pytest.mark.parametrize("field", ["home", "stops", "pilot"])
def test_any_input_is_a_refusal(airports: Api, field: str) -> None:
    """Whatever is sent, it is a 400, and the message repeats little of it."""
    long = "x" * 100_000
    many = json.dumps({str(number): number for number in range(2_000)})
    for raw in (
        *('{"faa": "\\ud800"}', '{"faa": "\\u0000"}', '{"\\ud800": 1}', '{"\\u0000": 1}', '"a@\\ud800"', '"a@\\u0000"'),
        *(f'{{"faa": "{long}"}}', f'{{"{long}": 1}}', many, f'"{long}@x.example"', f'[{{"faa": "{long}"}}]'),
        *('{"ref": {}}', '{"ref": null}', '{"ref": "a", "faa": "JFK"}', '{"id": "x"}', "{}", "[[]]", "[{}]", "[null]"),
        *('[{"faa": "JFK"}, null]', '{"number": 1e400, "city": "x"}', '{"number": true, "city": "x"}', '"@"', "true"),
    ):
        one = airports.post("plane/records", f'{{"data": {{"name": "x", "{field}": {raw}}}}}')
        operation = f'{{"op": "create", "ref": "a", "data": {{"name": "x", "{field}": {raw}}}}}'
        bulk = airports.post("plane/records/bulk", f'{{"operations": [{operation}]}}')
        assert (one.status, bulk.status) == (400, 400), (raw[:80], one, bulk)
        assert max(len(one.text), len(bulk.text)) < 2_000

"""What records are called: the display text of their primary field, whatever its type, everywhere."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from customobjects.fieldtypes import TYPES
from customobjects.models import Field, Record
from customobjects.services import backfill
from salesos.accounts.models import User
from tests.conftest import OBJECTS, Api

CHOICES = [{"value": "JFK", "label": "New York Kennedy"}, {"value": "LHR", "label": "London Heathrow"}]
# Of each type: its options, the value of a first and of a second record, and what the two are called.
NAMED: dict[str, tuple[dict[str, Any], Any, Any, str, str]] = {
    "TEXT": ({}, "Anna", "Berta", "Anna", "Berta"),
    "TEXTAREA": ({}, "\nAnna\nis here", "Berta\nis not", "Anna", "Berta"),
    "NUMBER": ({}, 999, 1234.5, "999", "1,234.5"),
    "CURRENCY": ({"currency": "EUR"}, 999, 1234.5, "€999.00", "€1,234.50"),
    "PERCENT": ({}, 5, 12.5, "5 %", "12.5 %"),
    "DATE": ({}, "2025-12-31", "2026-01-01", "Dec 31, 2025", "Jan 1, 2026"),
    "DATETIME": (
        {},
        "2025-12-31T23:00:00Z",
        "2026-01-01T00:05:00Z",
        "Dec 31, 2025, 23:00 UTC",
        "Jan 1, 2026, 00:05 UTC",
    ),
    "CHECKBOX": ({}, False, True, "No", "Yes"),
    "PICKLIST": ({"values": CHOICES}, "JFK", "LHR", "New York Kennedy", "London Heathrow"),
    "MULTI_PICKLIST": (
        {"values": CHOICES},
        ["JFK", "LHR"],
        ["LHR"],
        "New York Kennedy, London Heathrow",
        "London Heathrow",
    ),
    "EMAIL": ({}, "ada@example.com", "bob@example.com", "ada@example.com", "bob@example.com"),
    "PHONE": ({}, "+16502530000", "+442083661177", "+1 650-253-0000", "+44 20 8366 1177"),
    "URL": ({}, "https://a.example/x", "https://b.example/", "https://a.example/x", "https://b.example/"),
    "AUTO_NUMBER": ({"format": "INV-{000}"}, None, None, "INV-001", "INV-002"),
    "JSON": ({}, {"a": 1}, [2], '{"a":1}', "[2]"),
}


@pytest.fixture
def browser(admin: User) -> Client:
    client = Client()
    client.force_login(admin)
    return client


def test_every_type_that_can_name_records_is_here() -> None:
    """What refers to others is in test_names_that_follow.py."""
    assert set(NAMED) == {key for key, type_ in TYPES.items() if type_.reference_kind is None}
    assert all(type_.can_be_primary for type_ in TYPES.values())


@pytest.mark.parametrize("key", NAMED)
def test_any_type_names_records(api: Api, browser: Client, key: str) -> None:
    options, first, second, first_name, second_name = NAMED[key]
    fields = [{"label": "Value", "type": key, "options": options}, {"label": "Note", "type": "NUMBER"}]
    made = api.post(OBJECTS, {"name": "Thing", "primaryField": "value", "fields": fields})
    assert (made.status, made.json.get("primaryField")) == (201, "value"), made
    given = [{} if value is None else {"value": value} for value in (first, second)]
    one, two = (api.post("thing/records", {"data": data}).json for data in given)
    assert [one["name"], two["name"]] == [first_name, second_name]
    # Lists, single records, and bulk.
    assert api.names("thing") == [second_name, first_name]
    assert api.get(f"thing/records/{one['id']}").json["name"] == first_name
    create = {"op": "create", "data": given[0]}
    [bulk] = api.post("thing/records/bulk", {"operations": [create]}).json["data"]
    assert bulk["record"]["name"] == (first_name if first is not None else "INV-003")
    api.delete(f"thing/records/{bulk['id']}")
    # Searches, within the object and in all.
    found = api.names("thing", search=second_name)
    assert second_name in found
    assert (first_name in found) == (key == "MULTI_PICKLIST"), "which has the second's value, too"
    hits = api.get("/v1/search", q=second_name).json["data"][0]["hits"]
    assert second_name in [hit["name"] for hit in hits]
    # The order by name is that of the values.
    if TYPES[key].sortable:
        assert api.names("thing", sort="name") == [first_name, second_name]
        assert api.names("thing", sort="-name") == [second_name, first_name]
    # Choices of lookups, and what they show.
    api.make_object(
        "Part", {"label": "Thing", "type": "LOOKUP", "options": {"target": "thing", "onDelete": "restrict"}}
    )
    part = api.make_record("part", thing=two["id"])
    form = browser.get("/o/part/new/", follow=True).context["form"]
    assert {label for _id, label in form.fields["data-thing"].widget.choices} >= {first_name, second_name}
    assert escaped(second_name) in browser.get(f"/o/part/r/{part['id']}/").content.decode()
    # Pages of its own.
    own = f"r/{two['id']}/"
    for path in ("", own, f"{own}edit/", f"{own}delete/"):
        assert escaped(second_name) in browser.get(f"/o/thing/{path}").content.decode(), path
    # It changes with the value, and goes with it.
    if TYPES[key].writable:
        assert api.patch(f"thing/records/{one['id']}", {"data": {"value": second}}).json["name"] == second_name
        assert api.patch(f"thing/records/{one['id']}", {"data": {"value": None}}).json["name"] == ""
        assert api.names("thing", search=second_name) == [second_name]


def escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace('"', "&quot;")


def test_messages_name_records_so(api: Api) -> None:
    day = {"label": "Day", "type": "DATE", "isUnique": True}
    api.post(OBJECTS, {"name": "Reading", "fields": [day]})
    assert api.post("reading/records", {"data": {"day": "2026-11-23"}}).status == 201
    refused = api.post("reading/records", {"data": {"day": "2026-11-23"}})
    assert refused.json["message"] == ["another Reading has the Day Nov 23, 2026: Nov 23, 2026"]


@pytest.mark.parametrize(
    ("types", "primary"),
    [
        (["NUMBER", "TEXT"], "f1"),
        (["NUMBER", "AUTO_NUMBER", "TEXT"], "f2"),
        (["PICKLIST", "AUTO_NUMBER"], "f1"),
        (["USER", "DATETIME", "NUMBER"], "f1"),
    ],
)
def test_without_a_word_what_people_write_comes_first(api: Api, types: list[str], primary: str) -> None:
    options = {"PICKLIST": {"values": ["a"]}}
    fields = [{"label": f"F{n}", "type": key, "options": options.get(key, {})} for n, key in enumerate(types)]
    assert api.post(OBJECTS, {"name": "Thing", "fields": fields}).json["primaryField"] == primary


@pytest.fixture
def airports(api: Api) -> Api:
    code = {"label": "Code", "type": "PICKLIST", "options": {"values": CHOICES}}
    api.post(OBJECTS, {"name": "Airport", "fields": [code, {"label": "City", "type": "TEXT"}], "primaryField": "code"})
    for value, city in (("JFK", "New York"), ("LHR", "London"), ("JFK", "Queens")):
        api.post("airport/records", {"data": {"code": value, "city": city}})
    return api


RENAMED = [{"value": "JFK", "label": "Idlewild"}, CHOICES[1]]


def test_a_label_that_changes_renames_the_records(airports: Api) -> None:
    versions = {row.id: row.version for row in Record.objects.all()}
    changed = airports.patch("airport/fields/code", {"options": {"values": RENAMED}})
    assert (changed.status, changed.json["filling"]) == (200, None), "so few are done at once"
    assert airports.names("airport", sort="city") == ["London Heathrow", "Idlewild", "Idlewild"]
    assert airports.names("airport", search="idlewild") == ["Idlewild", "Idlewild"]
    assert airports.names("airport", search="kennedy") == []
    assert {row.id: row.version for row in Record.objects.all()} == versions, "their values are what they were"


def test_many_records_are_renamed_in_the_background(airports: Api) -> None:
    create = {"op": "create", "data": {"code": "JFK"}}
    assert airports.post("airport/records/bulk", {"operations": [create] * 1_000}).json["meta"]["succeeded"] == 1_000
    changed = airports.patch("airport/fields/code", {"options": {"values": RENAMED}})
    assert changed.json["filling"]["texts"] is True
    assert changed.json["filling"]["recordsDone"] == 1_000
    made = airports.post("airport/records", {"data": {"code": "JFK"}}).json
    assert made["name"] == "Idlewild", "whoever writes meanwhile writes the new name"
    assert airports.get("airport/records", search="kennedy").json["meta"]["total"] > 0
    backfill.fill_all(lambda _line: None)
    assert airports.get("airport/records", search="kennedy").json["meta"]["total"] == 0
    assert set(airports.names("airport", limit=100)) == {"Idlewild"}
    assert Record.objects.exclude(name="Idlewild").count() == 1
    assert airports.get("airport").json["fields"][0]["filling"] is None


@pytest.mark.damages
@pytest.mark.parametrize(
    "values",
    [
        [*CHOICES, "CDG"],
        [CHOICES[1], CHOICES[0]],
        [{**CHOICES[0], "color": "#112233"}, {**CHOICES[1], "isActive": False}],
    ],
)
def test_nothing_is_rewritten_where_all_looks_as_before(airports: Api, values: list[Any]) -> None:
    Record.objects.update(name="untouched")
    assert airports.patch("airport/fields/code", {"options": {"values": values}}).status == 200
    assert set(airports.names("airport")) == {"untouched"}


def test_another_currency_renames_the_records(api: Api) -> None:
    api.post(OBJECTS, {"name": "Price", "fields": [{"label": "Amount", "type": "CURRENCY"}]})
    api.post("price/records", {"data": {"amount": 5}})
    assert api.names("price") == ["$5.00"]
    api.patch("price/fields/amount", {"options": {"currency": "EUR"}})
    assert api.names("price", search="€5.00") == ["€5.00"]


def test_another_primary_field_renames_the_records(airports: Api) -> None:
    airports.post("airport/fields", {"label": "Opened", "type": "DATE"})
    queens = airports.get("airport/records", city="Queens").json["data"][0]
    airports.patch(f"airport/records/{queens['id']}", {"data": {"opened": "1948-07-01"}})
    assert airports.names("airport", search="1948") == []
    assert airports.patch("airport", {"primaryField": "opened"}).status == 200
    assert airports.names("airport", search="jul 1948") == ["Jul 1, 1948"]
    assert airports.names("airport", sort="name") == ["Jul 1, 1948", "", ""]
    assert airports.patch("airport", {"primaryField": "city"}).status == 200
    assert sorted(airports.names("airport")) == ["London", "New York", "Queens"]
    assert airports.names("airport", search="jul 1948") == [], "the date names nothing any more"


def test_a_hidden_field_that_named_the_records_is_searched_no_more(airports: Api) -> None:
    """Not even while the background still has the old texts to rewrite."""
    airports.post("airport/fields", {"label": "Opened", "type": "DATE"})
    airports.patch("airport", {"primaryField": "opened"})
    queens = airports.get("airport/records", city="Queens").json["data"][0]
    airports.patch(f"airport/records/{queens['id']}", {"data": {"opened": "1948-07-01"}})
    old = Record.objects.get(id=queens["id"]).search_text
    airports.patch("airport", {"primaryField": "city"})
    Record.objects.filter(id=queens["id"]).update(search_text=old)
    Field.objects.filter(api_name="city").update(fills_text=True)
    airports.patch("airport/fields/opened", {"isActive": False})
    assert airports.names("airport", search="1948") == []
    assert airports.names("airport", search="queens") == ["Queens"]


def test_the_page_of_an_object_chooses_the_primary_field(airports: Api, browser: Client) -> None:
    page = browser.get("/setup/objects/airport/general/")
    assert "Records are named by" in page.content.decode()
    fields = {field["apiName"]: field["id"] for field in airports.get("airport").json["fields"]}
    form = {"name": "Airport", "plural_name": "Airports", "icon": "flight", "color": "#112233"}
    assert browser.post("/setup/objects/airport/general/", {**form, "primary_field": fields["city"]}).status_code == 302
    assert sorted(airports.names("airport")) == ["London", "New York", "Queens"]
    refused = browser.post("/setup/objects/airport/general/", {**form, "primary_field": "nothing"})
    assert refused.context["form"].errors.keys() == {"primary_field"}


def test_renaming_takes_the_same_queries_for_any_number(airports: Api, django_assert_num_queries: Any) -> None:
    for label in ("One", "Two"):
        create = {"op": "create", "data": {"code": "JFK"}}
        airports.post("airport/records/bulk", {"operations": [create] * 20})
        field = Field.objects.get(api_name="code")
        values = {"options": {"values": [{"value": "JFK", "label": label}]}}
        airports.patch("airport/fields/code", values)
        Field.objects.filter(id=field.id).update(fills_text=True, filled_to=None)
        Record.objects.update(name="old")
        # 1. The beginning of the transaction.
        # 2. The object, locked.
        # 3. The field.
        # 4. The records, locked.
        # 5. All fields.
        # 6. The records, written.
        # 7. The object, whose version grows.
        # 8. The field, which is done.
        # 9. The end.
        with django_assert_num_queries(9):
            backfill.fill_batch(field.id, lambda _line: None)
        assert not Record.objects.filter(name="old").exists()

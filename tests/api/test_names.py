"""apiNames that nobody chose: free ones always, whatever an object or a field is called; and ids as another way in."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from customobjects.models import CustomObject, Field
from customobjects.queries.operators import OPERATORS
from customobjects.web.urls import urlpatterns as pages
from salesos.accounts.models import User
from tests.conftest import OBJECTS, Api


@pytest.fixture
def browser(admin: User) -> Client:
    client = Client()
    client.force_login(admin)
    return client


def described() -> dict[str, Any]:
    """The OpenAPI document: what it knows is found here without what the product makes its list of."""
    return dict(json.loads(Client().get("/v1/schema").content))


def path_words() -> set[str]:
    """Every word that a path of the API or of a page has."""
    paths = [*described()["paths"], *(str(page.pattern) for page in pages)]
    return {word for path in paths for word in re.findall(r"(?<![<{:\w-])[a-z][a-z-]*(?![\w>}:])", path)}


def words_of_requests() -> Iterator[str]:
    """Every parameter of a request for records, and every property of its body."""
    document = described()
    for path, operations in document["paths"].items():
        for operation in operations.values() if "/records" in path else ():
            yield from (parameter["name"] for parameter in operation.get("parameters", ()))
            for content in operation.get("requestBody", {"content": {}})["content"].values():
                name = content["schema"]["$ref"].rpartition("/")[2]
                yield from document["components"]["schemas"][name]["properties"]
    yield from document["components"]["schemas"]["Record"]["properties"]


def test_a_field_can_be_called_like_anything(api: Api, browser: Client) -> None:
    """Each is read, written, filtered by, grouped by and set up by the apiName that it gets."""
    words = {*path_words(), *words_of_requests(), *OPERATORS, "and", "or", "not", "format", "owner", "page size"}
    assert words >= {"order", "new", "interval", "metrics", "via", "filter", "createdAt", "stats", "search", "cursor"}
    api.make_object("Box")
    names = {}
    for word in sorted(words):
        answer = api.post("box/fields", {"label": word, "type": "TEXT"})
        assert answer.status == 201, answer
        names[word] = answer.json["apiName"]
    assert len(set(names.values())) == len(words)
    assert (names["order"], names["id"], names["name"], names["format"]) == (
        "order_value",
        "id_value",
        "name_2",
        "format_value",
    )
    api.make_record("box", **{name: f"{word} 1" for word, name in names.items()})
    api.make_record("box", **{name: f"{word} 2" for word, name in names.items()})
    for word, name in names.items():
        changed = api.patch(f"box/fields/{name}", {"label": f"{word}!"})
        assert changed.json["label"] == f"{word}!", changed
    # Apart, as an object that has changed is read anew.
    for word, name in names.items():
        value = f"{word} 2"
        [found] = api.get("box/records", **{name: value, "sort": name}).json["data"]
        assert found["data"][name] == value
        assert api.post("box/records/search", {"filter": {name: value}}).json["meta"]["total"] == 1
        groups = api.get("box/records/aggregate", groupBy=name, **{name: value}).json["data"]
        assert groups == [{"group": {name: value}, "count": 1}]
        assert f'value="{word}!"' in browser.get(f"/setup/objects/box/fields/{name}/").content.decode()


def test_a_field_behind_a_lookup_can_be_called_like_an_operator(api: Api) -> None:
    target = api.make_object("Account", *({"label": key, "type": "TEXT"} for key in OPERATORS))
    api.make_object("Person", {"label": "Account", "type": "LOOKUP", "options": {"target": "account"}})
    names = {field["label"]: field["apiName"] for field in target["fields"][1:]}
    account = api.make_record("account", **{name: key for key, name in names.items()})
    api.make_record("person", account=account["id"])
    for key, name in names.items():
        assert api.get("person/records", **{f"account__{name}": key}).json["meta"]["total"] == 1
        assert api.get("person/records", **{f"account__{name}": "else"}).json["meta"]["total"] == 0


def test_an_object_can_be_called_like_anything(api: Api, browser: Client) -> None:
    for word in sorted(path_words() | {"Records", "Import", "Export"}):
        made = api.post(OBJECTS, {"name": word, "pluralName": f"All of {word}"})
        assert made.status == 201, made
        name = made.json["apiName"]
        assert api.get(name).json["id"] == made.json["id"]
        assert api.patch(name, {"description": "Changed"}).json["id"] == made.json["id"]
        assert api.get(f"{name}/records").json["data"] == []
        assert f"There are no All of {word} yet" in browser.get(f"/o/{name}/").content.decode()


@pytest.mark.parametrize(
    ("name", "api_name", "suggestion"),
    [("stats", "stats", "stats_object"), ("New", "new", "new_object"), ("Box", "box", "box_2")],
)
def test_an_object_takes_the_name_that_would_be_suggested(api: Api, name: str, api_name: str, suggestion: str) -> None:
    api.make_object("Box")
    refused = api.post(OBJECTS, {"name": name, "apiName": api_name})
    assert refused.problem("apiName") == ("duplicate" if name == "Box" else "reserved")
    assert f"{suggestion!r} would do" in refused.json["message"][0]
    assert api.post(OBJECTS, {"name": name}).json["apiName"] == suggestion
    assert api.post(OBJECTS, {"name": name}).json["apiName"] not in (api_name, suggestion)


@pytest.mark.parametrize(
    ("label", "api_name", "suggestion"), [("ID", "id", "id_value"), ("Range", "range", "range_value")]
)
def test_a_field_takes_the_name_that_would_be_suggested(api: Api, label: str, api_name: str, suggestion: str) -> None:
    api.make_object("Box")
    refused = api.post("box/fields", {"label": label, "type": "TEXT", "apiName": api_name})
    assert refused.problem("apiName") == "reserved"
    assert f"{suggestion!r} would do" in refused.json["message"][0]
    assert api.post("box/fields", {"label": label, "type": "TEXT"}).json["apiName"] == suggestion


def test_within_one_request_names_that_are_given_come_first(api: Api) -> None:
    fields = [
        {"label": "Name", "type": "TEXT"},
        {"label": "name", "type": "TEXT"},
        {"label": "Size", "type": "TEXT"},
        {"label": "Volume", "type": "TEXT", "apiName": "size"},
        {"label": "Count", "type": "NUMBER"},
    ]
    made = api.post(OBJECTS, {"name": "Box", "fields": fields})
    assert [field["apiName"] for field in made.json["fields"]] == ["name", "name_2", "size_2", "size", "count_value"]
    twice = [{"label": "A", "type": "TEXT", "apiName": "a"}, {"label": "B", "type": "TEXT", "apiName": "a"}]
    assert api.post(OBJECTS, {"name": "Crate", "fields": twice}).problem("fields.1.apiName") == "duplicate"


def test_an_object_is_made_whatever_its_fields_are_called(api: Api) -> None:
    labels = ["Name", "name", "ID", "Version", "Format", "Owner", "Count", "Data", "Page", "Order", "And", "Via"]
    made = api.post(OBJECTS, {"name": "Records", "fields": [{"label": label, "type": "TEXT"} for label in labels]})
    assert made.status == 201, made
    assert (made.json["apiName"], made.json["pluralName"]) == ("records", "Records")
    assert [field["label"] for field in made.json["fields"]] == labels
    values = {field["apiName"]: field["label"] for field in made.json["fields"]}
    assert len(values) == len(labels)
    record = api.post("records/records", {"data": values})
    assert record.json["data"] == values
    assert api.names("records", **values) == ["Name"]


@pytest.mark.parametrize(
    ("name", "api_name", "plural"),
    [
        ("Straße", "strasse", "Straßes"),
        ("資産", "zi_chan", "資産"),
        ("عقد", "qd", "عقد"),
        ("Договор", "dogovor", "Договор"),
        ("2024", "n2024", "2024"),
        ("🚀", "object", "🚀"),
        ("Company", "company", "Companies"),
        ("Box", "box", "Boxes"),
        ("Sales Person", "sales_person", "Sales People"),
        ("Series", "series", "Series"),
    ],
)
def test_names_of_any_kind(api: Api, browser: Client, name: str, api_name: str, plural: str) -> None:
    """Objects, fields and records of the same name, through the API, the pages and their addresses."""
    made = api.make_object(name, {"label": name, "type": "TEXT"}).copy()
    assert (made["apiName"], made["pluralName"], made["name"]) == (api_name, plural, name)
    field = made["fields"][1]["apiName"]
    assert field == ("field" if api_name == "object" else api_name)
    record = api.make_record(api_name, name=name, **{field: name})
    [found] = api.get(f"{api_name}/records", **{field: name, "sort": field, "search": name}).json["data"]
    assert (found["name"], found["data"][field]) == (name, name)
    listed, setup = f"/o/{api_name}/", f"/setup/objects/{api_name}/"
    for path in (
        listed,
        f"{listed}new/",
        setup,
        f"{setup}fields/{field}/",
        f"{listed}r/{record['id']}/",
        f"{listed}?search={name}",
    ):
        page = browser.get(path, follow=True)
        assert (page.status_code, name in page.content.decode()) == (200, True), path
    assert plural in browser.get("/").content.decode()


def test_two_names_without_a_letter_are_numbered(api: Api) -> None:
    assert [api.post(OBJECTS, {"name": name}).json["apiName"] for name in ("🚀", "📦", "---")] == [
        "object",
        "object_2",
        "object_3",
    ]


def rename(label: str, api_name: str) -> str:
    """Give a field a name that was still free when it was made. Returns its id."""
    field = Field.objects.get(label=label)
    Field.objects.filter(id=field.id).update(api_name=api_name)
    CustomObject.objects.filter(id=field.custom_object_id).update(updated_at=timezone.now())
    return str(field.id)


@pytest.mark.parametrize("word", ["order", "new", "and", "not", "interval", "limit", "via", "in", "id", "filter"])
def test_what_has_a_reserved_name_is_reached_by_its_id(api: Api, browser: Client, word: str) -> None:
    api.make_object("Account", {"label": "Old", "type": "NUMBER", "isUnique": True})
    api.make_object("Person", {"label": "Account", "type": "LOOKUP", "options": {"target": "account"}})
    accounts = [api.make_record("account", name=f"A{number}", old=number) for number in (5, 7)]
    api.make_record("person", name="P", account=accounts[1]["id"])
    id_ = rename("Old", word)
    assert api.get("account/records", **{f"{id_}__gte": 6, "fields": id_}).json["data"][0]["data"] == {word: 7}
    assert api.get("account/records", **{id_: 5}).json["data"][0]["name"] == "A5"
    assert api.names("account", sort=f"-{id_}") == ["A7", "A5"]
    tree = {"or": [{id_: 5}, {"not": {id_: 5}}], f"{id_}__gt": 6}
    assert [row["name"] for row in api.post("account/records/search", {"filter": tree}).json["data"]] == ["A7"]
    assert api.names("person", **{f"account__{id_}__lt": 8}) == ["P"]
    assert api.names("person", **{f"account__{id_}__lt": 7}) == []
    figures = api.get("account/records/aggregate", groupBy=id_, metrics=f"sum:{id_}", **{f"{id_}__gt": 5}).json["data"]
    assert figures == [{"group": {word: 7}, "sum": {word: 7}}]
    upsert = {"op": "upsert", "by": id_, "data": {word: 7, "name": "A8"}}
    [done] = api.post("account/records/bulk", {"operations": [upsert]}).json["data"]
    assert (done["id"], done["record"]["name"]) == (accounts[1]["id"], "A8")
    assert api.patch("account", {"uniqueKeys": [{"fields": [id_, "name"]}]}).status == 200
    assert api.patch(f"account/fields/{id_}", {"label": "Reached"}).json["apiName"] == word
    # The page of the setup leads there, too.
    [address] = re.findall(
        r'href="(/setup/objects/account/fields/[^"]+)"[^>]*><bdi>Reached<', text_of(browser, "/setup/objects/account/")
    )
    assert 'value="Reached"' in browser.get(address).content.decode()
    assert api.delete(f"account/fields/{id_}").status == 409
    assert api.patch("account", {"uniqueKeys": []}).status == 200
    assert api.delete(f"account/fields/{id_}").status == 204


def text_of(browser: Client, path: str) -> str:
    return browser.get(path).content.decode()


def test_a_lookup_with_a_reserved_name_is_expanded_and_followed_by_its_id(api: Api) -> None:
    api.make_object("Account")
    api.make_object("Person", {"label": "Old", "type": "LOOKUP", "options": {"target": "account"}})
    account = api.make_record("account", name="Acme")
    api.make_record("person", name="P", old=account["id"])
    id_ = rename("Old", "via")
    [person] = api.get("person/records", expand=f"{id_},via,{id_}.ownerId").json["data"]
    assert person["expanded"].keys() == {"via"}
    assert person["expanded"]["via"]["expanded"]["ownerId"]["email"] == "admin@acme.example"
    assert api.get(f"account/records/{account['id']}/related/person", via=id_).json["meta"]["total"] == 1
    assert api.get(f"account/records/{account['id']}/related/person", via="nothing").problem("via") == "choice"


def test_an_object_with_a_reserved_name_is_reached_by_its_id(api: Api, browser: Client) -> None:
    made = api.make_object("Box")
    CustomObject.objects.filter(id=made["id"]).update(api_name="new")
    api.make_record(made["id"], name="Crate")
    assert api.get(made["id"]).json["apiName"] == "new"
    assert api.names(made["id"]) == ["Crate"]
    home = browser.get("/").content.decode()
    assert f'href="/o/{made["id"]}/"' in home
    listed = browser.get(f"/o/{made['id']}/").content.decode()
    assert "Crate" in listed
    assert set(re.findall(r'href="/o/([^/"]+)/', listed)) == {made["id"]}

"""Through lookups: orders, filters of two steps, groups, and related lists that are empty or not."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from django.db.models import Q

from customobjects import access
from customobjects.models import CustomObject
from customobjects.schema import Schema
from salesos.accounts.actor import Actor
from salesos.accounts.models import ApiKey, User
from salesos.accounts.services import create_api_key
from tests.conftest import Api


@pytest.fixture
def contacts(api: Api) -> Api:
    """Accounts with parents, and contacts that point at them; some at none."""
    api.make_object(
        "Account",
        {"label": "Industry", "type": "PICKLIST", "options": {"values": ["Retail", "Energy"]}},
        {"label": "Staff", "type": "NUMBER"},
        {"label": "Parent", "type": "LOOKUP", "options": {"target": "account"}},
    )
    api.make_object(
        "Contact",
        {"label": "Account", "type": "LOOKUP", "options": {"target": "account"}},
        {"label": "Partners", "type": "LOOKUP", "options": {"target": "account", "multiple": True}},
    )
    group = api.make_record("account", name="Group", industry="Energy", staff=900)["id"]
    shop = api.make_record("account", name="Shop", industry="Retail", parent=group, staff=5)["id"]
    plant = api.make_record("account", name="Plant", industry="Energy", parent=shop)["id"]
    bare = api.make_record("account", name="bare")["id"]
    rows: list[dict[str, Any]] = [
        {"name": "A", "account": shop},
        {"name": "B", "account": plant},
        {"name": "C", "account": group, "partners": [shop, plant]},
        {"name": "D"},
        {"name": "E", "account": bare},
        {"name": "F", "account": shop, "partners": [bare]},
        {"name": "G"},
    ]
    for row in rows:
        api.make_record("contact", **row)
    return api


ORDERS = {
    "account": "ECBAFDG",
    "-account": "FABCEGD",
    "account.name": "ECBAFDG",
    "account.industry": "AFBCDEG",
    "-account.industry": "CBFAGED",
    "account.staff": "AFCBDEG",
    "-account.staff": "CFAGEDB",
    "account.createdAt": "CAFBEDG",
    "account.industry,-name": "FACBGED",
    "account.industry,account": "AFCBEDG",
    "account,-id": "ECBFAGD",
    "account.name,name": "ECBAFDG",
    "-account,name": "AFBCEDG",
}


def by_cursor(api: Api, path: str, **params: Any) -> str:
    """The names of a whole list, read page by page."""
    found, cursor = "", ""
    while True:
        page = api.get(f"{path}/records", **params, cursor=cursor).json
        found += "".join(record["name"] for record in page["data"])
        cursor = page["meta"]["nextCursor"]
        if not cursor:
            return found


@pytest.mark.parametrize("sort", ORDERS)
@pytest.mark.parametrize("limit", [1, 2, 3, 20])
def test_orders(contacts: Api, sort: str, limit: int) -> None:
    assert by_cursor(contacts, "contact", sort=sort, limit=limit) == ORDERS[sort]
    pages = range(1, -(-7 // limit) + 1)
    assert "".join("".join(contacts.names("contact", sort=sort, limit=limit, page=n)) for n in pages) == ORDERS[sort]


def test_what_no_list_can_be_sorted_by(contacts: Api) -> None:
    for sort in (
        "partners",
        "partners.name",
        "account.parent",
        "account.id",
        "account.color",
        "name.x",
        "account.a.b",
        "account.",
    ):
        assert contacts.get("contact/records", sort=sort).problem("sort") == "choice", sort
    answer = contacts.get("contact/records", sortBy="account.color")
    assert answer.problem("sortBy") == "choice"
    assert "of account, name, industry, staff, createdAt" in answer.json["message"][0]
    contacts.post("contact/fields", {"label": "First", "type": "LOOKUP", "options": {"target": "account"}})
    contacts.post("contact/fields", {"label": "Second", "type": "LOOKUP", "options": {"target": "account"}})
    assert contacts.get("contact/records", sort="first,second.name,account").problem("sort") == "too_many"
    # By the lookup's id, too, and by another one of the same object.
    lookup = {field["apiName"]: field["id"] for field in contacts.get("contact").json["fields"]}["account"]
    assert "".join(contacts.names("contact", sort=f"{lookup}.staff")) == ORDERS["account.staff"]
    assert contacts.names("account", sort="parent,name") == ["Shop", "Plant", "bare", "Group"]


def test_a_cursor_belongs_to_its_order(contacts: Api) -> None:
    cursor = contacts.get("contact/records", sort="account", limit=2).json["meta"]["nextCursor"]
    assert contacts.get("contact/records", sort="account.name", limit=2, cursor=cursor).status == 200
    answer = contacts.get("contact/records", sort="account.staff", limit=2, cursor=cursor)
    assert answer.problem("cursor") == "cursor"


def test_an_order_follows_its_targets(contacts: Api) -> None:
    [shop] = contacts.get("account/records", name="Shop").json["data"]
    contacts.patch(f"account/records/{shop['id']}", {"data": {"name": "AAA"}})
    assert "".join(contacts.names("contact", sort="account")) == "AFECBDG"
    # The trash holds no target.
    contacts.delete(f"account/records/{shop['id']}")
    assert "".join(contacts.names("contact", sort="account")) == "ECBADFG"
    # A new list of a picklist's values holds at once, also for who has a cursor.
    first = contacts.get("contact/records", sort="account.industry", limit=1).json
    values = [{"value": "Energy"}, {"value": "Retail"}]
    assert contacts.patch("account/fields/industry", {"options": {"values": values}}).status == 200
    assert "".join(contacts.names("contact", sort="account.industry")) == "BCADEFG"
    left = contacts.get("contact/records", sort="account.industry", cursor=first["meta"]["nextCursor"]).json["data"]
    assert [first["data"][0]["name"], *(record["name"] for record in left)] == list("BCADEFG")


FILTERS: list[tuple[dict[str, str], str]] = [
    ({"account__parent__industry": "Energy"}, "AF"),
    ({"account__parent__industry": "Retail"}, "B"),
    ({"account__parent__industry__in": "Retail,Energy"}, "ABF"),
    ({"account__parent__staff__gte": "6"}, "AF"),
    ({"account__parent__name__icontains": "SHO"}, "B"),
    ({"account__parent__createdAt__gt": "2001-01-01"}, "ABF"),
    ({"account__parent__isnull": "true"}, "CE"),
    ({"account__parent__staff__isnull": "true"}, ""),
    ({"partners__parent__name": "Group"}, "C"),
    ({"partners__parent__staff__lt": "10"}, "C"),
    ({"account__parent__name": "Group", "partners__isnull": "false"}, "F"),
]


@pytest.mark.parametrize(("params", "names"), FILTERS, ids=[str(params) for params, _names in FILTERS])
def test_filters_of_two_steps(contacts: Api, params: dict[str, str], names: str) -> None:
    assert "".join(contacts.names("contact", **params, sort="name")) == names
    tree = contacts.post("contact/records/search", {"filter": {"not": params}, "sort": "name"}).json["data"]
    assert "".join(record["name"] for record in tree) == "".join(sorted(set("ABCDEFG") - set(names)))


def test_how_far_filters_go(contacts: Api) -> None:
    name = "account__parent__parent__name"
    answer = contacts.get("contact/records", **{name: "Group"})
    assert answer.problem(name) == "depth"
    assert answer.json["message"][0].startswith(f"{name} goes through more than 2 lookups; the last one has exact")
    name = "account__parent__color"
    assert contacts.get("contact/records", **{name: "1"}).problem(name) == "operator"
    tree = {"or": [{"account__parent__staff": number, "account__parent__staff__gt": number} for number in range(13)]}
    assert contacts.post("contact/records/search", {"filter": tree}).problem() == "too_many"
    tree["or"].pop()
    assert contacts.post("contact/records/search", {"filter": tree}).status == 200


RELATED: list[tuple[str, dict[str, str], str]] = [
    ("account", {"contact__isnull": "true"}, ""),
    ("account", {"contacts__isnull": "false"}, "bare,Group,Plant,Shop"),
    ("account", {"account__isnull": "true"}, "bare,Plant"),
    ("account", {"accounts__isnull": "false"}, "Group,Shop"),
    ("account", {"visits__isnull": "true", "industry": "Energy"}, "Group"),
    ("account", {"visit__isnull": "false"}, "Plant,Shop"),
    ("contact", {"account__visits__isnull": "true"}, "C,E"),
    ("contact", {"account__visits__isnull": "false"}, "A,B,F"),
]


@pytest.mark.parametrize(("name", "params", "names"), RELATED)
def test_related_lists_that_are_empty(contacts: Api, name: str, params: dict[str, str], names: str) -> None:
    fields = [{"label": label, "type": "LOOKUP", "options": {"target": "account"}} for label in ("First", "Second")]
    contacts.make_object("Visit", *fields)
    ids = {record["name"]: record["id"] for record in contacts.get("account/records").json["data"]}
    contacts.make_record("visit", first=ids["Shop"])
    contacts.make_record("visit", second=ids["Plant"])
    gone = contacts.make_record("visit", first=ids["bare"])
    contacts.delete(f"visit/records/{gone['id']}")
    assert ",".join(contacts.names(name, **params, sort="name")) == names
    tree = contacts.post(f"{name}/records/search", {"filter": {"or": [params]}, "sort": "name"}).json["data"]
    assert ",".join(record["name"] for record in tree) == names


def test_related_lists_are_asked_for_nothing_else(contacts: Api) -> None:
    for name, operand in (("contacts", "x"), ("contacts__name", "x"), ("visits__isnull", "true")):
        assert contacts.get("account/records", **{name: operand}).problem(name) == "unknown", name
    assert contacts.get("account/records", contacts__isnull="perhaps").problem("contacts__isnull") == "type"
    # A field of that name comes first, and an object's id names its list, too.
    contacts.post("account/fields", {"label": "Contacts", "type": "NUMBER"})
    assert len(contacts.names("account", contacts__isnull="true")) == 4
    id_ = contacts.get("contact").json["id"]
    assert len(contacts.names("account", **{f"{id_}__isnull": "false"})) == 4
    # A lookup that is hidden makes no list.
    for name in ("account", "partners"):
        contacts.patch(f"contact/fields/{name}", {"isActive": False})
    assert contacts.get("account/records", contact__isnull="true").problem("contact__isnull") == "unknown"


def test_values_that_a_list_has_no_more_come_behind_it(contacts: Api) -> None:
    contacts.patch("account/fields/industry", {"options": {"values": [{"value": "Energy"}]}})
    for limit in (1, 2, 3):
        assert by_cursor(contacts, "contact", sort="account.industry", limit=limit) == "BCAFDEG"
        assert by_cursor(contacts, "contact", sort="name,account.industry", limit=limit) == "ABCDEFG"
        assert by_cursor(contacts, "contact", sort="-account.industry", limit=limit) == "CBFAGED"


def test_queries(contacts: Api, django_assert_num_queries: Any) -> None:
    asked = {"sort": "account,-account.staff", "account__parent__industry": "Energy", "count": "none"}
    contacts.get("contact/records", **asked)
    # 1. Who asks, and the object.
    # 2. and 3. The object that each lookup of the filter points at.
    # 4. The object that the lookup of the order points at.
    # 5. Contacts of accounts that have a name.
    # 6. Of those that have none, but how many people work there.
    # 7. The others.
    with django_assert_num_queries(7):
        contacts.get("contact/records", **asked)
    contacts.get("account/records", contacts__isnull="true")
    # 1. Who asks, and the object.
    # 2. The objects that point at it.
    # 3. The one of that name.
    # 4. The records.
    with django_assert_num_queries(4):
        contacts.get("account/records", contacts__isnull="true")


class Blind:
    """What somebody may not see: the accounts in energy, and how many people work anywhere."""

    def __init__(self, api: Api) -> None:
        fields = {field["apiName"]: UUID(field["id"]) for field in api.get("account").json["fields"]}
        self.account, self.staff = UUID(api.get("account").json["id"]), fields["staff"]
        self.industry = CustomObject.objects.get(api_name="account").fields.get(api_name="industry").column

    def hidden_fields(self, actor: Actor, schema: Schema) -> frozenset[UUID]:
        return frozenset({self.staff}) if schema.id == self.account else frozenset()

    def are_visible(self, actor: Actor, schema: Schema, relation: str = "", *, by_id: bool = False) -> Q:
        prefix = f"{relation}__" if relation else ""
        seen = Q(**{f"{prefix}custom_object_id": schema.id, f"{prefix}deleted_at": None})
        if schema.id != self.account:
            return seen
        return seen & (Q(**{f"{prefix}{self.industry}__isnull": True}) | ~Q(**{f"{prefix}{self.industry}": "Energy"}))


@pytest.fixture
def blind(contacts: Api, monkeypatch: pytest.MonkeyPatch) -> Api:
    rules = Blind(contacts)
    monkeypatch.setattr(access, "hidden_fields", rules.hidden_fields)
    monkeypatch.setattr(access, "are_visible", rules.are_visible)
    return contacts


def test_what_is_not_seen_is_not_learned(blind: Api) -> None:
    """Each rule is one that ``access`` may come to have; what it hides is as what is not there."""
    assert sorted(blind.names("account")) == ["Shop", "bare"]
    for name in ("account__staff", "account__parent__staff", "account__parent__staff__isnull"):
        assert blind.get("contact/records", **{name: "5"}).problem(name) == "operator"
    assert blind.get("contact/records", sort="account.staff").problem("sort") == "choice"
    assert blind.get("contact/records/aggregate", groupBy="account.staff").problem("groupBy") == "choice"
    tree = {"filter": {"account__staff": {"field": "staff"}}}
    assert blind.post("contact/records/search", tree).problem("filter.account__staff") == "operator"
    # Group and Plant are hidden: of those who point at them, nothing is told but that.
    for limit in (1, 20):
        assert by_cursor(blind, "contact", sort="account", limit=limit) == "EAFBCDG"
        assert by_cursor(blind, "contact", sort="-account,name", limit=limit) == "AFEBCDG"
        assert by_cursor(blind, "contact", sort="account.industry", limit=limit) == "AFBCDEG"
        assert by_cursor(blind, "contact", sort="name,account", limit=limit) == "ABCDEFG"
    assert blind.names("contact", account__industry="Energy") == []
    assert blind.names("contact", account__parent__name="Group") == []
    assert blind.names("contact", account__parent__name="Shop") == [], "the way leads over Plant"
    assert sorted(blind.names("contact", account__industry="Retail")) == ["A", "F"]
    rows = blind.get("contact/records/aggregate", groupBy="account.industry").json["data"]
    assert [(row["group"]["account.industry"], row["count"]) for row in rows] == [("Retail", 2), (None, 5)]
    # Of accounts, only Plant points at Shop.
    assert sorted(blind.names("account", accounts__isnull="true")) == ["Shop", "bare"]
    assert sorted(blind.names("account", contacts__isnull="false")) == ["Shop", "bare"]


def test_keys_without_the_right_to_read(contacts: Api, admin: User) -> None:
    _row, key = create_api_key(admin, "a program", [ApiKey.Scope.WRITE])
    writer = Api(None, **{"x-api-key": key})
    for params in ({"sort": "account"}, {"account__parent__name": "x"}, {"contacts__isnull": "true"}):
        assert writer.get("contact/records", **params).status == 403

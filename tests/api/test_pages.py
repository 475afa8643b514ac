"""Pages: orders by several keys, cursors, totals, links, chosen fields, expansion and related lists."""

from __future__ import annotations

import itertools
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from customobjects.queries import pages
from tests.conftest import Api


@pytest.fixture
def pumps(api: Api) -> Api:
    """Twelve records with two numbers and a text, each of which some lack, and many that tie."""
    api.make_object(
        "Pump",
        {"label": "Size", "type": "NUMBER"},
        {"label": "Weight", "type": "NUMBER"},
        {"label": "Town", "type": "TEXT"},
    )
    sizes, weights, towns = [3, None, 1, 3], [None, 2, 5], ["Ulm", "ulm", None, "Åse", "bonn"]
    for number, (size, weight) in enumerate(itertools.product(sizes, weights)):
        api.make_record("pump", name=f"{number:02}", size=size, weight=weight, town=towns[number % 5])
    return api


def expected(records: list[dict[str, Any]], sort: str) -> list[str]:
    """The names in the order that ``sort`` means: empty values last either way, ties by id the way of the first key."""
    keys = [(key.removeprefix("-"), key.startswith("-")) for key in sort.split(",")]
    ordered = sorted(records, key=lambda record: record["id"], reverse=keys[0][1])
    for name, descending in reversed(keys):
        full = [record for record in ordered if record["data"][name] is not None]
        empty = [record for record in ordered if record["data"][name] is None]
        # Python keeps ties in their order, also when it sorts in reverse.
        full.sort(key=lambda record, name=name: fold(record["data"][name]), reverse=descending)
        ordered = full + empty
    return [record["name"] for record in ordered]


def fold(value: Any) -> Any:
    return value.lower().replace("å", "a") if isinstance(value, str) else value


def walk(api: Api, path: str, **params: Any) -> list[str]:
    """The names of all records, page by page, by the cursors that each page gives."""
    names: list[str] = []
    cursor = ""
    for _ in range(100):
        page = api.get(path, **params, **({"cursor": cursor} if cursor else {}))
        assert page.status == 200, page
        names += [record["name"] for record in page.json["data"]]
        cursor = page.json["meta"]["nextCursor"]
        if cursor is None:
            return names
    raise AssertionError("the pages never end")


SORTS = [
    "size",
    "-size",
    "size,weight",
    "-size,weight",
    "size,-weight",
    "-town,size",
    "town,-weight,size",
    "weight,town",
]


@pytest.mark.parametrize("sort", SORTS)
@pytest.mark.parametrize("limit", [1, 5, 100])
def test_several_keys(pumps: Api, sort: str, limit: int) -> None:
    records = pumps.get("pump/records", limit=100).json["data"]
    wanted = expected(records, sort)
    assert walk(pumps, "pump/records", sort=sort, limit=limit) == wanted
    pages = [pumps.names("pump", sort=sort, limit=limit, page=page) for page in range(1, 14)]
    assert list(itertools.chain(*pages)) == wanted


@pytest.mark.parametrize(
    "params", [{"size__gte": 2}, {"search": "ulm"}, {"search": "ulm", "sort": "-size"}, {"sort": "id"}]
)
def test_cursors_go_with_filters_and_searches(pumps: Api, params: dict[str, Any]) -> None:
    whole = pumps.names("pump", limit=100, **params)
    assert len(whole) >= 6
    assert walk(pumps, "pump/records", limit=2, **params) == whole


def test_a_cursor_survives_what_happens_between_the_pages(pumps: Api) -> None:
    first = pumps.get("pump/records", sort="size", limit=4).json
    kept = {record["id"] for record in pumps.get("pump/records", limit=100).json["data"]}
    shown = [record["id"] for record in first["data"]]
    pumps.delete(f"pump/records/{shown[-1]}")
    pumps.delete(f"pump/records/{shown[0]}")
    pumps.make_record("pump", name="before", size=0)
    behind = pumps.make_record("pump", name="behind", size=99)
    kept.add(behind["id"])
    cursor = first["meta"]["nextCursor"]
    while cursor:
        page = pumps.get("pump/records", sort="size", limit=4, cursor=cursor).json
        shown += [record["id"] for record in page["data"]]
        cursor = page["meta"]["nextCursor"]
    assert len(shown) == len(set(shown))
    assert set(shown) == kept


def test_a_cursor_belongs_to_its_query(pumps: Api) -> None:
    cursor = pumps.get("pump/records", sort="size", limit=2).json["meta"]["nextCursor"]
    pumps.make_object("Other", {"label": "Size", "type": "NUMBER"})
    assert pumps.get("pump/records", sort="size", limit=5, cursor=cursor).status == 200, "the limit may change"
    for path, params in (
        ("pump/records", {"sort": "-size"}),
        ("pump/records", {"sort": "size,weight"}),
        ("pump/records", {"sort": "size", "size__gt": 1}),
        ("pump/records", {"sort": "size", "search": "ulm"}),
        ("other/records", {"sort": "size"}),
    ):
        assert pumps.get(path, **params, cursor=cursor).problem("cursor") == "cursor"
    for wrong in ("x", cursor[:-1], cursor[:-1] + ("A" if cursor[-1] != "A" else "B"), cursor.swapcase(), "é"):
        assert pumps.get("pump/records", sort="size", cursor=wrong).problem("cursor") == "cursor"


def test_counts(pumps: Api) -> None:
    meta = pumps.get("pump/records", limit=5, count="none").json["meta"]
    assert (meta["total"], meta["totalPages"], meta["totalIsEstimate"]) == (None, None, False)
    none = pumps.get("pump/records", limit=5, count="none")
    assert "X-Total-Count" not in none.headers
    exact = pumps.get("pump/records", limit=5, count="exact")
    assert (exact.json["meta"]["total"], exact.headers["X-Total-Count"]) == (12, "12")
    estimated = pumps.get("pump/records", limit=5, count="estimated").json["meta"]
    assert isinstance(estimated["total"], int)
    assert pumps.get("pump/records", count="all").problem("count") == "invalid_choice"


def test_links(pumps: Api) -> None:
    def links(**params: Any) -> dict[str, str]:
        header = pumps.get("pump/records", **params).headers.get("Link", "")
        found = [part.split("; rel=") for part in header.split(", ") if part]
        return {relation.strip('"'): address.strip("<>") for address, relation in found}

    base = "/v1/custom-objects/pump/records?sort=size&limit=5&size__gte=1"
    second = links(sort="size", limit=5, size__gte=1, page=2)
    assert second == {"first": f"{base}&page=1", "prev": f"{base}&page=1", "last": f"{base}&page=2"}
    first = links(sort="size", limit=5, size__gte=1)
    assert set(first) == {"next", "last"}
    following = pumps.send("GET", first["next"])
    assert following.json["data"] == pumps.get("pump/records", sort="size", limit=5, size__gte=1, page=2).json["data"]
    assert links(limit=100) == {}


def test_conditional_requests(pumps: Api) -> None:
    first = pumps.get("pump/records", limit=5)
    again = pumps.send("GET", "pump/records?limit=5", **{"if-none-match": first.headers["ETag"]})
    assert (again.status, again.text) == (304, "")
    record = first.json["data"][0]
    path = f"pump/records/{record['id']}"
    etag = pumps.get(path).headers["ETag"]
    assert pumps.send("GET", path, **{"if-none-match": etag}).status == 304
    pumps.post("pump/fields", {"label": "Note", "type": "TEXT"})
    assert pumps.send("GET", path, **{"if-none-match": etag}).status == 200, "the record looks different now"
    assert pumps.send("PATCH", path, {"data": {"note": "x"}}, **{"if-match": etag}).status == 200, "and is the same"
    assert pumps.send("PATCH", path, {"data": {"note": "y"}}, **{"if-match": etag}).status == 412


def test_large_answers_are_compressed_for_who_asks(pumps: Api) -> None:
    large = pumps.client.get(
        "/v1/custom-objects/pump/records?limit=100", headers={**pumps.headers, "accept-encoding": "gzip"}
    )
    assert large.headers["Content-Encoding"] == "gzip"
    assert len(large.content) < 3_000
    assert "Content-Encoding" not in pumps.get("pump/records", limit=100).headers


# Shape ---------------------------------------------------------------------------------------------------------------


@pytest.fixture
def family(api: Api) -> Api:
    """Sites of accounts of groups, with people."""
    api.make_object("Group")
    api.make_object(
        "Account",
        {"label": "Group", "type": "LOOKUP", "options": {"target": "group"}},
        {"label": "Keeper", "type": "USER"},
    )
    api.make_object(
        "Site",
        {"label": "Account", "type": "LOOKUP", "options": {"target": "account"}},
        {"label": "Partners", "type": "LOOKUP", "options": {"target": "account", "multiple": True}},
        {"label": "Size", "type": "NUMBER"},
    )
    assert api.user is not None
    group = api.make_record("group", name="G")["id"]
    first = api.make_record("account", name="A1", group=group, keeper=str(api.user.id))["id"]
    second = api.make_record("account", name="A2")["id"]
    api.make_record("site", name="S1", account=first, partners=[second, first], size=1)
    api.make_record("site", name="S2", account=second)
    api.make_record("site", name="S3")
    return api


def test_chosen_fields(family: Api) -> None:
    [record] = family.get("site/records", fields="size,name", name="S1").json["data"]
    assert record["data"] == {"name": "S1", "size": 1}
    assert {"id", "version", "createdAt"} <= set(record)
    assert family.get(f"site/records/{record['id']}", fields="size").json["data"] == {"size": 1}
    assert family.get("site/records", fields="size,colour").problem("fields") == "unknown"
    assert family.get("site/records", fields="").json["data"][0]["data"] == {}


def test_expansion(family: Api) -> None:
    paths = "account,account.group,account.keeper,partners,ownerId"
    page = family.get("site/records", expand=paths, sort="name").json["data"]
    account = page[0]["expanded"]["account"]
    assert (account["name"], account["expanded"]["group"]["name"]) == ("A1", "G")
    assert account["expanded"]["keeper"]["email"] == "admin@acme.example"
    assert page[0]["data"]["account"] == account["id"], "the value stays what it was"
    assert [partner["name"] for partner in page[0]["expanded"]["partners"]] == ["A2", "A1"]
    assert page[0]["expanded"]["ownerId"]["name"] == "admin"
    assert page[1]["expanded"]["account"]["expanded"] == {"group": None, "keeper": None}
    assert page[2]["expanded"]["account"] is None
    assert page[2]["expanded"]["partners"] == []
    one = family.get(f"site/records/{page[0]['id']}", expand="account", fields="size").json
    assert one["expanded"]["account"]["name"] == "A1"
    assert set(one["data"]) == {"size", "account"}


@pytest.mark.parametrize(
    ("expand", "code"),
    [
        ("size", "choice"),
        ("account.group.name", "depth"),
        ("ownerId.name", "type"),
        ("colour", "choice"),
        ("account.", "choice"),
    ],
)
def test_expansion_that_leads_nowhere(family: Api, expand: str, code: str) -> None:
    assert family.get("site/records", expand=expand).problem("expand") == code


def test_expansion_takes_the_same_queries_for_any_number(family: Api, django_assert_num_queries: Any) -> None:
    first = family.get("account/records", name="A1").json["data"][0]["id"]
    for number in range(20):
        family.make_record("site", name=f"More {number}", account=first)
        if number in (0, 19):
            family.get("site/records", expand="account,account.group,ownerId")
            # 1. Who is asking, and the object's version.
            # 2. The version of the accounts' object.
            # 3. The version of the groups' object.
            # 4. The page.
            # 5. The accounts.
            # 6. Their groups.
            # 7. The owners.
            with django_assert_num_queries(7):
                family.get("site/records", expand="account,account.group,ownerId", limit=100)


def test_related_lists(family: Api) -> None:
    accounts = {record["name"]: record["id"] for record in family.get("account/records").json["data"]}

    def related(name: str, **params: Any) -> list[str]:
        answer = family.get(f"account/records/{accounts[name]}/related/site", **params)
        assert answer.status == 200, answer
        return [record["name"] for record in answer.json["data"]]

    assert related("A1", sort="name") == ["S1"]
    assert related("A2", sort="name") == ["S1", "S2"]
    assert related("A2", via="account") == ["S2"]
    assert related("A2", size__gte=1) == ["S1"]
    assert family.get(f"account/records/{accounts['A1']}/related/site", via="size").problem("via") == "choice"
    assert family.get(f"account/records/{accounts['A1']}/related/group").problem() == "unrelated"
    assert family.get(f"site/records/{accounts['A1']}/related/site").status == 404
    assert family.get(f"account/records/{accounts['A1']}/related/nothing").status == 404


class TestAnyOrder(TestCase):
    """Whatever numbers records have, pages of any length give each record once, in the order that is asked for."""

    @given(
        numbers=st.lists(st.none() | st.integers(-3, 3) | st.decimals(-2, 2, places=3), min_size=1, max_size=9),
        limit=st.integers(1, 4),
        descending=st.booleans(),
    )
    def test_pages_join(self, numbers: list[Any], limit: int, descending: bool) -> None:
        from salesos.accounts.models import Organization
        from tests.conftest import make_user

        api = Api(make_user(Organization.objects.create(name="Any"), "any@example.com"))
        api.make_object("Thing", {"label": "Number", "type": "NUMBER"})
        records = [api.make_record("thing", name=f"{place}", number=number) for place, number in enumerate(numbers)]
        sort = "-number" if descending else "number"
        assert walk(api, "thing/records", sort=sort, limit=limit) == expected(records, sort)


def test_a_search_goes_on_behind_the_hits_that_are_ranked(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    """More of them come newest first, on every page."""
    api.make_object("Valve")
    for number in range(12):
        api.make_record("valve", name=f"{'valve' if number % 2 else 'red valve'} {number}")
    monkeypatch.setattr(pages, "MAX_RANKED_HITS", 5)
    newest = api.names("valve")
    found = [api.names("valve", search="valve", limit=2, page=number) for number in range(1, 8)]
    assert [name for names in found for name in names] == newest
    assert found[-1] == []
    # As many as are ranked, or fewer, are sorted by how well they fit on all pages, and then end.
    monkeypatch.setattr(pages, "MAX_RANKED_HITS", 12)
    ranked = api.names("valve", search="valve", limit=100)
    assert ranked != newest
    found = [api.names("valve", search="valve", limit=3, page=number) for number in range(1, 6)]
    assert [name for names in found for name in names] == ranked
    assert found[-1] == []

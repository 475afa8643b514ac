"""Orders, filters and groups through lookups give what Python works out of the same records."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from customobjects.queries import access_paths
from customobjects.storage.access_path import OrderPath
from salesos.db.caches import BoundedCache
from tests.conftest import Api

INDUSTRIES = ["Retail", "energy", "Tech"]
TAGS = ["new", "Big", "at risk"]
LEFT_OUT = "gone"
COUNTS = {"account": 14, "contact": 60}
Row = dict[str, Any]


@dataclass
class World:
    """Records as they were sent, by the name of their object and then by id, which grows with each."""

    api: Api
    rows: dict[str, dict[str, Row]] = field(default_factory=lambda: defaultdict(dict))

    def add(self, name: str, rows: list[Row]) -> list[str]:
        operations = [{"op": "create", "data": row} for row in rows]
        ids = [made["id"] for made in self.api.post(f"{name}/records/bulk", {"operations": operations}).json["data"]]
        self.rows[name] |= dict(zip(ids, rows, strict=True))
        return ids

    def value(self, row: Row, path: str) -> Any:
        """A value of a row, or behind its lookups: ``account.parent.staff``."""
        first, _, rest = path.partition(".")
        found = row.get(first)
        return self.value(self.rows["account"][found], rest) if rest and found else None if rest else found


@pytest.fixture(params=[True, False], ids=["indexed", "not indexed"])
def world(api: Api, request: Any) -> World:
    """Accounts and contacts with many ties and empty values, some pointing at what is in the trash."""
    indexed = {"isIndexed": request.param}
    industries = {"values": [*INDUSTRIES, LEFT_OUT]}
    api.make_object(
        "Account",
        {"label": "Industry", "type": "PICKLIST", "options": industries, **indexed},
        {"label": "Staff", "type": "NUMBER", **indexed},
        {"label": "Rank", "type": "TEXT", "options": {"maxLength": 2000}, **indexed},
        {"label": "Parent", "type": "LOOKUP", "options": {"target": "account"}, **indexed},
    )
    api.make_object(
        "Contact",
        {"label": "Account", "type": "LOOKUP", "options": {"target": "account"}, **indexed},
        {"label": "Other", "type": "LOOKUP", "options": {"target": "account"}},
        {"label": "Cost", "type": "NUMBER"},
        {"label": "Tags", "type": "MULTI_PICKLIST", "options": {"values": TAGS}},
    )
    world, chance = World(api), random.Random(7)

    def some(values: list[Any]) -> Any:
        return chance.choice([*values, None])

    ids: list[str] = []
    for number in range(COUNTS["account"]):
        row = {
            "name": chance.choice(["Ann", "bob", "Cid", "Dan"]) + str(number % 5),
            "industry": some([*INDUSTRIES, LEFT_OUT]),
            "staff": some([-1, 2, 10]),
            "rank": some(["b", "A", "x" * 300, "x" * 300 + "y"]),
            "parent": some(ids[:4]),
        }
        ids += world.add("account", [row])
    world.add(
        "contact",
        [
            {
                "name": f"N{number % 7}",
                "account": some(ids),
                "other": some(ids),
                "cost": some([1, 2, 3]),
                "tags": chance.sample(TAGS, chance.randint(0, 3)) or None,
            }
            for number in range(COUNTS["contact"])
        ],
    )
    values = {"values": [{"value": value} for value in INDUSTRIES]}
    assert api.patch("account/fields/industry", {"options": values}).status == 200
    gone = ids[5]
    assert api.delete(f"account/records/{gone}").status == 204
    del world.rows["account"][gone]
    for rows in world.rows.values():
        for row in rows.values():
            row.update({key: None for key, value in row.items() if value == gone})
    return world


def sort_key(path: str) -> Callable[[Any], Any]:
    """What values at a path are sorted by, where they are not empty."""
    if path.endswith("industry"):
        return lambda value: INDUSTRIES.index(value) if value in INDUSTRIES else len(INDUSTRIES)
    return lambda value: value.lower() if isinstance(value, str) else value


def expected_order(world: World, sorts: list[tuple[str, bool]]) -> list[str]:
    """The ids of all contacts in an order; each key with whether it is descending."""
    rows = world.rows["contact"]
    found = sorted(rows, reverse=sorts[0][1])
    for path, is_descending in reversed(sorts):
        reached = f"{path}.name" if path in ("account", "other") else path
        key = sort_key(reached)
        values = {id_: world.value(rows[id_], reached) for id_ in found}
        full = [id_ for id_ in found if values[id_] is not None]
        empty = [id_ for id_ in found if values[id_] is None]
        if reached.endswith("industry"):
            # Those that the list has no more come behind it, in either order.
            left_out = [id_ for id_ in full if values[id_] == LEFT_OUT]
            full = [id_ for id_ in full if values[id_] != LEFT_OUT]
            empty = left_out + empty
        # Sorting is stable, also backwards.
        full.sort(key=lambda id_, values=values, key=key: key(values[id_]), reverse=is_descending)  # type: ignore[misc]
        found = full + empty
    return found


SORTS = ["account", "account.name", "account.industry", "account.staff", "account.rank", "other.staff", "other", "cost"]
PATIENT = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25)


@PATIENT
@given(
    sorts=st.lists(
        st.tuples(st.sampled_from([*SORTS, "name"]), st.booleans()), min_size=1, max_size=3, unique_by=lambda s: s[0]
    ),
    limit=st.sampled_from([7, 20, 100]),
    page=st.integers(1, 4),
)
def test_orders(world: World, sorts: list[tuple[str, bool]], limit: int, page: int) -> None:
    sort = ",".join(f"-{path}" if is_descending else path for path, is_descending in sorts)
    expected = expected_order(world, sorts)
    found: list[str] = []
    cursor: str | None = ""
    while cursor is not None:
        answer = world.api.get("contact/records", sort=sort, limit=limit, count="none", fields="name", cursor=cursor)
        found += [record["id"] for record in answer.json["data"]]
        cursor = answer.json["meta"]["nextCursor"]
    assert found == expected, sort
    answer = world.api.get("contact/records", sort=sort, limit=limit, page=page)
    assert [record["id"] for record in answer.json["data"]] == expected[(page - 1) * limit : page * limit]


HOLDS: dict[str, Callable[[Any, Any], bool]] = {
    "": lambda value, operand: value == operand,
    "__gte": lambda value, operand: value is not None and value >= operand,
    "__lt": lambda value, operand: value is not None and value < operand,
    "__isnull": lambda value, operand: value is None,
}


@PATIENT
@given(
    steps=st.lists(st.sampled_from(["account", "other"]), min_size=1, max_size=1).flatmap(
        lambda first: st.sampled_from([first, [*first, "parent"]])
    ),
    suffix=st.sampled_from(list(HOLDS)),
    operand=st.sampled_from([-1, 2, 10]),
    is_negated=st.booleans(),
    sort=st.sampled_from(SORTS),
)
def test_filters(world: World, steps: list[str], suffix: str, operand: int, is_negated: bool, sort: str) -> None:
    tree: Any = {"__".join([*steps, "staff"]) + suffix: True if suffix == "__isnull" else operand}
    answer = world.api.post(
        "contact/records/search", {"filter": {"not": tree} if is_negated else tree, "sort": sort, "limit": 100}
    )
    rows = world.rows["contact"]
    # Where there is no record to look at, nothing holds.
    fits = {
        id_
        for id_, row in rows.items()
        if world.value(row, ".".join(steps)) is not None
        and HOLDS[suffix](world.value(row, ".".join([*steps, "staff"])), operand)
    }
    wanted = rows.keys() - fits if is_negated else fits
    assert [record["id"] for record in answer.json["data"]] == [
        id_ for id_ in expected_order(world, [(sort, False)]) if id_ in wanted
    ]
    assert answer.json["meta"]["total"] == len(wanted)


@PATIENT
@given(
    looked_through=st.sampled_from([1, 10, 1_000]),
    path=st.sampled_from(["account__staff", "account__parent__staff"]),
    operand=st.sampled_from([-1, 2, 10]),
    is_negated=st.booleans(),
    sort=st.sampled_from(["id", "-id"]),
    limit=st.integers(1, 7),
)
def test_filters_by_id(
    world: World, looked_through: int, path: str, operand: int, is_negated: bool, sort: str, limit: int
) -> None:
    """However many records are looked at in their order, before what fits at the other end of the lookups is."""
    rows = world.rows["contact"]
    fits = {id_ for id_, row in rows.items() if world.value(row, path.replace("__", ".")) == operand}
    wanted = sorted(rows.keys() - fits if is_negated else fits, reverse=sort == "-id")
    asked: dict[str, Any] = {"filter": {"not": {path: operand}} if is_negated else {path: operand}, "limit": limit}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(access_paths, "FIRST_OF_LIST", OrderPath(first=looked_through))
        patch.setattr(access_paths, "_in_order", BoundedCache(max_bytes=100, size_of=lambda _: 1))
        for page in (1, 2, 3):
            answer = world.api.post("contact/records/search", {**asked, "sort": sort, "page": page})
            assert [record["id"] for record in answer.json["data"]] == wanted[(page - 1) * limit : page * limit]
            assert answer.json["meta"]["total"] == len(wanted)
        found: list[str] = []
        cursor: str | None = ""
        while cursor is not None:
            answer = world.api.post("contact/records/search", {**asked, "sort": sort, "cursor": cursor})
            found += [record["id"] for record in answer.json["data"]]
            cursor = answer.json["meta"]["nextCursor"]
    assert found == wanted


@PATIENT
@given(is_empty=st.booleans(), name=st.sampled_from(["contact", "contacts", "account"]))
def test_related_lists(world: World, is_empty: bool, name: str) -> None:
    pointing = world.rows[name.rstrip("s")].values()
    pointed = {row.get(lookup) for row in pointing for lookup in ("account", "other", "parent")}
    answer = world.api.get("account/records", **{f"{name}__isnull": str(is_empty).lower(), "limit": 100})
    assert {record["id"] for record in answer.json["data"]} == {
        id_ for id_ in world.rows["account"] if (id_ not in pointed) is is_empty
    }


@PATIENT
@given(
    by=st.lists(
        st.sampled_from(["account.industry", "account.staff", "other.staff", "tags", "account.name"]),
        min_size=1,
        max_size=2,
        unique=True,
    ),
    metric=st.sampled_from(["count", "sum:cost", "avg:cost", "count_distinct:cost"]),
    is_descending=st.booleans(),
    limit=st.sampled_from([3, 1_000]),
)
def test_groups(world: World, by: list[str], metric: str, is_descending: bool, limit: int) -> None:
    asked = {"groupBy": ",".join(by), "metrics": f"count,{metric}", "sort": f"{'-' * is_descending}{metric}"}
    answer = world.api.get("contact/records/aggregate", **asked, limit=limit)
    groups: dict[tuple[Any, ...], list[Any]] = defaultdict(list)
    for row in world.rows["contact"].values():
        keys: list[tuple[Any, ...]] = [()]
        for path in by:
            value = world.value(row, path)
            members = value if path == "tags" and value else [value]
            keys = [(*key, member) for key in keys for member in members]
        for key in keys:
            groups[key].append(row["cost"])
    figures: dict[tuple[Any, ...], Any] = {}
    for key, costs in groups.items():
        known = [cost for cost in costs if cost is not None]
        total = sum(known) if known else None
        average = None if total is None else total / len(known)
        figures[key] = {
            "count": len(costs),
            "sum:cost": total,
            "avg:cost": average,
            "count_distinct:cost": len(set(known)),
        }[metric]
    rows = answer.json["data"]
    names = {"sum:cost": "sum", "avg:cost": "avg", "count_distinct:cost": "countDistinct"}
    shown = [row["count"] if metric == "count" else row[names[metric]]["cost"] for row in rows]
    wanted = sorted((value for value in figures.values() if value is not None), reverse=is_descending)
    wanted += [None] * (len(figures) - len(wanted))
    assert [value if value is None else pytest.approx(value) for value in wanted[:limit]] == [
        value if value is None else float(value) for value in shown
    ]
    for row, value in zip(rows, shown, strict=True):
        key = tuple(row["group"][path] for path in by)
        assert row["count"] == len(groups[key])
        assert value is None or float(value) == pytest.approx(figures[key])
    assert len(rows) == min(limit, len(groups))
    assert answer.json["meta"]["isTruncated"] is (limit < len(groups))

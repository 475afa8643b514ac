"""Saved views by the API: whose they are, what they hold, and what becomes of them."""

from __future__ import annotations

from typing import Any

import pytest

from customobjects.models import CustomObject, View
from customobjects.services.purge import purge
from salesos.accounts.models import ApiKey, User
from salesos.accounts.services import create_api_key
from tests.api.viewing import EMPTY_GRID, condition, define_deals, make
from tests.conftest import Answer, Api, make_user

NOWHERE = "00000000-0000-7000-8000-000000000000"


@pytest.fixture
def deals(api: Api) -> Api:
    define_deals(api)
    return api


def names(api: Api, **params: Any) -> list[str]:
    answer = api.get("deal/views", **params)
    assert answer.status == 200, answer
    return [view["name"] for view in answer.json["data"]]


def test_a_view_is_made_read_changed_and_deleted(deals: Api, admin: User) -> None:
    settings = {
        "search": "pump",
        "filters": [{"field": "stage", "operator": "in", "value": ["open", "won"]}],
        "anyOf": [{"field": "amount", "operator": "gte", "value": 100.50}],
        "sort": ["-amount", "createdAt"],
        "columns": [{"field": "name", "width": 200}, {"field": "createdAt"}],
        "frozen": 2,
        "group": "stage",
        "density": "comfortable",
        "footer": {"amount": "sum", "closes": "max", "name": "count"},
        "colors": [{"field": "stage", "operator": "exact", "value": "lost", "color": "#dc2626", "target": "cell"}],
    }
    answer = deals.post("deal/views", {"name": " Big\n ones ", "kind": "grid", "settings": settings})
    assert answer.status == 201, answer
    made = answer.json
    assert answer.headers["Location"] == f"/v1/custom-objects/{made['customObjectId']}/views/{made['id']}"
    assert list(made) == [
        *"id customObjectId name kind icon order isDefault isShared ownerId settings missing version".split(),
        *"createdAt updatedAt createdBy updatedBy".split(),
    ]
    assert (made["name"], made["kind"], made["icon"], made["order"]) == ("Big ones", "grid", "table", 0)
    assert (made["isDefault"], made["isShared"], made["ownerId"], made["version"]) == (False, False, str(admin.id), 1)
    assert made["settings"] == settings
    assert made["missing"] == []
    path = f"deal/views/{made['id']}"
    assert deals.get(path).json == made
    changed = deals.patch(path, {"name": "Small ones", "icon": "star", "settings": {}})
    assert changed.status == 200, changed
    assert (changed.json["name"], changed.json["icon"], changed.json["version"]) == ("Small ones", "star", 2)
    assert changed.json["settings"] == EMPTY_GRID
    assert deals.patch(path, {"name": "Small ones"}).json["version"] == 2, "nothing has changed"
    assert deals.delete(path).status == 204
    assert deals.get(path).problem() == "not_found"


@pytest.mark.parametrize(
    ("body", "field", "code"),
    [
        ({}, "name", "required"),
        ({"name": "x"}, "kind", "required"),
        ({"name": "x", "kind": "list"}, "kind", "invalid_choice"),
        ({"name": " ", "kind": "grid"}, "name", "blank"),
        ({"name": "x" * 81, "kind": "grid"}, "name", "max_length"),
        ({"name": "a\x00b", "kind": "grid"}, "name", "null_characters_not_allowed"),
        ({"name": "x", "kind": "grid", "icon": "<b>"}, "icon", "invalid"),
        ({"name": "x", "kind": "grid", "isShared": "yes"}, "isShared", "invalid"),
        ({"name": "x", "kind": "grid", "isDefault": True}, "isDefault", "unknown"),
        ({"name": "x", "kind": "grid", "ownerId": NOWHERE}, "ownerId", "unknown"),
        ({"name": "x", "kind": "grid", "settings": 7}, "settings", "invalid"),
    ],
)
def test_bodies_that_are_refused(deals: Api, body: dict[str, Any], field: str, code: str) -> None:
    answer = deals.post("deal/views", body)
    assert (answer.status, answer.problem(field)) == (400, code)


def test_the_kind_never_changes(deals: Api) -> None:
    answer = deals.patch(f"deal/views/{make(deals)['id']}", {"kind": "chart"})
    assert (answer.status, answer.problem("kind")) == (400, "unknown")


def test_whose_views_there_are(deals: Api, manager: User, rep: User) -> None:
    make(deals, "Shared", isShared=True)
    make(deals, "Mine")
    own = make(Api(rep), "Theirs", kind="chart", settings={"type": "number"})
    assert names(deals) == ["Shared", "Mine"]
    assert names(Api(manager)) == ["Shared"]
    assert names(Api(rep)) == ["Shared", "Theirs"]
    assert names(Api(rep), owner="me") == ["Theirs"]
    assert names(Api(rep), owner="shared") == ["Shared"]
    assert names(Api(rep), kind="chart") == ["Theirs"]
    assert names(Api(rep), kind__in="grid,chart", name__icontains="SHA") == ["Shared"]
    assert names(Api(rep), name="Theirs") == ["Theirs"]
    assert names(Api(rep), isDefault="true") == []
    for filters, field in (
        ({"kind": "x"}, "kind"),
        ({"owner": "all"}, "owner"),
        ({"x": 1}, "x"),
        ({"owner": ""}, "owner"),
    ):
        answer = deals.get("deal/views", **filters)
        assert answer.status == 400
        answer.problem(field)
    # An administrator has no more of it than anybody.
    for method in ("GET", "PATCH", "DELETE"):
        assert deals.send(method, f"deal/views/{own['id']}", {}).problem() == "not_found"


def test_who_may_do_what_with_shared_views(deals: Api, manager: User, rep: User) -> None:
    administrators = make(deals, "Hers", isShared=True)
    theirs = make(Api(rep), "Theirs")
    for other in (Api(rep), Api(manager)):
        for method, body in (("PATCH", {"name": "x"}), ("PATCH", {"isShared": False}), ("DELETE", None)):
            answer = other.send(method, f"deal/views/{administrators['id']}", body)
            assert (answer.status, answer.problem()) == (403, "role")
        for method in ("POST", "DELETE"):
            answer = other.send(method, f"deal/views/{administrators['id']}/default")
            assert (answer.status, answer.problem()) == (403, "role")
        assert other.put("deal/views/order", {"views": [administrators["id"]]}).problem() == "role"
    # Who has made one shares it, changes it, and takes it back; it is not theirs to say what everybody sees first.
    path = f"deal/views/{theirs['id']}"
    shared = Api(rep).patch(path, {"isShared": True}).json
    assert (shared["isShared"], shared["ownerId"], shared["order"], shared["version"]) == (True, None, 1, 2)
    assert Api(rep).patch(path, {"name": "Ours"}).status == 200
    assert Api(rep).post(f"{path}/default").problem() == "role"
    assert deals.patch(path, {"name": "Everybody's"}).status == 200
    assert deals.post(f"{path}/default").json["isDefault"]
    taken = Api(rep).patch(path, {"isShared": False}).json
    assert (taken["ownerId"], taken["isDefault"]) == (str(rep.id), False)
    assert names(deals) == ["Hers"]
    assert deals.delete(f"deal/views/{administrators['id']}").status == 204


def test_one_view_is_the_default(deals: Api) -> None:
    first, second = make(deals, "First", isShared=True), make(deals, "Second", isShared=True)
    own = make(deals, "Own")
    assert deals.post(f"deal/views/{own['id']}/default").problem() == "not_shared"
    chosen = deals.post(f"deal/views/{first['id']}/default")
    assert (chosen.status, chosen.json["isDefault"], chosen.json["version"]) == (200, True, 2)
    assert chosen.headers["ETag"].startswith('"2-')
    assert deals.post(f"deal/views/{first['id']}/default").json["version"] == 2
    assert deals.post(f"deal/views/{second['id']}/default").json["isDefault"]
    assert names(deals, isDefault="true") == ["Second"]
    assert deals.get(f"deal/views/{first['id']}").json["version"] == 3
    assert deals.delete(f"deal/views/{second['id']}/default").json["isDefault"] is False
    assert names(deals, isDefault="true") == []


def test_views_are_put_into_an_order(deals: Api, rep: User) -> None:
    shared = [make(deals, name, isShared=True)["id"] for name in "ABC"]
    own = [make(deals, name)["id"] for name in "xy"]
    other = make(Api(rep), "z")["id"]
    answer = deals.put("deal/views/order", {"views": shared[::-1]})
    assert [view["name"] for view in answer.json["data"]] == ["C", "B", "A"]
    assert {view["version"] for view in answer.json["data"]} == {1}
    assert deals.put("deal/views/order", {"views": own[::-1]}).status == 200
    assert names(deals) == ["C", "B", "A", "y", "x"]
    for wrong, code in (
        ([], "incomplete"),
        (shared[:2], "incomplete"),
        ([*shared, shared[0]], "incomplete"),
        (shared + own, "incomplete"),
        ([*own, other], "not_found"),
        (["x"], "not_found"),
    ):
        answer = deals.put("deal/views/order", {"views": wrong})
        assert (answer.status, answer.problem("views")) == (400, code), wrong
    assert names(deals) == ["C", "B", "A", "y", "x"]


def send(api: Api, method: str, path: str, tag: str, body: Any = None) -> Answer:
    return api.send(method, path, body, **{"If-Match": tag})


def test_a_stale_copy_is_refused(deals: Api) -> None:
    made = make(deals, "A", isShared=True)
    path = f"deal/views/{made['id']}"
    tag = deals.get(path).headers["ETag"]
    assert tag.startswith('"1-')
    assert deals.send("GET", path, **{"If-None-Match": tag}).status == 304
    changed = send(deals, "PATCH", path, tag, {"name": "B"})
    assert (changed.status, changed.headers["ETag"][:3]) == (200, '"2-')
    body = {"name": "C", "icon": made["icon"], "isShared": False, "settings": {"frozen": 0}}
    stale = send(deals, "PATCH", path, tag, body)
    assert (stale.status, stale.headers["ETag"]) == (412, '"2"')
    told = {one["field"]: one["code"] for one in stale.json["errors"]}
    assert told == {"": "stale", "name": "differs", "isShared": "differs", "settings": "differs"}
    for method, where in (("DELETE", path), ("POST", f"{path}/default"), ("DELETE", f"{path}/default")):
        assert send(deals, method, where, tag).problem() == "stale"
    assert send(deals, "POST", "deal/views", tag, {"name": "x", "kind": "grid"}).status == 412
    assert send(deals, "DELETE", path, '"2"').status == 204


def test_a_request_with_a_key_is_done_once(deals: Api) -> None:
    body = {"name": "Once", "kind": "grid"}
    first = deals.send("POST", "deal/views", body, **{"Idempotency-Key": "one"})
    again = deals.send("POST", "deal/views", body, **{"Idempotency-Key": "one"})
    assert (first.status, again.status, again.json) == (201, 201, first.json)
    assert names(deals) == ["Once"]


def test_keys_need_scopes(deals: Api, admin: User) -> None:
    view = make(deals, isShared=True)["id"]
    scope = ApiKey.Scope
    for scopes, allowed in (
        ([scope.WRITE], set()),
        ([scope.READ], {"GET"}),
        ([scope.READ, scope.WRITE], {"GET", "POST", "PATCH"}),
        ([scope.READ, scope.WRITE, scope.ADMIN], {"GET", "POST", "PATCH", "default"}),
    ):
        _row, key = create_api_key(admin, "a program", scopes)
        program = Api(None, x_api_key=key)
        for name, method, path, body in (
            ("GET", "GET", f"deal/views/{view}", None),
            ("GET", "GET", "deal/views", None),
            ("POST", "POST", "deal/views", {"name": "x", "kind": "grid"}),
            ("PATCH", "PATCH", f"deal/views/{view}", {"icon": "star"}),
            ("default", "POST", f"deal/views/{view}/default", None),
        ):
            answer = program.send(method, path, body)
            assert (answer.status < 300) == (name in allowed), (scopes, method, path, answer)
            if name not in allowed:
                assert (answer.status, answer.problem()) == (403, "scope")


def test_there_are_so_many_at_most(deals: Api, admin: User) -> None:
    custom_object = CustomObject.objects.get(api_name="deal")
    View.objects.bulk_create(
        View(organization=admin.organization, custom_object=custom_object, name=str(n), kind="grid", icon="x", order=n)
        for n in range(100)
    )
    answer = deals.post("deal/views", {"name": "x", "kind": "grid", "isShared": True})
    assert (answer.status, answer.problem()) == (409, "limit")
    own = make(deals)
    assert deals.patch(f"deal/views/{own['id']}", {"isShared": True}).problem() == "limit"


@pytest.mark.parametrize("count", [1, 7])
def test_queries_of_the_list(deals: Api, count: int, django_assert_num_queries: Any) -> None:
    for number in range(count):
        make(deals, str(number), settings={"filters": [condition("stage", "exact", "open")], "sort": ["amount"]})
        make(deals, kind="kanban", settings={"column": "stage", "filters": [condition("account__name", "exact", "x")]})
    deals.get("deal/views")
    # 1. Who is asking, and the object.
    # 2. The views.
    # 3. How many there are.
    # 4. What the lookup of the filters leads to, for all views.
    with django_assert_num_queries(4):
        answer = deals.get("deal/views")
    assert (answer.json["meta"]["total"], answer.headers["X-Total-Count"]) == (2 * count, str(2 * count))
    assert names(deals, limit=1, page=2) == ["Mine"]


def test_views_go_with_their_object_and_their_owner(deals: Api, settings: Any) -> None:
    leaver = make_user(deals.user.organization, "leaver@acme.example", User.Role.REP)
    make(Api(leaver), "Own")
    shared = make(Api(leaver), "Shared", isShared=True)
    leaver.delete()
    assert list(View.objects.values_list("name", "created_by")) == [("Shared", None)]
    assert deals.get(f"deal/views/{shared['id']}").json["createdBy"] is None
    assert deals.delete("deal").status == 204
    assert deals.get("deal/views").status == 404
    assert deals.post("deal/restore", {}).status == 200
    assert names(deals) == ["Shared"], "what is restored has its views"
    assert deals.delete("deal").status == 204
    settings.TRASH_DAYS = 0
    purge(lambda line: None)
    assert not CustomObject.objects.filter(api_name="deal").exists()
    assert not View.objects.exists()

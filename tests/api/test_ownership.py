"""Who may say who owns a record, and what may be deleted along with one."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from django.db import connection

from customobjects import access
from customobjects.models import Record
from customobjects.queries.objects import get_schema
from salesos.accounts.actor import Actor
from salesos.accounts.models import ApiKey, User
from salesos.accounts.services import create_api_key
from tests.conftest import Api, make_user


@pytest.fixture(autouse=True)
def objects(api: Api) -> None:
    api.make_object("Account", {"label": "Code", "type": "TEXT", "isUnique": True})
    for name, target in (("Deal", "account"), ("Step", "deal")):
        options = {"target": target, "onDelete": "cascade"}
        api.make_object(name, {"label": target.title(), "type": "LOOKUP", "options": options})


@pytest.fixture
def people(admin: User, manager: User, rep: User) -> dict[str, User]:
    other = make_user(rep.organization, "other@acme.example", User.Role.REP)
    return {"admin": admin, "manager": manager, "rep": rep, "other": other}


def owned(api: Api, owner: User | None, object_name: str = "account", **data: Any) -> str:
    body = {"data": {"name": f"Of {owner.name if owner else 'nobody'}", **data}, "ownerId": owner and str(owner.id)}
    made = api.post(f"{object_name}/records", body)
    assert made.status == 201, made
    return str(made.json["id"])


# Who asks, and whose record it is.
MAY = [("admin", "other"), ("admin", None), ("manager", "other"), ("manager", None), ("rep", "rep")]
MAY_NOT = [("rep", "other"), ("rep", "admin"), ("rep", None)]


def through(way: str, asking: Api, id_: str, owner_id: str | None) -> list[int]:
    """The statuses of the answer, and of what came of it, where a record is given to somebody in one of the ways."""
    if way == "patch":
        return [asking.patch(f"account/records/{id_}", {"ownerId": owner_id}).status] * 2
    operation: dict[str, Any] = {"op": way.split()[0], "id": id_, "data": {}, "ownerId": owner_id}
    if way == "upsert by":
        operation |= {"by": "code", "data": {"code": id_[-8:]}}
        del operation["id"]
    atomic = asking.post("account/records/bulk", {"operations": [operation]})
    each = asking.post("account/records/bulk", {"operations": [operation], "atomic": False})
    return [atomic.status, each.json["data"][0]["status"]]


WAYS = ["patch", "update", "upsert", "upsert by"]


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(("who", "whose"), MAY)
def test_giving_away_and_taking_over(api: Api, people: dict[str, User], way: str, who: str, whose: str | None) -> None:
    id_ = owned(api, people[whose] if whose else None)
    api.patch(f"account/records/{id_}", {"data": {"code": id_[-8:]}})
    heir = str(people["manager"].id)
    assert through(way, Api(people[who]), id_, heir)[0] == 200
    assert api.get(f"account/records/{id_}").json["ownerId"] == heir


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(("who", "whose"), MAY_NOT)
def test_not_for_others(api: Api, people: dict[str, User], way: str, who: str, whose: str | None) -> None:
    id_ = owned(api, people[whose] if whose else None)
    api.patch(f"account/records/{id_}", {"data": {"code": id_[-8:]}})
    before = api.get(f"account/records/{id_}").json
    asking = Api(people[who])
    # To oneself, to somebody else, and to nobody.
    for owner_id in {str(people[who].id), str(people["manager"].id), None} - {before["ownerId"]}:
        assert through(way, asking, id_, owner_id) == [403, 403]
    assert asking.patch(f"account/records/{id_}", {"ownerId": str(people[who].id)}).problem("ownerId") == "role"
    assert asking.delete(f"account/records/{id_}").problem() == "role"
    assert api.get(f"account/records/{id_}").json == before
    # Its values are everybody's to change, and the owner it has may be sent along.
    assert asking.patch(f"account/records/{id_}", {"data": {"name": "B"}, "ownerId": before["ownerId"]}).status == 200


def test_what_is_given_away_is_no_longer_ones_own(api: Api, people: dict[str, User]) -> None:
    asking = Api(people["rep"])
    id_ = asking.make_record("account")["id"]
    assert asking.patch(f"account/records/{id_}", {"ownerId": str(people["other"].id)}).status == 200
    assert asking.patch(f"account/records/{id_}", {"ownerId": str(people["rep"].id)}).status == 403
    assert asking.delete(f"account/records/{id_}").status == 403
    made = asking.post("account/records", {"data": {"name": "For another"}, "ownerId": str(people["other"].id)})
    assert asking.delete(f"account/records/{made.json['id']}").status == 403
    assert Api(people["other"]).delete(f"account/records/{made.json['id']}").status == 204


def test_an_owner_who_has_left_may_stay(api: Api, people: dict[str, User]) -> None:
    id_ = owned(api, people["other"])
    User.objects.filter(id=people["other"].id).update(is_active=False)
    body = {"data": {"name": "B"}, "ownerId": str(people["other"].id)}
    assert api.patch(f"account/records/{id_}", body).status == 200
    assert api.post("account/records", body).problem("ownerId") == "not_found"


def test_a_key_without_write_gives_nothing_away(api: Api, admin: User) -> None:
    _row, key = create_api_key(admin, "Reader", [ApiKey.Scope.READ, ApiKey.Scope.DELETE])
    id_ = owned(api, admin)
    asking = Api(**{"x-api-key": key})
    assert asking.patch(f"account/records/{id_}", {"ownerId": None}).problem() == "scope"
    bulk = {"operations": [{"op": "update", "id": id_, "ownerId": None}]}
    assert asking.post("account/records/bulk", bulk).problem() == "scope"


def test_the_question_is_about_the_record(api: Api, people: dict[str, User]) -> None:
    schema = get_schema(Actor.of_user(people["admin"]), "account")
    owners: list[UUID | None] = [people["rep"].id, people["other"].id, None]
    for who, expected in (("rep", [True, False, False]), ("manager", [True] * 3), ("admin", [True] * 3)):
        asking = Actor.of_user(people[who])
        assert [access.can_give(asking, schema, owner) for owner in owners] == expected
        assert [access.can_delete(asking, schema, owner) for owner in owners] == expected


def family(api: Api, parent: User, child: User | None, grandchild: User | None) -> list[str]:
    """An account, its deal, and the deal's step, with these owners."""
    account = owned(api, parent)
    deal = owned(api, child, "deal", name="Big deal", account=account)
    return [account, deal, owned(api, grandchild, "step", name="First step", deal=deal)]


@pytest.mark.parametrize(
    ("child", "grandchild", "named"),
    [
        ("other", "rep", ["Deal Big deal"]),
        ("rep", "other", ["Step First step"]),
        ("rep", None, ["Step First step"]),
        ("other", "other", ["Deal Big deal", "Step First step"]),
    ],
)
def test_others_records_do_not_go_along(
    api: Api, people: dict[str, User], child: str, grandchild: str | None, named: list[str]
) -> None:
    asking = Api(people["rep"])
    account, *_rest = family(api, people["rep"], people[child], people[grandchild] if grandchild else None)
    answer = asking.delete(f"account/records/{account}")
    assert answer.status == 403
    assert answer.problem() == "cascade"
    assert answer.json["message"] == [f"this would delete along with it what you may not delete: {', '.join(named)}"]
    for operations in (
        [{"op": "delete", "id": account}],
        [{"op": "delete", "id": account}, {"op": "delete", "id": owned(api, people["rep"])}],
    ):
        refused = asking.post("account/records/bulk", {"operations": operations})
        assert (refused.status, refused.problem("operations.0")) == (403, "cascade")
    assert Record.objects.exclude(deleted_at=None).count() == 0
    # Each for itself: what is in the way of one is none of the other's.
    done = asking.post("account/records/bulk", {"operations": operations, "atomic": False})
    assert [row["status"] for row in done.json["data"]] == [403, 204]
    filtered = {"filter": {"id": account}}
    dry = asking.post("account/records/bulk-delete", {**filtered, "dryRun": True})
    assert (dry.json["changed"], dry.json["failures"][0]["status"]) == (0, 403)
    assert asking.post("account/records/bulk-delete", filtered).problem() == "cascade"
    assert [row["total"] for row in (api.get(f"{name}/records").json["meta"] for name in ("deal", "step"))] == [1, 1]
    assert Api(people["manager"]).delete(f"account/records/{account}").status == 204
    assert Record.objects.filter(deleted_at=None).count() == 0


def test_ones_own_go_along(api: Api, people: dict[str, User]) -> None:
    account, deal, step = family(api, people["rep"], people["rep"], people["rep"])
    assert Api(people["rep"]).delete(f"account/records/{account}").status == 204
    assert {api.get(f"deal/records/{deal}").status, api.get(f"step/records/{step}").status} == {404}


def test_many_in_the_way_are_counted(api: Api, people: dict[str, User]) -> None:
    account = owned(api, people["rep"])
    for number in range(8):
        owned(api, people["other"], "deal", name=f"Deal {number}", account=account)
    [message] = Api(people["rep"]).delete(f"account/records/{account}").json["message"]
    assert message.endswith("Deal Deal 3, Deal Deal 4, 3 more")
    assert "Deal 5" not in message


def test_what_the_actor_does_not_see_stays_unnamed(
    api: Api, people: dict[str, User], monkeypatch: pytest.MonkeyPatch
) -> None:
    account, *_rest = family(api, people["rep"], people["other"], people["other"])
    # As access would say where people saw their own records only.
    seen = access.visible_records_of_all_objects

    def own_records(actor: Actor) -> Any:
        return seen(actor).filter(owner_id=actor.user_id)

    monkeypatch.setattr(access, "visible_records_of_all_objects", own_records)
    [message] = Api(people["rep"]).delete(f"account/records/{account}").json["message"]
    assert message.endswith("what you may not delete: a record of Deal, a record of Step")


def test_an_object_takes_along_what_may_be_deleted(api: Api, admin: User, rep: User) -> None:
    account = owned(api, rep)
    owned(api, rep, "deal", name="Big deal", account=account)
    _row, key = create_api_key(admin, "Designer", [ApiKey.Scope.READ, ApiKey.Scope.ADMIN])
    refused = Api(**{"x-api-key": key}).delete("account")
    assert (refused.status, refused.problem()) == (403, "cascade")
    assert api.names("deal") == ["Big deal"]
    assert api.delete("account").status == 204
    assert api.names("deal") == []


@pytest.mark.parametrize("along", [0, 1, 20])
def test_deleting_takes_the_same_queries_for_any_number(
    api: Api, admin: User, along: int, django_assert_num_queries: Any
) -> None:
    account = owned(api, admin)
    for number in range(along):
        owned(api, admin, "deal", name=str(number), account=account)
    api.get("account")
    # 1. Who asks, and the object. 2. A savepoint.
    # 3. The object's state, locked. 4. The record, locked.
    # 5. It, with its owner, locked for its deletion. 6. What points at it and goes along.
    # 7. What restricts it. 8. What is to be emptied.
    # 9. Its links go. 10. Its unique keys go. 11. The objects that all is of. 12. The revisions.
    # 13. It goes into the trash. 14. The savepoint ends.
    # Where something goes along:
    # 15. All of that, locked. 16. What points at it and goes along. 17. The objects that it is of.
    # 18. What it goes along with. In SQLite, before several revisions, the number of the transaction.
    expected = 18 + (connection.vendor == "sqlite") if along else 14
    with django_assert_num_queries(expected):
        assert api.delete(f"account/records/{account}").status == 204

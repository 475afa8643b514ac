"""What a person likes to see: how a list looks, and in which order objects come."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest

from customobjects.models import CustomObject
from customobjects.queries.objects import get_schema
from customobjects.queries.preferences import in_order, list_preference, object_order
from customobjects.services.preferences import save_list_preference, save_object_order
from salesos.accounts.actor import Actor
from salesos.accounts.models import User
from salesos.errors import NotFound, ValidationError
from tests.conftest import Api

NOWHERE = "00000000-0000-7000-8000-000000000000"


@pytest.fixture
def deals(api: Api) -> Api:
    api.make_object("Account")
    api.make_object("Deal", {"label": "Amount", "type": "NUMBER"})
    return api


DEFAULTS = {"columns": [], "frozen": 1, "density": "compact", "lastView": None}


def test_a_list_is_as_a_person_likes_it(deals: Api, actor: Actor, rep: User, django_assert_num_queries: Any) -> None:
    schema = get_schema(actor, "deal")
    other = Actor.of_user(rep)
    assert list_preference(actor, schema) == DEFAULTS
    columns = [{"field": "name", "width": 300}, {"field": "amount"}]
    saved = save_list_preference(actor, "deal", {"columns": columns, "frozen": 2})
    assert saved == {**DEFAULTS, "columns": columns, "frozen": 2}
    save_list_preference(actor, "deal", {"density": "comfortable", "lastView": NOWHERE})
    save_list_preference(other, "deal", {"frozen": 0})
    # 1. What is kept.
    with django_assert_num_queries(1):
        assert list_preference(actor, schema) == {
            "columns": columns,
            "frozen": 2,
            "density": "comfortable",
            "lastView": NOWHERE,
        }
    assert list_preference(other, schema) == {**DEFAULTS, "frozen": 0}
    deals.delete("deal/fields/amount")
    schema = get_schema(actor, "deal")
    assert list_preference(actor, schema)["columns"] == columns[:1]
    assert save_list_preference(actor, "deal", {"lastView": None})["columns"] == columns[:1]


@pytest.mark.parametrize(
    ("given", "field", "code"),
    [
        ({"x": 1}, "preference.x", "unknown"),
        ({"columns": [{"field": "nothing"}]}, "preference.columns.0.field", "choice"),
        ({"columns": "name"}, "preference.columns", "type"),
        ({"frozen": -1}, "preference.frozen", "invalid"),
        ({"density": None}, "preference.density", "choice"),
        ({"lastView": "x"}, "preference.lastView", "invalid"),
        ({"lastView": "\x00"}, "preference", "characters"),
    ],
)
def test_preferences_that_are_refused(deals: Api, actor: Actor, given: Any, field: str, code: str) -> None:
    with pytest.raises(ValidationError) as refused:
        save_list_preference(actor, "deal", given)
    assert [(problem.field, problem.code) for problem in refused.value.problems] == [(field, code)]
    assert list_preference(actor, get_schema(actor, "deal")) == DEFAULTS


def test_preferences_are_of_ones_own_objects(deals: Api, stranger: User) -> None:
    with pytest.raises(NotFound):
        save_list_preference(Actor.of_user(stranger), "deal", {"frozen": 0})


def test_objects_come_in_an_order_of_ones_own(
    deals: Api, actor: Actor, rep: User, stranger: User, django_assert_num_queries: Any
) -> None:
    deals.make_object("Site")
    ids = dict(CustomObject.objects.values_list("api_name", "id"))
    theirs = Api(stranger).make_object("Secret")["id"]
    assert object_order(actor) == []
    wanted = [ids["site"], ids["deal"]]
    assert save_object_order(actor, [str(ids["site"]), theirs, ids["deal"], NOWHERE, str(ids["site"])]) == wanted
    # 1. What is kept.
    with django_assert_num_queries(1):
        assert object_order(actor) == wanted
    assert object_order(Actor.of_user(rep)) == []
    objects = CustomObject.objects.filter(organization_id=actor.organization_id).order_by("name")
    assert [one.api_name for one in in_order(objects, object_order(actor))] == ["site", "deal", "account"]
    assert save_object_order(actor, []) == []
    assert object_order(actor) == []
    for wrong in (["x"], ["\x00"], [UUID(NOWHERE), "deal"], [NOWHERE] * 10_001):
        with pytest.raises(ValidationError):
            save_object_order(actor, wrong)

"""Several people at the views of one object at once, and one person in two windows."""

from __future__ import annotations

from typing import Any

import pytest

from customobjects.models import ListPreference, ObjectOrder, View
from customobjects.queries.objects import get_schema
from customobjects.queries.preferences import list_preference
from customobjects.services import views
from customobjects.services.preferences import save_list_preference, save_object_order
from salesos.accounts.actor import Actor
from salesos.accounts.models import User
from tests.conftest import Api
from tests.processes.test_concurrency import at_once, statuses

# Without transactions around the test, which would hide one connection's work from another's.
pytestmark = pytest.mark.django_db(transaction=True)


def made(api: Api, name: str) -> dict[str, Any]:
    return dict(api.post("box/views", {"name": name, "kind": "grid", "isShared": True}).json)


def test_one_view_is_the_default_whoever_chooses(api: Api, admin: User) -> None:
    api.make_object("Box")
    ids = [made(api, name)["id"] for name in "ABCD"]
    answers = at_once(*[lambda id_=id_: Api(admin).post(f"box/views/{id_}/default") for id_ in ids])
    assert statuses(answers) == [200] * 4, answers
    assert View.objects.filter(is_default=True).count() == 1


def test_of_two_changes_of_one_version_one_is_made(api: Api, admin: User) -> None:
    api.make_object("Box")
    path = f"box/views/{made(api, 'A')['id']}"
    answers = at_once(*[lambda: Api(admin).send("PATCH", path, {"name": "B"}, if_match='"1"')] * 4)
    assert statuses(answers) == [200, 412, 412, 412], answers
    assert api.get(path).json["version"] == 2


def test_no_more_views_are_made_than_there_may_be(api: Api, admin: User, monkeypatch: pytest.MonkeyPatch) -> None:
    api.make_object("Box")
    monkeypatch.setattr(views, "MAX_VIEWS", 3)
    answers = at_once(*[lambda: Api(admin).post("box/views", {"name": "x", "kind": "grid"})] * 6)
    assert statuses(answers) == [201] * 3 + [409] * 3, answers
    assert sorted(View.objects.values_list("order", flat=True)) == [0, 1, 2]


def test_what_two_windows_keep_is_kept(api: Api, admin: User) -> None:
    object_id = api.make_object("Box")["id"]
    actor = Actor.of_user(admin)
    changes: list[dict[str, Any]] = [{"frozen": 3}, {"density": "comfortable"}, {"columns": [{"field": "name"}]}]
    at_once(*[lambda change=change: save_list_preference(actor, "box", change) for change in changes])
    assert ListPreference.objects.count() == 1
    kept = {name: value for change in changes for name, value in change.items()}
    assert list_preference(actor, get_schema(actor, "box")) == {**kept, "lastView": None}
    results = at_once(*[lambda: save_object_order(actor, [object_id])] * 3)
    assert [[str(id_) for id_ in order] for order in results] == [[object_id]] * 3
    assert ObjectOrder.objects.count() == 1

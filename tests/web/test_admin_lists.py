"""Lists of Django's admin, over all organizations: what they offer, count and sort by is bounded."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.admin import site
from django.db import connection
from django.http import HttpRequest
from django.test import Client

import salesos.admin_lists
from customobjects.services import searching
from salesos.accounts.models import Organization, User
from tests.conftest import Api
from tests.web.forms import text

RECORDS = "/admin/customobjects/record/"
OF_OBJECT = "custom_object__id__exact"


def names(page: Any) -> list[str]:
    return [record.name for record in page.context["cl"].result_list]


def suggestions(operator: Client, field: str, term: str, model: str = "record", app: str = "customobjects") -> Any:
    asked = {"app_label": app, "model_name": model, "field_name": field, "term": term}
    return operator.get("/admin/autocomplete/", asked).json()["results"]


def test_filters_are_typed_into(operator: Client, api: Api, stranger: User) -> None:
    """No list has all objects, or all organizations, of the installation in it."""
    api.make_object("Asset")
    made = Api(stranger).make_object("Asset")
    for path in (RECORDS, "/admin/customobjects/customobject/", "/admin/accounts/user/", "/admin/accounts/apikey/"):
        page = text(operator.get(path))
        assert f'<option value="{made["id"]}"' not in page
        assert f'<option value="{stranger.organization_id}"' not in page
        assert "unfold-filter-autocomplete" in page
    found = suggestions(operator, "custom_object", "asset")
    assert sorted(one["text"] for one in found) == ["Asset (Acme)", "Asset (Globex)"]
    assert [one["text"] for one in suggestions(operator, "custom_object", "asset globex")] == ["Asset (Globex)"]
    assert [one["text"] for one in suggestions(operator, "organization", "glo", "user", "accounts")] == ["Globex"]
    # What is chosen is shown as it was offered.
    chosen = text(operator.get(RECORDS, {OF_OBJECT: made["id"]}))
    assert "Asset (Globex)" in chosen
    assert "Asset (Acme)" not in chosen


def test_records_of_all_objects_are_found_by_words(operator: Client, api: Api, stranger: User) -> None:
    def found(words: str) -> list[str]:
        return sorted(names(operator.get(RECORDS, {"q": words})))

    api.make_object("Box")
    other = Api(stranger)
    other.make_object("Crate")
    api.make_record("box", name="Blue north")
    made = other.make_record("crate", name="Blue south")
    # On SQLite, records wait before the search's index knows them, and so do those that have another text.
    assert found("blue") == ["Blue north", "Blue south"]
    searching.take_in_all(print)
    other.patch(f"crate/records/{made['id']}", {"data": {"name": "Blue west"}})
    assert found("blue") == ["Blue north", "Blue west"]
    assert found("lue wes") == ["Blue west"]
    assert found("south") == []
    assert found("bl") == ["Blue north", "Blue west"]
    assert found("n") == ["Blue north"]


@pytest.mark.postgresql
@pytest.mark.django_db
def test_people_are_found_by_an_index() -> None:
    """Any part of an e-mail or a name, among a million: there are too few here to say by the time."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_indexscan = off")
    admin = site.get_model_admin(User)
    found, _distinct = admin.get_search_results(HttpRequest(), User.objects.order_by("email"), "son.500 globex")
    assert "Bitmap Index Scan on user_search" in found.explain()


def test_suggestions_are_for_operators(admin: User, api: Api) -> None:
    api.make_object("Asset")
    client = Client()
    client.force_login(admin)
    asked = {"app_label": "customobjects", "model_name": "record", "field_name": "custom_object", "term": "a"}
    assert client.get("/admin/autocomplete/", asked).status_code in (302, 403)


def test_records_are_counted_so_far(
    operator: Client, api: Api, monkeypatch: pytest.MonkeyPatch, django_assert_num_queries: Any
) -> None:
    monkeypatch.setattr(salesos.admin_lists, "MAX_LISTED", 100)
    made = api.make_object("Box")
    for _ in range(2):
        operations = [{"op": "create", "data": {"name": f"B{number}"}} for number in range(60)]
        assert api.post("box/records/bulk", {"operations": operations}).status == 200
    # 1. The session.
    # 2. The operator.
    # 3. The records, counted up to one more than are listed.
    # 4. The ids of a page.
    # 5. The records of the page.
    with django_assert_num_queries(5):
        page = operator.get(RECORDS)
    assert "The first 100 of more records; filter or search to see others" in text(page)
    assert "100 results" not in text(page)
    assert "_facets" not in text(page)
    assert len(names(page)) == 50
    second = operator.get(RECORDS, {"p": 2})
    assert names(page) + names(second) == [f"B{number}" for number in [*range(59, -1, -1), *range(59, 19, -1)]]
    assert operator.get(RECORDS, {"p": 3}).status_code == 302
    found = operator.get(RECORDS, {"q": "B59"})
    assert "of more" not in text(found)
    assert len(names(found)) == 2
    api.make_object("Crate")
    few = api.make_record("crate", name="Only one")
    # 4. The records, where they are one page.
    # 5. The object that is chosen with its organization, which the title says.
    # 6. and 7. The object, as the filter checks and shows it.
    # 8. Its organization, which is shown with it.
    with django_assert_num_queries(8):
        of_crates = operator.get(RECORDS, {OF_OBJECT: few["customObjectId"]})
    assert names(of_crates) == ["Only one"]
    assert len(names(operator.get(RECORDS, {OF_OBJECT: made["id"], "p": 2}))) == 50


def test_records_are_sorted_by_what_has_an_index(operator: Client, api: Api) -> None:
    """By when they were made; those of one object also by when they were changed."""
    made = api.make_object("Box")
    ids = {name: api.make_record("box", name=name)["id"] for name in ("b", "c", "a")}
    api.patch(f"box/records/{ids['b']}", {"data": {"name": "b again"}})
    newest_first = ["a", "c", "b again"]
    assert names(operator.get(RECORDS)) == newest_first
    columns = range(8)
    for column in columns:
        assert names(operator.get(RECORDS, {"o": column})) == newest_first, column
        assert names(operator.get(RECORDS, {"o": f"-{column}"})) == newest_first, column
    assert "?o=" not in text(operator.get(RECORDS))
    of_box = {OF_OBJECT: made["id"]}
    assert names(operator.get(RECORDS, of_box)) == newest_first
    orders = {tuple(names(operator.get(RECORDS, {**of_box, "o": f"-{column}"}))) for column in columns}
    assert orders == {tuple(newest_first), ("b again", "a", "c")}
    assert "o=-" in text(operator.get(RECORDS, {**of_box, "o": "6"}))


def test_organizations_are_listed_with_their_counts(
    operator: Client, api: Api, stranger: User, rep: User, django_assert_num_queries: Any
) -> None:
    for name in ("A", "B", "C"):
        api.make_object(name)
    empty = Organization.objects.create(name="Empty")
    # 1. The session.
    # 2. The operator.
    # 3. The organizations, counted up to one more than are listed.
    # 4. The organizations, where they are one page, with their counts.
    with django_assert_num_queries(4):
        listed = operator.get("/admin/accounts/organization/").context["cl"].result_list
    counts = {row.id: (row.users_there, row.objects_there) for row in listed}
    assert counts[api.user.organization_id] == (User.objects.filter(organization=api.user.organization).count(), 3)
    assert counts[stranger.organization_id] == (1, 0)
    assert counts[empty.id] == (0, 0)

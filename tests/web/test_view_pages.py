"""Saved views in the pages: lists begin with them, addresses say what differs, and lists are kept in them."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test import Client

from customobjects.models import View
from salesos.accounts.models import User
from tests.conftest import Api
from tests.web.forms import text
from tests.web.test_filter_bar import chips, shown
from tests.web.test_record_list import fields, names


@pytest.fixture(autouse=True)
def sites(api: Api) -> None:
    api.make_object(
        "Site",
        {"label": "Area", "type": "NUMBER"},
        {"label": "Kind", "type": "PICKLIST", "options": {"values": ["shop", "depot"]}},
        {"label": "Place", "type": "TEXT"},
    )
    for name, kind, area in (("Ann", "shop", 1), ("Bob", "depot", 2), ("Cid", "shop", 3)):
        api.make_record("site", name=name, kind=kind, area=area, place="Ulm, north")


def made(browser: Client, state: str, name: str = "Shops", **more: str) -> View:
    """A view that a list in some state is saved as."""
    answer = browser.post("/o/site/v/", {"state": state, "name": name, "icon": "star", "sharing": "private", **more})
    assert answer.status_code == 302
    view = View.objects.get(name=name)
    assert answer["Location"] == f"/o/site/v/{view.id}/"
    return view


def act(browser: Client, view: View, action: str, **sent: str) -> str:
    """What the page says that a button of a view leads to."""
    return " ".join(text(browser.post(f"/o/site/v/{view.id}/{action}/", sent, follow=True)).split())


SHOPS = (
    "filter=kind__in:shop&any=area__gte:2&any=place__iexact:Ulm, north&sort=-area&columns=kind:120,area"
    "&footer=area:filled"
)


def test_a_list_is_saved_and_shown_again(browser: Client) -> None:
    view = made(browser, SHOPS)
    assert view.settings["filters"] == [{"field": "kind", "operator": "in", "value": ["shop"]}]
    assert view.settings["columns"][1] == {"field": "kind", "width": 120}
    page = shown(browser, f"v/{view.id}/")
    assert names(page) == ["Cid", "Ann"]
    assert fields(page) == ["name", "kind", "area"]
    assert chips(page) == ["Kind is any of shop", "Area is at least 2", "Place is, in any case Ulm, north"]
    assert "Filled" in page
    assert "Changed, not saved" not in page
    assert "Update this view" not in page
    assert "Only you see it" in page


def test_the_address_says_what_differs(browser: Client) -> None:
    view = made(browser, SHOPS)
    address = f"v/{view.id}/"
    page = shown(browser, address)
    assert 'href="?filter="' in page, "without the view's filter"
    without = shown(browser, f"{address}?filter=")
    assert names(without) == ["Cid", "Bob", "Ann"]
    assert "Changed, not saved" in without
    assert f'href="/o/site/{address}"' in without, "the way back"
    assert 'href="?filter=&amp;sort=area"' in without
    assert 'href="?"' not in page
    sorted_ = shown(browser, f"{address}?sort=area")
    assert names(sorted_) == ["Ann", "Cid"]
    assert 'href="?"' in sorted_, "sorted as the view again, nothing differs"
    same = shown(browser, f"{address}?sort=-area&frozen=1")
    assert "Changed, not saved" not in same
    assert names(shown(browser, f"{address}?search=Ann")) == ["Ann"]
    assert fields(shown(browser, f"{address}?columns=place")) == ["name", "place"]
    assert 'data-density="comfortable"' in shown(browser, f"{address}?density=comfortable")


def test_a_view_is_updated_unless_it_has_changed(browser: Client) -> None:
    view = made(browser, "filter=kind__exact:shop")
    page = shown(browser, f"v/{view.id}/?sort=area")
    assert "Update this view" in page
    assert "is saved" in act(browser, view, "save", state="sort=area", version="1")
    assert names(shown(browser, f"v/{view.id}/")) == ["Ann", "Cid"]
    refused = act(browser, view, "save", state="sort=-area", version="1")
    assert "version" in refused or "changed" in refused
    assert names(refused) == ["Cid", "Ann"], "what was to be saved is still shown"
    view.refresh_from_db()
    assert view.settings["sort"] == ["area"]
    assert view.settings["filters"] == [{"field": "kind", "operator": "exact", "value": "shop"}]


def test_renamed_shared_copied_and_deleted(browser: Client, rep: User) -> None:
    view = made(browser, "sort=area")
    other = Client()
    other.force_login(rep)
    assert other.get(f"/o/site/v/{view.id}/").status_code == 404
    assert "Shops" not in text(other.get("/o/site/"))
    act(browser, view, "edit", name="All shops", icon="flag", sharing="shared", version="1")
    assert "All shops" in text(other.get("/o/site/"))
    assert "Rename" not in text(other.get(f"/o/site/v/{view.id}/")), "it is somebody else's"
    assert other.post(f"/o/site/v/{view.id}/save/", {"state": ""}).status_code == 403
    assert "All shops (copy)" in act(other, view, "copy")
    assert "All shops (copy)" not in text(browser.get("/o/site/"))
    assert "1 to 80 characters" in act(browser, view, "edit", name=" ", icon="flag", sharing="shared")
    assert "Delete the view All shops?" in text(browser.get(f"/o/site/v/{view.id}/delete/"))
    assert "The view All shops is deleted." in act(browser, view, "delete")
    assert not View.objects.filter(id=view.id).exists()
    assert browser.get(f"/o/site/v/{view.id}/").status_code == 404
    assert browser.get("/o/site/v/nonsense/").status_code == 404
    assert browser.post("/o/site/v/", {"of": "nonsense"}).status_code == 404


def test_the_list_begins_with_the_default_view(browser: Client, rep: User) -> None:
    view = made(browser, "filter=kind__exact:shop&sort=area", sharing="shared")
    act(browser, view, "default", default="true")
    page = shown(browser, "")
    assert names(page) == ["Ann", "Cid"]
    assert 'href="?filter="' in page
    assert names(shown(browser, "?filter=")) == ["Ann", "Bob", "Cid"]
    assert browser.get("/o/site/filter/?f-field=area&f-operator=gt&f-asked=area+gt&f-value=2")["Location"] == (
        "/o/site/?filter=kind__exact:shop&filter=area__gt:2"
    )
    other = Client()
    other.force_login(rep)
    assert names(shown(other, "")) == ["Ann", "Cid"]
    assert other.post(f"/o/site/v/{view.id}/default/", {"default": "false"}).status_code == 403
    act(browser, view, "default", default="false")
    assert names(shown(browser, "")) == ["Cid", "Bob", "Ann"]


def test_what_is_gone_is_said(browser: Client, api: Api) -> None:
    view = made(browser, "filter=area__gte:2&filter=kind__exact:shop")
    assert api.delete("site/fields/area").status == 204
    page = shown(browser, f"v/{view.id}/")
    assert "not there any more, or not for you: area" in page
    assert names(page) == ["Cid", "Ann"]


def test_columns_without_scripts(browser: Client) -> None:
    view = made(browser, "")
    sent = {"view": str(view.id), "state": "sort=area", "columns": ["place", "kind"]}
    assert browser.post("/o/site/columns/", sent)["Location"] == f"/o/site/v/{view.id}/?sort=area&columns=place,kind"
    assert browser.post("/o/site/columns/", {**sent, "view": "a/b"}).status_code == 404


def test_other_kinds_are_chosen_among_the_same_tabs(browser: Client, api: Api) -> None:
    made(browser, SHOPS, "Shops")
    settings = {"column": "kind", "filters": [{"field": "kind", "operator": "exact", "value": "shop"}]}
    view = api.post("site/views", {"name": "Board", "kind": "kanban", "settings": settings}).json
    page = shown(browser, f"v/{view['id']}/")
    assert "Shops" in page
    assert "Cid" in page
    assert 'aria-current="page"' in page


def test_views_make_no_query_of_their_own(browser: Client, django_assert_num_queries: Any) -> None:
    view = made(browser, SHOPS)
    for number in range(3):
        made(browser, "sort=area", f"View {number}")
    for address in (f"/o/site/?{SHOPS}", f"/o/site/v/{view.id}/"):
        browser.get(address)
        # 1. The session.
        # 2. Its user.
        # 3. The object's version.
        # 4. The saved views, with the settings of the one that is open.
        # 5. The page: the records that have what it is sorted by,
        # 6. and those that have not.
        # 7. The sidebar's objects.
        # 8. The user's organization.
        # 9. Without a view, how the person likes the list.
        # 10. In SQLite, how many records an index finds, which says how these filters are best answered.
        with django_assert_num_queries(9 - ("/v/" in address) + (connection.vendor == "sqlite")):
            browser.get(address)

"""The first page: what was changed last in all objects, what one owns, and what one has to do."""

from __future__ import annotations

import re
import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from customobjects.models import HomePreference, Record, View
from customobjects.web.views import home as pages
from salesos.accounts.models import User
from salesos.accounts.services import create_api_key
from tests.conftest import Api
from tests.web.forms import text


def test_home_shows_what_was_changed_owned_and_is_to_be_done(
    browser: Client, admin: User, api: Api, django_assert_num_queries: Any
) -> None:
    for number in range(3):
        name = api.make_object(f"Site {number}")["apiName"]
        for one in range(12):
            record = api.make_record(name, name=f"Place {number}.{one}")
    task = {"kind": "task", "title": "Later", "due": "12/31/2040", "assignee": str(admin.pk)}
    made = browser.post(f"/o/{name}/r/{record['id']}/activities/new/", task)
    assert made.status_code == 302, text(made)
    # 1. The session.
    # 2. Its user.
    # 3. The objects.
    # 4. How many fields and records each has, and how many came lately.
    # 5. What the user chose for Home.
    # 6. When the objects' records were changed.
    # 7. The records that were changed last.
    # 8. Those that the user owns.
    # 9. Who changed them.
    # 10. What the user is to do.
    # 11. Who is mentioned there.
    # 12. Which of the first steps are done.
    # 13. The sidebar's objects.
    # 14. The user's organization.
    with django_assert_num_queries(14):
        page = text(browser.get("/"))
    recent = page.partition("Recently changed")[2].partition("</section>")[0]
    # The newest ten, over all objects, the newest first.
    assert recent.index("Place 2.11") < recent.index("Place 2.2")
    assert "Place 2.1<" not in recent
    assert "Place 1." not in recent
    assert "Mine" in page
    assert "Later" in page.partition("My tasks")[2].partition("</section>")[0]


def part(page: str, title: str) -> str:
    """A section of the page, from its title on."""
    return page.partition(title)[2].partition("</section>")[0]


@pytest.fixture
def chart(api: Api) -> str:
    """The id of a chart of visits by kind, of which there are two."""
    api.make_object("Visit", {"label": "Kind", "type": "PICKLIST", "options": {"values": ["First", "Later"]}})
    for kind in ("First", "Later", "Later"):
        api.make_record("visit", name=kind, kind=kind)
    return make_chart(api, "By kind")


def make_chart(api: Api, name: str, *, is_shared: bool = False) -> str:
    settings = {"type": "bar", "group": "kind"}
    made = api.post("visit/views", {"name": name, "kind": "chart", "settings": settings, "isShared": is_shared})
    assert made.status == 201, made.json
    return str(made.json["id"])


def test_a_chart_is_chosen_changed_and_taken_away(
    browser: Client, api: Api, chart: str, django_assert_num_queries: Any
) -> None:
    other = make_chart(api, "The other", is_shared=True)
    assert "Choose a chart" in text(browser.get("/"))
    # 1. The session. 2. Its user. 3. The charts, with their objects. 4. What the user chose.
    # 5. The sidebar's objects. 6. The user's organization.
    with django_assert_num_queries(6):
        choices = text(browser.get("/home/chart/"))
    assert re.findall(r'<optgroup label="(\w+)"', choices) == ["Visits"]
    assert "Take it away" not in choices
    assert browser.post("/home/chart/", {"view": chart}).headers["Location"] == "/"
    browser.get("/")
    # Beside the queries of Home without a chart, which are fourteen without a task:
    # 1. The chart's object. 2. The view. 3. Its figures.
    with django_assert_num_queries(13 + 3):
        page = text(browser.get("/"))
    shown = part(page, 'id="home-chart"')
    assert "By kind" in shown
    assert re.findall(r'data-value="(\d+)"', shown) == ["1", "2"]
    assert "/o/visit/?filter=kind" in shown
    assert "chart.js" in page
    assert re.search(rf'value="{chart}"\s+selected', text(browser.get("/home/chart/")))
    browser.post("/home/chart/", {"view": other})
    assert "The other" in part(text(browser.get("/")), 'id="home-chart"')
    browser.post("/home/chart/", {"view": ""})
    gone = text(browser.get("/"))
    assert "Choose a chart" in gone
    assert "chart.js" not in gone


def test_a_chart_is_for_one_person_and_only_what_they_see(
    browser: Client, api: Api, rep: User, chart: str, stranger: User
) -> None:
    browser.post("/home/chart/", {"view": chart})
    for somebody in (rep, stranger):
        other = Client()
        other.force_login(somebody)
        assert other.post("/home/chart/", {"view": chart}).status_code == 404
        assert "By kind" not in text(other.get("/")) + text(other.get("/home/chart/"))
    for nonsense in ("x", "\x00", str(uuid.uuid4()), "9" * 9_000, "<b>"):
        assert browser.post("/home/chart/", {"view": nonsense}).status_code == 404
    assert "By kind" in text(browser.get("/"))
    # What it was is no chart any more: archived, without its field, deleted.
    api.patch("visit", {"isActive": False})
    assert "By kind" not in text(browser.get("/home/chart/"))
    api.patch("visit", {"isActive": True})
    api.delete("visit/fields/kind")
    assert "is not there any more" in text(browser.get("/"))
    api.delete(f"visit/views/{chart}")
    assert "Choose a chart" in text(browser.get("/"))
    assert not View.objects.exists()
    assert HomePreference.objects.get().chart is None


def test_where_there_is_no_chart_yet_it_is_said_how_to_make_one(browser: Client, api: Api) -> None:
    assert "nothing that a chart could show" in text(browser.get("/home/chart/"))
    api.make_object("Site")
    assert "/o/site/v/new/?kind=chart" in text(browser.get("/home/chart/"))


def test_objects_tell_how_they_grow(browser: Client, api: Api) -> None:
    api.make_object("Site")
    api.make_object("Old")
    ids = [api.make_record("site")["id"] for _ in range(6)] + [api.make_record("old")["id"]]
    for id_, days in zip(ids, (0, 6, 8, 29, 31, 400, 60), strict=True):
        Record.objects.filter(id=id_).update(created_at=timezone.now() - timedelta(days=days))
    tiles = {row["object"].name: dict(row["growth"]) for row in browser.get("/").context["objects"]}
    assert tiles == {"Site": {7: "2", 30: "4"}, "Old": {}}


def test_of_many_objects_the_first_are_shown(browser: Client, api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pages, "MAX_TILES", 2)
    for name in "ABC":
        api.make_object(name)
    few = browser.get("/")
    assert "Show 1 more object" in text(few)
    assert [row["object"].name for row in few.context["objects"]] == ["A", "B"]
    assert [row["object"].name for row in browser.get("/?all=1").context["objects"]] == ["A", "B", "C"]


def test_an_administrator_is_told_what_to_do_first(browser: Client, api: Api, admin: User) -> None:
    empty = text(browser.get("/"))
    for address in ("/setup/tables/new/", "/setup/templates/", "/setup/objects/new/"):
        assert f'href="{address}"' in empty

    def done() -> list[bool]:
        return [step["is_done"] for step in browser.get("/").context["steps"]]

    assert done() == [False, False, False, False]
    api.make_object("Visit", {"label": "Kind", "type": "PICKLIST", "options": {"values": ["First"]}})
    assert done() == [True, False, False, False]
    api.make_record("visit")
    assert done() == [True, True, False, False]
    make_chart(api, "By kind")
    assert done() == [True, True, True, False]
    create_api_key(admin, "Program", ["read"])
    # All is done, and nothing more is said.
    assert done() == []
    assert "First steps" not in text(browser.get("/"))


def test_the_first_steps_are_put_away(browser: Client, api: Api, manager: User) -> None:
    assert "First steps" in text(browser.get("/"))
    other = Client()
    other.force_login(manager)
    assert "First steps" not in text(other.get("/"))
    assert browser.post("/home/steps/").headers["Location"] == "/"
    assert "First steps" not in text(browser.get("/"))
    # The ways to a first object stay.
    assert "From a table" in text(browser.get("/"))
    api.make_object("Site")
    assert "First steps" not in text(browser.get("/"))


def test_who_cannot_make_objects_is_told_whom_to_ask(admin: User, rep: User) -> None:
    browser = Client()
    browser.force_login(rep)
    page = text(browser.get("/"))
    assert f'href="mailto:{admin.email}"' in page
    assert "/setup/" not in page.partition("<main")[2]
    User.objects.filter(id=admin.id).update(is_active=False)
    assert "ask whoever runs this server" in text(browser.get("/"))

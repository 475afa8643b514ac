"""Search and the palette."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from customobjects.web.reasons import excerpt
from salesos.accounts.models import User
from tests.conftest import Api
from tests.web.forms import main_part, text


@pytest.fixture
def machines(api: Api) -> None:
    for name in ("Pump", "Fan"):
        api.make_object(name)
        for number in range(12):
            api.make_record(name.lower(), name=f"{name} <{number}> alpha")


@pytest.mark.usefixtures("machines")
def test_all_objects_are_searched_and_hits_marked(browser: Client) -> None:
    page = text(browser.get("/search/", {"q": "ALPHA fan"}))
    assert "<mark>Fan</mark> &lt;3&gt; <mark>alpha</mark>" in page
    assert "Pump &lt;" not in page
    assert 'href="/o/fan/?search=ALPHA%20fan"' in page
    assert "Nothing matches “nowhere”" in text(browser.get("/search/", {"q": "nowhere"}))


@pytest.mark.parametrize("nonsense", ["", " ", "\x00", "%", "<b>", "x" * 5_000, "\u202e"])
def test_nonsense_is_searched_for_in_vain(browser: Client, nonsense: str) -> None:
    assert browser.get("/search/", {"q": nonsense}).status_code == 200
    assert browser.get("/palette/", {"q": nonsense}).status_code == 200


@pytest.mark.usefixtures("machines")
def test_the_palette_finds_and_does(browser: Client, django_assert_num_queries: Any) -> None:
    browser.get("/palette/", {"q": "pump"})
    # 1. The session. 2. Its user. 3. The objects to search. 4. and 5. A search in each; SQLite asks for each, too, how
    # many wait to be searchable. Then the objects to go to.
    with django_assert_num_queries(8 if connection.vendor == "sqlite" else 6):
        found = text(browser.get("/palette/", {"q": "pump"}))
    assert "<mark>Pump</mark> &lt;" in found
    for command in ("Go to Pumps", "New Pump", "Set up Pumps", "Add field to Pumps"):
        assert command in found
    assert "Go to Fans" not in found
    assert "Nothing matches “zzz”" in text(browser.get("/palette/", {"q": "zzz"}))


@pytest.mark.usefixtures("machines")
def test_the_palette_acts_on_the_record_that_one_is_at(browser: Client) -> None:
    at = {"q": "this pump", "from": "/o/pump/r/a b/related/"}
    found = text(browser.get("/palette/", at))
    assert "Edit this Pump" in found
    assert "/o/pump/new/?like=a%20b" in found
    for address in ("/o/fan/r/1/", "/o/nothing/r/1/", "/o/pump/", "nowhere", "\x00", ""):
        assert "this Pump" not in text(browser.get("/palette/", {"q": "pump", "from": address}))


@pytest.mark.usefixtures("machines")
def test_who_may_not_set_up_is_not_offered_to(rep: User) -> None:
    client = Client()
    client.force_login(rep)
    found = text(client.get("/palette/", {"q": "pump"}))
    assert "New Pump" in found
    assert "Set up" not in found


def test_a_hit_that_its_name_does_not_explain_says_why(
    browser: Client, api: Api, django_assert_num_queries: Any
) -> None:
    api.make_object(
        "Valve",
        {"label": "Notes", "type": "TEXTAREA"},
        {"label": "Serial", "type": "TEXT"},
        {"label": "Kind", "type": "PICKLIST", "options": {"values": [{"value": "ball", "label": "Ball <valve>"}]}},
        {"label": "Hidden", "type": "TEXT"},
        {"label": "Mail", "type": "EMAIL"},
    )
    long = f"{'before ' * 40}the sealing is Zoë's {'after ' * 40}"
    api.make_record("valve", name="North", notes=long, serial="S-77", hidden="secret77", mail="zoe@acme.example")
    api.make_record("valve", name="Sealing north", kind="ball")
    found = text(browser.get("/search/", {"q": "north"}))
    assert "<small" not in found, "the names say why"
    found = text(browser.get("/search/", {"q": "SEALING"}))
    assert re.search(
        r"<bdi class=\"muted\">Notes</bdi>: <bdi>… (before )+the <mark>sealing</mark> is Zoë&#x27;s (after )+.*…</bdi>",
        found,
    ), found
    assert found.count("<small") == 1
    # The word that the name lacks.
    assert '<bdi class="muted">Serial</bdi>: <bdi>S-<mark>77</mark></bdi>' in text(
        browser.get("/search/", {"q": "north 77"})
    )
    found = text(browser.get("/palette/", {"q": "ball"}))
    assert '<bdi class="muted">Kind</bdi>: <bdi><mark>Ball</mark> &lt;valve&gt;</bdi>' in found
    # The first field that has it; accents are not looked at.
    assert '<bdi class="muted">Notes</bdi>' in text(browser.get("/search/", {"q": "zoe"}))
    assert '<bdi class="muted">Hidden</bdi>' in text(browser.get("/search/", {"q": "secret77"}))
    api.patch("/v1/custom-objects/valve/fields/hidden", {"isActive": False})
    assert "secret77</" not in main_part(browser.get("/search/", {"q": "secret77"}))
    browser.get("/search/", {"q": "zoe"})
    # 1. The session. 2. Its user. 3. The objects to search. 4. A search; SQLite asks, too, how many wait to be
    # searchable. 5. Why it found what it found. 6. The sidebar's objects. 7. The organization.
    for words in ("sealing", "zoe"):
        with django_assert_num_queries(8 if connection.vendor == "sqlite" else 7):
            assert "<small" in text(browser.get("/search/", {"q": words}))


def test_a_very_long_record_is_found_without_a_reason(browser: Client, api: Api) -> None:
    api.make_object("Valve", *({"label": f"Notes {number}", "type": "TEXTAREA"} for number in range(5)))
    api.make_record("valve", name="North", **{f"notes_{number}": "word " * 1_500 for number in range(4)})
    api.make_record("valve", name="South", notes_4="word")
    found = text(browser.get("/search/", {"q": "word"}))
    assert "North" in found
    assert "South" in found
    assert found.count("<small") == 1


@pytest.mark.parametrize(
    ("value", "search", "shown"),
    [
        ("short", "nothing", "short"),
        ("x" * 300, "y", f"{'x' * 100} …"),
        ("x" * 300 + "y", "y", f"… {'x' * 30}y"),
        ("a b " * 100, "", f"{('a b ' * 25).rstrip()} …"),
    ],
)
def test_excerpts(value: str, search: str, shown: str) -> None:
    assert excerpt(value, search) == shown


def test_nothing_of_others_is_found(browser: Client, stranger: User) -> None:
    theirs = Api(stranger)
    theirs.make_object("Secret")
    theirs.make_record("secret", name="Hidden")
    for path in ("/palette/", "/search/"):
        page = text(browser.get(path, {"q": "hidden"})) + text(browser.get(path, {"q": "secret"}))
        assert "/o/secret" not in page
        assert "<mark>" not in page

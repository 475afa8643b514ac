"""Messages are sentences with names and links."""

from __future__ import annotations

from typing import Any

from django.test import Client

from tests.conftest import Api
from tests.web.forms import open_form, text


def test_messages_are_sentences_with_names_and_links(browser: Client, api: Api, site: dict[str, Any]) -> None:
    api.make_object(
        "Asset",
        {"label": "Serial", "type": "TEXT", "isUnique": True},
        {"label": "Site", "type": "LOOKUP", "isUnique": True, "options": {"target": "site", "onDelete": "restrict"}},
    )
    held = api.make_record("asset", name="Compressor <12>", serial="S-1", site=site["id"])
    path = f"/o/{held['customObjectId']}/r/{held['id']}/"
    refused = browser.post("/o/asset/new/", {"data-name": "x", "data-serial": "s-1"})
    link = f'<a href="{path}">Compressor &lt;12&gt;</a>'
    assert f"Another Asset has the Serial s-1: {link}." in text(refused)
    assert browser.get(path).status_code == 200
    refused = browser.post("/o/asset/new/", {"data-name": "x", "data-site": site["id"]})
    assert f"Another Asset has the Site North: {link}." in text(refused)
    refused = browser.post(f"/o/site/r/{site['id']}/delete/")
    assert f"A record of Asset has it as its Site, and is to be changed or deleted first: {link}." in text(refused)
    refused = browser.post("/setup/objects/site/delete/", {"name": "Site"})
    assert "Assets refer to its records as their Site; change or delete those first." in text(refused)
    api.make_record("asset", name="Pump", serial="S-2")
    api.post("asset/fields", {"label": "Kind", "type": "TEXT", "defaultValue": "x"})
    for record in api.get("asset/records").json["data"]:
        api.patch(f"asset/records/{record['id']}", {"data": {"kind": "x"}})
    api.patch("asset/fields/kind", {"defaultValue": None})
    refused = browser.post("/setup/objects/asset/fields/kind/", {"label": "Kind", "is_unique": "on", "is_active": "on"})
    assert "as two records have the Kind x: " in text(refused)
    assert f" and {link}." in text(refused) or f": {link} and " in text(refused)
    refused = browser.post("/setup/objects/new/", {"name": "Gate", "icon": "home", "color": "red"})
    assert "Colour must be such as #2563eb." in text(refused)
    assert held["id"] not in api.delete(f"site/records/{site['id']}").text


def test_what_is_not_there_has_no_id_for_a_name(browser: Client, api: Api, site: dict[str, Any]) -> None:
    options = {"target": "site", "multiple": True}
    api.make_object("Asset", {"label": "Sites", "type": "LOOKUP", "options": options})
    made = open_form(browser, "/o/asset/new/")
    missing = "0189e4a5-0000-7000-8000-000000000000"
    refused = browser.post("/o/asset/new/", {**made, "data-name": "x", "data-sites": [site["id"], missing]})
    message = "Sites must be a record of the object it looks up to, and number 2 of its 2 is none."
    assert [str(error) for error in refused.context["form"].errors["data-sites"]] == [message]

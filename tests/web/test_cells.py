"""A value is edited in its cell: what each type makes of it, who may, and what two people make of one cell."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client

from salesos.accounts.models import User
from tests.conftest import Api
from tests.web.forms import controls_of, text

GERMAN = {"accept-language": "de", "hx-request": "true"}


@pytest.fixture
def machine(api: Api) -> dict[str, Any]:
    """A record with a field of each type."""
    api.make_object("Account")
    choices = {"values": ["new", "old"]}
    api.make_object(
        "Machine",
        {"label": "Notes", "type": "TEXTAREA"},
        {"label": "Size", "type": "NUMBER", "options": {"max": 10}},
        {"label": "Cost", "type": "CURRENCY", "options": {"currency": "EUR"}},
        {"label": "Load", "type": "PERCENT"},
        {"label": "Bought", "type": "DATE"},
        {"label": "Checked", "type": "DATETIME"},
        {"label": "Sold", "type": "CHECKBOX"},
        {"label": "State", "type": "PICKLIST", "options": choices},
        {"label": "Tags", "type": "MULTI_PICKLIST", "options": choices},
        {"label": "Mail", "type": "EMAIL"},
        {"label": "Phone", "type": "PHONE"},
        {"label": "Site", "type": "URL"},
        {"label": "Account", "type": "LOOKUP", "options": {"target": "account"}},
        {"label": "Who", "type": "USER"},
        {"label": "Extra", "type": "JSON"},
        {"label": "Number", "type": "AUTO_NUMBER"},
    )
    return api.make_record("machine", name="Press")


def path_of(record: dict[str, Any], field: str, object_name: str = "machine") -> str:
    return f"/o/{object_name}/r/{record['id']}/cell/{field}/"


def save(browser: Client, record: dict[str, Any], field: str, typed: Any, **more: Any) -> Any:
    """What is typed into the control of a field, and sent."""
    path = path_of(record, field)
    form = dict(controls_of(browser.get(path, headers=GERMAN)))
    return browser.post(f"{path}?columns=name,{field}", {**form, f"data-{field}": typed, **more}, headers=GERMAN)


def held(api: Api, record: dict[str, Any], field: str) -> Any:
    return api.get(f"machine/records/{record['id']}").json["data"][field]


# What somebody types who writes German, what is stored, and what the cell shows.
SAVED = {
    "name": ("Presse <b>", "Presse <b>", "Presse &lt;b&gt;"),
    "notes": ("one\r\ntwo", "one\ntwo", "one"),
    "size": ("1,5", 1.5, "1"),
    "cost": ("1.234,5", 1234.5, "234"),
    "load": ("12,5", 12.5, "12"),
    "bought": ("31.12.2026", "2026-12-31", "2026"),
    "checked": ("31.12.2026 14:30", "2026-12-31T14:30:00Z", "30"),
    "sold": ("on", True, "Yes"),
    "state": ("old", "old", "old"),
    "tags": (["new", "old"], ["new", "old"], "new"),
    "mail": ("A@example.com", "A@example.com", "A@example.com"),
    "phone": ("+49 30 901820", "+4930901820", "30"),
    "site": ("https://example.com", "https://example.com", "example.com"),
    "extra": ('{"a": 1}', {"a": 1}, "a"),
}


@pytest.mark.parametrize("field", SAVED)
def test_each_type_is_saved(browser: Client, api: Api, machine: dict[str, Any], field: str) -> None:
    typed, stored, shown = SAVED[field]
    saved = save(browser, machine, field, typed)
    assert saved.status_code == 200, text(saved)
    assert held(api, machine, field) == stored
    row = text(saved)
    assert f'data-record="{machine["id"]}"' in row
    assert 'data-version="2"' in row
    assert shown in row
    assert saved.headers["X-Record-Version"] == "2"
    # What it names can be undone.
    assert browser.post(f"/changes/{saved.headers['X-Change-Id']}/undo/", headers={"accept": "application/json"}).json()
    assert held(api, machine, field) == machine["data"][field]


def test_lookups_and_people_are_saved(browser: Client, api: Api, machine: dict[str, Any], admin: User) -> None:
    account = api.make_record("account", name="Acme")
    for field, id_, name in (("account", account["id"], "Acme"), ("who", str(admin.id), str(admin))):
        saved = save(browser, machine, field, id_)
        assert saved.status_code == 200
        assert name in text(saved)
        assert held(api, machine, field) == id_
        assert save(browser, machine, field, "").status_code == 200
        assert held(api, machine, field) is None


REFUSED = {
    "name": ("", "Name is required."),
    "size": ("10,5", "Size must not be greater than 10."),
    "cost": ("viel", "Cost must be a number such as"),
    "load": ("x", "Load must be a number such as"),
    "bought": ("31.02.2026", "Bought must be a date such as"),
    "checked": ("bald", "Checked must be a date and time such as"),
    "state": ("broken", "broken"),
    "tags": (["broken"], "broken"),
    "mail": ("nobody", "Mail must be"),
    "phone": ("12", "Phone must be"),
    "site": ("x y", "Site must be"),
    "account": ("00000000-0000-7000-8000-000000000000", "Account"),
    "who": ("00000000-0000-7000-8000-000000000000", "Who"),
    "extra": ("{", "Extra must be"),
}


@pytest.mark.parametrize("field", REFUSED)
def test_what_is_refused_comes_back_with_the_reason(
    browser: Client, api: Api, machine: dict[str, Any], field: str
) -> None:
    typed, reason = REFUSED[field]
    refused = save(browser, machine, field, typed)
    assert refused.status_code == 422
    page = text(refused)
    assert reason in page
    assert 'class="error"' in page
    if isinstance(typed, str) and typed and field not in ("account", "who", "state"):
        assert typed in page
    assert "X-Change-Id" not in refused.headers
    assert held(api, machine, field) == machine["data"][field]


def test_others_changes_are_kept_and_a_clash_shows_both(
    browser: Client, api: Api, machine: dict[str, Any], rep: User
) -> None:
    path = path_of(machine, "size")
    form = dict(controls_of(browser.get(path)))
    Api(rep).patch(f"machine/records/{machine['id']}", {"data": {"notes": "theirs", "size": 7}})
    clash = browser.post(path, {**form, "data-size": "5"})
    assert clash.status_code == 409
    assert f"{rep} has <q>7</q>" in " ".join(text(clash).split())
    assert 'value="5"' in text(clash)
    again = dict(controls_of(clash))
    taken = browser.post(path, {**again, "take": "data-size"})
    assert (taken.status_code, held(api, machine, "size")) == (200, 7)
    kept = browser.post(path, again)
    assert (kept.status_code, held(api, machine, "size")) == (200, 5)
    assert held(api, machine, "notes") == "theirs"


def test_sent_twice_it_is_one_change(browser: Client, api: Api, machine: dict[str, Any]) -> None:
    path = path_of(machine, "size")
    form = {**dict(controls_of(browser.get(path))), "data-size": "5"}
    first, second = browser.post(path, form), browser.post(path, form)
    assert first.headers["X-Change-Id"]
    assert second.status_code == 200
    assert second.headers["X-Change-Id"] == ""
    assert api.get(f"machine/records/{machine['id']}").json["version"] == 2


def test_who_may_not_is_told_so(browser: Client, api: Api, machine: dict[str, Any], stranger: User) -> None:
    path = path_of(machine, "size")
    form = {**dict(controls_of(browser.get(path))), "data-size": "5"}
    # What the server gives, and what is not there.
    for field in ("number", "nothing", "ownerId", "%00"):
        assert browser.get(path_of(machine, field)).status_code == 404
    signed_out = Client()
    assert signed_out.get(path).status_code == 401
    assert signed_out.post(path, form).status_code == 401
    elsewhere = Client()
    elsewhere.force_login(stranger)
    assert elsewhere.get(path).status_code == 404
    assert elsewhere.post(path, form).status_code == 404
    api.patch("machine", {"isActive": False})
    assert browser.get(path).status_code == 403
    assert browser.post(path, form).status_code == 403
    api.patch("machine", {"isActive": True})
    api.delete(f"machine/records/{machine['id']}")
    gone = browser.post(path, form)
    assert gone.status_code == 404
    assert "<html" not in text(gone)


def test_what_a_cell_takes(browser: Client, machine: dict[str, Any], django_assert_num_queries: Any) -> None:
    browser.get(path_of(machine, "size"))
    # 1. The session.
    # 2. Its user.
    # 3. The object.
    # 4. The record.
    with django_assert_num_queries(4):
        form = dict(controls_of(browser.get(path_of(machine, "size"))))
    path = f"{path_of(machine, 'size')}?columns=name,size"
    # 1-4. As above.
    # 5. A savepoint.
    # 6. The object under its lock.
    # 7. The record under its lock.
    # 8. The record as it is to be, which gives its document.
    # 9. Its revision.
    # 10. The savepoint's end.
    with django_assert_num_queries(10):
        browser.post(path, {**form, "data-size": "5"})


def test_rows_are_told_as_they_are_now(browser: Client, api: Api, machine: dict[str, Any], stranger: User) -> None:
    other = api.make_record("machine", name="Lathe", size=3)
    body = {"ids": f"{machine['id']},{other['id']}", "columns": "name,size"}
    page = text(browser.post("/o/machine/rows/", body))
    assert set(re.findall('data-record="([^"]+)"', page)) == {machine["id"], other["id"]}
    assert "Load more" not in page
    api.delete(f"machine/records/{other['id']}")
    assert other["id"] not in text(browser.post("/o/machine/rows/", body))
    assert browser.post("/o/machine/rows/", {"ids": "x"}).status_code == 409
    elsewhere = Client()
    elsewhere.force_login(stranger)
    assert elsewhere.post("/o/machine/rows/", body).status_code == 404

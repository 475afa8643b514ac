"""What was done to a record, the record as it was, and going back to it, in pages."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from customobjects.models import Revision
from customobjects.services.revision_purge import REVISIONS
from salesos.accounts.models import User
from salesos.db.append_only import purging
from tests.conftest import Api
from tests.web.forms import controls_of, main_part, text

HTML = "<script>alert(1)</script>"


@pytest.fixture
def record(api: Api) -> dict[str, Any]:
    colored = [{"value": "new", "label": "Brand new", "color": "#15803d"}, {"value": "used", "label": "Used up"}]
    api.make_object(
        "Asset",
        {"label": "State", "type": "PICKLIST", "options": {"values": colored}},
        {"label": "Cost", "type": "CURRENCY"},
        {"label": "Notes", "type": "TEXTAREA"},
        {"label": "Keeper", "type": "USER"},
        {"label": "Code", "type": "TEXT", "isUnique": True},
        {"label": "Part of", "type": "LOOKUP", "options": {"target": "asset", "multiple": True}},
    )
    return api.make_record("asset", name="Pump", state="new", cost=1, code="P1")


def change(api: Api, record: dict[str, Any], **data: Any) -> None:
    answer = api.patch(f"asset/records/{record['id']}", {"data": data})
    assert answer.status == 200, answer


def path_of(record: dict[str, Any], version: int | None = None, tail: str = "") -> str:
    return f"/o/asset/r/{record['id']}/history/" + (f"{version}/{tail}" if version is not None else "")


def words(response: Any) -> str:
    return " ".join(text(response).split())


def browser_of(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def test_each_change_is_told(browser: Client, api: Api, rep: User, record: dict[str, Any]) -> None:
    whole = api.make_record("asset", name=HTML)
    change(api, record, state="used", notes=HTML, part_of=[whole["id"]])
    change(Api(rep), record, keeper=str(rep.id))
    api.patch(f"asset/records/{record['id']}", {"ownerId": None})
    for client in (browser, browser_of(rep)):
        page = words(client.get(path_of(record)))
        places = [page.index(f"version {number}</span>") for number in (4, 3, 2, 1)]
        assert places == sorted(places), "the newest first"
        assert '<span class="chip hue-green">Brand new</span>' in page
        assert "Used up" in page
        assert f'/{whole["id"]}/">&lt;script&gt;' in page, "a lookup by its name, with a link"
        assert HTML not in page
        assert page.count("through the API") == 3
        assert "by <bdi>rep</bdi>" in page
        assert "Owner</dt>" in page
        assert "Created" in page
        assert page.count("Go back to this version") == 3, "not to that of now"
        assert path_of(record) in text(client.get(f"/o/asset/r/{record['id']}/timeline/"))


def test_a_record_that_nobody_changed(browser: Client, record: dict[str, Any]) -> None:
    page = words(browser.get(path_of(record)))
    assert "Created" in page
    assert "as it is now" in page
    assert "Go back" not in page
    assert "not kept" not in page


def test_pages_of_a_long_history(browser: Client, api: Api, record: dict[str, Any]) -> None:
    for cost in range(2, 28):
        change(api, record, cost=cost)
    first, second = words(browser.get(path_of(record))), words(browser.get(f"{path_of(record)}?page=2"))
    assert first.count('<li class="card">') == 25
    assert ("Created" in first, "Created" in second) == (False, True)
    assert second.count('<li class="card">') == 2
    assert ('href="?page=2"' in first, 'href="?page=1"' in second) == (True, True)
    assert "ends before this page" in words(browser.get(f"{path_of(record)}?page=3"))
    for nonsense in ("0", "x", "-1", "١", "9" * 30):
        assert words(browser.get(path_of(record), {"page": nonsense})).count('<li class="card">') == 25


def test_the_same_queries_for_any_number(
    browser: Client, api: Api, rep: User, record: dict[str, Any], django_assert_num_queries: Any
) -> None:
    wholes = [api.make_record("asset", name=f"Whole {number}")["id"] for number in range(3)]
    for number in range(6):
        change(api, record, part_of=wholes[: number % 3 + 1], keeper=str(rep.id) if number % 2 else None)
        # 1. The session. 2. Its user. 3. The object. 4. The record. 5. Its revisions.
        # 6. The names of records in values, old and new. 7. Those of people in values. 8. Who did it, and owners.
        # 9. The sidebar's objects. 10. The user's organization. People are in values from the second change on.
        with django_assert_num_queries(10 if number else 9):
            browser.get(path_of(record))
    # 1. to 4. As above. 5. Its revisions since. 6. The names of records in values.
    # 7. The owner, and who changed it. 8. and 9. The sidebar.
    with django_assert_num_queries(9):
        browser.get(path_of(record, 2))
    # 1. to 4. As above. 5. Its revisions since. 6. and 7. Names. 8. and 9. The sidebar.
    with django_assert_num_queries(9):
        browser.get(path_of(record, 2, "revert/"))


def test_long_values_are_shortened_where_they_differ(browser: Client, api: Api, record: dict[str, Any]) -> None:
    same = "same words " * 100
    change(api, record, notes=f"{same}before{same}")
    change(api, record, notes=f"{same}after{same}")
    wholes = [api.make_record("asset", name=f"Whole {number:03}")["id"] for number in range(30)]
    change(api, record, part_of=wholes[:-1])
    change(api, record, part_of=wholes)
    page = text(browser.get(path_of(record)))
    newest, _rest = page.split("version 5</span>")[1].split("version 4</span>")
    assert "Whole 029" in newest, "what was added is not among those left out"
    assert "Whole 028" not in newest
    longest = page.split("version 3</span>")[1].split("version 2</span>")[0]
    assert "before" in longest.split("then:")[0].replace("before:", "")
    assert "after" in longest
    assert len(longest) < 2_500


def test_hidden_fields_are_not_shown(browser: Client, api: Api, record: dict[str, Any]) -> None:
    change(api, record, notes="a secret")
    assert "a secret" in text(browser.get(path_of(record)))
    assert api.patch("asset/fields/notes", {"isActive": False}).status == 200
    for page in (path_of(record), path_of(record, 2), path_of(record, 1), path_of(record, 1, "revert/")):
        shown = text(browser.get(page))
        assert "a secret" not in shown
        assert "Notes" not in shown
    assert "Nothing that is shown here" in text(browser.get(path_of(record)))


def test_as_it_was(browser: Client, api: Api, record: dict[str, Any]) -> None:
    change(api, record, name="Old pump", state="used", cost=7)
    page = words(browser.get(path_of(record, 1)))
    assert "<bdi>Pump</bdi>" in page
    assert "Brand new" in page
    assert "This is how it was" in page
    assert path_of(record, 1, "revert/") in page
    now = words(browser.get(path_of(record, 2)))
    assert "This is how it is now" in now
    assert "Go back" not in now
    for version in (0, 3, 10**30):
        missing = browser.get(path_of(record, version))
        assert missing.status_code == 404
        assert "has no version" in text(missing)


def test_going_back(browser: Client, api: Api, record: dict[str, Any]) -> None:
    change(api, record, state="used", cost=7, notes="x")
    asked = browser.get(path_of(record, 1, "revert/"))
    page = words(asked)
    assert "This changes, and all else stays" in page
    assert page.index("Used up") < page.index("Brand new"), "from what is to what was"
    assert [label in page for label in ("State</dt>", "Cost</dt>", "Notes</dt>", "Code</dt>")] == [True] * 3 + [False]
    done = browser.post(path_of(record, 1, "revert/"), controls_of(asked), follow=True)
    assert "Asset “Pump” is as it was at version 1." in text(done)
    now = api.get(f"asset/records/{record['id']}").json
    assert (now["data"], now["version"]) == (record["data"], 3)
    assert "on a page" in text(browser.get(path_of(record)))
    # Nothing differs any more.
    again = browser.get(path_of(record, 1, "revert/"))
    assert "nothing would change" in text(again)
    assert '<button class="button primary">' not in main_part(again)


def test_going_back_needs_a_token(admin: User, api: Api, record: dict[str, Any]) -> None:
    change(api, record, cost=7)
    client = Client(enforce_csrf_checks=True)
    client.force_login(admin)
    assert client.post(path_of(record, 1, "revert/"), {"shown": "2"}).status_code == 403
    form = controls_of(client.get(path_of(record, 1, "revert/")))
    assert client.post(path_of(record, 1, "revert/"), form).status_code == 302


def test_somebody_changed_it_meanwhile(browser: Client, api: Api, rep: User, record: dict[str, Any]) -> None:
    change(api, record, cost=7)
    form = controls_of(browser.get(path_of(record, 1, "revert/")))
    change(Api(rep), record, notes="theirs")
    for sent in (form, {}, {**form, "shown": "x"}):
        refused = browser.post(path_of(record, 1, "revert/"), sent)
        assert refused.status_code == 422
        assert "rep changed it meanwhile" in text(refused)
        assert "theirs" in text(refused)
    assert api.get(f"asset/records/{record['id']}").json["data"]["cost"] == 7
    assert browser.post(path_of(record, 1, "revert/"), controls_of(refused)).status_code == 302


def test_what_stands_in_the_way_is_said(browser: Client, api: Api, record: dict[str, Any]) -> None:
    change(api, record, code="P2")
    api.make_record("asset", name="Thief", code="P1")
    form = controls_of(browser.get(path_of(record, 1, "revert/")))
    refused = browser.post(path_of(record, 1, "revert/"), form)
    assert refused.status_code == 422
    assert "Thief</a>" in text(refused), "by which record, with a link"
    api.delete(f"asset/records/{record['id']}")
    gone = browser.post(path_of(record, 1, "revert/"), form)
    assert gone.status_code == 422
    assert "It is in the trash" in text(gone)


def test_a_rep_leaves_the_owner(api: Api, rep: User, record: dict[str, Any]) -> None:
    change(api, record, cost=7)
    api.patch(f"asset/records/{record['id']}", {"ownerId": None})
    browser = browser_of(rep)
    asked = browser.get(path_of(record, 1, "revert/"))
    assert "Its owner stays" in text(asked)
    assert "Owner</dt>" not in text(asked)
    assert browser.post(path_of(record, 1, "revert/"), controls_of(asked)).status_code == 302
    now = api.get(f"asset/records/{record['id']}").json
    assert (now["data"]["cost"], now["ownerId"]) == (1, None)


def test_a_record_in_the_trash(browser: Client, api: Api, record: dict[str, Any]) -> None:
    change(api, record, cost=7)
    api.delete(f"asset/records/{record['id']}")
    page = words(browser.get(path_of(record)))
    assert "in the trash" in page
    assert "Deleted <span" in page
    assert "Go back" not in page
    assert f'/o/asset/r/{record["id"]}/"' not in page, "it has no page now"
    assert "This is how it was" in text(browser.get(path_of(record, 2)))
    assert "Go back" not in text(browser.get(path_of(record, 2)))
    deleted = browser.get(path_of(record, 3))
    assert deleted.status_code == 404
    assert "was in the trash then" in text(deleted)


def test_what_is_not_kept(browser: Client, api: Api, record: dict[str, Any]) -> None:
    for cost in (2, 3, 4):
        change(api, record, cost=cost)
    with purging(REVISIONS):
        Revision.objects.filter(version=2).delete()
    page = words(browser.get(path_of(record)))
    assert "What was changed before is not kept" in page
    assert page.count("Go back to this version") == 1, "to version 3 alone"
    for tail in ("", "revert/"):
        unknown = browser.get(path_of(record, 1, tail))
        assert unknown.status_code == 404
        assert "is not kept" in text(unknown)
        assert '<button class="button primary">' not in main_part(unknown)


def test_an_object_that_keeps_none(browser: Client, api: Api, record: dict[str, Any]) -> None:
    change(api, record, cost=2)
    api.patch("asset", {"enableHistory": False})
    change(api, record, cost=3)
    api.patch("asset", {"enableHistory": True})
    change(api, record, cost=4)
    page = words(browser.get(path_of(record)))
    assert "What was changed between is not kept" in page
    assert "See version" not in page, "what came before the gap is not known"
    api.patch("asset", {"enableHistory": False})
    assert path_of(record) not in text(browser.get(f"/o/asset/r/{record['id']}/"))
    assert "is turned off" in text(browser.get(path_of(record)))


def test_an_archived_object_has_no_buttons(browser: Client, api: Api, record: dict[str, Any]) -> None:
    change(api, record, cost=2)
    assert "Go back" in text(browser.get(path_of(record)))
    form = controls_of(browser.get(path_of(record, 1, "revert/")))
    api.patch("asset", {"isActive": False})
    assert "Go back" not in text(browser.get(path_of(record)))
    refused = browser.post(path_of(record, 1, "revert/"), form)
    assert refused.status_code == 422
    assert "is archived" in text(refused)

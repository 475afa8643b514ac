"""Pages about the values of a picklist, and lookups that are filtered: what they show, refuse and cost."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from customobjects.services import merging
from salesos.accounts.models import User
from tests.conftest import Api
from tests.web.forms import text

PATH = "/setup/objects/site/fields/stage/"
CHOSEN = {"value": "b", "into": "a"}


@pytest.fixture
def sites(api: Api) -> Api:
    values = [{"value": "a", "label": "<b>A"}, {"value": "b", "label": "B & C"}, {"value": "c", "isActive": False}]
    api.make_object(
        "Site",
        {"label": "Stage", "type": "PICKLIST", "options": {"values": values}},
        {"label": "Tags", "type": "MULTI_PICKLIST", "options": {"values": ["x", "y"]}},
    )
    for number in range(3):
        api.make_record("site", name=str(number), stage="ab"[number % 2], tags=["x", "y"][number:])
    return api


def held(browser: Client, path: str = PATH) -> Any:
    return browser.get(f"{path}held/").json()["counts"]


def test_how_many_records_hold_each_value(browser: Client, sites: Api) -> None:
    assert held(browser) == {"a": 2, "b": 1}
    assert held(browser, "/setup/objects/site/fields/tags/") == {"x": 1, "y": 2}
    assert held(browser, "/setup/objects/site/fields/name/") is None
    sites.patch("site/fields/stage", {"isActive": False})
    assert held(browser) is None


def test_counting_takes_the_same_queries(browser: Client, sites: Api, django_assert_num_queries: Any) -> None:
    held(browser)
    # 1. The session.
    # 2. Its user.
    # 3. The object.
    # 4. Its fields.
    # 5. The object's state, by which its schema is known.
    # 6. The field.
    # 7. How many records hold each value.
    with django_assert_num_queries(7):
        held(browser)


def test_it_asks_before_it_merges(browser: Client, sites: Api) -> None:
    asked = browser.post(f"{PATH}merge/", CHOSEN)
    assert "<strong>1 record</strong> with <q>B &amp; C</q> will have <q>&lt;b&gt;A</q>" in text(asked)
    assert held(browser) == {"a": 2, "b": 1}
    done = browser.post(f"{PATH}merge/", {**CHOSEN, "confirmed": "1"}, follow=True)
    assert "B &amp; C is merged into &lt;b&gt;A: 1 record." in text(done)
    assert held(browser) == {"a": 3}
    # A second click on a slow button.
    again = browser.post(f"{PATH}merge/", {**CHOSEN, "confirmed": "1"})
    assert again.status_code == 422


def test_many_records_are_said_to_be_on_their_way(browser: Client, sites: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(merging, "MAX_AT_ONCE", 1)
    chosen = {"value": "a", "into": "b"}
    assert "goes on in the background" in text(browser.post(f"{PATH}merge/", chosen))
    going = browser.post(f"{PATH}merge/", {**chosen, "confirmed": "1"}, follow=True)
    assert "0 of 2 records are changed." in text(going)
    address = going.redirect_chain[-1][0]
    merging.merge_batch(*_arguments(), None)
    assert "2 of 2 records are changed." in text(browser.get(address))


def _arguments() -> tuple[Any, ...]:
    from uuid import UUID

    from django_tasks_db.models import DBTaskResult

    from salesos.accounts.actor import Actor

    object_id, field_id, value, into, _done_to, *who = DBTaskResult.objects.get().args_kwargs["args"]
    return Actor.of_texts(*who), UUID(object_id), UUID(field_id), value, into


@pytest.mark.parametrize(
    "sent",
    [{}, {"value": "b"}, {"value": "b", "into": "b"}, {"value": "b", "into": "c"}, {"value": "\x00", "into": "a"}],
)
def test_what_cannot_be_merged_is_said_at_its_control(browser: Client, sites: Api, sent: dict[str, str]) -> None:
    refused = browser.post(f"{PATH}merge/", {**sent, "confirmed": "1"})
    assert refused.status_code == 422
    assert refused.context["form"].errors
    assert held(browser) == {"a": 2, "b": 1}


def test_who_may_see_them(sites: Api, rep: User, stranger: User) -> None:
    for user, status in ((rep, 403), (stranger, 404)):
        client = Client()
        client.force_login(user)
        assert [client.get(f"{PATH}{page}/").status_code for page in ("held", "merge")] == [status, status]
        assert client.post(f"{PATH}merge/", {**CHOSEN, "confirmed": "1"}).status_code == status


def test_pages_of_fields_without_values_are_not_there(browser: Client, sites: Api) -> None:
    assert browser.get("/setup/objects/site/fields/name/merge/").status_code == 404
    assert browser.get(f"{PATH}merge/?going=%00&total=-1").status_code == 200


@pytest.fixture
def visits(sites: Api) -> dict[str, Any]:
    """The lookup to sites of which the stage is a, and of these none that cannot be chosen."""
    options = {"target": "site", "filter": {"stage": "a"}}
    sites.make_object("Visit", {"label": "Site", "type": "LOOKUP", "options": options})
    return dict(sites.get("visit/fields/site").json)


def test_a_filtered_lookup_offers_what_fits(browser: Client, visits: dict[str, Any], stranger: User) -> None:
    form = text(browser.get("/o/visit/new/", follow=True))
    address = f"/o/{visits['options']['target']}/choices/?lookup={visits['id']}"
    assert f'data-choices="{address}"' in form
    assert ">0</option>" in form
    assert ">1</option>" not in form
    found = browser.get(address).json()
    assert [one["name"] for one in found["data"]] == ["2", "0"]
    assert found["note"] == "Only Sites that fit: Stage is <b>A."
    assert found["create"] is False
    assert "note" not in browser.get("/o/site/choices/").json()
    for other in ("nothing", "00000000-0000-0000-0000-000000000000", "\x00"):
        assert browser.get("/o/site/choices/", {"lookup": other}).status_code == 404
    client = Client()
    client.force_login(stranger)
    assert client.get(address).status_code == 404


def test_what_does_not_fit_is_refused_at_its_control(browser: Client, api: Api, visits: dict[str, Any]) -> None:
    [closed] = api.get("site/records", stage="b").json["data"]
    refused = browser.post("/o/visit/new/", {"data-name": "V", "data-site": closed["id"]})
    assert refused.status_code == 422
    assert "Site must be a record that fits what the lookup is filtered to." in text(refused)


def test_what_deleting_does_is_said_with_the_names_of_records(browser: Client, visits: dict[str, Any]) -> None:
    page = text(browser.get("/setup/objects/visit/fields/site/"))
    assert "Refuse to delete the Site while any of the Visits point at it" in page

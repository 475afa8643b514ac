"""The pages of the trash: what is in it, and the way back, with what stands in it."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from customobjects.models import Record
from salesos.accounts.models import User
from tests.conftest import Api
from tests.web.forms import text


@pytest.fixture
def asset(api: Api) -> dict[str, Any]:
    api.make_object("Site")
    return api.make_object(
        "Asset",
        {"label": "Serial", "type": "TEXT", "isUnique": True},
        {"label": "Site", "type": "LOOKUP", "options": {"target": "site", "onDelete": "cascade"}},
    )


def test_a_record_comes_back(browser: Client, api: Api, asset: dict[str, Any]) -> None:
    site = api.make_record("site", name="North")
    pump = api.make_record("asset", name="Pump", site=site["id"])
    assert 'href="/o/site/trash/"' in text(browser.get("/o/site/"))
    assert "No deleted Sites are kept." in text(browser.get("/o/site/trash/"))
    browser.post(f"/o/site/r/{site['id']}/delete/")
    shown = text(browser.get("/o/site/trash/"))
    assert "North" in shown
    assert "took 1 record along" in shown
    assert "admin" in shown
    assert "went along with North" in text(browser.get("/o/asset/trash/"))
    everything = text(browser.get("/trash/"))
    assert 'href="/trash/"' in text(browser.get("/"))
    assert "Pump" in everything
    assert 'href="/o/asset/trash/"' in everything
    path = f"/o/site/trash/{site['id']}/"
    asked = text(browser.get(path))
    assert "Restore North?" in asked
    assert "with 1 record that went along with it." in asked
    done = browser.post(path)
    assert done.headers["Location"] == f"/o/site/r/{site['id']}/"
    assert "Site “North” is restored." in text(browser.get(done.headers["Location"]))
    assert api.names("asset", site=site["id"]) == ["Pump"]
    assert browser.post(path).status_code == 404
    assert browser.get(f"/o/asset/trash/{pump['id']}/").status_code == 404


def test_what_stands_in_the_way_is_shown(browser: Client, api: Api, asset: dict[str, Any]) -> None:
    site = api.make_record("site", name="North")
    pump = api.make_record("asset", name="Pump", serial="S1", site=site["id"])
    api.delete(f"site/records/{site['id']}")
    other = api.make_record("asset", name="Other", serial="S1")
    path = f"/o/asset/trash/{pump['id']}/"
    assert "It went along with North, and comes back alone." in text(browser.get(path))
    refused = browser.post(path)
    assert refused.status_code == 422
    shown = text(refused)
    assert f'another Asset has the Serial S1: <a href="/o/{asset["id"]}/r/{other["id"]}/">Other</a>.' in shown
    assert "its Site is in the trash, too: North." in shown
    assert "Without the Serial that stands in the way" in shown
    again = text(browser.post(path, {"without": ["serial"]}))
    assert "its Site is in the trash" in again
    assert '<input type="hidden" name="without" value="serial">' in again
    assert browser.post(path, {"without": ["zqx"]}).status_code == 422
    assert browser.post(path, {"without": ["serial", "site"]}).status_code == 302
    assert api.get(f"asset/records/{pump['id']}").json["data"] == {"name": "Pump", "serial": None, "site": None}


def test_objects_and_fields_come_back(browser: Client, api: Api, asset: dict[str, Any]) -> None:
    record = api.make_record("asset", name="Pump", serial="S1")
    api.delete("asset/fields/serial")
    assert "Deleted fields" in text(browser.get("/o/asset/trash/"))
    assert "Restore the field Serial?" in text(browser.get("/o/asset/trash/fields/serial/"))
    api.delete(f"asset/records/{record['id']}")
    twin = api.make_record("asset", name="Twin")
    Record.objects.filter(id=twin["id"]).update(data={"name": "Twin", "serial": "S1"})
    api.post(f"asset/records/{record['id']}/restore")
    refused = browser.post("/o/asset/trash/fields/serial/")
    assert refused.status_code == 422
    assert "Restore its fields as not unique" in text(refused)
    done = browser.post("/o/asset/trash/fields/serial/", {"without": ["unique"]})
    assert done.headers["Location"] == "/setup/objects/asset/fields/"
    assert api.names("asset", serial="S1", sort="name") == ["Pump", "Twin"]
    api.delete("asset")
    shown = text(browser.get("/trash/"))
    assert "Deleted objects" in shown
    assert f'action="/trash/objects/{asset["id"]}/"' in shown
    assert "Restore Asset?" in text(browser.get(f"/trash/objects/{asset['id']}/"))
    done = browser.post(f"/trash/objects/{asset['id']}/")
    assert done.headers["Location"] == "/o/asset/"
    assert "Asset is restored." in text(browser.get(done.headers["Location"]))


def test_who_may(api: Api, asset: dict[str, Any], rep: User) -> None:
    own = Api(rep).make_record("asset", name="Own")
    other = api.make_record("asset", name="Foreign")
    for record in (own, other):
        api.delete(f"asset/records/{record['id']}")
    api.delete("asset/fields/serial")
    client = Client()
    client.force_login(rep)
    for path in ("/o/asset/trash/", "/trash/"):
        shown = text(client.get(path))
        assert 'aria-label="Restore Own"' in shown
        assert "Foreign" in shown
        assert 'aria-label="Restore Foreign"' not in shown
        assert "Deleted fields" not in shown
    assert client.post(f"/o/asset/trash/{other['id']}/").status_code == 403
    assert client.post("/o/asset/trash/fields/serial/").status_code == 403
    assert client.post(f"/trash/objects/{asset['id']}/").status_code == 403
    assert client.post(f"/o/asset/trash/{own['id']}/").status_code == 302


@pytest.mark.parametrize("count", [1, 30])
def test_pages_and_their_queries(
    browser: Client, api: Api, asset: dict[str, Any], count: int, django_assert_num_queries: Any
) -> None:
    for number in range(count):
        record = api.make_record("asset", name=f"A{number}")
        api.delete(f"asset/records/{record['id']}")
    # 1. The session. 2. Its user. 3. The object. 4. The page. 5. How many there are. 6. How many went along.
    # 7. Who deleted them. 8. The object again, for its fields. 9. Its deleted fields. 10. The sidebar's objects.
    # 11. The user's organization.
    with django_assert_num_queries(11):
        first = text(browser.get("/o/asset/trash/"))
    # The same; the objects of the records in the place of the object, and the deleted objects.
    with django_assert_num_queries(10):
        assert text(browser.get("/trash/")).count("Restore</button>") == min(count, 25)
    assert ('href="?page=2"' in first) is (count > 25)
    second = text(browser.get("/o/asset/trash/?page=2"))
    assert second.count("Restore</button>") == max(count - 25, 0)
    assert ("The list ends before this page" in second) is (count <= 25)
    for nonsense in ("x", "0", "-1", "99999999999", "٣"):
        assert browser.get("/trash/", {"page": nonsense}).status_code == 200

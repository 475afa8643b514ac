"""The pages, as a browser without scripts uses them: every form, its errors at the fields, and what it leads to."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from salesos.accounts.models import User
from tests.conftest import PASSWORD, Api
from tests.web.forms import text


def test_signing_in_and_out(admin: User) -> None:
    client = Client()
    assert client.get("/").headers["Location"] == "/sign-in/?next=/"
    refused = client.post("/sign-in/", {"username": admin.email, "password": "wrong"})
    assert "The e-mail or the password is wrong" in text(refused)
    accepted = client.post("/sign-in/", {"username": admin.email, "password": PASSWORD})
    assert accepted.headers["Location"] == "/"
    assert "There are no objects yet" in text(client.get("/"))
    client.post("/sign-out/")
    assert client.get("/").status_code == 302


def test_making_an_object(browser: Client, api: Api) -> None:
    refused = browser.post(
        "/setup/objects/new/", {"name": "Stats", "api_name": "stats", "icon": "box", "color": "#000000"}
    )
    assert refused.status_code == 422
    assert "is a reserved word" in text(refused)
    made = browser.post(
        "/setup/objects/new/", {"name": "Site", "icon": "home", "color": "#112233", "description": "Where"}
    )
    assert made.headers["Location"] == "/setup/objects/site/fields/"
    assert api.get("site").json["pluralName"] == "Sites"
    assert "Sites" in text(browser.get("/"))
    assert "Sites" in text(browser.get("/?search=SIT"))
    assert "No object matches" in text(browser.get("/?search=nothing"))


def test_a_second_object_of_one_name_needs_another(browser: Client, api: Api) -> None:
    made = api.make_object("Asset")
    form = {"name": "aSSET", "icon": "home", "color": "#112233"}
    refused = browser.post("/setup/objects/new/", form)
    assert refused.status_code == 422
    assert refused.context["form"]["name"].errors == ["There is an object called Asset already."]
    assert browser.post("/setup/objects/new/", {**form, "name": "Tool"}).status_code == 302
    # Programs may, and so may people when the other one is deleted.
    assert api.post("", {"name": "Asset"}).json["apiName"] == "asset_2"
    api.delete("asset_2")
    api.delete(made["id"])
    assert browser.post("/setup/objects/new/", form).status_code == 302


def test_the_list_of_objects_takes_the_same_queries_for_any_number(
    browser: Client, api: Api, django_assert_num_queries: Any
) -> None:
    for number in range(3):
        api.make_object(f"Site {number}")
        # 1. The session.
        # 2. Its user.
        # 3. The objects.
        # 4. How many fields and records each has, and how many came lately.
        # 5. What the user chose for Home.
        # 6. When the objects' records were changed.
        # 7. The records that were changed last.
        # 8. Those that the user owns.
        # 9. What the user is to do.
        # 10. Which of the first steps are done.
        # 11. The sidebar's objects.
        # 12. The user's organization.
        with django_assert_num_queries(12):
            browser.get("/")


def test_changing_archiving_and_deleting_an_object(browser: Client, api: Api) -> None:
    api.make_object("Site")
    assert 'value="Site"' in text(browser.get("/setup/objects/site/general/"))
    form = {"name": "Place", "plural_name": "Places", "icon": "home", "color": "#112233"}
    assert browser.post("/setup/objects/site/general/", form).status_code == 302
    assert api.get("site").json["name"] == "Place"
    assert browser.post("/setup/objects/site/general/", {**form, "color": "red"}).status_code == 422
    browser.post("/setup/objects/site/archive/", {"is_active": "false"})
    assert api.get("site").json["isActive"] is False
    assert "archived" in text(browser.get("/o/site/"))
    browser.post("/setup/objects/site/archive/", {"is_active": "true"})
    api.make_record("site")
    asked = text(browser.get("/setup/objects/site/delete/"))
    assert "Delete Place?" in asked
    assert "With it go all its fields and 1 record." in asked
    # Its name must be typed.
    for typed in ({}, {"name": ""}, {"name": "place"}):
        refused = browser.post("/setup/objects/site/delete/", typed)
        assert refused.status_code == 422
        assert "Type its name, Place, to delete it" in text(refused)
    assert api.get("site").status == 200
    assert browser.post("/setup/objects/site/delete/", {"name": " Place "}).headers["Location"] == "/"
    assert api.get("site").status == 404


def test_what_goes_along_is_said_before(browser: Client, api: Api) -> None:
    api.make_object("Site")
    for name, target in (("Visit", "site"), ("Photo", "visit")):
        options = {"target": target, "onDelete": "cascade"}
        api.make_object(name, {"label": target.title(), "type": "LOOKUP", "options": options})
    site = api.make_record("site")["id"]
    for _ in range(2):
        visit = api.make_record("visit", site=site)["id"]
        api.make_record("photo", visit=visit)
    alone = api.make_record("site")["id"]
    said = text(browser.get(f"/o/site/r/{site}/delete/"))
    assert "It goes to the trash, and along with it 4 records." in said
    assert "it has all its values and links again, and what goes along comes back with it." in said
    assert "<li>2 Visits are deleted with it.</li>" in said
    assert "<li>2 Photos are deleted with it.</li>" in said
    said = text(browser.get(f"/o/site/r/{alone}/delete/"))
    assert "It goes to the trash.</p>" in said
    assert "Restored from the trash, it has all its values and links again.</p>" in said
    assert "<li>" not in said.partition('method="post"')[2].partition("</form>")[0]
    asked = text(browser.get("/setup/objects/site/delete/"))
    assert "With it go all its fields and 2 records, and along with them 4 records of other objects." in asked


def test_what_deleting_a_record_does_to_others_is_said_before(
    browser: Client, api: Api, django_assert_num_queries: Any
) -> None:
    api.make_object("Asset")
    rules = (("Asset", "set_null", False), ("Tools", "set_null", True), ("Guard", "restrict", False))
    fields = [
        {"label": label, "type": "LOOKUP", "options": {"target": "asset", "onDelete": rule, "multiple": many}}
        for label, rule, many in rules
    ]
    api.make_object("Maintenance Job", *fields)
    asset = api.make_record("asset")["id"]
    for _ in range(3):
        api.make_record("maintenance_job", asset=asset, tools=[asset])
    api.make_record("maintenance_job", tools=[asset], guard=asset)
    address = f"/o/asset/r/{asset}/delete/"
    said = text(browser.get(address))
    assert "<li>3 Maintenance Jobs will lose their Asset, and get it back if it is restored.</li>" in said
    among = "4 Maintenance Jobs will no longer have it among their Tools, and get it back if it is restored."
    assert f"<li>{among}</li>" in said
    restricts = "1 Maintenance Job keeps it from being deleted, by the field Guard: change or delete that first."
    assert f"<li>{restricts}</li>" in said
    other = api.make_record("asset")["id"]
    gone, _left = (api.make_record("maintenance_job", asset=other)["id"] for _ in range(2))
    # What is in the trash loses nothing.
    api.delete(f"maintenance_job/records/{gone}")
    address = f"/o/asset/r/{other}/delete/"
    # 1. The session. 2. Who is asking. 3. and 4. The object and its fields. 5. The record. 6. What is deleted, and
    # 7. what goes along. 8. Lookups to it, and 9. to 11. who holds it by each. 12. Whether
    # these are few. 13. The sidebar's objects.
    with django_assert_num_queries(13):
        said = text(browser.get(address))
    assert "<li>1 Maintenance Job will lose its Asset, and gets it back if it is restored.</li>" in said


@pytest.mark.parametrize(
    ("holder", "change", "comes_back"),
    [
        ("job", {}, True),
        ("job", {"enableHistory": False}, False),
        ("asset", {"enableHistory": False}, False),
        ("asset", {"historyDays": 3}, False),
        ("asset", {"historyDays": 3_000}, True),
    ],
)
def test_what_restoring_brings_back_is_said_as_it_is(
    browser: Client, api: Api, holder: str, change: dict[str, Any], comes_back: bool
) -> None:
    api.make_object("Asset")
    api.make_object("Job", {"label": "Asset", "type": "LOOKUP", "options": {"target": "asset"}})
    assert api.patch(holder, change).status == 200
    asset = api.make_record("asset")["id"]
    job = api.make_record("job", asset=asset)["id"]
    said = text(browser.get(f"/o/asset/r/{asset}/delete/"))
    assert ("1 Job will lose its Asset, and gets it back if it is restored." in said) == comes_back
    assert ("and does not get it back if it is restored: that needs a history" in said) != comes_back
    if "historyDays" not in change:
        browser.post(f"/o/asset/r/{asset}/delete/")
        assert api.get(f"job/records/{job}").json["data"]["asset"] is None
        assert api.post(f"asset/records/{asset}/restore", {}).status == 200
        assert api.get(f"job/records/{job}").json["data"]["asset"] == (asset if comes_back else None)


def test_too_many_links_do_not_come_back(browser: Client, api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("customobjects.services.emptying.BATCH_SIZE", 1)
    api.make_object("Asset")
    api.make_object("Job", {"label": "Asset", "type": "LOOKUP", "options": {"target": "asset"}})
    asset = api.make_record("asset")["id"]
    for _ in range(2):
        api.make_record("job", asset=asset)
    said = text(browser.get(f"/o/asset/r/{asset}/delete/"))
    assert "2 Jobs will lose their Asset, and do not get it back if it is restored: there are too many." in said


@pytest.mark.parametrize("history", [True, False])
def test_an_object_comes_back_with_the_links_to_it(browser: Client, api: Api, history: bool) -> None:
    api.make_object("Asset")
    api.make_object("Job", {"label": "Asset", "type": "LOOKUP", "options": {"target": "asset"}})
    for name in ("asset", "job"):
        api.patch(name, {"enableHistory": history})
    asset = api.make_record("asset")["id"]
    job = api.make_record("job", asset=asset)["id"]
    says = "The fields that refer to it come back with the links that they hold."
    assert says in text(browser.get("/setup/objects/asset/delete/"))
    assert says not in text(browser.get("/setup/objects/job/delete/"))
    id_ = api.get("asset").json["id"]
    browser.post("/setup/objects/asset/delete/", {"name": "Asset"})
    assert "asset" not in api.get(f"job/records/{job}").json["data"]
    browser.post(f"/trash/objects/{id_}/")
    assert api.get(f"job/records/{job}").json["data"]["asset"] == asset


class TestRecords:
    @pytest.fixture(autouse=True)
    def objects(self, api: Api) -> None:
        api.make_object("Account")
        api.make_object(
            "Site",
            {"label": "Account", "type": "LOOKUP", "options": {"target": "account", "onDelete": "restrict"}},
            {"label": "Others", "type": "LOOKUP", "options": {"target": "account", "multiple": True}},
            {"label": "Area", "type": "NUMBER"},
            {"label": "Open", "type": "CHECKBOX"},
            {"label": "Kind", "type": "PICKLIST", "options": {"values": ["shop", "depot"]}},
            {"label": "Tags", "type": "MULTI_PICKLIST", "options": {"values": ["x", "y"]}},
            {"label": "Seen", "type": "DATETIME"},
            {"label": "Keeper", "type": "USER"},
            {"label": "Code", "type": "TEXT", "isUnique": True},
            {"label": "Notes", "type": "TEXTAREA"},
            {"label": "Payload", "type": "JSON"},
            {"label": "Web", "type": "URL"},
            {"label": "Mail", "type": "EMAIL"},
            {"label": "Call", "type": "PHONE"},
            {"label": "No", "type": "AUTO_NUMBER"},
        )

    def test_by_hand(self, browser: Client, api: Api, admin: User) -> None:
        account = api.make_record("account", name="Acme <b>")
        assert "Acme &lt;b&gt;" in text(browser.get("/o/site/new/", follow=True))
        form: dict[str, Any] = {
            "data-name": "  North  ",
            "data-account": account["id"],
            "data-others": [account["id"]],
            "data-area": "12345678901234567890.123",
            "data-open": "on",
            "data-kind": "shop",
            "data-tags": ["y", "x"],
            "data-seen": "2026-11-23T14:05",
            "data-keeper": str(admin.id),
            "data-code": "N1",
            "data-notes": "one\r\ntwo",
            "data-payload": '{"a": [1.50]}',
            "data-web": "https://example.com",
            "data-mail": "a@example.com",
            "data-call": "+16502530000",
        }
        made = browser.post("/o/site/new/", form)
        assert made.status_code == 302, text(made)
        record = api.get("site/records").json["data"][0]
        assert record["data"] == {
            "name": "  North  ",
            "account": account["id"],
            "others": [account["id"]],
            "area": Decimal("12345678901234567890.123"),
            "open": True,
            "kind": "shop",
            "tags": ["x", "y"],
            "seen": "2026-11-23T14:05:00Z",
            "keeper": str(admin.id),
            "code": "N1",
            "notes": "one\ntwo",
            "payload": {"a": [Decimal("1.50")]},
            "web": "https://example.com",
            "mail": "a@example.com",
            "call": "+16502530000",
            "no": "0001",
        }
        page = text(browser.get(f"/o/site/r/{record['id']}/"))
        for shown in (
            "Acme &lt;b&gt;",
            "12,345,678,901,234,567,890.123",
            "Nov 23, 2026, 2:05 PM</time>",
            "tel:+16502530000",
        ):
            assert shown in page
        # The form shows what is there, and saving it as it is changes nothing.
        edit = f"/o/site/r/{record['id']}/edit/"
        shown_form = browser.get(edit).context["form"]
        sent = {
            bound.html_name: bound.initial
            for bound in shown_form
            if bound.initial not in (None, False) and bound.html_name
        }
        assert browser.post(edit, sent).status_code == 302
        assert api.get(f"site/records/{record['id']}").json == record

    def test_errors_stand_at_their_fields_and_nothing_typed_is_lost(self, browser: Client, api: Api) -> None:
        api.make_record("site", code="N1")
        form = {"data-name": "", "data-area": "many", "data-code": "typed", "data-payload": "{", "data-mail": "x"}
        refused = browser.post("/o/site/new/", form)
        assert refused.status_code == 422
        # What cannot be read at all comes first.
        assert refused.context["form"].errors.keys() == {"data-area", "data-payload"}
        assert "Area must be a number such as 1,234.5." in text(refused)
        assert 'value="many"' in text(refused)
        refused = browser.post("/o/site/new/", {**form, "data-area": "1", "data-payload": ""})
        assert refused.context["form"].errors.keys() == {"data-name", "data-mail"}
        page = text(refused)
        assert "Name is required." in page
        assert 'value="typed"' in page
        refused = browser.post("/o/site/new/", {"data-name": "x", "data-code": "n1"})
        assert refused.context["form"].errors.keys() == {"data-code"}
        [held] = api.get("site/records", code="N1").json["data"]
        link = f'<a href="/o/{held["customObjectId"]}/r/{held["id"]}/">A record</a>'
        assert f"Another Site has the Code n1: {link}." in text(refused)

    def test_deleting(self, browser: Client, api: Api) -> None:
        account = api.make_record("account", name="Held")
        site = api.make_record("site", account=account["id"])
        path = f"/o/account/r/{account['id']}/delete/"
        assert "Delete Held?" in text(browser.get(path))
        refused = browser.post(path)
        assert refused.status_code == 422
        link = f'<a href="/o/{site["customObjectId"]}/r/{site["id"]}/">A record</a>'
        assert f"A record of Site has it as its Account, and is to be changed or deleted first: {link}." in text(
            refused
        )
        browser.post(f"/o/site/r/{site['id']}/delete/")
        assert browser.post(path).headers["Location"] == "/o/account/"
        assert api.names("account") == []


def test_what_would_take_along_what_others_own_is_refused_on_its_page(api: Api, admin: User, rep: User) -> None:
    api.make_object("Site")
    options = {"target": "site", "onDelete": "cascade"}
    api.make_object("Visit", {"label": "Site", "type": "LOOKUP", "options": options})
    site = Api(rep).make_record("site")["id"]
    visit = api.make_record("visit", name="In May", site=site)["id"]
    browser = Client()
    browser.force_login(rep)
    path = f"/o/site/r/{site}/delete/"
    refused = browser.post(path)
    assert refused.status_code == 422
    assert 'what you may not delete: Visit <a href="' in text(refused)
    assert ">In May</a>." in text(refused)
    for method in (browser.get, browser.post):
        assert method(f"/o/visit/r/{visit}/delete/").status_code == 403
    assert api.names("visit") == ["In May"]
    api.patch(f"visit/records/{visit}", {"ownerId": str(rep.id)})
    assert browser.post(path).headers["Location"] == "/o/site/"
    assert api.names("visit") == []


def test_what_roles_may_not_do_is_not_offered_and_refused(api: Api, admin: User, rep: User) -> None:
    api.make_object("Site")
    record = api.make_record("site")
    browser = Client()
    offers = (("/", "New object"), ("/o/site/", "Setup"), (f"/o/site/r/{record['id']}/", "/delete/"))
    browser.force_login(admin)
    for path, offered in offers:
        assert offered in text(browser.get(path))
    browser.force_login(rep)
    for path, offered in offers:
        assert offered not in text(browser.get(path))
    for path in (
        "/setup/objects/new/",
        "/setup/objects/site/",
        "/setup/objects/site/general/",
        "/setup/objects/site/fields/new/",
    ):
        assert browser.get(path).status_code == 403
    for path in (
        "/setup/objects/site/archive/",
        f"/o/site/r/{record['id']}/delete/",
        "/setup/objects/site/delete/",
    ):
        assert browser.post(path).status_code == 403
    form = {"name": "Place", "icon": "home", "color": "#112233"}
    assert browser.post("/setup/objects/new/", form).status_code in (403, 422)
    assert len(api.get("/v1/custom-objects").json["data"]) == 1
    browser.force_login(admin)
    assert browser.post("/setup/objects/new/", form).status_code == 302, "the form is fine"


def test_html_in_texts_is_shown_as_text(browser: Client, api: Api) -> None:
    nasty = "<script>alert('x')</script>"
    api.make_object("Site", {"label": nasty, "type": "TEXT", "apiName": "n", "helpText": nasty})
    api.patch("site", {"name": nasty, "pluralName": nasty, "description": nasty})
    record = api.make_record("site", name=nasty, n=nasty)
    for path in ("/", "/o/site/", f"/o/site/r/{record['id']}/", "/setup/objects/site/", "/o/site/new/"):
        page = text(browser.get(path, follow=True))
        assert nasty not in page
        assert "&lt;script&gt;" in page

"""The pages of one record, as a browser without scripts and one with a drawer show them."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import quote

from django.test import Client

from customobjects.web.views.beside import MAX_OPEN
from customobjects.web.views.related import MAX_RECORDS
from salesos.accounts.models import User
from tests.conftest import Api
from tests.web.forms import controls_of, open_form, text, told

DRAWER = {"hx-request": "true", "hx-target": "drawer"}
NOTHING = "01a21871-35e1-7201-8c64-9fab0029c042"


class TestDetails:
    def test_the_head_says_how_it_stands_and_what_can_be_done(self, browser: Client, objects: Api) -> None:
        id_ = objects.make_record("asset", name="Pump", status="Running", serial_number="S-1")["id"]
        page = told(browser.get(f"/o/asset/r/{id_}/"))
        for shown in ("<bdi>Pump</bdi>", "S-1", "Running", "Owner", f"/o/asset/r/{id_}/edit/", f"/new/?like={id_}"):
            assert shown in page
        assert 'data-field="status"' in page
        objects.patch("asset", {"isActive": False})
        archived = told(browser.get(f"/o/asset/r/{id_}/"))
        assert "data-field" not in archived
        assert "/edit/" not in archived

    def test_fields_stand_in_their_groups(self, browser: Client, objects: Api) -> None:
        for name, group in (("cost", "Money <b>"), ("status", "State"), ("serial_number", "Money <b>")):
            objects.patch(f"asset/fields/{name}", {"group": group})
        id_ = objects.make_record("asset", name="Pump")["id"]
        shown = told(browser.get(f"/o/asset/r/{id_}/"))
        filled = told(browser.get(f"/o/asset/r/{id_}/edit/"))
        for page, mark in ((shown, 'data-field="{}"'), (filled, 'name="data-{}"')):
            heads = [page.index(f"<bdi>{head}</bdi></h2>") for head in ("Money &lt;b&gt;", "State")]
            places = {name: page.index(mark.format(name)) for name in ("others", "serial_number", "cost", "status")}
            assert places["others"] < heads[0] < places["serial_number"] < places["cost"] < heads[1] < places["status"]
            assert page.count('<details class="group" open') == 2
        assert '<details class="group"' not in told(browser.get("/o/account/new/", follow=True))

    def test_a_record_takes_the_same_queries_whatever_it_points_at(
        self, browser: Client, objects: Api, account: str, django_assert_num_queries: Any
    ) -> None:
        for pointing in ({}, {"account": account, "others": [account]}):
            id_ = objects.make_record("asset", **pointing)["id"]
            browser.get(f"/o/asset/r/{id_}/")
            # 1. The session.
            # 2. Its user.
            # 3. The object.
            # 4. The record.
            # 5. The names of its people.
            # 6. Its open activities.
            # 7. Its newest note.
            # 8. The people whom an activity can be for.
            # 9. The sidebar's objects.
            # 10. The user's organization.
            # 11. The names of the records that it points at, where it does.
            with django_assert_num_queries(11 if pointing else 10):
                browser.get(f"/o/asset/r/{id_}/")

    def test_what_is_open_and_the_newest_note_stand_beside(
        self, browser: Client, objects: Api, account: str, django_assert_num_queries: Any
    ) -> None:
        address, path = f"/o/account/r/{account}/", f"account/records/{account}"
        objects.post(f"{path}/notes", {"text": "Older"})
        objects.post(f"{path}/notes", {"text": "Newest <b>"})
        for number in range(MAX_OPEN - 1):
            objects.post(f"{path}/activities", {"kind": "task", "title": f"Do {number}", "due": f"2020-01-1{number}"})
        done = objects.post(f"{path}/activities", {"kind": "task", "title": "Done long ago"}).json["id"]
        objects.patch(f"{path}/activities/{done}", {"done": True})
        page = told(browser.get(address))
        assert "Newest &lt;b&gt;" in page
        assert "Older" not in page
        assert "Done long ago" not in page
        assert [page.index(f"Do {number}</b>") for number in range(MAX_OPEN - 1)] == sorted(
            page.index(f"Do {number}</b>") for number in range(MAX_OPEN - 1)
        )
        assert "which is over" in page
        assert f"{MAX_OPEN - 1} open" in page
        # The ten of a record, and who is mentioned in its activities and in its note.
        with django_assert_num_queries(12):
            browser.get(address)
        for number in range(2):
            objects.post(f"{path}/activities", {"kind": "task", "title": f"Later {number}"})
        # One more, which counts those that are not shown.
        with django_assert_num_queries(13):
            assert f"All {MAX_OPEN + 1}" in told(browser.get(address))
        objects.patch("account", {"enableNotes": False, "enableActivities": False})
        assert "record-beside" not in text(browser.get(address))

    def test_a_drawer_gets_the_page_without_what_surrounds_it(self, browser: Client, account: str) -> None:
        whole, bare = (told(browser.get(f"/o/account/r/{account}/", headers=sent)) for sent in ({}, DRAWER))
        assert 'id="sidebar"' in whole
        assert 'id="sidebar"' not in bare
        for page in (whole, bare):
            assert "<bdi>Acme</bdi>" in page
            assert "<title>" in page

    def test_one_that_is_gone_says_what_to_do(self, browser: Client, objects: Api, account: str) -> None:
        objects.delete(f"account/records/{account}")
        for reference in (account, NOTHING, "nothing", "\x00"):
            for part in ("", "related/", "timeline/"):
                page = browser.get(f"/o/account/r/{quote(reference)}/{part}")
                assert page.status_code == 404
                assert "Look in the trash" in text(page)

    def test_next_and_previous_are_those_of_the_list(
        self, browser: Client, objects: Api, django_assert_num_queries: Any
    ) -> None:
        ids = [
            objects.make_record("asset", name=name, cost=cost)["id"] for name, cost in (("B", 2), ("A", 1), ("C", 3))
        ]
        address = f"/o/asset/r/{ids[0]}/?from={quote('sort=cost')}"
        page = text(browser.get(address))
        previous, following = (f"/o/asset/r/{ids[place]}/?from=sort%3Dcost" for place in (1, 2))
        assert page.index('rel="prev"') < page.index(previous) < page.index('rel="next"') < page.index(following)
        assert 'href="/o/asset/?sort=cost"' in page
        assert "2 of 3" in page
        related = text(browser.get(address.replace("/?", "/related/?")))
        assert f"/o/asset/r/{ids[1]}/related/?from=sort%3Dcost" in related, "the tab stays"
        assert 'rel="prev"' in text(browser.get(f"/o/asset/r/{ids[0]}/timeline/?from=")), "of a list as it comes"
        # The ten of a record, and the page of the list: records that have a cost, and those that have none.
        with django_assert_num_queries(12):
            browser.get(address)
        first = text(browser.get(f"/o/asset/r/{ids[1]}/?from=sort%3Dcost"))
        assert 'rel="prev"' not in first
        for nonsense in ("sort=nothing", "cursor=x", "page=99999999999", "%00", "a=1&" * 2_000):
            assert browser.get(f"/o/asset/r/{ids[0]}/", {"from": nonsense}).status_code == 200


class TestRelated:
    def test_lists_of_what_points_here(self, browser: Client, objects: Api, account: str) -> None:
        for number in range(MAX_RECORDS + 2):
            objects.make_record("asset", name=f"Pump {number}", account=account)
        page = told(browser.get(f"/o/account/r/{account}/related/"))
        assert f"Account · {MAX_RECORDS + 2} records" in page
        assert "Others · 0 records" in page
        assert page.count("Unlink Pump") == MAX_RECORDS
        assert f'href="/o/asset/new/?account={account}"' in page
        assert "No Assets have it as their Others yet." in page
        for field, operator in (("account", "exact"), ("others", "has")):
            objects.make_record("asset", name=f"Of {field}", **{field: [account] if field == "others" else account})
            page = told(browser.get(f"/o/account/r/{account}/related/"))
            address = f"/o/asset/?filter={field}__{operator}%3A{account}"
            assert f'href="{address}"' in page
            found = told(browser.get(address))
            assert f"Of {field}</a>" in found
            chip = re.search(r'<a class="filter-text".*?</a>', found)
            assert chip is not None
            assert "<b>Acme</b>" in chip[0], "it names the record"
            assert ("Of account</a>" in found) == (field == "account")

    def test_it_takes_the_same_queries_for_any_number(
        self, browser: Client, objects: Api, account: str, django_assert_num_queries: Any
    ) -> None:
        address = f"/o/account/r/{account}/related/"
        for number in (0, MAX_RECORDS):
            for _ in range(number):
                objects.make_record("asset", account=account, others=[account])
            browser.get(address)
            # 1. The session.
            # 2. Its user.
            # 3. The object.
            # 4. The record.
            # 5. The names of its people.
            # 6. The objects whose lookups point here.
            # 7. A page of the first list, which tells how many there are.
            # 8. One of the second.
            # 9. How many activities are open.
            # 10. The sidebar's objects.
            # 11. The user's organization.
            # 12. What the shown records point at, where there are any.
            with django_assert_num_queries(12 if number else 11):
                browser.get(address)

    def test_a_record_is_unlinked_and_that_is_undone(self, browser: Client, objects: Api, account: str) -> None:
        asset = objects.make_record("asset", name="Pump", account=account, others=[account])
        form = {"object": asset["customObjectId"], "record": asset["id"]}
        for field, left in (("account", None), ("others", None)):
            page = browser.post(f"/o/account/r/{account}/unlink/", {**form, "field": field}, follow=True)
            assert "Pump is no longer at Acme." in text(page)
            assert "/undo/" in text(page)
            assert objects.get(f"asset/records/{asset['id']}").json["data"][field] == left
        for wrong in ({"field": "status"}, {"field": "\x00"}, {"field": "account", "record": "x"}, {"object": "y"}):
            assert (
                browser.post(f"/o/account/r/{account}/unlink/", {**form, "field": "account", **wrong}).status_code
                == 404
            )

    def test_columns_with_the_same_label_are_told_apart(self, browser: Client, api: Api) -> None:
        api.make_object("Company")
        api.make_object("Person")
        lookups = [
            {"label": "Company", "type": "LOOKUP", "options": {"target": "company", "onDelete": "set_null"}},
            {"label": "name", "type": "LOOKUP", "options": {"target": "person", "onDelete": "set_null"}},
            {"label": "Area", "type": "NUMBER"},
        ]
        assert api.post("", {"name": "Seat", "fields": [{"label": "Name", "type": "TEXT"}, *lookups]}).status == 201
        company = api.make_record("company", name="Acme")["id"]
        api.make_record("seat", name="First", company=company)
        page = told(browser.get(f"/o/company/r/{company}/related/"))
        headings = [heading.strip() for heading in re.findall(r"<th scope=\"col\"[^>]*>([^<]*)</th>", page)]
        assert headings == ["Name", "name (Lookup)", "Area"]


class TestNew:
    def test_a_form_is_filled_in_by_its_address(self, browser: Client, objects: Api, account: str) -> None:
        query = f"status=Running&account={account}&cost=1.5&serial_number=S-1&name=North"
        form = open_form(browser, f"/o/asset/new/?{query}")
        assert (form["data-status"], form["data-account"], form["data-cost"]) == (["Running"], [account], ["1.5"])
        assert (form["data-name"], form["data-serial_number"]) == (["North"], ["S-1"])

    def test_what_cannot_be_filled_in_is_told(self, browser: Client, objects: Api, stranger: User) -> None:
        query = f"status=Gone&account={NOTHING}&others={stranger.id}&cost=many&nothing=1&name=%00&from=x"
        page = browser.get(f"/o/asset/new/?{query}", follow=True)
        assert page.status_code == 200
        shown = told(page)
        assert "Not filled in: " in shown
        for label in ("Status must be one of", "Cost must be a number", "Account must name something that is there"):
            assert label in shown
        form = controls_of(page)
        assert not any(form["data-status"] + form["data-account"] + form["data-others"] + form["data-cost"])

    def test_a_duplicate_has_what_two_records_can_share(self, browser: Client, objects: Api, account: str) -> None:
        id_ = objects.make_record("asset", name="Pump", account=account, cost=2, serial_number="S-1")["id"]
        form = open_form(browser, f"/o/asset/new/?like={id_}")
        assert (form["data-name"], form["data-account"], form["data-cost"]) == (["Pump"], [account], ["2"])
        assert form["data-serial_number"] == [""]
        assert browser.get("/o/asset/new/?like=nothing", follow=True).status_code == 200

    def test_save_and_add_another(self, browser: Client, objects: Api, account: str) -> None:
        address = f"/o/asset/new/?account={account}"
        form = open_form(browser, address)
        made = browser.post(address, {**form, "data-name": "One", "another": "1"})
        assert made.headers["Location"] == address
        again = browser.get(address, follow=True)
        assert "Asset “One” is saved." in text(again)
        assert controls_of(again)["data-account"] == [account]
        assert controls_of(again)["token"] != form["token"]

    def test_values_that_others_have_are_told_while_one_types(
        self, browser: Client, objects: Api, django_assert_num_queries: Any
    ) -> None:
        held = objects.make_record("asset", name="Compressor 12", serial_number="S-1")
        path = "/o/asset/duplicates/"
        # 1. The session.
        # 2. Its user.
        # 3. The object.
        # 4. The key.
        # 5. The name of the record that has it.
        with django_assert_num_queries(5):
            answer = browser.post(path, {"data-serial_number": "s-1"})
        [found] = answer.json()["data"]
        assert found["control"] == "data-serial_number"
        link = f'<a href="/o/{held["customObjectId"]}/r/{held["id"]}/">Compressor 12</a>'
        assert found["html"] == f"Another Asset has the Serial Number s-1: {link}."
        for other in ({"data-serial_number": "S-2"}, {}, {"data-serial_number": "S-1", "record": held["id"]}):
            assert browser.post(path, other).json() == {"data": []}
        for hostile in ("\x00", "x" * 100_000, "<b>"):
            assert browser.post(path, {"data-serial_number": hostile, "record": hostile}).json() == {"data": []}


def test_other_organizations_see_nothing(browser: Client, objects: Api, account: str, stranger: User) -> None:
    note = objects.post(f"account/records/{account}/notes", {"text": "Secret"}).json["id"]
    object_id = objects.get("account").json["id"]
    other = Client()
    other.force_login(stranger)
    for name in ("account", object_id):
        record = f"/o/{name}/r/{account}/"
        for path in (
            record,
            f"{record}related/",
            f"{record}timeline/",
            f"{record}notes/{note}/edit/",
            f"/o/{name}/new/",
        ):
            page = other.get(path)
            assert page.status_code == 404, path
            assert "Acme" not in text(page)
        for path in ("unlink/", "history/1/bring-back/", "notes/new/", f"notes/{note}/delete/", "activities/new/"):
            assert other.post(record + path, {"text": "x", "title": "x"}).status_code == 404, path
        assert other.post(f"/o/{name}/duplicates/", {"data-name": "Acme"}).status_code == 404
    assert len(objects.get(f"account/records/{account}/notes").json["data"]) == 1

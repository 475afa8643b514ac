"""The timeline of a record: its changes in words, bringing back, notes and activities."""

from __future__ import annotations

from typing import Any

from django.test import Client

from salesos.accounts.models import User
from tests.conftest import Api
from tests.web.forms import controls_of, open_form, send, text, told

DRAWER = {"hx-request": "true", "hx-target": "drawer"}
NOTHING = "01a21871-35e1-7201-8c64-9fab0029c042"


class TestTimeline:
    def test_changes_are_told_in_sentences_and_brought_back(self, browser: Client, objects: Api) -> None:
        id_ = objects.make_record("asset", name="Pump", status="Running", cost=1)["id"]
        objects.patch(f"asset/records/{id_}", {"data": {"status": "In Repair", "cost": None, "serial_number": "S-1"}})
        address = f"/o/asset/r/{id_}/timeline/"
        page = told(browser.get(address))
        assert "changed <b>Status</b> from" in page
        assert "emptied <b>Cost</b>, which was" in page
        assert "set <b>Serial Number</b> to" in page
        assert "made it" in page
        back = browser.post(f"/o/asset/r/{id_}/history/1/bring-back/", {"field": "status"}, follow=True)
        assert "Status of Asset “Pump” is as it was before." in text(back)
        data = objects.get(f"asset/records/{id_}").json["data"]
        assert (data["status"], data["cost"], data["serial_number"]) == ("Running", None, "S-1")
        assert "Nothing was changed." in text(
            browser.post(f"/o/asset/r/{id_}/history/1/bring-back/", {"field": "status"}, follow=True)
        )
        assert browser.post(f"/o/asset/r/{id_}/history/1/bring-back/", {"field": "nothing"}).status_code == 409
        assert browser.post(f"/o/asset/r/{id_}/history/99/bring-back/", {"field": "cost"}).status_code == 404

    def test_what_a_deletion_emptied_is_told_with_why(self, browser: Client, objects: Api, account: str) -> None:
        objects.patch(f"account/records/{account}", {"data": {"name": "<b>Acme</b>"}})
        kept = objects.make_record("account", name="Kept")["id"]
        id_ = objects.make_record("asset", account=account, others=[account, kept])["id"]
        assert objects.delete(f"account/records/{account}").status == 204
        address = f"/o/asset/r/{id_}/timeline/"
        because = '</b>, as <bdi class="old">&lt;b&gt;Acme&lt;/b&gt;</bdi> was deleted'
        page = told(browser.get(address))
        assert f"emptied <b>Account{because}" in page
        assert f"changed <b>Others{because}" in page
        # What somebody has emptied is told as before.
        assert objects.post(f"account/records/{account}/restore").status == 200
        objects.patch(f"asset/records/{id_}", {"data": {"account": None}})
        page = told(browser.get(address))
        assert "emptied <b>Account</b>, which was" in page
        assert f"emptied <b>Account{because}" in page

    def test_a_note_is_written_changed_deleted_and_brought_back(
        self, browser: Client, objects: Api, account: str, admin: User
    ) -> None:
        address = f"/o/account/r/{account}/timeline/"
        form = {"token": controls_of(browser.get(address))["token"][0], "text": ""}
        refused = browser.post(f"/o/account/r/{account}/notes/new/", form)
        assert refused.status_code == 422
        written = {**form, "text": f"<b>See</b> https://example.com/a @[Me]({admin.id})\nsecond"}
        page = browser.post(f"/o/account/r/{account}/notes/new/", written, follow=True)
        shown = text(page)
        assert "The note is saved." in shown
        assert "&lt;b&gt;See&lt;/b&gt;" in shown
        assert '<a href="https://example.com/a" rel="nofollow">' in shown
        assert f'<bdi class="mention">@{admin.name}</bdi>' in shown
        [note] = objects.get(f"account/records/{account}/notes").json["data"]
        assert f"/notes/{note['id']}/delete/" in shown, "the toast takes it back"
        edit = f"/o/account/r/{account}/notes/{note['id']}/edit/"
        assert f"@[{admin.name}]({admin.id})" in open_form(browser, edit)["text"][0]
        assert send(browser, edit, open_form(browser, edit), text="Other").status_code == 302
        assert objects.get(f"account/records/{account}/notes/{note['id']}").json["text"] == "Other"
        for done, count in (("delete", 0), ("restore", 1)):
            page = browser.post(f"/o/account/r/{account}/notes/{note['id']}/{done}/", follow=True)
            assert len(objects.get(f"account/records/{account}/notes").json["data"]) == count
        assert "The note is back." in text(page)

    def test_an_activity_is_added_and_ticked_off(
        self, browser: Client, objects: Api, account: str, admin: User
    ) -> None:
        form = open_form(browser, f"/o/account/r/{account}/activities/new/")
        typed = {"title": "Call them", "kind": "call", "due": "12/31/2026"}
        page = browser.post(f"/o/account/r/{account}/activities/new/", {**form, **typed}, follow=True)
        assert "The activity is saved." in text(page)
        [activity] = objects.get(f"account/records/{account}/activities").json["data"]
        assert (activity["title"], activity["due"], activity["assignee"]["id"]) == (
            "Call them",
            "2026-12-31",
            str(admin.id),
        )
        path = f"/o/account/r/{account}/activities/{activity['id']}/done/"
        for query, is_done in (("", True), ("?done=false", False)):
            browser.post(path + query)
            [activity] = objects.get(f"account/records/{account}/activities").json["data"]
            assert activity["done"] is is_done
        wrong = browser.post(f"/o/account/r/{account}/activities/new/", {"title": "x", "assignee": "nobody"})
        assert wrong.status_code == 422

    def test_only_the_author_may_change_a_note(self, objects: Api, account: str, browser: Client, rep: User) -> None:
        note = objects.post(f"account/records/{account}/notes", {"text": "Mine"}).json["id"]
        other = Client()
        other.force_login(rep)
        page = text(other.get(f"/o/account/r/{account}/timeline/"))
        assert "Mine" in page
        assert f"/notes/{note}/" not in page
        assert other.post(f"/o/account/r/{account}/notes/{note}/delete/").status_code == 403

    def test_it_takes_the_same_queries_for_any_number(
        self, browser: Client, objects: Api, account: str, django_assert_num_queries: Any
    ) -> None:
        address = f"/o/account/r/{account}/timeline/"
        counted = set()
        for number in (1, 12):
            for _ in range(number):
                objects.post(f"account/records/{account}/notes", {"text": "A note"})
                objects.post(f"account/records/{account}/activities", {"kind": "task", "title": "Do it"})
                objects.patch(f"account/records/{account}", {"data": {"city": f"Town {number} {_}"}})
            browser.get(address)
            # 1.-2. Who is asking. 3. The object. 4. The record, as it is shown. 5. The names of its people.
            # 6.-12. The timeline: the record, its revisions, notes, activities, who is mentioned in either, who did it.
            # 13. How many activities are open. 14. The people to choose from. 15.-16. The sidebar.
            with django_assert_num_queries(16):
                counted.add(browser.get(address).status_code)
        assert counted == {200}

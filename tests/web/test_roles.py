"""The pages that say what each role may do: what they say holds, as it is tried through the API."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from customobjects.queries.rights import GROUPS
from salesos.accounts.models import User
from tests.conftest import OBJECTS, Api, make_user
from tests.web.forms import main_part, text

ROLES, ACCESS = "/setup/roles/", "/setup/objects/box/access/"
Try = Callable[[Api, "World"], Any]
FORBIDDEN = 403


class World:
    """Things of somebody's own and of somebody else, who is an administrator."""

    def __init__(self, api: Api, theirs: Api) -> None:
        self.api, self.theirs = api, theirs

    def record(self, owner: Api) -> str:
        return str(owner.make_record("box")["id"])

    def deleted(self, owner: Api) -> str:
        record = self.record(owner)
        assert owner.delete(f"box/records/{record}").status == 204
        return record

    def note(self, author: Api) -> str:
        path = f"box/records/{self.record(author)}/notes"
        return f"{path}/{author.post(path, {'text': 'x'}).json['id']}"

    def view(self, author: Api, **more: Any) -> str:
        made = author.post("box/views", {"name": f"By {author.user}", "kind": "grid", **more})
        return f"box/views/{made.json['id']}"


TRIES: dict[str, Try] = {
    "read": lambda who, world: who.get(f"box/records/{world.record(world.api)}"),
    "make": lambda who, world: who.post("box/records", {"data": {"name": "x"}, "ownerId": str(world.api.user.id)}),
    "change": lambda who, world: who.patch(f"box/records/{world.record(world.api)}", {"data": {"name": "y"}}),
    "give_own": lambda who, world: who.patch(f"box/records/{world.record(who)}", {"ownerId": None}),
    "give_others": lambda who, world: who.patch(f"box/records/{world.record(world.api)}", {"ownerId": None}),
    "delete_own": lambda who, world: who.delete(f"box/records/{world.record(who)}"),
    "delete_others": lambda who, world: who.delete(f"box/records/{world.record(world.api)}"),
    "trash": lambda who, world: who.get("box/records", deleted="true"),
    "restore_own": lambda who, world: who.post(f"box/records/{world.deleted(who)}/restore"),
    "restore_others": lambda who, world: who.post(f"box/records/{world.deleted(world.api)}/restore"),
    "note": lambda who, world: who.post(f"box/records/{world.record(world.api)}/notes", {"text": "x"}),
    "note_own": lambda who, world: who.patch(world.note(who), {"text": "y"}),
    "note_others": lambda who, world: who.patch(world.note(world.api), {"text": "y"}),
    "views": lambda who, world: who.post("box/views", {"name": "Mine", "kind": "grid", "isShared": True}),
    "views_others": lambda who, world: who.patch(world.view(world.api, isShared=True), {"name": "y"}),
    "views_default": lambda who, world: who.post(f"{world.view(who, isShared=True)}/default"),
    "define": lambda who, world: who.post("box/fields", {"label": "Size", "type": "NUMBER"}),
    "authors": lambda who, world: who.post("box/records", {"data": {"name": "x"}, "createdAt": "2020-01-01T00:00:00Z"}),
    "setup": lambda who, world: who.get("/v1/users"),
    "people": lambda who, world: who.post("/v1/invitations", {"email": "kim@acme.example", "role": "REP"}),
    "keys": lambda who, world: who.post("/v1/api-keys", {"name": "x", "scopes": ["read"]}),
    "audit": lambda who, world: who.get("/v1/audit"),
}
# What the API has no call for: tried on the pages.
ON_PAGES = {"organization": "/setup/organization/"}


@pytest.fixture
def box(api: Api) -> Api:
    api.make_object("Box", enableNotes=True)
    return api


def said(page: Any) -> dict[str, list[bool]]:
    """For each right that a page shows, whether the administrator, the manager and the representative have it."""
    rows = re.findall(r'data-right="(\w+)"(.*?)</tr>', main_part(page), re.DOTALL)
    return {key: [word == "yes" for word in re.findall(r'class="hidden">(\w+)<', row)] for key, row in rows}


def test_each_right_is_tried() -> None:
    assert {right.key for _name, rights in GROUPS for right in rights} == {*TRIES, *ON_PAGES, "view_as"}


@pytest.mark.parametrize("key", TRIES)
def test_what_is_said_holds(browser: Client, box: Api, manager: User, rep: User, key: str) -> None:
    """Each right is tried through the API by somebody of each role, about what is their own and what is others'."""
    admin = make_user(manager.organization, "second@acme.example")
    answers = [TRIES[key](Api(user), World(box, Api(user))) for user in (admin, manager, rep)]
    assert all(answer.status < 300 or answer.status == FORBIDDEN for answer in answers), answers
    assert said(browser.get(ROLES))[key] == [answer.status < 300 for answer in answers]


def test_what_is_tried_on_pages(client: Client, browser: Client, admin: User, manager: User, rep: User) -> None:
    rights = said(browser.get(ROLES))
    for key, address in ON_PAGES.items():
        for user, may in zip((admin, manager, rep), rights[key], strict=True):
            client.force_login(user)
            assert client.get(address).status_code == (200 if may else FORBIDDEN)
    for user, may in zip((admin, manager, rep), rights["view_as"], strict=True):
        client.force_login(user)
        assert ("View as a Representative" in text(client.get("/"))) is may


def test_people_are_counted_and_listed(
    browser: Client, rep: User, stranger: User, django_assert_num_queries: Any
) -> None:
    gone = make_user(rep.organization, "gone@acme.example", "REP")
    User.objects.filter(id=gone.id).update(is_active=False)
    for more in (0, 20):
        for number in range(more):
            make_user(rep.organization, f"m{number}@acme.example", "MANAGER")
        # 1. The session. 2. The user. 3. The organization.
        # 4. How many people have each role.
        # 5. The sidebar's objects.
        with django_assert_num_queries(5):
            page = browser.get(ROLES)
        counted = re.findall(r"(\d+) active (?:person|people)</a>", text(page))
        assert counted == ["1", str(more), "1"]
    address = re.search(r'href="([^"]+)"\s+aria-label="1 active person with the role Representative"', text(page))
    assert address is not None
    listed = main_part(browser.get(address[1].replace("&amp;", "&")))
    assert rep.email in listed
    assert gone.email not in listed


def test_an_object_says_who_may_do_what_with_its_records(
    browser: Client, box: Api, django_assert_num_queries: Any
) -> None:
    box.post("box/fields", {"label": "Secret", "type": "TEXT", "isActive": False})
    box.post("box/fields", {"label": "Number", "type": "AUTO_NUMBER", "options": {"format": "B-{000}"}})
    # 1. The session. 2. The user. 3. The organization.
    # 4. The object. 5. Its fields. 6. The same, compiled.
    # 7. How many people have each role.
    # 8. The sidebar's objects.
    with django_assert_num_queries(8):
        page = browser.get(ACCESS)
    shown = re.sub(r"<[^>]+>|\s+", " ", main_part(page))
    shown = re.sub(r"\s+", " ", shown)
    assert "All objects behave alike" in shown
    assert "hidden from everybody: Secret" in shown
    assert "as the system fills them in: Number" in shown
    assert "Archived, Boxes could still be read" in shown
    everywhere = said(browser.get(ROLES))
    here = said(page)
    assert "delete_others" in here
    assert here == {key: everywhere[key] for key in here}
    box.patch("box", {"isActive": False})
    assert "Boxes are archived" in text(browser.get(ACCESS))


def test_another_organizations_object_is_not_there(browser: Client, box: Api, stranger: User) -> None:
    theirs = Client()
    theirs.force_login(stranger)
    assert theirs.get(ACCESS).status_code == 404
    identity = box.get(f"{OBJECTS}/box").json["id"]
    assert theirs.get(f"/setup/objects/{identity}/access/").status_code == 404
    assert browser.get(f"/setup/objects/{identity}/access/").status_code == 200

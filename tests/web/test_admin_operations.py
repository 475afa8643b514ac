"""Operations pages: what needs attention, the background's work, and what destroys, which asks first."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django_tasks_db.models import DBTaskResult

from customobjects.models import BackgroundTask, CustomObject, ImportState, Record, TableImport
from customobjects.services import backfill, heartbeat, organization_deletion, purge
from customobjects.services.table_import import importing
from customobjects.storage import search_index
from salesos.accounts.actor import Actor
from salesos.accounts.models import ApiKey, AuditEntry, Organization, User
from salesos.accounts.services import create_api_key
from tests import background as worker
from tests.conftest import Api, make_user
from tests.web.forms import text

CHANGELISTS = (
    "accounts/organization",
    "accounts/user",
    "accounts/apikey",
    "accounts/auditentry",
    "customobjects/customobject",
    "customobjects/record",
    "customobjects/backgroundtask",
    "customobjects/tableimport",
)
DELETED_IN_BACKGROUND = ("accounts/organization", "accounts/user")


@pytest.fixture
def some(api: Api, stranger: User) -> Callable[[int], None]:
    """Makes so many of everything that lists have, in another organization."""

    def make(number: int) -> None:
        other = Api(stranger)
        for _ in range(number):
            place = CustomObject.objects.count()
            made = other.make_object(f"Box {place}")
            other.make_record(made["apiName"], name=f"R{place}")
            person = make_user(stranger.organization, f"person{place}@globex.example")
            create_api_key(person, f"Key {place}", ["read"])
            Organization.objects.create(name=f"Company {place}")
            importing.bring_table(Actor.of_user(stranger), content=b"name\na\n", name=f"{place}.csv", zone="UTC")
            backfill.fill_in_background.enqueue(str(made["fields"][0]["id"]))

    return make


def queries_of(client: Client, path: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        assert client.get(f"/admin/{path}").status_code == 200, path
    return len(captured)


# 1. The session.
# 2. The operator.
# 3. The rows, counted up to one more than are listed.
# 4. The rows, with all that is shown.
OF_A_LIST = 4
# 5. to 9. Users, organizations, imports, objects and fields that tasks are about.
OF_TASKS = OF_A_LIST + 5


def test_no_list_asks_more_for_more_rows(operator: Client, some: Callable[[int], None]) -> None:
    # A process asks once whether SQLite can search.
    search_index.is_there()
    for number in (1, 4):
        some(number)
        for model in CHANGELISTS:
            expected = OF_TASKS if model.endswith("backgroundtask") else OF_A_LIST
            assert queries_of(operator, f"{model}/") == expected, (model, number)


def test_pages_of_one_ask_for_it_and_what_is_beside_it(operator: Client, some: Callable[[int], None]) -> None:
    some(1)
    expected = {
        # 1. and 2. The session and the operator. 3. The row with what is shown.
        Organization: 3,
        # 4. Its organization, as the form's control shows it.
        User: 4,
        ApiKey: 3,
        AuditEntry: 3,
        # 4. The fields.
        CustomObject: 4,
        Record: 3,
        # 4. to 8. What it is about.
        BackgroundTask: 8,
        TableImport: 3,
    }
    found = {}
    for model in expected:
        row = model._default_manager.order_by("pk").last()  # type: ignore[attr-defined]
        path = f"{model._meta.label_lower.replace('.', '/')}/{row.pk}/change/"
        # Content types and schemas are read once in a process.
        queries_of(operator, path)
        found[model] = queries_of(operator, path)
    assert found == expected


def test_every_list_says_which_organization(operator: Client, some: Callable[[int], None], stranger: User) -> None:
    some(1)
    for model in CHANGELISTS:
        assert "Globex" in text(operator.get(f"/admin/{model}/")), model
    filtered = text(operator.get(f"/admin/accounts/user/?organization__id__exact={stranger.organization_id}"))
    assert "Users of Globex" in filtered
    assert f"{stranger} (Globex)" in text(operator.get(f"/admin/accounts/user/{stranger.id}/change/"))


@pytest.mark.parametrize("is_signed_in", [True, False])
def test_only_operators_get_anywhere(
    admin: User, some: Callable[[int], None], operator: Client, stranger: User, is_signed_in: bool
) -> None:
    """An administrator of an organization is no operator."""
    some(1)
    client = Client()
    if is_signed_in:
        client.force_login(stranger)
    paths = ["", "customobjects/backgroundtask/purge/", *(f"{model}/" for model in CHANGELISTS)]
    paths += [f"{model}/add/" for model in CHANGELISTS[:3]]
    paths += [f"accounts/user/{admin.id}/{page}/" for page in ("change", "delete", "password", "history")]
    paths += [f"accounts/organization/{admin.organization_id}/{page}/" for page in ("change", "delete")]
    for path in paths:
        for answer in (client.get(f"/admin/{path}"), client.post(f"/admin/{path}", {"name-typed": "Acme"})):
            assert answer.status_code == 302, path
            assert "/login/" in answer.headers["Location"]
    assert DBTaskResult.objects.filter(task_path__contains="deletion").count() == 0


def test_an_operator_without_rights_sees_nothing(stranger: User, some: Callable[[int], None]) -> None:
    some(1)
    User.objects.filter(id=stranger.id).update(is_staff=True)
    client = Client()
    client.force_login(User.objects.get(id=stranger.id))
    assert "see nothing in them" in text(client.get("/admin/"))
    paths = [f"{model}/" for model in CHANGELISTS]
    paths += [f"accounts/user/{stranger.id}/delete/", "customobjects/backgroundtask/purge/"]
    for path in paths:
        assert client.get(f"/admin/{path}").status_code == 403, path


def test_an_organization_is_deleted_when_its_name_is_typed(operator: Client, stranger: User) -> None:
    other = Api(stranger)
    other.make_object("Box")
    other.make_record("box", name="One")
    path = f"/admin/accounts/organization/{stranger.organization_id}/delete/"
    asked = text(operator.get(path))
    for line in ("1 user", "1 object", "1 record", "nothing of it can be restored"):
        assert line in asked
    refused = text(operator.post(path, {"name-typed": "globex"}))
    assert "That is not Globex; nothing was deleted." in refused
    assert other.get("box").status == 200
    told = text(operator.post(path, {"name-typed": "Globex"}, follow=True))
    assert "Globex is being deleted in the background: 1 user, 1 object, 1 record" in told
    assert "being deleted since" in told
    assert other.get("box").status == 401
    seen = text(operator.get("/admin/"))
    assert "Globex is being deleted; left: 1 user, 1 object, 1 record" in seen
    assert "Delete an organization" in text(operator.get("/admin/customobjects/backgroundtask/"))
    assert operator.post(
        f"/admin/accounts/organization/{stranger.organization_id}/change/", {"name": "x"}
    ).status_code in (
        302,
        403,
    )
    worker.work()
    assert not Organization.objects.filter(name="Globex").exists()
    assert "Globex is being deleted" not in text(operator.get("/admin/"))


def test_nobody_deletes_their_own(operator: Client, admin: User) -> None:
    own = f"/admin/accounts/organization/{admin.organization_id}/delete/"
    assert "You belong to this organization" in text(operator.post(own, {"name-typed": "Acme"}))
    own = f"/admin/accounts/user/{admin.id}/delete/"
    assert "Nobody deletes themselves" in text(operator.post(own, {"name-typed": admin.email}))
    assert DBTaskResult.objects.count() == 0


def test_a_user_is_deleted_when_the_email_is_typed(operator: Client, rep: User) -> None:
    path = f"/admin/accounts/user/{rep.id}/delete/"
    create_api_key(rep, "Key", ["read"])
    assert "1 API key" in text(operator.get(path))
    operator.post(path, {"name-typed": "somebody"})
    assert User.objects.get(id=rep.id).deleted_at is None
    told = text(operator.post(path, {"name-typed": rep.email}, follow=True))
    assert "is being forgotten in the background" in told
    worker.work()
    assert "Deleted user" in text(operator.get("/admin/accounts/user/"))
    assert operator.get(path).status_code == 403


def test_a_form_locks_nobody_out(operator: Client, admin: User, stranger: User) -> None:
    def save(user: User, **changes: str) -> str:
        content = {
            "email": user.email,
            "name": user.name,
            "organization": str(user.organization_id),
            "role": user.role,
            "is_active": "on",
            **({"is_staff": "on", "is_superuser": "on"} if user == admin else {}),
            **changes,
        }
        content = {name: value for name, value in content.items() if value}
        return text(operator.post(f"/admin/accounts/user/{user.id}/change/", content, follow=True))

    assert "would have no active administrator" in save(stranger, role="REP")
    assert "would have no active administrator" in save(stranger, is_active="")
    assert "Nobody could open the operations pages" in save(admin, is_staff="")
    stranger.refresh_from_db()
    assert (stranger.role, stranger.is_active) == ("ADMIN", True)
    save(stranger, name="Renamed")
    stranger.refresh_from_db()
    assert stranger.name == "Renamed"
    assert AuditEntry.objects.get(kind="user_changed").details["changes"] == {"name": ["admin", "Renamed"]}


def test_a_purge_asks_first(operator: Client, api: Api, settings: Any) -> None:
    settings.TRASH_DAYS = 0
    api.make_object("Box")
    record = api.make_record("box", name="Gone")
    api.delete(f"box/records/{record['id']}")
    path = "/admin/customobjects/backgroundtask/purge/"
    assert "1 record in the trash" in text(operator.get(path))
    assert Record.objects.count() == 1
    assert "The background purges what is over." in text(operator.post(path, follow=True))
    assert "about to purge already" in text(operator.post(path, follow=True))
    assert not purge.begin()
    worker.work()
    assert Record.objects.count() == 0


def test_what_failed_is_done_again(operator: Client, api: Api) -> None:
    made = api.make_object("Box")
    backfill.fill_in_background.enqueue(made["fields"][0]["id"])
    [task] = DBTaskResult.objects.all()
    task.set_failed(ValueError("a defect"))
    listed = text(operator.get("/admin/customobjects/backgroundtask/"))
    for part in ("Fill in a field", "Name of Box", "Acme", "failed", "ValueError: a defect"):
        assert part in listed
    assert "1 task of the background failed." in text(operator.get("/admin/"))
    sent = {"action": "retry", "_selected_action": [str(task.id)]}
    assert "1 will be done again." in text(operator.post("/admin/customobjects/backgroundtask/", sent, follow=True))
    task.refresh_from_db()
    assert task.status == "READY"
    again = text(operator.post("/admin/customobjects/backgroundtask/", sent, follow=True))
    assert "did not fail" in again
    DBTaskResult.objects.update(status="FAILED", task_path="customobjects.services.nowhere.no_task")
    assert "are of another version" in text(operator.post("/admin/customobjects/backgroundtask/", sent, follow=True))


def test_a_stopped_import_goes_on(operator: Client, admin: User, api: Api) -> None:
    actor = Actor.of_user(admin)
    table = importing.bring_table(actor, content=b"name,size\na,1\nb,2\n", name="table.csv", zone="UTC")
    importing.start_import(actor, table.id)
    TableImport.objects.update(state=ImportState.STOPPED, problem="no room")
    DBTaskResult.objects.all().delete()
    assert "1 import was stopped." in text(operator.get("/admin/"))
    sent = {"action": "resume", "_selected_action": [str(table.id)]}
    operator.post("/admin/customobjects/tableimport/", sent, follow=True)
    worker.work()
    table.refresh_from_db()
    assert (table.state, table.made) == (ImportState.DONE, 2)


def test_what_needs_attention(operator: Client, api: Api) -> None:
    assert "The background has never worked" in text(operator.get("/admin/"))
    heartbeat.start()
    seen = text(operator.get("/admin/"))
    assert "Nothing needs attention." in seen
    assert connection.vendor.lower() in seen.lower()
    CustomObject.objects.update(derivation=0)
    api.make_object("Box")
    CustomObject.objects.update(derivation=0)
    assert "1 object has keys of an older version" in text(operator.get("/admin/"))


def test_links_to_pages_are_for_people_of_the_organization(operator: Client, api: Api, stranger: User) -> None:
    own = api.make_object("Box")
    others = Api(stranger).make_object("Box")
    page = "/admin/customobjects/customobject/{}/change/"
    assert 'href="/o/box/"' in text(operator.get(page.format(own["id"])))
    assert 'href="/o/box/"' not in text(operator.get(page.format(others["id"])))


def test_of_a_deletion_that_went_on_nothing_is_told_twice(stranger: User, operator: Client, admin: User) -> None:
    """A second click begins nothing more."""
    actor = Actor(stranger.organization_id, admin.id, User.Role.ADMIN)
    for _ in range(2):
        organization_deletion.begin(actor, stranger.organization_id)
    assert DBTaskResult.objects.count() == 1

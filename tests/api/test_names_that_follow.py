"""Records that are named by another record, or by a user: their names follow, in the background."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django_tasks_db.models import DBTaskResult

from customobjects.models import CustomObject, Field, Record
from customobjects.services import following
from salesos.accounts.models import User
from salesos.accounts.services import create_api_key
from tests.background import work
from tests.conftest import OBJECTS, Api, make_user


def lookup(label: str, target: str, on_delete: str = "set_null", **more: Any) -> dict[str, Any]:
    options = {"target": target, "onDelete": on_delete, **more}
    return {"label": label, "type": "LOOKUP", "options": options}


def make(api: Api, name: str, *fields: dict[str, Any], primary: str) -> None:
    answer = api.post(OBJECTS, {"name": name, "fields": fields, "primaryField": primary})
    assert (answer.status, answer.json.get("primaryField")) == (201, primary), answer


def add(api: Api, object_name: str, **data: Any) -> dict[str, Any]:
    answer = api.post(f"{object_name}/records", {"data": data})
    assert answer.status == 201, answer
    return dict(answer.json)


def change(api: Api, object_name: str, record: dict[str, Any], **data: Any) -> dict[str, Any]:
    answer = api.patch(f"{object_name}/records/{record['id']}", {"data": data})
    assert answer.status == 200, answer
    return dict(answer.json)


@pytest.fixture
def visits(api: Api) -> Api:
    """Visits are named by the account that they are to."""
    api.make_object("Account")
    make(api, "Visit", lookup("Account", "account"), {"label": "Note", "type": "TEXT"}, primary="account")
    return api


@pytest.fixture
def browser(admin: User) -> Client:
    client = Client()
    client.force_login(admin)
    return client


def test_a_lookup_names_records_everywhere(visits: Api, browser: Client) -> None:
    zoe, adam = (visits.make_record("account", name=name) for name in ("Zo\u00eb & Co", "Adam"))
    first = add(visits, "visit", account=zoe["id"], note="red")
    second = add(visits, "visit", account=adam["id"])
    nobody = add(visits, "visit", note="blue")
    assert [record["name"] for record in (first, second, nobody)] == ["Zo\u00eb & Co", "Adam", ""]
    assert visits.names("visit") == ["", "Adam", "Zo\u00eb & Co"]
    assert visits.get(f"visit/records/{first['id']}").json["name"] == "Zo\u00eb & Co"
    # Sorted and filtered by the name, and not by the id that is stored.
    assert visits.names("visit", sort="name") == ["Adam", "Zo\u00eb & Co", ""]
    assert visits.names("visit", sort="-name") == ["Zo\u00eb & Co", "Adam", ""]
    page = visits.get("visit/records", sort="name", limit=1).json
    assert visits.names("visit", sort="name", limit=1, cursor=page["meta"]["nextCursor"]) == ["Zo\u00eb & Co"]
    for name, operand in {"name": "zo\u00eb & co", "name__iexact": "zoe & co", "name__icontains": "ZOE"}.items():
        assert visits.names("visit", **{name: operand}) == ["Zo\u00eb & Co"], name
    assert visits.names("visit", name="zoe & co") == [], "an accent makes another text"
    assert visits.names("visit", name__contains="\u00eb &") == ["Zo\u00eb & Co"]
    assert visits.names("visit", name__startswith="Zo\u00eb") == ["Zo\u00eb & Co"]
    assert visits.names("visit", name__isnull="true") == [""]
    assert sorted(visits.names("visit", name__in="Adam,zo\u00eb & co")) == ["Adam", "Zo\u00eb & Co"]
    assert visits.names("visit", account=zoe["id"]) == ["Zo\u00eb & Co"]
    groups = visits.get("visit/records/aggregate", groupBy="name").json["data"]
    assert [row["group"]["name"] for row in groups] == ["Adam", "Zo\u00eb & Co", None]
    # Searched for, within the object and in all; not by the id.
    assert visits.names("visit", search="zoe") == ["Zo\u00eb & Co"]
    assert visits.names("visit", search=zoe["id"][-12:]) == []
    groups = visits.get("/v1/search", q="zoe").json["data"]
    assert {group["object"]["apiName"]: [hit["name"] for hit in group["hits"]] for group in groups} == {
        "account": ["Zo\u00eb & Co"],
        "visit": ["Zo\u00eb & Co"],
    }
    # On pages, and in the lookups of others.
    visits.make_object("Invoice", lookup("Visit", "visit"))
    form = browser.get("/o/invoice/new/", follow=True).context["form"]
    labels = [label for _id, label in form.fields["data-visit"].widget.choices]
    assert labels[1:3] == ["Adam", "Zo\u00eb & Co"], "sorted by name"
    record = f"r/{first['id']}/"
    for path in ("", record, f"{record}edit/", f"{record}delete/"):
        assert "Zo\u00eb &amp; Co" in browser.get(f"/o/visit/{path}").content.decode(), path
    listed = browser.get("/o/visit/?sort=name").content.decode()
    assert listed.index("Adam") < listed.index("Zo\u00eb &amp; Co")
    assert "sort=-name" in listed
    # It goes with the value.
    assert change(visits, "visit", first, account=adam["id"])["name"] == "Adam"
    assert change(visits, "visit", first, account=None)["name"] == ""
    assert visits.names("visit", search="zoe") == []


def test_several_records_name_one_together(api: Api) -> None:
    api.make_object("Person")
    make(api, "Team", lookup("People", "person", multiple=True), primary="people")
    people = [api.make_record("person", name=f"{letter * 150}") for letter in "abc"]
    team = add(api, "team", people=[person["id"] for person in people])
    assert team["name"] == f"{'a' * 150}, {'b' * 103}", "cut as names are"
    assert api.names("team", search="c" * 50) == [team["name"]], "what a name has no room for is found"
    change(api, "person", people[1], name="Bob")
    work()
    assert api.get(f"team/records/{team['id']}").json["name"] == f"{'a' * 150}, Bob, {'c' * 98}"
    # One that goes is taken out, and the name with it.
    assert api.delete(f"person/records/{people[0]['id']}").status == 204
    assert api.get(f"team/records/{team['id']}").json["name"] == f"Bob, {'c' * 150}"


def test_names_follow_and_nothing_else_changes(visits: Api) -> None:
    account = visits.make_record("account", name="Old")
    visit = add(visits, "visit", account=account["id"])
    path = f"visit/records/{visit['id']}"
    before = visits.get(path)
    change(visits, "account", account, name="New")
    work()
    after = visits.get(path)
    assert after.json == {**before.json, "name": "New"}, "version and updatedAt are the same"
    assert visits.names("visit", search="new") == ["New"]
    assert visits.names("visit", search="old") == []
    assert visits.names("visit", name="new") == ["New"]
    # Who asks whether anything is new is shown it, and may still change what they saw.
    assert before.headers["ETag"] != after.headers["ETag"]
    assert visits.send("GET", path, **{"If-None-Match": before.headers["ETag"]}).json["name"] == "New"
    assert visits.send("GET", path, **{"If-None-Match": after.headers["ETag"]}).status == 304
    changed = visits.send("PATCH", path, {"data": {"note": "x"}}, **{"If-Match": before.headers["ETag"]})
    assert (changed.status, changed.json["name"]) == (200, "New")


def test_every_way_of_changing_a_name_is_followed(visits: Api) -> None:
    code = {"label": "Code", "type": "TEXT", "isUnique": True}
    visits.post("account/fields", code)
    account = visits.make_record("account", name="Zero", code="a")
    visit = add(visits, "visit", account=account["id"])
    records = "account/records"
    update = {"op": "update", "id": account["id"], "data": {"name": "One"}}
    upsert = {"op": "upsert", "by": "code", "data": {"code": "a", "name": "Two"}}
    ways = {
        "One": (f"{records}/bulk", {"operations": [update]}),
        "Two": (f"{records}/bulk", {"operations": [upsert]}),
        "Three": (f"{records}/bulk-update", {"filter": {"code": "a"}, "data": {"name": "Three"}}),
    }
    for name, (path, body) in ways.items():
        assert visits.post(path, body).status == 200
        work()
        assert visits.get(f"visit/records/{visit['id']}").json["name"] == name
    # Another label, another primary field: by what the backfill writes.
    options = {"values": [{"value": "g", "label": "Gold"}]}
    visits.post("account/fields", {"label": "Level", "type": "PICKLIST", "options": options})
    change(visits, "account", account, level="g")
    visits.patch("account", {"primaryField": "level"})
    work()
    assert visits.names("visit") == ["Gold"]
    visits.patch("account/fields/level", {"options": {"values": [{"value": "g", "label": "Best"}]}})
    work()
    assert visits.names("visit") == ["Best"]
    # What has no name is called as people see it; what is deleted names nothing.
    change(visits, "account", account, level=None)
    work()
    assert visits.names("visit") == [f"Record {account['id'][-6:]}"]
    assert visits.delete(f"{records}/{account['id']}").status == 204
    assert visits.names("visit") == [""]


def test_chains_follow_to_their_end(api: Api) -> None:
    """A report is named by its visit, that by its account, that by its user, who is renamed in the admin."""
    owner = User.objects.get()
    make(api, "Account", {"label": "Owner Of", "type": "USER"}, primary="owner_of")
    make(api, "Visit", lookup("Account", "account"), primary="account")
    make(api, "Report", lookup("Visit", "visit", "cascade"), primary="visit")
    account = add(api, "account", owner_of=str(owner.id))
    visit = add(api, "visit", account=account["id"])
    report = add(api, "report", visit=visit["id"])
    assert report["name"] == owner.name
    other = add(api, "report")
    User.objects.filter(id=owner.id).update(is_staff=True, is_superuser=True)
    browser = Client()
    browser.force_login(owner)
    form = {"email": owner.email, "name": "Grace", "organization": owner.organization_id, "role": "ADMIN"}
    form |= {"is_active": "on", "is_staff": "on", "is_superuser": "on"}
    assert browser.post(f"/admin/accounts/user/{owner.id}/change/", form).status_code == 302
    work()
    for name in ("account", "visit"):
        assert api.names(name) == ["Grace"], name
    assert api.names("report") == ["", "Grace"]
    assert api.names("report", search="grace") == ["Grace"]
    # set_null in the middle: the account that goes takes its name from all behind it.
    assert api.delete(f"account/records/{account['id']}").status == 204
    work()
    assert api.get(f"report/records/{report['id']}").json["name"] == f"Record {visit['id'][-6:]}"
    assert api.get(f"report/records/{other['id']}").json["name"] == ""


@pytest.mark.parametrize("is_indexed", [True, False])
def test_a_user_names_records(api: Api, admin: User, rep: User, stranger: User, is_indexed: bool) -> None:
    make(api, "Task", {"label": "Doer", "type": "USER", "isIndexed": is_indexed}, primary="doer")
    assert api.post("task/records", {"data": {"doer": str(stranger.id)}}).problem("data.doer") == "not_found"
    first, second = (add(api, "task", doer=str(id_)) for id_ in (rep.id, admin.id))
    assert (first["name"], second["name"]) == ("rep", "admin")
    assert api.names("task", sort="name") == ["admin", "rep"]
    rep.name = ""
    rep.save()
    work()
    assert api.names("task", sort="name") == ["admin", rep.email], "as people see one without a name"
    rep.email = "new@acme.example"
    rep.save(update_fields=["email"])
    work()
    assert api.names("task", search="new@acme") == ["new@acme.example"]
    # Who has left keeps the name.
    rep.is_active = False
    rep.save(update_fields=["is_active"])
    assert api.names("task", sort="-name")[0] == "new@acme.example"


def test_signing_in_has_nothing_to_follow(api: Api, rep: User, django_assert_num_queries: Any) -> None:
    make(api, "Task", {"label": "Doer", "type": "USER"}, primary="doer")
    # 1. The time of the last signing in.
    with django_assert_num_queries(1):
        rep.save(update_fields=["last_login"])
    assert not DBTaskResult.objects.exists()


@pytest.mark.damages
def test_circles_end(api: Api, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two records that swap their names for ever, and one that is named by itself and another."""
    monkeypatch.setattr(following, "MAX_STEPS", 5)
    make(api, "Node", {"label": "Title", "type": "TEXT"}, lookup("Next", "node"), primary="title")
    a, b = (add(api, "node", title=title) for title in ("a", "b"))
    swap = [{"op": "update", "id": one["id"], "data": {"next": other["id"]}} for one, other in ((a, b), (b, a))]
    assert api.post("node/records/bulk", {"operations": swap}).status == 200
    assert api.patch("node", {"primaryField": "next"}).status == 200
    work()
    assert set(api.names("node")) <= {"a", "b"}
    assert "go round in a circle" in caplog.text
    # A name that comes back to its record is the same by then: the chain ends by itself.
    caplog.clear()
    alone = add(api, "node")
    assert change(api, "node", alone, next=alone["id"])["name"] == f"Record {alone['id'][-6:]}"
    work()
    assert "circle" not in caplog.text
    many = {"label": "Many", "type": "LOOKUP", "options": {"target": "node", "multiple": True}}
    api.post("node/fields", many)
    change(api, "node", alone, many=[alone["id"], a["id"]])
    api.patch("node", {"primaryField": "many"})
    work()
    assert len(api.get(f"node/records/{alone['id']}").json["name"]) <= 255


def test_many_are_renamed_in_batches_and_go_on_after_a_kill(visits: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(following, "BATCH_SIZE", 3)
    account, other = visits.make_record("account", name="Old"), visits.make_record("account", name="Other")
    create = {"op": "create", "data": {"account": account["id"]}}
    stays = {"op": "create", "data": {"account": other["id"]}}
    visits.post("visit/records/bulk", {"operations": [create] * 7 + [stays]})
    change(visits, "account", account, name="New")
    task = DBTaskResult.objects.get()
    field_id, ids, step = task.args_kwargs["args"]
    # A worker that is killed after its first batch leaves the task; another one begins at its beginning.
    assert following.rename_batch(field_id, ids, step, None) is not None
    assert sorted(visits.names("visit")) == ["New"] * 3 + ["Old"] * 4 + ["Other"]
    work()
    assert sorted(visits.names("visit")) == ["New"] * 7 + ["Other"]


def test_a_batch_takes_the_same_queries_for_any_number(visits: Api, django_assert_num_queries: Any) -> None:
    account = visits.make_record("account", name="Old")
    field = Field.objects.get(api_name="account")
    for _ in range(2):
        create = {"op": "create", "data": {"account": account["id"]}}
        visits.post("visit/records/bulk", {"operations": [create] * 20})
        Record.objects.filter(custom_object__api_name="visit").update(name="old")
        # 1. and 6. A transaction within that of the test.
        # 2. The object, held.
        # 3. The records' ids, by their links.
        # 4. The records, locked.
        # 5. The names that they are named by.
        # 6. The records, written.
        with django_assert_num_queries(7):
            following.rename_batch(field.id, [account["id"]], 1, None)
        assert not Record.objects.filter(name="old").exists()


def test_what_names_nothing_pays_nothing(visits: Api, django_assert_num_queries: Any) -> None:
    """A write of a record by which none is named takes as many statements as ever."""
    flags = dict(CustomObject.objects.values_list("api_name", "names_others"))
    assert flags == {"account": True, "visit": False}
    account = visits.make_record("account", name="Old")
    visit = add(visits, "visit", note="x")
    change(visits, "visit", visit, note="y")
    change(visits, "account", account, name="y")
    # 1. and 2. Who asks, and the object, held; 3. the record, locked; 4. its new row; 5. its revision;
    # 6. and 7. the transaction.
    with django_assert_num_queries(7):
        change(visits, "visit", visit, note="z")
    # Where names follow, one more asks whether there is a record to rename.
    with django_assert_num_queries(8):
        change(visits, "account", account, name="z")
    assert not DBTaskResult.objects.exists()
    # Another primary field, and accounts name nothing any more.
    assert visits.patch("visit", {"primaryField": "note"}).status == 200
    assert not CustomObject.objects.filter(names_others=True).exists()
    assert visits.patch("visit", {"primaryField": "account"}).status == 200
    assert CustomObject.objects.get(names_others=True).api_name == "account"
    assert visits.delete("visit").status == 204
    assert not CustomObject.objects.filter(names_others=True).exists()


def test_another_primary_field_renames_what_is_there(visits: Api) -> None:
    accounts = [visits.make_record("account", name=name) for name in ("One", "Two")]
    for account in accounts:
        add(visits, "visit", account=account["id"], note=f"to {account['name']}")
    visits.patch("visit", {"primaryField": "note"})
    assert visits.names("visit", sort="name") == ["to One", "to Two"]
    changed = visits.patch("visit", {"primaryField": "account"})
    assert changed.status == 200
    assert visits.names("visit", sort="name") == ["One", "Two"]
    change(visits, "account", accounts[0], name="Three")
    work()
    assert visits.names("visit", sort="name") == ["Three", "Two"]


def test_a_record_that_followed_still_gets_its_default(visits: Api) -> None:
    """That ourselves rewrote it, says nothing of what its last writer knew of the schema."""
    account = visits.make_record("account", name="Old")
    visit = add(visits, "visit", account=account["id"])
    filled = {"label": "Level", "type": "NUMBER", "defaultValue": 1, "fillDefault": True}
    assert visits.post("visit/fields", filled).status == 201
    change(visits, "account", account, name="New")
    following.rename_batch(Field.objects.get(api_name="account").id, [account["id"]], 1, None)
    work()
    document = visits.get(f"visit/records/{visit['id']}").json
    assert (document["name"], document["data"]["level"]) == ("New", 1)


def test_without_a_word_a_reference_comes_last(api: Api) -> None:
    api.make_object("Account")
    fields = [lookup("Account", "account"), {"label": "Price", "type": "NUMBER"}]
    assert api.post(OBJECTS, {"name": "A", "fields": fields}).json["primaryField"] == "price"
    assert api.post(OBJECTS, {"name": "B", "fields": fields[:1]}).json["primaryField"] == "account"


def test_what_names_records_is_not_taken_away(visits: Api) -> None:
    refused = visits.delete("account")
    assert refused.problem() == "primary"
    assert refused.json["message"] == ["account names the records of Visits; make another field the primary one first"]


def test_a_key_that_may_not_read_writes_the_right_name(visits: Api, admin: User) -> None:
    account = visits.make_record("account", name="Secret")
    _row, key = create_api_key(admin, "writer", ["write"])
    program = Api(None, **{"X-API-Key": key})
    assert set(program.post("visit/records", {"data": {"account": account["id"]}}).json) == {"id"}
    assert visits.names("visit") == ["Secret"]


def test_organizations_do_not_follow_each_other(api: Api, stranger: User) -> None:
    globex = Api(stranger)
    for one in (api, globex):
        one.make_object("Account")
        make(one, "Visit", lookup("Account", "account"), {"label": "Who", "type": "USER"}, primary="account")
    account = globex.make_record("account", name="Theirs")
    add(globex, "visit", account=account["id"])
    refused = api.post("visit/records", {"data": {"account": account["id"]}})
    assert refused.problem("data.account") == "not_found"
    assert api.names("visit") == []
    make_user(stranger.organization, "x@globex.example")
    assert globex.names("visit") == ["Theirs"]


def test_the_form_of_an_object_offers_lookups(visits: Api, browser: Client) -> None:
    visits.patch("visit", {"primaryField": "note"})
    page = browser.get("/setup/objects/visit/general/")
    choices = dict(page.context["form"].fields["primary_field"].choices)
    field = Field.objects.get(api_name="account")
    assert choices[str(field.id)] == "Account"
    account = visits.make_record("account", name="Named")
    add(visits, "visit", account=account["id"])
    form = {"name": "Visit", "plural_name": "Visits", "icon": "flight", "color": "#112233"}
    assert browser.post("/setup/objects/visit/general/", {**form, "primary_field": str(field.id)}).status_code == 302
    assert visits.names("visit") == ["Named"]

"""The pages on which a table is brought into an object that is there."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from customobjects.models import TableImport
from salesos.accounts.models import User
from tests.background import work
from tests.conftest import Api

TABLE = "serial no,name,price,colour\nS-1,Pump one,8,red\nS-2,Fan,9000,blue\nS-3,Lift,3,\n"
PAGE = "/o/machine/import/"


@pytest.fixture
def machines(api: Api) -> Api:
    api.make_object(
        "Machine",
        {"label": "Serial No", "type": "TEXT", "isUnique": True},
        {"label": "Price", "type": "NUMBER", "options": {"max": 5000}},
    )
    api.make_record("machine", name="Pump", serial_no="S-1", price=7)
    return api


@pytest.fixture
def page(client: Client, rep: User, machines: Api) -> Client:
    """Somebody who keeps records, and sets nothing up."""
    client.force_login(rep)
    return client


def bring(page: Client, table: str = TABLE) -> str:
    answer = page.post(PAGE, {"text": table})
    assert answer.status_code == 302, answer.content.decode()
    return str(answer.headers["Location"])


def sent(page: Client, address: str, **changes: str) -> dict[str, Any]:
    """What the form of a plan sends as it stands, with some changes."""
    form = page.get(address).context["form"]
    values = {name: form[name].value() for name in form.fields}
    for column in form.columns:
        values |= {f"{column.prefix}-{name}": column[name].value() for name in column.fields}
    given = {name: "on" if value is True else value for name, value in values.items() if value not in (False, None)}
    return {**given, **changes}


def test_a_table_changes_and_makes_records(page: Client, machines: Api, django_assert_num_queries: Any) -> None:
    assert 'href="/o/machine/import/"' in page.get("/o/machine/").content.decode()
    address = bring(page)
    page.post(address, sent(page, address, by="serial_no"))
    text = page.get(address).content.decode()
    assert "3 rows, 4 columns. Nothing is done yet." in text
    assert "Changes it" in text
    assert "Price must not be greater than 5000." in text
    # What is not a field is left out, and nobody but an administrator can make it one.
    assert "A new field" not in text
    assert "New field" not in text
    answer = page.post(address, sent(page, address, start="on"))
    assert answer.status_code == 302, answer.content.decode()
    work()
    # 1. The session. 2. The user. 3. The organization. 4. The object. 5. The import. 6. The refused rows.
    # 7. The sidebar.
    with django_assert_num_queries(7):
        text = page.get(address).content.decode()
    assert "The import of 3 rows is done." in text
    assert "1 made, 1 changed, 0 with nothing new, 1 refused." in text
    assert machines.names("machine", sort="name") == ["Lift", "Pump one"]


def test_the_key_by_which_records_are_there_is_chosen_already(page: Client, machines: Api) -> None:
    address = bring(page)
    text = page.get(address).content.decode()
    assert '<option value="serial_no" selected>Serial No</option>' in text
    assert "Changes it" in text
    # It goes with its column; who starts without looking is told.
    answer = page.post(address, sent(page, address, **{"c0-type": "", "start": "on"}))
    assert "Records are found by Serial No, for which there is no column." in answer.content.decode()
    page.post(address, sent(page, address, **{"c0-type": ""}))
    assert page.get(address).context["form"]["by"].value() == ""
    page.post(address, sent(page, address, **{"c0-type": "field serial_no"}))
    # It can be chosen that each row is a new record, and the field may be no key any more.
    page.post(address, sent(page, address, by=""))
    assert page.get(address).context["form"]["by"].value() == ""
    page.post(address, sent(page, address, by="serial_no"))
    assert machines.patch("machine/fields/serial_no", {"isUnique": False}).status == 200
    assert page.get(address).status_code == 200


def test_what_is_wrong_with_a_new_field_is_said_at_its_column(page: Client, admin: User) -> None:
    page.force_login(admin)
    address = bring(page, "serial no,name,remarks\nS-7,A,missing; ask Tom\n")
    page.post(address, sent(page, address, **{"c2-type": "new"}))
    answer = page.post(address, sent(page, address, **{"c2-type": "PICKLIST"}))
    assert answer.status_code == 200
    assert "Values must hold values without" in answer.content.decode()
    answer = page.post(address, sent(page, address, start="on"))
    assert answer.status_code == 422
    assert "remarks: Values must hold values without" in answer.content.decode()


def test_the_refused_rows_come_as_a_file_that_can_be_mended_and_brought_again(page: Client, machines: Api) -> None:
    address = bring(page)
    page.post(address, sent(page, address, by="serial_no", start="on"))
    work()
    answer = page.get(f"{address}refused.csv")
    assert 'filename="refused rows.csv"' in answer.headers["Content-Disposition"]
    text = answer.content.decode()
    assert list(csv.reader(io.StringIO(text.removeprefix("\ufeff")))) == [
        ["serial no", "name", "price", "colour", "Why it was refused"],
        ["S-2", "Fan", "9000", "blue", "Price must not be greater than 5000."],
    ]
    mended = text.replace("S-2,Fan,9000", "S-2,Fan,90").encode()
    again = page.post(PAGE, {"file": SimpleUploadedFile("mended.csv", mended)}).headers["Location"]
    page.post(again, sent(page, again, start="on"))
    work()
    assert machines.names("machine", sort="name") == ["Fan", "Lift", "Pump one"]
    # 1. The session. 2. The user. 3. The organization. 4. The object. 5. The imports. 6. The sidebar.
    text = page.get(PAGE).content.decode()
    assert "mended.csv" in text
    assert "1 made, 1 changed, 1 refused" in text


def test_undoing_says_first_what_it_does(page: Client, machines: Api) -> None:
    address = bring(page)
    page.post(address, sent(page, address, by="serial_no", start="on"))
    work()
    text = page.get(f"{address}undo/").content.decode()
    assert "This deletes 1 record that it made and puts back 1 record that it changed." in text
    assert page.post(f"{address}undo/").status_code == 302
    assert "It is being undone." in page.get(address).content.decode()
    work()
    assert "It is undone." in page.get(address).content.decode()
    assert machines.names("machine") == ["Pump"]
    assert page.post(f"{address}undo/").status_code == 409


def test_another_field_is_chosen_for_a_column(page: Client, admin: User, machines: Api) -> None:
    page.force_login(admin)
    address = bring(page)
    changed = sent(page, address, **{"c3-type": "new", "c1-type": "", "c0-type": "field name"})
    text = page.post(address, changed).content.decode()
    assert "A new field" in text
    text = page.post(address, sent(page, address, **{"c3-type": "NUMBER"})).content.decode()
    assert "2 will be refused:" in text
    page.post(address, sent(page, address, **{"c3-type": "TEXT"}))
    page.post(address, sent(page, address, start="on"))
    work()
    data = {record["name"]: record["data"] for record in machines.get("machine/records").json["data"]}
    assert data["S-3"]["colour"] is None
    assert data["S-1"]["colour"] == "red"


def test_what_cannot_be_started_is_said(page: Client) -> None:
    address = bring(page)
    answer = page.post(address, sent(page, address, **{"c0-type": "field name", "start": "on"}))
    assert answer.status_code == 422
    assert "2 columns are for Name: choose one of them" in answer.content.decode()
    answer = page.post(address, {"c0-type": "field nothing", "by": "nothing"})
    assert answer.status_code == 422


@pytest.mark.parametrize("table", ["", "\x00", "a," * 101])
def test_what_is_no_table_is_refused_with_a_sentence(page: Client, table: str) -> None:
    assert page.post(PAGE, {"text": table}).status_code == 422
    assert not TableImport.objects.exists()


@pytest.mark.parametrize(
    "cell", ["<b>x</b>", "\ud7ff", "1e999", "NaN", '{"a":' * 300, "=1+1", "\u202e", "9" * 400, '{"serial_no": "S-1"}']
)
def test_whatever_a_cell_holds(page: Client, machines: Api, cell: str) -> None:
    machines.post("machine/fields", {"label": "Other", "type": "LOOKUP", "options": {"target": "machine"}})
    quoted = '"' + cell.replace('"', '""') + '"'
    address = bring(page, f"serial no,name,price,other\n{quoted},{quoted},{quoted},{quoted}\nS-8,Eight,1,\n")
    assert "<b>x</b>" not in page.get(address).content.decode()
    page.post(address, sent(page, address, by="serial_no", start="on"))
    work()
    assert "Eight" in machines.names("machine")
    assert "<b>x</b>" not in page.get(address).content.decode()


def test_others_do_not_see_it(page: Client, manager: User, admin: User, stranger: User) -> None:
    address = bring(page)
    for user, status in ((manager, 404), (stranger, 404), (admin, 200)):
        page.force_login(user)
        assert page.get(address).status_code == status
    page.force_login(manager)
    for path in (f"{address}undo/", f"{address}refused.csv"):
        assert page.get(path).status_code == 404
    assert page.post(f"{address}undo/").status_code == 404
    assert page.get("/setup/tables/").status_code == 403


def test_all_tables_are_listed_for_administrators(
    page: Client, admin: User, machines: Api, django_assert_num_queries: Any
) -> None:
    for _ in range(3):
        address = bring(page)
        page.post(address, sent(page, address, start="on"))
    page.force_login(admin)
    # 1. The session. 2. The user. 3. The organization. 4. The imports. 5. The objects. 6. The sidebar's.
    with django_assert_num_queries(6):
        text = page.get("/setup/tables/").content.decode()
    assert text.count("A pasted table") == 3
    assert page.get("/setup/tables/?object=machine").headers["Location"] == PAGE
    assert page.get("/setup/tables/?object=nothing").status_code == 404


def test_nothing_is_imported_into_what_takes_none(page: Client, machines: Api) -> None:
    assert machines.patch("machine", {"enableBulkOperations": False}).status == 200
    assert 'href="/o/machine/import/"' not in page.get("/o/machine/").content.decode()
    assert page.post(PAGE, {"text": TABLE}).status_code == 409


def test_nothing_is_wrong_with_a_column_for_a_picklist_or_a_lookup(page: Client, machines: Api) -> None:
    machines.make_object(
        "Repair",
        {"label": "Title", "type": "TEXT"},
        {"label": "State", "type": "PICKLIST", "options": {"values": ["Open", "Done"]}},
        {"label": "Machine", "type": "LOOKUP", "options": {"target": "machine"}},
    )
    address = page.post("/o/repair/import/", {"text": "title,state,machine\nOil,Open,S-1\n"}).headers["Location"]
    form = page.get(address).context["form"]
    assert [column.plan.field for column in form.columns] == ["title", "state", "machine"]
    assert [column.problems for column in form.columns] == [[], [], []]


def test_an_administrator_makes_a_column_a_lookup_to_a_new_object(
    client: Client, admin: User, machines: Api, django_assert_num_queries: Any
) -> None:
    client.force_login(admin)
    address = bring(client)
    client.post(address, sent(client, address, **{"by": "serial_no", "c3-type": "LOOKUP"}))
    text = client.get(address).content.decode()
    assert 'value="Colour"' in text
    assert "2 records, one for each different text" in text
    changed = {"c2-type": "", "c3-new_object": "MACHINE"}
    client.post(address, sent(client, address, **changed))
    assert client.get(address).context["form"].columns[3].problems == ["There is an object called Machine already."]
    assert client.post(address, sent(client, address, start="on")).status_code == 422
    client.post(address, sent(client, address, **{"c3-new_object": "Paint", "start": "on"}))
    work()
    # The session, the user, the organization, the sidebar's objects; the import, its object; those of columns.
    with django_assert_num_queries(7):
        text = client.get(address).content.decode()
    assert "2 made, 1 changed" in text
    assert '<a href="/o/paint/">Paints</a>' in text
    assert machines.names("machine", colour__name="red") == ["Pump one"]
    assert "and deletes Paints" in client.get(f"{address}undo/").content.decode()
    client.post(f"{address}undo/")
    work()
    assert "It is undone." in client.get(address).content.decode()
    assert machines.get("paint").status == 404


def test_who_keeps_records_is_offered_no_new_object(page: Client) -> None:
    assert "Lookup to a new object" not in page.get(bring(page)).content.decode()

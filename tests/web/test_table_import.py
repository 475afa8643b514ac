"""The pages on which a table becomes an object."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from customobjects.models import CustomObject, TableImport
from salesos.accounts.models import User
from tests.background import work
from tests.conftest import Api

TABLE = """\
code|name|bought|price|seen
A-1|Pump one|2026-01-31|$1,200.50|01/02/2026
A-2|Fan|NA|$3.00|03/04/2026
"""


@pytest.fixture
def page(client: Client, admin: User) -> Client:
    client.force_login(admin)
    return client


def bring(page: Client, table: str = TABLE) -> str:
    answer = page.post("/setup/tables/new/", {"text": table})
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


def test_a_pasted_table_becomes_an_object_after_a_look_at_its_plan(
    page: Client, api: Api, django_assert_num_queries: Any
) -> None:
    address = bring(page)
    # The session, the user, the organization, the sidebar's objects; the import, its rows; objects for lookups; names.
    with django_assert_num_queries(8):
        text = page.get(address).content.decode()
    assert "2 rows, 5 columns. Nothing is made yet." in text
    # Which is the day and which the month, is asked.
    assert text.count("It could be read otherwise, too") == 1
    assert not CustomObject.objects.exists()
    answer = page.post(address, sent(page, address, **{"name": "Machine", "c4-reading": "12/31/2026", "start": "on"}))
    assert answer.status_code == 302, answer.content.decode()
    work()
    assert "2 of 2 rows are records now." in page.get(address).content.decode()
    records = {record["name"]: record["data"] for record in api.get("machine/records").json["data"]}
    assert str(records["Pump one"]["price"]) == "1200.50"
    assert records["Pump one"]["seen"] == "2026-01-02"
    assert records["Fan"]["bought"] is None


def test_another_type_is_planned_anew_and_says_what_it_refuses(page: Client) -> None:
    address = bring(page)
    text = page.post(address, sent(page, address, **{"c1-type": "NUMBER"})).content.decode()
    assert "2 will be refused:" in text
    assert "<q>Pump one</q>" in text


REMARKS = "".join(
    f"Laptop {number},{remark}\n"
    for number, remark in enumerate(["fine", "screen scratched", "docking station missing; ask Tom"] * 5)
)


def test_remarks_with_a_semicolon_are_texts(page: Client, api: Api) -> None:
    address = bring(page, f"name,remarks\n{REMARKS}")
    assert page.get(address).context["form"].columns[1]["type"].value() == "TEXT"
    page.post(address, sent(page, address, name="Laptop", start="on"))
    work()
    assert api.names("laptop", remarks="docking station missing; ask Tom", sort="name")[0] == "Laptop 11"


def test_what_is_wrong_with_a_column_is_said_there(page: Client) -> None:
    address = bring(page, f"name,remarks\n{REMARKS}")
    answer = page.post(address, sent(page, address, **{"c1-type": "PICKLIST"}))
    assert answer.status_code == 200
    said = "Values must hold values without &#x27;;&#x27;, line breaks, and spaces at their ends."
    assert said in answer.content.decode()
    answer = page.post(address, sent(page, address, start="on", name="Laptop"))
    assert answer.status_code == 422
    # Above all, where it is told of which column, and at the column.
    assert answer.content.decode().count(said) == 2
    assert f"remarks: {said}" in answer.content.decode()
    assert page.post(address, sent(page, address, **{"c1-type": "TEXT", "start": "on"})).status_code == 302


def test_people_are_linked_to_by_their_addresses(page: Client, api: Api) -> None:
    people = "name,e-mail\nAnn,ann@example.com\nBob,bob@example.com\nCy,cy@example.com\n"
    address = bring(page, people)
    page.post(address, sent(page, address, name="Person", start="on"))
    work()
    address = bring(page, "device,user\nD-1,Bob@example.com\nD-2,cy@example.com\nD-3,ann@example.com\n")
    assert "Person by E-mail" in page.get(address).content.decode()
    page.post(address, sent(page, address, name="Device", start="on"))
    work()
    assert api.names("device", user__name="Bob") == ["D-1"]


def test_rows_that_are_refused_are_told_with_the_reason(page: Client, api: Api) -> None:
    address = bring(page, "code,name\nA-1,One\nA-2,Two\nA-1,Three\n")
    page.post(address, sent(page, address, **{"name": "Box", "c0-is_unique": "on", "start": "on"}))
    work()
    text = page.get(address).content.decode()
    assert "2 of 3 rows are records now." in text
    assert "1 row refused" in text
    assert "has the Code A-1" in text
    assert api.names("box", sort="name") == ["One", "Two"]


def test_columns_of_what_other_records_are_known_by_become_lookups(page: Client, api: Api) -> None:
    api.make_object("Site", {"label": "Name", "type": "TEXT"}, {"label": "Code", "type": "TEXT", "isUnique": True})
    for code in ("N-1", "S-1", "E-1"):
        api.make_record("site", name=f"Site {code}", code=code)
    address = bring(page, "name,place\nPump,N-1\nFan,S-1\nBoiler,E-1\nLift,N-1\n")
    assert "Site by Code" in page.get(address).content.decode()
    page.post(address, sent(page, address, name="Machine", start="on"))
    work()
    assert api.names("machine", **{"place__code": "N-1", "sort": "name"}) == ["Lift", "Pump"]


def test_an_import_is_undone_as_one(page: Client, api: Api) -> None:
    address = bring(page)
    page.post(address, sent(page, address, name="Machine", start="on"))
    work()
    page.post(f"{address}undo/")
    assert "It is undone." in page.get(address).content.decode()
    assert api.get("machine").status == 404
    assert page.post(f"{address}undo/").status_code == 409


@pytest.mark.parametrize(
    ("name", "content"),
    [("a.xlsx", b"no spreadsheet"), ("a.csv", b"\x00\x01\x02"), ("a.csv", b""), ("a.csv", b",".join([b"x"] * 101))],
)
def test_what_is_no_table_is_refused_with_a_sentence(page: Client, name: str, content: bytes) -> None:
    answer = page.post("/setup/tables/new/", {"file": SimpleUploadedFile(name, content)})
    assert answer.status_code == 422
    assert TableImport.objects.count() == 0


def test_a_line_with_very_many_cells_is_refused_before_others_are_made_as_long(page: Client) -> None:
    # It would take 3 GB.
    wide = "a" + "," * 20_000 + "\na" * 20_000
    answer = page.post("/setup/tables/new/", {"text": wide})
    assert answer.status_code == 422
    assert "20,001 columns; at most 100 are taken" in answer.content.decode()


@pytest.mark.parametrize(
    "table",
    [
        "n\n12345678901234.1234567890123456\n2\n",
        "n\n1.0000000000000001e30\n2\n",
        "n\n" + "9" * 40 + "." + "9" * 40 + "\n2\n",
        "n\n-$-5\n$3\n",
        "n\n$-5\n-$3\n",
        "n\n(-$5)\n$3\n",
    ],
)
def test_odd_numbers_stop_nobody(page: Client, table: str) -> None:
    address = bring(page, table)
    for type_ in ("NUMBER", "CURRENCY", "PERCENT", "EMAIL", "PHONE", "URL", "DATE", "DATETIME", "CHECKBOX", "TEXT"):
        assert page.post(address, sent(page, address, **{"c0-type": type_})).status_code in (200, 302, 422)
        assert page.get(address).status_code == 200


def test_only_who_defines_objects_brings_tables(client: Client, rep: User, page: Client, stranger: User) -> None:
    address = bring(page)
    for user, status in ((rep, 403), (stranger, 404)):
        client.force_login(user)
        assert client.get(address).status_code == status
        assert client.post(address, {"start": "on"}).status_code == status
    client.force_login(rep)
    assert client.get("/setup/tables/new/").status_code == 403
    assert client.post("/setup/tables/new/", {"text": TABLE}).status_code == 403


REGISTER = "name,location,built in\nPump,Berlin,Rome\nFan,berlin,Berlin\nLift,Rome,\n"


def with_new_object(page: Client, *places: int, table: str = REGISTER) -> str:
    """The address of a plan in which the columns at some places become lookups to new objects."""
    address = bring(page, table)
    assert "Lookup to a new object" in page.get(address).content.decode()
    page.post(address, sent(page, address, **{f"c{place}-type": "LOOKUP" for place in places}))
    return address


def test_a_column_becomes_an_object_of_its_own(page: Client, api: Api, django_assert_num_queries: Any) -> None:
    address = with_new_object(page, 1)
    text = page.get(address).content.decode()
    assert 'value="Location"' in text
    assert 'value="Locations"' in text
    assert "2 records, one for each different text" in text
    assert "Make 2 objects and their 5 records" in text
    page.post(address, sent(page, address, **{"name": "Machine", "c1-new_object": "Site", "start": "on"}))
    work()
    # The session, the user, the organization, the sidebar's objects; the import, its object; those of columns.
    with django_assert_num_queries(6):
        text = page.get(address).content.decode()
    assert "3 of 3 rows are records now." in text
    assert "Made of its columns, too:" in text
    # Of another name, it is another plural.
    assert '<a href="/o/site/">Sites</a>' in text
    assert api.names("machine", **{"location__name": "Berlin", "sort": "name"}) == ["Fan", "Pump"]
    # What the names call for, and not one icon for all.
    assert (api.get("site").json["icon"], api.get("machine").json["icon"]) == (
        "location_on",
        "precision_manufacturing",
    )
    question = page.get(f"{address}undo/").content.decode()
    assert "This deletes Machines and Sites, with all fields and 5 records" in question
    page.post(f"{address}undo/")
    assert "The objects and their records are in the trash" in page.get(address).content.decode()
    assert (api.get("site").status, api.get("machine").status) == (404, 404)


def test_columns_that_share_an_object_say_so(page: Client) -> None:
    address = with_new_object(page, 1, 2)
    page.post(address, sent(page, address, **{"c2-new_object": "LOCATION"}))
    form = page.get(address).context["form"]
    text = page.get(address).content.decode()
    assert "The same object as that of location" in text
    assert "new_plural" not in form.columns[2].fields
    assert len(form.columns[1].becomes.names) == 2


def test_a_lookup_to_a_new_object_becomes_a_text_again(page: Client, api: Api) -> None:
    address = with_new_object(page, 1)
    page.post(address, sent(page, address, **{"c1-type": "TEXT"}))
    page.post(address, sent(page, address, name="Machine", start="on"))
    work()
    assert api.get("machine/records?location=Rome").json["meta"]["total"] == 1
    assert CustomObject.objects.count() == 1


def test_texts_that_are_no_names_are_told_in_the_plan(page: Client) -> None:
    address = with_new_object(page, 1, table=f"name,location\nPump,Berlin\nFan,{'x' * 300}\n")
    assert "1 will be refused:" in page.get(address).content.decode()


def test_only_columns_of_texts_become_objects(page: Client) -> None:
    columns = page.get(bring(page)).context["form"].columns
    offered = ["Lookup to a new object" in str(column["type"]) for column in columns]
    assert offered == [True, True, False, False, False]


def test_names_that_are_taken_are_said_at_the_name(page: Client, api: Api) -> None:
    api.make_object("MACHINE")
    api.make_object("Location")
    address = with_new_object(page, 1)
    page.post(address, sent(page, address, name="Machine"))
    form = page.get(address).context["form"]
    assert form["name"].errors == ["There is an object called MACHINE already."]
    assert form.columns[1].problems == ["There is an object called Location already."]
    assert 'aria-invalid="true"' in str(form["name"])
    answer = page.post(address, sent(page, address, start="on"))
    assert answer.status_code == 422
    assert "location: There is an object called Location already." in answer.content.decode()
    changed = sent(page, address, **{"name": "Machine Tool", "c1-new_object": "Place", "start": "on"})
    assert page.post(address, changed).status_code == 302
    assert {made.name for made in CustomObject.objects.all()} == {"MACHINE", "Location", "Machine Tool", "Place"}


@pytest.mark.parametrize("name", ["x" * 81, "a\x00b", "<b>Place</b>", "\u200b", "  "])
def test_hostile_names_of_new_objects(page: Client, name: str) -> None:
    address = with_new_object(page, 1)
    answer = page.post(address, sent(page, address, **{"name": "Machine", "c1-new_object": name, "start": "on"}))
    assert answer.status_code in (302, 422)
    assert "<b>Place</b>" not in page.get("/setup/objects/").content.decode()


def test_what_names_the_records_may_be_a_lookup(page: Client, api: Api) -> None:
    address = bring(page, "due,place,note\n2026-01-01,Berlin,One\n2026-01-02,Rome,Two\n2026-01-03,Berlin,Three\n")
    assert page.get(address).context["form"]["primary"].value() == 1
    page.post(address, sent(page, address, **{"c1-type": "LOOKUP"}))
    page.post(address, sent(page, address, name="Job", start="on"))
    work()
    assert api.names("job", sort="due") == ["Berlin", "Rome", "Berlin"]


def test_what_is_left_out_names_nothing(page: Client, api: Api) -> None:
    address = bring(page, "due,place,note\n2026-01-01,Berlin,One\n2026-01-02,Rome,Two\n2026-01-03,Berlin,Three\n")
    given = sent(page, address)
    del given["c1-used"]
    page.post(address, given)
    assert page.get(address).context["form"]["primary"].value() == 2


def currency_of(page: Client, language: str) -> str:
    address = bring(page, "name,price\nPump,1.50\nFan,20\n")
    given = sent(page, address, **{"c1-type": "CURRENCY"})
    text = page.post(address, given, headers={"Accept-Language": language}).content.decode()
    # By their names, as in the form of a new field.
    assert "Swiss Franc (CHF)</option>" in text
    return str(page.get(address).context["form"].columns[1]["currency"].value())


@pytest.mark.parametrize(("language", "code"), [("en", "USD"), ("de", "EUR"), ("de-CH", "CHF"), ("ja", "JPY")])
def test_amounts_without_a_currency_are_in_that_of_the_person(page: Client, language: str, code: str) -> None:
    assert currency_of(page, language) == code


def test_amounts_without_a_currency_are_in_that_of_most_fields(page: Client, api: Api, stranger: User) -> None:
    for name, code in (("A", "PLN"), ("B", "SEK"), ("C", "SEK")):
        api.make_object(name, {"label": "Price", "type": "CURRENCY", "options": {"currency": code}})
    assert currency_of(page, "de") == "SEK"
    page.force_login(stranger)
    assert currency_of(page, "de") == "EUR"


def test_amounts_of_a_new_field_of_an_object_that_is_there(page: Client, api: Api) -> None:
    api.make_object("Machine")
    answer = page.post("/o/machine/import/", {"text": "name,price,cost\nPump,1.50,$3\nFan,20,$4.5\n"})
    address = str(answer.headers["Location"])
    given = sent(page, address, **{"c1-type": "CURRENCY", "c2-type": "CURRENCY"})
    page.post(address, given, headers={"Accept-Language": "de"})
    columns = page.get(address).context["form"].columns
    # What the texts say goes before what is usual.
    assert [column["currency"].value() for column in columns[1:]] == ["EUR", "USD"]


def test_a_name_that_is_taken_leads_into_that_object_with_the_same_table(page: Client, api: Api) -> None:
    api.make_object("Basket", {"label": "Size", "type": "NUMBER"})
    address = bring(page, "name,size,colour\nOne,3,red\nTwo,4,blue\n")
    assert "Are these more" not in page.get(address).content.decode()
    text = page.post(address, sent(page, address, name="basket", start="on")).content.decode()
    assert "There is an object called Basket already." in text
    assert "Bring the rows into Baskets" in text
    leads = page.post(address, sent(page, address, into="basket"))
    assert leads.status_code == 302, leads.content.decode()
    plan = page.get(leads.headers["Location"], follow=True)
    assert "Import into Baskets" in plan.content.decode()
    assert [column.target and column.target.label for column in plan.context["form"].columns] == ["Name", "Size", None]
    into = str(plan.redirect_chain[-1][0]) if plan.redirect_chain else str(leads.headers["Location"])
    page.post(into, sent(page, into, start="on"))
    work()
    assert api.names("basket", sort="name") == ["One", "Two"]
    # The first plan is still there, under another name.
    page.post(address, sent(page, address, name="Crate", start="on"))
    work()
    assert api.names("crate", sort="name") == ["One", "Two"]


def test_an_object_of_others_is_not_led_into(page: Client, stranger: User) -> None:
    theirs = Api(stranger).make_object("Basket")
    address = bring(page)
    for reference in (theirs["id"], "basket", "x", "\x00"):
        assert page.post(address, sent(page, address, into=reference)).status_code == 404
    assert TableImport.objects.count() == 1

"""Pasting a range of a spreadsheet: what it would change, what is refused and why, and taking all of it back."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from customobjects.schema import SchemaField
from customobjects.services import paste
from customobjects.services.paste import Outcome, Pasted, parse_clipboard
from customobjects.services.undo import undo_change
from customobjects.web.languages import Language
from salesos.accounts.actor import Actor
from salesos.accounts.models import ApiKey, User
from salesos.errors import Conflict, DomainError, PermissionDenied, ValidationError
from tests.conftest import Api, make_user

NOBODY = "00000000-0000-7000-8000-000000000000"
GERMAN = Language("de", "Europe/Berlin")


def in_german(field: SchemaField, text: str) -> str:
    return GERMAN.read(field.type.form_control(), text)


def as_it_is(_field: SchemaField, text: str) -> str:
    return text


@pytest.fixture
def machines(api: Api) -> list[dict[str, Any]]:
    """Three machines with a field of most types, and two accounts."""
    api.make_object("Account", {"label": "Code", "type": "TEXT", "isUnique": True})
    for name, code in (("Acme", "A-1"), ("Globex", "G-1"), ("Twin", "T-1"), ("twin", "T-2")):
        api.make_record("account", name=name, code=code)
    values = [
        {"value": "new", "label": "Brand new"},
        "old",
        {"value": "a", "label": "Same"},
        {"value": "b", "label": "same"},
    ]
    api.make_object(
        "Machine",
        {"label": "Serial", "type": "TEXT", "isUnique": True},
        {"label": "Cost", "type": "CURRENCY", "options": {"currency": "EUR", "max": 10_000}},
        {"label": "Bought", "type": "DATE"},
        {"label": "State", "type": "PICKLIST", "options": {"values": values}, "defaultValue": "old"},
        {"label": "Tags", "type": "MULTI_PICKLIST", "options": {"values": values}},
        {"label": "Account", "type": "LOOKUP", "options": {"target": "account"}},
        {"label": "Others", "type": "LOOKUP", "options": {"target": "account", "multiple": True}},
        {"label": "Who", "type": "USER"},
        {"label": "Sold", "type": "CHECKBOX"},
        {"label": "Number", "type": "AUTO_NUMBER"},
    )
    return [api.make_record("machine", name=f"m{number}", serial=f"S{number}") for number in range(3)]


def ids(records: list[dict[str, Any]]) -> list[str]:
    return [record["id"] for record in records]


class Range:
    """A range that is laid over the machines."""

    def __init__(self, actor: Actor, records: list[str], columns: str, text: str, read: Any = as_it_is) -> None:
        self.actor = actor
        self.given: dict[str, Any] = {"records": records, "columns": columns.split(","), "read": read}
        self.given["rows"] = parse_clipboard(text)

    def preview(self) -> Pasted:
        return paste.preview(self.actor, "machine", **self.given)

    def apply(self, **more: Any) -> Pasted:
        return paste.apply(self.actor, "machine", **self.given, **more)

    def only(self) -> paste.Cell:
        [row] = self.preview().rows
        [cell] = row.cells
        return cell


def outcomes(pasted: Pasted) -> list[list[str]]:
    return [[cell.outcome.value for cell in row.cells] for row in pasted.rows]


def texts(pasted: Pasted) -> list[list[tuple[str, str]]]:
    return [[(cell.old, cell.new) for cell in row.cells] for row in pasted.rows]


def test_ten_rows_of_three_make_four_and_change_six(api: Api, actor: Actor) -> None:
    api.make_object("Machine", {"label": "Size", "type": "NUMBER"}, {"label": "Note", "type": "TEXTAREA"})
    records = [api.make_record("machine", name=f"m{number}", size=number) for number in range(6)]
    before = api.get("machine/records", sort="id").json["data"]
    text = "\n".join(f'n{number}\t{number * 10}\t"a\nb"' for number in range(10)) + "\n"
    range_ = Range(actor, ids(records), "name,size,note", text)
    seen = range_.preview()
    assert (seen.made, seen.changed, seen.refused, seen.change_id) == (4, 6, 0, None)
    assert texts(seen)[0] == [("m0", "n0"), ("0", "0"), ("", "a\nb")]
    assert outcomes(seen)[0] == ["changes", "unchanged", "changes"]
    assert [row.record_id is None for row in seen.rows] == [False] * 6 + [True] * 4
    assert api.get("machine/records", sort="id").json["data"] == before, "a preview changes nothing"

    done = range_.apply()
    assert (done.made, done.changed, done.refused) == (4, 6, 0)
    assert api.names("machine", sort="id") == [f"n{number}" for number in range(10)]
    assert [str(row.id) for row in done.rows] == [
        record["id"] for record in api.get("machine/records", sort="id").json["data"]
    ]
    assert done.change_id
    undone = undo_change(actor, done.change_id)
    assert (undone.deleted, undone.changed, undone.left) == (4, 6, 0)
    after = api.get("machine/records", sort="id").json["data"]
    assert [record["data"] for record in after] == [record["data"] for record in before]


def test_what_people_write(machines: list[dict[str, Any]], actor: Actor, admin: User) -> None:
    text = (
        "1.234,5 €\t31.12.26\tBRAND NEW\told; brand new\tacme\tGlobex;a-1\tADMIN@acme.example\tyes\n"
        "'-7\t2026-01-02\tOLD\tOld, Brand new\tG-1\t\tadmin\tFALSE\n"
    )
    range_ = Range(actor, ids(machines), "cost,bought,state,tags,account,others,who,sold", text, in_german)
    done = range_.apply(skip_refused=True)
    assert texts(done)[0] == [
        ("", "€1,234.50"),
        ("", "Dec 31, 2026"),
        ("old", "Brand new"),
        ("", "Brand new, old"),
        ("", "Acme"),
        ("", "Globex, Acme"),
        ("", "admin"),
        ("No", "Yes"),
    ]
    assert outcomes(done)[1] == [
        "refused",
        "changes",
        "unchanged",
        "changes",
        "changes",
        "unchanged",
        "changes",
        "unchanged",
    ]


def test_what_was_exported_is_pasted_as_it_was(api: Api, actor: Actor) -> None:
    api.make_object("Machine", {"label": "Phone", "type": "PHONE"})
    record = api.make_record("machine", name="=1+1", phone="+16502530000")
    pasted = Range(actor, [record["id"]], "name,phone", "'=1+1\t'+16502530000").preview()
    assert outcomes(pasted) == [["unchanged", "unchanged"]]


@pytest.mark.parametrize(
    ("column", "text", "code"),
    [
        ("cost", "a lot", "type"),
        ("cost", "10001", "max"),
        ("bought", "tomorrow", "type"),
        ("state", "nothing", "choice"),
        ("state", "SAME", "ambiguous"),
        ("tags", "old;nothing", "choice"),
        ("account", "Nobody", "not_found"),
        ("account", "TWIN", "ambiguous"),
        ("account", NOBODY, "not_found"),
        ("account", '{"code": "X"}', "not_found"),
        ("account", "{", "type"),
        ("account", "a\x00b", "not_found"),
        ("others", "Acme;Nobody", "not_found"),
        ("who", "nobody@acme.example", "not_found"),
        ("who", "Nobody", "not_found"),
        ("sold", "perhaps", "type"),
        ("number", "7", "read_only"),
        ("name", "", "required"),
        ("name", "a\x00b", "characters"),
        ("serial", "s1", "duplicate"),
    ],
)
def test_what_is_refused(
    machines: list[dict[str, Any]], actor: Actor, api: Api, column: str, text: str, code: str
) -> None:
    range_ = Range(actor, ids(machines)[:1], column, text)
    if not text:
        range_.given["rows"] = [[""]]
    cell = range_.only()
    assert cell.outcome is Outcome.REFUSED
    assert cell.problem is not None
    assert cell.problem.code == code
    assert cell.reason.startswith(column) or code == "duplicate"
    assert cell.new == text
    with pytest.raises(ValidationError) as error:
        range_.apply()
    assert [(problem.field, problem.code) for problem in error.value.problems] == [(f"rows.0.{column}", code)]
    assert api.get(f"machine/records/{machines[0]['id']}").json == machines[0]
    assert range_.apply(skip_refused=True).change_id is None


def test_people_of_one_name(machines: list[dict[str, Any]], actor: Actor, admin: User) -> None:
    make_user(admin.organization, "admin@other.example")
    cell = Range(actor, ids(machines)[:1], "who", "Admin").only()
    assert cell.problem is not None
    assert cell.problem.code == "ambiguous"
    assert "e-mail" in cell.reason
    assert Range(actor, ids(machines)[:1], "who", "admin@other.example").only().outcome is Outcome.CHANGES


def test_people_of_others_are_not_known(machines: list[dict[str, Any]], actor: Actor, stranger: User) -> None:
    cell = Range(actor, ids(machines)[:1], "who", stranger.email).only()
    assert cell.outcome is Outcome.REFUSED


def test_the_spelling_that_is_meant_wins(machines: list[dict[str, Any]], actor: Actor) -> None:
    """Of two records whose names differ in case, neither; of a value and a label that are the same, the value."""
    assert Range(actor, ids(machines)[:1], "account", "Twin").only().outcome is Outcome.REFUSED
    assert Range(actor, ids(machines)[:1], "account", "T-1").only().new == "Twin"
    assert Range(actor, ids(machines)[:1], "state", "a").only().new == "Same"


def test_rows_that_cannot_be(machines: list[dict[str, Any]], actor: Actor, api: Api) -> None:
    """What is refused at one cell leaves the rest of its row; what is refused beside the cells, leaves nothing."""
    api.delete(f"machine/records/{machines[1]['id']}")
    text = "S9\t99999\nX\t1\nS8\t2\nnew\t3\n\t\n"
    range_ = Range(actor, ids(machines), "serial,cost", text)
    seen = range_.preview()
    assert outcomes(seen) == [["changes", "refused"], ["unchanged"] * 2, ["changes"] * 2, ["unchanged"] * 2]
    assert [row.reason for row in seen.rows] == ["", paste.GONE, "", "name is required"]
    assert (seen.made, seen.changed, seen.refused) == (0, 2, 5)
    with pytest.raises(ValidationError) as error:
        range_.apply()
    assert [(p.field, p.code) for p in error.value.problems] == [
        ("rows.0.cost", "max"),
        ("rows.1", "refused"),
        ("rows.3", "refused"),
    ]
    done = range_.apply(skip_refused=True)
    assert (done.made, done.changed, done.refused) == (0, 2, 5)
    assert [
        api.get(f"machine/records/{id_}").json["data"]["serial"] for id_ in (ids(machines)[0], ids(machines)[2])
    ] == ["S9", "S8"]


def test_new_rows_start_with_their_defaults_and_numbers(machines: list[dict[str, Any]], actor: Actor, api: Api) -> None:
    done = Range(actor, [], "name,state,cost", "fourth\t\t\nfifth\tnew\t5").apply()
    assert (done.made, done.changed) == (2, 0)
    made = [api.get(f"machine/records/{row.id}").json for row in done.rows]
    assert [one["data"]["state"] for one in made] == ["old", "new"]
    assert [one["data"]["number"] for one in made] == ["0004", "0005"]
    assert [one["ownerId"] for one in made] == [str(actor.user_id)] * 2


def test_unique_values_change_hands_within_a_range(machines: list[dict[str, Any]], actor: Actor, api: Api) -> None:
    done = Range(actor, ids(machines), "serial", "S1\nS2\nS0").apply()
    assert done.changed == 3
    assert [api.get(f"machine/records/{id_}").json["data"]["serial"] for id_ in ids(machines)] == ["S1", "S2", "S0"]
    assert Range(actor, ids(machines), "serial", "S1\nS1").preview().refused == 1


def test_empty_cells_clear(api: Api, actor: Actor) -> None:
    api.make_object("Machine", {"label": "Size", "type": "NUMBER"})
    record = api.make_record("machine", name="m", size=5)
    done = Range(actor, [record["id"]], "name,size", "m\t").apply()
    assert texts(done) == [[("m", "m"), ("5", "")]]
    assert api.get(f"machine/records/{record['id']}").json["data"]["size"] is None


@pytest.mark.parametrize(
    ("given", "field", "code"),
    [
        ({"rows": []}, "rows", "required"),
        ({"rows": [[]]}, "rows", "required"),
        ({"rows": [["x"]] * 10_001}, "rows", "too_many"),
        ({"rows": [["x", "y"]], "columns": ["name"]}, "rows", "too_wide"),
        ({"columns": ["nothing"]}, "columns", "unknown"),
        ({"rows": [["x", "y"]], "columns": ["name", "name"]}, "columns", "duplicate"),
        ({"records": ["x"]}, "records", "invalid"),
        ({"rows": [["x"], ["y"]], "records": [NOBODY, NOBODY]}, "records", "duplicate"),
    ],
)
def test_ranges_that_are_refused(api: Api, actor: Actor, given: dict[str, Any], field: str, code: str) -> None:
    api.make_object("Machine")
    whole: dict[str, Any] = {"records": [], "columns": ["name"], "rows": [["x"]], "read": as_it_is, **given}
    for function in (paste.preview, paste.apply):
        with pytest.raises(ValidationError) as error:
            function(actor, "machine", **whole)
        assert [(problem.field, problem.code) for problem in error.value.problems] == [(field, code)]


def test_a_text_that_is_too_long() -> None:
    with pytest.raises(ValidationError) as error:
        parse_clipboard("x" * 5_000_001)
    assert error.value.problems[0].code == "max_length"
    with pytest.raises(ValidationError):
        parse_clipboard("x" * 200_000)


def test_who_may(machines: list[dict[str, Any]], actor: Actor, api: Api, rep: User) -> None:
    assert Range(Actor.of_user(rep), ids(machines)[:1], "name", "x").apply().changed == 1
    for scope in (ApiKey.Scope.READ, ApiKey.Scope.WRITE):
        few = Actor(actor.organization_id, actor.user_id, actor.role, frozenset({scope}))
        with pytest.raises(PermissionDenied):
            Range(few, ids(machines)[:1], "name", "x").preview()
    api.patch("machine", {"enableBulkOperations": False})
    with pytest.raises(Conflict):
        Range(actor, ids(machines)[:1], "name", "x").preview()


def test_others_records_are_not_there(machines: list[dict[str, Any]], stranger: User) -> None:
    other = Api(stranger)
    other.make_object("Machine")
    pasted = Range(Actor.of_user(stranger), ids(machines)[:1], "name", "x").preview()
    assert [row.reason for row in pasted.rows] == [paste.GONE]
    with pytest.raises(DomainError):
        Range(Actor.of_user(stranger), ids(machines)[:1], "name", "x").apply()


def test_many_rows_take_as_many_queries_as_few(api: Api, actor: Actor) -> None:
    api.make_object("Account")
    operations = [{"op": "create", "data": {"name": f"a{number}"}} for number in range(200)]
    assert api.post("account/records/bulk", {"operations": operations}).status == 200
    api.make_object("Machine", {"label": "Account", "type": "LOOKUP", "options": {"target": "account"}})
    made = api.post("machine/records/bulk", {"operations": operations}).json["data"]

    def queries(count: int) -> int:
        text = "\n".join(f"b{number}\ta{number}" for number in range(count))
        with CaptureQueriesContext(connection) as caught:
            assert Range(actor, [one["id"] for one in made], "name,account", text).preview().changed == count
        return len(caught)

    queries(30)
    # A bulk asks how large its records are, where these are more than twenty.
    assert queries(40) == queries(200)


def test_more_rows_than_one_bulk_takes(api: Api, actor: Actor) -> None:
    api.make_object("Machine")
    done = Range(actor, [], "name", "\n".join(f"m{number}" for number in range(1_500))).apply()
    assert done.made == 1_500
    assert done.change_id
    assert undo_change(actor, done.change_id).deleted == 1_500

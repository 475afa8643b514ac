"""Records of an older version, whose keys, search texts and unique keys were made in another way."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest
from django.core.management import call_command
from django_tasks_db.models import DBTaskResult

from customobjects.models import CustomObject, Field, Record, UniqueKey
from customobjects.services import rederivation
from customobjects.storage.derivation import DERIVATION
from tests.conftest import Api

COMPOSED, DECOMPOSED = "Zo\u00eb", "Zoe\u0308"
LONG = "a" * 255


def quiet(_line: str) -> None:
    """Nobody wants to know."""


@pytest.fixture
def old(api: Api) -> Api:
    """Records as version 1 kept them: texts as they came, no identities, marks and strokes as they are."""
    options = {"values": [COMPOSED, "x"]}
    api.make_object(
        "Box",
        {"label": "Code", "type": "TEXT", "isUnique": True},
        {"label": "Long", "type": "TEXT", "options": {"maxLength": 4_000}},
        {"label": "Pick", "type": "PICKLIST", "options": options, "defaultValue": COMPOSED},
        {"label": "Call", "type": "PHONE"},
        {"label": "Cost", "type": "NUMBER"},
        {"label": "Day", "type": "DATE"},
        {"label": "No", "type": "AUTO_NUMBER", "isUnique": True, "options": {"format": "INV-{0}"}},
    )
    rows: list[dict[str, Any]] = [
        {"name": "\u0141\u00f3d\u017a", "code": COMPOSED, "long": f"{LONG}1", "cost": "1.50", "day": "2026-01-01"},
        {"name": "Xi\u2019an", "code": "Kim", "long": f"{LONG}2", "call": "+16502530000"},
        {"name": "plain", "code": "plain"},
        {"name": "gone", "code": "gone"},
    ]
    made = [api.make_record("box", **row) for row in rows]
    api.delete(f"box/records/{made[3]['id']}")
    fields = {field.api_name: field for field in Field.objects.all()}
    for record in Record.objects.all():
        keys = {"name": fields["name"].column, "code": fields["code"].column}
        for name, column in keys.items():
            setattr(record, column, record.data[name].lower())
        record.data["code"] = record.data["code"].replace(COMPOSED, DECOMPOSED)
        record.data["pick"] = record.data["pick"].replace(COMPOSED, DECOMPOSED)
        record.overflow, record.search_text = None, "\U000f0001old"
        record.save()
        UniqueKey.objects.filter(record=record, name=str(fields["code"].id)).update(
            digest=hashlib.sha256(record.data["code"].casefold().encode()).digest()
        )
        UniqueKey.objects.filter(record=record, name=str(fields["no"].id)).update(
            digest=hashlib.sha256(record.data["no"].casefold().encode()).digest()
        )
    pick = fields["pick"]
    pick.options["values"][0]["value"] = pick.options["values"][0]["label"] = pick.default_value = DECOMPOSED
    pick.save()
    CustomObject.objects.update(derivation=1, schema_version=50)
    return api


def assert_all_is_found(api: Api) -> None:
    assert api.names("box", search="lodz") == ["\u0141\u00f3d\u017a"]
    assert api.names("box", name__iexact="lodz") == ["\u0141\u00f3d\u017a"]
    assert api.names("box", name__startswith="\u0141") == ["\u0141\u00f3d\u017a"]
    assert api.names("box", search="xi'an 650-253-0000") == ["Xi\u2019an"]
    assert api.names("box", sort="name") == ["\u0141\u00f3d\u017a", "plain", "Xi\u2019an"]
    for code in (COMPOSED, DECOMPOSED, COMPOSED.upper()):
        assert api.names("box", code=code) == ["\u0141\u00f3d\u017a"]
        assert api.post("box/records", {"data": {"name": "x", "code": code}}).problem("data.code") == "duplicate"
    assert api.names("box", long=f"{LONG}2") == ["Xi\u2019an"]
    assert api.names("box", long__iexact=f"{LONG}1".upper()) == ["\u0141\u00f3d\u017a"]
    assert sorted(api.names("box", pick=COMPOSED)) == sorted(["\u0141\u00f3d\u017a", "Xi\u2019an", "plain"])
    assert api.names("box", no="inv-0002") == ["Xi\u2019an"]


def test_an_upgrade_derives_old_records_anew(old: Api, capsys: pytest.CaptureFixture[str]) -> None:
    before = {record.id: (record.version, record.updated_at, record.schema_version) for record in Record.objects.all()}
    assert old.names("box", search="lodz") == []
    call_command("fill", batch=2)
    assert "box: 4 records, done" in capsys.readouterr().out
    assert_all_is_found(old)
    after = {record.id: (record.version, record.updated_at, record.schema_version) for record in Record.objects.all()}
    assert before == after, "what was changed by nobody says so"
    record = old.get("box/records", code=COMPOSED).json["data"][0]
    assert (record["data"]["code"], record["data"]["pick"]) == (COMPOSED, COMPOSED)
    assert (str(record["data"]["cost"]), record["data"]["day"]) == ("1.50", "2026-01-01")
    assert UniqueKey.objects.count() == 6, "of three records; one in the trash has none"
    assert not Record.objects.get(name="gone").search_text.endswith("old")
    field = next(field for field in old.get("box").json["fields"] if field["apiName"] == "pick")
    assert (field["options"]["values"][0]["value"], field["defaultValue"]) == (COMPOSED, COMPOSED)
    call_command("fill")
    assert capsys.readouterr().out == "", "there is nothing more to do"


def test_it_goes_on_where_it_was(old: Api) -> None:
    object_id = CustomObject.objects.get().id
    assert rederivation.rederive_batch(object_id, quiet, batch=1) is True
    assert CustomObject.objects.get().derived_count == 1
    made = old.make_record("box", name="meanwhile", code="meanwhile")
    old.patch(f"box/records/{made['id']}", {"data": {"name": "later"}})
    old.delete(f"box/records/{made['id']}")
    while rederivation.rederive_batch(object_id, quiet, batch=1):
        pass
    assert CustomObject.objects.get().derivation == DERIVATION
    assert_all_is_found(old)


def test_the_background_does_it(old: Api) -> None:
    rederivation.start_unfinished()
    rederivation.start_unfinished()
    task = DBTaskResult.objects.get()
    rederivation.rederive_in_background.call(*task.args_kwargs["args"])
    assert_all_is_found(old)
    DBTaskResult.objects.all().delete()
    rederivation.start_unfinished()
    assert not DBTaskResult.objects.exists()


def test_what_became_a_duplicate_is_told(old: Api, capsys: pytest.CaptureFixture[str]) -> None:
    """Two records that held a text composed and decomposed: one of them goes without the key, and is named."""
    code = Field.objects.get(api_name="code")
    late = Record.objects.get(name="plain")
    late.data["code"] = COMPOSED
    late.save()
    digest = hashlib.sha256(COMPOSED.casefold().encode()).digest()
    UniqueKey.objects.filter(record=late, name=str(code.id)).update(digest=digest)
    first = Record.objects.get(name="\u0141\u00f3d\u017a")
    call_command("fill")
    said = capsys.readouterr().out
    assert f"record {first.id} has the Code Zo\u00eb, which is to be unique, and so has record {late.id}" in said
    # Either can be saved as it is; when the one that was named is changed, all is well.
    assert old.patch(f"box/records/{late.id}", {"data": {"name": "Plain"}}).status == 200
    assert old.patch(f"box/records/{first.id}", {"data": {"name": "First"}}).status == 200
    assert old.patch(f"box/records/{first.id}", {"data": {"code": "other"}}).status == 200
    assert old.post("box/records", {"data": {"name": "x", "code": COMPOSED}}).status == 409


@pytest.mark.parametrize("records", [1, 40])
def test_a_batch_takes_the_same_queries_whatever_it_holds(
    api: Api, records: int, django_assert_num_queries: Any
) -> None:
    api.make_object("Box", {"label": "Code", "type": "TEXT", "isUnique": True})
    for number in range(records):
        api.make_record("box", code=f"\u00e9{number}")
    Record.objects.update(search_text="")
    UniqueKey.objects.update(digest=b"") if records == 1 else UniqueKey.objects.all().delete()
    CustomObject.objects.update(derivation=1)
    object_id = CustomObject.objects.get().id
    # 1. and 2. A transaction within that of the test.
    # 3. The object.
    # 4. Its fields, whose texts are composed.
    # 5. The records.
    # 6. The fields, compiled.
    # 7. The records as they are now.
    # 8. The unique keys that they have.
    # 9. Those that they lack; where there were stale ones, these went before.
    # 10. How far it is.
    with django_assert_num_queries(11 if records == 1 else 10):
        rederivation.rederive_batch(object_id, quiet)


def test_what_folding_loses_comes_behind_the_keys_of_version_2(api: Api) -> None:
    """Which had it in ``overflow``."""
    api.make_object("Box", {"label": "Town", "type": "TEXT"})
    for town in ("Zo\u00eb", "zoe", "Zoe"):
        api.make_record("box", name=town, town=town)
    column = Field.objects.get(api_name="town").column
    for record in Record.objects.all():
        setattr(record, column, "zoe")
        record.overflow = {"=town": "zo\u00eb"} if record.name == "Zo\u00eb" else None
        record.save()
    CustomObject.objects.update(derivation=2)
    rederivation.rederive_all(quiet)
    assert api.names("box", town="ZO\u00cb") == ["Zo\u00eb"]
    assert api.names("box", town="ZOE") == ["Zoe", "zoe"]
    assert api.names("box", town__iexact="zoe", sort="createdAt") == ["Zo\u00eb", "zoe", "Zoe"]
    assert not Record.objects.exclude(overflow=None).exists()

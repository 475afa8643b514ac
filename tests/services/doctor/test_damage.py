"""Each kind of damage: the doctor finds just that, mends it, and finds no more."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import connection
from django_tasks_db.models import DBTaskResult
from uuid_utils.compat import uuid7

from customobjects.models import CustomObject, Field, Record, RecordLink, UniqueKey
from customobjects.services import doctor, heartbeat, searching
from customobjects.services.doctor import others
from salesos.db.connections import execute
from tests.background import work
from tests.conftest import Api
from tests.services.doctor.planting import (
    MENDED,
    change,
    field,
    look,
    lookup_to_nothing,
    needless_key_of_an_empty_value,
    record,
    told,
    unreadable_column,
)

pytestmark = pytest.mark.damages


@pytest.mark.parametrize("plant", MENDED, ids=lambda plant: plant.__name__)
def test_damage_is_found_and_mended(company: Api, plant: Callable[[], str]) -> None:
    versions = dict(Record.objects.values_list("id", "version"))
    what = plant()
    searching.take_in_all(lambda line: None)
    assert (what, 1, False) in told(look())
    if plant not in (unreadable_column, needless_key_of_an_empty_value):
        assert len(look()) == 1
    assert (what, 1, True) in told(look(mend=True))
    work()
    assert look() == []
    assert dict(Record.objects.values_list("id", "version")) == versions, "no value has changed"


def test_all_of_a_large_trash_is_mended(company: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(others, "MOST_AT_ONCE", 1)
    RecordLink.objects.filter(source__custom_object__api_name="contact").delete()
    Record.objects.filter(custom_object__api_name="contact").update(deleted_at=datetime.now(UTC))
    assert told(look(mend=True)) == [("trash: a deleted record still has unique keys", 3, True)]
    assert look() == []


def test_a_lookup_to_nothing_is_emptied(company: Api) -> None:
    what, before = lookup_to_nothing(), record("Zoë 1")
    found = look()
    assert (what, 1, False) in told(found)
    assert found[0].first == [str(before.id)]
    assert all(mended for _what, _count, mended in told(look(mend=True)))
    assert look() == []
    after = record("Zoë 1")
    assert "account" not in after.data
    assert after.version == before.version + 1, "a value has changed, and whoever has read the old one is told"


def test_a_lookup_to_a_deleted_record_is_emptied_or_told(company: Api) -> None:
    Record.objects.filter(name="First").update(deleted_at=datetime.now(UTC))
    UniqueKey.objects.filter(record__name="First").delete()
    both = [
        ("links: account refers to a record that is not there", 3, False),
        (
            "links: boss refers to a record that is not there; change it, as its lookup's rule is not to empty it",
            3,
            False,
        ),
    ]
    assert sorted(told(look())) == both
    assert sorted(told(look(mend=True))) == [(both[0][0], 3, True), both[1]]
    assert told(look()) == [both[1]]
    second = str(record("Second").id)
    for number in range(3):
        company.patch(f"contact/records/{record(f'Zoë {number}').id}", {"data": {"boss": second}})
    searching.take_in_all(lambda line: None)
    assert look() == []


def test_a_value_that_two_records_share_is_a_persons_to_change(company: Api) -> None:
    one, two = record("Zoë 1"), record("Zoë 2")
    UniqueKey.objects.get(record=two).delete()
    change("Zoë 2", data={**two.data, "mail": one.data["mail"]}, **{field("mail").column: "x"})
    first, second = sorted((str(one.id), str(two.id)))
    shared = ("keys: two records share what is to be unique; change one of them", 1, False)
    assert shared in told(look("keys"))
    look(mend=True)
    found = look()
    assert told(found) == [shared]
    assert found[0].first == [f"{first} and {second}"]
    company.patch(f"contact/records/{two.id}", {"data": {"mail": "other@example.com"}})
    searching.take_in_all(lambda line: None)
    assert look() == []


def test_a_key_that_another_record_has_wrongly_changes_hands(company: Api) -> None:
    key = UniqueKey.objects.get(record=record("Zoë 1"))
    UniqueKey.objects.filter(id=key.id).update(record=record("Zoë 2"))
    assert told(look("keys", batch=1)) == [
        ("keys: a unique key is missing", 1, False),
        ("keys: there is a unique key that is none of the record's", 1, False),
    ]
    assert look("keys", mend=True)
    assert look() == []
    assert UniqueKey.objects.get(digest=key.digest, name=key.name).record == record("Zoë 1")


@pytest.mark.parametrize(
    ("key", "value", "what"),
    [
        ("age", "30", "age is not written as its type writes values; save it anew"),
        ("age", True, "age is not written as its type writes values; save it anew"),
        ("born", "1/1/2000", "born is not written as its type writes values; save it anew"),
        ("plain", "", "plain is not written as its type writes values; save it anew"),
        ("plain", None, "plain is not written as its type writes values; save it anew"),
        ("nothing", "x", "data has 'nothing', which is of no field"),
    ],
)
def test_wrong_values_are_told(company: Api, key: str, value: Any, what: str) -> None:
    change("Zoë 1", data={**record("Zoë 1").data, key: value})
    found = look("values", mend=True)
    assert told(found) == [(f"values: {what}", 1, False)]
    assert found[0].first == [str(record("Zoë 1").id)]


def test_data_that_is_no_object_is_told(company: Api) -> None:
    change("Zoë 1", data=[1, 2])
    assert told(look("values", "rows", "keys", "links", "counters")) == [("values: data is no JSON object", 1, False)]


def test_what_is_wrong_with_a_definition_is_told(company: Api) -> None:
    age = field("age")
    Field.objects.filter(id=age.id).update(column="text_12")
    CustomObject.objects.filter(api_name="account").update(primary_field=None)
    Field.objects.filter(api_name="boss").update(target=CustomObject.objects.get(api_name="contact"))
    assert [what for what, _count, _mended in told(look("definition"))] == [
        "definition: no active field of the object is its primary one; choose one (primaryField)",
        "definition: a field has a typed column of another kind",
        "definition: a lookup's target is not the one that its options name",
    ]
    Field.objects.filter(id=age.id).update(type="NONE")
    assert ("definition: a field is of a type that there is not", 1, False) in told(look(mend=True))


def test_the_background_is_asked_for(company: Api) -> None:
    heartbeat.Heartbeat.objects.all().delete()
    assert told(look()) == [("worker: the background has never worked; start manage.py worker", 1, False)]


def test_names_that_follow_wait_for_the_background(company: Api) -> None:
    """A name that is about to be written is not wrong yet; when its task is lost, it is."""
    company.patch("contact", {"primaryField": "account"})
    work()
    searching.take_in_all(lambda line: None)
    assert record("Second").custom_object.names_others
    assert look() == []
    company.patch(f"account/records/{record_of('account', 'First').id}", {"data": {"name": "Renamed"}})
    searching.take_in_all(lambda line: None)
    assert Record.objects.filter(custom_object__api_name="contact", name="First").count() == 3
    assert look() == []
    DBTaskResult.objects.all().delete()
    assert [count for _what, count, _mended in told(look())] == [3, 3, 3], "name, search text and overflow"
    look(mend=True)
    searching.take_in_all(lambda line: None)
    assert look() == []
    assert company.names("contact") == ["Renamed"] * 3


def record_of(object_name: str, name: str) -> Record:
    return Record.objects.get(custom_object__api_name=object_name, name=name)


@pytest.mark.sqlite
class TestTheSearchIndex:
    def test_a_record_that_it_does_not_know_is_found(self, company: Api) -> None:
        execute("DELETE FROM customobjects_search_document WHERE record_id = %s", [record("Zoë 1").id.hex])
        what = "search: the search index does not know the record's text, and it does not wait"
        assert told(look()) == [(what, 1, False)]
        assert told(look(mend=True)) == [(what, 1, True)]
        assert look() == []
        searching.take_in_all(lambda line: None)
        assert look() == []
        assert company.names("contact", search="zoe1@") == ["Zoë 1"]

    def test_one_with_another_text_too(self, company: Api) -> None:
        with connection.cursor() as cursor:
            cursor.execute("DROP TRIGGER customobjects_search_update")
        change("Zoë 1", name="Anna", data={**record("Zoë 1").data, "name": "Anna"})
        assert ("extensions: the search index lacks a table or a trigger", 1, False) in told(look())
        look("extensions", "rows", mend=True)
        change("Anna", search_text=record("Anna").search_text)
        execute("DELETE FROM customobjects_search_waiting", [])
        assert told(look()) == [
            ("search: the search index does not know the record's text, and it does not wait", 1, False)
        ]
        look(mend=True)
        searching.take_in_all(lambda line: None)
        assert look() == []
        assert company.names("contact", search="anna") == ["Anna"]

    def test_what_waits_wrongly_and_what_is_left_behind(self, company: Api) -> None:
        account = CustomObject.objects.get(api_name="account").id.hex
        execute("INSERT INTO customobjects_search_waiting VALUES (%s, %s)", [account, record("Zoë 1").id.hex])
        gone = uuid7()
        number = execute("SELECT max(id) + 1 FROM customobjects_search_document", [])[0][0]
        execute("INSERT INTO customobjects_search_document VALUES (%s, %s, 'gone')", [number, gone.hex])
        execute("INSERT INTO customobjects_search (rowid, text) VALUES (%s, 'gone')", [number])
        found = [
            ("search-index: waits for the search index as a record of another object", 1, False),
            ("search-index: is in the search index, and is no record", 1, False),
        ]
        assert told(look()) == found
        assert told(look(mend=True)) == [(what, count, True) for what, count, _mended in found]
        searching.take_in_all(lambda line: None)
        assert look() == []
        assert execute("SELECT count(*) FROM customobjects_search_document WHERE record_id = %s", [gone.hex]) == [(0,)]


def test_one_of_many_is_found_and_counted(company: Api) -> None:
    ids = sorted(Record.objects.filter(custom_object__api_name="contact").values_list("id", flat=True))
    Record.objects.filter(id__in=ids).update(search_text="")
    searching.take_in_all(lambda line: None)
    said: list[str] = []
    found = doctor.examine(said.append, objects=doctor.examined_objects(name="contact"), only=["rows"], batch=1)
    assert (found[0].count, found[0].first) == (3, [str(id_) for id_ in ids])
    assert str(found[0]) == (
        "Acme/contact: rows: 3 × the search text is not made of the values: " + ", ".join(map(str, ids))
    )
    assert said == [f"Acme/contact: {number} records looked through" for number in (1, 2, 3)]
    assert doctor.examine(said.append, objects=doctor.examined_objects(name="account")) == []


@pytest.mark.parametrize("more", [0, 40])
def test_a_batch_takes_the_same_queries_whatever_it_holds(
    company: Api, more: int, django_assert_num_queries: Any
) -> None:
    target = str(record("Second").id)
    for number in range(more):
        company.make_record("contact", name=f"N{number}", mail=f"n{number}@example.com", account=target)
    searching.take_in_all(lambda line: None)
    # 1. and 2. The ids of the objects, and the one object.
    # 3. Its fields: whether there is one of no known type.
    # 4. and 5. The ids and sizes of the records, and the records.
    # 6. and 7. The object and its fields as they are now.
    # 8. and 9. The links, and what lookups refer to.
    # 10. The unique keys.
    # 11. The counters.
    # 12. What the search index does not know (SQLite).
    with django_assert_num_queries(11 + (connection.vendor == "sqlite")):
        found = doctor.examine(
            lambda line: None,
            objects=doctor.examined_objects(name="contact"),
            only=["values", "links", "rows", "keys", "counters", "search"],
        )
    assert found == []

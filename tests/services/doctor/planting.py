"""Damage, planted behind the services' back. Each function says what the doctor is to find."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from django.db import connection
from uuid_utils.compat import uuid7

from customobjects.models import (
    Activity,
    AutoNumberCounter,
    CustomObject,
    Field,
    Note,
    Record,
    RecordLink,
    UniqueKey,
)
from customobjects.services import doctor, searching
from customobjects.services.doctor import Finding
from salesos.accounts.models import Organization

# (what is found, how often, whether it is mended)
Found = list[tuple[str, int, bool]]


def look(*only: str, mend: bool = False, **options: Any) -> list[Finding]:
    return doctor.examine(
        lambda line: None, objects=doctor.examined_objects(), only=only or doctor.KEYS, mend=mend, **options
    )


def told(findings: list[Finding]) -> Found:
    return [(f"{found.check}: {found.what}", found.count, not found.is_left) for found in findings]


def record(name: str) -> Record:
    return Record.objects.get(name=name, deleted_at=None)


def change(name: str, /, **columns: Any) -> None:
    assert Record.objects.filter(name=name).update(**columns) == 1


def field(name: str) -> Field:
    return Field.objects.get(api_name=name, custom_object__api_name="contact")


def wrong_column() -> str:
    change("Zoë 1", **{field("name").column: "somebody else"})
    return f"rows: the typed column {field('name').column} has a wrong key"


def missing_column() -> str:
    change("Zoë 1", **{field("age").column: None})
    return f"rows: the typed column {field('age').column} has no key"


def needless_column() -> str:
    change("Zoë 1", moment_6=datetime(2026, 1, 1, tzinfo=UTC))
    return "rows: the typed column moment_6 has a needless key"


def unreadable_column() -> str:
    """Only SQLite takes it: its numbers are texts that sort as numbers do."""
    key = "one" if connection.vendor == "sqlite" else "1"
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE customobjects_record SET {field('age').column} = %s WHERE name = 'Zoë 1'", [key])
    return f"rows: the typed column {field('age').column} has a wrong key"


def needless_key_of_an_empty_value() -> str:
    data = record("Zoë 1").data
    del data["born"]
    change("Zoë 1", data=data)
    return f"rows: the typed column {field('born').column} has a needless key"


def wrong_overflow() -> str:
    change("Zoë 1", overflow={"plain": "anything"})
    return "rows: overflow does not have the keys of the values"


def missing_overflow() -> str:
    change("Zoë 1", overflow=None)
    return "rows: overflow does not have the keys of the values"


def needless_overflow() -> str:
    change("Zoë 1", overflow={**record("Zoë 1").overflow, "nothing": "x"})
    return "rows: overflow does not have the keys of the values"


def wrong_name() -> str:
    change("Zoë 1", name="Somebody else")
    return "rows: the name is not what the primary field says"


def wrong_search_text() -> str:
    change("Zoë 1", search_text="\U000f0001somebody else")
    searching.take_in_all(lambda line: None)
    return "rows: the search text is not made of the values"


def other_organization() -> str:
    change("Zoë 1", organization=Organization.objects.create(name="Other"))
    return "rows: the record is another organization's than its object"


def missing_key() -> str:
    UniqueKey.objects.get(record=record("Zoë 1")).delete()
    return "keys: a unique key is missing"


def needless_key() -> str:
    UniqueKey.objects.create(
        custom_object=record("Zoë 1").custom_object, name=field("mail").id, digest=b"1" * 32, record=record("Zoë 1")
    )
    return "keys: there is a unique key that is none of the record's"


def key_of_no_rule() -> str:
    UniqueKey.objects.create(
        custom_object=record("Zoë 1").custom_object, name=uuid7(), digest=b"1" * 32, record=record("Zoë 1")
    )
    return "keys: there is a unique key that is none of the record's"


def foreign_key() -> str:
    own = UniqueKey.objects.get(record=record("Zoë 1"))
    UniqueKey.objects.create(
        custom_object=record("First").custom_object, name=own.name, digest=own.digest, record=record("Zoë 1")
    )
    return "keys: there is a unique key that is none of the record's"


def missing_link() -> str:
    RecordLink.objects.get(source=record("Zoë 1"), field=field("account")).delete()
    return "links: a link is missing"


def needless_link() -> str:
    RecordLink.objects.create(source=record("Zoë 1"), field=field("account"), target=record("Second"))
    return "links: there is a link that no lookup says"


def link_of_another_objects_field() -> str:
    RecordLink.objects.create(source=record("First"), field=field("account"), target=record("Second"))
    return "links: there is a link that no lookup says"


def lookup_to_nothing() -> str:
    data = record("Zoë 1").data
    RecordLink.objects.filter(source=record("Zoë 1"), field=field("account")).delete()
    change("Zoë 1", data={**data, "account": str(uuid7())}, **{field("account").column: None})
    return "links: account refers to a record that is not there"


def counter_behind() -> str:
    AutoNumberCounter.objects.update(next_number=3)
    return "counters: the next number of number is not behind one that was given"


def no_counter() -> str:
    AutoNumberCounter.objects.all().delete()
    return "definition: an auto number has no counter"


def deleted_with_keys() -> str:
    held = UniqueKey.objects.get(record=record("Zoë 1"))
    RecordLink.objects.filter(source=record("Zoë 1")).delete()
    change("Zoë 1", deleted_at=datetime.now(UTC))
    assert held.pk
    return "trash: a deleted record still has unique keys"


def deleted_with_links() -> str:
    UniqueKey.objects.get(record=record("Zoë 1")).delete()
    RecordLink.objects.filter(source=record("Zoë 1"), field=field("account")).delete()
    change("Zoë 1", deleted_at=datetime.now(UTC))
    return "trash: a deleted record still has links"


def names_others() -> str:
    CustomObject.objects.filter(api_name="account").update(names_others=True)
    return "definition: namesOthers is not what the primary fields of all objects say"


def forgotten_filling() -> str:
    Field.objects.filter(id=field("age").id).update(fills_text=True)
    return "tasks: the background has forgotten to fill in what old records lack"


def forgotten_keys() -> str:
    rule = str(field("mail").id)
    CustomObject.objects.filter(api_name="contact").update(key_fillings={rule: {"filledTo": None, "recordsDone": 0}})
    return "tasks: the background has forgotten to make the unique keys of old records"


def forgotten_emptying() -> str:
    Field.objects.filter(id=field("account").id).update(emptying={str(uuid7()): 1_000})
    return "tasks: the background has forgotten to empty lookups to deleted records"


def note_of_another_object() -> str:
    Note.objects.update(custom_object=record("First").custom_object)
    return "notes: a note is another object's or organization's than its record"


def activity_of_another_organization() -> str:
    Activity.objects.update(organization=Organization.objects.create(name="Other"))
    return "notes: an activity is another object's or organization's than its record"


def forgotten_mention() -> str:
    Note.objects.get().mentioned.clear()
    return "notes: a note is found by other people than its text mentions"


def needless_mention() -> str:
    activity = Activity.objects.get()
    assert activity.author is not None
    activity.mentioned.add(activity.author)
    return "notes: an activity is found by other people than its text mentions"


MENDED = [
    wrong_column, missing_column, needless_column, unreadable_column, needless_key_of_an_empty_value,
    wrong_overflow, missing_overflow,
    needless_overflow, wrong_name, wrong_search_text, other_organization, missing_key, needless_key, key_of_no_rule,
    foreign_key, missing_link, needless_link, link_of_another_objects_field, counter_behind, no_counter,
    deleted_with_keys, deleted_with_links, names_others, forgotten_filling, forgotten_keys, forgotten_emptying,
    note_of_another_object, activity_of_another_organization, forgotten_mention, needless_mention,
]  # fmt: skip

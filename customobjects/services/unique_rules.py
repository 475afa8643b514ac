"""Making the keys of records that are there, when something becomes unique, and forgetting those of rules that end.

While an object has few records this is done in the request that asks for it. Where there are more, the rule holds at
once for all that is written from then on, and the background makes the keys of the old records, batch by batch. Where
it finds two records with the same value, the rule ends, and its field, or the key of several fields, says why.

Keys are kept under the rule's name. One that ends or changes its meaning has another name the next time, so that keys
which are not deleted yet mean nothing.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from uuid import UUID

from django_tasks import task
from uuid_utils.compat import uuid7

from customobjects.models import CustomObject, Field, Record, UniqueKey
from customobjects.models.of_object import BY_ID, OfObject
from customobjects.queries.records import nameless
from customobjects.schema import Schema, UniqueRule, read_schema
from customobjects.services import background
from customobjects.services.batches import next_records
from customobjects.services.definitions import lock_for_batch, touch
from customobjects.services.transactions import write
from customobjects.services.uniqueness import MAX_SHOWN, KeyOf, key_of, shown_values, take
from salesos.errors import Conflict, Mention, Problem

logger = logging.getLogger(__name__)

MAX_RECORDS_AT_ONCE = 5_000
MAX_NAMED_DUPLICATES = 5
BATCH_SIZE = 1_000


def rebuild(custom_object: CustomObject, before: Schema) -> None:
    """Make the keys for the rules that are new since ``before``, and forget those of rules that went.

    The caller holds the object's row, so that no record is written meanwhile, and saves it. Raises ``Conflict`` that
    names records which share a value.
    """
    now = read_schema(custom_object)
    there = {rule.name: rule for rule in now.unique_rules}
    ended = [rule for rule in before.unique_rules if rule.name not in there or there[rule.name].meaning != rule.meaning]
    if ended:
        _end(custom_object, ended)
        now = read_schema(custom_object)
    old = {rule.name for rule in before.unique_rules}
    new = [rule for rule in now.unique_rules if rule.name not in old]
    records = Record.objects.filter(OfObject(custom_object.id), deleted_at=None).order_by(*BY_ID)
    if new and records[: MAX_RECORDS_AT_ONCE + 1].count() > MAX_RECORDS_AT_ONCE:
        for rule in new:
            custom_object.key_fillings[rule.name] = {"filledTo": None, "recordsDone": 0}
            fill_keys_in_background.enqueue(str(custom_object.id), rule.name)
        return
    rows = list(records.only("id", "name", "data")) if new else []
    for rule in new:
        if duplicates := _add_keys(custom_object.id, rule, rows):
            raise Conflict(duplicates)


def _end(custom_object: CustomObject, rules: Iterable[UniqueRule]) -> None:
    """Give the next rules of the same fields other names, and forget the keys of these. The caller saves the object."""
    for rule in rules:
        if len(rule.fields) == 1:
            Field.objects.filter(id=rule.fields[0].id).update(unique_key_id=uuid7())
        for key in custom_object.unique_keys:
            if key["id"] == rule.name:
                key["id"] = str(uuid7())
        custom_object.key_fillings.pop(rule.name, None)
        drop_keys(custom_object.id, rule.name)


def _add_keys(object_id: UUID, rule: UniqueRule, records: Sequence[Record]) -> list[Problem]:
    """Make the keys that some records need for a rule. Returns the first duplicates, with the names of both."""
    wanted: dict[KeyOf, Record] = {}
    shared: list[tuple[Record, Record]] = []
    for record in records:
        key = key_of(rule, record.data)
        if key is not None and wanted.setdefault(key, record) is not record:
            shared.append((wanted[key], record))
    held = take(object_id, {key: record.id for key, record in wanted.items()})
    others = Record.objects.in_bulk(set(held.values()))
    shared += [(others[id_], wanted[key]) for key, id_ in held.items()]
    return [_duplicate(rule, *pair) for pair in shared[:MAX_NAMED_DUPLICATES]]


def _duplicate(rule: UniqueRule, first: Record, second: Record) -> Problem:
    mentions = tuple(
        Mention(record.name[:MAX_SHOWN] or nameless(record.id), str(record.custom_object_id), str(record.id))
        for record in (first, second)
    )
    both = " and ".join(mention.text for mention in mentions)
    message = f"{_names_of(rule)} cannot become unique, as two records have {shown_values(rule, second.data)}: {both}"
    return Problem("isUnique" if len(rule.fields) == 1 else "uniqueKeys", "duplicate", message, mentions)


def _names_of(rule: UniqueRule) -> str:
    return " and ".join(field.api_name for field in rule.fields)


@task()
def fill_keys_in_background(object_id: str, rule_name: str) -> None:
    """Make the keys of old records for a rule: what a worker runs."""
    background.work(
        lambda: fill_keys_batch(UUID(object_id), rule_name),
        again=lambda: fill_keys_in_background.enqueue(object_id, rule_name),
    )


@write
def fill_keys_batch(object_id: UUID, rule_name: str) -> bool:
    """Make the keys of the next records for a rule, in one transaction. Returns whether there is more to do."""
    custom_object = lock_for_batch(id=object_id)
    progress = custom_object.key_fillings.get(rule_name) if custom_object else None
    if custom_object is None or progress is None:
        return False
    rule = next((rule for rule in read_schema(custom_object).unique_rules if rule.name == rule_name), None)
    if rule is None:
        # Its field was deleted meanwhile.
        return False
    records = Record.objects.filter(OfObject(custom_object.id), deleted_at=None)
    rows = next_records(records, progress["filledTo"], BATCH_SIZE)
    if duplicates := _add_keys(object_id, rule, rows):
        _give_up(custom_object, rule, duplicates[0])
        return False
    progress["recordsDone"] += len(rows)
    if len(rows) == BATCH_SIZE:
        progress["filledTo"] = str(rows[-1].id)
        custom_object.save(update_fields=["key_fillings"])
    else:
        del custom_object.key_fillings[rule_name]
        touch(custom_object)
    logger.info("%s of %s: keys of %d records", _names_of(rule), custom_object.api_name, progress["recordsDone"])
    return len(rows) == BATCH_SIZE


def _give_up(custom_object: CustomObject, rule: UniqueRule, problem: Problem) -> None:
    """End a rule that records do not keep, and say why at its field, or at the key of several."""
    if len(rule.fields) == 1:
        Field.objects.filter(id=rule.fields[0].id).update(is_unique=False)
        subject = str(rule.fields[0].id)
    else:
        subject = ",".join(sorted(str(field.id) for field in rule.fields))
        custom_object.unique_keys = [key for key in custom_object.unique_keys if key["id"] != rule.name]
    _end(custom_object, [rule])
    custom_object.key_fillings[subject] = {"problem": problem.message}
    touch(custom_object)


def drop_keys(object_id: UUID, rule_name: str) -> None:
    """Forget the keys of a rule that holds no longer: many of them in the background."""
    if _drop_batch(object_id, rule_name):
        drop_keys_in_background.enqueue(str(object_id), rule_name)


@task()
def drop_keys_in_background(object_id: str, rule_name: str) -> None:
    """Forget the keys of a rule that holds no longer: what a worker runs."""
    background.work(
        lambda: _drop_batch(UUID(object_id), rule_name),
        again=lambda: drop_keys_in_background.enqueue(object_id, rule_name),
    )


def _drop_batch(object_id: UUID, rule_name: str) -> bool:
    keys = UniqueKey.objects.filter(custom_object_id=object_id, name=rule_name)
    ids = list(keys.values_list("id", flat=True)[:BATCH_SIZE])
    UniqueKey.objects.filter(id__in=ids).delete()
    return len(ids) == BATCH_SIZE

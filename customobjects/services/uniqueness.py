"""Unique values. The database's constraint on ``UniqueKey`` decides; this room asks it, and says who was first.

A key is of one field or of several together. It is kept as a digest of the values' ``identity``; where one of the
values is empty there is no key.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from itertools import chain
from typing import Any
from uuid import UUID

from customobjects import access
from customobjects.models import UniqueKey
from customobjects.queries.records import names_of_records, names_of_users
from customobjects.schema import Schema, UniqueRule
from customobjects.services.pending_writes import PendingWrite
from customobjects.storage.rows import insert_keys
from salesos import json
from salesos.accounts.actor import Actor
from salesos.errors import MAX_ALTERNATIVES, Conflict, Mention, Problem

MAX_ATTEMPTS = 3
# How much of a name or a value a message shows.
MAX_SHOWN = 80

KeyOf = tuple[str, bytes]


def key_of(rule: UniqueRule, data: Mapping[str, Any]) -> KeyOf | None:
    """The name and digest that values have among their object's unique keys, or None where one is empty."""
    texts = []
    for field in rule.fields:
        value = data.get(field.data_key)
        if value is None:
            return None
        texts.append(field.type.identity(value))
    joined = texts[0] if len(texts) == 1 else json.dumps(texts)
    return rule.name, hashlib.sha256(joined.encode()).digest()


def keys_of(schema: Schema, data: Mapping[str, Any]) -> dict[KeyOf, UniqueRule]:
    """The unique keys of a record that holds ``data``, deactivated fields' among them, and the rules they are of."""
    found = ((key_of(rule, data), rule) for rule in schema.unique_rules)
    return {key: rule for key, rule in found if key is not None}


def find_rule(schema: Schema, names: Iterable[str]) -> UniqueRule | None:
    """The rule of the fields with these names (ids or apiNames), in any order, or None."""
    wanted = sorted(found.api_name if (found := schema.find(name)) else name for name in names)
    rules = schema.unique_rules
    return next((rule for rule in rules if sorted(part.api_name for part in rule.fields) == wanted), None)


def rules_in_words(schema: Schema) -> str:
    """What an object's records can be found by: ``code; site and number``."""
    named = [" and ".join(part.api_name for part in rule.fields) for rule in schema.unique_rules]
    return "; ".join([*named[:MAX_ALTERNATIVES], *(["more"] if len(named) > MAX_ALTERNATIVES else [])]) or "none"


def claim(actor: Actor, schema: Schema, writes: Sequence[PendingWrite], *, all_or_nothing: bool = False) -> set[UUID]:
    """Take the unique keys of what the writes are to hold, and give up those that they no longer need.

    Where either all writes are stored or none, what one of them gives up another one may take, whichever comes first.

    Safe against every other process: who comes second waits for the first to end. A pending write whose value is
    taken gets a ``Conflict`` that names the record which has it; or, where the record was to get a number with it,
    the fields in ``taken_numbers``, and no key. Returns the ids of the records that stood in the way.
    """
    if not schema.unique_rules:
        return set()
    wanted: dict[KeyOf, PendingWrite] = {}
    gone: dict[UUID, set[KeyOf]] = {}
    in_the_way: set[UUID] = set()
    for pending in writes:
        keys, held = keys_of(schema, pending.data), keys_of(schema, pending.current)
        if lost := held.keys() - keys.keys():
            gone[pending.id] = lost
        new = keys.keys() - held.keys()
        if shared := [key for key in new if key in wanted]:
            first = wanted[shared[0]]
            # What is not written yet has no page to lead to.
            name = first.name(schema)[:MAX_SHOWN] if access.can_read(actor, schema) else ""
            pending.error = Conflict([_taken(actor, schema, keys[shared[0]], pending.data, name)])
            in_the_way.add(first.id)
        else:
            wanted |= dict.fromkeys(new, pending)
    if all_or_nothing and (moved := wanted.keys() & set(chain.from_iterable(gone.values()))):
        _give_up({id_: keys & moved for id_, keys in gone.items() if keys & moved})
    in_the_way |= _insert(actor, schema, wanted)
    _give_up({pending.id: gone[pending.id] for pending in writes if pending.error is None and pending.id in gone})
    return in_the_way


def _insert(actor: Actor, schema: Schema, wanted: Mapping[KeyOf, PendingWrite]) -> set[UUID]:
    missing = dict(wanted)
    inserted: dict[UUID, set[KeyOf]] = {}
    in_the_way: set[UUID] = set()
    rules = {rule.name: rule for rule in schema.unique_rules}
    for _ in range(MAX_ATTEMPTS):
        if not missing:
            break
        for key in insert_keys((schema.id, *key, pending.id) for key, pending in missing.items()):
            inserted.setdefault(missing.pop(key).id, set()).add(key)
        found = holders(schema.id, missing)
        for key in list(found):
            if numbers := _new_numbers(rules[key[0]], missing[key]):
                missing.pop(key).taken_numbers |= numbers
                del found[key]
        shown = names_of_records(actor, map(str, found.values()))
        for key, holder in found.items():
            pending = missing.pop(key)
            # One that does not exist for the actor stays unnamed.
            name = shown.get(str(holder), "")[:MAX_SHOWN]
            mentions = (Mention(name, str(schema.id), str(holder)),) if name else ()
            problem = _taken(actor, schema, rules[key[0]], pending.data, name, mentions)
            pending.error = Conflict([*(pending.error.problems if pending.error else ()), problem])
            in_the_way.add(holder)
        # A key that nobody holds was given up by its holder in between.
    for pending in missing.values():
        message = "unique values changed hands too often at this moment; try again"
        pending.error = pending.error or Conflict.of(message, code="busy")
    failed = {pending.id for pending in wanted.values() if pending.error is not None or pending.taken_numbers}
    _give_up({id_: keys for id_, keys in inserted.items() if id_ in failed})
    return in_the_way


def _new_numbers(rule: UniqueRule, pending: PendingWrite) -> set[UUID]:
    """The fields of a rule from which the record of a pending write is to get a number. A restored one has its own."""
    if pending.restores:
        return set()
    return {
        field.id
        for field in rule.fields
        if field.type.first_number is not None and field.data_key not in pending.current
    }


def holders(object_id: UUID, keys: Iterable[KeyOf]) -> dict[KeyOf, UUID]:
    """The ids of the records that hold some keys."""
    wanted = set(keys)
    if not wanted:
        return {}
    rows = UniqueKey.objects.filter(
        custom_object_id=object_id,
        name__in={name for name, _digest in wanted},
        digest__in=[digest for _name, digest in wanted],
    ).values_list("name", "digest", "record_id")
    found = {(name, bytes(digest)): id_ for name, digest, id_ in rows}
    return {key: id_ for key, id_ in found.items() if key in wanted}


def _give_up(gone: Mapping[UUID, set[KeyOf]]) -> None:
    if not gone:
        return
    digests = [digest for keys in gone.values() for _name, digest in keys]
    rows = UniqueKey.objects.filter(record_id__in=gone, digest__in=digests).values_list(
        "id", "record_id", "name", "digest"
    )
    ids = [id_ for id_, record_id, name, digest in rows if (name, bytes(digest)) in gone[record_id]]
    UniqueKey.objects.filter(id__in=ids).delete()


def taken(actor: Actor, schema: Schema, data: Mapping[str, Any], *, but: UUID | None = None) -> list[Problem]:
    """What would be wrong with a record that is to hold ``data`` (by ``data_key``), as others have its unique values.

    ``but`` is the record itself. Nothing is written or locked: it is what is so now. Two queries, and two more for the
    names of what the values refer to.
    """
    keys = keys_of(schema, data)
    held = {key: id_ for key, id_ in holders(schema.id, keys).items() if id_ != but}
    names = names_of_records(actor, map(str, held.values()))
    problems = []
    for key, id_ in held.items():
        name = names.get(str(id_), "")[:MAX_SHOWN]
        mentions = (Mention(name, str(schema.id), str(id_)),) if name else ()
        problems.append(_taken(actor, schema, keys[key], data, name, mentions))
    return problems


def _taken(
    actor: Actor,
    schema: Schema,
    rule: UniqueRule,
    data: Mapping[str, Any],
    name: str,
    mentions: tuple[Mention, ...] = (),
) -> Problem:
    """What is wrong with values of which another record has one; ``name`` is that one's, or empty."""
    ids = [id_ for field in rule.fields for id_ in field.ids(data)]
    names = {**names_of_records(actor, ids), **names_of_users(actor, ids)} if ids else {}
    message = f"another {schema.name} has {shown_values(rule, data, names)}" + (f": {name}" if name else "")
    return Problem(f"data.{rule.fields[0].api_name}", "duplicate", message, mentions)


def shown_values(rule: UniqueRule, data: Mapping[str, Any], names: Mapping[str, str] | None = None) -> str:
    """The values that a rule is about, as messages show them: ``the Site North and the Number 7``."""
    shown = ((field.label, field.type.display(data[field.data_key], names)[:MAX_SHOWN]) for field in rule.fields)
    return " and ".join(f"the {label} {text}" for label, text in shown)


def withdraw(schema: Schema, writes: Iterable[PendingWrite]) -> None:
    """Give up the keys that were claimed for writes which are going to claim others instead."""
    claimed = {p.id: keys_of(schema, p.data).keys() - keys_of(schema, p.current).keys() for p in writes}
    _give_up({id_: keys for id_, keys in claimed.items() if keys})


def restore(schema: Schema, writes: Sequence[PendingWrite]) -> None:
    """Give up what was claimed for writes that are not stored after all, and have their records keep what they held."""
    withdraw(schema, writes)
    given_up = {key: p.id for p in writes for key in keys_of(schema, p.current).keys() - keys_of(schema, p.data).keys()}
    take(schema.id, given_up)


def take(object_id: UUID, wanted: Mapping[KeyOf, UUID]) -> dict[KeyOf, UUID]:
    """Store unique keys, each for the record that is to have it. Returns those that others hold, and who.

    What a record has already, stays its own. One that its holder gives up meanwhile, is stored after all.
    """
    missing, held = dict(wanted), {}
    while missing:
        for key in insert_keys((object_id, *key, id_) for key, id_ in missing.items()):
            del missing[key]
        for key, id_ in holders(object_id, missing).items():
            if missing.pop(key) != id_:
                held[key] = id_
    return held


def renew(schema: Schema, values: Mapping[UUID, Mapping[str, Any]]) -> list[str]:
    """Give records the unique keys that their values make now, in place of those they have.

    Returns a sentence for each that another record holds, and keeps: the one that comes to have the same goes without.
    """
    if not schema.unique_rules or not values:
        return []
    wanted = {(id_, key): rule for id_, data in values.items() for key, rule in keys_of(schema, data).items()}
    rows = UniqueKey.objects.filter(record_id__in=list(values)).values_list("id", "record_id", "name", "digest")
    held = {(record_id, (name, bytes(digest))): id_ for id_, record_id, name, digest in rows}
    UniqueKey.objects.filter(id__in=[id_ for key, id_ in held.items() if key not in wanted]).delete()
    missing: dict[KeyOf, UUID] = {}
    late: list[tuple[UUID, KeyOf]] = []
    for id_, key in sorted(wanted.keys() - held.keys()):
        if missing.setdefault(key, id_) != id_:
            late.append((id_, key))
    held_by = take(schema.id, missing)
    late += [(missing[key], key) for key in held_by]
    holding = {**missing, **held_by}
    return [
        f"record {id_} has {shown_values(rule, values[id_])}, which is to be unique, and so has record "
        f"{holding[key]}; change record {id_}"
        for id_, key, rule in [(*pair, wanted[pair]) for pair in sorted(late)]
    ]


def release(record_ids: Iterable[UUID]) -> None:
    """Give up all unique keys of records that are deleted."""
    UniqueKey.objects.filter(record_id__in=list(record_ids)).delete()

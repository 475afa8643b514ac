"""Columns whose texts are what users or records of another object are known by: those are to refer to them."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice

from customobjects import access
from customobjects.fieldtypes import ValueProblem
from customobjects.fieldtypes.options import storable
from customobjects.models import CustomObject
from customobjects.queries.nameable import people_with_emails
from customobjects.queries.objects import with_fields
from customobjects.schema import Schema, UniqueRule, read_schema
from customobjects.services import uniqueness
from customobjects.services.table_import.plans import ColumnPlan
from customobjects.services.table_import.proposals import Column
from customobjects.services.uniqueness import KeyOf
from salesos.accounts.actor import Actor
from salesos.accounts.models import normalized_email

# So many different texts of a column are looked for, in so many objects.
LOOKED_FOR = 200
MAX_OBJECTS = 100
# At least so many different ones, of which so many are found, make a lookup.
LEAST_TEXTS = 3
LEAST_SHARE = 0.9
# Texts of these types say which record is meant; a quantity that is one by chance does not.
TYPES_THAT_NAME = frozenset({"TEXT", "EMAIL", "AUTO_NUMBER"})


def propose_users(actor: Actor, columns: Sequence[Column], plans: Sequence[ColumnPlan]) -> None:
    """Plan User fields for the columns of e-mail addresses, nearly all of which are those of active users and of people
    who are invited.

    One query, or none where no column has addresses.
    """
    addresses = {
        place: {normalized_email(text) for text in _some(columns[place], plan) if storable(text)}
        for place, plan in enumerate(plans)
        if plan.type == "EMAIL"
    }
    wanted = {address for of_column in addresses.values() for address in of_column}
    if not wanted:
        return
    known = {person.email for person in people_with_emails(actor, wanted)}
    for place, of_column in addresses.items():
        if of_column and len(of_column & known) >= LEAST_SHARE * len(of_column):
            # Most people have several of what a table lists.
            plans[place].type, plans[place].is_unique = "USER", False


def propose_lookups(actor: Actor, columns: Sequence[Column], plans: Sequence[ColumnPlan]) -> None:
    """Plan lookups for the columns whose texts are values of another object's unique field, in nearly all.

    Two queries, and one for each object that has such a field.
    """
    open_ = {
        place: _some(columns[place], plan)
        for place, plan in enumerate(plans)
        if plan.type in ("TEXT", "PICKLIST", "EMAIL")
    }
    open_ = {place: texts for place, texts in open_.items() if len(texts) >= LEAST_TEXTS}
    if not open_:
        return
    objects = access.visible_objects(actor).filter(is_active=True).order_by("name", "id")
    for custom_object in with_fields(objects)[:MAX_OBJECTS]:
        schema = read_schema(custom_object)
        for rule in schema.unique_rules:
            if _names_records(rule):
                _plan(custom_object, rule, schema, open_, plans)


def _some(column: Column, plan: ColumnPlan) -> list[str]:
    """The different texts of a column that are looked for."""
    return [text for text in islice(column.counts, LOOKED_FOR) if text not in plan.missing]


def _plan(
    custom_object: CustomObject,
    rule: UniqueRule,
    schema: Schema,
    open_: dict[int, list[str]],
    plans: Sequence[ColumnPlan],
) -> None:
    """Plan lookups to an object by one of its unique fields. What gets one is no longer open."""
    keys = {place: _keys(rule, texts) for place, texts in open_.items()}
    held = uniqueness.holders(schema.id, {key for of_column in keys.values() for key in of_column})
    for place, of_column in keys.items():
        if sum(key in held for key in of_column) >= LEAST_SHARE * len(open_[place]):
            plans[place].look_up(custom_object.api_name, rule.fields[0].api_name)
            del open_[place]


def _keys(rule: UniqueRule, texts: Sequence[str]) -> list[KeyOf]:
    field = rule.fields[0]
    keys = []
    for text in texts:
        try:
            key = uniqueness.key_of(rule, {field.data_key: field.type.clean(text)})
        except ValueProblem:
            continue
        if key is not None:
            keys.append(key)
    return keys


def lookup_ways(actor: Actor) -> list[tuple[CustomObject, str, str]]:
    """What texts are looked up by: objects, each with the apiName and label of a unique field of it. Two queries."""
    objects = access.visible_objects(actor).filter(is_active=True).order_by("name", "id")
    return [
        (custom_object, rule.fields[0].api_name, rule.fields[0].label)
        for custom_object in with_fields(objects)[:MAX_OBJECTS]
        for rule in read_schema(custom_object).unique_rules
        if _names_records(rule)
    ]


def _names_records(rule: UniqueRule) -> bool:
    """Whether a rule is about one field whose texts say which record is meant."""
    return len(rule.fields) == 1 and rule.is_filled and rule.fields[0].type.key in TYPES_THAT_NAME

"""Records and people by what somebody calls them: a name or a unique value, in any case, or an e-mail address."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import Q, QuerySet
from django.db.models.functions import Lower

from customobjects import access
from customobjects.fieldtypes.folding import caseless, composed
from customobjects.fieldtypes.options import storable
from customobjects.models import Record
from customobjects.queries.nameable import Person, with_invited
from customobjects.queries.objects import as_uuid
from customobjects.queries.subjects import Subject, name_subject
from customobjects.schema import Schema, SchemaField
from salesos.accounts.actor import Actor

# The program form of what somebody wrote as a value of a field, in their own language. Raises ``ValueError``.
Read = Callable[[SchemaField, str], str]
# What some texts mean, each the ids of all that are called so. Two are enough to tell that it is not clear.
Called = Mapping[str, list[UUID]]
# So many records are read at once, beside two for each text.
SOME = 1_000


def records_called(actor: Actor, schema: Schema, texts: Iterable[str], read: Read) -> Called:
    """The records of an object that exist for the actor, by their name or by the value of a unique field.

    A query for the name, and one for each unique field; more where many records share one name.
    """
    wanted = {text for text in texts if storable(text)}
    subjects = {subject.cache_key: subject for subject in _subjects(schema)}
    found: dict[str, list[UUID]] = {text: [] for text in wanted}
    for subject in subjects.values():
        for text, ids in _by_subject(access.visible_records(actor, schema), subject, wanted, read).items():
            found[text] = list(dict.fromkeys([*found[text], *ids]))
    return found


def _subjects(schema: Schema) -> Iterable[Subject]:
    """What records can be called by: what names them, and each field of theirs that is unique by itself."""
    named = name_subject(schema)
    if named is not None and named.type.column is not None:
        yield named
    for rule in schema.unique_rules:
        if len(rule.fields) == 1 and rule.fields[0].api_name in schema.by_name:
            yield Subject.of_field(rule.fields[0])


def _by_subject(records: QuerySet[Record], subject: Subject, texts: Iterable[str], read: Read) -> dict[str, list[UUID]]:
    """The first ids, two at most, of the records whose value each text is."""
    wanted: dict[Any, list[_Wanted]] = defaultdict(list)
    for text in texts:
        try:
            one = _Wanted.of(subject, text, read)
        except ValueError:  # and so ``ValueProblem``: it is no value of this field
            continue
        wanted[one.key].append(one)
    found: dict[str, list[UUID]] = defaultdict(list)
    keyed = records.annotate(own_key=subject.key(), own_text=subject.text()).order_by("id")
    while wanted:
        most = 2 * len(wanted) + SOME
        read_now: dict[str, list[UUID]] = defaultdict(list)
        rows = list(keyed.filter(own_key__in=list(wanted)).values_list("id", "own_key", "own_text")[:most])
        for id_, key, text in rows:
            for one in wanted.get(key, ()):
                if one.identity is None or one.identity == subject.type.identity(text):
                    read_now[one.text].append(id_)
        found |= {text: ids[:2] for text, ids in read_now.items()}
        if len(rows) < most:
            break
        # Of those that have so many, enough is known. There may be more of the others.
        wanted = {key: ones for key, ones in wanted.items() if any(len(read_now[one.text]) < 2 for one in ones)}
    return found


class _Wanted(NamedTuple):
    """A text that a record may be called by: the key of the value that it means, and where that does not tell all, the
    identity."""

    text: str
    key: Any
    identity: str | None

    @classmethod
    def of(cls, subject: Subject, text: str, read: Read) -> _Wanted:
        """Raises ``ValueError`` for a text that is no value of the subject's field."""
        assert subject.field is not None
        value = subject.type.parse(subject.type.from_cell(read(subject.field, text)))
        is_told = subject.type.is_told(value)
        return cls(text, subject.key_operand(value).value, None if is_told else subject.type.identity(value))


def users_called(actor: Actor, texts: Iterable[str]) -> Called:
    """The people that records can name, by their e-mail address or their name. One query, or none for none."""
    wanted = {text: caseless(composed(text.strip())) for text in texts if storable(text)}
    if not wanted:
        return {}
    users = access.visible_users(actor).alias(any_case=Lower("name"))
    users = users.filter(Q(email__in=wanted.values()) | Q(any_case__in=wanted.values()) | Q(name__in=wanted))
    people = with_invited(users, access.invited(actor).filter(email__in=wanted.values()))
    ids: dict[str, list[UUID]] = defaultdict(list)
    for person in map(Person._make, people):
        for called in {person.email, caseless(composed(person.name))}:
            ids[called].append(person.id)
    return {text: ids.get(called, []) for text, called in wanted.items()}


def texts_that_name_people(actor: Actor, texts: Sequence[str]) -> set[str]:
    """Those of some texts that each name one of the people that records can name, by address or name.

    An id is not looked for. One query, or none for none.
    """
    ids = {text for text in texts if as_uuid(text) is not None}
    called = users_called(actor, (text for text in texts if text not in ids))
    return ids | {text for text, found in called.items() if len(found) == 1}

"""What a deletion does to others, in sentences, before it is done."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.text import get_text_list

from customobjects.queries.totals import Total, records_in_words
from customobjects.services.deletion import Effect
from customobjects.services.naming import plural
from customobjects.web.languages import Language


def counted(total: Total, name: str, names: str = "") -> str:
    """How many there are of something: ``3 saved views``, ``more than 10,000 notes``. ``names`` is its plural."""
    number = total.number or 0
    called = name if number == 1 and not total.is_lower_bound else names or plural(name)
    words = f"{Language.current().number(number)} {called}"
    return f"more than {words}" if total.is_lower_bound else words


def of_objects(names: Sequence[str], records: Sequence[tuple[int, int]]) -> str:
    """What deleting objects together does: ``This deletes Assets and Sites, with all fields and 158 records, …``.

    ``names`` are their plurals; ``records`` has how many go with each: its own, and those of other objects.
    """
    own, along = (sum(counts) for counts in zip(*records, strict=True))
    what = f"{get_text_list(list(names), 'and')}, with all fields and {in_words(own)}"
    return (
        f"This deletes {what}, those that were added since among them{of_others(along)}. "
        "All of it can be restored from the trash."
    )


def in_words(count: int) -> str:
    """How many records go: ``1,234 records``."""
    return records_in_words(count, Language.current().number)


def of_others(along: int) -> str:
    """What is said of the records of other objects that go along, behind those that are said to go, if any do."""
    return f", and along with them {in_words(along)} of other objects" if along else ""


def of_effect(effect: Effect) -> str:
    """What deleting a record does to those of an object: ``3 Jobs will lose their Asset.``"""
    who = counted(effect.records, effect.custom_object.name, effect.custom_object.plural_name)
    is_one = effect.records == Total(1)
    if effect.field is None:
        return f"{who} {'is' if is_one else 'are'} deleted with it."
    label = effect.field.label
    if effect.on_delete == "restrict":
        does, which = ("keeps", "that") if is_one else ("keep", "those")
        return f"{who} {does} it from being deleted, by the field {label}: change or delete {which} first."
    if effect.field.options["multiple"]:
        return f"{who} will no longer have it among {'its' if is_one else 'their'} {label}."
    return f"{who} will lose {'its' if is_one else 'their'} {label}."

"""What a deletion does to others, in sentences, before it is done."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.utils.text import get_text_list

from customobjects.queries.totals import Total, records_in_words
from customobjects.services.deletion import Effect, Lost
from customobjects.services.naming import plural
from customobjects.web.languages import Language

# Why what others lose does not come back.
WHY: Mapping[Lost, str] = {
    Lost.NO_HISTORY: "that needs a history of both objects that is kept as long as the trash",
    Lost.TOO_MANY: "there are too many",
}


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


def of_restoring(along: int) -> str:
    """What restoring a record from the trash brings back beside it."""
    also = ", and what goes along comes back with it" if along else ""
    return f"Restored from the trash, it has all its values and links again{also}."


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
    whose = "its" if is_one else "their"
    loses = f"will no longer have it among {whose}" if effect.field.options["multiple"] else f"will lose {whose}"
    if effect.stays_lost is None:
        return f"{who} {loses} {label}, and {'gets' if is_one else 'get'} it back if it is restored."
    back = f"{'does' if is_one else 'do'} not get it back if it is restored"
    return f"{who} {loses} {label}, and {back}: {WHY[effect.stays_lost]}."

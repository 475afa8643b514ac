"""Form controls as data: a type or an option says which control it wants, and a page makes it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class ReferenceKind(StrEnum):
    """What an id can be of."""

    OBJECT = "object"
    RECORD = "record"
    USER = "user"


class Widget(StrEnum):
    """The kinds of form controls, by the names of HTML where it has one."""

    INPUT = "input"
    CHECKBOX = "checkbox"
    TEXTAREA = "textarea"
    SELECT = "select"
    SELECT_MULTIPLE = "select multiple"
    CHECKBOXES = "checkboxes"
    # The values of a picklist, each with its label, colour and place: lines of text with an editor for them.
    CHOICES = "choices"
    # Conditions on records, each a field, an operator and a value: an editor of rows.
    CONDITIONS = "conditions"


class Notation(StrEnum):
    """How people write what is in a control; numbers and times are written differently in each language."""

    PLAIN = "text"
    NUMBER = "number"
    DAY = "date"
    MOMENT = "date and time"


@dataclass(frozen=True, kw_only=True)
class FormControl:
    """One control of a form.

    ``attributes`` are those of the HTML element, the ``type`` of an input among them. ``choices`` are pairs of a value
    and its label; where the choices are objects, records or users, ``choices_from`` says so, and the page finds them.

    With another ``notation`` than ``PLAIN``, the control shows and takes the text of a value as people write it in
    their language; its program form is ISO 8601, or a number's digits with a point. ``example`` is a right value in
    that form, and ``units`` are what people may write beside a number.
    """

    widget: Widget = Widget.INPUT
    attributes: Mapping[str, Any] = field(default_factory=dict)
    choices: Iterable[tuple[str, str]] = ()
    choices_from: ReferenceKind | None = None
    help_text: str = ""
    notation: Notation = Notation.PLAIN
    example: str = ""
    units: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class DisplayPart:
    """A piece of what a person sees of a value.

    It may lead to an address (``link``) or to a record (``record_id``), or be a chip of a ``color`` such as #2563eb or
    ``neutral``. It may have an ``icon`` before its text, or be the name of a person.

    With another ``notation`` than ``PLAIN``, it has no ``text`` yet: a page writes it as people do in their language.
    ``value`` is its program form, as in a ``FormControl``, and ``unit`` is a currency's code, ``%`` or nothing.
    """

    text: str = ""
    link: str = ""
    record_id: str = ""
    color: str = ""
    icon: str = ""
    is_person: bool = False
    notation: Notation = Notation.PLAIN
    value: str = ""
    unit: str = ""

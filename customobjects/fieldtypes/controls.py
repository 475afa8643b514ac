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


@dataclass(frozen=True, kw_only=True)
class FormControl:
    """One control of a form.

    ``attributes`` are those of the HTML element, the ``type`` of an input among them. ``choices`` are pairs of a value
    and its label; where the choices are objects, records or users, ``choices_from`` says so, and the page finds them.
    """

    widget: Widget = Widget.INPUT
    attributes: Mapping[str, Any] = field(default_factory=dict)
    choices: Iterable[tuple[str, str]] = ()
    choices_from: ReferenceKind | None = None
    help_text: str = ""

"""Names: apiNames made from people's names, those that cannot be taken, and plurals."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Container
from typing import Literal

import inflection
import re2
from anyascii import anyascii
from django.utils.text import slugify

from customobjects.models import CustomObject, Field
from customobjects.schema import Schema
from customobjects.services.reserved_names import reserved_names
from salesos.errors import Conflict, Problem, ValidationError

MAX_LENGTH = 60
API_NAME = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*", re.ASCII)
ENDS_IN_LATIN = re2.compile(r"(?s).*\p{Latin}")

# What has an apiName. A name that says nothing gets the first free one that begins with this word.
Kind = Literal["object", "field"]


def derive(name: str, fallback: str) -> str:
    """An apiName made from a person's name: ``Support Case`` is ``support_case``, ``3D Model`` is ``n3d_model``.

    Other scripts are transliterated: ``Straße`` is ``strasse``, ``Договор`` is ``dogovor``. A name without a letter or
    a digit of any script gives ``fallback``.
    """
    latin = re.sub(r"([a-z])([A-Z])", r"\1_\2", anyascii("".join(map(_readable, name))))
    text = re.sub(r"[^a-z0-9]+", "_", slugify(latin)).strip("_")
    if text[:1].isdigit():
        text = f"n{text}"
    return text[:MAX_LENGTH].rstrip("_") or fallback


def _readable(character: str) -> str:
    """A character that says something: emoji and other symbols part words, and invisible ones are nothing."""
    category = unicodedata.category(character)
    return " " if category.startswith("S") else "" if category == "Cf" else character


def free(name: str, taken: Container[str], reserved: Container[str]) -> str:
    """``name``, or the first of ``name_2``, ``name_3`` … that is neither taken nor reserved."""
    candidate, number = name, 1
    while candidate in taken or candidate in reserved:
        number += 1
        ending = f"_{number}"
        candidate = name[: MAX_LENGTH - len(ending)] + ending
    return candidate


def choose(kind: Kind, wanted: str | None, name: str, taken: Container[str]) -> str:
    """The apiName for something new: ``wanted``, or the first free one of those that ``name`` makes.

    Raises ``ValidationError`` for a wanted one that is malformed or reserved, ``Conflict`` for one that is taken; each
    suggests another.
    """
    reserved = reserved_names(kind)

    def nearest(derived: str) -> str:
        ending = "value" if kind == "field" else "object"
        return free(f"{derived}_{ending}" if derived in reserved else derived, taken, reserved)

    if not wanted:
        return nearest(derive(name, kind))
    if len(wanted) > MAX_LENGTH or not API_NAME.fullmatch(wanted):
        message = (
            f"apiName must begin with a letter and have lower-case letters, digits and single underscores, at most "
            f"{MAX_LENGTH}; {nearest(derive(wanted, kind))!r} would do"
        )
        raise ValidationError.of(message, field="apiName", code="pattern")
    if wanted in reserved:
        message = f"apiName {wanted!r} is a reserved word; {nearest(wanted)!r} would do"
        raise ValidationError.of(message, field="apiName", code="reserved")
    if wanted in taken:
        message = f"apiName {wanted!r} is taken by another {kind}; {nearest(wanted)!r} would do"
        raise Conflict.of(message, field="apiName", code="duplicate")
    return wanted


def reference_of(named: CustomObject | Schema | Field) -> str:
    """What addresses have for an object or a field: its apiName, or its id where they mean something else by that."""
    kind = "field" if isinstance(named, Field) else "object"
    return str(named.id) if named.api_name in reserved_names(kind) else named.api_name


def name_taken(holder: str, field: str) -> Problem:
    """The problem that another object has a new one's name already, at ``field``."""
    return Problem(field, "duplicate", f"there is an object called {holder} already")


def plural(name: str) -> str:
    """The English plural of a name: ``Company`` is ``Companies``. One that ends in no Latin letter is its own."""
    return str(inflection.pluralize(name)) if ENDS_IN_LATIN.fullmatch(name) else name

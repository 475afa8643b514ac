"""Names for programs: apiNames made from people's names, and those that cannot be taken."""

from __future__ import annotations

import re
from collections.abc import Container

from django.utils.text import slugify

from salesos.errors import Conflict, ValidationError

MAX_LENGTH = 60
API_NAME = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*", re.ASCII)

# Words that stand for something else in paths and query parameters, now or in the API's plan.
RESERVED_OBJECTS = frozenset("aggregate bulk export fields import new records search stats".split())
RESERVED_FIELDS = frozenset(
    "count created_at created_by cursor custom_object_id data expand fields format id limit owner owner_id page "
    "search sort updated_at updated_by version".split()
)


def derive(name: str, fallback: str) -> str:
    """An apiName made from a person's name: ``Support Case`` is ``support_case``, ``3D Model`` is ``n3d_model``.

    A name without a single Latin letter or digit gives ``fallback``.
    """
    text = re.sub(r"[^a-z0-9]+", "_", slugify(re.sub(r"([a-z])([A-Z])", r"\1_\2", name))).strip("_")
    if text[:1].isdigit():
        text = f"n{text}"
    return text[:MAX_LENGTH].rstrip("_") or fallback


def free(name: str, taken: Container[str], reserved: Container[str]) -> str:
    """``name``, or the first of ``name_2``, ``name_3`` … that is neither taken nor reserved."""
    candidate, number = name, 1
    while candidate in taken or candidate in reserved:
        number += 1
        ending = f"_{number}"
        candidate = name[: MAX_LENGTH - len(ending)] + ending
    return candidate


def choose(
    wanted: str | None, name: str, taken: Container[str], *, reserved: Container[str], fallback: str, kind: str
) -> str:
    """The apiName for a new object or field (``kind``): ``wanted``, or one made from ``name``.

    Raises ``ValidationError`` for one that is malformed or reserved, ``Conflict`` for one that is taken; each
    suggests another. A name without Latin letters gets the first free ``fallback``.
    """
    derived = derive(name, "")
    chosen = wanted or derived or free(fallback, taken, reserved)
    if len(chosen) > MAX_LENGTH or not API_NAME.fullmatch(chosen):
        suggestion = free(derive(chosen, fallback), taken, reserved)
        message = (
            f"apiName must begin with a letter and have lower-case letters, digits and single underscores, at most "
            f"{MAX_LENGTH}; {suggestion!r} would do"
        )
        raise ValidationError.of(message, field="apiName", code="pattern")
    if chosen in reserved:
        suggestion = free(f"{chosen}_value" if kind == "field" else f"{chosen}_object", taken, reserved)
        message = f"apiName {chosen!r} is a reserved word; {suggestion!r} would do"
        raise ValidationError.of(message, field="apiName", code="reserved")
    if chosen in taken:
        message = f"apiName {chosen!r} is taken by another {kind}; {free(chosen, taken, reserved)!r} would do"
        raise Conflict.of(message, field="apiName", code="duplicate")
    return chosen

"""Typed descriptions of JSON that is kept: which properties there are, and what each may hold.

A shape reads a value that comes in, says what is wrong with it, each problem at its path, and has the JSON Schema of
what it takes. ``shapes_of_fields`` has those that name fields of an object, ``view_settings`` puts them together.

What names a field may be right when it is written, and not later, when the field is gone. So there are two ways to
read. For who writes, a reading ``is_strict``, and refuses. For who looks, what cannot be used is left out, and named in
``missing``.
"""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from copy import copy
from dataclasses import dataclass, field, replace
from decimal import Decimal
from enum import Enum
from itertools import islice
from typing import Any

from customobjects.fieldtypes import TYPES, ValueProblem
from customobjects.queries.filter_reader import FilterReader
from customobjects.queries.filters import Filter
from customobjects.queries.steps import Steps
from customobjects.schema import Schema
from salesos import json
from salesos.accounts.actor import Actor
from salesos.errors import MAX_PROBLEMS, MAX_QUOTED, Problem, ValidationError, alternatives, quoted


class Mark(Enum):
    """What stands in the place of a value: of one that was left out, and of a default that there is not."""

    GONE = "gone"
    NONE = "none"


GONE, NO_DEFAULT = Mark.GONE, Mark.NONE


@dataclass
class Reading:
    """One reading of JSON, as an actor sees the fields of an object.

    ``problems`` are what a strict one refuses, ``missing`` the names that another leaves out. ``filters`` are those
    that were read, by the property that has them. ``steps`` may be shared by the readings of one request.
    """

    actor: Actor
    schema: Schema
    is_strict: bool
    steps: Steps
    problems: list[Problem] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    filters: dict[str, list[Filter]] = field(default_factory=dict)
    reader: FilterReader = field(init=False)

    def __post_init__(self) -> None:
        self.reader = self.new_reader()

    def new_reader(self) -> FilterReader:
        """A reader of filters that counts for itself how many there are."""
        return FilterReader(self.actor, self.schema, self.steps)

    def refuse(self, path: str, code: str, message: str) -> Mark:
        """Note that a value is none that may be here. Raises ``ValidationError`` where there is too much of that."""
        if self.is_strict:
            self.problems.append(Problem(path, code, message))
            if len(self.problems) > MAX_PROBLEMS:
                raise ValidationError(self.problems)
        return GONE

    def miss(self, name: str, path: str, problems: Iterable[Problem]) -> Mark:
        """Note that something of this name cannot be used, and why. Raises as ``refuse`` does."""
        if self.is_strict:
            for problem in problems:
                self.refuse(path, problem.code, problem.message)
        elif name not in self.missing:
            self.missing.append(name)
        return GONE

    def finished(self) -> None:
        """Raises ``ValidationError`` with all that was refused."""
        if self.problems:
            raise ValidationError(self.problems)


class Shape(ABC):
    """What a value may be."""

    @abstractmethod
    def read(self, raw: Any, path: str, reading: Reading) -> Any:
        """A JSON value to the one that is kept, or ``GONE``: then the reading knows why."""

    @abstractmethod
    def json_schema(self) -> dict[str, Any]:
        """The JSON Schema of what it takes."""


@dataclass(frozen=True)
class Text(Shape):
    """A text of at most ``most`` characters, and at least one unless it ``may_be_empty``."""

    most: int
    may_be_empty: bool = False

    def read(self, raw: Any, path: str, reading: Reading) -> Any:
        least = 0 if self.may_be_empty else 1
        if not isinstance(raw, str) or not least <= len(raw) <= self.most:
            return reading.refuse(path, "invalid", f"{path} must be a text of {least} to {self.most} characters")
        return raw

    def json_schema(self) -> dict[str, Any]:
        least = {} if self.may_be_empty else {"minLength": 1}
        return {"type": "string", **least, "maxLength": self.most, "pattern": r"^[^\u0000]*$"}


@dataclass(frozen=True)
class Fitting(Shape):
    """A text that fits a pattern as a whole, as the ``example`` does."""

    pattern: re.Pattern[str]
    example: str

    def read(self, raw: Any, path: str, reading: Reading) -> Any:
        if not isinstance(raw, str) or not self.pattern.fullmatch(raw):
            return reading.refuse(path, "pattern", f"{path} must be such as {self.example}")
        return raw

    def json_schema(self) -> dict[str, Any]:
        return {"type": "string", "pattern": f"^{self.pattern.pattern}$"}


@dataclass(frozen=True)
class Word(Shape):
    """One of some words."""

    words: tuple[str, ...]

    def read(self, raw: Any, path: str, reading: Reading) -> Any:
        if not isinstance(raw, str) or raw not in self.words:
            return reading.refuse(path, "choice", f"{path} must be one of {alternatives(self.words)}")
        return raw

    def json_schema(self) -> dict[str, Any]:
        return {"type": "string", "enum": list(self.words)}


@dataclass(frozen=True)
class Whole(Shape):
    """A whole number between two others."""

    least: int
    most: int

    def read(self, raw: Any, path: str, reading: Reading) -> Any:
        is_number = isinstance(raw, int | Decimal) and not isinstance(raw, bool)
        if not is_number or not self.least <= raw <= self.most or raw != int(raw):
            return reading.refuse(path, "invalid", f"{path} must be a whole number from {self.least} to {self.most}")
        return int(raw)

    def json_schema(self) -> dict[str, Any]:
        return {"type": "integer", "minimum": self.least, "maximum": self.most}


class Anything(Shape):
    """Any JSON value; what it means is judged by who uses it."""

    def read(self, raw: Any, path: str, reading: Reading) -> Any:
        return raw

    def json_schema(self) -> dict[str, Any]:
        return {}


@dataclass(frozen=True)
class ListOf(Shape):
    """A list of at most ``most`` values, no two of them the same: texts, or objects with a text, ``apart_by``."""

    each: Shape
    most: int
    apart_by: str = ""

    def read(self, raw: Any, path: str, reading: Reading) -> Any:
        if not isinstance(raw, list):
            return reading.refuse(path, "type", f"{path} must be a list")
        if len(raw) > self.most:
            return reading.refuse(path, "too_many", f"{path} must have at most {self.most} entries")
        found: dict[str, Any] = {}
        for place, entry in enumerate(raw):
            one = self.each.read(entry, f"{path}.{place}", reading)
            if one is GONE:
                continue
            name = one[self.apart_by] if self.apart_by else one
            if name in found:
                reading.refuse(f"{path}.{place}", "duplicate", f"{path} must not have {quoted(name)} twice")
            found[name] = one
        return list(found.values())

    def json_schema(self) -> dict[str, Any]:
        return {"type": "array", "items": self.each.json_schema(), "maxItems": self.most}


@dataclass(frozen=True)
class Property:
    """A property of an object: its shape, and what holds where it is not given, if anything does."""

    shape: Shape
    default: Any = NO_DEFAULT
    is_required: bool = False

    @property
    def is_nullable(self) -> bool:
        """Whether null says what leaving it out says."""
        return self.default is None


@dataclass(frozen=True)
class ObjectOf(Shape):
    """An object with some properties, and no others.

    Nothing is left of one that lacks what it must have, unless it ``always_stays``.
    """

    properties: Mapping[str, Property]
    always_stays: bool = False

    def read(self, raw: Any, path: str, reading: Reading) -> Any:
        if not isinstance(raw, dict):
            return reading.refuse(path, "type", f"{path} must be an object")
        self._refuse_unknown(raw, path, reading)
        found: dict[str, Any] = {}
        is_whole = True
        for name, about in self.properties.items():
            value = self._read(name, raw, path, reading)
            if value is not GONE:
                found[name] = value
            elif about.default is not NO_DEFAULT:
                found[name] = copy(about.default)
            elif about.is_required:
                is_whole = False
        return found if is_whole or self.always_stays else GONE

    def _refuse_unknown(self, raw: Mapping[str, Any], path: str, reading: Reading) -> None:
        there = alternatives(self.properties)
        unknown = (str(name)[:MAX_QUOTED] for name in raw if name not in self.properties)
        for name in islice(unknown, MAX_PROBLEMS):
            message = f"there is no property {name!r} here; there is {there}"
            reading.refuse(f"{path}.{name}", "unknown", message)

    def _read(self, name: str, raw: Mapping[str, Any], path: str, reading: Reading) -> Any:
        about = self.properties[name]
        inner = f"{path}.{name}"
        if name not in raw:
            return reading.refuse(inner, "required", f"{inner} is required") if about.is_required else GONE
        if raw[name] is None and about.is_nullable:
            return None
        return about.shape.read(raw[name], inner, reading)

    def json_schema(self, *, is_stored: bool = False) -> dict[str, Any]:
        """The JSON Schema of what it takes; of what it gives for what ``is_stored``, where anything may be gone."""
        described = {}
        for name, about in self.properties.items():
            own = about.shape.json_schema()
            if about.default is not NO_DEFAULT:
                own = {**own, "default": about.default}
            described[name] = {"anyOf": [own, {"type": "null"}]} if about.is_nullable else own
        schema: dict[str, Any] = {"type": "object", "properties": described, "additionalProperties": False}
        required = [name for name, about in self.properties.items() if about.is_required]
        return schema if is_stored or not required else {**schema, "required": required}


def exact_json(raw: Any, path: str, max_bytes: int) -> Any:
    """A JSON value as every database stores it, with its texts composed. Raises ``ValidationError`` at ``path``."""
    try:
        value = TYPES["JSON"]({}).parse(raw)
    except ValueProblem as problem:
        raise ValidationError.of(f"{path} {problem.message}", field=path, code=problem.code) from problem
    if len(json.dumps_bytes(value)) > max_bytes:
        message = f"{path} must not take more than {max_bytes // 1_000:,} KB"
        raise ValidationError.of(message, field=path, code="max_size")
    return value


def told_at(error: ValidationError, path: str) -> list[Problem]:
    """The problems of an error, all of them at one path."""
    return [replace(problem, field=path) for problem in error.problems]

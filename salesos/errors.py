"""What can go wrong, in words that every layer shares.

Services, queries and accounts raise these; ``salesos.rest.exceptions`` turns them into answers of the API,
the web pages into errors at the form's fields. They know neither requests nor models.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Self


@dataclass(frozen=True, slots=True)
class Mention:
    """A record that a message names at its end, as ``text``, so that a page can lead to it."""

    text: str
    object_id: str
    record_id: str


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong with an input.

    ``field`` is the path of the property in the request (``data.purchase_cost``, ``fields.0.label``), or empty
    where no single property is to blame; ``code`` is stable and for programs; ``message`` is a sentence for people,
    which names records (``mentions``) and has no ids.
    """

    field: str
    code: str
    message: str
    mentions: tuple[Mention, ...] = ()

    def under(self, prefix: str) -> Problem:
        """The same problem, seen from one level up: ``label`` under ``fields.0`` is ``fields.0.label``."""
        return replace(self, field=f"{prefix}.{self.field}" if self.field else prefix)


class DomainError(Exception):
    """The base of all errors that are an answer to the caller and not a defect of ours."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems: tuple[Problem, ...] = tuple(problems)
        super().__init__("; ".join(problem.message for problem in self.problems))

    @classmethod
    def of(cls, message: str, *, field: str = "", code: str = "invalid") -> Self:
        """An error with a single problem."""
        return cls([Problem(field, code, message)])


class ValidationError(DomainError):
    """The input breaks a rule; the caller can mend it (400)."""


class PermissionDenied(DomainError):
    """The caller is known, and may not do this (403)."""


class NotFound(DomainError):
    """There is no such thing for this caller, whether or not another organization has it (404)."""

    @classmethod
    def named(cls, kind: str, reference: object) -> Self:
        """``kind`` is a word of ours such as ``record``; ``reference`` is what the caller asked for."""
        return cls.of(f"{kind} {str(reference)[:80]!r} was not found", code="not_found")


class Conflict(DomainError):
    """The input is fine by itself and clashes with what is there: a duplicate, or a state (409)."""


class PreconditionFailed(DomainError):
    """The caller's copy is older than the stored one (412)."""

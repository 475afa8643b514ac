"""What can go wrong, in words that every layer shares.

Services, queries and accounts raise these; ``salesos.rest.exceptions`` turns them into answers of the API,
the web pages into errors at the form's fields. They know neither requests nor models.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import chain, islice
from typing import Self

# So many problems are listed; where there are more, the last of the list says so.
MAX_PROBLEMS = 50
# So many alternatives a message names, and so many characters it quotes of what was sent.
MAX_ALTERNATIVES = 10
MAX_QUOTED = 80


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


MORE_PROBLEMS = Problem("", "more", "there are more problems, which are not listed")


def first_problems(problems: Iterable[Problem]) -> list[Problem]:
    """The problems that an answer lists, at most ``MAX_PROBLEMS``. Those behind them are not even made."""
    listed = list(islice(problems, MAX_PROBLEMS + 1))
    return listed if len(listed) <= MAX_PROBLEMS else [*listed[: MAX_PROBLEMS - 1], MORE_PROBLEMS]


def alternatives(names: Iterable[object]) -> str:
    """What there is, for a message: ``a, b, c``; of many the first, and how many more there are; ``none``."""
    listed = list(names)
    more = len(listed) - MAX_ALTERNATIVES
    shown = ", ".join(map(str, listed[:MAX_ALTERNATIVES])) or "none"
    return f"{shown} and {more} more" if more > 0 else shown


def quoted(given: object) -> str:
    """What was sent, or the beginning of it, for a message."""
    return repr(str(given)[:MAX_QUOTED])


class DomainError(Exception):
    """The base of all errors that are an answer to the caller and not a defect of ours.

    Of many problems it has the first, and one that says that there are more.
    """

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems: tuple[Problem, ...] = tuple(first_problems(problems))
        super().__init__("; ".join(problem.message for problem in self.problems))

    def anew(self) -> Self:
        """The same error without its traceback.

        For errors that are kept: what a traceback leads to, the request's whole body, would stay until the garbage
        collector finds that they refer to each other.
        """
        return type(self)(self.problems)

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
        return cls.of(f"{kind} {quoted(reference)} was not found", code="not_found")


class Conflict(DomainError):
    """The input is fine by itself and clashes with what is there: a duplicate, or a state (409)."""


class PreconditionFailed(DomainError):
    """The caller's copy is older than the stored one (412), which is at ``version``, where that is told."""

    def __init__(self, problems: Iterable[Problem], version: int | None = None) -> None:
        super().__init__(problems)
        self.version = version

    def anew(self) -> Self:
        return type(self)(self.problems, self.version)

    @classmethod
    def at(cls, version: int, message: str) -> Self:
        """The error of a copy that is stale, as the stored one is at this version."""
        return cls([Problem("", "stale", message)], version)

    def also(self, problems: Iterable[Problem]) -> Self:
        """The same error with more problems, such as a property each that differs."""
        return type(self)(chain(self.problems, problems), self.version)

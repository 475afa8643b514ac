"""Showing what a service refuses, at the control it is about."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeVar

from django import forms

from salesos.errors import DomainError

R = TypeVar("R")


def attempt(form: forms.Form, controls: Mapping[str, str], act: Callable[[], R]) -> R | None:
    """What ``act`` returns, or None where it was refused and the form now says why."""
    if not form.is_valid():
        return None
    try:
        return act()
    except DomainError as error:
        show(error, form, controls)
        return None


def show(error: DomainError, form: forms.Form, controls: Mapping[str, str]) -> None:
    """Put each problem at its control; ``controls`` has the control's name by the problem's path.

    What has no control is shown above the form. Sentences that begin with a name for programs begin with the
    control's label instead.
    """
    for problem in error.problems:
        control = controls.get(problem.field)
        message = problem.message
        if control is not None and control in form.fields:
            program_name = problem.field.rpartition(".")[2]
            if message.startswith(f"{program_name} "):
                message = f"{form.fields[control].label}{message.removeprefix(program_name)}"
        form.add_error(control if control in form.fields else None, message[:1].upper() + message[1:] + ".")

"""What all forms share: the services judge what is in them, and what they refuse is shown at its control."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms

from salesos.errors import DomainError


class ServiceForm(forms.Form):
    """A form whose input goes to a service."""

    # The control that shows each problem, by the problem's path.
    controls: Mapping[str, str]

    def values(self) -> dict[str, Any]:
        """The properties for the service, where the form is valid. Raises ``ValidationError``."""
        raise NotImplementedError

    def show(self, error: DomainError) -> None:
        """Put each problem at its control; what has none is shown above the form.

        Sentences that begin with a name for programs begin with the control's label instead.
        """
        for problem in error.problems:
            control = self.controls.get(problem.field)
            message = problem.message
            if control in self.fields:
                program_name = problem.field.rpartition(".")[2]
                if message.startswith(f"{program_name} "):
                    message = f"{self.fields[control].label}{message.removeprefix(program_name)}"
            self.add_error(control if control in self.fields else None, message[:1].upper() + message[1:] + ".")

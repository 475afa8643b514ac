"""What all forms share: controls that field types describe, and services that judge what is in them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms

from customobjects.fieldtypes import FormControl, Widget
from salesos.errors import DomainError

WIDGETS: Mapping[Widget, type[forms.Widget]] = {
    Widget.INPUT: forms.TextInput,
    Widget.CHECKBOX: forms.CheckboxInput,
    Widget.TEXTAREA: forms.Textarea,
}
EMPTY_CHOICE = ("", "—")


def widget_of(
    control: FormControl, choices: Iterable[tuple[str, str]] = (), attributes: Mapping[str, Any] | None = None
) -> forms.Widget:
    """The widget of a control, with ``choices`` where it has any, and ``attributes`` besides its own."""
    attrs = {**control.attributes, **(attributes or {})}
    match control.widget:
        case Widget.SELECT:
            return forms.Select(choices=[EMPTY_CHOICE, *choices], attrs=attrs)
        case Widget.SELECT_MULTIPLE:
            return forms.SelectMultiple(choices=choices, attrs=attrs)
        case Widget.CHECKBOXES:
            # The attributes would be each single box's.
            return forms.CheckboxSelectMultiple(choices=choices)
    return WIDGETS[control.widget](attrs=attrs)


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

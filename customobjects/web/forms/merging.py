"""The form that asks which value of a list is merged into which other one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django import forms

from customobjects.web.forms.base import EMPTY_CHOICE
from customobjects.web.forms.combobox import Combobox
from customobjects.web.sentences import sentence
from salesos.errors import Problem


class MergeForm(forms.Form):
    """``choices`` are the values with their labels; ``active`` are those that another one can go into."""

    value = forms.ChoiceField(label="Merge", widget=Combobox, help_text="Goes from the list.")
    into = forms.ChoiceField(label="Into", widget=Combobox, help_text="Takes the records of the other one.")

    def __init__(
        self,
        *args: Any,
        choices: Sequence[tuple[str, str]],
        active: Sequence[tuple[str, str]],
        **more: Any,
    ) -> None:
        super().__init__(*args, **more)
        self.labels = dict(choices)
        for name, offered in (("value", choices), ("into", active)):
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)
            field.choices = [EMPTY_CHOICE, *offered]

    def show(self, problems: Iterable[Problem]) -> None:
        """Put each problem at its control, or above the form."""
        for problem in problems:
            self.add_error(problem.field if problem.field in self.fields else None, sentence(problem))

"""Values that many records are to have at once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

from django import forms
from django.http import QueryDict
from django.urls import reverse

from customobjects.queries.objects import as_uuid
from customobjects.web.forms.base import EMPTY_CHOICE
from customobjects.web.forms.combobox import Combobox
from customobjects.web.forms.records import CONTROL_PREFIX, RecordForm

# The boxes that say which fields are to be emptied, and what the owner is called among the fields.
EMPTY, OWNER = "empty", "ownerId"


class OwnerField(forms.Field):
    """Somebody who is to own records, or nobody."""

    def clean(self, value: Any) -> UUID | None:
        value = super().clean(value)
        if not value:
            return None
        if (id_ := as_uuid(value)) is None:
            raise forms.ValidationError("Choose one of the people there are.")
        return id_


class SameValuesForm(RecordForm):
    """The same values for many records: ``only`` names the fields that were chosen.

    Nothing is emptied by not being filled in, for it could not be told from what was forgotten: of each chosen field
    there is a value, or a box was ticked that says that it is to be empty. Where they are ``several`` records, a unique
    field can only be emptied.
    """

    def __init__(self, data: QueryDict | None = None, *, several: bool, **more: Any) -> None:
        self.several = several
        super().__init__(data, **more)

    def takes_value(self, name: str) -> bool:
        """Whether all of the records can have the same value in a field."""
        return name == OWNER or not (self.several and self.schema.by_name[name].is_unique)

    def ask_for_owner(self, choices_of: Callable[[Sequence[str]], list[tuple[str, str]]]) -> None:
        """Ask for an owner, too. ``choices_of`` gives the people to choose from, those with some ids among them."""
        control = CONTROL_PREFIX + OWNER
        chosen = self.data.get(control, "") if self.is_bound else ""
        choices = [EMPTY_CHOICE, *choices_of([chosen] if as_uuid(chosen) else [])]
        widget = Combobox(choices=choices, attrs={"data-choices": reverse("web:people")})
        self.fields[control] = OwnerField(label="Owner", required=False, widget=widget)
        self.names[OWNER] = control
        self.controls = {**self.controls, OWNER: control}
        self.touched.add(control)

    def can_be_empty(self, name: str) -> bool:
        """Whether a field has a box that empties it: what is required cannot be, and a tick box is no or yes."""
        if name == OWNER:
            return True
        field = self.schema.by_name[name]
        return not field.is_required and not isinstance(self.fields[self.names[name]].widget, forms.CheckboxInput)

    def clean(self) -> dict[str, Any]:
        super().clean()
        emptied = self.data.getlist(EMPTY)
        for name, control in self.names.items():
            if control in self.errors:
                continue
            if name in emptied and self.can_be_empty(name):
                self.cleaned_data[control] = None
            elif not self.takes_value(name):
                self.add_error(control, "No two records have the same: tick “Make empty”, or change them one by one.")
            elif self.cleaned_data.get(control) in (None, "", []):
                say = "Choose a value, or tick “Make empty”." if self.can_be_empty(name) else "Choose a value."
                self.add_error(control, say)
        return self.cleaned_data

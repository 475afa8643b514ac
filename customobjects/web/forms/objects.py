"""The forms of an object: its properties, and a unique key of several fields."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from uuid import UUID

from django import forms
from django.forms.models import model_to_dict
from django.http import QueryDict

from customobjects.fieldtypes import TYPES
from customobjects.models import CustomObject, Field
from customobjects.services.objects import MAX_KEY_FIELDS, can_be_primary
from customobjects.web.field_groups import Group
from customobjects.web.forms.base import ServiceForm
from customobjects.web.forms.pickers import HueInput, IconInput
from customobjects.web.languages import Language
from salesos.errors import DomainError

# What an object's records can do, each with what it means, and what becomes of what exists when it is turned off.
SWITCHES = {
    "enable_search": (
        "Search",
        "Records are found by their words: in the list’s search box, and in the search of everything (Ctrl K). "
        "Turned off, only filters find them. Nothing is lost: turned on again, all records are found as before.",
    ),
    "enable_history": (
        "History",
        "Each change of a record is kept: who made it, when, and what was there before, so that it can be undone. "
        "Turned off, what is kept so far stays, and changes from then on are not kept.",
    ),
    "enable_notes": (
        "Notes",
        "People write notes at a record, and mention each other. "
        "Turned off, nobody adds or changes one; those that exist stay, and can still be read.",
    ),
    "enable_activities": (
        "Activities",
        "People plan tasks, calls and meetings at a record. "
        "Turned off, nobody adds or changes one; those that exist stay, and can still be read.",
    ),
    "enable_bulk_operations": (
        "Bulk operations",
        "Many selected records are changed, copied or deleted at once, by people and by programs. "
        "Turned off, records are changed one at a time; records themselves stay as they are.",
    ),
}


class ObjectForm(ServiceForm):
    """A new object, or an existing one's properties. ``examples`` has what a record would be called by each field."""

    controls = {
        "name": "name",
        "pluralName": "plural_name",
        "apiName": "api_name",
        "description": "description",
        "color": "color",
        "icon": "icon",
        "primaryField": "primary_field",
    }

    name = forms.CharField(max_length=80, help_text="One of them: Asset, Project, Support Case.")
    plural_name = forms.CharField(
        max_length=80,
        required=False,
        label="Plural",
        help_text="Many of them. Left empty, it is made from the name.",
    )
    api_name = forms.CharField(
        max_length=60,
        required=False,
        label="API name",
        help_text="The name for programs; it never changes. Left empty, it is made from the name.",
    )
    description = forms.CharField(
        max_length=5_000, required=False, widget=forms.Textarea(attrs={"rows": 3}), help_text="What it is for."
    )
    primary_field = forms.ChoiceField(
        required=False, label="Records are named by", help_text="What lists, searches and lookups show of a record."
    )
    icon = forms.CharField(
        max_length=40,
        initial="deployed_code",
        widget=IconInput(named_by="id_name"),
        help_text="It stands beside the name everywhere: a Material Symbol, such as inventory_2.",
    )
    color = forms.CharField(max_length=7, initial="#2563eb", label="Colour", widget=HueInput())

    def __init__(
        self,
        data: QueryDict | None = None,
        *,
        language: Language,
        existing: CustomObject | None = None,
        examples: Mapping[UUID, str] | None = None,
    ) -> None:
        super().__init__(data, language=language, is_new=existing is None)
        if existing is not None:
            for name, (label, help_text) in SWITCHES.items():
                self.fields[name] = forms.BooleanField(required=False, label=label, help_text=help_text)
            self.initial = model_to_dict(existing, fields=[*self.base_fields, *SWITCHES])
            del self.fields["api_name"]
            self.fields["color"].widget = HueInput(existing.color)
            self.initial["primary_field"] = str(existing.primary_field_id or "")
            primary = self.fields["primary_field"]
            assert isinstance(primary, forms.ChoiceField)
            primary.choices = [
                (str(field.id), _with_example(field.label, (examples or {}).get(field.id, "")))
                for field in existing.fields.all()
                if can_be_primary(field)
            ]
        else:
            # It starts with a field for the name.
            del self.fields["primary_field"]
        self.compare()

    @property
    def groups(self) -> list[Group[forms.BoundField]]:
        if self.is_new:
            return super().groups
        shown = {field.name: field for field in self.visible_fields()}
        switches = [shown.pop(name) for name in SWITCHES]
        look = [shown.pop(name) for name in ("icon", "color")]
        return [Group("Names", list(shown.values())), Group("Look", look), Group("What records can do", switches)]

    def values(self) -> dict[str, Any]:
        """The properties for the service; what was left empty and may be is left out."""
        optional = ("plural_name", "api_name", "primary_field")
        given = {name: self.cleaned_data[name] for name in self.fields if name in self.touched}
        return {name: value for name, value in given.items() if value or name not in optional}


def _with_example(label: str, example: str) -> str:
    return f"{label}, such as {example}" if example else label


class UniqueKeyForm(ServiceForm):
    """A new unique key of an object: several of its fields, whose values no two records share together."""

    controls = {"uniqueKeys": "fields"}

    def __init__(self, data: QueryDict | None = None, *, language: Language, of: CustomObject) -> None:
        super().__init__(data, language=language, is_new=True)
        self.offered = [field for field in of.fields.all() if can_be_in_key(field)]
        self.taken = [sorted(key["fields"]) for key in of.unique_keys]
        self.fields["fields"] = forms.MultipleChoiceField(
            choices=[(str(field.id), field.label) for field in self.offered],
            required=False,
            label="Fields",
            widget=forms.CheckboxSelectMultiple,
            help_text=f"Two to {MAX_KEY_FIELDS}. Records in which one of them is empty may share the others.",
        )
        self.compare()

    @property
    def chosen(self) -> list[Field]:
        """The fields that are ticked, in the order in which the object has them."""
        return [field for field in self.offered if str(field.id) in self.cleaned_data["fields"]]

    def values(self) -> dict[str, Any]:
        return {"fields": [str(field.id) for field in self.chosen]}

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        chosen = cleaned.get("fields", [])
        if not 2 <= len(chosen) <= MAX_KEY_FIELDS:
            self.add_error("fields", f"Choose 2 to {MAX_KEY_FIELDS} fields.")
        elif sorted(chosen) in self.taken:
            self.add_error("fields", "There is a unique key of these fields already.")
        return cleaned

    def show(self, error: DomainError) -> None:
        """As any form does, with the fields by their labels; what is said of the new key is shown at its fields."""
        names, labels = (" and ".join(getattr(one, of) for one in self.chosen) for of in ("api_name", "label"))
        problems = [
            replace(problem, field=problem.field.partition(".")[0], message=problem.message.replace(names, labels, 1))
            for problem in error.problems
        ]
        super().show(type(error)(problems))


def can_be_in_key(field: Field) -> bool:
    """Whether a field can be part of a unique key."""
    return TYPES[field.type](field.options).can_be_unique

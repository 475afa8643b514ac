"""The form of an object."""

from __future__ import annotations

from typing import Any

from django import forms
from django.forms.models import model_to_dict
from django.http import QueryDict

from customobjects.models import CustomObject
from customobjects.services.objects import can_be_primary
from customobjects.web.forms.base import ServiceForm
from customobjects.web.languages import Language


class ObjectForm(ServiceForm):
    """A new object, or an existing one's properties."""

    controls = {"name": "name", "pluralName": "plural_name", "apiName": "api_name", "color": "color", "icon": "icon"}
    controls |= {"primaryField": "primary_field"}

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
    icon = forms.CharField(
        max_length=40, initial="deployed_code", help_text="The name of a Material Symbol, such as inventory_2."
    )
    primary_field = forms.ChoiceField(
        required=False, label="Records are named by", help_text="What lists, searches and lookups show of a record."
    )
    color = forms.CharField(max_length=7, initial="#2563eb", widget=forms.TextInput(attrs={"type": "color"}))

    def __init__(
        self, data: QueryDict | None = None, *, language: Language, existing: CustomObject | None = None
    ) -> None:
        super().__init__(data, language=language, is_new=existing is None)
        if existing is not None:
            self.initial = model_to_dict(existing, fields=self.base_fields)
            del self.fields["api_name"]
            self.initial["primary_field"] = str(existing.primary_field_id or "")
            naming = [field for field in existing.fields.all() if can_be_primary(field)]
            primary = self.fields["primary_field"]
            assert isinstance(primary, forms.ChoiceField)
            primary.choices = [(str(field.id), field.label) for field in naming]
        else:
            # It starts with a field for the name.
            del self.fields["primary_field"]
        self.compare()

    def values(self) -> dict[str, Any]:
        """The properties for the service; what was left empty and may be is left out."""
        optional = ("plural_name", "api_name", "primary_field")
        given = {name: self.cleaned_data[name] for name in self.fields if name in self.touched}
        return {name: value for name, value in given.items() if value or name not in optional}

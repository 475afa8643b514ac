"""The form of an object."""

from __future__ import annotations

from typing import Any

from django import forms

from customobjects.models import CustomObject

CONTROLS = {"name": "name", "pluralName": "plural_name", "apiName": "api_name", "color": "color", "icon": "icon"}


class ObjectForm(forms.Form):
    """A new object, or an existing one's properties. The services judge what is in it."""

    name = forms.CharField(max_length=80, help_text="One of them: Asset, Project, Support Case.")
    plural_name = forms.CharField(
        max_length=80, required=False, label="Plural", help_text="Many of them. Left empty, an s is added."
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
    color = forms.CharField(max_length=7, initial="#2563eb", widget=forms.TextInput(attrs={"type": "color"}))

    def __init__(self, *args: Any, existing: CustomObject | None = None, **kwargs: Any) -> None:
        if existing is not None:
            names = ("name", "plural_name", "description", "icon", "color")
            kwargs["initial"] = {name: getattr(existing, name) for name in names}
        super().__init__(*args, **kwargs)
        if existing is not None:
            del self.fields["api_name"]

    def values(self) -> dict[str, Any]:
        """The properties for the services; what was left empty and may be is left out."""
        optional = ("plural_name", "api_name")
        return {name: value for name, value in self.cleaned_data.items() if value or name not in optional}

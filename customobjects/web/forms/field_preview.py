"""The control of a field as the form of a record will show it, while the field is being made."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django import forms
from django.utils import timezone

from customobjects import access
from customobjects.fieldtypes import FieldType, ReferenceKind
from customobjects.queries import records as queries
from customobjects.queries.lookup_filters import FILTER
from customobjects.queries.objects import get_schema
from customobjects.queries.people import people_to_choose
from customobjects.schema import SchemaField
from customobjects.web.forms.fields import FieldForm
from customobjects.web.forms.records import ValueField
from customobjects.web.lists.columns import NO_ID
from salesos.accounts.actor import Actor
from salesos.errors import NotFound

NAME = "preview"
MAX_CHOICES = 10


class FieldPreview(forms.Form):
    """The one control, or for what the server gives, ``given`` with the text of a first value.

    ``missing`` says what has to be chosen first.
    """

    def __init__(self, actor: Actor, form: FieldForm) -> None:
        super().__init__()
        type_, default = form.draft()
        self.given = self.missing = ""
        if type_.first_number is not None:
            self.given = type_.display(type_.number(type_.first_number))
            return
        target_id = _target(actor, type_)
        if type_.reference_kind is ReferenceKind.RECORD and target_id is None:
            self.missing = "Choose the object first."
            return
        if type_.is_dynamic(default):
            default = type_.dynamic_value(timezone.now(), str(actor.user_id))
        held = form.cleaned_data if form.is_bound else form.initial
        tree = type_.options.get(FILTER) if target_id else None
        if tree:
            # The address of all that fits is that of a lookup which is stored.
            type_ = type(type_)({**type_.options, FILTER: None})
        field = SchemaField(
            id=NO_ID,
            number=0,
            api_name=NAME,
            data_key=NAME,
            label=held.get("label") or type_.label,
            help_text=held.get("help_text") or "",
            group="",
            type=type_,
            is_required=bool(held.get("is_required")),
            is_unique=False,
            key_name="",
            is_active=True,
            default=None,
            column="",
            filling="",
            fills_text=False,
            target_id=target_id,
        )
        self.fields[NAME] = ValueField(
            field, default, lambda _field, value: _choices(actor, field, value, tree), form.language
        )
        if tree:
            self.fields[NAME].widget.attrs.pop("data-choices", None)


def _target(actor: Actor, type_: FieldType) -> UUID | None:
    """The object that a lookup is to, where one is chosen that there is."""
    reference = type_.options.get("target") if type_.reference_kind is ReferenceKind.RECORD else None
    try:
        return get_schema(actor, str(reference)).id if reference else None
    except NotFound:
        return None


def _choices(actor: Actor, field: SchemaField, value: Any, tree: Mapping[str, Any] | None) -> list[tuple[str, str]]:
    """The first of what can be chosen, and fits a ``tree`` of conditions: the page's script finds the others."""
    if field.type.reference_kind is ReferenceKind.USER:
        names = queries.names_of_users(actor, field.type.ids(value))
        return list({**names, **dict(people_to_choose(actor, "", MAX_CHOICES, with_invitations=True))}.items())
    schema = get_schema(actor, str(field.target_id))
    return queries.choices_of(actor, schema, MAX_CHOICES, tree) if access.can_read(actor, schema) else []

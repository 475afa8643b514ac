"""The form of a table that is brought into an object: which field each column is for, and what rows change."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from django import forms
from django.http import QueryDict

from customobjects.models import TableImport
from customobjects.schema import Schema, SchemaField
from customobjects.services.table_import import matching
from customobjects.services.table_import.plans import ColumnPlan, Plan, as_object, columns_of
from customobjects.services.table_import.proposals import Column
from customobjects.services.table_import.readings import Reading
from customobjects.web.forms.table_import import (
    NEW_LOOKUP,
    NEW_LOOKUP_CHOICE,
    TYPE_CHOICES,
    ColumnForm,
    DraftForm,
    PeopleNamed,
    UsualCurrency,
)

# What a field's apiName stands behind among the choices of a column, and what stands for a field of its own.
FIELD, NEW = "field ", "new"


class IntoColumnForm(ColumnForm):
    """Which field one column is for."""

    def __init__(
        self,
        data: QueryDict | None,
        *,
        column: Column,
        plan: ColumnPlan,
        zone: str,
        place: int,
        schema: Schema,
        can_define: bool,
        usual_currency: UsualCurrency,
    ) -> None:
        self.schema, self.can_define = schema, can_define
        super().__init__(
            data, column=column, plan=plan, zone=zone, lookups=(), place=place, usual_currency=usual_currency
        )
        self.fields["type"].widget.attrs["aria-label"] = f"Field for {column.name}"

    @property
    def target(self) -> SchemaField | None:
        """The field that the column is for; None where it is left out, or becomes one."""
        return self.schema.by_name.get(self.plan.field) if self.plan.used else None

    @property
    def is_new(self) -> bool:
        """Whether the column becomes a field."""
        return self.plan.used and not self.plan.field

    def type_choice(self) -> str:
        if not self.plan.used:
            return ""
        return f"{FIELD}{self.plan.field}" if self.plan.field else self.plan.type

    def type_choices(self) -> list[tuple[str, Any]]:
        fields = [(f"{FIELD}{field.api_name}", field.label) for field in matching.importable(self.schema)]
        new = (
            [("New field", [(NEW, "Its type from the data"), *TYPE_CHOICES, NEW_LOOKUP_CHOICE])]
            if self.can_define
            else []
        )
        return [("", "Leave it out"), (self.schema.plural_name, fields), *new]

    def asked(self) -> dict[str, bool]:
        if self.is_new:
            return {**super().asked(), "used": False, "is_unique": False}
        is_for_field = self.target is not None
        return {
            "type": True,
            "reading": is_for_field and len(self.ways) > 1,
            "missing": is_for_field and bool(self.words),
            "leave_empty": is_for_field and self.plan.names_users,
        }

    def all_ways(self) -> list[Reading]:
        return super().all_ways() if self.target is None else matching.readings_for(self.column, self.target, self.zone)

    def refused_texts(self) -> Counter[str]:
        if self.is_new:
            return super().refused_texts()
        if self.target is None:
            return Counter()
        return matching.refused_texts(self.target, self.column, self.plan, self.plan.reading_in(self.zone))

    def changed(self) -> ColumnPlan:
        given = self.cleaned_data
        chosen = given["type"]
        if not chosen:
            return matching.left_out(self.column)
        if chosen == self.initial["type"]:
            return super().changed() if self.is_new else self.as_read(replace(self.plan))
        if chosen.startswith(FIELD):
            return matching.match(self.column, self.schema.by_name[chosen.removeprefix(FIELD)], self.zone)
        plan = matching.new_field(self.column, self.zone)
        if chosen == NEW_LOOKUP:
            return as_object(plan)
        return plan if chosen == NEW else self.in_currency(matching.new_field_as(self.column, plan, chosen, self.zone))


class IntoForm(DraftForm):
    """Which field each column of a table is for, and what records its rows change."""

    by = forms.ChoiceField(required=False, label="Rows change the record that has the same")

    def __init__(
        self,
        data: QueryDict | None,
        *,
        draft: TableImport,
        schema: Schema,
        can_define: bool,
        usual_currency: UsualCurrency,
        people_named: PeopleNamed,
    ) -> None:
        self.plan = Plan.from_json(draft.plan)
        super().__init__(data, initial={"has_header": draft.has_header, "by": " ".join(self.plan.by)})
        table = columns_of(draft.rows, has_header=draft.has_header)
        self.columns = [
            IntoColumnForm(
                data,
                column=column,
                plan=plan,
                zone=self.plan.zone,
                place=place,
                schema=schema,
                can_define=can_define,
                usual_currency=usual_currency,
            )
            for place, (column, plan) in enumerate(zip(table, self.plan.columns, strict=True))
        ]
        self.note_new_objects(table)
        self.note_people(people_named)
        by = self.fields["by"]
        assert isinstance(by, forms.ChoiceField)
        by.choices = [("", "None: each row is a new record"), *_keys(schema)]
        for field in self.fields.values():
            field.widget.attrs["data-replan"] = True

    @property
    def left_to_data(self) -> list[int]:
        """The places of the columns that are to become fields of types that their texts say."""
        return [place for place, column in enumerate(self.columns) if column.cleaned_data["type"] == NEW]

    def changed(self) -> Plan:
        """The plan with what was chosen."""
        columns = [column.changed() for column in self.columns]
        by = self.cleaned_data["by"].split()
        if by == self.plan.by and "start" not in self.data and not {*by} <= {one.field for one in columns if one.used}:
            # The key went with its column, which the page shows. Who starts at once is told.
            by = []
        return replace(self.plan, columns=columns, by=by)


def _keys(schema: Schema) -> Sequence[tuple[str, str]]:
    """What records can be found by: the apiNames of a unique key's fields, and their labels."""
    return [
        (" ".join(part.api_name for part in rule.fields), " and ".join(part.label for part in rule.fields))
        for rule in schema.unique_rules
        if rule.is_filled and all(part.api_name in schema.by_name for part in rule.fields)
    ]

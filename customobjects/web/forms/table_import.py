"""The form of what becomes of a table's columns."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Container, Iterable, Sequence
from dataclasses import replace
from functools import cached_property
from itertools import chain, islice
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.html import format_html
from django.utils.safestring import SafeString

from customobjects.fieldtypes import TYPES
from customobjects.models import CustomObject, TableImport
from customobjects.services import naming
from customobjects.services.table_import.new_objects import NewObject, new_objects
from customobjects.services.table_import.plans import (
    ColumnPlan,
    Plan,
    as_object,
    can_name_records,
    columns_of,
    naming_place,
    option_problems,
    refused_texts,
    replanned,
)
from customobjects.services.table_import.proposals import Column, ways_of
from customobjects.services.table_import.readings import Reading
from customobjects.web.forms.usual import CURRENCY
from customobjects.web.languages import Language
from customobjects.web.sentences import sentence
from customobjects.web.table_words import ReadAs, other_formats, read_as
from salesos.errors import Problem

# What a column can become, but for lookups.
TYPE_KEYS = (
    *("TEXT", "TEXTAREA", "NUMBER", "CURRENCY", "PERCENT", "DATE", "DATETIME", "CHECKBOX"),
    *("PICKLIST", "MULTI_PICKLIST", "EMAIL", "PHONE", "URL", "JSON"),
)
USERS = ("USER", "User, by e-mail or name")
TYPE_CHOICES: list[tuple[str, Any]] = [*((key, TYPES[key].label) for key in TYPE_KEYS), USERS]
MAX_EXAMPLES = 3
# What a column becomes whose texts are the records of an object that is to be made; and of which types that can be.
NEW_LOOKUP = "LOOKUP"
NEW_LOOKUP_CHOICE = (NEW_LOOKUP, "Lookup to a new object")
TYPES_OF_NAMES = frozenset({"TEXT", "TEXTAREA", "PICKLIST", "EMAIL", "USER"})
# What another choice of shows a column otherwise: its controls, or how many of its texts are refused.
REPLANNING = frozenset({"type", "reading", "missing", "leave_empty"})
# Of so many different texts it is looked whether they name people, before anything is done.
MAX_PEOPLE = 1_000
LookupWays = Sequence[tuple[CustomObject, str, str]]
# Tells which of some texts name people whom fields can name.
PeopleNamed = Callable[[Sequence[str]], Container[str]]
# Tells the code of the currency in which amounts are that name none; nothing where it is not known.
UsualCurrency = Callable[[], str]


class ColumnForm(forms.Form):
    """What becomes of one column."""

    used = forms.BooleanField(required=False, label="Bring in")
    label = forms.CharField(max_length=80, required=False, label="Field")
    type = forms.ChoiceField(required=False)
    reading = forms.ChoiceField(required=False, label="Written as")
    currency = forms.ChoiceField(required=False)
    missing = forms.MultipleChoiceField(required=False, widget=forms.CheckboxSelectMultiple, label="No value")
    leave_empty = forms.BooleanField(required=False)
    is_unique = forms.BooleanField(required=False, label="Unique")
    new_object = forms.CharField(max_length=80, required=False, label="New object")
    new_plural = forms.CharField(max_length=80, required=False, label="Plural")

    # The object that is made of the column, if one is, and the column that it is shared with.
    becomes: NewObject | None = None
    shared_with = ""
    # The texts that name none of the people there are.
    nobody: Sequence[str] = ()

    def __init__(
        self,
        data: QueryDict | None,
        *,
        column: Column,
        plan: ColumnPlan,
        zone: str,
        lookups: LookupWays,
        place: int,
        usual_currency: UsualCurrency,
    ) -> None:
        # Names that say of which column each control is: a screen reader reads one at a time.
        super().__init__(data, prefix=f"c{place}", auto_id="id_%s")
        self.column, self.plan, self.zone, self.lookups = column, plan, zone, lookups
        self.usual_currency = usual_currency
        self.problems = [sentence(problem) for problem in option_problems(plan)]
        self.words = [*dict.fromkeys([*plan.words, *plan.missing])]
        self.initial = {
            "used": plan.used,
            "label": plan.label,
            "type": self.type_choice(),
            "reading": plan.reading,
            "currency": plan.options.get("currency"),
            "missing": plan.missing,
            "is_unique": plan.is_unique,
            "new_object": plan.new_object,
            "new_plural": plan.new_plural,
        }
        self._choose("type", self.type_choices())
        self._choose("reading", [(way.label, way.label) for way in self.ways])
        self._choose("missing", [(word, word) for word in self.words])
        if plan.type == "CURRENCY":
            self._choose("currency", [*CURRENCY.form_control().choices])
        kept = {name for name, is_asked in self.asked().items() if is_asked}
        for name in self.fields.keys() - kept:
            del self.fields[name]
        for name in self.fields.keys() & REPLANNING:
            self.fields[name].widget.attrs["data-replan"] = True
        for name in self.fields.keys() - {"missing", "leave_empty"}:
            field = self.fields[name]
            field.widget.attrs["aria-label"] = f"{field.label or name.capitalize()} of {column.name}"

    def _choose(self, name: str, choices: Sequence[tuple[str, Any]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = choices

    def type_choice(self) -> str:
        """Which of the choices the column is planned as."""
        plan = self.plan
        return f"LOOKUP {plan.options.get('target')} {plan.found_by}" if plan.found_by else plan.type

    def type_choices(self) -> list[tuple[str, Any]]:
        """What the column can become."""
        named = [
            (f"LOOKUP {target.api_name} {field}", f"{target.name} by {label}") for target, field, label in self.lookups
        ]
        if self.column.counts and (self.plan.type in TYPES_OF_NAMES or self.plan.is_looked_up):
            named = [NEW_LOOKUP_CHOICE, *named]
        return [*TYPE_CHOICES, ("Lookup", named)] if named else TYPE_CHOICES

    def asked(self) -> dict[str, bool]:
        """Which controls make sense for the column as it is planned."""
        return {
            "used": True,
            "label": True,
            "type": True,
            "reading": len(self.ways) > 1,
            "currency": self.plan.type == "CURRENCY",
            "missing": bool(self.words),
            "leave_empty": self.plan.names_users,
            "is_unique": not self.plan.is_looked_up and not self.problems and self._can_be_unique(),
            "new_object": bool(self.plan.new_object),
            "new_plural": bool(self.plan.new_object),
        }

    def _can_be_unique(self) -> bool:
        kind = TYPES[self.plan.type]
        return kind(kind.clean_options(self.plan.options)).can_be_unique

    @cached_property
    def ways(self) -> list[Reading]:
        """The ways of reading the column from which a person may choose."""
        if self.plan.is_looked_up or not (self.is_ambiguous or self.refused):
            return []
        found = self.all_ways()
        fitting = [way for way in found if way.label in (self.plan.reading, *self.plan.rivals)]
        return fitting if self.is_ambiguous else found

    def all_ways(self) -> list[Reading]:
        """All ways in which the column may be written."""
        return ways_of(self.column, self.plan.type, self.zone)

    def changed(self) -> ColumnPlan:
        """The plan with what was chosen; of another type, what that makes of the column."""
        given = self.cleaned_data
        plan = replace(self.plan, used=given.get("used", True), label=given["label"].strip() or self.plan.label)
        type_, _, looked_up = given["type"].partition(" ")
        if given["type"] and given["type"] != self.initial["type"]:
            if given["type"] == NEW_LOOKUP:
                return as_object(plan)
            if not looked_up:
                return self.in_currency(replanned(self.column, plan, type_, self.zone))
            plan.look_up(*looked_up.split(" "))
            return plan
        if "is_unique" in given:
            plan.is_unique = given["is_unique"]
        if plan.new_object:
            self._name_object(plan)
        if given.get("currency"):
            plan.options = {**plan.options, "currency": given["currency"]}
        return self.as_read(plan)

    def in_currency(self, plan: ColumnPlan) -> ColumnPlan:
        """A plan with the usual currency, where it is to be amounts and their texts name none."""
        if plan.type == "CURRENCY":
            plan.options.setdefault(CURRENCY.name, self.usual_currency() or CURRENCY.default)
        return plan

    def _name_object(self, plan: ColumnPlan) -> None:
        """Give the object that is made of the column the names that were typed; of another name, its own plural."""
        name = self.cleaned_data.get("new_object", "").strip() or plan.new_object
        plural = self.cleaned_data.get("new_plural", "").strip()
        if not plural or (plural == plan.new_plural and name != plan.new_object):
            plural = naming.plural(name)
        plan.new_object, plan.new_plural = name, plural

    def as_read(self, plan: ColumnPlan) -> ColumnPlan:
        """A plan with the chosen reading, and the words that stand for no value."""
        given = self.cleaned_data
        if given.get("reading"):
            plan.reading = given["reading"]
        if "missing" in given:
            plan.missing = given["missing"]
        if given.get("leave_empty"):
            plan.missing = [*plan.missing, *self.nobody]
        return plan

    def become(self, made: NewObject, first: ColumnForm) -> None:
        """Note which object is made of the column, whose plural is asked for at the ``first`` one that is so called."""
        self.becomes = made
        if first is not self:
            self.shared_with = first.column.name
            del self.fields["new_plural"]

    def note_nobody(self, texts: Sequence[str]) -> None:
        """Note which texts name none of the people there are; a box offers to leave these cells empty."""
        self.nobody = texts
        vars(self).pop("refused", None)
        if not texts:
            del self.fields["leave_empty"]

    # What the page says of the column ----------------------------------------------------------------------------

    @property
    def controls(self) -> dict[str, forms.BoundField]:
        """The column's controls by their names; those that make no sense for it are none."""
        return {name: self[name] for name in self.fields}

    @cached_property
    def examples(self) -> list[str]:
        """Some of its texts."""
        return [text for text in self.column.counts if text not in self.plan.missing][:MAX_EXAMPLES]

    @property
    def is_read(self) -> bool:
        """Whether there is anything to say of how the texts are read."""
        return bool({"reading", "missing"} & self.fields.keys() or self.refused or self.read_as)

    @cached_property
    def read_as(self) -> ReadAs | None:
        """How a text is read, where that could be done in several ways."""
        return read_as(self.column, self.plan, self.zone)

    @property
    def is_ambiguous(self) -> bool:
        """Whether the texts mean something else if they are read in another way."""
        return bool(self.plan.rivals)

    @property
    def values(self) -> int:
        """How many values a picklist gets."""
        return len(self.plan.options.get("values", ()))

    @cached_property
    def refused(self) -> dict[str, Any] | None:
        """How many texts the field would refuse, and some of them; None where it takes all."""
        found = self.refused_texts() | Counter({text: self.column.counts[text] for text in self.nobody})
        return {"count": found.total(), "examples": list(found)[:MAX_EXAMPLES]} if found else None

    def refused_texts(self) -> Counter[str]:
        """The texts that the field would refuse, with how often each occurs."""
        return refused_texts(self.column, self.plan, self.plan.reading_in(self.zone))


class DraftForm(forms.Form):
    """What becomes of a whole table, with a form for each of its columns."""

    has_header = forms.BooleanField(required=False, label="The first row names the columns")

    plan: Plan
    columns: Sequence[ColumnForm]

    @property
    def other_formats(self) -> list[tuple[str, str]]:
        """Texts that are written otherwise than the person writes, each with how pages show it."""
        return other_formats([(one.column, one.plan) for one in self.columns], self.plan.zone, Language.current())

    def note_new_objects(self, table: Sequence[Column]) -> None:
        """Note which objects are made of columns, here and at the columns. To be called when these are there."""
        self.made = new_objects(self.plan, table)
        for made in self.made:
            first = self.columns[made.places[0]]
            for place in made.places:
                self.columns[place].become(made, first)

    def note_people(self, named: PeopleNamed) -> None:
        """Note at the columns of people which texts name nobody. To be called when the columns are there."""
        columns = [one for one in self.columns if one.plan.used and one.plan.names_users]
        texts = {one: [text for text in one.column.counts if text not in one.plan.missing] for one in columns}
        looked_for = list(islice(dict.fromkeys(chain.from_iterable(texts.values())), MAX_PEOPLE))
        known = named(looked_for) if looked_for else ()
        nobody = {text for text in looked_for if text not in known}
        for one in columns:
            one.note_nobody([text for text in texts[one] if text in nobody])

    def is_valid(self) -> bool:
        return all([super().is_valid(), *(column.is_valid() for column in self.columns)])

    def show(self, problems: Iterable[Problem]) -> list[SafeString]:
        """Put each problem at its control or column. Returns all as sentences; those of a column name it."""
        told = []
        for problem in problems:
            said = sentence(problem)
            first, _, rest = problem.field.partition(".")
            place = rest.partition(".")[0]
            if first == "columns" and place.isdigit():
                column = self.columns[int(place)]
                if said not in column.problems:
                    column.problems.append(said)
                said = format_html("{}: {}", column.column.name, said)
            elif first in self.fields:
                self.errors.setdefault(first, self.error_class()).append(said)
            told.append(said)
        return told


class PlanForm(DraftForm):
    """What becomes of a table of which an object is made."""

    name = forms.CharField(
        max_length=80, required=False, label="What is one row called?", help_text="Asset, Project, Site."
    )
    primary = forms.ChoiceField(required=False, label="Records are named by")

    field_order = ("name", "has_header", "primary")

    def __init__(
        self,
        data: QueryDict | None,
        *,
        draft: TableImport,
        lookups: LookupWays,
        usual_currency: UsualCurrency,
        people_named: PeopleNamed,
    ) -> None:
        self.plan = Plan.from_json(draft.plan)
        super().__init__(
            data,
            initial={"name": self.plan.name, "has_header": draft.has_header, "primary": self.plan.primary},
        )
        table = columns_of(draft.rows, has_header=draft.has_header)
        self.columns = [
            ColumnForm(
                data,
                column=column,
                plan=plan,
                zone=self.plan.zone,
                lookups=lookups,
                place=place,
                usual_currency=usual_currency,
            )
            for place, (column, plan) in enumerate(zip(table, self.plan.columns, strict=True))
        ]
        self.note_new_objects(table)
        self.note_people(people_named)
        # How many records there will be, of the rows and of columns.
        self.record_count = draft.row_count + sum(len(made.names) for made in self.made)
        self.fields["has_header"].widget.attrs["data-replan"] = True
        primary = self.fields["primary"]
        assert isinstance(primary, forms.ChoiceField)
        primary.choices = [
            (place, plan.label) for place, plan in enumerate(self.plan.columns) if can_name_records(plan)
        ]
        if self.plan.primary not in dict(primary.choices):
            # What named them is left out, or has become what names nothing.
            self.initial["primary"] = naming_place(table, self.plan.columns)

    def changed(self) -> Plan:
        """The plan with what was chosen."""
        columns = [column.changed() for column in self.columns]
        primary = self.cleaned_data["primary"]
        return replace(
            self.plan,
            name=self.cleaned_data["name"].strip(),
            columns=columns,
            primary=int(primary) if primary else self.plan.primary,
        )

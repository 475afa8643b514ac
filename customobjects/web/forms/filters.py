"""The form of one filter of a list: a field, an operator, and a value by the control of the field's type."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Self

from django import forms
from django.http import QueryDict
from django.urls import reverse

from customobjects.fieldtypes import ColumnKind, FieldType, FormControl, Notation, ReferenceKind, ValueProblem, Widget
from customobjects.fieldtypes.palette import PALETTE
from customobjects.queries import periods
from customobjects.queries.operators import IsNull
from customobjects.queries.subjects import Subject, find_subject
from customobjects.schema import Schema
from customobjects.web.forms.base import EMPTY_CHOICE
from customobjects.web.forms.combobox import Combobox, MultipleCombobox, people_for_fields
from customobjects.web.forms.inputs import DayInput
from customobjects.web.hues import nearest_hue
from customobjects.web.languages import Language, NotReadableError
from customobjects.web.lists.conditions import CELL, ROW, TEXT_OPERATORS, Coloring, Condition, join_list
from customobjects.web.lists.filter_bar import field_choices
from customobjects.web.lists.operator_words import operator_choices
from customobjects.web.sentences import sentence
from salesos.errors import Problem

# Gives the records or people to choose from, those with some ids among them.
ChoicesOf = Callable[[Subject, Sequence[str]], Sequence[tuple[str, str]]]
PREFIX = "f-"
FIELD, OPERATOR, VALUE, LAST, IN_ANY, HUE, TARGET = (
    f"{PREFIX}{name}" for name in ("field", "operator", "value", "last", "any", "color", "target")
)
# What the controls of a form were made for, so that another field or operator asks for other controls first.
ASKED = f"{PREFIX}asked"
BETWEEN_VALUES = ";"
PERIODS = (
    "today yesterday tomorrow this_week last_week last_7_days this_month last_month last_30_days this_year".split()
)
FIRST_HUE = "amber"
YES_OR_NO = (("true", "Yes"), ("false", "No"))
DAY = FormControl(notation=Notation.DAY, example="2026-12-31")


def prefixed(name: str, prefix: str | None) -> str:
    """The name of a control of a form with a prefix."""
    return f"{prefix}-{name}" if prefix else name


def _called(type_: FieldType, value: str) -> str:
    """What people call a value that a filter has, as an address writes it."""
    try:
        return type_.display(type_.parse(value), {})
    except ValueProblem:
        return value


def is_whole(sent: QueryDict, prefix: str | None = None) -> bool:
    """Whether what was sent has a field, and was filled into the controls of that field and of its operator."""
    field, operator, asked = (sent.get(prefixed(name, prefix), "") for name in (FIELD, OPERATOR, ASKED))
    return bool(field) and asked == f"{field} {operator}"


class FilterForm(forms.Form):
    """One filter. Without a field in ``data`` it asks for that alone, without an operator it takes the first.

    A ``condition`` is one that the list has already, to be changed. With ``colors``, it is one that colours. A form
    with a ``prefix`` is one of several on a page: its controls' names begin with that. ``is_alone`` where it cannot be
    one of those of which any is enough.
    """

    def __init__(
        self,
        data: QueryDict,
        *,
        schema: Schema,
        language: Language,
        choices_of: ChoicesOf,
        condition: Condition | None = None,
        colors: bool = False,
        prefix: str | None = None,
        is_alone: bool = False,
    ) -> None:
        super().__init__(data if prefixed(ASKED, prefix) in data else None, prefix=prefix)
        self.language, self.choices_of, self.condition = language, choices_of, condition
        self.field_choices = field_choices(schema)
        held = condition.filter.subject.name if condition is not None and not condition.filter.steps else ""
        name = data.get(self.add_prefix(FIELD), held)
        self.subject = find_subject(schema, name) if name in dict(self.field_choices) else None
        self.fields[FIELD] = forms.CharField(
            label="Field",
            required=False,
            initial=name,
            widget=Combobox(choices=[("", "Choose a field"), *self.field_choices]),
        )
        self.operator = ""
        if self.subject is not None:
            self._add_condition(self.subject, data, condition if name == held else None)
        self.colors = colors
        if colors:
            self._add_color(data, condition)
        elif not is_alone:
            self.fields[IN_ANY] = forms.BooleanField(
                label="Match any of these", required=False, help_text="Of the filters with this tick, one is enough."
            )

    @classmethod
    def anew(cls, sent: QueryDict, *, prefix: str | None = None, **named: Any) -> Self:
        """The form for another field than the one whose controls were filled in, or for another operator."""
        kept = sent.copy()
        is_same_field = sent.get(prefixed(ASKED, prefix), "").partition(" ")[0] == sent.get(prefixed(FIELD, prefix))
        for name in (ASKED,) if is_same_field else (ASKED, OPERATOR, VALUE, LAST):
            kept.pop(prefixed(name, prefix), None)
        form = cls(kept, prefix=prefix, **named)
        if VALUE in form.fields and (typed := kept.getlist(prefixed(VALUE, prefix))):
            form.fields[VALUE].initial = typed if form.takes_list and len(typed) > 1 else typed[-1]
        if LAST in form.fields and (last := kept.get(prefixed(LAST, prefix))):
            form.fields[LAST].initial = last
        return form

    def _add_color(self, data: QueryDict, held: Condition | None) -> None:
        hue, target = PALETTE[FIRST_HUE], ROW
        if isinstance(held, Coloring):
            hue, target = PALETTE[nearest_hue(held.color)], held.target
        self.fields[HUE] = forms.ChoiceField(
            label="Colour",
            choices=[(color, name.capitalize()) for name, color in PALETTE.items()],
            initial=data.get(self.add_prefix(HUE), hue),
        )
        self.fields[TARGET] = forms.ChoiceField(
            label="Of",
            choices=((ROW, "The whole row"), (CELL, "The field's cell")),
            initial=data.get(self.add_prefix(TARGET), target),
        )

    def _add_condition(self, subject: Subject, data: QueryDict, held: Condition | None) -> None:
        operators = operator_choices(subject.type)
        key = held.filter.operator.key if held is not None else ""
        if held is not None and key == IsNull.key:
            key = f"{key}:{held.operand.lower()}"
        given = data.get(self.add_prefix(OPERATOR), key)
        self.operator = given if given in dict(operators) else operators[0][0]
        self.fields[OPERATOR] = forms.CharField(
            label="Operator", initial=self.operator, widget=Combobox(choices=operators)
        )
        if not self.operator.startswith(f"{IsNull.key}:"):
            values = held.parts if held is not None and not held.is_other and key == self.operator else []
            self._add_value(subject, values, data)

    @property
    def takes_list(self) -> bool:
        return self.operator in ("in", "has_any", "has_all")

    def _add_value(self, subject: Subject, values: list[str], data: QueryDict) -> None:
        type_ = subject.type.single()
        control = FormControl() if self.operator in TEXT_OPERATORS else type_.form_control()
        if control.widget is Widget.CHECKBOX:
            control = FormControl(widget=Widget.SELECT, choices=YES_OR_NO)
        choices: Sequence[tuple[str, str]] = list(control.choices)
        held = dict.fromkeys([*values, *filter(None, data.getlist(self.add_prefix(VALUE)))])
        if control.choices_from is not None:
            choices = self.choices_of(subject, list(held))
        # What is compared with already stays, though nobody could choose it any more.
        offered = {value for value, _label in choices}
        choices = [*choices, *((value, _called(type_, value)) for value in held if value not in offered)]
        self.control = control
        is_choice = control.widget in (Widget.SELECT, Widget.SELECT_MULTIPLE, Widget.CHECKBOXES)
        is_range = self.operator.endswith("range")
        shown = values if is_choice else [self._write(type_, value) for value in values]
        widget = self._widget(subject, control, choices) if is_choice else self._input(type_)
        initial: Any = shown if is_choice and self.takes_list else (shown or [""])[0]
        if self.takes_list and not is_choice:
            initial = f"{BETWEEN_VALUES} ".join(shown)
        self.fields[VALUE] = forms.Field(
            label="From" if is_range else "Value",
            required=False,
            initial=initial,
            widget=widget,
            help_text=self._help(type_, is_choice),
        )
        if is_range:
            self.fields[LAST] = forms.Field(
                label="To", required=False, initial=(shown or [""])[-1], widget=self._input(type_)
            )

    def _widget(self, subject: Subject, control: FormControl, choices: Sequence[tuple[str, str]]) -> forms.Widget:
        attributes: dict[str, Any] = {}
        if control.choices_from is ReferenceKind.USER:
            attributes["data-choices"] = reverse("web:people") if subject.field is None else people_for_fields()
        elif control.choices_from is ReferenceKind.RECORD and subject.field is not None:
            attributes["data-choices"] = reverse("web:choices", args=[subject.field.target_id])
        if not self.takes_list:
            return Combobox(choices=[EMPTY_CHOICE, *choices], attrs=attributes)
        if control.choices_from is not None:
            return MultipleCombobox(choices=choices, attrs=attributes)
        return forms.CheckboxSelectMultiple(choices=choices)

    def _input(self, type_: FieldType) -> forms.Widget:
        attributes = {"autocomplete": "off"}
        if type_.column is ColumnKind.MOMENT and not self.takes_list:
            attributes["list"] = self.periods_id
            return DayInput(self.language, Notation.DAY, attributes)
        # A text at any rate: of an e-mail address, a part is asked for as well.
        return forms.TextInput(attributes)

    def _help(self, type_: FieldType, is_choice: bool) -> str:
        if is_choice:
            return ""
        several = f"Several, with “{BETWEEN_VALUES}” between them. " if self.takes_list else ""
        if type_.column is ColumnKind.MOMENT:
            words = periods.EXAMPLES.replace("_", " ")
            return (
                f"{several}Such as {self.language.write(DAY, DAY.example)}, or what moves with the calendar: {words}."
            )
        return several

    @property
    def asked(self) -> str:
        """The field and the operator that the controls are made for."""
        return f"{self.subject.name} {self.operator}" if self.subject is not None else ""

    @property
    def subject_label(self) -> str:
        """What the field is called."""
        return dict(self.field_choices).get(self.subject.name, "") if self.subject is not None else ""

    @property
    def asked_name(self) -> str:
        """The name of the hidden control that has ``asked``."""
        return self.add_prefix(ASKED)

    @property
    def periods_id(self) -> str:
        """The id of the list of ``periods``."""
        return self.add_prefix(f"{PREFIX}periods")

    @property
    def field_control(self) -> forms.BoundField:
        return self[FIELD]

    @property
    def operator_control(self) -> forms.BoundField:
        return self[OPERATOR]

    @property
    def value_controls(self) -> list[forms.BoundField]:
        """The controls of what is compared with: none, one, or two."""
        return [self[name] for name in (VALUE, LAST) if name in self.fields]

    @property
    def any_control(self) -> forms.BoundField | None:
        """Whether it is one of those of which any needs to hold. A colour has none of it."""
        return None if self.colors else self[IN_ANY]

    @property
    def hues(self) -> list[tuple[str, str, bool]]:
        """The colours to choose from: value, name, and whether it is chosen."""
        chosen = self[HUE].value()
        return [(color, name, color == chosen) for name, color in PALETTE.items()]

    @property
    def target_control(self) -> forms.BoundField:
        return self[TARGET]

    # Reading and writing -----------------------------------------------------------------------------------------

    @property
    def periods(self) -> list[str]:
        """Words for spans of time, as they may be typed."""
        return [word.replace("_", " ") for word in PERIODS]

    def _write(self, type_: FieldType, value: str) -> str:
        """A value of an address as the control shows it."""
        if type_.column is ColumnKind.MOMENT:
            if periods.period(value):
                return value.replace("_", " ")
            if type_.day(value):
                return self.language.write(DAY, value)
        try:
            return self.language.write(self.control, value)
        except (ValueError, ArithmeticError):
            return value

    def _read(self, type_: FieldType, text: str) -> str:
        """What is in a control as an address writes it. Raises ``NotReadableError``."""
        if self.operator in TEXT_OPERATORS or self.control.notation is Notation.PLAIN:
            return text
        if type_.column is ColumnKind.MOMENT:
            word = "_".join(text.lower().split())
            if periods.period(word):
                return word
        try:
            return self.language.read(self.control, text)
        except NotReadableError:
            if self.control.notation is not Notation.MOMENT:
                raise
            return self.language.read(DAY, text)

    def clean(self) -> dict[str, Any]:
        if self.subject is None:
            self.add_error(FIELD, "Choose a field.")
        elif VALUE in self.fields:
            try:
                self.operand = self._operand(self.subject.type.single())
            except NotReadableError as problem:
                self.add_error(VALUE, f"The value {problem}.")
        return self.cleaned_data

    def _operand(self, type_: FieldType) -> str:
        sent = self.cleaned_data.get(VALUE)
        texts = list(sent) if isinstance(sent, list) else [str(sent or "")]
        if self.takes_list and not isinstance(sent, list):
            texts = texts[0].split(BETWEEN_VALUES)
        if LAST in self.fields:
            texts.append(str(self.cleaned_data.get(LAST) or ""))
        is_text = self.operator in TEXT_OPERATORS
        values = [self._read(type_, text if is_text else text.strip()) for text in texts]
        values = [value for value in values if value]
        if not values or (LAST in self.fields and len(values) < 2):
            self.add_error(VALUE, "Say both values." if LAST in self.fields else "Say a value.")
        return join_list(values) if self.takes_list or LAST in self.fields else "".join(values)

    def refuse(self, problem: Problem) -> None:
        """Say what is wrong with the filter, beginning with what people call its value."""
        name, _, said = problem.message.partition(" ")
        text = f"The value {said}" if "__" in name else problem.message
        self.add_error(VALUE if VALUE in self.fields else FIELD, sentence(problem, text))

    @property
    def text(self) -> str:
        """The filter as an address writes it, where the form is valid; without the colour that it gives."""
        assert self.subject is not None
        key, _, word = self.operator.partition(":")
        return f"{self.subject.name}__{key}:{word or self.operand}"

    @property
    def written(self) -> str:
        """All of what the form says as an address writes it, where the form is valid."""
        if not self.colors:
            return self.text
        return f"{self.cleaned_data[HUE].removeprefix('#')}.{self.cleaned_data[TARGET]}.{self.text}"

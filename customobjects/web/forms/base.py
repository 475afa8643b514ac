"""What all forms share: controls that field types describe, what changed in them, and services that judge it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.datastructures import MultiValueDict

from customobjects.fieldtypes import FormControl, Notation, Widget
from customobjects.web.field_groups import Group
from customobjects.web.forms.inputs import DayInput, UnitInput
from customobjects.web.forms.shown import Shown, mark_of
from customobjects.web.languages import Language, NotReadableError
from customobjects.web.sentences import sentence
from salesos.errors import DomainError, Problem

WIDGETS: Mapping[Widget, type[forms.Widget]] = {
    Widget.INPUT: forms.TextInput,
    Widget.CHECKBOX: forms.CheckboxInput,
    Widget.TEXTAREA: forms.Textarea,
}
EMPTY_CHOICE = ("", "—")
# The hidden controls: what the form showed, and what tells it from other forms; and the button at a clash.
SHOWN, TOKEN, TAKE = "shown", "token", "take"


def widget_of(
    control: FormControl,
    choices: Iterable[tuple[str, str]] = (),
    attributes: Mapping[str, Any] | None = None,
    *,
    language: Language,
) -> forms.Widget:
    """The widget of a control, with ``choices`` where it has any, and ``attributes`` besides its own.

    Times in it are those of ``language``.
    """
    attrs = {**control.attributes, **(attributes or {})}
    match control.widget:
        case Widget.SELECT:
            return forms.Select(choices=[EMPTY_CHOICE, *choices], attrs=attrs)
        case Widget.SELECT_MULTIPLE:
            return forms.SelectMultiple(choices=choices, attrs=attrs)
        case Widget.CHECKBOXES:
            # The attributes would be each single box's.
            return forms.CheckboxSelectMultiple(choices=choices)
    if control.notation in (Notation.DAY, Notation.MOMENT):
        return DayInput(language, control.notation, attrs)
    if control.units:
        return UnitInput(control.units[-1], attrs)
    return WIDGETS[control.widget](attrs=attrs)


class ControlField(forms.Field):
    """A control as data describe it. Numbers and times in it are shown and read in the person's language.

    ``value`` is what the control is to hold, in its program form; what it gives is in program form, too.
    """

    def __init__(
        self,
        control: FormControl,
        language: Language,
        *,
        value: Any,
        choices: Iterable[tuple[str, str]] = (),
        attributes: Mapping[str, Any] | None = None,
        help_text: str = "",
        widget: forms.Widget | None = None,
        **more: Any,
    ) -> None:
        if value not in (None, "") and control.notation is not Notation.PLAIN:
            value = language.write(control, value)
        super().__init__(
            required=False,
            initial=value,
            widget=widget or widget_of(control, choices, attributes, language=language),
            help_text=" ".join(filter(None, (help_text, control.help_text, _hint(control, language)))),
            **more,
        )
        self.control = control
        self.language = language

    def clean(self, value: Any) -> Any:
        if value is None and isinstance(self.widget, forms.TextInput | forms.Textarea):
            return ""
        if not isinstance(value, str) or self.control.notation is Notation.PLAIN:
            return value
        try:
            return self.language.read(self.control, value)
        except NotReadableError as problem:
            raise forms.ValidationError(f"{self.label} {problem}.") from problem


def _hint(control: FormControl, language: Language) -> str:
    """How a time is written, and in which zone it is."""
    if control.notation not in (Notation.DAY, Notation.MOMENT):
        return ""
    zone = f", in {language.zone_name}" if control.notation is Notation.MOMENT else ""
    near = f", {language.near_day_examples}" if control.notation is Notation.DAY else ""
    return f"Such as {language.write(control, control.example)}{near}{zone}."


class ServiceForm(forms.Form):
    """A form whose input goes to a service.

    What a person did not touch is not sent, so that it overwrites nothing. Where a person changed what somebody else
    has changed meanwhile, to something else, there is a clash, and the form comes back with both.
    """

    shown = forms.Field(required=False, widget=forms.HiddenInput)
    token = forms.Field(required=False, widget=forms.HiddenInput)

    # The control that shows each problem, by the problem's path.
    controls: Mapping[str, str]
    data: MultiValueDict[str, Any]

    def __init__(self, data: QueryDict | None, *, language: Language, is_new: bool) -> None:
        super().__init__(data.copy() if data is not None else None)
        self.was = Shown.read(data.get(SHOWN)) if data is not None else None
        # A form is read in the language that it was shown in.
        self.language = self.was.language if self.was else language
        self.is_new = is_new
        if not is_new:
            del self.fields[TOKEN]
        self.touched: set[str] = set()
        # What others made of the controls in which there is a clash, in words.
        self.clashes: dict[str, str] = {}
        # What was typed into controls that are there no longer, by what they were called.
        self.gone: dict[str, str] = {}
        self.has_others_changes = False
        # What is to be said above the form, which is no error.
        self.notice = ""

    @property
    def groups(self) -> list[Group[forms.BoundField]]:
        """The controls that people see, under the headings that they have in the page."""
        return [Group("", self.visible_fields())]

    def values(self) -> dict[str, Any]:
        """The properties for the service, where the form is valid. Raises ``ValidationError``."""
        raise NotImplementedError

    def compare(self) -> None:
        """Find out what was touched. To be called when all controls are there."""
        asked = [name for name, field in self.fields.items() if name not in (SHOWN, TOKEN) and not field.disabled]
        now = {name: mark_of(self.get_initial_for_field(self.fields[name], name)) for name in asked}
        if not self.is_bound:
            self.initial[SHOWN] = str(Shown(self.language, now))
        elif self.is_new:
            self.touched = {name for name in asked if self.was is None or name in self.was.marks}
        else:
            self._merge(self.was or Shown(self.language, now), now)
        if self.is_bound and self.was is not None:
            self._note_gone(self.was, asked)

    def _merge(self, was: Shown, now: Mapping[str, str]) -> None:
        marks, taken = dict(was.marks), self.data.get(TAKE)
        for name, theirs in now.items():
            before, mine = was.marks.get(name), mark_of(self._sent(name))
            self.has_others_changes |= theirs != before
            is_omitted = self.fields[name].widget.value_omitted_from_data(self.data, self.files, name)
            if is_omitted or before in (None, mine) or theirs == mine or taken == name:
                # Untouched, or the same by chance: the form shows what is there now.
                self.put(name, self.get_initial_for_field(self.fields[name], name))
                marks[name] = theirs
            elif theirs == before or (was.clashes.get(name) == theirs and taken is None):
                self.touched.add(name)
                marks[name] = theirs
            else:
                self.clashes[name] = self._in_words(name)
        marks = {name: mark for name, mark in marks.items() if name in now}
        self.data[SHOWN] = str(Shown(self.language, marks, {name: now[name] for name in self.clashes}))

    def _note_gone(self, was: Shown, asked: Sequence[str]) -> None:
        for name in was.marks:
            sent = self.data.getlist(name)
            if name not in asked and any(sent) and was.marks[name] not in (mark_of(sent), mark_of(sent[-1])):
                self.gone[name.partition("-")[2].replace("_", " ") or name] = ", ".join(sent)
        if self.gone and self.is_new:
            self.data[SHOWN] = str(replace(was, marks={name: was.marks[name] for name in asked if name in was.marks}))

    def _sent(self, name: str) -> Any:
        return self.fields[name].widget.value_from_datadict(self.data, self.files, self.add_prefix(name))

    def put(self, name: str, content: Any) -> None:
        """Have a control of a form that was sent hold something else."""
        if content is None or content is False:
            self.data.pop(name, None)
        elif isinstance(content, list | tuple):
            self.data.setlist(name, list(content))
        else:
            self.data[name] = "on" if content is True else content

    def fill(self, sent: QueryDict) -> None:
        """Have a new form hold what was typed into another one, which nobody has judged yet."""
        for name, field in self.fields.items():
            if name in sent or name not in (SHOWN, TOKEN):
                self.initial[name] = field.widget.value_from_datadict(sent, {}, name)

    def focus_first(self) -> None:
        """Have the page begin in the first control: for who comes to make something."""
        first = next(iter(self.visible_fields()), None)
        # Of boxes, each single one would have it.
        if first is not None and not first.use_fieldset:
            first.field.widget.attrs["autofocus"] = True

    def _in_words(self, name: str) -> str:
        """What a control holds now, as a person reads it."""
        content, widget = self.get_initial_for_field(self.fields[name], name), self.fields[name].widget
        if tell := getattr(widget, "in_words", None):
            return str(tell(content))
        if isinstance(widget, forms.CheckboxInput):
            return "Yes" if content else "No"
        if isinstance(widget, forms.Select | forms.CheckboxSelectMultiple):
            labels = {str(value): str(label) for value, label in widget.choices}
            content = content if isinstance(content, list | tuple) else [content]
            return ", ".join(labels.get(str(value), str(value)) for value in content if value)
        return str("" if content is None else content)

    def clean(self) -> dict[str, Any]:
        for name in [] if self.is_new else list(self.errors):
            # What was there before is nobody's fault now.
            if name not in self.touched:
                del self.errors[name]
        for name in self.clashes:
            self.add_error(name, f"{self[name].label} was changed by somebody else meanwhile.")
        if self.gone:
            self.add_error(None, "Some of what you filled in has no place any more.")
        return self.cleaned_data

    def worded(self, problem: Problem) -> str:
        """What is wrong, with what people call the things that programs have names for."""
        return problem.message

    def show(self, error: DomainError) -> None:
        """Put each problem at its control; what has none is shown above the form.

        Sentences that begin with a name for programs begin with the control's label instead.
        """
        for problem in error.problems:
            control = self.controls.get(problem.field)
            message = self.worded(problem)
            if control in self.fields:
                program_name = problem.field.rpartition(".")[2]
                if message.startswith(f"{program_name} "):
                    message = f"{self[control].label}{message.removeprefix(program_name)}"
            self.add_error(control if control in self.fields else None, sentence(problem, message))

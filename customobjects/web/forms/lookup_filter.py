"""The filter of a lookup as rows of controls: each a condition, with a field, an operator and a value; all must hold.

What rows cannot say (a program may join conditions by "or", or go through lookups) is told in words beside a box, and
kept while that is ticked. A row that nobody touched is kept as it is written, too.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Any

from django import forms
from django.http import QueryDict
from django.template.loader import render_to_string
from django.utils.datastructures import MultiValueDict
from django.utils.safestring import SafeString

from customobjects.queries.filter_reader import MAX_FILTERS, FilterReader
from customobjects.queries.objects import get_schema
from customobjects.schema import Schema
from customobjects.web.forms.filter_choices import choices_to_compare_with
from customobjects.web.forms.filters import ASKED, FIELD, LAST, OPERATOR, VALUE, FilterForm, is_whole
from customobjects.web.languages import Language
from customobjects.web.lists.conditions import Condition, condition_of, read_condition
from customobjects.web.lists.filter_bar import field_choices
from customobjects.web.lists.filter_words import UNTOLD, filter_in_words, joined_by_and
from salesos import json
from salesos.accounts.actor import Actor
from salesos.errors import NotFound, PermissionDenied, ValidationError

# The names of a row's controls and of others, behind the name of the whole one.
ROW_FIELD = re.compile(rf"-(\d{{1,2}})-{FIELD}")
ABOUT, KEPT = "about", "kept"
UNUSABLE = "A condition that cannot be used any more"
INCOMPLETE = "Say what is missing in the conditions, or empty their fields."
NEXT = "Say now what it is compared with."


@dataclass(frozen=True)
class Row:
    """What stands in the controls of one condition. ``asked`` is what they were made for, as a ``FilterForm`` says."""

    name: str
    operator: str
    asked: str
    values: tuple[str, ...] = ()
    last: str = ""
    number: int = 0

    @property
    def key(self) -> tuple[str, ...]:
        """What rows share that say the same: boxes that are ticked have no order."""
        return self.name, self.operator, self.asked, *sorted(self.values), self.last

    def sent(self, whole: str) -> tuple[str, QueryDict]:
        """The prefix of the row's form, and what a browser would send of it."""
        prefix = f"{whole}-{self.number}"
        data = QueryDict(mutable=True)
        for control, text in ((FIELD, self.name), (OPERATOR, self.operator), (ASKED, self.asked), (LAST, self.last)):
            data[f"{prefix}-{control}"] = text
        data.setlist(f"{prefix}-{VALUE}", list(self.values))
        return prefix, data


@dataclass(frozen=True)
class Filled:
    """What stands in all rows, the conditions ``kept`` beside them as JSON, and the objects that it is ``about`` and
    that the lookup is to: another one, where that was chosen since."""

    rows: tuple[Row, ...] = ()
    kept: tuple[str, ...] = ()
    about: str = ""
    target: str = ""

    def __str__(self) -> str:
        """The same for contents that are the same to a person, and nothing where there are no conditions."""
        rows = [list(row.key) for row in self.rows]
        return json.dumps([rows, sorted(self.kept)]) if rows or self.kept else ""

    @property
    def is_of_another(self) -> bool:
        """Whether there are conditions, and they are about another object than the one that the lookup is to."""
        return bool(self.rows or self.kept) and self.about != self.target


@dataclass(frozen=True)
class ShownRow:
    """A condition for the template; of the last one, which has no field yet, ``is_new``."""

    number: int
    form: FilterForm
    error: str = ""

    @property
    def is_new(self) -> bool:
        return self.form.subject is None


class ConditionsInput(forms.Widget):
    """The rows. ``stored`` is the filter that there is, of a lookup to the object ``target``.

    ``target_name`` is the name of the control in which the object is chosen, and ``address`` that of what makes the
    rows anew, for the script.
    """

    use_fieldset = True

    def __init__(
        self,
        actor: Actor,
        language: Language,
        *,
        stored: Mapping[str, Any] | None,
        target: str,
        target_name: str,
        address: str,
    ) -> None:
        super().__init__()
        self.actor, self.language, self.stored = actor, language, stored or {}
        self.target, self.target_name, self.address = target, target_name, address
        self._schemas: dict[str, Schema | None] = {}

    # Controls and what stands in them -----------------------------------------------------------------------------

    @cached_property
    def _of_stored(self) -> tuple[Filled, dict[Any, tuple[str, Any]]]:
        """What stands in the controls of the filter that is stored, and its conditions, each as its name and its
        operand: by the key of the row that says it, or by the text of its box."""
        rows: list[Row] = []
        found: dict[Any, tuple[str, Any]] = {}
        schema = self._schema(self.target) if self.stored else None
        reader = FilterReader(self.actor, schema) if schema else None
        for name, operand in joined_by_and(self.stored):
            row = self._row(schema, reader, name, operand, len(rows)) if schema and reader else None
            if row is not None:
                rows.append(row)
            found[json.dumps({name: operand}) if row is None else row.key] = name, operand
        kept = tuple(text for text in found if isinstance(text, str))
        return Filled(tuple(rows), kept, self.target, self.target), found

    def _row(self, schema: Schema, reader: FilterReader, name: str, operand: Any, number: int) -> Row | None:
        """The row that says a condition, or None where none does."""
        try:
            condition = condition_of(reader, name, operand)
        except ValidationError:
            return None
        is_own = not condition.filter.steps and condition.filter.subject.name in dict(field_choices(schema))
        if condition.is_other or not is_own:
            return None
        form = FilterForm(QueryDict(), condition=condition, **self._named(schema))
        told = {one.name: one.value() for one in form.value_controls}
        key, values = condition.filter.operator.key, told.get(VALUE, ())
        if form.operator.partition(":")[0] != key:
            return None
        several = tuple(map(str, values)) if isinstance(values, list | tuple) else (str(values or ""),)
        return Row(form[FIELD].value(), form.operator, form.asked, several, str(told.get(LAST) or ""), number)

    @property
    def filled(self) -> Filled:
        """What stands in the controls of the filter that is stored."""
        return self._of_stored[0]

    def value_from_datadict(self, data: Mapping[str, Any], files: Any, name: str) -> Filled:
        if isinstance(put := data.get(name), Filled):
            return put
        assert isinstance(data, MultiValueDict)
        found = sorted({int(match[1]) for one in data if (match := ROW_FIELD.fullmatch(one.removeprefix(name)))})
        rows = [self._sent(data, f"{name}-{number}", number) for number in found[:MAX_FILTERS]]
        target = str(data.get(self.target_name) or self.target)
        about = str(data.get(f"{name}-{ABOUT}") or target)
        kept = dict.fromkeys(data.getlist(f"{name}-{KEPT}")[:MAX_FILTERS])
        return Filled(tuple(row for row in rows if row.name), tuple(kept), about, target)

    @staticmethod
    def _sent(data: MultiValueDict[str, Any], prefix: str, number: int) -> Row:
        name, operator, asked, last = (str(data.get(f"{prefix}-{one}") or "") for one in (FIELD, OPERATOR, ASKED, LAST))
        return Row(name, operator, asked, tuple(data.getlist(f"{prefix}-{VALUE}")), last, number)

    def value_omitted_from_data(self, data: Mapping[str, Any], files: Any, name: str) -> bool:
        return name not in data and f"{name}-{ABOUT}" not in data

    # What is shown ------------------------------------------------------------------------------------------------

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        filled = value if isinstance(value, Filled) else self.filled
        is_wrong = "aria-invalid" in (attrs or {})
        schema, gone = self._schema(filled.target), ""
        if filled.is_of_another:
            about = self._schema(filled.about)
            gone = about.plural_name if about else "another object"
            filled = Filled(target=filled.target)
        context = {
            "name": name,
            "target": filled.target,
            "address": self.address,
            "gone": gone,
            "plural": schema.plural_name if schema else "",
            "rows": list(self._shown(schema, filled, name, is_wrong)) if schema else [],
            "kept": [(text, self._in_words(schema, text)) for text in filled.kept],
        }
        return render_to_string("web/fields/conditions.html", context)

    def _shown(self, schema: Schema, filled: Filled, name: str, is_wrong: bool) -> Iterator[ShownRow]:
        """The rows, and behind them one for another condition."""
        for row in filled.rows:
            prefix, sent = row.sent(name)
            if is_wrong and row.key not in self._of_stored[1] and is_whole(sent, prefix):
                yield ShownRow(row.number, self._judged(schema, row, name)[0])
                continue
            # What was not asked for yet is no mistake, unless it is to be saved.
            error = NEXT if is_wrong and not is_whole(sent, prefix) else ""
            yield ShownRow(row.number, FilterForm.anew(sent, prefix=prefix, **self._named(schema)), error)
        number = max((row.number for row in filled.rows), default=-1) + 1
        if len(filled.rows) < MAX_FILTERS:
            yield ShownRow(number, FilterForm(QueryDict(), prefix=f"{name}-{number}", **self._named(schema)))

    def _in_words(self, schema: Schema | None, text: str) -> str:
        told = filter_in_words(self.actor, schema, _read(text)) if schema else UNTOLD
        return UNUSABLE if told == UNTOLD else told

    def in_words(self, _filled: Any) -> str:
        """The filter that is stored, as a person reads it."""
        schema = self._schema(self.target)
        return filter_in_words(self.actor, schema, self.stored) if schema and self.stored else ""

    # The filter that they make ------------------------------------------------------------------------------------

    def tree(self, filled: Filled, name: str) -> dict[str, Any] | None:
        """The filter as it is kept, or None without conditions. Raises Django's ``ValidationError``."""
        if filled.is_of_another:
            about = self._schema(filled.about)
            of = f" of {about.plural_name}" if about else ""
            raise forms.ValidationError(f"The conditions were about fields{of}, and are gone. Save once more.")
        stored, schema = self._of_stored[1], self._schema(filled.target)
        found = []
        for row in filled.rows:
            condition = stored.get(row.key)
            if condition is None and schema is not None:
                condition = self._judged(schema, row, name)[1]
            if condition is None:
                raise forms.ValidationError(INCOMPLETE)
            found.append(condition)
        for text in filled.kept:
            found += [stored[text]] if text in stored else _read(text).items()
        return _joined(found)

    def _judged(self, schema: Schema, row: Row, name: str) -> tuple[FilterForm, tuple[str, Any] | None]:
        """The form of a row that was sent, and its condition as a filter keeps it; the form says why there is none."""
        prefix, sent = row.sent(name)
        form = FilterForm(sent, prefix=prefix, **self._named(schema))
        if not is_whole(sent, prefix) or form.asked != row.asked or not form.is_valid():
            return form, None
        try:
            condition: Condition = read_condition(FilterReader(self.actor, schema), form.text)
        except ValidationError as error:
            for problem in error.problems:
                form.refuse(problem)
            return form, None
        setting = condition.setting
        suffix = "" if setting["operator"] == "exact" else f"__{setting['operator']}"
        return form, (f"{setting['field']}{suffix}", setting["value"])

    # What all of it needs -----------------------------------------------------------------------------------------

    def _schema(self, reference: str) -> Schema | None:
        if reference not in self._schemas:
            try:
                self._schemas[reference] = get_schema(self.actor, reference)
            except (NotFound, PermissionDenied):
                self._schemas[reference] = None
        return self._schemas[reference]

    def _named(self, schema: Schema) -> dict[str, Any]:
        choices = partial(choices_to_compare_with, self.actor)
        return {"schema": schema, "language": self.language, "choices_of": choices, "is_alone": True}


class ConditionsField(forms.Field):
    """A filter in a form of a field: it gives the filter as it is kept, or None."""

    widget: ConditionsInput

    def __init__(self, name: str, widget: ConditionsInput, **more: Any) -> None:
        super().__init__(required=False, widget=widget, initial=widget.filled, **more)
        self.name, self.is_wide = name, True

    def clean(self, value: Filled) -> dict[str, Any] | None:
        return self.widget.tree(value, self.name)


def _read(text: str) -> dict[str, Any]:
    """A condition that is kept, of the text of its box; nothing, where it is none."""
    try:
        found = json.loads(text)
    except json.NotJSONError:
        return {}
    return found if isinstance(found, dict) else {}


def _joined(conditions: list[tuple[str, Any]]) -> dict[str, Any] | None:
    """Conditions that must all hold as one filter: what there is twice by name stands in a group of its own."""
    tree: dict[str, Any] = {}
    more: list[dict[str, Any]] = []
    for name, operand in conditions:
        if name == "and" or (name in tree and tree[name] != operand):
            more.append({name: operand})
        else:
            tree[name] = operand
    return {**tree, **({"and": more} if more else {})} or None

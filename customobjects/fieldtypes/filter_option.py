"""An option that narrows records: a filter as JSON, as lists of records take it, and as lines of text in a form."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from customobjects.fieldtypes.controls import FormControl, Widget
from customobjects.fieldtypes.folding import composed_json
from customobjects.fieldtypes.options import Option, OptionProblem, storable
from salesos import json

MAX_CHARACTERS = 4_000
HELP = (
    "One condition a line; all of them must hold, and without any every record fits. For example "
    "status: active, or status__in: new, open, or renewal_on__gte: today. Names and operators are those of the API."
)


@dataclass(frozen=True, kw_only=True)
class FilterOption(Option):
    """Conditions on records: ``{"status": "active"}``. Whether there are such fields, services ask."""

    def clean(self, raw: object) -> dict[str, Any] | None:
        if not isinstance(raw, dict):
            raise OptionProblem('must be an object of conditions, such as {"status": "active"}')
        try:
            text = json.dumps(raw)
        except (ValueError, TypeError, RecursionError) as error:
            raise OptionProblem("must be JSON") from error
        if len(text) > MAX_CHARACTERS:
            raise OptionProblem(f"must not be longer than {MAX_CHARACTERS:,} characters")
        if not all(map(storable, _texts(raw))):
            raise OptionProblem("has characters that cannot be stored")
        cleaned: dict[str, Any] = composed_json(raw)
        return cleaned or None

    def schema(self) -> dict[str, Any]:
        return {"type": ["object", "null"], "additionalProperties": True}

    def form_control(self) -> FormControl:
        return FormControl(widget=Widget.TEXTAREA, attributes={"rows": 3, "spellcheck": "false"}, help_text=HELP)

    def form_value(self, value: Mapping[str, Any] | None) -> str:
        lines = [_line(name, operand) for name, operand in (value or {}).items()]
        return "\n".join(line for line in lines if line) if all(lines) else json.dumps(value)

    def from_form(self, entered: str, current: Any = None) -> dict[str, Any] | None:
        text = entered.strip()
        if text.startswith("{"):
            try:
                found = json.loads(text)
            except json.NotJSONError as problem:
                raise OptionProblem("must be conditions, one a line, or JSON") from problem
            return found if found != {} else None
        conditions: dict[str, Any] = {}
        for number, line in enumerate(text.splitlines(), 1):
            name, colon, operand = (part.strip() for part in line.partition(":"))
            if not line.strip():
                continue
            if not (name and colon and operand):
                raise OptionProblem(f"must have a name, a colon and a value in each line; line {number} has not")
            if name in conditions:
                raise OptionProblem(f"must name {name} once; line {number} does so again")
            conditions[name] = operand
        return conditions or None


def _line(name: str, operand: Any) -> str:
    """A condition as a line that is read as the same; empty where none is."""
    if isinstance(operand, bool) or not isinstance(operand, str):
        operand = json.dumps(operand) if isinstance(operand, bool | int) else ""
    is_told = all(text and text == text.strip() and len(text.splitlines()) == 1 for text in (name, operand))
    return f"{name}: {operand}" if is_told and ":" not in name and not name.startswith("{") else ""


def _texts(raw: Any) -> list[str]:
    if isinstance(raw, str):
        return [raw]
    if isinstance(raw, dict):
        return [text for name, value in raw.items() for text in (name, *_texts(value))]
    return [text for part in raw for text in _texts(part)] if isinstance(raw, list) else []

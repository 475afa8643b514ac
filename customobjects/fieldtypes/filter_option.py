"""An option that narrows records: a filter as JSON, as lists of records take it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from customobjects.fieldtypes.controls import FormControl, Widget
from customobjects.fieldtypes.folding import composed_json
from customobjects.fieldtypes.options import Option, OptionProblem, storable
from salesos import json

MAX_CHARACTERS = 4_000


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
        return FormControl(widget=Widget.CONDITIONS)


def _texts(raw: Any) -> list[str]:
    if isinstance(raw, str):
        return [raw]
    if isinstance(raw, dict):
        return [text for name, value in raw.items() for text in (name, *_texts(value))]
    return [text for part in raw for text in _texts(part)] if isinstance(raw, list) else []

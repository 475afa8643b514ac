"""What a form showed when it was made: by that, one can tell what a person changed from what others changed since.

It travels in the form itself, as marks of the controls' contents and not the contents. Whoever forges it deceives
themselves alone.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from xxhash import xxh3_64_hexdigest

from customobjects.web.languages import Language
from salesos import json

# As ``mark_of`` writes them.
MARK = re.compile("[0-9a-f]{16}")


def mark_of(content: Any) -> str:
    """A short text that two contents of a control share when they are the same to a person."""
    if content is None or content is False:
        text = ""
    elif isinstance(content, list | tuple):
        # Boxes that are ticked have no order.
        text = "\x00".join(sorted(map(str, content)))
    else:
        text = str(content).replace("\r\n", "\n")
    return xxh3_64_hexdigest(text.encode("utf-8", "replace"))


def _marks(given: Any) -> Mapping[str, str]:
    """Marks by the names of controls. Raises ``TypeError`` and ``ValueError``."""
    marks = dict(given)
    if not all(MARK.fullmatch(mark) for mark in marks.values()):
        raise ValueError("is no mark")
    return marks


@dataclass(frozen=True)
class Shown:
    """The language of a form, the mark of each control's content, and those of the others' contents it told of."""

    language: Language
    marks: Mapping[str, str]
    clashes: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def read(cls, text: str | None) -> Shown | None:
        """What ``str`` of it has written, or None where it is none of ours."""
        try:
            given = json.loads(text or "")
            language = Language.named(given["language"], given["zone"])
            marks, clashes = _marks(given["marks"]), _marks(given["clashes"])
        except (json.NotJSONError, KeyError, TypeError, ValueError):
            return None
        return cls(language, marks, clashes) if language else None

    def __str__(self) -> str:
        language = {"language": self.language.name, "zone": self.language.zone_name}
        return json.dumps({**language, "marks": dict(self.marks), "clashes": dict(self.clashes)})

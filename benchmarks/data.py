"""The records that are measured: an object of ten fields, filled the same way each time."""

from __future__ import annotations

import random
from typing import Any

STATUSES = ("active", "idle", "broken", "retired")
FIELDS: list[dict[str, Any]] = [
    {"label": "Name", "type": "TEXT", "isRequired": True},
    {"label": "Serial", "type": "TEXT"},
    {"label": "Status", "type": "PICKLIST", "options": {"values": list(STATUSES)}},
    {"label": "City", "type": "TEXT"},
    {"label": "Cost", "type": "CURRENCY"},
    {"label": "Quantity", "type": "NUMBER", "options": {"precision": 0}},
    {"label": "Bought", "type": "DATE"},
    {"label": "Seen", "type": "DATETIME"},
    {"label": "Insured", "type": "CHECKBOX"},
    {"label": "Notes", "type": "TEXTAREA"},
]


_chance = random.Random(2026)
_syllables = [consonant + vowel for consonant in "bcdfglmnprstv" for vowel in "aeiou"]
WORDS = ["".join(_chance.choices(_syllables, k=_chance.randint(2, 4))) for _ in range(5_000)]


def record(number: int) -> dict[str, Any]:
    """The values of one record. Its serial number is its own."""
    chance = random.Random(number)
    words = chance.choices(WORDS, k=11)
    day = f"20{chance.randint(10, 25)}-{chance.randint(1, 12):02}-{chance.randint(1, 28):02}"
    return {
        "name": f"{words[0].title()} {words[1]} {number}",
        "serial": f"SN-{number * 7919 % 10_000_019:08}",
        "status": STATUSES[chance.randrange(4)],
        "city": words[2].title(),
        "cost": chance.randint(100, 10_000_000) / 100,
        "quantity": chance.randint(0, 1_000),
        "bought": day,
        "seen": f"{day}T{chance.randint(0, 23):02}:{chance.randint(0, 59):02}:00Z",
        "insured": chance.random() < 0.5,
        "notes": " ".join(words[3:]),
    }

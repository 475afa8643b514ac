"""What the pages are measured with: records of fifty fields of all kinds, made the same way each time."""

from __future__ import annotations

import random
from typing import Any

from benchmarks.data import STATUSES, WORDS

NAME = "item"
RECORDS = 200_000
# The one record whose name begins with letters that no other has.
RARE_NUMBER, RARE_NAME = 90_000, "Xylograph 90000"
RARE_LETTERS = "xyl"
REGIONS = ("north", "east", "south", "west", "centre")
PRIORITIES = ("low", "normal", "high")
TAGS = ("audited", "leased", "spare", "critical", "outdoor", "heavy")
# What is shown where a person has not chosen is among the first: a bit of everything.
FIELDS: list[dict[str, Any]] = [
    {"label": "Name", "type": "TEXT", "isRequired": True},
    {"label": "Serial", "type": "TEXT"},
    {"label": "Status", "type": "PICKLIST", "options": {"values": list(STATUSES)}},
    {"label": "City", "type": "TEXT"},
    {"label": "Cost", "type": "CURRENCY"},
    {"label": "Quantity", "type": "NUMBER", "options": {"precision": 0}},
    {"label": "Bought", "type": "DATE"},
    {"label": "Seen", "type": "DATETIME"},
    {"label": "Tags", "type": "MULTI_PICKLIST", "options": {"values": list(TAGS)}},
    {"label": "Insured", "type": "CHECKBOX"},
    {"label": "E-mail", "type": "EMAIL"},
    {"label": "Phone", "type": "PHONE"},
    {"label": "Manual", "type": "URL"},
    {"label": "Region", "type": "PICKLIST", "options": {"values": list(REGIONS)}},
    {"label": "Priority", "type": "PICKLIST", "options": {"values": list(PRIORITIES)}},
    {"label": "Notes", "type": "TEXTAREA"},
    *({"label": f"Text {number}", "type": "TEXT"} for number in range(1, 7)),
    *({"label": f"Number {number}", "type": "NUMBER"} for number in range(1, 11)),
    *({"label": f"Amount {number}", "type": "CURRENCY"} for number in range(1, 4)),
    *({"label": f"Share {number}", "type": "PERCENT"} for number in range(1, 4)),
    *({"label": f"Day {number}", "type": "DATE"} for number in range(1, 5)),
    {"label": "Checked", "type": "DATETIME"},
    *(
        {"label": f"Choice {number}", "type": "PICKLIST", "options": {"values": list(REGIONS)}}
        for number in range(1, 4)
    ),
    {"label": "Labelled", "type": "CHECKBOX"},
    {"label": "Remarks", "type": "TEXTAREA"},
    {"label": "Keeper", "type": "USER"},
]
# Made when the object is there.
LOOKUP: dict[str, Any] = {"label": "Part of", "type": "LOOKUP", "options": {"target": NAME, "onDelete": "set_null"}}


def record(number: int) -> dict[str, Any]:
    """The values of one record."""
    chance = random.Random(number)
    words = chance.choices(WORDS, k=24)
    return {
        "name": RARE_NAME if number == RARE_NUMBER else f"{words[0].title()} {words[1]} {number}",
        "serial": f"SN-{number * 7919 % 10_000_019:08}",
        "status": chance.choice(STATUSES),
        "city": words[2].title(),
        "cost": chance.randint(100, 10_000_000) / 100,
        "quantity": chance.randint(0, 1_000),
        "bought": _day(chance),
        "seen": f"{_day(chance)}T{chance.randint(0, 23):02}:{chance.randint(0, 59):02}:00Z",
        "tags": chance.sample(TAGS, chance.randint(0, 3)),
        "insured": chance.random() < 0.5,
        "e_mail": f"{words[3]}{number}@example.com",
        "phone": f"+4930{chance.randint(1_000_000, 9_999_999)}",
        "manual": f"https://example.com/{words[4]}/{number}",
        "region": chance.choice(REGIONS),
        "priority": chance.choice(PRIORITIES),
        "notes": " ".join(words[5:13]),
        **{f"text_{at}": words[12 + at] for at in range(1, 7)},
        **{f"number_{at}": chance.randint(0, 10**at) for at in range(1, 11)},
        **{f"amount_{at}": chance.randint(0, 1_000_000) / 100 for at in range(1, 4)},
        **{f"share_{at}": chance.randint(0, 1_000) / 10 for at in range(1, 4)},
        **{f"day_{at}": _day(chance) for at in range(1, 5)},
        "checked": f"{_day(chance)}T12:00:00Z",
        **{f"choice_{at}": chance.choice(REGIONS) for at in range(1, 4)},
        "labelled": chance.random() < 0.2,
        "remarks": " ".join(words[19:]),
    }


def _day(chance: random.Random) -> str:
    return f"20{chance.randint(10, 25)}-{chance.randint(1, 12):02}-{chance.randint(1, 28):02}"

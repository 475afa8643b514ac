"""A million records of three objects in two organizations, shaped as those that people have, and the same each time.

Values are skewed: a few carriers have most of the flights, amounts are many small ones and a few large. Some fields are
empty here and there, the gate in all older flights, as it is of a field that came later. Objects share typed columns,
and the same column holds small numbers in one and large ones in another.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import accumulate
from typing import Any

from benchmarks.data import WORDS

AIRLINE, CITY = "Airline", "City"


class _Skewed:
    """Values of which the first come far more often than the last."""

    def __init__(self, values: Sequence[str], slope: float = 1.0) -> None:
        self.values = list(values)
        self.weights = list(accumulate(1 / (place + 1) ** slope for place in range(len(self.values))))

    def of(self, chance: random.Random) -> str:
        return chance.choices(self.values, cum_weights=self.weights)[0]


_made = random.Random(9)
CARRIERS = _Skewed("UA B6 EV DL AA MQ US 9E WN VX FL AS F9 YV HA OO".split(), 1.2)
ORIGINS = _Skewed(["EWR", "JFK", "LGA"], 0.2)
DESTINATIONS = _Skewed(["".join(_made.choices("ABCDEFGHIKLMNOPRSTUVW", k=3)) for _ in range(105)], 0.7)
TAILS = _Skewed([f"N{number * 37 % 89_989 + 10_000}{_made.choice('ABDJKW')}" for number in range(4_000)], 0.3)
NAMES = _Skewed([f"{_made.choice(WORDS)} {_made.choice(WORDS)}".title() for _ in range(20_000)], 0.5)
STREETS = _Skewed([f"{word} street".title() for word in WORDS[:900]], 0.6)
KINDS = _Skewed(["delay", "luggage", "cancelled", "refused", "injury"], 1.3)
CLAIM_STATUSES = _Skewed(["paid", "open", "rejected", "in court"], 1.4)
PERMIT_KINDS = _Skewed(["alteration", "plumbing", "new building", "sign", "demolition", "elevator", "boiler"], 1.3)
PERMIT_STATUSES = _Skewed(["issued", "filed", "expired", "withdrawn", "refused"], 1.1)
BOROUGHS = _Skewed(["manhattan", "brooklyn", "queens", "bronx", "staten island"], 0.7)
WEEKDAYS = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
# Some words come often, most hardly ever.
COMMON_WORDS = _Skewed(WORDS, 0.9)


def _sentence(chance: random.Random, words: int) -> str:
    return " ".join(COMMON_WORDS.of(chance) for _ in range(words))


def _amount(chance: random.Random, middle: float) -> float:
    return round(chance.lognormvariate(0, 1.1) * middle, 2)


def _picklist(label: str, values: _Skewed | Sequence[str]) -> dict[str, Any]:
    values = sorted(values.values if isinstance(values, _Skewed) else values)
    return {"label": label, "type": "PICKLIST", "options": {"values": values}}


FLIGHTS, CLAIMS, PERMITS = 337_000, 235_000, 430_000
FLIGHT_FIELDS: list[dict[str, Any]] = [
    {"label": "Name", "type": "TEXT", "isRequired": True},
    _picklist("Carrier", CARRIERS),
    {"label": "Number", "type": "NUMBER", "options": {"precision": 0}},
    {"label": "Tail", "type": "TEXT"},
    _picklist("Origin", ORIGINS),
    {"label": "Destination", "type": "TEXT"},
    {"label": "Day", "type": "DATE"},
    {"label": "Month", "type": "NUMBER", "options": {"precision": 0}},
    _picklist("Weekday", WEEKDAYS),
    {"label": "Scheduled", "type": "DATETIME"},
    {"label": "Departed", "type": "DATETIME"},
    {"label": "Arrived", "type": "DATETIME"},
    {"label": "Departure delay", "type": "NUMBER", "options": {"precision": 0}},
    {"label": "Arrival delay", "type": "NUMBER", "options": {"precision": 0}},
    {"label": "Air time", "type": "NUMBER", "options": {"precision": 0}},
    {"label": "Distance", "type": "NUMBER", "options": {"precision": 0}},
    {"label": "Cancelled", "type": "CHECKBOX"},
    {"label": "Gate", "type": "TEXT"},
    {"label": "Remarks", "type": "TEXTAREA"},
]


def flight(number: int) -> dict[str, Any]:
    """A flight of 2025: they come in the order of their days."""
    chance = random.Random(number)
    carrier, destination = CARRIERS.of(chance), DESTINATIONS.of(chance)
    scheduled = datetime(2025, 1, 1, 5) + timedelta(days=number * 365 // FLIGHTS, minutes=5 * chance.randrange(220))
    distance = 90 + DESTINATIONS.values.index(destination) * 47
    flown = 20 + distance // 8
    found: dict[str, Any] = {
        "name": f"{carrier} {number * 7919 % 6_007} {scheduled:%Y-%m-%d}",
        "carrier": carrier,
        "number": number * 7919 % 6_007,
        "origin": ORIGINS.of(chance),
        "destination": destination,
        "day": f"{scheduled:%Y-%m-%d}",
        "month": scheduled.month,
        "weekday": WEEKDAYS[scheduled.weekday()],
        "scheduled": f"{scheduled:%Y-%m-%dT%H:%M:00Z}",
        "distance": distance,
        "cancelled": chance.random() < 0.025,
    }
    if chance.random() > 0.007:
        found["tail"] = TAILS.of(chance)
    if not found["cancelled"]:
        late = int(chance.expovariate(1 / 18)) - 8
        departed = scheduled + timedelta(minutes=late)
        flown += chance.randrange(-9, 30)
        arrived = departed + timedelta(minutes=flown + 25)
        found |= {"departed": f"{departed:%Y-%m-%dT%H:%M:00Z}", "arrived": f"{arrived:%Y-%m-%dT%H:%M:00Z}"}
        found |= {"departure_delay": late, "arrival_delay": late + chance.randrange(-20, 15), "air_time": flown}
    if number > FLIGHTS * 6 // 10:
        found["gate"] = f"{chance.choice('ABCD')}{chance.randrange(60)}"
    if chance.random() < 0.2:
        found["remarks"] = _sentence(chance, 8)
    return found


CLAIM_FIELDS: list[dict[str, Any]] = [
    {"label": "Name", "type": "TEXT", "isRequired": True},
    {"label": "Flight", "type": "LOOKUP", "options": {"target": "flight", "onDelete": "set_null"}},
    _picklist("Kind", KINDS),
    _picklist("Status", CLAIM_STATUSES),
    {"label": "Amount", "type": "CURRENCY"},
    {"label": "Opened", "type": "DATE"},
    {"label": "Closed", "type": "DATE"},
    {"label": "Notes", "type": "TEXTAREA"},
]


def claim(number: int, flights: Sequence[str]) -> dict[str, Any]:
    """A claim about one of the flights."""
    chance = random.Random(-number)
    opened = datetime(2025, 1, 2) + timedelta(days=chance.randrange(400))
    found = {
        "name": f"{NAMES.of(chance)} {number}",
        "flight": chance.choice(flights),
        "kind": KINDS.of(chance),
        "status": CLAIM_STATUSES.of(chance),
        "amount": _amount(chance, 120),
        "opened": f"{opened:%Y-%m-%d}",
        "notes": _sentence(chance, 14),
    }
    if found["status"] != "open":
        found["closed"] = f"{opened + timedelta(days=chance.randrange(90)):%Y-%m-%d}"
    return found


PERMIT_FIELDS: list[dict[str, Any]] = [
    {"label": "Name", "type": "TEXT", "isRequired": True},
    _picklist("Kind", PERMIT_KINDS),
    _picklist("Status", PERMIT_STATUSES),
    {"label": "Street", "type": "TEXT"},
    _picklist("Borough", BOROUGHS),
    {"label": "Cost", "type": "CURRENCY"},
    {"label": "Filed", "type": "DATE"},
    {"label": "Issued", "type": "DATE"},
    {"label": "Owner", "type": "TEXT"},
    {"label": "Description", "type": "TEXTAREA"},
]


def permit(number: int) -> dict[str, Any]:
    """A building permit of a quarter of a century."""
    chance = random.Random(number + 10_000_000)
    filed = datetime(2000, 1, 1) + timedelta(days=chance.randrange(9_300))
    found = {
        "name": f"P-{number * 7919 % 10_000_019:08}",
        "kind": PERMIT_KINDS.of(chance),
        "status": PERMIT_STATUSES.of(chance),
        "street": f"{chance.randrange(1, 400)} {STREETS.of(chance)}",
        "borough": BOROUGHS.of(chance),
        "cost": _amount(chance, 20_000),
        "filed": f"{filed:%Y-%m-%d}",
        "owner": NAMES.of(chance),
        "description": _sentence(chance, 18),
    }
    if found["status"] in ("issued", "expired"):
        found["issued"] = f"{filed + timedelta(days=chance.randrange(400)):%Y-%m-%d}"
    return found


@dataclass(frozen=True)
class LoadedObject:
    """One of the objects: whose it is, its fields, how many records it has, and what makes the values of each.

    A record is made of its number and the ids of the flights.
    """

    organization: str
    name: str
    fields: list[dict[str, Any]]
    count: int
    record: Callable[[int, Sequence[str]], dict[str, Any]]


# In the order in which they are loaded.
OBJECTS = (
    LoadedObject(AIRLINE, "flight", FLIGHT_FIELDS, FLIGHTS, lambda number, _flights: flight(number)),
    LoadedObject(AIRLINE, "claim", CLAIM_FIELDS, CLAIMS, claim),
    LoadedObject(CITY, "permit", PERMIT_FIELDS, PERMITS, lambda number, _flights: permit(number)),
)

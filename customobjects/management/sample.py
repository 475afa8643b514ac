"""A believable company for trying things out: its objects and words stand in ``sample.json``, records are drawn here.

The same records every time: choices are drawn from a generator with a fixed seed.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any

Values = dict[str, Any]

_sample = json.loads(Path(__file__).with_name("sample.json").read_text("utf-8"))
# Each as ``services.objects.create_object`` takes it.
OBJECTS: list[Values] = _sample["objects"]
WORDS: dict[str, list[str]] = _sample["words"]
TODAY = date(2026, 6, 1)


class Company:
    """Draws the values of all records. The ids of the records made so far are in ``made``, by object."""

    def __init__(self, user_id: str) -> None:
        self.random = Random(2026)
        self.user_id = user_id
        self.made: dict[str, list[str]] = {}

    def _one(self, api_name: str) -> str:
        return self.random.choice(self.made[api_name])

    def _money(self, least: int, most: int) -> Decimal:
        return Decimal(self.random.randint(least * 100, most * 100)).scaleb(-2)

    def _day(self, earliest: int, latest: int) -> str:
        return (TODAY + timedelta(days=self.random.randint(earliest, latest))).isoformat()

    def _moment(self) -> str:
        start = datetime(TODAY.year, TODAY.month, TODAY.day)
        return (start - timedelta(minutes=self.random.randint(0, 90 * 24 * 60))).isoformat()

    def _phone(self) -> str:
        return f"+1{self._word('area_codes')}{self.random.randint(200, 989)}{self.random.randint(0, 9999):04d}"

    def _word(self, kind: str) -> str:
        return self.random.choice(WORDS[kind])

    def _choice(self, *values: str) -> str:
        return self.random.choice(values)

    def accounts(self) -> Iterator[Values]:
        for first in WORDS["first"]:
            for second in WORDS["second"]:
                name = f"{first} {second}"
                yield {
                    "name": name,
                    "industry": self._choice("Energy", "Food", "Logistics", "Manufacturing", "Retail", "Water"),
                    "status": self._choice("Prospect", "Customer", "Customer", "Customer", "Former"),
                    "website": f"https://www.{name.lower().replace(' ', '-')}.example.com",
                    "phone": self._phone(),
                    "annual_revenue": self._money(500_000, 90_000_000),
                    "employees": self.random.randint(8, 4_000),
                    "account_manager": self.user_id,
                    "address": f"{self.random.randint(1, 999)} {first} Road\n{self._choice('Portland', 'Chicago')}",
                }

    def contacts(self) -> Iterator[Values]:
        for number in range(120):
            given, family = self._word("given_names"), self._word("family_names")
            yield {
                "name": f"{given} {family}",
                "account": self._one("account"),
                "job_title": self._word("jobs"),
                "email": f"contact{number + 1}@example.com",
                "phone": self._phone(),
                "birthday": self._day(-60 * 365, -22 * 365),
                "newsletter": self.random.random() < 0.4,
                "interests": self.random.sample(["Automation", "Maintenance", "Safety", "Sustainability"], k=2),
            }

    def assets(self) -> Iterator[Values]:
        for number in range(150):
            installed = self.random.randint(-3_000, -30)
            yield {
                "name": f"{self._word('machines')} {number + 1}",
                "serial_number": f"{self._choice('AX', 'BK', 'CT')}{100_000 + 37 * number}",
                "account": self._one("account"),
                "status": self._choice("Running", "Running", "Running", "In Repair", "Retired"),
                "purchase_cost": self._money(4_000, 480_000),
                "utilization": Decimal(self.random.randint(50, 1_000)).scaleb(-1),
                "installed_on": self._day(installed, installed),
                "warranty_until": self._day(installed + 1_800, installed + 1_900),
                "last_reading": self._moment(),
                "telemetry": {"hours": self.random.randint(100, 60_000), "firmware": f"2.{self.random.randint(0, 9)}"},
            }

    def projects(self) -> Iterator[Values]:
        for number in range(24):
            stage = self._choice("Planned", "Under Way", "On Hold", "Done")
            yield {
                "name": f"{self._word('undertakings')} {2024 + number // 10}-{number:02d}",
                "account": self._one("account"),
                "stage": stage,
                "budget": self._money(20_000, 900_000),
                "progress": {"Planned": 0, "Done": 100}.get(stage, self.random.randint(5, 95)),
                "starts_on": self._day(-300, 60),
                "due_on": self._day(61, 500),
                "assets": sorted({self._one("asset") for _ in range(3)}),
                "notes": "Kick-off with the plant manager.\nAgree the shutdown window first.",
            }

    def cases(self) -> Iterator[Values]:
        for _ in range(90):
            trouble = self._word("troubles")
            yield {
                "subject": f"{self._word('machines')} {trouble}",
                "account": self._one("account"),
                "contact": self._one("contact"),
                "asset": self._one("asset"),
                "priority": self._choice("Low", "Normal", "Normal", "High", "Urgent"),
                "status": self._choice("New", "Working", "Waiting", "Closed", "Closed"),
                "opened_at": self._moment(),
                "description": f"The machine {trouble} since this morning. Please call back.",
            }


# What makes the records of each of the ``OBJECTS``.
RECORDS = (Company.accounts, Company.contacts, Company.assets, Company.projects, Company.cases)
